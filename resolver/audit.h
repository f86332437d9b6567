/* SPDX-License-Identifier: MIT
 *
 * What is known against the packages of a tree, as arborist's AuditReport has it: vulnerable packages, what depends on
 * nothing but vulnerable versions of them, and what could be done about it.
 *
 *	struct json *question = audit_question(t, &o);		{name: [version, …]}; empty: nothing to ask
 *	struct audit *report = audit_make(t, &o, answer, &feed);
 *	if (audit_hits(report, node)) …
 *	struct json *document = audit_json(report);
 */
#pragma once

#include "base/base.h"
#include "base/map.h"
#include "base/vec.h"

struct advisory;
struct json;
struct node;
struct packument;
struct tree;

/* Where packuments come from. */
struct audit_feed {
	void (*expect)(void *ctx, const struct vec *names);	/* they will be asked for; may be NULL */
	const struct packument *(*packument)(void *ctx, const char *name);	/* NULL: the registry has none */
	void *ctx;
};

struct audit_options {
	unsigned omit;			/* OMIT_*: not looked at */
	const struct vec *only;		/* struct node; NULL or empty: all */
	const struct json *ignore;	/* lode.audit.ignore: ids or GHSA names of advisories that do not count; may be NULL */
	int64_t before;			/* release age: PICK_ANY_TIME for none */
	const char *before_text;	/* the same as an ISO date */
	bool (*age_excluded)(const char *name, void *ctx);	/* may be NULL */
	void *age_ctx;
	const char *node_version, *npm_version, *default_tag;
};

/* What helps: nothing needed but an update, nothing at all, or a version outside of what is asked for. */
struct audit_fix {
	enum { AUDIT_FIX_UPDATE, AUDIT_FIX_NONE, AUDIT_FIX_FORCE } kind;
	const char *name, *version;	/* AUDIT_FIX_FORCE */
	bool major, major_known;
};

struct audit_vuln {
	const char *name;
	struct vec advisories;		/* struct advisory */
	struct vec via, effects;	/* struct audit_vuln */
	struct vec nodes;		/* struct node */
	struct vec tops;		/* struct node: what cannot be helped but by force, in the project */
	const char *severity;		/* NULL: none */
	const struct audit_fix *fix;
	const char *blocked_version;	/* of a fix that is too new; NULL */
	const char *simple_range;	/* once asked for */
};

struct audit {
	struct tree *tree;
	const struct audit_options *options;
	struct map vulns;		/* struct audit_vuln by package name */
	struct vec tops;		/* struct audit_vuln: in the order of being found */
	size_t ignored;			/* advisories that were passed over */
};

struct json *audit_question(struct tree *t, const struct audit_options *o);
struct audit *audit_make(struct tree *t, const struct audit_options *o, const struct json *answer, const struct audit_feed *feed);
size_t audit_count(const struct audit *r);
/* NULL when there is none. */
struct audit_vuln *audit_find(const struct audit *r, const char *package);
bool audit_hits(const struct audit *r, const struct node *n);
/* Its vulnerable versions, long and in npm's short form. */
const char *audit_range(const struct audit *r, const struct audit_vuln *v);
const char *audit_simple_range(const struct audit *r, struct audit_vuln *v);
/* As `npm audit --json` prints it. */
struct json *audit_json(struct audit *r);
