/* SPDX-License-Identifier: MIT
 *
 * version <newversion>: package.json and package-lock.json get it, and a commit and a tag say so.
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
#include "cli/perform.h"
#include "cli/runs.h"
#include "cli/settings_install.h"
#include "cli/settings_scripts.h"
#include "install/lifecycle.h"
#include "lockfile/style.h"
#include "registry/gitrepo.h"
#include "resolver/semver.h"
#include "runtime/env.h"

#include <string.h>

#define MAX_TEXT ((size_t)256 << 20)
#define GIVE_UP "--no-git-tag-version leaves git alone"

/* One package on its way to its next version. */
struct release {
	struct cli *cli;
	const char *dir;
	struct json *pkg;
	struct str text;		/* of package.json */
	const char *current, *next;
	struct gitrepo *repo;		/* NULL: git is left alone */
	bool tags;			/* a commit and a tag are wanted */
};

/* ---- which version ---- */

static const char *version_text(struct arena *a, struct str text, unsigned flags)
{
	struct semver v;

	return semver_clean(&v, text, flags) ? semver_format(a, &v) : NULL;
}

static const char *from_git(struct release *r, struct err *err)
{
	struct semver v;
	const char *tag;

	if (!r->repo) {
		r->repo = gitrepo_open(r->cli->arena, r->dir, err);
		if (!r->repo)
			return NULL;
	}
	if (gitrepo_last_tag(r->repo, &tag, err) < 0)
		return NULL;
	if (semver_coerce(r->cli->arena, &v, str_from(tag), SEMVER_LOOSE | SEMVER_PRERELEASE))
		return semver_format(r->cli->arena, &v);
	err_set(err, ERR_EGENERIC, "Tag is not a valid version: \"%s\"", tag);
	return NULL;
}

static const char *next_version(struct release *r, const char *wish, const char *clean, struct err *err)
{
	struct arena *a = r->cli->arena;
	const struct semver_bump bump = {wish, config_text(r->cli->config, "preid"), SEMVER_BASE_0, SEMVER_LOOSE};
	struct semver v;

	if (semver_valid(str_from(wish), SEMVER_LOOSE))
		return version_text(a, str_from(wish), SEMVER_LOOSE);
	if (streq(wish, "from-git"))
		return from_git(r, err);
	return clean && semver_parse(&v, str_from(clean), SEMVER_LOOSE) ? semver_inc(a, &v, &bump) : NULL;
}

static int choose(struct release *r, const char *wish, struct err *err)
{
	const char *has = json_find_text(r->pkg, "version"), *clean;

	r->current = has && *has ? has : "0.0.0";
	clean = version_text(r->cli->arena, str_from(r->current), 0);
	r->next = next_version(r, wish, clean, err);
	if (err->code != ERR_OK)
		return -1;
	if (!r->next)
		return err_set(err, ERR_EGENERIC, "Invalid version: %s", wish);
	if (streq(r->next, clean) && !config_bool(r->cli->config, "allow-same-version"))
		return err_set(err, ERR_EGENERIC, "Version not changed");
	return 0;
}

/* ---- git, before anything changes ---- */

static const char *tag_of(const struct release *r)
{
	const char *prefix = config_text(r->cli->config, "tag-version-prefix");

	return arena_printf(r->cli->arena, "%s%s", prefix ? prefix : "", r->next);
}

static int check_signing(struct release *r, struct err *err)
{
	const struct config *c = r->cli->config;
	bool wanted = config_bool(c, "sign-git-tag") || config_bool(c, "sign-git-commit");

	if (!wanted && !gitrepo_wants_signing(r->repo))
		return 0;
	err_set(err, ERR_EGIT, "%s asks for a signature, and lode cannot sign commits and tags",
		config_bool(c, "sign-git-tag") ? "sign-git-tag" :
		wanted ? "sign-git-commit" : "git's configuration (gpgSign)");
	err_note(err, "%s: then commit and tag with git itself", GIVE_UP);
	return -1;
}

static int check_git(struct release *r, struct err *err)
{
	const struct config *c = r->cli->config;
	bool clean;

	if (!r->tags || (!r->repo && !fs_exists(path_join(r->cli->arena, r->dir, ".git")))) {
		r->tags = false;
		return 0;
	}
	if (!r->repo)
		r->repo = gitrepo_open(r->cli->arena, r->dir, err);
	if (!r->repo || gitrepo_clean(r->repo, &clean, err) < 0)
		return -1;
	if (!clean && !config_bool(c, "force"))
		return err_set(err, ERR_EGENERIC, "Git working directory not clean.");
	if (!clean)
		report_warn(r->cli->reporter, "version", "Git working directory not clean, proceeding forcefully.");
	if (gitrepo_has_tag(r->repo, tag_of(r)) && !config_bool(c, "allow-same-version"))
		return err_set(err, ERR_EGIT, "tag '%s' already exists", tag_of(r));
	return check_signing(r, err);
}

/* ---- what is done ---- */

static int run_event(struct release *r, const char *event, struct err *err)
{
	const char *const events[] = {event, NULL};
	struct lifecycle_project s = {.dir = r->dir, .pkg = r->pkg, .events = events};
	struct lifecycle_options o;
	struct map *env;

	if (config_bool(r->cli->config, "ignore-scripts") || !json_find_text(json_find(r->pkg, "scripts"), event))
		return 0;
	if (settings_lifecycle(r->cli, r->pkg, false, &o, err) < 0)
		return -1;
	env = env_copy(r->cli->arena, o.env);
	map_put(env, "npm_old_version", (char *)r->current);
	map_put(env, "npm_new_version", (char *)r->next);
	s.env = env;
	report_pause(r->cli->reporter);
	return lifecycle_root(r->cli->arena, &s, &o, err);
}

