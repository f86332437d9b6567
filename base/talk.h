/* SPDX-License-Identifier: MIT
 *
 * A child process that answers lines with lines. The two talk over its descriptor 3, both ways; its other streams are ours.
 *
 *	struct talk *t = talk_start(a, &(struct talk_options){.file = node, .argv = argv}, err);
 *	if (talk_ask(t, request, a, &answer, err) < 0) … it ended, said too much, or nothing in time (ETIMEDOUT)
 *	talk_end(t);
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct err;
struct talk;

struct talk_options {
	const char *file;		/* a path */
	const char *const *argv;	/* argv[0] too; NULL at the end */
	const char *cwd;		/* NULL: ours */
	size_t max_answer;		/* bytes */
	int64_t timeout_ms;		/* for one question and its answer; 0: a minute */
};

/* NULL when it could not be started. */
struct talk *talk_start(struct arena *a, const struct talk_options *o, struct err *err) MUST_USE;
/* Says one line (without its newline) and waits for one. A line of ptr NULL says nothing and only waits. */
int talk_ask(struct talk *t, struct str line, struct arena *a, struct str *answer, struct err *err) MUST_USE;
/* Nothing more will be asked: the child sees the end of its descriptor 3, and is waited for; one that does not end then is
 * killed. NULL is fine. */
void talk_end(struct talk *t);
