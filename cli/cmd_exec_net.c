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
#include "cli/render.h"
#include "cli/runs.h"
#include "cli/settings_install.h"
#include "install/actual.h"
#include "install/install.h"
#include "resolver/collate.h"
#include "resolver/diff.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/semver.h"
#include "resolver/range.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_NAMES ((size_t)1 << 20)
#define KEY_LENGTH 16

/* ---- In the project's own tree ---- */

static bool node_fits(const struct node *n, const struct spec *s)
{
	const char *version = node_version(n);

	if (!streq(node_package_name(n), s->name))
		return false;
	if (streq(s->raw_spec, "*"))
		return true;
	if (s->type == SPEC_VERSION)
		return streq(version, s->fetch_spec);
	return s->type == SPEC_RANGE && semver_satisfies(version, s->fetch_spec, 0);
}

/* What a registry's version or range already stands for in a tree. A tag has to be asked for. */
static struct node *find_in_tree(const struct tree *t, const struct spec *s)
{
	if (!t || !s->registry || s->type == SPEC_TAG)
		return NULL;
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		if (node_fits(i->value, s))
			return i->value;
	}
	return NULL;
}

static struct tree *project_tree(struct cli *cli)
{
	struct project_options o = {.path = cli->config->local_prefix, .broken_ok = true};
	struct actual_options actual = {0};
	struct err ignored = ERR_INIT;
	struct project *p = ARENA_NEW(cli->arena, struct project);

	if (!fs_exists(path_join(cli->arena, o.path, "node_modules")) || project_load(cli->arena, &o, p, &ignored))
		return NULL;
	return actual_load(cli->arena, p, &actual, &ignored);
}

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

	if (package_read_if(a, dir, &file, err))
		return -1;
	pkg = file.text.ptr ? json_parse(a, file.text, "package.json", err) : json_object(a);
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

static const char *missing_names(struct exec *e, const struct install_result *r, const char *between)
{
	struct buf names = BUF_INIT(MAX_NAMES);
	const char *text;

	for (size_t i = 0; r->added && i < r->added->count; i++) {
		const struct spec *s = VEC_AT(r->added, const struct spec, i);
		const struct node *n = s->name ? node_child(node_target(r->ideal->root), s->name) : NULL;

		buf_printf(&names, "%s%s", i ? between : "", n && s->registry ? node_id(n) : s->raw);
	}
	text = buf_dup(e->cli->arena, &names);
	buf_release(&names);
	return text;
}

static bool answer_is_yes(void)
{
	char line[256];

	if (!fgets(line, sizeof(line), stdin))
		return false;
	return line[0] == '\n' || line[0] == 'y' || line[0] == 'Y';
}

static int ask(struct exec *e, const struct install_result *r, struct err *err)
{
	struct cli *cli = e->cli;
	bool several = r->added && r->added->count > 1;

	if (config_is_false(cli->config, "yes"))
		return err_set(err, ERR_EGENERIC, "npx canceled due to missing packages and no YES option: [\"%s\"]",
			       missing_names(e, r, "\",\""));
	if (!isatty(STDIN_FILENO) || ci_is(cli->config->environ)) {
		report_warn(cli->reporter, "exec", "The following package%s not found and will be installed: %s",
			    several ? "s were" : " was", missing_names(e, r, ", "));
		return 0;
	}
	report_pause(cli->reporter);
	cli_print(cli, "Need to install the following packages:\n%s\nOk to proceed? (y)", missing_names(e, r, "\n"));
	return answer_is_yes() ? 0 : err_set(err, ERR_EGENERIC, "canceled");
}

/* ---- Installing ---- */

static bool will_change(const struct install_result *r)
{
	return r->diff && r->diff->children.count;
}

static int install_into(struct exec *e, const char *dir, const struct vec *add, struct install_result *out, struct err *err)
{
	struct install_options o;

	if (fs_mkdirs(dir, err) || settings_install_npx(e->cli, dir, &o, err))
		return -1;
	o.ideal.add = (const char **)add->items;
	o.ideal.add_count = add->count;
	if (!e->yes) {
		o.dry_run = true;
		if (install_run(e->cli->arena, &o, out, err))
			return -1;
		if (!will_change(out))
			return 0;
		if (ask(e, out, err))
			return -1;
		o.dry_run = false;
	}
	return install_run(e->cli->arena, &o, out, err);
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

/* The manifest on disk: what a registry answers may leave bins as they were written. */
static const struct manifest *installed_manifest(struct exec *e, const char *dir, const struct install_result *r)
{
	const struct spec *first = r->added && r->added->count ? r->added->items[0] : NULL;
	struct err ignored = ERR_INIT;
	struct package_file file;

	if (!first || !first->name)
		return NULL;
	dir = path_join(e->cli->arena, dir, arena_printf(e->cli->arena, "node_modules/%s", first->name));
	return package_read(e->cli->arena, dir, &file, &ignored) ? NULL : file.manifest;
}

static int swap_name(struct exec *e, const struct manifest *m, struct err *err)
{
	const char *bin;

	if (!e->swap)
		return 0;
	if (!m)
		return err_set(err, ERR_EGENERIC, "could not determine executable to run");
	bin = bin_of(m, err);
	if (!bin)
		return -1;
	e->args.items[0] = (void *)bin;
	return 0;
}

/* Folders are named from the root, so that one key stands for one package. Which are not in the project's tree? */
static int sort_out(struct exec *e, struct vec *missing, const struct manifest **first, struct err *err)
{
	struct cli *cli = e->cli;
	struct tree *t = project_tree(cli);

	for (size_t i = 0; i < e->packages.count; i++) {
		const struct spec *s = spec_parse(cli->arena, e->packages.items[i], cli->cwd, err);
		const struct node *n;

		if (!s)
			return -1;
		if (s->type == SPEC_DIRECTORY) {
			e->packages.items[i] = (void *)s->fetch_spec;
			e->yes = e->yes || e->swap;
		}
		n = find_in_tree(t, s);
		if (!n)
			vec_add(missing, e->packages.items[i]);
		else if (!i)
			*first = n->manifest;
	}
	return 0;
}

static int exec_install(struct exec *e, struct err *err)
{
	const struct manifest *first = NULL;
	struct install_result result = {0};
	struct vec missing;
	const char *dir;
	int status = exec_find(e, err);

	if (status != RUN_HAND_OVER)
		return status;
	vec_init(&missing, e->cli->arena);
	if (sort_out(e, &missing, &first, err))
		return -1;
	if (!missing.count)
		return swap_name(e, first, err);
	dir = npx_folder(e);
	if (install_into(e, dir, &missing, &result, err) || note_packages(e, dir, err))
		return -1;
	vec_add(&e->bin_paths, (void *)path_join(e->cli->arena, dir, "node_modules/.bin"));
	return swap_name(e, first ? first : installed_manifest(e, dir, &result), err);
}

int cmd_exec_net(struct cli *cli, int argc, char **argv, struct err *err)
{
	return exec_command(cli, argc, argv, exec_install, err);
}
