/* SPDX-License-Identifier: MIT
 *
 * The version a patch was made for is in its file's name. That version, the same with the patch, and the new version are merged as
 * git merges branches; what then differs from the new version is the new patch.
 */
#include "cli/patch_update.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/patch_list.h"
#include "cli/patch_target.h"
#include "cli/patching.h"
#include "cli/project_opts.h"
#include "install/patches.h"
#include "install/project.h"
#include "registry/gitmerge.h"
#include "resolver/inventory.h"
#include "resolver/patched.h"
#include "resolver/semver.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

#include <string.h>

#define PATCH_MAX ((size_t)256 << 20)
#define MARK_MAX 65536

struct update {
	struct cli *cli;
	struct arena *arena;
	struct json *patched;
	const struct patch_rule *rule;
	const char *base;		/* the version the patch was made for */
	struct patch_target target;	/* the version it is to fit */
	bool unlocked;			/* there is no lockfile: `installed` is not known */
	struct vec installed;		/* const char *: versions in the lockfile */
	const char *work;		/* temporary */
	bool conflicted;
};

static const char *key_of(struct arena *a, const struct patch_target *t)
{
	return arena_printf(a, "%s@%s", t->name, t->version);
}

/* ---- which rule ---- */

static int several(struct update *u, const struct patch_rules *rules, const char *name, struct err *err)
{
	const char *list = "", *first = NULL;

	for (size_t i = 0; i < rules->count; i++) {
		if (!streq(rules->items[i].name, name))
			continue;
		first = first ? first : rules->items[i].key;
		list = arena_printf(u->arena, "%s  %s\n", list, rules->items[i].key);
	}
	return err_set_as(err, "EPATCHAMBIGUOUS",
		"multiple patches match \"%s\":\n%sRe-run with an explicit selector, e.g. \"lode patch update %s\".", name, list, first);
}

static int find_rule(struct update *u, const char *word, struct err *err)
{
	struct spec *spec = spec_parse(u->arena, word, u->cli->cwd, err);
	struct patch_rules rules;
	const char *key = NULL;

	if (!spec)
		return -1;
	if (spec->raw_spec && *spec->raw_spec && !streq(spec->raw_spec, "*"))
		key = arena_printf(u->arena, "%s@%s", spec->name, spec->fetch_spec);
	patch_rules_read(u->arena, u->patched, &rules);
	for (size_t i = 0; i < rules.count; i++) {
		if (key ? !streq(rules.items[i].key, key) : !streq(rules.items[i].name, spec->name))
			continue;
		if (u->rule)
			return several(u, &rules, spec->name, err);
		u->rule = &rules.items[i];
	}
	if (u->rule)
		return 0;
	return key ? err_set(err, ERR_EPATCHNOTFOUND, "no patch registered for %s", key) :
		     err_set(err, ERR_EPATCHNOTFOUND, "no patch to update for \"%s\"", spec->name);
}

/* ---- from which version to which ---- */

static int find_base(struct update *u, struct err *err)
{
	const char *path = u->rule->path ? u->rule->path : "", *file = path_base(path), *at = file[0] ? strchr(file + 1, '@') : NULL;
	struct str text = at ? str_from(at + 1) : STR_NULL;
	struct semver v;

	if (str_ends(text, ".patch"))
		text.len -= strlen(".patch");
	if (!text.len || !semver_parse(&v, str_from(str_dup(u->arena, text)), 0))
		return err_set_as(err, "EPATCHBASE", "cannot determine the version \"%s\" was authored against; rebase by hand", path);
	u->base = semver_format(u->arena, &v);
	return 0;
}

static int find_installed(struct update *u, struct err *err)
{
	struct project *p = ARENA_NEW(u->arena, struct project);
	struct err unlocked = ERR_INIT;
	struct tree *t;

	vec_init(&u->installed, u->arena);
	if (cli_project(u->cli, true, p, err) < 0)
		return -1;
	t = project_virtual(u->arena, p, false, &unlocked);
	u->unlocked = !t;
	for (struct map_entry *i = t ? inventory_first(t->root) : NULL; i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;

		if (node_is_project_root(n) || node_is_workspace(n) || n->is_link || !streq(n->name, u->rule->name) || !node_version(n)[0])
			continue;
		vec_add(&u->installed, (void *)node_version(n));
	}
	return 0;
}

static bool is_installed(const struct update *u, const char *version)
{
	for (size_t i = 0; i < u->installed.count; i++)
		if (streq(u->installed.items[i], version))
			return true;
	return false;
}

