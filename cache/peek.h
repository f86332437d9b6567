/* SPDX-License-Identifier: MIT
 *
 * What the store wants to know of a package.json it unpacks. It looks into the text and judges nothing: resolver/ reads
 * manifests for good.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct vec;

/* What goes into `recorded`. */
#define PEEK_RECORDED 6
extern const char *const peek_recorded[PEEK_RECORDED];

struct peek {
	const char *name, *version;	/* NULL when missing or no text */
	bool has_install_script;	/* preinstall, install or postinstall */
	bool gypfile_off;		/* "gypfile": false */
	const char *recorded;		/* as store_package's; NULL when there is nothing */
};

struct peek peek_package(struct arena *a, struct str package_json);
/* The files `bin` names, relative and normal: const char * each; none leaves the package. */
void peek_bins(struct arena *a, struct str package_json, struct vec *paths);
