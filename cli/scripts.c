/* SPDX-License-Identifier: MIT */
#include "cli/scripts.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/proc.h"
#include "base/report.h"
#include "base/terminal.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/render.h"
#include "cli/runtimes.h"
#include "cli/settings_scripts.h"
#include "runtime/script.h"

int cli_script_settings(struct cli *cli, struct script *s, struct err *err)
{
	const struct runtime_choice *c = cli_runtime(cli, s->dir, CHOICE_GET, err);

	if (!c)
		return -1;
	s->env = settings_env(cli, &c->runtime);
	render_flush(cli->render);	/* it is decided that this program runs it */
	s->shims = c->runtime.shims;
	s->shell = config_text(cli->config, "script-shell");
	s->reporter = cli->reporter;
	return 0;
}

int cli_script_run(struct cli *cli, const struct script *s, bool last, struct err *err)
{
	struct proc_result result;

	report_pause(cli->reporter);
	/* On a terminal somebody has to stay who puts it back. */
	if (last && !cli->render->timing && !cli->output && !terminal_is_ours())
		return script_become(cli->arena, s, err);
	if (script_run(cli->arena, s, &result, err))
		return -1;
	if (result.signal)
		proc_raise(result.signal);
	cli->status = result.code;
	return 0;
}
