/* SPDX-License-Identifier: MIT
 *
 * Dates as JavaScript's Date.parse reads them in ISO 8601 form.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

#define ISODATE_NONE INT64_MIN

/* Milliseconds since 1970: "2026-01-31", "2026-01-31T23:59[:59[.123]][Z|+hh:mm]" (no zone: UTC). ISODATE_NONE for anything else. */
int64_t isodate_parse(struct str text);
