/* SPDX-License-Identifier: MIT */
#include "sandbox/refusals.h"

#include "base/path.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Details come from a stranger: a line stays a line. */
static void flatten(char *line)
{
	for (; *line; line++) {
		if ((unsigned char)*line < ' ' || *line == 0x7f)
			*line = '?';
	}
}

/* The detail of a line that is of the kind, else NULL. */
static const char *detail_of(const char *line, const char *kind)
{
	size_t n = strlen(kind);

	return cstr_starts(line, kind) && line[n] == ' ' ? line + n + 1 : NULL;
}

static unsigned count_of(const struct refusals *r, const char *kind)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->count; i++)
		n += detail_of(r->lines[i], kind) != NULL;
	return n;
}

bool refusals_have_below(const struct refusals *r, const char *kind, const char *dir)
{
	for (unsigned i = 0; i < r->count; i++) {
		const char *detail = detail_of(r->lines[i], kind);

		if (detail && !streq(detail, dir) && path_is_in(detail, dir))
			return true;
	}
	return false;
}

void refusals_add(struct refusals *r, const char *kind, const char *detail)
{
	char line[512];

	if (r->count == REFUSALS_MAX)
		return;
	if (snprintf(line, sizeof(line), "%s %s", kind, detail) < 0)
		return;
	flatten(line);
	for (unsigned i = 0; i < r->count; i++) {
		if (streq(r->lines[i], line))
			return;
	}
	if (count_of(r, kind) < REFUSALS_OF_A_KIND)
		memcpy(r->lines[r->count++], line, sizeof(line));
	else if (!streq(kind, REFUSED_MORE))
		refusals_add(r, REFUSED_MORE, kind);
}

void refusals_tell(const struct refusals *r, int fd)
{
	for (unsigned i = 0; fd >= 0 && i < r->count; i++) {
		if (dprintf(fd, "%s\n", r->lines[i]) < 0)
			return;
	}
}
