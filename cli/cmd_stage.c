/* SPDX-License-Identifier: MIT
 *
 * stage: packages that were sent and wait for somebody's approval.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/archive.h"
#include "base/json.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "base/url.h"
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/jsvalue.h"
#include "cli/parcel.h"
#include "cli/publish.h"
#include "cli/runs.h"
#include "resolver/spec.h"

#include <ctype.h>
#include <string.h>

#define PAGE 100
#define PAGES_MAX 1000	/* a hundred thousand waiting packages are nobody's */
#define TARBALL_MAX ((size_t)1 << 30)

static bool is_uuid(const char *s)
{
	size_t i;

	for (i = 0; s[i] && i < 36; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? s[i] != '-' : !isxdigit((unsigned char)s[i]))
			return false;
	return i == 36 && !s[i];
}

static const char *path_of(struct ask *q, const char *id, const char *what)
{
	return arena_printf(q->cli->arena, "/-/stage/%s%s", id, what);
}

/* ---- looking ---- */

static void print_field(struct cli *cli, const char *name, const struct json *v)
{
	if (v && !json_is(v, JSON_NULL))
		cli_print(cli, "%s: %s", name, js_string(cli->arena, v));
}

static void print_item(struct cli *cli, const struct json *item)
{
	static const char *const fields[][2] = {{"id", "id"}, {"packageName", "package name"}, {"version", "version"},
		{"status", "status"}, {"tag", "tag"}, {"createdAt", "date staged"}, {"actor", "staged by"}, {"shasum", "shasum"}};
	const char *kind = json_find_text(item, "actorType"), *actor = json_find_text(item, "actor");

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (streq(fields[i][0], "actor") && kind && actor)
			cli_print(cli, "staged by: %s (%s)", actor, kind);
		else
			print_field(cli, fields[i][1], json_find(item, fields[i][0]));
	}
	for (uint32_t k = 0; json_is(item, JSON_OBJECT) && k < item->count; k++) {
		bool known = streq(item->members[k].key, "actorType");

		for (size_t i = 0; i < ARRAY_LEN(fields); i++)
			known |= streq(item->members[k].key, fields[i][0]);
		if (!known)
			print_field(cli, item->members[k].key, item->members[k].value);
	}
}

static struct json *fetch_items(struct ask *q, const char *name, struct err *err)
{
	struct arena *a = q->cli->arena;
	struct json *all = json_array(a);
	const char *more = name ? arena_printf(a, "&package=%s", url_encode_component(a, name)) : "";

	for (int page = 0; page < PAGES_MAX; page++) {
		const char *path = arena_printf(a, "/-/stage?page=%d&perPage=%d%s", page, PAGE, more);
		const struct json *said = ask_json(q, &(struct registry_request){.path = path}, err);
		const struct json *items = json_find(said, "items"), *total = json_find(said, "total");

		if (!said)
			return NULL;
		for (uint32_t i = 0; json_is(items, JSON_ARRAY) && i < items->count; i++)
			json_add(a, all, items->items[i]);
		if (json_count(items) < PAGE || (json_is(total, JSON_NUMBER) && all->count >= total->number))
			return all;
	}
	err_set(err, ERR_EGENERIC, "the registry's list of staged packages does not end: it gave %d pages and there are more", PAGES_MAX);
	return NULL;
}

static int list(struct ask *q, const char *word, struct err *err)
{
	struct cli *cli = q->cli;
	struct spec *s = word ? spec_parse(cli->arena, word, cli->cwd, err) : NULL;
	struct json *items;

	if (word && !s)
		return -1;
	if (s && !streq(s->raw_spec, "*"))
		return cli_usage_error(cli, err, "Version specifiers are not supported for listing staged packages");
	items = fetch_items(q, s ? s->name : NULL, err);
	if (!items)
		return -1;
	if (cli_is_json(cli)) {
		cli_json(cli, items);
	} else if (!items->count && s) {
		cli_print(cli, "No staged versions of package name \"%s\".", s->name);
	} else if (!items->count) {
		cli_print(cli, "No staged packages found.");
	}
	for (uint32_t i = 0; !cli_is_json(cli) && i < items->count; i++) {
		if (i)
			cli_print(cli, "%s", "");
		print_item(cli, items->items[i]);
	}
	return 0;
}

static int view(struct ask *q, const char *id, struct err *err)
{
	struct json *item = ask_json(q, &(struct registry_request){.path = path_of(q, id, "")}, err);

	if (!item)
		return -1;
	if (cli_is_json(q->cli))
		cli_json(q->cli, item);
	else
		print_item(q->cli, item);
	return 0;
}

/* ---- deciding ---- */

