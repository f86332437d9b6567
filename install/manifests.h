/* SPDX-License-Identifier: MIT
 *
 * What packages somebody names are, without looking at what they need: all of them are asked for at once.
 *
 *	struct manifest_ask asks[] = {{.spec = one}, {.spec = other}};
 *	if (manifests_ask(a, &options, asks, 2, err) < 0) … the first that could not be had
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct install_options;
struct manifest;
struct spec;

struct manifest_ask {
	const struct spec *spec;		/* registry, git, remote, file or directory */
	const struct manifest *manifest;	/* the answer, normalised */
	const char *resolved;			/* its tarball, its repository with the commit, or its folder */
};

/* Registries are asked anew unless the settings prefer what is cached. ETARGET, E404, ENOENT, EALLOWGIT and its kin. */
int manifests_ask(struct arena *a, const struct install_options *o, struct manifest_ask *asks, size_t n, struct err *err)
	MUST_USE;
