/* SPDX-License-Identifier: MIT */
#include "install/fetch.h"

#include "base/fs.h"
#include "base/report.h"
#include "cache/entries.h"
#include "cache/store.h"
#include "install/confined.h"
#include "install/loop.h"
#include "registry/registry.h"
#include "resolver/packument.h"

#include <stdlib.h>
#include <string.h>

/* Whole tarballs are held in memory between network and worker, so only so many are under way, and only so much waits. */
#define MAX_DOWNLOADS 75
#define MAX_HELD ((size_t)12 << 20)
/* A large one counts for no more than this, or nothing else would come while it is unpacked. */
#define MAX_COUNTED ((size_t)2 << 20)
/* Jobs are large, so there are only as many as keep the workers busy while the main thread resolves. */
#define MAX_LOOKING 256
#define MAX_TRIES 3

struct waiter {
	fetch_done *done;
	void *ctx;
};

/* What a worker does for one package: look into the store, or fill it. */
struct fetch_job {
	struct loop_job job;
	struct fetch_package *p;
	struct cache *cache;
	struct fetch_want want;		/* a copy: main may change the package's own meanwhile */
	const char *what;
	const struct fetch_options *options;
	struct buf body;		/* downloaded; owned */
	struct store_package *package;
	const char *resolved;
	struct vec said;		/* by the sandbox of a repository's preparation */
	struct fetch_step *step;	/* NULL: none */
	struct fetch_job *next_unused;
	size_t counted;			/* of held */
	bool filling;
};

void fetch_init(struct fetch *f, struct loop *loop, const struct fetch_options *options)
{
	*f = (struct fetch){.loop = loop, .options = *options};
	map_init(&f->packages, loop->arena);
	vec_init(&f->unseen, loop->arena);
	vec_init(&f->queue, loop->arena);
}

/* Who waits may find that the store lost it and ask again: then the others wait again, too. */
static void finish(struct fetch_package *p, enum fetch_state state)
{
	struct fetch *f = p->fetch;
	struct vec waiters = p->waiters;

	vec_init(&p->waiters, f->loop->arena);
	p->state = state;
	f->ready++;
	report_count(f->loop->reporter, PHASE_FETCH, f->ready, f->wanted, f->bytes);
	for (size_t i = 0; i < waiters.count; i++) {
		struct waiter *w = waiters.items[i];

		if (p->state == FETCH_OPEN)
			vec_add(&p->waiters, w);
		else
			w->done(p, w->ctx);
	}
}

static void fail(struct fetch_package *p, const struct err *err)
{
	p->err = ARENA_NEW(p->fetch->loop->arena, struct err);
	*p->err = *err;
	finish(p, FETCH_FAILED);
}

static const char *url_of(const struct fetch_want *w)
{
	return cstr_starts(w->resolved, "http:") || cstr_starts(w->resolved, "https:") ? w->resolved : NULL;
}

static const char *file_of(const struct fetch_want *w)
{
	return cstr_starts(w->resolved, "file:") ? w->resolved + strlen("file:") : NULL;
}

/* ---- workers ---- */

static void fill_from(struct fetch_job *j, struct str tarball, bool from_git)
{
	struct store_source src = {
		.tarball = tarball,
		.integrity = j->want.integrity,
		.shasum = j->want.shasum,
		.what = j->what,
		.from_git = from_git,
	};

	if (store_fill(&j->job.arena, j->cache, &src, &j->package, &j->job.err) < 0)
		return;
	if (!j->want.integrity && (url_of(&j->want) || from_git))
		entries_put(j->cache, from_git ? j->resolved : j->want.resolved, j->package->integrity);
}

/* A tarball, or a folder to make one of (install-links). */
static int read_file(struct fetch_job *j, const char *file, struct str *tarball)
{
	struct source_git folder = {file, j->what, j->options, NULL};

	if (fs_stat(file).kind == FS_DIR)
		return source_folder_pack(&j->job.arena, &folder, tarball, &j->job.err);
	return fs_read(&j->job.arena, file, STORE_MAX_PACKED, tarball, &j->job.err);
}

static void take_step(struct fetch_job *j)
{
	if (j->package && j->step)
		j->step->work(j->step, j->package);
}

static void fill_work(struct loop_job *job)
{
	struct fetch_job *j = (struct fetch_job *)job;
	struct str tarball = buf_str(&j->body);
	const char *file = file_of(&j->want);

	if (source_is_git(j->want.resolved)) {
		struct source_git g = {j->want.resolved, j->what, j->options, &j->said};

		vec_init(&j->said, &job->arena);
		if (source_git_pack(&job->arena, &g, &tarball, &j->resolved, &job->err) == 0)
			fill_from(j, tarball, true);
	} else if (!file || read_file(j, file, &tarball) == 0) {
		fill_from(j, tarball, false);
	}
	buf_release(&j->body);
	take_step(j);
}

