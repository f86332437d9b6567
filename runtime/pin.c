/* SPDX-License-Identifier: MIT */
#include "runtime/pin.h"

#include "base/arena.h"
#include "base/err.h"
#include "resolver/range.h"

#define MAX_WORD 256

/* Lines with long-term support, the newest first. */
static const struct {
	const char *name, *range;
} lts_lines[] = {
	{"krypton", "24"}, {"jod", "22"},	{"iron", "20"},	    {"hydrogen", "18"},	{"gallium", "16"}, {"fermium", "14"},
	{"erbium", "12"},  {"dubnium", "10"},	{"carbon", "8"},    {"boron", "6"},	{"argon", "4"},
};

static const char *lts_range(struct arena *a, struct str line)
{
	const char *name = cstr_lower(a, str_dup(a, line));
	uint64_t back = 0;

	if (*name && !streq(name, "*") && (*name != '-' || !str_to_u64(str_from(name + 1), &back))) {
		for (size_t i = 0; i < ARRAY_LEN(lts_lines); i++) {
			if (streq(name, lts_lines[i].name))
				return lts_lines[i].range;
		}
		return NULL;
	}
	return back < ARRAY_LEN(lts_lines) ? lts_lines[back].range : NULL;
}

static bool is_any(const char *word)
{
	static const char *const words[] = {"node", "latest", "current", "stable", "system", "*"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (cstr_eq_nocase(word, words[i]))
			return true;
	}
	return false;
}

static struct str without(struct str word, const char *prefix)
{
	return str_starts(word, prefix) ? str_skip(word, str_from(prefix).len) : word;
}

const char *pin_range(struct arena *a, struct str word)
{
	struct range *range;

	word = str_trim(word);
	if (!word.len || word.len > MAX_WORD)
		return NULL;
	if (is_any(str_dup(a, word)))
		return "*";
	if (str_is(word, "lts"))
		return lts_lines[0].range;
	if (str_starts(word, "lts/"))
		return lts_range(a, str_skip(word, 4));
	word = without(without(word, "node-"), "node@");
	if (!word.len)
		return NULL;
	range = range_parse(a, word, 0);
	if (!range)
		return NULL;
	/* "v20" and "=20" are 20. */
	return *range->raw == 'v' ? range->raw + 1 : range->raw;
}

static struct str without_comment(struct str line)
{
	ptrdiff_t hash = str_find(line, '#');

	return str_trim(hash < 0 ? line : str_first(line, (size_t)hash));
}

static int bad_pin(struct err *err, const char *what, const char *why)
{
	err_set_as(err, "EINVALIDPIN", "%s: %s", what, why);
	err_note(err, "It takes one line: a version (20.11.0, 20), a range, lts/*, the name of a long-term line (lts/iron), or node");
	return -1;
}

int pin_parse_file(struct arena *a, struct str text, const char *what, struct pin *out, struct err *err)
{
	struct str word = STR_NULL;

	*out = (struct pin){0};
	if (str_starts(text, "\xef\xbb\xbf"))
		text = str_skip(text, 3);
	for (struct str rest = text, line; rest.ptr;) {
		line = without_comment(str_cut(rest, '\n', &rest));
		if (line.len && word.len)
			return bad_pin(err, what, "more than one line names a version");
		if (line.len)
			word = line;
	}
	if (!word.len)
		return bad_pin(err, what, "no version is named");
	if (word.len > MAX_WORD || str_find(word, '\0') >= 0)
		return bad_pin(err, what, "that is no version of Node");
	out->text = str_dup(a, word);
	out->range = pin_range(a, word);
	if (!out->range)
		return bad_pin(err, what, arena_printf(a, "'%s' is no version of Node that is known", out->text));
	return 0;
}
