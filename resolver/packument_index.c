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
#include "resolver/interning.h"
#include "resolver/packument_block.h"
#include "resolver/semver.h"

#include <string.h>

/* A text with its length, for tables. */
#define WORD(literal) {(literal), sizeof(literal) - 1}

/* Members of a manifest that no install looks at; some are most of a full document. */
static const struct str left_out[] = {
	WORD("readme"), WORD("readmeFilename"), WORD("maintainers"), WORD("contributors"), WORD("_npmUser"),
	WORD("_npmOperationalInternal"), WORD("gitHead"), WORD("keywords"), WORD("exports"), WORD("files"),
	WORD("users"),
};

/* What resolving, lockfiles and installing look at. */
static const struct str needed[] = {
	WORD("name"), WORD("version"), WORD("dist"), WORD("dependencies"), WORD("optionalDependencies"),
	WORD("peerDependencies"), WORD("peerDependenciesMeta"), WORD("acceptDependencies"),
	WORD("bundleDependencies"), WORD("bundledDependencies"), WORD("bin"), WORD("directories"), WORD("man"),
	WORD("engines"), WORD("os"), WORD("cpu"), WORD("libc"), WORD("license"), WORD("funding"), WORD("deprecated"),
	WORD("hasInstallScript"), WORD("_hasShrinkwrap"), WORD("gypfile"), WORD("workspaces"), WORD("_resolved"),
	WORD("_integrity"),
};

/* So far behind its place a member is looked for in the version before. */
#define LOOK_AHEAD 64

/* A version while the document is read. Its members are numbers in the lists. */
struct entry {
	struct block_record record;
	struct semver semver;
	bool is_semver;
	uint32_t at;			/* its number */
};

/* A member as the version before had it: most versions have most members of the one before, written the same. */
struct seen {
	struct str text;		/* from the key's quote to the value's end; empty: not to be compared */
	struct str key, value;
	uint32_t at;			/* where it is kept; 0: it is left out */
	bool needed;
};

struct indexing {
	struct arena arena;
	struct jscan scan;
	struct str json;
	struct buf *out;
	struct buf texts;		/* texts; offsets count from the start of this buffer, plus one */
	struct buf lists;		/* uint32_t: members of all manifests, as places in values */
	struct buf member, others;	/* scratch: one member's text; what of a manifest no install looks at */
	struct interning values;
	struct buf before, now;		/* struct seen: the members of the version before, and of this one */
	struct vec entries;		/* struct entry, text offsets still relative */
	struct map by_version;		/* version to its entry */
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

static bool is_one_of(struct str key, const struct str *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(key, keys[i]))
			return true;
	return false;
}

static bool is_truthy(struct str value)
{
	return value.ptr && !str_is(value, "false") && !str_is(value, "null") && !str_is(value, "\"\"") && !str_is(value, "0");
}

/* ---- one manifest ---- */

/* What is noted of a manifest while its members go by: values as text, and where these two are kept. */
struct noted {
	struct str deprecated, scripts, has_install_script;
	uint32_t engines, dist, scripts_at;
};