/* --to. The next install refuses a patch that nothing uses, so that is said now. */
static int take_wanted(struct update *u, const char *to, struct err *err)
{
	struct semver v;

	if (!semver_parse(&v, str_from(to), 0))
		return err_set_as(err, "EPATCHBADTO", "--to \"%s\" is not a valid version", to);
	u->target.version = semver_format(u->arena, &v);
	if (!u->unlocked && !is_installed(u, u->target.version))
		report_warn(u->cli->reporter, "patch",
			"%s is not installed; bump the dependency and reinstall, or the next \"lode install\" will fail with EPATCHUNUSED.",
			key_of(u->arena, &u->target));
	return 0;
}

/* The highest of those in the lockfile that the rule is for. */
static int take_installed(struct update *u, struct err *err)
{
	if (u->unlocked)
		return err_set_as(err, "EPATCHSTALE",
			"could not read the lockfile for \"%s\"; run \"lode install\" first or pass --to <new-version>", u->rule->name);
	for (size_t i = 0; i < u->installed.count; i++) {
		const char *version = u->installed.items[i];

		if (patch_rule_fits(u->arena, u->rule, version) &&
		    (!u->target.version || semver_compare_text(version, u->target.version, 0) > 0))
			u->target.version = version;
	}
	if (u->target.version)
		return 0;
	return err_set_as(err, "EPATCHSTALE",
		"no installed version matches the patch selector \"%s\"; pass --to <new-version> to rebase onto a specific version", u->rule->key);
}

static int find_target(struct update *u, struct err *err)
{
	const char *to = config_text(u->cli->config, "to"), *key;

	u->target.name = u->rule->name;
	if ((to && *to ? take_wanted(u, to, err) : take_installed(u, err)) < 0)
		return -1;
	key = key_of(u->arena, &u->target);
	if (streq(u->target.version, u->base))
		return err_set_as(err, "EPATCHNOOP", "nothing to update: the patch already targets %s", key);
	if (json_find(u->patched, key) && !streq(key, u->rule->key))
		return err_set_as(err, "EPATCHEXISTS",
			"an entry already exists for %s; use \"lode patch rm\" first or rebase manually", key);
	return 0;
}

/* ---- the merge ---- */

static const char *in_work(const struct update *u, const char *name)
{
	return path_join(u->arena, u->work, name);
}

static int make_theirs(struct update *u, struct err *err)
{
	const char *file = path_resolve(u->arena, cli_prefix(u->cli), u->rule->path);
	struct err cause = ERR_INIT;
	struct str text;

	if (patching_unpack(u->cli, u->rule->name, u->base, in_work(u, "theirs"), err) < 0)
		return -1;
	if (fs_read(u->arena, file, PATCH_MAX, &text, &cause) < 0 || patches_apply(text, in_work(u, "theirs"), &cause) < 0)
		return err_set_as(err, "EPATCHBASE", "the existing patch no longer applies to its baseline %s@%s; rebase by hand",
			u->rule->name, u->base);
	return 0;
}

static int rebase(struct update *u, struct err *err)
{
	struct gitmerge m = {.base = in_work(u, "base"), .ours = in_work(u, "new"), .theirs = in_work(u, "theirs"),
			     .work = in_work(u, "git"), .dest = in_work(u, "merged")};

	if (patching_unpack(u->cli, u->rule->name, u->base, m.base, err) < 0 ||
	    patching_unpack(u->cli, u->rule->name, u->target.version, m.ours, err) < 0 || make_theirs(u, err) < 0 ||
	    fs_mkdirs(m.work, err) < 0)
		return -1;
	return gitmerge_folders(u->arena, &m, &u->conflicted, err);
}

/* ---- what comes of it ---- */

/* A rule for one version moves to the other; one for more versions stays, and the new one comes beside it. */
static int leave_conflict(struct update *u, struct err *err)
{
	struct json *mark = json_object(u->arena);
	struct buf text = BUF_INIT(MARK_MAX);
	const char *dir;
	int bad;

	json_put_text(u->arena, mark, "name", u->rule->name);
	json_put(u->arena, mark, "removeKey",
		 patch_rule_is_exact(u->rule) ? json_string(u->arena, u->rule->key) : json_null(u->arena));
	json_format(&text, mark, NULL);
	buf_adds(&text, "\n");
	bad = patching_edit_dir(u->cli, u->target.name, u->target.version, &dir, err) < 0 || fs_remove_tree(dir, err) < 0 ||
	      fs_copy_tree(in_work(u, "merged"), dir, err) < 0 ||
	      fs_write(path_join(u->arena, dir, PATCHING_MARK), buf_str(&text), 0666, err) < 0;
	buf_release(&text);
	if (bad)
		return -1;
	cli_print(u->cli, "Patch did not apply cleanly to %s.", key_of(u->arena, &u->target));
	cli_print(u->cli, "Resolve the conflicts in: %s", dir);
	cli_print(u->cli, "When done, run: lode patch commit %s", dir);
	return 0;
}

