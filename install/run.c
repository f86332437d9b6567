/* SPDX-License-Identifier: MIT */
#include "install/run_room.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/report.h"
#include "install/actual.h"
#include "install/ahead.h"
#include "install/auditing.h"
#include "install/bundles.h"
#include "install/ci.h"
#include "install/due.h"
#include "install/laid.h"
#include "install/linked.h"
#include "install/lock.h"
#include "install/leftovers.h"
#include "install/merge.h"
#include "install/pending.h"
#include "install/recorded.h"
#include "install/save.h"
#include "cache/links.h"
#include "install/settled.h"
#include "lockfile/asread.h"
#include "lockfile/lockfile.h"
#include "resolver/depset.h"
#include "resolver/diff.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

#define NO_LOCKFILE                                                                                                    \
	"The `lode ci` command can only install with an existing\n"                                                    \
	"package-lock.json with lockfileVersion >= 1. Run `lode install`\n"                                            \
	"to generate a package-lock.json file, then try again."

/* ---- the disk ---- */

/* Global packages that nobody spoke of are none of this install's business. */
static void keep_requested(struct run *run, struct tree *actual)
{
	const struct ideal_options *o = &run->options->ideal;
	struct node *root = node_target(actual->root), *ideal = node_target(run->reify.ideal->root);
	struct vec others;

	vec_init(&others, run->arena);
	for (struct map_entry *i = map_first(&root->children.map); i; i = map_next(&root->children.map, i)) {
		bool requested = node_edge(ideal, i->key);

		for (size_t k = 0; k < o->rm_count; k++)
			requested |= streq(o->rm[k], i->key);
		if (!requested)
			vec_add(&others, i->value);
	}
	for (size_t i = 0; i < others.count; i++)
		node_set_parent(others.items[i], NULL);
}

static struct tree *actual_tree(struct run *run, struct err *err)
{
	const struct ideal_options *o = &run->options->ideal;
	const struct actual_options disk = {.ignore_missing = true, .force_disk = run->ahead && !ahead_stands(run->ahead)};
	struct tree *t;

	if (run->rest_in_place || (run->options->ci && !run->options->dry_run))
		return project_root(run->arena, &run->project, err);
	t = ahead_tree(run->ahead);
	if (!t)
		t = actual_load(run->arena, &run->project, &disk, err);
	if (t && o->global && (o->add_count || o->rm_count))
		keep_requested(run, t);
	return t;
}

/* What is optional is only in the lockfile where it cannot be, and another package may need it from now on. */
static bool is_right(const struct node *n)
{
	return (fs_lstat(n->path).kind != FS_NONE) == !n->inert;
}

static int compare(struct run *run, struct err *err)
{
	int64_t began = report_now();

	run->reify.laid = run->reify.ideal;
	if (run->options->lock_only)
		return 0;
	run->rest_in_place = run->as_read && ahead_stands(run->ahead) && as_read_mark(run->as_read, is_right);
	if (run->rest_in_place)
		report_verbose(run->options->reporter, "install", "what is not touched is as the last install left it");
	run->reify.actual = actual_tree(run, err);
	if (!run->reify.actual)
		return -1;
	if (!run->options->project.linked)
		bundles_diff(&run->reify);
	else if (linked_compare(&run->reify, err) < 0)
		return -1;
	run->out->actual = run->rest_in_place ? NULL : run->reify.actual;
	run->out->diff = run->reify.diff;
	report_span(run->options->reporter, began, "diff");
	return 0;
}

/* ci empties the node_modules of the project and of every workspace. */
static void plan_clearing(struct run *run)
{
	struct vec *dirs = ARENA_NEW(run->arena, struct vec);

	if (!run->options->ci)
		return;
	vec_init(dirs, run->arena);
	vec_add(dirs, (char *)run->project.options.path);
	for (struct map_entry *i = map_first(run->project.workspaces); i; i = map_next(run->project.workspaces, i))
		vec_add(dirs, i->value);
	run->reify.clear = dirs;
}

static int make_real(struct run *run, struct err *err)
{
	int bad;

	if (run->options->lock_only || run->options->dry_run)
		return 0;
	run->reify.lockfile = run->project.lockfile;
	plan_clearing(run);
	bad = reify_run(&run->reify, err);
	run->out->diff = run->reify.diff;
	run->out->changed = run->reify.changed;
	return bad;
}

/* ---- in writing ---- */

