/* SPDX-License-Identifier: MIT
 *
 * Making a diff: the shortest one, and of several the one that jsdiff finds (Myers' way, which on a tie adds before it removes).
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/udiff.h"

#include <string.h>

#define CONTEXT 4

/* A run of lines that stay, go or come; runs of one way hang together backwards, and ways share their beginnings. */
struct run {
	const struct run *before;
	size_t count;
	char sign;	/* ' ', '-', '+' */
};

/* The furthest that a number of changes leads to on one diagonal. */
struct way {
	ptrdiff_t old_pos;	/* the last line taken of the old text */
	const struct run *last;
	bool open;
};

struct text_lines {
	struct str *items;	/* with their newlines */
	ptrdiff_t count;
};

struct search {
	struct arena *arena;
	struct text_lines old, new;
	struct way *ways;	/* by diagonal */
	ptrdiff_t min, max;	/* diagonals worth going on with */
	bool ignore_space;
};

static struct text_lines split(struct arena *a, struct str text)
{
	struct text_lines l = {.items = ARENA_ARRAY(a, struct str, 1)};
	size_t n = text.len > 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == '\n';
	l.items = ARENA_ARRAY(a, struct str, n + 1);
	while (text.len) {
		ptrdiff_t end = str_find(text, '\n');
		size_t len = end < 0 ? text.len : (size_t)end + 1;

		l.items[l.count++] = str_first(text, len);
		text = str_skip(text, len);
	}
	return l;
}

static const struct run *add_run(struct arena *a, const struct run *last, char sign, size_t count)
{
	struct run *r = ARENA_NEW(a, struct run);

	*r = (struct run){.before = last, .count = count, .sign = sign};
	if (last && last->sign == sign) {
		r->before = last->before;
		r->count += last->count;
	}
	return r;
}

static bool same_line(const struct search *s, struct str old, struct str new)
{
	return str_eq(old, new) || (s->ignore_space && str_eq(str_trim(old), str_trim(new)));
}

/* Follows equal lines; gives the last line taken of the new text. */
static ptrdiff_t follow(struct search *s, struct way *w, ptrdiff_t diagonal)
{
	ptrdiff_t old = w->old_pos, new = old - diagonal;
	size_t common = 0;

	while (new + 1 < s->new.count && old + 1 < s->old.count && same_line(s, s->old.items[old + 1], s->new.items[new + 1])) {
		new++;
		old++;
		common++;
	}
	if (common)
		w->last = add_run(s->arena, w->last, ' ', common);
	w->old_pos = old;
	return new;
}

/* One more change on one diagonal; true when both texts are at their end. */
static bool step(struct search *s, ptrdiff_t diagonal, struct way *end)
{
	struct way *remove = &s->ways[diagonal - 1], *add = &s->ways[diagonal + 1], from;
	bool can_remove = remove->open && remove->old_pos + 1 < s->old.count;
	bool can_add = add->open && add->old_pos - diagonal >= 0 && add->old_pos - diagonal < s->new.count;
	ptrdiff_t new;

	remove->open = false;
	s->ways[diagonal].open = false;
	if (!can_add && !can_remove)
		return false;
	if (!can_remove || (can_add && remove->old_pos < add->old_pos))
		from = (struct way){add->old_pos, add_run(s->arena, add->last, '+', 1), true};
	else
		from = (struct way){remove->old_pos + 1, add_run(s->arena, remove->last, '-', 1), true};
	new = follow(s, &from, diagonal);
	s->ways[diagonal] = from;
	*end = from;
	if (from.old_pos + 1 >= s->old.count && new + 1 >= s->new.count)
		return true;
	if (from.old_pos + 1 >= s->old.count && s->max > diagonal - 1)
		s->max = diagonal - 1;
	if (new + 1 >= s->new.count && s->min < diagonal + 1)
		s->min = diagonal + 1;
	return false;
}

