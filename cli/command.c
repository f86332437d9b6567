/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

#define MAX_NAME 64

const struct command *command_get(const char *name)
{
	for (const struct command *c = command_table; c->name; c++)
		if (streq(c->name, name))
			return c;
	return NULL;
}

static bool has_alias(const struct command *c, const char *name)
{
	for (const char *const *a = c->aliases; a && *a; a++)
		if (streq(*a, name))
			return true;
	return false;
}

/* installTest is install-test. */
static bool dashed(const char *name, char out[MAX_NAME])
{
	size_t n = 0;
	for (; *name; name++) {
		if (n + 3 > MAX_NAME)
			return false;
		if (isupper((unsigned char)*name))
			out[n++] = '-';
		out[n++] = (char)tolower((unsigned char)*name);
	}
	out[n] = '\0';
	return true;
}

/* The one command that some name or alias starting so belongs to: as npm, two spellings of one command are no
 * choice to make only when one word alone begins so. */
static const struct command *by_abbreviation(const char *name)
{
	const struct command *found = NULL;
	int matches = 0;
	for (const struct command *c = command_table; c->name; c++) {
		if (cstr_starts(c->name, name)) {
			found = c;
			matches++;
		}
		for (const char *const *a = c->aliases; a && *a; a++) {
			if (!cstr_starts(*a, name))
				continue;
			found = c;
			matches++;
		}
	}
	return matches == 1 ? found : NULL;
}

const struct command *command_find(const char *name)
{
	char plain[MAX_NAME];
	if (!name || !*name || !dashed(name, plain))
		return NULL;
	const struct command *c = command_get(plain);
	if (c)
		return c;
	for (c = command_table; c->name; c++)
		if (has_alias(c, plain))
			return c;
	return by_abbreviation(plain);
}

command_run *command_run_in(const struct command_entry *list, const char *name)
{
	for (; list && list->name; list++)
		if (streq(list->name, name))
			return list->run;
	return NULL;
}
