/* SPDX-License-Identifier: MIT
 *
 * Is there anything to do at all? Answered without the network rooms, so that lode itself can say so.
 */
#pragma once

#include "base/base.h"

struct arena;
struct install_options;
struct install_result;
struct tree;

/* Could an install with these options find nothing to do? One that asks for something is no candidate. */
bool uptodate_may_be(const struct install_options *o);
/* Does the answer of such a one hold for this one, too, but for what is to be added? */
bool uptodate_tells(const struct install_options *o);
/* True when an install with these options would change neither node_modules nor package.json nor the lockfile, and no
 * script of a dependency is due; out is then as install_run would leave it. Anything unclear is false. */
bool uptodate(struct arena *a, const struct install_options *o, struct install_result *out);
/* Are there scripts that run even so? Those of links that the project manages itself do on every install. */
bool uptodate_builds(struct arena *a, const struct tree *t);
