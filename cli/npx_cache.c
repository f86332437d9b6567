/* SPDX-License-Identifier: MIT */
#include "cli/npx_cache.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "resolver/spec.h"

#include <string.h>

#define MAX_JSON ((size_t)64 << 20)

struct npx_folder {
	const char *key;
	const char *path;
	struct json *package;		/* NULL: empty or damaged */
};

static const char *npx_dir(struct cli *cli)
{
	return path_join(cli->arena, config_cache(cli->config), "_npx");
}

static struct json *read_json(struct cli *cli, const char *dir, const char *name)
{
	const char *path = path_join(cli->arena, dir, name);
	struct err err = ERR_INIT;
	struct str text;

	if (fs_read_if(cli->arena, path, MAX_JSON, &text, &err) < 0 || !text.ptr)
		return NULL;
	return json_parse(cli->arena, text, path, &err);
}

/* The folder of this name among names, or the only one that begins so; NULL when that is none or several. */
static const char *complete(const struct vec *names, const char *key)
{
	const char *found = NULL;

	for (size_t i = 0; i < names->count; i++) {
		const char *name = VEC_AT(names, const char, i);

		if (streq(name, key))
			return name;
		if (!cstr_starts(name, key))
			continue;
		if (found)
			return NULL;
		found = name;
	}
	return found;
}

/* The folders the keys mean, all without any. */
static int find_folders(struct cli *cli, int argc, char **argv, struct vec *folders, struct err *err)
{
	struct vec names, wanted;

	vec_init(&names, cli->arena);
	vec_init(&wanted, cli->arena);
	if (fs_list(cli->arena, npx_dir(cli), &names, err) < 0)
		return -1;
	for (int i = 0; i < argc; i++) {
		const char *name = *argv[i] ? complete(&names, argv[i]) : NULL;

		if (!name)
			return cli_usage_error(cli, err, "Invalid npx key %s", argv[i]);
		vec_add(&wanted, (void *)(uintptr_t)name);
	}
	if (argc)
		names = wanted;
	for (size_t i = 0; i < names.count; i++) {
		struct npx_folder *f = ARENA_NEW(cli->arena, struct npx_folder);

		f->key = VEC_AT(&names, const char, i);
		f->path = path_join(cli->arena, npx_dir(cli), f->key);
		f->package = read_json(cli, f->path, "package.json");
		vec_add(folders, f);
	}
	return 0;
}

static const struct json *packages_of(const struct npx_folder *f)
{
	return json_find(json_find(f->package, "_npx"), "packages");
}

static int list(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct vec folders;

	(void)argc, (void)argv;
	vec_init(&folders, cli->arena);
	if (!fs_exists(npx_dir(cli)))
		cli_print(cli, "npx cache does not exist");
	if (find_folders(cli, 0, NULL, &folders, err) < 0)
		return -1;
	for (size_t i = 0; i < folders.count; i++) {
		const struct npx_folder *f = VEC_AT(&folders, struct npx_folder, i);
		const struct json *packages = packages_of(f);
		struct buf line = BUF_INIT(MAX_JSON);

		for (uint32_t j = 0; j < json_count(packages); j++)
			buf_printf(&line, "%s%s", j ? ", " : "", json_text(json_at(packages, j)));
		if (!f->package || !packages)
			buf_adds(&line, f->package ? "(unknown)" : "(empty/invalid)");
		cli_print(cli, "%s: %s", f->key, buf_text(&line));
		buf_release(&line);
	}
	return 0;
}

static int remove_folders(struct cli *cli, int argc, char **argv, struct err *err)
{
	bool dry = config_bool(cli->config, "dry-run");
	struct vec folders;

	vec_init(&folders, cli->arena);
	if (!argc && !config_bool(cli->config, "force"))
		return cli_usage_error(cli, err, "Please use --force to remove entire npx cache");
	if (!argc && !dry)
		return fs_remove_tree(npx_dir(cli), err);
	if (find_folders(cli, argc, argv, &folders, err) < 0)
		return -1;
	for (size_t i = 0; i < folders.count; i++) {
		const char *path = VEC_AT(&folders, struct npx_folder, i)->path;

		cli_print(cli, "Removing npx key at %s", path);
		if (!dry && fs_remove_tree(path, err) < 0)
			return -1;
	}
	return 0;
}

/* "name@version" as the folder's lockfile has it; NULL when it does not say. */
static const char *installed(struct cli *cli, const struct json *lock, const char *name)
{
	const char *key = arena_printf(cli->arena, "node_modules/%s", name);
	const char *version = json_find_text(json_find(json_find(lock, "packages"), key), "version");

	return version ? arena_printf(cli->arena, "%s@%s", name, version) : NULL;
}

static void describe_package(struct cli *cli, const struct json *lock, const char *text)
{
	struct err err = ERR_INIT;
	const struct spec *s = spec_parse(cli->arena, text, cli->cwd, &err);
	const char *id = s && s->name ? installed(cli, lock, s->name) : NULL;

	if (id)
		cli_print(cli, "- %s (%s)", text, id);
	else
		cli_print(cli, "- %s", text);
}

static void describe(struct cli *cli, const struct npx_folder *f)
{
	const struct json *packages = packages_of(f), *deps = json_find(f->package, "dependencies");
	const struct json *lock = read_json(cli, f->path, "package-lock.json");

	cli_print(cli, "%s npx cache entry with key %s", f->package && lock ? "valid" : "invalid", f->key);
	cli_print(cli, "location: %s", f->path);
	if (packages)
		cli_print(cli, "packages:");
	for (uint32_t i = 0; i < json_count(packages); i++)
		describe_package(cli, lock, json_text(json_at(packages, i)));
	if (packages || !f->package)
		return;
	cli_print(cli, "packages: (unknown)");
	cli_print(cli, "dependencies:");
	for (uint32_t i = 0; i < json_count(deps); i++)
		describe_package(cli, lock, deps->members[i].key);
}

static int info(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct vec folders;

	vec_init(&folders, cli->arena);
	if (!argc)
		return cli_usage_error(cli, err, "cache npx info needs a key");
	if (find_folders(cli, argc, argv, &folders, err) < 0)
		return -1;
	for (size_t i = 0; i < folders.count; i++)
		describe(cli, VEC_AT(&folders, struct npx_folder, i));
	return 0;
}

int npx_cache(struct cli *cli, int argc, char **argv, struct err *err)
{
	const char *word = argc ? argv[0] : "";

	if (streq(word, "ls"))
		return list(cli, argc - 1, argv + 1, err);
	if (streq(word, "rm"))
		return remove_folders(cli, argc - 1, argv + 1, err);
	if (streq(word, "info"))
		return info(cli, argc - 1, argv + 1, err);
	return cli_usage_error(cli, err, "cache npx: ls, rm or info");
}
