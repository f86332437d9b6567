/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/map.h"
#include "lockfile/commit.h"
#include "lockfile/committed.h"
#include "lockfile/lockfile.h"
#include "resolver/inventory.h"
#include "resolver/tree.h"

struct committed_node committed_node_now(const char *location, struct node *n)
{
	return (struct committed_node){
		.node = n,
		.location = location,
		.manifest = n->manifest,
		.integrity = n->integrity,
		.resolved = n->resolved,
		.flags = n->flags,
		.in_bundle = node_in_bundle(n),
	};
}

struct committed *committed_make(struct arena *a, const struct tree *t)
{
	struct committed *c = ARENA_NEW(a, struct committed);
	c->tree = t;
	c->nodes = ARENA_ARRAY(a, struct committed_node, inventory_count(t->root));
	return c;
}

void committed_add(struct committed *c, const char *location, struct node *n)
{
	c->nodes[c->count++] = committed_node_now(location, n);
}

void lockfile_keep_text(const struct lockfile *lf, const struct buf *text)
{
	struct committed *c = lf->committed;
	if (!c->marks.object || text->failed)
		return;
	c->text = buf_str(text);
	c->style = lf->style;
}

static bool same_flags(const struct node_flags *a, const struct node_flags *b)
{
	return a->dev == b->dev && a->optional == b->optional && a->dev_optional == b->dev_optional && a->peer == b->peer &&
	       a->extraneous == b->extraneous;
}

bool committed_is_same(const struct committed_node *was, const struct committed_node *now)
{
	return was->node == now->node && was->manifest == now->manifest && was->integrity == now->integrity &&
	       was->resolved == now->resolved && was->in_bundle == now->in_bundle && streq(was->location, now->location);
}

/* The same entry: its flags, too. */
static bool is_unchanged(const struct committed_node *was, const struct committed_node *now)
{
	return committed_is_same(was, now) && same_flags(&was->flags, &now->flags);
}

/* Which entries have no package any more; false: others are new, or not what they were. */
static bool find_gone(struct arena *a, const struct lockfile *lf, struct tree *t, struct map *gone)
{
	const struct committed *c = lf->committed;
	size_t k = 0;
	map_init(gone, a);
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;
		const char *location = commit_location(a, lf, t, n);
		if (!location)
			continue;
		for (; k < c->count && c->nodes[k].node != n; k++)
			map_put(gone, c->nodes[k].location, n);
		if (k == c->count)
			return false;
		struct committed_node now = committed_node_now(location, n);
		if (!is_unchanged(&c->nodes[k++], &now))
			return false;
	}
	for (; k < c->count; k++)
		map_put(gone, c->nodes[k].location, t);
	return gone->count < c->count;
}

/* A comma and what comes between it and the next entry is as long as what comes between the brace and the first. */
static size_t gap_length(const struct committed *c)
{
	size_t gap = 1;
	while (c->text.ptr[c->marks.at[0] - gap] != '{')
		gap++;
	return gap;
}

static void copy_text(struct buf *out, const struct committed *c, const struct map *gone)
{
	const struct json *entries = c->marks.object;
	const size_t *at = c->marks.at;
	const char *text = c->text.ptr;
	size_t gap = gap_length(c);
	bool first = true;
	buf_add(out, text, at[0]);
	for (uint32_t i = 0; i < entries->count; i++) {
		const char *location = entries->members[i].key;
		if (!location[0] || map_has(gone, location))
			continue;
		if (!first)
			buf_add(out, text + at[1] - gap, gap);
		buf_add(out, text + at[i], at[i + 1] - (i + 1 < entries->count ? gap : 0) - at[i]);
		first = false;
	}
	buf_add(out, text + at[entries->count], c->text.len - at[entries->count]);
}

/* Can what was written to package-lock.json serve? It is v3 too, in the same style, and tells where packages come from. */
static bool is_kept(const struct lockfile *lf, const struct tree *t, const struct commit_options *o)
{
	const struct committed *c = lf->committed;
	return c && c->text.ptr && c->tree == t && lf->version == LOCKFILE_VERSION && !o->omit_registry_resolved &&
	       streq(c->style.indent, lf->style.indent) && streq(c->style.newline, lf->style.newline);
}

static void format_anew(struct arena *a, struct buf *out, const struct lockfile *lf, struct tree *t,
			const struct commit_options *o)
{
	struct lockfile copy = *lf;
	copy.data = json_object(a);
	for (uint32_t i = 0; i < lf->data->count; i++)
		json_put(a, copy.data, lf->data->members[i].key, lf->data->members[i].value);
	copy.hidden = true;
	copy.version = LOCKFILE_VERSION;
	style_format_lock(a, out, lockfile_commit(a, &copy, t, o), lf->style);
}

void lockfile_format_hidden(struct arena *a, struct buf *out, const struct lockfile *lf, struct tree *t,
			    const struct commit_options *o)
{
	struct map gone;
	if (is_kept(lf, t, o) && find_gone(a, lf, t, &gone))
		copy_text(out, lf->committed, &gone);
	else
		format_anew(a, out, lf, t, o);
}
