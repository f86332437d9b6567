/* SPDX-License-Identifier: MIT
 *
 * SPDX 2.3, as npm writes it.
 */
#include "cli/sbom.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

#define NOTHING "NOASSERTION"
#define DOCUMENT "SPDXRef-DOCUMENT"

static const char *id_of(struct arena *a, const struct node *n)
{
	const char *name = sbom_name(n);
	name = cstr_replace(a, name[0] == '@' ? name + 1 : name, "/", ".");
	return arena_printf(a, "SPDXRef-Package-%s-%s", name, sbom_version(n));
}

static const char *upper(struct arena *a, const char *text)
{
	char *out = arena_strdup(a, text);
	for (char *p = out; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return out;
}

/* A workspace is where its link is. */
static const char *place_of(const struct node *n)
{
	if (node_is_workspace(n) && n->links_in.count)
		return VEC_AT(&n->links_in, struct node, 0)->location;
	return n->location;
}

static struct json *purl_list(struct arena *a, struct node *n)
{
	struct json *list = json_array(a), *one = json_object(a);
	json_put_text(a, one, "referenceCategory", "PACKAGE-MANAGER");
	json_put_text(a, one, "referenceType", "purl");
	json_put_text(a, one, "referenceLocator", sbom_purl(a, n));
	json_add(a, list, one);
	return list;
}

static const char *or_nothing(const char *text)
{
	return text && *text ? text : NOTHING;
}

static struct json *package(struct arena *a, struct node *n, const char *type)
{
	const struct json *manifest = n->manifest->raw;
	const char *algorithm, *digest = sbom_digest(a, n, &algorithm), *about = json_find_text(manifest, "description");
	struct json *out = json_object(a), *sums = json_array(a), *sum = json_object(a);
	json_put_text(a, out, "name", sbom_name(n));
	json_put_text(a, out, "SPDXID", id_of(a, n));
	if (*node_version(n))
		json_put_text(a, out, "versionInfo", node_version(n));
	json_put_text(a, out, "packageFileName", place_of(n));
	if (about && *about)
		json_put_text(a, out, "description", about);
	if (type && *type)
		json_put_text(a, out, "primaryPackagePurpose", upper(a, type));
	json_put_text(a, out, "downloadLocation", or_nothing(n->is_link ? NULL : node_resolved(n)));
	json_put_bool(a, out, "filesAnalyzed", false);
	json_put_text(a, out, "homepage", or_nothing(json_find_text(manifest, "homepage")));
	json_put_text(a, out, "licenseDeclared", or_nothing(sbom_license(a, manifest)));
	json_put(a, out, "externalRefs", purl_list(a, n));
	if (!digest)
		return out;
	json_put_text(a, sum, "algorithm", upper(a, algorithm));
	json_put_text(a, sum, "checksumValue", digest);
	json_add(a, sums, sum);
	json_put(a, out, "checksums", sums);
	return out;
}

static const char *kind_of(enum edge_type type)
{
	switch (type) {
	case EDGE_PEER:
		return "PREREQUISITE_FOR";
	case EDGE_OPTIONAL:
		return "OPTIONAL_DEPENDENCY_OF";
	case EDGE_DEV:
		return "DEV_DEPENDENCY_OF";
	default:
		return "DEPENDENCY_OF";
	}
}

static struct json *relation(struct arena *a, const char *from, const char *to, const char *kind)
{
	struct json *out = json_object(a);
	json_put_text(a, out, "spdxElementId", from);
	json_put_text(a, out, "relatedSpdxElement", to);
	json_put_text(a, out, "relationshipType", kind);
	return out;
}

static void add_relations(const struct sbom *b, const struct node *n, struct json *list)
{
	struct arena *a = b->arena;
	struct map seen;
	map_init(&seen, a);
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
		const struct edge *e = i->value;
		const char *kind = kind_of(e->type), *key;
		if (!sbom_has(b, e->to))
			continue;
		key = arena_printf(a, "%s|%s", id_of(a, e->to), kind);
		if (!map_has(&seen, key))
			json_add(a, list, relation(a, id_of(a, e->to), id_of(a, n), kind));
		map_put(&seen, key, list);
	}
}

static struct json *relations(const struct sbom *b)
{
	struct arena *a = b->arena;
	struct json *list = json_array(a);
	struct vec done;
	vec_init(&done, a);
	json_add(a, list, relation(a, DOCUMENT, id_of(a, b->root), "DESCRIBES"));
	for (size_t i = 0; i < b->nodes->count; i++) {
		struct node *n = node_target(b->nodes->items[i]);
		if (vec_find(&done, n) >= 0)
			continue;
		vec_add(&done, n);
		add_relations(b, n, list);
	}
	for (size_t i = 0; i < b->nodes->count; i++) {
		const struct node *n = b->nodes->items[i];
		if (n->flags.extraneous)
			json_add(a, list, relation(a, id_of(a, n), id_of(a, b->root), "OPTIONAL_DEPENDENCY_OF"));
	}
	return list;
}

static struct json *creation(struct arena *a)
{
	struct json *out = json_object(a), *creators = json_array(a);
	json_add(a, creators, json_string(a, "Tool: lode/cli-" LODE_VERSION));
	json_put_text(a, out, "created", sbom_now(a));
	json_put(a, out, "creators", creators);
	return out;
}

struct json *sbom_spdx(const struct sbom *b)
{
	struct arena *a = b->arena;
	struct json *out = json_object(a), *describes = json_array(a), *packages = json_array(a);
	const char *name = cstr_replace(a, sbom_name(b->root), "/", "%2f");
	struct vec unique;
	sbom_unique(b, &unique);
	json_add(a, describes, json_string(a, id_of(a, b->root)));
	json_add(a, packages, package(a, b->root, b->type));
	for (size_t i = 0; i < unique.count; i++)
		json_add(a, packages, package(a, unique.items[i], NULL));
	json_put_text(a, out, "spdxVersion", "SPDX-2.3");
	json_put_text(a, out, "dataLicense", "CC0-1.0");
	json_put_text(a, out, "SPDXID", DOCUMENT);
	json_put_text(a, out, "name", node_id(b->root));
	json_put_text(a, out, "documentNamespace",
		      arena_printf(a, "http://spdx.org/spdxdocs/%s-%s-%s", name, sbom_version(b->root), sbom_uuid(a)));
	json_put(a, out, "creationInfo", creation(a));
	json_put(a, out, "documentDescribes", describes);
	json_put(a, out, "packages", packages);
	json_put(a, out, "relationships", relations(b));
	return out;
}
