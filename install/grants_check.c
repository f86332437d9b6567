/* SPDX-License-Identifier: MIT
 *
 * Grants looked at before they hold: their form in package.json, and what a path really opens.
 */
#include "base/arena.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "install/grants.h"
#include "install/grants_form.h"

/* ---- form ---- */

static bool is_flag(const struct json *v)
{
	return json_is(v, JSON_BOOL);
}

static bool is_list(const struct json *v)
{
	for (uint32_t i = 0; json_is(v, JSON_ARRAY) && i < v->count; i++)
		if (!json_text(json_at(v, i)) || !*json_text(json_at(v, i)))
			return false;
	return json_is(v, JSON_ARRAY);
}

static bool is_size(const struct json *v)
{
	return grants_size(v) > 0;
}

static const struct {
	const char *key;
	bool (*fits)(const struct json *v);
	const char *form;
} fields[] = {
	{"net", is_flag, "true or false"}, {"read", is_list, "a list of paths"}, {"write", is_list, "a list of paths"},
	{"file", is_list, "a list of paths"}, {"env", is_list, "a list of names"}, {"time", is_size, "a number of seconds"},
	{"cpu", is_size, "a number of seconds"}, {"memory", is_size, "a number of bytes, or text like \"2GB\""},
	{"processes", is_size, "a number"},
};

static void check_field(struct arena *a, const char *of, const struct json_member *m, struct vec *warnings)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (!streq(fields[i].key, m->key))
			continue;
		if (!fields[i].fits(m->value))
			vec_add(warnings, arena_printf(a, "package.json: lode.scripts: \"%s\": %s must be %s", of, m->key,
						       fields[i].form));
		return;
	}
	vec_add(warnings, arena_printf(a, "package.json: lode.scripts: \"%s\": there is no grant called %s", of, m->key));
}

void grants_check_entry(struct arena *a, const char *key, const struct json *entry, struct vec *warnings)
{
	if (!json_is(entry, JSON_OBJECT)) {
		vec_add(warnings, arena_printf(a, "package.json: lode.scripts: \"%s\" must be an object", key));
		return;
	}
	for (uint32_t i = 0; i < entry->count; i++)
		check_field(a, key, &entry->members[i], warnings);
}

/* ---- sense ---- */

const char *grants_place(struct arena *a, const char *path, const char *root, const char *home)
{
	if (streq(path, "~") || cstr_starts(path, "~/"))
		return home ? path_join(a, home, path + 1) : NULL;
	return path_resolve(a, root, path);
}

static bool has_part(const char *path, const char *name)
{
	struct str rest = str_from(path);

	while (rest.ptr)
		if (str_eq(str_cut(rest, '/', &rest), str_from(name)))
			return true;
	return false;
}

static const char *absurd_to_read(const char *path, const char *home)
{
	if (streq(path, "/"))
		return "would let it have everything on this machine that you can";
	return home && path_is_in(home, path) ? "would let it have all of your home" : NULL;
}

static const char *absurd_to_write(const char *path, const char *root)
{
	if (path_is_in(root, path))
		return "would let it write all of the project";
	if (streq(path_base(path), "node_modules"))
		return "would let it write every other package";
	return streq(path_base(path), ".git") ? "would let it write what git runs as you, and all that was committed" : NULL;
}

struct grant_judged grants_judge(struct arena *a, unsigned list, const char *text, const char *root, const char *home)
{
	const char *path = list == GRANT_ENV || !*text ? NULL : grants_place(a, text, root, home);
	const char *why = path ? absurd_to_read(path, home) : NULL;

	if (path && !why && list != GRANT_READ)
		why = absurd_to_write(path, root);
	if (why)
		return (struct grant_judged){GRANT_ABSURD, why};
	if (path && list != GRANT_READ && has_part(path, ".git"))
		return (struct grant_judged){GRANT_RISKY, "lets it write what git runs as you"};
	return (struct grant_judged){GRANT_FINE, NULL};
}
