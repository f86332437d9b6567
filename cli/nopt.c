/* SPDX-License-Identifier: MIT
 *
 * The first half of nopt: the words of a command line become options and arguments.
 */
#include "cli/nopt.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/jsvalue.h"

/* One parse under way. */
struct parse {
	struct nopt *n;
	struct vec *args;
	size_t at;		/* the word being read */
	struct json *data;
	struct vec *remain;
};

/* One option under way. */
struct option {
	const char *key;
	bool had_value;			/* --key=value */
	bool negated, no_seen;
	const struct opt_types *types;	/* NULL: unknown */
	bool known;
	bool list;
};

static const void *find(const struct opt_names *names, const char *name)
{
	return names->find(names->ctx, name);
}

/* The one name that begins so, or the name itself; NULL when there is none or a choice. */
static const char *expand(const struct opt_names *names, const char *start)
{
	const char *found = NULL, *name;
	if (find(names, start))
		return start;
	for (size_t i = 0; (name = names->at(names->ctx, i)); i++) {
		if (!cstr_starts(name, start))
			continue;
		if (found)
			return NULL;
		found = name;
	}
	return found;
}

static const char *undashed(const char *arg)
{
	return arg + strspn(arg, "-");
}

static bool is_dashes(const char *s)
{
	return s[0] == '-' && s[1] == '-' && !*undashed(s);
}

/* -glp: every letter is a shorthand of its own. */
static const struct vec *letters(struct nopt *n, const char *arg)
{
	struct vec *all = ARENA_NEW(n->arena, struct vec);
	vec_init(all, n->arena);
	for (const char *p = arg; *p; p++) {
		const struct vec *words = find(&n->shorts, (char[]){*p, '\0'});
		if (!words)
			return NULL;
		for (size_t i = 0; i < words->count; i++)
			vec_add(all, words->items[i]);
	}
	return all;
}

/* What a shorthand stands for; NULL when it is none. -1 when the abbreviation is refused. */
static int resolve_short(struct nopt *n, const char *arg, const struct vec **out, struct err *err)
{
	*out = NULL;
	arg = undashed(arg);
	if (find(&n->types, arg))
		return 0;
	*out = find(&n->shorts, arg);
	if (*out)
		return 0;
	*out = letters(n, arg);
	if (*out || expand(&n->types, arg))
		return 0;
	const char *whole = expand(&n->shorts, arg);
	if (!whole)
		return 0;
	if (n->abbrev && n->abbrev(n->ctx, arg, whole, err))
		return -1;
	*out = find(&n->shorts, whole);
	return 0;
}

static const char *word_at(const struct parse *p, size_t i)
{
	return i < p->args->count ? VEC_AT(p->args, const char, i) : NULL;
}

static void put(struct parse *p, const struct option *o, struct json *v)
{
	struct arena *a = p->n->arena;
	if (!o->list) {
		json_put(a, p->data, o->key, v);
		return;
	}
	struct json *list = json_find(p->data, o->key);
	if (!json_is(list, JSON_ARRAY)) {
		list = json_array(a);
		json_put(a, p->data, o->key, list);
	}
	json_add(a, list, v);
}

static bool is_switch(const struct option *o, const char *next)
{
	if (o->no_seen || opt_types_has(o->types, OPT_BOOLEAN))
		return true;
	if ((!o->types || o->types->undefined) && !o->had_value)
		return true;
	return streq(next, "false") && opt_types_has_null(o->types);
}

static bool starts_long(const char *s)
{
	size_t dashes = strspn(s, "-");
	return dashes >= 2 && s[dashes];
}

/* The word behind a switch may still be its value, where its types say so. NULL: it is not. */
static struct json *value_of_switch(struct parse *p, const struct option *o, const char *next)
{
	struct arena *a = p->n->arena;
	double d;
	if (!o->types || o->types->count < 2)
		return NULL;
	if (opt_types_has_text(o->types, next))
		return json_string(a, next);
	if (streq(next, "null") && opt_types_has_null(o->types))
		return json_null(a);
	if (!starts_long(next) && js_number(next, &d) && opt_types_has(o->types, OPT_NUMBER))
		return json_number(a, d);
	bool is_short = next[0] == '-' && next[1] && next[1] != '-';
	if (!is_short && opt_types_has(o->types, OPT_STRING))
		return json_string(a, next);
	return NULL;
}

