/* SPDX-License-Identifier: MIT */
#include "base/udiff.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

#include <string.h>

#define LINES_MAX ((uint64_t)1 << 31)

/* Text as lines: what split("\n") gives, so at least one. */
struct lines {
	struct str *items;
	size_t count;
	size_t at;
};

static struct lines split(struct arena *a, struct str text)
{
	struct lines l = {.count = 1};

	for (size_t i = 0; i < text.len; i++)
		l.count += text.ptr[i] == '\n';
	l.items = ARENA_ARRAY(a, struct str, l.count + 1);
	for (size_t i = 0; i < l.count; i++) {
		struct str rest, line = str_cut(text, '\n', &rest);

		l.items[i] = line.ptr ? line : STR("");
		text = rest;
	}
	return l;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The word, followed by white space. */
static bool starts_word(struct str line, const char *word)
{
	size_t len = strlen(word);

	return str_starts(line, word) && line.len > len && is_space(line.ptr[len]);
}

/* ---- reading ---- */

static const char *file_name(struct arena *a, struct str line)
{
	struct str rest, name = str_cut(str_trim(str_skip(line, 3)), '\t', &rest);
	const char *text = cstr_replace(a, str_dup(a, name), "\\\\", "\\");
	size_t len = strlen(text);

	return len > 1 && text[0] == '"' && text[len - 1] == '"' ? arena_strndup(a, text + 1, len - 2) : text;
}

static void read_header(struct arena *a, struct lines *l, struct udiff_file *f)
{
	struct str line = l->at < l->count ? l->items[l->at] : STR_NULL;

	if (starts_word(line, "---"))
		f->old_name = file_name(a, line);
	else if (starts_word(line, "+++"))
		f->new_name = file_name(a, line);
	else
		return;
	l->at++;
}

/* "12,3" or "12"; false on anything else. */
static bool read_pair(struct str text, size_t *start, size_t *count)
{
	struct str rest, first = str_cut(text, ',', &rest);
	uint64_t n, m = 1;

	if (!str_to_u64(first, &n) || n > LINES_MAX || (rest.ptr && (!str_to_u64(rest, &m) || m > LINES_MAX)))
		return false;
	*start = (size_t)n;
	*count = (size_t)m;
	return true;
}

/* "@@ -1,2 +3,4 @@" */
static bool read_range(struct str line, struct udiff_hunk *h)
{
	struct str rest;
	size_t unused;

	if (!str_starts(line, "@@ -") || !str_cut(line, ' ', &rest).len)
		return false;
	struct str old = str_cut(rest, ' ', &rest), new = str_cut(rest, ' ', &rest);

	if (!str_starts(new, "+") || !str_starts(rest, "@@"))
		return false;
	if (!read_pair(str_skip(old, 1), &h->old_start, &h->old_lines) || !read_pair(str_skip(new, 1), &unused, &h->new_lines))
		return false;
	h->old_start += h->old_lines == 0;
	return true;
}

static char sign_of(const struct lines *l, size_t i)
{
	if (l->items[i].len)
		return l->items[i].ptr[0];
	return i + 1 < l->count ? ' ' : '\0';
}

/* Its lines, until as many have come as it says. */
static int read_lines(struct lines *l, struct udiff_hunk *h, size_t header, struct err *err)
{
	size_t added = 0, removed = 0;

	h->lines = l->items + l->at;
	for (; l->at < l->count; l->at++) {
		char sign = sign_of(l, l->at);

		if (removed >= h->old_lines && added >= h->new_lines && !str_starts(l->items[l->at], "\\"))
			break;
		if (!sign || !strchr("+- \\", sign))
			return err_set(err, ERR_EGENERIC, "Hunk at line %zu contained invalid line %.*s", header,
				STR_ARGS(str_first(l->items[l->at], 200)));
		added += sign == '+' || sign == ' ';
		removed += sign == '-' || sign == ' ';
		h->count++;
	}
	if (!added && h->new_lines == 1)
		h->new_lines = 0;
	if (!removed && h->old_lines == 1)
		h->old_lines = 0;
	if (added != h->new_lines)
		return err_set(err, ERR_EGENERIC, "Added line count did not match for hunk at line %zu", header);
	if (removed != h->old_lines)
		return err_set(err, ERR_EGENERIC, "Removed line count did not match for hunk at line %zu", header);
	return 0;
}

static int read_hunk(struct arena *a, struct lines *l, struct udiff_file *f, struct err *err)
{
	struct udiff_hunk *h = ARENA_NEW(a, struct udiff_hunk);
	size_t header = l->at + 1;

	if (!read_range(l->items[l->at++], h))
		*h = (struct udiff_hunk){.old_lines = 1, .new_lines = 1, .nowhere = true};
	vec_add(&f->hunks, h);
	return read_lines(l, h, header, err);
}

static bool ends_file(struct str line)
{
	return starts_word(line, "Index:") || starts_word(line, "diff") || starts_word(line, "---") || starts_word(line, "+++") ||
	       str_starts(line, "===================================================================");
}

static int unknown_line(struct arena *a, const struct lines *l, struct err *err)
{
	struct buf quoted = BUF_INIT(2048);
	struct str line = str_first(l->items[l->at], 200);

	json_format_string(&quoted, line.ptr, line.len);
	err_set(err, ERR_EGENERIC, "Unknown line %zu %s", l->at + 1, buf_dup(a, &quoted));
	buf_release(&quoted);
	return -1;
}

static int read_file(struct arena *a, struct lines *l, struct udiff_file *f, struct err *err)
{
	for (; l->at < l->count; l->at++) {
		struct str line = l->items[l->at];

		if (starts_word(line, "---") || starts_word(line, "+++") || starts_word(line, "@@"))
			break;
	}
	read_header(a, l, f);
	read_header(a, l, f);
	while (l->at < l->count && !ends_file(l->items[l->at])) {
		struct str line = l->items[l->at];

		if (str_starts(line, "@@")) {
			if (read_hunk(a, l, f, err) < 0)
				return -1;
		} else if (line.len) {
			return unknown_line(a, l, err);
		} else {
			l->at++;
		}
	}
	return 0;
}

int udiff_parse(struct arena *a, struct str text, struct vec *files, struct err *err)
{
	struct lines l = split(a, text);

	vec_init(files, a);
	while (l.at < l.count) {
		struct udiff_file *f = ARENA_NEW(a, struct udiff_file);

		vec_init(&f->hunks, a);
		vec_add(files, f);
		if (read_file(a, &l, f, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- line ends ---- */

/* Whose line ends a diff or a text has; a diff of one kind suits a text of the other. */
enum line_ends { ENDS_NONE, ENDS_UNIX, ENDS_WINDOWS, ENDS_MIXED };

static enum line_ends ends_of_text(struct str text)
{
	size_t windows = 0, unix_ends = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '\n')
			continue;
		if (i && text.ptr[i - 1] == '\r')
			windows++;
		else
			unix_ends++;
	}
	if (!windows)
		return unix_ends ? ENDS_UNIX : ENDS_NONE;
	return unix_ends ? ENDS_MIXED : ENDS_WINDOWS;
}

static bool is_note(const struct udiff_hunk *h, size_t i)
{
	return i < h->count && str_starts(h->lines[i], "\\");
}

static enum line_ends ends_of_diff(const struct udiff_file *f)
{
	size_t windows = 0, other = 0;

	for (size_t k = 0; k < f->hunks.count; k++) {
		const struct udiff_hunk *h = f->hunks.items[k];

		for (size_t i = 0; i < h->count; i++) {
			if (is_note(h, i))
				continue;
			if (str_ends(h->lines[i], "\r"))
				windows++;
			else
				other += !is_note(h, i + 1);
		}
	}
	if (!windows)
		return ENDS_UNIX;
	return other ? ENDS_MIXED : ENDS_WINDOWS;
}

static void convert_lines(struct arena *a, struct udiff_hunk *h, enum line_ends to)
{
	struct str *lines = ARENA_ARRAY(a, struct str, h->count + 1);

	for (size_t i = 0; i < h->count; i++) {
		struct str line = h->lines[i];

		if (to == ENDS_UNIX)
			lines[i] = str_ends(line, "\r") ? str_first(line, line.len - 1) : line;
		else if (is_note(h, i) || is_note(h, i + 1) || str_ends(line, "\r"))
			lines[i] = line;
		else
			lines[i] = str_from(arena_printf(a, "%.*s\r", STR_ARGS(line)));
	}
	h->lines = lines;
}

/* The hunks with the text's line ends. */
static struct vec suited(struct arena *a, const struct udiff_file *f, struct str source)
{
	enum line_ends have = ends_of_text(source), diff = ends_of_diff(f);
	struct vec hunks;

	if (!(have == ENDS_WINDOWS && diff == ENDS_UNIX) && !(have == ENDS_UNIX && diff == ENDS_WINDOWS))
		return f->hunks;
	vec_init(&hunks, a);
	for (size_t i = 0; i < f->hunks.count; i++) {
		struct udiff_hunk *copy = ARENA_NEW(a, struct udiff_hunk);

		*copy = *VEC_AT(&f->hunks, struct udiff_hunk, i);
		convert_lines(a, copy, have);
		vec_add(&hunks, copy);
	}
	return hunks;
}

/* ---- applying ---- */

/* What the diff says about the newline at the text's end has to be so. */
static bool fix_end(struct lines *l, const struct udiff_hunk *last)
{
	bool removes = false, adds = false;

	for (size_t i = 1; i < last->count; i++) {
		if (!is_note(last, i))
			continue;
		removes |= str_starts(last->lines[i - 1], "+");
		adds |= str_starts(last->lines[i - 1], "-");
	}
	bool has_newline = l->items[l->count - 1].len == 0;

	if (removes && adds)
		return !has_newline;
	if (removes ? !has_newline : adds && has_newline)
		return false;
	if (removes)
		l->count--;
	else if (adds)
		l->items[l->count++] = STR("");
	return true;
}

/* Does the hunk fit with its first line at `at`? *end: behind the last line it takes or keeps. */
static bool fits(const struct lines *l, const struct udiff_hunk *h, size_t at, size_t *end)
{
	for (size_t i = 0; i < h->count; i++) {
		struct str line = h->lines[i];
		char sign = line.len ? line.ptr[0] : ' ';

		if (sign != ' ' && sign != '-')
			continue;
		if (at >= l->count || !str_eq(l->items[at], line.len ? str_skip(line, 1) : STR("")))
			return false;
		at++;
	}
	*end = at;
	return at <= l->count;
}

/* A place for the hunk, nearest to where it should be; as far from there forward as backward, forward first. */
static bool find_place(const struct lines *l, const struct udiff_hunk *h, ptrdiff_t want, size_t *at, size_t *end)
{
	ptrdiff_t min = (ptrdiff_t)l->at, max = (ptrdiff_t)l->count - (ptrdiff_t)h->old_lines;

	*at = (size_t)want;
	if (h->nowhere)
		return false;
	if (want >= min && fits(l, h, *at, end))
		return true;
	for (ptrdiff_t off = want > max ? want - max : want < min ? min - want : 1; want + off <= max || want - off >= min; off++) {
		*at = (size_t)(want + off);
		if (want + off >= min && want + off <= max && fits(l, h, *at, end))
			return true;
		*at = (size_t)(want - off);
		if (want - off >= min && want - off <= max && fits(l, h, *at, end))
			return true;
	}
	return false;
}

static void add_line(struct buf *out, struct str line, bool *any)
{
	if (*any)
		buf_addc(out, '\n');
	*any = true;
	buf_addstr(out, line);
}

/* Context at a hunk's end is left to what comes after it. */
static size_t trailing_context(const struct udiff_hunk *h)
{
	size_t n = 0;

	for (size_t i = 0; i < h->count; i++) {
		char sign = h->lines[i].len ? h->lines[i].ptr[0] : ' ';

		if (sign == ' ')
			n++;
		else if (sign != '\\')
			n = 0;
	}
	return n;
}

static void add_hunk(struct buf *out, const struct udiff_hunk *h, bool *any)
{
	size_t context = 0, trailing = trailing_context(h);

	for (size_t i = 0; i < h->count; i++)
		context += !h->lines[i].len || h->lines[i].ptr[0] == ' ';
	for (size_t i = 0; i < h->count; i++) {
		struct str line = h->lines[i];

		if (line.len && line.ptr[0] == '+')
			add_line(out, str_skip(line, 1), any);
		else if ((!line.len || line.ptr[0] == ' ') && context-- > trailing)
			add_line(out, line.len ? str_skip(line, 1) : STR(""), any);
	}
}

bool udiff_apply(struct arena *a, struct str source, const struct udiff_file *f, struct buf *out)
{
	struct vec hunks = suited(a, f, source);
	struct lines l = split(a, source);
	ptrdiff_t drift = 0;
	bool any = false;

	if (!hunks.count) {
		buf_addstr(out, source);
		return !out->failed;
	}
	if (!fix_end(&l, hunks.items[hunks.count - 1]))
		return false;
	for (size_t i = 0; i < hunks.count; i++) {
		const struct udiff_hunk *h = hunks.items[i];
		size_t at, end;

		if (!find_place(&l, h, (ptrdiff_t)h->old_start + drift - 1, &at, &end))
			return false;
		for (size_t k = l.at; k < at; k++)
			add_line(out, l.items[k], &any);
		add_hunk(out, h, &any);
		l.at = end - trailing_context(h);
		drift = (ptrdiff_t)at + 1 - (ptrdiff_t)h->old_start;
	}
	for (size_t k = l.at; k < l.count; k++)
		add_line(out, l.items[k], &any);
	return !out->failed;
}
