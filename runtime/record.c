/* SPDX-License-Identifier: MIT */
#include "runtime/record.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/vec.h"
#include "lockfile/style.h"
#include "resolver/semver.h"
#include "runtime/wish.h"

#define MAX_RECORD ((size_t)1 << 20)
#define RECORD_VERSION 1

int record_read(struct arena *a, const char *root, struct json **out, struct err *err)
{
	const char *file = path_join(a, root, RECORD_FILE);
	const struct json *version;
	struct str text;

	*out = NULL;
	if (fs_read_if(a, file, MAX_RECORD, &text, err))
		return -1;
	if (!text.ptr)
		return 0;
	*out = json_parse_fast(a, text, file, err);
	if (!*out) {
		err_note(err, "Remove the file, and `lode install` makes a new one");
		return -1;
	}
	version = json_find(*out, "recordVersion");
	if (json_is(version, JSON_NUMBER) && version->number == RECORD_VERSION)
		return 0;
	return err_set_as(err, "EINVALIDRECORD", "%s is of a kind that this lode does not know", file);
}

static bool is_version(const char *text)
{
	return text && semver_valid(str_from(text), 0);
}

bool record_find(struct arena *a, const struct json *record, const struct wishes *w, const char *package,
		 struct record_entry *out)
{
	const struct json *entry = w->key ? json_find(json_find(record, "node"), w->key) : NULL;
	const struct json *here = json_find(json_find(entry, "packages"), package);
	const char *version = json_find_text(entry, "version");
	struct semver v;

	if (!is_version(version) || !wishes_allow(w, version))
		return false;
	*out = (struct record_entry){
		.version = semver_parse(&v, str_from(version), 0) ? semver_format(a, &v) : version,
		.resolved = json_find_text(here, "resolved"),
		.integrity = json_find_text(here, "integrity"),
	};
	return true;
}

void record_put(struct arena *a, struct json *record, const char *key, const char *package, const struct record_entry *e)
{
	struct json *node = json_object_at(a, record, "node"), *entry = json_object_at(a, node, key), *here = json_object(a);

	if (!streq(json_find_text(entry, "version"), e->version)) {
		entry = json_object(a);
		json_put_text(a, entry, "version", e->version);
		json_put(a, node, key, entry);
	}
	if (e->resolved && *e->resolved)
		json_put_text(a, here, "resolved", e->resolved);
	json_put_text(a, here, "integrity", e->integrity);
	json_put(a, json_object_at(a, entry, "packages"), package, here);
}

static bool is_among(const struct vec *keys, const char *key)
{
	for (size_t i = 0; i < keys->count; i++) {
		if (streq(VEC_AT(keys, const char, i), key))
			return true;
	}
	return false;
}

void record_keep_only(struct json *record, const struct vec *keys)
{
	struct json *node = json_find(record, "node");

	for (uint32_t i = json_is(node, JSON_OBJECT) ? node->count : 0; i-- > 0;) {
		if (!is_among(keys, node->members[i].key))
			json_remove(node, node->members[i].key);
	}
}

int record_write(struct arena *a, const char *root, struct json *record, struct err *err)
{
	const char *file = path_join(a, root, RECORD_FILE);
	struct buf out = BUF_INIT(MAX_RECORD);
	struct err ignored = ERR_INIT;
	struct json *whole = json_object(a);
	struct str before;
	int ret = 0;

	if (!json_count(json_find(record, "node"))) {
		buf_release(&out);
		return fs_unlink(file, err);
	}
	json_put(a, whole, "recordVersion", json_number(a, RECORD_VERSION));
	json_put(a, whole, "node", json_find(record, "node"));
	if (fs_read_if(a, file, MAX_RECORD, &before, &ignored))
		before = STR_NULL;
	style_format_lock(a, &out, whole, before.ptr ? style_detect(a, before) : STYLE_DEFAULT);
	if (!before.ptr || !str_eq(before, buf_str(&out)))
		ret = fs_write(file, buf_str(&out), 0666, err);
	buf_release(&out);
	return ret;
}
