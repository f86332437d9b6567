/* SPDX-License-Identifier: MIT */
#include "install/save.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/report.h"
#include "install/install.h"
#include "install/savespec.h"
#include "lockfile/lockfile.h"
#include "lockfile/yarn.h"
#include "resolver/ideal.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/range.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

#define LOCKFILE_MAX ((size_t)512 << 20)

/* ---- package.json ---- */

/* The trees that are worked on: chosen workspaces, else the project. */
static void chosen_trees(struct save *s, struct vec *out)
{
	struct node *root = node_target(s->ideal->root);
	const struct ideal_options *o = &s->options->ideal;

	vec_init(out, s->arena);
	for (size_t i = 0; i < o->workspace_count; i++) {
		struct node *ws = node_child(root, o->workspaces[i]);

		if (ws && node_target(ws))
			vec_add(out, node_target(ws));
	}
	if (!o->workspace_count || o->include_workspace_root)
		vec_add(out, root);
}

/* Does a range of an edge allow nothing but the version that is there? Those are never updated. */
static bool is_pinned(struct node *n)
{
	struct range *version = range_parse(n->tree->arena, str_from(node_version(n)), 0);

	for (size_t i = 0; version && i < n->edges_in.count; i++) {
		struct range *r =
			range_parse(n->tree->arena, str_from(edge_spec(VEC_AT(&n->edges_in, struct edge, i))), 0);

		if (r && range_subset(r, version))
			return true;
	}
	return false;
}

static bool is_updated(const struct save *s, const struct node *n)
{
	const struct ideal_options *o = &s->options->ideal;

	for (size_t i = 0; i < o->update_count; i++)
		if (streq(o->update[i], n->name))
			return true;
	return o->update_all;
}

/* Direct dependencies that an update may have changed, with everyone who wants them. */
static int save_updates(struct save *s, struct vec *updated, struct err *err)
{
	struct node *root = node_target(s->ideal->root);

	for (struct map_entry *i = inventory_first(s->ideal->root); i; i = inventory_next(s->ideal->root, i)) {
		struct node *n = i->value, *above = node_resolve_parent(n);

		if (node_is_root(n) || !above || node_target(above) != root || !is_updated(s, n) || is_pinned(n))
			continue;
		for (size_t k = 0; k < n->edges_in.count; k++) {
			struct node *from = VEC_AT(&n->edges_in, struct edge, k)->from;

			if (from && savespec_update(s, node_target(from), n->name, updated, err) < 0)
				return -1;
		}
	}
	return 0;
}

static int save_added(struct save *s, const struct vec *trees, struct vec *updated, struct err *err)
{
	const struct vec *added = s->resolved ? ideal_added(s->resolved) : NULL;

	for (size_t i = 0; added && i < added->count; i++)
		for (size_t k = 0; k < trees->count; k++)
			if (savespec_update(s, trees->items[k], VEC_AT(added, struct spec, i)->name, updated, err) < 0)
				return -1;
	return 0;
}

static int write_package(struct save *s, struct node *n, struct err *err)
{
	static const char *const lists[] = {"dependencies", "devDependencies", "optionalDependencies", "peerDependencies"};
	const struct json *pkg = n->manifest->raw, *bundle = json_find(pkg, "bundleDependencies");
	const struct json *patched = json_find(pkg, "patchedDependencies");
	struct json *content = json_object(s->arena);

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const struct json *list = json_find(pkg, lists[i]);

		json_put(s->arena, content, lists[i], list ? json_copy(s->arena, list) : json_object(s->arena));
	}
	if (s->patches_dropped && n == node_target(s->ideal->root))
		json_put(s->arena, content, "patchedDependencies",
			 patched ? json_copy(s->arena, patched) : json_null(s->arena));
	json_put(s->arena, content, "bundleDependencies", bundle ? json_copy(s->arena, bundle) : json_null(s->arena));
	return package_save(s->arena, n->path, content, err);
}

