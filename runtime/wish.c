/* SPDX-License-Identifier: MIT */
#include "runtime/wish.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "resolver/range.h"
#include "runtime/pin.h"

#include <string.h>

#define MAX_PACKAGE ((size_t)64 << 20)
#define MAX_RANGE ((size_t)64 << 10)
#define MAX_WORDS 1024		/* a range longer than this is none */

/* ---- package.json ---- */

static bool has_source(const struct wishes *w, enum wish_source source)
{
	for (size_t i = 0; i < w->list.count; i++) {
		if (VEC_AT(&w->list, struct wish, i)->source == source)
			return true;
	}
	return false;
}

/* Lists are in the order of sources, however they were found. */
static void add_wish(struct arena *a, struct wishes *w, const struct wish *wish)
{
	struct wish *kept = ARENA_NEW(a, struct wish);
	size_t at = w->list.count;

	*kept = *wish;
	while (at && VEC_AT(&w->list, struct wish, at - 1)->source > wish->source)
		at--;
	vec_insert(&w->list, at, kept);
}

static enum wish_on_fail on_fail_of(const struct json *entry)
{
	const char *text = json_find_text(entry, "onFail");

	if (streq(text, "error"))
		return ON_FAIL_ERROR;
	if (streq(text, "warn"))
		return ON_FAIL_WARN;
	return streq(text, "ignore") ? ON_FAIL_IGNORE : ON_FAIL_DOWNLOAD;
}

/* One entry or several: any of those that name node will do. What makes no sense is npm's check to refuse. */
static const char *dev_engine_range(struct arena *a, const struct json *runtime, enum wish_on_fail *on_fail)
{
	bool list = json_is(runtime, JSON_ARRAY);
	struct buf text = BUF_INIT(MAX_RANGE);
	const char *out = NULL;

	for (uint32_t i = 0; i < (list ? json_count(runtime) : 1); i++) {
		const struct json *entry = list ? json_at(runtime, i) : runtime;
		const struct json *version = json_find(entry, "version");

		*on_fail = on_fail_of(entry);
		if (!streq(json_find_text(entry, "name"), "node") || (version && !json_is(version, JSON_STRING)))
			continue;
		if (version && (version->len > MAX_WORDS || !range_parse(a, str_from(version->text), 0)))
			continue;
		if (text.len > MAX_RANGE / 2)
			break;
		buf_printf(&text, "%s%s", text.len ? " || " : "", version ? version->text : "*");
	}
	if (text.len)
		out = buf_dup(a, &text);
	buf_release(&text);
	return out;
}

static void add_range(struct arena *a, struct wishes *w, struct wish wish, const char *range)
{
	wish.range = range && strlen(range) <= MAX_WORDS ? range_parse(a, str_from(range), 0) : NULL;
	if (!wish.range)
		return;
	wish.text = *range ? range : "*";
	add_wish(a, w, &wish);
}

void wishes_add_package(struct arena *a, struct wishes *w, const struct json *pkg, const char *file)
{
	const struct json *runtime = json_find(json_find(pkg, "devEngines"), "runtime");
	enum wish_on_fail on_fail = ON_FAIL_DOWNLOAD;

	if (!w->list.arena)
		vec_init(&w->list, a);
	if (!has_source(w, WISH_DEV_ENGINES) && runtime) {
		const char *range = dev_engine_range(a, runtime, &on_fail);

		add_range(a, w, (struct wish){.source = WISH_DEV_ENGINES, .file = file, .what = "devEngines.runtime", .on_fail = on_fail},
			  range);
	}
	if (!has_source(w, WISH_ENGINES))
		add_range(a, w, (struct wish){.source = WISH_ENGINES, .file = file, .what = "engines.node"},
			  json_find_text(json_find(pkg, "engines"), "node"));
}

/* Looked for in the text first: most say nothing, and are then not parsed. */
static void add_file(struct arena *a, struct wishes *w, const char *dir)
{
	const char *file = path_join(a, dir, "package.json");
	struct err ignored = ERR_INIT;
	struct str text;

	if (fs_read_if(a, file, MAX_PACKAGE, &text, &ignored) || !text.ptr || !memmem(text.ptr, text.len, "ngines", 6))
		return;
	wishes_add_package(a, w, json_parse_fast(a, text, file, &ignored), file);
}

/* ---- Pin files ---- */

/* 1 when there is one. */
static int add_pin(struct arena *a, struct wishes *w, const char *file, enum wish_source source, struct err *err)
{
	struct pin pin;
	struct str text;

	if (fs_read_if(a, file, PIN_MAX_FILE, &text, err)) {
		err_note(err, "'%s' is to say which Node runs the project", file);
		return -1;
	}
	if (!text.ptr)
		return 0;
	if (pin_parse_file(a, text, file, &pin, err))
		return -1;
	add_wish(a, w, &(struct wish){
		.source = source,
		.file = file,
		.what = path_base(file),
		.text = pin.text,
		.range = range_parse(a, str_from(pin.range), 0),
	});
	return 1;
}

