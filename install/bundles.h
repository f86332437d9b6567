/* SPDX-License-Identifier: MIT
 *
 * Packages that bundle others, when a tree is made real: they are unpacked before the rest, because only then is it known
 * what they bring; what they bring then takes its place in the ideal tree.
 */
#pragma once

#include "base/base.h"

struct err;
struct reify;

/* Stages all new packages with bundleDependencies, top down; loads their bundles into the ideal tree, prunes what is
 * only there because of what they bring, and works the diff out again. */
int bundles_stage(struct reify *r, struct err *err) MUST_USE;
/* The diff between the actual and the ideal tree, as far as the options ask. */
void bundles_diff(struct reify *r);
