/* SPDX-License-Identifier: MIT */
#include "install/packlist.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "install/ignore.h"
#include "install/packlist_rules.h"
#include "resolver/collate.h"
#include "resolver/manifest.h"

#define IGNORE_FILE_MAX ((size_t)16 << 20)
#define DEPTH_MAX 256

/* Where rules come from, in the order in which they speak. */
enum slot { SLOT_DEFAULT, SLOT_GLOBAL, SLOT_PACKAGE, SLOT_NPMIGNORE, SLOT_GITIGNORE, SLOT_STRICT, SLOTS };

/* One packing: what has been found so far. */
struct packing {
	struct arena *a;
	const struct packlist_options *o;
	struct map files;	/* relative to the package; a set */
	struct map seen;	/* packages whose bundles were gathered, by real path */
	struct err *err;
};

/* A package: where its files are seen, where they are, what its package.json says. */
struct package {
	const char *path;	/* in the tree: perhaps a link */
	const char *real;
	const struct manifest *manifest;
	bool root;
	bool link;
};

/* A directory under way, with the rules that stand in it. */
struct walker {
	struct packing *p;
	const struct package *package;
	const struct walker *parent;
	const char *path;
	struct vec *rules[SLOTS];
	bool exact;		/* it was let in itself, so that its own rules may let in what a parent's leave out */
	int depth;
};

static struct vec *rules_of(struct arena *a, struct str text)
{
	struct vec *rules = ARENA_NEW(a, struct vec);
	vec_init(rules, a);
	ignore_parse(a, text, rules);
	return rules;
}

static bool included(const struct walker *w, const char *entry, bool partial, const char *base_name)
{
	struct ignore_query q = {.entry = entry, .base_name = base_name, .partial = partial};
	bool in = true;
	if (w->parent) {
		const char *above = arena_printf(w->p->a, "%s/%s", path_base(w->path), entry);
		in = included(w->parent, above, partial, base_name ? base_name : entry);
		if (!in && !w->exact)
			return false;
	}
	for (int i = 0; i < SLOTS; i++)
		if (w->rules[i])
			in = ignore_apply(w->rules[i], &q, in);
	return in;
}

static int read_rules(struct walker *w, enum slot slot, const char *name)
{
	struct str text;
	const char *path = arena_printf(w->p->a, "%s/%s", w->path, name);
	if (fs_stat(path).kind != FS_FILE)
		return 0;
	if (fs_read_if(w->p->a, path, IGNORE_FILE_MAX, &text, w->p->err) < 0)
		return -1;
	if (text.ptr)
		w->rules[slot] = rules_of(w->p->a, text);
	return 0;
}

/* package.json silences .npmignore, and .npmignore .gitignore. */
static void settle_precedence(struct walker *w)
{
	if (w->rules[SLOT_PACKAGE])
		w->rules[SLOT_NPMIGNORE] = NULL;
	if (w->rules[SLOT_PACKAGE] || w->rules[SLOT_NPMIGNORE])
		w->rules[SLOT_GITIGNORE] = NULL;
}

static int walk(struct walker *w);

static int enter(const struct walker *w, const char *entry, bool exact)
{
	struct walker *child = ARENA_NEW(w->p->a, struct walker);
	*child = (struct walker){.p = w->p, .package = w->package, .parent = w, .depth = w->depth + 1, .exact = exact};
	child->path = arena_printf(w->p->a, "%s/%s", w->path, entry);
	if (child->depth > DEPTH_MAX)
		return err_set(w->p->err, ERR_ETOOBIG, "'%s' is too deep", child->path);
	child->rules[SLOT_DEFAULT] = rules_of(w->p->a, str_from(packlist_defaults));
	child->rules[SLOT_STRICT] = rules_of(w->p->a, str_from(packlist_strict));
	/* With workspaces around, npm takes any package.json below for a list of rules, and so do we. */
	if (w->package->manifest->workspaces.count && read_rules(child, SLOT_PACKAGE, "package.json") < 0)
		return -1;
	if (read_rules(child, SLOT_NPMIGNORE, ".npmignore") < 0 || read_rules(child, SLOT_GITIGNORE, ".gitignore") < 0)
		return -1;
	settle_precedence(child);
	return walk(child);
}

/* A path of this package in the package that is packed; NULL when it is not below it. */
static const char *packed_path(const struct packing *p, const char *path)
{
	const char *rel = path_relative(p->a, p->o->dir, path);
	return cstr_starts(rel, "../") ? NULL : rel;
}

