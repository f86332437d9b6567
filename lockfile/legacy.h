/* SPDX-License-Identifier: MIT
 *
 * v1 lockfiles, whose `dependencies` nest as node_modules does and whose `version` holds all sorts of things, as
 * entries by location.
 */
#pragma once

struct arena;
struct lockfile;
struct manifest;

/* Fills lf->packages from lf->data's dependencies. What the root itself wants comes from its package.json (may be NULL). */
void legacy_read(struct arena *a, struct lockfile *lf, const struct manifest *root);
