/* SPDX-License-Identifier: MIT */
#include "base/glob.h"

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

#define MAX_STEPS 2000000

/* One match under way: what is left of its budget and how it compares. */
struct glob {
	unsigned flags;
	unsigned steps;
};

static bool part_match(struct glob *g, struct str pat, struct str s);

static int fold(const struct glob *g, char c)
{
	return (g->flags & GLOB_NOCASE) && c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

/* Bytes of the character at the front of s: UTF-8 sequences count as one. */
static size_t char_len(struct str s)
{
	size_t n = 1;
	while (n < s.len && ((unsigned char)s.ptr[n] & 0xC0) == 0x80)
		n++;
	return n;
}

/* Index of the parenthesis that closes the one at pat.ptr[open], or 0. */
static size_t closing(struct str pat, size_t open)
{
	int depth = 0;
	for (size_t i = open; i < pat.len; i++) {
		if (pat.ptr[i] == '\\')
			i++;
		else if (pat.ptr[i] == '(')
			depth++;
		else if (pat.ptr[i] == ')' && --depth == 0)
			return i;
	}
	return 0;
}

/* Does one of the alternatives in `list` (parted by |) match the whole of s? */
static bool any_match(struct glob *g, struct str list, struct str s)
{
	int depth = 0;
	size_t from = 0;
	for (size_t i = 0; i <= list.len; i++) {
		char c = i < list.len ? list.ptr[i] : '|';
		if (c == '\\')
			i++;
		else if (c == '(')
			depth++;
		else if (c == ')')
			depth--;
		else if (c == '|' && depth <= 0) {
			if (part_match(g, (struct str){list.ptr + from, i - from}, s))
				return true;
			from = i + 1;
		}
	}
	return false;
}

/* `kind(list)rest` against s. */
static bool ext_match(struct glob *g, char kind, struct str pat, struct str s)
{
	size_t end = closing(pat, 1);
	struct str list = {pat.ptr + 2, end - 2};
	struct str rest = str_skip(pat, end + 1);
	if ((kind == '?' || kind == '*') && part_match(g, rest, s))
		return true;
	for (size_t k = 0; k <= s.len; k++) {
		struct str head = str_first(s, k), tail = str_skip(s, k);
		if (any_match(g, list, head) == (kind == '!'))
			continue;
		if (part_match(g, rest, tail))
			return true;
		if (k && (kind == '*' || kind == '+') && ext_match(g, kind, pat, tail))
			return true;
		if (g->steps > MAX_STEPS)
			return false;
	}
	return false;
}

static bool posix_class(struct str name, unsigned char c)
{
	static const struct {
		const char *name, *set;
	} classes[] = {
		{"alpha", "azAZ"}, {"digit", "09"}, {"alnum", "azAZ09"}, {"upper", "AZ"}, {"lower", "az"},
		{"xdigit", "09afAF"}, {"word", "azAZ09__"}, {"space", "  \t\r"},
	};
	for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
		for (const char *r = classes[i].set; str_is(name, classes[i].name) && *r; r += 2)
			if (c >= (unsigned char)r[0] && c <= (unsigned char)r[1])
				return true;
	}
	return false;
}

/* Length of the bracket expression at the front of pat, or 0 where it is not closed. */
static size_t class_len(struct str pat)
{
	size_t i = 1;
	if (i < pat.len && (pat.ptr[i] == '!' || pat.ptr[i] == '^'))
		i++;
	if (i < pat.len && pat.ptr[i] == ']')
		i++;
	for (; i < pat.len; i++) {
		if (pat.ptr[i] == '\\') {
			i++;
		} else if (pat.ptr[i] == '[' && i + 1 < pat.len && pat.ptr[i + 1] == ':') {
			const char *end = memmem(pat.ptr + i + 2, pat.len - i - 2, ":]", 2);
			i = end ? (size_t)(end - pat.ptr) + 1 : i;
		} else if (pat.ptr[i] == ']') {
			return i + 1;
		}
	}
	return 0;
}

/* One item of a bracket expression at *i: a class, a range or a character; *i moves past it. */
static bool item_has(const struct glob *g, struct str body, size_t *i, int c)
{
	if (body.ptr[*i] == '[' && *i + 1 < body.len && body.ptr[*i + 1] == ':') {
		const char *end = memmem(body.ptr + *i + 2, body.len - *i - 2, ":]", 2);
		if (end) {
			struct str name = str_range(body.ptr + *i + 2, end);
			*i = (size_t)(end - body.ptr) + 2;
			return posix_class(name, (unsigned char)c);
		}
	}
	if (body.ptr[*i] == '\\' && *i + 1 < body.len)
		(*i)++;
	int lo = fold(g, body.ptr[(*i)++]), hi = lo;
	if (*i + 1 < body.len && body.ptr[*i] == '-') {
		hi = fold(g, body.ptr[*i + 1]);
		*i += 2;
	}
	return c >= lo && c <= hi;
}

