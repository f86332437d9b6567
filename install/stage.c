/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/report.h"
#include "cache/store.h"
#include "install/allow.h"
#include "install/fetch.h"
#include "install/install.h"
#include "install/loop.h"
#include "install/patches.h"
#include "install/policy.h"
#include "install/recorded.h"
#include "install/reify.h"
#include "install/shared.h"
#include "install/whole.h"
#include "resolver/flags.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MAX_TRIES 3

/* Linking one package below the staging folder, on a worker. */
struct link_job {
	struct loop_job job;
	struct place *place;
	struct cache *cache;
	struct fetch_package *fetched;
	const struct store_package *package;
	const char *dest;
	enum store_how how;
	enum store_result result;
	struct str patch;		/* to be applied; ptr NULL: none */
	struct shared_want *shared; /* a directory of lode's cache is made instead; NULL */
	bool gyp;			/* it has a binding.gyp */
	bool unpatched;			/* it does not fit, and that may be */
	bool over;			/* done already by who found the package */
	struct link_job *next_unused;
};

int stage_make(struct reify *r, struct err *err)
{
	const char *modules;

	if (r->stage)
		return 0;
	modules = arena_printf(r->arena, "%s/node_modules", r->root);
	r->made_modules = r->made_modules || fs_lstat(modules).kind == FS_NONE;
	/* By force it was read, but packages are put into a folder. */
	if (fs_lstat(modules).kind == FS_LINK && fs_unlink(modules, err) < 0)
		return -1;
	if (fs_stat(modules).kind == FS_FILE)
		return err_sys(err, ENOTDIR, "cannot install into '%s'", modules);
	if (fs_mkdirs(modules, err) < 0)
		return -1;
	r->stage = fs_mkdtemp(r->arena, arena_printf(r->arena, "%s/" STAGE_PREFIX, modules), err);
	return r->stage ? 0 : -1;
}

const char *stage_path(struct reify *r, const char *kind)
{
	return arena_printf(r->arena, "%s/%s%u", r->stage, kind, r->serial++);
}

void stage_drop_optional(struct reify *r, struct node *n, const struct err *why)
{
	struct vec set;

	report_verbose(r->loop->reporter, "reify", "failed optional dependency %s: %s", n->path, why->text);
	r->left_out = true;
	vec_init(&set, r->arena);
	optional_set(n, &set);
	for (size_t i = 0; i < set.count; i++) {
		struct node *one = set.items[i];
		struct place *p = map_find(&r->staged, one->path);

		one->inert = true;
		if (p)
			p->dropped = true;
	}
}

/* One package less to wait for. */
static void over(struct place *p)
{
	p->underway = false;
	if (p->ahead)
		p->reify->ahead_open--;
	else
		p->reify->linked++;
}

static void fail(struct reify *r, const struct node *n, const struct err *err)
{
	if (r->failed)
		return;
	r->failed = ARENA_NEW(r->arena, struct err);
	*r->failed = *err;
	err_note(r->failed, "while installing '%s'", n->location);
}

static void failed(struct place *p, const struct err *err)
{
	/* Nobody asked for it yet: it fails again when somebody does. */
	if (p->ahead) {
		over(p);
		return;
	}
	/* What is said to be patched is patched or fails, optional or not. */
	if (p->node->flags.optional && !cstr_starts(err_name(err), "EPATCH"))
		stage_drop_optional(p->reify, p->node, err);
	else
		fail(p->reify, p->node, err);
	p->dropped = true;
	over(p);
}

/* A package whose own scripts are going to run gets files of its own, so that they cannot reach the store's. */
static enum store_how how_to_link(const struct place *p, const struct store_package *package)
{
	const struct lifecycle_options *o = &p->reify->options->lifecycle;

	if (p->node->shared || o->ignore_scripts || !(package->has_install_script || package->has_binding_gyp))
		return STORE_LINK;
	if (o->allow_all || allow_decide(o->policy, p->node) == ALLOW_YES)
		return STORE_COPY;
	return STORE_LINK;
}

static void link_work(struct loop_job *job)
{
	struct link_job *j = (struct link_job *)job;

	if (j->shared) {
		j->result = (enum store_result)shared_make(&job->arena, j->shared, j->package, &job->err);
		return;
	}
	j->gyp = store_has_file(j->package, "binding.gyp");
	j->result = store_link(j->cache, j->package, j->dest, j->how, &job->err);
	if (j->result == STORE_OK && j->patch.ptr && patches_apply(j->patch, j->dest, &job->err) < 0)
		j->unpatched = true;
}

static struct place *place_of(struct fetch_step *s)
{
	return (struct place *)((char *)s - offsetof(struct place, step));
}

/* It is in the store: it can be linked at once, unless somebody has to decide whether its scripts will run. */
static void link_found(struct fetch_step *s, const struct store_package *package)
{
	struct place *p = place_of(s);
	struct link_job *j = p->link;

	if (!p->reify->options->lifecycle.ignore_scripts && (package->has_install_script || package->has_binding_gyp))
		return;
	j->package = package;
	j->how = STORE_LINK;
	link_work(&j->job);
	j->over = true;
}

