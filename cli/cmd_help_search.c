/* SPDX-License-Identifier: MIT
 *
 * help-search: words looked for in the help of all commands.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/dispatch.h"
#include "cli/paint.h"
#include "cli/runs.h"

#define WIDTH 80
#define MAX_RESULTS 10
#define MAX_LINES 4
#define MAX_TEXT ((size_t)1 << 22)

struct finding {
	const char *command;
	struct vec lines;	/* those that hold a word */
	size_t words, hits;
	const char *counts;	/* "tag:3 version:1" */
};

static size_t count_in(const char *text, const char *word)
{
	size_t n = 0;
	for (const char *at = *word ? strstr(text, word) : NULL; at; at = strstr(at + strlen(word), word))
		n++;
	return n;
}

static void take_lines(struct arena *a, const char *text, int argc, char **argv, struct vec *out)
{
	struct str rest = str_from(text);
	vec_init(out, a);
	while (rest.ptr) {
		const char *line = str_dup(a, str_cut(rest, '\n', &rest)), *lower = cstr_lower(a, line);
		size_t hits = 0;
		for (int i = 0; i < argc; i++)
			hits += count_in(lower, cstr_lower(a, argv[i]));
		if (hits)
			vec_add(out, (void *)line);
	}
}

static struct finding *look_into(struct arena *a, const struct command *c, int argc, char **argv)
{
	struct finding *f = ARENA_NEW(a, struct finding);
	const char *text = help_of_command(a, c), *lower = cstr_lower(a, text);
	f->command = c->name;
	f->counts = "";
	for (int i = 0; i < argc; i++) {
		size_t n = count_in(lower, cstr_lower(a, argv[i]));
		f->hits += n;
		f->words += n > 0;
		if (n)
			f->counts = arena_printf(a, "%s%s%s:%zu", f->counts, *f->counts ? " " : "", argv[i], n);
	}
	take_lines(a, text, argc, argv, &f->lines);
	return f->hits ? f : NULL;
}

static int best_first(const void *x, const void *y, UNUSED void *ctx)
{
	const struct finding *a = x, *b = y;
	if (a->words != b->words)
		return a->words > b->words ? -1 : 1;
	if (a->hits != b->hits)
		return a->hits > b->hits ? -1 : 1;
	return a->lines.count > b->lines.count ? -1 : a->lines.count < b->lines.count;
}

static void rule(struct buf *out, const char *mark)
{
	for (int i = 0; i < WIDTH; i++)
		buf_adds(out, mark);
	buf_addc(out, '\n');
}

static const char *marked(const struct paint *p, const char *line, int argc, char **argv)
{
	for (int i = 0; i < argc && p->on; i++) {
		const char *hit = strcasestr(line, argv[i]);
		size_t len = strlen(argv[i]);
		if (hit && len)
			return arena_printf(p->arena, "%.*s%s%s", (int)(hit - line), line,
					    paint_text(p, INK_BLUE, arena_strndup(p->arena, hit, len)), hit + len);
	}
	return line;
}

static void add_finding(struct cli *cli, struct buf *out, const struct finding *f, int argc, char **argv)
{
	struct paint p = paint_for(cli);
	size_t used = strlen("lode help ") + strlen(f->command) + strlen(f->counts);
	bool whole = config_bool(cli->config, "long");
	buf_printf(out, "%slode help %s", whole ? "\n\n" : "", f->command);
	buf_repeat(out, ' ', used < WIDTH ? WIDTH - used : 1);
	buf_printf(out, "%s\n", f->counts);
	if (!whole)
		return;
	rule(out, "-");
	for (size_t i = 0; i < f->lines.count && i < MAX_LINES; i++)
		buf_printf(out, "%s\n", marked(&p, f->lines.items[i], argc, argv));
}

static void add_words(struct buf *out, int argc, char **argv, bool quoted)
{
	for (int i = 0; i < argc; i++) {
		buf_addc(out, ' ');
		if (quoted)
			json_format_string(out, argv[i], strlen(argv[i]));
		else
			buf_adds(out, argv[i]);
	}
	buf_addc(out, '\n');
}

int cmd_help_search(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct buf out = BUF_INIT(MAX_TEXT);
	bool whole = config_bool(cli->config, "long");
	struct vec found;
	if (!argc)
		return cli_usage_error(cli, err, "What to look for has to be said");
	vec_init(&found, cli->arena);
	for (const struct command *c = command_table; c->name; c++) {
		struct finding *f = c->flags & HIDDEN ? NULL : look_into(cli->arena, c, argc, argv);
		if (f)
			vec_add(&found, f);
	}
	vec_sort(&found, best_first, NULL);
	if (found.count && !whole) {
		buf_adds(&out, "Top hits for");
		add_words(&out, argc, argv, true);
		rule(&out, "—");
	}
	for (size_t i = 0; i < found.count && i < MAX_RESULTS; i++)
		add_finding(cli, &out, found.items[i], argc, argv);
	if (found.count && !whole) {
		rule(&out, "—");
		buf_adds(&out, "(run with -l or --long to see more context)\n");
	}
	if (!found.count) {
		buf_adds(&out, "No matches in help for:");
		add_words(&out, argc, argv, false);
		buf_addc(&out, '\n');
	}
	cli_write(cli, buf_text(&out), out.len);
	buf_release(&out);
	return 0;
}