static bool class_has(const struct glob *g, struct str body, char ch)
{
	bool negated = body.len && (body.ptr[0] == '!' || body.ptr[0] == '^');
	bool found = false;
	for (size_t i = negated; i < body.len;)
		found |= item_has(g, body, &i, fold(g, ch));
	return found != negated;
}

static bool star_match(struct glob *g, struct str pat, struct str s)
{
	while (pat.len && pat.ptr[0] == '*' && !(pat.len > 1 && pat.ptr[1] == '(' && closing(pat, 1)))
		pat = str_skip(pat, 1);
	for (size_t k = 0; k <= s.len; k++) {
		if (part_match(g, pat, str_skip(s, k)))
			return true;
		if (g->steps > MAX_STEPS)
			return false;
	}
	return false;
}

/* One plain thing at the front of pat against the front of s; gives how far both move, false when they differ. */
static bool single_match(const struct glob *g, struct str pat, struct str s, size_t *pat_step, size_t *s_step)
{
	*pat_step = *s_step = 1;
	if (!s.len)
		return false;
	if (pat.ptr[0] == '?') {
		*s_step = char_len(s);
		return true;
	}
	size_t cls = pat.ptr[0] == '[' ? class_len(pat) : 0;
	if (cls) {
		*pat_step = cls;
		*s_step = char_len(s);
		return class_has(g, (struct str){pat.ptr + 1, cls - 2}, s.ptr[0]);
	}
	if (pat.ptr[0] == '\\' && pat.len > 1) {
		*pat_step = 2;
		return fold(g, pat.ptr[1]) == fold(g, s.ptr[0]);
	}
	return fold(g, pat.ptr[0]) == fold(g, s.ptr[0]);
}

static bool part_match(struct glob *g, struct str pat, struct str s)
{
	while (pat.len) {
		if (++g->steps > MAX_STEPS)
			return false;
		char c = pat.ptr[0];
		if (pat.len > 1 && pat.ptr[1] == '(' && strchr("?*+@!", c) && closing(pat, 1))
			return ext_match(g, c, pat, s);
		if (c == '*')
			return star_match(g, pat, s);
		size_t pat_step, s_step;
		if (!single_match(g, pat, s, &pat_step, &s_step))
			return false;
		pat = str_skip(pat, pat_step);
		s = str_skip(s, s_step);
	}
	return s.len == 0;
}

/* A whole part: wildcards at its front do not see a leading dot, and none ever sees `.` or `..`. */
static bool whole_part(struct glob *g, struct str pat, struct str s)
{
	bool wild = pat.len && strchr("*?[+@!", pat.ptr[0]) && !str_eq(pat, s);
	if (wild && (str_is(s, ".") || str_is(s, "..")))
		return false;
	if (wild && s.len && s.ptr[0] == '.' && !(g->flags & GLOB_DOT) && !(pat.len > 2 && pat.ptr[2] == '.'))
		return false;
	if (str_is(pat, "*"))
		return s.len > 0;
	return part_match(g, pat, s);
}

static bool star_star_sees(const struct glob *g, struct str part)
{
	if (str_is(part, ".") || str_is(part, ".."))
		return false;
	return (g->flags & GLOB_DOT) || !part.len || part.ptr[0] != '.';
}

/* The parts of a path from here on; rest.ptr NULL when there is none left. */
static bool parts_match(struct glob *g, struct str pat, struct str path)
{
	while (pat.ptr) {
		struct str pat_rest, path_rest;
		struct str part = str_cut(pat, '/', &pat_rest);
		if (!path.ptr)
			return g->flags & GLOB_PARTIAL;
		if (str_is(part, "**")) {
			for (struct str at = path; at.ptr; at = path_rest) {
				if (pat_rest.ptr && parts_match(g, pat_rest, at))
					return true;
				if (!star_star_sees(g, str_cut(at, '/', &path_rest)) || g->steps > MAX_STEPS)
					return false;
			}
			return !pat_rest.ptr || (g->flags & GLOB_PARTIAL);
		}
		if (!whole_part(g, part, str_cut(path, '/', &path_rest)))
			return false;
		pat = pat_rest;
		path = path_rest;
	}
	return !path.ptr || path.len == 0;
}

