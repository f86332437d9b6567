/* SPDX-License-Identifier: MIT */
#include "lockfile/check.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "lockfile/lockfile.h"

#include <string.h>

/* What a file system takes: a path, and a part of one. */
#define PLACE_MAX 4096
#define PART_MAX 255

/* Name of a package as a folder below node_modules: `a` or `@s/a`, nothing hidden. Gives its length, 0 when it is none. */
static size_t folder_name_len(struct str s)
{
	struct str rest, part = str_cut(s, '/', &rest);
	if (!part.len || part.len > PART_MAX || part.ptr[0] == '.')
		return 0;
	if (part.ptr[0] != '@')
		return part.len;
	struct str name = str_cut(rest, '/', &rest);
	if (part.len < 2 || !name.len || name.len > PART_MAX || name.ptr[0] == '.')
		return 0;
	return part.len + 1 + name.len;
}

/* The linked strategy's store is the one hidden folder that holds packages: `.store/a@1.0.0-<hash>`. */
static size_t place_len(struct str s)
{
	static const char store[] = ".store/";
	size_t len;

	if (!str_starts(s, store))
		return folder_name_len(s);
	len = folder_name_len(str_skip(s, sizeof(store) - 1));
	return len ? len + sizeof(store) - 1 : 0;
}

/* Is every part of a location one that may be a folder: normal, not too long, and after node_modules a package's name? */
static bool location_ok(struct str loc)
{
	bool climbing = true;
	if (loc.len >= PLACE_MAX)
		return false;
	while (loc.ptr) {
		struct str rest, part = str_cut(loc, '/', &rest);
		if (str_is(part, "..") ? !climbing : (!part.len || str_is(part, ".")))
			return false;
		climbing = str_is(part, "..");
		if (part.len > PART_MAX)
			return false;
		if (str_is(part, "node_modules")) {
			size_t len = rest.ptr ? place_len(rest) : 0;
			if (!len)
				return false;
			rest = len < rest.len ? str_skip(rest, len + 1) : STR_NULL;
		}
		loc = rest;
	}
	return true;
}

/* Places outside the project are fine when a link of the project leads there, or to a folder above. */
static bool inside_target(struct arena *a, const struct map *targets, const char *location)
{
	for (const char *at = location; !streq(at, ".") && !streq(at, "/"); at = path_dir(a, at))
		if (map_has(targets, at))
			return true;
	return false;
}

static void find_targets(struct arena *a, const struct lockfile *lf, struct map *targets)
{
	map_init(targets, a);
	for (uint32_t i = 0; i < lf->packages->count; i++) {
		const struct json *entry = lf->packages->members[i].value;
		const char *to = json_find_text(entry, "resolved");
		if (to && json_truthy(json_find(entry, "link")))
			map_put(targets, path_relative(a, lf->path, path_resolve(a, lf->path, to)), (void *)lf);
	}
}

/* An escaped NUL: whoever reads text up to it would see another name than who does not. */
bool check_has_nul(struct str text)
{
	const char *end = text.ptr + text.len;

	for (const char *p = text.ptr; end - p >= 6 && (p = memchr(p, '\\', (size_t)(end - p) - 5)); p += 2)
		if (memcmp(p, "\\u0000", 6) == 0)
			return true;
	return false;
}

static int wrong(struct err *err, const char *name, const char *location, const char *field, const char *want)
{
	return err_set(err, ERR_EGENERIC, "%s: '%s' of '%s' is not %s", name, field, location, want);
}

/* Fields whose meaning an install rests on. null and false stand for nothing, as old programs wrote them. */
static int check_fields(const struct json_member *m, const char *name, struct err *err)
{
	static const char *const texts[] = {"version", "resolved", "integrity", "name"};
	static const char *const lists[] = {"dependencies", "devDependencies", "optionalDependencies", "peerDependencies",
					    "peerDependenciesMeta"};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const struct json *v = json_find(m->value, texts[i]);
		if (json_truthy(v) && !json_is(v, JSON_STRING))
			return wrong(err, name, m->key, texts[i], "a text");
	}
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const struct json *v = json_find(m->value, lists[i]);
		if (json_truthy(v) && !json_is(v, JSON_OBJECT) && !(json_is(v, JSON_ARRAY) && !v->count))
			return wrong(err, name, m->key, lists[i], "an object");
	}
	return 0;
}

int check_entries(struct arena *a, struct lockfile *lf, const char *name, struct err *err)
{
	struct map targets = {0};
	for (uint32_t i = 0; i < lf->packages->count; i++) {
		const struct json_member *m = &lf->packages->members[i];
		if (!json_is(m->value, JSON_OBJECT))
			return err_set(err, ERR_EGENERIC, "%s: the entry of '%s' is not an object", name, m->key);
		if (m->key[0] && (path_is_absolute(m->key) || !location_ok(str_from(m->key))))
			return err_set(err, ERR_EGENERIC, "%s: '%.200s' is no place for a package", name, m->key);
		if (check_fields(m, name, err) < 0)
			return -1;
		if (!cstr_starts(m->key, ".."))
			continue;
		if (!targets.arena)
			find_targets(a, lf, &targets);
		if (!inside_target(a, &targets, m->key))
			return err_set(err, ERR_EGENERIC, "%s: '%s' is outside the project", name, m->key);
	}
	return 0;
}
