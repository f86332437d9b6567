/* SPDX-License-Identifier: MIT
 *
 * completion: a script for the shell, written from the tables of commands and settings.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/path.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/nopt.h"
#include "cli/runs.h"
#include "cli/settings.h"

#define MAX_SCRIPT ((size_t)1 << 20)

/* install|add|i: a command's names with something between. */
static void add_names(struct buf *b, const struct command *c, const char *between)
{
	buf_adds(b, c->name);
	for (const char *const *p = c->aliases; p && *p; p++)
		buf_printf(b, "%s%s", between, *p);
}

static void add_flag(struct arena *a, struct buf *b, const struct setting *s)
{
	struct opt_types *t = setting_types(a, s);
	bool off = opt_types_has(t, OPT_BOOLEAN) && s->fallback && streq(s->fallback, "true");
	buf_printf(b, " --%s%s", off ? "no-" : "", s->key);
}

static void add_flags_of(struct arena *a, struct buf *b, const struct command *c)
{
	for (const char *const *p = c->params; p && *p; p++)
		if (setting_find(*p))
			add_flag(a, b, setting_find(*p));
}

static void add_all_flags(struct arena *a, struct buf *b)
{
	for (const struct setting *s = setting_table; s->key; s++)
		if (!s->deprecated)
			add_flag(a, b, s);
}

static void add_commands(struct buf *b)
{
	for (const struct command *c = command_table; c->name; c++)
		if (!(c->flags & HIDDEN))
			buf_printf(b, "%s%s", c == command_table ? "" : " ", c->name);
}

static void add_keys(struct buf *b)
{
	for (const struct setting *s = setting_table; s->key; s++)
		if (!s->deprecated)
			buf_printf(b, " %s", s->key);
}

/* case branches `names) <before>flags<after> ;;` for every command that has flags */
static void add_cases(struct arena *a, struct buf *b, const char *before, const char *after)
{
	for (const struct command *c = command_table; c->name; c++) {
		if (!c->params)
			continue;
		buf_adds(b, "\t\t");
		add_names(b, c, "|");
		buf_printf(b, ") %s", before);
		add_flags_of(a, b, c);
		buf_printf(b, "%s ;;\n", after);
	}
	buf_printf(b, "\t\t*) %s", before);
	add_all_flags(a, b);
	buf_printf(b, "%s ;;\n", after);
}

static void add_bash(struct arena *a, struct buf *b)
{
	buf_adds(b, "# bash completion for lode\n_lode() {\n"
		    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} cmd= sub= word\n"
		    "\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
		    "\t\tcase $word in\n\t\t-*) ;;\n"
		    "\t\t*) if [ -z \"$cmd\" ]; then cmd=$word; elif [ -z \"$sub\" ]; then sub=$word; fi ;;\n"
		    "\t\tesac\n\tdone\n\tCOMPREPLY=()\n\tlocal words=\n"
		    "\tif [[ $cur == -* ]]; then\n\t\tcase $cmd in\n");
	add_cases(a, b, "words='", "'");
	buf_adds(b, "\t\tesac\n\telif [ -z \"$cmd\" ]; then\n\t\twords='");
	add_commands(b);
	buf_adds(b, "'\n\telif [[ $cmd == config || $cmd == c ]] && [ -z \"$sub\" ]; then\n"
		    "\t\twords='get set delete list edit fix'\n"
		    "\telif [[ $cmd == config || $cmd == c || $cmd == get || $cmd == set ]]; then\n\t\twords='");
	add_keys(b);
	buf_adds(b, "'\n\tfi\n\t[ -z \"$words\" ] || COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
		    "complete -o default -F _lode lode\n");
}

/* Text inside single quotes, with the colons of zsh's descriptions escaped where asked for. */
static const char *quoted(struct arena *a, const char *s)
{
	return cstr_replace(a, s, "'", "'\\''");
}

static void add_zsh(struct arena *a, struct buf *b)
{
	buf_adds(b, "#compdef lode\n_lode() {\n\tlocal -a commands\n\tcommands=(\n");
	for (const struct command *c = command_table; c->name; c++)
		if (!(c->flags & HIDDEN))
			buf_printf(b, "\t\t'%s:%s'\n", c->name, quoted(a, c->description));
	buf_adds(b, "\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe -t commands command commands\n\t\t_files\n\t\treturn\n"
		    "\tfi\n\tif [[ $words[CURRENT] != -* ]]; then\n"
		    "\t\t[[ $words[2] == (config|c|get|set) ]] && compadd --");
	add_keys(b);
	buf_adds(b, "\n\t\t_files\n\t\treturn\n\tfi\n\tcase $words[2] in\n");
	add_cases(a, b, "compadd --", "");
	buf_adds(b, "\tesac\n}\n(( $+functions[compdef] )) && compdef _lode lode\n");
}

static void add_fish_flags(struct arena *a, struct buf *b, const struct command *c)
{
	for (const char *const *p = c->params; p && *p; p++) {
		const struct setting *s = setting_find(*p);
		if (!s)
			continue;
		buf_adds(b, "complete -c lode -n '__fish_seen_subcommand_from ");
		add_names(b, c, " ");
		buf_printf(b, "' -l %s", s->key);
		if (s->shorts)
			buf_printf(b, " -s %c", s->shorts[0]);
		if (!opt_types_has(setting_types(a, s), OPT_BOOLEAN))
			buf_adds(b, " -r");
		buf_printf(b, " -d '%s'\n", cstr_replace(a, s->about, "'", "\\'"));
	}
}

static void add_fish(struct arena *a, struct buf *b)
{
	buf_adds(b, "# fish completion for lode\n");
	for (const struct command *c = command_table; c->name; c++) {
		if (c->flags & HIDDEN)
			continue;
		buf_printf(b, "complete -c lode -n __fish_use_subcommand -a %s -d '%s'\n", c->name,
			   cstr_replace(a, c->description, "'", "\\'"));
		add_fish_flags(a, b, c);
	}
	buf_adds(b, "complete -c lode -n '__fish_seen_subcommand_from config get set' -a '");
	add_keys(b);
	buf_adds(b, "'\n");
}

int cmd_completion(struct cli *cli, int argc, char **argv, struct err *err)
{
	const char *login = getenv("SHELL");
	const char *shell = argc ? argv[0] : login ? path_base(login) : "bash";
	struct buf b = BUF_INIT(MAX_SCRIPT);
	if (streq(shell, "zsh"))
		add_zsh(cli->arena, &b);
	else if (streq(shell, "fish"))
		add_fish(cli->arena, &b);
	else if (streq(shell, "bash") || !argc)
		add_bash(cli->arena, &b);
	else
		return cli_usage_error(cli, err, "There is no completion for '%s'", shell);
	cli_write(cli, b.ptr, b.len);
	buf_release(&b);
	return 0;
}
