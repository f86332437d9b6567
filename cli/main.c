/* SPDX-License-Identifier: MIT
 *
 * The program around a command: settings in, output and exit status out.
 */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
#include "cli/command.h"
#include "cli/config.h"
#include "cli/config_room.h"
#include "cli/dispatch.h"
#include "cli/render.h"
#include "cli/timing.h"

#define MAX_DOCUMENT ((size_t)1 << 30)

/* Which name the program was called by. */
static bool called(const struct cli *cli, const char *name)
{
	return streq(path_base(cli->argv[0]), name);
}

static bool names_file(const char *word)
{
	static const char *const endings[] = {".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"};
	for (size_t i = 0; i < ARRAY_LEN(endings); i++)
		if (cstr_ends(word, endings[i]))
			return true;
	return strchr(word, '/') != NULL;
}

/* A file to run: `lode app.js`. A command's name wins. */
static bool is_application(const char *word)
{
	return word[0] != '-' && !command_find(word) && names_file(word) && fs_stat(word).kind == FS_FILE;
}

static void tell_removed(struct cli *cli, const struct vec *options)
{
	for (size_t i = 0; i < options->count && !cli->is_net; i++)
		fprintf(cli->render->err, "npx: the --%s argument has been removed.\n", VEC_AT(options, const char, i));
	if (options->count && !cli->is_net)
		fputs("See `lode help exec` for more information\n", cli->render->err);
}

/* What comes before settings are read: words that belong to the runtime, and lodex's own spelling. */
static void own_words(struct cli *cli, struct vec *words, bool *raw)
{
	struct vec given;
	vec_init(&given, cli->arena);
	for (int i = 1; i < cli->argc; i++)
		vec_add(&given, cli->argv[i]);
	const char *first = given.count ? given.items[0] : NULL;
	if (called(cli, "lodex") || called(cli, "npx")) {
		struct vec removed;
		vec_init(&removed, cli->arena);
		npx_words(cli->arena, &given, words, &removed);
		tell_removed(cli, &removed);
		return;
	}
	const struct command *c = first && first[0] != '-' ? command_get(first) : NULL;
	bool eval = first && (streq(first, "-e") || streq(first, "--eval"));
	*raw = c ? c->flags & RAW_ARGS : first && (eval || is_application(first));
	if (*raw && !c)
		vec_add(words, (void *)"node");
	for (size_t i = 0; i < given.count; i++)
		vec_add(words, given.items[i]);
}

static char **ended(struct arena *a, const struct vec *v, size_t from)
{
	char **list = ARENA_ARRAY(a, char *, v->count - from + 1);
	for (size_t i = from; i < v->count; i++)
		list[i - from] = v->items[i];
	return list;
}

static const char *builtin_file(struct arena *a, const char *exe)
{
	const char *dir = path_dir(a, exe);
	if (cstr_ends(dir, "/libexec/lode"))
		return path_join(a, dir, "npmrc");
	return path_join(a, path_dir(a, dir), "libexec/lode/npmrc");
}

static int load_config(struct cli *cli, const struct vec *words, bool raw, struct err *err)
{
	extern char **environ;
	char *nothing[] = {NULL};
	const char *exe = fs_readlink(cli->arena, "/proc/self/exe");
	struct config_sources from = {
		.argv = raw ? nothing : ended(cli->arena, words, 0),
		.environ = environ,
		.cwd = cli->cwd,
		.exec_path = exe,
		.builtin = exe ? builtin_file(cli->arena, exe) : NULL,
		.reporter = cli->reporter,
	};
	int64_t start = report_now();
	cli->config = config_load(cli->arena, &from, err);
	if (cli->config)
		report_span(cli->reporter, start, "config:load");
	return cli->config ? 0 : -1;
}

/* An unknown command is answered on stdout, and nothing else is said. */
static int unknown_command(struct cli *cli)
{
	struct err err = ERR_INIT;
	struct str text = STR_NULL;
	struct json *pkg = NULL;
	if (!fs_read_if(cli->arena, path_join(cli->arena, cli->config->local_prefix, "package.json"), MAX_DOCUMENT, &text,
			&err) &&
	    text.ptr)
		pkg = json_parse(cli->arena, text, "package.json", &err);
	const char *answer = arena_printf(cli->arena,
					  "Unknown command: \"%s\"%s%s\n\nTo see a list of supported lode commands, run:\n"
					  "  lode help\n",
					  cli->typed, names_file(cli->typed) ? ", and there is no such file to run" : "",
					  suggest(cli->arena, pkg, cli->typed));
	cli_write(cli, answer, strlen(answer));
	cli->status = 1;
	return 0;
}

static int print_usage(struct cli *cli)
{
	const char *text = help_of_program(cli, config_bool(cli->config, "long"));
	cli_write(cli, text, strlen(text));
	cli_write(cli, "\n", 1);
	cli->status = config_bool(cli->config, "usage") ? 0 : 1;
	return 0;
}

/* What lode-net has alone is its from here: it reads the settings again. */
static bool belongs_to_net(const struct cli *cli)
{
	return !cli->is_net && cli->command->flags & NEEDS_NET && !cli_find_run(cli, cli->command->name) &&
	       !config_bool(cli->config, "usage");
}

