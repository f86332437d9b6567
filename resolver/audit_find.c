/* SPDX-License-Identifier: MIT
 *
 * Looking into a report. Apart from what makes it: resolving looks into one, and lode resolves without digests.
 */
#include "resolver/audit.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "resolver/advisory.h"
#include "resolver/range.h"
#include "resolver/tree.h"

#define MAX_RANGE ((size_t)16 << 20)

const char *audit_range(const struct audit *r, const struct audit_vuln *v)
{
	struct buf b = BUF_INIT(MAX_RANGE);
	const char *text;

	for (size_t i = 0; i < v->advisories.count; i++)
		buf_printf(&b, "%s%s", i ? " || " : "", VEC_AT(&v->advisories, struct advisory, i)->range);
	text = buf_dup(r->tree->arena, &b);
	buf_release(&b);
	return text;
}

const char *audit_simple_range(const struct audit *r, struct audit_vuln *v)
{
	const struct advisory *first = v->advisories.count ? v->advisories.items[0] : NULL;

	if (!v->simple_range && first)
		v->simple_range = range_simplify(r->tree->arena, first->versions, first->n_versions, audit_range(r, v),
						 ADVISORY_SEMVER);
	return v->simple_range ? v->simple_range : "";
}

size_t audit_count(const struct audit *r)
{
	return r->vulns.count;
}

struct audit_vuln *audit_find(const struct audit *r, const char *package)
{
	return package ? map_find(&r->vulns, package) : NULL;
}

bool audit_hits(const struct audit *r, const struct node *n)
{
	const struct audit_vuln *v = audit_find(r, node_package_name(n));

	if (!v)
		return false;
	if (vec_find(&v->nodes, n) >= 0)
		return true;
	for (size_t i = 0; *node_version(n) && i < v->advisories.count; i++)
		if (advisory_hits(v->advisories.items[i], node_version(n), NULL))
			return true;
	return false;
}
