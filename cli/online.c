/* SPDX-License-Identifier: MIT */
#include "cli/online.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/settings_registry.h"
#include "resolver/packument.h"

#define MAX_ANSWER ((size_t)256 << 20)
#define ACCEPT_WHOLE "application/json"

int online_open(struct cli *cli, unsigned flags, struct online *out, struct err *err)
{
	struct cache_options cache;

	*out = (struct online){.cli = cli};
	if (settings_registry(cli, &out->options, err) < 0)
		return -1;
	if (flags & ONLINE_FRESH && out->options.freshness != FRESH_OFFLINE)
		out->options.freshness = FRESH_PREFER_ONLINE;
	settings_cache(cli, &cache);
	out->options.cache = cache_open(cli->arena, &cache, err);
	if (!out->options.cache)
		return -1;
	out->reg = registry_open(&out->options, err);
	if (!out->reg)
		online_close(out);
	return out->reg ? 0 : -1;
}

void online_close(struct online *o)
{
	registry_close(o->reg);
	cache_close(o->options.cache);
	o->reg = NULL;
	o->options.cache = NULL;
}

struct json *online_json(struct online *o, const struct registry_request *rq, struct err *err)
{
	struct registry_request asked = *rq;
	struct registry_answer answer;

	asked.max_body = asked.max_body ? asked.max_body : MAX_ANSWER;
	if (registry_ask(o->reg, &asked, o->cli->arena, &answer, err) < 0)
		return NULL;
	return answer_json(o->cli, &o->options, &asked, answer.body, err);
}

struct json *online_document(struct online *o, const char *name, struct err *err)
{
	struct registry_request rq = {.name = name, .accept = ACCEPT_WHOLE, .max_body = PACKUMENT_MAX};

	rq.path = registry_packument_url(o->cli->arena, &o->options, name);
	if (!rq.path) {
		err_set(err, ERR_ENOREGISTRY, "no registry is set");
		return NULL;
	}
	return online_json(o, &rq, err);
}
