/* SPDX-License-Identifier: MIT */
#include "resolver/range.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/jstext.h"
#include "resolver/range_text.h"
#include "resolver/semver_scan.h"

#include <string.h>

/* No range of a package comes near it. */
#define MAX_TEXT ((size_t)1 << 20)

/* The text without blanks at its ends and with single ones inside. */
static struct str reduce_blanks(struct arena *a, struct str text)
{
	char *out = arena_alloc(a, text.len + 1);
	size_t n = 0, blank;

	text = jstext_trim(text);
	while (text.len) {
		blank = jstext_space(text);
		if (!blank) {
			out[n++] = text.ptr[0];
			text = str_skip(text, 1);
			continue;
		}
		out[n++] = ' ';
		while ((blank = jstext_space(text)))
			text = str_skip(text, blank);
	}
	out[n] = '\0';
	return (struct str){out, n};
}

static bool same_ids(struct str a, struct str b)
{
	struct str x, y;
	uint64_t m, n;

	while (semver_next_id(&a, &x)) {
		if (!semver_next_id(&b, &y))
			return false;
		if (str_eq(x, y))
			continue;
		if (!semver_id_number(x, &m) || !semver_id_number(y, &n) || m != n)
			return false;
	}
	return !b.len;
}

/* Would both be written the same. */
static bool same_comparator(const struct comparator *a, const struct comparator *b)
{
	if (a->any || b->any)
		return a->any == b->any;
	return a->op == b->op && semver_same_tuple(&a->version, &b->version) && same_ids(a->version.pre, b->version.pre);
}

/* "<0.0.0-0": nothing is. */
static bool is_null(const struct comparator *c)
{
	uint64_t number;

	return !c->any && c->op == RANGE_LT && !c->version.major && !c->version.minor && !c->version.patch &&
	       semver_id_number(c->version.pre, &number) && !number;
}

static struct str take_operator(struct str text, enum range_op *op)
{
	*op = RANGE_EQ;
	if (text.len && (text.ptr[0] == '<' || text.ptr[0] == '>')) {
		*op = text.ptr[0] == '<' ? RANGE_LT : RANGE_GT;
		text = str_skip(text, 1);
	}
	if (text.len && text.ptr[0] == '=') {
		*op += *op != RANGE_EQ;
		text = str_skip(text, 1);
	}
	return text;
}

static enum semver_shape comparator_scan(struct comparator *c, struct str text, unsigned flags)
{
	*c = (struct comparator){.any = !text.len};
	if (c->any)
		return SEMVER_FITS;
	return semver_scan(&c->version, take_operator(text, &c->op), flags & SEMVER_LOOSE);
}

bool comparator_parse(struct arena *a, struct comparator *c, struct str text, unsigned flags)
{
	return comparator_scan(c, reduce_blanks(a, text), flags) == SEMVER_FITS;
}

/* The null set alone when it is there; no comparator twice; no "any" beside others. */
static void tidy_set(struct comparator_set *set)
{
	uint32_t n = 0, j;

	for (uint32_t i = 0; i < set->count; i++) {
		if (is_null(&set->items[i])) {
			set->items += i;
			set->count = 1;
			set->source = STR_NULL;
			return;
		}
	}
	for (uint32_t i = 0; i < set->count; i++) {
		for (j = 0; j < n && !same_comparator(&set->items[i], &set->items[j]); j++)
			;
		if (j == n)
			set->items[n++] = set->items[i];
	}
	set->count = n;
	n = 0;
	for (uint32_t i = 0; i < set->count; i++)
		if (set->count == 1 || !set->items[i].any)
			set->items[n++] = set->items[i];
	set->count = n;
}

static size_t count_char(struct str s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.ptr[i] == c;
	return n;
}

/* ">=0.0.0" is everything, unless prereleases count. */
static bool is_lowest(struct str text, unsigned flags)
{
	return str_is(text, flags & SEMVER_PRERELEASE ? ">=0.0.0-0" : ">=0.0.0");
}

