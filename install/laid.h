/* SPDX-License-Identifier: MIT
 *
 * What an install laid into a node_modules that was not there before, so that the next project with the same files gets the same
 * (install/layout.h). Only for packages from a registry, each with its integrity, and nothing else.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct arena;
struct reify;

struct laid_package {
	const char *path;		/* below node_modules */
	const char *integrity;
	uint32_t weight;		/* files and folders in it */
};

struct laid {
	struct vec packages;		/* struct laid_package; those that a package brings itself are not among them */
	struct vec bins;		/* const char *: folders of bin links, below node_modules */
};

/* NULL where something else was laid, too. */
const struct laid *laid_of(const struct reify *r);
