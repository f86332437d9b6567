/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "resolver/selector.h"
#include "resolver/selector_int.h"

#include <string.h>

struct parser {
	struct arena *arena;
	struct vec tokens;
	size_t at;
	struct sel *current;	/* the selector that grows */
	const char *space;	/* namespace of what comes next; NULL */
	int depth;
	struct err *err;
};

struct sel *sel_make(struct arena *a, enum sel_type type, const char *value)
{
	struct sel *s = ARENA_NEW(a, struct sel);

	s->type = type;
	s->value = value;
	vec_init(&s->kids, a);
	vec_init(&s->lookup, a);
	return s;
}

void sel_append(struct sel *parent, struct sel *child)
{
	child->parent = parent;
	vec_add(&parent->kids, child);
}

bool sel_is_pseudo(const struct sel *s, const char *name)
{
	return s->type == SEL_PSEUDO && streq(s->value, name);
}

static void attribute_text(struct buf *out, const struct sel_match *m)
{
	buf_printf(out, "[%s", m->name ? m->name : "");
	if (m->op && m->quoted)
		buf_printf(out, "%s%s%s", m->op, m->quoted, m->insensitive ? strchr("'\"", *m->quoted) ? "i" : " i" : "");
	buf_addc(out, ']');
}

static void list_text(struct buf *out, const struct sel *s)
{
	for (size_t i = 0; i < s->kids.count; i++) {
		if (i && s->type != SEL_SELECTOR)
			buf_addc(out, ',');
		sel_text(out, s->kids.items[i]);
	}
}

void sel_text(struct buf *out, const struct sel *s)
{
	const char *text = s->raw && *s->raw ? s->raw : s->value;

	if (s->type == SEL_ATTRIBUTE) {
		attribute_text(out, &s->match);
		return;
	}
	if (s->type == SEL_CLASS || s->type == SEL_ID)
		buf_addc(out, s->type == SEL_CLASS ? '.' : '#');
	if (s->space && (s->type == SEL_TAG || s->type == SEL_UNIVERSAL))
		buf_printf(out, "%s|", s->space);
	buf_adds(out, text ? text : "");
	if (s->type == SEL_PSEUDO && s->kids.count)
		buf_addc(out, '(');
	list_text(out, s);
	if (s->type == SEL_PSEUDO && s->kids.count)
		buf_addc(out, ')');
}

const char *sel_string(struct arena *a, const struct sel *s)
{
	struct buf b = BUF_INIT(SELECTOR_MAX_TEXT);

	sel_text(&b, s);
	const char *out = buf_dup(a, &b);
	buf_release(&b);
	return out;
}

/* ---- Words ---- */

static const struct token *token_at(const struct parser *p, size_t at)
{
	return at < p->tokens.count ? VEC_AT(&p->tokens, struct token, at) : NULL;
}

static bool is_kind(const struct token *t, int kind)
{
	return t && t->kind == kind;
}

static int fail(struct parser *p, const char *text)
{
	return err_set(p->err, ERR_EGENERIC, "%s", text);
}

static int ends_too_soon(struct parser *p)
{
	return fail(p, "Unexpected end of the selector.");
}

/* A part with a text of its own, escapes and all. */
static void add_part(struct parser *p, enum sel_type type, const char *text)
{
	const char *plain = type == SEL_STRING ? text : selector_unescape(p->arena, text);
	struct sel *s = sel_make(p->arena, type, plain);

	s->raw = streq(plain, text) ? NULL : text;
	s->space = p->space;
	p->space = NULL;
	sel_append(p->current, s);
}

/* Does a class or an id begin at this character of the word? */
static bool part_begins(const char *word, const char *at)
{
	if (at > word && at[-1] == '\\')
		return false;
	return *at == '.' || (*at == '#' && at[1] != '{');
}

/* "name.class#id" */
static void split_word(struct parser *p, const char *word, enum sel_type first)
{
	const char *at = word;

	while (*at) {
		bool marked = part_begins(word, at);
		enum sel_type type = !marked ? SEL_TAG : *at == '.' ? SEL_CLASS : SEL_ID;
		const char *end = at + 1;

		while (*end && !part_begins(word, end))
			end++;
		if (at == word && first == SEL_PSEUDO)
			type = SEL_PSEUDO;
		const char *text = arena_strndup(p->arena, at, (size_t)(end - at));
		add_part(p, type, type == SEL_PSEUDO || !marked ? text : text + 1);
		at = end;
	}
}

