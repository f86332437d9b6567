/* SPDX-License-Identifier: MIT */
#include "base/checksum.h"

#include <string.h>

/* Four lanes of multiply and rotate, so that a core's multiplier is kept busy; large odd constants. */
#define MULT_A 0x9E3779B97F4A7C15u
#define MULT_B 0xC2B2AE3D27D4EB4Fu
#define LANES 4

static uint64_t rotl(uint64_t v, unsigned n)
{
	return v << n | v >> (64 - n);
}

static uint64_t load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint64_t mix(uint64_t lane, uint64_t v)
{
	return rotl(lane ^ v * MULT_A, 29) * MULT_B + 1;
}

static uint64_t finish(uint64_t h)
{
	h ^= h >> 32;
	h *= MULT_A;
	h ^= h >> 29;
	h *= MULT_B;
	return h ^ h >> 32;
}

uint64_t checksum64(const void *data, size_t len, uint64_t seed)
{
	const uint8_t *p = data;
	uint64_t lanes[LANES], h = seed ^ len * MULT_B;

	for (size_t i = 0; i < LANES; i++)
		lanes[i] = seed + i * MULT_A;
	for (; len >= 8 * LANES; len -= 8 * LANES, p += 8 * LANES)
		for (size_t i = 0; i < LANES; i++)
			lanes[i] = mix(lanes[i], load64(p + 8 * i));
	for (size_t i = 0; i < LANES; i++)
		h = mix(h, lanes[i]);
	for (; len >= 8; len -= 8, p += 8)
		h = mix(h, load64(p));
	for (; len; len--, p++)
		h = mix(h, *p);
	return finish(h);
}
