/* SPDX-License-Identifier: MIT */
#include "cli/query.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/jsvalue.h"

/* A step of a path. */
struct step {
	const char *name;	/* NULL: behind the last of a list */
	double index;		/* its number, when is_index */
	bool is_index;
};

static void add_step(struct arena *a, struct vec *steps, struct str name, bool append)
{
	struct step *s = ARENA_NEW(a, struct step);
	if (!append) {
		s->name = str_dup(a, name);
		s->is_index = js_number(s->name, &s->index);
	}
	vec_add(steps, s);
}

static void add_dotted(struct arena *a, struct vec *steps, struct str text)
{
	while (text.ptr)
		add_step(a, steps, str_cut(text, '.', &text), false);
}

/* Plain names and empty brackets. */
static void add_plain(struct arena *a, struct vec *steps, struct str text)
{
	struct str rest = text;
	for (size_t i = 0; i + 1 < rest.len;) {
		if (rest.ptr[i] != '[' || rest.ptr[i + 1] != ']') {
			i++;
			continue;
		}
		if (i)
			add_dotted(a, steps, str_first(rest, i));
		add_step(a, steps, STR_NULL, true);
		rest = str_skip(rest, i + 2);
		if (rest.len && rest.ptr[0] == '.')
			rest = str_skip(rest, 1);
		i = 0;
	}
	if (rest.len || text.len == rest.len)
		add_dotted(a, steps, rest);
}

/* The first "[name]" with something before it: what is in the brackets is one name, whatever dots it has. */
static void parse_path(struct arena *a, struct vec *steps, struct str text)
{
	size_t from = 0;
	for (size_t i = 1; i < text.len; i++) {
		ptrdiff_t end = str_find(str_skip(text, i), ']');
		if (text.ptr[i] != '[' || end < 2)
			continue;
		if (i > from)
			add_plain(a, steps, str_first(str_skip(text, from), i - from));
		add_step(a, steps, str_first(str_skip(text, i + 1), (size_t)end - 1), false);
		from = i + (size_t)end + 1;
		if (from < text.len && text.ptr[from] == '.')
			from++;
		i = from - 1;
	}
	if (from < text.len || !from)
		add_plain(a, steps, str_skip(text, from));
}

static void steps_of(struct arena *a, struct vec *steps, const char *path)
{
	vec_init(steps, a);
	parse_path(a, steps, str_trim(str_from(path)));
}

static bool is_item(const struct json *list, const struct step *s)
{
	return s->is_index && s->index >= 0 && s->index < list->count && s->index == floor(s->index);
}

/* A name behind a list: that of each item. */
static void spread(struct arena *a, const struct json *list, const char *label, const char *name, struct json *out)
{
	for (uint32_t i = 0; i < list->count; i++) {
		struct json *v = json_find(list->items[i], name);
		if (v)
			json_put(a, out, arena_printf(a, "%s[%u].%s", label, i, name), v);
	}
}

int query_get(struct arena *a, const struct json *data, const char *path, struct json *out, struct err *err)
{
	struct vec steps;
	const char *label = "";
	steps_of(a, &steps, path);
	for (size_t i = 0; i < steps.count; i++) {
		const struct step *s = VEC_AT(&steps, struct step, i);
		if (!s->name)
			return err_set_as(err, "EINVALIDSYNTAX", "Empty brackets are not valid syntax for retrieving values.");
		if (json_is(data, JSON_ARRAY) && !s->is_index) {
			spread(a, data, label, s->name, out);
			return 0;
		}
		if (json_is(data, JSON_ARRAY))
			data = is_item(data, s) ? data->items[(uint32_t)s->index] : NULL;
		else
			data = json_find(data, s->name);
		if (!data)
			return 0;
		label = arena_printf(a, "%s%s", label, s->name);
	}
	json_put(a, out, path, json_copy(a, data));
	return 0;
}

/* ---- changing ---- */

/* What is being put: NULL takes away. */
struct change {
	struct arena *arena;
	const struct vec *steps;
	const char *path;
	struct json *value;
	bool force;
};

static struct json *as_object(struct arena *a, const struct json *list)
{
	struct json *obj = json_object(a);
	for (uint32_t i = 0; i < list->count; i++)
		json_put(a, obj, arena_printf(a, "%u", i), list->items[i]);
	return obj;
}

