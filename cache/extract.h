/* SPDX-License-Identifier: MIT
 *
 * Unpacking a package's tarball by npm's rules into an empty directory, and nowhere else:
 *
 *  - the first component of every name is dropped, whatever it is; a name with a `..` in it is passed over;
 *    one that is absolute is taken relative; one deeper than 1024 or longer than the system takes is passed over;
 *  - links, devices and everything that is neither file nor directory are dropped;
 *  - modes are 0644, or 0755 when the archive has an executable bit for the owner, as the umask lets them (each bit as
 *    npm: (mode | 0666) & ~022); never setuid, setgid or sticky; directories 0755; owners and times are ignored;
 *  - .gitignore becomes .npmignore unless the package had one before it (not for git sources);
 *  - of entries with the same name the last wins; a file does not replace a directory that is not empty, nor is a
 *    file a parent: such entries are passed over, as npm does;
 *  - what the package's own package.json lists as bins becomes executable.
 *
 * Files are made relative to the directory's handle, new and never through a link, so nothing outside it can change even if
 * someone else plays with it meanwhile. What was passed over is counted.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct err;
struct store_entry;

#define EXTRACT_MAX_ENTRIES 1000000
#define EXTRACT_MAX_DEPTH 1024

struct extract_options {
	int dirfd;			/* empty directory; stays open */
	const char *what;		/* for messages */
	size_t max_unpacked;
	uint32_t umask;			/* of the process */
	bool keep_gitignore;
};

struct extract_result {
	struct store_entry *entries;	/* in an arena; sorted so that a directory comes before what is in it */
	uint32_t n_entries;
	uint32_t n_files;
	uint32_t passed_over;		/* links, odd names, clashes */
	uint64_t bytes;
	int64_t newest_ns;		/* modification time of the file written last */
	struct str package_json;	/* its bytes as unpacked; ptr NULL when there is none */
};

/* tarball: gzip, plain tar or zstd. Errors: TAR_BAD_ARCHIVE, TAR_ABORT, ETOOBIG, the file system's. The directory may then be half full. */
int extract_tarball(struct arena *a, struct str tarball, const struct extract_options *opts, struct extract_result *out,
		    struct err *err) MUST_USE;
