/* SPDX-License-Identifier: MIT */
#include "install/run_room.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/report.h"
#include "base/vec.h"
#include "install/actual.h"
#include "install/due.h"
#include "install/headstart.h"
#include "install/linked.h"
#include "install/recorded.h"
#include "lockfile/asread.h"
#include "lockfile/lockfile.h"
#include "lockfile/yarn.h"
#include "registry/registry.h"
#include "resolver/depset.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/pkgext.h"
#include "resolver/ssri.h"
#include "resolver/tree.h"

#define EXTENSIONS_MAX ((size_t)16 << 20)

/* Does a hoisted tree go into an empty node_modules, as it is? */
static bool lays_all(const struct run *run)
{
	const struct install_options *o = run->options;

	if (o->dry_run || o->lock_only || o->project.global || o->project.linked || o->prune || o->dedupe)
		return false;
	return run->fresh || o->ci;
}

/* Is it the lockfile's tree? */
static bool lays_the_lockfile(const struct run *run)
{
	const struct install_options *o = run->options;

	return lays_all(run) && !o->ideal.update_all && !o->ideal.update_count && run->project.lockfile->loaded;
}

/* A version was decided on: have it ready when its turn comes, where node_modules is made anew also linked. What only suits
 * other machines may never be needed. */
static void prefetch(struct run *run, const char *location)
{
	struct node *n = inventory_find(node_target(run->reify.ideal->root), location);
	struct err ignored = ERR_INIT;

	if (n && lays_all(run) && headstart_one(&run->reify, n, &run->platform))
		return;
	if (!n || n->is_link || n->inert || !node_resolved(n) || !n->integrity || node_is_root(n))
		return;
	if (!platform_ok(n->manifest, &run->platform))
		return;
	(void)!stage_fetch(&run->reify, n, &ignored);
}

static const char *hash_extensions(struct arena *a, const struct json *rules)
{
	struct buf text = BUF_INIT(EXTENSIONS_MAX);
	struct err ignored = ERR_INIT;
	struct ssri *s;

	pkgext_canonical(a, &text, rules);
	s = text.failed ? NULL : ssri_from_data(a, buf_str(&text), NULL, NULL, &ignored);
	buf_release(&text);
	return s ? ssri_format(a, s, NULL, 0) : "";
}

/* What a guess comes to is told when it is known to be right. */
static void keep_event(struct run *run, const struct ideal_event *e)
{
	struct ideal_event *kept = ARENA_NEW(run->arena, struct ideal_event);

	*kept = *e;
	kept->title = arena_strdup(run->arena, e->title);
	kept->text = arena_strdup(run->arena, e->text);
	vec_add(run->held_back, kept);
}

static void on_ideal(const struct ideal_event *e, void *ctx)
{
	struct run *run = ctx;

	if (e->kind == IDEAL_PLACED && !run->options->lock_only && !run->options->dry_run)
		prefetch(run, e->text);
	if (run->held_back && e->kind != IDEAL_PLACED)
		keep_event(run, e);
	else if (run->options->ideal.event)
		run->options->ideal.event(e, run->options->ideal.event_ctx);
}

/* The start counts as found on disk, so that what nobody needs is pruned; and as new enough to be complete. */
static struct tree *from_disk(struct tree *t, bool loaded)
{
	t->loaded_from_disk = loaded;
	t->original_lockfile_version = LOCKFILE_VERSION;
	return t;
}

/* Another tool's lockfile counts as long as npm's is not there, nor a tree that something was installed in. */
static int look_for_foreign(struct run *run, struct err *err)
{
	const struct project *p = &run->project;

	if (p->lockfile->loaded || p->options.global || p->options.no_lockfile || run->options->ideal.update_all)
		return 0;
	if (foreign_read(&run->foreign, run->arena, p, err) < 0)
		return -1;
	if (run->foreign.pins)
		report_notice(run->options->reporter, "", "the versions are taken from %s where they satisfy", run->foreign.name);
	if (p->yarn && p->yarn->bad_line)
		report_warn(run->options->reporter, YARN_NAME, "line %u is not understood: what follows it does not count",
			p->yarn->bad_line);
	return 0;
}

