/* SPDX-License-Identifier: MIT
 *
 * deprecate and undeprecate: a message for whoever installs some versions.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/runs.h"
#include "resolver/range.h"
#include "resolver/semver.h"
#include "resolver/spec.h"

#define DOCUMENT_MAX ((size_t)512 << 20)

struct deprecation {
	struct cli *cli;
	const struct spec *spec;
	const struct range *range;
	const char *message;	/* "": no longer */
};

/* How many versions it is about. */
static size_t mark(const struct deprecation *d, struct json *doc)
{
	struct json *versions = json_find(doc, "versions");
	const char *name = json_find_text(doc, "name");
	struct semver v;
	size_t n = 0;

	for (uint32_t i = 0; json_is(versions, JSON_OBJECT) && i < versions->count; i++) {
		const char *version = versions->members[i].key;

		if (!semver_parse(&v, str_from(version), 0) || !range_test(d->range, &v))
			continue;
		n++;
		json_put_text(d->cli->arena, versions->members[i].value, "deprecated", d->message);
		if (*d->message)
			report_notice(d->cli->reporter, "", "deprecating %s@%s with message \"%s\"", name, version, d->message);
		else
			report_notice(d->cli->reporter, "", "undeprecating %s@%s", name, version);
	}
	return n;
}

static int perform(struct deprecation *d, struct ask *q, struct err *err)
{
	const char *path = ask_escaped(q, d->spec->name);
	struct registry_request rq = {.name = d->spec->name, .max_body = DOCUMENT_MAX};
	struct json *doc;

	rq.path = arena_printf(d->cli->arena, "%s?write=true", path);
	doc = ask_json(q, &rq, err);
	if (!doc)
		return -1;
	if (!mark(d, doc)) {
		report_warn(d->cli->reporter, "deprecate", "No version found for %s", d->spec->raw_spec);
		return 0;
	}
	if (config_bool(d->cli->config, "dry-run"))
		return 0;
	q->otp_please = true;
	rq.path = path;
	rq.method = "PUT";
	rq.content = ask_content(q, doc);
	return ask_send(q, &rq, err);
}

static int deprecate(struct cli *cli, const char *word, const char *message, struct err *err)
{
	struct spec *s = spec_parse(cli->arena, word, cli->cwd, err);
	struct deprecation d = {.cli = cli, .spec = s, .message = message};
	const char *wanted;
	struct ask q;
	int bad;

	if (!s)
		return -1;
	wanted = streq(s->raw_spec, "*") ? "*" : s->fetch_spec;
	d.range = wanted ? range_parse(cli->arena, str_from(wanted), SEMVER_LOOSE | SEMVER_PRERELEASE) : NULL;
	if (!d.range || !s->name)
		return err_set(err, ERR_EGENERIC, "invalid version range: %s", wanted ? wanted : s->raw);
	if (ask_open(cli, &q, err) < 0)
		return -1;
	bad = perform(&d, &q, err);
	ask_close(&q);
	return bad;
}

int cmd_deprecate(struct cli *cli, int argc, char **argv, struct err *err)
{
	if (argc < 2)
		return cli_usage_error(cli, err, "A package and a message");
	return deprecate(cli, argv[0], argv[1], err);
}

int cmd_undeprecate(struct cli *cli, int argc, char **argv, struct err *err)
{
	if (argc < 1)
		return cli_usage_error(cli, err, "Which package?");
	return deprecate(cli, argv[0], "", err);
}
