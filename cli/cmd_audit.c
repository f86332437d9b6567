/* SPDX-License-Identifier: MIT
 *
 * audit: what is known against the packages of the lockfile; `fix` replaces them, `signatures` checks who published them.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/audit_report.h"
#include "cli/audit_signatures.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/inspect.h"
#include "cli/online.h"
#include "cli/paint.h"
#include "cli/perform.h"
#include "cli/project_opts.h"
#include "cli/render.h"
#include "cli/runs.h"
#include "cli/settings_audit.h"
#include "cli/settings_install.h"
#include "install/actual.h"
#include "install/install.h"
#include "install/project.h"
#include "resolver/audit.h"
#include "resolver/depset.h"
#include "resolver/tree.h"

#define BULK "/-/npm/v1/security/advisories/bulk"
#define MAX_ANSWER ((size_t)256 << 20)
#define MAX_QUESTION ((size_t)64 << 20)

struct auditor {
	struct cli *cli;
	struct online net;
	struct audit_options *options;
	struct map packuments;		/* name to struct packument; NULL: the registry has none */
	struct map asked;
	struct vec only;
	struct registry_answer answer;
};

/* ---- the tree ---- */

static int choose(struct auditor *x, struct tree *t, struct err *err)
{
	int chosen = cli_chosen_deps(x->cli, t, config_bool(x->cli->config, "include-workspace-root"), &x->only, err);
	if (chosen < 0)
		return -1;
	if (!chosen && config_is_false(x->cli->config, "workspaces"))
		root_dep_set(t, &x->only);
	x->options->only = &x->only;
	return 0;
}

static struct tree *load(struct auditor *x, struct err *err)
{
	struct cli *cli = x->cli;
	struct project p;
	struct tree *t;
	if (cli_project(cli, false, &p, err) < 0)
		return NULL;
	if (config_package_lock(cli->config)) {
		t = project_virtual(cli->arena, &p, false, err);
		if (!t && err->code == ERR_ENOLOCK)
			err_note(err, "This command requires an existing lockfile.\n"
				      "Try creating one first with: lode i --package-lock-only");
	} else {
		t = actual_load(cli->arena, &p, &(struct actual_options){0}, err);
	}
	return t && choose(x, t, err) == 0 ? t : NULL;
}

/* ---- asking ---- */

static void came(void *ctx, const char *name, const struct packument *p, UNUSED const struct err *err)
{
	struct auditor *x = ctx;
	map_put(&x->packuments, arena_strdup(x->cli->arena, name), (void *)p);
}

static void expect(void *ctx, const struct vec *names)
{
	struct auditor *x = ctx;
	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i];
		if (map_has(&x->asked, name))
			continue;
		map_put(&x->asked, arena_strdup(x->cli->arena, name), x);
		registry_packument(x->net.reg, &(struct packument_wish){
			.name = name, .full = x->options->before_text, .done = came, .ctx = x,
		});
	}
	while (registry_poll(x->net.reg, 1000) > 0)
		;
}

static const struct packument *packument(void *ctx, const char *name)
{
	struct auditor *x = ctx;
	struct vec one;
	if (!map_has(&x->asked, name)) {
		vec_init(&one, x->cli->arena);
		vec_add(&one, (void *)name);
		expect(x, &one);
	}
	return map_find(&x->packuments, name);
}

/* What the registry says, or why not, for the person who asked. */
static int tell_failure(struct auditor *x, struct err *err)
{
	struct cli *cli = x->cli;
	struct err no_json = ERR_INIT;
	struct json *body = json_parse(cli->arena, x->answer.body, "the answer", &no_json);
	if (!body)
		body = json_string(cli->arena, str_dup(cli->arena, x->answer.body));
	report_warn(cli->reporter, "audit", "%s", err->text);
	if (cli_is_json(cli)) {
		struct json *out = json_object(cli->arena);
		json_put_text(cli->arena, out, "message", err->text);
		json_put_text(cli->arena, out, "method", "POST");
		json_put_text(cli->arena, out, "uri", arena_printf(cli->arena, "%s%s", x->net.options.registry, &BULK[1]));
		if (x->answer.status)
			json_put(cli->arena, out, "statusCode", json_number(cli->arena, x->answer.status));
		if (x->answer.status)
			json_put(cli->arena, out, "body", body);
		cli_json(cli, out);
	} else if (x->answer.status) {
		cli_print(cli, "%s", json_text(body) ? json_text(body) : inspect(cli->arena, body, 2));
	}
	err_clear(err);
	err_set(err, ERR_EGENERIC, "audit endpoint returned an error");
	if (x->answer.status == 404 || x->answer.status == 405 || x->answer.status == 501)
		err_note(err, "This registry does not seem to know audits: `--registry` may name another one for this command.");
	return -1;
}

