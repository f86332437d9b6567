/* SPDX-License-Identifier: MIT */
#include "cache/index.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/checksum.h"
#include "cache/store.h"

#include <string.h>

#define INDEX_MAGIC 0x33307864696E646Cu

enum { HAS_PACKAGE_JSON = 1, HAS_INSTALL_SCRIPT = 2, HAS_BINDING_GYP = 4, HAS_BUNDLED = 8, HAS_SHRINKWRAP = 16 };
enum { RECORD_DIR = 1 };

/* head | records | texts; text offsets are one based from the start of texts, 0 is none. The sum is of all behind it. */
struct index_head {
	uint64_t magic;
	uint64_t sum;
	uint64_t size;
	uint64_t unpacked_size;
	int64_t sealed_ns;
	uint32_t n_entries, n_files;
	uint32_t flags;
	uint32_t integrity, name, version, recorded, spare;
};

struct index_record {
	uint64_t size, checksum;
	uint32_t path, mode;
	uint32_t flags, spare;
};

static uint64_t sum_of(const void *bytes, size_t size)
{
	size_t from = offsetof(struct index_head, size);

	return checksum64((const char *)bytes + from, size - from, 0);
}

static uint32_t add_text(struct buf *texts, const char *text)
{
	uint32_t at = (uint32_t)texts->len + 1;

	if (!text)
		return 0;
	buf_add(texts, text, strlen(text) + 1);
	return at;
}

static uint32_t flags_of(const struct store_package *p)
{
	return (p->has_package_json ? HAS_PACKAGE_JSON : 0) | (p->has_install_script ? HAS_INSTALL_SCRIPT : 0) |
	       (p->has_binding_gyp ? HAS_BINDING_GYP : 0) | (p->has_bundled ? HAS_BUNDLED : 0) |
	       (p->has_shrinkwrap ? HAS_SHRINKWRAP : 0);
}

void index_format(struct buf *out, const struct store_package *p)
{
	struct buf texts = BUF_INIT(out->max);
	struct index_head h = {
		.magic = INDEX_MAGIC,
		.unpacked_size = p->unpacked_size,
		.sealed_ns = p->sealed_ns,
		.n_entries = p->n_entries,
		.n_files = p->n_files,
		.flags = flags_of(p),
		.integrity = add_text(&texts, p->integrity),
		.name = add_text(&texts, p->name),
		.version = add_text(&texts, p->version),
		.recorded = add_text(&texts, p->recorded),
	};

	buf_add(out, &h, sizeof(h));
	for (uint32_t i = 0; i < p->n_entries; i++) {
		const struct store_entry *e = &p->entries[i];
		struct index_record r = {
			.size = e->size,
			.checksum = e->checksum,
			.path = add_text(&texts, e->path),
			.mode = e->mode,
			.flags = e->is_dir ? RECORD_DIR : 0,
		};

		buf_add(out, &r, sizeof(r));
	}
	buf_addstr(out, buf_str(&texts));
	out->failed = out->failed || texts.failed;
	buf_release(&texts);
	if (out->failed)
		return;
	h.size = out->len;
	memcpy(out->ptr, &h, sizeof(h));
	h.sum = sum_of(out->ptr, out->len);
	memcpy(out->ptr, &h, sizeof(h));
}

/* Texts are what is left behind the records; they end with a NUL, so any offset in them is a text. */
static const char *text_of(struct str texts, uint32_t at)
{
	return at && at <= texts.len ? texts.ptr + at - 1 : NULL;
}

/* The sum keeps accidents out; this keeps out what a broken writer could do. */
static bool safe_path(const char *p)
{
	if (!p || !*p || *p == '/')
		return false;
	while (*p) {
		size_t len = strcspn(p, "/");

		if (!len || (len == 1 && p[0] == '.') || (len == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		p += len;
		if (*p && !*++p)
			return false;
	}
	return true;
}

static bool parse_entry(struct store_entry *e, const char *at, struct str texts)
{
	struct index_record r;

	memcpy(&r, at, sizeof(r));
	*e = (struct store_entry){
		.path = text_of(texts, r.path),
		.size = r.size,
		.checksum = r.checksum,
		.mode = r.mode & 0777,
		.is_dir = r.flags & RECORD_DIR,
	};
	return safe_path(e->path);
}

struct store_package *index_parse(struct arena *a, struct str bytes)
{
	struct store_package *p;
	struct store_entry *entries;
	struct index_head h;
	struct str texts;

	if (bytes.len < sizeof(h) + 1 || bytes.ptr[bytes.len - 1])
		return NULL;
	memcpy(&h, bytes.ptr, sizeof(h));
	if (h.magic != INDEX_MAGIC || h.size != bytes.len || h.sum != sum_of(bytes.ptr, bytes.len) ||
	    h.n_entries > (bytes.len - sizeof(h)) / sizeof(struct index_record))
		return NULL;
	texts = str_skip(bytes, sizeof(h) + h.n_entries * sizeof(struct index_record));
	entries = ARENA_ARRAY(a, struct store_entry, h.n_entries);
	for (uint32_t i = 0; i < h.n_entries; i++)
		if (!parse_entry(&entries[i], bytes.ptr + sizeof(h) + i * sizeof(struct index_record), texts))
			return NULL;
	p = ARENA_NEW(a, struct store_package);
	*p = (struct store_package){
		.integrity = text_of(texts, h.integrity),
		.name = text_of(texts, h.name),
		.version = text_of(texts, h.version),
		.recorded = text_of(texts, h.recorded),
		.entries = entries,
		.n_entries = h.n_entries,
		.n_files = h.n_files,
		.unpacked_size = h.unpacked_size,
		.sealed_ns = h.sealed_ns,
		.has_package_json = h.flags & HAS_PACKAGE_JSON,
		.has_install_script = h.flags & HAS_INSTALL_SCRIPT,
		.has_binding_gyp = h.flags & HAS_BINDING_GYP,
		.has_bundled = h.flags & HAS_BUNDLED,
		.has_shrinkwrap = h.flags & HAS_SHRINKWRAP,
	};
	return p->integrity ? p : NULL;
}
