/* SPDX-License-Identifier: MIT */
#include "registry/gitrepo.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/str.h"
#include "registry/gitlib.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct gitrepo {
	struct arena *arena;
	git_repository *repo;
	const char *workdir;	/* real, without a slash at its end */
};

static int fail(struct err *err, const char *what)
{
	const git_error *why = git.error_last();

	return err_set(err, ERR_EGIT, "%s: %s", what, why && why->message ? why->message : "git could not do it");
}

struct gitrepo *gitrepo_open(struct arena *a, const char *dir, struct err *err)
{
	const char *workdir;
	struct gitrepo *r;

	if (gitlib_need(err) < 0)
		return NULL;
	r = ARENA_NEW(a, struct gitrepo);
	r->arena = a;
	git.libgit2_init();
	if (!fs_exists(path_join(a, dir, ".git")))
		err_set(err, ERR_ENOENT, "no git repository at '%s'", dir);
	else if (git.repository_open_ext(&r->repo, dir, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) < 0)
		fail(err, arena_printf(a, "cannot open the repository at '%s'", dir));
	else if (git.repository_is_bare(r->repo))
		err_set(err, ERR_EGIT, "the repository at '%s' has no files", dir);
	if (err->code != ERR_OK) {
		gitrepo_close(r);
		return NULL;
	}
	workdir = fs_realpath(a, git.repository_workdir(r->repo));
	r->workdir = workdir ? workdir : dir;
	return r;
}

void gitrepo_close(struct gitrepo *r)
{
	if (!r)
		return;
	git.repository_free(r->repo);
	r->repo = NULL;
	git.libgit2_shutdown();
}

const char *gitrepo_head(struct arena *a, const char *dir)
{
	git_repository *repo = NULL;
	const char *sha = NULL;
	struct err none = ERR_INIT;
	git_oid oid;

	if (gitlib_need(&none) < 0)
		return NULL;
	git.libgit2_init();
	if (git.repository_open_ext(&repo, dir, GIT_REPOSITORY_OPEN_CROSS_FS, NULL) == 0 &&
	    git.reference_name_to_id(&oid, repo, "HEAD") == 0)
		sha = arena_strdup(a, git.oid_tostr_s(&oid));
	git.repository_free(repo);
	git.libgit2_shutdown();
	return sha;
}

int gitrepo_clean(struct gitrepo *r, bool *clean, struct err *err)
{
	git_status_options o;
	git_status_list *list = NULL;

	git.status_options_init(&o, GIT_STATUS_OPTIONS_VERSION);
	o.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
	o.flags = GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
	if (git.status_list_new(&list, r->repo, &o) < 0)
		return fail(err, "cannot tell whether the repository is clean");
	*clean = git.status_list_entrycount(list) == 0;
	git.status_list_free(list);
	return 0;
}

int gitrepo_last_tag(struct gitrepo *r, const char **tag, struct err *err)
{
	git_describe_options o;
	git_describe_format_options f;
	git_describe_result *found = NULL;
	git_buf text = {0};
	git_object *head = NULL;
	int bad;

	git.describe_options_init(&o, GIT_DESCRIBE_OPTIONS_VERSION);
	git.describe_format_options_init(&f, GIT_DESCRIBE_FORMAT_OPTIONS_VERSION);
	o.describe_strategy = GIT_DESCRIBE_TAGS;
	o.pattern = "*.*.*";
	f.abbreviated_size = 0;
	bad = git.revparse_single(&head, r->repo, "HEAD") < 0 || git.describe_commit(&found, head, &o) < 0 ||
	      git.describe_format(&text, found, &f) < 0;
	if (bad)
		fail(err, "no tag tells a version");
	else
		*tag = arena_strdup(r->arena, text.ptr);
	git.buf_dispose(&text);
	git.describe_result_free(found);
	git.object_free(head);
	return bad ? -1 : 0;
}

bool gitrepo_wants_signing(struct gitrepo *r)
{
	git_config *config = NULL;
	int commit = 0, tag = 0;

	if (git.repository_config_snapshot(&config, r->repo) < 0)
		return false;
	(void)!git.config_get_bool(&commit, config, "commit.gpgsign");
	(void)!git.config_get_bool(&tag, config, "tag.gpgsign");
	git.config_free(config);
	return commit || tag;
}