static void fetched(struct fetch_package *p, void *ctx);

/* --ignore-patch-failures: the package stays as it is published, and the lockfile says nothing of a patch. */
static bool skip_patch(struct link_job *j)
{
	struct reify *r = j->place->reify;
	struct node *n = j->place->node;

	if (!r->options->ignore_patch_failures || r->options->ci)
		return false;
	if (n->in_store) {
		err_clear(&j->job.err);
		err_set(&j->job.err, ERR_EPATCH, "Cannot skip the failed patch for %s under install-strategy=linked. "
			"Fix the patch or install with a different strategy.", n->name);
		return false;
	}
	report_warn(r->loop->reporter, "patch", "failed to apply %s to %s: %s", json_find_text(n->patched, "path"), n->name,
		j->job.err.text);
	report_warn(r->loop->reporter, "patch", "%s was installed unpatched; package.json still declares this patch, so the lockfile is "
		"out of sync and `lode ci` will fail until the patch is fixed or its patchedDependencies entry is removed", n->name);
	n->patched = NULL;
	return true;
}

static void linked(struct link_job *j)
{
	struct place *p = j->place;
	struct reify *r = p->reify;

	if (j->result == STORE_GONE && ++p->tries < MAX_TRIES) {
		fetch_again(j->fetched, fetched, p);
		return;
	}
	if (j->result == STORE_GONE)
		err_set(&j->job.err, ERR_EINTEGRITY, "'%s' keeps changing in the cache: another program writes there",
			j->fetched->what);
	if (j->unpatched && skip_patch(j))
		j->unpatched = false;
	if (j->shared && j->result == STORE_FAILED && shared_give_up(r, &j->job.err)) {
		over(p);
		return;
	}
	if (j->result != STORE_OK || j->unpatched) {
		failed(p, &j->job.err);
		return;
	}
	p->staged = j->dest;
	p->node->without_gyp = !j->gyp && !j->patch.ptr && !j->shared;
	over(p);
	if (!p->ahead)
		report_count(r->loop->reporter, PHASE_LINK, r->linked, r->to_link, 0);
}

static void link_done(struct loop_job *job)
{
	struct link_job *j = (struct link_job *)job;
	struct reify *r = j->place->reify;

	linked(j);
	j->next_unused = r->unused;
	r->unused = j;
}

/* Zeroed. Jobs are large, with room for an error in each: those that are over are used again, and of new ones what nobody writes
 * to takes no memory. */
static struct link_job *link_job_make(struct reify *r)
{
	struct link_job *j = r->unused;

	if (!j)
		return ARENA_NEW(r->arena, struct link_job);
	r->unused = j->next_unused;
	memset(j, 0, sizeof(*j));
	return j;
}

/* What failed may have left something. */
static const char *dest_of(struct place *p)
{
	if (!p->dest)
		p->dest = whole_dest(p);
	if (!p->dest || p->tries)
		p->dest = stage_path(p->reify, "");
	return p->dest;
}

static struct link_job *link_begin(struct place *p)
{
	struct reify *r = p->reify;
	struct link_job *j = link_job_make(r);

	j->job.work = link_work;
	j->job.done = link_done;
	j->job.what = "link";
	j->job.item.quiet = true;
	j->place = p;
	j->cache = r->loop->cache;
	j->dest = dest_of(p);
	j->shared = p->node->shared ? shared_want(r, p->node) : NULL;
	if (!p->ahead)
		j->patch = patches_text(r->patches, p->node);
	return j;
}

static void begin(struct fetch_step *s)
{
	struct place *p = place_of(s);

	p->link = link_begin(p);
}

static void fetched(struct fetch_package *f, void *ctx)
{
	struct place *p = ctx;
	struct reify *r = p->reify;
	struct link_job *j;

	if (f->state == FETCH_FAILED) {
		failed(p, f->err);
		return;
	}
	if (p->node->manifest->abbreviated)
		recorded_fill(r->arena, p->node->manifest, f->package);
	if (r->failed) {
		if (p->link)
			arena_absorb(r->arena, &p->link->job.arena);
		over(p);
		return;
	}
	/* Whether its scripts run, and so how it is linked, is decided when the tree is known. */
	if (p->ahead && !r->options->lifecycle.ignore_scripts && (f->package->has_install_script || f->package->has_binding_gyp)) {
		over(p);
		return;
	}
	r->brings_modules = r->brings_modules || f->package->has_bundled;
	j = p->link ? p->link : link_begin(p);
	p->link = NULL;
	j->fetched = f;
	j->job.about = f->what;
	if (j->over) {
		arena_absorb(r->arena, &j->job.arena);
		link_done(&j->job);
		return;
	}
	j->package = f->package;
	j->how = how_to_link(p, f->package);
	loop_send(r->loop, &j->job);
}

/* A file's path in the lockfile is relative to the project. */
static const char *absolute_file(struct reify *r, const char *resolved)
{
	if (!cstr_starts(resolved, "file:"))
		return resolved;
	return arena_printf(r->arena, "file:%s", path_resolve(r->arena, r->root, resolved + strlen("file:")));
}

