/* SPDX-License-Identifier: MIT
 *
 * doctor: is everything in place that lode needs?
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/path.h"
#include "base/fs.h"
#include "base/proc.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cache/cache.h"
#include "cache/care.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/online.h"
#include "cli/paint.h"
#include "cli/runs.h"
#include "cli/settings_registry.h"

/* What is said when all is well ("" for nothing); NULL: err says what is not. */
typedef const char *checker(struct cli *cli, struct err *err);

static const char *failed(struct err *err, const char *text)
{
	err_set(err, ERR_EGENERIC, "%s", text);
	return NULL;
}

/* ---- registry and versions ---- */

static const char *check_ping(struct cli *cli, struct err *err)
{
	struct registry_request rq = {.path = "/-/ping", .once = true, .max_body = 1 << 20};
	struct registry_answer answer;
	struct online net;
	if (online_open(cli, 0, &net, err) < 0)
		return NULL;
	int rc = registry_ask(net.reg, &rq, cli->arena, &answer, err);
	online_close(&net);
	return rc < 0 ? NULL : "";
}

static const char *check_version(struct cli *cli, UNUSED struct err *err)
{
	return arena_printf(cli->arena, "current: v%s", LODE_VERSION);
}

static const char *check_runtime(struct cli *cli, UNUSED struct err *err)
{
	const char *version = cli_node_version(cli);

	return arena_printf(cli->arena, "current: %s%s", version, streq(version + 1, LODE_RUNTIME_VERSION) ? ", bundled" : "");
}

static const char *check_registry(struct cli *cli, struct err *err)
{
	const char *ours = settings_public_registry(cli), *set = config_registry(cli->config, err);
	if (!set)
		return NULL;
	if (ours && !streq(set, ours))
		return failed(err, arena_printf(cli->arena, "Try `lode config set registry=%s`", ours));
	return arena_printf(cli->arena, "using %s (%s)", ours ? "default registry" : "the registry that is set", set);
}

/* ---- the environment ---- */

static const char *check_git(struct cli *cli, struct err *err)
{
	const char *git = proc_find(cli->arena, "git", getenv("PATH"));
	return git ? git : failed(err, "Install git and ensure it's in your PATH.");
}

static const char *global_bin(struct cli *cli)
{
	return path_join(cli->arena, cli->config->global_prefix, "bin");
}

static const char *check_bin_path(struct cli *cli, struct err *err)
{
	const char *bin = global_bin(cli), *path = getenv("PATH");
	if (path && strstr(path, bin))
		return bin;
	return failed(err, arena_printf(cli->arena, "Add %s to your $PATH", bin));
}

/* ---- permissions ---- */

struct wish {
	const char *root;
	int mask;
	bool own;		/* files are to be the user's */
	bool missing_ok;
};

static const char *mask_words(int mask)
{
	if (mask & W_OK)
		return mask & X_OK ? "readable, writable, executable" : "readable, writable";
	return mask & R_OK ? "readable" : "executable";
}

static bool file_is_well(struct cli *cli, const struct wish *w, const char *path, struct vec *queue)
{
	struct stat st;
	struct vec names;
	struct err ignored = ERR_INIT;
	bool ok = true;
	if (lstat(path, &st)) {
		if (!w->missing_ok)
			report_warn(cli->reporter, "doctor", "checkFilesPermission error getting info for %s", path);
		return w->missing_ok;
	}
	if (w->own && (st.st_uid != getuid() || st.st_gid != getgid())) {
		report_warn(cli->reporter, "doctor", "checkFilesPermission should be owner of %s", path);
		ok = false;
	}
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
		return ok;
	if (access(path, w->mask)) {
		report_error(cli->reporter, "doctor", "checkFilesPermission Missing permissions on %s (expect: %s)", path,
			     mask_words(w->mask));
		return false;
	}
	if (!S_ISDIR(st.st_mode) || fs_list(cli->arena, path, &names, &ignored) < 0)
		return ok && !S_ISDIR(st.st_mode);
	for (size_t i = 0; i < names.count; i++)
		vec_add(queue, (void *)path_join(cli->arena, path, names.items[i]));
	return ok;
}

static const char *check_files(struct cli *cli, const struct wish *w, struct err *err)
{
	struct vec queue;
	bool ok = true;
	vec_init(&queue, cli->arena);
	vec_add(&queue, (void *)w->root);
	while (queue.count)
		ok &= file_is_well(cli, w, vec_pop(&queue), &queue);
	if (ok)
		return "";
	return failed(err, arena_printf(cli->arena, "Check the permissions of files in %s%s", w->root,
					w->own ? " (should be owned by current user)" : ""));
}

