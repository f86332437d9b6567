/* SPDX-License-Identifier: MIT */
#include "cli/sbom.h"

#include <string.h>
#include <sys/random.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "base/url.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

const char *sbom_name(const struct node *n)
{
	const char *name = node_package_name(n);
	return name ? name : n->name ? n->name : "";
}

const char *sbom_version(const struct node *n)
{
	const char *version = node_version(n);
	return *version ? version : "undefined";
}

bool sbom_has(const struct sbom *b, const struct node *n)
{
	return n && vec_find(b->nodes, n) >= 0;
}

void sbom_unique(const struct sbom *b, struct vec *out)
{
	struct map seen;
	vec_init(out, b->arena);
	map_init(&seen, b->arena);
	for (size_t i = 0; i < b->nodes->count; i++) {
		struct node *n = b->nodes->items[i];
		const char *id = arena_printf(b->arena, "%s@%s", sbom_name(n), sbom_version(n));
		if (n == b->root || n->is_link || map_has(&seen, id))
			continue;
		map_put(&seen, id, n);
		vec_add(out, n);
	}
}

const char *sbom_license(struct arena *a, const struct json *manifest)
{
	const struct json *one = json_find(manifest, "license"), *many = json_find(manifest, "licenses");
	const char *all = NULL;
	if (json_truthy(one))
		return json_text(one) ? json_text(one) : json_find_text(one, "type");
	for (uint32_t i = 0; json_is(many, JSON_ARRAY) && i < many->count; i++) {
		const char *text = json_text(many->items[i]) ? json_text(many->items[i]) : json_find_text(many->items[i], "type");
		if (text && *text)
			all = all ? arena_printf(a, "%s OR %s", all, text) : text;
	}
	return all;
}

static bool is_git(struct arena *a, const char *resolved)
{
	struct err ignored = ERR_INIT;
	const struct spec *s = resolved ? spec_parse(a, resolved, "/", &ignored) : NULL;
	return s && s->type == SPEC_GIT;
}

const char *sbom_purl(struct arena *a, struct node *n)
{
	const char *name = sbom_name(n), *resolved = node_resolved(n);
	const char *purl = arena_printf(a, "pkg:npm/%s%s", name[0] == '@' ? "%40" : "", name[0] == '@' ? name + 1 : name);
	if (*node_version(n))
		purl = arena_printf(a, "%s@%s", purl, node_version(n));
	return is_git(a, resolved) ? arena_printf(a, "%s?vcs_url=%s", purl, url_encode_component(a, resolved)) : purl;
}

const char *sbom_digest(struct arena *a, const struct node *n, const char **algorithm)
{
	static const char *const names[] = {"sha512", "sha384", "sha256", "sha1"};
	for (size_t i = 0; n->integrity && i < ARRAY_LEN(names); i++) {
		const char *at = strstr(n->integrity, arena_printf(a, "%s-", names[i]));
		if (!at)
			continue;
		struct str bytes = base64_decode_loose(a, str_first(str_from(at + strlen(names[i]) + 1), strcspn(at, " ?") - strlen(names[i]) - 1));
		char *hex = arena_alloc(a, bytes.len * 2 + 1);
		hex_format(bytes.ptr, bytes.len, hex);
		*algorithm = names[i];
		return hex;
	}
	return NULL;
}

const char *sbom_uuid(struct arena *a)
{
	uint8_t b[16] = {0};
	char hex[33];
	if (getrandom(b, sizeof(b), 0) != (ssize_t)sizeof(b))
		memcpy(b, &(int64_t){clock_now_ns()}, sizeof(int64_t));
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	hex_format(b, sizeof(b), hex);
	return arena_printf(a, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

const char *sbom_now(struct arena *a)
{
	char iso[25];
	clock_iso(clock_wall_ms(), iso);
	return arena_strdup(a, iso);
}