static int visit(const struct walker *w, const char *entry)
{
	const char *path = arena_printf(w->p->a, "%s/%s", w->path, entry);
	bool as_file = included(w, entry, false, NULL), as_dir = included(w, entry, true, NULL);
	if ((!as_file && !as_dir) || strchr(entry, '*'))
		return 0;
	enum fs_kind kind = fs_lstat(path).kind;
	if (kind == FS_DIR && as_dir)
		return enter(w, entry, as_file || included(w, arena_printf(w->p->a, "%s/", entry), false, NULL));
	const char *packed = kind == FS_FILE && as_file ? packed_path(w->p, path) : NULL;
	if (packed)
		map_put(&w->p->files, packed, w->p);
	return 0;
}

static int walk(struct walker *w)
{
	struct vec names;
	vec_init(&names, w->p->a);
	if (fs_list(w->p->a, w->path, &names, w->p->err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++)
		if (visit(w, names.items[i]) < 0)
			return -1;
	return 0;
}

/* The ignore files between the project and the directory that holds a workspace still count in the workspace. */
static int add_rules_above(struct packing *p, struct buf *text)
{
	const char *dir = path_dir(p->a, p->o->dir);
	struct vec dirs;
	vec_init(&dirs, p->a);
	for (; path_is_in(dir, p->o->prefix); dir = path_dir(p->a, dir)) {
		vec_insert(&dirs, 0, (void *)dir);
		if (streq(dir, "/"))
			break;
	}
	for (size_t i = 0; i < dirs.count; i++) {
		struct str found;
		if (fs_read_if(p->a, path_join(p->a, dirs.items[i], ".npmignore"), IGNORE_FILE_MAX, &found, p->err) < 0)
			return -1;
		if (!found.ptr &&
		    fs_read_if(p->a, path_join(p->a, dirs.items[i], ".gitignore"), IGNORE_FILE_MAX, &found, p->err) < 0)
			return -1;
		buf_addstr(text, found);
		buf_addc(text, '\n');
	}
	return 0;
}

static bool is_workspace(const struct packlist_options *o)
{
	for (size_t i = 0; i < o->n_workspaces; i++)
		if (streq(o->workspaces[i], o->dir))
			return true;
	return false;
}

/* The defaults; a project leaves its workspaces out. */
static int root_defaults(struct packing *p, struct walker *w)
{
	const struct packlist_options *o = p->o;
	struct buf text = BUF_INIT(IGNORE_FILE_MAX * 4);
	int rc = 0;
	buf_adds(&text, packlist_defaults);
	if (o->prefix && streq(o->prefix, o->dir))
		for (size_t i = 0; i < o->n_workspaces; i++)
			buf_printf(&text, "%s\n", path_relative(p->a, o->dir, o->workspaces[i]));
	else if (o->prefix && is_workspace(o))
		rc = add_rules_above(p, &text);
	w->rules[SLOT_DEFAULT] = rules_of(p->a, buf_str(&text));
	buf_release(&text);
	return rc;
}

static int walk_package(struct packing *p, const struct package *pkg)
{
	struct walker *w = ARENA_NEW(p->a, struct walker);
	const struct json *raw = pkg->manifest->raw;
	*w = (struct walker){.p = p, .package = pkg, .path = pkg->path};
	if (pkg->root && root_defaults(p, w) < 0)
		return -1;
	if (pkg->link)
		w->rules[SLOT_DEFAULT] = rules_of(p->a, str_from(packlist_defaults));
	if (pkg->root && p->o->global_ignore)
		w->rules[SLOT_GLOBAL] = rules_of(p->a, str_from(p->o->global_ignore));
	if (packlist_files_rules(p->a, raw, pkg->path, &w->rules[SLOT_PACKAGE], p->err) < 0)
		return -1;
	if (fs_exists(arena_printf(p->a, "%s/package.json", pkg->path)))
		w->rules[SLOT_STRICT] = packlist_strict_rules(p->a, raw, pkg->root);
	/* What a bundled package has in its own node_modules was made for that place: its ignore files are not asked. */
	if ((pkg->root || pkg->link) && (read_rules(w, SLOT_NPMIGNORE, ".npmignore") < 0 ||
					 read_rules(w, SLOT_GITIGNORE, ".gitignore") < 0))
		return -1;
	settle_precedence(w);
	if (p->o->fell_back && w->rules[SLOT_GITIGNORE])
		*p->o->fell_back = true;
	return walk(w);
}

static const struct manifest *read_manifest(struct packing *p, const char *dir)
{
	const char *path = arena_printf(p->a, "%s/package.json", dir);
	struct str text;
	struct err none = ERR_INIT;
	if (fs_read_if(p->a, path, IGNORE_FILE_MAX, &text, &none) < 0 || !text.ptr)
		return manifest_from_json(p->a, NULL);
	struct manifest *m = manifest_parse(p->a, text, path, &none);
	return m ? m : manifest_from_json(p->a, NULL);
}

/* Where Node would find it, but never above the package that is packed, nor above what a link outside of it leads to. */
static const char *find_installed(struct packing *p, const struct package *from, const char *name)
{
	const char *dir = from->link ? from->real : from->path;
	bool inside = path_is_in(dir, p->o->dir);
	for (;; dir = path_dir(p->a, dir)) {
		const char *path = arena_printf(p->a, "%s/node_modules/%s", dir, name);
		if (fs_stat(path).kind == FS_DIR)
			return path;
		if (!inside || streq(dir, p->o->dir) || streq(dir, "/"))
			return NULL;
	}
}

static bool is_bundled_edge(const struct package *pkg, const char *name)
{
	const struct manifest *m = pkg->manifest;
	bool top = pkg->root || pkg->link;
	if (top && dep_list_find(&m->dev_dependencies, name))
		return false;
	return dep_list_find(&m->dependencies, name) || dep_list_find(&m->optional_dependencies, name) ||
	       (pkg->root && m->workspaces.count && !dep_list_find(&m->peer_dependencies, name));
}

/* Names whose packages come along: the root says which, and those bring all they need. */
static void wanted_bundles(const struct package *pkg, struct vec *names)
{
	const struct manifest *m = pkg->manifest;
	for (size_t i = 0; pkg->root && i < m->bundle_dependencies.count; i++)
		vec_add(names, (void *)m->bundle_dependencies.items[i]);
	if (pkg->root)
		return;
	for (size_t i = 0; i < m->dependencies.count; i++)
		vec_add(names, (void *)m->dependencies.items[i].name);
	for (size_t i = 0; i < m->optional_dependencies.count; i++)
		vec_add(names, (void *)m->optional_dependencies.items[i].name);
}

static int gather_bundles(struct packing *p, const struct package *pkg)
{
	struct vec names;
	if (map_has(&p->seen, pkg->real))
		return 0;
	map_put(&p->seen, pkg->real, p);
	vec_init(&names, p->a);
	wanted_bundles(pkg, &names);
	for (size_t i = 0; i < names.count; i++) {
		const char *path = is_bundled_edge(pkg, names.items[i]) ? find_installed(p, pkg, names.items[i]) : NULL;
		if (!path)
			continue;
		struct package *dep = ARENA_NEW(p->a, struct package);
		*dep = (struct package){.path = path, .real = fs_realpath(p->a, path), .manifest = read_manifest(p, path),
					.link = fs_lstat(path).kind == FS_LINK};
		if (dep->real && (walk_package(p, dep) < 0 || gather_bundles(p, dep) < 0))
			return -1;
	}
	return 0;
}

/* The files of one kind and name next to each other, which compresses best. */
static int packing_order(const void *x, const void *y, void *ctx)
{
	struct arena *a = ctx;
	const char *p = cstr_lower(a, path_base(x)), *q = cstr_lower(a, path_base(y));
	int order = collate_compare(path_ext(p), path_ext(q));
	if (!order)
		order = collate_compare(p, q);
	return order ? order : collate_compare(x, y);
}

int packlist_with(struct arena *a, const struct packlist_options *o, struct vec *files, struct err *err)
{
	struct packlist_options absolute = *o;
	struct packing p = {.a = a, .o = &absolute, .err = err};
	struct package root = {.root = true};
	struct arena scratch = ARENA_INIT;
	absolute.dir = path_resolve(a, "/", o->dir);
	map_init(&p.files, a);
	map_init(&p.seen, a);
	vec_init(files, a);
	root.path = absolute.dir;
	root.real = fs_realpath(a, absolute.dir);
	root.manifest = read_manifest(&p, root.path);
	if (!root.real)
		return err_set(err, ERR_ENOENT, "no such directory '%s'", root.path);
	if (walk_package(&p, &root) < 0 || gather_bundles(&p, &root) < 0)
		return -1;
	for (struct map_entry *e = map_first(&p.files); e; e = map_next(&p.files, e))
		vec_add(files, (void *)e->key);
	vec_sort(files, packing_order, &scratch);
	arena_release(&scratch);
	return 0;
}

int packlist(struct arena *a, const char *dir, struct vec *files, struct err *err)
{
	struct packlist_options o = {.dir = dir};
	return packlist_with(a, &o, files, err);
}
