/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/str.h"
#include "cli/dispatch.h"

#define MAX_WORD 200
#define MAX_TEXT ((size_t)1 << 16)
#define MAX_SUGGESTIONS 3

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;
	return ab < c ? ab : c;
}

size_t edit_distance(const char *a, const char *b)
{
	size_t row[MAX_WORD + 1], len_a = strlen(a), len_b = strlen(b);
	if (len_a > MAX_WORD || len_b > MAX_WORD)
		return len_a > len_b ? len_a : len_b;
	for (size_t j = 0; j <= len_b; j++)
		row[j] = j;
	for (size_t i = 1; i <= len_a; i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t j = 1; j <= len_b; j++) {
			size_t above = row[j];
			row[j] = least(above + 1, row[j - 1] + 1, corner + (a[i - 1] != b[j - 1]));
			corner = above;
		}
	}
	return row[len_b];
}

static bool is_close(const char *word, const char *known)
{
	return (double)edit_distance(word, known) < (double)strlen(word) * 0.4;
}

static bool is_lifecycle(const char *script)
{
	return streq(script, "stop") || streq(script, "start") || streq(script, "test") || streq(script, "restart");
}

static void add(struct buf *b, int *n, const char *what, const char *why)
{
	if ((*n)++ < MAX_SUGGESTIONS)
		buf_printf(b, "%s  lode %s # %s", b->len ? "\n" : "", what, why);
}

const char *suggest(struct arena *a, const struct json *pkg, const char *word)
{
	struct buf b = BUF_INIT(MAX_TEXT);
	const struct json *scripts = json_find(pkg, "scripts"), *bins = json_find(pkg, "bin");
	int n = 0;
	for (const struct command *c = command_table; c->name; c++)
		if (!(c->flags & HIDDEN) && is_close(word, c->name) && !streq(word, c->name))
			add(&b, &n, c->name, c->description);
	for (uint32_t i = 0; json_is(scripts, JSON_OBJECT) && i < scripts->count; i++) {
		const char *name = scripts->members[i].key;
		if (is_close(word, name) && !is_lifecycle(name))
			add(&b, &n, arena_printf(a, "run %s", name),
			    arena_printf(a, "run the \"%s\" package script", name));
	}
	for (uint32_t i = 0; json_is(bins, JSON_OBJECT) && i < bins->count; i++)
		if (is_close(word, bins->members[i].key))
			add(&b, &n, arena_printf(a, "exec %s", bins->members[i].key),
			    arena_printf(a, "run the \"%s\" command from either this or a remote npm package",
					 bins->members[i].key));
	const char *out = n ? arena_printf(a, "\n\nDid you mean %s?\n%s", n == 1 ? "this" : "one of these", buf_text(&b)) : "";
	buf_release(&b);
	return out;
}
