/* SPDX-License-Identifier: MIT */
#include "install/project.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/glob.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/vec.h"
#include "lockfile/place.h"
#include "lockfile/wspattern.h"
#include "resolver/collate.h"
#include "resolver/manifest.h"

/* A search for folders. */
struct search {
	struct arena *arena;
	const char *dir;
	const struct vec *negated;
	struct map found;	/* relative paths */
};

static bool is_ignored(const struct search *s, const char *rel)
{
	const char *slashed = arena_printf(s->arena, "%s/", rel);
	if (glob_match("**/node_modules/**", slashed, GLOB_DOT))
		return true;
	for (size_t i = 0; i < s->negated->count; i++) {
		const char *p = VEC_AT(s->negated, char, i);
		if (glob_match(p, rel, GLOB_DOT) || glob_match(p, slashed, GLOB_DOT))
			return true;
	}
	return false;
}

static const char *below(const struct search *s, const char *rel, const char *name)
{
	return rel[0] ? arena_printf(s->arena, "%s/%s", rel, name) : name;
}

static bool is_folder(const struct search *s, const char *rel)
{
	return fs_stat(path_join(s->arena, s->dir, rel)).kind == FS_DIR;
}

static void walk(struct search *s, const char *rel, struct str pattern);

static void walk_names(struct search *s, const char *rel, const char *part, struct str rest, struct str whole)
{
	struct err ignored = ERR_INIT;
	struct vec names;
	bool deep = streq(part, "**");
	vec_init(&names, s->arena);
	if (fs_list(s->arena, path_join(s->arena, s->dir, rel), &names, &ignored) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i], *sub = below(s, rel, name);
		if (streq(name, "node_modules") || (deep ? name[0] == '.' : !glob_match_part(part, name, 0)))
			continue;
		if (!is_folder(s, sub))
			continue;
		if (deep && fs_lstat(path_join(s->arena, s->dir, sub)).kind == FS_DIR)
			walk(s, sub, whole);
		else
			walk(s, sub, rest);
	}
}

/* Folders at or below rel that what is left of the pattern means. */
static void walk(struct search *s, const char *rel, struct str pattern)
{
	while (pattern.ptr && pattern.len && pattern.ptr[0] == '/')
		pattern = str_skip(pattern, 1);
	if (!pattern.ptr || !pattern.len) {
		if (is_folder(s, rel) && !is_ignored(s, rel))
			map_put(&s->found, rel[0] ? rel : ".", s);
		return;
	}
	struct str rest;
	const char *part = str_dup(s->arena, str_cut(pattern, '/', &rest));
	if (streq(part, "**"))
		walk(s, rel, rest);
	if (streq(part, "."))
		walk(s, rel, rest);
	else if (streq(part, "**") || glob_has_magic(part))
		walk_names(s, rel, part, rest, pattern);
	else
		walk(s, below(s, rel, part), rest);
}

/* The folders in npm's order: by pattern, in each by name. */
void workspaces_folders(struct arena *a, const struct manifest *root, const char *dir, struct vec *out)
{
	struct ws_patterns patterns, *p = &patterns;
	struct search s = {.arena = a, .dir = dir, .negated = &p->negated};
	struct vec sorted;
	ws_patterns_make(a, &root->workspaces, p);
	map_init(&s.found, a);
	for (size_t i = 0; i < p->wanted.count; i++) {
		struct vec expanded;
		vec_init(&expanded, a);
		glob_expand(a, VEC_AT(&p->wanted, char, i), &expanded);
		for (size_t n = 0; n < expanded.count; n++)
			walk(&s, "", str_from(expanded.items[n]));
	}
	vec_init(&sorted, a);
	for (struct map_entry *e = map_first(&s.found); e; e = map_next(&s.found, e))
		vec_add(&sorted, (void *)e->key);
	vec_sort(&sorted, collate_compare_items, NULL);
	for (size_t i = 0; i < p->wanted.count; i++)
		for (size_t n = 0; n < sorted.count; n++)
			if (glob_match(VEC_AT(&p->wanted, char, i), sorted.items[n], GLOB_PARTIAL) &&
			    vec_find(out, sorted.items[n]) < 0)
				vec_add(out, sorted.items[n]);
}

static int check_declared(const struct manifest *root, struct err *err)
{
	const struct json *declared = json_find(root->raw, "workspaces");
	if (!declared || json_is(declared, JSON_ARRAY) || json_is(json_find(declared, "packages"), JSON_ARRAY))
		return 0;
	return err_set(err, ERR_EWORKSPACESCONFIG, "workspaces config expects an Array");
}