static bool derive_install_script(struct str scripts)
{
	static const char *const names[] = {"preinstall", "install", "postinstall"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (is_truthy(jscan_find(scripts, names[i])))
			return true;
	return false;
}

/* "key":value, kept once. The key as it was written when it was plain; one that had escapes is written anew. */
static uint32_t keep_member(struct indexing *x, struct str key, struct str value)
{
	buf_clear(&x->member);
	if (key.ptr >= x->json.ptr && key.ptr < x->json.ptr + x->json.len) {
		buf_addc(&x->member, '"');
		buf_addstr(&x->member, key);
		buf_addc(&x->member, '"');
	} else {
		json_format_string(&x->member, key.ptr, key.len);
	}
	buf_addc(&x->member, ':');
	buf_addstr(&x->member, value);
	return interning_add(&x->values, buf_str(&x->member));
}

static void add_number(struct buf *list, uint32_t n)
{
	buf_add(list, &n, sizeof(n));
}

static void note_member(struct noted *n, struct str key, struct str value, uint32_t at)
{
	if (str_eq(key, STR("deprecated")))
		n->deprecated = value;
	else if (str_eq(key, STR("hasInstallScript")))
		n->has_install_script = value;
	else if (str_eq(key, STR("engines")))
		n->engines = at + (uint32_t)strlen("\"engines\":");
	else if (str_eq(key, STR("dist")))
		n->dist = at + (uint32_t)strlen("\"dist\":");
}

/* Kept, looked at and put on its list, be it new or seen before. */
static void list_member(struct indexing *x, struct noted *n, const struct seen *m)
{
	buf_add(&x->now, m, sizeof(*m));
	if (!m->at)
		return;
	if (str_eq(m->key, STR("scripts"))) {
		n->scripts = m->value;
		n->scripts_at = m->at;
		return;
	}
	note_member(n, m->key, m->value, m->at);
	add_number(m->needed ? &x->lists : &x->others, m->at);
}

static size_t seen_count(const struct buf *list)
{
	return list->len / sizeof(struct seen);
}

static struct seen seen_at(const struct buf *list, size_t i)
{
	struct seen m;

	memcpy(&m, list->ptr + i * sizeof(m), sizeof(m));
	return m;
}

/* Only what is written plainly and ends with a bracket or a quote can be recognised by its bytes. */
static struct str repeatable(const struct indexing *x, struct str key, struct str value)
{
	if (!value.len || !strchr("\"}]", value.ptr[value.len - 1]) || key.ptr < x->json.ptr ||
	    key.ptr >= x->json.ptr + x->json.len)
		return STR_NULL;
	return str_range(key.ptr - 1, value.ptr + value.len);
}

/* A member that is not as before. *next becomes the place behind its key in the version before. */
static void take_member(struct indexing *x, struct noted *n, struct str key, size_t *next)
{
	struct seen m = {.key = key, .value = jscan_skip(&x->scan)};

	m.text = repeatable(x, key, m.value);
	if (!is_one_of(key, left_out, ARRAY_LEN(left_out))) {
		m.at = keep_member(x, key, m.value);
		m.needed = is_one_of(key, needed, ARRAY_LEN(needed));
	}
	for (size_t i = *next; i < seen_count(&x->before) && i - *next < LOOK_AHEAD; i++)
		if (str_eq(seen_at(&x->before, i).key, key)) {
			*next = i + 1;
			break;
		}
	list_member(x, n, &m);
}

/* Lists the members of the manifest the scan is in, from behind its opening bracket to behind its closing one. */
static void list_members(struct indexing *x, struct noted *n)
{
	struct buf swap = x->before;
	struct seen m;
	struct str key;
	size_t next = 0;

	x->before = x->now;
	x->now = swap;
	buf_clear(&x->now);
	for (;;) {
		if (next < seen_count(&x->before)) {
			m = seen_at(&x->before, next);
			if (m.text.len && jscan_repeat(&x->scan, m.text)) {
				list_member(x, n, &m);
				next++;
				continue;
			}
		}
		if (!jscan_member(&x->scan, &key))
			return;
		take_member(x, n, key, &next);
	}
}

/* Scripts are needed where an install runs one. */
static void list_scripts(struct indexing *x, struct noted *n)
{
	bool installs = derive_install_script(n->scripts);

	if (n->scripts_at)
		add_number(installs ? &x->lists : &x->others, n->scripts_at);
	if (n->has_install_script.ptr || !installs)
		return;
	n->has_install_script = STR("true");
	add_number(&x->lists, keep_member(x, STR("hasInstallScript"), n->has_install_script));
}

static uint32_t list_count(const struct buf *list)
{
	return (uint32_t)(list->len / sizeof(uint32_t));
}

static void describe(struct indexing *x, struct block_record *r, const struct noted *n)
{
	r->engines = n->engines;
	r->dist = n->dist;
	if (is_truthy(n->deprecated)) {
		const char *text = jscan_string_of(&x->arena, n->deprecated);

		r->deprecated = interning_add(&x->values, text ? str_from(text) : n->deprecated);
	}
	if (is_truthy(n->has_install_script))
		r->flags |= RECORD_INSTALL_SCRIPT;
}

/* One version, its key read. What is no object is no version. */
static void index_version(struct indexing *x, struct str key)
{
	struct noted n = {.deprecated = STR_NULL};
	struct block_record r = {.time = PACKUMENT_NO_TIME, .first = list_count(&x->lists)};
	const char *version;
	struct entry *e;

	if (!jscan_enter(&x->scan, '{')) {
		jscan_skip(&x->scan);
		return;
	}
	buf_clear(&x->others);
	list_members(x, &n);
	list_scripts(x, &n);
	r.n_needed = list_count(&x->lists) - r.first;
	buf_addstr(&x->lists, buf_str(&x->others));
	r.n_members = list_count(&x->lists) - r.first;
	if (x->scan.failed_at || x->lists.failed)
		return;
	version = str_dup(&x->arena, key);
	e = map_find(&x->by_version, version);
	if (!e) {
		e = ARENA_NEW(&x->arena, struct entry);
		vec_add(&x->entries, e);
		map_put(&x->by_version, version, e);
	}
	r.version = add_text(x, version);
	describe(x, &r, &n);
	e->record = r;
	e->is_semver = semver_parse(&e->semver, str_from(version), SEMVER_LOOSE);
}

/* ---- the document ---- */

static void index_versions(struct indexing *x)
{
	struct str key;

	/* A second `versions` takes the place of the first. */
	vec_clear(&x->entries);
	map_clear(&x->by_version);
	buf_clear(&x->lists);
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
		struct entry *e = map_find_str(&x->by_version, key);
		bool plain;
		struct str text = jscan_raw(&s, &plain);

		if (e) {
			e->record.time = isodate_parse(text);
			any = any || e->record.time != PACKUMENT_NO_TIME;
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
		const char *name = str_dup(&x->arena, key), *version = jscan_text(&s);
		struct block_tag t = {.name = add_text(x, name), .version = add_text(x, version)};

		if (!version)
			continue;
		buf_add(tags, &t, sizeof(t));
		n++;
	}
	return n;
}

/* ---- the block ---- */

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

	for (size_t i = 0; i < x->entries.count; i++) {
		const char *version = x->texts.ptr + VEC_AT(&x->entries, struct entry, i)->record.version - 1;
		uint32_t at = str_hash(version, strlen(version)) & (n_slots - 1);

		while (slots[at])
			at = (at + 1) & (n_slots - 1);
		slots[at] = (uint32_t)i + 1;
	}
	buf_add(x->out, slots, n_slots * sizeof(*slots));
}

