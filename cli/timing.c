/* SPDX-License-Identifier: MIT */
#include "cli/timing.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"

#define MAX_FILE ((size_t)64 << 20)
#define MS 1e6
#define US_IN_MS 1e3

struct span {
	struct span *next;
	const char *name, *about;
	int track;
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

void timing_add(struct timing *t, const struct event *e)
{
	if (!t)
		return;
	struct span *s = ARENA_NEW(t->arena, struct span);
	*s = (struct span){
		.name = arena_strdup(t->arena, e->text),
		.about = e->prefix ? arena_strdup(t->arena, e->prefix) : "",
		.track = e->track,
		.start_ns = e->start_ns,
		.end_ns = e->end_ns,
	};
	if (t->last)
		t->last->next = s;
	else
		t->first = s;
	t->last = s;
}

static double ms_since(int64_t start_ns, int64_t ns)
{
	return (double)(ns - start_ns) / MS;
}

/* Requests overlap one another: their sum is nobody's time. */
static void add_timer(struct arena *a, struct json *timers, const struct span *s)
{
	if (s->track == TRACK_NET)
		return;
	const char *name = s->track == TRACK_MAIN ? s->name : arena_printf(a, "worker:%s", s->name);
	const struct json *before = json_find(timers, name);
	json_put(a, timers, name,
		json_number(a, ms_since(s->start_ns, s->end_ns) + (json_is(before, JSON_NUMBER) ? before->number : 0)));
}

struct json *timing_json(const struct timing *t, const char *command, int64_t start_ns)
{
	struct arena *a = t->arena;
	struct json *doc = json_object(a), *about = json_object(a), *timers = json_object(a), *spans = json_array(a);
	json_put_text(a, about, "command", command);
	json_put_text(a, about, "version", LODE_VERSION);
	json_put(a, doc, "metadata", about);
	json_put(a, doc, "timers", timers);
	json_put(a, doc, "spans", spans);
	for (const struct span *s = t->first; s; s = s->next) {
		add_timer(a, timers, s);
		if (s->track != TRACK_MAIN)
			continue;
		struct json *one = json_object(a);
		json_put_text(a, one, "name", s->name);
		json_put(a, one, "start", json_number(a, ms_since(start_ns, s->start_ns)));
		json_put(a, one, "ms", json_number(a, ms_since(s->start_ns, s->end_ns)));
		json_add(a, spans, one);
	}
	return doc;
}

/* ---- the trace ---- */

static struct json *trace_event(struct arena *a, const char *kind, const char *name, int track)
{
	struct json *e = json_object(a);
	json_put_text(a, e, "ph", kind);
	json_put_text(a, e, "name", name);
	json_put(a, e, "pid", json_number(a, 1));
	json_put(a, e, "tid", json_number(a, track));
	return e;
}

static void name_track(struct arena *a, struct json *events, int track, const char *name)
{
	struct json *e = trace_event(a, "M", "thread_name", track), *args = json_object(a);
	json_put_text(a, args, "name", name);
	json_put(a, e, "args", args);
	json_add(a, events, e);
}

static struct json *trace_begin(struct arena *a, const char *kind, const struct span *s, int64_t start_ns)
{
	struct json *e = trace_event(a, kind, s->name, s->track), *args = json_object(a);
	json_put(a, e, "ts", json_number(a, ms_since(start_ns, s->start_ns) * US_IN_MS));
	if (*s->about) {
		json_put_text(a, args, "about", s->about);
		json_put(a, e, "args", args);
	}
	return e;
}

/* A request is a pair of "asynchronous" events with a number of its own: viewers lay those out in as many rows as it takes. */
static void trace_request(struct arena *a, struct json *events, const struct span *s, int64_t start_ns)
{
	struct json *pair[] = {trace_begin(a, "b", s, start_ns), trace_event(a, "e", s->name, s->track)};
	const char *id = arena_printf(a, "%u", events->count);
	json_put(a, pair[1], "ts", json_number(a, ms_since(start_ns, s->end_ns) * US_IN_MS));
	for (size_t i = 0; i < ARRAY_LEN(pair); i++) {
		json_put_text(a, pair[i], "cat", "request");
		json_put_text(a, pair[i], "id", id);
		json_add(a, events, pair[i]);
	}
}

struct json *timing_trace(const struct timing *t, int64_t start_ns)
{
	struct arena *a = t->arena;
	struct json *doc = json_object(a), *events = json_array(a);
	json_put(a, doc, "traceEvents", events);
	json_put_text(a, doc, "displayTimeUnit", "ms");
	name_track(a, events, TRACK_MAIN, "main");
	name_track(a, events, TRACK_NET, "requests");
	for (const struct span *s = t->first; s; s = s->next) {
		if (s->track == TRACK_NET) {
			trace_request(a, events, s, start_ns);
			continue;
		}
		struct json *e = trace_begin(a, "X", s, start_ns);
		json_put(a, e, "dur", json_number(a, ms_since(s->start_ns, s->end_ns) * US_IN_MS));
		json_add(a, events, e);
	}
	return doc;
}

static int write_one(const char *path, const struct json *doc, struct err *err)
{
	struct buf b = BUF_INIT(MAX_FILE);
	json_format(&b, doc, "  ");
	buf_addc(&b, '\n');
	int rc = fs_write(path, buf_str(&b), 0644, err);
	buf_release(&b);
	return rc;
}

const char *timing_write(const struct timing *t, const char *dir, const char *command, int64_t start_ns, struct err *err)
{
	char now[25];
	clock_iso(clock_wall_ms(), now);
	const char *stamp = cstr_replace(t->arena, cstr_replace(t->arena, now, ":", "_"), ".", "_");
	const char *base = path_join(t->arena, dir, stamp), *path = arena_printf(t->arena, "%s-timing.json", base);
	if (fs_mkdirs(dir, err) < 0 || write_one(path, timing_json(t, command, start_ns), err) < 0 ||
	    write_one(arena_printf(t->arena, "%s-trace.json", base), timing_trace(t, start_ns), err) < 0)
		return NULL;
	return path;
}
