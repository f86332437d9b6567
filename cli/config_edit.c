/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/config_list.h"
#include "cli/config_room.h"
#include "cli/ini.h"
#include "cli/settings.h"
#include "resolver/collate.h"

#define MAX_NPMRC ((size_t)16 << 20)

const char *config_repair(struct config *c, enum config_where where)
{
	struct buf b = BUF_INIT(MAX_NPMRC);
	for (const char *const *key = config_auth_keys; *key; key++) {
		enum config_auth action = config_auth_action(c, *key, where);
		const char *to = config_auth_key(c, *key), *name = config_where_name(where);
		if (action == CONFIG_AUTH_FINE)
			continue;
		const struct json *raw = json_find(c->layers[where].raw, *key);
		const struct json *value = raw ? raw : config_get_at(c, *key, where);
		buf_adds(&b, b.len ? "\n" : "");
		if (action == CONFIG_AUTH_RENAME)
			buf_printf(&b, "~ `%s` renamed to `%s` in %s config", *key, to, name);
		else
			buf_printf(&b, "- `%s` deleted from %s config", *key, name);
		if (action == CONFIG_AUTH_RENAME && config_find(c, to) == CONFIG_NOWHERE)
			config_set(c, to, json_copy(c->arena, value), where);
	}
	for (const char *const *key = config_auth_keys; *key; key++)
		config_delete(c, *key, where);
	const char *lines = b.len ? buf_dup(c->arena, &b) : NULL;
	buf_release(&b);
	return lines;
}

/* The file's lines in order of name. */
static void add_sorted(struct arena *a, struct buf *out, struct str text)
{
	struct vec lines;
	struct str rest = text;
	vec_init(&lines, a);
	while (rest.ptr) {
		struct str line = str_cut(rest, '\n', &rest);
		if (str_trim(line).len)
			vec_add(&lines, (void *)str_dup(a, line));
	}
	vec_sort(&lines, collate_compare_items, NULL);
	for (size_t i = 0; i < lines.count; i++)
		buf_printf(out, "%s\n", VEC_AT(&lines, const char, i));
}

static void add_defaults(struct config *c, struct buf *out)
{
	for (const struct setting *s = setting_table; s->key; s++) {
		struct json *one = json_object(c->arena);
		struct buf line = BUF_INIT(MAX_NPMRC);
		json_put(c->arena, one, s->key, json_copy(c->arena, config_get_at(c, s->key, CONFIG_DEFAULT)));
		ini_format(&line, c->arena, one);
		struct str text = str_trim(buf_str(&line));
		if (text.len)
			buf_printf(out, "; %s\n", cstr_replace(c->arena, str_dup(c->arena, text), "\n", "\n; "));
		buf_release(&line);
	}
}

static int write_template(struct cli *cli, enum config_where where, const char *file, struct err *err)
{
	struct str text;
	struct buf out = BUF_INIT(MAX_NPMRC);
	if (fs_read_if(cli->arena, file, MAX_NPMRC, &text, err))
		return -1;
	buf_printf(&out,
		   ";;;;\n; %s config file: %s\n; lines that start with semicolons are comments\n"
		   "; run `lode help config` for what can be set\n;\n"
		   "; `@scope:registry` maps a scope to a registry.\n"
		   "; `//<hostname>/:_authToken` is a credential for that registry alone.\n\n",
		   config_where_name(where), file);
	add_sorted(cli->arena, &out, text);
	buf_adds(&out, "\n;;;;\n; all available options shown below with default values\n;;;;\n\n");
	add_defaults(cli->config, &out);
	int rc = fs_mkdirs(path_dir(cli->arena, file), err);
	if (!rc)
		rc = fs_write(file, buf_str(&out), where == CONFIG_USER ? 0600 : 0644, err);
	buf_release(&out);
	return rc;
}

static int run_editor(struct cli *cli, const char *file, struct err *err)
{
	struct vec argv;
	struct proc_result result;
	struct str rest = str_from(config_text(cli->config, "editor"));
	vec_init(&argv, cli->arena);
	while (rest.ptr) {
		struct str word = str_cut(rest, ' ', &rest);
		if (word.len)
			vec_add(&argv, (void *)str_dup(cli->arena, word));
	}
	if (!argv.count)
		return err_set(err, ERR_EGENERIC, "No editor is set");
	vec_add(&argv, (void *)file);
	vec_add(&argv, NULL);
	struct proc_options o = {.file = argv.items[0], .argv = (const char *const *)argv.items};
	report_pause(cli->reporter);
	if (proc_run(cli->arena, &o, &result, err))
		return -1;
	return result.code ? err_set(err, ERR_EGENERIC, "editor process exited with code: %d", result.code) : 0;
}

int config_edit(struct cli *cli, enum config_where where, struct err *err)
{
	const char *file = cli->config->layers[where].source;
	if (config_save(cli->config, where, err) || write_template(cli, where, file, err))
		return -1;
	return run_editor(cli, file, err);
}