/* All that is one word together: "^1.2=3". The parser ends up behind it. */
static const char *take_word(struct parser *p)
{
	const char *word = token_at(p, p->at)->text;
	const struct token *next;

	for (p->at++; (next = token_at(p, p->at)) && strchr("$^=w", next->kind); p->at++)
		word = arena_printf(p->arena, "%s%s", word, next->text);
	return word;
}

/* ---- Parts ---- */

static int parse_part(struct parser *p, bool top);

static bool is_pipe(const struct token *t)
{
	return t && streq(t->text, "|");
}

/* At a "|": what is before it is the namespace of what follows. */
static int parse_namespace(struct parser *p)
{
	const struct token *before = p->at ? token_at(p, p->at - 1) : NULL, *next = token_at(p, p->at + 1);

	if (!next)
		return ends_too_soon(p);
	if (next->kind != TOKEN_WORD && next->kind != '*')
		return fail(p, "Unexpected '|'.");
	p->space = before && before->kind != TOKEN_SPACE ? before->text : "";
	p->at++;
	if (is_pipe(token_at(p, p->at + 1))) {
		p->at++;
		return parse_namespace(p);
	}
	if (next->kind == TOKEN_WORD)
		split_word(p, take_word(p), SEL_TAG);
	else
		p->at++, add_part(p, SEL_UNIVERSAL, "*");
	return 0;
}

static int parse_word(struct parser *p)
{
	if (is_pipe(token_at(p, p->at + 1))) {
		p->at++;
		return parse_namespace(p);
	}
	split_word(p, take_word(p), SEL_TAG);
	return 0;
}

static int parse_star(struct parser *p)
{
	p->at++;
	if (is_pipe(token_at(p, p->at)))
		return parse_namespace(p);
	add_part(p, SEL_UNIVERSAL, "*");
	return 0;
}

static int parse_combinator(struct parser *p)
{
	const struct token *t = token_at(p, p->at);

	if (is_pipe(t))
		return parse_namespace(p);
	if (t->kind == TOKEN_SPACE)
		t = token_at(p, ++p->at);
	if (is_kind(t, TOKEN_COMBINATOR)) {
		add_part(p, SEL_COMBINATOR, t->text);
		p->at++;
	} else {
		add_part(p, SEL_COMBINATOR, " ");
	}
	if (is_kind(token_at(p, p->at), TOKEN_SPACE))
		p->at++;
	return 0;
}

/* Blanks around a selector mean nothing. */
static int parse_space(struct parser *p)
{
	const struct token *before = p->at ? token_at(p, p->at - 1) : NULL, *next = token_at(p, p->at + 1);

	if (before && before->kind != ',' && before->kind != '(' && p->current->kids.count && next && next->kind != ',' &&
	    next->kind != ')')
		return parse_combinator(p);
	p->at++;
	return 0;
}

static int parse_attribute(struct parser *p)
{
	size_t from = ++p->at;

	while (token_at(p, p->at) && !is_kind(token_at(p, p->at), ']'))
		p->at++;
	if (!token_at(p, p->at))
		return fail(p, "Expected a closing square bracket.");
	struct sel *s = sel_attribute(p->arena, &p->tokens, from, p->at++, p->err);
	if (!s)
		return -1;
	sel_append(p->current, s);
	return 0;
}

static int parse_pseudo(struct parser *p)
{
	const char *colons = "";

	while (is_kind(token_at(p, p->at), ':')) {
		colons = arena_printf(p->arena, "%s:", colons);
		p->at++;
	}
	if (!is_kind(token_at(p, p->at), TOKEN_WORD))
		return fail(p, "Expected a pseudo-class or pseudo-element.");
	size_t before = p->current->kids.count;
	const char *word = take_word(p);
	split_word(p, word, SEL_PSEUDO);
	if (p->current->kids.count - before > 1 && is_kind(token_at(p, p->at), '('))
		return fail(p, "Misplaced parenthesis.");
	struct sel *s = p->current->kids.items[before];
	s->value = arena_printf(p->arena, "%s%s", colons, s->raw ? s->raw : s->value);
	s->raw = NULL;
	return 0;
}

