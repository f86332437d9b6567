/* SPDX-License-Identifier: MIT
 *
 * node: `lode app.js …`, `lode -e …`, `lode node …`: the bundled runtime in lode's place.
 */
#include "base/arena.h"
#include "base/err.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/runs.h"
#include "runtime/node.h"

#include <stdio.h>

int cmd_node(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct runtime rt;

	(void)argc;
	if (runtime_find(cli->arena, &rt, err))
		return -1;
	fflush(NULL);
	return runtime_exec(cli->arena, &rt, config_cache(cli->config), (const char *const *)argv, err);
}
