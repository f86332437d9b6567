/* SPDX-License-Identifier: MIT */
#include "cli/signatures.h"

#include <string.h>

#include "base/arena.h"
#include "base/encoding.h"
#include "base/err.h"
#include "base/isodate.h"
#include "base/json.h"
#include "base/signature.h"
#include "base/str.h"
#include "cli/attestations.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "install/fetch.h"
#include "resolver/inventory.h"
#include "resolver/name.h"
#include "resolver/packument.h"
#include "resolver/spec.h"
#include "resolver/ssri.h"
#include "resolver/tree.h"

#define MAX_KEYS ((size_t)4 << 20)
/* What npm takes for the time of a version that has none. */
#define NO_TIME_MS 1420070400000

/* ---- what there is ---- */

static const char *registry_of(const struct signatures *s, const char *name)
{
	struct str scope = name_scope(name);
	const char *own = NULL;
	if (scope.len)
		own = config_text(s->cli->config, arena_printf(s->cli->arena, "%.*s:registry", STR_ARGS(scope)));
	return own ? own : s->net->options.registry;
}

static const char *kind_of(const struct edge *e)
{
	if (edge_is_optional(e))
		return "optionalDependencies";
	if (edge_is_peer(e))
		return "peerDependencies";
	return e->type == EDGE_DEV ? "devDependencies" : "dependencies";
}

static bool is_omitted(const struct signatures *s, const struct node *n)
{
	return (config_omits(s->cli->config, "dev") && n->flags.dev) ||
	       (config_omits(s->cli->config, "optional") && n->flags.optional) ||
	       (config_omits(s->cli->config, "peer") && n->flags.peer);
}

static void add_edge(struct signatures *s, const struct edge *e, struct map *seen)
{
	struct arena *a = s->cli->arena;
	struct err ignored = ERR_INIT;
	const struct spec *spec = spec_resolve(a, e->name, edge_spec(e), "/", &ignored);
	struct node *n = e->to;
	if (!spec || !spec->registry || !n || !*node_version(n) || n->is_link || node_is_workspace(n) || n->inert || is_omitted(s, n) ||
	    map_has(seen, n->location))
		return;
	map_put(seen, n->location, s);
	struct signed_package *p = ARENA_NEW(a, struct signed_package);
	p->name = spec->type == SPEC_ALIAS ? spec->sub->name : spec->name;
	p->version = node_version(n);
	p->location = n->location;
	p->registry = registry_of(s, p->name);
	p->type = kind_of(e);
	p->integrity = s->locked ? n->integrity : NULL;
	p->node = n;
	p->of = s;
	vec_add(&s->packages, p);
}

void signatures_collect(struct signatures *s, const struct tree *t, const struct vec *only)
{
	struct map seen;
	map_init(&seen, s->cli->arena);
	vec_init(&s->packages, s->cli->arena);
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;
		if (only && only->count && vec_find(only, node_target(n)) < 0)
			continue;
		for (struct map_entry *k = map_first(&n->edges_out.map); k; k = map_next(&n->edges_out.map, k)) {
			s->edges++;
			add_edge(s, k->value, &seen);
		}
	}
}

/* ---- keys ---- */

static int ask_keys(struct signatures *s, const char *registry, struct err *err)
{
	size_t n = strlen(registry);
	const char *slash = n && registry[n - 1] == '/' ? "" : "/";
	struct registry_request rq = {
		.path = arena_printf(s->cli->arena, "%s%s-/npm/v1/keys", registry, slash),
		.max_body = MAX_KEYS,
	};
	const struct json *answer = online_json(s->net, &rq, err);
	if (!answer && err->code != ERR_E404 && err->code != ERR_E400)
		return -1;
	err_clear(err);
	map_put(&s->keys, registry, json_find(answer, "keys"));
	return 0;
}

static int find_keys(struct signatures *s, struct err *err)
{
	map_init(&s->keys, s->cli->arena);
	for (size_t i = 0; i < s->packages.count; i++) {
		struct signed_package *p = s->packages.items[i];
		if (!map_has(&s->keys, p->registry) && ask_keys(s, p->registry, err) < 0)
			return -1;
		p->has_keys = json_count(map_find(&s->keys, p->registry)) > 0;
	}
	return 0;
}

const struct json *signatures_key(const struct signed_package *p, const char *keyid)
{
	const struct json *keys = map_find(&p->of->keys, p->registry);
	for (uint32_t i = 0; keyid && i < json_count(keys); i++)
		if (streq(json_find_text(json_at(keys, i), "keyid"), keyid))
			return json_at(keys, i);
	return NULL;
}

struct str signatures_key_der(struct arena *a, const struct json *key)
{
	const char *text = json_find_text(key, "key");
	return text ? base64_decode_loose(a, str_from(text)) : STR_NULL;
}

bool signatures_key_expired(const struct json *key, int64_t at_ms)
{
	const char *expires = json_find_text(key, "expires");
	int64_t end = expires ? isodate_parse(str_from(expires)) : ISODATE_NONE;
	return expires && (end == ISODATE_NONE || at_ms >= end);
}

/* ---- a registry's signature ---- */