static struct json *child_of(struct json *data, const struct step *s)
{
	if (json_is(data, JSON_ARRAY))
		return s->name && is_item(data, s) ? data->items[(uint32_t)s->index] : NULL;
	return json_find(data, s->name);
}

static const char *key_of(struct arena *a, const struct step *s)
{
	return s->is_index ? js_string(a, json_number(a, s->index)) : s->name;
}

static void put_child(const struct change *c, struct json *data, const struct step *s, struct json *v)
{
	if (json_is(data, JSON_OBJECT)) {
		json_put(c->arena, data, key_of(c->arena, s), v);
		return;
	}
	if (s->name && is_item(data, s)) {
		data->items[(uint32_t)s->index] = v;
		return;
	}
	if (s->name && (!s->is_index || s->index < 0 || s->index > 100000))
		return;
	while (s->name && data->count < s->index)
		json_add(c->arena, data, json_null(c->arena));
	json_add(c->arena, data, v);
}

static void delete_child(const struct change *c, struct json *data, const struct step *s)
{
	if (json_is(data, JSON_OBJECT)) {
		json_remove(data, key_of(c->arena, s));
		return;
	}
	if (!is_item(data, s))
		return;
	for (uint32_t i = (uint32_t)s->index; i + 1 < data->count; i++)
		data->items[i] = data->items[i + 1];
	data->count--;
}

/* The container of a step as it has to be: a list for a number where nothing is yet. */
static struct json *container_of(const struct change *c, struct json *data, const struct step *s)
{
	bool index = s->is_index || !s->name;
	if (!data || data->type < JSON_ARRAY)
		data = json_object(c->arena);
	if (index && !json_count(data) && !json_is(data, JSON_ARRAY))
		return json_array(c->arena);
	if (c->force && json_is(data, JSON_ARRAY) && !index)
		return as_object(c->arena, data);
	return data;
}

static int check_child(const struct change *c, const struct json *child, const struct step *s, const struct step *next,
		       struct err *err)
{
	if (c->force || !c->value || !child || json_is(child, JSON_NULL))
		return 0;
	if (child->type < JSON_ARRAY)
		return err_set_as(err, "EOVERRIDEVALUE", "Property %s already exists and is not an Array or Object.",
				  s->name ? s->name : "");
	if (json_is(child, JSON_ARRAY) && next->name && !next->is_index)
		return err_set_as(err, "ENOADDPROP", "Can't add property %s to an Array.", c->path);
	return 0;
}

static bool is_forbidden(const char *name)
{
	return streq(name, "__proto__") || streq(name, "constructor") || streq(name, "prototype");
}

static struct json *apply(const struct change *c, struct json *data, size_t at, struct err *err)
{
	const struct step *s = VEC_AT(c->steps, struct step, at);
	if (is_forbidden(s->name)) {
		err_set_as(err, "EFORBIDDENKEY", "Forbidden key: \"%s\"", s->name);
		return NULL;
	}
	data = container_of(c, data, s);
	if (!s->name && !json_is(data, JSON_ARRAY)) {
		err_set_as(err, "ENOAPPEND", "Can't use append syntax in non-Array element");
		return NULL;
	}
	if (at + 1 == c->steps->count) {
		if (c->value)
			put_child(c, data, s, c->value);
		else if (s->name)
			delete_child(c, data, s);
		return data;
	}
	struct json *child = child_of(data, s);
	if (check_child(c, child, s, VEC_AT(c->steps, struct step, at + 1), err))
		return NULL;
	struct json *made = apply(c, child, at + 1, err);
	if (made)
		put_child(c, data, s, made);
	return made ? data : NULL;
}

struct json *query_set(struct arena *a, struct json *data, const char *path, struct json *value, struct err *err)
{
	struct vec steps;
	steps_of(a, &steps, path);
	struct change c = {a, &steps, path, value, false};
	return apply(&c, data, 0, err);
}

struct json *query_force(struct arena *a, struct json *data, const char *path, struct json *value, struct err *err)
{
	struct vec steps;
	steps_of(a, &steps, path);
	struct change c = {a, &steps, path, value, true};
	return apply(&c, data, 0, err);
}

struct json *query_delete(struct arena *a, struct json *data, const char *path, struct err *err)
{
	struct vec steps;
	steps_of(a, &steps, path);
	struct change c = {a, &steps, path, NULL, false};
	return apply(&c, data, 0, err);
}