/* Comparators separated by blanks into the set; false when one is none, loosely only when it is out of bounds. */
static bool read_comparators(struct arena *a, struct comparator_set *set, struct str text, unsigned flags)
{
	const char *start = text.ptr;
	struct comparator *c;

	set->items = ARENA_ARRAY(a, struct comparator, count_char(text, ' ') + 1);
	do {
		struct str word = str_cut(text, ' ', &text);

		/* what became empty between two words is gone; at an end it still allows everything */
		if (!word.len && word.ptr != start && text.ptr)
			continue;
		c = &set->items[set->count];
		switch (comparator_scan(c, is_lowest(word, flags) ? STR("") : word, flags)) {
		case SEMVER_FITS:
			set->count++;
			set->has_prerelease |= c->version.pre.len != 0;
			break;
		case SEMVER_NO_SHAPE:
			if (!(flags & SEMVER_LOOSE))
				return false;
			break;
		case SEMVER_OUT_OF_BOUNDS:
			return false;
		}
	} while (text.ptr);
	return true;
}

static void rewrite_words(struct buf *out, struct str text, unsigned flags)
{
	struct str word;

	do {
		word = str_cut(text, ' ', &text);
		range_rewrite_word(out, word, flags);
		if (text.ptr)
			buf_addc(out, ' ');
	} while (text.ptr);
}

/* One side of "||"; false when it is invalid. Loosely it may come out empty. */
static bool set_parse(struct arena *a, struct comparator_set *set, struct str text, unsigned flags)
{
	struct buf joined = BUF_INIT(MAX_TEXT), words = BUF_INIT(MAX_TEXT);
	struct str kept;
	bool ok;

	text = range_strip_build(a, jstext_trim(text));
	*set = (struct comparator_set){.source = text};
	if (str_find(text, ' ') >= 0) {
		range_join_operators(&joined, text, flags);
		text = buf_str(&joined);
	}
	rewrite_words(&words, text, flags);
	kept = (struct str){arena_strndup(a, buf_text(&words), words.len), words.len};
	ok = !joined.failed && !words.failed && read_comparators(a, set, kept, flags);
	buf_release(&joined);
	buf_release(&words);
	if (ok)
		tidy_set(set);
	return ok;
}

/* No null sets beside others; one that allows anything makes the rest superfluous. */
static void tidy_range(struct range *r)
{
	uint32_t n = 0;

	if (r->count < 2)
		return;
	for (uint32_t i = 0; i < r->count; i++)
		if (!is_null(&r->sets[i].items[0]))
			r->sets[n++] = r->sets[i];
	r->count = n ? n : 1;
	for (uint32_t i = 0; i < r->count && r->count > 1; i++) {
		if (r->sets[i].count == 1 && r->sets[i].items[0].any) {
			r->sets[0] = r->sets[i];
			r->count = 1;
		}
	}
}

/* A number at the front, too short to be out of bounds. */
static bool take_plain_number(struct str *s, uint64_t *n)
{
	size_t len = 0;

	for (*n = 0; len < s->len && semver_is_digit(s->ptr[len]); len++)
		*n = *n * 10 + (uint64_t)(s->ptr[len] - '0');
	if (!len || len > 9 || (len > 1 && s->ptr[0] == '0'))
		return false;
	*s = str_skip(*s, len);
	return true;
}

static bool take_plain_version(struct str s, struct semver *v)
{
	uint64_t *const parts[3] = {&v->major, &v->minor, &v->patch};

	for (int i = 0; i < 3; i++) {
		if (i && (!s.len || s.ptr[0] != '.'))
			return false;
		s = str_skip(s, i != 0);
		if (!take_plain_number(&s, parts[i]))
			return false;
	}
	return !s.len;
}

/* The first version that a caret or a tilde before v does not allow. */
static struct semver above_plain(const struct semver *v, char sign)
{
	struct semver next = {.pre = STR("0")};

	if (sign == '^' && v->major) {
		next.major = v->major + 1;
		return next;
	}
	next.major = v->major;
	next.minor = v->minor + 1;
	if (sign == '^' && !v->minor) {
		next.minor = 0;
		next.patch = v->patch + 1;
	}
	return next;
}

/* "^1.2.3", "~1.2.3" and "1.2.3", which nearly all are: nothing has to be rewritten for these. NULL: it is another. */
static struct range *plain_parse(struct arena *a, struct str text, unsigned flags)
{
	char sign = text.len ? text.ptr[0] : '\0';
	bool bounded = sign == '^' || sign == '~';
	struct semver v = {0};
	struct range *r;

