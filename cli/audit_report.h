/* SPDX-License-Identifier: MIT
 *
 * An audit's report for a person, from the document that --json prints (resolver/audit.h, audit_json).
 */
#pragma once

#include "base/base.h"

struct arena;
struct json;
struct paint;

/* "found 0 vulnerabilities", or how many, of which severity, and what to run. */
const char *audit_summary(const struct json *document, const struct paint *p);
/* Every vulnerable package with what makes it so, then the summary. */
const char *audit_details(const struct json *document, const struct paint *p);
/* Is any as bad as level ("none": never)? */
bool audit_is_bad(const struct json *document, const char *level);