/* Nothing but the root. A lockfile that is there, though not looked at, makes it count as found. */
static struct tree *bare_start(struct run *run, struct err *err)
{
	struct tree *t = project_root(run->arena, &run->project, err);

	return t && run->project.had_lockfile ? from_disk(t, true) : t;
}

/* Without a lockfile: what an interrupted install was at, else what is on disk. */
static struct tree *unlocked_start(struct run *run, struct err *err)
{
	const struct install_options *o = run->options;
	struct project interrupted = run->project;
	struct tree *t;

	interrupted.lockfile = o->project.global ? NULL : due_tree(run->arena, o->project.path);
	if (interrupted.lockfile)
		return recorded_lacking(project_virtual(run->arena, &interrupted, true, err));
	if ((o->project.global && !o->ideal.update_count) || run->foreign.pins)
		return project_root(run->arena, &run->project, err);
	t = actual_load(run->arena, &run->project, &(struct actual_options){0}, err);
	if (t) {
		linked_forget(t);
		project_watch(&run->project, t);
		t->flags_suspect = !run->project.options.no_lockfile;
	}
	return t ? from_disk(t, node_target(t->root)->children.map.count > 0) : NULL;
}

/* Where resolving starts: what the lockfile says, else what is there; nothing when all is to be updated, or when there is a
 * lockfile that is not to be looked at. */
static struct tree *start_tree(struct run *run, struct err *err)
{
	const struct project *p = &run->project;
	struct tree *t;

	if (run->options->ideal.update_all || (p->options.no_lockfile && p->had_lockfile))
		return bare_start(run, err);
	if (run->duplicated)
		return run->duplicated;
	if (!p->lockfile->loaded)
		return unlocked_start(run, err);
	t = project_virtual(run->arena, p, true, err);
	if (t)
		linked_forget(t);
	if (t && run->may_stand)
		run->as_read = as_read_note(run->arena, p->lockfile, t);
	return t;
}

/* Names that the tree has more than once: what dedupe works on. */
static int find_duplicates(struct run *run, struct err *err)
{
	struct project locked = run->project;
	struct tree *t;
	const struct inventory *found;
	size_t n = 0;

	locked.lockfile = locked.on_disk;
	t = locked.lockfile->loaded ? project_virtual(run->arena, &locked, false, err)
				    : actual_load(run->arena, &run->project, &(struct actual_options){0}, err);
	if (!t)
		return -1;
	if (run->project.lockfile->loaded)
		run->duplicated = t;
	found = t->root->inventory;
	run->ideal.update = ARENA_ARRAY(run->arena, const char *, (found ? found->by_name.count : 0) + 1);
	for (struct map_entry *e = found ? map_first(&found->by_name) : NULL; e; e = map_next(&found->by_name, e))
		if (((const struct vec *)e->value)->count > 1)
			run->ideal.update[n++] = e->key;
	run->ideal.update_count = n;
	run->ideal.prefer_dedupe = true;
	return 0;
}

/* Which of the global packages are to be updated. */
static int find_globals(struct run *run, struct err *err)
{
	const struct ideal_options *o = &run->options->ideal;
	struct tree *t = actual_load(run->arena, &run->project, &(struct actual_options){.ignore_missing = true}, err);
	struct json *wanted = json_object(run->arena);
	const struct json *there;

	if (!t)
		return -1;
	there = json_find(node_target(t->root)->manifest->raw, "dependencies");
	for (uint32_t i = 0; there && i < there->count; i++) {
		bool named = false;

		for (size_t k = 0; k < o->update_count; k++)
			named |= streq(o->update[k], there->members[i].key);
		if (named || o->update_all)
			json_put(run->arena, wanted, there->members[i].key, there->members[i].value);
	}
	run->ideal.global_updates = wanted;
	return 0;
}

