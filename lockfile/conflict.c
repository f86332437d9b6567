/* SPDX-License-Identifier: MIT */
#include "lockfile/conflict.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/vec.h"

#include <string.h>

#define MARKER 7	/* characters in a row that make one */

/* Lockfiles are looked through whole at every start, and seldom have one of these characters. */
static bool has_run(struct str s, char c)
{
	const char *at, *end = s.ptr + s.len;

	for (at = s.ptr; at < end && (at = memchr(at, c, (size_t)(end - at))); at++) {
		const char *first = at;

		while (at < end && *at == c)
			at++;
		if (at - first >= MARKER)
			return true;
	}
	return false;
}

bool conflict_has_markers(struct str text)
{
	return has_run(text, '<') && has_run(text, '=') && has_run(text, '>');
}

/* The three texts that the markers part. */
struct pieces {
	struct buf ours, theirs, parent;
};

enum state { TOP, PARENT, OURS, THEIRS };

/* Is this line a marker? Then *state is what follows it. */
static bool marker_line(struct str line, enum state *state)
{
	static const struct {
		char c;
		enum state state;
	} markers[] = {{'|', PARENT}, {'<', OURS}, {'=', THEIRS}, {'>', TOP}};
	for (size_t i = 0; i < ARRAY_LEN(markers); i++) {
		if (has_run(line, markers[i].c)) {
			*state = markers[i].state;
			return true;
		}
	}
	return false;
}

static void split_pieces(struct pieces *p, struct str text)
{
	enum state state = TOP;
	while (text.ptr) {
		struct str line = str_cut(text, '\n', &text);
		if (marker_line(line, &state))
			continue;
		if (state == TOP || state == OURS)
			buf_addstr(&p->ours, line);
		if (state == TOP || state == THEIRS)
			buf_addstr(&p->theirs, line);
		if (state == TOP || state == PARENT)
			buf_addstr(&p->parent, line);
	}
}

/* One step of a path: a key, or in a list an index. */
struct step {
	const struct step *up;	/* NULL at the top */
	const char *key;	/* NULL in a list */
	uint32_t index;
};

enum op_kind { OP_REMOVE, OP_REPLACE, OP_ADD };

struct op {
	enum op_kind kind;
	const struct step *path;
	struct json *value;
};

struct diff {
	struct arena *arena;
	struct vec removes, replaces, adds;
};

static bool is_container(const struct json *v)
{
	return json_is(v, JSON_OBJECT) || json_is(v, JSON_ARRAY);
}

static const struct step *step_make(struct arena *a, const struct step *up, const char *key, uint32_t index)
{
	struct step *s = ARENA_NEW(a, struct step);
	*s = (struct step){up, key, index};
	return s;
}

static void op_add(struct diff *d, enum op_kind kind, const struct step *path, struct json *value)
{
	struct op *op = ARENA_NEW(d->arena, struct op);
	*op = (struct op){kind, path, value};
	vec_add(kind == OP_REMOVE ? &d->removes : kind == OP_REPLACE ? &d->replaces : &d->adds, op);
}

static void diff_values(struct diff *d, const struct json *from, const struct json *to, const struct step *path);

/* What turns `from` (NULL: not there) into `to` at one place. */
static void diff_place(struct diff *d, const struct json *from, struct json *to, const struct step *path)
{
	if (!from)
		op_add(d, OP_ADD, path, to);
	else if (is_container(from) && from->type == to->type)
		diff_values(d, from, to, path);
	else if (!json_equal(from, to))
		op_add(d, OP_REPLACE, path, to);
}

/* Is a shortened list better cut at its end than at its front? */
static bool cut_at_end(const struct json *from, const struct json *to)
{
	uint32_t delta = from->count - to->count, left = 0, right = 0;
	while (left < to->count && json_equal(from->items[left], to->items[left]))
		left++;
	while (right < to->count && json_equal(from->items[from->count - 1 - right], to->items[to->count - 1 - right]))
		right++;
	return delta == 0 || left >= right;
}

static void diff_arrays(struct diff *d, const struct json *from, const struct json *to, const struct step *path)
{
	uint32_t cut = from->count > to->count ? from->count - to->count : 0;
	uint32_t skip = cut && !cut_at_end(from, to) ? cut : 0;
	for (uint32_t i = 0; i < cut; i++)
		op_add(d, OP_REMOVE, step_make(d->arena, path, NULL, skip ? i : to->count + i), NULL);
	for (uint32_t i = 0; i < to->count; i++)
		diff_place(d, json_at(from, i + skip), to->items[i], step_make(d->arena, path, NULL, i));
}

static void diff_values(struct diff *d, const struct json *from, const struct json *to, const struct step *path)
{
	if (from->type == JSON_ARRAY) {
		diff_arrays(d, from, to, path);
		return;
	}
	for (uint32_t i = 0; i < from->count; i++)
		if (!json_find(to, from->members[i].key))
			op_add(d, OP_REMOVE, step_make(d->arena, path, from->members[i].key, 0), NULL);
	for (uint32_t i = 0; i < to->count; i++) {
		const struct json_member *m = &to->members[i];
		diff_place(d, json_find(from, m->key), m->value, step_make(d->arena, path, m->key, 0));
	}
}

