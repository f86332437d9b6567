/* SPDX-License-Identifier: MIT
 *
 * diff: two packages compared. Which two, npm finds out from none, one or two --diff.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/diff.h"
#include "cli/jsvalue.h"
#include "cli/online.h"
#include "cli/project_opts.h"
#include "cli/render.h"
#include "cli/runs.h"
#include "install/actual.h"
#include "install/project.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/packument.h"
#include "resolver/pick.h"
#include "resolver/range.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

#define MAX_DIFF ((size_t)1 << 29)

struct differ {
	struct cli *cli;
	struct online net;
	const char *prefix;	/* the project, or the workspace at hand */
	const char *top;
	struct tree *tree;	/* what is installed; NULL until it is asked for, or when it cannot be read */
	char **patterns;
	int n_patterns;
};

static bool is_range(struct arena *a, const char *text)
{
	return range_parse(a, str_from(text), 0) != NULL;
}

/* The project's name; NULL when it has none. */
static const char *project_name(const struct differ *d)
{
	struct package_file file;
	struct err ignored = ERR_INIT;
	if (package_read(d->cli->arena, d->prefix, &file, &ignored) < 0)
		return NULL;
	return file.manifest->name && *file.manifest->name ? file.manifest->name : NULL;
}

static int needs_project(struct differ *d, struct err *err)
{
	return cli_usage_error(d->cli, err, "Needs multiple arguments to compare or run from a project dir.");
}

static void load_tree(struct differ *d)
{
	struct err ignored = ERR_INIT;
	struct project p;
	struct project_options o = {
		.path = d->top,
		.install_links = config_bool(d->cli->config, "install-links"),
		.legacy_peer_deps = config_bool(d->cli->config, "legacy-peer-deps"),
		.ignore_extension = true,
		.global = cli_is_global(d->cli),
	};
	if (d->tree || project_load(d->cli->arena, &o, &p, &ignored) < 0)
		return;
	d->tree = actual_load(d->cli->arena, &p, &(struct actual_options){0}, &ignored);
}

static struct node *installed(struct differ *d, const char *name)
{
	load_tree(d);
	const struct vec *all = d->tree && name ? inventory_named(d->tree->root, name) : NULL;
	struct node *n = all && all->count ? all->items[0] : NULL;
	return n && *node_version(n) ? n : NULL;
}

static const char *file_spec(const struct differ *d, const char *path)
{
	return arena_printf(d->cli->arena, "file:%s", path);
}

/* ---- two ---- */

/* A bare version is one of the other's package, or of the project. */
static int name_versions(struct differ *d, const char *specs[2], struct err *err)
{
	struct arena *a = d->cli->arena;
	bool range[2] = {is_range(a, specs[0]), is_range(a, specs[1])};
	const char *name = range[0] && range[1] ? project_name(d) : NULL;
	if (range[0] && range[1] && !name)
		return cli_usage_error(d->cli, err, "Needs to be run from a project dir in order to diff two versions.");
	if (!range[0] && !range[1])
		return 0;
	if (!name) {
		const struct spec *other = spec_parse(a, specs[range[0]], d->cli->cwd, err);
		if (!other)
			return -1;
		name = other->name ? other->name : "undefined";
	}
	for (int i = 0; i < 2; i++)
		if (range[i])
			specs[i] = arena_printf(a, "%s@%s", name, specs[i]);
	return 0;
}

/* A bare name is what is installed of it. */
static int find_installed(struct differ *d, const char **text, struct err *err)
{
	const struct spec *s = spec_parse(d->cli->arena, *text, d->cli->cwd, err);
	if (!s)
		return -1;
	if (!streq(s->raw_spec, "*"))
		return 0;
	struct node *n = installed(d, s->name);
	*text = arena_printf(d->cli->arena, "%s@%s", s->name, n ? file_spec(d, n->realpath) : s->fetch_spec);
	return 0;
}

/* ---- one ---- */

struct wanted {
	struct differ *d;
	const char *range;
	const char *version;
	struct err *err;
	bool over;
};

static void pick_wanted(void *ctx, const char *name, const struct packument *p, const struct err *why)
{
	struct wanted *w = ctx;
	struct pick_options o = {
		.wanted = w->range,
		.name = name,
		.before = PICK_ANY_TIME,
		.default_tag = config_text(w->d->cli->config, "tag"),
		.node_version = cli_node_version(w->d->cli),
	};
	struct pick got;
	w->over = true;
	if (!p)
		*w->err = *why;
	else if (pick_version(w->d->cli->arena, p, &o, &got, w->err) == 0)
		w->version = arena_strdup(w->d->cli->arena, got.version);
}

/* What `outdated` calls wanted: the best for who depends on it, the project first. */
static const char *wanted_version(struct differ *d, struct node *n, const struct spec *s, struct err *err)
{
	const struct edge *own = node_edge(node_target(d->tree->root), s->name);
	struct wanted w = {.d = d, .err = err};
	w.range = own ? edge_spec(own) : n->edges_in.count ? edge_spec(n->edges_in.items[0]) : "*";
	registry_packument(d->net.reg, &(struct packument_wish){.name = s->name, .done = pick_wanted, .ctx = &w});
	while (!w.over)
		registry_poll(d->net.reg, 1000);
	return w.version;
}

