/* SPDX-License-Identifier: MIT */
#include "resolver/packument.h"

#include "base/arena.h"
#include "base/checksum.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jsonscan.h"
#include "base/map.h"
#include "resolver/packument_block.h"

#include <stddef.h>
#include <string.h>

uint64_t block_index_sum(const uint8_t *block, const struct block_head *head)
{
	size_t from = offsetof(struct block_head, values_sum);

	return checksum64(block + from, head->lists_at - from, 0);
}

uint64_t block_values_sum(const uint8_t *block, const struct block_head *head)
{
	return checksum64(block + head->lists_at, head->size - head->lists_at, 0);
}

static const char *text_at(const struct packument *p, uint32_t at)
{
	return at && at < p->size ? (const char *)p->block + at : NULL;
}

static const char *text_or_empty(const struct packument *p, uint32_t at)
{
	const char *text = text_at(p, at);

	return text ? text : "";
}

/* Do the parts lie one behind the other, each of the size it says? */
static bool parts_fit(const struct block_head *h, const struct block_parts *at, size_t size)
{
	return h->size == size && at->texts <= h->lists_at && (h->n_slots & (h->n_slots - 1)) == 0 &&
	       h->lists_at + (uint64_t)h->n_members * sizeof(uint32_t) < size;
}

bool packument_open(struct packument *p, const void *block, size_t size)
{
	struct block_head h;
	struct block_parts at;

	*p = (struct packument){.block = block, .size = size};
	if (size < sizeof(h) + 1 || size > UINT32_MAX || p->block[size - 1])
		return false;
	memcpy(&h, block, sizeof(h));
	at = block_parts(&h);
	if (h.magic != BLOCK_MAGIC || !parts_fit(&h, &at, size) || h.index_sum != block_index_sum(block, &h))
		return false;
	p->order_at = (uint32_t)at.order;
	p->slots_at = (uint32_t)at.slots;
	p->tags_at = (uint32_t)at.tags;
	p->lists_at = h.lists_at;
	p->n_slots = h.n_slots;
	p->name = text_or_empty(p, h.name);
	p->n_versions = h.n_versions;
	p->n_tags = h.n_tags;
	p->has_time = h.flags & BLOCK_HAS_TIME;
	p->modified = h.modified;
	p->meta = (struct packument_meta){
		.url = text_or_empty(p, h.url),
		.etag = text_at(p, h.etag),
		.last_modified = text_at(p, h.last_modified),
		.fetched_at = h.fetched_at,
		.max_age = h.max_age,
		.no_cache = h.flags & BLOCK_NO_CACHE,
		.full = h.flags & BLOCK_FULL,
	};
	return true;
}

/* Copied out: a block in a file may lie at any address. */
static struct block_record record_at(const struct packument *p, uint32_t i)
{
	struct block_record r;

	memcpy(&r, p->block + sizeof(struct block_head) + (size_t)i * sizeof(r), sizeof(r));
	return r;
}

static uint32_t number_at(const struct packument *p, uint32_t part, uint32_t i)
{
	uint32_t n;

	memcpy(&n, p->block + part + (size_t)i * sizeof(n), sizeof(n));
	return n;
}

struct packument_version packument_at(const struct packument *p, uint32_t i)
{
	struct block_record r = record_at(p, i);

	return (struct packument_version){
		.version = text_or_empty(p, r.version),
		.deprecated = text_at(p, r.deprecated),
		.engines = str_from(text_at(p, r.engines)),
		.time = r.time,
		.has_install_script = r.flags & RECORD_INSTALL_SCRIPT,
	};
}

const char *packument_version_text(const struct packument *p, uint32_t i)
{
	return text_or_empty(p, record_at(p, i).version);
}

struct packument_dist packument_dist(struct arena *a, const struct packument *p, uint32_t i)
{
	struct str dist = str_from(text_at(p, record_at(p, i).dist));

	return (struct packument_dist){
		.tarball = jscan_string_of(a, jscan_find(dist, "tarball")),
		.integrity = jscan_string_of(a, jscan_find(dist, "integrity")),
		.shasum = jscan_string_of(a, jscan_find(dist, "shasum")),
	};
}

