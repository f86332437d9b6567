/* SPDX-License-Identifier: MIT
 *
 * exec of what has to be installed first: into <cache>/_npx/<hash of the packages>, unless the project has it.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/ci.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/exec.h"
#include "cli/exec_wants.h"
#include "cli/prompt.h"
#include "cli/render.h"
#include "cli/runs.h"
#include "cli/settings_install.h"
#include "install/install.h"
#include "resolver/collate.h"
#include "resolver/manifest.h"
#include "resolver/spec.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_NAMES ((size_t)1 << 20)
#define KEY_LENGTH 16

/* ---- The folder ---- */

static int compare_names(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return collate_compare(a, b);
}

static const char *npx_folder(struct exec *e)
{
	struct arena *a = e->cli->arena;
	struct buf key = BUF_INIT(MAX_NAMES);
	char hex[DIGEST_HEX_MAX];
	struct vec sorted;

	vec_init(&sorted, a);
	for (size_t i = 0; i < e->packages.count; i++)
		vec_add(&sorted, e->packages.items[i]);
	vec_sort(&sorted, compare_names, NULL);
	for (size_t i = 0; i < sorted.count; i++)
		buf_printf(&key, "%s%s", i ? "\n" : "", VEC_AT(&sorted, const char, i));
	digest_hex(DIGEST_SHA512, buf_text(&key), key.len, hex);
	buf_release(&key);
	return path_join(a, config_cache(e->cli->config), arena_printf(a, "_npx/%.*s", KEY_LENGTH, hex));
}

/* Whose folder it is, for people: package.json's _npx. */
static int note_packages(struct exec *e, const char *dir, struct err *err)
{
	struct arena *a = e->cli->arena;
	struct json *list = json_array(a), *npx = json_object(a);
	struct package_file file;
	struct json *pkg;
	struct str text;

	if (package_read(a, dir, &file, err)) {
		/* As npm with --dry-run: nothing was installed. Its exit status for a missing file is its errno. */
		if (err->code == ERR_ENOENT)
			err->status = 254;
		return -1;
	}
	pkg = json_parse(a, file.text, "package.json", err);
	if (!pkg)
		return -1;
	for (size_t i = 0; i < e->packages.count; i++)
		json_add(a, list, json_string(a, e->packages.items[i]));
	json_put(a, npx, "packages", list);
	json_put(a, pkg, "_npx", npx);
	if (!package_format(a, file.text, pkg, &text))
		return 0;
	return fs_write(path_join(a, dir, "package.json"), text, 0666, err);
}

/* ---- May it be installed? ---- */

static const char *joined(struct exec *e, const struct vec *words, const char *between)
{
	struct buf names = BUF_INIT(MAX_NAMES);
	const char *text;

	for (size_t i = 0; i < words->count; i++)
		buf_printf(&names, "%s%s", i ? between : "", VEC_AT(words, const char, i));
	text = arena_strdup(e->cli->arena, buf_text(&names));
	buf_release(&names);
	return text;
}

static int ask(struct exec *e, const struct vec *add, struct err *err)
{
	struct cli *cli = e->cli;
	const char *said;

	if (config_is_false(cli->config, "yes"))
		return err_set(err, ERR_EGENERIC, "npx canceled due to missing packages and no YES option: [\"%s\"]",
			       joined(e, add, "\",\""));
	if (!isatty(STDIN_FILENO) || ci_is(cli->config->environ)) {
		report_warn(cli->reporter, "exec", "The following package%s not found and will be installed: %s",
			    add->count > 1 ? "s were" : " was", joined(e, add, ", "));
		return 0;
	}
	said = prompt_line(cli, &(struct prompt){
		.text = arena_printf(cli->arena, "Need to install the following packages:\n%s\nOk to proceed?",
				     joined(e, add, "\n")),
		.fallback = "y",
	}, err);
	if (!said)
		return -1;
	said += strspn(said, " \t");
	return *said == 'y' || *said == 'Y' ? 0 : err_set(err, ERR_EGENERIC, "canceled");
}

/* ---- Installing ---- */

