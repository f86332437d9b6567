/* SPDX-License-Identifier: MIT
 *
 * Web pages shown to the user, by the setting `browser`.
 */
#pragma once

#include "base/base.h"

struct cli;
struct err;

/* Opens url; with browser=false, or where there is no browser, prints title and url (with --json as a document). */
int browse(struct cli *cli, const char *url, const char *title, struct err *err) MUST_USE;
