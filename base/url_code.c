/* SPDX-License-Identifier: MIT */
#include "base/url.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/encoding.h"
#include "base/url_parts.h"

#define URL_MAX ((size_t)1 << 26)

/* The byte that an escape at s stands for, -1 when there is none. */
static int escape_at(struct str s)
{
	if (s.len < 3 || s.ptr[0] != '%')
		return -1;
	int hi = hex_value(s.ptr[1]), lo = hex_value(s.ptr[2]);
	return hi < 0 || lo < 0 ? -1 : hi * 16 + lo;
}

static void add_escape(struct buf *out, unsigned char c)
{
	static const char digits[] = "0123456789ABCDEF";
	buf_addc(out, '%');
	buf_addc(out, digits[c >> 4]);
	buf_addc(out, digits[c & 15]);
}

void url_encode(struct buf *out, struct str s, const char *set)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		if (c < 0x20 || c > 0x7e || strchr(set, c))
			add_escape(out, c);
		else
			buf_addc(out, (char)c);
	}
}

void url_decode(struct buf *out, struct str s)
{
	while (s.len) {
		int c = escape_at(s);
		buf_addc(out, c < 0 ? s.ptr[0] : (char)c);
		s = str_skip(s, c < 0 ? 1 : 3);
	}
}

static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-_.!~*'()", c));
}

static const char *encode_but(struct arena *a, const char *s, const char *kept)
{
	struct buf out = BUF_INIT(URL_MAX);
	for (; *s; s++) {
		if (is_unreserved(*s) || strchr(kept, *s))
			buf_addc(&out, *s);
		else
			add_escape(&out, (unsigned char)*s);
	}
	const char *text = buf_dup(a, &out);
	buf_release(&out);
	return text;
}

const char *url_encode_component(struct arena *a, const char *s)
{
	return encode_but(a, s, "");
}

const char *url_encode_whole(struct arena *a, const char *s)
{
	return encode_but(a, s, ";,/?:@&=+$#");
}

/* Bytes in the character that starts with lead; 0 when none does. */
static size_t utf8_length(int lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/* Neither overlong, nor a surrogate, nor beyond Unicode. */
static bool second_byte_fits(int lead, int second)
{
	int low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	int high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
	return second >= low && second <= high;
}

/* One escaped character at *s; false when it is malformed. */
static bool decode_character(struct buf *out, struct str *s)
{
	int lead = escape_at(*s);
	size_t n = lead <= 0 ? 0 : utf8_length(lead);
	for (size_t i = 0; i < n; i++) {
		int c = escape_at(str_skip(*s, 3 * i));
		if (c < 0 || (i == 1 && !second_byte_fits(lead, c)) || (i > 1 && (c & 0xc0) != 0x80))
			return false;
		buf_addc(out, (char)c);
	}
	*s = str_skip(*s, 3 * n);
	return n > 0;
}

const char *url_decode_component(struct arena *a, const char *text)
{
	struct str s = str_from(text);
	struct buf out = BUF_INIT(URL_MAX);
	bool ok = true;
	while (ok && s.len) {
		if (s.ptr[0] == '%') {
			ok = decode_character(&out, &s);
			continue;
		}
		buf_addc(&out, s.ptr[0]);
		s = str_skip(s, 1);
	}
	const char *decoded = ok ? buf_dup(a, &out) : NULL;
	buf_release(&out);
	return decoded;
}
