/* SPDX-License-Identifier: MIT
 *
 * The bytes of a packument's block, for those who make and read it; nobody else includes this.
 *
 *	head | manifests, as JSON text | records | tags | slots | texts
 *
 * Everything behind the manifests, and the head, is covered by the head's checksum; each manifest by its record's.
 * Offsets are from the block's start; a text's is 0 when there is none. Texts end with a NUL, and so does the block.
 * The byte order is the machine's own: the magic number tells when it is another's.
 */
#pragma once

#include "base/base.h"

#define BLOCK_MAGIC 0x31306B706564636Cu

enum { BLOCK_FULL = 1, BLOCK_NO_CACHE = 2, BLOCK_HAS_TIME = 4 };
enum { RECORD_INSTALL_SCRIPT = 1 };

struct block_head {
	uint64_t magic;
	uint64_t checksum;		/* of the head behind this field and of all from records_at on */
	uint64_t size;
	int64_t fetched_at, max_age, modified;
	uint32_t flags;
	uint32_t n_versions, n_tags, n_slots;
	uint32_t records_at, tags_at, slots_at, texts_at;
	uint32_t name, url, etag, last_modified;
};

struct block_record {
	int64_t time;
	uint64_t manifest_sum;
	uint32_t manifest_at, manifest_len;
	uint32_t version, deprecated, tarball, integrity, shasum;
	uint32_t engines, os, cpu, libc;
	uint32_t flags;
};

struct block_tag {
	uint32_t name, version;
};

uint64_t block_checksum(const uint8_t *block, const struct block_head *head);
