/* SPDX-License-Identifier: MIT
 *
 * node: `lode app.js …`, `lode -e …`, `lode node …`: the project's runtime in lode's place.
 */
#include "base/arena.h"
#include "base/err.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/render.h"
#include "cli/runs.h"
#include "cli/runtimes.h"

#include <stdio.h>

int cmd_node(struct cli *cli, int argc, char **argv, struct err *err)
{
	const struct runtime_choice *c = cli_runtime(cli, cli->cwd, CHOICE_GET, err);

	(void)argc;
	if (!c || runtime_check(cli->arena, &c->runtime, err))
		return -1;
	render_flush(cli->render);
	fflush(NULL);
	return runtime_exec(cli->arena, &c->runtime, config_cache(cli->config), (const char *const *)argv, err);
}
