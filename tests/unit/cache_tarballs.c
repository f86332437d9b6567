/* SPDX-License-Identifier: MIT */
#include "tests/unit/cache_tarballs.h"

#include <stdio.h>
#include <string.h>

#define BLOCK 512

static void put_header(struct buf *out, const struct tar_part *p, size_t size)
{
	char h[BLOCK] = {0};
	unsigned sum = 0;

	strncpy(h, p->name, 100);
	snprintf(h + 100, 8, "%07o", p->mode ? p->mode : 0644u);
	snprintf(h + 108, 8, "%07o", 0u);
	snprintf(h + 116, 8, "%07o", 0u);
	snprintf(h + 124, 12, "%011zo", size);
	snprintf(h + 136, 12, "%011o", 0u);
	memset(h + 148, ' ', 8);
	h[156] = p->type ? p->type : '0';
	if (p->link)
		strncpy(h + 157, p->link, 100);
	memcpy(h + 257, "ustar\00000", 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
	buf_add(out, h, BLOCK);
}

void tar_put(struct buf *out, const struct tar_part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t size = parts[i].data ? strlen(parts[i].data) : 0;

		put_header(out, &parts[i], size);
		buf_add(out, parts[i].data, size);
		buf_repeat(out, '\0', (BLOCK - size % BLOCK) % BLOCK);
	}
}

void tar_finish(struct buf *out)
{
	buf_repeat(out, '\0', (size_t)2 * BLOCK);
}
