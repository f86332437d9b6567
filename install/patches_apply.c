/* SPDX-License-Identifier: MIT
 *
 * Applying a patch to a package's files. They may be hard links into the store: a changed file is a new one, renamed over the link.
 */
#include "install/patches.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/udiff.h"

#define FILE_MAX ((size_t)512 << 20)

struct target {
	struct arena *arena;
	const struct udiff_file *diff;
	const char *file;		/* as the patch names it, for messages */
	const char *path;
};

/* Adding a file and taking one away is written as a change from or to /dev/null. */
static bool is_dev_null(const char *name)
{
	return !name || !name[0] || streq(name, "/dev/null") || streq(name, ".dev/null") || cstr_ends(name, "/.dev/null");
}

static int find_target(struct target *t, const char *dir, const char *name, struct err *err)
{
	if (!name)
		return err_set(err, ERR_EPATCH, "failed to apply patch: it names no file");
	t->file = cstr_starts(name, "a/") || cstr_starts(name, "b/") ? name + 2 : name;
	t->path = path_resolve(t->arena, dir, t->file);
	if (streq(t->path, dir) || !path_is_in(t->path, dir))
		return err_set_as(err, "EPATCHUNSAFE", "patch path escapes the package directory: %s", t->file);
	for (const char *d = path_dir(t->arena, t->path); !streq(d, dir); d = path_dir(t->arena, d))
		if (fs_lstat(d).kind == FS_LINK)
			return err_set_as(err, "EPATCHUNSAFE", "patch path escapes the package directory: %s", t->file);
	return 0;
}

static int read_source(const struct target *t, const char *what, struct str *out, struct err *err)
{
	struct err ignored = ERR_INIT;

	if (fs_lstat(t->path).kind != FS_FILE || fs_read(t->arena, t->path, FILE_MAX, out, &ignored) < 0)
		return err_set(err, ERR_EPATCH, "%s: %s", what, t->file);
	return 0;
}

static int change(const struct target *t, struct str source, struct buf *out, struct err *err)
{
	if (udiff_apply(t->arena, source, t->diff, out))
		return 0;
	return err_set(err, ERR_EPATCH, "patch could not be applied to %s", t->file);
}

/* A failing file system is a failing patch. */
static int as_patch_error(struct err *cause, struct err *err)
{
	return err_set(err, ERR_EPATCH, "failed to apply patch: %s", cause->text);
}

static int delete_file(const struct target *t, struct buf *out, struct err *err)
{
	struct err cause = ERR_INIT;
	struct str source;

	if (read_source(t, "patch target to delete is missing", &source, err) < 0 || change(t, source, out, err) < 0)
		return -1;
	return fs_unlink(t->path, &cause) < 0 ? as_patch_error(&cause, err) : 0;
}

static int add_file(const struct target *t, struct buf *out, struct err *err)
{
	struct err cause = ERR_INIT;

	if (fs_lstat(t->path).kind != FS_NONE)
		return err_set(err, ERR_EPATCH, "patch adds a file that already exists: %s", t->file);
	if (change(t, STR(""), out, err) < 0)
		return -1;
	if (fs_mkdirs(path_dir(t->arena, t->path), &cause) < 0 || fs_write(t->path, buf_str(out), 0666, &cause) < 0)
		return as_patch_error(&cause, err);
	return 0;
}

static int change_file(const struct target *t, struct buf *out, struct err *err)
{
	struct err cause = ERR_INIT;
	struct str source;

	if (read_source(t, "patch target is missing", &source, err) < 0 || change(t, source, out, err) < 0)
		return -1;
	if (fs_write(t->path, buf_str(out), fs_stat(t->path).mode, &cause) < 0)
		return as_patch_error(&cause, err);
	return 0;
}

static int apply_file(struct target *t, const char *dir, struct err *err)
{
	bool adds = is_dev_null(t->diff->old_name), deletes = is_dev_null(t->diff->new_name);
	struct buf out = BUF_INIT(FILE_MAX);
	int bad;

	if (!t->diff->hunks.count && adds && deletes)
		return 0;
	if (find_target(t, dir, deletes ? t->diff->old_name : t->diff->new_name, err) < 0)
		return -1;
	bad = deletes ? delete_file(t, &out, err) : adds ? add_file(t, &out, err) : change_file(t, &out, err);
	buf_release(&out);
	return bad;
}

int patches_apply(struct str patch, const char *dir, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct vec files;
	int bad = udiff_parse(&a, patch, &files, err);

	for (size_t i = 0; !bad && i < files.count; i++) {
		struct target t = {.arena = &a, .diff = files.items[i]};

		bad = apply_file(&t, dir, err);
	}
	arena_release(&a);
	return bad;
}
