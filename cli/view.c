/* SPDX-License-Identifier: MIT */
#include "cli/view.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "cli/inspect.h"
#include "cli/query.h"
#include "registry/fault.h"
#include "resolver/range.h"
#include "resolver/semver.h"

#include <string.h>

#define DEPTH 5
#define MAX_TEXT ((size_t)1 << 28)

/* ---- choosing ---- */

static int version_order(const void *a, const void *b, UNUSED void *ctx)
{
	return semver_compare_text(a, b, SEMVER_LOOSE);
}

static void list_versions(struct view *v)
{
	struct json *list = json_array(v->arena);
	struct vec sorted;
	vec_init(&sorted, v->arena);
	for (uint32_t i = 0; i < json_count(v->manifests); i++)
		if (semver_valid(str_from(v->manifests->members[i].key), 0))
			vec_add(&sorted, (void *)v->manifests->members[i].key);
	vec_sort(&sorted, version_order, NULL);
	for (size_t i = 0; i < sorted.count; i++)
		json_add(v->arena, list, json_string(v->arena, sorted.items[i]));
	json_put(v->arena, v->document, "versions", list);
}

/* A shallow copy: the document, and one version's members over it. */
static struct json *merged(struct view *v, const struct json *manifest)
{
	struct json *out = json_object(v->arena);
	for (uint32_t i = 0; i < json_count(v->document); i++)
		json_put(v->arena, out, v->document->members[i].key, v->document->members[i].value);
	for (uint32_t i = 0; i < json_count(manifest); i++)
		json_put(v->arena, out, manifest->members[i].key, manifest->members[i].value);
	return out;
}

static int not_found(struct err *err, const char *id, const char *text)
{
	err_set(err, ERR_E404, "%s", text);
	fault_note_not_found(err, id);
	return -1;
}

static bool wants_readme(const struct view *v)
{
	for (int i = 0; i < v->n_fields; i++)
		if (streq(v->fields[i], "readme"))
			return true;
	return false;
}

int view_choose(struct view *v, const char *wanted, struct err *err)
{
	bool keep_readme = wants_readme(v);
	const struct json *unpublished = json_find(json_find(v->document, "time"), "unpublished");
	const char *tagged = json_find_text(json_find(v->document, "dist-tags"), wanted);
	wanted = tagged ? tagged : wanted;
	if (json_truthy(unpublished))
		return not_found(err, v->id, arena_printf(v->arena, "Unpublished on %s", json_find_text(unpublished, "time")));
	v->manifests = json_find(v->document, "versions");
	list_versions(v);
	if (!keep_readme)
		json_remove(v->document, "readme");
	vec_init(&v->chosen, v->arena);
	struct range *range = range_parse(v->arena, str_from(wanted), SEMVER_LOOSE);
	for (uint32_t i = 0; range && i < json_count(v->manifests); i++) {
		struct json *manifest = v->manifests->members[i].value;
		if (!range_test_text(range, v->manifests->members[i].key))
			continue;
		if (keep_readme)
			json_remove(manifest, "readme");
		vec_add(&v->chosen, merged(v, manifest));
	}
	if (v->chosen.count || streq(wanted, "latest"))
		return 0;
	return not_found(err, arena_printf(v->arena, "%s@%s", v->id, wanted),
			 arena_printf(v->arena, "No match found for version %s", wanted));
}

/* ---- fields ---- */

/* One version's answer: its fields by name. A value of NULL is JavaScript's undefined. */
struct answer {
	const char *version;
	bool unwraps;		/* a list of one is the one */
	struct vec names, values;
};

static void add_field(struct answer *a, const char *name, struct json *value)
{
	for (size_t i = 0; i < a->names.count; i++) {
		if (streq(a->names.items[i], name)) {
			a->values.items[i] = value;
			return;
		}
	}
	vec_add(&a->names, (void *)name);
	vec_add(&a->values, value);
}

static void add_found(struct answer *into, const struct json *found)
{
	for (uint32_t i = 0; i < found->count; i++) {
		struct json *value = found->members[i].value;
		bool unwrap = into->unwraps && json_is(value, JSON_ARRAY) && value->count <= 1;
		add_field(into, found->members[i].key, unwrap ? json_at(value, 0) : value);
	}
}

static struct answer *answer_for(struct view *v, struct vec *answers, const struct json *from, bool json)
{
	const char *version = json_find_text(from, "version");
	version = version ? version : "undefined";
	for (size_t i = 0; i < answers->count; i++)
		if (streq(VEC_AT(answers, struct answer, i)->version, version))
			return answers->items[i];
	struct answer *a = ARENA_NEW(v->arena, struct answer);
	a->version = version;
	a->unwraps = !json && v->n_fields;
	vec_init(&a->names, v->arena);
	vec_init(&a->values, v->arena);
	vec_add(answers, a);
	return a;
}

