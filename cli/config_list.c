/* SPDX-License-Identifier: MIT */
#include "cli/config_list.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/config_room.h"
#include "cli/jsvalue.h"
#include "cli/render.h"
#include "resolver/collate.h"

#define MAX_PACKAGE ((size_t)64 << 20)

static bool is_protected(const char *key)
{
	static const char *const words[] = {"auth",    "authToken", "certfile", "email",
					    "keyfile", "password",  "username"};
	if (key[0] == '_' || (cstr_starts(key, "//") && strstr(key, ":_")))
		return true;
	const char *colon = cstr_starts(key, "//") ? strrchr(key, ':') : NULL;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (streq(key, words[i]) || (colon && streq(colon + 1, words[i])))
			return true;
	return false;
}

bool config_is_private(const char *key, const struct json *value)
{
	struct arena a = ARENA_INIT;
	bool hidden = json_is(value, JSON_STRING) && !streq(render_clean(&a, value->text), value->text);
	arena_release(&a);
	return is_protected(key) || hidden;
}

static void add_var(struct cli *cli, struct buf *out, const char *key, const struct json *value)
{
	buf_printf(out, "%s = ", key);
	if (is_protected(key))
		buf_adds(out, "(protected)");
	else if (json_is(value, JSON_STRING))
		json_format(out, json_string(cli->arena, render_clean(cli->arena, value->text)), NULL);
	else
		json_format(out, value, NULL);
}

static void sorted_keys(struct arena *a, const struct json *obj, struct vec *keys)
{
	vec_init(keys, a);
	for (uint32_t i = 0; i < json_count(obj); i++)
		vec_add(keys, (void *)obj->members[i].key);
	vec_sort(keys, collate_compare_items, NULL);
}

static void add_layer(struct cli *cli, struct buf *out, enum config_where where)
{
	const struct json *data = config_all_at(cli->config, where);
	struct vec keys;
	if (!json_count(data))
		return;
	sorted_keys(cli->arena, data, &keys);
	buf_printf(out, "; \"%s\" config from %s\n\n", config_where_name(where), cli->config->layers[where].source);
	for (size_t i = 0; i < keys.count; i++) {
		const char *key = VEC_AT(&keys, const char, i);
		enum config_where source = config_find(cli->config, key);
		if (source != where)
			buf_adds(out, "; ");
		add_var(cli, out, key, json_find(data, key));
		if (source != where)
			buf_printf(out, " ; overridden by %s", config_where_name(source));
		buf_addc(out, '\n');
	}
	buf_addc(out, '\n');
}

static void add_proxies(struct cli *cli, struct buf *out)
{
	static const char *const names[] = {"http_proxy", "https_proxy", "proxy", "no_proxy"};
	bool any = false;
	for (char **e = cli->config->environ; e && *e; e++) {
		const char *eq = strchr(*e, '=');
		const char *name = eq ? arena_strndup(cli->arena, *e, (size_t)(eq - *e)) : "";
		for (size_t i = 0; i < ARRAY_LEN(names); i++) {
			if (!cstr_eq_nocase(names[i], name))
				continue;
			buf_printf(out, "%s; %s = ", any ? "" : "; environment-related config\n\n", name);
			json_format(out, json_string(cli->arena, render_clean(cli->arena, eq + 1)), NULL);
			buf_addc(out, '\n');
			any = true;
		}
	}
	buf_adds(out, any ? "\n" : "");
}

static void add_publish_config(struct cli *cli, struct buf *out)
{
	struct err ignored = ERR_INIT;
	struct str text;
	struct vec keys;
	const char *file = path_join(cli->arena, cli_prefix(cli), "package.json");
	if (fs_read(cli->arena, file, MAX_PACKAGE, &text, &ignored))
		return;
	const struct json *publish = json_find(json_parse(cli->arena, text, file, &ignored), "publishConfig");
	if (!json_is(publish, JSON_OBJECT))
		return;
	buf_printf(out, "; \"publishConfig\" from %s\n; This set of config values will be used at publish-time.\n\n", file);
	sorted_keys(cli->arena, publish, &keys);
	for (size_t i = 0; i < keys.count; i++) {
		add_var(cli, out, VEC_AT(&keys, const char, i), json_find(publish, VEC_AT(&keys, const char, i)));
		buf_addc(out, '\n');
	}
}

void config_list_text(struct cli *cli, struct buf *out)
{
	const struct config *c = cli->config;
	bool all = config_bool(c, "long");
	for (int w = all ? CONFIG_DEFAULT : CONFIG_BUILTIN; w < CONFIG_WHERES; w++)
		add_layer(cli, out, (enum config_where)w);
	if (!all) {
		add_proxies(cli, out);
		buf_printf(out,
			   "; lode location = %s\n; node version = %s\n"
			   "; lode local prefix = %s\n; lode version = " LODE_VERSION " (npm " NPM_VERSION ")\n"
			   "; cwd = %s\n; HOME = %s\n; Run `lode config ls -l` to show all defaults.\n\n",
			   c->exec_path ? c->exec_path : "", cli_node_version(cli), c->local_prefix, c->cwd, c->home);
	}
	if (!cli_is_global(cli))
		add_publish_config(cli, out);
}

struct json *config_list_json(const struct config *c)
{
	struct json *out = json_object(c->arena);
	for (int w = CONFIG_CLI; w >= CONFIG_DEFAULT; w--) {
		const struct json *data = config_all_at(c, (enum config_where)w);
		for (uint32_t i = 0; i < json_count(data); i++) {
			const char *key = data->members[i].key;
			if (!json_find(out, key) && !config_is_private(key, config_get(c, key)))
				json_put(c->arena, out, key, data->members[i].value);
		}
	}
	return out;
}
