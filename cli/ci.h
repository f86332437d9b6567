/* SPDX-License-Identifier: MIT
 *
 * Is this a build server, and which? Known by the variables they set.
 */
#pragma once

#include "base/base.h"

bool ci_is(char *const *environ);
/* "github-actions"; NULL when none is known. */
const char *ci_name(char *const *environ);
