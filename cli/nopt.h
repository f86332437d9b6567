/* SPDX-License-Identifier: MIT
 *
 * Options on a command line, by the rules of npm's nopt: `--key value`, `--key=value`, `--no-key`, `-abc`,
 * abbreviations, lists, `--`; then each value is made the type its option has, or refused.
 * Values are `struct json`; an option without a type keeps what it was given.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct json;
struct vec;

enum opt_kind {
	OPT_STRING,
	OPT_BOOLEAN,
	OPT_NUMBER,
	OPT_PATH,
	OPT_URL,
	OPT_DATE,
	OPT_UMASK,
	OPT_SEMVER,
	OPT_STREAM,	/* never matches */
	OPT_NAN,	/* never matches */
	OPT_LIST,	/* may be given more than once */
	OPT_LITERAL,	/* this value itself */
};

struct opt_type {
	enum opt_kind kind;
	struct json *literal;	/* OPT_LITERAL */
};

/* What an option may be: one type, or any of a list. */
struct opt_types {
	bool undefined;		/* the option is known, its type is not */
	bool list;		/* written as a list of types */
	uint32_t count;
	struct opt_type *types;
};

/* Names, and what each stands for. Looked at only where the command line has an option: nothing has to be made ready. */
struct opt_names {
	const void *(*find)(void *ctx, const char *name);	/* NULL: there is no such name */
	const char *(*at)(void *ctx, size_t i);			/* 0, 1, … until NULL: those that may be abbreviated */
	void *ctx;
};

struct nopt {
	struct arena *arena;
	struct opt_names types;		/* option to const struct opt_types * */
	struct opt_names shorts;	/* shorthand to const struct vec * of the words it stands for */
	const char *home;	/* for ~/ */
	const char *cwd;	/* paths are made absolute from here */
	bool strict_paths;	/* a path must be text (npm's settings; nopt's own rule takes numbers and null) */
	void *ctx;
	/* Each may be NULL. invalid: the value does not fit; unknown: no such option, next is the word that follows
	 * and is now taken for an argument; abbrev: a beginning was given, -1 ends the parsing. */
	void (*invalid)(void *ctx, const char *key, const struct json *value, const struct opt_types *types);
	void (*unknown)(void *ctx, const char *key, const char *next);
	int (*abbrev)(void *ctx, const char *given, const char *option, struct err *err);
	/* Types of options that are in no table; NULL when it has none. */
	const struct opt_types *(*dynamic)(void *ctx, const char *key);
};

/* args (char *): taken apart in place as nopt's `cooked` list. data gets the options, remain the other words. */
int nopt_parse(struct nopt *n, struct vec *args, struct json *data, struct vec *remain, struct err *err) MUST_USE;
/* Types every value in data; what does not fit is told to invalid and dropped. */
void nopt_clean(struct nopt *n, struct json *data);

/* "null|String|dev|#1|''" as types. */
struct opt_types *opt_types_parse(struct arena *a, const char *words);
bool opt_types_has(const struct opt_types *t, enum opt_kind kind);
bool opt_types_has_null(const struct opt_types *t);
bool opt_types_has_text(const struct opt_types *t, const char *text);
/* The only type is of this kind. */
bool opt_types_is(const struct opt_types *t, enum opt_kind kind);
