/* SPDX-License-Identifier: MIT */
#include "install/ignore.h"

#include <string.h>

#include "base/arena.h"
#include "base/glob.h"
#include "base/str.h"
#include "base/vec.h"

#define PATH_PARTS 256
#define MAX_STEPS 200000

/* A path cut at its slashes. */
struct parts {
	struct str items[PATH_PARTS];
	size_t count;
	bool too_many;
	unsigned steps;		/* taken so far by one match */
};

static bool is_double_star(const char *part)
{
	return streq(part, "**");
}

/* A ".." takes the part before it away, and two stars next to two stars are but two stars. */
static void add_part(struct vec *glob, const char *part)
{
	const char *last = glob->count ? glob->items[glob->count - 1] : NULL;
	if (last && is_double_star(part) && is_double_star(last))
		return;
	if (last && *last && streq(part, "..") && !streq(last, "..") && !streq(last, ".") && !is_double_star(last)) {
		vec_pop(glob);
		return;
	}
	vec_add(glob, (void *)part);
}

static struct vec *split_glob(struct arena *a, const char *text)
{
	struct vec *glob = ARENA_NEW(a, struct vec);
	vec_init(glob, a);
	for (const char *p = text;;) {
		size_t n = strcspn(p, "/");
		add_part(glob, arena_strndup(a, p, n));
		p += n;
		if (!*p)
			break;
		p += strspn(p, "/");
	}
	if (!glob->count)
		vec_add(glob, (void *)"");
	return glob;
}

static struct ignore_rule *parse_rule(struct arena *a, const char *text)
{
	struct ignore_rule *rule = ARENA_NEW(a, struct ignore_rule);
	struct vec texts;
	for (; *text == '!'; text++)
		rule->negate = !rule->negate;
	rule->globs = ARENA_NEW(a, struct vec);
	vec_init(rule->globs, a);
	vec_init(&texts, a);
	glob_expand(a, text, &texts);
	for (size_t i = 0; i < texts.count; i++) {
		struct vec *glob = split_glob(a, texts.items[i]);
		const char *last = glob->items[glob->count - 1];
		rule->relative |= glob->count <= (*last ? 1 : 2);
		vec_add(rule->globs, glob);
	}
	return rule;
}

void ignore_parse(struct arena *a, struct str text, struct vec *rules)
{
	for (struct str rest = text; rest.ptr;) {
		struct str line = str_trim(str_cut(rest, '\n', &rest));
		if (line.len && line.ptr[0] != '#')
			vec_add(rules, parse_rule(a, str_dup(a, line)));
	}
}

static void split_path(const char *path, struct parts *out)
{
	struct str rest = str_from(path);
	out->count = 0;
	out->too_many = false;
	out->steps = 0;
	while (rest.ptr && out->count < PATH_PARTS) {
		out->items[out->count++] = str_cut(rest, '/', &rest);
		while (rest.ptr && str_starts(rest, "/"))
			rest = str_skip(rest, 1);
	}
	out->too_many = rest.ptr != NULL;
}

static bool part_matches(const char *part, struct str name)
{
	char text[1024];
	if (name.len >= sizeof(text))
		return false;
	memcpy(text, name.ptr, name.len);
	text[name.len] = '\0';
	return glob_match_part(part, text, GLOB_DOT | GLOB_NOCASE);
}

/* One glob from its i-th part on against a path from its k-th on. */
static bool match_from(const struct vec *glob, size_t i, struct parts *path, size_t k, bool partial)
{
	for (; i < glob->count && k < path->count; i++, k++) {
		const char *part = glob->items[i];
		if (!is_double_star(part)) {
			if (!part_matches(part, path->items[k]))
				return false;
			continue;
		}
		if (partial || i + 1 == glob->count)
			return true;
		for (; k <= path->count && path->steps++ < MAX_STEPS; k++)
			if (match_from(glob, i + 1, path, k, false))
				return true;
		return false;
	}
	if (i == glob->count)
		return k == path->count || (k + 1 == path->count && !path->items[k].len);
	return partial;
}

static bool rule_matches(const struct ignore_rule *rule, const char *path, bool partial)
{
	struct parts whole, base = {.count = 1};
	split_path(path, &whole);
	if (whole.too_many)
		return false;
	for (size_t i = whole.count; i-- > 0 && !base.items[0].len;)
		base.items[0] = whole.items[i];
	if (!base.items[0].ptr)
		base.items[0] = STR("");
	for (size_t i = 0; i < rule->globs->count; i++) {
		const struct vec *glob = rule->globs->items[i];
		if (match_from(glob, 0, glob->count == 1 ? &base : &whole, 0, partial))
			return true;
	}
	return false;
}

/* A name with and without a slash before and after it, as a file or as a directory. */
static bool matches_as(const struct ignore_rule *rule, const char *name, bool directory, bool partial)
{
	char path[4096];
	size_t n = strlen(name);
	if (n + 3 > sizeof(path))
		return false;
	path[0] = '/';
	memcpy(path + 1, name, n);
	if (directory)
		path[++n] = '/';
	path[n + 1] = '\0';
	return rule_matches(rule, path, partial) || rule_matches(rule, path + 1, partial);
}

static bool matches_inside(const struct ignore_rule *rule, const char *name)
{
	return matches_as(rule, name, true, false) || (rule->negate && matches_as(rule, name, false, true));
}

static bool rule_applies(const struct ignore_rule *rule, const struct ignore_query *q)
{
	if (matches_as(rule, q->entry, false, false))
		return true;
	if (!q->partial)
		return false;
	if (matches_inside(rule, q->entry))
		return true;
	return q->base_name && rule->relative && matches_inside(rule, q->base_name);
}

bool ignore_apply(const struct vec *rules, const struct ignore_query *q, bool included)
{
	for (size_t i = 0; i < rules->count; i++) {
		const struct ignore_rule *rule = VEC_AT(rules, const struct ignore_rule, i);
		if (rule->negate != included && rule_applies(rule, q))
			included = rule->negate;
	}
	return included;
}
