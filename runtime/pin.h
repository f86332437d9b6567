/* SPDX-License-Identifier: MIT
 *
 * The text of .node-version and .nvmrc, and of what a person asks for on the command line: which Node is meant.
 *
 *	20.11.0, v20.11.0, 20, 20.11, ^20.9, >=18 <21	a version, the beginning of one, or a range
 *	lts (or lts/ and a star), lts/iron, lts/-1	the newest line with long-term support, one by its name, the one before the newest
 *	node, latest, current, stable, system		whatever there is: the bundled one will do
 *
 * A file has one such line; blank lines and what follows a # do not count, nor do a byte order mark and CRLF.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct err;

#define PIN_MAX_FILE ((size_t)64 << 10)

struct pin {
	const char *text;	/* as written */
	const char *range;	/* npm's spelling of it: "20.11.0", "24", "*" */
};

/* what names the file for messages. EINVALIDPIN when it cannot be understood. */
int pin_parse_file(struct arena *a, struct str text, const char *what, struct pin *out, struct err *err) MUST_USE;
/* One word; NULL when it makes no sense. */
const char *pin_range(struct arena *a, struct str word);
