/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/project_opts.h"
#include "cli/runs.h"
#include "install/actual.h"
#include "install/project.h"
#include "resolver/explain.h"
#include "resolver/inventory.h"
#include "resolver/name.h"
#include "resolver/range.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

#include <string.h>

static void add_once(struct vec *v, struct node *n)
{
	if (vec_find(v, n) < 0)
		vec_add(v, n);
}

static void find_by_name(struct tree *t, const char *name, struct vec *out)
{
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i))
		if (streq(node_package_name(i->value), name))
			vec_add(out, i->value);
}

static const char *without_slashes(struct arena *a, const char *s)
{
	size_t len = strlen(s);
	while (len && s[len - 1] == '/')
		len--;
	return arena_strndup(a, s, len);
}

/* A place: as in a lockfile, or a path. */
static struct node *find_place(struct cli *cli, struct tree *t, const char *arg)
{
	const char *location = without_slashes(cli->arena, arg);
	struct node *n = inventory_find(t->root, location);
	if (n)
		return n;
	const char *path = path_resolve(cli->arena, cli->cwd, location);
	return inventory_find(t->root, path_relative(cli->arena, cli_prefix(cli), path));
}

static void find_by_version(struct cli *cli, struct tree *t, const char *arg, struct vec *out)
{
	struct err ignored = ERR_INIT;
	const struct spec *s = spec_parse(cli->arena, arg, cli_prefix(cli), &ignored);
	if (!s || (s->type != SPEC_VERSION && s->type != SPEC_RANGE))
		return;
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;
		if (streq(node_package_name(n), s->name) && semver_satisfies(node_version(n), s->raw_spec, 0))
			vec_add(out, n);
	}
}

static void find_nodes(struct cli *cli, struct tree *t, const char *arg, struct vec *out)
{
	struct node *n;
	if (name_is_valid(arg))
		find_by_name(t, arg, out);
	else if ((n = find_place(cli, t, arg)))
		vec_add(out, n);
	else
		find_by_version(cli, t, arg, out);
}

/* Nodes to be looked at when workspaces are chosen or left out; empty: all. */
static int find_scope(struct cli *cli, struct tree *t, struct vec *scope, struct err *err)
{
	if (config_is_false(cli->config, "workspaces")) {
		root_dep_set(t, scope);
		return 0;
	}
	return cli_chosen_deps(cli, t, false, scope, err) < 0 ? -1 : 0;
}

static struct json *explanation(struct arena *a, struct node *n)
{
	struct json *e = node_explain(n, NULL);
	if (n->flags.extraneous) {
		json_put_bool(a, e, "extraneous", true);
		return e;
	}
	json_put_bool(a, e, "dev", n->flags.dev);
	json_put_bool(a, e, "optional", n->flags.optional);
	json_put_bool(a, e, "devOptional", n->flags.dev_optional);
	json_put_bool(a, e, "peer", n->flags.peer);
	json_put_bool(a, e, "bundled", node_in_bundle(n));
	json_put_bool(a, e, "overridden", node_overridden(n));
	return e;
}

static void print(struct cli *cli, const struct vec *nodes)
{
	struct json *list = json_array(cli->arena);
	struct buf b = BUF_INIT(FS_MAX_FILE);
	for (size_t i = 0; i < nodes->count; i++)
		json_add(cli->arena, list, explanation(cli->arena, nodes->items[i]));
	if (cli_is_json(cli)) {
		cli_json(cli, list);
		return;
	}
	for (size_t i = 0; i < nodes->count; i++) {
		if (i)
			buf_adds(&b, "\n\n");
		explain_node_text(&b, cli->arena, json_at(list, (uint32_t)i), EXPLAIN_ALL);
	}
	buf_addc(&b, '\n');
	cli_write(cli, buf_text(&b), b.len);
	buf_release(&b);
}

static int nothing_found(int argc, char **argv, struct err *err)
{
	struct buf b = BUF_INIT(sizeof(err->text));
	for (int i = 0; i < argc; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", argv[i]);
	err_set(err, ERR_EGENERIC, "No dependencies found matching %s", buf_text(&b));
	buf_release(&b);
	return -1;
}

int cmd_explain(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct project p;
	struct vec nodes, scope;
	vec_init(&nodes, cli->arena);
	vec_init(&scope, cli->arena);
	if (argc == 0)
		return cli_usage_error(cli, err, "%s", "");
	if (cli_project(cli, false, &p, err) < 0)
		return -1;
	struct tree *t = actual_load(cli->arena, &p, &(struct actual_options){0}, err);
	if (!t || find_scope(cli, t, &scope, err) < 0)
		return -1;
	for (int i = 0; i < argc; i++) {
		struct vec found;
		vec_init(&found, cli->arena);
		find_nodes(cli, t, argv[i], &found);
		for (size_t n = 0; n < found.count; n++)
			if (!scope.count || vec_find(&scope, found.items[n]) >= 0)
				add_once(&nodes, found.items[n]);
	}
	if (!nodes.count)
		return nothing_found(argc, argv, err);
	print(cli, &nodes);
	return 0;
}