static int write_json(struct release *r, const char *file, const struct json *v, struct str old, struct err *err)
{
	const char *real = fs_realpath(r->cli->arena, file);
	struct buf text = BUF_INIT(MAX_TEXT);
	int bad;

	style_format(&text, v, style_detect(r->cli->arena, old));
	bad = fs_write(real ? real : file, buf_str(&text), fs_stat(file).mode, err);
	buf_release(&text);
	return bad;
}

/* A lockfile that is missing or broken is none of ours. */
static bool update_lock(struct release *r, const char *file)
{
	struct arena *a = r->cli->arena;
	struct err ignored = ERR_INIT;
	struct str text;
	struct json *lock, *root;

	if (fs_read(a, file, MAX_TEXT, &text, &ignored) < 0)
		return false;
	lock = json_parse(a, text, file, &ignored);
	if (!json_is(lock, JSON_OBJECT))
		return false;
	json_put_text(a, lock, "version", r->next);
	root = json_find(json_find(lock, "packages"), "");
	if (json_is(root, JSON_OBJECT))
		json_put_text(a, root, "version", r->next);
	return write_json(r, file, lock, text, &ignored) == 0;
}

static int commit(struct release *r, const char *file, const char *lock, struct err *err)
{
	const struct config *c = r->cli->config;
	const char *const files[] = {file, lock, NULL};
	const char *message = config_text(c, "message");
	const struct gitrepo_release release = {
		.files = files,
		.message = cstr_replace(r->cli->arena, message ? message : "%s", "%s", r->next),
		.tag = tag_of(r),
		.hooks = !config_is_false(c, "commit-hooks"),
		.allow_same = config_bool(c, "allow-same-version"),
	};

	if (!r->tags) {
		report_verbose(r->cli->reporter, "version", "Not tagging: not in a git repo or no git cmd");
		return 0;
	}
	return gitrepo_commit(r->repo, &release, err) < 0 ? -1 : gitrepo_tag(r->repo, &release, err);
}

static int perform(struct release *r, struct err *err)
{
	struct arena *a = r->cli->arena;
	const char *file = path_join(a, r->dir, "package.json"), *lock = path_join(a, r->dir, "package-lock.json");

	if (run_event(r, "preversion", err) < 0)
		return -1;
	json_put_text(a, r->pkg, "version", r->next);
	json_remove(r->pkg, "_id");
	if (write_json(r, file, r->pkg, r->text, err) < 0)
		return -1;
	if (!update_lock(r, lock))
		lock = NULL;
	if (run_event(r, "version", err) < 0 || commit(r, file, lock, err) < 0)
		return -1;
	return run_event(r, "postversion", err);
}

static int release(struct release *r, const char *wish, struct err *err)
{
	const char *file = path_join(r->cli->arena, r->dir, "package.json"), *told;

	if (fs_read(r->cli->arena, file, MAX_TEXT, &r->text, err) < 0)
		return -1;
	r->pkg = json_parse(r->cli->arena, r->text, file, err);
	if (!r->pkg)
		return -1;
	if (!json_is(r->pkg, JSON_OBJECT))
		return err_set(err, ERR_EJSONPARSE, "'%s' is no object", file);
	if (choose(r, wish, err) < 0 || check_git(r, err) < 0 || perform(r, err) < 0)
		return -1;
	told = arena_printf(r->cli->arena, "%s\n", tag_of(r));
	cli_write(r->cli, told, strlen(told));
	return 0;
}

/* node_modules and the lockfile learn of the new versions; nothing is saved unless --save says so. */
static int update_tree(struct cli *cli, const struct map *paths, struct err *err)
{
	struct install_options o;
	const char **names = ARENA_ARRAY(cli->arena, const char *, paths->count + 1);
	size_t n = 0;

	if (!config_bool(cli->config, "workspaces-update") || !paths->count)
		return 0;
	if (settings_install(cli, &o, err) < 0)
		return -1;
	for (struct map_entry *e = map_first(paths); e; e = map_next(paths, e))
		names[n++] = e->key;
	/* The whole tree: who depends on a workspace may not be one that was chosen. */
	o.ideal.workspaces = NULL;
	o.ideal.workspace_count = 0;
	o.ideal.update = names;
	o.ideal.update_count = n;
	o.no_save = config_is_default(cli->config, "save") || !config_bool(cli->config, "save");
	return perform_install(cli, &o, PERFORM_UNAUDITED, err);
}

static int release_workspaces(struct cli *cli, const char *wish, struct err *err)
{
	struct map *paths = cli_workspace_paths(cli, config_bool(cli->config, "include-workspace-root"), err);

	for (struct map_entry *e = paths ? map_first(paths) : NULL; e; e = map_next(paths, e)) {
		struct release r = {.cli = cli, .dir = e->value, .tags = config_bool(cli->config, "git-tag-version")};
		int bad;

		cli_print(cli, "%s", e->key);
		bad = release(&r, wish, err);
		gitrepo_close(r.repo);
		if (bad)
			return -1;
	}
	return paths ? update_tree(cli, paths, err) : -1;
}

int cmd_version_new(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct release r = {.cli = cli, .dir = cli_prefix(cli), .tags = config_bool(cli->config, "git-tag-version")};
	int bad;

	if (argc != 1)
		return cli_usage_error(cli, err, "One version at the most");
	if (cli->in_workspaces)
		return release_workspaces(cli, argv[0], err);
	bad = release(&r, argv[0], err);
	gitrepo_close(r.repo);
	return bad;
}
