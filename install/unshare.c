/* SPDX-License-Identifier: MIT */
#include "install/unshare.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"
#include "base/vec.h"

#include <errno.h>
#include <sys/stat.h>

static int copy_file(const char *path, const struct fs_stat *st, struct err *err)
{
	struct arena scratch = ARENA_INIT;
	struct str text;
	int bad = fs_read(&scratch, path, FS_MAX_FILE, &text, err);

	if (!bad)
		bad = fs_write(path, text, st->mode, err);
	if (!bad && chmod(path, st->mode) < 0)
		bad = err_sys(err, errno, "cannot change the mode of '%s'", path);
	arena_release(&scratch);
	return bad;
}

/* One entry: a file is made our own, a directory is put aside for later. */
static int unshare_entry(const char *path, struct vec *dirs, struct err *err)
{
	struct fs_stat st = fs_lstat(path);

	if (st.kind == FS_DIR)
		vec_add(dirs, (char *)path);
	return st.kind == FS_FILE && st.nlink > 1 ? copy_file(path, &st, err) : 0;
}

static int unshare_below(struct arena *a, const char *dir, struct err *err)
{
	struct vec dirs, names;

	vec_init(&dirs, a);
	vec_add(&dirs, (char *)dir);
	for (size_t i = 0; i < dirs.count; i++) {
		const char *at = dirs.items[i];

		if (fs_list(a, at, &names, err) < 0)
			return -1;
		for (size_t j = 0; j < names.count; j++) {
			if (unshare_entry(arena_printf(a, "%s/%s", at, VEC_AT(&names, char, j)), &dirs, err) < 0)
				return -1;
		}
	}
	return 0;
}

int unshare_tree(struct arena *a, const char *path, struct err *err)
{
	struct fs_stat st = fs_lstat(path);

	if (st.kind == FS_DIR)
		return unshare_below(a, path, err);
	return st.kind == FS_FILE && st.nlink > 1 ? copy_file(path, &st, err) : 0;
}
