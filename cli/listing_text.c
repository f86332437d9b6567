/* SPDX-License-Identifier: MIT */
#include "cli/listing.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "resolver/manifest.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

#include <string.h>

static bool is_git(struct arena *a, const struct item *it, const char *cwd)
{
	struct err ignored = ERR_INIT;
	const char *resolved = it->node && !it->deduped ? node_resolved(it->node) : NULL;
	const struct spec *spec = resolved ? spec_parse(a, resolved, cwd, &ignored) : NULL;
	return spec && spec->type == SPEC_GIT;
}

static bool is_extraneous(const struct listing *l, const struct item *it)
{
	return it->node && !it->deduped && it->node->flags.extraneous && !l->o->global;
}

/* "dependencies.a, peerDependencies.b" of what package.json's extensions added. */
static void add_extension(struct buf *b, const char *what, const struct json *applied)
{
	static const char *const fields[] = {
		"dependencies", "optionalDependencies", "peerDependencies", "peerDependenciesMeta",
	};
	const char *sep = "";
	for (size_t f = 0; f < ARRAY_LEN(fields); f++) {
		const struct json *names = json_find(applied, fields[f]);
		for (uint32_t i = 0; i < json_count(names); i++) {
			buf_printf(b, "%s%s.%s", *sep ? sep : what, fields[f], json_text(json_at(names, i)));
			sep = ", ";
		}
	}
}

/* The project itself: by name and path, or by its path alone. */
static void add_root_name(struct buf *b, const struct listing *l, const struct item *it)
{
	if (!json_count(it->node->manifest->raw) || l->o->global)
		buf_adds(b, it->node->path);
	else
		buf_printf(b, "%s%s%s", it->id, l->o->long_form ? "\n" : " ", it->node->path);
}

static void add_node_notes(struct buf *b, const struct listing *l, const struct item *it)
{
	struct node *n = it->node;
	if (is_extraneous(l, it))
		buf_adds(b, " extraneous");
	if (!it->deduped && node_overridden(n))
		buf_adds(b, " overridden");
	if (!it->deduped && n->patched)
		buf_printf(b, " [patched: %s]", json_find_text(n->patched, "path"));
	if (!it->deduped && n->extension)
		add_extension(b, " packageExtensions: ", n->extension);
	if (!it->deduped && n->npm_extension)
		add_extension(b, " .npm-extension: ", n->npm_extension);
	if (is_git(l->arena, it, l->o->cwd))
		buf_printf(b, " (%s)", node_resolved(n));
	if (n->is_link)
		buf_printf(b, " -> ./%s", path_relative(l->arena, node_target(n->root)->realpath, n->realpath));
}

static const char *label(const struct listing *l, const struct item *it)
{
	struct buf b = BUF_INIT(1 << 24);
	if (it->missing_from)
		buf_printf(&b, "UNMET %sDEPENDENCY ", it->said.optional ? "OPTIONAL " : "");
	if (it == l->root)
		add_root_name(&b, l, it);
	else
		buf_adds(&b, it->id);
	if (it->deduped && !it->missing_from)
		buf_adds(&b, " deduped");
	if (it->said.invalid)
		buf_printf(&b, " invalid: %s", it->said.invalid);
	if (it->node)
		add_node_notes(&b, l, it);
	if (l->o->long_form) {
		const char *about = it->node ? json_find_text(it->node->manifest->raw, "description") : NULL;
		buf_printf(&b, "\n%s", about ? about : "");
	}
	const char *out = buf_dup(l->arena, &b);
	buf_release(&b);
	return out;
}

/* A drawing under way. The prefix grows and shrinks with the depth. */
struct drawing {
	struct buf *out;
	struct buf prefix;
	const struct listing *l;
	bool unicode;
};

static const char *line_char(const struct drawing *d, const char *line, const char *plain)
{
	return d->unicode ? line : plain;
}

static void draw_label(struct drawing *d, const char *text, bool has_children)
{
	struct str rest, s = str_from(text);
	buf_addstr(d->out, str_cut(s, '\n', &rest));
	while (rest.ptr) {
		buf_addc(d->out, '\n');
		buf_addstr(d->out, buf_str(&d->prefix));
		buf_adds(d->out, has_children ? line_char(d, "│", "|") : " ");
		buf_addc(d->out, ' ');
		buf_addstr(d->out, str_cut(rest, '\n', &rest));
	}
	buf_addc(d->out, '\n');
}

/* The lead of a child's line: the branch, and whether it goes on below. */
static void draw_branch(struct drawing *d, bool last, bool more)
{
	buf_addstr(d->out, buf_str(&d->prefix));
	buf_adds(d->out, last ? line_char(d, "└", "`") : line_char(d, "├", "+"));
	buf_adds(d->out, line_char(d, "─", "-"));
	buf_adds(d->out, more ? line_char(d, "┬", "-") : line_char(d, "─", "-"));
	buf_addc(d->out, ' ');
}

static void draw_item(struct drawing *d, const struct item *it)
{
	draw_label(d, label(d->l, it), it->children.count > 0);
	for (size_t i = 0; i < it->children.count; i++) {
		const struct item *child = it->children.items[i];
		bool last = i + 1 == it->children.count;
		size_t len = d->prefix.len;
		draw_branch(d, last, child->children.count > 0);
		buf_adds(&d->prefix, last ? " " : line_char(d, "│", "|"));
		buf_addc(&d->prefix, ' ');
		draw_item(d, child);
		d->prefix.len = len;
		d->prefix.ptr[len] = '\0';
	}
}

