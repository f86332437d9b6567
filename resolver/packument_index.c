/* SPDX-License-Identifier: MIT */
#include "resolver/packument.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/checksum.h"
#include "base/err.h"
#include "base/isodate.h"
#include "base/json.h"
#include "base/jsonscan.h"
#include "base/map.h"
#include "base/vec.h"
#include "resolver/packument_block.h"

#include <string.h>

/* Members of a manifest that no install looks at; some are most of a full document. */
static const char *const left_out[] = {
	"readme", "readmeFilename", "maintainers", "contributors", "_npmUser", "_npmOperationalInternal",
	"gitHead", "keywords", "exports", "files", "users",
};

struct indexing {
	struct arena arena;
	struct jscan scan;
	struct str json;
	struct buf *out;		/* head and manifests */
	struct buf texts;		/* texts; offsets count from the start of this buffer, plus one */
	struct vec records;		/* struct block_record, text offsets still relative */
	struct map by_version;		/* version to its record */
	struct block_record *last;	/* made before this one: neighbours share texts */
	struct str tags, time;		/* the members' values */
	const char *name;
	int64_t modified;
};

/* Adds a text and returns where it is. Relative to texts, one based; finish() makes it absolute. */
static uint32_t add_text(struct indexing *x, const char *text)
{
	uint32_t at = (uint32_t)x->texts.len + 1;

	if (!text)
		return 0;
	buf_add(&x->texts, text, strlen(text) + 1);
	return at;
}

/* As add_text for a slice, unless the neighbour has the same. */
static uint32_t add_slice(struct indexing *x, struct str slice, uint32_t neighbour)
{
	uint32_t at = (uint32_t)x->texts.len + 1;

	if (!slice.ptr)
		return 0;
	if (neighbour && str_is(slice, x->texts.ptr + neighbour - 1))
		return neighbour;
	buf_addstr(&x->texts, slice);
	buf_addc(&x->texts, '\0');
	return at;
}

static bool is_left_out(struct str key)
{
	for (size_t i = 0; i < ARRAY_LEN(left_out); i++)
		if (str_is(key, left_out[i]))
			return true;
	return false;
}

static bool is_truthy(struct str value)
{
	return value.ptr && !str_is(value, "false") && !str_is(value, "null") && !str_is(value, "\"\"") && !str_is(value, "0");
}

/* Slices of one manifest, remembered while its members go by. */
struct members {
	struct str deprecated, engines, os, cpu, libc, dist, scripts, has_install_script;
};

static struct str *member_of(struct members *m, struct str key)
{
	static const struct {
		const char *key;
		size_t at;
	} known[] = {
		{"deprecated", offsetof(struct members, deprecated)}, {"engines", offsetof(struct members, engines)},
		{"os", offsetof(struct members, os)}, {"cpu", offsetof(struct members, cpu)},
		{"libc", offsetof(struct members, libc)}, {"dist", offsetof(struct members, dist)},
		{"scripts", offsetof(struct members, scripts)},
		{"hasInstallScript", offsetof(struct members, has_install_script)},
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_is(key, known[i].key))
			return (struct str *)((char *)m + known[i].at);
	return NULL;
}

/* The key as it was written when it was plain; one that had escapes was decoded elsewhere and is written anew. */
static void copy_key(struct indexing *x, struct str key)
{
	if (key.ptr >= x->json.ptr && key.ptr < x->json.ptr + x->json.len) {
		buf_addc(x->out, '"');
		buf_addstr(x->out, key);
		buf_addc(x->out, '"');
	} else {
		json_format_string(x->out, key.ptr, key.len);
	}
	buf_addc(x->out, ':');
}

