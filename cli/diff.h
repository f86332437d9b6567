/* SPDX-License-Identifier: MIT
 *
 * Two packages compared, file by file.
 *
 *	struct diff_side a, b;
 *	diff_side_load(&source, "foo@1.0.0", &a, err), diff_side_load(&source, "file:/project", &b, err)
 *	diff_write(&out, arena, (const struct diff_side *[]){&a, &b}, &look);
 */
#pragma once

#include "base/base.h"
#include "base/str.h"
#include "base/vec.h"

struct arena;
struct buf;
struct cli;
struct err;
struct online;

struct diff_file {
	const char *name;	/* without the package's own folder */
	const char *mode;	/* "100644" */
	struct str text;
};

/* A package's files that were asked for, in the order in which it is packed. */
struct diff_side {
	const char *version;	/* NULL: it has none */
	struct vec files;	/* struct diff_file */
};

struct diff_source {
	struct cli *cli;
	struct online *net;
	const char *top;	/* the project: what lies in its node_modules is not packed but taken as it lies there */
	char **patterns;	/* files and folders that are asked for */
	int n_patterns;		/* 0: all */
};

/* spec: a registry's package, "file:" with a folder or tarball, a URL, a repository. */
int diff_side_load(const struct diff_source *from, const char *spec, struct diff_side *out, struct err *err) MUST_USE;

struct diff_look {
	const char *old_prefix, *new_prefix, *version_prefix;
	size_t context;
	bool names_only, ignore_space, all_text, color;
};

/* In the form of git's diff; nothing when they are equal. */
void diff_write(struct buf *out, struct arena *a, const struct diff_side *const sides[2], const struct diff_look *look);
/* Is the file one whose contents are not compared line by line, by its name? */
bool diff_is_binary(struct arena *a, const char *name);
