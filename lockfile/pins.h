/* SPDX-License-Identifier: MIT
 *
 * What a lockfile of another tool keeps: versions ("pins") by package, by what was asked for, and by who asked. It says nothing
 * about places in node_modules; the resolver works those out and asks here which version to prefer.
 *
 *	struct pins p;
 *	pins_init(&p, arena);
 *	if (pnpm_read(&p, text, "pnpm-lock.yaml", err) < 0)
 *		…ERR_EYAMLPARSE, ERR_ELOCKFILEVERSION…
 *	const struct pin *pin = pins_choose(&p, &(struct pin_query){.spec = spec, .name = "a", .version = "1.0.0"});
 *
 * A pin is a preference: only one that satisfies what is asked is chosen, and where the registry has it no more,
 * the caller resolves as if nothing had been locked. Readers take nothing on trust: what they do not understand in a file
 * of the right form they leave out.
 */
#pragma once

#include "base/base.h"
#include "base/map.h"
#include "base/str.h"

struct arena;
struct err;
struct spec;

#define FOREIGN_MAX ((size_t)64 << 20)	/* no lockfile is larger */

struct pin {
	const char *name;		/* the package's own; an alias has another */
	const char *version;		/* NULL: not from a registry */
	const char *integrity;		/* of its tarball; NULL where the lockfile has none of use */
	const char *commit;		/* git: the full hash; NULL */
};

struct pins {
	struct arena *arena;
	struct map by_id;		/* "name@version" to struct pin */
	struct map by_name;		/* name to struct vec of struct pin, as they came */
	struct map by_spec;		/* "name@spec" to struct pin */
	struct map by_asker;		/* asker, a blank, name asked for: to struct pin */
};

/* Who asks for what. */
struct pin_query {
	const struct spec *spec;
	const char *name, *version;	/* of the package that asks; NULL when it is a folder of the project */
	const char *folder;		/* "" for the project, "packages/a" for a workspace; NULL for packages */
};

void pins_init(struct pins *p, struct arena *a);
/* The pin of a registry's package, made where there is none; integrity may be NULL, and fills up what is not known. */
struct pin *pins_package(struct pins *p, const char *name, const char *version, const char *integrity);
/* What a name and spec as written in a package.json were resolved to. The first one stays. */
void pins_put_spec(struct pins *p, const char *name, const char *spec, struct pin *pin);
/* What `asker` got for a name. The first one stays. */
void pins_put_asked(struct pins *p, const char *asker, const char *name, struct pin *pin);
/* Askers. */
const char *pins_package_id(struct pins *p, const char *name, const char *version);
const char *pins_folder_id(struct pins *p, const char *folder);		/* "." and "" are the project */

/* What the asker got for it; else what anyone got who asked in the same words; else the highest version locked that
 * satisfies. For a version or range it must satisfy; for a tag only the first two count; git's commits and tarballs likewise.
 * NULL: nothing. */
const struct pin *pins_choose(const struct pins *p, const struct pin_query *q);

/* ---- Readers: text in, pins out. what names the file in errors. ---- */

/* yarn.lock of yarn 2 and later, "berry". EYAMLPARSE. */
int berry_read(struct pins *p, struct str text, const char *what, struct err *err) MUST_USE;
/* pnpm-lock.yaml, versions 5 to 9. EYAMLPARSE, ELOCKFILEVERSION. */
int pnpm_read(struct pins *p, struct str text, const char *what, struct err *err) MUST_USE;
/* bun.lock, versions 0 to 2. EJSONPARSE, ELOCKFILEVERSION. */
int bun_read(struct pins *p, struct str text, const char *what, struct err *err) MUST_USE;
