/* SPDX-License-Identifier: MIT
 *
 * A drawing of who asks for funding: each address once, with all packages that name it below.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/fund.h"

#include <string.h>

#define MAX_LABEL ((size_t)1 << 24)

/* A branch of the drawing. */
struct branch {
	const char *label;
	struct vec nodes;	/* struct branch */
};

struct drawing {
	struct arena *arena;
	const struct fund_look *look;
	struct map seen;	/* address to struct branch */
};

/* ---- archy ---- */

static void draw(struct buf *out, const struct drawing *d, const struct branch *b, const char *prefix)
{
	const char *bar = d->look->unicode ? "│" : "|", *label = b->label;
	for (const char *nl; (nl = strchr(label, '\n')); label = nl + 1)
		buf_printf(out, "%.*s\n%s%s ", (int)(nl - label), label, prefix, b->nodes.count ? bar : " ");
	buf_printf(out, "%s\n", label);
	for (size_t i = 0; i < b->nodes.count; i++) {
		const struct branch *kid = b->nodes.items[i];
		bool last = i + 1 == b->nodes.count;
		if (d->look->unicode)
			buf_printf(out, "%s%s─%s ", prefix, last ? "└" : "├", kid->nodes.count ? "┬" : "─");
		else
			buf_printf(out, "%s%s-%s ", prefix, last ? "`" : "+", "-");
		draw(out, d, kid, arena_printf(d->arena, "%s%s ", prefix, last ? " " : bar));
	}
}

static struct branch *branch_make(struct arena *a, const char *label)
{
	struct branch *b = ARENA_NEW(a, struct branch);
	b->label = label;
	vec_init(&b->nodes, a);
	return b;
}

/* ---- what is drawn ---- */

static const char *colored(struct drawing *d, const char *on, const char *text, const char *off)
{
	return d->look->color ? arena_printf(d->arena, "\033[%sm%s\033[%sm", on, text, off) : text;
}

/* The address, and below it the package. */
static const char *address_label(struct drawing *d, const char *url, const char *package)
{
	struct branch *b = branch_make(d->arena, colored(d, "34", url, "39"));
	struct buf text = BUF_INIT(MAX_LABEL);
	vec_add(&b->nodes, branch_make(d->arena, package));
	draw(&text, d, b, "");
	struct str trimmed = str_trim(buf_str(&text));
	const char *out = str_dup(d->arena, trimmed);
	buf_release(&text);
	return out;
}

/* NULL when its address has been drawn: the package joins those that are there. */
static struct branch *branch_of(struct drawing *d, const char *name, const struct json *info)
{
	const char *version = json_find_text(info, "version"), *url = NULL;
	const char *package = arena_printf(d->arena, "%s%s%s", name, version ? "@" : "", version ? version : "");
	struct vec ways;
	vec_init(&ways, d->arena);
	fund_ways(d->arena, json_find(info, "funding"), &ways);
	if (ways.count)
		url = json_find_text(ways.items[0], "url");
	if (!url)
		return branch_make(d->arena, package);
	struct branch *there = map_find(&d->seen, url);
	if (there) {
		there->label = arena_printf(d->arena, "%s%s %s", there->label, colored(d, "2", ",", "22"), package);
		return NULL;
	}
	struct branch *b = branch_make(d->arena, address_label(d, url, package));
	map_put(&d->seen, url, b);
	return b;
}

/* What is below a package whose address is drawn elsewhere is looked at too, and not drawn: so npm. */
static struct branch *compose(struct drawing *d, const char *name, const struct json *info)
{
	struct branch *b = branch_of(d, name, info);
	const struct json *below = json_find(info, "dependencies");
	for (uint32_t i = 0; i < json_count(below); i++) {
		struct branch *kid = compose(d, below->members[i].key, below->members[i].value);
		if (b && kid)
			vec_add(&b->nodes, kid);
	}
	return b;
}

void fund_draw(struct buf *out, struct arena *a, const struct json *tree, const struct fund_look *look)
{
	struct drawing d = {.arena = a, .look = look};
	map_init(&d.seen, a);
	draw(out, &d, compose(&d, json_find_text(tree, "name"), tree), "");
}
