/* SPDX-License-Identifier: MIT */
#include "cli/settings.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/nopt.h"

#define MAX_TEXT ((size_t)1 << 16)

/* Spellings that stand for others, on the command line only. */
static const struct {
	const char *name, *words;
} shorthands[] = {
	{"enjoy-by", "--before"},
	{"d", "--loglevel info"},
	{"dd", "--loglevel verbose"},
	{"ddd", "--loglevel silly"},
	{"quiet", "--loglevel warn"},
	{"q", "--loglevel warn"},
	{"s", "--loglevel silent"},
	{"silent", "--loglevel silent"},
	{"verbose", "--loglevel verbose"},
	{"desc", "--description"},
	{"help", "--usage"},
	{"local", "--no-global"},
	{"n", "--no-yes"},
	{"no", "--no-yes"},
	{"porcelain", "--parseable"},
	{"readonly", "--read-only"},
	{"reg", "--registry"},
	{"repo", "--repository"},
	{"env", "--environment"},
	{"allow-staged-publish", "--allow-stage-publish"},
	{"iwr", "--include-workspace-root"},
	{"ws", "--workspaces"},
};

const struct setting *setting_find(const char *key)
{
	size_t from = 0, to = setting_count;

	while (key && from < to) {
		size_t mid = from + (to - from) / 2;
		int order = strcmp(key, setting_table[mid].key);

		if (!order)
			return &setting_table[mid];
		if (order < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return NULL;
}

const struct setting *setting_of_letter(char letter)
{
	for (const struct setting *s = setting_table; s->key; s++)
		if (s->shorts && strchr(s->shorts, letter))
			return s;
	return NULL;
}

struct opt_types *setting_types(struct arena *a, const struct setting *s)
{
	return opt_types_parse(a, s->types);
}

const char *setting_shorthand(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(shorthands); i++)
		if (streq(shorthands[i].name, name))
			return shorthands[i].words;
	return NULL;
}

const char *setting_shorthand_at(size_t i)
{
	return i < ARRAY_LEN(shorthands) ? shorthands[i].name : NULL;
}

const char *setting_words(struct arena *a, const char *name)
{
	const struct setting *s = name[0] && !name[1] ? setting_of_letter(name[0]) : NULL;
	return s ? arena_printf(a, "--%s", s->key) : setting_shorthand(name);
}

void setting_split(struct arena *a, struct vec *out, const char *words)
{
	struct str rest = str_from(words);
	while (rest.ptr)
		vec_add(out, (void *)str_dup(a, str_cut(rest, ' ', &rest)));
}

bool setting_is_nerfed(const char *key)
{
	static const char *const keys[] = {"_auth",	"_authToken", "_password", "certfile",
					   "email", "keyfile",	      "username"};
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (streq(keys[i], key))
			return true;
	return false;
}

static const char *hint_of(struct arena *a, const struct setting *s)
{
	if (s->hint)
		return s->hint;
	return streq(s->types, "Number") ? "<number>" : arena_printf(a, "<%s>", s->key);
}

static const char *with_short(struct arena *a, const struct setting *s, const char *text)
{
	if (!s->shorts)
		return text;
	struct buf b = BUF_INIT(MAX_TEXT);
	buf_addc(&b, '-');
	for (const char *p = s->shorts; *p; p++)
		buf_printf(&b, "%s%c", p == s->shorts ? "" : ",", *p);
	buf_printf(&b, "|%s", text);
	const char *out = buf_dup(a, &b);
	buf_release(&b);
	return out;
}

/* "<a|b>" when all that is left of the types are words, else the hint; NULL when nothing is left. */
static const char *choice_of(struct arena *a, const struct setting *s, const struct opt_types *t)
{
	struct buf b = BUF_INIT(MAX_TEXT);
	bool words = true, any = false;
	for (uint32_t i = 0; i < t->count; i++) {
		const struct opt_type *type = &t->types[i];
		if (type->kind == OPT_LIST || type->kind == OPT_BOOLEAN ||
		    (type->kind == OPT_LITERAL && json_is(type->literal, JSON_NULL)))
			continue;
		any = true;
		const char *word = type->kind == OPT_LITERAL ? json_text(type->literal) : NULL;
		words = words && word;
		if (word && *word)
			buf_printf(&b, "%s%s", b.len ? "|" : "", word);
	}
	const char *out = words ? arena_printf(a, "<%s>", buf_text(&b)) : hint_of(a, s);
	buf_release(&b);
	return any ? out : NULL;
}

const char *setting_usage(struct arena *a, const struct setting *s)
{
	const struct opt_types *t = setting_types(a, s);
	if (streq(s->key, "color"))
		return "--color|--no-color|--color always";
	if (t->count == 1) {
		bool on = opt_types_is(t, OPT_BOOLEAN) && !streq(s->fallback, "false");
		const char *flag = arena_printf(a, "--%s%s", on ? "no-" : "", s->key);
		flag = with_short(a, s, flag);
		return opt_types_is(t, OPT_BOOLEAN) ? flag : arena_printf(a, "%s %s", flag, hint_of(a, s));
	}
	const char *flag = with_short(a, s, arena_printf(a, "--%s", s->key));
	const char *choice = choice_of(a, s, t);
	if (!choice)
		return flag;
	if (opt_types_has(t, OPT_BOOLEAN))
		flag = arena_printf(a, "--no-%s|%s", s->key, flag);
	const char *usage = arena_printf(a, "%s %s", flag, choice);
	return opt_types_has(t, OPT_LIST) ? arena_printf(a, "%s [%s ...]", usage, usage) : usage;
}

static const char *type_words(struct arena *a, const struct opt_type *type)
{
	static const char *const names[] = {
		[OPT_STRING] = "String", [OPT_BOOLEAN] = "Boolean", [OPT_NUMBER] = "Number", [OPT_PATH] = "Path",
		[OPT_URL] = "URL",	 [OPT_DATE] = "Date",	    [OPT_SEMVER] = "SemVer string",
		[OPT_UMASK] = "Octal numeric string in range 0000..0777 (0..511)",
	};
	if (type->kind != OPT_LITERAL)
		return type->kind < ARRAY_LEN(names) && names[type->kind] ? names[type->kind] : "";
	struct buf b = BUF_INIT(MAX_TEXT);
	json_format(&b, type->literal, NULL);
	const char *out = buf_dup(a, &b);
	buf_release(&b);
	return out;
}

const char *setting_type_text(struct arena *a, const struct setting *s)
{
	const struct opt_types *t = setting_types(a, s);
	struct buf b = BUF_INIT(MAX_TEXT);
	uint32_t total = t->count - opt_types_has(t, OPT_LIST), seen = 0;
	for (uint32_t i = 0; i < t->count; i++) {
		if (t->types[i].kind == OPT_LIST)
			continue;
		if (seen)
			buf_adds(&b, seen + 1 < total ? ", " : total > 2 ? ", or " : " or ");
		buf_adds(&b, type_words(a, &t->types[i]));
		seen++;
	}
	if (opt_types_has(t, OPT_LIST))
		buf_adds(&b, " (can be set multiple times)");
	const char *out = buf_dup(a, &b);
	buf_release(&b);
	return out;
}
