/* SPDX-License-Identifier: MIT
 *
 * bin, prefix, root: where things are.
 */
#include "cli/cli.h"
#include "cli/runs.h"

int cmd_bin(struct cli *cli, int argc, char **argv, struct err *err)
{
	(void)argc, (void)argv, (void)err;
	cli_print(cli, "%s", cli_bin(cli));
	return 0;
}

int cmd_prefix(struct cli *cli, int argc, char **argv, struct err *err)
{
	(void)argc, (void)argv, (void)err;
	cli_print(cli, "%s", cli_prefix(cli));
	return 0;
}

int cmd_root(struct cli *cli, int argc, char **argv, struct err *err)
{
	(void)argc, (void)argv, (void)err;
	cli_print(cli, "%s", cli_dir(cli));
	return 0;
}
