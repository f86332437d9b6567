/* SPDX-License-Identifier: MIT */
#include "sandbox/refusals.h"

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
	memcpy(r->lines[r->count++], line, sizeof(line));
}

void refusals_tell(const struct refusals *r, int fd)
{
	for (unsigned i = 0; fd >= 0 && i < r->count; i++) {
		if (dprintf(fd, "%s\n", r->lines[i]) < 0)
			return;
	}
}