/* The first folder of each name goes into `found`; a second one into the message. */
static int add_workspace(struct arena *a, struct map *found, struct map *doubles, const char *path, struct err *err)
{
	struct err local = ERR_INIT;
	struct package_file file;
	if (package_read(a, path, &file, &local) < 0) {
		if (local.code == ERR_ENOENT || local.code == ERR_ENOTDIR)
			return 0;
		*err = local;
		return -1;
	}
	const char *name = file.manifest->name;
	if (!name || !*name)
		name = name_from_folder(a, path);
	const char *first = map_find(found, name);
	if (!first) {
		map_put(found, name, (void *)path);
		return 0;
	}
	struct vec *paths = map_find(doubles, name);
	if (!paths) {
		paths = ARENA_NEW(a, struct vec);
		vec_init(paths, a);
		vec_add(paths, (void *)first);
		map_put(doubles, name, paths);
	}
	vec_add(paths, (void *)path);
	return 0;
}

static int report_doubles(const struct map *doubles, struct err *err)
{
	struct buf b = BUF_INIT(4096);
	buf_adds(&b, "must not have multiple workspaces with the same name");
	for (struct map_entry *e = map_first(doubles); e; e = map_next(doubles, e)) {
		const struct vec *paths = e->value;
		buf_printf(&b, "\npackage '%s' has conflicts in the following paths:", e->key);
		for (size_t i = 0; i < paths->count; i++)
			buf_printf(&b, "\n    %s", VEC_AT(paths, char, i));
	}
	err_set(err, ERR_EDUPLICATEWORKSPACE, "%s", buf_text(&b));
	buf_release(&b);
	return -1;
}

struct map *workspaces_find(struct arena *a, const struct manifest *root, const char *dir, struct err *err)
{
	struct map *found = ARENA_NEW(a, struct map), doubles;
	struct vec folders;
	map_init(found, a);
	map_init(&doubles, a);
	vec_init(&folders, a);
	if (check_declared(root, err) < 0)
		return NULL;
	workspaces_folders(a, root, dir, &folders);
	for (size_t i = 0; i < folders.count; i++)
		if (add_workspace(a, found, &doubles, path_join(a, dir, folders.items[i]), err) < 0)
			return NULL;
	if (doubles.count && report_doubles(&doubles, err) < 0)
		return NULL;
	return found;
}

static bool filter_means(struct arena *a, const struct workspace_choice *c, const char *filter, const char *name,
			 const char *path)
{
	if (streq(filter, name) || streq(path_resolve(a, c->cwd, filter), path))
		return true;
	const char *relative = path_relative(a, c->cwd, path);
	if (cstr_starts(filter, "./"))
		relative = arena_printf(a, "./%s", relative);
	const char *from_root = path_relative(a, c->path, path_resolve(a, c->cwd, filter));
	return glob_match(arena_printf(a, "%s/*", from_root), relative, 0) ||
	       glob_match(arena_printf(a, "%s/*", filter), relative, 0);
}

static int none_found(const struct workspace_choice *c, struct err *err)
{
	struct buf b = BUF_INIT(4096);
	buf_adds(&b, c->n_filters ? ":\n " : "!");
	for (size_t i = 0; i < c->n_filters; i++)
		buf_printf(&b, " --workspace=%s", c->filters[i]);
	err_set(err, ERR_EGENERIC, "No workspaces found%s", buf_text(&b));
	buf_release(&b);
	return -1;
}

struct map *workspaces_choose(struct arena *a, const struct map *all, const struct workspace_choice *c,
			      struct err *err)
{
	struct map *chosen = ARENA_NEW(a, struct map);
	map_init(chosen, a);
	if (c->with_root)
		map_put(chosen, c->root_name ? c->root_name : "", (void *)c->path);
	for (struct map_entry *e = c->n_filters ? NULL : map_first(all); e; e = map_next(all, e))
		map_put(chosen, e->key, e->value);
	for (size_t i = 0; i < c->n_filters; i++)
		for (struct map_entry *e = map_first(all); e; e = map_next(all, e))
			if (filter_means(a, c, c->filters[i], e->key, e->value))
				map_put(chosen, e->key, e->value);
	return chosen->count || none_found(c, err) == 0 ? chosen : NULL;
}