static struct json *ask(struct auditor *x, const struct json *question, struct err *err)
{
	struct buf text = BUF_INIT(MAX_QUESTION);
	struct json *out = NULL;
	if (x->net.options.freshness == FRESH_OFFLINE) {
		report_warn(x->cli->reporter, "audit", "lode is offline: nobody was asked");
		return json_object(x->cli->arena);
	}
	if (!question->count)
		return json_object(x->cli->arena);
	json_format(&text, question, NULL);
	struct registry_request rq = {.path = BULK, .method = "POST", .content = buf_str(&text), .max_body = MAX_ANSWER};
	if (registry_ask(x->net.reg, &rq, x->cli->arena, &x->answer, err) == 0)
		out = x->answer.body.len ? json_parse(x->cli->arena, x->answer.body, "the registry's advisories", err)
					 : json_object(x->cli->arena);
	buf_release(&text);
	if (!out)
		tell_failure(x, err);
	return out;
}

static struct audit *make(struct auditor *x, struct err *err)
{
	struct audit_feed feed = {expect, packument, x};
	struct tree *t = load(x, err);
	struct json *answer = t ? ask(x, audit_question(t, x->options), err) : NULL;
	struct audit *report = answer ? audit_make(t, x->options, answer, &feed) : NULL;
	if (report && report->ignored)
		report_notice(x->cli->reporter, "audit", "%zu advisor%s passed over, by lode.audit.ignore in package.json",
			      report->ignored, report->ignored == 1 ? "y is" : "ies are");
	return report;
}

/* ---- report and fix ---- */

static void show(struct cli *cli, struct audit *report)
{
	struct json *document = audit_json(report);
	const char *level = config_text(cli->config, "audit-level");
	struct paint p = paint_for(cli);
	if (audit_is_bad(document, level ? level : "low"))
		cli->status = 1;
	if (cli_is_json(cli))
		cli_json(cli, document);
	else
		cli_print(cli, "%s", render_clean(cli->arena, audit_details(document, &p)));
}

/* A fix that the release age keeps out must not be missed. */
static void tell_blocked(struct cli *cli, const struct audit *report)
{
	const char *names = "";
	unsigned n = 0;
	for (struct map_entry *i = map_first(&report->vulns); i; i = map_next(&report->vulns, i)) {
		const struct audit_vuln *v = i->value;
		if (!v->blocked_version)
			continue;
		names = arena_printf(cli->arena, "%s%s%s", names, n++ ? ", " : "", v->name);
	}
	if (!n)
		return;
	report_warn(cli->reporter, "audit",
		    "%u package(s) left at a vulnerable version because a fix is newer than the release-age cutoff: %s.\n"
		    "Add the package to min-release-age-exclude, or relax min-release-age or before, to install the fix.",
		    n, names);
	cli->status = 1;
}

static int fix(struct auditor *x, struct audit *report, struct err *err)
{
	struct install_options o;
	if (settings_install(x->cli, &o, err) < 0)
		return -1;
	o.ideal.audit = report;
	o.audit = settings_audit(x->cli);
	if (perform_install(x->cli, &o, 0, err) < 0)
		return -1;
	tell_blocked(x->cli, report);
	return 0;
}

static int audit_advisories(struct auditor *x, bool fixing, struct err *err)
{
	if (cli_is_global(x->cli))
		return err_set_as(err, "EAUDITGLOBAL", "`lode audit` does not support testing globals");
	if (fixing && !config_package_lock(x->cli->config))
		return cli_usage_error(x->cli, err, "fix cannot be used without a package-lock");
	struct audit *report = make(x, err);
	if (!report)
		return -1;
	if (fixing)
		return fix(x, report, err);
	show(x->cli, report);
	return 0;
}

static int check_signatures(struct auditor *x, struct err *err)
{
	struct project p;
	if (cli_is_global(x->cli))
		return err_set_as(err, "EAUDITGLOBAL", "`lode audit signatures` does not support global packages");
	if (cli_project(x->cli, false, &p, err) < 0)
		return -1;
	struct tree *t = actual_load(x->cli->arena, &p, &(struct actual_options){0}, err);
	if (!t || choose(x, t, err) < 0)
		return -1;
	return audit_signatures(x->cli, t, &x->only, err);
}

int cmd_audit(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct auditor x = {.cli = cli, .options = settings_audit(cli)};
	map_init(&x.packuments, cli->arena);
	map_init(&x.asked, cli->arena);
	vec_init(&x.only, cli->arena);
	if (argc && streq(argv[0], "signatures"))
		return check_signatures(&x, err);
	if (online_open(cli, 0, &x.net, err) < 0)
		return -1;
	int rc = audit_advisories(&x, argc && streq(argv[0], "fix"), err);
	online_close(&x.net);
	return rc;
}