void listing_draw(struct buf *out, const struct listing *l, bool unicode)
{
	struct drawing d = {.out = out, .prefix = BUF_INIT(1 << 20), .l = l, .unicode = unicode};
	if (l->root->children.count) {
		draw_item(&d, l->root);
	} else {
		draw_label(&d, label(l, l->root), true);
		draw_branch(&d, true, false);
		buf_adds(out, "(empty)\n");
	}
	buf_release(&d.prefix);
}

void listing_paths(struct buf *out, const struct listing *l)
{
	for (size_t i = 0; i < l->shown.count; i++) {
		const struct item *it = l->shown.items[i];
		if (!it->chosen)
			continue;
		buf_printf(out, "%s%s", out->len ? "\n" : "", it->node->path);
		if (!l->o->long_form)
			continue;
		buf_printf(out, ":%s", it->id);
		if (!streq(it->node->path, it->node->realpath))
			buf_printf(out, ":%s", it->node->realpath);
		if (is_extraneous(l, it))
			buf_adds(out, ":EXTRANEOUS");
		if (it->now.invalid)
			buf_adds(out, ":INVALID");
		if (node_overridden(it->node))
			buf_adds(out, ":OVERRIDDEN");
	}
}

static void put_all(struct arena *a, struct json *to, const struct json *from)
{
	for (uint32_t i = 0; json_is(from, JSON_OBJECT) && i < from->count; i++)
		json_put(a, to, from->members[i].key, from->members[i].value);
}

static void put_list(struct arena *a, struct json *to, const char *key, const struct json *list)
{
	struct json *copy = json_object(a);
	put_all(a, copy, list);
	json_put(a, to, key, copy);
}

/* --long: the whole package.json, and some of npm's own fields. */
static void put_package(const struct listing *l, struct json *out, const struct item *it)
{
	struct arena *a = l->arena;
	const struct json *raw = it->node->manifest->raw;
	json_put_text(a, out, "name", it->name);
	for (uint32_t i = 0; i < json_count(raw); i++)
		if (!streq(raw->members[i].key, "dependencies"))
			json_put(a, out, raw->members[i].key, raw->members[i].value);
	json_put_bool(a, out, "extraneous", false);
	json_put_text(a, out, "path", it->node->path);
	struct json *both = json_object(a);
	put_all(a, both, json_find(raw, "dependencies"));
	put_all(a, both, json_find(raw, "optionalDependencies"));
	json_put(a, out, "_dependencies", both);
	put_list(a, out, "devDependencies", json_find(raw, "devDependencies"));
	put_list(a, out, "peerDependencies", json_find(raw, "peerDependencies"));
}

static void put_origin(const struct listing *l, struct json *out, const struct item *it)
{
	struct arena *a = l->arena;
	struct node *n = it->node;
	if (node_version(n)[0])
		json_put_text(a, out, "version", node_version(n));
	if (it->deduped)
		return;
	const char *resolved = node_resolved(n);
	if (resolved && *resolved)
		json_put_text(a, out, "resolved", resolved);
	if (it != l->root)
		json_put_bool(a, out, "overridden", node_overridden(n));
	if (n->extension)
		json_put(a, out, "packageExtensionsApplied", n->extension);
	if (n->npm_extension)
		json_put(a, out, "npmExtensionApplied", n->npm_extension);
	if (it == l->root && json_count(n->manifest->raw))
		json_put_text(a, out, "name", node_package_name(n) ? node_package_name(n) : n->name);
}

static void put_problems(const struct listing *l, struct json *out, const struct vec *problems)
{
	struct json *list = json_array(l->arena);
	for (size_t i = 0; i < problems->count; i++)
		json_add(l->arena, list, json_string(l->arena, problems->items[i]));
	json_put(l->arena, out, "problems", list);
}

/* At the top: the problems of all, and that the project's own package.json is broken. */
static void put_root_problems(const struct listing *l, struct json *out)
{
	if (l->problems.count)
		put_problems(l, out, &l->problems);
	if (!l->o->broken)
		return;
	struct json *problems = json_find(out, "problems");
	if (!problems) {
		problems = json_array(l->arena);
		json_put(l->arena, out, "problems", problems);
	}
	json_add(l->arena, problems,
		 json_string(l->arena, arena_printf(l->arena, "error in %s: Failed to parse root package.json",
						    l->o->broken)));
	json_put_bool(l->arena, out, "invalid", true);
}

static void put_missing(const struct listing *l, struct json *out, const struct item *it)
{
	if (!it->missing_from || it->said.optional)
		return;
	if (it->said.required)
		json_put_text(l->arena, out, "required", it->said.required);
	json_put_bool(l->arena, out, "missing", true);
}

static struct json *item_json(const struct listing *l, const struct item *it)
{
	struct arena *a = l->arena;
	struct json *out = json_object(a);
	if (it->node)
		put_origin(l, out, it);
	if (it->node && l->o->long_form)
		put_package(l, out, it);
	if (is_extraneous(l, it))
		json_put_bool(a, out, "extraneous", true);
	if (it->said.invalid)
		json_put_text(a, out, "invalid", it->said.invalid);
	if (it->node && !it->deduped && it->node->patched)
		json_put_text(a, out, "patched", json_find_text(it->node->patched, "path"));
	put_missing(l, out, it);
	if (it->chosen && it->problems.count)
		put_problems(l, out, &it->problems);
	if (it == l->root)
		put_root_problems(l, out);
	return out;
}

static struct json *branch_json(const struct listing *l, const struct item *it)
{
	struct json *out = item_json(l, it);
	struct json *dependencies = json_object(l->arena);
	for (size_t i = 0; i < it->children.count; i++) {
		const struct item *child = it->children.items[i];
		json_put(l->arena, dependencies, child->name, branch_json(l, child));
	}
	if (dependencies->count)
		json_put(l->arena, out, "dependencies", dependencies);
	return out;
}

struct json *listing_json(const struct listing *l)
{
	return branch_json(l, l->root);
}
