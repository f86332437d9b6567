/* SPDX-License-Identifier: MIT */
#include "install/reify.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/report.h"
#include "install/allow.h"
#include "install/bins.h"
#include "install/nodebins.h"
#include "install/bundles.h"
#include "install/due.h"
#include "install/install.h"
#include "install/linked.h"
#include "install/loop.h"
#include "install/pending.h"
#include "install/policy.h"
#include "install/shared.h"
#include "resolver/diff.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

#include <string.h>
#include <unistd.h>

#define HIDDEN "node_modules/.package-lock.json"

/* ---- what is to be put in place ---- */

static bool is_to_unpack(struct reify *r, const struct diff *d)
{
	struct node *n = d->ideal;

	if (d->action != DIFF_ADD && d->action != DIFF_CHANGE)
		return false;
	if (node_is_root(n) || n->is_link || n->inert || map_has(&r->staged, n->path))
		return false;
	return !node_in_dep_bundle(n) || map_has(&r->bundle_missing, n->path);
}

static void warn_deprecated(struct reify *r, struct node *n)
{
	if (n->manifest->deprecated)
		report_warn(r->loop->reporter, "deprecated", "%s: %s",
			arena_printf(r->arena, "%s@%s", n->manifest->name ? n->manifest->name : n->name, node_version(n)),
			n->manifest->deprecated);
}

static void collect(struct reify *r, const struct diff *d)
{
	for (size_t i = 0; i < d->children.count; i++) {
		const struct diff *c = d->children.items[i];

		if (is_to_unpack(r, c)) {
			struct place *p = stage_place(r, c->ideal);

			if (!p->staged)
				p->staged = shared_there(r, c->ideal);
			warn_deprecated(r, c->ideal);
		}
		collect(r, c);
	}
}

/* A package that is gone from the tree since it was staged (a bundle brought another) is not put in place. */
static void drop_removed(struct reify *r)
{
	for (size_t i = 0; i < r->places.count; i++) {
		struct place *p = r->places.items[i];

		if (p->node->root != r->laid->root && p->node->root != node_target(r->laid->root))
			p->dropped = true;
	}
}

static int stage_everything(struct reify *r, struct err *err)
{
	if (bundles_stage(r, err) < 0)
		return -1;
	collect(r, r->diff);
	drop_removed(r);
	return stage_all(r, err);
}

/* ---- scripts ---- */

static void collect_build(struct reify *r, const struct diff *d)
{
	for (size_t i = 0; i < d->children.count; i++) {
		const struct diff *c = d->children.items[i];

		if (c->action != DIFF_ADD && c->action != DIFF_CHANGE)
			continue;
		collect_build(r, c);
		if (!node_is_project_root(c->ideal) && !c->ideal->inert && !c->ideal->shared)
			vec_add(&r->build, c->ideal);
	}
}

/* Links the project manages itself are built on every install, changed or not. */
static void collect_links(struct reify *r)
{
	struct node *root = node_target(r->laid->root);

	for (size_t i = 0; i < r->diff->unchanged.count; i++) {
		struct node *n = r->diff->unchanged.items[i];

		if (n->is_link && n->target && !n->inert && (n->parent == root || n->target->fs_parent == root))
			vec_add(&r->build, n);
	}
}

static void on_lifecycle(void *ctx, const struct lifecycle_event *e)
{
	struct reify *r = ctx;
	struct err why = ERR_INIT;

	if (e->kind == LIFECYCLE_OPTIONAL_FAILED) {
		err_set(&why, ERR_ELIFECYCLE, "its %s script failed", e->event);
		stage_drop_optional(r, e->node, &why);
	}
	r->ran = true;
	r->harmed = r->harmed || e->kind == LIFECYCLE_HARMED;
	if (r->options->lifecycle.report)
		r->options->lifecycle.report(r->options->lifecycle.ctx, e);
}

static int build(struct reify *r, struct err *err)
{
	struct lifecycle_options o = r->options->lifecycle;

	collect_build(r, r->diff);
	collect_links(r);
	due_add(r);
	if (!r->build.count)
		return 0;
	o.report = on_lifecycle;
	o.ctx = r;
	o.optional_may_fail = true;
	report_phase(r->loop->reporter, PHASE_SCRIPTS, r->build.count);
	if (lifecycle_build(r->arena, &r->build, &o, err) < 0)
		return -1;
	report_phase(r->loop->reporter, PHASE_NONE, 0);
	return 0;
}

/* Packages dropped because something failed after they were put in place. */
static int remove_dropped(struct reify *r, struct err *err)
{
	for (size_t i = 0; i < r->build.count; i++) {
		struct node *n = r->build.items[i];
		struct bins_package p = bins_of_node(n);

		if (!n->inert)
			continue;
		if (bins_unlink(r->arena, &p, err) < 0 || place_retire(r, n->path, err) < 0)
			return -1;
	}
	return 0;
}