static int highest_first(const void *a, const void *b, void *ctx)
{
	const struct entry *x = a, *y = b;

	(void)ctx;
	if (!x->is_semver || !y->is_semver)
		return y->is_semver - x->is_semver;
	return semver_compare(&y->semver, &x->semver);
}

static void write_order(struct indexing *x)
{
	struct vec sorted;

	for (size_t i = 0; i < x->entries.count; i++)
		VEC_AT(&x->entries, struct entry, i)->at = (uint32_t)i;
	vec_init(&sorted, &x->arena);
	for (size_t i = 0; i < x->entries.count; i++)
		vec_add(&sorted, x->entries.items[i]);
	vec_sort(&sorted, highest_first, NULL);
	for (size_t i = 0; i < sorted.count; i++)
		add_number(x->out, VEC_AT(&sorted, struct entry, i)->at);
}

/* From relative to a part to the block's start. */
static uint32_t moved(uint32_t at, size_t part)
{
	return at ? at + (uint32_t)part - 1 : 0;
}

static void write_records(struct indexing *x, size_t texts_at, size_t values_at)
{
	for (size_t i = 0; i < x->entries.count; i++) {
		struct block_record r = VEC_AT(&x->entries, struct entry, i)->record;

		r.version = moved(r.version, texts_at);
		r.deprecated = moved(r.deprecated, values_at);
		r.engines = moved(r.engines, values_at);
		r.dist = moved(r.dist, values_at);
		buf_add(x->out, &r, sizeof(r));
	}
}

static void write_tags(struct indexing *x, const struct buf *tags, size_t texts_at)
{
	for (size_t at = 0; at + sizeof(struct block_tag) <= tags->len; at += sizeof(struct block_tag)) {
		struct block_tag t;

		memcpy(&t, tags->ptr + at, sizeof(t));
		t = (struct block_tag){moved(t.name, texts_at), moved(t.version, texts_at)};
		buf_add(x->out, &t, sizeof(t));
	}
}

static void write_lists(struct indexing *x, size_t values_at)
{
	for (size_t at = 0; at < x->lists.len; at += sizeof(uint32_t)) {
		uint32_t member;

		memcpy(&member, x->lists.ptr + at, sizeof(member));
		add_number(x->out, moved(member, values_at));
	}
}

