/* SPDX-License-Identifier: MIT
 *
 * What npm makes of the lists that pseudo classes come with: selectors, attributes, versions, plain text.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "resolver/selector_int.h"

#include <string.h>

struct shaper {
	struct arena *arena;
	struct selector *out;
	struct err *err;
};

static int shape_all(struct shaper *s, struct sel *parent);

/* The first part of a selector; NULL when it is empty. */
static struct sel *first_of(const struct sel *selector)
{
	return selector->kids.count ? selector->kids.items[0] : NULL;
}

static int needs_list(struct shaper *s, const struct sel *pseudo)
{
	return err_set(s->err, ERR_EGENERIC, "`%s` pseudo-class expects a value.", pseudo->value);
}

/* Names to go down by, an attribute at the end: into `into`, which is the pseudo class itself or one around it. */
static int shape_attr(struct shaper *s, struct sel *pseudo, struct sel *into)
{
	for (size_t i = 0; i < pseudo->kids.count; i++) {
		const struct sel *first = first_of(pseudo->kids.items[i]);

		if (!first)
			return needs_list(s, pseudo);
		if (first->type == SEL_TAG)
			vec_add(&into->lookup, (void *)first->value);
	}
	if (!pseudo->kids.count)
		return needs_list(s, pseudo);
	struct sel *last = first_of(pseudo->kids.items[pseudo->kids.count - 1]);
	vec_clear(&pseudo->kids);
	if (sel_is_pseudo(last, ":attr")) {
		vec_add(&into->lookup, NULL);
		return shape_attr(s, last, into);
	}
	if (last->type != SEL_ATTRIBUTE)
		return err_set_as(s->err, "EQUERYATTR", "`:attr` pseudo-class expects an attribute matcher as the last value");
	into->match = last->match;
	if (last->match.name)
		into->match.name = cstr_replace(s->arena, last->match.name, "\\/", "/");
	return 0;
}

/* The list becomes a query of its own. */
static int shape_nested(struct shaper *s, struct sel *pseudo)
{
	struct sel *root = sel_make(s->arena, SEL_ROOT, NULL);

	for (size_t i = 0; i < pseudo->kids.count; i++)
		sel_append(root, pseudo->kids.items[i]);
	vec_clear(&pseudo->kids);
	pseudo->nested = root;
	return shape_all(s, root);
}

static const char *text_of_parts(struct arena *a, const struct sel *selector)
{
	return sel_string(a, selector);
}

/* The last of three is the name of a function. */
static int shape_function(struct shaper *s, struct sel *pseudo)
{
	const struct sel *f = first_of(vec_pop(&pseudo->kids));

	if (f && f->type == SEL_TAG)
		pseudo->function = f->value;
	else if (f && f->type == SEL_STRING && strlen(f->value) >= 2)
		pseudo->function = arena_strndup(s->arena, f->value + 1, strlen(f->value) - 2);
	else
		return err_set_as(s->err, "ESEMVERFUNC", "`:semver` pseudo-class expects a function name as last value");
	return 0;
}

/* Of two, one is a version or range, the other tells which field it is compared with. */
static int take_static_value(struct shaper *s, struct sel *pseudo)
{
	for (size_t i = 0; i < pseudo->kids.count; i++) {
		const struct sel *selector = pseudo->kids.items[i], *first = first_of(selector);

		if (!first || (first->type != SEL_TAG && first->type != SEL_COMBINATOR))
			continue;
		pseudo->arg = text_of_parts(s->arena, selector);
		vec_remove_at(&pseudo->kids, i);
		return 0;
	}
	return err_set_as(s->err, "ESEMVERVALUE",
			  "`:semver` pseudo-class expects a static value in the first or second position");
}

static int shape_semver(struct shaper *s, struct sel *pseudo)
{
	if (pseudo->kids.count == 3 && shape_function(s, pseudo) < 0)
		return -1;
	if (pseudo->kids.count == 1)
		pseudo->arg = text_of_parts(s->arena, vec_pop(&pseudo->kids));
	else if (pseudo->kids.count == 2 && take_static_value(s, pseudo) < 0)
		return -1;
	if (pseudo->kids.count == 1)
		return shape_attr(s, pseudo, pseudo);
	pseudo->match = (struct sel_match){.name = "version"};
	vec_clear(&pseudo->kids);
	return 0;
}

