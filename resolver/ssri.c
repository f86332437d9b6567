/* SPDX-License-Identifier: MIT */
#include "resolver/ssri.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/encoding.h"
#include "base/jstext.h"

#include <string.h>

#define MAX_TEXT ((size_t)1 << 24)
#define STRICT_MIN 44
#define STRICT_MAX 88

/* What Node 26 can compute and a name of letters and digits can say, weakest first as npm ranks them. */
static const struct known {
	const char *name;
	int rank;	/* 0: npm gives it none */
	bool strict;
} known[] = {
	{"sha512", 7, true}, {"sha384", 6, true}, {"sha256", 5, true}, {"sha224", 4, false}, {"sha1", 2, false},
	{"md5", 1, false}, {"blake2b512", 0, false}, {"blake2s256", 0, false}, {"ripemd", 0, false},
	{"ripemd160", 0, false}, {"rmd160", 0, false}, {"shake128", 0, false}, {"shake256", 0, false},
	{"sm3", 0, false},
};

static const struct known *find_known(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_is(name, known[i].name))
			return &known[i];
	return NULL;
}

static int rank_of(const char *algorithm)
{
	const struct known *k = find_known(str_from(algorithm));

	return k ? k->rank : 0;
}

static bool is_visible(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < 0x21 || s.ptr[i] > 0x7e)
			return false;
	return true;
}

static bool is_base64_char(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10 || c == '+' || c == '/';
}

/* The characters alone: 44 to 88 of base64's, padding anywhere. */
static bool is_strict_digest(struct str s)
{
	if (s.len < STRICT_MIN || s.len > STRICT_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!is_base64_char(s.ptr[i]) && s.ptr[i] != '=')
			return false;
	return true;
}

/* Base64 with its padding at the end. */
static bool is_base64(const char *digest)
{
	struct str s = str_from(digest);

	for (int i = 0; i < 2 && s.len && s.ptr[s.len - 1] == '='; i++)
		s.len--;
	for (size_t i = 0; i < s.len; i++)
		if (!is_base64_char(s.ptr[i]))
			return false;
	return s.len != 0;
}

/* npm's pattern for options takes blanks nowhere but right after the first "?". */
static bool has_blank(struct str s)
{
	for (; s.len; s = str_skip(s, 1))
		if (jstext_space(s))
			return true;
	return false;
}

bool ssri_parse_hash(struct arena *a, struct ssri_hash *h, struct str text, unsigned flags)
{
	bool strict = flags & SSRI_STRICT;
	struct str rest, options = STR_NULL, digest, name = str_cut(jstext_trim(text), '-', &rest);
	const struct known *k = find_known(name);

	*h = (struct ssri_hash){.algorithm = "", .digest = ""};
	digest = rest.ptr ? str_cut(rest, '?', &options) : STR_NULL;
	if (!k || !digest.len || has_blank(options))
		return false;
	if (strict && (!k->strict || !is_strict_digest(digest) || !is_visible(options)))
		return false;
	h->algorithm = k->name;
	h->digest = str_dup(a, digest);
	h->options = options.ptr ? str_dup(a, options) : NULL;
	return true;
}

bool ssri_is_empty(const struct ssri *s)
{
	return !s->first;
}

void ssri_add(struct arena *a, struct ssri *s, struct ssri_hash h)
{
	struct ssri_hash *copy = ARENA_NEW(a, struct ssri_hash), **at = &s->first, **after = NULL;

	for (; *at; at = &(*at)->next)
		if (streq((*at)->algorithm, h.algorithm))
			after = &(*at)->next;
	at = after ? after : at;
	*copy = h;
	copy->next = *at;
	*at = copy;
}

struct ssri *ssri_parse(struct arena *a, struct str text, unsigned flags)
{
	struct ssri *s = ARENA_NEW(a, struct ssri);
	struct ssri_hash h;
	struct str word;
	size_t blank;

	while (text.len) {
		while ((blank = jstext_space(text)))
			text = str_skip(text, blank);
		word = text;
		while (text.len && !jstext_space(text))
			text = str_skip(text, 1);
		word.len -= text.len;
		if (word.len && ssri_parse_hash(a, &h, word, flags))
			ssri_add(a, s, h);
	}
	return s;
}

static bool is_strict_hash(const struct ssri_hash *h)
{
	const struct known *k = find_known(str_from(h->algorithm));
	struct str options = str_from(h->options), option;

	if (!k || !k->strict || !is_base64(h->digest))
		return false;
	while (options.ptr) {
		option = str_cut(options, '?', &options);
		if (!option.len || !is_visible(option))
			return false;
	}
	return true;
}

const char *ssri_hash_format(struct arena *a, const struct ssri_hash *h, unsigned flags)
{
	if (flags & SSRI_STRICT && !is_strict_hash(h))
		return "";
	return arena_printf(a, "%s-%s%s%s", h->algorithm, h->digest, h->options ? "?" : "", h->options ? h->options : "");
}

/* Hashes of one algorithm, or of all; npm leaves a separator behind one that strictness emptied at a group's end. */
static void add_group(struct arena *a, struct buf *out, const struct ssri_hash *h, const char *sep, unsigned flags)
{
	const char *algorithm = h->algorithm, *text;
	struct buf group = BUF_INIT(MAX_TEXT);

	for (; h && streq(h->algorithm, algorithm); h = h->next) {
		text = ssri_hash_format(a, h, flags);
		buf_adds(&group, text);
		if (*text && h->next && streq(h->next->algorithm, algorithm))
			buf_adds(&group, sep);
	}
	if (out->len && group.len)
		buf_adds(out, sep);
	buf_addstr(out, buf_str(&group));
	buf_release(&group);
}

