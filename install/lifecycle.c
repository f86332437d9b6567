/* SPDX-License-Identifier: MIT */
#include "install/lifecycle.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "base/terminal.h"
#include "base/vec.h"
#include "install/allow.h"
#include "install/bins.h"
#include "install/confined.h"
#include "install/inplace.h"
#include "install/nodebins.h"
#include "install/shared.h"
#include "install/unshare.h"
#include "resolver/collate.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"
#include "runtime/env.h"
#include "runtime/script.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define MAX_RUNNING 64

enum step { STEP_PREINSTALL, STEP_PREPARE, STEP_INSTALL, STEP_POSTINSTALL, STEPS };

static const char *const step_names[STEPS] = {"preinstall", "prepare", "install", "postinstall"};

/* A package with something to do. */
struct job {
	struct node *node;		/* the link, when it is one */
	const struct json *pkg;		/* the target's package.json, with its scripts */
	const char *commands[STEPS];	/* NULL: none, or not allowed */
	const struct json *before;	/* its package.json as it was on disk before its scripts */
	int depth;
};

struct build {
	struct arena *arena;
	const struct lifecycle_options *options;
	struct lifecycle_options confined;	/* the options as this kernel allows; options then points here */
	struct vec jobs;		/* of struct job, in npm's order */
	struct bins bins;
};

/* A script that runs. */
struct running {
	struct job *job;
	enum step step;
	struct proc *proc;
	struct terminal terminal;	/* as it was, for one that has it */
	const struct confine_script *confined;	/* NULL: not confined */
	struct arena arena;		/* of the process and its output */
};

struct crew {
	struct build *build;
	struct running slots[MAX_RUNNING];
	struct proc *procs[MAX_RUNNING];	/* as proc_wait wants them; NULL: free */
	size_t limit, count;
	bool stopping;			/* something failed: start no more */
};

/* ---- What there is to do ---- */

static const struct json *package_on_disk(struct arena *a, const char *dir)
{
	struct err ignored = ERR_INIT;
	struct manifest *m;
	struct str text;

	if (fs_read_if(a, path_join(a, dir, "package.json"), FS_MAX_FILE, &text, &ignored) || !text.ptr)
		return NULL;
	m = manifest_parse(a, text, "package.json", &ignored);
	return m ? m->raw : NULL;
}

static bool has_script(const struct json *pkg)
{
	const struct json *scripts = json_find(pkg, "scripts");

	for (size_t i = 0; i < STEPS; i++) {
		if (json_truthy(json_find(scripts, step_names[i])))
			return true;
	}
	return false;
}

/* The package.json with the scripts: a lockfile says only that there are some, an old one not even that. As under npm the
 * rest stays what the lockfile has, so that a script sees no npm_package_config_… then; but gypfile is the package's. */
static const struct json *package_of(struct build *b, const struct node *target)
{
	const struct json *own = target->manifest->raw;
	const struct tree *t = target->tree;
	bool old = t->original_lockfile_version == 1;
	const struct json *disk;
	struct json *whole;

	if (has_script(own) || !(node_has_install_script(target) || old))
		return own;
	disk = package_on_disk(b->arena, target->path);
	if (!disk || !json_find(disk, "scripts"))
		return own;
	whole = json_copy(b->arena, own);
	json_put(b->arena, whole, "scripts", json_find(disk, "scripts"));
	if (json_find(disk, "gypfile"))
		json_put(b->arena, whole, "gypfile", json_find(disk, "gypfile"));
	return whole;
}

static bool is_allowed(const struct build *b, struct node *node)
{
	return b->options->allow_all || node_is_workspace(node) ||
	       allow_decide(b->options->policy, node_target(node)) == ALLOW_YES;
}

/* A stranger's project may link to anything: nothing runs in folders that are not in it. */
static bool is_out_of_reach(const struct build *b, struct node *node)
{
	const char *project = b->options->confined_project;
	const char *real = project ? fs_realpath(b->arena, project) : NULL;
	const char *target = real && node->is_link ? fs_realpath(b->arena, node_target(node)->path) : NULL;

	return target && !path_is_in(target, real);
}

static const char *find_command(struct build *b, const struct json *pkg, enum step step, const struct node *n)
{
	return script_find(b->arena, pkg, step_names[step], n->without_gyp ? NULL : n->path);
}