static int answer_all(struct view *v, bool json, struct vec *answers, struct err *err)
{
	vec_init(answers, v->arena);
	for (size_t i = 0; i < v->chosen.count; i++) {
		const struct json *from = v->chosen.items[i];
		if (!v->n_fields)
			add_found(answer_for(v, answers, from, json), from);
		for (int f = 0; f < v->n_fields; f++) {
			struct json *found = json_object(v->arena);
			if (query_get(v->arena, from, v->fields[f], found, err) < 0)
				return -1;
			if (found->count)
				add_found(answer_for(v, answers, from, json), found);
		}
	}
	return 0;
}

/* ---- people on one line ---- */

static bool is_person(const struct json *v)
{
	uint32_t n = json_count(v);
	bool mail = json_truthy(json_find(v, "email")), url = json_truthy(json_find(v, "url"));
	if (!json_is(v, JSON_OBJECT) || n > 3 || !json_truthy(json_find(v, "name")))
		return false;
	return n == 1 || (n == 3 && mail && url) || (n == 2 && (mail || url)) || json_truthy(json_find(v, "trustedPublisher"));
}

static const char *person(struct arena *a, const struct json *v)
{
	const char *name = json_find_text(v, "name"), *mail = json_find_text(v, "email"), *url = json_find_text(v, "url");
	return arena_printf(a, "%s%s%s%s%s%s%s", name ? name : "", mail && *mail ? " <" : "", mail ? mail : "",
			    mail && *mail ? ">" : "", url && *url ? " (" : "", url ? url : "", url && *url ? ")" : "");
}

/* People become one line each, in lists too. */
static struct json *cleaned(struct arena *a, struct json *v)
{
	if (json_is(v, JSON_ARRAY)) {
		struct json *list = json_array(a);
		for (uint32_t i = 0; i < v->count; i++)
			json_add(a, list, cleaned(a, v->items[i]));
		return list;
	}
	return v && is_person(v) ? json_string(a, person(a, v)) : v;
}

/* ---- printing ---- */

static struct json *fields_json(struct view *v, const struct answer *a)
{
	struct json *out = json_object(v->arena);
	for (size_t i = 0; i < a->names.count; i++)
		if (a->values.items[i])
			json_put(v->arena, out, a->names.items[i], cleaned(v->arena, a->values.items[i]));
	return out;
}

struct json *view_json(struct view *v, struct err *err)
{
	struct vec answers;
	struct json *list = json_array(v->arena);
	if (answer_all(v, true, &answers, err) < 0 || !answers.count)
		return NULL;
	const struct json *first = fields_json(v, answers.items[0]);
	for (size_t i = 0; i < answers.count; i++) {
		struct json *one = fields_json(v, answers.items[i]);
		struct json *alone = json_count(first) == 1 ? json_find(one, first->members[0].key) : NULL;
		json_add(v->arena, list, json_count(first) != 1 ? one : alone ? alone : json_null(v->arena));
	}
	return list->count == 1 && json_is(list->items[0], JSON_ARRAY) ? list->items[0] : list;
}

/* How a field is said beside others. */
struct saying {
	bool versions, names, color;
};

static void say_field(struct view *v, struct buf *out, const struct saying *how, const struct answer *a, size_t i)
{
	struct json *value = cleaned(v->arena, a->values.items[i]);
	const char *name = a->names.items[i], *text = json_text(value);
	if (how->versions || how->names || !text)
		text = inspect_as(v->arena, value, DEPTH, how->color);
	if (how->versions)
		buf_printf(out, "%s@%s ", v->id, a->version);
	if (how->names && *name)
		buf_printf(out, "%s = ", name);
	buf_printf(out, "%s\n", text);
}

const char *view_text(struct view *v, bool color, struct err *err)
{
	struct vec answers;
	struct buf out = BUF_INIT(MAX_TEXT);
	struct saying how = {.color = color};
	if (answer_all(v, false, &answers, err) < 0)
		return NULL;
	how.versions = answers.count > 1;
	for (size_t i = 0; i < answers.count; i++) {
		const struct answer *a = answers.items[i];
		how.names |= a->names.count > 1;
		for (size_t f = 0; f < a->names.count; f++)
			say_field(v, &out, &how, a, f);
	}
	const char *text = str_dup(v->arena, str_trim(buf_str(&out)));
	buf_release(&out);
	return text;
}
