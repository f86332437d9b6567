/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/encoding.h"
#include "base/err.h"
#include "base/str.h"
#include "resolver/selector_int.h"

#include <string.h>

static bool is_blank(char c)
{
	return c && strchr(" \t\n\r\f", c);
}

/* Behind the escape that begins at the backslash. */
static const char *escape_end(const char *at)
{
	int n = 0;

	at++;
	if (!*at || strchr("\t\n\r\f", *at))
		return at;
	while (n < 6 && hex_value(*at) >= 0)
		at++, n++;
	if (n)
		return n < 6 && *at == ' ' ? at + 1 : at;
	return at + 1;
}

static const char *word_end(const char *at)
{
	while (*at && !strchr(" \t\n\r\f&*!,:;()[]'\"+|~>=$^/", *at))
		at = *at == '\\' ? escape_end(at) : at + 1;
	return at;
}

/* Behind the closing quote; NULL when there is none. */
static const char *string_end(const char *at)
{
	const char *end = at;
	bool escaped;

	do {
		const char *p;

		end = strchr(end + 1, *at);
		if (!end)
			return NULL;
		escaped = false;
		for (p = end; p > at && p[-1] == '\\'; p--)
			escaped = !escaped;
	} while (escaped);
	return end + 1;
}

static const char *token_end(const char *at, int *kind)
{
	const char *end = at + 1;

	*kind = (unsigned char)*at;
	if (is_blank(*at)) {
		*kind = TOKEN_SPACE;
		while (is_blank(*end))
			end++;
	} else if (strchr("+>~|", *at)) {
		*kind = TOKEN_COMBINATOR;
		end += strspn(end, "+>~|");
	} else if (*at == '"' || *at == '\'') {
		*kind = TOKEN_STRING;
		end = string_end(at);
	} else if (!strchr("*&!,=$^[]:;()/", *at)) {
		*kind = TOKEN_WORD;
		end = word_end(at);
	}
	return end;
}

int selector_scan(struct arena *a, const char *text, struct vec *out, struct err *err)
{
	vec_init(out, a);
	while (*text) {
		struct token *t = ARENA_NEW(a, struct token);
		const char *end = token_end(text, &t->kind);

		if (!end)
			return err_set(err, ERR_EGENERIC, "Unclosed quote");
		t->text = arena_strndup(a, text, (size_t)(end - text));
		vec_add(out, t);
		text = end;
	}
	return 0;
}

static void add_code_point(struct buf *b, uint32_t c)
{
	if (!c || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff)
		c = 0xfffd;
	if (c < 0x80) {
		buf_addc(b, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_addc(b, (char)(0xc0 | c >> 6));
	} else {
		buf_addc(b, (char)(c < 0x10000 ? 0xe0 | c >> 12 : 0xf0 | c >> 18));
		if (c >= 0x10000)
			buf_addc(b, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_addc(b, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_addc(b, (char)(0x80 | (c & 0x3f)));
}

const char *selector_unescape(struct arena *a, const char *text)
{
	struct buf b = BUF_INIT(SELECTOR_MAX_TEXT);

	if (!strchr(text, '\\'))
		return text;
	while (*text) {
		uint32_t code = 0;
		int n = 0;

		if (*text != '\\') {
			buf_addc(&b, *text++);
			continue;
		}
		for (text++; n < 6 && hex_value(*text) >= 0; text++, n++)
			code = code << 4 | (uint32_t)hex_value(*text);
		if (n)
			add_code_point(&b, code);
		if (n && n < 6 && *text == ' ')
			text++;
		if (!n && (!*text || *text == '\\')) /* a pair stands for one; one at the end stays */
			buf_addc(&b, '\\'), text += *text == '\\';
	}
	const char *out = buf_dup(a, &b);
	buf_release(&b);
	return out;
}
