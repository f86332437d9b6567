/* SPDX-License-Identifier: MIT
 *
 * Who cannot live with whom, as npm's ERESOLVE explanation.
 */
#pragma once

#include "base/base.h"

struct edge;
struct ideal_options;
struct json;
struct node;
struct placing;

/* Does a conflict while placing this concern the project itself: then it is an error, else a warning. */
bool conflict_is_mine(const struct placing *p);
struct json *conflict_explain(struct placing *p, struct edge *e, struct node *dep);
/* Of a conflict found among peers before anything is placed. current_edge may be NULL. */
struct json *conflict_explain_peers(struct edge *e, struct edge *current_edge, const struct ideal_options *o);
