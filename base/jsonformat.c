/* SPDX-License-Identifier: MIT
 *
 * JSON.stringify: the writing half of json.h.
 */
#include "base/json.h"

#include "base/buf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The digits of the shortest text that reads back as v (at most 17), its exponent in *exp10. */
static int shortest_digits(double v, char digits[32], int *exp10)
{
	char text[40];
	int n = 0;

	for (int precision = 0; precision < 17; precision++) {
		snprintf(text, sizeof(text), "%.*e", precision, v);
		if (!(strtod(text, NULL) < v) && !(strtod(text, NULL) > v))
			break;
	}
	for (const char *p = text; *p && *p != 'e'; p++)
		if (*p >= '0' && *p <= '9')
			digits[n++] = *p;
	*exp10 = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
	return n;
}

void json_format_number(struct buf *out, double v)
{
	char digits[32];
	int n, e;

	if (!isfinite(v)) {
		buf_adds(out, "null");
		return;
	}
	if (v < 0)
		buf_addc(out, '-');
	v = fabs(v);
	n = shortest_digits(v, digits, &e);
	if (e >= 21 || e < -6) {
		buf_addc(out, digits[0]);
		if (n > 1)
			buf_printf(out, ".%.*s", n - 1, digits + 1);
		buf_printf(out, "e%+d", e);
	} else if (e < 0) {
		buf_adds(out, "0.");
		buf_repeat(out, '0', (size_t)(-e - 1));
		buf_add(out, digits, (size_t)n);
	} else if (n <= e + 1) {
		buf_add(out, digits, (size_t)n);
		buf_repeat(out, '0', (size_t)(e + 1 - n));
	} else {
		buf_printf(out, "%.*s.%.*s", e + 1, digits, n - e - 1, digits + e + 1);
	}
}

static void format_char(struct buf *out, unsigned char c)
{
	static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (const char *p = named; *p; p += 2) {
		if ((unsigned char)p[0] == c) {
			buf_printf(out, "\\%c", p[1]);
			return;
		}
	}
	if (c < ' ')
		buf_printf(out, "\\u%04x", c);
	else
		buf_addc(out, (char)c);
}

void json_format_string(struct buf *out, const char *text, size_t len)
{
	size_t from = 0;

	buf_addc(out, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= ' ' && c != '"' && c != '\\')
			continue;
		buf_add(out, text + from, i - from);
		format_char(out, c);
		from = i + 1;
	}
	buf_add(out, text + from, len - from);
	buf_addc(out, '"');
}

static void new_line(struct buf *out, const char *indent, unsigned depth)
{
	if (!indent || !indent[0])
		return;
	buf_addc(out, '\n');
	for (unsigned i = 0; i < depth; i++)
		buf_adds(out, indent);
}

static void format(struct buf *out, const struct json *v, const char *indent, unsigned depth);

static void format_array(struct buf *out, const struct json *v, const char *indent, unsigned depth)
{
	buf_addc(out, '[');
	for (uint32_t i = 0; i < v->count; i++) {
		if (i)
			buf_addc(out, ',');
		new_line(out, indent, depth + 1);
		format(out, v->items[i], indent, depth + 1);
	}
	if (v->count)
		new_line(out, indent, depth);
	buf_addc(out, ']');
}

static void format_object(struct buf *out, const struct json *v, const char *indent, unsigned depth)
{
	buf_addc(out, '{');
	for (uint32_t i = 0; i < v->count; i++) {
		if (i)
			buf_addc(out, ',');
		new_line(out, indent, depth + 1);
		json_format_string(out, v->members[i].key, strlen(v->members[i].key));
		buf_adds(out, indent && indent[0] ? ": " : ":");
		format(out, v->members[i].value, indent, depth + 1);
	}
	if (v->count)
		new_line(out, indent, depth);
	buf_addc(out, '}');
}

static void format(struct buf *out, const struct json *v, const char *indent, unsigned depth)
{
	switch (v->type) {
	case JSON_BOOL:
		buf_adds(out, v->boolean ? "true" : "false");
		break;
	case JSON_NUMBER:
		json_format_number(out, v->number);
		break;
	case JSON_STRING:
		json_format_string(out, v->text, v->len);
		break;
	case JSON_ARRAY:
		format_array(out, v, indent, depth);
		break;
	case JSON_OBJECT:
		format_object(out, v, indent, depth);
		break;
	default:
		buf_adds(out, "null");
	}
}

void json_format(struct buf *out, const struct json *v, const char *indent)
{
	format(out, v, indent, 0);
}
