/* SPDX-License-Identifier: MIT
 *
 * CycloneDX 1.5, as npm writes it.
 */
#include "cli/sbom.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "resolver/manifest.h"
#include "resolver/spdx.h"
#include "resolver/tree.h"

static void put_if(struct arena *a, struct json *out, const char *key, const char *text)
{
	if (text && *text)
		json_put_text(a, out, key, text);
}

static const char *ref_of(struct arena *a, const struct node *n)
{
	return arena_printf(a, "%s@%s", sbom_name(n), sbom_version(n));
}

static void add_property(struct arena *a, struct json *list, const char *name)
{
	struct json *one = json_object(a);
	json_put_text(a, one, "name", arena_printf(a, "cdx:npm:package:%s", name));
	json_put_text(a, one, "value", "true");
	json_add(a, list, one);
}

static struct json *properties(struct arena *a, struct node *n, const struct json *manifest)
{
	struct json *list = json_array(a);
	if (n->flags.dev)
		add_property(a, list, "development");
	if (json_is_true(json_find(manifest, "private")))
		add_property(a, list, "private");
	if (n->flags.extraneous)
		add_property(a, list, "extraneous");
	if (node_in_bundle(n))
		add_property(a, list, "bundled");
	return list;
}

static void add_reference(struct arena *a, struct json *list, const char *type, const char *url)
{
	struct json *one = json_object(a);
	if (!url || !*url)
		return;
	json_put_text(a, one, "type", type);
	json_put_text(a, one, "url", url);
	json_add(a, list, one);
}

static struct json *references(struct arena *a, const struct node *n, const struct json *manifest)
{
	struct json *list = json_array(a);
	add_reference(a, list, "distribution", n->is_link ? NULL : node_resolved(n));
	add_reference(a, list, "vcs", json_find_text(json_find(manifest, "repository"), "url"));
	add_reference(a, list, "website", json_find_text(manifest, "homepage"));
	add_reference(a, list, "issue-tracker", json_find_text(json_find(manifest, "bugs"), "url"));
	return list;
}

static struct json *hashes(struct arena *a, const struct node *n)
{
	const char *algorithm, *digest = sbom_digest(a, n, &algorithm);
	struct json *list = json_array(a), *one = json_object(a);
	if (!digest)
		return NULL;
	json_put_text(a, one, "alg", arena_printf(a, "SHA-%s", algorithm + 3));
	json_put_text(a, one, "content", digest);
	json_add(a, list, one);
	return list;
}

static struct json *licenses(struct arena *a, const char *text)
{
	struct spdx parsed = spdx_parse(a, text);
	struct json *list = json_array(a), *one = json_object(a), *id = json_object(a);
	if (parsed.kind == SPDX_NONE)
		return NULL;
	if (parsed.kind == SPDX_LICENSE) {
		json_put_text(a, id, "id", parsed.license);
		json_put(a, one, "license", id);
	} else {
		json_put_text(a, one, "expression", text);
	}
	json_add(a, list, one);
	return list;
}

static struct json *component(struct arena *a, struct node *n, const char *type)
{
	const struct json *manifest = n->manifest->raw, *author = json_find(manifest, "author");
	struct json *out = json_object(a), *extra;
	json_put_text(a, out, "bom-ref", ref_of(a, n));
	json_put_text(a, out, "type", type && *type ? type : "library");
	json_put_text(a, out, "name", sbom_name(n));
	put_if(a, out, "version", node_version(n));
	json_put_text(a, out, "scope", n->flags.optional || n->flags.dev_optional ? "optional" : "required");
	put_if(a, out, "author", json_is(author, JSON_OBJECT) ? json_find_text(author, "name") : json_text(author));
	put_if(a, out, "description", json_find_text(manifest, "description"));
	json_put_text(a, out, "purl", sbom_purl(a, n));
	json_put(a, out, "properties", properties(a, n, manifest));
	json_put(a, out, "externalReferences", references(a, n, manifest));
	extra = hashes(a, n);
	if (extra)
		json_put(a, out, "hashes", extra);
	extra = licenses(a, sbom_license(a, manifest));
	if (extra)
		json_put(a, out, "licenses", extra);
	return out;
}

static struct json *dependency(const struct sbom *b, const struct node *n)
{
	struct arena *a = b->arena;
	struct json *out = json_object(a), *list = json_array(a);
	struct map seen;
	map_init(&seen, a);
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
		const struct node *to = ((struct edge *)i->value)->to;
		const char *ref = sbom_has(b, to) ? ref_of(a, to) : NULL;
		if (!ref || map_has(&seen, ref))
			continue;
		map_put(&seen, ref, list);
		json_add(a, list, json_string(a, ref));
	}
	json_put_text(a, out, "ref", ref_of(a, n));
	json_put(a, out, "dependsOn", list);
	return out;
}

static struct json *metadata(const struct sbom *b)
{
	struct arena *a = b->arena;
	struct json *out = json_object(a), *phases = json_array(a), *phase = json_object(a);
	struct json *tools = json_array(a), *tool = json_object(a);
	json_put_text(a, phase, "phase", b->lock_only ? "pre-build" : "build");
	json_add(a, phases, phase);
	json_put_text(a, tool, "vendor", "lode");
	json_put_text(a, tool, "name", "cli");
	json_put_text(a, tool, "version", LODE_VERSION);
	json_add(a, tools, tool);
	json_put_text(a, out, "timestamp", sbom_now(a));
	json_put(a, out, "lifecycles", phases);
	json_put(a, out, "tools", tools);
	json_put(a, out, "component", component(a, b->root, b->type));
	return out;
}

struct json *sbom_cyclonedx(const struct sbom *b)
{
	struct arena *a = b->arena;
	struct json *out = json_object(a), *components = json_array(a), *dependencies = json_array(a);
	struct vec unique;
	sbom_unique(b, &unique);
	json_add(a, dependencies, dependency(b, b->root));
	for (size_t i = 0; i < unique.count; i++) {
		json_add(a, components, component(a, unique.items[i], NULL));
		json_add(a, dependencies, dependency(b, unique.items[i]));
	}
	json_put_text(a, out, "$schema", "http://cyclonedx.org/schema/bom-1.5.schema.json");
	json_put_text(a, out, "bomFormat", "CycloneDX");
	json_put_text(a, out, "specVersion", "1.5");
	json_put_text(a, out, "serialNumber", arena_printf(a, "urn:uuid:%s", sbom_uuid(a)));
	json_put(a, out, "version", json_number(a, 1));
	json_put(a, out, "metadata", metadata(b));
	json_put(a, out, "components", components);
	json_put(a, out, "dependencies", dependencies);
	return out;
}