static const struct ssri_hash *find_group(const struct ssri *s, const char *algorithm)
{
	for (const struct ssri_hash *h = s->first; h; h = h->next)
		if (streq(h->algorithm, algorithm))
			return h;
	return NULL;
}

/* Strictly a separator is blanks: every run of anything else becomes one. */
static const char *blank_separator(struct arena *a, const char *sep)
{
	struct buf out = BUF_INIT(MAX_TEXT);
	struct str s = str_from(sep);
	const char *text;
	size_t blank;

	while (s.len) {
		blank = jstext_space(s);
		if (blank) {
			buf_add(&out, s.ptr, blank);
			s = str_skip(s, blank);
			continue;
		}
		buf_addc(&out, ' ');
		while (s.len && !jstext_space(s))
			s = str_skip(s, 1);
	}
	text = buf_dup(a, &out);
	buf_release(&out);
	return text;
}

const char *ssri_format(struct arena *a, const struct ssri *s, const char *sep, unsigned flags)
{
	static const char *const strict_order[] = {"sha512", "sha384", "sha256"};
	struct buf out = BUF_INIT(MAX_TEXT);
	const struct ssri_hash *group;
	const char *text;

	sep = sep && *sep ? sep : " ";
	if (flags & SSRI_STRICT) {
		sep = blank_separator(a, sep);
		for (size_t i = 0; i < ARRAY_LEN(strict_order); i++)
			if ((group = find_group(s, strict_order[i])))
				add_group(a, &out, group, sep, flags);
	} else {
		const char *last = NULL;

		for (group = s->first; group; last = group->algorithm, group = group->next)
			if (!streq(group->algorithm, last))
				add_group(a, &out, group, sep, flags);
	}
	text = buf_dup(a, &out);
	buf_release(&out);
	return text;
}

const char *ssri_pick_algorithm(const struct ssri *s, const struct ssri *other)
{
	const char *best = NULL;

	for (const struct ssri_hash *h = s->first; h; h = h->next) {
		if (other && other->first && !find_group(other, h->algorithm))
			continue;
		if (!best || rank_of(h->algorithm) > rank_of(best))
			best = h->algorithm;
	}
	return best;
}

const struct ssri_hash *ssri_match(const struct ssri *s, const struct ssri *other)
{
	const char *algorithm = s->first ? ssri_pick_algorithm(other, s) : NULL;

	for (const struct ssri_hash *h = s->first; h && algorithm; h = h->next) {
		if (!streq(h->algorithm, algorithm))
			continue;
		for (const struct ssri_hash *o = find_group(other, algorithm); o; o = o->next)
			if (streq(o->algorithm, algorithm) && streq(o->digest, h->digest))
				return h;
	}
	return NULL;
}

/* One digest as nearly all are written: whoever has the same text has the same digest. */
static bool is_one_sha512(const char *text)
{
	static const char start[] = "sha512-";
	struct str s = str_from(text);

	if (s.len != sizeof(start) - 1 + STRICT_MAX || !str_starts(s, start))
		return false;
	return is_base64(text + sizeof(start) - 1);
}

bool ssri_match_text(const char *a, const char *b)
{
	struct arena arena = ARENA_INIT;
	bool match;

	if (a && streq(a, b) && is_one_sha512(a))
		return true;
	match = ssri_match(ssri_parse(&arena, str_from(a), 0), ssri_parse(&arena, str_from(b), 0));

	arena_release(&arena);
	return match;
}

/* Is there, in one algorithm, a digest that both have. */
static bool agree_on(const struct ssri *s, const struct ssri *other, const char *algorithm)
{
	for (const struct ssri_hash *h = find_group(s, algorithm); h; h = h->next)
		for (const struct ssri_hash *o = find_group(other, algorithm); o; o = o->next)
			if (streq(h->algorithm, algorithm) && streq(o->algorithm, algorithm) && streq(h->digest, o->digest))
				return true;
	return false;
}

bool ssri_merge(struct arena *a, struct ssri *s, const struct ssri *other)
{
	struct ssri added = {0};

	for (const struct ssri_hash *o = other->first; o; o = o->next) {
		if (!find_group(s, o->algorithm))
			ssri_add(a, &added, *o);
		else if (!agree_on(s, other, o->algorithm))
			return false;
	}
	for (const struct ssri_hash *h = added.first; h; h = h->next)
		ssri_add(a, s, *h);
	return true;
}

struct ssri *ssri_from_hex(struct arena *a, const char *algorithm, const char *hex, const char *options)
{
	size_t n = strlen(hex) / 2;
	uint8_t *bytes = arena_alloc(a, n);

	/* as Node reads hex: up to the first pair that is none */
	for (size_t i = 0; i < n; i++)
		if (!hex_parse((struct str){hex + 2 * i, 2}, bytes + i, 1))
			n = i;
	return ssri_parse(a, str_from(arena_printf(a, "%s-%s%s%s", algorithm, base64_make(a, bytes, n), options ? "?" : "",
			options ? options : "")), 0);
}

const char *ssri_hex(struct arena *a, const struct ssri *s)
{
	const struct ssri_hash *h = s->first ? find_group(s, ssri_pick_algorithm(s, NULL)) : NULL;
	struct str bytes;
	char *hex;

	if (!h)
		return NULL;
	bytes = base64_decode_loose(a, str_from(h->digest));
	hex = arena_alloc(a, 2 * bytes.len + 1);
	hex_format(bytes.ptr, bytes.len, hex);
	return hex;
}
