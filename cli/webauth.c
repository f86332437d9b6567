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

/* A page that anybody on the way could read or forge would give the session away: no step down from https. */
static bool is_web_page(struct cli *cli, const char *url, const char *registry)
{
	struct url u, v;

	if (!url_parse(cli->arena, str_from(url), NULL, &u) || !u.hostname || !*u.hostname)
		return false;
	if (!registry || !url_parse(cli->arena, str_from(registry), NULL, &v) || streq(v.scheme, "https"))
		return streq(u.scheme, "https");
	return streq(u.scheme, "https") || streq(u.scheme, "http");
}

int64_t webauth_pause(int64_t after_ms, int64_t waited_ms)
{
	int64_t left = WEBAUTH_LIMIT_MS - waited_ms, pause = after_ms > PAUSE_MIN_MS ? after_ms : PAUSE_MIN_MS;

	if (left <= 0)
		return -1;
	return pause < left ? pause : left;
}

/* Waits; ENTER meanwhile opens the browser, once. */
static int wait_for_person(struct ask *q, const struct webauth *w, int64_t pause, bool *offered, struct err *err)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	int64_t until = clock_now_ms() + pause, left;
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

static int check_pages(struct ask *q, const struct webauth *w, struct err *err)
{
	const char *const pages[] = {w->page, w->done};
	struct url u;

	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		if (is_web_page(q->cli, pages[i], w->registry))
			continue;
		invalid(err);
		if (url_parse(q->cli->arena, str_from(pages[i]), NULL, &u) && streq(u.scheme, "http"))
			err_note(err, "The registry is asked over https and names a page that is not: %s", pages[i]);
		return -1;
	}
	return 0;
}

/* One look whether somebody has been there: 202 not yet, 200 with a token, else it makes no sense. */
static int look(struct ask *q, const struct webauth *w, const char **token, struct err *err)
{
	const struct registry_request rq = {.path = w->done};
	struct registry_answer *got = &q->answer;
	struct err ignored = ERR_INIT;

	*token = NULL;
	if (registry_ask(q->registry, &rq, q->cli->arena, got, err) < 0)
		return -1;
	if (got->status == 202)
		return 0;
	if (got->status == 200)
		*token = json_find_text(json_parse(q->cli->arena, got->body, "the answer", &ignored), "token");
	if (*token && **token)
		return 0;
	invalid(err);
	return -1;
}

const char *webauth_token(struct ask *q, const struct webauth *w, struct err *err)
{
	bool offered = prompt_has_person() && !config_is_false(q->cli->config, "browser");
	int64_t started = clock_now_ms(), pause;
	const char *token;

	if (check_pages(q, w, err) < 0)
		return NULL;
	show(q->cli, w);
	if (offered)
		cli_write(q->cli, "Press ENTER to open in the browser...\n", 38);
	fflush(q->cli->render->out);
	for (;;) {
		if (look(q, w, &token, err) < 0 || token)
			return token;
		pause = webauth_pause(q->answer.retry_after_ms, clock_now_ms() - started);
		if (pause < 0) {
			err_set(err, ERR_EGENERIC, "Nobody has been at the page to authenticate for %d minutes", (int)(WEBAUTH_LIMIT_MS / 60000));
			err_note(err, "Run the command again when somebody can open it in a browser.");
			return NULL;
		}
		if (wait_for_person(q, w, pause, &offered, err) < 0)
			return NULL;
	}
}