static int install_into(struct exec *e, const char *dir, const struct vec *add, struct err *err)
{
	struct install_result result = {0};
	struct install_options o;

	if (!e->yes && ask(e, add, err))
		return -1;
	if (settings_install_npx(e->cli, dir, &o, err))
		return -1;
	o.ideal.add = (const char **)add->items;
	o.ideal.add_count = add->count;
	return install_run(e->cli->arena, &o, &result, err);
}

/* How a package is asked for once it is known: by its version, or by where it is. */
static const char *exact(struct exec *e, const struct manifest_ask *ask)
{
	if (ask->spec->registry)
		return arena_printf(e->cli->arena, "%s@%s", ask->manifest->name, ask->manifest->version);
	if (ask->spec->type == SPEC_DIRECTORY || ask->spec->type == SPEC_FILE)
		return arena_printf(e->cli->arena, "file:%s", ask->spec->fetch_spec);
	return ask->spec->save_spec ? ask->spec->save_spec : ask->spec->raw;
}

/* What its folder does not have yet. */
static void collect_missing(struct exec *e, const struct exec_want *wants, const char *dir, struct vec *add)
{
	const struct tree *t = exec_tree(e, dir, EXEC_CACHE);

	vec_init(add, e->cli->arena);
	for (size_t i = 0; i < e->packages.count; i++) {
		if (!wants[i].found && !exec_find_in(t, &wants[i], EXEC_CACHE))
			vec_add(add, (void *)exact(e, &wants[i].ask));
	}
}

/* The one program a package has, or the one named as itself. */
static const char *bin_of(const struct manifest *m, struct err *err)
{
	const struct bin_list *bins = &m->bin;
	const char *slash = m->name ? strrchr(m->name, '/') : NULL;
	const char *name = slash ? slash + 1 : m->name;
	bool same = bins->count > 0;

	for (size_t i = 1; i < bins->count; i++)
		same = same && streq(bins->items[i].target, bins->items[0].target);
	if (same)
		return bins->items[0].name;
	for (size_t i = 0; i < bins->count; i++) {
		if (streq(bins->items[i].name, name))
			return name;
	}
	err_set(err, ERR_EGENERIC, "could not determine executable to run");
	return NULL;
}

static int swap_name(struct exec *e, const struct manifest *m, struct err *err)
{
	const char *bin = e->swap ? bin_of(m, err) : NULL;

	if (!e->swap)
		return 0;
	if (!bin)
		return -1;
	e->args.items[0] = (void *)bin;
	return 0;
}

/* A copy that was installed globally will do. */
static bool find_global(struct exec *e, const struct exec_want *want)
{
	struct arena *a = e->cli->arena;
	const struct config *c = e->cli->config;
	const char *bins = path_join(a, c->global_prefix, "bin");

	if (!e->swap || streq(c->local_prefix, c->global_prefix) ||
	    !exec_find_in(exec_tree(e, path_join(a, c->global_prefix, "lib"), EXEC_GLOBAL), want, EXEC_GLOBAL) ||
	    fs_stat(path_join(a, bins, e->args.items[0])).kind != FS_FILE)
		return false;
	vec_add(&e->bin_paths, (void *)bins);
	return true;
}

static int exec_install(struct exec *e, struct err *err)
{
	struct exec_want *wants;
	struct vec add;
	const char *dir;
	size_t missing;
	int status = exec_find(e, err);

	if (status != RUN_HAND_OVER)
		return status;
	wants = exec_wants(e, err);
	if (!wants || exec_wants_local(e, wants, &missing, err) ||
	    swap_name(e, wants[0].found ? wants[0].found : wants[0].ask.manifest, err))
		return -1;
	if (!missing || find_global(e, &wants[0]))
		return 0;
	dir = npx_folder(e);
	if (fs_mkdirs(dir, err))
		return -1;
	collect_missing(e, wants, dir, &add);
	if ((add.count && install_into(e, dir, &add, err)) || note_packages(e, dir, err))
		return -1;
	vec_add(&e->bin_paths, (void *)path_join(e->cli->arena, dir, "node_modules/.bin"));
	return 0;
}

int cmd_exec_net(struct cli *cli, int argc, char **argv, struct err *err)
{
	return exec_command(cli, argc, argv, exec_install, err);
}