static bool derive_install_script(struct str scripts)
{
	static const char *const names[] = {"preinstall", "install", "postinstall"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (is_truthy(jscan_find(scripts, names[i])))
			return true;
	return false;
}

/* Copies the manifest the scan is in, from behind its opening bracket to behind its closing one. */
static void copy_manifest(struct indexing *x, struct members *m)
{
	const char *separator = "";
	struct str key, value, *slot;

	buf_addc(x->out, '{');
	while (jscan_member(&x->scan, &key)) {
		value = jscan_skip(&x->scan);
		slot = member_of(m, key);
		if (slot)
			*slot = value;
		if (is_left_out(key))
			continue;
		buf_adds(x->out, separator);
		copy_key(x, key);
		buf_addstr(x->out, value);
		separator = ",";
	}
	if (!m->has_install_script.ptr && derive_install_script(m->scripts)) {
		m->has_install_script = STR("true");
		buf_printf(x->out, "%s\"hasInstallScript\":true", separator);
	}
	buf_addc(x->out, '}');
}

/* A member's text when it is a string. */
static const char *string_of(struct indexing *x, struct str value)
{
	return jscan_string_of(&x->arena, value);
}

static void describe_dist(struct indexing *x, struct block_record *r, struct str dist)
{
	struct jscan s;
	struct str key;

	jscan_init(&s, dist, &x->arena);
	if (!jscan_enter(&s, '{'))
		return;
	while (jscan_member(&s, &key)) {
		struct str value = jscan_skip(&s);

		if (str_is(key, "tarball"))
			r->tarball = add_text(x, string_of(x, value));
		else if (str_is(key, "integrity"))
			r->integrity = add_text(x, string_of(x, value));
		else if (str_is(key, "shasum"))
			r->shasum = add_text(x, string_of(x, value));
	}
}

static void describe(struct indexing *x, struct block_record *r, const struct members *m)
{
	const struct block_record none = {0}, *near = x->last ? x->last : &none;

	if (is_truthy(m->deprecated)) {
		const char *text = string_of(x, m->deprecated);

		r->deprecated = text ? add_slice(x, str_from(text), near->deprecated) : add_slice(x, m->deprecated, 0);
	}
	r->engines = add_slice(x, m->engines, near->engines);
	r->os = add_slice(x, m->os, near->os);
	r->cpu = add_slice(x, m->cpu, near->cpu);
	r->libc = add_slice(x, m->libc, near->libc);
	describe_dist(x, r, m->dist);
	if (is_truthy(m->has_install_script))
		r->flags |= RECORD_INSTALL_SCRIPT;
}

/* One version, its key read. What is no object is no version. */
static void index_version(struct indexing *x, struct str key)
{
	struct members m = {.deprecated = STR_NULL};
	struct block_record *r, fresh = {.time = PACKUMENT_NO_TIME, .manifest_at = (uint32_t)x->out->len};
	const char *version;

	if (!jscan_enter(&x->scan, '{')) {
		jscan_skip(&x->scan);
		return;
	}
	copy_manifest(x, &m);
	if (x->scan.failed_at || x->out->failed)
		return;
	fresh.manifest_len = (uint32_t)x->out->len - fresh.manifest_at;
	fresh.manifest_sum = checksum64(x->out->ptr + fresh.manifest_at, fresh.manifest_len, 0);
	version = str_dup(&x->arena, key);
	r = map_find(&x->by_version, version);
	if (!r) {
		r = ARENA_NEW(&x->arena, struct block_record);
		vec_add(&x->records, r);
		map_put(&x->by_version, version, r);
	}
	fresh.version = add_text(x, version);
	describe(x, &fresh, &m);
	*r = fresh;
	x->last = r;
}

static void index_versions(struct indexing *x)
{
	struct str key;

	/* A second `versions` takes the place of the first. */
	vec_clear(&x->records);
	map_clear(&x->by_version);
	x->last = NULL;
	if (!jscan_enter(&x->scan, '{')) {
		jscan_skip(&x->scan);
		return;
	}
	while (jscan_member(&x->scan, &key))
		index_version(x, key);
}

static void index_document(struct indexing *x)
{
	struct str key;

	if (!jscan_enter(&x->scan, '{')) {
		jscan_skip(&x->scan);
		return;
	}
	while (jscan_member(&x->scan, &key)) {
		if (str_is(key, "versions"))
			index_versions(x);
		else if (str_is(key, "dist-tags"))
			x->tags = jscan_skip(&x->scan);
		else if (str_is(key, "time"))
			x->time = jscan_skip(&x->scan);
		else if (str_is(key, "name"))
			x->name = jscan_text(&x->scan);
		else if (str_is(key, "modified"))
			x->modified = isodate_parse(str_from(jscan_text(&x->scan)));
		else
			jscan_skip(&x->scan);
	}
}

/* Gives each version its time. True when there was one. */
static bool index_times(struct indexing *x)
{
	struct jscan s;
	struct str key;
	bool any = false;

	jscan_init(&s, x->time, &x->arena);
	if (!jscan_enter(&s, '{'))
		return false;
	while (jscan_member(&s, &key)) {
		struct block_record *r = map_find_str(&x->by_version, key);
		bool plain;
		struct str text = jscan_raw(&s, &plain);

		if (r) {
			r->time = isodate_parse(text);
			any = any || r->time != PACKUMENT_NO_TIME;
		} else if (str_is(key, "modified")) {
			x->modified = isodate_parse(text);
		}
	}
	return any;
}

static uint32_t index_tags(struct indexing *x, struct buf *tags)
{
	struct jscan s;
	struct str key;
	uint32_t n = 0;

	jscan_init(&s, x->tags, &x->arena);
	if (!jscan_enter(&s, '{'))
		return 0;
	while (jscan_member(&s, &key)) {
		const char *version = jscan_text(&s);
		struct block_tag t = {.name = add_slice(x, key, 0), .version = add_text(x, version)};

		if (!version)
			continue;
		buf_add(tags, &t, sizeof(t));
		n++;
	}
	return n;
}

static uint32_t slots_for(size_t n)
{
	uint32_t slots = 1;

	while (slots < 2 * n)
		slots *= 2;
	return n ? slots : 0;
}

static void write_slots(struct indexing *x, uint32_t n_slots)
{
	uint32_t *slots = ARENA_ARRAY(&x->arena, uint32_t, n_slots);

	for (size_t i = 0; i < x->records.count; i++) {
		const char *version = x->texts.ptr + VEC_AT(&x->records, struct block_record, i)->version - 1;
		uint32_t at = map_hash(version, strlen(version)) & (n_slots - 1);

		while (slots[at])
			at = (at + 1) & (n_slots - 1);
		slots[at] = (uint32_t)i + 1;
	}
	buf_add(x->out, slots, n_slots * sizeof(*slots));
}

/* From relative to texts to the block's start. */
static void move_text(uint32_t *at, uint32_t texts_at)
{
	if (*at)
		*at += texts_at - 1;
}

static void write_records(struct indexing *x, uint32_t texts_at)
{
	for (size_t i = 0; i < x->records.count; i++) {
		struct block_record r = *VEC_AT(&x->records, struct block_record, i);

		move_text(&r.version, texts_at);
		move_text(&r.deprecated, texts_at);
		move_text(&r.tarball, texts_at);
		move_text(&r.integrity, texts_at);
		move_text(&r.shasum, texts_at);
		move_text(&r.engines, texts_at);
		move_text(&r.os, texts_at);
		move_text(&r.cpu, texts_at);
		move_text(&r.libc, texts_at);
		buf_add(x->out, &r, sizeof(r));
	}
}

static void write_tags(struct indexing *x, const struct buf *tags, uint32_t texts_at)
{
	for (size_t at = 0; at + sizeof(struct block_tag) <= tags->len; at += sizeof(struct block_tag)) {
		struct block_tag t;

		memcpy(&t, tags->ptr + at, sizeof(t));
		move_text(&t.name, texts_at);
		move_text(&t.version, texts_at);
		buf_add(x->out, &t, sizeof(t));
	}
}

/* Everything behind the manifests, then the head, whose room was kept. */
static void finish(struct indexing *x, const struct packument_meta *meta)
{
	struct buf tags = BUF_INIT(x->out->max);
	struct block_head h = {
		.magic = BLOCK_MAGIC,
		.fetched_at = meta->fetched_at,
		.max_age = meta->max_age,
		.flags = (meta->full ? BLOCK_FULL : 0) | (meta->no_cache ? BLOCK_NO_CACHE : 0),
		.n_versions = (uint32_t)x->records.count,
		.records_at = (uint32_t)x->out->len,
	};

	if (index_times(x))
		h.flags |= BLOCK_HAS_TIME;
	h.modified = x->modified;
	h.n_tags = index_tags(x, &tags);
	h.n_slots = slots_for(x->records.count);
	h.name = add_text(x, x->name);
	h.url = add_text(x, meta->url);
	h.etag = add_text(x, meta->etag);
	h.last_modified = add_text(x, meta->last_modified);
	buf_addc(&x->texts, '\0');
	h.tags_at = h.records_at + h.n_versions * (uint32_t)sizeof(struct block_record);
	h.slots_at = h.tags_at + h.n_tags * (uint32_t)sizeof(struct block_tag);
	h.texts_at = h.slots_at + h.n_slots * (uint32_t)sizeof(uint32_t);
	move_text(&h.name, h.texts_at);
	move_text(&h.url, h.texts_at);
	move_text(&h.etag, h.texts_at);
	move_text(&h.last_modified, h.texts_at);
	write_records(x, h.texts_at);
	write_tags(x, &tags, h.texts_at);
	write_slots(x, h.n_slots);
	buf_addstr(x->out, buf_str(&x->texts));
	buf_release(&tags);
	if (x->out->failed || x->texts.failed)
		return;
	h.size = x->out->len;
	memcpy(x->out->ptr, &h, sizeof(h));
	h.checksum = block_checksum((const uint8_t *)x->out->ptr, &h);
	memcpy(x->out->ptr, &h, sizeof(h));
}

int packument_index(struct buf *out, struct str json, const struct packument_meta *meta, const char *what, struct err *err)
{
	static const struct block_head room;
	struct indexing x = {.json = json, .out = out, .texts = BUF_INIT(PACKUMENT_MAX), .modified = PACKUMENT_NO_TIME};
	int ret = 0;

	if (json.len > PACKUMENT_MAX)
		return err_set(err, ERR_ETOOBIG, "%s is larger than %zu bytes", what, PACKUMENT_MAX);
	vec_init(&x.records, &x.arena);
	map_init(&x.by_version, &x.arena);
	jscan_init(&x.scan, json, &x.arena);
	buf_clear(out);
	buf_add(out, &room, sizeof(room));
	index_document(&x);
	if (!jscan_end(&x.scan))
		ret = jscan_error(&x.scan, what, err);
	else
		finish(&x, meta);
	if (ret == 0 && (out->failed || x.texts.failed))
		ret = err_set(err, ERR_ETOOBIG, "%s is larger than %zu bytes", what, out->max);
	buf_release(&x.texts);
	arena_release(&x.arena);
	return ret;
}
