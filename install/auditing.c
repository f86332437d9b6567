/* SPDX-License-Identifier: MIT */
#include "install/auditing.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/report.h"
#include "install/loop.h"
#include "registry/registry.h"
#include "resolver/tree.h"

#define PATH "/-/npm/v1/security/advisories/bulk"
#define MAX_QUESTION ((size_t)64 << 20)
#define MAX_ANSWER ((size_t)256 << 20)
/* So long after all else is done. */
#define PATIENCE_MS 3000

struct auditing {
	struct loop *loop;
	struct tree *tree;
	const struct audit_options *options;
	struct map packuments;		/* name to struct packument; NULL: none */
	struct map asked;
	size_t open;			/* packuments on their way */
	int64_t deadline_ms;
	struct json *answer;
	bool over, failed;
};

static void answered(void *ctx, const struct registry_answer *answer, const struct err *err)
{
	struct auditing *x = ctx;
	struct err bad = ERR_INIT;

	x->over = true;
	if (err->code == ERR_OK)
		x->answer = answer->body.len ? json_parse(x->tree->arena, answer->body, "the registry's advisories", &bad)
					     : json_object(x->tree->arena);
	else
		bad = *err;
	x->failed = !json_is(x->answer, JSON_OBJECT);
	if (x->failed)
		report_verbose(x->loop->reporter, "audit", "no answer: %s", bad.text);
}

static int ask(struct auditing *x, const struct json *question, struct err *err)
{
	struct buf text = BUF_INIT(MAX_QUESTION);
	int rc;

	json_format(&text, question, NULL);
	struct registry_request rq = {
		.path = PATH,
		.method = "POST",
		.content = buf_str(&text),
		.max_body = MAX_ANSWER,
	};
	rc = text.failed ? err_set(err, ERR_ETOOBIG, "the question is too long") : registry_ask_later(x->loop->registry, &rq, answered, x, err);
	buf_release(&text);
	return rc;
}

struct auditing *auditing_begin(struct loop *l, struct tree *t, const struct audit_options *options)
{
	struct auditing *x = ARENA_NEW(t->arena, struct auditing);
	struct json *question = audit_question(t, options);
	struct err bad = ERR_INIT;

	*x = (struct auditing){.loop = l, .tree = t, .options = options};
	map_init(&x->packuments, t->arena);
	map_init(&x->asked, t->arena);
	if (!question->count) {
		x->answer = json_object(t->arena);
		x->over = true;
		return x;
	}
	if (ask(x, question, &bad) == 0)
		return x;
	report_verbose(l->reporter, "audit", "not asked: %s", bad.text);
	return NULL;
}

/* ---- what advisories need to know ---- */

static void came(void *ctx, const char *name, const struct packument *p, const struct err *err)
{
	struct auditing *x = ctx;

	(void)err;
	x->open--;
	map_put(&x->packuments, arena_strdup(x->tree->arena, name), (void *)p);
}

static bool in_time(const struct auditing *x)
{
	return clock_now_ms() < x->deadline_ms;
}

static void expect(void *ctx, const struct vec *names)
{
	struct auditing *x = ctx;

	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i];

		if (map_has(&x->asked, name) || x->failed)
			continue;
		map_put(&x->asked, name, x);
		x->open++;
		registry_packument(x->loop->registry, &(struct packument_wish){.name = name, .done = came, .ctx = x});
	}
	while (x->open && in_time(x))
		registry_poll(x->loop->registry, 100);
	x->failed |= x->open > 0;
}

static const struct packument *packument(void *ctx, const char *name)
{
	struct auditing *x = ctx;
	struct vec one;

	if (!map_has(&x->asked, name)) {
		vec_init(&one, x->tree->arena);
		vec_add(&one, (void *)name);
		expect(x, &one);
	}
	return map_find(&x->packuments, name);
}

struct audit *auditing_end(struct auditing *x)
{
	struct audit_feed feed = {expect, packument, x};
	struct audit *report;

	if (!x)
		return NULL;
	x->deadline_ms = clock_now_ms() + PATIENCE_MS;
	while (!x->over && in_time(x))
		registry_poll(x->loop->registry, 100);
	if (!x->over || x->failed)
		return NULL;
	report = audit_make(x->tree, x->options, x->answer, &feed);
	return x->failed ? NULL : report;
}
