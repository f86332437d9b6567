/* SPDX-License-Identifier: MIT */
#include "cli/patch_target.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/project_opts.h"
#include "cli/settings_install.h"
#include "install/actual.h"
#include "install/install.h"
#include "install/manifests.h"
#include "install/project.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/patched.h"
#include "resolver/range.h"
#include "resolver/semver.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

struct tree *patch_target_tree(struct cli *cli, struct err *err)
{
	struct project *p = ARENA_NEW(cli->arena, struct project);

	return cli_project(cli, true, p, err) < 0 ? NULL : actual_load(cli->arena, p, &(struct actual_options){0}, err);
}

void patch_target_mark(const struct patch_rules *rules, const char *name, const char *version)
{
	for (size_t i = 0; i < rules->count; i++) {
		struct patch_rule *r = &rules->items[i];

		if (streq(r->name, name) && r->spec && !patch_rule_is_exact(r) && semver_satisfies(version, r->spec, 0))
			r->used = true;
	}
}

/* Packages of a name, the first of each version. */
static void find_installed(const struct tree *t, const char *name, struct vec *out)
{
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;
		bool known = false;

		if (!streq(n->name, name) || node_is_project_root(n) || !node_version(n)[0])
			continue;
		for (size_t k = 0; k < out->count; k++)
			known |= streq(node_version(VEC_AT(out, struct node, k)), node_version(n));
		if (!known)
			vec_add(out, n);
	}
}

static int not_of_a_registry(const char *label, struct err *err)
{
	return err_set_as(err, "EPATCHNONREGISTRY",
		"Cannot patch non-registry dependency \"%s\". Only registry dependencies can be patched; edit the source directly.", label);
}

static bool is_foreign(struct arena *a, const struct node *n)
{
	for (size_t i = 0; i < n->edges_in.count; i++) {
		struct edge *e = n->edges_in.items[i];
		struct err ignored = ERR_INIT;
		const struct spec *spec = edge_spec(e)[0] ? spec_resolve(a, e->name, edge_spec(e), "/", &ignored) : NULL;

		if (spec && !spec->registry)
			return true;
	}
	return false;
}

/* All packages of that name and version come from a registry. */
static int check(struct arena *a, const struct tree *t, const struct patch_target *target, struct err *err)
{
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		const struct node *n = i->value;

		if (streq(n->name, target->name) && streq(node_version(n), target->version) && is_foreign(a, n))
			return not_of_a_registry(arena_printf(a, "%s@%s", target->name, target->version), err);
	}
	return 0;
}

static int ambiguous(const char *name, const struct vec *nodes, struct err *err)
{
	struct buf list = BUF_INIT(1500);

	for (size_t i = 0; i < nodes->count; i++) {
		const struct node *n = nodes->items[i];
		const struct edge *e = n->edges_in.count ? n->edges_in.items[0] : NULL;
		const char *by = e && e->from ? e->from->location : "";

		buf_printf(&list, "  %s@%s  (via %s)\n", name, node_version(n), by[0] ? by : "(root)");
	}
	err_set_as(err, "EPATCHAMBIGUOUS",
		"Multiple versions of \"%s\" are installed:\n%sRe-run with an exact selector, e.g. \"lode patch add %s@%s\".", name,
		buf_text(&list), name, node_version(VEC_AT(nodes, struct node, 0)));
	buf_release(&list);
	return -1;
}

static bool says_any(const struct spec *s)
{
	return !s->raw_spec || !*s->raw_spec || streq(s->raw_spec, "*") || streq(s->raw_spec, "latest");
}

/* A range that nothing installed is in: what the registry has for it. */
static int ask(struct cli *cli, const struct spec *s, struct patch_target *out, struct err *err)
{
	struct manifest_ask ask = {.spec = s};
	struct install_options o;

	if (settings_install(cli, &o, err) < 0 || manifests_ask(cli->arena, &o, &ask, 1, err) < 0)
		return -1;
	*out = (struct patch_target){ask.manifest->name, ask.manifest->version};
	return 0;
}

int patch_target_find(struct cli *cli, const char *word, struct patch_target *out, struct err *err)
{
	struct spec *s = spec_parse(cli->arena, word, cli->cwd, err);
	struct tree *t;
	struct vec nodes, fitting;

	if (!s)
		return -1;
	if (!s->registry)
		return not_of_a_registry(word, err);
	t = patch_target_tree(cli, err);
	if (!t)
		return -1;
	if (!says_any(s) && semver_valid(str_from(s->fetch_spec), 0)) {
		*out = (struct patch_target){s->name, s->fetch_spec};
		return check(cli->arena, t, out, err);
	}
	vec_init(&nodes, cli->arena);
	vec_init(&fitting, cli->arena);
	find_installed(t, s->name, &nodes);
	for (size_t i = 0; i < nodes.count; i++)
		if (says_any(s) || semver_satisfies(node_version(nodes.items[i]), s->fetch_spec, 0))
			vec_add(&fitting, nodes.items[i]);
	if (!fitting.count && !says_any(s))
		return ask(cli, s, out, err);
	if (!fitting.count)
		return err_set_as(err, "EPATCHNOTINSTALLED",
			"No installed version of \"%s\" found. Run \"lode install\" first, or pass an explicit version.", s->name);
	if (fitting.count > 1)
		return ambiguous(s->name, &fitting, err);
	*out = (struct patch_target){s->name, node_version(fitting.items[0])};
	return check(cli->arena, t, out, err);
}
