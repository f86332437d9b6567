/* SPDX-License-Identifier: MIT
 *
 * ping: is the registry there?
 */
#include "base/clock.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/report.h"
#include "cli/cli.h"
#include "cli/online.h"
#include "cli/render.h"
#include "cli/runs.h"

#define MAX_DETAILS ((size_t)1 << 20)

static void tell(struct cli *cli, const char *registry, int64_t took, struct json *details)
{
	report_notice(cli->reporter, "PONG", "%lldms", (long long)took);
	if (cli_is_json(cli)) {
		struct json *out = json_object(cli->arena);
		json_put_text(cli->arena, out, "registry", registry);
		json_put(cli->arena, out, "time", json_number(cli->arena, (double)took));
		json_put(cli->arena, out, "details", details);
		cli_json(cli, out);
	} else if (json_count(details)) {
		struct buf b = BUF_INIT(MAX_DETAILS);
		json_format(&b, details, "  ");
		report_notice(cli->reporter, "PONG", "%s", buf_text(&b));
		buf_release(&b);
	}
}

int cmd_ping(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct registry_request rq = {.path = "/-/ping", .max_body = MAX_DETAILS};
	struct registry_answer answer;
	struct err no_json = ERR_INIT;
	struct online net;
	(void)argc;
	(void)argv;
	if (online_open(cli, 0, &net, err) < 0)
		return -1;
	const char *registry = render_clean(cli->arena, net.options.registry);
	report_notice(cli->reporter, "PING", "%s", registry);
	int64_t start = clock_now_ms();
	int rc = registry_ask(net.reg, &rq, cli->arena, &answer, err);
	online_close(&net);
	if (rc < 0)
		return -1;
	struct json *details = json_parse(cli->arena, answer.body, "ping", &no_json);
	tell(cli, registry, clock_now_ms() - start, details ? details : json_object(cli->arena));
	return 0;
}
