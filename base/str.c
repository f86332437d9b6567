/* SPDX-License-Identifier: MIT */
#include "base/str.h"

#include "base/arena.h"

#include <string.h>
#include <strings.h>

#define MAX_SAFE_INTEGER ((UINT64_C(1) << 53) - 1)

struct str str_from(const char *s)
{
	return s ? (struct str){s, strlen(s)} : STR_NULL;
}

struct str str_range(const char *from, const char *to)
{
	return (struct str){from, (size_t)(to - from)};
}

const char *str_dup(struct arena *a, struct str s)
{
	return arena_strndup(a, s.ptr ? s.ptr : "", s.len);
}

bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool str_is(struct str a, const char *b)
{
	return str_eq(a, str_from(b));
}

bool str_starts(struct str s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.len >= n && (n == 0 || memcmp(s.ptr, prefix, n) == 0);
}

uint32_t str_hash(const char *p, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)p[i]) * 16777619u;
	return h;
}

bool str_ends(struct str s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.len >= n && (n == 0 || memcmp(s.ptr + s.len - n, suffix, n) == 0);
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.ptr, b.ptr, n) : 0;

	if (c)
		return c;
	return a.len < b.len ? -1 : a.len > b.len;
}

ptrdiff_t str_find(struct str s, char c)
{
	const char *p = s.len ? memchr(s.ptr, c, s.len) : NULL;

	return p ? p - s.ptr : -1;
}

ptrdiff_t str_rfind(struct str s, char c)
{
	const char *p = s.len ? memrchr(s.ptr, c, s.len) : NULL;

	return p ? p - s.ptr : -1;
}

struct str str_skip(struct str s, size_t n)
{
	if (n > s.len)
		n = s.len;
	return (struct str){s.ptr ? s.ptr + n : NULL, s.len - n};
}

struct str str_first(struct str s, size_t n)
{
	return (struct str){s.ptr, n < s.len ? n : s.len};
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.len && is_space(s.ptr[0]))
		s = str_skip(s, 1);
	while (s.len && is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

struct str str_cut(struct str s, char c, struct str *rest)
{
	ptrdiff_t at = str_find(s, c);

	if (at < 0) {
		*rest = STR_NULL;
		return s;
	}
	*rest = str_skip(s, (size_t)at + 1);
	return str_first(s, (size_t)at);
}

bool str_to_u64(struct str s, uint64_t *out)
{
	uint64_t n = 0;

	if (!s.len || s.len > 16)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(s.ptr[i] - '0');
	}
	*out = n;
	return n <= MAX_SAFE_INTEGER;
}

bool streq(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool cstr_starts(const char *s, const char *prefix)
{
	return s && str_starts(str_from(s), prefix);
}

bool cstr_ends(const char *s, const char *suffix)
{
	return s && str_ends(str_from(s), suffix);
}

bool cstr_eq_nocase(const char *a, const char *b)
{
	return a == b || (a && b && strcasecmp(a, b) == 0);
}

char *cstr_join(struct arena *a, const char *x, char between, const char *y)
{
	size_t n = strlen(x), len = strlen(y);
	char *out = arena_alloc(a, n + len + 2);

	memcpy(out, x, n);
	out[n] = between;
	memcpy(out + n + 1, y, len);
	return out;
}

char *cstr_lower(struct arena *a, const char *s)
{
	char *copy = arena_strdup(a, s);

	for (char *p = copy; p && *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return copy;
}

static size_t count_of(const char *s, const char *what)
{
	size_t n = 0, len = strlen(what);

	for (const char *p = strstr(s, what); p; p = strstr(p + len, what))
		n++;
	return n;
}

char *cstr_replace(struct arena *a, const char *s, const char *from, const char *to)
{
	size_t from_len = strlen(from), to_len = strlen(to);
	char *out, *w;

	if (!from_len)
		return arena_strdup(a, s);
	out = w = arena_alloc(a, strlen(s) + count_of(s, from) * to_len + 1);
	for (;;) {
		const char *hit = strstr(s, from);
		size_t n = hit ? (size_t)(hit - s) : strlen(s);

		memcpy(w, s, n);
		w += n;
		if (!hit)
			return out;
		memcpy(w, to, to_len);
		w += to_len;
		s = hit + from_len;
	}
}
