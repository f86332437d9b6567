/* SPDX-License-Identifier: MIT */
#include "install/publishable.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/glob.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "registry/gitrepo.h"
#include "resolver/pkgjson.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define TEXT_MAX ((size_t)64 << 20)

/* A folder and what is in it. */
struct subject {
	struct arena *a;
	const char *dir;
	struct json *pkg;
	struct vec names;
};

static bool says(const struct subject *s, const char *key)
{
	return json_truthy(json_find(s->pkg, key));
}

static struct str text_of(const struct subject *s, const char *name)
{
	struct err ignored = ERR_INIT;
	struct str text = STR_NULL;

	if (fs_read(s->a, path_join(s->a, s->dir, name), TEXT_MAX, &text, &ignored) < 0)
		return STR_NULL;
	return text;
}

static void add_gyp(struct subject *s)
{
	struct json *scripts = json_find(s->pkg, "scripts"), *gyp = json_find(s->pkg, "gypfile");
	bool has = false;

	if (json_truthy(json_find(scripts, "install")) || json_truthy(json_find(scripts, "preinstall")) ||
	    (json_is(gyp, JSON_BOOL) && !gyp->boolean))
		return;
	for (size_t i = 0; i < s->names.count; i++)
		has |= cstr_ends(s->names.items[i], ".gyp") && *VEC_AT(&s->names, char, i) != '.';
	if (!has)
		return;
	if (!json_is(scripts, JSON_OBJECT)) {
		scripts = json_object(s->a);
		json_put(s->a, s->pkg, "scripts", scripts);
	}
	json_put_text(s->a, scripts, "install", "node-gyp rebuild");
	json_put_bool(s->a, s->pkg, "gypfile", true);
}

static void add_authors(struct subject *s)
{
	struct str rest = text_of(s, "AUTHORS");
	struct json *people;

	if (says(s, "contributors") || !rest.ptr)
		return;
	people = json_array(s->a);
	while (rest.ptr) {
		struct str line = str_trim(str_cut(rest, '\n', &rest));

		if (line.len && line.ptr[0] != '#')
			json_add(s->a, people, json_string(s->a, str_dup(s->a, line)));
	}
	json_put(s->a, s->pkg, "contributors", people);
}

/* ".md", ".markdown", and whatever else is left when letters of it are left out. */
static bool is_markdown(const char *name)
{
	const char *p = strrchr(name, '.');

	if (!p)
		return false;
	p++;
	for (const char *letter = "markdown"; *letter; letter++)
		p += tolower((unsigned char)*p) == *letter;
	return !*p;
}

static const char *readme_of(const struct subject *s)
{
	const char *plain = NULL;

	for (size_t i = 0; i < s->names.count; i++) {
		const char *name = s->names.items[i];

		if (strncasecmp(name, "readme", 6) != 0 || (name[6] && name[6] != '.') ||
		    fs_stat(path_join(s->a, s->dir, name)).kind != FS_FILE)
			continue;
		if (is_markdown(name))
			return name;
		if (cstr_ends(name, "README"))
			plain = name;
	}
	return plain;
}

static void add_readme(struct subject *s)
{
	const char *name = says(s, "readme") ? NULL : readme_of(s);
	struct str text = name ? text_of(s, name) : STR_NULL;

	if (!text.ptr)
		return;
	json_put_text(s->a, s->pkg, "readme", str_dup(s->a, text));
	json_put_text(s->a, s->pkg, "readmeFilename", name);
}

/* Files below dir/rel, by their paths from there; nothing that begins with a dot. */
static void list_below(const struct subject *s, const char *dir, const char *rel, struct vec *out)
{
	struct err ignored = ERR_INIT;
	struct vec names;

	vec_init(&names, s->a);
	if (fs_list(s->a, path_join(s->a, dir, rel), &names, &ignored) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i], *sub = *rel ? arena_printf(s->a, "%s/%s", rel, name) : name;

		if (*name == '.')
			continue;
		vec_add(out, (void *)sub);
		if (fs_lstat(path_join(s->a, dir, sub)).kind == FS_DIR)
			list_below(s, dir, sub, out);
	}
}

