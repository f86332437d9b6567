/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/url_parts.h"

#define HOST_MAX 65536
#define V6_PIECES 8

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool all_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_digit(s.ptr[i]))
			return false;
	return s.len > 0;
}

/* 10, 0x1f or 017; bigger than 2^32 saturates, false when it is no number. */
static bool number_v4(struct str s, uint64_t *out)
{
	unsigned base = 10;
	if (s.len >= 2 && s.ptr[0] == '0' && (s.ptr[1] == 'x' || s.ptr[1] == 'X')) {
		base = 16;
		s = str_skip(s, 2);
	} else if (s.len >= 2 && s.ptr[0] == '0') {
		base = 8;
		s = str_skip(s, 1);
	}
	*out = 0;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (!is_hex(c))
			return false;
		unsigned digit = is_digit(c) ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a') + 10;
		if (digit >= base)
			return false;
		*out = *out * base + digit;
		if (*out > UINT32_MAX)
			*out = (uint64_t)UINT32_MAX + 1;
	}
	return true;
}

/* Does the last label look like a number: then the whole host must be an IPv4 address. */
static bool ends_in_number(struct str s)
{
	if (str_ends(s, "."))
		s.len--;
	struct str last = str_skip(s, (size_t)(str_rfind(s, '.') + 1));
	uint64_t n;
	return all_digits(last) || (str_starts(last, "0x") && number_v4(last, &n));
}

static const char *parse_v4(struct arena *a, struct str s)
{
	uint64_t parts[4];
	size_t n = 0;
	if (str_ends(s, "."))
		s.len--;
	for (struct str rest = s; rest.ptr; n++) {
		struct str part = str_cut(rest, '.', &rest);
		if (n == 4 || !part.len || !number_v4(part, &parts[n]))
			return NULL;
	}
	uint64_t address = 0;
	for (size_t i = 0; i + 1 < n; i++) {
		if (parts[i] > 255)
			return NULL;
		address |= parts[i] << (8 * (3 - i));
	}
	if (parts[n - 1] >= (uint64_t)1 << (8 * (5 - n)))
		return NULL;
	address |= parts[n - 1];
	return arena_printf(a, "%u.%u.%u.%u", (unsigned)(address >> 24 & 255), (unsigned)(address >> 16 & 255),
			    (unsigned)(address >> 8 & 255), (unsigned)(address & 255));
}

/* Four decimal numbers at the end of an IPv6 address fill two pieces. */
static bool tail_v4(struct str s, uint16_t *pieces)
{
	unsigned bytes[4];
	size_t n = 0;
	for (struct str rest = s; rest.ptr; n++) {
		struct str part = str_cut(rest, '.', &rest);
		uint64_t v;
		if (n == 4 || part.len > 3 || !str_to_u64(part, &v) || v > 255 || (part.len > 1 && part.ptr[0] == '0'))
			return false;
		bytes[n] = (unsigned)v;
	}
	if (n != 4)
		return false;
	pieces[0] = (uint16_t)(bytes[0] << 8 | bytes[1]);
	pieces[1] = (uint16_t)(bytes[2] << 8 | bytes[3]);
	return true;
}

/* Colon-separated pieces without "::"; how many, -1 on error. last: may end in an IPv4 address. */
static int pieces_v6(struct str s, uint16_t *pieces, bool last)
{
	int n = 0;
	for (struct str rest = s; s.len && rest.ptr;) {
		struct str part = str_cut(rest, ':', &rest);
		if (last && !rest.ptr && str_find(part, '.') >= 0)
			return n <= V6_PIECES - 2 && tail_v4(part, pieces + n) ? n + 2 : -1;
		if (n == V6_PIECES || !part.len || part.len > 4)
			return -1;
		unsigned v = 0;
		for (size_t i = 0; i < part.len; i++) {
			if (!is_hex(part.ptr[i]))
				return -1;
			v = v * 16 + (is_digit(part.ptr[i]) ? (unsigned)(part.ptr[i] - '0')
							    : (unsigned)((part.ptr[i] | 0x20) - 'a') + 10);
		}
		pieces[n++] = (uint16_t)v;
	}
	return n;
}

static ptrdiff_t find_double_colon(struct str s)
{
	for (size_t i = 0; i + 1 < s.len; i++)
		if (s.ptr[i] == ':' && s.ptr[i + 1] == ':')
			return (ptrdiff_t)i;
	return -1;
}

/* The longest run of at least two zeros, the first of equals; false when there is none. */
static bool longest_zeros(const uint16_t *p, int *at, int *len)
{
	*len = 1;
	for (int i = 0; i < V6_PIECES; i++) {
		int n = 0;
		while (i + n < V6_PIECES && !p[i + n])
			n++;
		if (n > *len) {
			*at = i;
			*len = n;
		}
	}
	return *len > 1;
}

static const char *format_v6(struct arena *a, const uint16_t *p)
{
	struct buf out = BUF_INIT(64);
	int at = -1, len = 0;
	bool shorten = longest_zeros(p, &at, &len);
	buf_addc(&out, '[');
	for (int i = 0; i < V6_PIECES; i++) {
		if (shorten && i == at) {
			buf_adds(&out, i ? ":" : "::");
			i += len - 1;
			continue;
		}
		buf_printf(&out, i < V6_PIECES - 1 ? "%x:" : "%x", p[i]);
	}
	buf_addc(&out, ']');
	const char *text = buf_dup(a, &out);
	buf_release(&out);
	return text;
}