/* Changes at names that every JavaScript object has are left out, as npm does. */
static bool reserved(const struct step *path)
{
	static const char *const names[] = {
		"constructor", "__defineGetter__", "__defineSetter__", "hasOwnProperty", "__lookupGetter__",
		"__lookupSetter__", "isPrototypeOf", "propertyIsEnumerable", "toString", "valueOf", "__proto__",
		"toLocaleString",
	};
	for (; path; path = path->up)
		for (size_t i = 0; path->key && i < ARRAY_LEN(names); i++)
			if (streq(path->key, names[i]))
				return true;
	return false;
}

/* The same step may name a list's item or an object's key: what "theirs" has there decides. */
static const char *step_key(struct arena *a, const struct step *s)
{
	return s->key ? s->key : arena_printf(a, "%u", s->index);
}

static struct json *step_get(struct arena *a, const struct json *in, const struct step *s)
{
	if (json_is(in, JSON_ARRAY))
		return s->key ? NULL : json_at(in, s->index);
	return json_find(in, step_key(a, s));
}

static void step_set(struct arena *a, struct json *in, const struct step *s, struct json *value)
{
	if (json_is(in, JSON_OBJECT)) {
		json_put(a, in, step_key(a, s), value);
	} else if (json_is(in, JSON_ARRAY) && !s->key) {
		while (in->count <= s->index)
			json_add(a, in, json_null(a));
		in->items[s->index] = value;
	}
}

static void step_remove(struct arena *a, struct json *in, const struct step *s)
{
	if (json_is(in, JSON_OBJECT)) {
		json_remove(in, step_key(a, s));
	} else if (json_is(in, JSON_ARRAY) && !s->key && s->index < in->count) {
		memmove(&in->items[s->index], &in->items[s->index + 1], (in->count - s->index - 1) * sizeof(*in->items));
		in->count--;
	}
}

/* The container that holds the last step; missing ones are made. NULL where something else is in the way. */
static struct json *walk_to(struct arena *a, struct json *top, const struct step *path)
{
	if (!path->up)
		return top;
	struct json *in = walk_to(a, top, path->up);
	if (!is_container(in))
		return NULL;
	struct json *next = step_get(a, in, path->up);
	if (!next) {
		next = json_object(a);
		step_set(a, in, path->up, next);
	}
	return is_container(next) ? next : NULL;
}

/* Where the two stop having the same shape, what "ours" has goes in. Ends the way down by giving NULL. */
static struct json *copy_path(struct arena *a, struct json *to, const struct json **from, const struct step *path)
{
	struct json *in = path->up ? copy_path(a, to, from, path->up) : to;
	if (!in)
		return NULL;
	struct json *there = step_get(a, in, path), *here = step_get(a, *from, path);
	if (is_container(there) && here && there->type == here->type) {
		*from = here;
		return there;
	}
	if (here)
		step_set(a, in, path, here);
	else
		step_remove(a, in, path);
	return NULL;
}

static void op_apply(struct arena *a, struct json *theirs, const struct json *ours, const struct op *op)
{
	if (reserved(op->path))
		return;
	struct json *in = walk_to(a, theirs, op->path);
	if (!in || (op->kind != OP_ADD && !step_get(a, in, op->path)))
		copy_path(a, theirs, &ours, op->path);
	else if (op->kind == OP_REMOVE)
		step_remove(a, in, op->path);
	else
		step_set(a, in, op->path, op->value);
}

static struct json *resolve(struct arena *a, const struct json *parent, const struct json *ours, struct json *theirs)
{
	struct diff d = {.arena = a};
	vec_init(&d.removes, a);
	vec_init(&d.replaces, a);
	vec_init(&d.adds, a);
	diff_values(&d, parent, ours, NULL);
	for (size_t i = d.removes.count; i > 0; i--)
		op_apply(a, theirs, ours, d.removes.items[i - 1]);
	for (size_t i = 0; i < d.replaces.count; i++)
		op_apply(a, theirs, ours, d.replaces.items[i]);
	for (size_t i = 0; i < d.adds.count; i++)
		op_apply(a, theirs, ours, d.adds.items[i]);
	return theirs;
}

static struct json *parse_conflict(struct arena *a, struct str text, const char *what, struct err *err)
{
	struct pieces p = {BUF_INIT(text.len + 1), BUF_INIT(text.len + 1), BUF_INIT(text.len + 1)};
	split_pieces(&p, text);
	struct json *parent = json_parse_fast(a, buf_str(&p.parent), what, err);
	struct json *ours = parent ? json_parse_fast(a, buf_str(&p.ours), what, err) : NULL;
	struct json *theirs = ours ? json_parse_fast(a, buf_str(&p.theirs), what, err) : NULL;
	buf_release(&p.ours);
	buf_release(&p.theirs);
	buf_release(&p.parent);
	if (!theirs) {
		err_note(err, "while resolving the merge conflict in %s", what);
		return NULL;
	}
	if (parent->type != ours->type || ours->type != theirs->type || !is_container(ours)) {
		err_set(err, ERR_EJSONPARSE, "%s has a merge conflict that cannot be resolved", what);
		return NULL;
	}
	return resolve(a, parent, ours, theirs);
}

struct json *conflict_parse(struct arena *a, struct str text, const char *what, struct err *err)
{
	if (text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0)
		text = str_skip(text, 3);
	if (conflict_has_markers(text))
		return parse_conflict(a, text, what, err);
	return json_parse_fast(a, text, what, err);
}
