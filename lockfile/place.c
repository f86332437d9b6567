/* SPDX-License-Identifier: MIT */
#include "lockfile/place.h"

#include "base/arena.h"
#include "base/path.h"

#include <string.h>

const char *name_from_folder(struct arena *a, const char *path)
{
	const char *base = path_base(path);
	const char *scope = path_base(path_dir(a, path));
	return scope[0] == '@' ? arena_printf(a, "%s/%s", scope, base) : arena_strdup(a, base);
}

bool place_in_node_modules(const char *location)
{
	for (const char *at = strstr(location, "node_modules/"); at; at = strstr(at + 1, "node_modules/"))
		if (at == location || at[-1] == '/')
			return true;
	return false;
}
