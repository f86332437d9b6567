/* SPDX-License-Identifier: MIT
 *
 * Packages that words of the command line name, brought into the store: of a registry, a URL, a repository, a tarball on
 * disk. Folders are not: nothing of them is kept. All of a run are fetched at once.
 *
 *	struct package_fetch x;
 *	if (package_fetch_open(cli, &x, err) < 0)
 *		return -1;
 *	package = package_fetch_word(&x, "abbrev@3");		NULL: what is wrong will be told
 *	bad = package_fetch_finish(&x, err);			then package->package is there
 */
#pragma once

#include "base/base.h"
#include "base/err.h"
#include "install/fetch.h"
#include "install/loop.h"

struct cli;
struct spec;

struct package_fetch {
	struct cli *cli;
	struct loop loop;
	struct fetch fetch;
	size_t open;			/* packuments and packages on their way */
	struct err first;		/* what failed first */
};

/* One word. */
struct package_fetched {
	struct package_fetch *in;
	const char *word;
	const struct spec *spec;	/* what an alias stands for */
	struct fetch_package *package;	/* NULL: a folder, or it failed */
};

int package_fetch_open(struct cli *cli, struct package_fetch *out, struct err *err) MUST_USE;
struct package_fetched *package_fetch_word(struct package_fetch *x, const char *word);
/* Waits for all of them. What failed first is the error. The cache stays open until package_fetch_close. */
int package_fetch_finish(struct package_fetch *x, struct err *err) MUST_USE;
void package_fetch_close(struct package_fetch *x);
/* The bytes of one's tarball, as they came; of a repository, what was packed, not compressed. */
int package_fetch_tarball(struct package_fetch *x, const struct package_fetched *p, struct str *out, struct err *err) MUST_USE;
