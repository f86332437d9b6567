/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/talk.h"
#include "tests/unit/test.h"

static struct talk *start(const char *script, struct err *err)
{
	const char **argv = ARENA_ARRAY(test_arena(), const char *, 4);

	argv[0] = "sh";
	argv[1] = "-c";
	argv[2] = script;
	return talk_start(test_arena(), &(struct talk_options){
		.file = "/bin/sh", .argv = argv, .max_answer = 1000, .timeout_ms = 300}, err);
}

TEST(talk_answers_line_by_line)
{
	struct err err = ERR_INIT;
	struct str answer;
	struct talk *t = start("while read l <&3; do echo \"got $l\" >&3; done", &err);

	CHECK(talk_ask(t, STR("one"), test_arena(), &answer, &err) == 0);
	CHECK_STR(answer.ptr, "got one");
	CHECK(talk_ask(t, STR("two"), test_arena(), &answer, &err) == 0);
	CHECK_STR(answer.ptr, "got two");
	talk_end(t);
}

TEST(talk_with_one_who_does_not_answer_has_an_end)
{
	static const char *const scripts[] = {"trap '' TERM; exec sleep 100", "trap '' HUP TERM; while read l <&3; do :; done; exec sleep 100"};

	for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
		struct err err = ERR_INIT;
		struct str answer;
		struct talk *t = start(scripts[i], &err);
		int64_t began = clock_now_ms();

		CHECK(talk_ask(t, STR("hello"), test_arena(), &answer, &err) == -1);
		CHECK(err.code == ERR_ETIMEDOUT);
		talk_end(t);
		CHECK(clock_now_ms() - began < 20000);
	}
}

TEST(talk_with_one_who_does_not_end_has_an_end)
{
	struct err err = ERR_INIT;
	struct str answer;
	struct talk *t = start("read l <&3; echo said >&3; exec sleep 100", &err);
	int64_t began = clock_now_ms();

	CHECK(talk_ask(t, STR("hello"), test_arena(), &answer, &err) == 0);
	talk_end(t);
	CHECK(clock_now_ms() - began < 20000);
}

TEST(talk_with_one_who_ended)
{
	struct err err = ERR_INIT;
	struct str answer;
	struct talk *t = start("exit 3", &err);

	CHECK(talk_ask(t, STR_NULL, test_arena(), &answer, &err) == -1);
	CHECK_STR(err.text, "the helper process has ended");
	talk_end(t);
}
