/* SPDX-License-Identifier: MIT */
#include "install/inplace.h"

#include "base/arena.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"

#include <string.h>

const char *inplace_modules(struct arena *a, const char *path)
{
	const char *at = strstr(path, "/node_modules/");

	return at ? arena_strndup(a, path, (size_t)(at - path) + strlen("/node_modules")) : NULL;
}

const char *inplace_expected(struct arena *a, const char *path)
{
	const char *modules = inplace_modules(a, path);
	const char *real = modules ? fs_realpath(a, modules) : NULL;

	return real ? path_join(a, real, path + strlen(modules) + 1) : NULL;
}

bool inplace_is(struct arena *a, const char *path)
{
	const char *dir = path_dir(a, path), *real, *expected;

	if (!inplace_modules(a, dir))
		return true;
	real = fs_realpath(a, dir);
	expected = inplace_expected(a, dir);
	return !real || !expected || streq(real, expected);
}
