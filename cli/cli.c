/* SPDX-License-Identifier: MIT
 *
 * What commands use: output, places, other commands.
 */
#include "cli/cli.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/dispatch.h"
#include "cli/render.h"

#define MAX_OUTPUT ((size_t)1 << 28)

void cli_write(struct cli *cli, const char *text, size_t len)
{
	render_out(cli->render, text, len);
}

void cli_print(struct cli *cli, const char *fmt, ...)
{
	va_list ap;
	if (cli->render->json)
		return;
	va_start(ap, fmt);
	const char *line = arena_vprintf(cli->arena, fmt, ap);
	va_end(ap);
	cli_write(cli, line, strlen(line));
	cli_write(cli, "\n", 1);
}

void cli_json(struct cli *cli, struct json *value)
{
	bool merge = json_is(cli->output, JSON_OBJECT) && json_is(value, JSON_OBJECT);
	if (!cli->output)
		cli->output = value;
	for (uint32_t i = 0; merge && i < json_count(value); i++)
		json_put(cli->arena, cli->output, value->members[i].key, value->members[i].value);
}

bool cli_is_json(const struct cli *cli)
{
	return config_bool(cli->config, "json");
}

bool cli_is_global(const struct cli *cli)
{
	return config_is_global(cli->config);
}

bool cli_is_silent(const struct cli *cli)
{
	return cli->render->level == LOG_SILENT;
}

const char *cli_prefix(const struct cli *cli)
{
	return config_prefix(cli->config);
}

const char *cli_dir(const struct cli *cli)
{
	return path_join(cli->arena, cli_prefix(cli), cli_is_global(cli) ? "lib/node_modules" : "node_modules");
}

const char *cli_bin(const struct cli *cli)
{
	if (cli_is_global(cli))
		return path_join(cli->arena, cli->config->global_prefix, "bin");
	return path_join(cli->arena, cli_dir(cli), ".bin");
}

int cli_usage_error(struct cli *cli, struct err *err, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	const char *text = arena_vprintf(cli->arena, fmt, ap);
	va_end(ap);
	cli->wants_usage = true;
	return err_set(err, ERR_EUSAGE, "%s", text);
}

command_run *cli_find_run(const struct cli *cli, const char *name)
{
	command_run *run = command_run_in(cli->lists[0], name);
	return run ? run : command_run_in(cli->lists[1], name);
}

int cli_run(struct cli *cli, const char *name, int argc, char **argv, struct err *err)
{
	command_run *run = cli_find_run(cli, name);
	if (!run)
		return err_set(err, ERR_EUNKNOWNCOMMAND, "Unknown command: \"%s\"", name);
	return run(cli, argc, argv, err);
}

/* Beside lode in a build tree, in libexec below the prefix. */
static const char *net_program(struct cli *cli)
{
	static const char *const places[] = {"../libexec/lode/lode-net", "libexec/lode/lode-net", "lode-net"};
	const char *self = fs_readlink(cli->arena, "/proc/self/exe");
	if (!self)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const char *path = path_join(cli->arena, path_dir(cli->arena, self), places[i]);
		if (access(path, X_OK) == 0)
			return path;
	}
	return NULL;
}

int cli_hand_over(struct cli *cli, struct err *err)
{
	const char *program = net_program(cli);
	if (!program)
		return err_set(err, ERR_ENOENT, "lode-net is missing: it belongs beside lode, in libexec/lode");
	fflush(NULL);
	execv(program, cli->argv);
	return err_sys(err, errno, "cannot run '%s'", program);
}
