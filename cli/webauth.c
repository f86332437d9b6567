/* SPDX-License-Identifier: MIT */
#include "cli/webauth.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/url.h"
#include "cli/ask.h"
#include "cli/browse.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/prompt.h"
#include "cli/render.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PAUSE_MIN_MS 100	/* a registry that names no pause answers when there is news, or is in a hurry */

/* A login's address is for the person, whatever it looks like: it goes out as it is. */
static void show(struct cli *cli, const struct webauth *w)
{
	const char *url = url_encode_whole(cli->arena, w->page), *text;

	render_flush(cli->render);
	if (cli_is_json(cli)) {
		struct json *out = json_object(cli->arena);

		json_put_text(cli->arena, out, "title", w->title);
		json_put_text(cli->arena, out, "url", url);
		cli_json(cli, out);
		return;
	}
	text = arena_printf(cli->arena, "%s:\n%s\n", w->title, url);
	cli_write(cli, text, strlen(text));
	fflush(cli->render->out);
}

static bool is_web_page(struct cli *cli, const char *url)
{
	struct url u;

	return url_parse(cli->arena, str_from(url), NULL, &u) && (streq(u.scheme, "https") || streq(u.scheme, "http"));
}

/* Waits; ENTER meanwhile opens the browser, once. */
static int wait_for_person(struct ask *q, const struct webauth *w, bool *offered, struct err *err)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	int64_t until = clock_now_ms() + (q->answer.retry_after_ms > PAUSE_MIN_MS ? q->answer.retry_after_ms : PAUSE_MIN_MS);
	int64_t left;
	char line[256];

	while ((left = until - clock_now_ms()) > 0) {
		if (!*offered) {
			clock_sleep_ms(left);
			return 0;
		}
		if (poll(&in, 1, (int)(left < 60000 ? left : 60000)) <= 0)
			continue;
		*offered = false;
		if (fgets(line, sizeof(line), stdin) && browse(q->cli, w->page, w->title, err) < 0)
			return -1;
	}
	return 0;
}

static const char *invalid(struct err *err)
{
	err_set(err, ERR_EGENERIC, "Invalid response from web login endpoint");
	return NULL;
}

const char *webauth_token(struct ask *q, const struct webauth *w, struct err *err)
{
	const struct registry_request rq = {.path = w->done};
	bool offered = prompt_has_person() && !config_is_false(q->cli->config, "browser");

	if (!is_web_page(q->cli, w->page) || !is_web_page(q->cli, w->done))
		return invalid(err);
	show(q->cli, w);
	if (offered)
		cli_write(q->cli, "Press ENTER to open in the browser...\n", 38);
	fflush(q->cli->render->out);
	for (;;) {
		struct registry_answer *got = &q->answer;
		struct err ignored = ERR_INIT;
		const char *token;

		if (registry_ask(q->registry, &rq, q->cli->arena, got, err) < 0)
			return NULL;
		token = json_find_text(json_parse(q->cli->arena, got->body, "the answer", &ignored), "token");
		if (got->status == 200)
			return token && *token ? token : invalid(err);
		if (got->status != 202)
			return invalid(err);
		if (wait_for_person(q, w, &offered, err) < 0)
			return NULL;
	}
}
