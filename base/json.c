/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include "base/arena.h"
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

/* Objects with more members than this get a hash index. */
#define INDEX_FROM 12
/* JavaScript puts keys that are array indices (below 2^32 - 1) first, ascending. */
#define MAX_INDEX_KEY UINT64_C(4294967294)

/* ---- objects ---- */

static struct json *make(struct arena *a, enum json_type type)
{
	struct json *v = ARENA_NEW(a, struct json);

	v->type = type;
	return v;
}

static bool is_index_key(const char *key, uint64_t *n)
{
	struct str k;

	if (key[0] < '0' || key[0] > '9')
		return false;
	k = str_from(key);
	return str_to_u64(k, n) && *n <= MAX_INDEX_KEY && (k.len == 1 || k.ptr[0] != '0');
}

static int by_number(const void *a, const void *b)
{
	const struct json_member *x = a, *y = b;
	uint64_t m = 0, n = 0;

	is_index_key(x->key, &m);
	is_index_key(y->key, &n);
	return m < n ? -1 : m > n;
}

/* Integer-like keys go first. */
static void order_members(struct arena *a, struct json *obj)
{
	struct json_member *sorted;
	uint32_t ints = 0, at = 0;
	uint64_t n;

	for (uint32_t i = 0; i < obj->count; i++)
		ints += is_index_key(obj->members[i].key, &n);
	if (!ints)
		return;
	sorted = ARENA_ARRAY(a, struct json_member, obj->cap);
	for (uint32_t i = 0; i < obj->count; i++)
		if (is_index_key(obj->members[i].key, &n))
			sorted[at++] = obj->members[i];
	qsort(sorted, at, sizeof(*sorted), by_number);
	for (uint32_t i = 0; i < obj->count; i++)
		if (!is_index_key(obj->members[i].key, &n))
			sorted[at++] = obj->members[i];
	obj->members = sorted;
	obj->index = NULL;
}

/* ---- reading ---- */

static uint32_t initial(const char *key)
{
	return (uint32_t)1 << (key[0] & 31);
}

/* Most questions are about members that are not there: the first letter tells that of most of them. */
static ptrdiff_t find_member(const struct json *obj, const char *key)
{
	if (!obj || obj->type != JSON_OBJECT || !(obj->initials & initial(key)))
		return -1;
	if (obj->index)
		return (ptrdiff_t)(intptr_t)map_find(obj->index, key) - 1;
	for (uint32_t i = 0; i < obj->count; i++)
		if (obj->members[i].key[0] == key[0] && strcmp(obj->members[i].key, key) == 0)
			return i;
	return -1;
}

struct json *json_find(const struct json *obj, const char *key)
{
	ptrdiff_t i = find_member(obj, key);

	return i < 0 ? NULL : obj->members[i].value;
}

struct json *json_at(const struct json *arr, uint32_t i)
{
	return arr && arr->type == JSON_ARRAY && i < arr->count ? arr->items[i] : NULL;
}

const char *json_text(const struct json *v)
{
	return v && v->type == JSON_STRING ? v->text : NULL;
}

bool json_has_text(const struct json *list, const char *text)
{
	for (uint32_t i = 0; json_is(list, JSON_ARRAY) && i < list->count; i++)
		if (streq(json_text(list->items[i]), text))
			return true;
	return false;
}

const char *json_find_text(const struct json *obj, const char *key)
{
	return json_text(json_find(obj, key));
}

bool json_is(const struct json *v, enum json_type type)
{
	return v && v->type == type;
}

bool json_is_true(const struct json *v)
{
	return v && v->type == JSON_BOOL && v->boolean;
}

bool json_truthy(const struct json *v)
{
	if (!v)
		return false;
	switch (v->type) {
	case JSON_BOOL:
		return v->boolean;
	case JSON_NUMBER:
		return v->number < 0 || v->number > 0;
	case JSON_STRING:
		return v->len > 0;
	case JSON_ARRAY:
	case JSON_OBJECT:
		return true;
	default:
		return false;
	}
}

static bool equal_members(const struct json *a, const struct json *b)
{
	for (uint32_t i = 0; i < a->count; i++) {
		const struct json *other = json_find(b, a->members[i].key);

		if (!other || !json_equal(a->members[i].value, other))
			return false;
	}
	return true;
}

bool json_equal(const struct json *a, const struct json *b)
{
	if (!a || !b)
		return a == b;
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case JSON_BOOL:
		return a->boolean == b->boolean;
	case JSON_NUMBER:
		return !(a->number < b->number) && !(a->number > b->number);
	case JSON_STRING:
		return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
	case JSON_OBJECT:
		return a->count == b->count && equal_members(a, b);
	case JSON_ARRAY:
		for (uint32_t i = 0; i < a->count && i < b->count; i++)
			if (!json_equal(a->items[i], b->items[i]))
				return false;
		return a->count == b->count;
	default:
		return true;
	}
}

/* ---- making and changing ---- */

struct json *json_null(struct arena *a)
{
	return make(a, JSON_NULL);
}

struct json *json_bool(struct arena *a, bool v)
{
	struct json *j = make(a, JSON_BOOL);