static const char *parse_v6(struct arena *a, struct str s)
{
	uint16_t head[V6_PIECES] = {0}, tail[V6_PIECES] = {0};
	ptrdiff_t gap = find_double_colon(s);
	int n = pieces_v6(gap < 0 ? s : str_first(s, (size_t)gap), head, gap < 0);
	if (n < 0 || (gap < 0 && n != V6_PIECES))
		return NULL;
	if (gap < 0)
		return format_v6(a, head);
	int m = pieces_v6(str_skip(s, (size_t)gap + 2), tail, true);
	if (m < 0 || n + m >= V6_PIECES)
		return NULL;
	for (int i = 0; i < m; i++)
		head[V6_PIECES - m + i] = tail[i];
	return format_v6(a, head);
}

static bool has_any(struct str s, const char *forbidden)
{
	for (size_t i = 0; i < s.len; i++)
		if (!s.ptr[i] || strchr(forbidden, s.ptr[i]))
			return true;
	return false;
}

static const char *parse_opaque(struct arena *a, struct str s)
{
	if (has_any(s, "\t\n\r #/:<>?@[\\]^|"))
		return NULL;
	struct buf out = BUF_INIT(HOST_MAX * 4);
	url_encode(&out, s, URL_SET_C0);
	const char *host = out.failed ? NULL : buf_dup(a, &out);
	buf_release(&out);
	return host;
}

/* Code points of one UTF-8 label; -1 when it is not UTF-8 or too long. */
static int label_points(struct str s, uint32_t *points, int max)
{
	int n = 0;
	for (size_t i = 0; i < s.len; n++) {
		unsigned char c = (unsigned char)s.ptr[i++];
		int more = c < 0x80 ? 0 : c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc2 ? 1 : -1;
		if (more < 0 || n == max || i + (size_t)more > s.len)
			return -1;
		uint32_t p = more ? c & (0x3fu >> more) : c;
		for (; more; more--) {
			unsigned char next = (unsigned char)s.ptr[i++];
			if ((next & 0xc0) != 0x80)
				return -1;
			p = p << 6 | (next & 0x3f);
		}
		points[n] = p;
	}
	return n;
}

/* RFC 3492, section 6.1. */
static uint32_t punycode_adapt(uint32_t delta, uint32_t n, bool first)
{
	delta = first ? delta / 700 : delta / 2;
	delta += delta / n;
	uint32_t k = 0;
	for (; delta > 455; k += 36)
		delta /= 35;
	return k + 36 * delta / (delta + 38);
}

static void punycode_number(struct buf *out, uint32_t q, uint32_t bias)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	for (uint32_t k = 36;; k += 36) {
		uint32_t t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
		if (q < t)
			break;
		buf_addc(out, digits[t + (q - t) % (36 - t)]);
		q = (q - t) / (36 - t);
	}
	buf_addc(out, digits[q]);
}

static uint32_t smallest_from(const uint32_t *points, int n, uint32_t from)
{
	uint32_t m = UINT32_MAX;
	for (int i = 0; i < n; i++)
		if (points[i] >= from && points[i] < m)
			m = points[i];
	return m;
}

/* RFC 3492, section 6.3. Labels are short, so the sums fit. */
static void punycode(struct buf *out, const uint32_t *points, int n)
{
	uint32_t code = 0x80, delta = 0, bias = 72, done = 0;
	for (int i = 0; i < n; i++)
		if (points[i] < 0x80) {
			buf_addc(out, (char)points[i]);
			done++;
		}
	uint32_t basic = done;
	if (basic)
		buf_addc(out, '-');
	while (done < (uint32_t)n) {
		uint32_t m = smallest_from(points, n, code);
		delta += (m - code) * (done + 1);
		code = m;
		for (int i = 0; i < n; i++) {
			delta += points[i] < code;
			if (points[i] != code)
				continue;
			punycode_number(out, delta, bias);
			bias = punycode_adapt(delta, done + 1, done == basic);
			delta = 0;
			done++;
		}
		delta++;
		code++;
	}
}

static bool add_label(struct buf *out, struct str label)
{
	uint32_t points[256];
	int n = label_points(label, points, ARRAY_LEN(points));
	bool plain = true;
	for (int i = 0; i < n; i++) {
		if (points[i] >= 'A' && points[i] <= 'Z')
			points[i] |= 0x20;
		plain = plain && points[i] < 0x80;
	}
	if (!plain) {
		buf_adds(out, "xn--");
		punycode(out, points, n);
	}
	for (int i = 0; plain && i < n; i++)
		buf_addc(out, (char)points[i]);
	return n >= 0;
}

static const char *parse_domain(struct arena *a, struct str s)
{
	struct buf decoded = BUF_INIT(HOST_MAX), out = BUF_INIT(HOST_MAX);
	url_decode(&decoded, s);
	bool ok = !decoded.failed && !memchr(buf_text(&decoded), 0, decoded.len);
	for (struct str rest = buf_str(&decoded); ok && rest.ptr;) {
		struct str label = str_cut(rest, '.', &rest);
		ok = add_label(&out, label);
		if (rest.ptr)
			buf_addc(&out, '.');
	}
	struct str host = buf_str(&out);
	for (size_t i = 0; ok && i < host.len; i++)
		ok = (unsigned char)host.ptr[i] > 0x20 && host.ptr[i] != 0x7f;
	ok = ok && host.len && !out.failed && !has_any(host, "#/:<>?@[\\]^|%");
	const char *result = !ok ? NULL : ends_in_number(host) ? parse_v4(a, host) : buf_dup(a, &out);
	buf_release(&decoded);
	buf_release(&out);
	return result;
}

const char *url_host_parse(struct arena *a, struct str host, bool special)
{
	if (host.len > HOST_MAX)
		return NULL;
	if (str_starts(host, "["))
		return str_ends(host, "]") ? parse_v6(a, str_first(str_skip(host, 1), host.len - 2)) : NULL;
	return special ? parse_domain(a, host) : parse_opaque(a, host);
}
