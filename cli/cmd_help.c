/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/dispatch.h"
#include "cli/runs.h"
#include "cli/settings.h"

#define MAX_HELP ((size_t)1 << 20)

static void print(struct cli *cli, const char *text)
{
	cli_write(cli, text, strlen(text));
	cli_write(cli, "\n", 1);
}

static const char *default_text(struct cli *cli, const struct setting *s)
{
	struct buf b = BUF_INIT(MAX_HELP);
	json_format(&b, config_get_at(cli->config, s->key, CONFIG_DEFAULT), NULL);
	const char *text = buf_dup(cli->arena, &b);
	buf_release(&b);
	return text;
}

static void add_setting(struct cli *cli, struct buf *b, const struct setting *s)
{
	buf_printf(b, "%s\n    %s\n    Type: %s; default: %s\n", setting_usage(cli->arena, s), s->about,
		   setting_type_text(cli->arena, s), default_text(cli, s));
	if (s->deprecated)
		buf_printf(b, "    Deprecated: %s\n", s->deprecated);
	buf_addc(b, '\n');
}

/* Every setting, under `help config`. */
static void print_settings(struct cli *cli)
{
	struct buf b = BUF_INIT(MAX_HELP);
	buf_adds(&b, "\nSettings, on the command line, as npm_config_<key> in the environment or in an .npmrc file:\n\n");
	for (const struct setting *s = setting_table; s->key; s++)
		add_setting(cli, &b, s);
	cli_write(cli, b.ptr, b.len);
	buf_release(&b);
}

int cmd_help(struct cli *cli, int argc, char **argv, struct err *err)
{
	if (!argc) {
		print(cli, help_of_program(cli, config_bool(cli->config, "long")));
		return 0;
	}
	const struct command *c = command_find(argv[0]);
	const struct setting *s = setting_find(argv[0]);
	if (c) {
		print(cli, help_of_command(cli->arena, c));
		if (streq(c->name, "config"))
			print_settings(cli);
		return 0;
	}
	if (!s)
		return err_set(err, ERR_EGENERIC, "No help for '%s'%s", argv[0], suggest(cli->arena, NULL, argv[0]));
	struct buf b = BUF_INIT(MAX_HELP);
	add_setting(cli, &b, s);
	cli_write(cli, b.ptr, b.len);
	buf_release(&b);
	return 0;
}