/* Whatever is where their bins are goes too, as npm does it. */
static int remove_trash(struct reify *r, struct err *err)
{
	for (size_t i = 0; r->trash && i < r->trash->count; i++) {
		const struct node *n = r->trash->items[i];
		struct bins_package p = bins_of_node(n);
		struct vec paths;

		vec_init(&paths, r->arena);
		vec_add(&paths, (char *)n->path);
		bins_paths(r->arena, &p, &paths);
		for (size_t k = 0; k < paths.count; k++)
			if (place_retire(r, paths.items[k], err) < 0)
				return -1;
	}
	return 0;
}

static void undo(struct reify *r)
{
	struct err ignored = ERR_INIT;

	for (size_t i = 0; i < r->build.count; i++) {
		struct node *n = r->build.items[i];
		struct bins_package p = bins_of_node(n);
		if (!n->is_link)
			(void)!bins_unlink(r->arena, &p, &ignored);
	}
	place_undo(r);
	if (!r->was_due)
		(void)!due_done(r, &ignored);
}

/* ---- the whole ---- */

int reify_check_strict(struct reify *r, struct err *err)
{
	const struct install_options *o = r->options;
	struct vec pending;

	if (!o->strict_allow_scripts)
		return 0;
	pending_list(r->arena, &o->lifecycle, r->ideal, &pending);
	if (!pending.count)
		return 0;
	return allow_strict_error(&pending,
		o->strict_remedy ? o->strict_remedy : allow_remedy(r->arena, &pending, o->project.global), err);
}

/* npm never installs through a node_modules that is a link: it could lead anywhere. */
int reify_check_modules(struct reify *r, struct err *err)
{
	const char *modules = arena_printf(r->arena, "%s/node_modules", r->root);
	enum fs_kind kind = fs_lstat(modules).kind;

	if (kind == FS_NONE || kind == FS_DIR || r->options->ideal.force)
		return 0;
	report_warn(r->loop->reporter, "reify", "Removing non-directory %s", modules);
	return fs_remove_tree(modules, err);
}

/* From here until it is written again, readers of the tree look at the disk itself. */
static int retire_hidden(struct reify *r, struct err *err)
{
	bool changed = r->changed;
	int bad = place_retire(r, arena_printf(r->arena, "%s/" HIDDEN, r->root), err);

	r->changed = changed;
	return bad;
}

/* A step, and how long it took. */
static int timed(struct reify *r, const char *name, int (*step)(struct reify *r, struct err *err), struct err *err)
{
	int64_t began = report_now();
	int bad = step(r, err);

	report_span(r->loop->reporter, began, "%s", name);
	return bad;
}

static int touch_disk(struct reify *r, struct err *err)
{
	/* Not every registry told of scripts before. */
	if (timed(r, "reify:stage", stage_everything, err) < 0 || reify_check_strict(r, err) < 0)
		return -1;
	if (r->diff->children.count && (due_write(r, err) < 0 || retire_hidden(r, err) < 0))
		return -1;
	if (timed(r, "reify:place", place_all, err) < 0 || timed(r, "reify:build", build, err) < 0 ||
	    remove_dropped(r, err) < 0 || remove_trash(r, err) < 0)
		return -1;
	if ((r->laid == r->ideal ? linked_leave(r, err) : linked_sweep(r, err)) < 0)
		return -1;
	return 0;
}

static void clean_up(struct reify *r, bool failed)
{
	struct err ignored = ERR_INIT;

	if (r->stage)
		(void)!fs_remove_tree(r->stage, &ignored);
	r->stage = NULL;
	aside_remove(r);
	if (failed && r->made_modules)
		(void)rmdir(arena_printf(r->arena, "%s/node_modules", r->root));
}

void reify_close(struct reify *r)
{
	if (r->stage)
		clean_up(r, true);
}

int reify_run(struct reify *r, struct err *err)
{
	int64_t t = report_now(), cleaning;
	int bad;

	vec_init(&r->places, r->arena);
	vec_init(&r->moves, r->arena);
	vec_init(&r->build, r->arena);
	map_init(&r->asides, r->arena);
	map_init(&r->ways, r->arena);
	map_init(&r->staged, r->arena);
	map_init(&r->bundle_missing, r->arena);
	if (policy_check_links(r->ideal, err) < 0 || reify_check_modules(r, err) < 0)
		return -1;
	bad = touch_disk(r, err);
	if (bad)
		undo(r);
	cleaning = report_now();
	stage_settle(r);
	clean_up(r, bad);
	report_span(r->loop->reporter, cleaning, "reify:clean");
	report_span(r->loop->reporter, t, "reify");
	return bad;
}
