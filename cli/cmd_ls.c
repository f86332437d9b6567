/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/listing.h"
#include "cli/project_opts.h"
#include "cli/runs.h"
#include "install/actual.h"
#include "install/project.h"
#include "resolver/tree.h"

/* The tree the command is about; peers are always looked at, however they were installed. */
static struct tree *load(struct cli *cli, struct project *p, struct err *err)
{
	if (cli_project(cli, true, p, err) < 0)
		return NULL;
	if (!fs_exists(p->options.path)) {
		err_set(err, ERR_ENOENT, "ENOENT: no such file or directory, lstat '%s'", p->options.path);
		err->status = 254;
		return NULL;
	}
	p->options.legacy_peer_deps = false;
	if (config_bool(cli->config, "package-lock-only"))
		return project_virtual(cli->arena, p, false, err);
	return actual_load(cli->arena, p, &(struct actual_options){0}, err);
}

static void read_options(struct cli *cli, struct listing_options *o, int argc, char **argv)
{
	*o = (struct listing_options){
		.all = config_bool(cli->config, "all"),
		.long_form = config_bool(cli->config, "long"),
		.link = config_bool(cli->config, "link"),
		.global = cli_is_global(cli),
		.depth = -1,
		.omit = cli_omit(cli),
		.linked = streq(config_install_strategy(cli->config), "linked"),
		.args = argv,
		.n_args = argc,
		.cwd = cli->cwd,
		.workspaces_off = config_is_false(cli->config, "workspaces"),
		.with_root = config_bool(cli->config, "include-workspace-root"),
	};
	double depth = config_number(cli->config, "depth", -1);
	if (depth >= 0)
		o->depth = depth > 1e6 ? 1000000 : (int)depth;
}

static void print(struct cli *cli, const struct listing *l)
{
	bool paths = config_bool(cli->config, "parseable");
	struct buf b = BUF_INIT(FS_MAX_FILE);
	if (cli_is_json(cli)) {
		cli_json(cli, listing_json(l));
		return;
	}
	if (paths)
		listing_paths(&b, l);
	else
		listing_draw(&b, l, config_bool(cli->config, "unicode"));
	buf_addc(&b, '\n');
	cli_write(cli, buf_text(&b), b.len);
	buf_release(&b);
}

static int report(struct cli *cli, const struct listing *l, const struct project *p, struct err *err)
{
	bool paths = config_bool(cli->config, "parseable") && !cli_is_json(cli);
	if (!paths && !l->root->kept && l->o->n_args)
		cli->status = 1;
	if (p->package_error && p->package_error->code == ERR_EJSONPARSE)
		return err_set(err, ERR_EJSONPARSE, "Failed to parse root package.json");
	if (!listing_has_problems(l))
		return 0;
	struct buf b = BUF_INIT(sizeof(err->text));
	for (size_t i = 0; i < l->problems.count; i++)
		buf_printf(&b, "%s%s", i ? "\n" : "", VEC_AT(&l->problems, char, i));
	err_set(err, ERR_ELSPROBLEMS, "%s", buf_text(&b));
	buf_release(&b);
	return -1;
}

int cmd_ls(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct project p;
	struct listing_options o;
	struct listing l;
	struct vec names, chosen;
	struct tree *t = load(cli, &p, err);
	vec_init(&names, cli->arena);
	vec_init(&chosen, cli->arena);
	if (!t || cli_chosen(cli, &names, err) < 0)
		return -1;
	read_options(cli, &o, argc, argv);
	if (names.count)
		cli_workspace_nodes(cli, t, &names, &chosen);
	o.only = &chosen;
	o.broken = p.package_error && p.package_error->code == ERR_EJSONPARSE ? p.options.path : NULL;
	if (listing_make(cli->arena, t, &o, &l, err) < 0)
		return -1;
	print(cli, &l);
	return report(cli, &l, &p, err);
}

int cmd_ll(struct cli *cli, int argc, char **argv, struct err *err)
{
	config_set(cli->config, "long", json_bool(cli->arena, true), CONFIG_CLI);
	return cmd_ls(cli, argc, argv, err);
}
