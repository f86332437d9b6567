/* SPDX-License-Identifier: MIT */
#include "cli/patch_list.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/patch_target.h"
#include "cli/perform.h"
#include "cli/settings_install.h"
#include "install/install.h"
#include "install/savepkg.h"
#include "resolver/manifest.h"

int patch_list_read(struct cli *cli, struct json **out, struct err *err)
{
	struct package_file file;
	const struct json *patched;

	if (package_read(cli->arena, cli_prefix(cli), &file, err) < 0)
		return -1;
	patched = json_find(file.manifest->raw, "patchedDependencies");
	*out = json_is(patched, JSON_OBJECT) ? json_copy(cli->arena, patched) : json_object(cli->arena);
	return 0;
}

int patch_list_write(struct cli *cli, struct json *patched, struct err *err)
{
	struct json *content = json_object(cli->arena);

	json_put(cli->arena, content, "patchedDependencies", patched->count ? patched : json_null(cli->arena));
	return package_save(cli->arena, cli_prefix(cli), content, err);
}

const char *patch_list_drop(struct json *patched, const char *key)
{
	const char *path = json_text(json_find(patched, key));

	json_remove(patched, key);
	for (uint32_t i = 0; i < patched->count; i++)
		if (streq(json_text(patched->members[i].value), path))
			return NULL;
	return path;
}

const char *patch_list_keep(struct cli *cli, const struct patch_target *t, struct str diff, struct json *patched, struct err *err)
{
	const char *dir = config_text(cli->config, "patches-dir"), *root = cli_prefix(cli), *path;
	const char *file = path_resolve(cli->arena, root, arena_printf(cli->arena, "%s/%s@%s.patch", dir, t->name, t->version));

	if (!path_is_in(file, root)) {
		err_set_as(err, "EPATCHUNSAFE", "patches-dir \"%s\" resolves outside the project root.", dir);
		return NULL;
	}
	path = path_relative(cli->arena, root, file);
	if (fs_mkdirs(path_dir(cli->arena, file), err) < 0 || fs_write(file, diff, 0666, err) < 0)
		return NULL;
	json_put_text(cli->arena, patched, arena_printf(cli->arena, "%s@%s", t->name, t->version), path);
	return path;
}

int patch_list_delete(struct cli *cli, const char *path, struct err *err)
{
	const char *root = cli_prefix(cli), *file = path_resolve(cli->arena, root, path);

	if (streq(file, root) || !path_is_in(file, root))
		return err_set_as(err, "EPATCHUNSAFE", "Refusing to delete patch outside the project root: %s", path);
	return fs_unlink(file, err);
}

int patch_list_install(struct cli *cli, struct err *err)
{
	struct install_options o;

	return settings_install(cli, &o, err) < 0 ? -1 : perform_install(cli, &o, 0, err);
}

int patch_list_lock(struct cli *cli, struct err *err)
{
	struct install_options o;

	if (settings_install(cli, &o, err) < 0)
		return -1;
	o.lock_only = o.ideal.complete = true;
	o.allow_unused_patches = true;
	return perform_install(cli, &o, PERFORM_UNAUDITED, err);
}
