/* SPDX-License-Identifier: MIT
 *
 * pnpm-lock.yaml. What differs between its versions is how a package is called, in keys and where it is depended on:
 *
 *	5  /name/1.0.0, /@s/name/1.0.0_peer@2.0.0	1.0.0_peer@2.0.0
 *	6  /name@1.0.0(peer@2.0.0)			1.0.0(peer@2.0.0)
 *	9  name@1.0.0; snapshots: name@1.0.0(peer@2.0.0)	1.0.0(peer@2.0.0)
 *
 * A dependency under another name has the whole key where others have the version. Since pnpm 11 a file may hold several
 * documents; packages of all of them count.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/yaml.h"
#include "lockfile/pins.h"
#include "resolver/semver.h"

#include <string.h>

static const char *const lists[] = {"dependencies", "devDependencies", "optionalDependencies"};

/* One document being read. */
struct pnpm {
	struct pins *pins;
	const struct json *packages;
	bool underscores;		/* version 5: "_" begins what is said of peers */
};

static bool is_version(struct arena *a, struct str text)
{
	struct semver v;
	return text.len && text.ptr[0] >= '0' && text.ptr[0] <= '9' && semver_parse(&v, str_from(str_dup(a, text)), SEMVER_LOOSE);
}

static struct str before(struct str text, char c)
{
	ptrdiff_t at = str_find(text, c);
	return at < 0 ? text : str_first(text, (size_t)at);
}

static struct str without_peers(const struct pnpm *l, struct str text)
{
	text = before(text, '(');
	if (!l->underscores)
		return text;
	/* Names may hold "_" too: only what follows the last "/" that stands before any peer's scope counts. */
	for (size_t i = 1; i < text.len; i++) {
		bool digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
		if (digit && text.ptr[i - 1] == '/')
			return str_first(text, i + before(str_skip(text, i), '_').len);
	}
	return text.len && text.ptr[0] >= '0' && text.ptr[0] <= '9' ? before(text, '_') : text;
}

/* "/@s/name@1.0.0" and its kin as name and version; false for what is not from a registry. */
static bool cut_key(const struct pnpm *l, struct str key, const char **name, const char **version)
{
	struct arena *a = l->pins->arena;
	struct str plain = without_peers(l, key);
	if (plain.len && plain.ptr[0] == '/')
		plain = str_skip(plain, 1);
	ptrdiff_t at = l->underscores ? str_rfind(plain, '/') : str_rfind(plain, '@');
	if (at <= 0 || !is_version(a, str_skip(plain, (size_t)at + 1)))
		return false;
	*name = str_dup(a, str_first(plain, (size_t)at));
	*version = str_dup(a, str_skip(plain, (size_t)at + 1));
	return true;
}

/* The hash in "…/tar.gz/<hash>", which is how hosted repositories are fetched, or what a clone was set to. */
static const char *commit_of(struct arena *a, const struct json *resolution)
{
	const char *text = json_find_text(resolution, "commit");
	if (!text) {
		const char *tarball = json_find_text(resolution, "tarball");
		const char *slash = tarball ? strrchr(tarball, '/') : NULL;
		text = slash ? slash + 1 : NULL;
	}
	return text && strspn(text, "0123456789abcdef") == 40 && strlen(text) == 40 ? arena_strdup(a, text) : NULL;
}

/* What is no registry's package: a commit or a tarball. */
static struct pin *other_pin(const struct pnpm *l, const char *name, const char *key)
{
	const struct json *resolution = json_find(json_find(l->packages, key), "resolution");
	if (!resolution)
		return NULL;
	struct pin *pin = ARENA_NEW(l->pins->arena, struct pin);
	*pin = (struct pin){
		.name = name,
		.commit = commit_of(l->pins->arena, resolution),
		.integrity = json_find_text(resolution, "integrity"),
	};
	return pin;
}

/* What stands behind a dependency's name. */
static struct pin *resolve(const struct pnpm *l, const char *name, const char *value)
{
	struct str plain = without_peers(l, str_from(value));
	const char *own, *version;
	if (is_version(l->pins->arena, plain))
		return pins_package(l->pins, name, str_dup(l->pins->arena, plain), NULL);
	if (cut_key(l, str_from(value), &own, &version))
		return pins_package(l->pins, own, version, NULL);
	struct pin *pin = other_pin(l, name, value);
	return pin ? pin : other_pin(l, name, arena_printf(l->pins->arena, "%s@%s", name, str_dup(l->pins->arena, plain)));
}

static void read_list(const struct pnpm *l, const char *asker, const struct json *list)
{
	for (uint32_t i = 0; json_is(list, JSON_OBJECT) && i < list->count; i++) {
		const struct json *v = list->members[i].value;
		const char *value = json_is(v, JSON_OBJECT) ? json_find_text(v, "version") : json_text(v);
		if (value)
			pins_put_asked(l->pins, asker, list->members[i].key, resolve(l, list->members[i].key, value));
	}
}

static void read_lists(const struct pnpm *l, const char *asker, const struct json *holder)
{
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		read_list(l, asker, json_find(holder, lists[i]));
}

static void read_packages(const struct pnpm *l, const struct json *packages)
{
	for (uint32_t i = 0; json_is(packages, JSON_OBJECT) && i < packages->count; i++) {
		const struct json *entry = packages->members[i].value;
		const char *name, *version;
		if (!cut_key(l, str_from(packages->members[i].key), &name, &version))
			continue;
		pins_package(l->pins, name, version, json_find_text(json_find(entry, "resolution"), "integrity"));
		read_lists(l, pins_package_id(l->pins, name, version), entry);
	}
}

static void read_document(struct pins *p, const struct json *doc, const char *version)
{
	struct pnpm l = {.pins = p, .packages = json_find(doc, "packages"), .underscores = version[0] == '5'};
	const struct json *importers = json_find(doc, "importers");
	read_packages(&l, l.packages);
	read_packages(&l, json_find(doc, "snapshots"));
	if (!json_is(importers, JSON_OBJECT)) {
		read_lists(&l, pins_folder_id(p, ""), doc);
		return;
	}
	for (uint32_t i = 0; i < importers->count; i++)
		read_lists(&l, pins_folder_id(p, importers->members[i].key), importers->members[i].value);
}

/* "5.4", "6.0", "9.0" */
static bool is_known(const char *version)
{
	static const char *const known[] = {"5", "6", "9"};
	for (size_t i = 0; version && i < ARRAY_LEN(known); i++)
		if (version[0] == known[i][0] && (version[1] == '.' || !version[1]))
			return true;
	return false;
}

int pnpm_read(struct pins *p, struct str text, const char *what, struct err *err)
{
	const struct json *documents = yaml_parse(p->arena, text, what, err);
	if (!documents)
		return -1;
	for (uint32_t i = 0; i < documents->count; i++) {
		const struct json *doc = documents->items[i];
		const char *version = json_find_text(doc, "lockfileVersion");
		if (!is_known(version))
			return err_set(err, ERR_ELOCKFILEVERSION,
				"Unsupported lockfileVersion %s in '%s': 5, 6 and 9 are understood", version ? version : "(none)", what);
	}
	/* The project's own document is the last one. */
	for (uint32_t i = documents->count; i > 0; i--)
		read_document(p, documents->items[i - 1], json_find_text(documents->items[i - 1], "lockfileVersion"));
	return 0;
}