/* True when there is any. */
static bool find_commands(struct build *b, struct job *job)
{
	struct node *target = node_target(job->node);
	bool any = false;

	if (b->options->ignore_scripts || (job->node->is_link && target->in_store) || is_out_of_reach(b, job->node))
		return false;
	job->pkg = package_of(b, target);
	for (enum step i = 0; i < STEPS; i++) {
		job->commands[i] = find_command(b, job->pkg, i, target);
		any = any || job->commands[i];
	}
	if (!any || is_allowed(b, job->node))
		return any;
	memset(job->commands, 0, sizeof(job->commands));
	return false;
}

/* A binding.gyp is as good as a script, which npm finds when it builds, and then writes into the lockfiles. */
static void note_gyp(struct build *b, const struct node *node)
{
	struct manifest *m = node->manifest;

	if (!node->is_link && !m->has_install_script && find_command(b, m->raw, STEP_INSTALL, node))
		m->has_install_script = true;
}

/* In a directory that projects share nothing is built. One whose scripts were allowed since gets a place of its own. */
static bool is_shared(struct build *b, struct node *node)
{
	if (!shared_holds(b->arena, node->path))
		return false;
	if (!node->is_link && !b->options->ignore_scripts && is_allowed(b, node) && allow_scripts_of(b->arena, node)->count)
		report_warn(b->options->reporter, "global-store", "'%s' is shared with other projects, so its scripts do not run there: "
			"`lode install` gives it a place of its own and runs them", node->name);
	return true;
}

static void add_job(struct build *b, struct map *seen, struct node *node)
{
	struct node *target = node_target(node);
	struct job *job;

	if (!target || !target->path || node->inert || map_has(seen, node->path) || is_shared(b, node))
		return;
	map_put(seen, node->path, node);
	note_gyp(b, node);
	job = ARENA_NEW(b->arena, struct job);
	job->node = node;
	job->depth = node_depth(node);
	if (find_commands(b, job) || target->manifest->bin.count)
		vec_add(&b->jobs, job);
}

/* What is bundled in a package is built with it. No deeper than directories can be. */
static void add_bundled(struct build *b, struct map *seen, struct node *node)
{
	for (struct map_entry *e = map_first(&node->children.map); e; e = map_next(&node->children.map, e)) {
		struct node *child = e->value;

		if (!node_in_bundle(child))
			continue;
		add_bundled(b, seen, child);
		add_job(b, seen, child);
	}
}

static int compare_jobs(const void *left, const void *right, void *ctx)
{
	const struct job *a = left, *b = right;

	(void)ctx;
	return a->depth != b->depth ? a->depth - b->depth : collate_compare(a->node->path, b->node->path);
}

static void collect_jobs(struct build *b, const struct vec *nodes)
{
	struct map seen;

	map_init(&seen, b->arena);
	vec_init(&b->jobs, b->arena);
	for (size_t i = 0; i < nodes->count; i++) {
		struct node *node = nodes->items[i];

		add_job(b, &seen, node);
		if (b->options->rebuild_bundle && node->manifest->bundle_dependencies.count)
			add_bundled(b, &seen, node);
	}
	vec_sort(&b->jobs, compare_jobs, NULL);
}

/* ---- Running one ---- */

static void put_flag(struct map *env, const char *name, bool set)
{
	map_put(env, name, set ? "1" : "");
}

/* In a store of links a package's dependencies are its siblings: programs it starts find them by this. */
static void put_node_path(struct arena *a, struct map *env, const struct node *n)
{
	const char *modules = bins_node_modules(a, n->path);
	const char *before = map_find(env, "NODE_PATH");

	map_put(env, "NODE_PATH", before && *before ? arena_printf(a, "%s:%s", modules, before) : (void *)modules);
}

static struct map *job_env(struct arena *a, const struct map *base, const struct node *n)
{
	struct map *env = env_copy(a, base);
	const struct node_flags *f = &n->flags;
	const char *resolved = node_resolved(n);

	/* A link's target has neither; that is what npm then says. */
	map_put(env, "npm_package_resolved", (void *)(resolved ? resolved : "null"));
	map_put(env, "npm_package_integrity", (void *)(n->integrity ? n->integrity : "null"));
	put_flag(env, "npm_package_optional", f->optional);
	put_flag(env, "npm_package_dev", f->dev);
	put_flag(env, "npm_package_peer", f->peer);
	put_flag(env, "npm_package_dev_optional", f->dev_optional && !f->dev && !f->optional);
	if (n->in_store)
		put_node_path(a, env, n);
	return env;
}

