/* SPDX-License-Identifier: MIT */
#include "install/savepkg.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/vec.h"
#include "lockfile/style.h"
#include "resolver/collate.h"

#include <string.h>

/* In the order in which new ones are added to the file. */
static const char *const dep_keys[] = {
	"dependencies", "optionalDependencies", "devDependencies", "peerDependencies",
};

static bool is_known_key(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(dep_keys); i++)
		if (streq(key, dep_keys[i]))
			return true;
	return streq(key, "scripts") || streq(key, "workspaces");
}

static struct json *shallow_copy(struct arena *a, const struct json *obj)
{
	struct json *out = json_object(a);
	for (uint32_t i = 0; i < json_count(obj); i++)
		json_put(a, out, obj->members[i].key, obj->members[i].value);
	return out;
}

/* A dependency list in npm's order. */
static struct json *sorted_list(struct arena *a, const struct json *list)
{
	struct vec keys;
	vec_init(&keys, a);
	for (uint32_t i = 0; i < list->count; i++)
		vec_add(&keys, (void *)list->members[i].key);
	vec_sort(&keys, collate_compare_items, NULL);
	struct json *out = json_object(a);
	for (size_t i = 0; i < keys.count; i++)
		json_put(a, out, keys.items[i], json_find(list, keys.items[i]));
	return out;
}

/* The lists of content as they are to be saved: sorted, and what is optional is not listed twice. */
static struct json *prepare_lists(struct arena *a, const struct json *content)
{
	struct json *lists = json_object(a);
	for (size_t i = 0; i < ARRAY_LEN(dep_keys); i++) {
		const struct json *list = json_find(content, dep_keys[i]);
		if (json_is(list, JSON_OBJECT))
			json_put(a, lists, dep_keys[i], sorted_list(a, list));
	}
	struct json *prod = json_find(lists, "dependencies");
	const struct json *optional = json_find(lists, "optionalDependencies");
	for (uint32_t i = 0; prod && i < json_count(optional); i++)
		json_remove(prod, optional->members[i].key);
	return lists;
}

/* What was both a peer and a plain dependency before stays both. */
static void keep_doubled_peers(struct arena *a, struct json *result, const struct json *original)
{
	const struct json *prod = json_find(original, "dependencies");
	const struct json *peers = json_find(original, "peerDependencies");
	const struct json *new_peers = json_find(result, "peerDependencies");
	if (!json_is(prod, JSON_OBJECT) || !json_is(peers, JSON_OBJECT) || !json_is(new_peers, JSON_OBJECT))
		return;
	for (uint32_t i = 0; i < peers->count; i++) {
		const char *name = peers->members[i].key;
		struct json *spec = json_find(new_peers, name);
		if (!spec || !json_find(prod, name))
			continue;
		if (!json_is(json_find(result, "dependencies"), JSON_OBJECT))
			json_put(a, result, "dependencies", json_object(a));
		struct json *copy = shallow_copy(a, json_find(result, "dependencies"));
		json_put(a, copy, name, spec);
		json_put(a, result, "dependencies", copy);
	}
}

static void update_lists(struct arena *a, struct json *result, const struct json *original, const struct json *content)
{
	const struct json *lists = prepare_lists(a, content);
	for (size_t i = 0; i < ARRAY_LEN(dep_keys); i++) {
		struct json *list = json_find(lists, dep_keys[i]);
		if (list && list->count)
			json_put(a, result, dep_keys[i], list);
		else if (list)
			json_remove(result, dep_keys[i]);
	}
	keep_doubled_peers(a, result, original);
}

static int update_scripts(struct arena *a, struct json *result, const struct json *content, struct err *err)
{
	const struct json *scripts = json_find(content, "scripts");
	if (!json_truthy(scripts))
		return 0;
	for (uint32_t i = 0; json_is(scripts, JSON_OBJECT) && i < scripts->count; i++)
		if (!json_text(scripts->members[i].value))
			return err_set(err, ERR_ESCRIPTSINVALID,
				       "package.json scripts should be a key-value pair of strings.");
	json_put(a, result, "scripts", shallow_copy(a, scripts));
	return 0;
}

static int update_workspaces(struct arena *a, struct json *result, const struct json *content, struct err *err)
{
	struct json *workspaces = json_find(content, "workspaces");
	if (!json_truthy(workspaces))
		return 0;
	bool ok = json_is(workspaces, JSON_ARRAY) && workspaces->count;
	for (uint32_t i = 0; ok && i < workspaces->count; i++)
		ok = json_text(workspaces->items[i]) != NULL;
	if (!ok)
		return err_set(err, ERR_EWORKSPACESINVALID, "workspaces should be an array of strings.");
	json_put(a, result, "workspaces", workspaces);
	return 0;
}

struct json *package_update(struct arena *a, const struct json *pkg, const struct json *content, struct err *err)
{
	struct json *result = shallow_copy(a, pkg);
	update_lists(a, result, pkg, content);
	if (update_scripts(a, result, content, err) < 0 || update_workspaces(a, result, content, err) < 0)
		return NULL;
	for (uint32_t i = 0; i < json_count(content); i++) {
		const struct json_member *m = &content->members[i];
		if (is_known_key(m->key))
			continue;
		if (json_is(m->value, JSON_NULL))
			json_remove(result, m->key);
		else
			json_put(a, result, m->key, m->value);
	}
	return result;
}

bool package_format(struct arena *a, struct str old_text, const struct json *pkg, struct str *out)
{
	struct buf b = BUF_INIT(FS_MAX_FILE);
	style_format(&b, pkg, old_text.len ? style_detect(a, old_text) : STYLE_DEFAULT);
	*out = str_from(buf_dup(a, &b));
	buf_release(&b);
	return !str_eq(str_trim(*out), str_trim(old_text));
}

/* cJSON refuses half a surrogate, which the quick way would write back as another character. */
static const struct json *read_package(struct arena *a, struct str text, const char *path, struct err *err)
{
	if (memmem(text.ptr, text.len, "\\u", 2))
		return json_parse(a, text, path, err);
	return json_parse_fast(a, text, path, err);
}

int package_save(struct arena *a, const char *dir, const struct json *content, struct err *err)
{
	const char *path = path_join(a, dir, "package.json");
	const char *real = fs_realpath(a, path);
	struct str old, text;
	if (fs_read_if(a, path, FS_MAX_FILE, &old, err) < 0)
		return -1;
	const struct json *pkg = old.len ? read_package(a, old, path, err) : json_object(a);
	if (!pkg)
		return -1;
	const struct json *updated = package_update(a, pkg, content, err);
	if (!updated)
		return -1;
	if (!package_format(a, old, updated, &text))
		return 0;
	struct fs_stat st = fs_stat(path);
	return fs_write(real ? real : path, text, st.kind == FS_FILE ? st.mode : 0666, err);
}
