/* SPDX-License-Identifier: MIT */
#include "install/whole.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "install/due.h"
#include "install/reify.h"
#include "resolver/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIR_MODE 0777u

static const char *modules_of(struct reify *r)
{
	return arena_printf(r->arena, "%s/node_modules", r->root);
}

static bool is_plain(const char *part)
{
	return part[0] && part[0] != '.' && !strchr(part, '/');
}

/* A name as packages have them, and nothing that has a meaning to file systems or in node_modules. */
static bool is_name(const char *name)
{
	const char *slash = name[0] == '@' ? strchr(name, '/') : NULL;

	return slash ? slash > name + 1 && is_plain(slash + 1) : is_plain(name);
}

static bool belongs(struct reify *r, const struct node *n)
{
	const struct node *root = node_target(r->ideal->root);

	return n->parent == root && !n->shared && is_name(n->name) &&
	       streq(n->path, arena_printf(r->arena, "%s/node_modules/%s", root->path, n->name));
}

/* There are file systems to which names that differ in case are the same. */
static bool is_distinct(struct reify *r, const char *path)
{
	const char *lower = cstr_lower(r->arena, path);

	if (map_has(&r->cases, lower))
		return false;
	map_put(&r->cases, lower, r);
	return true;
}

/* The new node_modules, and in it the scope's folder. */
static bool make_above(struct reify *r, const char *name)
{
	const char *slash = strchr(name, '/'), *scope;

	if (!r->whole) {
		const char *whole = stage_path(r, "new");

		if (mkdir(whole, DIR_MODE) < 0)
			return false;
		map_init(&r->wholes, r->arena);
		map_init(&r->scopes, r->arena);
		map_init(&r->cases, r->arena);
		r->whole = whole;
	}
	if (!slash)
		return true;
	scope = arena_printf(r->arena, "%s/%.*s", r->whole, (int)(slash - name), name);
	if (map_has(&r->scopes, scope))
		return true;
	if (!is_distinct(r, scope) || mkdir(scope, DIR_MODE) < 0)
		return false;
	map_put(&r->scopes, scope, r);
	return true;
}

const char *whole_dest(struct place *p)
{
	struct reify *r = p->reify;
	const char *dest;

	if (!r->made_modules || !belongs(r, p->node) || !make_above(r, p->node->name))
		return NULL;
	dest = arena_printf(r->arena, "%s/%s", r->whole, p->node->name);
	if (!is_distinct(r, dest))
		return NULL;
	map_put(&r->wholes, dest, p);
	return dest;
}

static bool is_wanted(const struct reify *r, const char *dest, const struct place *p)
{
	return p->staged && streq(p->staged, dest) && !p->dropped && map_find(&r->staged, p->node->path) == p;
}

/* Out of it, and with it the scope's folder that has no other package. */
static bool take_out(struct reify *r, const char *dest)
{
	const char *above = path_dir(r->arena, dest);

	if (rename(dest, stage_path(r, "old")) < 0 && errno != ENOENT)
		return false;
	if (!streq(above, r->whole) && rmdir(above) < 0 && errno != ENOTEMPTY && errno != EEXIST && errno != ENOENT)
		return false;
	return true;
}

/* False: there is nothing in it, or something that cannot be taken out. */
static bool keep_wanted(struct reify *r)
{
	size_t wanted = 0;

	for (struct map_entry *i = map_first(&r->wholes); i; i = map_next(&r->wholes, i)) {
		if (is_wanted(r, i->key, i->value))
			wanted++;
		else if (!take_out(r, i->key))
			return false;
	}
	return wanted > 0;
}

/* Besides the staging folder node_modules has only what due_write() made, which goes over. */
static bool is_ours(const char *name, const char *stage)
{
	return streq(name, stage) || streq(name, DUE_FILE) || streq(name, DUE_TREE_FILE);
}

static int move_all(const struct vec *names, const char *from, const char *to, const char *but, struct arena *a)
{
	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i];

		if (!streq(name, but) && rename(path_join(a, from, name), path_join(a, to, name)) < 0)
			return -1;
	}
	return 0;
}

/* What another program put into the old folder at the last moment. */
static void bring_along(struct reify *r, const char *from, const char *to)
{
	struct err ignored = ERR_INIT;
	struct vec names;

	if (fs_list(r->arena, from, &names, &ignored) < 0)
		return;
	for (size_t i = 0; i < names.count; i++)
		(void)renameat2(AT_FDCWD, path_join(r->arena, from, names.items[i]), AT_FDCWD,
				path_join(r->arena, to, names.items[i]), RENAME_NOREPLACE);
}

/* A folder cannot take the place of one that it is in: it goes beside that, they change places, and what is staged goes over. */
static bool change_places(struct reify *r, const char *modules, const char *beside)
{
	const char *stage = path_base(r->stage);
	bool done;

	if (renameat2(AT_FDCWD, r->whole, AT_FDCWD, beside, RENAME_NOREPLACE) < 0)
		return false;
	done = renameat2(AT_FDCWD, beside, AT_FDCWD, modules, RENAME_EXCHANGE) == 0;
	if (!done) {
		(void)!rename(beside, r->whole);
		return false;
	}
	if (rename(path_join(r->arena, beside, stage), r->stage) < 0) {
		(void)renameat2(AT_FDCWD, beside, AT_FDCWD, modules, RENAME_EXCHANGE);
		(void)!rename(beside, r->whole);
		return false;
	}
	bring_along(r, beside, modules);
	(void)rmdir(beside);
	return true;
}

static bool swap(struct reify *r)
{
	const char *modules = modules_of(r), *stage = path_base(r->stage);
	struct err ignored = ERR_INIT;
	struct vec names;

	if (fs_list(r->arena, modules, &names, &ignored) < 0)
		return false;
	for (size_t i = 0; i < names.count; i++)
		if (!is_ours(names.items[i], stage))
			return false;
	if (move_all(&names, modules, r->whole, stage, r->arena) == 0 &&
	    change_places(r, modules, path_join(r->arena, r->root, stage)))
		return true;
	(void)!move_all(&names, r->whole, modules, stage, r->arena);
	return false;
}

void whole_put(struct reify *r)
{
	if (!r->whole)
		return;
	/* Of what nobody wants after all something may be under way yet. */
	stage_settle(r);
	if (!keep_wanted(r) || !swap(r))
		return;
	r->changed = true;
	for (struct map_entry *i = map_first(&r->scopes); i; i = map_next(&r->scopes, i))
		(void)!place_made(r, arena_printf(r->arena, "%s%s", modules_of(r), i->key + strlen(r->whole)));
	for (struct map_entry *i = map_first(&r->wholes); i; i = map_next(&r->wholes, i)) {
		struct place *p = i->value;

		p->put = is_wanted(r, i->key, p);
		if (p->put)
			(void)!place_made(r, p->node->path);
	}
}
