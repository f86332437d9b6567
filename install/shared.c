/* SPDX-License-Identifier: MIT */
#include "install/shared.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "cache/links.h"
#include "cache/store.h"
#include "install/allow.h"
#include "install/bins.h"
#include "install/install.h"
#include "install/linked.h"
#include "install/loop.h"
#include "resolver/collate.h"
#include "resolver/isolated.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* A package that has bins: the directory's own, or one it leads to. */
struct binned {
	const char *name;
	const struct bin_list *bin;
	bool own;
};

struct shared_want {
	struct links_want want;
	struct vec bins;		/* struct binned, in the order in which they claim names */
	uint32_t mode;			/* of what can be run */
};

/* ---- which ones ---- */

static bool has_sha512(const char *integrity)
{
	return integrity && strstr(integrity, "sha512-");
}

/* A record's words end at blanks. */
static bool is_plain(const char *s)
{
	return !strpbrk(s, " \n");
}

static bool is_own(struct node *n, void *ctx)
{
	const struct reify *r = ctx;
	const struct lifecycle_options *o = &r->options->lifecycle;
	const char *resolved = node_resolved(n->source);

	if (n->patched || !has_sha512(n->source->integrity) || !is_plain(n->name) || !is_plain(node_version(n)))
		return true;
	if (resolved && !cstr_starts(resolved, "https://") && !cstr_starts(resolved, "http://"))
		return true;
	/* Also where none are to run now: they may later. */
	return o->allow_all || allow_decide(o->policy, n) == ALLOW_YES;
}

void shared_plan(struct reify *r)
{
	const struct install_options *o = r->options;
	struct err err = ERR_INIT;

	if (!o->global_store)
		return;
	r->links = links_open(r->arena, r->loop->cache, o->dry_run ? NULL : r->root, &err);
	if (r->links)
		isolated_share(r->laid, is_own, r);
	else
		report_warn(o->reporter, "global-store", "packages are not shared with other projects: %s", err.text);
}

static const char *path_of(struct reify *r, const struct node *n)
{
	return links_path(r->arena, r->links, isolated_of(n)->shared);
}

const char *shared_there(struct reify *r, const struct node *n)
{
	return n->shared && links_has(r->links, isolated_of(n)->shared) ? path_of(r, n) : NULL;
}

bool shared_stands(struct reify *r, const struct node *n)
{
	const char *link = path_join(r->arena, r->root, isolated_of(n)->store);

	return links_has(r->links, isolated_of(n)->shared) && streq(fs_readlink(r->arena, link), path_of(r, n));
}

/* ---- making one ---- */

static int by_name(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return collate_compare(((const struct binned *)a)->name, ((const struct binned *)b)->name);
}

static void add_binned(struct reify *r, struct shared_want *w, const char *name, const struct node *n, bool own)
{
	struct binned *b;

	if (!n->manifest->bin.count)
		return;
	b = ARENA_NEW(r->arena, struct binned);
	*b = (struct binned){name, &n->manifest->bin, own};
	vec_add(&w->bins, b);
}

static void want_changed(struct reify *r, struct shared_want *w, const struct node *n)
{
	const struct bin_list *bin = &n->manifest->bin;
	const char **changed = ARENA_ARRAY(r->arena, const char *, bin->count + 1);

	for (size_t i = 0; i < bin->count; i++)
		changed[i] = bin->items[i].target;
	w->want.changed = changed;
	w->want.n_changed = bin->count;
}

struct shared_want *shared_want(struct reify *r, const struct node *n)
{
	struct shared_want *w = ARENA_NEW(r->arena, struct shared_want);
	const struct map *edges = &n->edges_out.map;
	struct links_link *to = ARENA_ARRAY(r->arena, struct links_link, edges->count + 1);

	*w = (struct shared_want){.mode = 0777 & ~links_umask(r->links)};
	w->want = (struct links_want){
		.links = r->links,
		.name = isolated_of(n)->shared,
		.package = n->name,
		.version = node_version(n),
		.to = to,
	};
	vec_init(&w->bins, r->arena);
	add_binned(r, w, n->name, n, true);
	want_changed(r, w, n);
	for (struct map_entry *i = map_first(edges); i; i = map_next(edges, i)) {
		const struct node *link = ((const struct edge *)i->value)->to;

		to[w->want.n_to++] = (struct links_link){link->name, isolated_of(link->target)->shared, link->target->name};
		add_binned(r, w, link->name, link, false);
	}
	vec_sort(&w->bins, by_name, NULL);
	return w;
}

