/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/browse.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/fund.h"
#include "cli/fund_page.h"
#include "cli/project_opts.h"
#include "cli/render.h"
#include "cli/runs.h"
#include "install/actual.h"
#include "install/project.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/semver.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

/* npm prints these words with its own name; whoever reads them in a script looks for that. */
#define HINT "Run `npm fund [<package-spec>] --which=1`, for example, to open the first funding URL listed in that package"

static struct tree *load(struct cli *cli, struct err *err)
{
	struct project p;
	if (cli_project(cli, false, &p, err) < 0)
		return NULL;
	return actual_load(cli->arena, &p, &(struct actual_options){0}, err);
}

/* ---- all of them ---- */

static int show_tree(struct cli *cli, struct tree *t, struct err *err)
{
	struct vec only;
	vec_init(&only, cli->arena);
	if (cli_chosen_deps(cli, t, false, &only, err) < 0)
		return -1;
	struct json *tree = fund_read(cli->arena, node_target(t->root), &only);
	if (cli_is_json(cli)) {
		cli_json(cli, tree);
		return 0;
	}
	struct fund_look look = {
		.unicode = config_bool(cli->config, "unicode"),
		.color = render_wants_color(cli->config, cli->render->out),
	};
	struct buf b = BUF_INIT(FS_MAX_FILE);
	fund_draw(&b, cli->arena, tree, &look);
	buf_addc(&b, '\n');
	cli_write(cli, buf_text(&b), b.len);
	buf_release(&b);
	return 0;
}

/* ---- one package's page ---- */

static struct node *find_by_path(const struct tree *t, const char *path)
{
	struct node *root = node_target(t->root);
	if (streq(root->path, path))
		return root;
	for (struct map_entry *i = inventory_first(root); i; i = inventory_next(root, i))
		if (streq(((struct node *)i->value)->path, path))
			return i->value;
	return NULL;
}

/* The newest of a name. */
static struct node *find_by_name(const struct tree *t, const char *name)
{
	const struct vec *all = name ? inventory_named(t->root, name) : NULL;
	struct node *best = NULL;
	for (size_t i = 0; all && i < all->count; i++) {
		struct node *n = all->items[i];
		if (!semver_valid(str_from(node_version(n)), 0))
			continue;
		if (!best || semver_compare_text(node_version(n), node_version(best), 0) > 0)
			best = n;
	}
	return best;
}

static const char *title_of(struct arena *a, const struct json *way)
{
	const char *type = json_find_text(way, "type");
	return arena_printf(a, "%s available at the following URL",
			    type && *type ? arena_printf(a, "%s funding", type) : "Funding");
}

/* Text, with --json too: so npm. */
static void list_ways(struct cli *cli, const struct vec *ways, double which)
{
	struct buf b = BUF_INIT(FS_MAX_FILE);
	if (which >= 1)
		buf_printf(&b, "--which=%.0f is not a valid index\n", which);
	for (size_t i = 0; i < ways->count; i++)
		buf_printf(&b, "%zu: %s: %s\n", i + 1, title_of(cli->arena, ways->items[i]),
			   json_find_text(ways->items[i], "url"));
	buf_adds(&b, HINT "\n");
	cli_write(cli, buf_text(&b), b.len);
	buf_release(&b);
}

int fund_open_page(struct cli *cli, const struct json *package, const char *what, struct err *err)
{
	double which = config_number(cli->config, "which", 0);
	const struct json *way = NULL;
	struct vec ways;
	vec_init(&ways, cli->arena);
	fund_ways(cli->arena, json_find(package, "funding"), &ways);
	if (!ways.count)
		return err_set_as(err, "ENOFUND", "No valid funding method available for: %s", what);
	if (which >= 1 && which <= (double)ways.count)
		way = ways.items[(size_t)which - 1];
	else if (which < 1 && ways.count == 1)
		way = ways.items[0];
	if (way)
		return browse(cli, json_find_text(way, "url"), title_of(cli->arena, way), err);
	list_ways(cli, &ways, which);
	return 0;
}

static int show_page(struct cli *cli, const struct tree *t, const char *what, struct err *err)
{
	const struct spec *s = spec_parse(cli->arena, what, cli_prefix(cli), err);
	if (!s)
		return -1;
	const struct node *n = s->type == SPEC_DIRECTORY ? find_by_path(t, s->fetch_spec) : find_by_name(t, s->name);
	if (!n)
		return RUN_HAND_OVER;
	return fund_open_page(cli, n->manifest->raw, what, err);
}

int cmd_fund(struct cli *cli, int argc, char **argv, struct err *err)
{
	const struct json *which = config_get(cli->config, "which");
	if (json_is(which, JSON_NUMBER) && !(which->number >= 1))
		return err_set_as(err, "EFUNDNUMBER",
				  "`lode fund [<package-spec>] --which=fundingSourceNumber` must be given a positive integer");
	if (cli_is_global(cli))
		return err_set_as(err, "EFUNDGLOBAL", "`lode fund` does not support global packages");
	struct tree *t = load(cli, err);
	if (!t)
		return -1;
	return argc ? show_page(cli, t, argv[0], err) : show_tree(cli, t, err);
}
