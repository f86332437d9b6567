/* SPDX-License-Identifier: MIT
 *
 * devEngines of a project's package.json: which runtime, package manager and machine its developers want.
 */
#pragma once

#include "base/base.h"

struct arena;
struct cli;
struct err;
struct json;

/* Of this run's project: warnings told, EBADDEVENGINES when what is wanted is not so (a warning with --force). */
int engines_check(struct cli *cli, struct err *err) MUST_USE;
/* What fails, as {engine, message, onFail, current, required}. NULL: devEngines makes no sense, err says why.
 * current: {runtime: {name, version}, …}. */
struct json *engines_failures(struct arena *a, const struct json *wanted, const struct json *current, struct err *err);
