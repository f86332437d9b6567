/* SPDX-License-Identifier: MIT
 *
 * npm's settings as one table: parsing, checking, the environment, help and completion follow from it.
 */
#pragma once

#include "base/base.h"

struct arena;
struct opt_types;
struct str;
struct vec;

enum setting_flags {
	SETTING_NO_EXPORT = 1,	/* not put into the environment of scripts */
};

struct setting {
	const char *key;
	const char *types;	/* see settings_table.c */
	const char *fallback;	/* JSON of the default; NULL: worked out */
	const char *shorts;	/* one letter each */
	const char *hint;	/* what help writes for the value; NULL: <key> or <number> */
	const char *exclusive;	/* keys it cannot stand with, apart by blanks */
	const char *deprecated;	/* what to use instead; NULL when it is not */
	const char *about;	/* one line */
	unsigned flags;
};

/* By key; ended by an entry without one, which does not count. */
extern const struct setting setting_table[];
extern const size_t setting_count;

const struct setting *setting_find(const char *key);
const struct setting *setting_of_letter(char letter);	/* -g; NULL when it is none's */
/* The types as cli/nopt.h wants them. */
struct opt_types *setting_types(struct arena *a, const struct setting *s);
/* What a spelling on the command line alone stands for: "reg" is --registry, "d" --loglevel info; words apart by
 * blanks; NULL when it is none. setting_shorthand_at walks them: 0, 1, … until NULL. */
const char *setting_shorthand(const char *name);
const char *setting_shorthand_at(size_t i);
/* What a name on the command line stands for that is a shorthand or the letter of a setting; NULL when it is neither. */
const char *setting_words(struct arena *a, const char *name);
void setting_split(struct arena *a, struct vec *out, const char *words);	/* adds each */
/* Keys that stand under a registry (//host/:_authToken). */
bool setting_is_nerfed(const char *key);
/* As npm's help writes it: "-g|--global", "--no-audit", "--omit <dev|optional|peer> [--omit …]". */
const char *setting_usage(struct arena *a, const struct setting *s);
/* "Boolean", "null or String", "\"a\" or \"b\" (can be set multiple times)". */
const char *setting_type_text(struct arena *a, const struct setting *s);
