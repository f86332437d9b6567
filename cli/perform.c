/* SPDX-License-Identifier: MIT */
#include "cli/perform.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "cli/audit_signatures.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/own_scripts.h"
#include "cli/release_age.h"
#include "cli/settings_audit.h"
#include "cli/runtimes.h"
#include "cli/standing.h"
#include "cli/summary.h"
#include "install/install.h"
#include "resolver/explain.h"

#define MAX_REPORT ((size_t)1 << 20)
#define EXPLAIN_DEPTH 4

/* npm's words about who cannot live with whom. */
static void explain_conflict(struct cli *cli, const struct json *explanation)
{
	struct buf out = BUF_INIT(MAX_REPORT);

	if (explanation)
		eresolve_report(&out, cli->arena, explanation, EXPLAIN_DEPTH);
	if (out.len)
		cli->error_detail = arena_printf(cli->arena, "\n%s", buf_text(&out));
	buf_release(&out);
}

/* What the settings ask of everything that is to be installed, and not only of what is chosen anew. */
static int check_resolved(void *ctx, const struct tree *ideal, struct err *err)
{
	struct cli *cli = ctx;

	if (config_bool(cli->config, "min-release-age-lockfile") && release_age_check(cli, ideal, err) < 0)
		return -1;
	return config_bool(cli->config, "verify-signatures") ? audit_signatures_first(cli, ideal, err) : 0;
}

static void set_checks(struct cli *cli, struct install_options *o, unsigned flags)
{
	/* Globally npm asks about nothing. */
	if (o->project.global)
		return;
	o->resolved = check_resolved;
	o->resolved_ctx = cli;
	if (config_bool(cli->config, "audit") && !(flags & (PERFORM_QUIET | PERFORM_UNAUDITED)) && !o->audit)
		o->audit = settings_audit(cli);
}

/* Does this install write down what it decided, the runtime too? */
static bool saves(const struct install_options *o)
{
	return !o->ci && !o->dry_run && !o->no_save && !o->no_lockfile;
}

int perform_install(struct cli *cli, struct install_options *o, unsigned flags, struct err *err)
{
	struct own_scripts scripts = {cli, o};
	bool own = flags & PERFORM_OWN;
	struct install_result result;
	struct standing standing;
	struct summary summary;
	bool stands = own && standing_begin(&standing, cli, o);

	if (own) {
		o->before = own_before;
		o->before_ctx = &scripts;
	}
	set_checks(cli, o, flags);
	o->standing = standing_key(cli, o);
	if (install_run(cli->arena, o, &result, err) < 0) {
		explain_conflict(cli, result.explanation);
		cli->wants_usage = err->code == ERR_EUSAGE;
		return -1;
	}
	summary_make(cli, &result, &summary);
	if (stands)
		standing_keep(&standing, &result, &summary);
	if (own && !o->dry_run && own_after(&scripts, err) < 0)
		return -1;
	if (saves(o) && runtimes_save(cli, err) < 0)
		return -1;
	if (flags & PERFORM_QUIET)
		return 0;
	summary_print(cli, &summary);
	return 0;
}