bool glob_match_part(const char *part, const char *name, unsigned flags)
{
	struct glob g = {flags, 0};
	return whole_part(&g, str_from(part), str_from(name));
}

bool glob_has_magic(const char *part)
{
	if (strpbrk(part, "*?[\\"))
		return true;
	const char *paren = strchr(part, '(');
	return paren && paren > part && strchr("+@!", paren[-1]);
}

bool glob_match(const char *pattern, const char *path, unsigned flags)
{
	struct arena a = ARENA_INIT;
	struct vec all;
	bool found = false;
	struct glob g = {flags, 0};
	if (!strchr(pattern, '{'))
		return parts_match(&g, str_from(pattern), str_from(path));
	vec_init(&all, &a);
	glob_expand(&a, pattern, &all);
	for (size_t i = 0; i < all.count && !found; i++)
		found = parts_match(&g, str_from(all.items[i]), str_from(path));
	arena_release(&a);
	return found;
}

/* Index of the brace that closes the one at s.ptr[open], when a comma or a range lies between; else 0. */
static size_t closing_brace(struct str s, size_t open)
{
	int depth = 0;
	bool choice = false;
	for (size_t i = open; i < s.len; i++) {
		char c = s.ptr[i];
		depth += c == '{' ? 1 : c == '}' ? -1 : 0;
		choice |= depth == 1 && (c == ',' || (c == '.' && s.ptr[i - 1] == '.'));
		if (depth == 0)
			return choice ? i : 0;
	}
	return 0;
}

/* Where the first brace expression of s lies. */
static bool find_braces(struct str s, size_t *from, size_t *to)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\\') {
			i++;
		} else if (s.ptr[i] == '{' && !(i && s.ptr[i - 1] == '$')) {
			*from = i;
			*to = closing_brace(s, i);
			if (*to)
				return true;
		}
	}
	return false;
}

/* {1..3} and {a..e}; false when the body is no such range. */
static bool expand_range(struct arena *a, struct str body, struct vec *out)
{
	const char *dots = memmem(body.ptr, body.len, "..", 2);
	const char *text = str_dup(a, body);
	if (!dots || memchr(body.ptr, ',', body.len))
		return false;
	char *end, *end2;
	const char *second = text + (dots - body.ptr) + 2;
	long lo = strtol(text, &end, 10), hi = strtol(second, &end2, 10);
	bool numbers = end == text + (dots - body.ptr) && end > text && *end2 == '\0' && end2 > second;
	if (!numbers && (dots != body.ptr + 1 || strlen(second) != 1))
		return false;
	if (!numbers) {
		lo = (unsigned char)text[0];
		hi = (unsigned char)second[0];
	}
	long step = lo <= hi ? 1 : -1;
	for (long v = lo; out->count < GLOB_MAX_BRACES; v += step) {
		vec_add(out, numbers ? arena_printf(a, "%ld", v) : arena_printf(a, "%c", (char)v));
		if (v == hi)
			break;
	}
	return true;
}

/* What the commas of a brace body part, nested braces left in place. */
static void split_choices(struct arena *a, struct str body, struct vec *out)
{
	int depth = 0;
	size_t from = 0;
	for (size_t i = 0; i <= body.len; i++) {
		char c = i < body.len ? body.ptr[i] : ',';
		depth += c == '{' ? 1 : c == '}' ? -1 : 0;
		if (i < body.len && (c != ',' || depth > 0))
			continue;
		vec_add(out, (void *)str_dup(a, (struct str){body.ptr + from, i - from}));
		from = i + 1;
	}
}

static void expand_into(struct arena *a, const char *pattern, struct vec *out, int depth)
{
	struct str s = str_from(pattern);
	size_t from, to;
	if (depth > 64 || out->count >= GLOB_MAX_BRACES)
		return;
	if (!find_braces(s, &from, &to)) {
		vec_add(out, (void *)pattern);
		return;
	}
	struct vec choices;
	vec_init(&choices, a);
	struct str body = {s.ptr + from + 1, to - from - 1};
	if (!expand_range(a, body, &choices))
		split_choices(a, body, &choices);
	for (size_t i = 0; i < choices.count; i++)
		expand_into(a, arena_printf(a, "%.*s%s%s", (int)from, s.ptr, VEC_AT(&choices, char, i), s.ptr + to + 1),
			    out, depth + 1);
}

void glob_expand(struct arena *a, const char *pattern, struct vec *out)
{
	size_t before = out->count;
	expand_into(a, arena_strdup(a, pattern), out, 0);
	if (out->count == before)
		vec_add(out, arena_strdup(a, pattern));
}