uint32_t packument_descending(const struct packument *p, uint32_t i)
{
	uint32_t at = number_at(p, p->order_at, i);

	return at < p->n_versions ? at : 0;
}

ptrdiff_t packument_find(const struct packument *p, const char *version)
{
	uint32_t slot, i, hash = str_hash(version, strlen(version));

	for (uint32_t step = 0; step < p->n_slots; step++) {
		slot = (hash + step) & (p->n_slots - 1);
		i = number_at(p, p->slots_at, slot);
		if (!i || i > p->n_versions)
			return -1;
		if (streq(packument_version_text(p, i - 1), version))
			return (ptrdiff_t)i - 1;
	}
	return -1;
}

static struct block_tag tag_at(const struct packument *p, uint32_t i)
{
	struct block_tag t;

	memcpy(&t, p->block + p->tags_at + (size_t)i * sizeof(t), sizeof(t));
	return t;
}

const char *packument_tag_name(const struct packument *p, uint32_t i)
{
	return text_or_empty(p, tag_at(p, i).name);
}

const char *packument_tag_version(const struct packument *p, uint32_t i)
{
	return text_or_empty(p, tag_at(p, i).version);
}

const char *packument_tag(const struct packument *p, const char *tag)
{
	for (uint32_t i = 0; i < p->n_tags; i++)
		if (streq(packument_tag_name(p, i), tag))
			return packument_tag_version(p, i);
	return NULL;
}

bool packument_intact(const struct packument *p)
{
	struct block_head h;

	memcpy(&h, p->block, sizeof(h));
	return h.values_sum == block_values_sum(p->block, &h);
}

/* ---- manifests ---- */

/* The n members from `first` on of the lists, as an object's text in the arena; STR_NULL when they are not all there. */
static struct str join_members(struct arena *a, const struct packument *p, uint32_t first, uint32_t n)
{
	size_t len = 2;
	char *text, *to;

	if (p->lists_at + ((uint64_t)first + n) * sizeof(uint32_t) > p->size)
		return STR_NULL;
	for (uint32_t i = 0; i < n; i++)
		len += strlen(text_or_empty(p, number_at(p, p->lists_at, first + i))) + 1;
	text = to = arena_alloc(a, len);
	*to++ = '{';
	for (uint32_t i = 0; i < n; i++) {
		const char *member = text_or_empty(p, number_at(p, p->lists_at, first + i));
		size_t size = strlen(member);

		if (i)
			*to++ = ',';
		memcpy(to, member, size);
		to += size;
	}
	*to++ = '}';
	return (struct str){text, (size_t)(to - text)};
}

static struct json *parse_members(struct arena *a, const struct packument *p, const struct block_record *r, uint32_t n)
{
	struct arena scratch = ARENA_INIT;
	struct str text = join_members(&scratch, p, r->first, n);
	struct err ignored = ERR_INIT;
	struct json *v = text.ptr ? json_parse_fast(a, text, p->name, &ignored) : NULL;

	arena_release(&scratch);
	return v;
}

static struct json *manifest(struct arena *a, const struct packument *p, uint32_t i, bool brief, struct err *err)
{
	struct block_record r = record_at(p, i);
	struct json *v = parse_members(a, p, &r, brief ? r.n_needed : r.n_members);

	if (!v)
		err_set(err, ERR_EJSONPARSE, "what is kept about '%s@%s' is damaged", p->name, packument_version_text(p, i));
	return v;
}

struct json *packument_manifest(struct arena *a, const struct packument *p, uint32_t i, struct err *err)
{
	return manifest(a, p, i, false, err);
}

struct json *packument_brief(struct arena *a, const struct packument *p, uint32_t i, struct err *err)
{
	return manifest(a, p, i, true, err);
}

bool packument_meta_fresh(const struct packument_meta *meta, int64_t now)
{
	int64_t age = now - meta->fetched_at;

	/* A time in the future is a clock that was set back: nothing to trust. */
	return !meta->no_cache && meta->max_age > 0 && age >= 0 && age / 1000 < meta->max_age;
}
