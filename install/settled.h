/* SPDX-License-Identifier: MIT
 *
 * After an install that changed something: would the next one find nothing to do? Known from what this one did, so that nobody
 * has to compare all of it again (cli/standing.h). Whatever is not plain is left to the next one's own eyes.
 */
#pragma once

#include "base/base.h"

struct project;
struct reify;
struct tree;

/* To be asked when all is in place and the lockfile written, while packages for other platforms are still in the tree.
 * lacking: but for optional packages that the registry did not have, and may have some day. */
/* Does every edge of the tree hold? What could not be had is in the way, but for what `lacking` says. */
bool settled_holds(const struct tree *t, bool *lacking);
bool settled(const struct reify *r, const struct project *p, bool *lacking);