/* The list of a pseudo class: selectors below it. */
static int parse_list(struct parser *p, struct sel *pseudo)
{
	struct sel *outer = p->current, *s = sel_make(p->arena, SEL_SELECTOR, NULL);

	if (!token_at(p, p->at))
		return ends_too_soon(p);
	sel_append(pseudo, s);
	p->current = s;
	if (++p->depth > SELECTOR_MAX_DEPTH)
		return err_set(p->err, ERR_EGENERIC, "Cannot parse selector: nesting depth exceeds the maximum of %d.",
			       SELECTOR_MAX_DEPTH);
	while (token_at(p, p->at) && !is_kind(token_at(p, p->at), ')'))
		if (parse_part(p, false) < 0)
			return -1;
	if (!token_at(p, p->at))
		return fail(p, "Expected a closing parenthesis.");
	p->at++;
	p->depth--;
	p->current = outer;
	return 0;
}

/* Parentheses behind anything else are text. */
static int parse_parentheses(struct parser *p)
{
	struct sel *last = p->current->kids.count ? p->current->kids.items[p->current->kids.count - 1] : NULL;
	const char *text = "(";
	int open = 1;

	p->at++;
	if (last && last->type == SEL_PSEUDO)
		return parse_list(p, last);
	for (; open && token_at(p, p->at); p->at++) {
		const struct token *t = token_at(p, p->at);

		open += (t->kind == '(') - (t->kind == ')');
		text = arena_printf(p->arena, "%s%s", text, t->kind == TOKEN_SPACE ? " " : t->text);
	}
	if (open)
		return fail(p, "Expected a closing parenthesis.");
	if (!last) {
		add_part(p, SEL_STRING, text);
		return 0;
	}
	last->raw = last->raw ? arena_printf(p->arena, "%s%s", last->raw, text) : NULL;
	last->value = arena_printf(p->arena, "%s%s", last->value ? last->value : "", text);
	return 0;
}

static int parse_comma(struct parser *p)
{
	if (!token_at(p, ++p->at))
		return 0;
	struct sel *s = sel_make(p->arena, SEL_SELECTOR, NULL);
	sel_append(p->current->parent, s);
	p->current = s;
	return 0;
}

/* A mark that stands for itself: '&' and strings, or what cannot begin anything. */
static int parse_other(struct parser *p, const struct token *t, bool top)
{
	if (t->kind == ')' && top)
		return fail(p, "Expected an opening parenthesis.");
	if (t->kind == ']')
		return fail(p, "Expected an opening square bracket.");
	if (t->kind == ';')
		return fail(p, "Expected a backslash preceding the semicolon.");
	if (t->kind != TOKEN_STRING && t->kind != '&')
		return err_set(p->err, ERR_EGENERIC, "Unexpected '%s'. Escaping special characters with \\ may help.",
			       t->text);
	p->at++;
	if (t->kind == TOKEN_STRING || !is_pipe(token_at(p, p->at)))
		add_part(p, t->kind == '&' ? SEL_NESTING : SEL_STRING, t->text);
	return 0;
}

static int parse_part(struct parser *p, bool top)
{
	const struct token *t = token_at(p, p->at);

	switch (t->kind) {
	case TOKEN_SPACE:
		return parse_space(p);
	case '(':
		return parse_parentheses(p);
	case '[':
		return parse_attribute(p);
	case '$':
	case '^':
	case '=':
	case TOKEN_WORD:
		return parse_word(p);
	case ':':
		return parse_pseudo(p);
	case ',':
		return parse_comma(p);
	case '*':
		return parse_star(p);
	case TOKEN_COMBINATOR:
		return parse_combinator(p);
	default:
		return parse_other(p, t, top);
	}
}

struct selector *selector_parse(struct arena *a, const char *text, struct err *err)
{
	struct parser p = {.arena = a, .err = err};
	struct selector *s = ARENA_NEW(a, struct selector);

	if (!text || !*text)
		return s;
	if (selector_scan(a, cstr_replace(a, text, "/", "\\/"), &p.tokens, err) < 0)
		return NULL;
	s->root = sel_make(a, SEL_ROOT, NULL);
	p.current = sel_make(a, SEL_SELECTOR, NULL);
	sel_append(s->root, p.current);
	while (p.at < p.tokens.count)
		if (parse_part(&p, true) < 0)
			return NULL;
	return selector_shape(a, s->root, s, err) < 0 ? NULL : s;
}

bool selector_needs_feed(const struct selector *s)
{
	return s->needs_feed;
}
