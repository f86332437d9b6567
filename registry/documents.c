/* SPDX-License-Identifier: MIT */
#include "registry/registry.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/inflate.h"
#include "base/pool.h"
#include "base/report.h"
#include "base/str.h"
#include "cache/packuments.h"
#include "registry/client.h"
#include "registry/fault.h"
#include "registry/freshness.h"
#include "resolver/packument.h"

#include <string.h>

#define ABBREVIATED "application/vnd.npm.install-v1+json"
#define ACCEPT_ABBREVIATED ABBREVIATED "; q=1.0, application/json; q=0.8, */*"
#define ACCEPT_FULL "application/json"
#define PACOTE_VERSION "22.0.0"
#define MAX_JOBS 100000
/* A document that is no JSON is asked for again so often: half of one may look whole to HTTP. */
#define MAX_GARBLED 2

struct waiter {
	struct packument_wish wish;	/* its name is the document's, which may be older */
	struct waiter *next;
};

enum document_state { DOCUMENT_BUSY, DOCUMENT_READY, DOCUMENT_FAILED };

/*
 * One URL's document on its way: looked up in the cache (a worker), asked for (the net), decoded and indexed (a worker).
 * The item's fields below are the worker's while it is sent, else the main thread's.
 */
struct document {
	struct pool_item item;		/* first: the pool gives this back */
	struct arena arena;		/* holds this struct too; for the thread that has the item */
	struct registry *reg;
	const char *name, *url, *what;
	bool full, fresh;
	enum document_state state;
	struct waiter *waiters, **last_waiter;
	bool queued;			/* on the list of those with wishes to tell */
	bool is_told;			/* on the list of those told */
	struct document *next, *next_finished, *next_told;

	struct packument cached, newer, packument;	/* the last is one of the others */
	bool has_cached, has_newer;
	bool is_mapped;			/* newer is, and its own */
	bool guessed;			/* cached serves, and nobody knows yet whether it is right */
	bool wrong;			/* it was not: newer is, or nothing */
	bool refuted;			/* it failed when a guess was asked about: its answer, however often it is wished */
	bool keep;
	struct auth auth;
	struct packument_meta meta;	/* of the answer at hand */
	struct buf body, block;
	bool gzip;
	int garbled;
	struct err *err;		/* see err_of(): most documents never need its kilobytes */
};

static void ask(struct document *d);

static struct err *err_of(struct document *d)
{
	if (!d->err)
		d->err = ARENA_NEW(&d->arena, struct err);
	return d->err;
}

/* ---- telling those who wait ---- */

static void finished(struct document *d, enum document_state state)
{
	d->state = state;
	if (d->queued)
		return;
	d->queued = true;
	d->next_finished = d->reg->finished;
	d->reg->finished = d;
}

/* The answer to a guess. What came with it is used by those who come after registry_believed() only: others hold the old one. */
static void settle(struct document *d, bool right)
{
	d->guessed = false;
	d->wrong = !right;
	d->reg->doubts--;
	d->reg->misled |= !right;
}

static void fail(struct document *d)
{
	if (d->guessed)
		settle(d, false);
	else
		finished(d, DOCUMENT_FAILED);
}

static void fail_for(struct document *d, const struct err *why)
{
	*err_of(d) = *why;
	fail(d);
}

static void use(struct document *d, const struct packument *p)
{
	if (d->guessed) {
		settle(d, p == &d->cached);
		return;
	}
	d->packument = *p;
	if (d->err)
		err_clear(d->err);
	finished(d, DOCUMENT_READY);
}

static void tell(struct document *d)
{
	static const struct err none = ERR_INIT;
	const struct packument *p = d->state == DOCUMENT_READY ? &d->packument : NULL;

	/* A worker may have the block of one that is guessed. */
	if (p && (d->guessed || !d->block.ptr) && !d->is_told) {
		d->is_told = true;
		d->next_told = d->reg->told;
		d->reg->told = d;
	}
	while (d->waiters) {
		struct waiter *w = d->waiters;

		d->waiters = w->next;
		if (!d->waiters)
			d->last_waiter = &d->waiters;
		d->reg->open--;
		w->wish.done(w->wish.ctx, d->name, p, p ? &none : err_of(d));
	}
}

