/* SPDX-License-Identifier: MIT
 *
 * runtime ls and which: which versions of Node there are, which one runs this project, and why. What has to fetch or to write
 * is lode-net's (cmd_runtime_net.c).
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cache/runtimes.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/runs.h"
#include "cli/runtimes.h"

/* ---- Why ---- */

static const char *reason(struct cli *cli, const struct runtime_choice *c)
{
	const struct wish *w = wishes_first(&c->wishes);

	if (c->from == CHOSEN_GIVEN)
		return "LODE_RUNTIME";
	if (c->unread.code != ERR_OK)
		return err_name(&c->unread);
	if (!w)
		return "no wish";
	return arena_printf(cli->arena, "%s: %s%s", wish_place(cli, w), c->wishes.key, c->recorded.version ? ", " RECORD_FILE : "");
}

static struct json *wishes_json(struct cli *cli, const struct runtime_choice *c)
{
	struct json *list = json_array(cli->arena);

	for (size_t i = 0; i < c->wishes.list.count; i++) {
		const struct wish *w = VEC_AT(&c->wishes.list, struct wish, i);
		struct json *one = json_object(cli->arena);

		json_put_text(cli->arena, one, "source", w->what);
		json_put_text(cli->arena, one, "file", w->file);
		json_put_text(cli->arena, one, "wanted", w->text);
		json_put_bool(cli->arena, one, "counts", w->counts);
		json_add(cli->arena, list, one);
	}
	return list;
}

/* What is wished and is not there. */
static const char *missing(struct cli *cli, const struct runtime_choice *c)
{
	if (c->problem.code == ERR_OK)
		return NULL;
	return c->recorded.version ? arena_printf(cli->arena, "%s (%s)", c->wishes.key, c->recorded.version) : c->wishes.key;
}

/* ---- which ---- */

static int which(struct cli *cli, const struct runtime_choice *c, struct err *err)
{
	const char *without = missing(cli, c);
	struct json *doc = json_object(cli->arena);

	if (c->unread.code != ERR_OK) {
		*err = c->unread;
		return -1;
	}
	if (runtime_check(cli->arena, &c->runtime, err))
		return -1;
	cli->status = without != NULL;
	json_put_text(cli->arena, doc, "path", c->runtime.node);
	json_put_text(cli->arena, doc, "version", c->from == CHOSEN_GIVEN ? NULL : c->runtime.version);
	json_put_bool(cli->arena, doc, "bundled", c->from == CHOSEN_BUNDLED);
	json_put_text(cli->arena, doc, "reason", reason(cli, c));
	json_put_text(cli->arena, doc, "missing", without);
	json_put(cli->arena, doc, "wishes", wishes_json(cli, c));
	if (cli_is_json(cli))
		cli_json(cli, doc);
	cli_print(cli, "%s", c->runtime.node);
	if (config_bool(cli->config, "parseable"))
		return 0;
	if (c->from == CHOSEN_GIVEN)
		cli_print(cli, "named by LODE_RUNTIME");
	else
		cli_print(cli, "node %s%s (%s)", c->runtime.version, c->from == CHOSEN_BUNDLED ? ", bundled" : "", reason(cli, c));
	if (without)
		cli_print(cli, "wanted is %s, which is not installed: `lode runtime install` gets it", without);
	return 0;
}

/* ---- ls ---- */

static void add_runtime(struct cli *cli, struct json *list, const struct runtime_choice *c, const struct kept_runtime *kept)
{
	bool bundled = !kept->integrity, used = c->from != CHOSEN_GIVEN && streq(c->runtime.version, kept->version);
	struct json *one = json_object(cli->arena);

	json_put_text(cli->arena, one, "version", kept->version);
	json_put_text(cli->arena, one, "path", kept->root);
	json_put_bool(cli->arena, one, "bundled", bundled);
	json_put_bool(cli->arena, one, "used", used);
	if (!bundled)
		json_put_text(cli->arena, one, "integrity", kept->integrity);
	json_add(cli->arena, list, one);
	cli_print(cli, "%s %s%s%s", used ? "*" : " ", kept->version, bundled ? " bundled" : "",
		  used ? arena_printf(cli->arena, " (%s)", reason(cli, c)) : "");
}

static int list(struct cli *cli, const struct runtime_choice *c, struct err *err)
{
	const char *package = runtime_package(cli->arena), *dir = runtimes_place(cli);
	struct json *doc = json_object(cli->arena), *all = json_array(cli->arena);
	struct kept_runtime kept = {.version = LODE_RUNTIME_VERSION};
	struct runtime bundled;
	struct vec versions;

	if (runtime_locate(cli->arena, &bundled, err))
		return -1;
	kept.root = bundled.root;
	add_runtime(cli, all, c, &kept);
	vec_init(&versions, cli->arena);
	if (package)
		runtimes_list(cli->arena, dir, package, &versions);
	for (size_t i = 0; i < versions.count; i++) {
		if (runtimes_find(cli->arena, dir, package, versions.items[i], &kept))
			add_runtime(cli, all, c, &kept);
	}
	if (missing(cli, c))
		cli_print(cli, "! %s is wanted and not installed (%s)", missing(cli, c), reason(cli, c));
	if (c->unread.code != ERR_OK) {
		report_warn(cli->reporter, err_name(&c->unread), "%s", c->unread.text);
		json_put_text(cli->arena, doc, "problem", c->unread.text);
	}
	json_put(cli->arena, doc, "runtimes", all);
	json_put_text(cli->arena, doc, "missing", missing(cli, c));
	json_put(cli->arena, doc, "wishes", wishes_json(cli, c));
	if (cli_is_json(cli))
		cli_json(cli, doc);
	return 0;
}

int cmd_runtime(struct cli *cli, int argc, char **argv, struct err *err)
{
	const char *verb = argc ? argv[0] : "ls";
	bool lists = streq(verb, "ls") || streq(verb, "list");
	const struct runtime_choice *c;

	if (streq(verb, "install") || streq(verb, "use") || streq(verb, "remove") || streq(verb, "rm") || streq(verb, "i"))
		return RUN_HAND_OVER;
	if ((!lists && !streq(verb, "which")) || argc > 1)
		return cli_usage_error(cli, err, "runtime: ls, which, install, use or remove");
	c = cli_runtime(cli, cli->cwd, CHOICE_LOOK, err);
	if (!c)
		return -1;
	return lists ? list(cli, c, err) : which(cli, c, err);
}
