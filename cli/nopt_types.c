/* SPDX-License-Identifier: MIT */
#include "cli/nopt.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"
#include "cli/jsvalue.h"

static const struct {
	const char *word;
	enum opt_kind kind;
} kinds[] = {
	{"String", OPT_STRING}, {"Boolean", OPT_BOOLEAN}, {"Number", OPT_NUMBER}, {"Path", OPT_PATH},
	{"Url", OPT_URL},	{"Date", OPT_DATE},	  {"Umask", OPT_UMASK},	  {"Semver", OPT_SEMVER},
	{"Array", OPT_LIST},
};

static struct opt_type type_of_word(struct arena *a, struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_is(word, kinds[i].word))
			return (struct opt_type){kinds[i].kind, NULL};
	struct json *v;
	double n;
	if (str_is(word, "null"))
		v = json_null(a);
	else if (str_is(word, "false") || str_is(word, "true"))
		v = json_bool(a, str_is(word, "true"));
	else if (str_is(word, "''"))
		v = json_string(a, "");
	else if (word.len && word.ptr[0] == '#' && js_number(str_dup(a, str_skip(word, 1)), &n))
		v = json_number(a, n);
	else
		v = json_string(a, str_dup(a, word));
	return (struct opt_type){OPT_LITERAL, v};
}

struct opt_types *opt_types_parse(struct arena *a, const char *words)
{
	struct opt_types *t = ARENA_NEW(a, struct opt_types);
	size_t max = 1;
	for (const char *p = words; *p; p++)
		max += *p == '|';
	t->types = ARENA_ARRAY(a, struct opt_type, max);
	struct str rest = str_from(words);
	while (rest.ptr) {
		struct str word = str_cut(rest, '|', &rest);
		t->types[t->count++] = type_of_word(a, word);
	}
	t->list = t->count > 1;
	return t;
}

bool opt_types_has(const struct opt_types *t, enum opt_kind kind)
{
	for (uint32_t i = 0; t && i < t->count; i++)
		if (t->types[i].kind == kind)
			return true;
	return false;
}

bool opt_types_has_null(const struct opt_types *t)
{
	for (uint32_t i = 0; t && i < t->count; i++)
		if (t->types[i].kind == OPT_LITERAL && json_is(t->types[i].literal, JSON_NULL))
			return true;
	return false;
}

bool opt_types_has_text(const struct opt_types *t, const char *text)
{
	for (uint32_t i = 0; t && i < t->count; i++)
		if (t->types[i].kind == OPT_LITERAL && streq(json_text(t->types[i].literal), text))
			return true;
	return false;
}

bool opt_types_is(const struct opt_types *t, enum opt_kind kind)
{
	return t && t->count == 1 && t->types[0].kind == kind;
}