static const char *check_cache(struct cli *cli, struct err *err)
{
	return check_files(cli, &(struct wish){config_cache(cli->config), R_OK, true, true}, err);
}

static const char *check_modules(struct cli *cli, struct err *err)
{
	const char *dir = path_join(cli->arena, cli->config->local_prefix, "node_modules");
	return check_files(cli, &(struct wish){dir, R_OK | W_OK, true, true}, err);
}

static const char *check_global_modules(struct cli *cli, struct err *err)
{
	const char *dir = path_join(cli->arena, cli->config->global_prefix, "lib/node_modules");
	return check_files(cli, &(struct wish){dir, R_OK, false, true}, err);
}

static const char *check_local_bin(struct cli *cli, struct err *err)
{
	const char *dir = path_join(cli->arena, cli->config->local_prefix, "node_modules/.bin");
	return check_files(cli, &(struct wish){dir, R_OK | W_OK | X_OK, false, true}, err);
}

static const char *check_global_bin(struct cli *cli, struct err *err)
{
	return check_files(cli, &(struct wish){global_bin(cli), X_OK, false, true}, err);
}

static const char *check_contents(struct cli *cli, struct err *err)
{
	struct cache_options options;
	struct care_report r = {0};
	struct vec lines;
	vec_init(&lines, cli->arena);
	settings_cache(cli, &options);
	struct cache *c = cache_open(cli->arena, &options, err);
	if (!c)
		return NULL;
	int rc = care_verify(cli->arena, c, &r, &lines, err);
	cache_close(c);
	for (size_t i = 0; i < lines.count; i++)
		report_warn(cli->reporter, "doctor", "verifyCachedFiles %s", (const char *)lines.items[i]);
	return rc < 0 ? NULL : arena_printf(cli->arena, "verified %llu tarballs", (unsigned long long)r.tarballs);
}

/* ---- all of them ---- */

static const struct check {
	const char *groups;	/* each between blanks */
	const char *title;
	checker *run;
} checks[] = {
	{" connection ping registry ", "Connecting to the registry", check_ping},
	{" versions ", "Checking lode version", check_version},
	{" versions ", "Checking node version", check_runtime},
	{" registry ", "Checking configured npm registry", check_registry},
	{" environment ", "Checking for git executable in PATH", check_git},
	{" environment ", "Checking for global bin folder in PATH", check_bin_path},
	{" permissions cache ", "Checking permissions on cached files (this may take awhile)", check_cache},
	{" permissions ", "Checking permissions on local node_modules (this may take awhile)", check_modules},
	{" permissions ", "Checking permissions on global node_modules (this may take awhile)", check_global_modules},
	{" permissions ", "Checking permissions on local bin folder", check_local_bin},
	{" permissions ", "Checking permissions on global bin folder", check_global_bin},
	{" cache ", "Verifying cache contents (this may take awhile)", check_contents},
};

static bool is_asked_for(struct cli *cli, const struct check *c, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (strstr(c->groups, arena_printf(cli->arena, " %s ", argv[i])))
			return true;
	return !argc;
}

static bool run_check(struct cli *cli, const struct check *c)
{
	struct paint p = paint_for(cli);
	struct err why = ERR_INIT;
	bool quiet = cli_is_silent(cli);
	if (!quiet)
		cli_print(cli, "%s", c->title);
	const char *said = c->run(cli, &why);
	if (quiet)
		return said;
	if (said)
		cli_print(cli, "%s%s%s\n", paint_text(&p, INK_GREEN, "Ok"), *said ? "\n" : "", said);
	else
		cli_print(cli, "%s\n%s\n", paint_text(&p, INK_RED, "Not ok"), paint_text(&p, INK_CYAN, why.text));
	return said;
}

int cmd_doctor(struct cli *cli, int argc, char **argv, struct err *err)
{
	bool ok = true;
	for (size_t i = 0; i < ARRAY_LEN(checks); i++)
		if (is_asked_for(cli, &checks[i], argc, argv))
			ok &= run_check(cli, &checks[i]);
	if (ok)
		return 0;
	return err_set(err, ERR_EGENERIC, cli_is_silent(cli) ? "Some problems found. Check logs or disable silent mode for recommendations."
							     : "Some problems found. See above for recommendations.");
}
