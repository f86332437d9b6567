/* SPDX-License-Identifier: MIT
 *
 * npm's text of explanations.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "resolver/explain.h"

#include <string.h>

#define MAX_TEXT ((size_t)16 << 20)
#define MAX_NAMES 50	/* letters of names listed for dependents that are too many to show */

/* What is passed down: who is being explained already. */
struct seen {
	const struct json *node;
	const struct seen *before;
};

static void add_node(struct buf *out, const struct json *node, int depth, const struct seen *seen);
static void add_edge(struct buf *out, const struct json *edge, int depth, const struct seen *seen);

static const char *text_or(const struct json *v, const char *key, const char *fallback)
{
	const char *text = json_find_text(v, key);

	return text ? text : fallback;
}

static void print_node(struct buf *out, const struct json *node)
{
	static const char *const kinds[] = {"extraneous", "dev", "optional", "peer", "bundled", "overridden"};
	const char *location = json_find_text(node, "location");

	buf_printf(out, "%s@%s", text_or(node, "name", "undefined"), text_or(node, "version", "undefined"));
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (json_truthy(json_find(node, kinds[i])))
			buf_printf(out, " %s", kinds[i]);
	if (location && location[0])
		buf_printf(out, "\n%s", location);
}

/* A block under what is there, two blanks further in. */
static void add_indented(struct buf *out, const struct buf *block)
{
	const char *p = buf_text(block);

	buf_adds(out, "\n  ");
	for (; *p; p++) {
		buf_addc(out, *p);
		if (*p == '\n')
			buf_adds(out, "  ");
	}
}

static void add_more(struct buf *out, const struct json *dependents, uint32_t from)
{
	size_t len = 0;

	buf_printf(out, "%u more (", dependents->count - from);
	for (uint32_t i = from; i < dependents->count; i++) {
		const char *name = text_or(json_find(json_at(dependents, i), "from"), "name", "the root project");

		len += strlen(name);
		if (len >= MAX_NAMES && i + 1 < dependents->count) {
			buf_printf(out, "%s...", i > from ? ", " : "");
			break;
		}
		buf_printf(out, "%s%s", i > from ? ", " : "", name);
	}
	buf_addc(out, ')');
}

static void add_dependents(struct buf *out, const struct json *node, int depth, const struct seen *seen)
{
	const struct json *dependents = json_find(node, "dependents");
	uint32_t max = (uint32_t)((depth + 1) / 2);
	struct buf block = BUF_INIT(MAX_TEXT);

	if (!json_count(dependents) || depth <= 0)
		return;
	for (uint32_t i = 0; i < dependents->count && i < max; i++) {
		if (i)
			buf_addc(&block, '\n');
		add_edge(&block, dependents->items[i], depth, seen);
	}
	if (dependents->count > max) {
		buf_addc(&block, '\n');
		add_more(&block, dependents, max);
	}
	add_indented(out, &block);
	buf_release(&block);
}

static void add_links(struct buf *out, const struct json *node, int depth, const struct seen *seen)
{
	const struct json *links = json_find(node, "linksIn");
	struct buf block = BUF_INIT(MAX_TEXT);

	if (!json_count(links) || depth <= 0)
		return;
	for (uint32_t i = 0; i < links->count; i++) {
		if (i)
			buf_addc(&block, '\n');
		add_node(&block, links->items[i], depth - 1, seen);
	}
	add_indented(out, &block);
	buf_release(&block);
}

static void add_node(struct buf *out, const struct json *node, int depth, const struct seen *seen)
{
	print_node(out, node);
	add_dependents(out, node, depth, seen);
	add_links(out, node, depth, seen);
}

static bool same_place(const struct json *a, const struct json *b)
{
	return streq(json_find_text(a, "name"), json_find_text(b, "name")) &&
	       streq(json_find_text(a, "version"), json_find_text(b, "version")) &&
	       streq(json_find_text(a, "location"), json_find_text(b, "location"));
}

static void add_from(struct buf *out, const struct json *from, int depth, const struct seen *seen)
{
	struct seen here = {from, seen};

	if (!json_find_text(from, "name") && !json_find_text(from, "version")) {
		buf_adds(out, "the root project");
		return;
	}
	print_node(out, from);
	for (const struct seen *s = seen; s; s = s->before)
		if (same_place(s->node, from))
			return;
	add_dependents(out, from, depth - 1, &here);
	add_links(out, from, depth - 1, &here);
}

