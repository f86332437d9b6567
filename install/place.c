/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "install/bins.h"
#include "install/inplace.h"
#include "install/nodebins.h"
#include "install/due.h"
#include "install/install.h"
#include "install/reify.h"
#include "install/shared.h"
#include "install/whole.h"
#include "resolver/diff.h"
#include "resolver/inventory.h"
#include "resolver/isolated.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void remember(struct reify *r, struct move move)
{
	struct move *m = ARENA_NEW(r->arena, struct move);

	*m = move;
	vec_add(&r->moves, m);
}

static void remember_made(struct reify *r, const char *path)
{
	remember(r, (struct move){.to = path, .made = true});
}

int place_made(struct reify *r, const char *path)
{
	r->changed = true;
	remember_made(r, path);
	return 0;
}

/* Make path's parent directories, remembering the topmost new one, so that undoing takes them away. */
int place_parents(struct reify *r, const char *path, struct err *err)
{
	const char *dir = path_dir(r->arena, path), *top = NULL;

	for (const char *d = dir; fs_lstat(d).kind == FS_NONE; d = path_dir(r->arena, d))
		top = d;
	if (!top)
		return 0;
	remember_made(r, top);
	return fs_mkdirs(dir, err);
}

/* To another file system (a workspace on a mount of its own): a copy beside it, and that is renamed. */
static int move_across(struct reify *r, const char *from, const char *to, struct err *err)
{
	const char *beside = aside_path(r, to, err);

	if (!beside || fs_copy_tree(from, beside, err) < 0)
		return -1;
	if (rename(beside, to) < 0)
		return err_sys(err, errno, "cannot move '%s' to '%s'", beside, to);
	remember_made(r, to);
	return 0;
}

static int move(struct reify *r, const char *from, const char *to, struct err *err)
{
	if (rename(from, to) == 0) {
		remember(r, (struct move){.from = from, .to = to});
		return 0;
	}
	if (errno == EXDEV)
		return move_across(r, from, to, err);
	return err_sys(err, errno, "cannot move '%s' to '%s'", from, to);
}

int place_retire(struct reify *r, const char *path, struct err *err)
{
	const char *to;

	if (fs_lstat(path).kind == FS_NONE || !inplace_is(r->arena, path))
		return 0;
	if (stage_make(r, err) < 0)
		return -1;
	r->changed = true;
	to = stage_path(r, "old");
	if (rename(path, to) < 0) {
		if (errno != EXDEV)
			return err_sys(err, errno, "cannot move '%s' to '%s'", path, to);
		to = aside_path(r, path, err);
		if (!to || fs_rename(path, to, err) < 0)
			return -1;
	}
	remember(r, (struct move){.from = path, .to = to, .retired = true});
	map_clear(&r->ways);
	return 0;
}

static bool leads_into(struct reify *r, const char *link, const struct node *n)
{
	const char *target = fs_readlink(r->arena, link);

	return target && path_is_in(path_resolve(r->arena, path_dir(r->arena, link), target), n->path);
}

/* Whatever is where a package's bins are goes with it, as npm does it, and the folder is there afterwards. But where global
 * bins are, other people's programs may be. */
static int retire_bins(struct reify *r, const struct node *n, struct err *err)
{
	struct bins_package p = bins_of_node(n);
	struct vec paths;

	vec_init(&paths, r->arena);
	bins_paths(r->arena, &p, &paths);
	for (size_t i = 0; i < paths.count; i++) {
		const char *path = paths.items[i];

		if (!inplace_is(r->arena, path))
			continue;
		if (place_parents(r, path, err) < 0)
			return -1;
		if ((!p.global || leads_into(r, path, n)) && place_retire(r, path, err) < 0)
			return -1;
	}
	return 0;
}

static int retire_shallow(struct reify *r, struct err *err)
{
	for (size_t i = 0; i < r->diff->children.count; i++) {
		const struct diff *d = r->diff->children.items[i];

		if (d->action != DIFF_CHANGE && d->action != DIFF_REMOVE)
			continue;
		if (retire_bins(r, d->actual, err) < 0 || place_retire(r, d->actual->path, err) < 0)
			return -1;
	}
	return 0;
}

/* What stands where a package has to go: a leftover folder, a file, a link in its way. Folders above it must be
 * folders: a link there would lead out of the project. */
static int clear_way(struct reify *r, const struct node *n, struct err *err)
{
	const char *top = node_top((struct node *)n)->path;

	for (const char *d = path_dir(r->arena, n->path); path_is_in(d, top) && !streq(d, top); d = path_dir(r->arena, d)) {
		enum fs_kind kind = fs_lstat(d).kind;

		if (kind != FS_NONE && kind != FS_DIR && place_retire(r, d, err) < 0)
			return -1;
	}
	return place_retire(r, n->path, err);
}

