/* SPDX-License-Identifier: MIT
 *
 * yarn.lock of yarn 2 and later: a mapping from what was asked for ("a@npm:^1.0.0, a@npm:^1.2.0") to what it became
 * (version, resolution). Checksums in it are of yarn's own archives and of no use here.
 */
#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"
#include "base/yaml.h"
#include "lockfile/pins.h"

#include <string.h>

/* Cuts "@s/name@rest" in two; false when it has no name or no rest. */
static bool cut_name(struct str text, struct str *name, struct str *rest)
{
	if (!text.len)
		return false;
	struct str behind = str_skip(text, 1);
	ptrdiff_t at = str_find(behind, '@');
	if (at < 0)
		return false;
	*name = str_first(text, (size_t)at + 1);
	*rest = str_skip(behind, (size_t)at + 1);
	return true;
}

/* The 40 digits behind "commit=" or "#". NULL when there are none. */
static const char *commit_of(struct arena *a, const char *resolution)
{
	const char *hash = strchr(resolution, '#');
	const char *commit = hash ? strstr(hash, "commit=") : NULL;
	if (commit)
		hash = commit + strlen("commit=") - 1;
	return hash && strspn(hash + 1, "0123456789abcdef") >= 40 ? arena_strndup(a, hash + 1, 40) : NULL;
}

static struct pin *pin_of(struct pins *p, const struct json *entry)
{
	const char *resolution = json_find_text(entry, "resolution"), *version = json_find_text(entry, "version");
	struct str name, rest;
	if (!resolution || !cut_name(str_from(resolution), &name, &rest))
		return NULL;
	if (str_starts(rest, "npm:"))
		return version ? pins_package(p, str_dup(p->arena, name), version, NULL) : NULL;
	struct pin *pin = ARENA_NEW(p->arena, struct pin);
	*pin = (struct pin){.name = str_dup(p->arena, name), .commit = commit_of(p->arena, resolution)};
	return pin->commit ? pin : NULL;
}

/* One of the descriptors of a key. "npm:" is what berry adds to a range; with a name behind it, it is an alias. */
static void add_descriptor(struct pins *p, struct str text, struct pin *pin)
{
	struct str name, spec;
	if (!cut_name(str_trim(text), &name, &spec))
		return;
	if (str_starts(spec, "npm:")) {
		struct str range = str_skip(spec, strlen("npm:"));
		struct str rest = str_skip(range, range.len ? 1 : 0);
		if (str_find(rest, '@') < 0)
			spec = range;
	}
	pins_put_spec(p, str_dup(p->arena, name), str_dup(p->arena, spec), pin);
}

int berry_read(struct pins *p, struct str text, const char *what, struct err *err)
{
	const struct json *documents = yaml_parse(p->arena, text, what, err);
	if (!documents)
		return -1;
	const struct json *entries = json_at(documents, 0);
	for (uint32_t i = 0; json_is(entries, JSON_OBJECT) && i < entries->count; i++) {
		struct pin *pin = pin_of(p, entries->members[i].value);
		struct str rest = str_from(entries->members[i].key);
		while (pin && rest.ptr)
			add_descriptor(p, str_cut(rest, ',', &rest), pin);
	}
	return 0;
}
