/* SPDX-License-Identifier: MIT
 *
 * package.json, read: apart from project.c, so that who wants no more than that links no trees.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/vec.h"
#include "install/project.h"
#include "resolver/manifest.h"
#include "resolver/pkgjson.h"

/* All names below dir, folders before what is in them; nothing that begins with a dot. */
static void list_below(struct arena *a, const char *dir, const char *rel, struct vec *out)
{
	struct err ignored = ERR_INIT;
	struct vec names;
	vec_init(&names, a);
	if (fs_list(a, path_join(a, dir, rel), &names, &ignored) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];
		if (name[0] == '.')
			continue;
		const char *sub = rel[0] ? arena_printf(a, "%s/%s", rel, name) : name;
		vec_add(out, (void *)sub);
		if (fs_lstat(path_join(a, dir, sub)).kind == FS_DIR)
			list_below(a, dir, sub, out);
	}
}

/* directories.bin stands for a bin entry per file in that folder, where there is no bin. */
static void expand_bin_dir(struct arena *a, const char *dir, struct json *raw)
{
	const char *bin_dir = json_find_text(json_find(raw, "directories"), "bin");
	if (!bin_dir || !*bin_dir || json_truthy(json_find(raw, "bin")))
		return;
	const char *rel = path_join(a, "/", bin_dir) + 1;
	struct json *bin = json_object(a);
	struct vec files;
	vec_init(&files, a);
	list_below(a, path_join(a, dir, rel), "", &files);
	for (size_t i = 0; i < files.count; i++) {
		const char *file = files.items[i];
		json_put_text(a, bin, path_base(file), arena_printf(a, "%s/%s", rel, file));
	}
	json_put(a, raw, "bin", bin);
}

int package_read(struct arena *a, const char *dir, struct package_file *out, struct err *err)
{
	const char *path = path_join(a, dir, "package.json");
	if (fs_read(a, path, FS_MAX_FILE, &out->text, err) < 0)
		return -1;
	struct json *raw = json_parse_fast(a, out->text, path, err);
	if (!raw)
		return -1;
	/* npm normalises a list as if it were one, and stops at all else. */
	if (!json_is(raw, JSON_OBJECT) && !json_is(raw, JSON_ARRAY))
		return err_set(err, ERR_EJSONPARSE, "'%s' holds no object", path);
	out->style = style_detect(a, out->text);
	/* What other programs left under _ keys is not believed. */
	if (json_is(raw, JSON_OBJECT)) {
		(void)!pkgjson_normalize(a, raw, PKGJSON_ATTRIBUTES, err);
		expand_bin_dir(a, dir, raw);
	}
	out->manifest = manifest_from_json(a, raw);
	return 0;
}

int package_read_if(struct arena *a, const char *dir, struct package_file *out, struct err *err)
{
	if (fs_exists(path_join(a, dir, "package.json")))
		return package_read(a, dir, out, err);
	out->text = STR_NULL;
	out->style = STYLE_DEFAULT;
	out->manifest = manifest_from_json(a, json_object(a));
	return 0;
}
