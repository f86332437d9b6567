/* SPDX-License-Identifier: MIT
 *
 * POSIX paths as text, with the meaning of Node's `path` module; no file system is asked. Results live in the arena.
 */
#pragma once

#include "base/base.h"

struct arena;

const char *path_join(struct arena *a, const char *dir, const char *rest);	/* path.join(dir, rest): normalised */
const char *path_below(struct arena *a, const char *dir, const char *rest);	/* dir/rest as they stand: for paths that are normal */
const char *path_normal(struct arena *a, const char *path);			/* path.normalize */
const char *path_resolve(struct arena *a, const char *base, const char *path);	/* path.resolve(base, path); base is absolute */
const char *path_relative(struct arena *a, const char *from, const char *to);	/* path.relative; both absolute */
const char *path_dir(struct arena *a, const char *path);			/* path.dirname */
const char *path_base(const char *path);					/* after the last slash; borrowed */
const char *path_ext(const char *path);						/* path.extname; borrowed, "" when none */
bool path_is_absolute(const char *path);
/* Is `path` `dir` itself or below it; both normal and absolute. */
bool path_is_in(const char *path, const char *dir);
