/* SPDX-License-Identifier: MIT
 *
 * exec, as far as it gets without the network.
 */
#include "cli/exec.h"
#include "cli/runs.h"

int cmd_exec(struct cli *cli, int argc, char **argv, struct err *err)
{
	return exec_command(cli, argc, argv, exec_find, err);
}
