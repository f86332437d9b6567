/* SPDX-License-Identifier: MIT */
#include "cli/browse.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/proc.h"
#include "base/report.h"
#include "base/str.h"
#include "base/url.h"
#include "cli/cli.h"
#include "cli/config.h"

#define NOT_FOUND 127	/* what a shell says of a program that is not there */

static void print(struct cli *cli, const char *url, const char *title)
{
	if (cli_is_json(cli)) {
		struct json *out = json_object(cli->arena);
		json_put_text(cli->arena, out, "title", title);
		json_put_text(cli->arena, out, "url", url);
		cli_json(cli, out);
		return;
	}
	cli_print(cli, "%s:\n%s", title, url);
}

static bool is_web_page(struct cli *cli, const char *url)
{
	struct url u;
	return url_parse(cli->arena, str_from(url), NULL, &u) && (streq(u.scheme, "https") || streq(u.scheme, "http"));
}

int browse(struct cli *cli, const char *url, const char *title, struct err *err)
{
	const char *program = config_text(cli->config, "browser");
	struct proc_result r;
	url = url_encode_whole(cli->arena, url);
	if (config_is_false(cli->config, "browser")) {
		print(cli, url, title);
		return 0;
	}
	if (!is_web_page(cli, url))
		return err_set(err, ERR_EGENERIC, "Invalid URL: %s", url);
	/* The setting is a command line; the address goes to it as a word of its own. */
	const char *line = arena_printf(cli->arena, "%s \"$1\"", program && *program ? program : "xdg-open");
	const char *const argv[] = {"sh", "-c", line, "sh", url, NULL};
	struct proc_options o = {.file = "/bin/sh", .argv = argv, .in = PROC_INHERIT, .out = PROC_CAPTURE, .err = PROC_CAPTURE};
	report_pause(cli->reporter);
	if (proc_run(cli->arena, &o, &r, err) < 0)
		return -1;
	if (r.code == NOT_FOUND)
		print(cli, url, title);
	else if (r.code)
		return err_set(err, ERR_EGENERIC, "%s failed", program && *program ? program : "xdg-open");
	return 0;
}
