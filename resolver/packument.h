/* SPDX-License-Identifier: MIT
 *
 * A packument: what a registry says about one package, as an index over its text. Nothing is parsed but what is
 * asked for: an installer looks at all versions' names and at one manifest.
 *
 * There is one form, a block of bytes: packument_index() makes it from JSON in one pass, cache/packuments.h writes it
 * to disk as it is, and packument_open() looks at such bytes wherever they are (in memory or mapped). Opening checks
 * bounds and the checksum of what is needed to choose, packument_intact() the rest: damage is a miss and never a crash.
 *
 * Everything handed out is borrowed from the block and lives as long as it. Versions are numbered in the order of the
 * document (a repeated one keeps its first place and takes its last value). A version without `hasInstallScript` has it
 * derived from its scripts, which the full document holds. Members that many versions share are kept once.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct buf;
struct err;
struct json;

#define PACKUMENT_NO_TIME INT64_MIN
/* The biggest document that is taken at all. */
#define PACKUMENT_MAX ((size_t)512 << 20)

/* Where a packument came from and how fresh it is. */
struct packument_meta {
	const char *url;		/* what was asked for */
	const char *etag;		/* NULL when there was none */
	const char *last_modified;
	int64_t fetched_at;		/* wall clock, milliseconds: received or last found unchanged */
	int64_t max_age;		/* seconds of Cache-Control; -1 when it did not say */
	bool no_cache;			/* ask again before use, whatever its age */
	bool full;			/* the whole document, not the abbreviated one */
};

struct packument {
	const uint8_t *block;
	size_t size;
	uint32_t order_at, slots_at, tags_at, lists_at, n_slots;	/* its parts: packument_block.h */
	const char *name;		/* as the document says; "" when it does not */
	uint32_t n_versions;
	uint32_t n_tags;
	struct packument_meta meta;
	bool has_time;			/* the document has a time for its versions */
	int64_t modified;		/* time.modified or `modified`, or PACKUMENT_NO_TIME */
};

/* One version as far as choosing needs it. */
struct packument_version {
	const char *version;		/* the key under `versions` */
	const char *deprecated;		/* NULL when it is not ("" and false are not) */
	struct str engines;		/* JSON text, ptr NULL when the member is missing */
	int64_t time;			/* published at, wall clock milliseconds; PACKUMENT_NO_TIME when not known */
	bool has_install_script;
};

/* Where a version's tarball is; NULL each when the document does not say. */
struct packument_dist {
	const char *tarball, *integrity, *shasum;
};

/*
 * Makes the block from a registry's answer. Members no install looks at (readme, maintainers, _npmUser…) are left out of
 * the manifests. meta is copied in. Errors: EJSONPARSE, with `what` in the message; a document that is no object, or
 * has no versions, has none.
 */
int packument_index(struct buf *out, struct str json, const struct packument_meta *meta, const char *what, struct err *err)
	MUST_USE;
/* Looks at a block; false when it is damaged, cut or of another format. */
bool packument_open(struct packument *p, const void *block, size_t size);

struct packument_version packument_at(const struct packument *p, uint32_t i);
const char *packument_version_text(const struct packument *p, uint32_t i);	/* its version alone */
struct packument_dist packument_dist(struct arena *a, const struct packument *p, uint32_t i);
/* The i-th from the top: versions from the highest down, equal ones as in the document; those that are no versions last. */
uint32_t packument_descending(const struct packument *p, uint32_t i);
/* -1 when there is no such version; the text is compared as it is. */
ptrdiff_t packument_find(const struct packument *p, const char *version);

/* Dist-tags, in the order of the document. */
const char *packument_tag_name(const struct packument *p, uint32_t i);
const char *packument_tag_version(const struct packument *p, uint32_t i);
const char *packument_tag(const struct packument *p, const char *tag);		/* NULL when there is none */

/* The manifest as JSON, with hasInstallScript put in where it was derived. EJSONPARSE when its bytes are damaged. */
struct json *packument_manifest(struct arena *a, const struct packument *p, uint32_t i, struct err *err) MUST_USE;
/* The same with those members only that resolving, lockfiles and installing look at. */
struct json *packument_brief(struct arena *a, const struct packument *p, uint32_t i, struct err *err) MUST_USE;

/* Are all manifests' bytes as they were written? Reads the whole block; packument_open() looked at the rest. */
bool packument_intact(const struct packument *p);

/* Is what meta says still good without asking the registry, at this wall clock time (ms)? */
bool packument_meta_fresh(const struct packument_meta *meta, int64_t now);
