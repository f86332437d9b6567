/* SPDX-License-Identifier: MIT */
#include "install/shared.h"

#include "base/arena.h"
#include "base/fs.h"
#include "resolver/isolated.h"

#include <string.h>

bool shared_holds(struct arena *a, const char *path)
{
	const char *store = strstr(path, "/" ISOLATED_STORE "/"), *end;

	end = store ? strstr(store + strlen("/" ISOLATED_STORE "/"), "/node_modules/") : NULL;
	return end && fs_lstat(arena_strndup(a, path, (size_t)(end - path))).kind == FS_LINK;
}
