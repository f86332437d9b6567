/* SPDX-License-Identifier: MIT */
#include "resolver/collate.h"

#include "base/base.h"
#include "base/jstext.h"

#include <string.h>

/* The base letters of U+00C0 to U+024F, two columns for each; blank: a letter of its own, or none. */
static const char latin[] =
	"a a a a a a aec e e e e i i i i d n o o o o o   o u u u u y   ssa a a a a a aec e e e e i i i i "
	"d n o o o o o   o u u u u y   y a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g "
	"g g g g h h h h i i i i i i i i i   ijijj j k k   l l l l l l l l l l n n n n n n       o o o o "
	"o o oeoer r r r r r s s s s s s s s t t t t     u u u u u u u u u u u u w w y y y z z z z z z s "
	"                          zw                                    o o                           u "
	"u                           ts          dzdzdzljljljnjnjnja a i i o o u u u u u u u u u u   a a "
	"a a aeae    g g k k o o o o     j dzdzdzg g     n n a a aeaeo o a a a a e e e e i i i i o o o o "
	"r r r r u u u u s s t t     h h             a a e e o o o o o o o o y y         dbqp            "
	"                                ";

/* And of U+1E00 to U+1EFF. */
static const char latin_additional[] =
	"a a b b b b b b c c d d d d d d d d d d e e e e e e e e e e f f g g h h h h h h h h h h i i i i "
	"k k k k k k l l l l l l l l m m m m m m n n n n n n n n o o o o o o o o p p p p r r r r r r r r "
	"s s s s s s s s s s t t t t t t t t u u u u u u u u u u v v v v w w w w w w w w w w x x x x y y "
	"z z z z z z h t w y   s     ss  a a a a a a a a a a a a a a a a a a a a a a a a e e e e e e e e "
	"e e e e e e e e i i i i o o o o o o o o o o o o o o o o o o o o o o o o u u u u u u u u u u u u "
	"u u y y y y y y y y llll        ";

/* By ASCII character: 0 counts for nothing. Built from the order of the characters, once, before main. */
static uint8_t primary[256];
static const char ascii_order[] = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz";

__attribute__((constructor)) static void build_primary(void)
{
	for (size_t i = 0; ascii_order[i]; i++) {
		unsigned char c = (unsigned char)ascii_order[i];

		primary[c] = (uint8_t)(i + 1);
		if (c >= 'a' && c <= 'z')
			primary[c - 'a' + 'A'] = (uint8_t)(i + 1);
	}
}

/* What one letter weighs: first which letter, then its accent, then its case. 0 counts for nothing. */
struct weight {
	uint32_t letter, accent, upper;
};

/* Walks the weights of a text; a letter such as "æ" has two. */
struct walk {
	struct str rest;
	struct weight second;
	bool has_second;
};

static const char *base_letters(uint32_t c)
{
	if (c >= 0xc0 && c <= 0x24f)
		return latin + 2 * (c - 0xc0);
	if (c >= 0x1e00 && c <= 0x1eff)
		return latin_additional + 2 * (c - 0x1e00);
	return "  ";
}

static bool walk_next(struct walk *w, struct weight *out)
{
	size_t size;
	uint32_t c, lower;
	const char *base;

	if (w->has_second) {
		w->has_second = false;
		*out = w->second;
		return true;
	}
	if (!w->rest.len)
		return false;
	c = jstext_code_point(w->rest, &size);
	w->rest = str_skip(w->rest, size);
	if (c < 0x80) {
		*out = (struct weight){primary[c], primary[c] ? 1 : 0, c >= 'A' && c <= 'Z' ? 2 : 1};
		return true;
	}
	lower = jstext_lower(c);
	base = base_letters(c);
	*out = (struct weight){256 + c, 1, 1};
	if (c >= 0x300 && c <= 0x36f)
		*out = (struct weight){0, c, 1};
	else if (base[0] != ' ')
		*out = (struct weight){primary[(unsigned char)base[0]], lower, lower == c ? 1 : 2};
	w->has_second = base[0] != ' ' && base[1] != ' ';
	w->second = (struct weight){primary[(unsigned char)base[1]], lower, out->upper};
	return true;
}

enum level { LEVEL_LETTER, LEVEL_ACCENT, LEVEL_CASE };

/* The next weight that counts on this level; 0 at the end. */
static uint32_t next_on(struct walk *w, enum level level)
{
	struct weight x;

	while (walk_next(w, &x)) {
		uint32_t weight = level == LEVEL_LETTER ? x.letter : x.accent;

		if (weight)
			return level == LEVEL_CASE ? x.upper : weight;
	}
	return 0;
}

static int compare_level(const char *a, const char *b, enum level level)
{
	struct walk x = {.rest = str_from(a)}, y = {.rest = str_from(b)};
	uint32_t wx, wy;

	do {
		wx = next_on(&x, level);
		wy = next_on(&y, level);
		if (wx != wy)
			return wx < wy ? -1 : 1;
	} while (wx);
	return 0;
}

/* The rest of two texts, level by level; by_case is what case decided so far. */
static int compare_slowly(const char *a, const char *b, int by_case)
{
	int c = compare_level(a, b, LEVEL_LETTER);

	if (!c)
		c = compare_level(a, b, LEVEL_ACCENT);
	if (!c)
		c = by_case;
	return c ? c : compare_level(a, b, LEVEL_CASE);
}

static bool is_inside_character(const char *p)
{
	return ((unsigned char)*p & 0xc0) == 0x80;
}

/* How many of the equal bytes before a and b belong to the character at hand. */
static size_t before_character(const char *a, const char *b, size_t same)
{
	size_t n = 0;

	while (n < same && (is_inside_character(a - n) || is_inside_character(b - n)))
		n++;
	return n;
}

int collate_compare(const char *a, const char *b)
{
	size_t same = 0;
	int by_case = 0;

	for (;; a++, b++) {
		unsigned char x = (unsigned char)*a, y = (unsigned char)*b;
		uint8_t wx = primary[x], wy = primary[y];

		if (x == y && !x)
			return by_case;
		if (x == y) {
			same++;
			continue;
		}
		if ((!wx && x) || (!wy && y))
			break;
		if (wx != wy)
			return wx < wy ? -1 : 1;
		if (!by_case)
			by_case = x > y ? -1 : 1;
		same = 0;
	}
	same = before_character(a, b, same);
	return compare_slowly(a - same, b - same, by_case);
}

int collate_compare_items(const void *a, const void *b, void *ctx UNUSED)
{
	return collate_compare(a, b);
}
