/* SPDX-License-Identifier: MIT */
#include "resolver/spdx.h"

#include "base/arena.h"
#include "base/str.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define MAX_DEPTH 100

struct reader {
	struct arena *arena;
	const char *at;
	unsigned depth;
	bool failed;
};

static struct spdx expression(struct reader *r);

static void skip_blanks(struct reader *r)
{
	while (*r->at == ' ')
		r->at++;
}

static bool take(struct reader *r, const char *word)
{
	skip_blanks(r);
	if (strncasecmp(r->at, word, strlen(word)) != 0)
		return false;
	r->at += strlen(word);
	return true;
}

static const char *take_id(struct reader *r)
{
	const char *from;

	skip_blanks(r);
	from = r->at;
	while (isalnum((unsigned char)*r->at) || *r->at == '-' || *r->at == '.')
		r->at++;
	return arena_strndup(r->arena, from, (size_t)(r->at - from));
}

static bool is_listed(struct reader *r, const char *const *lists, const char *id)
{
	const char *word = arena_printf(r->arena, " %s ", id);

	for (; *id && *lists; lists++)
		if (strstr(*lists, word))
			return true;
	return false;
}

static struct spdx fail(struct reader *r)
{
	r->failed = true;
	return (struct spdx){SPDX_NONE, NULL};
}

/* "DocumentRef-x:LicenseRef-y", "LicenseRef-y"; NULL when it is none. */
static const char *reference(struct reader *r)
{
	const char *from = r->at, *document = NULL, *id;

	if (strncmp(r->at, "DocumentRef-", 12) == 0) {
		document = take_id(r);
		if (!take(r, ":"))
			r->failed = true;
	}
	if (strncmp(r->at, "LicenseRef-", 11) != 0) {
		r->at = from;
		return NULL;
	}
	id = take_id(r);
	return document ? arena_printf(r->arena, "%s:%s", document, id) : id;
}

static struct spdx license(struct reader *r)
{
	const char *id;

	skip_blanks(r);
	id = reference(r);
	if (id)
		return (struct spdx){SPDX_LICENSE, id};
	id = take_id(r);
	if (!is_listed(r, spdx_licenses, id))
		return fail(r);
	if (*r->at == '+')
		r->at++;
	if (take(r, "WITH") && !is_listed(r, spdx_exceptions, take_id(r)))
		return fail(r);
	return (struct spdx){SPDX_LICENSE, id};
}

static struct spdx atom(struct reader *r)
{
	struct spdx inner;

	if (!take(r, "("))
		return license(r);
	if (++r->depth > MAX_DEPTH)
		return fail(r);
	inner = expression(r);
	r->depth--;
	return take(r, ")") ? inner : fail(r);
}

static struct spdx conjunction(struct reader *r)
{
	struct spdx first = atom(r);

	while (!r->failed && take(r, "AND")) {
		atom(r);
		first = (struct spdx){SPDX_COMPOUND, NULL};
	}
	return first;
}

static struct spdx expression(struct reader *r)
{
	struct spdx first = conjunction(r);

	while (!r->failed && take(r, "OR")) {
		conjunction(r);
		first = (struct spdx){SPDX_COMPOUND, NULL};
	}
	return first;
}

struct spdx spdx_parse(struct arena *a, const char *text)
{
	struct reader r = {.arena = a, .at = text};
	struct spdx all;

	if (!text || !*text)
		return (struct spdx){SPDX_NONE, NULL};
	all = expression(&r);
	skip_blanks(&r);
	return r.failed || *r.at ? (struct spdx){SPDX_NONE, NULL} : all;
}
