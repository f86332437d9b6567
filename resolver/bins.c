/* SPDX-License-Identifier: MIT */
#include "resolver/bins.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"

static const char *with_slashes(struct arena *a, const char *text, bool colons)
{
	char *out = arena_strdup(a, text);
	for (char *p = out; *p; p++)
		if (*p == '\\' || (colons && *p == ':'))
			*p = '/';
	return out;
}

/* As path.basename: a trailing slash does not count. */
static const char *base_name(struct arena *a, const char *path)
{
	size_t n = strlen(path);
	while (n && path[n - 1] == '/')
		n--;
	return path_base(arena_strndup(a, path, n));
}

static const char *from_root(struct arena *a, const char *path)
{
	return path_join(a, "/", path) + 1;
}

const char *bins_secure_path(struct arena *a, const char *path)
{
	return from_root(a, with_slashes(a, path, true));
}

/* The object that a text or a list stands for; NULL when bin is of no use. */
static struct json *as_object(struct arena *a, struct json *pkg)
{
	struct json *bin = json_find(pkg, "bin");
	struct json *out = json_object(a);
	const char *name = json_find_text(pkg, "name");
	if (json_is(bin, JSON_OBJECT))
		return bin;
	if (json_text(bin) && *json_text(bin) && name && *name)
		json_put(a, out, name, bin);
	for (uint32_t i = 0; json_is(bin, JSON_ARRAY) && i < bin->count; i++)
		if (json_text(bin->items[i]))
			json_put(a, out, base_name(a, json_text(bin->items[i])), bin->items[i]);
	return out;
}

static void replace(struct arena *a, struct json *pkg, struct json *bin)
{
	if (json_count(bin))
		json_put(a, pkg, "bin", bin);
	else
		json_remove(pkg, "bin");
}

void bins_normalize(struct arena *a, struct json *pkg)
{
	struct json *bin = as_object(a, pkg), *clean = json_object(a);
	for (uint32_t i = 0; i < json_count(bin); i++) {
		const char *target = json_text(bin->members[i].value);
		const char *name = from_root(a, base_name(a, with_slashes(a, bin->members[i].key, true)));
		target = target ? from_root(a, with_slashes(a, target, false)) : "";
		if (*name && *target)
			json_put_text(a, clean, name, target);
	}
	replace(a, pkg, clean);
}

/* One entry, in place: what it was renamed to goes to the end. */
static void make_entry_safe(struct arena *a, struct json *bin, const char *key)
{
	const char *target = json_find_text(bin, key);
	const char *name = base_name(a, bins_secure_path(a, key));
	target = target ? bins_secure_path(a, target) : "";
	if (!*name || !*target || !streq(name, key))
		json_remove(bin, key);
	if (*name && *target)
		json_put_text(a, bin, name, target);
}

void bins_normalize_strictly(struct arena *a, struct json *pkg)
{
	struct json *bin = as_object(a, pkg);
	uint32_t n = json_count(bin);
	const char **keys = ARENA_ARRAY(a, const char *, n);
	for (uint32_t i = 0; i < n; i++)
		keys[i] = bin->members[i].key;
	for (uint32_t i = 0; i < n; i++)
		if (json_find(bin, keys[i]))
			make_entry_safe(a, bin, keys[i]);
	replace(a, pkg, bin);
}