/* ---- what workers do ---- */

static void load_cached(struct pool_item *item)
{
	struct document *d = (struct document *)item;

	d->has_cached = packuments_load(d->reg->o.cache, d->url, d->full, &d->cached);
}

static int decode(struct document *d, struct buf *text, struct str *json)
{
	*json = buf_str(&d->body);
	if (!d->gzip)
		return 0;
	if (inflate_gzip(buf_str(&d->body), text, err_of(d)) < 0)
		return -1;
	*json = buf_str(text);
	return 0;
}

/* Once it is in the cache it need not be in memory too. */
static void map_saved(struct document *d)
{
	struct packument p;

	packuments_save(d->reg->o.cache, d->block.ptr, d->block.len);
	if (!packuments_load(d->reg->o.cache, d->url, d->meta.full, &p))
		return;
	if (p.size != d->block.len || memcmp(p.block, d->block.ptr, p.size) != 0) {
		packuments_close(&p);
		return;
	}
	d->newer = p;
	d->is_mapped = true;
	buf_release(&d->block);
}

static void index_document(struct pool_item *item)
{
	struct document *d = (struct document *)item;
	struct buf text = BUF_INIT(PACKUMENT_MAX);
	struct str json;

	buf_init(&d->block, PACKUMENT_MAX);
	if (decode(d, &text, &json) == 0 && packument_index(&d->block, json, &d->meta, d->url, err_of(d)) == 0)
		d->has_newer = packument_open(&d->newer, d->block.ptr, d->block.len);
	buf_release(&text);
	buf_release(&d->body);
	if (!d->has_newer) {
		buf_release(&d->block);
		return;
	}
	if (d->keep && d->reg->o.cache)
		map_saved(d);
}

static void wake(void *ctx)
{
	registry_wake(ctx);
}

static void send(struct document *d, pool_run *run)
{
	d->item.run = run;
	pool_send(d->reg->pool, &d->item);
}

/* ---- what comes back ---- */

static bool cached_serves(const struct document *d)
{
	switch (d->reg->o.freshness) {
	case FRESH_OFFLINE:
	case FRESH_PREFER_OFFLINE:
		return true;
	case FRESH_PREFER_ONLINE:
		return false;
	default:
		return !d->fresh && packument_meta_fresh(&d->cached.meta, clock_wall_ms());
	}
}

/* Without a mark it would come whole, and would have to be compared. */
static bool may_guess(const struct document *d)
{
	const struct packument_meta *m = &d->cached.meta;

	return d->reg->guessing && d->has_cached && ((m->etag && *m->etag) || (m->last_modified && *m->last_modified));
}

static void guess(struct document *d)
{
	use(d, &d->cached);
	d->guessed = true;
	d->reg->doubts++;
	ask(d);
}

static void loaded(struct document *d)
{
	if (d->has_cached && cached_serves(d)) {
		use(d, &d->cached);
		return;
	}
	if (d->reg->o.freshness != FRESH_OFFLINE && may_guess(d)) {
		guess(d);
		return;
	}
	if (d->reg->o.freshness != FRESH_OFFLINE) {
		ask(d);
		return;
	}
	registry_not_cached(err_of(d), d->url);
	fail(d);
}