/* What could not be installed here stays in the lockfile, but is not in node_modules. */
static void drop_inert(struct tree *t)
{
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;

		if (n->inert)
			node_set_parent(n, NULL);
	}
}

static void drop_trash(const struct reify *r)
{
	for (size_t i = 0; r->trash && i < r->trash->count; i++)
		node_set_parent(r->trash->items[i], NULL);
}

/* Where a package was taken apart there is none: the next install looks at the disk then, and finds what is missing. */
static bool wants_hidden(const struct run *run)
{
	return !run->options->lock_only && !run->options->project.global && !run->reify.harmed;
}

/* The lockfile was there, and nobody had to be asked besides, or it is what the next install is settled with. Without saving it may
 * say anything, but ci has looked. */
static bool is_locked(const struct run *run, const struct save *s)
{
	const struct lockfile *lock = run->project.lockfile;

	if (lock->version >= LOCKFILE_MAX_VERSION || run->project.yarn || (run->options->no_save && !run->options->ci))
		return false;
	if (s->lock.kind != FS_NONE)
		return run->out->settled;
	return lock->loaded && lock->original_version >= 2 && run->holds;
}

/* Would the same files give the same in another project? */
static bool is_whole(const struct run *run, const struct save *s)
{
	const struct reify *r = &run->reify;

	return run->fresh && !r->harmed && !r->ran && !r->left_out && !r->was_due && !r->trash && !r->bundle_missing.count &&
	       is_locked(run, s);
}

/* What is in node_modules, and what of it this run has made. */
static int save_modules(struct run *run, struct save *s, struct err *err)
{
	drop_trash(&run->reify);
	if (!run->options->project.linked)
		merge_untouched(&run->reify);
	if (save_hidden(s, err) < 0)
		return -1;
	run->out->whole = is_whole(run, s);
	run->out->package_text = run->project.package.text;
	run->out->lock_text = run->project.lockfile->text;
	run->out->laid = run->out->whole && !run->options->project.linked ? laid_of(&run->reify) : NULL;
	run->out->made = (struct state_made){.lock = s->lock, .hidden = s->hidden, .modules = run->reify.changed};
	return 0;
}

static bool hidden_is_valid(const struct run *run)
{
	const struct reify *r = &run->reify;

	return !r->changed && (run->rest_in_place || (r->actual && r->actual->hidden_lockfile));
}

static int save_all(struct run *run, struct save *s, struct err *err)
{
	const struct install_options *o = run->options;
	bool hidden = wants_hidden(run);

	if (!o->ci && save_project(s, err) < 0)
		return -1;
	if (o->dry_run)
		return 0;
	/* Before the hidden lockfile: nothing in node_modules may be newer than that. */
	if (!o->lock_only && due_done(&run->reify, err) < 0)
		return -1;
	run->out->settled = hidden && settled(&run->reify, &run->project, &run->out->lacking);
	run->holds = hidden && settled_holds(run->reify.ideal, &run->out->lacking);
	if (hidden || s->project->yarn)
		drop_inert(run->reify.ideal);
	if (save_yarn(s, err) < 0)
		return -1;
	return hidden ? save_modules(run, s, err) : 0;
}

static int save(struct run *run, struct err *err)
{
	struct save s = {
		.arena = run->arena,
		.options = run->options,
		.project = &run->project,
		.ideal = run->reify.ideal,
		.laid = run->reify.laid,
		.resolved = run->feed.ideal,
		.updates = run->ideal.update_all || run->ideal.update_count,
		.hidden_is_valid = hidden_is_valid(run),
		.patches_dropped = run->patches.dropped,
	};
	int bad;

	recorded_end(run->recorded);
	if (run->rest_in_place)
		run->project.lockfile->as_read = run->as_read;
	bad = save_all(run, &s, err);
	save_close(&s);
	return bad;
}

static int run_dependencies_scripts(struct run *run, struct err *err)
{
	static const char *const events[] = {"predependencies", "dependencies", "postdependencies", NULL};
	const struct install_options *o = run->options;

	if (!run->out->changed && !o->project.linked)
		return 0;
	if (o->lifecycle.ignore_scripts || o->project.global || !run->out->diff || !run->out->diff->children.count)
		return 0;
	return lifecycle_root(run->arena, &(struct lifecycle_project){
		.dir = run->project.options.path,
		.pkg = run->reify.ideal->root->manifest->raw,
		.events = events,
	}, &o->lifecycle, err);
}