/* A folder in the way that nobody knew of gives its node_modules to the package that takes its place, as npm has it. */
static int keep_modules(struct reify *r, const struct node *n, const char *retired, struct err *err)
{
	const char *to = arena_printf(r->arena, "%s/node_modules", n->path);
	const char *from = arena_printf(r->arena, "%s/node_modules", retired);

	return fs_lstat(from).kind == FS_DIR && fs_lstat(to).kind == FS_NONE ? move(r, from, to, err) : 0;
}

/* The folders above are folders, and not links that lead elsewhere: looked at once for all that goes there. */
static bool is_known_way(struct reify *r, const struct node *n)
{
	const char *top = node_top((struct node *)n)->path, *dir = path_dir(r->arena, n->path);

	for (const char *d = dir; path_is_in(d, top) && !streq(d, top) && !map_has(&r->ways, d); d = path_dir(r->arena, d))
		if (fs_lstat(d).kind != FS_DIR)
			return false;
	map_put(&r->ways, dir, r);
	return true;
}

/* Where nothing is in the way, which is the rule. The kernel says so. */
static bool put_at_once(struct reify *r, const struct node *n, const char *from)
{
	if (!is_known_way(r, n) || renameat2(AT_FDCWD, from, AT_FDCWD, n->path, RENAME_NOREPLACE) < 0)
		return false;
	r->changed = true;
	remember(r, (struct move){.from = from, .to = n->path});
	return true;
}

static int put(struct reify *r, const struct node *n, const char *from, struct err *err)
{
	size_t before = r->moves.count, after;
	bool folder;

	if (put_at_once(r, n, from))
		return 0;
	folder = fs_lstat(n->path).kind == FS_DIR && inplace_is(r->arena, n->path);
	if (clear_way(r, n, err) < 0)
		return -1;
	after = r->moves.count;
	if (place_parents(r, n->path, err) < 0)
		return -1;
	r->changed = true;
	if (move(r, from, n->path, err) < 0)
		return -1;
	return folder && after > before ? keep_modules(r, n, VEC_AT(&r->moves, struct move, after - 1)->to, err) : 0;
}

static int by_depth(const void *a, const void *b, void *ctx)
{
	const struct place *x = a, *y = b;
	size_t m = strlen(x->node->path), n = strlen(y->node->path);

	(void)ctx;
	return m < n ? -1 : m > n;
}

/* A package whose way is longer is never above one whose way is shorter. */
static int put_packages(struct reify *r, struct err *err)
{
	if (shared_prepare(r, err) < 0)
		return -1;
	whole_put(r);
	vec_sort(&r->places, by_depth, NULL);
	for (size_t i = 0; i < r->places.count; i++) {
		struct place *p = r->places.items[i];

		if (!p->staged || p->dropped || p->put)
			continue;
		if ((p->node->shared ? shared_put(r, p->node, err) : put(r, p->node, p->staged, err)) < 0)
			return -1;
	}
	return 0;
}

/* Where something that was at `path` is now: below a folder that was moved away. */
static const char *retired_path(struct reify *r, const char *path)
{
	for (size_t i = r->moves.count; i > 0; i--) {
		const struct move *m = r->moves.items[i - 1];

		if (m->retired && path_is_in(path, m->from))
			return arena_printf(r->arena, "%s%s", m->to, path + strlen(m->from));
	}
	return NULL;
}

static int move_entries(struct reify *r, const char *from, const char *to, struct err *err)
{
	struct vec names;

	if (fs_list(r->arena, from, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];

		if (streq(name, "node_modules"))
			continue;
		if (move(r, arena_printf(r->arena, "%s/%s", from, name), arena_printf(r->arena, "%s/%s", to, name), err) < 0)
			return -1;
	}
	return 0;
}

static int put_back_one(struct reify *r, const char *from, const char *to, struct err *err)
{
	if (fs_lstat(from).kind == FS_NONE || fs_lstat(to).kind != FS_NONE)
		return 0;
	return place_parents(r, to, err) < 0 ? -1 : move(r, from, to, err);
}

/* What a package bundles goes back with it. */
static int put_back_bundled(struct reify *r, const struct node *n, const char *from, struct err *err)
{
	for (struct map_entry *i = map_first(&n->children.map); i; i = map_next(&n->children.map, i)) {
		struct node *kid = i->value;

		if (node_in_dep_bundle(kid) &&
			put_back_one(r, arena_printf(r->arena, "%s%s", from, kid->path + strlen(n->path)), kid->path, err) < 0)
			return -1;
	}
	return 0;
}

/* Its bin links lay in the same folder that was moved away. */
static int put_back_bins(struct reify *r, const struct node *n, struct err *err)
{
	struct bins_package p = bins_of_node(n);
	struct vec paths;

	vec_init(&paths, r->arena);
	bins_paths(r->arena, &p, &paths);
	for (size_t i = 0; i < paths.count; i++) {
		const char *from = retired_path(r, paths.items[i]);

		if (from && put_back_one(r, from, paths.items[i], err) < 0)
			return -1;
	}
	return 0;
}

