/* SPDX-License-Identifier: MIT */
#include "registry/giturl.h"

#include "base/arena.h"
#include "base/path.h"
#include "base/str.h"
#include "registry/gitsrc.h"

#include <string.h>

bool giturl_is_local(const char *url)
{
	return path_is_absolute(url) || cstr_starts(url, "file:") || (!strstr(url, "://") && !strchr(url, ':'));
}

const char *giturl_plain(struct arena *a, const char *url)
{
	const char *rest, *colon, *slash;
	size_t end;

	if (cstr_starts(url, "git+"))
		url += 4;
	end = strcspn(url, "#");
	url = arena_strndup(a, url, end);
	if (!cstr_starts(url, "ssh://"))
		return url;
	rest = url + strlen("ssh://");
	slash = strchr(rest, '/');
	colon = strrchr(slash ? arena_strndup(a, rest, (size_t)(slash - rest)) : rest, ':');
	if (!colon || strspn(colon + 1, "0123456789") == strlen(colon + 1))
		return url;
	return rest;
}

const char *giturl_submodule(struct arena *a, const char *base, const char *url)
{
	struct str at = str_from(base);

	if (!cstr_starts(url, "./") && !cstr_starts(url, "../"))
		return url;
	while (at.len && at.ptr[at.len - 1] == '/')
		at.len--;
	for (; cstr_starts(url, "./") || cstr_starts(url, "../"); url += url[1] == '/' ? 2 : 3) {
		ptrdiff_t cut = str_rfind(at, '/');

		if (url[1] == '.' && cut > 0)
			at.len = (size_t)cut;
	}
	return arena_printf(a, "%.*s/%s", STR_ARGS(at), url);
}

const char *git_resolved(struct arena *a, const char *url, const char *sha, const char *subdir)
{
	const char *plus = cstr_starts(url, "git+") || cstr_starts(url, "git:") || cstr_starts(url, "git@") ? "" : "git+";
	const char *base = arena_strndup(a, url, strcspn(url, "#"));

	if (subdir && *subdir)
		return arena_printf(a, "%s%s#%s::path:%s", plus, base, sha, subdir);
	return arena_printf(a, "%s%s#%s", plus, base, sha);
}
