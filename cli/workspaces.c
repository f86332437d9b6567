/* SPDX-License-Identifier: MIT */
#include "cli/workspaces.h"

#include <string.h>

#include "base/arena.h"
#include "base/glob.h"
#include "base/json.h"
#include "base/str.h"
#include "base/vec.h"

struct patterns {
	struct vec taken, negated;
};

static bool any_match(const struct vec *patterns, const char *path, unsigned flags)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (glob_match(VEC_AT(patterns, const char, i), path, flags))
			return true;
	return false;
}

/* "!a" takes away, "!!a" is a; a later pattern wins over the negations before it that it matches. */
static void add_pattern(struct arena *a, struct patterns *p, const char *text)
{
	size_t bangs = strspn(text, "!");
	text += bangs;
	if (text[0] == '.' && text[1] == '/')
		text++;
	text += strspn(text, "/");
	size_t len = strlen(text);
	while (len && text[len - 1] == '/')
		len--;
	const char *pattern = arena_strndup(a, text, len);
	if (bangs % 2) {
		vec_add(&p->negated, (void *)pattern);
		return;
	}
	for (size_t i = p->negated.count; i-- > 0;)
		if (glob_match(VEC_AT(&p->negated, const char, i), pattern, 0))
			vec_remove_at(&p->negated, i);
	vec_add(&p->taken, (void *)pattern);
}

bool workspaces_take(struct arena *a, const struct json *pkg, const char *folder)
{
	struct patterns p;
	const struct json *list = json_find(pkg, "workspaces");
	if (json_is(list, JSON_OBJECT))
		list = json_find(list, "packages");
	vec_init(&p.taken, a);
	vec_init(&p.negated, a);
	for (uint32_t i = 0; json_is(list, JSON_ARRAY) && i < list->count; i++)
		if (json_text(list->items[i]))
			add_pattern(a, &p, json_text(list->items[i]));
	if (glob_match("**/node_modules/**", folder, GLOB_DOT))
		return false;
	return any_match(&p.taken, folder, 0) && !any_match(&p.negated, folder, GLOB_DOT);
}