bool gitrepo_has_tag(struct gitrepo *r, const char *tag)
{
	git_reference *ref = NULL;
	bool has = git.reference_lookup(&ref, r->repo, arena_printf(r->arena, "refs/tags/%s", tag)) == 0;

	git.reference_free(ref);
	return has;
}

/* ---- hooks ---- */

static const char *hooks_dir(struct gitrepo *r)
{
	git_config *config = NULL;
	git_buf path = {0};
	const char *dir = path_join(r->arena, git.repository_commondir(r->repo), "hooks");

	if (git.repository_config_snapshot(&config, r->repo) == 0 &&
	    git.config_get_path(&path, config, "core.hookspath") == 0)
		dir = path_resolve(r->arena, r->workdir, path.ptr);
	git.buf_dispose(&path);
	git.config_free(config);
	return dir;
}

/* As git: nobody is asked for a message, and the index is the repository's. */
static const char *const *hook_env(struct gitrepo *r)
{
	size_t n = 0, k = 0;
	const char **env;

	while (environ[n])
		n++;
	env = ARENA_ARRAY(r->arena, const char *, n + 3);
	for (size_t i = 0; i < n; i++)
		if (!cstr_starts(environ[i], "GIT_"))
			env[k++] = environ[i];
	env[k++] = arena_printf(r->arena, "GIT_INDEX_FILE=%s", path_join(r->arena, git.repository_path(r->repo), "index"));
	env[k] = "GIT_EDITOR=:";
	return env;
}

/* A hook that is not there, or not executable, is none. */
static int run_hook(struct gitrepo *r, const char *name, const char *arg, struct err *err)
{
	const char *file = path_join(r->arena, hooks_dir(r), name);
	const char *const argv[] = {file, arg, NULL};
	const struct proc_options o = {.file = file, .argv = argv, .envp = hook_env(r), .cwd = r->workdir, .in = PROC_NULL,
		.out = PROC_CAPTURE, .err = PROC_CAPTURE};
	struct proc_result result;

	if (access(file, X_OK) != 0)
		return 0;
	if (proc_run(r->arena, &o, &result, err) < 0)
		return -1;
	if (!result.code)
		return 0;
	err_set(err, ERR_EGIT, "the hook %s refused the commit (status %d)", name, result.code);
	err_note(err, "%.*s%.*s", STR_ARGS(str_first(result.out, 900)), STR_ARGS(str_first(result.err, 900)));
	return -1;
}

/* commit-msg may change the message, in a file. */
static int check_message(struct gitrepo *r, const char **message, struct err *err)
{
	const char *file = path_join(r->arena, git.repository_path(r->repo), "COMMIT_EDITMSG");
	struct str text;

	if (fs_write(file, str_from(arena_printf(r->arena, "%s\n", *message)), 0666, err) < 0 ||
	    run_hook(r, "commit-msg", file, err) < 0 || fs_read(r->arena, file, 1 << 20, &text, err) < 0)
		return -1;
	*message = str_dup(r->arena, text);
	return 0;
}

/* ---- committing ---- */

static int stage(struct gitrepo *r, const char *const *files, struct err *err)
{
	git_index *index = NULL;
	int bad = git.repository_index(&index, r->repo) < 0 || git.index_read(index, true) < 0;

	for (; !bad && *files; files++) {
		const char *dir = fs_realpath(r->arena, path_dir(r->arena, *files));
		const char *rel = path_relative(r->arena, r->workdir, path_join(r->arena, dir ? dir : "/", path_base(*files)));
		int ignored = 0;

		if (!git.index_get_bypath(index, rel, 0))
			(void)!git.ignore_path_is_ignored(&ignored, r->repo, rel);
		bad = !ignored && git.index_add_bypath(index, rel) < 0;
	}
	bad = bad || git.index_write(index) < 0;
	if (bad)
		fail(err, "cannot stage what has changed");
	git.index_free(index);
	return bad ? -1 : 0;
}