static int shape_type(struct shaper *s, struct sel *pseudo)
{
	if (!pseudo->kids.count)
		return needs_list(s, pseudo);
	const struct sel *first = first_of(pseudo->kids.items[0]);
	pseudo->arg = first ? first->value : NULL;
	vec_clear(&pseudo->kids);
	return 0;
}

static int shape_path(struct shaper *s, struct sel *pseudo)
{
	const char *text = pseudo->kids.count ? text_of_parts(s->arena, pseudo->kids.items[0]) : "undefined";

	pseudo->arg = cstr_replace(s->arena, text, "\\/", "/");
	vec_clear(&pseudo->kids);
	return 0;
}

static int shape_outdated(struct shaper *s, struct sel *pseudo)
{
	if (pseudo->kids.count)
		pseudo->arg = text_of_parts(s->arena, pseudo->kids.items[0]);
	vec_clear(&pseudo->kids);
	return 0;
}

static int add_vuln_wish(struct shaper *s, const struct sel *part, struct sel_vuln *wish)
{
	const struct sel_match *m = &part->match;

	if (part->type != SEL_ATTRIBUTE)
		return err_set_as(s->err, "EQUERYATTR",
				  ":vuln pseudo-class only accepts attribute matchers or \"cwe\" tag");
	bool severity = streq(m->plain, "severity");
	if (!severity && !streq(m->plain, "cwe"))
		return err_set_as(s->err, "EQUERYATTR",
				  ":vuln pseudo-class only matches \"severity\" and \"cwe\" attributes");
	if (m->op && !streq(m->op, "="))
		return err_set_as(s->err, "EQUERYATTR",
				  ":vuln pseudo-class attribute selector only accepts \"=\" operator");
	struct vec **list = severity ? &wish->severity : &wish->cwe;
	if (!*list) {
		*list = ARENA_NEW(s->arena, struct vec);
		vec_init(*list, s->arena);
	}
	vec_add(*list, (void *)(!m->op ? "*" : m->value ? m->value : ""));
	return 0;
}

static int shape_vuln(struct shaper *s, struct sel *pseudo)
{
	if (!pseudo->kids.count)
		return 0;
	pseudo->vulns = ARENA_NEW(s->arena, struct vec);
	vec_init(pseudo->vulns, s->arena);
	for (size_t i = 0; i < pseudo->kids.count; i++) {
		const struct sel *selector = pseudo->kids.items[i];
		struct sel_vuln *wish = ARENA_NEW(s->arena, struct sel_vuln);

		for (size_t k = 0; k < selector->kids.count; k++)
			if (add_vuln_wish(s, selector->kids.items[k], wish) < 0)
				return -1;
		vec_add(pseudo->vulns, wish);
	}
	vec_clear(&pseudo->kids);
	return 0;
}

static int shape_own_attr(struct shaper *s, struct sel *pseudo)
{
	return shape_attr(s, pseudo, pseudo);
}

static int shape_one(struct shaper *s, struct sel *part)
{
	static const struct {
		const char *name;
		int (*shape)(struct shaper *s, struct sel *pseudo);
		bool feed;
	} known[] = {
		{":attr", shape_own_attr, false}, {":is", shape_nested, false},	     {":has", shape_nested, false},
		{":not", shape_nested, false},	  {":path", shape_path, false},	     {":semver", shape_semver, false},
		{":type", shape_type, false},	  {":outdated", shape_outdated, true}, {":vuln", shape_vuln, true},
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (!sel_is_pseudo(part, known[i].name))
			continue;
		s->out->needs_feed |= known[i].feed;
		return known[i].shape(s, part);
	}
	return shape_all(s, part);
}

static int shape_all(struct shaper *s, struct sel *parent)
{
	for (size_t i = 0; i < parent->kids.count; i++)
		if (shape_one(s, parent->kids.items[i]) < 0)
			return -1;
	return 0;
}

int selector_shape(struct arena *a, struct sel *root, struct selector *out, struct err *err)
{
	struct shaper s = {.arena = a, .out = out, .err = err};

	return shape_all(&s, root);
}