/* A package of the linked strategy's store is asked for as the one of the resolved tree that it stands for. */
static int want_of(struct reify *r, struct node *laid, struct fetch_want *want, struct err *err)
{
	struct node *n = laid->source ? laid->source : laid;
	const char *version = node_version(n);

	*want = (struct fetch_want){
		.name = node_package_name(n) ? node_package_name(n) : n->name,
		.version = version[0] ? version : NULL,
		.resolved = absolute_file(r, node_resolved(n)),
		.integrity = n->integrity,
	};
	if (policy_check(n, want->resolved, r->options, err) < 0)
		return -1;
	if (source_is_git(want->resolved))
		want->integrity = NULL;
	if (want->resolved || want->version)
		return 0;
	err_set(err, ERR_EGENERIC, "the lockfile does not say where '%s' comes from", n->location);
	err_note(err, "remove its entry or the lockfile and install again");
	return -1;
}

struct fetch_package *stage_fetch(struct reify *r, struct node *laid, struct err *err)
{
	struct fetch_want want;

	return want_of(r, laid, &want, err) < 0 ? NULL : fetch_get(r->fetch, &want);
}

struct fetch_package *stage_fetched(struct reify *r, struct node *n)
{
	struct err ignored = ERR_INIT;
	struct fetch_want want;

	return want_of(r, n, &want, &ignored) < 0 ? NULL : fetch_find(r->fetch, &want);
}

static int begin_place(struct place *p, struct err *err)
{
	struct fetch_want want;

	if (want_of(p->reify, p->node, &want, err) < 0)
		return -1;
	p->integrity = want.integrity;
	p->resolved = want.resolved;
	p->step = (struct fetch_step){begin, link_found};
	p->underway = true;
	fetch_then(fetch_get_step(p->reify->fetch, &want, &p->step), fetched, p);
	return 0;
}

static void start(struct place *p)
{
	struct err err = ERR_INIT;

	if (begin_place(p, &err) < 0)
		failed(p, &err);
}

void stage_ahead(struct reify *r, struct node *n)
{
	struct place *p = ARENA_NEW(r->arena, struct place);
	struct err ignored = ERR_INIT;

	*p = (struct place){.reify = r, .node = n, .ahead = true};
	r->ahead_open++;
	if (begin_place(p, &ignored) < 0)
		over(p);
	else
		map_put(&r->ahead, n->path, p);
}

/* Is what was begun still what is wanted? A patched package is not the one in the store, a shared one lies elsewhere. Where the
 * tree was made anew, what is under way is still the old one's. */
static bool is_wanted(const struct place *p, struct node *n)
{
	struct fetch_want want;
	struct err ignored = ERR_INIT;

	return (p->node == n || !p->underway) && !n->patched && !n->shared && want_of(p->reify, n, &want, &ignored) == 0 &&
	       streq(p->integrity, want.integrity) && streq(p->resolved, want.resolved);
}

/* What was found out of the package for the node of the old tree holds for the new one's. */
static void change_hands(struct place *p, struct node *n)
{
	const struct fetch_package *f = stage_fetched(p->reify, n);

	n->without_gyp = p->node->without_gyp;
	if (n->manifest->abbreviated && f && f->package)
		recorded_fill(p->reify->arena, n->manifest, f->package);
	p->node = n;
}

struct place *stage_place(struct reify *r, struct node *n)
{
	struct place *p = map_find(&r->ahead, n->path);

	if (p && p->ahead && is_wanted(p, n)) {
		if (p->node != n)
			change_hands(p, n);
		r->ahead_open -= p->underway;
		p->ahead = false;
	} else {
		p = ARENA_NEW(r->arena, struct place);
		*p = (struct place){.reify = r, .node = n};
	}
	vec_add(&r->places, p);
	map_put(&r->staged, n->path, p);
	return p;
}

void stage_settle(struct reify *r)
{
	while (r->ahead_open && !loop_idle(r->loop))
		loop_turn(r->loop);
}

static int stage_some(struct reify *r, struct err *err)
{
	r->linked = 0;
	r->to_link = 0;
	for (size_t i = 0; i < r->places.count; i++)
		r->to_link += !VEC_AT(&r->places, struct place, i)->staged;
	if (!r->to_link)
		return 0;
	if (stage_make(r, err) < 0)
		return -1;
	report_phase(r->loop->reporter, PHASE_LINK, r->to_link);
	for (size_t i = 0; i < r->places.count; i++) {
		struct place *p = r->places.items[i];

		if (!p->staged && !p->dropped && !p->underway)
			start(p);
		else if (!p->staged && p->dropped)
			r->linked++;
	}
	while (r->linked < r->to_link && !(r->failed && loop_idle(r->loop)))
		loop_turn(r->loop);
	report_phase(r->loop->reporter, PHASE_NONE, 0);
	if (!r->failed)
		return 0;
	*err = *r->failed;
	return -1;
}

int stage_all(struct reify *r, struct err *err)
{
	int bad;

	do
		bad = stage_some(r, err);
	while (!bad && shared_settle(r));
	return bad;
}
