/* SPDX-License-Identifier: MIT */
#include "cache/paths.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/vec.h"
#include "resolver/ssri.h"

#include <string.h>

#define KEY_LEN 128	/* a sha512 in hexadecimal */

static bool is_key(struct str text)
{
	uint8_t bytes[KEY_LEN / 2];

	return hex_parse(text, bytes, sizeof(bytes));
}

/* The hash's digest in hexadecimal; NULL when it is not of its algorithm's length. */
static const char *hex_of(struct arena *a, const struct ssri_hash *h, enum digest_alg alg)
{
	uint8_t bytes[DIGEST_MAX];
	char *hex;

	if (alg == DIGEST_NONE || base64_parse(str_from(h->digest), bytes, sizeof(bytes)) != (ptrdiff_t)digest_len(alg))
		return NULL;
	hex = arena_alloc(a, DIGEST_HEX_MAX);
	hex_format(bytes, digest_len(alg), hex);
	return hex;
}

static const char *alias_kind(struct arena *a, enum digest_alg alg)
{
	return arena_printf(a, "aliases/%s", digest_name(alg));
}

/* The tarball a weaker digest was found to belong to; NULL when none was. */
static const char *follow_alias(struct arena *a, struct cache *c, enum digest_alg alg, const char *hex)
{
	const char *roots[2];
	size_t n = cache_roots(c, roots);

	for (size_t i = 0; i < n; i++) {
		struct err err = ERR_INIT;
		struct str text;

		if (fs_read_if(a, cache_path(a, roots[i], alias_kind(a, alg), hex), KEY_LEN, &text, &err) == 0 && text.ptr &&
		    is_key(text))
			return text.ptr;
	}
	return NULL;
}

void integrity_keys(struct arena *a, struct cache *c, const char *integrity, struct vec *keys)
{
	struct ssri *s = ssri_parse(a, str_from(integrity), 0);
	const char *strongest = ssri_pick_algorithm(s, NULL);
	enum digest_alg alg = strongest ? digest_alg_of(str_from(strongest)) : DIGEST_NONE;

	for (const struct ssri_hash *h = s->first; h && strongest; h = h->next) {
		const char *hex = streq(h->algorithm, strongest) ? hex_of(a, h, alg) : NULL;

		if (hex && alg != DIGEST_SHA512)
			hex = follow_alias(a, c, alg, hex);
		if (hex)
			vec_add(keys, (void *)(uintptr_t)hex);
	}
}

const char *integrity_of_key(struct arena *a, const char *hex)
{
	uint8_t bytes[DIGEST_MAX];

	return hex_parse(str_from(hex), bytes, sizeof(bytes)) ? digest_sri_of(a, DIGEST_SHA512, bytes) : "";
}

void integrity_put_alias(struct cache *c, const char *integrity, const char *key)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct ssri_hash h;
	enum digest_alg alg;
	const char *hex;

	if (ssri_parse_hash(&a, &h, str_from(integrity), 0)) {
		alg = digest_alg_of(str_from(h.algorithm));
		hex = alg == DIGEST_SHA512 ? NULL : hex_of(&a, &h, alg);
		if (hex && cache_put_file(c, alias_kind(&a, alg), hex, str_from(key), &err) < 0)
			err_clear(&err);
	}
	arena_release(&a);
}
