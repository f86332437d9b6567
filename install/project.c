/* SPDX-License-Identifier: MIT */
#include "install/project.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "lockfile/lockfile.h"
#include "lockfile/pins.h"
#include "lockfile/place.h"
#include "lockfile/virtual.h"
#include "lockfile/yarn.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

struct lockfile *lockfile_read(struct arena *a, const struct lockfile_options *o, struct err *why, struct err *err)
{
	struct err local = ERR_INIT;
	struct str text = STR_NULL;
	if (fs_read_if(a, path_join(a, o->path, LOCKFILE_NAME), FS_MAX_FILE, &text, &local) == 0) {
		struct lockfile *lf = lockfile_parse(a, text, o, &local);
		if (lf)
			return lf;
	}
	if (local.code == ERR_ELOCKFILEVERSION || local.code == ERR_EGENERIC) {
		*err = local;
		if (err->code == ERR_EGENERIC)
			err_note(err, LOCKFILE_ADVICE);
		return NULL;
	}
	if (why)
		*why = local;
	struct lockfile *none = lockfile_none(a, o);
	none->broken = text.ptr && lockfile_is_broken(text);
	return none;
}

/* The project's package.json; one that cannot be read may be overlooked. */
static int read_root(struct arena *a, const struct project_options *o, struct project *out, struct err *err)
{
	struct err local = ERR_INIT;
	if (package_read_if(a, o->path, &out->package, &local) == 0)
		return 0;
	if (!o->broken_ok) {
		*err = local;
		return -1;
	}
	out->package_error = ARENA_NEW(a, struct err);
	*out->package_error = local;
	out->package.manifest = manifest_from_json(a, json_object(a));
	out->package.style = STYLE_DEFAULT;
	return 0;
}

/* Never an error: npm goes on without. */
static struct yarn *read_yarn(struct arena *a, const struct project_options *o)
{
	struct err ignored = ERR_INIT;
	struct str text;
	if (fs_read_if(a, path_join(a, o->path, YARN_NAME), FOREIGN_MAX, &text, &ignored) < 0 || !text.len || yarn_is_berry(text))
		return NULL;
	return yarn_parse(a, text, o->path, o->public_registry);
}

int project_load(struct arena *a, const struct project_options *o, struct project *out, struct err *err)
{
	*out = (struct project){.options = *o};
	struct lockfile_options lock = {.path = o->path, .version = o->lockfile_version};
	if (o->global) {
		out->package.manifest = manifest_from_json(a, json_object(a));
		out->package.style = STYLE_DEFAULT;
		out->workspaces = ARENA_NEW(a, struct map);
		map_init(out->workspaces, a);
		out->lockfile = out->on_disk = lockfile_none(a, &lock);
		return 0;
	}
	if (read_root(a, o, out, err) < 0)
		return -1;
	out->workspaces = workspaces_find(a, out->package.manifest, o->path, err);
	if (!out->workspaces)
		return -1;
	struct err *why = ARENA_NEW(a, struct err);
	lock.manifest = out->package.manifest;
	out->on_disk = lockfile_read(a, &lock, why, err);
	if (!out->on_disk)
		return -1;
	out->yarn = o->no_lockfile ? NULL : read_yarn(a, o);
	out->lockfile = o->no_lockfile ? lockfile_none(a, &lock) : out->on_disk;
	out->had_lockfile = fs_stat(path_join(a, o->path, LOCKFILE_NAME)).kind == FS_FILE;
	out->lock_error = why->code == ERR_OK ? NULL : why;
	return 0;
}

void project_watch(const struct project *p, struct tree *t)
{
	t->edge_added = p->yarn ? yarn_decorate : NULL;
	t->edge_added_ctx = p->yarn;
}

/* An override that changes what the project itself asks for is a mistake in package.json. */
static int check_overrides(struct node *root, struct err *err)
{
	for (struct map_entry *i = map_first(&root->edges_out.map); root->overrides && i;
	     i = map_next(&root->edges_out.map, i)) {
		const struct edge *e = i->value;
		const char *spec = edge_spec(e);
		if (!streq(spec, e->raw_spec) && spec[0] != '$')
			return err_set(err, ERR_EOVERRIDE, "Override for %s@%s conflicts with direct dependency", e->name,
				       e->raw_spec);
	}
	return 0;
}

