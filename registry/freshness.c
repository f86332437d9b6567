/* SPDX-License-Identifier: MIT */
#include "registry/freshness.h"

#include "base/arena.h"
#include "base/str.h"
#include "registry/net.h"
#include "resolver/packument.h"

#include <string.h>
#include <strings.h>

static bool is_word(struct str s, const char *word)
{
	return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

static struct str unquoted(struct str s)
{
	if (s.len >= 2 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"')
		return (struct str){s.ptr + 1, s.len - 2};
	return s;
}

bool freshness_of(struct arena *a, const struct net_response *r, struct packument_meta *meta)
{
	struct str rest = str_from(net_response_header(r, "cache-control"));
	uint64_t age = 0, seconds;
	bool keep = true;

	meta->etag = arena_strdup(a, net_response_header(r, "etag"));
	meta->last_modified = arena_strdup(a, net_response_header(r, "last-modified"));
	meta->max_age = -1;
	meta->no_cache = false;
	while (rest.ptr) {
		struct str value, name = str_trim(str_cut(str_trim(str_cut(rest, ',', &rest)), '=', &value));

		if (is_word(name, "no-store"))
			keep = false;
		else if (is_word(name, "no-cache"))
			meta->no_cache = true;
		else if (is_word(name, "max-age") && str_to_u64(unquoted(str_trim(value)), &seconds))
			meta->max_age = (int64_t)seconds;
	}
	/* What a proxy on the way has kept for a while is that much older. */
	if (meta->max_age > 0 && str_to_u64(str_trim(str_from(net_response_header(r, "age"))), &age))
		meta->max_age = age < (uint64_t)meta->max_age ? meta->max_age - (int64_t)age : 0;
	return keep;
}
