/* SPDX-License-Identifier: MIT
 *
 * A fast 64-bit checksum that finds damage: a flipped bit, a cut, two pieces swapped. It is no defence against
 * someone who wants to fool it; that is what base/digest.h is for.
 */
#pragma once

#include "base/base.h"

uint64_t checksum64(const void *data, size_t len, uint64_t seed);
