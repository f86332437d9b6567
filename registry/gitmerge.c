/* SPDX-License-Identifier: MIT */
#include "registry/gitmerge.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/vec.h"
#include "registry/gitlib.h"

#include <string.h>

struct merging {
	struct arena *arena;
	git_repository *repo;
	git_tree *base, *ours, *theirs;
	git_index *merged;
};

static int fail(struct err *err)
{
	const git_error *why = git.error_last();

	return err_set(err, ERR_EGIT, "cannot merge: %s", why && why->message ? why->message : "git could not do it");
}

static int add_file(struct merging *m, git_index *index, const char *path, const char *name, struct err *err)
{
	git_index_entry entry = {.path = name};

	entry.mode = fs_lstat(path).mode & 0100 ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB;
	if (git.blob_create_from_disk(&entry.id, m->repo, path) < 0 || git.index_add(index, &entry) < 0)
		return fail(err);
	return 0;
}

static int add_files(struct merging *m, git_index *index, const char *dir, const char *below, struct err *err)
{
	struct vec names;

	if (fs_list(m->arena, path_join(m->arena, dir, below), &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = below[0] ? arena_printf(m->arena, "%s/%s", below, VEC_AT(&names, char, i)) : names.items[i];
		const char *path = path_join(m->arena, dir, name);
		enum fs_kind kind = streq(names.items[i], ".git") ? FS_NONE : fs_lstat(path).kind;

		if (kind == FS_FILE && add_file(m, index, path, name, err) < 0)
			return -1;
		if (kind == FS_DIR && add_files(m, index, dir, name, err) < 0)
			return -1;
	}
	return 0;
}

/* A folder as git's tree. */
static int read_tree(struct merging *m, const char *dir, git_tree **out, struct err *err)
{
	git_index *index = NULL;
	git_oid id;
	int bad;

	if (git.index_new(&index) < 0)
		return fail(err);
	bad = add_files(m, index, dir, "", err);
	if (!bad && (git.index_write_tree_to(&id, index, m->repo) < 0 || git.tree_lookup(out, m->repo, &id) < 0))
		bad = fail(err);
	git.index_free(index);
	return bad;
}

/* The markers name the sides as git does for two branches, ours checked out. */
static int write_result(struct merging *m, const char *dest, struct err *err)
{
	git_checkout_options o;

	git.checkout_options_init(&o, GIT_CHECKOUT_OPTIONS_VERSION);
	o.checkout_strategy = GIT_CHECKOUT_FORCE | GIT_CHECKOUT_DONT_UPDATE_INDEX | GIT_CHECKOUT_CONFLICT_STYLE_MERGE;
	o.disable_filters = 1;
	o.target_directory = dest;
	o.ancestor_label = "base";
	o.our_label = "HEAD";
	o.their_label = "theirs";
	return git.checkout_index(m->repo, m->merged, &o) < 0 ? fail(err) : 0;
}

static int merge(struct merging *m, const struct gitmerge *what, bool *conflicted, struct err *err)
{
	git_merge_options o;

	if (git.repository_init(&m->repo, what->work, true) < 0)
		return fail(err);
	if (read_tree(m, what->base, &m->base, err) < 0 || read_tree(m, what->ours, &m->ours, err) < 0 ||
	    read_tree(m, what->theirs, &m->theirs, err) < 0)
		return -1;
	git.merge_options_init(&o, GIT_MERGE_OPTIONS_VERSION);
	o.flags = GIT_MERGE_FIND_RENAMES;
	if (git.merge_trees(&m->merged, m->repo, m->base, m->ours, m->theirs, &o) < 0)
		return fail(err);
	*conflicted = git.index_has_conflicts(m->merged);
	return fs_mkdirs(what->dest, err) < 0 ? -1 : write_result(m, what->dest, err);
}

int gitmerge_folders(struct arena *a, const struct gitmerge *what, bool *conflicted, struct err *err)
{
	struct merging m = {.arena = a};
	int bad;

	if (gitlib_need(err) < 0)
		return -1;
	git.libgit2_init();
	bad = merge(&m, what, conflicted, err);
	git.index_free(m.merged);
	git.tree_free(m.base);
	git.tree_free(m.ours);
	git.tree_free(m.theirs);
	git.repository_free(m.repo);
	git.libgit2_shutdown();
	return bad;
}