	if (flags & SEMVER_PRERELEASE || !take_plain_version(str_skip(text, bounded), &v) || !(v.major | v.minor | v.patch))
		return NULL;
	r = ARENA_NEW(a, struct range);
	r->flags = flags;
	r->raw = str_dup(a, text);
	r->count = 1;
	r->sets = ARENA_NEW(a, struct comparator_set);
	*r->sets = (struct comparator_set){
		.items = ARENA_ARRAY(a, struct comparator, 2),
		.count = bounded ? 2 : 1,
		.has_prerelease = bounded,
		.source = {r->raw, text.len},
	};
	r->sets->items[0] = (struct comparator){.op = bounded ? RANGE_GE : RANGE_EQ, .version = v};
	if (bounded)
		r->sets->items[1] = (struct comparator){.op = RANGE_LT, .version = above_plain(&v, sign)};
	return r;
}

struct range *range_parse(struct arena *a, struct str text, unsigned flags)
{
	struct range *r = plain_parse(a, text, flags);
	struct str raw;
	const char *bar;

	if (r)
		return r;
	r = ARENA_NEW(a, struct range);
	raw = reduce_blanks(a, text);
	r->flags = flags;
	r->raw = raw.ptr;
	r->sets = ARENA_ARRAY(a, struct comparator_set, count_char(raw, '|') / 2 + 1);
	do {
		bar = memmem(raw.ptr, raw.len, "||", 2);
		if (!set_parse(a, &r->sets[r->count], bar ? str_range(raw.ptr, bar) : raw, flags))
			return NULL;
		r->count += r->sets[r->count].count != 0;
		if (bar)
			raw = str_skip(raw, (size_t)(bar - raw.ptr) + 2);
	} while (bar);
	if (!r->count)
		return NULL;
	tidy_range(r);
	return r;
}

bool comparator_test(const struct comparator *c, const struct semver *v)
{
	int order;

	if (c->any)
		return true;
	order = semver_compare(v, &c->version);
	switch (c->op) {
	case RANGE_EQ:
		return order == 0;
	case RANGE_GT:
		return order > 0;
	case RANGE_GE:
		return order >= 0;
	case RANGE_LT:
		return order < 0;
	case RANGE_LE:
		return order <= 0;
	}
	return false;
}

static bool allows_prerelease(const struct comparator_set *set, const struct semver *v)
{
	if (!set->has_prerelease)
		return false;
	for (uint32_t i = 0; i < set->count; i++) {
		const struct comparator *c = &set->items[i];

		if (!c->any && c->version.pre.len && semver_same_tuple(&c->version, v))
			return true;
	}
	return false;
}

bool range_set_test(const struct comparator_set *set, const struct semver *v, unsigned flags)
{
	for (uint32_t i = 0; i < set->count; i++)
		if (!comparator_test(&set->items[i], v))
			return false;
	return !v->pre.len || flags & SEMVER_PRERELEASE || allows_prerelease(set, v);
}

bool range_test(const struct range *r, const struct semver *v)
{
	for (uint32_t i = 0; i < r->count; i++)
		if (range_set_test(&r->sets[i], v, r->flags))
			return true;
	return false;
}

bool range_test_text(const struct range *r, const char *version)
{
	struct semver v;

	return semver_parse(&v, str_from(version), r->flags) && range_test(r, &v);
}

bool semver_satisfies(const char *version, const char *range, unsigned flags)
{
	struct arena a = ARENA_INIT;
	struct range *r = range ? range_parse(&a, str_from(range), flags) : NULL;
	bool yes = r && version && range_test_text(r, version);

	arena_release(&a);
	return yes;
}

void comparator_add(struct buf *out, const struct comparator *c)
{
	static const char *const operators[] = {"", ">", ">=", "<", "<="};

	if (c->any)
		return;
	buf_adds(out, operators[c->op]);
	semver_add(out, &c->version);
}

static const char *take_text(struct arena *a, struct buf *b)
{
	const char *text = buf_dup(a, b);

	buf_release(b);
	return text;
}

const char *comparator_format(struct arena *a, const struct comparator *c)
{
	struct buf out = BUF_INIT(MAX_TEXT);

	comparator_add(&out, c);
	return take_text(a, &out);
}

const char *range_format(struct arena *a, const struct range *r)
{
	struct buf out = BUF_INIT(MAX_TEXT);

	for (uint32_t i = 0; i < r->count; i++) {
		if (i)
			buf_adds(&out, "||");
		for (uint32_t k = 0; k < r->sets[i].count; k++) {
			if (k)
				buf_addc(&out, ' ');
			comparator_add(&out, &r->sets[i].items[k]);
		}
	}
	if (!out.len)
		buf_addc(&out, '*');
	return take_text(a, &out);
}