static void indexed(struct document *d)
{
	char reason[512];

	if (d->has_newer) {
		use(d, &d->newer);
		return;
	}
	if (err_of(d)->code != ERR_EJSONPARSE && err_of(d)->code != ERR_ETARABORT) {
		fail(d);
		return;
	}
	if (d->garbled++ < MAX_GARBLED) {
		err_clear(err_of(d));
		ask(d);
		return;
	}
	memcpy(reason, err_of(d)->text, sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	err_clear(err_of(d));
	fault_set(err_of(d), "EINVALIDJSON", "invalid json response body at %s reason: %s",
		fault_clean_url(&d->arena, d->url), reason);
	fail(d);
}

static bool take_finished_jobs(struct registry *reg)
{
	struct pool_item *item;
	bool any = false;

	if (!reg->pool)
		return false;
	while ((item = pool_take(reg->pool))) {
		struct document *d = (struct document *)item;

		any = true;
		if (item->run == load_cached)
			loaded(d);
		else
			indexed(d);
	}
	return any;
}

/* ---- asking ---- */

static void take_body(struct document *d, const struct net_response *r)
{
	const char *encoding = net_response_header(r, "content-encoding");

	d->gzip = encoding && (cstr_eq_nocase(encoding, "gzip") || cstr_eq_nocase(encoding, "x-gzip"));
	d->keep = freshness_of(&d->arena, r, &d->meta);
	d->meta.url = d->url;
	d->meta.fetched_at = clock_wall_ms();
	/* What was asked for decides: there are mirrors that send the abbreviated one under the other's type. */
	d->meta.full = d->full;
	d->body = *r->body;
	buf_init(r->body, 0);
	send(d, index_document);
}

/* A server that does not know the form, not a registry that does not know the package: that says so in JSON. */
static bool refuses_form(const struct document *d, const struct net_response *r)
{
	const char *type = net_response_header(r, "content-type");

	return r->status == 404 && !d->full && !(type && strstr(type, "json"));
}

static void answered(struct document *d, const struct net_response *r)
{
	if (r->status == 304 && d->has_cached) {
		/* By what is known of it: looking into the document would bring it into memory again. */
		packuments_touch(d->reg->o.cache, d->url, d->cached.meta.full);
		use(d, &d->cached);
	} else if (r->status >= 200 && r->status < 300) {
		take_body(d, r);
	} else if (refuses_form(d, r)) {
		d->full = true;
		ask(d);
	} else {
		fault_of_status(err_of(d), r, "GET", d->what);
		fail(d);
	}
}

static void on_done(void *ctx, const struct net_response *r, const struct err *err)
{
	struct document *d = ctx;

	registry_log(d->reg, r, "GET", &d->auth);
	if (err->code == ERR_OK) {
		answered(d, r);
		return;
	}
	if (d->has_cached) {
		/* npm too: what was once received is better than nothing when the registry cannot be reached. */
		report_http(d->reg->o.reporter, "cache %s revalidation failed with %s", d->url, err_name(err));
		use(d, &d->cached);
		return;
	}
	fail_for(d, err);
}

static void ask(struct document *d)
{
	struct dressed dress = {.arena = &d->arena, .name = d->name};
	struct net_request rq = {
		.url = d->url,
		.priority = NET_METADATA,
		.max_body = PACKUMENT_MAX,
		.gzip_as_is = true,
		.done = on_done,
		.ctx = d,
	};
	struct err why = ERR_INIT;

	dress_header(&dress, "accept", d->full ? ACCEPT_FULL : ACCEPT_ABBREVIATED);
	dress_header(&dress, "pacote-version", PACOTE_VERSION);
	dress_header(&dress, "pacote-req-type", "packument");
	dress_header(&dress, "pacote-pkg-id", arena_printf(&d->arena, "registry:%s", d->name));
	if (d->has_cached) {
		dress_header(&dress, "if-none-match", d->cached.meta.etag);
		dress_header(&dress, "if-modified-since", d->cached.meta.last_modified);
	}
	if (dress_request(d->reg, d->url, &dress, &why) < 0) {
		fail_for(d, &why);
		return;
	}
	d->auth = dress.auth;
	dress_apply(&dress, &rq);
	net_add(d->reg->net, &rq);
}

/* ---- wishing ---- */

static bool ensure_pool(struct registry *reg, struct err *err)
{
	if (!reg->pool)
		reg->pool = pool_open(0, MAX_JOBS, wake, reg, err);
	return reg->pool != NULL;
}

static struct document *document_make(struct registry *reg, const struct packument_wish *wish)
{
	struct arena a = ARENA_INIT;
	struct document *d = ARENA_NEW(&a, struct document);

	d->reg = reg;
	d->name = arena_strdup(&a, wish->name);
	d->what = arena_strdup(&a, wish->what ? wish->what : wish->name);
	d->url = registry_packument_url(&a, &reg->o, wish->name);
	d->full = wish->full;
	d->fresh = wish->fresh;
	d->item.urgent = true;
	d->last_waiter = &d->waiters;
	d->arena = a;
	d->next = reg->all_documents;
	reg->all_documents = d;
	return d;
}

static void begin(struct document *d)
{
	struct registry *reg = d->reg;
	struct err why = ERR_INIT;

	if (!d->url) {
		err_set(err_of(d), ERR_ENOREGISTRY, "no registry is set");
		fail(d);
	} else if (!ensure_pool(reg, &why)) {
		fail_for(d, &why);
	} else if (reg->o.cache) {
		send(d, load_cached);
	} else if (reg->o.freshness == FRESH_OFFLINE) {
		registry_not_cached(err_of(d), d->url);
		fail(d);
	} else {
		ask(d);
	}
}

/* Does what is known, or on its way, answer the wish? */
static bool serves(const struct document *d, const struct packument_wish *wish)
{
	if (!d || (d->state == DOCUMENT_FAILED && !d->refuted))
		return false;
	if (wish->full && !(d->full || (d->state == DOCUMENT_READY && d->packument.meta.full)))
		return false;
	return !wish->fresh || d->fresh || (d->state == DOCUMENT_READY && !d->guessed && d->has_newer);
}

void registry_packument(struct registry *reg, const struct packument_wish *wish)
{
	struct document *d = map_find(&reg->documents, wish->name);
	struct waiter *w;

	reg->open++;
	if (!serves(d, wish)) {
		d = document_make(reg, wish);
		map_put(&reg->documents, d->name, d);
		begin(d);
	}
	w = ARENA_NEW(&reg->arena, struct waiter);
	w->wish = *wish;
	*d->last_waiter = w;
	d->last_waiter = &w->next;
	if (d->state != DOCUMENT_BUSY)
		finished(d, d->state);
}

void registry_guess(struct registry *reg, bool on)
{
	reg->guessing = on;
}

size_t registry_doubts(const struct registry *reg)
{
	return reg->doubts;
}

bool registry_believed(struct registry *reg)
{
	bool right = !reg->misled;

	registry_rest(reg);	/* while what was told is still mapped */
	for (struct document *d = right ? NULL : reg->all_documents; d; d = d->next) {
		if (d->wrong && d->has_newer)
			use(d, &d->newer);
		else if (d->wrong)
			fail(d);
		d->refuted = d->wrong && !d->has_newer;
		d->wrong = false;
	}
	reg->misled = false;
	return right;
}

bool documents_move(struct registry *reg)
{
	bool any = take_finished_jobs(reg);

	while (reg->finished) {
		struct document *d = reg->finished;

		reg->finished = d->next_finished;
		d->queued = false;
		any = true;
		tell(d);
	}
	return any;
}

void registry_rest(struct registry *reg)
{
	for (; reg->told; reg->told = reg->told->next_told) {
		reg->told->is_told = false;
		packuments_rest(&reg->told->packument);
	}
}

void documents_close(struct registry *reg)
{
	pool_close(reg->pool);
	for (struct document *d = reg->all_documents, *next; d; d = next) {
		struct arena a = d->arena;

		next = d->next;
		if (d->has_cached)
			packuments_close(&d->cached);
		if (d->is_mapped)
			packuments_close(&d->newer);
		buf_release(&d->body);
		buf_release(&d->block);
		arena_release(&a);
	}
}