static struct proc *job_start(const struct build *b, struct running *r, struct err *err)
{
	struct node *target = node_target(r->job->node);
	struct lifecycle_runtime rt = {b->options->env, b->options->shims};

	if (node_is_workspace(r->job->node) && b->options->runtime_of &&
	    b->options->runtime_of(b->options->runtime_ctx, target->path, &rt, err))
		return NULL;

	struct script s = {
		.event = step_names[r->step],
		.command = r->job->commands[r->step],
		.dir = target->path,
		.pkg = r->job->pkg,
		.env = job_env(&r->arena, rt.env, target),
		.shims = rt.shims,
		.shell = b->options->script_shell,
		.stdio = b->options->foreground_scripts ? SCRIPT_INHERIT : SCRIPT_CAPTURE,
		.reporter = b->options->reporter,
	};

	r->confined = confined_begin(&r->arena, b->options, r->job->node, err);
	if (err->code != ERR_OK)
		return NULL;
	s.confine = r->confined;
	return script_start(&r->arena, &s, err);
}

static void tell(const struct build *b, const struct running *r, enum lifecycle_event_kind kind,
		 const struct proc_result *result)
{
	const struct lifecycle_event e = {
		.kind = kind,
		.node = r->job->node,
		.event = step_names[r->step],
		.command = r->job->commands[r->step],
		.result = result,
	};

	if (b->options->report)
		b->options->report(b->options->ctx, &e);
}

/* npm's words for a script that failed; the code is the script's. */
static int script_failed(const char *dir, const char *command, const struct proc_result *result, struct err *err)
{
	char signal[32] = "";

	if (result->signal)
		snprintf(signal, sizeof(signal), "signal SIG%s\n", sigabbrev_np(result->signal));
	err_set(err, ERR_ELIFECYCLE, "path %s\ncommand failed\n%scommand sh -c %s", dir, signal, command);
	err->status = result->signal ? 1 : result->code;
	snprintf(err->name, sizeof(err->name), "%d", err->status);
	return -1;
}

static void hand_on_output(const struct lifecycle_options *o, const struct proc_result *result)
{
	if (o->said)
		o->said(o->said_ctx, str_trim(result->out), str_trim(result->err));
}

/* A finished script: 0 when the build may go on. */
static int job_finished(const struct build *b, const struct running *r, const struct proc_result *result, struct err *err)
{
	const struct node *target = node_target(r->job->node);

	if (!result->code && !result->signal) {
		tell(b, r, LIFECYCLE_DONE, result);
		return 0;
	}
	if (proc_signalled())
		return err_set(err, ERR_EINTR, "interrupted");
	if (b->options->optional_may_fail && r->job->node->flags.optional) {
		tell(b, r, LIFECYCLE_OPTIONAL_FAILED, result);
		return 0;
	}
	hand_on_output(b->options, result);
	return script_failed(target->path, r->job->commands[r->step], result, err);
}

/* ---- Running many ---- */

static size_t free_slot(const struct crew *c)
{
	size_t i = 0;

	while (c->procs[i])
		i++;
	return i;
}

static int crew_start(struct crew *c, struct job *job, enum step step, struct err *err)
{
	size_t i = free_slot(c);
	struct running *r = &c->slots[i];

	*r = (struct running){.job = job, .step = step, .terminal = {.fd = -1}};
	if (c->build->options->foreground_scripts)
		terminal_keep(&r->terminal);
	r->proc = job_start(c->build, r, err);
	if (!r->proc) {
		arena_release(&r->arena);
		return -1;
	}
	c->procs[i] = r->proc;
	c->count++;
	return 0;
}

/* One fails: the others are told to end, and waited for. */
static void crew_stop(struct crew *c)
{
	if (c->stopping)
		return;
	c->stopping = true;
	for (size_t i = 0; i < c->limit; i++) {
		if (c->procs[i])
			proc_kill(c->procs[i], SIGTERM);
	}
}