/* ---- the order of it all ---- */

static int check_lock(struct run *run, struct err *err)
{
	return run->locked ? ci_check(run->arena, run->locked, run->reify.ideal, &run->project.options, err) : 0;
}

static int before(struct run *run, struct err *err)
{
	return run->options->before ? run->options->before(run->options->before_ctx, err) : 0;
}

/* What killed runs left. */
static void clean(struct run *run)
{
	leftovers_remove(run->arena, run->reify.root);
	for (struct map_entry *i = map_first(run->project.workspaces); i; i = map_next(run->project.workspaces, i))
		leftovers_remove(run->arena, i->value);
}

/* npm takes a damaged lockfile for none, and writes a new one over what it locked. */
static int refuse_broken(const struct project *p, struct err *err)
{
	if (!p->on_disk->broken || !p->lock_error || p->options.no_lockfile)
		return 0;
	*err = *p->lock_error;
	err_note(err, LOCKFILE_ADVICE);
	return -1;
}

/* Where all is updated npm throws the old one away unread: its version, its style and its foreign keys are gone too. */
static struct lockfile *new_lockfile(const struct run *run)
{
	const struct project_options *o = &run->project.options;

	return lockfile_none(run->arena, &(struct lockfile_options){.path = o->path, .version = o->lockfile_version});
}

/* To npm's ci, workspaces that cannot be are as good as no lockfile. */
static int load_project(struct run *run, struct err *err)
{
	struct err local = ERR_INIT;

	if (project_load(run->arena, &run->options->project, &run->project, &local) == 0) {
		if (run->options->ideal.update_all)
			run->project.lockfile = new_lockfile(run);
		return 0;
	}
	if (run->options->ci && (local.code == ERR_EDUPLICATEWORKSPACE || local.code == ERR_EWORKSPACESCONFIG))
		return err_set(err, ERR_EUSAGE, NO_LOCKFILE " %s", local.text);
	*err = local;
	return -1;
}

/* What ci compares with: the lockfile as it is. One that cannot be used is as good as none. */
static int read_locked(struct run *run, struct err *err)
{
	struct err why = ERR_INIT;

	run->locked = project_virtual(run->arena, &run->project, false, &why);
	return run->locked ? 0 : err_set(err, ERR_EUSAGE, NO_LOCKFILE " %s", why.text);
}

static int check_start(struct run *run, struct err *err)
{
	const struct install_options *o = run->options;

	if (!o->ci && !o->dry_run && !o->lock_only && reify_check_modules(&run->reify, err) < 0)
		return -1;
	run->fresh = fs_lstat(path_join(run->arena, o->project.path, "node_modules")).kind == FS_NONE;
	if (load_project(run, err) < 0 || refuse_broken(&run->project, err) < 0)
		return -1;
	if (!run->options->dry_run)
		clean(run);
	return o->ci ? read_locked(run, err) : 0;
}

static int open_run(struct run *run, struct err *err)
{
	const struct install_options *o = run->options;
	struct fetch_options fo = {
		.ignore_scripts = o->lifecycle.ignore_scripts,
		.lode = o->lode,
		.confine = o->lifecycle.confine,
		.git_timeout_ms = o->git_timeout_ms,
	};

	if (loop_open(&run->loop, run->arena, &o->cache, &o->registry, err) < 0)
		return -1;
	run->loop.reporter = o->reporter;
	fetch_init(&run->fetch, &run->loop, &fo);
	run->reify = (struct reify){
		.arena = run->arena,
		.options = o,
		.loop = &run->loop,
		.fetch = &run->fetch,
		.root = fs_realpath(run->arena, o->project.path),
	};
	map_init(&run->reify.ahead, run->arena);
	return 0;
}

/* Of chosen workspaces it is only what they need. */
static const struct audit_options *chosen_audit(struct run *run)
{
	const struct ideal_options *ideal = &run->options->ideal;
	struct node *root = node_target(run->reify.ideal->root);
	struct audit_options *o;
	struct vec *only, nodes;

	if (!ideal->workspace_count)
		return run->options->audit;
	o = ARENA_NEW(run->arena, struct audit_options);
	only = ARENA_NEW(run->arena, struct vec);
	*o = *run->options->audit;
	vec_init(only, run->arena);
	vec_init(&nodes, run->arena);
	for (size_t i = 0; i < ideal->workspace_count; i++) {
		const char *path = root->workspaces ? map_find(root->workspaces, ideal->workspaces[i]) : NULL;
		struct node *n = path ? inventory_find(root, path_relative(run->arena, root->realpath, path)) : NULL;

		if (n)
			vec_add(&nodes, n);
	}
	workspace_dep_set(run->reify.ideal, &nodes, ideal->include_workspace_root, only);
	o->only = only;
	return o;
}

