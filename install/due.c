/* SPDX-License-Identifier: MIT */
#include "install/due.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "install/reify.h"
#include "resolver/inventory.h"
#include "resolver/tree.h"

#define DUE_MAX ((size_t)16 << 20)

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

int due_write(struct reify *r, struct err *err)
{
	struct buf out = BUF_INIT(DUE_MAX);
	int bad = 0;

	buf_addstr(&out, left_over(r));
	for (size_t i = 0; i < r->places.count; i++) {
		const struct place *p = r->places.items[i];

		if (!p->dropped)
			buf_printf(&out, "%s\n", p->node->location);
	}
	if (out.len)
		bad = fs_write(due_path(r), buf_str(&out), 0644, err);
	buf_release(&out);
	return bad;
}

void due_add(struct reify *r)
{
	struct str rest = left_over(r);

	while (rest.len) {
		struct str line = str_cut(rest, '\n', &rest);
		struct node *n = inventory_find(node_target(r->ideal->root), str_dup(r->arena, line));

		if (n && line.len && !n->inert && !n->is_link && vec_find(&r->build, n) < 0)
			vec_add(&r->build, n);
	}
}

int due_done(struct reify *r, struct err *err)
{
	return fs_unlink(due_path(r), err);
}
