/* SPDX-License-Identifier: MIT
 *
 * A fast 64-bit checksum that finds damage: a flipped bit, a cut, two pieces swapped. It is no defence against
 * someone who wants to fool it; that is what base/digest.h is for.
 */
#pragma once

#include "base/base.h"

uint64_t checksum64(const void *data, size_t len, uint64_t seed);

#define CHECKSUM_LANES 4
#define CHECKSUM_STRIPE ((size_t)8 * CHECKSUM_LANES)

/* The same sum of bytes that come in pieces. */
struct checksum {
	uint64_t lanes[CHECKSUM_LANES], seed;
	size_t total, n_rest;
	uint8_t rest[CHECKSUM_STRIPE];	/* what made no whole stripe yet */
};

void checksum_begin(struct checksum *c, uint64_t seed);
void checksum_add(struct checksum *c, const void *data, size_t len);
uint64_t checksum_end(const struct checksum *c);
