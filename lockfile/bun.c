/* SPDX-License-Identifier: MIT
 *
 * bun.lock: JSON with comments and commas at ends. Its packages are called by their places, "a/b" being the b in a's own
 * node_modules, with the text "name@version", the registry, the lists of dependencies and the integrity:
 *
 *	"a/b": ["b@1.0.0", "", { "dependencies": { "c": "^2.0.0" } }, "sha512-…"],
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "lockfile/pins.h"
#include "resolver/semver.h"

#include <string.h>

#define MAX_VERSION 2
#define KEY_MAX 1024	/* no real place is longer, */
#define LEVELS_MAX 64	/* nor deeper */

static const char *const lists[] = {"dependencies", "devDependencies", "optionalDependencies", "peerDependencies"};

/* ---- to plain JSON, byte for byte at its place ---- */

static size_t string_end(struct str t, size_t i)
{
	for (i++; i < t.len && t.ptr[i] != '"' && t.ptr[i] != '\n'; i++)
		if (t.ptr[i] == '\\')
			i++;
	return i < t.len ? i + 1 : t.len;
}

/* The end of a comment at i; i when there is none. */
static size_t comment_end(struct str t, size_t i)
{
	char kind = i + 1 < t.len && t.ptr[i] == '/' ? t.ptr[i + 1] : '\0';
	if (kind == '/') {
		ptrdiff_t at = str_find(str_skip(t, i), '\n');
		return at < 0 ? t.len : i + (size_t)at;
	}
	for (size_t k = i + 2; kind == '*' && k + 1 < t.len; k++)
		if (t.ptr[k] == '*' && t.ptr[k + 1] == '/')
			return k + 2;
	return i;
}

static void blank(char *text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (text[i] != '\n')
			text[i] = ' ';
}

/* Comments and commas before a closing bracket become blanks, so that lines and columns stay what they are. */
static struct str plain_json(struct arena *a, struct str t)
{
	char *out = arena_strndup(a, t.ptr, t.len);
	ptrdiff_t comma = -1;
	for (size_t i = 0; i < t.len;) {
		size_t end = comment_end(t, i);
		char c = t.ptr[i];
		if (end > i) {
			blank(out, i, end);
			i = end;
			continue;
		}
		if ((c == ']' || c == '}') && comma >= 0)
			out[comma] = ' ';
		if (c == ',')
			comma = (ptrdiff_t)i;
		else if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
			comma = -1;
		i = c == '"' ? string_end(t, i) : i + 1;
	}
	return (struct str){out, t.len};
}

/* ---- packages ---- */

struct bun {
	struct pins *pins;
	const struct json *packages;
	struct map folders;	/* key of a package to what is in its node_modules: struct map of struct pin; "" is the top */
};

/* What a package sees, nearest first. */
struct view {
	const struct map *folders[LEVELS_MAX];
	size_t count;
};

/* The hash behind "#": bun keeps its first digits only, which git takes too. */
static const char *commit_of(struct arena *a, struct str rest)
{
	ptrdiff_t at = str_find(rest, '#');
	struct str hash = at < 0 ? STR_NULL : str_skip(rest, (size_t)at + 1);
	for (size_t i = 0; i < hash.len; i++)
		if (!strchr("0123456789abcdef", hash.ptr[i]) || !hash.ptr[i])
			return NULL;
	return hash.len == 40 ? str_dup(a, hash) : NULL;
}

static const char *integrity_of(const struct json *entry)
{
	const char *last = json_count(entry) ? json_text(entry->items[entry->count - 1]) : NULL;
	return last && entry->count > 1 && cstr_starts(last, "sha") && strchr(last, '-') ? last : NULL;
}

static struct pin *read_pin(struct bun *l, const struct json *entry)
{
	struct arena *a = l->pins->arena;
	struct str id = str_from(json_text(json_at(entry, 0)));
	ptrdiff_t at = id.len ? str_find(str_skip(id, 1), '@') : -1;
	struct semver v;
	if (at < 0)
		return NULL;
	const char *name = str_dup(a, str_first(id, (size_t)at + 1));
	struct str rest = str_skip(id, (size_t)at + 2);
	const char *version = str_dup(a, rest);
	if (semver_parse(&v, str_from(version), SEMVER_LOOSE))
		return pins_package(l->pins, name, version, integrity_of(entry));
	struct pin *pin = ARENA_NEW(a, struct pin);
	*pin = (struct pin){.name = name, .commit = commit_of(a, rest), .integrity = integrity_of(entry)};
	return pin->commit || pin->integrity ? pin : NULL;
}

