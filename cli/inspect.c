/* SPDX-License-Identifier: MIT
 *
 * One line where 80 columns and three levels allow it, else one entry a line; long lists in columns.
 */
#include "cli/inspect.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/str.h"

#define MAX_TEXT ((size_t)1 << 26)
#define BREAK 80
#define COMPACT 3
#define MANY 6
#define MIN_WIDTH 16

struct inspector {
	struct arena *arena;
	int depth;	/* levels shown */
	int last_level;	/* of the object begun last */
	int indent;
	bool color;
};

/* The runtime's colours. */
#define STRING "32", "39"
#define PLAIN "33", "39"
#define SPECIAL "36", "39"
#define NOTHING "1", "22"
#define UNDEFINED "90", "39"

static const char *text_of(struct arena *a, struct buf *b)
{
	const char *s = buf_dup(a, b);
	buf_release(b);
	return s;
}

static const char *style(const struct inspector *in, const char *text, const char *on, const char *off)
{
	return in->color ? arena_printf(in->arena, "\033[%sm%s\033[%sm", on, text, off) : text;
}

static const char *quote(const struct inspector *in, const char *s)
{
	static const char controls[] = "\n\t\r\b\f\v", letters[] = "ntrbfv";
	char mark = !strchr(s, '\'') ? '\'' : !strchr(s, '"') ? '"' : !strchr(s, '`') ? '`' : '\'';
	struct buf b = BUF_INIT(MAX_TEXT);
	buf_addc(&b, mark);
	for (; *s; s++) {
		const char *at = strchr(controls, *s);
		if (at)
			buf_printf(&b, "\\%c", letters[at - controls]);
		else if ((unsigned char)*s < 0x20 || *s == 0x7f)
			buf_printf(&b, "\\x%02X", (unsigned)*s);
		else if (*s == mark || *s == '\\')
			buf_printf(&b, "\\%c", *s);
		else
			buf_addc(&b, *s);
	}
	buf_addc(&b, mark);
	return style(in, text_of(in->arena, &b), STRING);
}

/* Columns, as bytes that begin a character; colours take none. */
static size_t width(const char *s)
{
	size_t n = 0;
	for (; *s; s++) {
		if (*s == '\033')
			s += strcspn(s, "m");
		else
			n += ((unsigned char)*s & 0xc0) != 0x80;
	}
	return n;
}

/* What is too long for its line is broken behind its newlines. */
static const char *show_text(const struct inspector *in, const char *s)
{
	size_t len = width(s);
	const char *newline = strchr(s, '\n');
	if (len <= MIN_WIDTH || len + (size_t)in->indent + 4 <= BREAK || !newline || !newline[1])
		return quote(in, s);
	struct buf b = BUF_INIT(MAX_TEXT);
	for (const char *next; *s; s = next) {
		newline = strchr(s, '\n');
		next = newline ? newline + 1 : s + strlen(s);
		buf_adds(&b, quote(in, arena_strndup(in->arena, s, (size_t)(next - s))));
		if (!*next)
			break;
		buf_adds(&b, " +\n");
		buf_repeat(&b, ' ', (size_t)in->indent + 2);
	}
	return text_of(in->arena, &b);
}

static const char *key_text(const struct inspector *in, const char *key)
{
	bool plain = isalpha((unsigned char)*key) || *key == '_';
	for (const char *p = key; *p && plain; p++)
		plain = isalnum((unsigned char)*p) || *p == '_';
	return plain ? key : quote(in, key);
}

static bool all_numbers(const struct json *v)
{
	for (uint32_t i = 0; i < v->count; i++)
		if (!json_is(v->items[i], JSON_NUMBER))
			return false;
	return true;
}

static double less(double a, double b)
{
	return b < a ? b : a;
}

static size_t column_count(const struct inspector *in, const char **parts, size_t n)
{
	size_t total = 0, longest = 0;
	for (size_t i = 0; i < n; i++) {
		size_t len = width(parts[i]);
		total += len + 2;
		longest = len > longest ? len : longest;
	}
	double most = (double)longest + 2;
	if (most * 3 + in->indent >= BREAK || ((double)total / most <= 5 && longest > 6))
		return 1;
	double biased = most - 3 - sqrt(most - (double)total / (double)n);
	biased = biased > 1 ? biased : 1;
	double columns = floor(sqrt(2.5 * biased * (double)n) / biased + 0.5);
	columns = less(columns, floor((BREAK - in->indent) / most));
	return (size_t)less(less(columns, COMPACT * 4), 15);
}