static void crew_take(struct crew *c, struct err *err)
{
	struct proc_result result;
	size_t i = proc_wait(c->procs, c->limit, &result);

	c->procs[i] = NULL;
	c->count--;
	terminal_restore(&c->slots[i].terminal);
	confined_end(&c->slots[i].arena, c->build->options, c->slots[i].confined, c->slots[i].job->node, &result);
	if (!c->stopping && job_finished(c->build, &c->slots[i], &result, err))
		crew_stop(c);
	arena_release(&c->slots[i].arena);
}

static int run_step(struct build *b, enum step step, struct err *err)
{
	struct crew c = {.build = b, .limit = b->options->foreground_scripts ? 1 : (size_t)proc_cpus()};

	if (c.limit > MAX_RUNNING)
		c.limit = MAX_RUNNING;
	for (size_t i = 0; i < b->jobs.count && !c.stopping; i++) {
		struct job *job = b->jobs.items[i];

		if (!job->commands[step] || job->node->inert)
			continue;
		while (c.count == c.limit)
			crew_take(&c, err);
		if (!c.stopping && !job->node->inert && crew_start(&c, job, step, err))
			crew_stop(&c);
	}
	while (c.count)
		crew_take(&c, err);
	return c.stopping ? -1 : 0;
}

static int link_bins(struct build *b, struct err *err)
{
	for (size_t i = 0; i < b->jobs.count; i++) {
		const struct job *job = b->jobs.items[i];
		struct bins_package p = bins_of_node(job->node);

		p.bin = &node_target(job->node)->manifest->bin;
		p.kept = shared_holds(b->arena, node_target(job->node)->path);
		if (!job->node->inert && bins_link(&b->bins, &p, err))
			return -1;
	}
	return 0;
}

/* A script of a new package must not take a global bin away for it to claim. */
static int check_bins(struct build *b, struct err *err)
{
	for (size_t i = 0; i < b->jobs.count; i++) {
		struct bins_package p = bins_of_node(VEC_AT(&b->jobs, const struct job, i)->node);

		if (bins_check(&b->bins, &p, err))
			return -1;
	}
	return 0;
}

static bool has_commands(const struct job *job)
{
	for (size_t i = 0; i < STEPS; i++) {
		if (job->commands[i])
			return true;
	}
	return false;
}

/* A package that was none when it was looked at. */
static bool is_stranger_link(const struct node *n)
{
	return !n->is_link && fs_lstat(n->path).kind == FS_LINK;
}

/* Before anything is done to a package: nobody has put a link to something else in its place. */
static int check_places(struct build *b, struct err *err)
{
	for (size_t i = 0; i < b->jobs.count; i++) {
		const struct job *job = b->jobs.items[i];

		if (!inplace_is(b->arena, job->node->path) || is_stranger_link(job->node))
			return err_set(err, ERR_ESANDBOX, "'%s' is not where it was installed: a link leads elsewhere", job->node->path);
	}
	return 0;
}

static int unshare(struct build *b, struct err *err)
{
	for (size_t i = 0; b->options->shared && i < b->jobs.count; i++) {
		const struct job *job = b->jobs.items[i];

		/* What is linked to is its user's own. */
		if (has_commands(job) && !job->node->is_link && unshare_tree(b->arena, node_target(job->node)->path, err))
			return -1;
	}
	return 0;
}

/* Before the first script: can it be confined? */
static int check_sandbox(struct build *b, struct err *err)
{
	bool any = false;

	for (size_t i = 0; i < b->jobs.count && !any; i++) {
		const struct job *job = b->jobs.items[i];

		any = has_commands(job) && (!job->node->is_link || b->options->confined_project);
	}
	if (!any || b->options == &b->confined)
		return 0;
	b->confined = *b->options;
	b->options = &b->confined;
	return confined_check(b->arena, b->options, &b->confined.confine, err);
}

/* ---- What they left ---- */

static void note_packages(struct build *b)
{
	for (size_t i = 0; i < b->jobs.count; i++) {
		struct job *job = b->jobs.items[i];

		if (has_commands(job) && !job->node->is_link)
			job->before = package_on_disk(b->arena, job->node->path);
	}
}

static bool same_text(const struct json *a, const struct json *b, const char *key)
{
	return streq(json_find_text(a, key), json_find_text(b, key));
}

