/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/runtimes.h"

int main(int argc, char **argv)
{
	runtimes_set_fetch(runtimes_get);
	return cli_main(argc, argv, runs_net, runs_local);
}
