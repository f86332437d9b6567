/* SPDX-License-Identifier: MIT
 *
 * install, ci, uninstall, update, dedupe, find-dupes, prune: installs that differ in what they ask of the tree.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/perform.h"
#include "cli/runs.h"
#include "cli/settings_install.h"
#include "install/install.h"
#include "resolver/manifest.h"

static const char **words(struct cli *cli, int argc, char **argv, size_t *n)
{
	const char **out = ARENA_ARRAY(cli->arena, const char *, (size_t)argc + 1);

	*n = 0;
	for (int i = 0; i < argc; i++)
		out[(*n)++] = argv[i];
	return out;
}

/* Nobody means to install a project into itself. */
static void drop_self(struct cli *cli, struct install_options *o)
{
	size_t kept = 0;

	for (size_t i = 0; i < o->ideal.add_count; i++)
		if (!streq(path_resolve(cli->arena, cli->cwd, o->ideal.add[i]), cli_prefix(cli)))
			o->ideal.add[kept++] = o->ideal.add[i];
	o->ideal.add_count = kept;
}

int cmd_install(struct cli *cli, int argc, char **argv, struct err *err)
{
	static const char *here[] = {"."};
	struct install_options o;

	if (settings_install(cli, &o, err) < 0)
		return -1;
	o.ideal.add = words(cli, argc, argv, &o.ideal.add_count);
	drop_self(cli, &o);
	if (o.project.global && !o.ideal.add_count) {
		o.ideal.add = here;
		o.ideal.add_count = 1;
	}
	for (size_t i = 0; o.project.global && i < o.ideal.add_count; i++)
		if (!o.ideal.add[i][0])
			return cli_usage_error(cli, err, "a package to install must have a name");
	if (o.project.global && o.lock_only)
		return err_set_as(err, "ESHRINKWRAPGLOBAL", "cannot generate lockfile for global packages");
	return perform_install(cli, &o, !o.ideal.add_count && !o.project.global ? PERFORM_OWN : 0, err);
}

/* ci is strict about patches. */
static int check_patch_flags(struct cli *cli, struct err *err)
{
	static const char *const flags[] = {"allow-unused-patches", "ignore-patch-failures"};

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (config_find(cli->config, flags[i]) == CONFIG_CLI)
			return err_set_as(err, "ECIPATCHFLAG", "The --%s flag is not allowed with `lode ci`.", flags[i]);
	return 0;
}

int cmd_ci(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct install_options o;

	(void)argc, (void)argv;
	if (cli_is_global(cli))
		return err_set(err, ERR_ECIGLOBAL, "`lode ci` does not work for global packages");
	if (check_patch_flags(cli, err) < 0 || settings_ci(cli, &o, err) < 0)
		return -1;
	return perform_install(cli, &o, PERFORM_OWN, err);
}

int cmd_uninstall(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct install_options o;
	struct package_file package;

	if (!argc && !cli_is_global(cli))
		return err_set(err, ERR_EGENERIC, "Must provide a package name to remove");
	if (settings_install(cli, &o, err) < 0)
		return -1;
	o.ideal.rm = words(cli, argc, argv, &o.ideal.rm_count);
	if (!argc) {
		if (package_read_if(cli->arena, cli->config->local_prefix, &package, err) < 0)
			return -1;
		if (!package.manifest->name)
			return cli_usage_error(cli, err, "a package to remove must be named");
		o.ideal.rm[o.ideal.rm_count++] = package.manifest->name;
	}
	return perform_install(cli, &o, 0, err);
}

int cmd_update(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct install_options o;

	if (settings_install(cli, &o, err) < 0)
		return -1;
	if (json_truthy(config_get(cli->config, "depth")))
		report_warn(cli->reporter, "update", "The --depth option no longer has any effect. See RFC0019.\n"
			"https://github.com/npm/rfcs/blob/latest/implemented/0019-remove-update-depth-option.md");
	o.ideal.update = words(cli, argc, argv, &o.ideal.update_count);
	o.ideal.update_all = !argc;
	if (config_is_default(cli->config, "save"))
		o.no_save = true;
	return perform_install(cli, &o, 0, err);
}

/* Direct dependencies stay as package.json has them. */
int cmd_dedupe(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct install_options o;

	(void)argc, (void)argv;
	if (cli_is_global(cli))
		return err_set_as(err, "EDEDUPEGLOBAL", "`lode dedupe` does not work in global mode.");
	if (settings_install(cli, &o, err) < 0)
		return -1;
	o.dedupe = true;
	o.no_save = true;
	o.ideal.no_save = true;
	return perform_install(cli, &o, 0, err);
}

int cmd_find_dupes(struct cli *cli, int argc, char **argv, struct err *err)
{
	config_set(cli->config, "dry-run", json_bool(cli->arena, true), CONFIG_CLI);
	return cmd_dedupe(cli, argc, argv, err);
}

int cmd_prune(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct install_options o;

	(void)argc, (void)argv;
	if (settings_install(cli, &o, err) < 0)
		return -1;
	o.prune = true;
	return perform_install(cli, &o, 0, err);
}

/* Two commands in one; the second only when the first went well. */
static int with_test(struct cli *cli, const char *first, int argc, char **argv, struct err *err)
{
	static char *test[] = {"test", NULL};

	if (cli_run(cli, first, argc, argv, err) < 0)
		return -1;
	return cli_run(cli, "run", 1, test, err);
}

int cmd_install_test(struct cli *cli, int argc, char **argv, struct err *err)
{
	return with_test(cli, "install", argc, argv, err);
}

int cmd_install_ci_test(struct cli *cli, int argc, char **argv, struct err *err)
{
	return with_test(cli, "ci", argc, argv, err);
}