/* A package that is no longer the one it was: its own scripts have taken it apart. */
static void find_harmed(struct build *b)
{
	for (size_t i = 0; i < b->jobs.count; i++) {
		const struct job *job = b->jobs.items[i];
		const struct json *now = job->before && !job->node->inert ? package_on_disk(b->arena, job->node->path) : job->before;

		if (now == job->before || (now && same_text(now, job->before, "name") && same_text(now, job->before, "version")))
			continue;
		report_warn(b->options->reporter, "install-scripts",
			    "%s is not what it was: its own scripts have changed its name or version, or removed it",
			    node_id(job->node));
		if (b->options->report)
			b->options->report(b->options->ctx, &(struct lifecycle_event){.kind = LIFECYCLE_HARMED, .node = job->node});
	}
}

static int build_set(struct build *b, const struct vec *nodes, bool links, struct err *err)
{
	collect_jobs(b, nodes);
	note_packages(b);
	if (check_bins(b, err) || check_places(b, err) || check_sandbox(b, err) || unshare(b, err) || run_step(b, STEP_PREINSTALL, err))
		return -1;
	if (links && run_step(b, STEP_PREPARE, err))
		return -1;
	if (b->options->bin_links && (check_places(b, err) || link_bins(b, err)))
		return -1;
	if (run_step(b, STEP_INSTALL, err) || run_step(b, STEP_POSTINSTALL, err))
		return -1;
	find_harmed(b);
	return 0;
}

/* What is in the linked strategy's store is built itself, not through the links to it. */
static bool is_built_as_link(const struct node *n)
{
	return n->is_link && !n->store_link && !(n->target && n->target->in_store);
}

/* Links apart from the rest; what a link points to is built through the link, but for global packages. */
static void part_nodes(const struct build *b, const struct vec *nodes, struct vec *rest, struct vec *links)
{
	struct map targets;

	map_init(&targets, b->arena);
	for (size_t i = 0; i < nodes->count; i++) {
		struct node *node = nodes->items[i];

		if (!is_built_as_link(node))
			continue;
		vec_add(links, node);
		if (node->target && !b->options->global)
			map_put(&targets, node->target->path, node);
	}
	for (size_t i = 0; i < nodes->count; i++) {
		struct node *node = nodes->items[i];

		if (!is_built_as_link(node) && !map_has(&targets, node->path))
			vec_add(rest, node);
	}
}

int lifecycle_build(struct arena *a, const struct vec *nodes, const struct lifecycle_options *o, struct err *err)
{
	struct build b = {.arena = a, .options = o};
	struct vec rest, links;

	if (o->ignore_scripts && !o->bin_links)
		return 0;
	bins_init(&b.bins, a, o->force);
	vec_init(&rest, a);
	vec_init(&links, a);
	part_nodes(&b, nodes, &rest, &links);
	if (build_set(&b, &rest, false, err))
		return -1;
	return links.count ? build_set(&b, &links, true, err) : 0;
}

/* One script of the project's own; a stranger's is confined. */
static int run_own(struct arena *a, struct script *s, const struct lifecycle_options *o, struct proc_result *result, struct err *err)
{
	const struct confine_script *confined = confined_begin_project(a, o, s->dir, err);
	int status;

	if (err->code != ERR_OK)
		return -1;
	s->confine = confined;
	status = script_run(a, s, result, err);
	if (!status)
		confined_end_project(a, o, confined, script_package_id(a, s->pkg), result);
	return status;
}

int lifecycle_root(struct arena *a, const struct lifecycle_project *p, const struct lifecycle_options *given, struct err *err)
{
	struct lifecycle_options options = *given;
	const struct lifecycle_options *o = &options;

	if (o->confined_project && confined_check(a, o, &options.confine, err))
		return -1;
	for (const char *const *event = p->events; *event; event++) {
		struct script s = {
			.event = *event,
			.command = script_find(a, p->pkg, *event, p->dir),
			.dir = p->dir,
			.pkg = p->pkg,
			.env = p->env ? p->env : o->env,
			.shims = o->shims,
			.shell = o->script_shell,
			.stdio = p->captured ? SCRIPT_CAPTURE : SCRIPT_INHERIT,
			.reporter = o->reporter,
		};
		struct proc_result result;

		if (!s.command)
			continue;
		if (run_own(a, &s, o, &result, err))
			return -1;
		if (result.signal)
			proc_raise(result.signal);
		if (!result.code)
			continue;
		hand_on_output(o, &result);
		return script_failed(p->dir, s.command, &result, err);
	}
	return 0;
}