/* All but the head, whose room was kept. */
static void write_parts(struct indexing *x, struct block_head *h, const struct buf *tags)
{
	size_t texts_at = block_parts(h).texts;
	size_t values_at = texts_at + x->texts.len + x->lists.len;

	h->lists_at = (uint32_t)(texts_at + x->texts.len);
	h->name = moved(h->name, texts_at);
	h->url = moved(h->url, texts_at);
	h->etag = moved(h->etag, texts_at);
	h->last_modified = moved(h->last_modified, texts_at);
	buf_add(x->out, h, sizeof(*h));
	write_records(x, texts_at, values_at);
	write_order(x);
	write_slots(x, h->n_slots);
	write_tags(x, tags, texts_at);
	buf_addstr(x->out, buf_str(&x->texts));
	write_lists(x, values_at);
	buf_addstr(x->out, buf_str(&x->values.texts));
	buf_addc(x->out, '\0');
}

static void finish(struct indexing *x, const struct packument_meta *meta)
{
	struct buf tags = BUF_INIT(x->out->max);
	struct block_head h = {
		.magic = BLOCK_MAGIC,
		.fetched_at = meta->fetched_at,
		.max_age = meta->max_age,
		.flags = (meta->full ? BLOCK_FULL : 0) | (meta->no_cache ? BLOCK_NO_CACHE : 0),
		.n_versions = (uint32_t)x->entries.count,
		.n_slots = slots_for(x->entries.count),
		.n_members = list_count(&x->lists),
	};

	if (index_times(x))
		h.flags |= BLOCK_HAS_TIME;
	h.modified = x->modified;
	h.n_tags = index_tags(x, &tags);
	h.name = add_text(x, x->name);
	h.url = add_text(x, meta->url);
	h.etag = add_text(x, meta->etag);
	h.last_modified = add_text(x, meta->last_modified);
	write_parts(x, &h, &tags);
	x->out->failed = x->out->failed || tags.failed || x->texts.failed || x->lists.failed || x->values.texts.failed;
	buf_release(&tags);
	if (x->out->failed)
		return;
	h.size = x->out->len;
	h.values_sum = block_values_sum((const uint8_t *)x->out->ptr, &h);
	memcpy(x->out->ptr, &h, sizeof(h));
	h.index_sum = block_index_sum((const uint8_t *)x->out->ptr, &h);
	memcpy(x->out->ptr, &h, sizeof(h));
}

static void indexing_init(struct indexing *x, struct str json)
{
	vec_init(&x->entries, &x->arena);
	map_init(&x->by_version, &x->arena);
	jscan_init(&x->scan, json, &x->arena);
	buf_init(&x->texts, PACKUMENT_MAX);
	buf_init(&x->lists, PACKUMENT_MAX);
	buf_init(&x->member, PACKUMENT_MAX);
	buf_init(&x->others, PACKUMENT_MAX);
	buf_init(&x->before, PACKUMENT_MAX);
	buf_init(&x->now, PACKUMENT_MAX);
	interning_init(&x->values, &x->arena, PACKUMENT_MAX);
}

static void indexing_release(struct indexing *x)
{
	buf_release(&x->texts);
	buf_release(&x->lists);
	buf_release(&x->member);
	buf_release(&x->others);
	buf_release(&x->before);
	buf_release(&x->now);
	interning_release(&x->values);
	arena_release(&x->arena);
}

int packument_index(struct buf *out, struct str json, const struct packument_meta *meta, const char *what, struct err *err)
{
	struct indexing x = {.json = json, .out = out, .modified = PACKUMENT_NO_TIME};
	int ret = 0;

	if (json.len > PACKUMENT_MAX)
		return err_set(err, ERR_ETOOBIG, "%s is larger than %zu bytes", what, PACKUMENT_MAX);
	indexing_init(&x, json);
	buf_clear(out);
	index_document(&x);
	if (!jscan_end(&x.scan))
		ret = jscan_error(&x.scan, what, err);
	else
		finish(&x, meta);
	if (ret == 0 && out->failed)
		ret = err_set(err, ERR_ETOOBIG, "%s is larger than %zu bytes", what, out->max);
	indexing_release(&x);
	return ret;
}
