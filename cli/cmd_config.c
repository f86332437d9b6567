/* SPDX-License-Identifier: MIT
 *
 * config: get, set, delete, list, edit, fix.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/config_list.h"
#include "cli/jsvalue.h"
#include "cli/runs.h"
#include "cli/settings.h"

/* -g, --location, or the user's. */
static enum config_where location(const struct cli *cli)
{
	const char *name = config_text(cli->config, "location");
	if (cli_is_global(cli) || streq(name, "global"))
		return CONFIG_GLOBAL;
	return streq(name, "project") ? CONFIG_PROJECT : CONFIG_USER;
}

static int check_key(const char *key, struct err *err)
{
	const char *colon = strrchr(key, ':');
	const char *base = colon ? colon + 1 : key;
	const struct setting *s = setting_find(base);
	if (!s && !setting_is_nerfed(base))
		return err_set(err, ERR_EGENERIC, "`%s` is not a valid npm option", base);
	if (s && s->deprecated)
		return err_set(err, ERR_EGENERIC, "The `%s` option is deprecated, and cannot be set in this way: %s", base,
			       s->deprecated);
	return 0;
}

/* "k=v" or "k" "v"; the last of a key counts. */
static struct json *key_values(struct arena *a, int argc, char **argv)
{
	struct json *out = json_object(a);
	for (int i = 0; i < argc; i++) {
		const char *eq = strchr(argv[i], '=');
		const char *key = eq ? arena_strndup(a, argv[i], (size_t)(eq - argv[i])) : argv[i];
		const char *value = eq ? eq + 1 : i + 1 < argc ? argv[++i] : "";
		json_put_text(a, out, str_dup(a, str_trim(str_from(key))), str_dup(a, str_trim(str_from(value))));
	}
	return out;
}

static int set(struct cli *cli, int argc, char **argv, struct err *err)
{
	enum config_where where = location(cli);
	if (!argc)
		return cli_usage_error(cli, err, "config set needs a key and a value");
	struct json *pairs = key_values(cli->arena, argc, argv);
	for (uint32_t i = 0; i < json_count(pairs); i++) {
		const char *key = pairs->members[i].key;
		struct json *value = pairs->members[i].value;
		if (check_key(key, err))
			return -1;
		if (!value->len)
			config_delete(cli->config, key, where);
		else
			config_set(cli->config, key, value, where);
		if (config_check_layer(cli->config, where))
			report_warn(cli->reporter, "config", "omitting invalid config values");
	}
	return config_save(cli->config, where, err);
}

static int delete(struct cli *cli, int argc, char **argv, struct err *err)
{
	enum config_where where = location(cli);
	if (!argc)
		return cli_usage_error(cli, err, "config delete needs a key");
	for (int i = 0; i < argc; i++)
		config_delete(cli->config, argv[i], where);
	return config_save(cli->config, where, err);
}

static int list(struct cli *cli)
{
	if (cli_is_json(cli)) {
		cli_json(cli, config_list_json(cli->config));
		return 0;
	}
	struct buf b = BUF_INIT((size_t)1 << 24);
	config_list_text(cli, &b);
	struct str text = str_trim(buf_str(&b));
	cli_write(cli, text.ptr, text.len);
	cli_write(cli, "\n", 1);
	buf_release(&b);
	return 0;
}

static int get(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct buf b = BUF_INIT((size_t)1 << 24);
	if (!argc)
		return list(cli);
	for (int i = 0; i < argc; i++) {
		const struct json *v = config_get(cli->config, argv[i]);
		if (config_is_private(argv[i], v)) {
			buf_release(&b);
			return err_set(err, ERR_EGENERIC, "The %s option is protected, and cannot be retrieved in this way",
				       argv[i]);
		}
		const char *text = !v			   ? "undefined"
				   : json_is(v, JSON_NULL) ? "null"
							   : js_string(cli->arena, v);
		buf_printf(&b, "%s%s%s\n", argc > 1 ? argv[i] : "", argc > 1 ? "=" : "", text);
	}
	cli_write(cli, buf_text(&b), b.len);
	buf_release(&b);
	return 0;
}

/* Which file a problem is fixed in: all, or the one --location names. */
static bool is_meant(const struct cli *cli, enum config_where where)
{
	return config_is_default(cli->config, "location") ||
	       streq(config_text(cli->config, "location"), config_where_name(where));
}

static int fix(struct cli *cli, struct err *err)
{
	struct err problem = ERR_INIT;
	if (!config_validate(cli->config, &problem))
		return 0;
	if (problem.code != ERR_EINVALIDAUTH)
		return err_set(err, problem.code, "%s", problem.text);
	cli_print(cli, "The following configuration problems have been repaired:\n");
	for (int w = CONFIG_GLOBAL; w <= CONFIG_PROJECT; w++) {
		const char *lines = is_meant(cli, (enum config_where)w)
					    ? config_repair(cli->config, (enum config_where)w)
					    : NULL;
		if (!lines)
			continue;
		cli_print(cli, "%s", lines);
		if (config_save(cli->config, (enum config_where)w, err))
			return -1;
	}
	return 0;
}

int cmd_config(struct cli *cli, int argc, char **argv, struct err *err)
{
	const char *action = argc ? argv[0] : "";
	int left = argc - 1;
	char **words = argv + 1;
	if (streq(action, "set"))
		return set(cli, left, words, err);
	if (streq(action, "get"))
		return get(cli, left, words, err);
	if (streq(action, "delete") || streq(action, "rm") || streq(action, "del"))
		return delete(cli, left, words, err);
	if (streq(action, "list") || streq(action, "ls"))
		return list(cli);
	if (streq(action, "edit"))
		return config_edit(cli, location(cli), err);
	if (streq(action, "fix"))
		return fix(cli, err);
	return cli_usage_error(cli, err, "config needs to know what to do");
}

int cmd_get(struct cli *cli, int argc, char **argv, struct err *err)
{
	return get(cli, argc, argv, err);
}

int cmd_set(struct cli *cli, int argc, char **argv, struct err *err)
{
	return set(cli, argc, argv, err);
}
