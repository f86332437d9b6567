/* SPDX-License-Identifier: MIT */
#include "base/checksum.h"

#include <string.h>

/* Four lanes of multiply and rotate, so that a core's multiplier is kept busy; large odd constants. */
#define MULT_A 0x9E3779B97F4A7C15u
#define MULT_B 0xC2B2AE3D27D4EB4Fu

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

void checksum_begin(struct checksum *c, uint64_t seed)
{
	*c = (struct checksum){.seed = seed};
	for (size_t i = 0; i < CHECKSUM_LANES; i++)
		c->lanes[i] = seed + i * MULT_A;
}

static void mix_stripe(uint64_t lanes[CHECKSUM_LANES], const uint8_t *p)
{
	for (size_t i = 0; i < CHECKSUM_LANES; i++)
		lanes[i] = mix(lanes[i], load64(p + 8 * i));
}

/* All whole stripes; returns what is left of len. */
static size_t mix_stripes(uint64_t lanes[CHECKSUM_LANES], const uint8_t *p, size_t len)
{
	for (; len >= CHECKSUM_STRIPE; len -= CHECKSUM_STRIPE, p += CHECKSUM_STRIPE)
		mix_stripe(lanes, p);
	return len;
}

/* The lanes, and what made no whole stripe. */
static uint64_t gather(const uint64_t lanes[CHECKSUM_LANES], uint64_t h, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < CHECKSUM_LANES; i++)
		h = mix(h, lanes[i]);
	for (; len >= 8; len -= 8, p += 8)
		h = mix(h, load64(p));
	for (; len; len--, p++)
		h = mix(h, *p);
	return finish(h);
}

void checksum_add(struct checksum *c, const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t fill = c->n_rest ? CHECKSUM_STRIPE - c->n_rest : 0, left;

	c->total += len;
	if (fill > len)
		fill = len;
	if (fill) {
		memcpy(c->rest + c->n_rest, p, fill);
		c->n_rest += fill;
		p += fill;
		len -= fill;
		if (c->n_rest < CHECKSUM_STRIPE)
			return;
		mix_stripe(c->lanes, c->rest);
	}
	left = mix_stripes(c->lanes, p, len);
	if (left)
		memcpy(c->rest, p + len - left, left);
	c->n_rest = left;
}

uint64_t checksum_end(const struct checksum *c)
{
	return gather(c->lanes, c->seed ^ c->total * MULT_B, c->rest, c->n_rest);
}

uint64_t checksum64(const void *data, size_t len, uint64_t seed)
{
	struct checksum c;
	size_t left;

	checksum_begin(&c, seed);
	left = mix_stripes(c.lanes, data, len);
	return gather(c.lanes, seed ^ len * MULT_B, (const uint8_t *)data + len - left, left);
}
