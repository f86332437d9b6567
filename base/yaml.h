/* SPDX-License-Identifier: MIT
 *
 * YAML as values of base/json.h: mappings become objects, sequences lists, every scalar a text (a plain empty one, `~` and
 * `null` become null). This is the one file that knows libyaml.
 *
 * For files that programs write, such as lockfiles. Aliases are refused, so no text can stand for more than it is;
 * so is nesting deeper than YAML_MAX_DEPTH, a text of more than YAML_MAX_NODES values, and keys that are no scalars.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct err;
struct json;

#define YAML_MAX_DEPTH 50
#define YAML_MAX_NODES 8000000

/* All documents of a text, as a list. NULL on error (EYAMLPARSE, message with line and column); what names the text in it. */
struct json *yaml_parse(struct arena *a, struct str text, const char *what, struct err *err) MUST_USE;