static void take_switch(struct parse *p, const struct option *o, const char *next)
{
	struct json *v = json_bool(p->n->arena, !o->negated);
	if (streq(next, "true") || streq(next, "false")) {
		v = json_bool(p->n->arena, streq(next, "true") != o->negated);
		p->at++;
	} else if (next && *next) {
		struct json *given = value_of_switch(p, o, next);
		if (given) {
			v = given;
			p->at++;
		}
	}
	put(p, o, v);
}

static void take_value(struct parse *p, const struct option *o, const char *next)
{
	if (opt_types_is(o->types, OPT_STRING)) {
		size_t dashes = next ? strspn(next, "-") : 0;
		bool is_option = next && dashes >= 1 && dashes <= 2 && next[dashes];
		if (is_option)
			p->at--;
		if (!next || is_option)
			next = "";
	}
	if (next && is_dashes(next)) {
		next = NULL;
		p->at--;
	}
	put(p, o, next ? json_string(p->n->arena, next) : json_bool(p->n->arena, true));
	p->at++;
}

static void tell_unknown(struct parse *p, const struct option *o, const char *next)
{
	bool hanging = !o->had_value && next && *next && *next != '-' && !streq(next, "true") && !streq(next, "false");
	if (p->n->unknown)
		p->n->unknown(p->n->ctx, o->key, hanging ? next : NULL);
}

/* Takes "no-" off, expands an abbreviation and finds the types. */
static int read_key(struct parse *p, const char *arg, struct option *o, struct err *err)
{
	struct nopt *n = p->n;
	for (arg = undashed(arg); !strncasecmp(arg, "no-", 3); arg += 3) {
		o->no_seen = true;
		o->negated = !o->negated;
	}
	const char *whole = expand(&n->types, arg);
	if (whole && !streq(whole, arg)) {
		if (n->abbrev && n->abbrev(n->ctx, arg, whole, err))
			return -1;
		arg = whole;
	}
	o->key = arg;
	o->types = find(&n->types, arg);
	if (!o->types && n->dynamic)
		o->types = n->dynamic(n->ctx, arg);
	o->known = o->types != NULL;
	o->list = opt_types_has(o->types, OPT_LIST);
	return 0;
}

static void read_option(struct parse *p, struct option *o)
{
	struct json *before = json_find(p->data, o->key);
	if (!o->known && before) {
		if (!json_is(before, JSON_ARRAY)) {
			struct json *list = json_array(p->n->arena);
			json_add(p->n->arena, list, before);
			json_put(p->n->arena, p->data, o->key, list);
		}
		o->list = true;
	}
	const char *next = word_at(p, p->at + 1);
	if (!o->types || o->types->undefined)
		tell_unknown(p, o, next);
	if (is_switch(o, next))
		take_switch(p, o, next);
	else
		take_value(p, o, next);
}

/* One word that begins with a dash. *again: it was replaced by others that are read next. */
static int read_dashed(struct parse *p, bool *again, struct err *err)
{
	const char *arg = word_at(p, p->at);
	struct option o = {0};
	const struct vec *words;
	const char *eq = strchr(arg, '=');
	*again = false;
	if (eq) {
		o.had_value = true;
		vec_insert(p->args, p->at + 1, arena_strdup(p->n->arena, eq + 1));
		arg = arena_strndup(p->n->arena, arg, (size_t)(eq - arg));
		p->args->items[p->at] = (void *)arg;
	}
	if (resolve_short(p->n, arg, &words, err))
		return -1;
	if (words) {
		vec_remove_at(p->args, p->at);
		for (size_t i = 0; i < words->count; i++)
			vec_insert(p->args, p->at + i, words->items[i]);
		if (!words->count || !streq(arg, VEC_AT(words, const char, 0))) {
			*again = true;
			return 0;
		}
	}
	if (read_key(p, arg, &o, err))
		return -1;
	read_option(p, &o);
	return 0;
}

int nopt_parse(struct nopt *n, struct vec *args, struct json *data, struct vec *remain, struct err *err)
{
	struct parse p = {.n = n, .args = args, .data = data, .remain = remain};
	for (p.at = 0; p.at < args->count; p.at++) {
		const char *arg = word_at(&p, p.at);
		if (is_dashes(arg)) {
			for (size_t i = p.at + 1; i < args->count; i++)
				vec_add(remain, args->items[i]);
			args->items[p.at] = (void *)"--";
			return 0;
		}
		if (arg[0] != '-' || !arg[1]) {
			vec_add(remain, (void *)arg);
			continue;
		}
		bool again;
		if (read_dashed(&p, &again, err))
			return -1;
		if (again)
			p.at--;
	}
	return 0;
}
