/* SPDX-License-Identifier: MIT
 *
 * [name=value i]: read from its words, and matched against a package's fields.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/selector_int.h"

#include <ctype.h>
#include <string.h>

/* The part of an attribute that came last. */
enum part { NOTHING, NAMESPACE, NAME, OPERATOR, VALUE, FLAG };

struct reader {
	struct arena *arena;
	const struct vec *tokens;
	size_t at, to;
	const char *space, *name, *op, *value, *written;
	bool insensitive;
	bool quoted;
	bool blank;		/* a blank since the last part */
	enum part last;
	struct err *err;
};

static const struct token *ahead(const struct reader *r, size_t n)
{
	return r->at + n < r->to ? VEC_AT(r->tokens, struct token, r->at + n) : NULL;
}

static bool is_next(const struct reader *r, int kind)
{
	return ahead(r, 1) && ahead(r, 1)->kind == kind;
}

static const char *joined(const struct reader *r, const char *a, const char *b)
{
	return a ? arena_printf(r->arena, "%s%s", a, b) : b;
}

static void operator_begins(struct reader *r, const char *text)
{
	r->op = text;
	r->last = OPERATOR;
}

static void read_flag(struct reader *r, const char *text)
{
	if (r->value && (r->quoted || r->blank)) {
		r->insensitive = streq(text, "i") || streq(text, "I");
		r->last = FLAG;
	} else if (r->value) {
		r->value = joined(r, r->value, text);
		r->last = VALUE;
	}
}

static void read_word(struct reader *r, const char *text)
{
	const struct token *next = ahead(r, 1), *then = ahead(r, 2);

	if (next && streq(next->text, "|") && then && then->kind != '=' && !r->op && !r->space) {
		r->space = text;
		r->last = NAMESPACE;
	} else if (!r->name || (r->last == NAME && !r->blank)) {
		r->name = joined(r, r->name, text);
		r->last = NAME;
	} else if (!r->value || (r->last == VALUE && !r->blank && !r->quoted)) {
		r->value = joined(r, r->value, selector_unescape(r->arena, text));
		r->written = joined(r, r->written, text);
		r->last = VALUE;
	} else {
		read_flag(r, text);
	}
}

static void read_combinator(struct reader *r, const char *text)
{
	bool equals = is_next(r, '=');

	if (equals && (streq(text, "~") || streq(text, "|")))
		operator_begins(r, text);
	else if (streq(text, "|") && !r->space && !r->name)
		r->space = "";
}

static int read_string(struct reader *r, const char *text)
{
	if (!r->name || !r->op)
		return err_set(r->err, ERR_EGENERIC, "Expected an attribute followed by an operator preceding the string.");
	r->value = selector_unescape(r->arena, arena_strndup(r->arena, text + 1, strlen(text) - 2));
	r->written = text;
	r->quoted = true;
	r->last = VALUE;
	return 0;
}

static int read_equals(struct reader *r)
{
	if (!r->name)
		return err_set(r->err, ERR_EGENERIC, "Expected an attribute, found \"=\" instead.");
	if (r->value && *r->value)
		return err_set(r->err, ERR_EGENERIC, "Unexpected \"=\" found; an operator was already defined.");
	operator_begins(r, joined(r, r->op, "="));
	return 0;
}

/* '*', '$' and '^': the beginning of an operator; a star may be a namespace, a dollar belong to a value. */
static void read_mark(struct reader *r, const struct token *t)
{
	if (t->kind == '$' && r->last == VALUE)
		r->value = joined(r, r->value, "$");
	else if (is_next(r, '='))
		operator_begins(r, t->text);
	else if (t->kind == '*' && (!r->space || (r->last == NAMESPACE && !r->blank)))
		r->space = joined(r, r->space, "*"), r->last = NAMESPACE;
}

static int read_part(struct reader *r, const struct token *t)
{
	int rc = 0;

	if (t->kind == TOKEN_SPACE) {
		r->blank = true;
		return 0;
	}
	if (t->kind == TOKEN_WORD)
		read_word(r, t->text);
	else if (t->kind == TOKEN_COMBINATOR)
		read_combinator(r, t->text);
	else if (t->kind == TOKEN_STRING)
		rc = read_string(r, t->text);
	else if (t->kind == '=')
		rc = read_equals(r);
	else if (strchr("*$^", t->kind))
		read_mark(r, t);
	else
		return err_set(r->err, ERR_EGENERIC, "Unexpected \"%s\" found.", t->text);
	r->blank = false;
	return rc;
}

