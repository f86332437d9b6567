/* SPDX-License-Identifier: MIT */
#include "tests/driver/driver.h"

#include "base/str.h"
#include "resolver/bins.h"
#include "resolver/pkgjson.h"

static const struct {
	const char *name;
	unsigned step;
} steps[] = {
	{"_id", PKGJSON_ID},
	{"_attributes", PKGJSON_ATTRIBUTES},
	{"bundledDependencies", PKGJSON_BUNDLED},
	{"bundleDependencies", PKGJSON_BUNDLE},
	{"bundleDependenciesDeleteFalse", PKGJSON_BUNDLE_DELETE_FALSE},
	{"overrides", PKGJSON_OVERRIDES},
	{"optionalDedupe", PKGJSON_OPTIONAL_DEDUPE},
	{"scripts", PKGJSON_SCRIPTS},
	{"scriptpath", PKGJSON_SCRIPT_PATH},
	{"funding", PKGJSON_FUNDING},
	{"bin", PKGJSON_BIN},
	{"binDir", PKGJSON_BIN},
	{"binRefs", PKGJSON_BIN},
	{"fixName", PKGJSON_NAME},
	{"fixNameField", PKGJSON_NAME},
	{"fixVersionField", PKGJSON_VERSION},
	{"fixRepositoryField", PKGJSON_REPOSITORY},
	{"fixDependencies", PKGJSON_DEPENDENCIES},
	{"normalizeData", PKGJSON_DATA},
	{"mans", PKGJSON_MANS},
	{"readme", PKGJSON_README},
	{"fillTypes", PKGJSON_TYPES},
};

/* A step's bit by its name; 0 for one that looks at the disk only. */
static unsigned step_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		if (streq(steps[i].name, name))
			return steps[i].step;
	return 0;
}

static unsigned steps_of(const struct driver_call *c, unsigned usual)
{
	const struct json *given = driver_opt_value(c, "steps");
	unsigned bits = given ? 0 : usual;
	if (json_text(given))
		bits = step_of(json_text(given));
	for (uint32_t i = 0; json_is(given, JSON_ARRAY) && i < given->count; i++)
		bits |= step_of(json_text(given->items[i]));
	bits |= driver_opt(c, "strict") ? PKGJSON_STRICT : 0;
	return bits | (driver_opt(c, "allowLegacyCase") ? PKGJSON_LEGACY_CASE : 0);
}

/* Lists that only the package's folder could fill. */
static bool needs_folder(const struct driver_call *c)
{
	const struct json *pkg = driver_arg(c, 0), *directories = json_find(pkg, "directories");
	return (json_find(directories, "bin") && !json_find(pkg, "bin")) ||
	       (json_find(directories, "man") && !json_find(pkg, "man"));
}

static int run_steps(struct driver_call *c, unsigned usual, struct err *err)
{
	if (needs_folder(c)) {
		c->skip = "needs the package's folder";
		return 0;
	}
	c->result = json_copy(c->arena, driver_arg(c, 0));
	return pkgjson_normalize(c->arena, c->result, steps_of(c, usual), err);
}

static int normalize(struct driver_call *c, struct err *err)
{
	return run_steps(c, PKGJSON_NORMALIZE, err);
}

static int prepare(struct driver_call *c, struct err *err)
{
	return run_steps(c, PKGJSON_PREPARE, err);
}

static int fix(struct driver_call *c, struct err *err)
{
	return run_steps(c, PKGJSON_FIX, err);
}

static int normalize_bin(struct driver_call *c, struct err *err)
{
	(void)err;
	c->result = json_copy(c->arena, driver_arg(c, 0));
	bins_normalize(c->arena, c->result);
	return 0;
}

DRIVER_FUNCTIONS(pkgjson, {"normalize", NULL, normalize}, {"prepare", NULL, prepare}, {"fix", NULL, fix},
		 {"normalizeBin", NULL, normalize_bin});
