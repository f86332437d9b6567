/* SPDX-License-Identifier: MIT */
#include "tests/driver/driver.h"

#include "base/buf.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

#define ANSWER_MAX ((size_t)256 << 20)

static struct driver_table *tables;

void driver_register(struct driver_table *t)
{
	t->next = tables;
	tables = t;
}

const struct json *driver_arg(const struct driver_call *c, uint32_t n)
{
	return json_at(c->args, n);
}

const char *driver_text(const struct driver_call *c, uint32_t n)
{
	return json_text(driver_arg(c, n));
}

bool driver_opt(const struct driver_call *c, const char *name)
{
	return json_truthy(driver_opt_value(c, name));
}

const char *driver_opt_text(const struct driver_call *c, const char *name)
{
	return json_text(driver_opt_value(c, name));
}

const struct json *driver_opt_value(const struct driver_call *c, const char *name)
{
	return json_find(c->opts, name);
}

/* 2: the name and the id's start fit, 1: the name fits an entry for any id, 0: no. */
static int entry_fits(const struct driver_entry *e, const struct driver_call *c)
{
	if (!streq(e->fn, c->fn))
		return 0;
	if (!e->prefix)
		return 1;
	return cstr_starts(c->id, e->prefix) ? 2 : 0;
}

static driver_fn *find_function(const struct driver_call *c)
{
	driver_fn *found = NULL;
	int best = 0;

	for (const struct driver_table *t = tables; t; t = t->next) {
		for (size_t i = 0; i < t->count; i++) {
			int fit = entry_fits(&t->entries[i], c);

			if (fit > best) {
				best = fit;
				found = t->entries[i].run;
			}
		}
	}
	return found;
}

static void put_error(struct arena *a, struct json *answer, const struct err *err)
{
	struct json *e = json_object(a);
	const char *name = err_name(err);

	json_put_text(a, e, "code", *name ? name : NULL);
	json_put_text(a, e, "message", err->text);
	json_put(a, answer, "error", e);
}

static struct json *answer_call(struct driver_call *c, const struct json *id)
{
	struct arena *a = c->arena;
	struct json *answer = json_object(a);
	struct err err = ERR_INIT;
	driver_fn *run = find_function(c);
	int rc = 0;

	json_put(a, answer, "id", id ? json_copy(a, id) : json_null(a));
	if (run)
		rc = run(c, &err);
	else
		c->skip = "no such function here";
	if (c->skip)
		json_put_text(a, answer, "skip", c->skip);
	else if (rc < 0)
		put_error(a, answer, &err);
	else
		json_put(a, answer, "result", c->result ? c->result : json_null(a));
	return answer;
}

static int answer_line(struct str line)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct buf out = BUF_INIT(ANSWER_MAX);
	struct json *call = json_parse(&a, line, "the call", &err);
	struct driver_call c = {.arena = &a};
	int rc = -1;

	if (call) {
		c.id = json_find_text(call, "id");
		c.fn = json_find_text(call, "fn");
		c.args = json_find(call, "args");
		c.opts = json_find(call, "opts");
		c.dir = json_find_text(call, "dir");
		json_format(&out, answer_call(&c, json_find(call, "id")), NULL);
		rc = out.failed ? -1 : 0;
		puts(buf_text(&out));
		fflush(stdout);
	} else {
		fprintf(stderr, "%s\n", err.text);
	}
	buf_release(&out);
	arena_release(&a);
	return rc;
}

int main(void)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int status = EXIT_SUCCESS;

	while ((n = getline(&line, &cap, stdin)) > 0) {
		if (line[n - 1] == '\n')
			n--;
		if (n && answer_line((struct str){line, (size_t)n}) < 0)
			status = EXIT_FAILURE;
	}
	free(line);
	return status;
}
