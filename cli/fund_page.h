/* SPDX-License-Identifier: MIT
 *
 * `lode fund <package>`: lode answers for packages that are installed, lode-net for others.
 */
#pragma once

#include "base/base.h"

struct cli;
struct err;
struct json;

/* Opens the funding page of a package.json, or lists the ways it names when --which does not choose one. */
int fund_open_page(struct cli *cli, const struct json *package, const char *what, struct err *err) MUST_USE;
