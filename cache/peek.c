/* SPDX-License-Identifier: MIT */
#include "cache/peek.h"

#include "base/arena.h"
#include "base/jsonscan.h"
#include "base/path.h"
#include "base/vec.h"

static struct str without_bom(struct str text)
{
	return str_starts(text, "\xef\xbb\xbf") ? str_skip(text, 3) : text;
}

static bool has_text(struct str value)
{
	return value.len > 2 && value.ptr[0] == '"';
}

static bool names_install_script(struct str scripts)
{
	return has_text(jscan_find(scripts, "preinstall")) || has_text(jscan_find(scripts, "install")) ||
	       has_text(jscan_find(scripts, "postinstall"));
}

struct peek peek_package(struct arena *a, struct str package_json)
{
	struct peek p = {.name = NULL};
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
			p.has_install_script = names_install_script(jscan_skip(&s));
		else if (str_is(key, "gypfile"))
			p.gypfile_off = str_is(jscan_skip(&s), "false");
		else
			jscan_skip(&s);
	}
	return jscan_end(&s) ? p : (struct peek){.name = NULL};
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