	j->boolean = v;
	return j;
}

struct json *json_number(struct arena *a, double v)
{
	struct json *j = make(a, JSON_NUMBER);

	j->number = v;
	return j;
}

struct json *json_string(struct arena *a, const char *text)
{
	struct json *j = make(a, text ? JSON_STRING : JSON_NULL);

	if (text) {
		j->len = strlen(text);
		j->text = arena_strndup(a, text, j->len);
	}
	return j;
}

struct json *json_written(struct arena *a, struct str text)
{
	struct json *v = make(a, JSON_WRITTEN);

	v->text = text.ptr;
	v->len = text.len;
	return v;
}

struct json *json_array(struct arena *a)
{
	return make(a, JSON_ARRAY);
}

struct json *json_object(struct arena *a)
{
	return make(a, JSON_OBJECT);
}

void json_add(struct arena *a, struct json *arr, struct json *value)
{
	if (arr->count == arr->cap) {
		uint32_t cap = arr->cap ? arr->cap * 2 : 4;

		arr->items = arena_grow(a, arr->items, arr->cap * sizeof(*arr->items), cap * sizeof(*arr->items));
		arr->cap = cap;
	}
	arr->items[arr->count++] = value;
}

static void index_members(struct arena *a, struct json *obj)
{
	obj->index = ARENA_NEW(a, struct map);
	map_init(obj->index, a);
	for (uint32_t i = 0; i < obj->count; i++)
		map_put(obj->index, obj->members[i].key, (void *)(intptr_t)(i + 1));
}

void json_put(struct arena *a, struct json *obj, const char *key, struct json *value)
{
	ptrdiff_t at = find_member(obj, key);

	if (at >= 0) {
		obj->members[at].value = value;
		return;
	}
	if (obj->count == obj->cap) {
		uint32_t cap = obj->cap ? obj->cap * 2 : 4;

		obj->members =
			arena_grow(a, obj->members, obj->cap * sizeof(*obj->members), cap * sizeof(*obj->members));
		obj->cap = cap;
	}
	obj->members[obj->count] = (struct json_member){arena_strdup(a, key), value};
	obj->initials |= initial(key);
	obj->count++;
	if (obj->index)
		map_put(obj->index, obj->members[obj->count - 1].key, (void *)(intptr_t)obj->count);
	else if (obj->count > INDEX_FROM)
		index_members(a, obj);
}

/* Is a key there twice? Of a few members only. */
static bool has_repeats(const struct json_member *members, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++)
		for (uint32_t k = 0; k < i; k++)
			if (members[k].key[0] == members[i].key[0] && strcmp(members[k].key, members[i].key) == 0)
				return true;
	return false;
}

struct json *json_object_of(struct arena *a, const struct json_member *members, uint32_t count)
{
	struct json *obj = make(a, JSON_OBJECT);
	bool big = count > INDEX_FROM;

	if (!count)
		return obj;
	obj->members = ARENA_ARRAY(a, struct json_member, count);
	memcpy(obj->members, members, count * sizeof(*members));
	obj->count = obj->cap = count;
	for (uint32_t i = 0; i < count; i++)
		obj->initials |= initial(members[i].key);
	if (big)
		index_members(a, obj);
	if (big ? obj->index->count < count : has_repeats(members, count)) {
		obj->count = 0;
		obj->index = NULL;
		for (uint32_t i = 0; i < count; i++)
			json_put(a, obj, members[i].key, members[i].value);
	}
	order_members(a, obj);
	return obj;
}

struct json *json_object_at(struct arena *a, struct json *obj, const char *key)
{
	struct json *v = json_find(obj, key);

	if (!json_is(v, JSON_OBJECT)) {
		v = json_object(a);
		json_put(a, obj, key, v);
	}
	return v;
}

void json_put_text(struct arena *a, struct json *obj, const char *key, const char *text)
{
	json_put(a, obj, key, json_string(a, text));
}

void json_put_bool(struct arena *a, struct json *obj, const char *key, bool v)
{
	json_put(a, obj, key, json_bool(a, v));
}

bool json_remove(struct json *obj, const char *key)
{
	ptrdiff_t at = find_member(obj, key);

	if (at < 0)
		return false;
	memmove(&obj->members[at], &obj->members[at + 1], (obj->count - (size_t)at - 1) * sizeof(*obj->members));
	obj->count--;
	obj->index = NULL;	/* positions have moved; linear from here on */
	return true;
}

struct json *json_copy(struct arena *a, const struct json *v)
{
	struct json *out;

	if (!v)
		return NULL;
	out = make(a, v->type);
	switch (v->type) {
	case JSON_ARRAY:
		for (uint32_t i = 0; i < v->count; i++)
			json_add(a, out, json_copy(a, v->items[i]));
		return out;
	case JSON_OBJECT:
		for (uint32_t i = 0; i < v->count; i++)
			json_put(a, out, v->members[i].key, json_copy(a, v->members[i].value));
		return out;
	case JSON_STRING:
		out->text = arena_strndup(a, v->text, v->len);
		out->len = v->len;
		return out;
	default:
		*out = *v;
		return out;
	}
}
