/* SPDX-License-Identifier: MIT */
#include "install/policy.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "install/fetch.h"
#include "install/install.h"
#include "resolver/inventory.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

#include <string.h>

/* Wanted by the project itself or by one of its workspaces. */
static bool is_wanted_by_root(const struct node *n)
{
	for (size_t i = 0; i < n->edges_in.count; i++) {
		struct edge *e = n->edges_in.items[i];

		if (e->from && edge_valid(e) && (node_is_project_root(e->from) || node_is_workspace(e->from)))
			return true;
	}
	return false;
}

static bool is_below(const char *url, const char *document)
{
	const char *end = document ? strrchr(document, '/') : NULL;

	return end && strncmp(url, document, (size_t)(end - document) + 1) == 0;
}

/* Reading and writing it again would change nothing. */
static bool is_plain(const char *url)
{
	return !url[strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/@+")] && !strstr(url, "/.");
}

/* Is the URL at or below the registry that serves this package? */
static bool is_registry_tarball(struct node *n, const char *resolved, const struct registry_options *o)
{
	struct arena a = ARENA_INIT;
	const char *document = registry_packument_url(&a, o, n->name);
	/* The rule: there is nothing to replace in it, nor to leave out. */
	bool plain = o->registry && cstr_starts(document, o->registry) && is_plain(resolved);
	bool is = node_is_registry_dep(n) && is_below(plain ? resolved : registry_tarball_url(&a, o, resolved), document);

	if (plain && !is)
		is = node_is_registry_dep(n) && is_below(registry_tarball_url(&a, o, resolved), document);

	arena_release(&a);
	return is;
}

static int refuse(enum err_code code, enum allow allow, const struct node *n, const char *resolved, struct err *err)
{
	const char *type = code == ERR_EALLOWGIT ? "git" : code == ERR_EALLOWFILE ? "file" : "remote";
	struct err ignored = ERR_INIT;
	const struct spec *s = spec_resolve(n->tree->arena, n->name, resolved, n->tree->root->path, &ignored);

	err_set(err, code, "Fetching%s packages of type \"%s\" have been disabled", allow == ALLOW_ROOT ? " non-root" : "",
		type);
	err_note(err, "Refusing to fetch \"%s\"", s ? spec_format(n->tree->arena, s) : node_id(n));
	return -1;
}

int policy_check(struct node *n, const char *resolved, const struct install_options *o, struct err *err)
{
	bool remote = cstr_starts(resolved, "http:") || cstr_starts(resolved, "https:");
	enum allow allow = ALLOW_ALL;

	if (source_is_git(resolved))
		allow = o->ideal.allow_git;
	else if (remote)
		allow = o->ideal.allow_remote;
	else if (cstr_starts(resolved, "file:"))
		allow = o->ideal.allow_file;
	if (allow == ALLOW_ALL || (allow == ALLOW_ROOT && is_wanted_by_root(n)))
		return 0;
	if (source_is_git(resolved))
		return refuse(ERR_EALLOWGIT, allow, n, resolved, err);
	if (!remote)
		return refuse(ERR_EALLOWFILE, allow, n, resolved, err);
	return is_registry_tarball(n, resolved, &o->registry) ? 0 : refuse(ERR_EALLOWREMOTE, allow, n, resolved, err);
}

static bool may_link(struct node *link, const char *project)
{
	for (size_t i = 0; i < link->edges_in.count; i++) {
		struct edge *e = link->edges_in.items[i];

		if (e->from && node_may_reach(e->from, link->realpath, project))
			return true;
	}
	return !link->edges_in.count;
}

int policy_check_links(struct tree *t, struct err *err)
{
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;

		if (!n->is_link || n->inert || may_link(n, t->root->realpath))
			continue;
		err_set(err, ERR_EALLOWDIRECTORY, "'%s' leads out of the project, to '%s'", n->location, n->realpath);
		err_note(err, "only the project itself may depend on files and folders outside it");
		return -1;
	}
	return 0;
}
