/* SPDX-License-Identifier: MIT
 *
 * Why a node is where it is, as npm's explanation objects (JSON in the tree's arena), and npm's text of them.
 */
#pragma once

#include "base/base.h"

struct arena;
struct buf;
struct edge;
struct json;
struct node;

/* edge: only as the target of this one; NULL: all that depend on n. */
struct json *node_explain(struct node *n, struct edge *edge);
struct json *edge_explain(struct edge *e);


#define EXPLAIN_ALL 1000000	/* depth without end */

/* As `npm explain` prints one node; depth limits how far up. */
void explain_node_text(struct buf *out, struct arena *a, const struct json *node, int depth);
/* The text of an ERESOLVE explanation (ideal_explanation, IDEAL_WARN_ERESOLVE). */
void eresolve_text(struct buf *out, struct arena *a, const struct json *explanation, int depth);
/* The same with npm's advice how to get around it. */
void eresolve_report(struct buf *out, struct arena *a, const struct json *explanation, int depth);