static void prune_extraneous(struct tree *t)
{
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;

		if (n->flags.extraneous && !n->inert && !node_is_root(n))
			node_set_parent(n, NULL);
	}
}

/* Pruned without workspaces, a project keeps only what it needs itself; the lockfile keeps all. */
static void plan_trash(struct run *run)
{
	struct vec *trash = ARENA_NEW(run->arena, struct vec), needed;

	vec_init(trash, run->arena);
	vec_init(&needed, run->arena);
	root_dep_set(run->reify.ideal, &needed);
	for (struct map_entry *i = inventory_first(run->reify.ideal->root); i; i = inventory_next(run->reify.ideal->root, i)) {
		struct node *n = i->value;

		if (n->parent && !node_is_project_root(n) && !n->inert && vec_find(&needed, n) < 0)
			vec_add(trash, n);
	}
	run->reify.trash = trash;
}

static void prune(struct run *run)
{
	prune_extraneous(run->reify.ideal);
	if (run->options->no_workspaces)
		plan_trash(run);
}

static int transform(struct manifest *m, const char *identity, struct extended *out, void *ctx, struct err *err)
{
	struct run *run = ctx;

	return npmext_apply(&run->extension, m, identity, out, err);
}

/* The project's own code for manifests: started before anything is resolved. */
static int load_extension(struct run *run, struct err *err)
{
	const struct project_options *o = &run->options->project;

	run->ideal.ignore_extension = o->ignore_extension || o->global;
	if (run->ideal.ignore_extension)
		return 0;
	if (npmext_find(&run->extension, run->arena, o->path, o->extension_file, err) < 0 || npmext_load(&run->extension, err) < 0)
		return -1;
	run->ideal.npm_extension_hash = npmext_hash(run->arena, &run->extension);
	run->ideal.transform = run->extension.path ? transform : NULL;
	run->ideal.transform_ctx = run;
	return 0;
}

static void warn_extension_files(struct run *run)
{
	const struct node *root = node_target(run->reify.ideal->root);

	for (struct map_entry *i = inventory_first(root); i; i = inventory_next(root, i)) {
		const struct node *n = i->value;

		if (node_is_workspace(n) && !n->is_link && !node_is_project_root(n) && npmext_exists(run->arena, n->realpath))
			report_warn(run->options->reporter, "npm-extension",
				"\".npm-extension\" in workspace %s is ignored; it is only honored at the workspace root", n->name);
	}
}

static int find_patches(struct run *run, struct err *err)
{
	const struct install_options *o = run->options;

	run->patches = (struct patches){
		.arena = run->arena,
		.path = o->project.path,
		.rm = o->ideal.rm,
		.rm_count = o->ideal.rm_count,
		.allow_unused = o->allow_unused_patches && !o->ci,
		.reporter = o->reporter,
	};
	run->reify.patches = &run->patches;
	return patches_resolve(&run->patches, run->reify.ideal, err);
}

/* Will packages be there that tell what the abbreviated documents leave out? Dates are in whole ones only, and the project's own
 * code for manifests sees whole ones. */
static bool abbreviated_will_do(const struct run *run)
{
	return !run->options->lock_only && !run->extension.path && !run->ideal.before;
}

/* May the tree be worked out from cached documents before the registry confirmed them, and if need be once more? Only where
 * its beginning can be had again as it was, and no code of the project sees it. */
static bool may_guess(const struct run *run)
{
	const struct install_options *o = run->options;

	if (o->ci || o->dedupe || o->prune || o->project.global || run->foreign.pins || run->extension.path)
		return false;
	/* A repository's own code would run before anybody confirmed who asks for it. */
	if (run->ideal.allow_git == ALLOW_ALL && !o->lifecycle.ignore_scripts)
		return false;
	return !o->ideal.add_count && !o->ideal.rm_count;
}

