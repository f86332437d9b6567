/* SPDX-License-Identifier: MIT
 *
 * install, where there is nothing to do: lode says so itself, without the network rooms. And install and ci, where another project
 * was made of the same files.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/own_scripts.h"
#include "cli/render.h"
#include "cli/runs.h"
#include "cli/runtimes.h"
#include "cli/settings_install.h"
#include "cli/standing.h"
#include "cli/summary.h"
#include "install/install.h"
#include "install/uptodate.h"
#include "resolver/manifest.h"

/* A preinstall script may change what is to be installed: it has to run first, and lode-net does that. So it does where
 * there is no package.json. */
static bool has_preinstall(struct cli *cli, const struct install_options *o)
{
	struct err err = ERR_INIT;
	struct package_file package;

	return package_read(cli->arena, o->project.path, &package, &err) < 0 ||
	       json_find_text(json_find(package.manifest->raw, "scripts"), "preinstall");
}

static bool look(struct standing *s, struct summary *summary)
{
	struct install_result *result = ARENA_NEW(s->cli->arena, struct install_result);	/* the summary looks into it */

	if (has_preinstall(s->cli, s->options) || !uptodate(s->cli->arena, s->options, result))
		return false;
	summary_make(s->cli, result, summary);
	standing_keep(s, result, summary);
	return true;
}

static int conclude(struct cli *cli, const struct install_options *o, const struct summary *summary, struct err *err)
{
	render_flush(cli->render);	/* it is decided that this program does it */
	if (own_after(&(struct own_scripts){cli, o}, err) < 0)
		return -1;
	summary_print(cli, summary);
	return 0;
}

int cmd_uptodate(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct err unclear = ERR_INIT;
	struct install_options o;
	struct standing standing;
	struct summary summary;

	(void)argv;
	if (argc || settings_install(cli, &o, &unclear) < 0 || !standing_begin(&standing, cli, &o))
		return RUN_HAND_OVER;
	if (runtimes_are_due(cli) && !o.no_save && !o.dry_run && !o.no_lockfile)
		return RUN_HAND_OVER;
	if (!standing_recall(&standing, &summary) && !standing_lay(&standing, &summary) && !look(&standing, &summary))
		return RUN_HAND_OVER;
	return conclude(cli, &o, &summary, err);
}

int cmd_ci_laid(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct err unclear = ERR_INIT;
	struct install_options o;
	struct standing standing;
	struct summary summary;

	(void)argv;
	if (argc || cli_is_global(cli) || settings_ci(cli, &o, &unclear) < 0 || !standing_begin(&standing, cli, &o) ||
	    !standing_lay(&standing, &summary))
		return RUN_HAND_OVER;
	return conclude(cli, &o, &summary, err);
}
