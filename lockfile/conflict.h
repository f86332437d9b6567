/* SPDX-License-Identifier: MIT
 *
 * JSON with the markers of an unfinished merge in it (<<<<<<<, |||||||, =======, >>>>>>>), as git leaves
 * it in a lockfile. What "ours" changed against the common text is applied to "theirs", as npm does;
 * the next save writes the outcome without markers. Each of the three texts must be JSON by itself,
 * else the whole is an error (EJSONPARSE).
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct err;
struct json;

bool conflict_has_markers(struct str text);
/* JSON with or without markers; a byte order mark in front is skipped. what names the file in errors. */
struct json *conflict_parse(struct arena *a, struct str text, const char *what, struct err *err) MUST_USE;
