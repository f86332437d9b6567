/* SPDX-License-Identifier: MIT
 *
 * The bytes of a packument's block, for those who make and read it; nobody else includes this.
 *
 *	head | records | order | slots | tags | texts | lists | values
 *
 * What is needed to choose a version lies in front: one record a version, their numbers from the highest to the lowest
 * (what is no version comes last), a hash table over their texts. The manifests lie behind: a list of members for each,
 * and each member ("key":value, as JSON text) once in `values` however many versions have it, which makes a block a
 * fraction of the document. Members that an install looks at come first in a list.
 *
 * Offsets are from the block's start; a text's is 0 when there is none. Texts and members end with a NUL, and so does
 * the block. One checksum covers what is in front of the lists, another the rest. The byte order is the machine's own:
 * the magic number tells when it is another's.
 */
#pragma once

#include "base/base.h"

#define BLOCK_MAGIC 0x32306B706564636Cu

enum { BLOCK_FULL = 1, BLOCK_NO_CACHE = 2, BLOCK_HAS_TIME = 4 };
enum { RECORD_INSTALL_SCRIPT = 1 };

struct block_head {
	uint64_t magic;
	uint64_t index_sum;		/* of the head behind this field and of all in front of the lists */
	uint64_t values_sum;		/* of lists and values */
	uint64_t size;
	int64_t fetched_at, max_age, modified;
	uint32_t flags;
	uint32_t n_versions, n_slots, n_tags, n_members;
	uint32_t lists_at;
	uint32_t name, url, etag, last_modified;
};

struct block_record {
	int64_t time;
	uint32_t version, deprecated;
	uint32_t engines, dist;		/* where these members' values are */
	uint32_t first;			/* of its members, in the lists */
	uint32_t n_members, n_needed;	/* so many of them; the first of these are what an install looks at */
	uint32_t flags;
};

struct block_tag {
	uint32_t name, version;
};

/* Where the parts in front begin. In 64 bits: counts are anything until they are checked. */
struct block_parts {
	uint64_t order, slots, tags, texts;
};

static inline struct block_parts block_parts(const struct block_head *h)
{
	uint64_t order = sizeof(*h) + (uint64_t)h->n_versions * sizeof(struct block_record);
	uint64_t slots = order + (uint64_t)h->n_versions * sizeof(uint32_t);
	uint64_t tags = slots + (uint64_t)h->n_slots * sizeof(uint32_t);

	return (struct block_parts){order, slots, tags, tags + (uint64_t)h->n_tags * sizeof(struct block_tag)};
}

uint64_t block_index_sum(const uint8_t *block, const struct block_head *head);
uint64_t block_values_sum(const uint8_t *block, const struct block_head *head);
