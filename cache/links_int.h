/* SPDX-License-Identifier: MIT
 *
 * Between links.c and links_care.c.
 */
#pragma once

struct cache;

struct links {
	struct cache *cache;
	const char *root, *dir;
	int lock, handle;		/* of the lock's file; of dir */
};

#define LINKS_DIR "links"		/* with what the folder of packages has behind its name: it depends on the umask */
#define LINKS_PROJECTS "linked"
#define LINKS_LOCK "links.lock"
#define LINKS_RECORD "record"
#define LINKS_INDEX "index"
#define LINKS_FORM "lode-links 1"
