/* SPDX-License-Identifier: MIT
 *
 * What an answer's headers say about keeping it. Pure.
 */
#pragma once

#include "base/base.h"

struct arena;
struct net_response;
struct packument_meta;

/* Fills etag, last_modified, max_age and no_cache (texts copied to the arena). False: it must not be kept (no-store). */
bool freshness_of(struct arena *a, const struct net_response *r, struct packument_meta *meta);