/* A dependency that asks for no version would otherwise be left out in silence. */
static int check_specs(const struct project *p, const struct manifest *m, struct err *err)
{
	static const char *const kinds[] = {"dependencies", "devDependencies", "optionalDependencies", "peerDependencies"};
	for (size_t k = 0; k < ARRAY_LEN(kinds) - p->options.legacy_peer_deps; k++) {
		const struct json *list = json_find(m->raw, kinds[k]);
		for (uint32_t i = 0; json_is(list, JSON_OBJECT) && i < json_count(list); i++) {
			if (json_is(list->members[i].value, JSON_STRING))
				continue;
			err_set(err, ERR_EGENERIC, "must provide string spec");
			err_note(err, "\"%s\" in \"%s\" of '%s/package.json' is not a string", list->members[i].key, kinds[k],
				 p->options.path);
			return -1;
		}
	}
	return 0;
}

static struct tree *make_root(struct arena *a, const struct project *p, struct manifest *m, struct map *workspaces,
			      struct err *err)
{
	if (check_specs(p, m, err) < 0)
		return NULL;
	struct tree *t = tree_make(a);
	t->root = node_make(t, &(struct node_options){
		.path = p->options.path,
		.manifest = m,
		.load_overrides = true,
		.error = p->package_error,
		.is_global = p->options.global,
		.install_links = p->options.install_links,
		.legacy_peer_deps = p->options.legacy_peer_deps,
	});
	node_unset_flags(t->root);
	if (workspaces->count)
		node_set_workspaces(t->root, workspaces);
	return check_overrides(t->root, err) < 0 ? NULL : t;
}

struct tree *project_root(struct arena *a, const struct project *p, struct err *err)
{
	return make_root(a, p, p->package.manifest, p->workspaces, err);
}

static struct manifest *read_manifest(const char *dir, void *ctx)
{
	struct arena *a = ctx;
	struct err ignored = ERR_INIT;
	struct package_file file;
	return package_read(a, dir, &file, &ignored) < 0 ? NULL : file.manifest;
}

/* npm takes the folder's name for the project's here, and only here. */
static struct manifest *named_by_folder(struct arena *a, const struct manifest *m, const char *path)
{
	struct json *raw = json_copy(a, m->raw);
	json_put_text(a, raw, "name", name_from_folder(a, path));
	return manifest_from_json(a, raw);
}

struct tree *project_virtual(struct arena *a, const struct project *p, bool for_ideal, struct err *err)
{
	if (!p->lockfile->loaded && !for_ideal) {
		err_set(err, ERR_ENOLOCK, "This command requires an existing lockfile.");
		err_note(err, "Try creating one first with: npm i --package-lock-only");
		if (p->lock_error)
			err_note(err, "Original error: %s", p->lock_error->text);
		return NULL;
	}
	struct manifest *m = p->package.manifest;
	struct map *workspaces = p->workspaces;
	struct json *entry = lockfile_entry(p->lockfile, "");
	if (!p->package.text.ptr && entry && !for_ideal) {
		m = manifest_from_json(a, json_copy(a, entry));
		workspaces = workspaces_find(a, m, p->options.path, err);
	}
	if (!for_ideal && !m->name)
		m = named_by_folder(a, m, p->options.path);
	struct tree *t = workspaces ? make_root(a, p, m, workspaces, err) : NULL;
	struct virtual_options o = {
		.read_manifest = read_manifest,
		.ctx = a,
		.install_links = p->options.install_links,
		.legacy_peer_deps = p->options.legacy_peer_deps,
		.for_ideal = for_ideal,
	};
	if (t)
		project_watch(p, t);
	return t && virtual_load(t, p->lockfile, &o, err) == 0 ? t : NULL;
}
