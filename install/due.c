/* SPDX-License-Identifier: MIT */
#include "install/due.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "install/reify.h"
#include "lockfile/commit.h"
#include "lockfile/lockfile.h"
#include "resolver/inventory.h"
#include "resolver/tree.h"

#define DUE_MAX ((size_t)512 << 20)

static const char *due_path(struct reify *r)
{
	return arena_printf(r->arena, "%s/" DUE_NAME, r->root);
}

/* Locations an earlier run left, one a line; nothing when there is no list or it cannot be read. */
static struct str left_over(struct reify *r)
{
	struct err ignored = ERR_INIT;
	struct str text = STR_NULL;

	(void)!fs_read_if(r->arena, due_path(r), DUE_MAX, &text, &ignored);
	return text;
}

static int write_tree(struct reify *r, struct err *err)
{
	struct buf out = BUF_INIT(DUE_MAX);
	int bad;

	lockfile_format_hidden(r->arena, &out, r->lockfile, r->ideal, &(struct commit_options){0});
	bad = fs_write(arena_printf(r->arena, "%s/" DUE_TREE_NAME, r->root), buf_str(&out), 0644, err);
	buf_release(&out);
	return bad;
}

int due_write(struct reify *r, struct err *err)
{
	struct buf out = BUF_INIT(DUE_MAX);
	int bad = 0;

	buf_addstr(&out, left_over(r));
	r->was_due = out.len > 0;
	for (size_t i = 0; i < r->places.count; i++) {
		const struct place *p = r->places.items[i];

		if (!p->dropped && !p->node->shared)
			buf_printf(&out, "%s\n", p->node->location);
	}
	if (out.len)
		bad = fs_write(due_path(r), buf_str(&out), 0644, err);
	/* What is locked is found again without it. */
	if (out.len && !bad && !r->lockfile->loaded)
		bad = write_tree(r, err);
	buf_release(&out);
	return bad;
}

void due_add(struct reify *r)
{
	struct str rest = left_over(r);

	while (rest.len) {
		struct str line = str_cut(rest, '\n', &rest);
		struct node *n = inventory_find(node_target(r->laid->root), str_dup(r->arena, line));

		if (n && line.len && !n->inert && !n->is_link && vec_find(&r->build, n) < 0)
			vec_add(&r->build, n);
	}
}

int due_done(struct reify *r, struct err *err)
{
	if (fs_unlink(due_path(r), err) < 0)
		return -1;
	return fs_unlink(arena_printf(r->arena, "%s/" DUE_TREE_NAME, r->root), err);
}

int due_rebuild(struct arena *a, const char *path, const struct vec *nodes, struct str *before, struct err *err)
{
	const char *file = arena_printf(a, "%s/" DUE_NAME, path);
	struct buf out = BUF_INIT(DUE_MAX);
	int bad = 0;

	*before = STR_NULL;
	if (fs_read_if(a, file, DUE_MAX, before, err) < 0)
		return -1;
	buf_addstr(&out, *before);
	for (size_t i = 0; i < nodes->count; i++) {
		const struct node *n = nodes->items[i];

		if (n->location[0] && !n->is_link)
			buf_printf(&out, "%s\n", n->location);
	}
	if (out.len > before->len)
		bad = fs_write(file, buf_str(&out), 0644, err);
	buf_release(&out);
	return bad;
}

int due_rebuilt(struct arena *a, const char *path, struct str before, struct err *err)
{
	const char *file = arena_printf(a, "%s/" DUE_NAME, path);

	return before.len ? fs_write(file, before, 0644, err) : fs_unlink(file, err);
}

struct lockfile *due_tree(struct arena *a, const char *path)
{
	struct lockfile_options o = {.path = path, .hidden = true};
	struct err ignored = ERR_INIT;
	struct str text;

	if (fs_read_if(a, arena_printf(a, "%s/" DUE_TREE_NAME, path), DUE_MAX, &text, &ignored) < 0 || !text.ptr)
		return NULL;
	return lockfile_parse(a, text, &o, &ignored);
}