static int resolve_once(struct run *run, struct err *err)
{
	run->feed = (struct feed){.loop = &run->loop, .fetch = &run->fetch, .abbreviated = run->ideal.abbreviated};
	return feed_resolve(&run->feed, run->reify.ideal, &run->ideal, err);
}

/* Packages are staged while the registry is waited for, as long as it contradicts nothing. */
static bool guess_holds(struct run *run, bool resolved)
{
	struct registry *reg = run->loop.registry;

	if (resolved && registry_doubts(reg) && lays_all(run) && !lays_the_lockfile(run))
		headstart(&run->reify, run->reify.ideal, &run->platform);
	while (registry_doubts(reg))
		loop_turn(&run->loop);
	return registry_believed(reg);
}

static void tell_held_back(struct run *run)
{
	struct vec *events = run->held_back;

	run->held_back = NULL;
	for (size_t i = 0; i < events->count; i++)
		on_ideal(events->items[i], run);
}

/* What is cached is taken for right and asked about meanwhile. Where a document turns out to be another, all is worked out anew. */
static int guess_and_resolve(struct run *run, struct err *err)
{
	struct err why = ERR_INIT;
	struct vec events;
	struct tree *again;
	int bad;

	vec_init(&events, run->arena);
	run->held_back = &events;
	registry_guess(run->loop.registry, true);
	bad = resolve_once(run, &why);
	registry_guess(run->loop.registry, false);
	if (guess_holds(run, !bad)) {
		tell_held_back(run);
		if (bad)
			*err = why;
		return bad;
	}
	run->held_back = NULL;
	/* Nothing of it may be answered later. */
	while (run->feed.open)
		loop_turn(&run->loop);
	fetch_forget_failed(&run->fetch);
	again = start_tree(run, err);
	if (!again)
		return -1;
	ideal_close(run->feed.ideal);
	run->reify.ideal = again;
	return resolve_once(run, err);
}

static int ask_and_resolve(struct run *run, struct err *err)
{
	int bad;

	run->ideal.abbreviated = abbreviated_will_do(run);
	if (lays_the_lockfile(run))
		headstart(&run->reify, run->reify.ideal, &run->platform);
	report_phase(run->options->reporter, PHASE_RESOLVE, 0);
	bad = may_guess(run) ? guess_and_resolve(run, err) : resolve_once(run, err);
	report_phase(run->options->reporter, PHASE_NONE, 0);
	return bad;
}

int run_resolve(struct run *run, struct err *err)
{
	struct tree *t;
	int64_t began = report_now();
	int bad;

	run->ideal = run->options->ideal;
	if (run->options->dedupe && find_duplicates(run, err) < 0)
		return -1;
	if (run->ideal.global && (run->ideal.update_all || run->ideal.update_count) && find_globals(run, err) < 0)
		return -1;
	t = look_for_foreign(run, err) < 0 ? NULL : start_tree(run, err);
	if (!t)
		return -1;
	if (run->foreign.name && !t->loaded_from_disk) {
		run->ideal.locked = foreign_locked;
		run->ideal.locked_ctx = &run->foreign;
	}
	run->reify.ideal = t;
	run->platform = platform_make(run->ideal.os, run->ideal.cpu, run->ideal.libc);
	run->ideal.event = on_ideal;
	run->ideal.event_ctx = run;
	run->ideal.hash_extensions = hash_extensions;
	if (load_extension(run, err) < 0)
		return -1;
	bad = ask_and_resolve(run, err);
	report_span(run->options->reporter, began, "resolve");
	run->out->ideal = run->reify.ideal;
	run->out->added = ideal_added(run->feed.ideal);
	if (bad) {
		run->out->explanation = ideal_explanation(run->feed.ideal);
		return -1;
	}
	if (find_patches(run, err) < 0)
		return -1;
	warn_extension_files(run);
	if (run->options->prune)
		prune(run);
	return 0;
}
