/* SPDX-License-Identifier: MIT */
#include "lockfile/yarn.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/jstext.h"
#include "base/str.h"
#include "base/vec.h"

#include <string.h>

/* The entry being read. */
struct reading {
	struct yarn *yarn;
	struct yarn_entry *entry;	/* NULL: between entries */
	bool in_list;			/* a list of the entry was opened */
};

static bool is_space_at(struct str s)
{
	return jstext_space(s) > 0;
}

/* Blanks are counted one by one, other characters by their bytes. */
static size_t word_len(struct str s)
{
	size_t n = 0, size;
	while (n < s.len && !is_space_at(str_skip(s, n))) {
		jstext_code_point(str_skip(s, n), &size);
		n += size;
	}
	return n;
}

/* `indent` blanks, a word, a blank and more. */
static bool is_pair(struct str line, size_t indent)
{
	for (size_t i = 0; i < indent; i++)
		if (i >= line.len || line.ptr[i] != ' ')
			return false;
	struct str rest = str_skip(line, indent);
	size_t n = word_len(rest);
	return n && n + 1 < rest.len && rest.ptr[n] == ' ';
}

/* Two blanks and a word that ends with a colon. */
static bool is_list(struct str line)
{
	struct str rest = str_skip(line, 2);
	return line.len > 3 && str_starts(line, "  ") && word_len(rest) == rest.len && rest.ptr[rest.len - 1] == ':';
}

static bool is_entry(struct str line)
{
	return line.len > 1 && !is_space_at(line) && line.ptr[line.len - 1] == ':';
}

/* ---- words, some of them in quotes ---- */

/* The next piece of *rest: up to a comma (blanks behind it go too), or up to a blank. */
static struct str next_piece(struct str *rest, char delimiter)
{
	struct str piece = str_cut(*rest, delimiter, rest);
	while (delimiter == ',' && rest->len && rest->ptr[0] == ' ')
		*rest = str_skip(*rest, 1);
	return piece;
}

/* Does the closing quote stand at the end, with a character before it, and not escaped? */
static bool closes(struct str piece)
{
	size_t slashes = 0;
	if (piece.len < 2 || piece.ptr[piece.len - 1] != '"')
		return false;
	while (slashes + 2 <= piece.len && piece.ptr[piece.len - 2 - slashes] == '\\')
		slashes++;
	return slashes % 2 == 0 && slashes + 2 <= piece.len;
}

/* A piece that begins with a quote goes on to the one that closes it; the delimiters in between are lost, as with npm. */
static const char *quoted(struct arena *a, struct str piece, struct str *rest, char delimiter)
{
	struct buf text = BUF_INIT(SIZE_MAX);
	bool last = false;
	buf_addstr(&text, str_skip(piece, 1));
	while (rest->ptr && !last) {
		struct str more = next_piece(rest, delimiter);
		last = closes(more);
		buf_addstr(&text, str_first(more, more.len - last));
	}
	const char *out = buf_dup(a, &text);
	buf_release(&text);
	return out;
}

static void split_quoted(struct arena *a, struct str text, char delimiter, struct vec *out)
{
	struct str rest = text;
	vec_init(out, a);
	do {
		struct str piece = next_piece(&rest, delimiter);
		bool opens = piece.len && piece.ptr[0] == '"';
		if (opens && piece.len > 1 && piece.ptr[piece.len - 1] == '"')
			vec_add(out, (void *)str_dup(a, str_first(str_skip(piece, 1), piece.len - 2)));
		else if (opens)
			vec_add(out, (void *)quoted(a, piece, &rest, delimiter));
		else
			vec_add(out, (void *)str_dup(a, jstext_trim(piece)));
	} while (rest.ptr);
}

/* ---- lines ---- */

static void begin_entry(struct reading *r, struct str line)
{
	struct arena *a = r->yarn->arena;
	struct vec specs;
	split_quoted(a, str_first(line, line.len - 1), ',', &specs);
	r->entry = ARENA_NEW(a, struct yarn_entry);
	r->in_list = false;
	for (size_t i = 0; i < specs.count; i++)
		map_put(&r->yarn->entries, specs.items[i], r->entry);
}

static bool take_value(struct reading *r, struct str line)
{
	struct arena *a = r->yarn->arena;
	struct vec words;
	split_quoted(a, str_skip(line, 2), ' ', &words);
	if (words.count != 2)
		return false;
	const char *key = words.items[0], *value = words.items[1];
	if (streq(key, "version"))
		r->entry->version = value;
	else if (streq(key, "integrity"))
		r->entry->integrity = value;
	else if (streq(key, "resolved"))	/* without the hash of old */
		r->entry->resolved = str_dup(a, str_cut(str_from(value), '#', &(struct str){0}));
	return true;
}

static bool is_listed(struct arena *a, struct str line)
{
	struct vec words;
	split_quoted(a, str_skip(line, 4), ' ', &words);
	return words.count == 2;
}

static bool take_line(struct reading *r, struct str line)
{
	if (line.len && line.ptr[0] == '#')
		return true;
	if (!line.len) {
		r->entry = NULL;
		r->in_list = false;
		return true;
	}
	if (is_entry(line)) {
		begin_entry(r, line);
		return true;
	}
	if (!r->entry)
		return false;
	if (is_list(line))
		return r->in_list = true;
	if (r->in_list && is_pair(line, 4))
		return is_listed(r->yarn->arena, line);
	return is_pair(line, 2) && take_value(r, line);
}

bool yarn_is_berry(struct str text)
{
	static const char mark[] = "__metadata:";
	for (struct str rest = text, line; rest.ptr;) {
		line = str_cut(rest, '\n', &rest);
		if (str_starts(line, mark) || str_starts(line, "\"__metadata\":"))
			return true;
	}
	return false;
}

struct yarn *yarn_parse(struct arena *a, struct str text, const char *path, const char *public_registry)
{
	struct yarn *y = ARENA_NEW(a, struct yarn);
	struct reading r = {.yarn = y};
	unsigned number = 0;
	*y = (struct yarn){.arena = a, .path = path, .public_registry = public_registry};
	map_init(&y->entries, a);
	map_init(&y->choices, a);
	for (struct str rest = text; rest.len;) {
		struct str line = str_cut(rest, '\n', &rest);
		number++;
		if (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		ptrdiff_t at = str_rfind(line, '\r');
		if (take_line(&r, str_skip(line, (size_t)(at + 1))))
			continue;
		y->bad_line = number;
		break;
	}
	return y;
}
