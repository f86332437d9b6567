/* SPDX-License-Identifier: MIT */
#include "cache/entries.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/vec.h"
#include "cache/paths.h"

#include <string.h>

#define MAX_ENTRY 65536

/*
 * A file of three lines: the key, the integrity, the sha256 of the first two. The key is written out because the
 * name is only its digest, and for `ls`.
 */
static const char *entry_text(struct arena *a, const char *key, const char *integrity)
{
	const char *body = arena_printf(a, "%s\n%s\n", key, integrity);
	char sum[DIGEST_HEX_MAX];

	digest_hex(DIGEST_SHA256, body, strlen(body), sum);
	return arena_printf(a, "%s%s\n", body, sum);
}

bool entry_parse(struct arena *a, struct str text, const char **key, const char **integrity)
{
	struct str rest, line = str_cut(text, '\n', &rest);

	*key = str_dup(a, line);
	line = str_cut(rest, '\n', &rest);
	*integrity = str_dup(a, line);
	return *key && *integrity && str_is(text, entry_text(a, *key, *integrity));
}

const char *entries_find(struct arena *a, struct cache *c, const char *key)
{
	const char *roots[2], *found_key, *integrity;
	size_t n = cache_roots(c, roots);
	char hex[DIGEST_HEX_MAX];

	digest_hex(DIGEST_SHA256, key, strlen(key), hex);
	for (size_t i = 0; i < n; i++) {
		struct err err = ERR_INIT;
		struct str text;

		if (fs_read_if(a, cache_path(a, roots[i], "entries", hex), MAX_ENTRY, &text, &err) == 0 && text.ptr &&
		    entry_parse(a, text, &found_key, &integrity) && streq(found_key, key))
			return integrity;
	}
	return NULL;
}

void entries_put(struct cache *c, const char *key, const char *integrity)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	char hex[DIGEST_HEX_MAX];

	digest_hex(DIGEST_SHA256, key, strlen(key), hex);
	if (!strchr(key, '\n') && cache_put_file(c, "entries", hex, str_from(entry_text(&a, key, integrity)), &err) < 0)
		err_clear(&err);
	arena_release(&a);
}