static int approve(struct ask *q, const char *id, struct err *err)
{
	report_notice(q->cli->reporter, "", "Approving staged package %s", id);
	if (ask_send(q, &(struct registry_request){.method = "POST", .path = path_of(q, id, "/approve")}, err) < 0)
		return -1;
	cli_print(q->cli, "Staged package %s approved and published successfully.", id);
	return 0;
}

static int reject(struct ask *q, const char *id, struct err *err)
{
	report_notice(q->cli->reporter, "", "Rejecting staged package %s", id);
	report_warn(q->cli->reporter, "", "Rejecting will permanently delete this staged publish record and tarball from the registry.");
	if (ask_send(q, &(struct registry_request){.method = "DELETE", .path = path_of(q, id, "")}, err) < 0)
		return -1;
	cli_print(q->cli, "Staged package %s has been rejected.", id);
	return 0;
}

/* ---- downloading ---- */

static struct json *manifest_in(struct arena *a, struct str tarball, struct err *err)
{
	struct buf text = BUF_INIT(64 << 20);
	struct json *found = NULL;
	struct tar_entry entry;
	struct tar_block block;
	struct tar *tar = tar_open(tarball);
	int got;

	/* To its end: what is damaged behind it is no package. */
	while ((got = tar_next(tar, &entry, err)) > 0) {
		if (found || strcmp(entry.path, "package/package.json") != 0)
			continue;
		while (tar_data(tar, &block, err) > 0)
			buf_addstr(&text, block.data);
		found = json_parse(a, buf_str(&text), "package.json", err);
		if (!found)
			break;
	}
	tar_close(tar);
	buf_release(&text);
	if (found && got == 0)
		return found;
	err_set(err, ERR_EGENERIC, "Could not read package.json from tarball");
	return NULL;
}

static int download(struct ask *q, const char *id, struct err *err)
{
	struct cli *cli = q->cli;
	struct arena *a = cli->arena;
	struct parcel p = {.cli = cli};
	struct json *contents, *doc = json_object(a);
	const char *name, *file;

	report_notice(cli->reporter, "", "Downloading staged package %s", id);
	if (ask_send(q, &(struct registry_request){.path = path_of(q, id, "/tarball"), .max_body = TARBALL_MAX}, err) < 0)
		return -1;
	p.tarball = q->answer.body;
	p.manifest = manifest_in(a, p.tarball, err);
	if (!p.manifest)
		return -1;
	name = json_find_text(p.manifest, "name");
	if (!name || !json_find_text(p.manifest, "version"))
		return err_set(err, ERR_EGENERIC, "Invalid package, must have name and version");
	contents = parcel_contents(&p, err);
	if (!contents)
		return -1;
	/* What a stranger calls a package may be no path of its own. */
	file = cstr_replace(a, parcel_filename(&p), "/", "-");
	file = arena_printf(a, "%.*s-%s.tgz", (int)(strlen(file) - strlen(".tgz")), file, id);
	if (fs_write(path_join(a, cli->cwd, file), p.tarball, 0666, err) < 0)
		return -1;
	if (cli_is_json(cli)) {
		json_put(a, doc, name, contents);
		cli_json(cli, doc);
		return 0;
	}
	parcel_tell(&p, contents);
	cli_print(cli, "%s", file);
	return 0;
}

/* ---- the command ---- */

typedef int stage_step(struct ask *q, const char *word, struct err *err);

static const struct {
	const char *name;
	stage_step *run;
	bool wants_id;
} steps[] = {
	{"list", list, false}, {"view", view, true}, {"approve", approve, true}, {"reject", reject, true}, {"download", download, true},
};

int cmd_stage(struct cli *cli, int argc, char **argv, struct err *err)
{
	const char *what = argc ? argv[0] : NULL, *word = argc > 1 ? argv[1] : NULL;
	struct ask q;
	size_t i = 0;
	int bad;

	if (streq(what, "publish"))
		return stage_publish(cli, argc - 1, argv + 1, err);
	while (i < ARRAY_LEN(steps) && !streq(what, steps[i].name))
		i++;
	if (i == ARRAY_LEN(steps))
		return cli_usage_error(cli, err, what ? "Unknown subcommand" : "Which subcommand?");
	if (steps[i].wants_id && !word)
		return cli_usage_error(cli, err, "Missing required <stage-id>");
	if (steps[i].wants_id && !is_uuid(word))
		return err_set(err, ERR_EGENERIC, "stage-id must be a valid UUID");
	if (ask_open(cli, &q, err) < 0)
		return -1;
	q.otp_please = true;
	bad = steps[i].run(&q, word, err);
	ask_close(&q);
	return bad;
}
