/* SPDX-License-Identifier: MIT
 *
 * What is checked before a command runs, as npm does it for every command.
 */
#include "cli/dispatch.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/engines.h"
#include "cli/filtering.h"
#include "cli/render.h"

/* -w and -ws, or a workspace's folder. */
static int check_workspaces(struct cli *cli, struct err *err)
{
	const struct config *c = cli->config;
	bool filter = cli_has_filter(cli);
	bool wanted = filter || config_bool(c, "workspaces") || *config_list(c, "workspace", NULL);
	bool implicit = json_count(config_get_at(c, "workspace", CONFIG_DEFAULT)) > 0;
	if (!wanted || (implicit && !filter && !(cli->command->flags & IN_WORKSPACE)))
		return 0;
	if (cli_is_global(cli))
		return err_set(err, ERR_EGENERIC, "Workspaces not supported for global packages");
	if (!(cli->command->flags & TAKES_WORKSPACES))
		return err_set(err, ERR_ENOWORKSPACES, "This command does not support workspaces.");
	cli->in_workspaces = true;
	return 0;
}

static int check_config(struct cli *cli, struct err *err)
{
	struct config *c = cli->config;
	if (!(cli->command->flags & ANY_CONFIG) && config_validate(c, err))
		return -1;
	if (config_is_false(c, "workspaces") && *config_list(c, "workspace", NULL))
		return err_set(err, ERR_EGENERIC, "Cannot use --no-workspaces and --workspace at the same time");
	return 0;
}

static int check_words(struct cli *cli, int argc, char **argv, struct err *err)
{
	const struct command *c = cli->command;
	if (!(c->flags & ANY_CONFIG) && config_check_unknown(cli->config, err)) {
		config_log_warnings(cli->config);
		return -1;
	}
	if (c->positionals >= 0 && argc > c->positionals)
		return cli_usage_error(cli, err, "Unknown positional argument: %s", argv[c->positionals]);
	config_log_warnings(cli->config);
	return 0;
}

/* lode's own function for a command of lode-net decides "nothing to do": until it has, nothing is written. */
static int run_or_hand_over(struct cli *cli, int argc, char **argv, struct err *err)
{
	command_run *run = cli_find_run(cli, cli->command->name);
	bool may_hand_over = !cli->is_net && cli->command->flags & NEEDS_NET;
	if (!run)
		return err_set(err, ERR_EUNKNOWNCOMMAND, "'%s' is not part of this program", cli->command->name);
	int64_t start = report_now();
	int rc = run(cli, argc, argv, err);
	report_span(cli->reporter, start, "command:%s", cli->command->name);
	if (rc == RUN_HAND_OVER && may_hand_over) {
		render_drop(cli->render);
		return cli_hand_over(cli, err);
	}
	return rc;
}

int cli_dispatch(struct cli *cli, int argc, char **argv, struct err *err)
{
	if (check_config(cli, err))
		return -1;
	if (config_bool(cli->config, "usage")) {
		const char *text = help_of_command(cli->arena, cli->command);
		cli_write(cli, text, strlen(text));
		cli_write(cli, "\n", 1);
		return 0;
	}
	if (check_workspaces(cli, err))
		return -1;
	if (cli->command->flags & CHECKS_ENGINES && !cli_is_global(cli) && engines_check(cli, err))
		return -1;
	if (check_words(cli, argc, argv, err))
		return -1;
	if (cli->in_workspaces && cli_has_filter(cli)) {
		bool none;
		int rc = cli_filter(cli, &none, err);
		if (rc || none)
			return rc;
	}
	return run_or_hand_over(cli, argc, argv, err);
}
