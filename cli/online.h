/* SPDX-License-Identifier: MIT
 *
 * A command's registry, opened as the settings say with the cache behind it, for the verbs that only read. Those that change
 * something, or may be asked for a one-time password, go by cli/ask.h. lode-net only.
 *
 *	struct online net;
 *	if (online_open(cli, 0, &net, err) < 0)
 *		return -1;
 *	struct json *who = online_json(&net, &(struct registry_request){.path = "/-/whoami"}, err);
 *	online_close(&net);
 *
 * What online_json gives lives in the run's arena and outlives online_close; packuments do not.
 */
#pragma once

#include "base/base.h"
#include "registry/registry.h"

struct cache;
struct cli;
struct err;
struct json;

enum online_flags {
	ONLINE_FRESH = 1,	/* what is cached is revalidated, as npm's preferOnline; offline stays offline */
};

struct online {
	struct cli *cli;
	struct registry_options options;
	struct registry *reg;
};

/* On error nothing is open. */
int online_open(struct cli *cli, unsigned flags, struct online *out, struct err *err) MUST_USE;
void online_close(struct online *o);	/* closing twice is fine */

/* Asks, waits, parses. A status of 400 and more is an error; so is an answer that is no JSON (EINVALIDJSON). */
struct json *online_json(struct online *o, const struct registry_request *rq, struct err *err) MUST_USE;
/* A package's whole document, as the registry has it; nothing is left out, unlike in a struct packument. */
struct json *online_document(struct online *o, const char *name, struct err *err) MUST_USE;