static void look_work(struct loop_job *job)
{
	struct fetch_job *j = (struct fetch_job *)job;
	const char *integrity = j->want.integrity;

	if (!integrity && j->want.resolved && !file_of(&j->want))
		integrity = entries_find(&job->arena, j->cache, j->want.resolved);
	if (integrity && store_get(&job->arena, j->cache, integrity, &j->package, &job->err) < 0)
		j->package = NULL;
	take_step(j);
}

static void forget(struct loop_job *job)
{
	buf_release(&((struct fetch_job *)job)->body);
}

/* ---- the main thread ---- */

static void look_done(struct loop_job *job);
static void fill_done(struct loop_job *job);

static struct fetch_job *job_make(struct fetch *f)
{
	struct fetch_job *j = f->unused;

	if (!j)
		return ARENA_NEW(f->loop->arena, struct fetch_job);
	f->unused = j->next_unused;
	memset(j, 0, sizeof(*j));
	return j;
}

/* What it brought is the arena's by now. */
static void job_done(struct fetch *f, struct fetch_job *j)
{
	j->next_unused = f->unused;
	f->unused = j;
}

static void send_job(struct fetch_package *p, bool filling, struct buf *body)
{
	struct loop *l = p->fetch->loop;
	struct fetch_job *j = job_make(p->fetch);

	j->p = p;
	j->cache = l->cache;
	j->want = p->want;
	j->what = p->what;
	j->options = &p->fetch->options;
	j->filling = filling;
	j->resolved = p->want.resolved;
	j->job.item.urgent = j->job.item.quiet = !filling;
	j->step = p->step;
	if (body) {
		j->counted = body->len < MAX_COUNTED ? body->len : MAX_COUNTED;
		p->fetch->held += j->counted;
		j->body = *body;
		j->job.item.weight = body->len;
		*body = (struct buf){0};
	}
	j->job.work = filling ? fill_work : look_work;
	j->job.done = filling ? fill_done : look_done;
	j->job.forget = forget;
	j->job.what = filling ? "unpack" : j->step ? "link" : "look";
	j->job.about = p->what;
	if (j->step && !filling)
		j->step->begin(j->step);
	loop_send(l, &j->job);
}

static void look_on(struct fetch *f)
{
	for (; f->looking < MAX_LOOKING && f->next_unseen < f->unseen.count; f->looking++)
		send_job(f->unseen.items[f->next_unseen++], false, NULL);
	if (f->next_unseen < f->unseen.count)
		return;
	vec_clear(&f->unseen);
	f->next_unseen = 0;
}

static void look(struct fetch_package *p)
{
	vec_add(&p->fetch->unseen, p);
	look_on(p->fetch);
}

static void start_downloads(struct fetch *f);

static void downloaded(void *ctx, struct buf *body, const struct err *err)
{
	struct fetch_package *p = ctx;
	struct fetch *f = p->fetch;

	f->downloads--;
	if (err->code != ERR_OK) {
		fail(p, err);
	} else {
		f->bytes += body->len;
		send_job(p, true, body);
	}
	start_downloads(f);
}

static void start_downloads(struct fetch *f)
{
	while (f->downloads < MAX_DOWNLOADS && f->held < MAX_HELD && f->next < f->queue.count) {
		struct fetch_package *p = f->queue.items[f->next++];

		f->downloads++;
		registry_tarball(f->loop->registry, &(struct tarball_wish){
			.url = p->want.resolved,
			.name = p->want.name,
			.what = p->what,
			.done = downloaded,
			.ctx = p,
		});
	}
}

/* A lockfile may leave `resolved` out; then the registry's own document says where the version is. */
static void located(void *ctx, const char *name, const struct packument *doc, const struct err *err)
{
	struct fetch_package *p = ctx;
	ptrdiff_t at = doc ? packument_find(doc, p->want.version) : -1;
	struct packument_dist dist = {0};
	struct err missing = ERR_INIT;

	if (!doc) {
		fail(p, err);
		return;
	}
	if (at >= 0)
		dist = packument_dist(p->fetch->loop->arena, doc, (uint32_t)at);
	if (!dist.tarball) {
		err_set(&missing, ERR_ETARGET, "No matching version found for %s@%s", name, p->want.version);
		fail(p, &missing);
		return;
	}
	p->want.resolved = dist.tarball;
	if (!p->want.integrity)
		p->want.integrity = dist.integrity;
	p->want.shasum = dist.shasum;
	vec_add(&p->fetch->queue, p);
	start_downloads(p->fetch);
}