static const struct run *find_runs(struct search *s)
{
	ptrdiff_t most = s->old.count + s->new.count;
	struct way *all = ARENA_ARRAY(s->arena, struct way, (size_t)most * 2 + 5), end = {0};

	s->ways = all + most + 2;
	s->min = -most;
	s->max = most;
	s->ways[0] = (struct way){.old_pos = -1, .open = true};
	if (follow(s, &s->ways[0], 0) + 1 >= s->new.count && s->ways[0].old_pos + 1 >= s->old.count)
		return s->ways[0].last;
	for (ptrdiff_t changes = 1; changes <= most; changes++) {
		ptrdiff_t d = s->min > -changes ? s->min : -changes;

		for (; d <= (s->max < changes ? s->max : changes); d += 2)
			if (step(s, d, &end))
				return end.last;
	}
	return end.last;
}

/* ---- hunks ---- */

struct writer {
	struct buf *out;
	const struct text_lines *old, *new;
	struct buf body;		/* of the hunk at hand */
	ptrdiff_t old_at, new_at;	/* lines passed */
	ptrdiff_t old_from, new_from;	/* where the hunk began */
	size_t context;
	bool open;
};

static void add_line(struct writer *w, char sign, struct str line)
{
	bool ended = str_ends(line, "\n");

	buf_addc(&w->body, sign);
	buf_addstr(&w->body, line);
	if (!ended)
		buf_adds(&w->body, "\n\\ No newline at end of file\n");
}

static void close_hunk(struct writer *w)
{
	ptrdiff_t old_count = w->old_at - w->old_from, new_count = w->new_at - w->new_from;

	buf_printf(w->out, "@@ -%td,%td +%td,%td @@\n", w->old_from + (old_count > 0), old_count, w->new_from + (new_count > 0), new_count);
	buf_addstr(w->out, buf_str(&w->body));
	buf_clear(&w->body);
	w->open = false;
}

static void add_same(struct writer *w, size_t count, bool last)
{
	bool joins = w->open && count <= 2 * w->context && !last;
	size_t shown = joins ? count : count < w->context ? count : w->context;

	for (size_t i = 0; w->open && i < shown; i++) {
		add_line(w, ' ', w->new->items[w->new_at++]);
		w->old_at++;
	}
	if (!w->open)
		shown = 0;
	else if (!joins)
		close_hunk(w);
	w->old_at += (ptrdiff_t)(count - shown);
	w->new_at += (ptrdiff_t)(count - shown);
}

static void open_hunk(struct writer *w, size_t same_before)
{
	ptrdiff_t context = (ptrdiff_t)(same_before < w->context ? same_before : w->context);

	w->open = true;
	w->old_from = w->old_at - context;
	w->new_from = w->new_at - context;
	for (ptrdiff_t i = w->new_from; i < w->new_at; i++)
		add_line(w, ' ', w->new->items[i]);
}

static void add_change(struct writer *w, size_t removed, size_t added)
{
	while (removed--)
		add_line(w, '-', w->old->items[w->old_at++]);
	while (added--)
		add_line(w, '+', w->new->items[w->new_at++]);
}

static size_t in_order(struct arena *a, const struct run *last, const struct run ***out)
{
	size_t n = 0;

	for (const struct run *r = last; r; r = r->before)
		n++;
	*out = ARENA_ARRAY(a, const struct run *, n + 1);
	for (size_t i = n; last; last = last->before)
		(*out)[--i] = last;
	return n;
}

void udiff_make(struct arena *a, struct str old, struct str new, struct buf *out)
{
	udiff_make_as(a, old, new, &(struct udiff_style){.context = CONTEXT}, out);
}

void udiff_make_as(struct arena *a, struct str old, struct str new, const struct udiff_style *style, struct buf *out)
{
	struct search s = {.arena = a, .old = split(a, old), .new = split(a, new), .ignore_space = style->ignore_space};
	struct writer w = {.out = out, .old = &s.old, .new = &s.new, .body = BUF_INIT(out->max), .context = style->context};
	const struct run **runs;
	size_t n = in_order(a, find_runs(&s), &runs), same = 0;

	for (size_t i = 0; i < n; i++) {
		if (runs[i]->sign == ' ') {
			same = runs[i]->count;
			add_same(&w, same, i + 1 == n);
			continue;
		}
		if (!w.open)
			open_hunk(&w, same);
		add_change(&w, runs[i]->sign == '-' ? runs[i]->count : 0, runs[i]->sign == '+' ? runs[i]->count : 0);
		same = 0;
	}
	if (w.open)
		close_hunk(&w);
	buf_release(&w.body);
}
