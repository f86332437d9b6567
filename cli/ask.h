/* SPDX-License-Identifier: MIT
 *
 * A command's conversation with the registry: questions and changes as JSON, one after the other.
 *
 *	struct ask q;
 *	if (ask_open(cli, &q, err) < 0)
 *		return -1;
 *	doc = ask_json(&q, &(struct registry_request){.path = "/-/whoami"}, err);
 *	ask_close(&q);
 *
 * otp_please: where the registry wants a one-time password and somebody is at the terminal, that one is asked (or sent
 * to the registry's page), and the same request is made again with it, and those that follow too. The registry has not
 * done what it refused, so nothing is done twice.
 */
#pragma once

#include "base/base.h"
#include "registry/registry.h"

struct cli;
struct err;
struct json;

struct ask {
	struct cli *cli;
	struct registry *registry;
	struct registry_options options;	/* what it was opened with */
	const char *otp;			/* got from the person */
	bool otp_please;
	struct registry_answer answer;		/* the last one */
};

int ask_open(struct cli *cli, struct ask *out, struct err *err) MUST_USE;
/* With the settings as they are now (a registry, a token have changed). */
int ask_reopen(struct ask *q, const struct registry_options *options, struct err *err) MUST_USE;
void ask_close(struct ask *q);

/* The answer as JSON; EINVALIDJSON when it is none. NULL with an error. */
struct json *ask_json(struct ask *q, const struct registry_request *rq, struct err *err) MUST_USE;
/* Whatever the answer holds, unless it is a web page. */
int ask_send(struct ask *q, const struct registry_request *rq, struct err *err) MUST_USE;
/* A value as a request's content, on one line. */
struct str ask_content(struct ask *q, const struct json *v);
/* A name as it stands in a path: @s%2fn. */
const char *ask_escaped(struct ask *q, const char *name);
/* What a command about "this package" is about: the name in package.json, NULL when there is none. */
const char *ask_own_name(struct cli *cli);
