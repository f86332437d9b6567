/* SPDX-License-Identifier: MIT */
#include "cli/cache_add.h"

#include "cli/cli.h"
#include "cli/package_fetch.h"

int cache_add(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct package_fetch x;
	int bad;

	if (!argc)
		return cli_usage_error(cli, err, "First argument to `add` is required");
	if (package_fetch_open(cli, &x, err) < 0)
		return -1;
	for (int i = 0; i < argc; i++)
		package_fetch_word(&x, argv[i]);
	bad = package_fetch_finish(&x, err);
	package_fetch_close(&x);
	return bad;
}
