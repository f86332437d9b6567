/* SPDX-License-Identifier: MIT */
#include "cli/exec_wants.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/exec.h"
#include "cli/settings_install.h"
#include "install/actual.h"
#include "install/install.h"
#include "install/project.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/range.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

struct exec_want *exec_wants(struct exec *e, struct err *err)
{
	struct cli *cli = e->cli;
	struct exec_want *wants = ARENA_ARRAY(cli->arena, struct exec_want, e->packages.count);

	for (size_t i = 0; i < e->packages.count; i++) {
		const struct spec *s = spec_parse(cli->arena, e->packages.items[i], cli->cwd, err);

		if (!s)
			return NULL;
		if (s->registry && !s->name) {
			err_set(err, ERR_EINVALIDPACKAGENAME, "Invalid package name \"%s\"", s->raw);
			return NULL;
		}
		if (s->type == SPEC_DIRECTORY) {
			e->packages.items[i] = (void *)s->fetch_spec;
			e->yes = e->yes || e->swap;
		}
		wants[i].ask.spec = s;
	}
	return wants;
}

struct tree *exec_tree(struct exec *e, const char *path, enum exec_place place)
{
	struct arena *a = e->cli->arena;
	struct project_options o = {.path = path, .broken_ok = true, .global = place == EXEC_GLOBAL};
	struct actual_options actual = {0};
	struct err ignored = ERR_INIT;
	struct project *p = ARENA_NEW(a, struct project);

	return project_load(a, &o, p, &ignored) ? NULL : actual_load(a, p, &actual, &ignored);
}

/* Can it be told by name and version alone? */
static bool is_by_version(const struct spec *s, enum exec_place place)
{
	return s->registry && s->type != SPEC_TAG && !(place == EXEC_CACHE && streq(s->raw, s->name));
}

static bool fits_version(const struct node *n, const struct spec *s, enum exec_place place)
{
	if (!streq(node_package_name(n), s->name))
		return false;
	if (streq(s->raw_spec, "*"))
		return true;
	if (s->type == SPEC_VERSION)
		return streq(node_id(n), s->raw);
	return s->type == SPEC_RANGE && place != EXEC_CACHE && semver_satisfies(node_version(n), s->raw_spec, 0);
}

static bool is_from(const struct node *n, const struct manifest_ask *ask)
{
	const char *resolved = node_resolved(n);

	if (!ask->resolved || !streq(node_package_name(n), ask->manifest->name))
		return false;
	return (resolved && streq(resolved, ask->resolved)) || (n->realpath && streq(n->realpath, ask->resolved));
}

static bool is_it(const struct node *n, const struct exec_want *w, bool by_version, enum exec_place place)
{
	return by_version ? fits_version(n, w->ask.spec, place) : is_from(n, &w->ask);
}

struct node *exec_find_in(const struct tree *t, const struct exec_want *w, enum exec_place place)
{
	const struct spec *s = w->ask.spec;
	bool by_version = is_by_version(s, place);

	if (!t || (!by_version && (!w->ask.manifest || (s->type == SPEC_DIRECTORY && place != EXEC_CACHE))))
		return NULL;
	if (is_it(t->root, w, by_version, place))
		return t->root;
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		if ((place != EXEC_GLOBAL || !node_depth(i->value)) && is_it(i->value, w, by_version, place))
			return i->value;
	}
	return NULL;
}

/* Asks for what was not found. */
static int ask_missing(struct exec *e, struct exec_want *wants, struct err *err)
{
	size_t n = 0, count = e->packages.count;
	struct manifest_ask *asks = ARENA_ARRAY(e->cli->arena, struct manifest_ask, count);
	struct install_options o;

	for (size_t i = 0; i < count; i++) {
		if (!wants[i].found)
			asks[n++] = wants[i].ask;
	}
	if (!n)
		return 0;
	if (settings_install_npx(e->cli, e->cli->config->local_prefix, &o, err) || manifests_ask(e->cli->arena, &o, asks, n, err))
		return -1;
	n = 0;
	for (size_t i = 0; i < count; i++) {
		if (!wants[i].found)
			wants[i].ask = asks[n++];
	}
	return 0;
}

/* What the tree has; NULL stays what it does not. */
static size_t look(const struct exec *e, struct exec_want *wants, const struct tree *t)
{
	size_t missing = 0;

	for (size_t i = 0; i < e->packages.count; i++) {
		struct node *n = wants[i].found ? NULL : exec_find_in(t, &wants[i], EXEC_PROJECT);

		if (n)
			wants[i].found = node_target(n)->manifest;
		missing += !wants[i].found;
	}
	return missing;
}

int exec_wants_local(struct exec *e, struct exec_want *wants, size_t *missing, struct err *err)
{
	struct tree *t = exec_tree(e, e->cli->config->local_prefix, EXEC_PROJECT);

	if (look(e, wants, t) && ask_missing(e, wants, err))
		return -1;
	/* Tags, and what is no registry's, are known now. */
	*missing = look(e, wants, t);
	return 0;
}
