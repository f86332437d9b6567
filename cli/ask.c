/* SPDX-License-Identifier: MIT */
#include "cli/ask.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/prompt.h"
#include "cli/settings_registry.h"
#include "cli/webauth.h"
#include "install/project.h"
#include "resolver/manifest.h"

#define CONTENT_MAX ((size_t)3 << 30)	/* a package of a gibibyte, in base64, and what goes with it */

int ask_open(struct cli *cli, struct ask *out, struct err *err)
{
	*out = (struct ask){.cli = cli};
	if (settings_registry(cli, &out->options, err) < 0)
		return -1;
	out->registry = registry_open(&out->options, err);
	return out->registry ? 0 : -1;
}

int ask_reopen(struct ask *q, const struct registry_options *options, struct err *err)
{
	registry_close(q->registry);
	q->options = *options;
	q->registry = registry_open(&q->options, err);
	return q->registry ? 0 : -1;
}

void ask_close(struct ask *q)
{
	registry_close(q->registry);
	q->registry = NULL;
}

/* The page that the registry names, else a code; NULL: there is nobody, or no way. */
static const char *otp_of_person(struct ask *q, const struct registry_request *rq, struct err *err)
{
	struct err ignored = ERR_INIT;
	struct json *said = json_parse(q->cli->arena, q->answer.body, "the answer", &ignored);
	struct webauth w = {
		.title = "Authenticate your account at",
		.page = json_find_text(said, "authUrl"),
		.done = json_find_text(said, "doneUrl"),
		.registry = registry_request_url(q->cli->arena, &q->options, rq),
	};

	if (w.page && *w.page && w.done && *w.done)
		return webauth_token(q, &w, err);
	return prompt_otp(q->cli, "This operation requires a one-time password.\nEnter OTP:", err);
}

static int ask(struct ask *q, const struct registry_request *rq, struct err *err)
{
	struct registry_request again = *rq;
	struct err why = ERR_INIT;

	if (!again.otp)
		again.otp = q->otp;
	if (registry_ask(q->registry, &again, q->cli->arena, &q->answer, &why) == 0)
		return 0;
	if (why.code != ERR_EOTP || !q->otp_please || !prompt_has_person()) {
		*err = why;
		return -1;
	}
	again.otp = q->otp = otp_of_person(q, rq, err);
	return q->otp ? registry_ask(q->registry, &again, q->cli->arena, &q->answer, err) : -1;
}

struct json *ask_json(struct ask *q, const struct registry_request *rq, struct err *err)
{
	if (ask(q, rq, err) < 0)
		return NULL;
	return answer_json(q->cli, &q->options, rq, q->answer.body, err);
}

int ask_send(struct ask *q, const struct registry_request *rq, struct err *err)
{
	return ask(q, rq, err) < 0 ? -1 : answer_is_registrys(q->cli, &q->options, rq, q->answer.body, err);
}

struct str ask_content(struct ask *q, const struct json *v)
{
	struct buf text = BUF_INIT(CONTENT_MAX);
	struct str out;

	json_format(&text, v, NULL);
	out = (struct str){buf_dup(q->cli->arena, &text), text.len};
	buf_release(&text);
	return out;
}

const char *ask_escaped(struct ask *q, const char *name)
{
	return cstr_replace(q->cli->arena, name, "/", "%2f");
}

const char *ask_own_name(struct cli *cli)
{
	struct err ignored = ERR_INIT;
	struct package_file file;

	return package_read(cli->arena, cli_prefix(cli), &file, &ignored) < 0 ? NULL : file.manifest->name;
}
