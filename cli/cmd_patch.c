/* SPDX-License-Identifier: MIT
 *
 * patch: a dependency unpacked for editing, what was edited kept as a patch, and the project's patches.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/patch_list.h"
#include "cli/patch_target.h"
#include "cli/patch_update.h"
#include "cli/patching.h"
#include "cli/perform.h"
#include "cli/project_opts.h"
#include "cli/runs.h"
#include "cli/settings_install.h"
#include "install/install.h"
#include "install/savepkg.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/patched.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

#include <stdlib.h>
#include <string.h>

#define PATCH_MAX ((size_t)256 << 20)

/* ---- add ---- */

static int patch_add(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct patch_target t;
	const char *dir;

	if (argc != 1)
		return cli_usage_error(cli, err, "What to patch has to be named");
	if (patch_target_find(cli, argv[0], &t, err) < 0 || patching_edit_dir(cli, t.name, t.version, &dir, err) < 0 ||
	    patching_unpack(cli, t.name, t.version, dir, err) < 0)
		return -1;
	cli_print(cli, "You can now edit the following directory: %s", dir);
	cli_print(cli, "When done, run: lode patch commit %s", dir);
	return 0;
}

/* ---- commit ---- */

struct edit {
	const char *dir, *name, *version;
	struct patch_mark update;
	const char *path;		/* the patch, once it is written */
	const char *orphan;		/* one that no rule names any more */
};

static int read_edit(struct cli *cli, const char *dir, struct edit *e, struct err *err)
{
	struct err unreadable = ERR_INIT;
	struct package_file file;

	e->dir = path_resolve(cli->arena, cli->cwd, dir);
	if (package_read(cli->arena, e->dir, &file, &unreadable) < 0)
		return err_set_as(err, "EPATCHNOEDITDIR", "No package.json found in edit directory: %s", e->dir);
	e->name = file.manifest->name;
	e->version = file.manifest->version;
	if (!e->name || !*e->name || !e->version || !*e->version)
		return err_set(err, ERR_EGENERIC, "Edit directory package.json is missing name or version: %s", e->dir);
	return patch_mark_read(cli->arena, e->dir, e->name, &e->update, err);
}

/* What was edited, as text; nothing when the two are the same. */
static int diff_edit(struct cli *cli, const struct edit *e, struct patching *out, struct err *err)
{
	const char *base = fs_mkdtemp(cli->arena, path_join(cli->arena, patching_temporary(), "npm-patch-base-"), err);
	struct err ignored = ERR_INIT;
	int bad = base ? patching_unpack(cli, e->name, e->version, base, err) : -1;

	if (!bad)
		bad = patching_diff(cli->arena, base, e->dir, out, err);
	if (base)
		(void)!fs_remove_tree(base, &ignored);
	if (bad)
		return -1;
	if (!out->text.len && out->manifest_changed)
		report_warn(cli->reporter, "patch", "only package.json changed in %s, which is not patchable; nothing to commit", e->dir);
	else if (!out->text.len)
		report_warn(cli->reporter, "patch", "no changes detected in %s; nothing to commit", e->dir);
	else if (out->manifest_changed)
		report_warn(cli->reporter, "patch", "changes to package.json are not included in patches and were ignored");
	return 0;
}

/* Where an update ends that did not apply cleanly, the rule comes in place of another. */
static int put_rule(struct cli *cli, struct edit *e, struct str diff, struct err *err)
{
	struct patch_target t = {e->name, e->version};
	const char *replaces = e->update.replaces;
	struct json *patched;

	if (patch_list_read(cli, &patched, err) < 0)
		return -1;
	e->path = patch_list_keep(cli, &t, diff, patched, err);
	if (!e->path)
		return -1;
	if (replaces && !streq(replaces, arena_printf(cli->arena, "%s@%s", e->name, e->version)) && json_find(patched, replaces))
		e->orphan = patch_list_drop(patched, replaces);
	return patch_list_write(cli, patched, err);
}

static int keep_patch(struct cli *cli, struct edit *e, struct str diff, struct err *err)
{
	if (put_rule(cli, e, diff, err) < 0)
		return -1;
	if ((e->update.ends ? patch_list_lock(cli, err) : patch_list_install(cli, err)) < 0)
		return -1;
	if (e->orphan && patch_list_delete(cli, e->orphan, err) < 0)
		return -1;
	if (!config_bool(cli->config, "keep-edit-dir") && fs_remove_tree(e->dir, err) < 0)
		return -1;
	cli_print(cli, "Patched %s@%s -> %s", e->name, e->version, e->path);
	return 0;
}

