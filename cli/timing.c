/* SPDX-License-Identifier: MIT */
#include "cli/timing.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"

#define MAX_FILE ((size_t)64 << 20)
#define MS 1e6

struct span {
	struct span *next;
	const char *name;
	int64_t start_ns, end_ns;
};

struct timing {
	struct arena *arena;
	struct span *first, *last;
};

struct timing *timing_make(struct arena *a)
{
	struct timing *t = ARENA_NEW(a, struct timing);
	t->arena = a;
	return t;
}

void timing_add(struct timing *t, const char *name, int64_t start_ns, int64_t end_ns)
{
	if (!t)
		return;
	struct span *s = ARENA_NEW(t->arena, struct span);
	*s = (struct span){NULL, arena_strdup(t->arena, name), start_ns, end_ns};
	if (t->last)
		t->last->next = s;
	else
		t->first = s;
	t->last = s;
}

static void add_span(struct arena *a, struct json *doc, const struct span *s, int64_t start_ns)
{
	struct json *timers = json_find(doc, "timers"), *one = json_object(a);
	double ms = (double)(s->end_ns - s->start_ns) / MS;
	const struct json *before = json_find(timers, s->name);
	json_put(a, timers, s->name, json_number(a, ms + (json_is(before, JSON_NUMBER) ? before->number : 0)));
	json_put_text(a, one, "name", s->name);
	json_put(a, one, "start", json_number(a, (double)(s->start_ns - start_ns) / MS));
	json_put(a, one, "ms", json_number(a, ms));
	json_add(a, json_find(doc, "spans"), one);
}

struct json *timing_json(const struct timing *t, const char *command, int64_t start_ns)
{
	struct arena *a = t->arena;
	struct json *doc = json_object(a), *about = json_object(a);
	json_put_text(a, about, "command", command);
	json_put_text(a, about, "version", LODE_VERSION);
	json_put(a, doc, "metadata", about);
	json_put(a, doc, "timers", json_object(a));
	json_put(a, doc, "spans", json_array(a));
	for (const struct span *s = t->first; s; s = s->next)
		add_span(a, doc, s, start_ns);
	return doc;
}

const char *timing_write(const struct timing *t, const char *dir, const struct json *doc, struct err *err)
{
	char now[25];
	struct buf b = BUF_INIT(MAX_FILE);
	clock_iso(clock_wall_ms(), now);
	const char *stamp = cstr_replace(t->arena, cstr_replace(t->arena, now, ":", "_"), ".", "_");
	const char *path = path_join(t->arena, dir, arena_printf(t->arena, "%s-timing.json", stamp));
	json_format(&b, doc, "  ");
	buf_addc(&b, '\n');
	int rc = fs_mkdirs(dir, err);
	if (!rc)
		rc = fs_write(path, buf_str(&b), 0644, err);
	buf_release(&b);
	return rc ? NULL : path;
}