/* The folder that `directories` names, inside the package; NULL. */
static const char *named_folder(const struct subject *s, const char *what)
{
	const char *dir = json_find_text(json_find(s->pkg, "directories"), what);

	return dir && *dir ? path_join(s->a, "/", dir) + 1 : NULL;
}

/* That folder, and the files in it, where the manifest does not list them itself. */
static const char *named_files(const struct subject *s, const char *what, struct vec *files)
{
	const char *dir = says(s, what) ? NULL : named_folder(s, what);

	vec_init(files, s->a);
	if (dir)
		list_below(s, path_join(s->a, s->dir, dir), "", files);
	return dir;
}

static void add_mans(struct subject *s)
{
	struct json *mans = json_array(s->a);
	struct vec files;
	const char *dir = named_files(s, "man", &files);

	if (!dir)
		return;
	for (size_t i = 0; i < files.count; i++)
		if (glob_match_part("*.[0-9]", path_base(files.items[i]), 0))
			json_add(s->a, mans, json_string(s->a, path_join(s->a, dir, files.items[i])));
	json_put(s->a, s->pkg, "man", mans);
}

static void add_bins(struct subject *s)
{
	struct json *bin = json_object(s->a);
	struct vec files;
	const char *dir = named_files(s, "bin", &files);

	if (!dir)
		return;
	for (size_t i = 0; i < files.count; i++)
		json_put_text(s->a, bin, path_base(files.items[i]), path_join(s->a, dir, files.items[i]));
	json_put(s->a, s->pkg, "bin", bin);
}

static void add_head(struct subject *s)
{
	const char *head = says(s, "gitHead") ? NULL : gitrepo_head(s->a, s->dir);

	if (head)
		json_put_text(s->a, s->pkg, "gitHead", head);
}

static void add_types(struct subject *s)
{
	const char *index = json_find_text(s->pkg, "main"), *types;

	if (json_find(s->pkg, "types") || json_find(s->pkg, "typings"))
		return;
	index = path_normal(s->a, index && *index ? index : "index.js");
	types = arena_printf(s->a, "./%.*s.d.ts", (int)(strlen(index) - strlen(path_ext(index))), index);
	if (fs_exists(path_join(s->a, s->dir, types)))
		json_put_text(s->a, s->pkg, "types", types);
}

static void note_fixes(struct arena *a, const struct json *before, const struct json *after, struct vec *fixed)
{
	for (uint32_t i = 0; i < json_count(before); i++)
		if (!json_equal(before->members[i].value, json_find(after, before->members[i].key)))
			vec_add(fixed, arena_strdup(a, before->members[i].key));
}

struct json *publishable_read(struct arena *a, const char *dir, struct vec *fixed, struct err *err)
{
	const char *file = path_join(a, dir, "package.json");
	struct subject s = {.a = a, .dir = dir};
	struct json *as_is;
	struct str text;

	vec_init(&s.names, a);
	if (fs_read(a, file, TEXT_MAX, &text, err) < 0 || fs_list(a, dir, &s.names, err) < 0)
		return NULL;
	s.pkg = json_parse(a, text, file, err);
	if (!s.pkg)
		return NULL;
	as_is = json_copy(a, s.pkg);
	if (pkgjson_normalize(a, s.pkg, PKGJSON_FIX, err) < 0)
		return NULL;
	note_fixes(a, as_is, s.pkg, fixed);
	add_gyp(&s);
	add_authors(&s);
	add_readme(&s);
	add_mans(&s);
	add_bins(&s);
	add_head(&s);
	add_types(&s);
	return pkgjson_normalize(a, s.pkg, PKGJSON_PREPARE, err) < 0 ? NULL : s.pkg;
}
