/* SPDX-License-Identifier: MIT
 *
 * install-scripts approve, deny, ls, prune, and approve-scripts and deny-scripts: who may run install scripts is written
 * to allowScripts in package.json, and what their sandbox grants beside it, to lode.scripts.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/project_opts.h"
#include "cli/runs.h"
#include "cli/settings_scripts.h"
#include "install/actual.h"
#include "install/allow.h"
#include "install/allow_edit.h"
#include "install/grants.h"
#include "install/lifecycle.h"
#include "install/pending.h"
#include "install/project.h"
#include "install/savepkg.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/range.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

enum mode { MODE_APPROVE, MODE_DENY, MODE_LIST, MODE_PRUNE };

struct work {
	struct cli *cli;
	enum mode mode;
	struct project project;
	const struct allow_policy *policy;
	struct tree *tree;
	struct allow_edit edit;
	struct json *lode;		/* package.json's "lode", to be edited */
	struct json *summary;		/* what --json shows */
	unsigned touched;
};

static const char *title(const struct work *w)
{
	return w->cli->command->name;
}

static int load(struct work *w, struct err *err)
{
	struct arena *a = w->cli->arena;
	const struct json *pkg;
	struct allow_policy *policy;

	if (cli_project(w->cli, false, &w->project, err))
		return -1;
	pkg = w->project.package.manifest->raw;
	if (settings_allow(w->cli, pkg, true, &policy, err))
		return -1;
	w->policy = policy;
	w->tree = actual_load(a, &w->project, &(struct actual_options){0}, err);
	allow_edit_init(&w->edit, a, json_find(pkg, "allowScripts"), w->project.options.path);
	w->edit.pin = !config_is_false(w->cli->config, "allow-scripts-pin");
	w->lode = json_is(json_find(pkg, "lode"), JSON_OBJECT) ? json_copy(a, json_find(pkg, "lode")) : json_object(a);
	w->summary = json_array(a);
	return w->tree ? 0 : -1;
}

static int save(struct work *w, struct err *err)
{
	struct arena *a = w->cli->arena;
	struct json *content = json_object(a);

	json_put(a, content, "allowScripts", w->edit.field->count ? w->edit.field : json_null(a));
	json_put(a, content, "lode", w->lode->count ? w->lode : json_null(a));
	return package_save(a, w->project.options.path, content, err);
}

static void show(struct work *w, struct json *value)
{
	struct json *all = json_object(w->cli->arena);

	json_put(w->cli->arena, all, "allowScripts", value);
	cli_json(w->cli, all);
}

/* ---- Listing ---- */

/* Those nobody decided about (struct allow_pending), also where ignore-scripts would let none run. */
static void collect_pending(const struct work *w, struct vec *out)
{
	const struct lifecycle_options o = {
		.policy = w->policy,
		.allow_all = config_bool(w->cli->config, "dangerously-allow-all-scripts"),
	};

	pending_list(w->cli->arena, &o, w->tree, out);
}

/* {"name": …, "changes": [{"key": …, "change": …}]} for a name, made when it is not there yet. */
static struct json *changes_of(struct work *w, const char *name)
{
	struct arena *a = w->cli->arena;
	struct json *entry;

	for (uint32_t i = 0; i < json_count(w->summary); i++) {
		if (streq(json_find_text(json_at(w->summary, i), "name"), name))
			return json_find(json_at(w->summary, i), "changes");
	}
	entry = json_object(a);
	json_put_text(a, entry, "name", name);
	json_put(a, entry, "changes", json_array(a));
	json_add(a, w->summary, entry);
	return json_find(entry, "changes");
}

static void add_change(struct work *w, const char *name, const char *key, const char *change)
{
	struct arena *a = w->cli->arena;
	struct json *one = json_object(a);

	json_put_text(a, one, "key", key);
	json_put_text(a, one, "change", change);
	json_add(a, changes_of(w, name), one);
}

static int list(struct work *w, const struct vec *pending)
{
	struct cli *cli = w->cli;

	for (size_t i = 0; i < pending->count && cli_is_json(cli); i++) {
		const struct allow_pending *p = pending->items[i];

		add_change(w, p->name ? p->name : "<unknown>", allow_pending_id(cli->arena, p), "pending");
	}
	if (cli_is_json(cli)) {
		show(w, w->summary);
		return 0;
	}
	if (!pending->count) {
		cli_print(cli, "No packages with unreviewed install scripts.");
		return 0;
	}
	cli_print(cli, "%zu %s install scripts blocked because they are not covered by allowScripts:", pending->count,
		  pending->count == 1 ? "package has" : "packages have");
	for (size_t i = 0; i < pending->count; i++) {
		const struct allow_pending *p = pending->items[i];

		cli_print(cli, "  %s (%s)", allow_pending_id(cli->arena, p), allow_scripts_text(cli->arena, p->scripts));
	}
	cli_print(cli, "%s", "");
	cli_print(cli, "Run `lode install-scripts approve <pkg>` to allow, or `lode install-scripts deny <pkg>` to deny.");
	return 0;
}

