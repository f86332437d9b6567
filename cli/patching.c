/* SPDX-License-Identifier: MIT */
#include "cli/patching.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/path.h"
#include "base/udiff.h"
#include "base/vec.h"
#include "cache/store.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/settings_install.h"
#include "install/fetch.h"
#include "install/install.h"
#include "install/loop.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)64 << 20)

static void fetched(struct fetch_package *p, void *ctx)
{
	(void)p;
	*(bool *)ctx = true;
}

static int place(struct loop *loop, const struct fetch_package *p, const char *dest, struct err *err)
{
	if (p->state == FETCH_FAILED) {
		*err = *p->err;
		return -1;
	}
	if (fs_remove_tree(dest, err) < 0 || store_link(loop->cache, p->package, dest, STORE_COPY, err) != STORE_OK)
		return -1;
	return 0;
}

int patching_unpack(struct cli *cli, const char *name, const char *version, const char *dest, struct err *err)
{
	struct fetch_want want = {.name = name, .version = version};
	struct fetch_options none = {.ignore_scripts = true};
	struct install_options o;
	struct fetch_package *p;
	struct fetch fetch;
	struct loop loop;
	bool done = false;
	int bad;

	if (settings_install(cli, &o, err) < 0 || loop_open(&loop, cli->arena, &o.cache, &o.registry, err) < 0)
		return -1;
	loop.reporter = cli->reporter;
	fetch_init(&fetch, &loop, &none);
	p = fetch_get(&fetch, &want);
	fetch_then(p, fetched, &done);
	while (!done)
		loop_turn(&loop);
	bad = place(&loop, p, dest, err);
	loop_close(&loop);
	return bad;
}

const char *patching_temporary(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && dir[0] == '/' ? dir : "/tmp";
}

int patching_edit_dir(struct cli *cli, const char *name, const char *version, const char **out, struct err *err)
{
	const char *wanted = config_text(cli->config, "edit-dir"), *base;

	if (wanted && *wanted) {
		*out = path_resolve(cli->arena, cli->cwd, wanted);
		if (path_is_in(cli_prefix(cli), *out))
			return err_set_as(err, "EPATCHUNSAFE", "edit-dir would empty the project: %s", *out);
		return fs_mkdirs(*out, err);
	}
	base = path_join(cli->arena, patching_temporary(), "npm-patch");
	if (fs_mkdirs(base, err) < 0)
		return -1;
	*out = fs_mkdtemp(cli->arena, arena_printf(cli->arena, "%s/%s@%s-", base, cstr_replace(cli->arena, name, "/", "+"), version), err);
	return *out ? 0 : -1;
}

/* ---- what was changed ---- */

static int list_files(struct arena *a, const char *dir, const char *below, struct vec *out, struct err *err)
{
	struct vec names;

	if (fs_list(a, path_join(a, dir, below), &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];
		const char *rel = below[0] ? arena_printf(a, "%s/%s", below, name) : name;
		enum fs_kind kind = fs_lstat(path_join(a, dir, rel)).kind;

		if (kind == FS_FILE)
			vec_add(out, (void *)rel);
		else if (kind == FS_DIR && !streq(name, "node_modules") && !streq(name, ".git") && list_files(a, dir, rel, out, err) < 0)
			return -1;
	}
	return 0;
}

static int by_bytes(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return strcmp(a, b);
}

/* ptr NULL: there is no such file. */
static struct str read_text(struct arena *a, const char *dir, const char *file)
{
	struct err ignored = ERR_INIT;
	struct str text = STR_NULL;

	return fs_read_if(a, path_join(a, dir, file), FILE_MAX, &text, &ignored) < 0 ? STR_NULL : text;
}

static void add_file(struct buf *out, const char *file, struct str old, struct str new)
{
	struct arena scratch = ARENA_INIT;

	if (old.ptr)
		buf_printf(out, "--- a/%s\t\n", file);
	else
		buf_adds(out, "--- /dev/null\t\n");
	if (new.ptr)
		buf_printf(out, "+++ b/%s\t\n", file);
	else
		buf_adds(out, "+++ /dev/null\t\n");
	udiff_make(&scratch, old, new, out);
	arena_release(&scratch);
}

int patching_diff(struct arena *a, const char *from, const char *to, struct patching *out, struct err *err)
{
	struct vec files;
	const char *last = NULL;

	vec_init(&files, a);
	if (list_files(a, from, "", &files, err) < 0 || list_files(a, to, "", &files, err) < 0)
		return -1;
	vec_sort(&files, by_bytes, NULL);
	for (size_t i = 0; i < files.count; i++) {
		const char *file = files.items[i];
		struct str old = read_text(a, from, file), new = read_text(a, to, file);
		bool same = !old.ptr == !new.ptr && str_eq(old, new);

		if (same || streq(file, last) || streq(file, PATCHING_MARK))
			continue;
		last = file;
		if (streq(file, "package.json"))
			out->manifest_changed = true;
		else
			add_file(&out->text, file, old, new);
	}
	return out->text.failed ? err_set(err, ERR_ETOOBIG, "the patch would be too large") : 0;
}
