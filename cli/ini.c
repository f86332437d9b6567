/* SPDX-License-Identifier: MIT */
#include "cli/ini.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/vec.h"
#include "cli/jsvalue.h"

#define MAX_VALUE ((size_t)1 << 24)

static bool quoted_by(struct str s, char quote)
{
	return s.len && s.ptr[0] == quote && s.ptr[s.len - 1] == quote;
}

static bool is_quoted(struct str s)
{
	return quoted_by(s, '"') || quoted_by(s, '\'');
}

/* Up to the first comment sign that no backslash takes the meaning from. */
static const char *unescape(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.len + 2);
	size_t n = 0;
	bool escaped = false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (escaped) {
			if (!strchr("\\;#", c))
				out[n++] = '\\';
			out[n++] = c;
			escaped = false;
		} else if (c == ';' || c == '#') {
			break;
		} else if (c == '\\') {
			escaped = true;
		} else {
			out[n++] = c;
		}
	}
	if (escaped)
		out[n++] = '\\';
	return str_dup(a, str_trim((struct str){out, n}));
}

/* Quotes are JSON's; what JSON does not read stays as it is, but for single quotes around. */
static struct json *unquote(struct arena *a, struct str s)
{
	struct err err = ERR_INIT;
	if (s.ptr[0] == '\'')
		s = s.len > 1 ? (struct str){s.ptr + 1, s.len - 2} : (struct str){"", 0};
	struct json *v = json_parse(a, s, "value", &err);
	return v ? v : json_string(a, str_dup(a, s));
}

static struct json *unsafe(struct arena *a, struct str s)
{
	s = str_trim(s);
	return is_quoted(s) ? unquote(a, s) : json_string(a, unescape(a, s));
}

static struct json *value_of(struct arena *a, struct str text)
{
	struct json *v = unsafe(a, text);
	const char *word = json_text(v);
	if (streq(word, "true") || streq(word, "false"))
		return json_bool(a, streq(word, "true"));
	return streq(word, "null") ? json_null(a) : v;
}

/* The object under a key. What is there and is no object stays, and what would go into it is lost; `replace`: only
 * a list stays. */
static struct json *child(struct arena *a, struct json *obj, const char *key, bool replace)
{
	struct json *v = json_find(obj, key), *made = json_object(a);
	if (json_is(v, JSON_OBJECT))
		return v;
	if (!json_truthy(v) || (replace && !json_is(v, JSON_ARRAY)))
		json_put(a, obj, key, made);
	return made;
}

static void put_line(struct arena *a, struct json *section, struct str line)
{
	ptrdiff_t eq = str_find(line, '=');
	if (eq == 0)
		return;
	struct str left = eq < 0 ? line : str_first(line, (size_t)eq);
	struct json *value = eq < 0 ? json_bool(a, true) : value_of(a, str_skip(line, (size_t)eq + 1));
	struct str key = str_from(js_string(a, unsafe(a, left)));
	bool list = key.len > 2 && str_ends(key, "[]");
	const char *name = str_dup(a, list ? str_first(key, key.len - 2) : key);
	if (streq(name, "__proto__"))
		return;
	struct json *before = json_find(section, name);
	if (list && !json_is(before, JSON_ARRAY)) {
		struct json *items = json_array(a);
		if (before)
			json_add(a, items, before);
		json_put(a, section, name, items);
		before = items;
	}
	if (json_is(before, JSON_ARRAY))
		json_add(a, before, value);
	else
		json_put(a, section, name, value);
}

/* "[name]" with nothing but blanks behind. */
static bool section_of(struct str line, struct str *name)
{
	ptrdiff_t end = str_find(line, ']');
	if (line.ptr[0] != '[' || end < 0 || str_trim(str_skip(line, (size_t)end + 1)).len)
		return false;
	*name = (struct str){line.ptr + 1, (size_t)end - 1};
	return true;
}

static void parse_line(struct arena *a, struct json *out, struct json **section, struct str line)
{
	struct str name;
	struct str trimmed = str_trim(line);
	if (!trimmed.len || trimmed.ptr[0] == ';' || trimmed.ptr[0] == '#')
		return;
	if (!section_of(line, &name)) {
		put_line(a, *section, line);
		return;
	}
	const char *key = js_string(a, unsafe(a, name));
	*section = streq(key, "__proto__") ? json_object(a) : child(a, out, key, false);
}

