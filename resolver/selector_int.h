/* SPDX-License-Identifier: MIT
 *
 * What the selector_*.c files share; nobody else includes it: the words, the tree they make, and a run over it.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct arena;
struct buf;
struct err;
struct json;
struct node;
struct selector_run;

#define SELECTOR_MAX_TEXT ((size_t)1 << 24)
#define SELECTOR_MAX_DEPTH 256

/* ---- words ---- */

enum token_kind { TOKEN_SPACE = ' ', TOKEN_COMBINATOR = '+', TOKEN_WORD = 'w', TOKEN_STRING = '"' }; /* else: the mark itself */

struct token {
	int kind;
	const char *text;
};

/* Cuts the text; its slashes must be escaped. A vec of struct token. */
int selector_scan(struct arena *a, const char *text, struct vec *out, struct err *err) MUST_USE;
/* Without escapes: "a\/b" is "a/b". */
const char *selector_unescape(struct arena *a, const char *text);

/* ---- the tree ---- */

enum sel_type {
	SEL_ROOT,
	SEL_SELECTOR,	/* one of a list that commas part */
	SEL_ATTRIBUTE,
	SEL_CLASS,
	SEL_COMBINATOR,
	SEL_ID,
	SEL_NESTING,
	SEL_PSEUDO,
	SEL_STRING,
	SEL_TAG,
	SEL_UNIVERSAL,
};

/* [name op "value" i] */
struct sel_match {
	const char *name;	/* as npm looks it up; NULL: none */
	const char *plain;	/* its name without namespace and escapes */
	const char *op;		/* "=", "^=" …; NULL: is it there at all */
	const char *value;	/* NULL: none */
	const char *quoted;	/* the value as written */
	bool insensitive;
};

/* :vuln's wishes of one selector: texts, "*" for anything; NULL where nothing is asked. */
struct sel_vuln {
	struct vec *severity, *cwe;
};

struct sel {
	enum sel_type type;
	struct sel *parent;
	struct vec kids;		/* struct sel */
	const char *value;		/* without escapes; of a pseudo class with its colon */
	const char *raw;		/* as written, where that differs; NULL */
	const char *space;		/* its namespace; NULL */
	struct sel_match match;		/* SEL_ATTRIBUTE, :attr, :semver */
	/* What selector_shape makes of a pseudo class' list: */
	struct vec lookup;		/* :attr, :semver: names to go down by (const char *); NULL flattens lists */
	struct sel *nested;		/* :is, :not, :has: a root of their own */
	const char *arg;		/* :path, :type, :outdated, :semver; NULL: none */
	const char *function;		/* :semver; NULL: by what is compared */
	struct vec *vulns;		/* struct sel_vuln; NULL: any */
};

struct selector {
	struct sel *root;		/* NULL: nothing was asked */
	bool needs_feed;
};

struct sel *sel_make(struct arena *a, enum sel_type type, const char *value);
void sel_append(struct sel *parent, struct sel *child);
bool sel_is_pseudo(const struct sel *s, const char *name);
/* As text again, without needless blanks. */
void sel_text(struct buf *out, const struct sel *s);
const char *sel_string(struct arena *a, const struct sel *s);

/* What [ … ] holds: tokens[n]. NULL on error. */
struct sel *sel_attribute(struct arena *a, const struct vec *tokens, size_t from, size_t to, struct err *err) MUST_USE;
/* npm's changes: lists of pseudo classes become what they mean. */
int selector_shape(struct arena *a, struct sel *root, struct selector *out, struct err *err) MUST_USE;

/* ---- a run ---- */

/* Items chosen so far by one part of the query. Inside :is, :not and :has there is one of its own. */
struct sel_results {
	const struct selector_run *run;
	const struct vec *inventory;	/* struct node */
	const struct vec *initial;	/* struct node: what is chosen from */
	struct node *scope;		/* NULL inside :is and :not */
	struct sel *current;		/* the selector at work */
	const struct sel *at;		/* the part at work */
	const char *pending;		/* a combinator that waits for its right side; NULL */
	struct vec selectors;		/* struct sel */
	struct vec chosen;		/* struct vec: of each of these */
};

/* Runs a root over items; found gets each node once. */
int sel_run(const struct sel_results *outer, struct sel *root, struct vec *found, struct err *err) MUST_USE;

/* What a part chooses out of items. 0, or -1 with the error. */
int sel_choose_class(const struct sel_results *r, const struct vec *items, struct vec *out, struct err *err) MUST_USE;
int sel_choose_pseudo(const struct sel_results *r, const struct vec *items, struct vec *out, struct err *err) MUST_USE;
int sel_choose_semver(const struct sel_results *r, const struct vec *items, struct vec *out, struct err *err) MUST_USE;
int sel_choose_outdated(const struct sel_results *r, const struct vec *items, struct vec *out,
			struct err *err) MUST_USE;
int sel_choose_vuln(const struct sel_results *r, const struct vec *items, struct vec *out, struct err *err) MUST_USE;
/* Those of `next` that stand in the relation (" ", ">", "~") to one of `before`. */
void sel_combine(const struct sel_results *r, const struct vec *before, const struct vec *next, struct vec *out);
bool sel_is_combinator(const char *text);

/* Does the object's field match; -1 is an error. obj may be anything. */
int sel_matches(struct arena *a, const struct sel_match *m, const struct json *obj, struct err *err) MUST_USE;
/* What lies at the end of the lookup, starting at pkg: struct json. */
void sel_lookup(struct arena *a, const struct json *pkg, const struct vec *lookup, struct vec *out);
