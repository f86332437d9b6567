/* SPDX-License-Identifier: MIT
 *
 * Packages that come from git repositories: checked out, prepared as npm does, and packed, so that the store holds
 * them as it holds any other. Everything here runs on a worker.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/proc.h"
#include "cache/store.h"
#include "install/confined.h"
#include "install/fetch.h"
#include "install/pack.h"
#include "install/project.h"
#include "registry/gitsrc.h"
#include "resolver/hosted.h"
#include "resolver/manifest.h"
#include "resolver/spec.h"
#include "runtime/confine.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A repository whose preparation needs itself is prepared once only. The name is npm's, so that both see it. */
#define NO_PREPARE "_PACOTE_NO_PREPARE_"

bool source_is_git(const char *resolved)
{
	return cstr_starts(resolved, "git+") || cstr_starts(resolved, "git:") || cstr_starts(resolved, "git@") ||
	       cstr_starts(resolved, "github:") || cstr_starts(resolved, "gitlab:") ||
	       cstr_starts(resolved, "bitbucket:") || cstr_starts(resolved, "gist:") || cstr_starts(resolved, "sourcehut:");
}

static const char *subdir_of(const struct spec *spec)
{
	const char *dir = spec->git_subdir;

	return dir && dir[0] == '/' ? dir + 1 : dir;
}

static struct git_wish wish_of(struct arena *a, const struct spec *spec, const struct source_git *g)
{
	const struct hosted_options bare = {.no_committish = true};
	struct git_wish w = {
		.url = spec->fetch_spec,
		.committish = spec->git_committish,
		.range = spec->git_range,
		.subdir = subdir_of(spec),
		.name = g->what,
		.timeout_ms = g->options->git_timeout_ms,
	};

	if (spec->hosted) {
		w.url = hosted_format(a, spec->hosted, HOSTED_HTTPS, &bare);
		w.alternate = spec->hosted->auth ? NULL : hosted_format(a, spec->hosted, HOSTED_SSHURL, &bare);
	}
	return w;
}

/* npm's spelling: ssh for known hosts, https where that was asked for or credentials are in it; always with the commit. */
static const char *resolved_of(struct arena *a, const struct spec *spec, const char *sha)
{
	struct hosted h;
	bool https;

	if (!spec->hosted)
		return git_resolved(a, spec->fetch_spec, sha, subdir_of(spec));
	h = *spec->hosted;
	h.committish = sha;
	https = h.auth || streq(h.representation, "https");
	return hosted_format(a, &h, https ? HOSTED_HTTPS : HOSTED_SSHURL, NULL);
}

static bool needs_preparing(const struct manifest *m)
{
	static const char *const events[] = {"postinstall", "build", "preinstall", "install", "prepack", "prepare"};
	const struct json *scripts = json_find(m->raw, "scripts");

	if (json_find(m->raw, "workspaces"))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (json_find_text(scripts, events[i]))
			return true;
	return false;
}

/* Our environment, with `resolved` added to what is being prepared. */
static const char *const *prepare_env(struct arena *a, const char *resolved)
{
	const char *seen = getenv(NO_PREPARE);
	size_t n = 0, k = 0;
	const char **env;

	while (environ[n])
		n++;
	env = ARENA_ARRAY(a, const char *, n + 2);
	for (size_t i = 0; i < n; i++)
		if (!cstr_starts(environ[i], NO_PREPARE "="))
			env[k++] = environ[i];
	env[k] = arena_printf(a, NO_PREPARE "=%s%s%s", seen ? seen : "", seen ? "\n" : "", resolved);
	return env;
}

struct preparation {
	const struct source_git *git;
	const char *dir;
	const char *const *env;
};

static int run_lode(struct arena *a, const struct preparation *p, const char *const *args, struct err *err)
{
	const struct source_git *g = p->git;
	const char *argv[24] = {g->options->lode};
	struct proc_options o = {.file = argv[0], .argv = argv, .envp = p->env, .cwd = p->dir, .out = PROC_CAPTURE,
		.err = PROC_CAPTURE};
	struct proc_result r;

	for (size_t i = 0; args[i] && i + 2 < ARRAY_LEN(argv); i++)
		argv[i + 1] = args[i];
	if (proc_run(a, &o, &r, err) < 0)
		return -1;
	if (g->said && g->options->confine)
		confined_pick_said(a, r.err, g->said);
	if (r.code == 0)
		return 0;
	err_set(err, ERR_EGIT, "preparing '%s' failed: lode %s ended with status %d", g->what, args[0], r.code);
	err_note(err, "%.*s", STR_ARGS(str_first(r.err, 1500)));
	return -1;
}

