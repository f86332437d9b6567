/* SPDX-License-Identifier: MIT */
#include "resolver/wsfilter.h"

#include "base/arena.h"
#include "base/glob.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "resolver/manifest.h"
#include "resolver/wsgraph.h"

#include <fnmatch.h>
#include <string.h>

/* What one evaluation goes through. */
struct walk {
	const struct ws_selection *in;
	const struct ws_graph *graph;
	struct arena *arena;
	bool prod;
	size_t *todo;		/* room for every package */
};

static bool *new_set(const struct walk *w)
{
	return ARENA_ARRAY(w->arena, bool, w->graph->count + 1);
}

static size_t set_count(const struct walk *w, const bool *set)
{
	size_t n = 0;

	for (size_t i = 0; i < w->graph->count; i++)
		n += set[i];
	return n;
}

static void set_add(const struct walk *w, bool *set, const bool *more)
{
	for (size_t i = 0; i < w->graph->count; i++)
		set[i] = set[i] || more[i];
}

/* ---- By name ---- */

static bool name_like(const char *pattern, const char *name)
{
	const char *star = NULL, *retry = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = ++pattern;
			retry = name;
		} else if (*pattern == '?' || *pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++retry;
		} else {
			return false;
		}
	}
	return !pattern[strspn(pattern, "*")];
}

static bool name_is(const char *pattern, const char *name)
{
	return *pattern == '!' ? !name_like(pattern + 1, name) : name_like(pattern, name);
}

static void by_name(const struct walk *w, const char *pattern, const bool *among, bool *out)
{
	for (size_t i = 0; i < w->graph->count; i++)
		out[i] = among[i] && name_is(pattern, w->graph->packages[i].name);
	if (set_count(w, out) || *pattern == '@' || strchr(pattern, '/'))
		return;
	pattern = arena_printf(w->arena, "@*/%s", pattern);
	for (size_t i = 0; i < w->graph->count; i++)
		out[i] = among[i] && name_is(pattern, w->graph->packages[i].name);
	if (set_count(w, out) != 1)
		memset(out, 0, w->graph->count * sizeof(*out));
}

/* ---- By folder ---- */

/* Two stars behind a folder are the folder, too. */
static bool dir_is(struct arena *a, const char *pattern, const char *dir)
{
	size_t len = strlen(pattern);

	if (streq(pattern, dir) || glob_match(pattern, dir, 0))
		return true;
	if (streq(pattern, "**"))
		return !*dir;
	return len > 3 && cstr_ends(pattern, "/**") && glob_match(arena_strndup(a, pattern, len - 3), dir, 0);
}

static void by_dir(const struct walk *w, const char *pattern, bool *out)
{
	for (size_t i = 0; i < w->graph->count; i++)
		out[i] = dir_is(w->arena, pattern, w->graph->packages[i].dir);
}

/* ---- By what has changed ---- */

static bool any_glob(const char *const *globs, const char *file)
{
	for (; globs && *globs; globs++) {
		if (glob_match(*globs, file, GLOB_DOT))
			return true;
	}
	return false;
}

/* As git reads a path given to it: a folder, or a pattern whose * also stands for slashes. */
static bool file_is_in(const char *file, const char *dir)
{
	size_t len = dir ? strlen(dir) : 0;

	if (!len || (!strncmp(file, dir, len) && (file[len] == '/' || !file[len])))
		return true;
	return !fnmatch(dir, file, 0);
}

/* The package whose folder is the nearest above a file; the graph's count when there is none. */
static size_t owner(const struct walk *w, const char *file)
{
	size_t best = w->graph->count, longest = 0;

	for (size_t i = 0; i < w->graph->count; i++) {
		const char *dir = w->graph->packages[i].dir;
		size_t len = strlen(dir);

		if (len && (strncmp(file, dir, len) || file[len] != '/'))
			continue;
		if (best < w->graph->count && len < longest)
			continue;
		best = i;
		longest = len;
	}
	return best;
}

/* out: changed; tested: changed in nothing but tests. */
static int by_change(const struct walk *w, const struct ws_selector *s, bool *out, bool *tested, struct err *err)
{
	struct vec files;

	vec_init(&files, w->arena);
	if (w->in->changed(w->in->changed_ctx, s->since, &files, err))
		return -1;
	for (size_t i = 0; i < files.count; i++) {
		const char *file = files.items[i];
		size_t at = owner(w, file);

		if (at == w->graph->count || !file_is_in(file, s->dir) || any_glob(w->in->ignored, file))
			continue;
		if (any_glob(w->in->tests, file))
			tested[at] = true;
		else
			out[at] = true;
	}
	for (size_t i = 0; i < w->graph->count; i++)
		tested[i] = tested[i] && !out[i];
	return 0;
}

