/* SPDX-License-Identifier: MIT
 *
 * view's page of one version.
 */
#include "cli/view.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/isodate.h"
#include "base/json.h"
#include "base/str.h"
#include "cli/human.h"
#include "cli/jsvalue.h"
#include "cli/paint.h"

#define MAX_PAGE ((size_t)1 << 26)
#define MAX_DEPS 24
#define MAX_TAGS 5

struct page {
	const struct view *view;
	const struct json *manifest;
	const struct paint *paint;
	struct arena *arena;
	struct buf out;
	bool unicode;
};

static const char *ink(struct page *p, enum ink ink, const char *text)
{
	return paint_text(p->paint, ink, text);
}

static const char *number(struct page *p, size_t n)
{
	return ink(p, INK_CYAN, arena_printf(p->arena, "%zu", n));
}

/* A value as JavaScript puts it into a text; "undefined" when there is none. */
static const char *text_of(struct page *p, const struct json *v)
{
	return v ? js_string(p->arena, v) : "undefined";
}

static const char *find(struct page *p, const struct json *v, const char *key)
{
	return text_of(p, json_find(v, key));
}

static void head(struct page *p, size_t deps)
{
	const struct json *field = json_find(p->manifest, "license"), *type = json_find(field, "type");
	const char *license = json_text(field);
	if (!license || !*license)
		license = json_truthy(type) ? text_of(p, type) : "Proprietary";
	const char *id = arena_printf(p->arena, "%s@%s", find(p, p->manifest, "name"), find(p, p->manifest, "version"));
	bool proprietary = str_is(str_trim(str_from(cstr_lower(p->arena, license))), "proprietary");
	buf_printf(&p->out, "\n%s | %s | deps: %s | versions: %s\n", ink(p, INK_UNDERLINE, ink(p, INK_CYAN, id)),
		   ink(p, proprietary ? INK_RED : INK_GREEN, license), deps ? number(p, deps) : ink(p, INK_CYAN, "none"),
		   number(p, json_count(json_find(p->view->document, "versions"))));
}

static const char *joined(struct page *p, const struct json *list, enum ink each)
{
	struct buf b = BUF_INIT(MAX_PAGE);
	for (uint32_t i = 0; i < json_count(list); i++)
		buf_printf(&b, "%s%s", i ? ", " : "", ink(p, each, text_of(p, list->items[i])));
	const char *text = buf_dup(p->arena, &b);
	buf_release(&b);
	return text;
}

static const char *bin_names(struct page *p, const struct json *bin)
{
	struct buf b = BUF_INIT(MAX_PAGE);
	for (uint32_t i = 0; i < json_count(bin); i++)
		buf_printf(&b, "%s%s", i ? ", " : "",
			   json_is(bin, JSON_OBJECT) ? bin->members[i].key : arena_printf(p->arena, "%u", i));
	const char *text = buf_dup(p->arena, &b);
	buf_release(&b);
	return text;
}

static void about(struct page *p)
{
	const struct json *m = p->manifest, *bin = json_find(m, "bin"), *home = json_find(m, "homepage");
	const struct json *keywords = json_find(p->view->document, "keywords");
	if (json_truthy(json_find(home, "url")))
		home = json_find(home, "url");
	if (json_truthy(json_find(m, "description")))
		buf_printf(&p->out, "%s\n", find(p, m, "description"));
	if (json_truthy(home))
		buf_printf(&p->out, "%s\n", ink(p, INK_BLUE, text_of(p, home)));
	if (json_truthy(json_find(m, "deprecated")))
		buf_printf(&p->out, "\n%s%s - %s\n", ink(p, INK_RED_BRIGHT, "DEPRECATED"), p->unicode ? " ⚠️ " : "!!",
			   find(p, m, "deprecated"));
	if (json_is(keywords, JSON_ARRAY) && keywords->count)
		buf_printf(&p->out, "\nkeywords: %s\n", joined(p, keywords, INK_CYAN));
	if (json_count(bin))
		buf_printf(&p->out, "\nbin: %s\n", ink(p, INK_CYAN, bin_names(p, bin)));
}

static void dist(struct page *p)
{
	const struct json *d = json_find(p->manifest, "dist"), *size = json_find(d, "unpackedSize");
	buf_printf(&p->out, "\ndist\n.tarball: %s\n.shasum: %s\n", ink(p, INK_BLUE, find(p, d, "tarball")),
		   ink(p, INK_GREEN, find(p, d, "shasum")));
	if (json_truthy(json_find(d, "integrity")))
		buf_printf(&p->out, ".integrity: %s\n", ink(p, INK_GREEN, find(p, d, "integrity")));
	if (json_truthy(size) && json_is(size, JSON_NUMBER))
		buf_printf(&p->out, ".unpackedSize: %s\n", ink(p, INK_BLUE, human_bytes(p->arena, size->number, true)));
}

