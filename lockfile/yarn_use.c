/* SPDX-License-Identifier: MIT
 *
 * What npm takes from a yarn.lock while it resolves.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "lockfile/resolved.h"
#include "lockfile/yarn.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

#include <string.h>

/* The two names of the public registry: labels, since the second may be followed by any domain. */
enum registry { OTHER_REGISTRY, NPM_REGISTRY, YARN_REGISTRY };

/* Is the host a registry of this name, with a domain behind it, and no port? */
static bool is_host(const char *host, const char *name)
{
	size_t n = strlen(name);
	if (!cstr_starts(host, "registry."))
		return false;
	host = strchr(host, '.') + 1;
	return cstr_starts(host, name) && host[n] == '.' &&
	       host[n + 1 + strspn(host + n + 1, "abcdefghijklmnopqrstuvwxyz")] == '/';
}

/* What is behind "http(s)://<host>/" with the public registry's host or yarn's name of it; NULL for other hosts. */
static const char *behind_public(const struct yarn *y, const char *url, enum registry *which)
{
	const char *host = cstr_starts(url, "https://") ? url + 8 : cstr_starts(url, "http://") ? url + 7 : NULL;
	const char *slash = host ? strchr(host, '/') : NULL;
	*which = OTHER_REGISTRY;
	if (!slash)
		return NULL;
	if (is_host(host, "yarnpkg"))
		*which = YARN_REGISTRY;
	else if (is_host(host, "npmjs"))
		*which = NPM_REGISTRY;
	else if (y->public_registry && cstr_starts(url, y->public_registry))
		return *which = NPM_REGISTRY, url + strlen(y->public_registry);
	return *which == OTHER_REGISTRY ? NULL : slash + 1;
}

/* What to ask for instead of an entry's URL: its version where a registry has it under that name. */
static const char *spec_text(const struct yarn *y, const struct spec *spec, const struct yarn_entry *entry)
{
	const char *name, *version;
	enum registry which;
	if (!spec->registry || !behind_public(y, entry->resolved, &which))
		return entry->resolved;
	if (!resolved_version(y->arena, spec->name, entry->resolved, &name, &version))
		return entry->resolved;
	if (streq(name, spec->name) && streq(version, entry->version))
		return version;
	return arena_printf(y->arena, "npm:%s@%s", name, version);
}

const struct yarn_choice *yarn_choose(struct yarn *y, const struct spec *spec)
{
	const struct yarn_entry *entry = map_find(&y->entries, spec->raw);
	struct yarn_choice *choice = map_find(&y->choices, spec->raw);
	struct err ignored = ERR_INIT;
	if (choice)
		return choice;
	if (!entry || !spec->name || !entry->version || !*entry->version || !entry->resolved || !*entry->resolved)
		return NULL;
	const char *text = spec_text(y, spec, entry);
	choice = ARENA_NEW(y->arena, struct yarn_choice);
	choice->integrity = entry->integrity;
	choice->spec = spec_parse(y->arena, arena_printf(y->arena, "%s@%s", spec->name, text), y->path, &ignored);
	if (choice->spec)
		map_put(&y->choices, spec->raw, choice);
	return choice->spec ? choice : NULL;
}

static bool differ(const char *a, const char *b)
{
	return a && *a && b && *b && !streq(a, b);
}

/* Entries are kept under yarn's name of the registry, packages are not. */
static const char *public_url(const struct yarn *y, const struct spec *spec, const char *url)
{
	enum registry which;
	const char *rest = spec && spec->registry && url ? behind_public(y, url, &which) : NULL;
	if (!rest || which != YARN_REGISTRY || !y->public_registry)
		return url;
	return arena_printf(y->arena, "%s%s", y->public_registry, rest);
}

void yarn_decorate(struct edge *e, void *ctx)
{
	struct yarn *y = ctx;
	struct node *n = e->to;
	const char *resolved = node_resolved(n);
	if ((resolved && n->integrity) || !edge_valid(e))
		return;
	const char *key = arena_printf(y->arena, "%s@%s", n->name, edge_spec(e));
	struct yarn_entry *entry = map_find(&y->entries, key);
	if (!entry || differ(node_version(n), entry->version) || differ(n->integrity, entry->integrity))
		return;
	const char *now = resolved && strstr(resolved, "file:") ? resolved_normal(y->arena, resolved, n->path, y->path, true)
								 : resolved;
	if (differ(now, entry->resolved))
		return;
	struct err ignored = ERR_INIT;
	entry->resolved = public_url(y, spec_parse(y->arena, key, y->path, &ignored), entry->resolved);
	if (!n->integrity && entry->integrity && *entry->integrity)
		n->integrity = entry->integrity;
	if (!resolved && !n->is_link)
		n->resolved = resolved_normal(y->arena, entry->resolved, y->path, n->path, false);
}