/* ---- What is around ---- */

/* Adds all that can be reached from the packages of a set; they themselves only when another leads there. */
static void add_dependencies(const struct walk *w, const bool *from, bool *out)
{
	size_t n = 0;
	bool *seen = new_set(w);

	for (size_t i = 0; i < w->graph->count; i++) {
		if (from[i])
			w->todo[n++] = i;
		seen[i] = from[i];
	}
	while (n) {
		const struct ws_package *p = &w->graph->packages[w->todo[--n]];

		for (size_t i = 0; i < p->n_edges; i++) {
			const struct ws_edge *e = &p->edges[i];

			if (e->dev && w->prod)
				continue;
			out[e->to] = true;
			if (!seen[e->to])
				w->todo[n++] = e->to;
			seen[e->to] = true;
		}
	}
}

static bool leads_into(const struct walk *w, const struct ws_package *p, const bool *set)
{
	for (size_t i = 0; i < p->n_edges; i++) {
		if (set[p->edges[i].to] && !(p->edges[i].dev && w->prod))
			return true;
	}
	return false;
}

/* Adds all from which the packages of a set can be reached. */
static void add_dependents(const struct walk *w, const bool *from, bool *out)
{
	bool *reached = new_set(w), more = true;

	set_add(w, reached, from);
	while (more) {
		more = false;
		for (size_t i = 0; i < w->graph->count; i++) {
			if (out[i] || !leads_into(w, &w->graph->packages[i], reached))
				continue;
			out[i] = true;
			more = more || !reached[i];
			reached[i] = true;
		}
	}
}

static void add_around(const struct walk *w, const struct ws_selector *s, const bool *entries, bool *out)
{
	bool *dependents = new_set(w);

	if (s->self || (!s->dependencies && !s->dependents))
		set_add(w, out, entries);
	if (s->dependencies)
		add_dependencies(w, entries, out);
	if (!s->dependents)
		return;
	add_dependents(w, entries, dependents);
	if (s->self)
		set_add(w, dependents, entries);
	set_add(w, out, dependents);
	if (s->dependencies)
		add_dependencies(w, dependents, out);
}

/* ---- Choosing ---- */

static int select_one(const struct walk *w, const struct ws_selector *s, bool *out, struct err *err)
{
	bool *entries = new_set(w), *tested = new_set(w), *named = new_set(w);
	struct ws_selector alone = *s;

	if (s->since) {
		if (by_change(w, s, entries, tested, err))
			return -1;
	} else if (s->dir) {
		by_dir(w, s->dir, entries);
	} else {
		memset(entries, true, w->graph->count * sizeof(*entries));
	}
	if (s->name) {
		by_name(w, s->name, entries, named);
		entries = named;
	}
	add_around(w, s, entries, out);
	alone.dependents = false;
	add_around(w, &alone, tested, out);
	return 0;
}

/* The selectors of one kind, in order; out is empty. */
static int select_kind(struct walk *w, bool prod, bool *out, struct err *err)
{
	bool first = true;

	w->prod = prod;
	for (size_t i = 0; i < w->in->n_selectors; i++) {
		const struct ws_selector *s = &w->in->selectors[i];
		bool *found;

		if (s->prod != prod)
			continue;
		if (first && s->exclude)
			memset(out, true, w->graph->count * sizeof(*out));
		first = false;
		found = new_set(w);
		if (select_one(w, s, found, err))
			return -1;
		for (size_t k = 0; k < w->graph->count; k++)
			out[k] = found[k] ? !s->exclude : out[k];
	}
	return 0;
}

static bool only_excludes(const struct ws_selection *s)
{
	for (size_t i = 0; i < s->n_selectors; i++) {
		if (!s->selectors[i].exclude)
			return false;
	}
	return true;
}

/* pnpm appends one selector that takes the project itself away, to those of --filter-prod when there are any. */
static void drop_root(const struct walk *w, bool *all, bool *prod)
{
	bool *from = all;

	if (w->in->with_root || !only_excludes(w->in))
		return;
	for (size_t i = 0; i < w->in->n_selectors; i++)
		from = w->in->selectors[i].prod ? prod : from;
	for (size_t i = 0; i < w->graph->count; i++)
		from[i] = from[i] && *w->graph->packages[i].dir;
}

bool *ws_select(const struct ws_selection *s, struct err *err)
{
	struct walk w = {.in = s, .graph = s->graph, .arena = s->graph->arena};
	bool *all = new_set(&w), *prod = new_set(&w);

	w.todo = ARENA_ARRAY(w.arena, size_t, w.graph->count + 1);
	if (select_kind(&w, false, all, err) || select_kind(&w, true, prod, err))
		return NULL;
	drop_root(&w, all, prod);
	set_add(&w, all, prod);
	return all;
}