static void more(struct page *p, uint32_t n, uint32_t shown)
{
	if (n > shown)
		buf_printf(&p->out, "%s\n", ink(p, INK_DIM, arena_printf(p->arena, "(...and %u more.)", n - shown)));
}

static void dependencies(struct page *p, const struct json *deps)
{
	uint32_t n = json_count(deps);
	if (!n)
		return;
	buf_adds(&p->out, "\ndependencies:\n");
	for (uint32_t i = 0; i < n && i < MAX_DEPS; i++)
		buf_printf(&p->out, "%s%s: %s", i ? ", " : "", ink(p, INK_BLUE, deps->members[i].key),
			   text_of(p, deps->members[i].value));
	buf_addc(&p->out, '\n');
	more(p, n, MAX_DEPS);
}

static const char *person(struct page *p, const struct json *who)
{
	const char *name = ink(p, INK_BLUE, find(p, who, "name")), *mail = ink(p, INK_DIM, find(p, who, "email"));
	return *mail ? arena_printf(p->arena, "%s <%s>", name, mail) : name;
}

static void maintainers(struct page *p)
{
	const struct json *all = json_find(p->view->document, "maintainers");
	if (!json_is(all, JSON_ARRAY) || !all->count)
		return;
	buf_adds(&p->out, "\nmaintainers:\n");
	for (uint32_t i = 0; i < all->count; i++)
		buf_printf(&p->out, "- %s\n", person(p, all->items[i]));
}

/* ---- dist-tags: the newest first, latest before all ---- */

struct tag {
	const char *name, *version;
	int64_t time;
};

static int tag_order(const void *x, const void *y, UNUSED void *ctx)
{
	const struct tag *a = x, *b = y;
	if (a->time != b->time)
		return a->time > b->time ? -1 : 1;
	return strcmp(b->name, a->name);
}

static int64_t time_of(const struct json *times, const char *version)
{
	const char *text = json_find_text(times, version);
	int64_t ms = text ? isodate_parse(str_from(text)) : 0;
	return ms == ISODATE_NONE ? 0 : ms;
}

static void tags(struct page *p)
{
	const struct json *all = json_find(p->view->document, "dist-tags"), *times = json_find(p->view->document, "time");
	struct vec sorted;
	vec_init(&sorted, p->arena);
	for (uint32_t i = 0; i < json_count(all); i++) {
		struct tag *t = ARENA_NEW(p->arena, struct tag);
		t->name = all->members[i].key;
		t->version = text_of(p, all->members[i].value);
		t->time = streq(t->name, "latest") ? INT64_MAX : time_of(times, t->version);
		vec_add(&sorted, t);
	}
	vec_sort(&sorted, tag_order, NULL);
	buf_adds(&p->out, "\ndist-tags:\n");
	for (size_t i = 0; i < sorted.count && i < MAX_TAGS; i++) {
		const struct tag *t = sorted.items[i];
		buf_printf(&p->out, "%s: %s\n", ink(p, INK_BLUE, t->name), t->version);
	}
	if (!sorted.count)
		buf_addc(&p->out, '\n');
	more(p, (uint32_t)sorted.count, MAX_TAGS);
}

static void published(struct page *p)
{
	const struct json *times = json_find(p->view->document, "time"), *by = json_find(p->manifest, "_npmUser");
	const char *when = json_find_text(times, find(p, p->manifest, "version"));
	if (!json_truthy(by) && !json_truthy(times))
		return;
	buf_adds(&p->out, "\npublished");
	if (when && *when)
		buf_printf(&p->out, " %s", ink(p, INK_CYAN, human_date(p->arena, isodate_parse(str_from(when)), clock_wall_ms())));
	if (json_truthy(by))
		buf_printf(&p->out, " by %s", person(p, by));
	buf_addc(&p->out, '\n');
}

const char *view_page(const struct view *v, const struct json *manifest, const struct paint *paint, bool unicode)
{
	struct page p = {v, manifest, paint, v->arena, BUF_INIT(MAX_PAGE), unicode};
	const struct json *deps = json_find(manifest, "dependencies");
	deps = json_is(deps, JSON_OBJECT) ? deps : NULL;
	head(&p, json_count(deps));
	about(&p);
	dist(&p);
	dependencies(&p, deps);
	maintainers(&p);
	tags(&p);
	published(&p);
	const char *text = buf_dup(v->arena, &p.out);
	buf_release(&p.out);
	return text;
}
