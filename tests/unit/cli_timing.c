/* SPDX-License-Identifier: MIT */
#include "cli/timing.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/report.h"
#include "tests/unit/test.h"

#define MS ((int64_t)1000000)

static void add(struct timing *t, const char *name, const char *about, int track, int64_t start_ms)
{
	timing_add(t, &(struct event){.kind = EVENT_SPAN, .text = name, .prefix = about, .track = track,
			.start_ns = (100 + start_ms) * MS, .end_ns = (100 + start_ms + 5) * MS});
}

static struct timing *example(struct arena *a)
{
	struct timing *t = timing_make(a);

	add(t, "resolve", "", TRACK_MAIN, 1);
	add(t, "link", "abbrev", 71, 10);
	add(t, "link", "wrappy", 72, 11);
	add(t, "GET", "https://registry.example.test/abbrev", TRACK_NET, 2);
	return t;
}

TEST(spans_are_summed)
{
	struct arena *a = test_arena();
	struct json *doc = timing_json(example(a), "ci", 100 * MS), *timers = json_find(doc, "timers");

	CHECK_INT((long long)json_find(timers, "resolve")->number, 5);
	CHECK_INT((long long)json_find(timers, "worker:link")->number, 10);
	CHECK(!json_find(timers, "GET"));
	CHECK_INT((long long)json_find(doc, "spans")->count, 1);
}

TEST(a_trace_has_threads_and_requests)
{
	struct arena *a = test_arena();
	struct json *events = json_find(timing_trace(example(a), 100 * MS), "traceEvents");
	int complete = 0, begun = 0, ended = 0;

	for (uint32_t i = 0; i < events->count; i++) {
		const struct json *e = json_at(events, i);
		const char *kind = json_find_text(e, "ph");

		complete += *kind == 'X';
		begun += *kind == 'b';
		ended += *kind == 'e';
		if (*kind == 'X' && json_find(e, "tid")->number == 72) {
			CHECK_INT((long long)json_find(e, "ts")->number, 11000);
			CHECK_INT((long long)json_find(e, "dur")->number, 5000);
			CHECK_STR(json_find_text(json_find(e, "args"), "about"), "wrappy");
		}
	}
	CHECK_INT(complete, 3);
	CHECK_INT(begun, 1);
	CHECK_INT(ended, 1);
}
