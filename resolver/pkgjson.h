/* SPDX-License-Identifier: MIT
 *
 * Putting a package.json into the form the rest of npm expects (@npmcli/package-json and, inside it, what was
 * normalize-package-data). Steps are npm's own, one bit each, and run in npm's order whatever the order of the bits.
 * Those that look at the package's folder (gyp files, AUTHORS, a readme, man pages, directories.bin, the git head) are
 * not here: pkgjson works on JSON alone, and what they would add must be there already.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct json;

enum pkgjson_step {
	PKGJSON_ID = 1 << 0,			/* _id is name@version */
	PKGJSON_ATTRIBUTES = 1 << 1,		/* keys that begin with "_" go */
	PKGJSON_BUNDLED = 1 << 2,		/* bundledDependencies becomes bundleDependencies */
	PKGJSON_BUNDLE = 1 << 3,		/* bundleDependencies becomes a list */
	PKGJSON_BUNDLE_DELETE_FALSE = 1 << 4,	/* … and false goes rather than becoming an empty one */
	PKGJSON_OVERRIDES = 1 << 5,		/* overrides is an object that is not empty, or goes */
	PKGJSON_OPTIONAL_DEDUPE = 1 << 6,	/* what is optional is in dependencies no more */
	PKGJSON_SCRIPTS = 1 << 7,		/* scripts that are no text go */
	PKGJSON_SCRIPT_PATH = 1 << 8,		/* … and node_modules/.bin/ at their start too */
	PKGJSON_FUNDING = 1 << 9,		/* a text becomes {url} */
	PKGJSON_BIN = 1 << 10,			/* see bins.h */
	PKGJSON_NAME = 1 << 11,			/* a valid name, or an error */
	PKGJSON_VERSION = 1 << 12,		/* a valid version, or an error */
	PKGJSON_REPOSITORY = 1 << 13,		/* an object with a git host's full address */
	PKGJSON_DEPENDENCIES = 1 << 14,		/* objects of texts; git hosts' full addresses */
	PKGJSON_DATA = 1 << 15,			/* all of the above four, people, bugs, homepage, keywords, files, readme … */
	PKGJSON_MANS = 1 << 16,			/* man is a list of paths inside the package */
	PKGJSON_README = 1 << 17,		/* a readme that is not there says so */
	PKGJSON_TYPES = 1 << 18,		/* main that is no text is an error */
	PKGJSON_STRICT = 1 << 19,		/* names and versions exactly as they must be, nothing trimmed */
	PKGJSON_LEGACY_CASE = 1 << 20,		/* … but upper-case letters in the name may stay */
};

/* What an install does to every manifest. */
#define PKGJSON_NORMALIZE                                                                                              \
	(PKGJSON_ID | PKGJSON_ATTRIBUTES | PKGJSON_BUNDLED | PKGJSON_BUNDLE | PKGJSON_OVERRIDES | PKGJSON_OPTIONAL_DEDUPE | \
	 PKGJSON_SCRIPTS | PKGJSON_FUNDING | PKGJSON_BIN)
/* … to one of a registry, whose own _ keys are kept. */
#define PKGJSON_REGISTRY (PKGJSON_NORMALIZE & ~(unsigned)PKGJSON_ATTRIBUTES)
/* What packing and publishing do. */
#define PKGJSON_PREPARE                                                                                                \
	(PKGJSON_ID | PKGJSON_ATTRIBUTES | PKGJSON_BUNDLED | PKGJSON_BUNDLE | PKGJSON_BUNDLE_DELETE_FALSE |             \
	 PKGJSON_OVERRIDES | PKGJSON_SCRIPT_PATH | PKGJSON_BIN | PKGJSON_MANS | PKGJSON_README | PKGJSON_TYPES |        \
	 PKGJSON_DATA)
/* npm pkg fix. */
#define PKGJSON_FIX                                                                                                    \
	(PKGJSON_BUNDLE | PKGJSON_BIN | PKGJSON_NAME | PKGJSON_VERSION | PKGJSON_REPOSITORY | PKGJSON_DEPENDENCIES |    \
	 PKGJSON_SCRIPT_PATH)

/* Changes pkg, an object, in place. Only NAME, VERSION, DATA and TYPES can fail. */
int pkgjson_normalize(struct arena *a, struct json *pkg, unsigned steps, struct err *err) MUST_USE;
/* "Name <mail> (url)" or an object of them as {name, email, url}. */
struct json *pkgjson_person(struct arena *a, const struct json *person);
