/* SPDX-License-Identifier: MIT
 *
 * Command lines for which a shell would do no more than start one program: it need not be started for them.
 */
#pragma once

#include "base/base.h"

struct arena;

/* The words of a line, NULL-ended: runs of letters, digits and %+,-./:=@_ and texts in single quotes, between blanks. NULL where
 * a shell would see more in it, or does the first word itself. */
const char **plain_words(struct arena *a, const char *line);