/* The nearest one, from dir up to root. */
static int find_pin(struct arena *a, struct wishes *w, const char *const places[2], enum wish_source source, struct err *err)
{
	const char *name = source == WISH_NVMRC ? ".nvmrc" : ".node-version";
	const char *dir = places[0], *root = places[1];

	for (;; dir = path_dir(a, dir)) {
		int found = add_pin(a, w, path_join(a, dir, name), source, err);

		if (found)
			return found < 0 ? -1 : 0;
		if (streq(dir, root) || !path_is_in(dir, root) || streq(dir, "/"))
			return 0;
	}
}

int wishes_find(struct arena *a, const char *dir, const char *root, struct wishes *out, struct err *err)
{
	const char *const places[] = {dir, root};

	*out = (struct wishes){0};
	vec_init(&out->list, a);
	for (const char *at = dir;; at = path_dir(a, at)) {
		add_file(a, out, at);
		if (streq(at, root) || !path_is_in(at, root) || streq(at, "/"))
			break;
	}
	if (find_pin(a, out, places, WISH_NODE_VERSION, err) || find_pin(a, out, places, WISH_NVMRC, err))
		return -1;
	wishes_narrow(a, out);
	return 0;
}

/* ---- Which count ---- */

static void add_comparators(struct arena *a, struct buf *out, const struct comparator_set *set)
{
	for (uint32_t i = 0; i < set->count; i++)
		buf_printf(out, " %s", set->items[i].any ? "*" : comparator_format(a, &set->items[i]));
}

/* What both allow, as text: each alternative of one with each of the other. NULL when that is absurdly long. */
static const char *both(struct arena *a, const struct range *x, const struct range *y)
{
	struct buf out = BUF_INIT(MAX_RANGE);
	const char *text = NULL;

	for (uint32_t i = 0; i < x->count && out.len < MAX_RANGE / 4; i++) {
		for (uint32_t k = 0; k < y->count && out.len < MAX_RANGE / 4; k++) {
			buf_adds(&out, out.len ? " ||" : "");
			add_comparators(a, &out, &x->sets[i]);
			add_comparators(a, &out, &y->sets[k]);
		}
	}
	if (out.len < MAX_RANGE / 4)
		text = buf_dup(a, &out);
	buf_release(&out);
	return text;
}

/* Does another one say the same that counts already? */
static bool is_wished(struct arena *a, const struct wishes *w, const struct wish *wish)
{
	for (size_t i = 0; i < w->list.count; i++) {
		const struct wish *other = VEC_AT(&w->list, struct wish, i);

		if (other != wish && other->counts && streq(range_format(a, other->range), range_format(a, wish->range)))
			return true;
	}
	return false;
}

static void narrow(struct arena *a, struct wishes *w, struct wish *wish)
{
	const char *text;

	if (!w->range) {
		w->range = wish->range;
		w->key = wish->text;
		wish->counts = true;
		return;
	}
	if (is_wished(a, w, wish)) {
		wish->counts = true;
		return;
	}
	/* What allows everything narrows nothing. */
	if (streq(range_format(a, wish->range), "*") || !range_intersects(w->range, wish->range))
		return;
	text = both(a, w->range, wish->range);
	if (!text || !range_parse(a, str_from(text), 0))
		return;
	w->range = range_parse(a, str_from(text), 0);
	w->key = arena_printf(a, "%s & %s", w->key, wish->text);
	wish->counts = true;
}

void wishes_narrow(struct arena *a, struct wishes *w)
{
	w->range = NULL;
	w->key = NULL;
	for (size_t i = 0; i < w->list.count; i++) {
		VEC_AT(&w->list, struct wish, i)->counts = false;
		narrow(a, w, VEC_AT(&w->list, struct wish, i));
	}
}

bool wishes_allow(const struct wishes *w, const char *version)
{
	return !w->range || range_test_text(w->range, version);
}

const struct wish *wishes_first(const struct wishes *w)
{
	for (size_t i = 0; i < w->list.count; i++) {
		if (VEC_AT(&w->list, struct wish, i)->counts)
			return VEC_AT(&w->list, struct wish, i);
	}
	return NULL;
}

enum wish_force wishes_force(const struct wishes *w)
{
	const struct wish *first = wishes_first(w);

	for (size_t i = 0; i < w->list.count; i++) {
		const struct wish *wish = VEC_AT(&w->list, struct wish, i);

		if (wish->counts && (wish->source == WISH_NODE_VERSION || wish->source == WISH_NVMRC))
			return WISH_HARD;
	}
	if (!first || first->source != WISH_DEV_ENGINES)
		return WISH_SOFT;
	if (first->on_fail == ON_FAIL_DOWNLOAD)
		return WISH_HARD;
	return first->on_fail == ON_FAIL_ERROR ? WISH_ERROR : WISH_STAY;
}
