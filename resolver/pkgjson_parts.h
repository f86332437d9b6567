/* SPDX-License-Identifier: MIT
 *
 * pkgjson.c's steps that have a file of their own; nobody else includes this.
 */
#pragma once

#include "base/base.h"

struct arena;
struct json;

void pkgjson_fix_repository(struct arena *a, struct json *pkg);
void pkgjson_fix_dependencies(struct arena *a, struct json *pkg);
void pkgjson_normalize_data(struct arena *a, struct json *pkg);
/* A text cut at every run of the characters, empty pieces kept, as a list. */
struct json *pkgjson_split(struct arena *a, const char *text, const char *separators);
