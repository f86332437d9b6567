/* SPDX-License-Identifier: MIT
 *
 * Is there anything to do at all? Answered without the network rooms, so that lode itself can say so.
 */
#pragma once

#include "base/base.h"

struct arena;
struct install_options;
struct install_result;

/* True when an install with these options would change neither node_modules nor package.json nor the lockfile, and no
 * script of a dependency is due; out is then as install_run would leave it. Anything unclear is false. */
bool uptodate(struct arena *a, const struct install_options *o, struct install_result *out);