static int make_bins(struct arena *a, const struct shared_want *w, struct err *err)
{
	struct bins bins = {.arena = a, .mode = w->mode};

	map_init(&bins.seen, a);
	for (size_t i = 0; i < w->bins.count; i++) {
		const struct binned *b = w->bins.items[i];
		struct bins_package p = {.path = arena_printf(a, "%s/node_modules/%s", w->want.made, b->name), .bin = b->bin, .elsewhere = !b->own};

		if (bins_link(&bins, &p, err) < 0)
			return -1;
	}
	return 0;
}

int shared_make(struct arena *a, struct shared_want *w, const struct store_package *p, struct err *err)
{
	int result = links_begin(a, &w->want, p, err);

	if (result != STORE_OK)
		return result;
	if (make_bins(a, w, err) < 0) {
		links_forget(&w->want);
		return STORE_FAILED;
	}
	return links_end(a, &w->want, p, err) < 0 ? STORE_FAILED : STORE_OK;
}

/* ---- what cannot be shared after all ---- */

bool shared_give_up(struct reify *r, const struct err *why)
{
	static const int codes[] = {ERR_ENOSPC, ERR_EROFS, ERR_EACCES, ERR_EPERM, ERR_ESYSTEM};
	bool ours = false;

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		ours = ours || (int)why->code == codes[i];
	if (ours && !r->unshare)
		report_warn(r->options->reporter, "global-store", "no more packages are shared with other projects: %s", why->text);
	r->unshare = r->unshare || ours;
	return ours;
}

static bool is_not_there(struct node *n, void *ctx)
{
	const struct reify *r = ctx;

	return r->unshare && !links_has(r->links, isolated_of(n)->shared);
}

static bool any_left_out(const struct reify *r)
{
	for (size_t i = 0; i < r->places.count; i++) {
		const struct node *n = VEC_AT(&r->places, struct place, i)->node;

		if (n->shared && n->inert)
			return true;
	}
	return false;
}

/* Another project's install may have made one that this one could not. */
static void find_made(struct reify *r)
{
	for (size_t i = 0; i < r->places.count; i++) {
		struct place *p = r->places.items[i];

		if (p->node->shared && !p->staged && !p->dropped)
			p->staged = shared_there(r, p->node);
	}
}

bool shared_settle(struct reify *r)
{
	struct vec own;

	if (!r->links || r->failed || !(r->unshare || any_left_out(r)))
		return false;
	vec_init(&own, r->arena);
	isolated_unshare(r->laid, is_not_there, r, &own);
	r->unshare = false;
	for (size_t i = 0; i < own.count; i++) {
		struct node *n = own.items[i];
		struct place *p = map_find(&r->staged, n->path);

		linked_add(r, n);
		if (n->is_link)
			continue;
		if (!p) {
			p = ARENA_NEW(r->arena, struct place);
			*p = (struct place){.reify = r, .node = n};
			vec_add(&r->places, p);
			map_put(&r->staged, n->path, p);
		}
		p->staged = NULL;
	}
	find_made(r);
	return own.count > 0;
}

/* ---- the project's link ---- */

static int retire_link(struct reify *r, const char *path, struct err *err)
{
	enum fs_kind kind = fs_lstat(path).kind;

	return kind == FS_NONE || kind == FS_DIR ? 0 : place_retire(r, path, err);
}

int shared_prepare(struct reify *r, struct err *err)
{
	const char *store = path_join(r->arena, r->root, ISOLATED_STORE);
	struct vec names;

	if (!r->links)
		return 0;
	if (retire_link(r, store, err) < 0 || fs_list(r->arena, store, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++)
		if (VEC_AT(&names, char, i)[0] == '@' &&
			retire_link(r, path_join(r->arena, store, VEC_AT(&names, char, i)), err) < 0)
			return -1;
	return 0;
}

int shared_put(struct reify *r, const struct node *n, struct err *err)
{
	const char *path = path_join(r->arena, r->root, isolated_of(n)->store), *to = path_of(r, n);

	if (symlink(to, path) == 0)
		return place_made(r, path);
	if (streq(fs_readlink(r->arena, path), to))
		return 0;
	if (place_retire(r, path, err) < 0 || place_parents(r, path, err) < 0)
		return -1;
	return symlink(to, path) < 0 ? err_sys(err, errno, "cannot make '%s'", path) : place_made(r, path);
}
