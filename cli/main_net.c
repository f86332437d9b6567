/* SPDX-License-Identifier: MIT */
#include <locale.h>

#include "cli/cli.h"
#include "cli/command.h"
#include "cli/runtimes.h"

int main(int argc, char **argv)
{
	/* libarchive gives no names that are not ASCII without it. */
	setlocale(LC_CTYPE, "C.UTF-8");
	runtimes_set_fetch(runtimes_get);
	return cli_main(argc, argv, runs_net, runs_local);
}
