/* SPDX-License-Identifier: MIT
 *
 * The question about known vulnerabilities that goes with an install: sent as soon as the tree is known, answered while
 * packages are fetched and laid. It never holds an install up for more than a moment: without an answer by then, or where the
 * registry does not know the question, there is no report, and that is all.
 */
#pragma once

#include "base/base.h"
#include "resolver/audit.h"

struct auditing;
struct loop;
struct tree;

/* NULL: there is nobody to ask (offline). options outlive the loop. */
struct auditing *auditing_begin(struct loop *l, struct tree *t, const struct audit_options *options);
/* Waits at most a moment. NULL: no answer. The report lives as long as the tree; its metavulnerabilities are worked out. */
struct audit *auditing_end(struct auditing *x);
