/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/proc.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static struct proc_result run_sh(const char *script, struct proc_options o)
{
	const char *argv[] = {"sh", "-c", script, NULL};
	struct err err = ERR_INIT;
	struct proc_result r;

	o.file = "/bin/sh";
	o.argv = argv;
	if (proc_run(test_arena(), &o, &r, &err))
		test_fail(__FILE__, __LINE__, "%s", err.text);
	return r;
}

static const struct proc_options captured = {.in = PROC_NULL, .out = PROC_CAPTURE, .err = PROC_CAPTURE};

TEST(proc_captures_both_streams_and_the_status)
{
	struct proc_result r = run_sh("echo out; echo err >&2; exit 3", captured);

	CHECK_INT(r.code, 3);
	CHECK_INT(r.signal, 0);
	CHECK_STR(r.out.ptr, "out\n");
	CHECK_STR(r.err.ptr, "err\n");
	CHECK(!r.truncated);
}

TEST(proc_tells_the_signal)
{
	struct proc_result r = run_sh("kill -TERM $$", captured);

	CHECK_INT(r.signal, SIGTERM);
	CHECK_INT(r.code, 128 + SIGTERM);
}

TEST(proc_uses_cwd_and_env)
{
	const char *env[] = {"A=1", "PATH=/usr/bin:/bin", NULL};
	struct proc_options o = captured;
	struct proc_result r;

	o.cwd = "/";
	o.envp = env;
	r = run_sh("pwd; echo $A; cat", o);
	CHECK_STR(r.out.ptr, "/\n1\n");
}

struct streamed {
	size_t bytes[3];
	int ends[3];
	int slow_ms;
	char last;
};

static void take_stream(void *ctx, int fd, const char *bytes, size_t n)
{
	struct streamed *s = ctx;

	if (s->slow_ms) {
		usleep((useconds_t)s->slow_ms * 1000);
		s->slow_ms = 0;
	}
	s->bytes[fd] += n;
	s->ends[fd] += !n;
	if (n)
		s->last = bytes[n - 1];
}

TEST(proc_hands_on_what_is_streamed_and_keeps_nothing)
{
	struct streamed got = {0};
	struct proc_options o = {.in = PROC_NULL, .out = PROC_STREAM, .err = PROC_STREAM, .sink = take_stream, .sink_ctx = &got};
	struct proc_result r = run_sh("head -c 3000000 /dev/zero; printf abc >&2", o);

	CHECK_INT(r.code, 0);
	CHECK_INT(got.bytes[1], 3000000);
	CHECK_INT(got.bytes[2], 3);
	CHECK_INT(got.ends[1], 1);
	CHECK_INT(got.ends[2], 1);
	CHECK_INT(r.out.len, 0);
	CHECK(!r.truncated);
}

TEST(proc_loses_nothing_to_a_slow_taker)
{
	struct streamed got = {.slow_ms = 700};
	struct proc_options o = {.in = PROC_NULL, .out = PROC_STREAM, .err = PROC_NULL, .sink = take_stream, .sink_ctx = &got};
	struct proc_result r = run_sh("head -c 40000 /dev/zero; printf x; sleep 2 &", o);

	CHECK_INT(r.code, 0);
	CHECK_INT(got.bytes[1], 40001);
	CHECK_INT(got.last, 'x');
	CHECK_INT(got.ends[1], 1);
}

TEST(proc_bounds_a_flood_and_keeps_both_ends)
{
	struct proc_options o = captured;
	struct proc_result r;

	o.max_output = 1000;
	r = run_sh("echo first; head -c 3000000 /dev/zero | tr '\\0' x; echo last", o);
	CHECK_INT(r.code, 0);
	CHECK(r.truncated);
	CHECK(r.out.len < 1100);
	CHECK(cstr_starts(r.out.ptr, "first\nxxx"));
	CHECK(cstr_ends(r.out.ptr, "xxxlast\n"));
	CHECK(strstr(r.out.ptr, "bytes left out"));
}

TEST(proc_times_out_with_its_group)
{
	struct proc_options o = captured;
	int64_t start = clock_now_ms();
	struct proc_result r;

	o.timeout_ms = 100;
	o.own_group = true;
	r = run_sh("sleep 60 & sleep 60; wait", o);
	CHECK(r.timed_out);
	CHECK(clock_now_ms() - start < 1500);
}

TEST(proc_kills_what_ignores_the_polite_signal)
{
	struct proc_options o = captured;
	int64_t start = clock_now_ms();
	struct proc_result r;

	o.timeout_ms = 50;
	o.own_group = true;
	r = run_sh("trap '' TERM; sleep 60; sleep 60", o);
	CHECK(r.timed_out);
	CHECK_INT(r.signal, SIGKILL);
	CHECK(clock_now_ms() - start < 8000);
}

TEST(proc_does_not_wait_for_who_keeps_its_pipes)
{
	int64_t start = clock_now_ms();
	struct proc_result r = run_sh("sleep 5 & echo started", captured);

	CHECK_INT(r.code, 0);
	CHECK_STR(r.out.ptr, "started\n");
	CHECK(clock_now_ms() - start < 3000);
}

TEST(proc_waits_for_the_first_of_many)
{
	const char *slow[] = {"sh", "-c", "sleep 0.4; exit 1", NULL};
	const char *fast[] = {"sh", "-c", "exit 2", NULL};
	struct proc_options o = captured;
	struct err err = ERR_INIT;
	struct proc_result r;
	struct proc *p[2];

	o.file = "/bin/sh";
	o.argv = slow;
	p[0] = proc_start(test_arena(), &o, &err);
	o.argv = fast;
	p[1] = proc_start(test_arena(), &o, &err);
	CHECK(p[0] && p[1]);
	CHECK_INT(proc_wait(p, 2, &r), 1);
	CHECK_INT(r.code, 2);
	p[1] = NULL;
	CHECK_INT(proc_wait(p, 2, &r), 0);
	CHECK_INT(r.code, 1);
}

TEST(proc_forwards_a_signal_to_the_child)
{
	struct proc_options o = captured;
	struct proc_result r;

	o.forward_signals = true;
	r = run_sh("trap 'echo got; exit 7' TERM; kill -TERM $PPID; sleep 5 & wait", o);
	CHECK_INT(r.code, 7);
	CHECK_STR(r.out.ptr, "got\n");
	CHECK_INT(proc_signalled(), SIGTERM);
}

TEST(proc_that_is_not_there_is_an_error)
{
	const char *argv[] = {"x", NULL};
	struct proc_options o = {.file = "/nonexistent/x", .argv = argv};
	struct err err = ERR_INIT;
	struct proc_result r;

	CHECK_INT(proc_run(test_arena(), &o, &r, &err), -1);
	CHECK_INT(err.code, ERR_ENOENT);
}

TEST(proc_finds_on_a_path)
{
	CHECK_STR(proc_find(test_arena(), "sh", "/nonexistent::/bin"), "/bin/sh");
	CHECK(!proc_find(test_arena(), "sh", "/nonexistent"));
	CHECK(!proc_find(test_arena(), "sh", NULL));
	CHECK(proc_self(test_arena()));
	CHECK(proc_cpus() >= 1);
}

TEST(clock_writes_iso_time)
{
	char text[25];

	clock_iso(1704067199999, text);
	CHECK_STR(text, "2023-12-31T23:59:59.999Z");
	clock_iso(-1, text);
	CHECK_STR(text, "1969-12-31T23:59:59.999Z");
	CHECK(clock_wall_ms() > 1700000000000);
}