struct sel *sel_attribute(struct arena *a, const struct vec *tokens, size_t from, size_t to, struct err *err)
{
	struct reader r = {.arena = a, .tokens = tokens, .at = from, .to = to, .err = err};

	if (to - from == 1 && VEC_AT(tokens, struct token, from)->kind != TOKEN_WORD) {
		err_set(err, ERR_EGENERIC, "Expected an attribute.");
		return NULL;
	}
	for (; r.at < to; r.at++)
		if (read_part(&r, VEC_AT(tokens, struct token, r.at)) < 0)
			return NULL;
	struct sel *s = sel_make(a, SEL_ATTRIBUTE, r.value);
	s->match = (struct sel_match){
		.name = r.name && r.space ? arena_printf(a, "%s|%s", r.space, r.name) : r.name,
		.plain = r.name ? selector_unescape(a, r.name) : NULL,
		.op = r.op,
		.value = r.value,
		.quoted = r.written,
		.insensitive = r.insensitive,
	};
	return s;
}

static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	while (*text) {
		size_t n = 0;

		while (isalnum((unsigned char)text[n]) || text[n] == '_')
			n++;
		if (n && n == len && strncmp(text, word, n) == 0)
			return true;
		text += n ? n : 1;
	}
	return false;
}

static bool begins_dashed(const char *text, const char *value)
{
	return cstr_starts(text, value) && text[strlen(value)] == '-';
}

/* The field's text, or NULL for what is none: npm compares nothing else. */
static const char *text_of(struct arena *a, const struct json *v)
{
	struct buf b = BUF_INIT(64);

	if (!json_truthy(v))
		return "";
	if (!json_is(v, JSON_NUMBER))
		return json_text(v);
	json_format_number(&b, v->number);
	const char *out = buf_dup(a, &b);
	buf_release(&b);
	return out;
}

static int compare(struct arena *a, const struct sel_match *m, const struct json *v, struct err *err)
{
	const char *text = text_of(a, v), *value = m->value ? m->value : "";

	if (!text)
		return 0;
	if (m->insensitive) {
		text = cstr_lower(a, text);
		value = cstr_lower(a, value);
	}
	if (streq(m->op, "="))
		return streq(text, value);
	if (streq(m->op, "~="))
		return has_word(text, value);
	if (streq(m->op, "*="))
		return strstr(text, value) != NULL;
	if (streq(m->op, "|="))
		return begins_dashed(text, value);
	if (streq(m->op, "^="))
		return cstr_starts(text, value);
	if (streq(m->op, "$="))
		return cstr_ends(text, value);
	return err_set(err, ERR_EGENERIC, "`%s` is not a supported attribute operator.", m->op);
}

int sel_matches(struct arena *a, const struct sel_match *m, const struct json *obj, struct err *err)
{
	const struct json *v = m->name && json_is(obj, JSON_OBJECT) ? json_find(obj, m->name) : NULL;

	if (!m->op)
		return json_truthy(v);
	if (!json_is(v, JSON_ARRAY))
		return compare(a, m, v, err);
	for (uint32_t i = 0; i < v->count; i++) {
		int rc = compare(a, m, v->items[i], err);

		if (rc)
			return rc < 0 ? rc : json_truthy(v->items[i]);
	}
	return 0;
}

void sel_lookup(struct arena *a, const struct json *pkg, const struct vec *lookup, struct vec *out)
{
	vec_init(out, a);
	vec_add(out, (void *)pkg);
	for (size_t i = 0; i < lookup->count; i++) {
		const char *name = lookup->items[i];
		struct vec from = *out;

		vec_init(out, a);
		for (size_t k = 0; k < from.count; k++) {
			struct json *v = from.items[k];

			if (name)
				v = json_is(v, JSON_OBJECT) ? json_find(v, name) : NULL;
			for (uint32_t n = 0; json_is(v, JSON_ARRAY) && n < v->count; n++)
				vec_add(out, v->items[n]);
			if (!json_is(v, JSON_ARRAY) && json_truthy(v))
				vec_add(out, v);
		}
	}
}
