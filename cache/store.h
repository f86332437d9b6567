/* SPDX-License-Identifier: MIT
 *
 * Packages on disk, by integrity: the tarball as it came, and unpacked, ready to be linked into projects.
 *
 * The way of a package, on any thread:
 *
 *	store_get()	unpacked already, or a kept tarball (lode's or npm's) that can be unpacked now
 *	   NULL ->	the caller downloads it
 *	store_fill()	checks a downloaded tarball against its integrity, keeps it and unpacks it
 *	store_link()	makes the package's files at a new place
 *
 * Integrity is an SRI text as lockfiles and registries have it; the strongest algorithm in it decides, and any of
 * its digests will do (npm's rule). Without one (git, plain URLs) store_fill() works out the sha512, and a key such as
 * the URL finds it again through cache/entries.h.
 *
 * Files in the store are shared by hard links with every project that uses them. Nothing may ever write to them: who wants
 * to change a linked file (a bin's hashbang, a mode) replaces it (copy, change, rename). Packages whose own scripts will
 * run are copied. Someone may still write through a link by hand: store_link() compares each file's size and time with
 * the index, looks at the bytes again when they differ, and refuses a package that changed. One that store_fill() or store_get()
 * unpacked just now is taken as it is: no project has links to it yet but those this process is making.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct cache;
struct err;

/* A tarball bigger than this is refused, packed or unpacked. */
#define STORE_MAX_PACKED ((size_t)1 << 30)
#define STORE_MAX_UNPACKED ((size_t)1 << 30)

struct store_entry {
	const char *path;		/* relative, normal, never leaves the package */
	uint64_t size;
	uint64_t checksum;		/* of the bytes; 0 for a directory */
	uint32_t mode;			/* permission bits, as npm would give it */
	bool is_dir;
};

struct store_package {
	const char *dir;		/* the files, absolute */
	const char *integrity;		/* sha512 of the tarball; never NULL */
	const char *name, *version;	/* as its package.json says; NULL when it has none or it cannot be read */
	/* JSON, an object: what lockfiles record of its package.json and a registry's abbreviated document may leave out: license,
	 * workspaces, acceptDependencies, funding, libc, gypfile. NULL when it has none of them. */
	const char *recorded;
	const struct store_entry *entries;	/* a directory comes before what is in it */
	uint32_t n_entries;
	uint32_t n_files;
	uint64_t unpacked_size;
	int64_t sealed_ns;		/* no file was changed after this, by the file system's clock */
	bool is_new;			/* unpacked by this very process */
	bool has_package_json;
	bool has_install_script;	/* preinstall, install or postinstall */
	bool has_binding_gyp;		/* binding.gyp, and package.json does not say gypfile false */
	bool has_bundled;		/* it brings a node_modules of its own */
	bool has_shrinkwrap;
};

struct store_source {
	struct str tarball;
	const char *integrity;		/* what it must have; NULL or "": whatever it has */
	const char *shasum;		/* hexadecimal sha1 that counts when integrity gives none that lode knows; may be NULL */
	const char *what;		/* for messages: name@version or the URL */
	bool from_git;			/* .gitignore keeps its name */
};

/* What is there unpacked, nothing else: no reading of tarballs. NULL: a miss. */
struct store_package *store_find(struct arena *a, struct cache *c, const char *integrity);
/* How much there is to link, roughly: the bytes of its index. 0: it is not there unpacked. */
uint64_t store_weight(struct arena *a, struct cache *c, const char *integrity);
/* As store_find; then what a kept tarball gives. *out NULL and success: nothing kept, download it. */
int store_get(struct arena *a, struct cache *c, const char *integrity, struct store_package **out, struct err *err) MUST_USE;
/* Is the package or its tarball kept? Looks at names only; for plans and --offline. */
bool store_has(struct cache *c, const char *integrity);
/* Errors: EINTEGRITY, TAR_BAD_ARCHIVE, TAR_ABORT, ETOOBIG, and what the file system says. On error nothing is left. */
int store_fill(struct arena *a, struct cache *c, const struct store_source *src, struct store_package **out, struct err *err)
	MUST_USE;
/* The bytes of a kept tarball, checked; ptr NULL and success when it is not kept. */
int store_tarball(struct arena *a, struct cache *c, const char *integrity, struct str *out, struct err *err) MUST_USE;

enum store_how {
	STORE_LINK,		/* hard links; where the file system cannot, as STORE_COPY */
	STORE_COPY,		/* copies that share blocks where the file system can */
};

enum store_result {
	STORE_OK,
	STORE_GONE,		/* damaged or removed meanwhile, and dropped from the store: store_get() it again */
	STORE_FAILED,		/* err says why */
};

/* Makes dest, which must not exist (its parent must), with everything in the package. On anything but STORE_OK what was
 * made is removed again. */
enum store_result store_link(struct cache *c, const struct store_package *p, const char *dest, enum store_how how,
			     struct err *err) MUST_USE;
/* Is there a file of that path in the package? */
bool store_has_file(const struct store_package *p, const char *path);
/* Makes a file of a project one that may be written to, with this mode: replaced by a copy when others share it. For bins. */
int store_own_file(const char *path, uint32_t mode, struct err *err) MUST_USE;