/* ---- Choosing ---- */

/* Name and range of an argument; range NULL: every version. */
static const char *parse_argument(struct cli *cli, const char *arg, const char **range)
{
	struct err ignored = ERR_INIT;
	const struct spec *s = spec_parse(cli->arena, arg, cli->cwd, &ignored);

	*range = NULL;
	if (!s || !s->name)
		return arg;
	if (s->type == SPEC_VERSION || (s->type == SPEC_RANGE && !spec_is_any(s)))
		*range = s->fetch_spec;
	return s->name;
}

static bool find_nodes(const struct work *w, const char *arg, struct vec *out)
{
	struct arena *a = w->cli->arena;
	size_t before = out->count;
	const char *range, *name = parse_argument(w->cli, arg, &range);

	for (struct map_entry *i = inventory_first(w->tree->root); i; i = inventory_next(w->tree->root, i)) {
		struct node *n = i->value;
		struct allow_identity id = allow_identify(a, n);
		const char *version = id.version ? id.version : node_version(n);

		if (node_is_project_root(n) || node_is_workspace(n) || node_in_bundle(n))
			continue;
		if (!streq(id.name ? id.name : n->name, name))
			continue;
		if (!range || (version && semver_satisfies(version, range, SEMVER_LOOSE)))
			vec_add(out, n);
	}
	return out->count > before;
}

static int find_named(const struct work *w, int argc, char **argv, struct vec *out, struct err *err)
{
	const char *unmatched = NULL;

	for (int i = 0; i < argc; i++) {
		if (!find_nodes(w, argv[i], out))
			unmatched = unmatched ? arena_printf(w->cli->arena, "%s, %s", unmatched, argv[i]) : argv[i];
	}
	return unmatched ? err_set(err, ERR_ENOMATCH, "No installed packages match: %s", unmatched) : 0;
}

/* Nodes by the key of all their versions, in the order of arrival: struct vec of struct node. */
static void group(const struct work *w, const struct vec *nodes, struct map *groups)
{
	map_init(groups, w->cli->arena);
	for (size_t i = 0; i < nodes->count; i++) {
		struct node *n = nodes->items[i];
		const char *key = allow_name_key(w->cli->arena, n);
		struct vec *members = key ? map_find(groups, key) : NULL;

		if (!key) {
			report_warn(w->cli->reporter, title(w), "skipping %s: no trusted identity for policy key", n->name);
			continue;
		}
		if (!members) {
			members = ARENA_NEW(w->cli->arena, struct vec);
			vec_init(members, w->cli->arena);
			map_put(groups, key, members);
		}
		vec_add(members, n);
	}
}

/* ---- Writing ---- */

static const char *const grant_flags[GRANT_LISTS] = {"allow-read", "allow-write", "allow-write-file", "allow-env"};

static void given_grants(const struct cli *cli, struct grants_given *g)
{
	g->net = config_bool(cli->config, "allow-net");
	for (size_t i = 0; i < GRANT_LISTS; i++)
		g->lists[i] = config_list(cli->config, grant_flags[i], &g->counts[i]);
}

/* Grants that no script needs are refused, unless forced; those that may run as the user later are told. */
static int judge_grant(const struct work *w, unsigned list, const char *flag, const char *text, struct err *err)
{
	struct cli *cli = w->cli;
	struct grant_judged got = grants_judge(cli->arena, list, text, w->project.options.path, cli->config->home);

	if (got.sense == GRANT_FINE)
		return 0;
	if (got.sense == GRANT_RISKY || config_bool(cli->config, "force")) {
		report_warn(cli->reporter, title(w), "--%s=%s %s", flag, text, got.why);
		return 0;
	}
	err_set_as(err, "EGRANT", "--%s=%s %s", flag, text, got.why);
	err_note(err, "Name the file or folder that the script needs; --force grants it all the same.");
	return -1;
}

static int judge_grants(const struct work *w, struct err *err)
{
	struct grants_given g;

	given_grants(w->cli, &g);
	for (unsigned i = 0; i < GRANT_LISTS; i++)
		for (size_t k = 0; k < g.counts[i]; k++)
			if (judge_grant(w, i, grant_flags[i], g.lists[i][k], err))
				return -1;
	return 0;
}