/* "a.b\.c" is a, b.c. */
static void split_section(struct arena *a, const char *key, struct vec *parts)
{
	const char *from = key;
	for (const char *p = key; *p; p++) {
		if (*p != '.' || (p > key && p[-1] == '\\'))
			continue;
		vec_add(parts, arena_strndup(a, from, (size_t)(p - from)));
		from = p + 1;
	}
	vec_add(parts, arena_strdup(a, from));
}

/* {"a.b": {…}} becomes {"a": {"b": {…}}}. */
static void nest_section(struct arena *a, struct json *out, const char *key)
{
	struct json *value = json_find(out, key);
	struct vec parts;
	vec_init(&parts, a);
	split_section(a, key, &parts);
	const char *last = vec_pop(&parts);
	const char *name = cstr_replace(a, last, "\\.", ".");
	if (!parts.count && streq(name, last))
		return;
	struct json *to = out;
	for (size_t i = 0; i < parts.count; i++)
		if (!streq(VEC_AT(&parts, const char, i), "__proto__"))
			to = child(a, to, VEC_AT(&parts, const char, i), true);
	json_put(a, to, name, value);
	json_remove(out, key);
}

struct json *ini_parse(struct arena *a, struct str text)
{
	struct json *out = json_object(a), *section = out;
	struct vec sections;
	while (text.len) {
		size_t n = 0;
		while (n < text.len && text.ptr[n] != '\n' && text.ptr[n] != '\r')
			n++;
		if (n)
			parse_line(a, out, &section, str_first(text, n));
		text = str_skip(text, n < text.len ? n + 1 : n);
	}
	vec_init(&sections, a);
	for (uint32_t i = 0; i < json_count(out); i++)
		if (json_is(out->members[i].value, JSON_OBJECT))
			vec_add(&sections, (void *)out->members[i].key);
	for (size_t i = 0; i < sections.count; i++)
		nest_section(a, out, VEC_AT(&sections, const char, i));
	return out;
}

static bool needs_quotes(struct str s)
{
	if (s.len && s.ptr[0] == '[')
		return true;
	for (size_t i = 0; i < s.len; i++)
		if (strchr("=\r\n", s.ptr[i]) && s.ptr[i])
			return true;
	return (s.len > 1 && is_quoted(s)) || str_trim(s).len != s.len;
}

static void add_safe_text(struct buf *out, struct str s)
{
	if (needs_quotes(s)) {
		json_format_string(out, s.ptr, s.len);
		return;
	}
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == ';' || s.ptr[i] == '#')
			buf_addc(out, '\\');
		buf_addc(out, s.ptr[i]);
	}
}

static void add_line(struct buf *out, struct arena *a, const char *key, const struct json *v)
{
	add_safe_text(out, str_from(key));
	buf_addc(out, '=');
	if (json_is(v, JSON_STRING))
		add_safe_text(out, (struct str){v->text, v->len});
	else
		json_format(out, v, NULL);
	buf_addc(out, '\n');
	(void)a;
}

static void add_section(struct buf *out, struct arena *a, const char *name, const struct json *values)
{
	struct buf own = BUF_INIT(MAX_VALUE);
	for (uint32_t i = 0; i < json_count(values); i++) {
		const struct json *v = values->members[i].value;
		const char *key = values->members[i].key;
		if (!json_is(v, JSON_ARRAY) && !json_is(v, JSON_OBJECT))
			add_line(&own, a, key, v);
		for (uint32_t j = 0; json_is(v, JSON_ARRAY) && j < v->count; j++)
			add_line(&own, a, arena_printf(a, "%s[]", key), v->items[j]);
	}
	if (own.len && out->len)
		buf_addc(out, '\n');
	if (own.len && *name) {
		buf_addc(out, '[');
		add_safe_text(out, str_from(name));
		buf_adds(out, "]\n");
	}
	buf_addstr(out, buf_str(&own));
	buf_release(&own);
	for (uint32_t i = 0; i < json_count(values); i++) {
		if (!json_is(values->members[i].value, JSON_OBJECT))
			continue;
		const char *key = cstr_replace(a, values->members[i].key, ".", "\\.");
		add_section(out, a, *name ? arena_printf(a, "%s.%s", name, key) : key, values->members[i].value);
	}
}

void ini_format(struct buf *out, struct arena *a, const struct json *values)
{
	add_section(out, a, "", values);
}