static void obtain(struct fetch_package *p)
{
	struct err err = ERR_INIT;

	if (source_is_git(p->want.resolved) || file_of(&p->want)) {
		send_job(p, true, NULL);
	} else if (url_of(&p->want)) {
		vec_add(&p->fetch->queue, p);
		start_downloads(p->fetch);
	} else if (!p->want.resolved && p->want.name && p->want.version) {
		registry_packument(p->fetch->loop->registry,
			&(struct packument_wish){.name = p->want.name, .done = located, .ctx = p});
	} else {
		err_set(&err, ERR_EUNSUPPORTEDPROTOCOL, "cannot fetch '%s' from '%s'", p->what,
			p->want.resolved ? p->want.resolved : "(nowhere)");
		fail(p, &err);
	}
}

static void look_done(struct loop_job *job)
{
	struct fetch_job *j = (struct fetch_job *)job;
	struct fetch_package *p = j->p;

	p->package = j->package;
	job_done(p->fetch, j);
	p->fetch->looking--;
	look_on(p->fetch);
	/* A kept tarball that is no good was dropped; the registry's may be better. */
	if (p->package)
		finish(p, FETCH_READY);
	else
		obtain(p);
}

static void filled(struct fetch_job *j)
{
	struct fetch_package *p = j->p;

	if (j->package) {
		p->package = j->package;
		p->resolved = j->resolved;
		confined_hand_on(p->fetch->loop->reporter, j->options->confine, p->what, &j->said);
		finish(p, FETCH_READY);
		return;
	}
	/* Bytes that were damaged on the way may come whole the next time. */
	if (url_of(&p->want) && j->job.err.code == ERR_EINTEGRITY && ++p->tries < MAX_TRIES) {
		vec_add(&p->fetch->queue, p);
		start_downloads(p->fetch);
		return;
	}
	fail(p, &j->job.err);
}

static void fill_done(struct loop_job *job)
{
	struct fetch_job *j = (struct fetch_job *)job;
	struct fetch *f = j->p->fetch;

	f->held -= j->counted;
	start_downloads(f);
	filled(j);
	job_done(f, j);
}

static const char *key_of(struct arena *a, const struct fetch_want *w)
{
	if (w->integrity && w->integrity[0])
		return w->integrity;
	if (w->resolved)
		return w->resolved;
	return arena_printf(a, "%s@%s", w->name ? w->name : "", w->version ? w->version : "");
}

struct fetch_package *fetch_find(const struct fetch *f, const struct fetch_want *want)
{
	return map_find(&f->packages, key_of(f->loop->arena, want));
}

void fetch_forget_failed(struct fetch *f)
{
	for (struct map_entry *e = map_first(&f->packages); e; e = map_next(&f->packages, e))
		if (((struct fetch_package *)e->value)->state == FETCH_FAILED)
			map_remove(&f->packages, e->key);
}

struct fetch_package *fetch_get_step(struct fetch *f, const struct fetch_want *want, struct fetch_step *step)
{
	struct arena *a = f->loop->arena;
	const char *key = key_of(a, want);
	struct fetch_package *p = map_find(&f->packages, key);

	if (p)
		return p;
	p = ARENA_NEW(a, struct fetch_package);
	p->fetch = f;
	p->want = *want;
	if (p->want.integrity && !p->want.integrity[0])
		p->want.integrity = NULL;
	p->resolved = want->resolved;
	p->what = want->version ? arena_printf(a, "%s@%s", want->name, want->version)
				: want->resolved ? want->resolved : want->name;
	vec_init(&p->waiters, a);
	map_put(&f->packages, key, p);
	f->wanted++;
	p->step = step;
	look(p);
	return p;
}

struct fetch_package *fetch_get(struct fetch *f, const struct fetch_want *want)
{
	return fetch_get_step(f, want, NULL);
}

void fetch_then(struct fetch_package *p, fetch_done *done, void *ctx)
{
	struct waiter *w;

	if (p->state != FETCH_OPEN) {
		done(p, ctx);
		return;
	}
	w = ARENA_NEW(p->fetch->loop->arena, struct waiter);
	*w = (struct waiter){done, ctx};
	vec_add(&p->waiters, w);
}

void fetch_again(struct fetch_package *p, fetch_done *done, void *ctx)
{
	if (p->state != FETCH_OPEN) {
		p->state = FETCH_OPEN;
		p->package = NULL;
		p->err = NULL;
		p->step = NULL;
		p->fetch->ready--;
		look(p);
	}
	fetch_then(p, done, ctx);
}
