/* SPDX-License-Identifier: MIT
 *
 * The folders exec installs into, <cache>/_npx/<key>: list, remove, describe.
 */
#pragma once

#include "base/base.h"

struct cli;
struct err;

/* What follows `cache npx`: ls; rm [<key>...]; info <key>... */
int npx_cache(struct cli *cli, int argc, char **argv, struct err *err) MUST_USE;
