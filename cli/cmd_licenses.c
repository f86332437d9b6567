/* SPDX-License-Identifier: MIT
 *
 * licenses: what is installed, by license.
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/licenses.h"
#include "cli/project_opts.h"
#include "cli/render.h"
#include "cli/runs.h"
#include "install/actual.h"
#include "install/project.h"
#include "resolver/tree.h"

static void print(struct cli *cli, const struct vec *found)
{
	struct buf out = BUF_INIT(FS_MAX_FILE);
	if (cli_is_json(cli)) {
		cli_json(cli, licenses_json(cli->arena, found));
		return;
	}
	if (!found->count) {
		cli_print(cli, "No licenses in packages found");
		return;
	}
	licenses_table(&out, found, config_bool(cli->config, "long"));
	const char *text = render_clean(cli->arena, buf_text(&out));
	cli_write(cli, text, strlen(text));
	buf_release(&out);
}

int cmd_licenses(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct vec found, only;
	struct project p;
	if (argc && !streq(argv[0], "ls") && !streq(argv[0], "list"))
		return cli_usage_error(cli, err, "licenses: ls is all there is");
	if (cli_project(cli, false, &p, err) < 0)
		return -1;
	struct tree *t = actual_load(cli->arena, &p, &(struct actual_options){.force_disk = true}, err);
	vec_init(&only, cli->arena);
	if (!t || cli_chosen_deps(cli, t, config_bool(cli->config, "include-workspace-root"), &only, err) < 0)
		return -1;
	vec_init(&found, cli->arena);
	licenses_find(cli->arena, t, cli_omit(cli) | (config_bool(cli->config, "prod") ? OMIT_DEV : 0), &only, &found);
	print(cli, &found);
	return 0;
}
