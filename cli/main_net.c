/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"
#include "cli/command.h"

int main(int argc, char **argv)
{
	return cli_main(argc, argv, runs_net, runs_local);
}
