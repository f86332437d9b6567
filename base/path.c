/* SPDX-License-Identifier: MIT */
#include "base/path.h"

#include "base/arena.h"
#include "base/str.h"

#include <string.h>

/* Absolute, and nothing in it that would be resolved: no empty segment, no `.`, no `..`, as nearly every path that comes here. */
static bool is_resolved(const char *path)
{
	if (path[0] != '/')
		return false;
	for (const char *p = path; p; p = strchr(p + 1, '/')) {
		const char *segment = p + 1;

		if (segment[0] == '.')
			segment += segment[1] == '.' ? 2 : 1;
		if (segment[0] == '/' || !segment[0])
			return false;
	}
	return true;
}

/* Is the last segment of what is in out `..`? */
static bool ends_in_up(const char *out, size_t len)
{
	return len >= 2 && memcmp(out + len - 2, "..", 2) == 0 && (len == 2 || out[len - 3] == '/');
}

static size_t drop_segment(const char *out, size_t len, size_t floor)
{
	while (len > floor && out[len - 1] != '/')
		len--;
	return len > floor ? len - 1 : len;
}

/* Append the segments of path to out (which holds `len` bytes), resolving . and ..; returns the new length. */
static size_t add_segments(char *out, size_t len, const char *path, bool absolute)
{
	struct str rest = str_from(path);
	size_t floor = absolute ? 1 : 0;

	while (rest.ptr) {
		struct str seg = str_cut(rest, '/', &rest);
		bool up = str_is(seg, "..");

		if (!seg.len || str_is(seg, "."))
			continue;
		if (up && len > floor && !ends_in_up(out, len)) {
			len = drop_segment(out, len, floor);
			continue;
		}
		if (up && absolute)
			continue;
		if (len > floor)
			out[len++] = '/';
		memcpy(out + len, seg.ptr, seg.len);
		len += seg.len;
	}
	return len;
}

const char *path_normal(struct arena *a, const char *path)
{
	bool absolute = path[0] == '/', slash = cstr_ends(path, "/");
	char *out = arena_alloc(a, strlen(path) + 4);
	size_t len = 0;

	if (absolute)
		out[len++] = '/';
	len = add_segments(out, len, path, absolute);
	if (!len)
		return slash ? "./" : ".";
	if (slash && out[len - 1] != '/')
		out[len++] = '/';
	out[len] = '\0';
	return out;
}

const char *path_below(struct arena *a, const char *dir, const char *rest)
{
	return cstr_join(a, dir, '/', rest);
}

const char *path_join(struct arena *a, const char *dir, const char *rest)
{
	if (!dir[0])
		return path_normal(a, rest[0] ? rest : ".");
	if (!rest[0])
		return path_normal(a, dir);
	const char *full = path_below(a, dir, rest);

	return is_resolved(full) ? full : path_normal(a, full);
}

const char *path_resolve(struct arena *a, const char *base, const char *path)
{
	const char *full = path[0] == '/' ? path : path_below(a, base, path);
	size_t len = 0;
	char *out;

	if (is_resolved(full))
		return full == path ? arena_strdup(a, path) : full;
	out = arena_alloc(a, strlen(full) + 4);
	out[len++] = '/';
	len = add_segments(out, len, full, true);
	out[len] = '\0';
	return out;
}

/* How much of both paths is the same whole segments. */
static size_t common_length(const char *from, const char *to)
{
	size_t common = 0;

	for (size_t i = 0;; i++) {
		bool end_from = !from[i] || from[i] == '/', end_to = !to[i] || to[i] == '/';

		if (end_from && end_to)
			common = i;
		if (!from[i] || from[i] != to[i])
			return common;
	}
}

const char *path_relative(struct arena *a, const char *from, const char *to)
{
	size_t common, ups = 0, len = 0;
	char *out;

	from = is_resolved(from) ? from : path_resolve(a, "/", from);
	to = is_resolved(to) ? to : path_resolve(a, "/", to);
	if (streq(from, "/"))
		return arena_strdup(a, to + 1);
	common = common_length(from, to);
	for (const char *p = from + common; *p; p++)
		ups += *p == '/';
	out = arena_alloc(a, ups * 3 + strlen(to) + 1);
	for (size_t n = 0; n < ups; n++) {
		memcpy(out + len, n ? "/.." : "..", n ? 3 : 2);
		len += n ? 3 : 2;
	}
	to += common;
	while (*to == '/')
		to++;
	if (*to && len)
		out[len++] = '/';
	memcpy(out + len, to, strlen(to) + 1);
	return out;
}

const char *path_dir(struct arena *a, const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len && path[len - 1] != '/')
		len--;
	while (len > 1 && path[len - 1] == '/')
		len--;
	return len ? arena_strndup(a, path, len) : ".";
}

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *path_ext(const char *path)
{
	const char *base = path_base(path), *dot = strrchr(base, '.');

	return dot && dot != base ? dot : "";
}

bool path_is_absolute(const char *path)
{
	return path[0] == '/';
}

bool path_is_in(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	if (n && dir[n - 1] == '/')
		n--;
	return strncmp(path, dir, n) == 0 && (!path[n] || path[n] == '/');
}