/* Everything in a repository is a stranger's: its scripts are confined to it, and what it says of its own sandbox, or of code
 * for lode to run, does not count. Its prepare script has run with the install. */
static int prepare_confined(struct arena *a, const struct preparation *p, const char *const *install, struct err *err)
{
	const struct confine *c = p->git->options->confine;
	const char *args[20] = {0};
	size_t n = 0;

	if (confined_may_prepare(a, c, err))
		return -1;
	for (; install[n]; n++)
		args[n] = install[n];
	args[n++] = "--confine-project";
	args[n++] = "--ignore-extension";
	args[n++] = "--no-install-links";	/* a folder of its own that is packed would run its scripts first */
	args[n++] = c->mode == CONFINE_REQUIRE ? "--script-sandbox=require" : "--script-sandbox=prefer";
	if (c->cache)
		args[n] = arena_printf(a, "--cache=%s", c->cache);
	if (!run_lode(a, p, args, err))
		return 0;
	err_note(err, "Its scripts run in the sandbox, without network; --script-sandbox=off prepares it as npm does");
	return -1;
}

/* npm's: install what the repository needs to build itself, then its prepare script. */
static int prepare(struct arena *a, const struct source_git *g, const char *dir, const char *resolved, struct err *err)
{
	static const char *const install[] = {"install", "--force", "--no-progress", "--no-save", "--no-audit", "--include=dev",
		"--include=peer", "--include=optional", "--no-package-lock-only", "--no-dry-run", "--no-global", NULL};
	static const char *const script[] = {"run", "--if-present", "prepare", NULL};
	const char *seen = getenv(NO_PREPARE);
	struct package_file file;
	struct preparation p;

	if (package_read(a, dir, &file, err) < 0)
		return -1;
	if (!needs_preparing(file.manifest) || g->options->ignore_scripts || !g->options->lode)
		return 0;
	if (seen && strstr(seen, resolved))
		return 0;
	p = (struct preparation){g, dir, prepare_env(a, resolved)};
	if (g->options->confine)
		return prepare_confined(a, &p, install, err);
	return run_lode(a, &p, install, err) < 0 ? -1 : run_lode(a, &p, script, err);
}

static int pack(struct arena *a, const char *dir, struct str *tar, struct err *err)
{
	struct buf out = BUF_INIT(STORE_MAX_PACKED);
	struct pack_options o = {.list.dir = dir};
	struct package_file file;
	int bad = package_read(a, dir, &file, err);

	if (!bad) {
		o.pkg = file.manifest->raw;
		bad = pack_tar(a, &o, &out, err);
	}
	*tar = (struct str){buf_dup(a, &out), out.len};
	buf_release(&out);
	return bad;
}

int source_folder_pack(struct arena *a, const struct source_git *g, struct str *tar, struct err *err)
{
	static const char *const script[] = {"run", "prepare", NULL};
	struct preparation p = {g, g->resolved, (const char *const *)environ};
	struct package_file file;

	if (package_read(a, g->resolved, &file, err) < 0)
		return -1;
	if (json_find_text(json_find(file.manifest->raw, "scripts"), "prepare") && !g->options->ignore_scripts &&
	    g->options->lode && run_lode(a, &p, script, err) < 0)
		return -1;
	return pack(a, g->resolved, tar, err);
}

int source_git_pack(struct arena *a, const struct source_git *g, struct str *tar, const char **resolved, struct err *err)
{
	struct spec *spec = spec_parse(a, g->resolved, "/", err);
	const char *dir, *package;
	struct git_found found = {0};
	struct err ignored = ERR_INIT;
	struct git_wish wish;
	int bad = -1;

	if (!spec)
		return -1;
	dir = fs_mkdtemp(a, arena_printf(a, "%s/lode-git-", g->options->tmp ? g->options->tmp : "/tmp"), err);
	if (!dir)
		return -1;
	wish = wish_of(a, spec, g);
	package = git_checkout(a, &wish, &found, dir, err);
	if (package) {
		*resolved = resolved_of(a, spec, found.sha);
		bad = prepare(a, g, package, *resolved, err) < 0 ? -1 : pack(a, package, tar, err);
	}
	(void)!fs_remove_tree(dir, &ignored);
	return bad;
}
