/* SPDX-License-Identifier: MIT */
#include "resolver/packument.h"

#include "base/checksum.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "resolver/packument_block.h"

#include <stddef.h>
#include <string.h>

uint64_t block_checksum(const uint8_t *block, const struct block_head *head)
{
	size_t from = offsetof(struct block_head, size);
	uint64_t of_head = checksum64(block + from, sizeof(*head) - from, 0);

	return checksum64(block + head->records_at, head->size - head->records_at, of_head);
}

/* Copied out: a block in a file may lie at any address. */
static struct block_head head_of(const struct packument *p)
{
	struct block_head head;

	memcpy(&head, p->block, sizeof(head));
	return head;
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

/* Do the parts lie one behind the other, each of the size it says? In 64 bits: counts are anything at this point. */
static bool parts_fit(const struct block_head *h, size_t size)
{
	uint64_t tags = (uint64_t)h->records_at + (uint64_t)h->n_versions * sizeof(struct block_record);
	uint64_t slots = tags + (uint64_t)h->n_tags * sizeof(struct block_tag);
	uint64_t texts = slots + (uint64_t)h->n_slots * sizeof(uint32_t);

	return h->size == size && h->records_at >= sizeof(*h) && h->tags_at == tags && h->slots_at == slots &&
	       h->texts_at == texts && texts < size && (h->n_slots & (h->n_slots - 1)) == 0;
}

bool packument_open(struct packument *p, const void *block, size_t size)
{
	struct block_head h;

	*p = (struct packument){.block = block, .size = size};
	if (size < sizeof(h) + 1 || size > UINT32_MAX || p->block[size - 1])
		return false;
	memcpy(&h, block, sizeof(h));
	if (h.magic != BLOCK_MAGIC || !parts_fit(&h, size) || h.checksum != block_checksum(block, &h))
		return false;
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

static struct block_record record_at(const struct packument *p, uint32_t i)
{
	struct block_record r;

	memcpy(&r, p->block + head_of(p).records_at + (size_t)i * sizeof(r), sizeof(r));
	return r;
}

static struct str slice_at(const struct packument *p, uint32_t at)
{
	return str_from(text_at(p, at));
}

static struct str manifest_of(const struct packument *p, const struct block_record *r)
{
	if ((uint64_t)r->manifest_at + r->manifest_len > p->size)
		return STR_NULL;
	return (struct str){(const char *)p->block + r->manifest_at, r->manifest_len};
}

struct packument_version packument_at(const struct packument *p, uint32_t i)
{
	struct block_record r = record_at(p, i);

	return (struct packument_version){
		.version = text_or_empty(p, r.version),
		.deprecated = text_at(p, r.deprecated),
		.tarball = text_at(p, r.tarball),
		.integrity = text_at(p, r.integrity),
		.shasum = text_at(p, r.shasum),
		.engines = slice_at(p, r.engines),
		.os = slice_at(p, r.os),
		.cpu = slice_at(p, r.cpu),
		.libc = slice_at(p, r.libc),
		.manifest = manifest_of(p, &r),
		.time = r.time,
		.has_install_script = r.flags & RECORD_INSTALL_SCRIPT,
	};
}

const char *packument_version_text(const struct packument *p, uint32_t i)
{
	return text_or_empty(p, record_at(p, i).version);
}

ptrdiff_t packument_find(const struct packument *p, const char *version)
{
	struct block_head h = head_of(p);
	uint32_t slot, i, hash = map_hash(version, strlen(version));

	for (uint32_t step = 0; step < h.n_slots; step++) {
		slot = (hash + step) & (h.n_slots - 1);
		memcpy(&i, p->block + h.slots_at + (size_t)slot * sizeof(i), sizeof(i));
		if (!i || i > h.n_versions)
			return -1;
		if (streq(packument_version_text(p, i - 1), version))
			return (ptrdiff_t)i - 1;
	}
	return -1;
}

static struct block_tag tag_at(const struct packument *p, uint32_t i)
{
	struct block_tag t;

	memcpy(&t, p->block + head_of(p).tags_at + (size_t)i * sizeof(t), sizeof(t));
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
	for (uint32_t i = 0; i < p->n_versions; i++) {
		struct block_record r = record_at(p, i);
		struct str text = manifest_of(p, &r);

		if (!text.ptr || checksum64(text.ptr, text.len, 0) != r.manifest_sum)
			return false;
	}
	return true;
}

struct json *packument_manifest(struct arena *a, const struct packument *p, uint32_t i, struct err *err)
{
	struct block_record r = record_at(p, i);
	struct str text = manifest_of(p, &r);

	if (!text.ptr || checksum64(text.ptr, text.len, 0) != r.manifest_sum) {
		err_set(err, ERR_EJSONPARSE, "what is kept about '%s@%s' is damaged", p->name, packument_version_text(p, i));
		return NULL;
	}
	return json_parse(a, text, p->name, err);
}

bool packument_meta_fresh(const struct packument_meta *meta, int64_t now)
{
	int64_t age = now - meta->fetched_at;

	/* A time in the future is a clock that was set back: nothing to trust. */
	return !meta->no_cache && meta->max_age > 0 && age >= 0 && age / 1000 < meta->max_age;
}
