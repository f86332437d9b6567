/* SPDX-License-Identifier: MIT
 *
 * npm's dependency selectors, CSS spoken of packages: "#lodash:semver(^4)", ":root > .dev:not(:private)".
 *
 *	struct selector *s = selector_parse(&arena, "#a, #b", &err);
 *	selector_run(&(struct selector_run){.arena = &arena, .target = t->root, .feed = &feed}, s, &found, &err);
 *
 * Parsing is postcss-selector-parser's with npm's changes on top, running is arborist's querySelectorAll; also where they
 * are odd: inside :is() and :not() there is no :root and no :scope, a pseudo class that takes no list still reads one.
 * What the network knows (:outdated, :vuln) is asked of a feed.
 *
 * Errors: EQUERYATTR, EQUERYNODEPTYPE, EQUERYNOPSEUDO, EQUERYNOSELECTOR, EQUERYINVALIDSEMVER, EQUERYINVALIDOPERATOR,
 * ESEMVERFUNC, ESEMVERVALUE, and some without a code for text that is no selector.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct json;
struct node;
struct selector;
struct vec;

/* NULL on error. Empty text selects nothing. */
struct selector *selector_parse(struct arena *a, const char *text, struct err *err) MUST_USE;
/* Does it ask what only the network knows? */
bool selector_needs_feed(const struct selector *s);

struct selector_feed {
	/* These names will be asked for next. */
	void (*expect)(void *ctx, const struct vec *names);
	/* All versions of a package (const char *), lowest first; none when they cannot be had. */
	int (*versions)(void *ctx, const char *name, struct vec *out, struct err *err);
	/* What is known against the packages, {name: [version, …]}, as {name: [advisory, …]}. */
	int (*advisories)(void *ctx, const struct json *packages, struct json **out, struct err *err);
	void (*warn)(void *ctx, const char *text);
	void *ctx;
};

struct selector_run {
	struct arena *arena;
	struct node *target;			/* what :scope is; its root's inventory is searched */
	const struct selector_feed *feed;	/* may be NULL when selector_needs_feed says no */
	const char *cwd;			/* what relative file: specs start from */
};

/*
 * Nodes in the order of their places, each once. What :missing finds are nodes in no tree, without a path or location.
 * node->extra is a query's own: selector_context() reads it, and it must be NULL before the first run.
 */
int selector_run(const struct selector_run *run, const struct selector *s, struct vec *found, struct err *err) MUST_USE;
/* npm's queryContext: what :missing, :outdated and :vuln have to say of a node. Never NULL. */
struct json *selector_context(struct arena *a, struct node *n);
