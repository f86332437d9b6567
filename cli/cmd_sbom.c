/* SPDX-License-Identifier: MIT
 *
 * sbom: what a project is made of, for machines.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/project_opts.h"
#include "cli/runs.h"
#include "cli/sbom.h"
#include "install/actual.h"
#include "install/project.h"
#include "resolver/collate.h"
#include "resolver/selector.h"
#include "resolver/tree.h"

static struct tree *load(struct cli *cli, bool lock_only, struct err *err)
{
	struct err no_lock = ERR_INIT;
	struct project p;
	if (cli_project(cli, false, &p, err) < 0)
		return NULL;
	if (!lock_only)
		return actual_load(cli->arena, &p, &(struct actual_options){.force_disk = true}, err);
	struct tree *t = project_virtual(cli->arena, &p, false, &no_lock);
	if (!t)
		cli_usage_error(cli, err, "A package-lock.json file is required in package-lock-only mode");
	return t;
}

/* As npm asks for it: the root, and all that is needed but for what is omitted. */
static const char *selector_text(struct cli *cli, const struct vec *workspaces)
{
	struct arena *a = cli->arena;
	const char *omits = "", *text = ":root";
	for (const char *const *o = config_omit(cli->config); *o; o++)
		omits = arena_printf(a, "%s:not(.%s)", omits, *o);
	if (config_is_false(cli->config, "workspaces"))
		return arena_printf(a, ":root,:root > :not(.workspace)%s,:root > :not(.workspace) *%s,:extraneous", omits, omits);
	if (!workspaces->count)
		return arena_printf(a, ":root,:root *%s,:extraneous", omits);
	for (size_t i = 0; i < workspaces->count; i++) {
		const char *name = VEC_AT(workspaces, struct node, i)->name;
		text = arena_printf(a, "%s,#%s,#%s *%s", text, name, name, omits);
	}
	return text;
}

static int by_location(const void *a, const void *b, UNUSED void *ctx)
{
	return collate_compare(((const struct node *)a)->location, ((const struct node *)b)->location);
}

static int select_nodes(struct cli *cli, struct tree *t, struct vec *out, struct err *err)
{
	struct vec names, workspaces;
	vec_init(&names, cli->arena);
	vec_init(&workspaces, cli->arena);
	vec_init(out, cli->arena);
	if (cli_chosen(cli, &names, err) < 0)
		return -1;
	if (names.count)
		cli_workspace_nodes(cli, t, &names, &workspaces);
	struct selector *s = selector_parse(cli->arena, selector_text(cli, &workspaces), err);
	struct selector_run run = {.arena = cli->arena, .target = node_target(t->root), .cwd = cli->cwd};
	if (!s || selector_run(&run, s, out, err) < 0)
		return -1;
	vec_sort(out, by_location, NULL);
	return 0;
}

/* ---- what makes a bill impossible ---- */

static void add_problem(struct cli *cli, struct map *problems, const char *text)
{
	if (!map_has(problems, text))
		map_put(problems, text, cli);
}

static void find_problems(struct cli *cli, struct node *n, struct map *problems)
{
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
		struct edge *e = i->value;
		enum edge_error error = edge_error(e);
		if (error == EDGE_MISSING && !edge_is_optional(e))
			add_problem(cli, problems, arena_printf(cli->arena, "missing: %s@%s, required by %s", e->name, edge_spec(e), node_id(n)));
		if (error == EDGE_INVALID && e->to)
			add_problem(cli, problems, arena_printf(cli->arena, "invalid: %s, %s required by %s", node_id(e->to),
								 *edge_spec(e) ? edge_spec(e) : "*", node_id(n)));
	}
}

static int check(struct cli *cli, const struct vec *nodes, struct err *err)
{
	const char *text = NULL;
	struct map problems;
	map_init(&problems, cli->arena);
	for (size_t i = 0; i < nodes->count; i++)
		find_problems(cli, nodes->items[i], &problems);
	for (struct map_entry *e = map_first(&problems); e; e = map_next(&problems, e))
		text = text ? arena_printf(cli->arena, "%s\n%s", text, e->key) : e->key;
	return text ? err_set_as(err, "ESBOMPROBLEMS", "%s", text) : 0;
}

int cmd_sbom(struct cli *cli, int argc, char **argv, struct err *err)
{
	const char *format = config_text(cli->config, "sbom-format");
	struct sbom b = {
		.arena = cli->arena,
		.type = config_text(cli->config, "sbom-type"),
		.lock_only = config_bool(cli->config, "package-lock-only"),
	};
	struct buf out = BUF_INIT(FS_MAX_FILE);
	struct vec nodes;
	(void)argc;
	(void)argv;
	if (!format)
		return cli_usage_error(cli, err, "Must specify --sbom-format flag with one of: cyclonedx, spdx.");
	struct tree *t = load(cli, b.lock_only, err);
	if (!t || select_nodes(cli, t, &nodes, err) < 0 || check(cli, &nodes, err) < 0)
		return -1;
	b.nodes = &nodes;
	b.root = node_target(t->root);
	json_format(&out, streq(format, "spdx") ? sbom_spdx(&b) : sbom_cyclonedx(&b), "  ");
	buf_addc(&out, '\n');
	cli_write(cli, buf_text(&out), out.len);
	buf_release(&out);
	return 0;
}
