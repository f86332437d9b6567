/* SPDX-License-Identifier: MIT
 *
 * Making a node_modules of packages of the store. It is made in a staging folder, so that a kill leaves what the next install
 * clears away, and comes into place by a rename when it is whole.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/pool.h"
#include "base/str.h"
#include "cache/store.h"
#include "install/bins.h"
#include "install/layout_int.h"
#include "install/reify.h"
#include "install/state.h"
#include "lockfile/lockfile.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIR_MODE 0777u

struct laying {
	const struct lay *lay;
	const char *dir;		/* the node_modules to be, in the staging folder */
	uint32_t bin_mode;
	atomic_size_t next;		/* of the groups: each is one worker's */
	atomic_bool failed;
};

struct worker {
	struct pool_item item;
	struct laying *laying;
};

/* ---- one group ---- */

/* Folders that packages lie in: others have made those above `from` characters of the path. */
static bool make_above(struct arena *a, const char *dir, const char *path, size_t from)
{
	for (const char *slash = strchr(path + from, '/'); slash; slash = strchr(slash + 1, '/')) {
		const char *above = path_join(a, dir, str_dup(a, (struct str){path, (size_t)(slash - path)}));

		if (mkdir(above, DIR_MODE) < 0 && errno != EEXIST)
			return false;
	}
	return true;
}

static bool lay_package(struct arena *a, const struct laying *l, const struct layout_item *item)
{
	const struct store_package *p = store_find(a, l->lay->cache, item->text);
	struct err ignored = ERR_INIT;

	return p && store_link(l->lay->cache, p, path_join(a, l->dir, item->path), STORE_LINK, &ignored) == STORE_OK;
}

static bool lay_bins(struct arena *a, const struct laying *l, const struct vec *bins, size_t from)
{
	for (size_t i = 0; i < bins->count; i++) {
		const struct layout_item *item = bins->items[i];

		if (i == 0 || !streq(path_dir(a, item->path), path_dir(a, VEC_AT(bins, struct layout_item, i - 1)->path)))
			if (!make_above(a, l->dir, item->path, from))
				return false;
		if (symlink(item->text, path_join(a, l->dir, item->path)) < 0)
			return false;
	}
	return true;
}

static bool make_runnable(struct arena *a, const struct laying *l, const struct vec *runnable)
{
	struct err ignored = ERR_INIT;

	for (size_t i = 0; i < runnable->count; i++) {
		const struct layout_item *item = runnable->items[i];

		if (bins_make_runnable(a, l->bin_mode, path_join(a, l->dir, item->path), path_join(a, l->dir, item->text), &ignored) < 0)
			return false;
	}
	return true;
}

static bool lay_group(struct arena *a, const struct laying *l, const struct layout_group *g)
{
	const struct layout_item *top = g->packages.count ? g->packages.items[0] : NULL;
	size_t made = top ? strlen(top->path) : 0;

	for (size_t i = 0; i < g->packages.count; i++) {
		const struct layout_item *item = g->packages.items[i];

		if (i > 0 && !make_above(a, l->dir, item->path, made))
			return false;
		if (!lay_package(a, l, item))
			return false;
	}
	return lay_bins(a, l, &g->bins, made) && make_runnable(a, l, &g->runnable);
}

/* ---- all of them ---- */

static void work(struct pool_item *item)
{
	struct laying *l = ((struct worker *)item)->laying;
	const struct vec *groups = l->lay->groups;
	struct arena a = ARENA_INIT;

	while (!atomic_load(&l->failed)) {
		size_t i = atomic_fetch_add(&l->next, 1);

		if (i >= groups->count)
			break;
		if (!lay_group(&a, l, groups->items[i]))
			atomic_store(&l->failed, true);
		arena_release(&a);
	}
}

static bool lay_groups(struct laying *l)
{
	struct arena *a = l->lay->arena;
	struct err ignored = ERR_INIT;
	struct pool *pool = pool_open(0, 0, NULL, NULL, &ignored);
	struct worker *workers;

	if (!pool)
		return false;
	workers = ARENA_ARRAY(a, struct worker, pool_threads(pool));
	for (unsigned i = 0; i < pool_threads(pool); i++) {
		workers[i] = (struct worker){.item = {.run = work}, .laying = l};
		pool_send(pool, &workers[i].item);
	}
	while (pool_wait(pool))
		;
	pool_close(pool);
	return !atomic_load(&l->failed);
}

/* Packages of one scope are several groups'. */
static bool make_scopes(const struct laying *l)
{
	const struct vec *groups = l->lay->groups;

	for (size_t i = 0; i < groups->count; i++) {
		const struct layout_group *g = groups->items[i];
		const char *path = g->packages.count ? VEC_AT(&g->packages, struct layout_item, 0)->path : "";

		if (path[0] == '@' && !make_above(l->lay->arena, l->dir, path, 0))
			return false;
	}
	return true;
}

static bool fill(struct laying *l)
{
	struct bins bins;

	bins_init(&bins, l->lay->arena, false);
	l->bin_mode = bins.mode;
	return mkdir(l->dir, DIR_MODE) == 0 && make_scopes(l) && lay_groups(l);
}

/* A folder takes the place of an empty one, but not of one that it is in. Where another program put something there it stays. */
static bool put(const struct laying *l, const char *stage)
{
	const char *modules = l->lay->modules, *beside = path_join(l->lay->arena, path_dir(l->lay->arena, modules), path_base(stage));
	struct err ignored = ERR_INIT;

	if (rename(l->dir, beside) < 0)
		return false;
	if (rmdir(stage) == 0 && rename(beside, modules) == 0)
		return true;
	(void)!fs_remove_tree(beside, &ignored);
	return false;
}

/* Last of all: without it everybody looks at what is there, and no folder is younger. */
static bool conclude(const struct lay *lay)
{
	const char *hidden = path_join(lay->arena, lay->modules, path_base(LOCKFILE_HIDDEN_NAME));
	struct err ignored = ERR_INIT;

	lay->made->modules = true;
	if (fs_write_stat(hidden, lay->hidden, 0666, &lay->made->hidden, &ignored) == 0)
		return true;
	(void)!fs_remove_tree(lay->modules, &ignored);
	return false;
}

bool lay_packages(const struct lay *lay)
{
	struct laying l = {.lay = lay};
	struct err ignored = ERR_INIT;
	const char *stage;

	/* Somebody else's, made just now, is theirs. */
	if (mkdir(lay->modules, DIR_MODE) < 0)
		return false;
	stage = fs_mkdtemp(lay->arena, arena_printf(lay->arena, "%s/" STAGE_PREFIX, lay->modules), &ignored);
	if (stage) {
		l.dir = path_join(lay->arena, stage, "new");
		if (fill(&l) && put(&l, stage))
			return conclude(lay);
		(void)!fs_remove_tree(stage, &ignored);
	}
	(void)rmdir(lay->modules);
	return false;
}
