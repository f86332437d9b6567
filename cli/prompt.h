/* SPDX-License-Identifier: MIT
 *
 * Questions to the person at the terminal.
 */
#pragma once

#include "base/base.h"

struct cli;
struct err;

/* Is somebody there? (Both standard input and output are a terminal.) */
bool prompt_has_person(void);
/*
 * A line of text, or fallback (may be NULL) where it is empty. hidden: what is typed, and the fallback, are not shown.
 * Without a terminal the line is read from standard input all the same, as npm does. NULL: "canceled", at its end.
 */
struct prompt {
	const char *text;
	const char *fallback;
	bool hidden;
};
const char *prompt_line(struct cli *cli, const struct prompt *p, struct err *err) MUST_USE;
/* Asked until they make sense: a one-time password, a user's name, a password. */
const char *prompt_otp(struct cli *cli, const char *text, struct err *err) MUST_USE;
const char *prompt_username(struct cli *cli, const char *text, const char *fallback, struct err *err) MUST_USE;
const char *prompt_password(struct cli *cli, const char *text, const char *fallback, struct err *err) MUST_USE;