/* Scripts that ask the shim for npm's version want to know which npm's behaviour they get. */
static int print_version(struct cli *cli)
{
	const char *version = called(cli, "npm") || called(cli, "npx") ? NPM_VERSION "\n" : LODE_VERSION "\n";
	cli_write(cli, version, strlen(version));
	return 0;
}

/* extension-file names code of the project: no other source may. */
static int check_extension(struct cli *cli, struct err *err)
{
	enum config_where where = config_find(cli->config, "extension-file");
	if (json_is(config_get(cli->config, "extension-file"), JSON_NULL))
		return 0;
	if (where == CONFIG_CLI || where == CONFIG_PROJECT || where == CONFIG_DEFAULT)
		return 0;
	return err_set_as(err, "ENPMEXTENSIONCONFIG",
		"`extension-file` may only be set in project config or on the command line, not from %s config",
		config_where_name(where));
}

static int run_command(struct cli *cli, const struct vec *words, size_t skip, struct err *err)
{
	if (config_bool(cli->config, "force"))
		report_warn(cli->reporter, "using --force", "Recommended protections disabled.");
	if (!cli->typed)
		return print_usage(cli);
	if (!cli->command)
		return unknown_command(cli);
	if (check_extension(cli, err))
		return -1;
	return cli_dispatch(cli, (int)(words->count - skip), ended(cli->arena, words, skip), err);
}

static int run(struct cli *cli, struct err *err)
{
	struct vec words;
	bool raw = false;
	vec_init(&words, cli->arena);
	own_words(cli, &words, &raw);
	if (load_config(cli, &words, raw, err))
		return -1;
	const struct vec *left = raw ? &words : cli->config->words;
	bool versions = json_is_true(config_get_at(cli->config, "versions", CONFIG_CLI));
	cli->typed = versions ? "version" : left->count ? left->items[0] : NULL;
	cli->command = command_find(cli->typed);
	if (cli->command && belongs_to_net(cli))
		return cli_hand_over(cli, err);
	render_start(cli->render, cli->config);
	bool may_hand_over = cli->command && !cli->is_net && cli->command->flags & (NEEDS_NET | RUNS_NODE);
	if (!may_hand_over)
		render_flush(cli->render);
	if (json_is_true(config_get_at(cli->config, "version", CONFIG_CLI)))
		return print_version(cli);
	return run_command(cli, left, versions && !left->count ? 0 : 1, err);
}

/* The JSON document, with the error in it; and the error as lines. */
static void finish(struct cli *cli, struct err *err)
{
	const char *usage = cli->wants_usage && cli->command ? help_of_command(cli->arena, cli->command) : cli->error_detail;
	render_flush(cli->render);
	if (err->code != ERR_OK)
		render_error(cli->render, err, usage);
	if (cli->render->json && err->code != ERR_OK) {
		struct json *doc = json_is(cli->output, JSON_OBJECT) ? cli->output : json_object(cli->arena);
		json_put(cli->arena, doc, "error", render_error_json(cli->arena, err, usage));
		cli->output = cli->output && doc != cli->output ? cli->output : doc;
	}
	if (cli->output) {
		struct buf b = BUF_INIT(MAX_DOCUMENT);
		json_format(&b, cli->output, "  ");
		buf_addc(&b, '\n');
		cli_write(cli, b.ptr, b.len);
		buf_release(&b);
	}
	progress_clear(cli->render);
}

static void write_timing(struct cli *cli)
{
	struct err err = ERR_INIT;
	if (!cli->render->timing)
		return;
	const char *dir = config_text(cli->config, "logs-dir");
	if (!dir)
		dir = path_join(cli->arena, config_cache(cli->config), "_logs");
	report_span(cli->reporter, cli->started_ns, "lode");
	const char *path = timing_write(cli->render->timing, dir, cli->typed ? cli->typed : "", cli->started_ns, &err);
	if (path)
		report_notice(cli->reporter, "timing", "Timing info written to: %s", path);
	else
		report_warn(cli->reporter, "timing", "could not write timing file: %s", err.text);
}

int cli_main(int argc, char **argv, const struct command_entry *own, const struct command_entry *also)
{
	struct arena arena = ARENA_INIT;
	struct render render;
	proc_open_streams();
	struct err err = ERR_INIT;
	render_init(&render, &arena, stdout, stderr);
	struct cli cli = {
		.arena = &arena,
		.reporter = &render.reporter,
		.render = &render,
		.argv = argv,
		.argc = argc,
		.started_ns = report_now(),
		.lists = {own, also},
		.is_net = also != NULL,
		.cwd = fs_cwd(&arena),
	};
	int status;
	if (!cli.cwd)
		err_set(&err, ERR_ENOENT, "The current directory does not exist any more");
	else if (run(&cli, &err) < 0 && err.code == ERR_OK)
		err_set(&err, ERR_EGENERIC, "failed without saying why");
	finish(&cli, &err);
	if (cli.config)
		write_timing(&cli);
	status = err.code != ERR_OK ? err_status(&err) : cli.status;
	if ((fflush(stdout) || ferror(stdout)) && !status)
		status = 1;
	if (err.code == ERR_EINTR && proc_signalled())
		proc_raise(proc_signalled());
	arena_release(&arena);
	return status;
}