static int patch_commit(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct patching diff = {.text = BUF_INIT(PATCH_MAX)};
	struct edit e = {0};
	int bad;

	if (argc != 1)
		return cli_usage_error(cli, err, "One edit directory has to be named");
	if (read_edit(cli, argv[0], &e, err) < 0)
		return -1;
	bad = diff_edit(cli, &e, &diff, err);
	if (!bad && diff.text.len)
		bad = keep_patch(cli, &e, buf_str(&diff.text), err);
	buf_release(&diff.text);
	return bad;
}

/* ---- ls ---- */

/* How many packages a patch is for; where rules overlap, *ambiguous. */
static int count_nodes(struct cli *cli, const struct patch_rules *rules, struct vec *counts, struct err *err)
{
	struct tree *t = patch_target_tree(cli, err);

	for (struct map_entry *i = t ? inventory_first(t->root) : NULL; i; i = inventory_next(t->root, i)) {
		const struct node *n = i->value;
		struct err ambiguous = ERR_INIT;
		struct patch_rule *r;

		if (node_is_project_root(n) || n->is_link || !node_version(n)[0])
			continue;
		if (patch_rules_find(rules, n->name, node_version(n), &r, &ambiguous) < 0)
			patch_target_mark(rules, n->name, node_version(n));
		else if (r)
			vec_add(counts, r);
	}
	return t ? 0 : -1;
}

static int patch_ls(struct cli *cli, struct err *err)
{
	struct err ignored = ERR_INIT;
	struct patch_rules rules;
	struct json *patched;
	struct vec counts;

	if (patch_list_read(cli, &patched, &ignored) < 0 || !patched->count)
		return 0;
	vec_init(&counts, cli->arena);
	patch_rules_read(cli->arena, patched, &rules);
	if (count_nodes(cli, &rules, &counts, err) < 0)
		return -1;
	for (size_t i = 0; i < rules.count; i++) {
		const struct patch_rule *r = &rules.items[i];
		size_t n = 0;

		for (size_t k = 0; k < counts.count; k++)
			n += counts.items[k] == r;
		if (r->used)
			cli_print(cli, "%s\t%s\t(error: ambiguous selectors)", r->path ? r->path : "", r->key);
		else
			cli_print(cli, "%s\t%s\t(%zu node%s)", r->path ? r->path : "", r->key, n, n == 1 ? "" : "s");
	}
	return 0;
}

/* ---- rm ---- */

/* Those of a package, or of one selector of it. *removed: their keys, NULL when there are none. */
static int drop_patches(struct cli *cli, struct json *patched, const struct spec *spec, const char **removed, struct err *err)
{
	const char *version = spec->raw_spec && *spec->raw_spec && !streq(spec->raw_spec, "*") ? spec->fetch_spec : NULL;
	struct patch_rules rules;

	patch_rules_read(cli->arena, patched, &rules);
	for (size_t i = 0; i < rules.count; i++) {
		const struct patch_rule *r = &rules.items[i];
		const char *path;

		if (!streq(r->name, spec->name) || (version && !streq(r->spec, version)))
			continue;
		path = patch_list_drop(patched, r->key);
		if (path && patch_list_delete(cli, path, err) < 0)
			return -1;
		*removed = *removed ? arena_printf(cli->arena, "%s, %s", *removed, r->key) : r->key;
	}
	return 0;
}

static int patch_rm(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct json *patched;
	struct spec *spec;
	const char *removed = NULL;

	if (argc != 1)
		return cli_usage_error(cli, err, "One patch has to be named");
	spec = spec_parse(cli->arena, argv[0], cli->cwd, err);
	if (!spec || patch_list_read(cli, &patched, err) < 0)
		return -1;
	if (drop_patches(cli, patched, spec, &removed, err) < 0)
		return -1;
	if (!removed)
		return err_set(err, ERR_EPATCHNOTFOUND, "No registered patch found for \"%s\".", argv[0]);
	if (patch_list_write(cli, patched, err) < 0 || patch_list_install(cli, err) < 0)
		return -1;
	cli_print(cli, "Removed patch%s: %s", strstr(removed, ", ") ? "es" : "", removed);
	return 0;
}

int cmd_patch(struct cli *cli, int argc, char **argv, struct err *err)
{
	const char *sub = argc ? argv[0] : NULL;

	if (!sub)
		return cli_usage_error(cli, err, "add, commit, update, ls or rm, or a package");
	if (streq(sub, "ls"))
		return patch_ls(cli, err);
	if (streq(sub, "commit"))
		return patch_commit(cli, argc - 1, argv + 1, err);
	if (streq(sub, "rm"))
		return patch_rm(cli, argc - 1, argv + 1, err);
	if (streq(sub, "update"))
		return patch_update(cli, argc - 1, argv + 1, err);
	return streq(sub, "add") ? patch_add(cli, argc - 1, argv + 1, err) : patch_add(cli, argc, argv, err);
}
