/* SPDX-License-Identifier: MIT */
#include "cli/online.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
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

static const char *url_of(struct online *o, const struct registry_request *rq)
{
	if (rq->path[0] != '/' || !o->options.registry)
		return rq->path;
	return arena_printf(o->cli->arena, "%s%s", o->options.registry, rq->path + 1);
}

/* npm's words for a page of HTML, or half an answer. */
static struct json *parse(struct online *o, const struct registry_request *rq, struct str body, struct err *err)
{
	struct err local = ERR_INIT;
	struct json *v;

	if (!body.len)
		return json_object(o->cli->arena);
	v = json_parse(o->cli->arena, body, "the registry's answer", &local);
	if (v)
		return v;
	err_set_as(err, "EINVALIDJSON", "invalid json response body at %s reason: %.1500s", url_of(o, rq), local.text);
	err_note(err, "The registry did not answer as a package registry does: check the `registry` setting, and any proxy on "
		      "the way.");
	return NULL;
}

struct json *online_json(struct online *o, const struct registry_request *rq, struct err *err)
{
	struct registry_request asked = *rq;
	struct registry_answer answer;

	asked.max_body = asked.max_body ? asked.max_body : MAX_ANSWER;
	if (registry_ask(o->reg, &asked, o->cli->arena, &answer, err) < 0)
		return NULL;
	return parse(o, &asked, answer.body, err);
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