static void add_repairs(struct buf *out, const struct json *edge)
{
	const struct json *rule = json_find(edge, "packageExtensions"), *code = json_find(edge, "npmExtension");
	const char *name = text_or(edge, "name", "");

	if (rule)
		buf_printf(out, " (added by packageExtensions[\"%s\"].%s.%s)", text_or(rule, "selector", ""), text_or(rule, "field", ""), name);
	if (code)
		buf_printf(out, " (changed by .npm-extension %s %s.%s)", text_or(code, "extensionPoint", ""), text_or(code, "field", ""), name);
}

static void add_edge(struct buf *out, const struct json *edge, int depth, const struct seen *seen)
{
	const char *type = text_or(edge, "type", "prod"), *spec = text_or(edge, "spec", "");
	const struct json *from = json_find(edge, "from");
	struct arena a = ARENA_INIT;

	if (!streq(type, "prod"))
		buf_printf(out, "%s ", type);
	if (json_is_true(json_find(edge, "bundled")))
		buf_adds(out, "bundled ");
	if (json_is_true(json_find(edge, "overridden")))
		buf_printf(out, "overridden %s@\"%s\" (was \"%s\")", text_or(edge, "name", ""), spec, text_or(edge, "rawSpec", ""));
	else if (streq(type, "workspace"))
		buf_adds(out, path_relative(&a, text_or(from, "location", "/"), cstr_starts(spec, "file:") ? spec + strlen("file:") : spec));
	else
		buf_printf(out, "%s@\"%s\"", text_or(edge, "name", ""), spec);
	buf_adds(out, " from ");
	add_from(out, from, depth, seen);
	add_repairs(out, edge);
	arena_release(&a);
}

void explain_node_text(struct buf *out, struct arena *a, const struct json *node, int depth)
{
	(void)a;
	add_node(out, node, depth, NULL);
}

static void add_found(struct buf *out, const struct json *x, int depth)
{
	const struct json *current = json_find(x, "current"), *peer = json_find(json_find(x, "peerConflict"), "current");
	const struct json *edge = json_find(x, "currentEdge");

	buf_adds(out, "Found: ");
	if (json_is(current, JSON_OBJECT))
		add_node(out, current, depth, NULL);
	else if (json_is(peer, JSON_OBJECT))
		add_node(out, peer, depth, NULL);
	else
		add_edge(out, json_is(edge, JSON_OBJECT) ? edge : json_find(x, "edge"), depth, NULL);
	buf_addc(out, '\n');
}

void eresolve_text(struct buf *out, struct arena *a, const struct json *x, int depth)
{
	const struct json *edge = json_find(x, "edge"), *conflict = json_find(x, "peerConflict");
	const struct json *during = json_find(json_find(x, "dep"), "whileInstalling");

	(void)a;
	if (!during)
		during = json_find(json_find(x, "current"), "whileInstalling");
	if (!during)
		during = json_find(json_find(edge, "from"), "whileInstalling");
	if (during) {
		buf_adds(out, "While resolving: ");
		print_node(out, during);
		buf_addc(out, '\n');
	}
	add_found(out, x, depth);
	buf_adds(out, "\nCould not resolve dependency:\n");
	add_edge(out, edge, depth, NULL);
	if (!json_is(json_find(conflict, "peer"), JSON_OBJECT))
		return;
	buf_adds(out, "\n\nConflicting peer dependency: ");
	add_node(out, json_find(conflict, "peer"), depth, NULL);
}

void eresolve_report(struct buf *out, struct arena *a, const struct json *x, int depth)
{
	bool strict = json_truthy(json_find(x, "strictPeerDeps"));

	eresolve_text(out, a, x, depth);
	buf_printf(out, "\n\nFix the upstream dependency conflict, or retry this command with %s to accept "
		"an incorrect (and potentially broken) dependency resolution.",
		strict ? "--no-strict-peer-deps, --force, or --legacy-peer-deps" : "--force or --legacy-peer-deps");
}
