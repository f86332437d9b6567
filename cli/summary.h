/* SPDX-License-Identifier: MIT
 *
 * The end of an install, as npm tells it: "added 3 packages, and changed 1 package in 2s", how many ask for funding,
 * which install scripts were blocked. With --json one document instead.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct cli;
struct diff;
struct install_result;
struct json;
struct node;
struct tree;

enum summary_kind { SUMMARY_ADD, SUMMARY_REMOVE, SUMMARY_CHANGE };

struct summary_change {
	enum summary_kind kind;
	const char *name, *version, *path;			/* what it is now; of a removed one, what it was */
	const char *from_name, *from_version, *from_path;	/* SUMMARY_CHANGE: what it was */
	bool absent;		/* planned, but not there in the end: listed, not counted */
};

struct summary {
	struct vec changes;		/* struct summary_change */
	const struct vec *pending;	/* struct allow_pending; NULL: none */
	uint32_t funding;		/* packages that ask for it */
	uint32_t audited;		/* 0: nothing was */
	struct json *audit;		/* its report (audit_json); NULL */
};

/* From what an install did. */
void summary_make(struct cli *cli, const struct install_result *r, struct summary *out);
/* Nothing with --silent. */
void summary_print(struct cli *cli, const struct summary *s);
/* How many packages of the tree (root's dependencies and theirs) have a funding address. */
uint32_t summary_funding(struct cli *cli, struct node *root);
/* npm's "804ms", "2s", "3m". */
const char *summary_time(struct cli *cli, int64_t ns);