/* What is denied has no use for grants, whichever key of its own they stand under. */
static void drop_grants(struct work *w, const char *name, const struct vec *nodes)
{
	struct arena *a = w->cli->arena;
	const struct json *scripts = json_find(w->lode, "scripts");

	for (uint32_t i = json_is(scripts, JSON_OBJECT) ? scripts->count : 0; i-- > 0;) {
		const char *key = scripts->members[i].key;
		bool meant = false;

		for (size_t k = 0; k < nodes->count && !streq(key, "*"); k++)
			meant = meant || allow_key_targets(a, key, w->edit.root, nodes->items[k]);
		if (!meant)
			continue;
		grants_move(a, w->lode, key, NULL);
		add_change(w, name, key, "grants-removed");
		w->touched++;
		if (!cli_is_json(w->cli))
			cli_print(w->cli, "Removed what %s was granted.", key);
	}
}

/* What the key of one package stands for from now on. */
static void write_grants(struct work *w, const char *name, struct vec *nodes)
{
	struct arena *a = w->cli->arena;
	struct grants_given given;

	given_grants(w->cli, &given);
	for (uint32_t i = 0; i < json_count(w->edit.field); i++) {
		const char *key = w->edit.field->members[i].key;

		if (!json_is_true(w->edit.field->members[i].value) ||
		    !allow_key_targets(a, key, w->edit.root, nodes->items[0]))
			continue;
		if (grants_write(a, w->lode, key, &given)) {
			add_change(w, name, key, "granted");
			w->touched++;
			if (!cli_is_json(w->cli))
				cli_print(w->cli, "Granted %s what was asked for.", key);
		}
	}
}

/* Grants follow the key. */
static void move_grants(struct work *w, const struct allow_edited *done)
{
	const char *to = NULL;

	for (size_t i = 0; i < done->changes.count && w->mode == MODE_APPROVE; i++) {
		const struct allow_change *c = done->changes.items[i];

		if (streq(c->change, "added"))
			to = c->key;
	}
	for (size_t i = 0; i < done->changes.count; i++) {
		const struct allow_change *c = done->changes.items[i];

		if (!streq(c->change, "added"))
			grants_move(w->cli->arena, w->lode, c->key, to);
	}
}

static void edit_group(struct work *w, const char *name, struct vec *nodes)
{
	bool approve = w->mode == MODE_APPROVE;
	struct allow_edited done;

	if (approve)
		allow_edit_approve(&w->edit, nodes, &done);
	else
		allow_edit_deny(&w->edit, nodes, &done);
	if (done.warning)
		report_warn(w->cli->reporter, title(w), "%s", done.warning);
	changes_of(w, name);
	for (size_t i = 0; i < done.changes.count; i++) {
		const struct allow_change *c = done.changes.items[i];

		add_change(w, name, c->key, c->change);
		if (!i && !cli_is_json(w->cli))
			cli_print(w->cli, "%s %s:", approve ? "Approved" : "Denied", name);
		if (!cli_is_json(w->cli))
			cli_print(w->cli, "  %s %s", c->change, c->key);
	}
	w->touched += done.changes.count > 0;
	move_grants(w, &done);
	if (approve)
		write_grants(w, name, nodes);
	else
		drop_grants(w, name, nodes);
}

static int write_all(struct work *w, const struct vec *nodes, struct err *err)
{
	struct map groups;

	group(w, nodes, &groups);
	for (struct map_entry *e = map_first(&groups); e; e = map_next(&groups, e))
		edit_group(w, e->key, e->value);
	if (save(w, err))
		return -1;
	if (cli_is_json(w->cli))
		show(w, w->summary);
	else if (!w->touched)
		cli_print(w->cli, "Nothing to %s; allowScripts unchanged.", w->mode == MODE_APPROVE ? "approve" : "deny");
	return 0;
}

static int write_pending(struct work *w, const struct vec *pending, struct err *err)
{
	struct vec nodes;

	if (!pending->count)
		return list(w, pending);
	vec_init(&nodes, w->cli->arena);
	for (size_t i = 0; i < pending->count; i++)
		vec_add(&nodes, VEC_AT(pending, const struct allow_pending, i)->node);
	return write_all(w, &nodes, err);
}

/* ---- Pruning ---- */