static int save_packages(struct save *s, struct err *err)
{
	const struct ideal_options *o = &s->options->ideal;
	struct vec trees, updated;

	chosen_trees(s, &trees);
	vec_init(&updated, s->arena);
	if (!o->update_all && save_added(s, &trees, &updated, err) < 0)
		return -1;
	if ((o->update_all || o->update_count) && save_updates(s, &updated, err) < 0)
		return -1;
	for (size_t i = 0; o->rm_count && i < trees.count; i++)
		if (vec_find(&updated, trees.items[i]) < 0)
			vec_add(&updated, trees.items[i]);
	for (size_t i = 0; i < updated.count; i++) {
		struct node *n = updated.items[i];

		node_set_manifest(n, n->manifest);
		if (write_package(s, n, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- lockfiles ---- */

static int write_out(const char *path, const struct buf *out, struct fs_stat *st, struct err *err)
{
	if (out->failed)
		return err_set(err, ERR_ETOOBIG, "'%s' would be larger than %zu bytes", path, LOCKFILE_MAX);
	return fs_write_stat(path, buf_str(out), 0666, st, err);
}

static int write_if_changed(struct arena *a, const char *path, const struct buf *out, struct fs_stat *st, struct err *err)
{
	struct err unreadable = ERR_INIT;
	struct str old;

	if (!out->failed && fs_read_if(a, path, LOCKFILE_MAX, &old, &unreadable) == 0 && old.ptr && str_eq(old, buf_str(out)))
		return 0;
	return write_out(path, out, st, err);
}

static int write_lockfile(struct save *s, const struct buf *out, struct err *err)
{
	const char *path = arena_printf(s->arena, "%s/" LOCKFILE_NAME, s->project->options.path);
	const struct lockfile *lf = s->project->lockfile;

	/* It is known to be another: nobody has to read what is there. */
	if (lf->as_read && !str_eq(lf->text, buf_str(out)))
		return write_out(path, out, &s->lock, err);
	return write_if_changed(s->arena, path, out, &s->lock, err);
}

/* What only a newer lockfile can tell makes it one. */
static void warn_upgrade(struct save *s, const struct lockfile *lf, int was)
{
	bool patched = false, extended = s->ideal->package_extensions_hash || s->ideal->npm_extension_hash;

	for (uint32_t i = 0; i < lf->packages->count; i++) {
		const struct json *entry = lf->packages->members[i].value;

		patched |= json_truthy(json_find(entry, "patched"));
		extended |= json_find(entry, "packageExtensionsApplied") || json_find(entry, "npmExtensionApplied");
	}
	if (patched || extended)
		report_warn(s->options->reporter, "shrinkwrap", "%s require%s lockfileVersion %d; upgrading the lockfile from version %d.",
			patched ? "patchedDependencies" : "manifest extensions", patched ? "s" : "", lf->version, was);
}

static int save_lockfile(struct save *s, struct err *err)
{
	struct lockfile *lf = s->project->lockfile;
	int bad, was, from;

	lf->style = commit_style(s->project->package.text.ptr ? &s->project->package.style : NULL,
		lf->loaded ? &lf->style : NULL);
	was = lf->version;
	lockfile_commit(s->arena, lf, s->ideal, &s->options->commit);
	if (was < lf->version)
		warn_upgrade(s, lf, was);
	from = lf->loaded ? lf->original_version : s->ideal->loaded_from_disk || s->options->ideal.update_all ? was : 0;
	if (from && from != lf->version)
		report_warn(s->options->reporter, "shrinkwrap", "Converting lock file (" LOCKFILE_NAME ") from v%d -> v%d", from, lf->version);
	buf_init(&s->text, LOCKFILE_MAX);
	/* It will be about as long as it was. */
	(void)!buf_reserve(&s->text, lf->text.len + lf->text.len / 16);
	lockfile_format_committed(s->arena, &s->text, lf, &s->options->commit);
	bad = write_lockfile(s, &s->text, err);
	lockfile_keep_text(lf, &s->text);
	return bad;
}

int save_project(struct save *s, struct err *err)
{
	const struct install_options *o = s->options;

	if (o->dry_run || o->project.global || (o->no_save && !s->updates))
		return 0;
	if (!o->no_save && save_packages(s, err) < 0)
		return -1;
	return o->no_lockfile ? 0 : save_lockfile(s, err);
}

int save_hidden(struct save *s, struct err *err)
{
	const char *path = arena_printf(s->arena, "%s/" LOCKFILE_HIDDEN_NAME, s->project->options.path);
	struct buf out = BUF_INIT(LOCKFILE_MAX);
	int bad = 0;

	if (fs_lstat(path_dir(s->arena, path)).kind != FS_DIR)
		return 0;
	if (s->project->package.text.ptr)
		s->project->lockfile->style = s->project->package.style;
	(void)!buf_reserve(&out, s->text.len);
	if (s->laid != s->ideal)
		lockfile_format_linked(s->arena, &out, s->project->lockfile, s->laid, &s->options->commit);
	else
		lockfile_format_hidden(s->arena, &out, s->project->lockfile, s->ideal, &s->options->commit);
	bad = s->hidden_is_valid ? write_if_changed(s->arena, path, &out, &s->hidden, err) : write_out(path, &out, &s->hidden, err);
	buf_release(&out);
	return bad;
}

void save_close(struct save *s)
{
	buf_release(&s->text);
}

int save_yarn(struct save *s, struct err *err)
{
	struct buf out = BUF_INIT(LOCKFILE_MAX);
	const char *path = arena_printf(s->arena, "%s/" YARN_NAME, s->project->options.path);
	int bad = 0;

	if (!s->project->yarn || s->options->ideal.update_all)
		return 0;
	yarn_format(s->arena, &out, s->ideal, s->project->options.path);
	if (out.len || out.failed)
		bad = write_if_changed(s->arena, path, &out, NULL, err);
	buf_release(&out);
	return bad;
}
