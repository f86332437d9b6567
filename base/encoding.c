/* SPDX-License-Identifier: MIT */
#include "base/encoding.h"

#include "base/arena.h"

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void hex_format(const void *data, size_t len, char *out)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i++) {
		*out++ = hex_digits[p[i] >> 4];
		*out++ = hex_digits[p[i] & 15];
	}
	*out = '\0';
}

int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_parse(struct str text, void *out, size_t len)
{
	uint8_t *p = out;

	if (text.len != len * 2)
		return false;
	for (size_t i = 0; i < len; i++) {
		int hi = hex_value(text.ptr[2 * i]), lo = hex_value(text.ptr[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		p[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

void base64_format(const void *data, size_t len, char *out)
{
	const uint8_t *p = data;

	for (; len >= 3; len -= 3, p += 3) {
		*out++ = base64_digits[p[0] >> 2];
		*out++ = base64_digits[(p[0] & 3) << 4 | p[1] >> 4];
		*out++ = base64_digits[(p[1] & 15) << 2 | p[2] >> 6];
		*out++ = base64_digits[p[2] & 63];
	}
	if (len) {
		uint8_t second = len == 2 ? p[1] : 0;

		*out++ = base64_digits[p[0] >> 2];
		*out++ = base64_digits[(p[0] & 3) << 4 | second >> 4];
		*out++ = len == 2 ? base64_digits[(second & 15) << 2] : '=';
		*out++ = '=';
	}
	*out = '\0';
}

const char *base64_make(struct arena *a, const void *data, size_t len)
{
	char *out = arena_alloc(a, BASE64_SIZE(len));

	base64_format(data, len, out);
	return out;
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	if (c == '/' || c == '_')
		return 63;
	return -1;
}

/* Digits at [0, n) as bytes; what bits are left over at the end is dropped. */
static size_t decode_digits(const uint8_t *digits, size_t n, uint8_t *out)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		bits = bits << 6 | digits[i];
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[len++] = (uint8_t)(bits >> have);
		}
	}
	return len;
}

ptrdiff_t base64_parse(struct str text, void *out, size_t max)
{
	uint8_t *p = out, digits[4];
	size_t len = 0, pad = 0;

	if (text.len % 4)
		return -1;
	if (text.len && text.ptr[text.len - 1] == '=')
		pad = text.ptr[text.len - 2] == '=' ? 2 : 1;
	if (text.len / 4 * 3 - pad > max)
		return -1;
	for (size_t i = 0; i < text.len - pad; i++) {
		char c = text.ptr[i];
		int v = c == '-' || c == '_' ? -1 : base64_value(c);

		if (v < 0)
			return -1;
		digits[i % 4] = (uint8_t)v;
		if (i % 4 == 3)
			len += decode_digits(digits, 4, p + len);
	}
	if (pad)
		len += decode_digits(digits, 4 - pad, p + len);
	return (ptrdiff_t)len;
}

struct str base64_decode_loose(struct arena *a, struct str text)
{
	uint8_t *digits = arena_alloc(a, text.len + 1), *out = arena_alloc(a, text.len + 1);
	size_t n = 0, len;

	for (size_t i = 0; i < text.len && text.ptr[i] != '='; i++) {
		int v = base64_value(text.ptr[i]);

		if (v >= 0)
			digits[n++] = (uint8_t)v;
	}
	len = decode_digits(digits, n, out);
	out[len] = '\0';
	return (struct str){(char *)out, len};
}
