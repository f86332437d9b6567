/* SPDX-License-Identifier: MIT */
#include "cache/peek.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/jsonscan.h"
#include "base/path.h"
#include "base/vec.h"

static struct str without_bom(struct str text)
{
	return str_starts(text, "\xef\xbb\xbf") ? str_skip(text, 3) : text;
}

/* Keys may be written with escapes. */
static bool names_install_script(struct arena *a, struct str scripts)
{
	struct jscan s;
	struct str key;
	bool any = false;

	jscan_init(&s, scripts, a);
	if (!jscan_enter(&s, '{'))
		return false;
	while (jscan_member(&s, &key)) {
		bool install = str_is(key, "preinstall") || str_is(key, "install") || str_is(key, "postinstall");
		struct str value = jscan_skip(&s);

		any |= install && value.len > 2 && value.ptr[0] == '"';
	}
	return any;
}

/* A license may be any text, so there are bounds. */
#define RECORDED_MAX ((size_t)64 << 10)
#define RECORDED_VALUE_MAX (RECORDED_MAX / 8)

const char *const peek_recorded[PEEK_RECORDED] = {"gypfile", "license", "workspaces", "acceptDependencies", "funding", "libc"};
enum { GYPFILE };

/* Its members, as they are written. */
struct recorded {
	struct str values[PEEK_RECORDED];
};

static void note_recorded(struct recorded *r, struct str key, struct str value)
{
	for (size_t i = 0; i < PEEK_RECORDED; i++)
		if (str_is(key, peek_recorded[i]))
			r->values[i] = value;
}

static const char *recorded_text(struct arena *a, const struct recorded *r)
{
	struct buf out = BUF_INIT(RECORDED_MAX);
	const char *text = NULL;

	for (size_t i = 0; i < PEEK_RECORDED; i++) {
		if (!r->values[i].ptr || r->values[i].len > RECORDED_VALUE_MAX)
			continue;
		buf_printf(&out, "%s\"%s\":", out.len ? "," : "{", peek_recorded[i]);
		buf_addstr(&out, r->values[i]);
	}
	buf_addc(&out, '}');
	if (out.len > 1 && !out.failed)
		text = arena_strndup(a, out.ptr, out.len);
	buf_release(&out);
	return text;
}

struct peek peek_package(struct arena *a, struct str package_json)
{
	struct peek p = {.name = NULL};
	struct recorded recorded = {0};
	struct jscan s;
	struct str key;

	jscan_init(&s, without_bom(package_json), a);
	if (!jscan_enter(&s, '{'))
		return p;
	while (jscan_member(&s, &key)) {
		if (str_is(key, "name"))
			p.name = jscan_text(&s);
		else if (str_is(key, "version"))
			p.version = jscan_text(&s);
		else if (str_is(key, "scripts"))
			p.has_install_script = names_install_script(a, jscan_skip(&s));
		else
			note_recorded(&recorded, key, jscan_skip(&s));
	}
	if (!jscan_end(&s))
		return (struct peek){.name = NULL};
	p.gypfile_off = str_is(recorded.values[GYPFILE], "false");
	p.recorded = recorded_text(a, &recorded);
	return p;
}

/* Taken as absolute and back: what goes up stops at the package. */
static void add_path(struct arena *a, struct vec *paths, const char *target)
{
	const char *inside = target ? path_normal(a, arena_printf(a, "/%s", target)) : NULL;

	if (inside && inside[1])
		vec_add(paths, (void *)(uintptr_t)(inside + 1));
}

void peek_bins(struct arena *a, struct str package_json, struct vec *paths)
{
	struct str bin = jscan_find(without_bom(package_json), "bin"), key;
	struct jscan s;

	jscan_init(&s, bin, a);
	if (jscan_peek(&s) == JSCAN_STRING)
		add_path(a, paths, jscan_text(&s));
	else if (jscan_enter(&s, '{'))
		while (jscan_member(&s, &key))
			add_path(a, paths, jscan_text(&s));
}
