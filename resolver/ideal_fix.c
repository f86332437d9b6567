/* SPDX-License-Identifier: MIT
 *
 * `audit fix`: what an audit found to be vulnerable is replaced where what is asked for allows it, and with force
 * beyond that.
 */
#include "base/arena.h"
#include "base/str.h"
#include "resolver/audit.h"
#include "resolver/ideal_int.h"
#include "resolver/inventory.h"
#include "resolver/tree.h"

#include <string.h>

bool ideal_is_vulnerable(const struct ideal *id, const struct node *n)
{
	return n && id->options.audit && audit_hits(id->options.audit, n);
}

const char *ideal_avoid(const struct ideal *id, const char *name)
{
	const struct audit *r = id->options.audit;
	const struct audit_vuln *v = r ? audit_find(r, name) : NULL;

	return v ? audit_range(r, v) : NULL;
}

/* The report is of another tree of the same project: places are the same. */
static struct node *here(const struct ideal *id, const struct node *n)
{
	return inventory_find(id->project, n->location);
}

static void warn_blocked(struct ideal *id, const struct audit_vuln *v)
{
	const char *before = id->options.audit->options->before_text;

	ideal_warn(id, "audit",
		arena_printf(id->arena,
			"A fix for %s is available (%s@%s) but was published after the configured release-age cutoff (%.10s), so "
			"%s was left at a vulnerable version.\nTo install it, add \"%s\" to min-release-age-exclude, or relax "
			"min-release-age or before.",
			v->name, v->name, v->blocked_version, before ? before : "", v->name, v->name));
}

static void warn_bundled(struct ideal *id, const struct node *n, const struct node *bundler)
{
	ideal_warn(id, arena_printf(id->arena, "audit fix %s@%s", n->name, node_version(n)),
		arena_printf(id->arena,
			"%s\nis a bundled dependency of\n%s@%s at %s\nIt cannot be fixed automatically.\nCheck for updates to the "
			"%s package.",
			n->location, bundler->name, node_version(bundler), bundler->location, bundler->name));
}

static void queue_dependents(struct ideal *id, const struct audit_vuln *v)
{
	for (size_t i = 0; i < v->nodes.count; i++) {
		struct node *n = here(id, v->nodes.items[i]), *bundler = n ? node_bundler(n) : NULL;

		if (bundler)
			warn_bundled(id, n, bundler);
		for (size_t e = 0; n && !bundler && e < n->edges_in.count; e++)
			ideal_queue(id, VEC_AT(&n->edges_in, struct edge, e)->from);
	}
}

static int force_one(struct ideal *id, struct audit_vuln *v, const struct node *reported, struct err *err)
{
	struct node *top = here(id, reported);
	const char *range = audit_simple_range(id->options.audit, v), *spec;

	if (!top || (!node_is_project_root(top) && !node_is_workspace(top))) {
		ideal_warn(id, "audit",
			arena_printf(id->arena,
				"Manual fix required in linked project at ./%s for %s@%s.\n'cd ./%s' and run 'lode audit' for details.",
				reported->location, v->name, range, reported->location));
		return 0;
	}
	if (v->fix->kind != AUDIT_FIX_FORCE) {
		ideal_warn(id, "audit", arena_printf(id->arena, "No fix available for %s@%s", v->name, range));
		return 0;
	}
	ideal_warn(id, "audit", arena_printf(id->arena, "Updating %s to %s, which is %s.", v->fix->name, v->fix->version,
					     v->fix->major ? "a SemVer major change" : "outside your stated dependency range"));
	spec = arena_printf(id->arena, "%s@%s", v->fix->name, v->fix->version);
	return ideal_add_to(id, top, &spec, 1, err);
}

int ideal_request_fixes(struct ideal *id, struct err *err)
{
	const struct audit *r = id->options.audit;

	if (!r)
		return 0;
	for (struct map_entry *i = map_first(&r->vulns); i; i = map_next(&r->vulns, i)) {
		const struct audit_vuln *v = i->value;

		if (v->blocked_version)
			warn_blocked(id, v);
		queue_dependents(id, v);
	}
	for (size_t i = 0; id->options.force && i < r->tops.count; i++) {
		struct audit_vuln *v = r->tops.items[i];

		for (size_t k = 0; k < v->tops.count; k++)
			if (force_one(id, v, v->tops.items[k], err) < 0)
				return -1;
	}
	return 0;
}