/* The key without its last name: "a/@s/b" gives "a". False at the top. */
static bool key_above(struct str *key)
{
	ptrdiff_t at = str_rfind(*key, '/');
	if (at < 0)
		return false;
	struct str above = str_first(*key, (size_t)at);
	ptrdiff_t before = str_rfind(above, '/');
	if (above.ptr[before + 1] == '@') {
		if (before < 0)
			return false;
		above = str_first(above, (size_t)before);
	}
	*key = above;
	return true;
}

static void put_pin(struct bun *l, struct str key, struct pin *pin)
{
	struct str above = key;
	bool nested = key_above(&above);
	const char *holder = nested ? str_dup(l->pins->arena, above) : "";
	struct map *folder = map_find(&l->folders, holder);
	if (!folder) {
		folder = ARENA_NEW(l->pins->arena, struct map);
		map_init(folder, l->pins->arena);
		map_put(&l->folders, holder, folder);
	}
	map_put(folder, str_dup(l->pins->arena, nested ? str_skip(key, above.len + 1) : key), pin);
}

static void add_folder(const struct bun *l, struct view *v, struct str key)
{
	const struct map *folder = map_find_str(&l->folders, key);
	if (folder && v->count < LEVELS_MAX)
		v->folders[v->count++] = folder;
}

/* What the package at key sees: its own folder and those above; no real key is long. */
static struct view view_from(const struct bun *l, struct str key)
{
	struct view v = {.count = 0};
	do
		add_folder(l, &v, key);
	while (key.len && key.len < KEY_MAX && key_above(&key));
	if (v.count == LEVELS_MAX)
		v.count--;
	add_folder(l, &v, STR(""));
	return v;
}

static struct pin *find(const struct view *v, const char *name)
{
	struct str key = str_from(name);
	uint32_t hash = map_hash(key.ptr, key.len);
	struct pin *pin = NULL;
	for (size_t i = 0; i < v->count && !pin; i++)
		pin = map_find_hashed(v->folders[i], key, hash);
	return pin;
}

static void read_lists(const struct bun *l, const char *asker, const char *key, const struct json *holder)
{
	struct view view = view_from(l, str_from(key));
	for (size_t k = 0; k < ARRAY_LEN(lists); k++) {
		const struct json *list = json_find(holder, lists[k]);
		for (uint32_t i = 0; json_is(list, JSON_OBJECT) && i < list->count; i++)
			pins_put_asked(l->pins, asker, list->members[i].key, find(&view, list->members[i].key));
	}
}

static void read_packages(struct bun *l)
{
	struct pin **read = ARENA_ARRAY(l->pins->arena, struct pin *, l->packages->count);
	for (uint32_t i = 0; i < l->packages->count; i++) {
		read[i] = read_pin(l, l->packages->members[i].value);
		if (read[i])
			put_pin(l, str_from(l->packages->members[i].key), read[i]);
	}
	for (uint32_t i = 0; i < l->packages->count; i++)
		if (read[i] && read[i]->version)
			read_lists(l, pins_package_id(l->pins, read[i]->name, read[i]->version), l->packages->members[i].key,
				json_at(l->packages->members[i].value, 2));
}

static void read_workspaces(const struct bun *l, const struct json *workspaces)
{
	for (uint32_t i = 0; json_is(workspaces, JSON_OBJECT) && i < workspaces->count; i++) {
		const struct json *ws = workspaces->members[i].value;
		const char *name = json_find_text(ws, "name"), *folder = workspaces->members[i].key;
		read_lists(l, pins_folder_id(l->pins, folder), *folder && name ? name : "", ws);
	}
}

int bun_read(struct pins *p, struct str text, const char *what, struct err *err)
{
	const struct json *doc = json_parse_fast(p->arena, plain_json(p->arena, text), what, err);
	const struct json *version = json_find(doc, "lockfileVersion");
	struct bun l = {.pins = p, .packages = json_find(doc, "packages")};
	if (!doc)
		return -1;
	if (!json_is(version, JSON_NUMBER) || version->number < 0 || version->number > MAX_VERSION)
		return err_set(err, ERR_ELOCKFILEVERSION, "Unsupported lockfileVersion in '%s': 0 to 2 are understood", what);
	map_init(&l.folders, p->arena);
	if (json_is(l.packages, JSON_OBJECT))
		read_packages(&l);
	read_workspaces(&l, json_find(doc, "workspaces"));
	return 0;
}