/* Packages' names and versions are known: the question goes ahead of the downloads. */
static void begin_audit(struct run *run)
{
	const struct install_options *o = run->options;

	if (o->audit && !o->dry_run && o->registry.freshness != FRESH_OFFLINE)
		run->auditing = auditing_begin(&run->loop, run->reify.ideal, chosen_audit(run));
}

static void end_audit(struct run *run)
{
	int64_t began = report_now();

	run->out->audit = auditing_end(run->auditing);
	/* What was to be fixed is not, so it is still what was found. */
	if (run->options->dry_run)
		run->out->audit = (struct audit *)run->options->ideal.audit;
	if (run->auditing)
		report_span(run->options->reporter, began, "audit");
}

/* Without a lockfile nobody reads it. */
static void begin_recorded(struct run *run)
{
	if (!run->options->dry_run && !run->options->project.global)
		run->recorded = recorded_begin(&run->reify);
}

/* Another version of what is there takes its place, so that all has to be compared. */
static bool adds_only(const struct run *run)
{
	const struct ideal_options *o = &run->options->ideal;
	struct err ignored = ERR_INIT;

	for (size_t i = 0; i < o->add_count; i++) {
		const struct spec *s = spec_parse(run->arena, o->add[i], run->project.options.path, &ignored);

		if (s && s->name && lockfile_entry(run->project.lockfile, arena_printf(run->arena, "node_modules/%s", s->name)))
			return false;
	}
	return true;
}

static void read_ahead(struct run *run)
{
	const struct install_options *o = run->options;

	if (o->ci || o->lock_only || run->fresh || o->project.global)
		return;
	run->may_stand = o->standing && as_read_may_be(run->project.lockfile) && adds_only(run);
	run->ahead = ahead_begin(&run->loop, &run->project, &o->ideal, run->may_stand ? o->standing : NULL);
}

static int all_steps(struct run *run, struct err *err)
{
	const struct install_options *o = run->options;
	int64_t began;

	if (!o->ci && before(run, err) < 0)
		return -1;
	if (check_start(run, err) < 0)
		return -1;
	read_ahead(run);
	if (run_resolve(run, err) < 0 || check_lock(run, err) < 0)
		return -1;
	if (o->ci && before(run, err) < 0)
		return -1;
	if (o->resolved && o->resolved(o->resolved_ctx, run->reify.ideal, err) < 0)
		return -1;
	begin_audit(run);
	begin_recorded(run);
	if (reify_check_strict(&run->reify, err) < 0 || compare(run, err) < 0 || make_real(run, err) < 0)
		return -1;
	began = report_now();
	if (save(run, err) < 0)
		return -1;
	report_span(o->reporter, began, "save");
	end_audit(run);
	/* A script that prunes what projects share would wait for it. */
	links_close(run->reify.links);
	pending_list(run->arena, &o->lifecycle, run->reify.ideal, &run->out->pending);
	return run_dependencies_scripts(run, err);
}

int install_run(struct arena *a, const struct install_options *o, struct install_result *out, struct err *err)
{
	struct run run = {.arena = a, .options = o, .out = out};
	struct project_lock lock;
	int bad;

	*out = (struct install_result){0};
	arena_expect_much(a);
	vec_init(&out->pending, a);
	if (!o->dry_run && fs_mkdirs(o->project.path, err) < 0)
		return -1;
	if (project_lock(&lock, a, o->project.path, o->reporter, err) < 0)
		return -1;
	bad = open_run(&run, err);
	if (!bad)
		bad = all_steps(&run, err);
	if (run.loop.cache && cache_problem(run.loop.cache))
		report_warn(o->reporter, "cache", "nothing is kept in the cache: %s", cache_problem(run.loop.cache));
	if (run.feed.ideal)
		ideal_close(run.feed.ideal);
	npmext_close(&run.extension);
	loop_close(&run.loop);
	reify_close(&run.reify);
	links_close(run.reify.links);
	project_unlock(&lock);
	return bad;
}
