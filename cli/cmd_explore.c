/* SPDX-License-Identifier: MIT
 *
 * explore and edit: a shell, or the editor, in an installed package's folder.
 */
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
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/runs.h"
#include "cli/scripts.h"
#include "install/project.h"
#include "resolver/manifest.h"
#include "runtime/script.h"

#define MAX_COMMAND ((size_t)1 << 20)

static const char *command_of(struct cli *cli, int argc, char **argv)
{
	struct buf b = BUF_INIT(MAX_COMMAND);
	for (int i = 0; i < argc; i++)
		buf_printf(&b, "%s%s", i ? " " : "", argv[i]);
	const char *text = str_dup(cli->arena, str_trim(buf_str(&b)));
	buf_release(&b);
	return *text ? text : config_text(cli->config, "shell");
}

int cmd_explore(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct package_file file;
	if (!argc || !*argv[0])
		return cli_usage_error(cli, err, "A package has to be named");
	/* Whatever dots it has, it stays below node_modules. */
	const char *below = path_normal(cli->arena, arena_printf(cli->arena, "/%s", argv[0]));
	const char *dir = path_join(cli->arena, cli_dir(cli), below + 1);
	if (!below[1])
		return cli_usage_error(cli, err, "A package has to be named");
	if (package_read(cli->arena, dir, &file, err) < 0 || !fs_exists(path_join(cli->arena, dir, "package.json"))) {
		report_error(cli->reporter, "explore", "It doesn't look like %s is installed.", argv[0]);
		return err->code != ERR_OK ? -1 : err_set(err, ERR_ENOENT, "Could not read package.json: '%s/package.json' is not there", dir);
	}
	if (argc == 1)
		cli_print(cli, "\nExploring %s\nType 'exit' or ^D when finished\n", dir);
	struct script s = {
		.event = "_explore",
		.command = command_of(cli, argc - 1, argv + 1),
		.dir = dir,
		.pkg = file.manifest->raw,
	};
	return cli_script_settings(cli, &s, err) < 0 ? -1 : cli_script_run(cli, &s, true, err);
}

/* "a/@s/b" is a's own @s/b: a/node_modules/@s/b. */
static const char *nested_path(struct arena *a, const char *words)
{
	struct str rest = str_from(words);
	const char *out = "";
	bool scope = false;
	while (rest.ptr) {
		struct str part = str_cut(rest, '/', &rest);
		if (str_is(part, "node_modules"))
			continue;
		out = arena_printf(a, "%s%s%.*s", out, !*out ? "" : scope ? "/" : "/node_modules/", STR_ARGS(part));
		scope = str_starts(part, "@");
	}
	return out;
}

static int run_editor(struct cli *cli, const char *dir, struct err *err)
{
	const char *argv[32];
	size_t n = 0;
	struct str rest = str_trim(str_from(config_text(cli->config, "editor")));
	struct proc_result r;
	while (rest.ptr && n + 2 < ARRAY_LEN(argv)) {
		struct str word = str_cut(rest, ' ', &rest);
		if (word.len)
			argv[n++] = str_dup(cli->arena, word);
	}
	if (!n)
		return err_set(err, ERR_EGENERIC, "no editor is set");
	argv[n++] = dir;
	argv[n] = NULL;
	struct proc_options o = {.file = argv[0], .argv = argv, .forward_signals = true};
	report_pause(cli->reporter);
	if (proc_run(cli->arena, &o, &r, err) < 0)
		return -1;
	return r.code ? err_set(err, ERR_EGENERIC, "editor process exited with code: %d", r.code) : 0;
}

int cmd_edit(struct cli *cli, int argc, char **argv, struct err *err)
{
	if (argc != 1)
		return cli_usage_error(cli, err, "One package has to be named");
	const char *dir = path_join(cli->arena, cli_dir(cli), nested_path(cli->arena, argv[0]));
	if (fs_lstat(dir).kind == FS_NONE)
		return err_set(err, ERR_ENOENT, "no such file or directory, lstat '%s'", dir);
	if (run_editor(cli, dir, err) < 0)
		return -1;
	char *words[] = {(char *)dir, NULL};
	return cli_run(cli, "rebuild", 1, words, err);
}