/* Is there no version installed any more that the old rule is the one for? */
static bool is_rule_unused(struct update *u)
{
	struct patch_rules rules;

	if (patch_rule_is_exact(u->rule))
		return true;
	patch_rules_read(u->arena, u->patched, &rules);
	for (size_t i = 0; i < u->installed.count; i++) {
		struct err ambiguous = ERR_INIT;
		struct patch_rule *winner;

		if (patch_rules_find(&rules, u->rule->name, u->installed.items[i], &winner, &ambiguous) < 0 ||
		    (winner && streq(winner->key, u->rule->key)))
			return false;
	}
	return !u->unlocked;
}

static int finish(struct update *u, struct str diff, struct err *err)
{
	const char *path = patch_list_keep(u->cli, &u->target, diff, u->patched, err);
	const char *key = key_of(u->arena, &u->target), *orphan = NULL;

	if (!path)
		return -1;
	if (!streq(u->rule->key, key) && is_rule_unused(u))
		orphan = patch_list_drop(u->patched, u->rule->key);
	if (patch_list_write(u->cli, u->patched, err) < 0 || patch_list_lock(u->cli, err) < 0)
		return -1;
	if (orphan && patch_list_delete(u->cli, orphan, err) < 0)
		return -1;
	cli_print(u->cli, "Updated %s -> %s (%s)", u->rule->key, key, path);
	return 0;
}

static int conclude(struct update *u, struct err *err)
{
	struct patching diff = {.text = BUF_INIT(PATCH_MAX)};
	int bad;

	if (u->conflicted)
		return leave_conflict(u, err);
	bad = patching_diff(u->arena, in_work(u, "new"), in_work(u, "merged"), &diff, err);
	if (!bad && !diff.text.len)
		bad = err_set_as(err, "EPATCHEMPTY", "the patch no longer changes %s; remove it with \"lode patch rm\" instead",
			key_of(u->arena, &u->target));
	if (!bad)
		bad = finish(u, buf_str(&diff.text), err);
	buf_release(&diff.text);
	return bad;
}

int patch_update(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct update u = {.cli = cli, .arena = cli->arena};
	struct err ignored = ERR_INIT;
	int bad;

	if (argc != 1)
		return cli_usage_error(cli, err, "One patch has to be named");
	if (patch_list_read(cli, &u.patched, err) < 0 || find_rule(&u, argv[0], err) < 0 || find_base(&u, err) < 0 ||
	    find_installed(&u, err) < 0 || find_target(&u, err) < 0)
		return -1;
	u.work = fs_mkdtemp(cli->arena, path_join(cli->arena, patching_temporary(), "npm-patch-rebase-"), err);
	if (!u.work)
		return -1;
	bad = rebase(&u, err) < 0 ? -1 : conclude(&u, err);
	(void)!fs_remove_tree(u.work, &ignored);
	return bad;
}

/* ---- the mark of a conflict ---- */

int patch_mark_read(struct arena *a, const char *dir, const char *name, struct patch_mark *out, struct err *err)
{
	const char *replaces, *at;
	struct err broken = ERR_INIT;
	struct json *mark;
	struct str text;

	*out = (struct patch_mark){0};
	if (fs_read_if(a, path_join(a, dir, PATCHING_MARK), MARK_MAX, &text, err) < 0)
		return -1;
	if (!text.ptr)
		return 0;
	mark = json_parse(a, text, PATCHING_MARK, &broken);
	if (!mark)
		return err_set_as(err, "EPATCHBADMARKER", "invalid update marker in %s", dir);
	out->ends = streq(json_text(json_find(mark, "name")), name);
	replaces = json_text(json_find(mark, "removeKey"));
	at = replaces && replaces[0] ? strchr(replaces + 1, '@') : NULL;
	if (out->ends && at && streq(arena_strndup(a, replaces, (size_t)(at - replaces)), name))
		out->replaces = replaces;
	return 0;
}