static void pad(struct buf *b, const char *text, size_t to, bool left)
{
	size_t len = width(text), blanks = to > len ? to - len : 0;
	buf_repeat(b, ' ', left ? blanks : 0);
	buf_adds(b, text);
	buf_repeat(b, ' ', left ? 0 : blanks);
}

/* Entries of a long list set in columns: each row becomes one entry. */
static size_t set_columns(const struct inspector *in, const struct json *v, const char **parts, size_t n)
{
	size_t columns = column_count(in, parts, n), rows = 0, widths[16];
	bool right = all_numbers(v);
	if (columns <= 1)
		return n;
	for (size_t c = 0; c < columns; c++) {
		widths[c] = 0;
		for (size_t i = c; i < n; i += columns)
			widths[c] = width(parts[i]) > widths[c] ? width(parts[i]) : widths[c];
	}
	for (size_t at = 0; at < n; at += columns) {
		struct buf row = BUF_INIT(MAX_TEXT);
		size_t end = at + columns < n ? at + columns : n;
		for (size_t i = at; i + 1 < end; i++)
			pad(&row, arena_printf(in->arena, "%s, ", parts[i]), widths[i - at] + 2, right);
		pad(&row, parts[end - 1], right ? widths[end - 1 - at] : 0, right);
		parts[rows++] = text_of(in->arena, &row);
	}
	return rows;
}

static bool fits(const struct inspector *in, const char **parts, size_t n)
{
	size_t total = n + n + (size_t)in->indent + 1 + 10;
	for (size_t i = 0; i < n; i++) {
		total += width(parts[i]);
		if (strchr(parts[i], '\n'))
			return false;
	}
	return total <= BREAK;
}

static const char *show(struct inspector *in, const struct json *v, int level);

static const char *join(const struct inspector *in, const char **parts, size_t n, bool list, bool one_line)
{
	struct buf b = BUF_INIT(MAX_TEXT);
	buf_adds(&b, list ? "[" : "{");
	for (size_t i = 0; i < n; i++) {
		buf_adds(&b, i ? "," : "");
		buf_addc(&b, one_line ? ' ' : '\n');
		if (!one_line)
			buf_repeat(&b, ' ', (size_t)in->indent + 2);
		buf_adds(&b, parts[i]);
	}
	buf_addc(&b, one_line ? ' ' : '\n');
	if (!one_line)
		buf_repeat(&b, ' ', (size_t)in->indent);
	buf_adds(&b, list ? "]" : "}");
	return text_of(in->arena, &b);
}

static const char *show_many(struct inspector *in, const struct json *v, int level)
{
	bool list = json_is(v, JSON_ARRAY);
	size_t n = v->count;
	if (level > in->depth)
		return style(in, list ? "[Array]" : "[Object]", SPECIAL);
	if (!n)
		return list ? "[]" : "{}";
	const char **parts = ARENA_ARRAY(in->arena, const char *, n);
	in->last_level = level;
	for (size_t i = 0; i < n; i++) {
		in->indent += 2;
		const char *text = show(in, list ? v->items[i] : v->members[i].value, level + 1);
		in->indent -= 2;
		parts[i] = list ? text : arena_printf(in->arena, "%s: %s", key_text(in, v->members[i].key), text);
	}
	size_t rows = list && n > MANY ? set_columns(in, v, parts, n) : n;
	bool one_line = in->last_level - level < COMPACT && rows == n && fits(in, parts, n);
	return join(in, parts, rows, list, one_line);
}

static const char *show(struct inspector *in, const struct json *v, int level)
{
	if (!v)
		return style(in, "undefined", UNDEFINED);
	if (json_is(v, JSON_STRING))
		return show_text(in, v->text);
	if (json_is(v, JSON_NULL))
		return style(in, "null", NOTHING);
	if (json_is(v, JSON_ARRAY) || json_is(v, JSON_OBJECT))
		return show_many(in, v, level);
	struct buf b = BUF_INIT(MAX_TEXT);
	json_format(&b, v, NULL);
	return style(in, text_of(in->arena, &b), PLAIN);
}

const char *inspect_as(struct arena *a, const struct json *v, int depth, bool color)
{
	struct inspector in = {.arena = a, .depth = depth, .color = color};
	return show(&in, v, 0);
}

const char *inspect(struct arena *a, const struct json *v, int depth)
{
	return inspect_as(a, v, depth, false);
}
