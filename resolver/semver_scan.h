/* SPDX-License-Identifier: MIT
 *
 * What versions and ranges share, inside resolver/ only: the grammar's smallest pieces.
 */
#pragma once

#include "resolver/semver.h"

/* npm's regular expressions stop at these, to stay linear. */
#define SEMVER_MAX_DIGITS 256
#define SEMVER_MAX_TAIL 250

static inline bool semver_is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

/* Letters, digits and the dash. */
static inline bool semver_is_id_char(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26 || semver_is_digit(c) || c == '-';
}

/* "a.1.b-c": not empty, no empty identifier; strict: no leading zeros in numbers. */
bool semver_ids_valid(struct str ids, bool loose);
/* What follows major.minor.patch, without build: "" or "-beta.1" (loose: "beta.1" too); *pre is without its dash. */
bool semver_prerelease_valid(struct str rest, bool loose, struct str *pre);

/* A text that has a version's shape may still be out of bounds: ranges have to tell the two apart. */
enum semver_shape { SEMVER_NO_SHAPE, SEMVER_OUT_OF_BOUNDS, SEMVER_FITS };
enum semver_shape semver_scan(struct semver *v, struct str text, bool loose);