static void show_pruned(struct work *w, const struct allow_edited *done, bool dry)
{
	struct json *removed = json_array(w->cli->arena), *all = json_object(w->cli->arena);
	size_t n = done->changes.count;

	if (!cli_is_json(w->cli) && !n)
		cli_print(w->cli, "No unused allowScripts entries.");
	else if (!cli_is_json(w->cli))
		cli_print(w->cli, "%s %zu unused allowScripts %s:", dry ? "Would remove" : "Removed", n, n == 1 ? "entry" : "entries");
	for (size_t i = 0; i < n; i++) {
		const struct allow_change *c = done->changes.items[i];
		struct json *one = json_object(w->cli->arena);

		json_put_text(w->cli->arena, one, "key", c->key);
		json_put(w->cli->arena, one, "value", json_find(json_find(w->project.package.manifest->raw, "allowScripts"), c->key));
		json_put_text(w->cli->arena, one, "reason", c->change);
		json_add(w->cli->arena, removed, one);
		if (!cli_is_json(w->cli))
			cli_print(w->cli, "  %s (%s)", c->key,
				  streq(c->change, "not-installed") ? "package not installed" : "no install scripts");
	}
	json_put(w->cli->arena, all, "removed", removed);
	json_put_bool(w->cli->arena, all, "dryRun", dry);
	if (cli_is_json(w->cli))
		show(w, all);
}

static int prune(struct work *w, struct err *err)
{
	bool dry = config_bool(w->cli->config, "dry-run");
	struct allow_edited done;
	struct vec nodes;

	vec_init(&nodes, w->cli->arena);
	for (struct map_entry *i = inventory_first(w->tree->root); i; i = inventory_next(w->tree->root, i)) {
		struct node *n = i->value;

		if (!node_is_project_root(n) && !node_is_workspace(n) && !n->is_link && !node_in_bundle(n) && !n->inert)
			vec_add(&nodes, n);
	}
	allow_edit_prune(&w->edit, &nodes, &done);
	move_grants(w, &done);
	if (done.changes.count && !dry && save(w, err))
		return -1;
	show_pruned(w, &done, dry);
	return 0;
}

/* ---- Commands ---- */

static int check_arguments(const struct work *w, bool listing, int argc, struct err *err)
{
	struct cli *cli = w->cli;
	bool some = argc > 0 || config_bool(cli->config, "all");

	if (cli_is_global(cli))
		return err_set(err, ERR_EGLOBAL, "`lode %s` does not work for global installs", title(w));
	if (w->mode == MODE_PRUNE && some)
		return cli_usage_error(cli, err, "`lode install-scripts prune` cannot be combined with positional arguments or `--all`.");
	if (w->mode == MODE_PRUNE)
		return 0;
	if (listing && some)
		return cli_usage_error(cli, err, "%s cannot be combined with positional arguments or `--all`.",
				       w->mode == MODE_LIST ? "`lode install-scripts ls`" : "`--allow-scripts-pending`");
	if (!listing && !some)
		return cli_usage_error(cli, err, "%s", "");
	if (w->mode == MODE_DENY && listing)
		return cli_usage_error(cli, err, "`lode deny-scripts --allow-scripts-pending` is not supported; run "
				       "`lode install-scripts ls` to list unreviewed packages.");
	return 0;
}

static int run(struct cli *cli, enum mode mode, int argc, char **argv, struct err *err)
{
	struct work w = {.cli = cli, .mode = mode};
	bool namespaced = streq(title(&w), "install-scripts");
	bool listing = mode == MODE_LIST || (!namespaced && config_bool(cli->config, "allow-scripts-pending"));
	struct vec pending, nodes;

	if (check_arguments(&w, listing, argc, err) || load(&w, err))
		return -1;
	if (mode == MODE_PRUNE)
		return prune(&w, err);
	if (mode == MODE_APPROVE && judge_grants(&w, err))
		return -1;
	collect_pending(&w, &pending);
	if (listing)
		return list(&w, &pending);
	if (config_bool(cli->config, "all"))
		return write_pending(&w, &pending, err);
	vec_init(&nodes, cli->arena);
	return find_named(&w, argc, argv, &nodes, err) ? -1 : write_all(&w, &nodes, err);
}

int cmd_approve_scripts(struct cli *cli, int argc, char **argv, struct err *err)
{
	return run(cli, MODE_APPROVE, argc, argv, err);
}

int cmd_deny_scripts(struct cli *cli, int argc, char **argv, struct err *err)
{
	return run(cli, MODE_DENY, argc, argv, err);
}

int cmd_install_scripts(struct cli *cli, int argc, char **argv, struct err *err)
{
	static const struct {
		const char *name;
		enum mode mode;
	} verbs[] = {{"approve", MODE_APPROVE}, {"deny", MODE_DENY}, {"ls", MODE_LIST}, {"list", MODE_LIST}, {"prune", MODE_PRUNE}};

	for (size_t i = 0; argc && i < ARRAY_LEN(verbs); i++) {
		if (streq(argv[0], verbs[i].name))
			return run(cli, verbs[i].mode, argc - 1, argv + 1, err);
	}
	if (!argc)
		return cli_usage_error(cli, err, "%s", "");
	return cli_usage_error(cli, err, "`%s` is not a recognized subcommand.", argv[0]);
}
