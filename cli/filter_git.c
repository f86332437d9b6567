/* SPDX-License-Identifier: MIT
 *
 * What changed since a commit, from the git program: [since] of --filter.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/proc.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/filtering.h"

#include <string.h>

#define MAX_NAMES ((size_t)256 << 20)
#define MAX_WORDS 10

static int git(struct cli *cli, const char *const *words, struct proc_result *out, struct err *err)
{
	const char *argv[MAX_WORDS] = {config_text(cli->config, "git")};
	struct proc_options o = {
		.file = argv[0],
		.argv = argv,
		.cwd = cli->config->local_prefix,
		.in = PROC_NULL,
		.out = PROC_CAPTURE,
		.err = PROC_CAPTURE,
		.max_output = MAX_NAMES,
		.forward_signals = true,
	};

	for (size_t i = 0; words[i] && i + 2 < MAX_WORDS; i++)
		argv[i + 1] = words[i];
	if (proc_run(cli->arena, &o, out, err))
		return -1;
	return out->truncated ? err_set(err, ERR_EGIT, "%s: too many files have changed", argv[0]) : 0;
}

static int refuse(const struct proc_result *r, const char *since, struct err *err)
{
	struct str rest, line = str_cut(str_trim(r->err), '\n', &rest);

	if (!line.len)
		return err_set(err, ERR_EGIT, "Filtering by changed packages failed: \"%s\" is no commit", since);
	return err_set(err, ERR_EGIT, "Filtering by changed packages failed: \"%s\": %.*s", since, STR_ARGS(line));
}

/* A commit's name in full. */
static const char *commit_of(struct cli *cli, const char *since, struct err *err)
{
	const char *what = arena_printf(cli->arena, "%s^{commit}", since);
	const char *words[] = {"rev-parse", "--verify", what, NULL};
	struct proc_result r = {0};

	if (*since == '-') {
		refuse(&r, since, err);
		return NULL;
	}
	if (git(cli, words, &r, err))
		return NULL;
	if (r.code) {
		refuse(&r, since, err);
		return NULL;
	}
	return str_dup(cli->arena, str_trim(r.out));
}

/* Where the branch left it; the commit itself when that is not known, as in a shallow clone. */
static const char *fork_of(struct cli *cli, const char *commit, struct err *err)
{
	const char *words[] = {"merge-base", commit, "HEAD", NULL};
	struct proc_result r;

	if (git(cli, words, &r, err))
		return NULL;
	return r.code || !r.out.len ? commit : str_dup(cli->arena, str_trim(r.out));
}

int cli_changed_files(void *ctx, const char *since, struct vec *files, struct err *err)
{
	struct cli *cli = ctx;
	const char *commit = commit_of(cli, since, err);
	const char *fork = commit ? fork_of(cli, commit, err) : NULL;
	const char *words[] = {"diff", "--name-only", "--no-renames", "-z", "--relative", fork, "--", ".", NULL};
	struct proc_result r;
	struct str rest;

	if (!fork || git(cli, words, &r, err))
		return -1;
	if (r.code)
		return refuse(&r, since, err);
	for (rest = r.out; rest.len;) {
		struct str name = str_cut(rest, '\0', &rest);

		if (name.len)
			vec_add(files, (void *)str_dup(cli->arena, name));
	}
	return 0;
}
