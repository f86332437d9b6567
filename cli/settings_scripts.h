/* SPDX-License-Identifier: MIT
 *
 * What the settings say about running scripts.
 */
#pragma once

#include "base/base.h"

struct allow_policy;
struct cli;
struct err;
struct json;
struct lifecycle_options;
struct map;
struct runtime;

/* The environment of scripts, with every setting that is not at its default. */
struct map *settings_env(struct cli *cli, const struct runtime *rt);
/* npm 12's allowScripts: command line and environment, else package.json's field, else .npmrc; NULL when none says anything.
 * project: this is an install in a project, where the command line has no say (EALLOWSCRIPTS). pkg may be NULL. */
int settings_allow(struct cli *cli, const struct json *pkg, bool project, struct allow_policy **out, struct err *err)
	MUST_USE;
/* All of it, for an install. */
int settings_lifecycle(struct cli *cli, const struct json *pkg, bool project, struct lifecycle_options *out,
		       struct err *err) MUST_USE;
