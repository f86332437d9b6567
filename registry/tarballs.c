/* SPDX-License-Identifier: MIT */
#include "registry/registry.h"

#include "base/buf.h"
#include "base/digest.h"
#include "base/str.h"
#include "registry/client.h"
#include "registry/fault.h"
#include "resolver/ssri.h"

#include <string.h>

#define DEFAULT_MAX ((size_t)1 << 30)
#define PACOTE_VERSION "22.0.0"

struct tarball {
	struct arena arena;
	struct registry *reg;
	struct tarball_wish wish;	/* its texts are copies */
	const char *url;
	struct auth auth;
	struct net_transfer *transfer;	/* NULL: refused before it began */
	struct ssri *expected;		/* NULL: nothing to check */
	enum digest_alg alg;
	struct digest digest;
	uint64_t size;
	struct err err;
	struct tarball *prev, *next;
	struct tarball *next_refused;
};

/* ---- checking ---- */

static void choose_digest(struct tarball *t)
{
	struct ssri *s = ssri_parse(&t->arena, str_from(t->wish.integrity), 0);

	t->alg = ssri_is_empty(s) ? DIGEST_NONE : digest_alg_of(str_from(ssri_pick_algorithm(s, NULL)));
	if (t->alg != DIGEST_NONE)
		t->expected = s;
}

static int judge(struct tarball *t, const uint8_t *digest, struct err *err)
{
	struct arena a = ARENA_INIT;
	const char *got = digest_sri_of(&a, t->alg, digest);
	bool fits = ssri_match_text(t->wish.integrity, got);

	if (!fits)
		err_set(err, ERR_EINTEGRITY,
			"%s integrity checksum failed when using %s: wanted %s but got %s. (%llu bytes)",
			t->wish.what ? t->wish.what : t->url, digest_name(t->alg), t->wish.integrity, got,
			(unsigned long long)t->size);
	arena_release(&a);
	return fits ? 0 : -1;
}

/* The answer is whole: does it have the digest that was promised? */
static int check(void *ctx, const struct net_response *r, struct err *err)
{
	uint8_t digest[DIGEST_MAX];
	struct tarball *t = ctx;

	if (!t->expected)
		return 0;
	if (t->wish.sink) {
		digest_end(&t->digest, digest);
	} else {
		t->size = r->body->len;
		digest_of(t->alg, buf_text(r->body), r->body->len, digest);
	}
	return judge(t, digest, err);
}

/* ---- streaming through the digest ---- */

static int sink_begin(void *ctx, const struct net_response *r, struct err *err)
{
	struct tarball *t = ctx;

	t->size = 0;
	if (t->expected) {
		digest_release(&t->digest);
		digest_init(&t->digest, t->alg);
	}
	return t->wish.sink->begin ? t->wish.sink->begin(t->wish.ctx, r, err) : 0;
}

static enum net_take sink_data(void *ctx, const char *p, size_t n, struct err *err)
{
	struct tarball *t = ctx;
	enum net_take took = t->wish.sink->data(t->wish.ctx, p, n, err);

	if (took != NET_TAKEN)
		return took;
	t->size += n;
	if (t->expected)
		digest_add(&t->digest, p, n);
	return took;
}

static const struct net_sink sink = {sink_begin, sink_data};

/* ---- beginning and ending ---- */

static void unlink_tarball(struct tarball *t)
{
	if (t->prev)
		t->prev->next = t->next;
	else
		t->reg->tarballs = t->next;
	if (t->next)
		t->next->prev = t->prev;
}

static void drop(struct tarball *t)
{
	struct arena a = t->arena;

	if (t->expected)
		digest_release(&t->digest);
	unlink_tarball(t);
	arena_release(&a);
}

static void tell(struct tarball *t, struct buf *body, const struct err *err)
{
	t->reg->open--;
	t->wish.done(t->wish.ctx, body, err);
	drop(t);
}

static void on_done(void *ctx, const struct net_response *r, const struct err *err)
{
	struct tarball *t = ctx;

	t->err = *err;
	registry_log(t->reg, r, "GET", &t->auth);
	if (err->code == ERR_OK && (r->status < 200 || r->status >= 300))
		fault_of_status(&t->err, r, "GET", t->wish.what);
	tell(t, t->err.code == ERR_OK && !t->wish.sink ? r->body : NULL, &t->err);
}

static int begin(struct tarball *t)
{
	struct dressed d = {.arena = &t->arena, .name = t->wish.name};
	struct net_request rq = {
		.url = t->url,
		.priority = NET_TARBALL,
		.max_body = t->wish.max_bytes ? t->wish.max_bytes : DEFAULT_MAX,
		.sink = t->wish.sink ? &sink : NULL,
		.check = check,
		.done = on_done,
		.ctx = t,
	};

	if (t->reg->o.freshness == FRESH_OFFLINE)
		return registry_not_cached(&t->err, t->url);
	dress_header(&d, "accept", "*/*");
	dress_header(&d, "pacote-version", PACOTE_VERSION);
	dress_header(&d, "pacote-req-type", "tarball");
	dress_header(&d, "pacote-pkg-id", t->wish.what);
	dress_header(&d, "pacote-integrity", t->wish.integrity);
	if (dress_request(t->reg, t->url, &d, &t->err) < 0)
		return -1;
	t->auth = d.auth;
	dress_apply(&d, &rq);
	t->transfer = net_add(t->reg->net, &rq);
	return 0;
}

static struct tarball *make(struct registry *reg, const struct tarball_wish *wish)
{
	struct arena a = ARENA_INIT;
	struct tarball *t = ARENA_NEW(&a, struct tarball);

	t->reg = reg;
	t->wish = *wish;
	t->wish.name = arena_strdup(&a, wish->name);
	t->wish.what = arena_strdup(&a, wish->what);
	t->wish.integrity = arena_strdup(&a, wish->integrity && *wish->integrity ? wish->integrity : NULL);
	t->url = arena_strdup(&a, registry_tarball_url(&a, &reg->o, wish->url));
	t->arena = a;
	if (t->wish.integrity)
		choose_digest(t);
	t->next = reg->tarballs;
	if (t->next)
		t->next->prev = t;
	reg->tarballs = t;
	reg->open++;
	return t;
}

struct tarball *registry_tarball(struct registry *reg, const struct tarball_wish *wish)
{
	struct tarball *t = make(reg, wish);

	if (begin(t) < 0) {
		t->next_refused = reg->refused;
		reg->refused = t;
	}
	return t;
}

bool tarballs_move(struct registry *reg)
{
	bool any = reg->refused != NULL;

	while (reg->refused) {
		struct tarball *t = reg->refused;

		reg->refused = t->next_refused;
		tell(t, NULL, &t->err);
	}
	return any;
}

void tarballs_close(struct registry *reg)
{
	while (reg->tarballs)
		drop(reg->tarballs);
}
