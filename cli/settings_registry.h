/* SPDX-License-Identifier: MIT
 *
 * What the settings say about network and cache, as those rooms want it.
 */
#pragma once

#include "base/base.h"
#include "cache/cache.h"
#include "registry/registry.h"

struct cli;
struct err;

/* The built-in registry's URL, with a slash at its end; NULL when there is none. */
const char *settings_public_registry(struct cli *cli);
/* ENOREGISTRY when no registry is set or built in. out->cache is left NULL. */
int settings_registry(struct cli *cli, struct registry_options *out, struct err *err) MUST_USE;
void settings_cache(struct cli *cli, struct cache_options *out);