/* The staged tree; the hooks may have changed the index. */
static int staged_tree(struct gitrepo *r, git_tree **tree, struct err *err)
{
	git_index *index = NULL;
	git_oid oid;
	int bad = git.repository_index(&index, r->repo) < 0 || git.index_read(index, true) < 0 ||
		  git.index_write_tree(&oid, index) < 0 || git.tree_lookup(tree, r->repo, &oid) < 0;

	git.index_free(index);
	return bad ? fail(err, "cannot make a tree of what is staged") : 0;
}

/* Our name and address, as git finds them: its variables, then its settings. */
static int signature(struct gitrepo *r, git_signature **out, const char *who, struct err *err)
{
	const char *name = getenv(arena_printf(r->arena, "GIT_%s_NAME", who));
	const char *email = getenv(arena_printf(r->arena, "GIT_%s_EMAIL", who));
	git_signature *set = NULL;
	int bad;

	(void)!git.signature_default(&set, r->repo);
	name = name && *name ? name : set ? set->name : NULL;
	email = email && *email ? email : set ? set->email : NULL;
	bad = !name || !email || git.signature_now(out, name, email) < 0;
	git.signature_free(set);
	if (!bad)
		return 0;
	err_set(err, ERR_EGIT, "git does not know who you are");
	err_note(err, "git config --global user.name \"…\" and user.email tell it");
	return -1;
}

static int write_commit(struct gitrepo *r, const struct gitrepo_release *release, git_tree *tree, struct err *err)
{
	git_signature *author = NULL, *committer = NULL;
	git_object *head = NULL;
	git_tree *before = NULL;
	const char *message = release->message;
	git_oid oid;
	int bad;

	if (git.revparse_single(&head, r->repo, "HEAD") == 0 && git.commit_tree(&before, (git_commit *)head) == 0 &&
	    git.oid_equal(git.tree_id(before), git.tree_id(tree)) && !release->allow_same)
		err_set(err, ERR_EGIT, "nothing to commit");
	bad = err->code != ERR_OK || (release->hooks && check_message(r, &message, err) < 0) ||
	      signature(r, &author, "AUTHOR", err) < 0 || signature(r, &committer, "COMMITTER", err) < 0;
	if (!bad) {
		const git_commit *parents[] = {(const git_commit *)head};

		message = cstr_ends(message, "\n") ? message : arena_printf(r->arena, "%s\n", message);
		bad = git.commit_create(&oid, r->repo, "HEAD", author, committer, NULL, message, tree, head ? 1 : 0,
					(void *)parents) < 0 && fail(err, "cannot commit");
	}
	git.signature_free(author);
	git.signature_free(committer);
	git.tree_free(before);
	git.object_free(head);
	return bad ? -1 : 0;
}

int gitrepo_commit(struct gitrepo *r, const struct gitrepo_release *release, struct err *err)
{
	struct err ignored = ERR_INIT;
	git_tree *tree = NULL;
	int bad = stage(r, release->files, err) < 0 || (release->hooks && run_hook(r, "pre-commit", NULL, err) < 0) ||
		  staged_tree(r, &tree, err) < 0 || write_commit(r, release, tree, err) < 0;

	git.tree_free(tree);
	if (!bad && release->hooks)
		(void)!run_hook(r, "post-commit", NULL, &ignored);
	return bad ? -1 : 0;
}

int gitrepo_tag(struct gitrepo *r, const struct gitrepo_release *release, struct err *err)
{
	git_signature *tagger = NULL;
	git_object *head = NULL;
	git_oid oid;
	const char *message = arena_printf(r->arena, "%s\n", release->message);
	int bad = git.revparse_single(&head, r->repo, "HEAD") < 0 && fail(err, "there is no commit to tag");

	bad = bad || signature(r, &tagger, "COMMITTER", err) < 0 ||
	      (git.tag_create(&oid, r->repo, release->tag, head, tagger, message, release->allow_same) < 0 &&
	       fail(err, arena_printf(r->arena, "cannot make the tag '%s'", release->tag)));
	git.signature_free(tagger);
	git.object_free(head);
	return bad ? -1 : 0;
}
