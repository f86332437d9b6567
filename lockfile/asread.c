/* SPDX-License-Identifier: MIT */
#include "lockfile/asread.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "lockfile/committed.h"
#include "lockfile/lockfile.h"
#include "resolver/inventory.h"
#include "resolver/tree.h"

#include <string.h>

struct entry {
	struct committed_node was;
	const struct json *value;
	struct str text;	/* of the value */
};

struct as_read {
	const struct tree *tree;
	const char *indent;
	struct map entries;	/* location to struct entry */
};

/* ---- where entries are in the text ---- */

/* The text that is left, and what a line of an entry begins with. */
struct lines {
	struct str rest;
	const char *indent;
	size_t unit;		/* of the indentation */
};

static bool skip(struct lines *l, const char *text, size_t len)
{
	if (l->rest.len < len || memcmp(l->rest.ptr, text, len) != 0)
		return false;
	l->rest = str_skip(l->rest, len);
	return true;
}

/* A new line, indented this deep. */
static bool skip_line(struct lines *l, unsigned depth)
{
	bool good = skip(l, "\n", 1);

	for (; good && depth; depth--)
		good = skip(l, l->indent, l->unit);
	return good;
}

static bool find_entries(struct lines *l)
{
	static const char head[] = "\"packages\": {";

	while (l->rest.len) {
		const char *end = memchr(l->rest.ptr, '\n', l->rest.len);

		if (!end)
			return false;
		l->rest = str_skip(l->rest, (size_t)(end - l->rest.ptr));
		if (skip_line(l, 1) && skip(l, head, sizeof(head) - 1))
			return true;
	}
	return false;
}

/* An object that is laid out over lines, up to the brace that is as deep as its key. */
static bool skip_object(struct lines *l)
{
	if (!skip(l, "{", 1))
		return false;
	if (skip(l, "}", 1))
		return true;
	while (l->rest.len) {
		const char *end = memchr(l->rest.ptr, '\n', l->rest.len);

		if (!end)
			return false;
		l->rest = str_skip(l->rest, (size_t)(end - l->rest.ptr));
		if (skip_line(l, 2) && skip(l, "}", 1))
			return true;
	}
	return false;
}

/* A key with something to escape, as a folder may have, is not found: the file then counts as laid out in another way. */
static bool next_entry(struct lines *l, const char *key, bool first, struct str *value)
{
	const char *begin;

	if (!(first || skip(l, ",", 1)) || !skip_line(l, 2) || !skip(l, "\"", 1) || !skip(l, key, strlen(key)) ||
	    !skip(l, "\": ", 3))
		return false;
	begin = l->rest.ptr;
	if (!skip_object(l))
		return false;
	*value = (struct str){begin, (size_t)(l->rest.ptr - begin)};
	return true;
}

bool as_read_may_be(const struct lockfile *lf)
{
	return lf->text.ptr && lf->style.indent[0] && streq(lf->style.newline, "\n") && lf->version == LOCKFILE_VERSION &&
	       lf->original_version == LOCKFILE_VERSION;
}

/* ---- noting, and asking ---- */

static void note(struct arena *a, struct as_read *r, const struct json_member *m, struct node *n, struct str text)
{
	struct entry *e = ARENA_NEW(a, struct entry);

	*e = (struct entry){committed_node_now(m->key, n), m->value, text};
	map_put(&r->entries, m->key, e);
}

struct as_read *as_read_note(struct arena *a, const struct lockfile *lf, const struct tree *t)
{
	struct lines l = {lf->text, lf->style.indent, strlen(lf->style.indent)};
	struct node *root = node_target(t->root);
	struct as_read *r;

	if (!as_read_may_be(lf) || !find_entries(&l))
		return NULL;
	r = ARENA_NEW(a, struct as_read);
	r->tree = t;
	r->indent = l.indent;
	map_init(&r->entries, a);
	for (uint32_t i = 0; i < json_count(lf->packages); i++) {
		const char *location = lf->packages->members[i].key;
		struct node *n = location[0] ? inventory_find(root, location) : root;
		struct str text;

		if (!n || !next_entry(&l, location, i == 0, &text))
			return NULL;
		/* The root's is made anew: package.json is what is about to change. */
		if (n != root)
			note(a, r, &lf->packages->members[i], n, text);
	}
	return skip_line(&l, 1) && skip(&l, "}", 1) ? r : NULL;
}

struct json *as_read_entry(struct arena *a, const struct lockfile *lf, const char *location, struct node *n)
{
	const struct as_read *r = lf->as_read;
	const struct entry *e = r && n->tree == r->tree && n->parent && !n->is_link ? map_find(&r->entries, location) : NULL;
	struct style style = style_of_lock(lf->style);
	struct committed_node now;

	if (!e || !streq(style.indent, r->indent) || !streq(style.newline, "\n"))
		return NULL;
	now = committed_node_now(location, n);
	/* The resolver works out flags anew: what counts is what the file says. */
	return committed_is_same(&e->was, &now) && commit_has_flags(e->value, &n->flags) ? json_written(a, e->text) : NULL;
}

/* What a package bundles has entries of its own here, so that nothing has to be moved over from the tree on disk (resolver/diff.h). */
static bool stays(const struct entry *e, const struct node *root)
{
	struct node *n = inventory_find(root, e->was.location);
	struct committed_node now;

	if (!n)
		return false;
	now = committed_node_now(e->was.location, n);
	return committed_is_same(&e->was, &now);
}

bool as_read_mark(const struct as_read *r, bool (*is_right)(const struct node *n))
{
	for (struct map_entry *i = map_first(&r->entries); i; i = map_next(&r->entries, i)) {
		const struct entry *e = i->value;

		if (!stays(e, node_target(r->tree->root)))
			return false;
		if (json_truthy(json_find(e->value, "optional")) && !is_right(e->was.node))
			return false;
	}
	for (struct map_entry *i = map_first(&r->entries); i; i = map_next(&r->entries, i))
		((const struct entry *)i->value)->was.node->in_place = true;
	return true;
}