static void spoilt(struct signed_package *p, const char *code, const char *message)
{
	if (p->code)
		return;
	p->code = code;
	p->message = message;
}

static int check_signature(struct signed_package *p, const struct json *signature, struct err *err)
{
	struct arena *a = p->of->cli->arena;
	const char *keyid = json_find_text(signature, "keyid"), *sig = json_find_text(signature, "sig");
	const struct json *key = signatures_key(p, keyid);
	int64_t published = p->published == PACKUMENT_NO_TIME ? NO_TIME_MS : p->published;
	if (!key)
		return err_set_as(err, "EMISSINGSIGNATUREKEY",
				  "%s@%s has a registry signature with keyid: %s but no corresponding public key can be found", p->name,
				  p->version, keyid ? keyid : "undefined");
	if (signatures_key_expired(key, published))
		return err_set_as(err, "EEXPIREDSIGNATUREKEY",
				  "%s@%s has a registry signature with keyid: %s but the corresponding public key has expired %s", p->name,
				  p->version, keyid, json_find_text(key, "expires"));
	const char *message = arena_printf(a, "%s@%s:%s", p->name, p->version, p->integrity);
	struct str bytes = base64_decode_loose(a, str_from(sig ? sig : ""));
	if (signature_is_valid(signatures_key_der(a, key), str_from(message), bytes))
		return 0;
	p->keyid = keyid;
	p->signature = sig;
	spoilt(p, "EINTEGRITYSIGNATURE",
	       arena_printf(a, "%s@%s has an invalid registry signature with keyid: %s and signature: %s", p->name, p->version, keyid,
			    sig ? sig : "undefined"));
	return 0;
}

static const char *integrity_of(struct arena *a, const struct json *dist)
{
	const char *integrity = json_find_text(dist, "integrity"), *shasum = json_find_text(dist, "shasum");
	if (integrity && *integrity)
		return integrity;
	return shasum ? ssri_format(a, ssri_from_hex(a, "sha1", shasum, NULL), NULL, 0) : NULL;
}

/* A lockfile may say where a package is and not what: then what was verified has to be what comes from there. */
static void bind_node(struct signed_package *p)
{
	const char *resolved = node_resolved(p->node);
	p->node->integrity = p->integrity;
	if (source_is_git(resolved))
		spoilt(p, "EINTEGRITYSIGNATURE",
		       arena_printf(p->of->cli->arena, "%s@%s comes from '%s', which no registry signs", p->name, p->version, resolved));
}

static int check_dist(struct signed_package *p, struct err *err)
{
	struct arena *a = p->of->cli->arena;
	const struct json *dist = json_find(p->manifest, "dist"), *all = json_find(dist, "signatures");
	p->resolved = json_find_text(dist, "tarball");
	if (!p->integrity || !*p->integrity)
		p->integrity = integrity_of(a, dist);
	if (p->of->locked)
		bind_node(p);
	if (!p->integrity || !json_is(all, JSON_ARRAY))
		return 0;
	for (uint32_t i = 0; i < all->count; i++)
		if (check_signature(p, all->items[i], err) < 0)
			return -1;
	p->has_signature = all->count > 0 && !p->code;
	return 0;
}

/* ---- asking ---- */

struct wait {
	struct signatures *s;
	struct err err;
};

static void came(void *ctx, const char *name, const struct packument *p, const struct err *why)
{
	struct wait *w = ctx;
	for (size_t i = 0; i < w->s->packages.count; i++) {
		struct signed_package *one = w->s->packages.items[i];
		ptrdiff_t at = p && streq(one->name, name) ? packument_find(p, one->version) : -1;
		if (!streq(one->name, name) || w->err.code != ERR_OK)
			continue;
		if (!p)
			w->err = *why;
		else if (at < 0)
			err_set(&w->err, ERR_ETARGET, "No matching version found for %s@%s.", name, one->version);
		else
			one->manifest = packument_manifest(w->s->cli->arena, p, (uint32_t)at, &w->err);
		one->published = at < 0 ? PACKUMENT_NO_TIME : packument_at(p, (uint32_t)at).time;
	}
}

static int find_manifests(struct signatures *s, struct err *err)
{
	struct wait w = {.s = s};
	struct map asked;
	map_init(&asked, s->cli->arena);
	for (size_t i = 0; i < s->packages.count; i++) {
		const struct signed_package *p = s->packages.items[i];
		if (map_has(&asked, p->name))
			continue;
		map_put(&asked, p->name, s);
		registry_packument(s->net->reg, &(struct packument_wish){.name = p->name, .full = true, .done = came, .ctx = &w});
	}
	while (registry_poll(s->net->reg, 1000) > 0)
		;
	if (w.err.code == ERR_OK)
		return 0;
	*err = w.err;
	return -1;
}

int signatures_check(struct signatures *s, struct err *err)
{
	if (find_keys(s, err) < 0 || find_manifests(s, err) < 0)
		return -1;
	for (size_t i = 0; i < s->packages.count; i++)
		if (check_dist(s->packages.items[i], err) < 0)
			return -1;
	return attestations_check(s, err);
}
