/* SPDX-License-Identifier: MIT */
#include "resolver/wsfilter.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/path.h"
#include "base/str.h"

#include <string.h>

/* "." and "..", alone or before a slash: a place. */
static bool is_location(struct str s)
{
	size_t dots = str_starts(s, "..") ? 2 : 1;

	if (!str_starts(s, "."))
		return false;
	return s.len == dots || s.ptr[dots] == '/';
}

/* `{…}` or `[…]` at the beginning of s is taken off; false when it is not there or holds nothing. */
static bool take_bracket(struct str *s, const char *brackets, struct str *inner)
{
	struct str rest, whole = str_skip(*s, 1);

	if (!s->len || s->ptr[0] != brackets[0])
		return false;
	*inner = str_cut(whole, brackets[1], &rest);
	if (!inner->len || !rest.ptr)
		return false;
	*s = rest;
	return true;
}

static const char *project_dir(struct arena *a, struct str dir, const struct ws_place *place)
{
	const char *path = path_join(a, place->cwd, str_dup(a, dir));
	size_t len = strlen(path);

	if (len > 1 && path[len - 1] == '/')
		path = arena_strndup(a, path, len - 1);
	return path_relative(a, place->root, path);
}

/* How much of s is a name: a dot does not begin one, and brackets end it. */
static size_t name_length(struct str s)
{
	size_t n = 1;

	if (!s.len || s.ptr[0] == '.')
		return 0;
	while (n < s.len && !strchr("{}[]", s.ptr[n]))
		n++;
	return n;
}

/* name{dir}[since], each part optional; false when the text is not of this shape. */
static bool parse_parts(struct str s, struct str parts[3])
{
	size_t lengths[] = {name_length(s), 0};

	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		struct str rest = str_skip(s, lengths[i]);

		parts[0] = str_first(s, lengths[i]);
		parts[1] = parts[2] = STR_NULL;
		take_bracket(&rest, "{}", &parts[1]);
		take_bracket(&rest, "[]", &parts[2]);
		if (!rest.len)
			return true;
	}
	return false;
}

/* Takes off what asks for the packages around; the chevron stands on the package's side. */
static struct str parse_around(struct str s, struct ws_selector *out)
{
	out->self = true;
	out->dependencies = str_ends(s, "...");
	if (out->dependencies) {
		s.len -= 3;
		if (str_ends(s, "^")) {
			s.len--;
			out->self = false;
		}
	}
	out->dependents = str_starts(s, "...");
	if (out->dependents) {
		s = str_skip(s, 3);
		if (str_starts(s, "^")) {
			s = str_skip(s, 1);
			out->self = false;
		}
	}
	return s;
}

int ws_selector_parse(struct arena *a, const char *text, const struct ws_place *place, struct ws_selector *out,
		      struct err *err)
{
	struct str s = str_from(text), parts[3];

	*out = (struct ws_selector){0};
	if (str_starts(s, "!")) {
		out->exclude = true;
		s = str_skip(s, 1);
	}
	s = parse_around(s, out);
	if (!s.len)
		return err_set(err, ERR_EUSAGE, "--filter \"%s\" names nothing", text);
	if (parse_parts(s, parts)) {
		out->name = parts[0].len ? str_dup(a, parts[0]) : NULL;
		out->dir = parts[1].ptr ? project_dir(a, parts[1], place) : NULL;
		out->since = parts[2].ptr ? str_dup(a, parts[2]) : NULL;
		return 0;
	}
	/* What is of no shape is a place, alone; or a name that hardly any package has. */
	*out = (struct ws_selector){.self = true};
	if (is_location(s)) {
		out->exclude = *text == '!';
		out->dir = project_dir(a, s, place);
	} else {
		out->name = str_dup(a, s);
	}
	return 0;
}
