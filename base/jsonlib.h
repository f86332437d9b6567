/* SPDX-License-Identifier: MIT
 *
 * cJSON, behind the one function that json.h needs of it.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct json;

/* The value in a text that holds nothing cJSON would let through and JSON does not (see base/jsonparse.c). NULL when it is none;
 * *at is then where. On any thread, one at a time. */
struct json *jsonlib_read(struct arena *a, struct str text, size_t *at);