/* A package that does not change, inside one that does, goes back: its own files, as what is in its node_modules may
 * have changed too. */
static int put_back(struct reify *r, const struct node *n, struct err *err)
{
	const char *from = retired_path(r, n->path);

	if (!from || fs_lstat(from).kind != FS_DIR || fs_lstat(n->path).kind == FS_LINK)
		return 0;
	if (fs_lstat(n->path).kind == FS_NONE) {
		if (place_parents(r, n->path, err) < 0)
			return -1;
		remember_made(r, n->path);
		if (fs_mkdirs(n->path, err) < 0)
			return -1;
	}
	if (move_entries(r, from, n->path, err) < 0 || put_back_bundled(r, n, from, err) < 0)
		return -1;
	return put_back_bins(r, n, err);
}

static int make_link(struct reify *r, const struct node *n, struct err *err)
{
	const char *dir = path_dir(r->arena, n->path), *target = path_relative(r->arena, dir, n->realpath);
	const char *there = fs_readlink(r->arena, n->path);

	if ((there && streq(there, target)) || (r->laid != r->ideal && isolated_of(n)->undeclared))
		return 0;
	if (clear_way(r, n, err) < 0 || place_parents(r, n->path, err) < 0 || fs_symlink(target, n->path, err) < 0)
		return -1;
	r->changed = true;
	remember_made(r, n->path);
	return 0;
}

static int put_unchanged(struct reify *r, struct err *err)
{
	for (size_t i = 0; i < r->diff->children.count; i++) {
		const struct diff *d = r->diff->children.items[i];

		if (d->action != DIFF_CHANGE && d->action != DIFF_REMOVE)
			continue;
		for (size_t k = 0; k < d->unchanged.count; k++) {
			struct node *n = d->unchanged.items[k];
			int bad = 0;

			if (n->is_link)
				bad = make_link(r, n, err);
			else if (!node_in_dep_bundle(n) || map_has(&r->bundle_missing, n->path))
				bad = put_back(r, n, err);
			if (bad)
				return -1;
		}
	}
	return 0;
}

static int make_links(struct reify *r, const struct diff *d, struct err *err)
{
	for (size_t i = 0; i < d->children.count; i++) {
		const struct diff *c = d->children.items[i];

		if ((c->action == DIFF_ADD || c->action == DIFF_CHANGE) && c->ideal->is_link && !c->ideal->inert &&
			make_link(r, c->ideal, err) < 0)
			return -1;
		if (make_links(r, c, err) < 0)
			return -1;
	}
	return 0;
}

/* ci starts from nothing: all that is in node_modules goes, but for the folder itself and what is staged in it. */
static int clear_modules(struct reify *r, const char *dir, struct err *err)
{
	const char *modules = arena_printf(r->arena, "%s/node_modules", dir);
	struct vec names;

	if (fs_lstat(modules).kind != FS_DIR)
		return 0;
	if (fs_list(r->arena, modules, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		const char *path = arena_printf(r->arena, "%s/%s", modules, VEC_AT(&names, char, i));

		if (!cstr_starts(path_base(path), STAGE_PREFIX) && !cstr_ends(path, "/" DUE_FILE) &&
			!cstr_ends(path, "/" DUE_TREE_FILE) && place_retire(r, path, err) < 0)
			return -1;
	}
	return 0;
}

/* A package that its bundler should bring and does not, and that is then left out, leaves its folder, as npm has it. */
static int make_missing(struct reify *r, struct err *err)
{
	for (struct map_entry *i = map_first(&r->bundle_missing); i; i = map_next(&r->bundle_missing, i)) {
		const struct node *n = i->value;

		if (n->is_link || n->inert || inventory_find(r->ideal->root, n->location) != n || fs_lstat(n->path).kind != FS_NONE)
			continue;
		if (place_parents(r, n->path, err) < 0 || fs_mkdirs(n->path, err) < 0)
			return -1;
		remember_made(r, n->path);
	}
	return 0;
}

int place_all(struct reify *r, struct err *err)
{
	for (size_t i = 0; r->clear && i < r->clear->count; i++)
		if (clear_modules(r, r->clear->items[i], err) < 0)
			return -1;
	if (retire_shallow(r, err) < 0 || put_packages(r, err) < 0 || put_unchanged(r, err) < 0)
		return -1;
	return make_links(r, r->diff, err) < 0 || make_missing(r, err) < 0 ? -1 : 0;
}

void place_undo(struct reify *r)
{
	while (r->moves.count) {
		struct move *m = vec_pop(&r->moves);
		struct err ignored = ERR_INIT;

		/* A script of what was placed may have put a link in the way meanwhile. */
		if (!inplace_is(r->arena, m->to) || (m->from && !inplace_is(r->arena, m->from)))
			continue;
		if (m->made)
			(void)!fs_remove_tree(m->to, &ignored);
		else
			(void)!rename(m->to, m->from);
	}
}