static int one_package(struct differ *d, const struct spec *s, const char *specs[2], struct err *err)
{
	struct arena *a = d->cli->arena;
	struct node *n = installed(d, s->name);
	if (!n) {
		specs[0] = arena_printf(a, "%s@%s", s->name, s->fetch_spec);
		specs[1] = file_spec(d, d->prefix);
		return fs_exists(path_join(a, d->prefix, "package.json")) ? 0 : needs_project(d, err);
	}
	const char *other = streq(s->raw_spec, "*") ? wanted_version(d, n, s, err) : s->raw_spec;
	if (!other)
		return -1;
	specs[0] = arena_printf(a, "%s@%s", s->name, file_spec(d, n->realpath));
	specs[1] = arena_printf(a, "%s@%s", s->name, other);
	return 0;
}

static int complete_one(struct differ *d, const char *specs[2], struct err *err)
{
	struct arena *a = d->cli->arena;
	const char *name = project_name(d);
	if (is_range(a, specs[0])) {
		specs[1] = file_spec(d, d->prefix);
		specs[0] = name ? arena_printf(a, "%s@%s", name, specs[0]) : NULL;
		return name ? 0 : needs_project(d, err);
	}
	const struct spec *s = spec_parse(a, specs[0], d->cli->cwd, err);
	if (!s)
		return -1;
	if (s->registry)
		return one_package(d, s, specs, err);
	if (s->type != SPEC_DIRECTORY)
		return cli_usage_error(d->cli, err, "Spec type %s not supported.", spec_type_name(s->type));
	specs[0] = file_spec(d, s->fetch_spec);
	specs[1] = file_spec(d, d->prefix);
	return 0;
}

static int find_specs(struct differ *d, const char *specs[2], struct err *err)
{
	if (specs[0] && specs[1])
		return name_versions(d, specs, err) < 0 || find_installed(d, &specs[0], err) < 0 ? -1 : find_installed(d, &specs[1], err);
	if (specs[0])
		return complete_one(d, specs, err);
	const char *name = project_name(d), *tag = config_text(d->cli->config, "tag");
	if (!name)
		return needs_project(d, err);
	specs[0] = arena_printf(d->cli->arena, "%s@%s", name, tag ? tag : "latest");
	specs[1] = file_spec(d, d->prefix);
	return 0;
}

/* ---- comparing ---- */

static void read_look(const struct differ *d, struct diff_look *out)
{
	const struct config *c = d->cli->config;
	const char *old = config_text(c, "diff-src-prefix"), *new = config_text(c, "diff-dst-prefix");
	const char *version = config_text(c, "tag-version-prefix");
	double context = config_number(c, "diff-unified", 3);
	bool none = config_bool(c, "diff-no-prefix");
	*out = (struct diff_look){
		.old_prefix = none ? "" : old ? old : "a/",
		.new_prefix = none ? "" : new ? new : "b/",
		.version_prefix = version ? version : "v",
		.context = context >= 0 && context < 1e6 ? (size_t)context : 3,
		.names_only = config_bool(c, "diff-name-only"),
		.ignore_space = config_bool(c, "diff-ignore-all-space"),
		.all_text = config_bool(c, "diff-text"),
		.color = render_wants_color(c, d->cli->render->out),
	};
}

static void print(const struct differ *d, const struct diff_side *const sides[2])
{
	struct buf out = BUF_INIT(MAX_DIFF);
	struct diff_look look;
	read_look(d, &look);
	diff_write(&out, d->cli->arena, sides, &look);
	struct str text = str_trim(buf_str(&out));
	cli_write(d->cli, text.ptr ? text.ptr : "", text.len);
	cli_write(d->cli, "\n", 1);
	buf_release(&out);
}

static int compare(struct differ *d, const char *const words[2], struct err *err)
{
	const char *specs[2] = {words[0], words[1]};
	struct diff_source from = {d->cli, &d->net, d->top, d->patterns, d->n_patterns};
	struct diff_side old, new;
	if (find_specs(d, specs, err) < 0 || diff_side_load(&from, specs[0], &old, err) < 0 ||
	    diff_side_load(&from, specs[1], &new, err) < 0)
		return -1;
	print(d, (const struct diff_side *[]){&old, &new});
	return 0;
}

static int compare_workspaces(struct differ *d, const char *const words[2], struct err *err)
{
	struct map *chosen = cli_workspace_paths(d->cli, config_bool(d->cli->config, "include-workspace-root"), err);
	for (struct map_entry *e = chosen ? map_first(chosen) : NULL; e; e = map_next(chosen, e)) {
		d->prefix = d->top = e->value;
		d->tree = NULL;
		if (compare(d, words, err) < 0)
			return -1;
	}
	return chosen ? 0 : -1;
}

int cmd_diff(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct differ d = {.cli = cli, .prefix = cli_prefix(cli), .patterns = argv, .n_patterns = argc};
	size_t n, given = 0;
	const char *const *all = config_list(cli->config, "diff", &n);
	const char *words[2] = {NULL, NULL};
	for (size_t i = 0; i < n; i++) {
		if (!*all[i])
			continue;
		if (given == 2)
			return cli_usage_error(cli, err, "Can't use more than two --diff arguments.");
		words[given++] = all[i];
	}
	d.top = cli_is_global(cli) ? path_dir(cli->arena, cli_dir(cli)) : d.prefix;
	if (online_open(cli, 0, &d.net, err) < 0)
		return -1;
	int rc = cli->in_workspaces ? compare_workspaces(&d, words, err) : compare(&d, words, err);
	online_close(&d.net);
	return rc;
}
