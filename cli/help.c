/* SPDX-License-Identifier: MIT
 *
 * Help texts, from the tables.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/dispatch.h"
#include "cli/settings.h"

#define MAX_HELP ((size_t)1 << 20)
#define WIDTH 80

static bool listed(const char *words, const char *key)
{
	size_t n = strlen(key);
	for (const char *p = words; p && (p = strstr(p, key)); p += n)
		if ((p == words || p[-1] == ' ') && (p[n] == ' ' || !p[n]))
			return true;
	return false;
}

/* An option that an earlier one excludes is shown with that one. */
static bool shown_before(const struct command *c, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		const struct setting *s = setting_find(c->params[i]);
		if (s && listed(s->exclusive, c->params[at]))
			return true;
	}
	return false;
}

static const char *with_exclusive(struct arena *a, const struct setting *s)
{
	const char *text = setting_usage(a, s);
	struct str rest = str_from(s->exclusive);
	while (rest.ptr) {
		const struct setting *other = setting_find(str_dup(a, str_cut(rest, ' ', &rest)));
		if (other)
			text = arena_printf(a, "%s|%s", text, setting_usage(a, other));
	}
	return text;
}

static void add_options(struct arena *a, struct buf *b, const struct command *c)
{
	size_t column = 0;
	buf_adds(b, "\n\nOptions:\n");
	for (size_t i = 0; c->params[i]; i++) {
		const struct setting *s = setting_find(c->params[i]);
		if (!s || shown_before(c, i))
			continue;
		const char *text = arena_printf(a, "[%s]", with_exclusive(a, s));
		size_t len = strlen(text);
		bool wrap = column && column + len > WIDTH;
		buf_printf(b, "%s%s", wrap ? "\n" : column ? " " : "", text);
		column = wrap || !column ? len : column + 1 + len;
	}
	buf_adds(b, "\n");
	for (size_t i = 0; c->params[i]; i++) {
		const struct setting *s = setting_find(c->params[i]);
		if (!s)
			continue;
		buf_adds(b, "\n  ");
		for (const char *p = s->shorts; p && *p; p++)
			buf_printf(b, "-%c|", *p);
		buf_printf(b, "--%s\n    %s\n", s->key, s->about);
	}
}

static void add_command(struct arena *a, struct buf *b, const struct command *c, bool options)
{
	buf_printf(b, "%s\n\nUsage:", c->description);
	for (const char *const *u = c->usage; u && *u; u++)
		buf_printf(b, "\nlode %s %s", c->name, *u);
	if (!c->usage)
		buf_printf(b, "\nlode %s", c->name);
	if (options && c->params)
		add_options(a, b, c);
	for (const char *const *alias = c->aliases; alias && *alias; alias++) {
		if (alias == c->aliases)
			buf_printf(b, "\n\nalias%s: ", c->aliases[1] ? "es" : "");
		buf_printf(b, "%s%s", alias == c->aliases ? "" : ", ", *alias);
	}
	buf_printf(b, "\n\nRun \"lode help %s\" for more info", c->name);
}

const char *help_of_command(struct arena *a, const struct command *c)
{
	struct buf b = BUF_INIT(MAX_HELP);
	add_command(a, &b, c, true);
	const char *text = buf_dup(a, &b);
	buf_release(&b);
	return text;
}

static void add_names(struct buf *b)
{
	size_t column = 0;
	for (const struct command *c = command_table; c->name; c++) {
		size_t len = strlen(c->name);
		if (c->flags & HIDDEN)
			continue;
		bool wrap = !column || column + len + 2 >= 60;
		buf_printf(b, "%s%s%s", column ? "," : "", wrap ? "\n    " : " ", c->name);
		column = wrap ? 4 + len : column + len + 2;
	}
}

static void add_usages(struct arena *a, struct buf *b)
{
	for (const struct command *c = command_table; c->name; c++) {
		struct buf one = BUF_INIT(MAX_HELP);
		if (c->flags & HIDDEN)
			continue;
		add_command(a, &one, c, false);
		buf_printf(b, "\n    %-16s%s\n", c->name, cstr_replace(a, buf_text(&one), "\n", "\n                    "));
		buf_release(&one);
	}
}

const char *help_of_program(struct cli *cli, bool long_form)
{
	struct buf b = BUF_INIT(MAX_HELP);
	const char *user = config_text(cli->config, "userconfig");
	buf_adds(&b, "lode <command>\n\nUsage:\n\n"
		     "lode install        install all the dependencies in your project\n"
		     "lode install <foo>  add the <foo> dependency to your project\n"
		     "lode test           run this project's tests\n"
		     "lode run <foo>      run the script named <foo>\n"
		     "lode <file.js>      run an application on the project's Node\n"
		     "lode <command> -h   quick help on <command>\n"
		     "lode -l             display usage info for all commands\n"
		     "lode help <term>    help on <term>\n\n"
		     "All commands:\n");
	if (long_form)
		add_usages(cli->arena, &b);
	else
		add_names(&b);
	buf_printf(&b,
		   "\n\nSpecify configs in the ini-formatted file:\n    %s\n"
		   "or on the command line via: lode <command> --key=value\n\n"
		   "More configuration info: lode help config\n\nlode@" LODE_VERSION,
		   user ? user : "");
	const char *text = buf_dup(cli->arena, &b);
	buf_release(&b);
	return text;
}
