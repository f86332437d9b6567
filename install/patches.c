/* SPDX-License-Identifier: MIT */
#include "install/patches.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/report.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/patched.h"
#include "resolver/spec.h"
#include "resolver/ssri.h"
#include "resolver/tree.h"

#define PATCH_MAX ((size_t)64 << 20)

/* One patch file; several selectors may name it. */
struct patch_file {
	struct str text;
	struct json *record;		/* what the lockfile keeps: {path, integrity} */
};

static struct patch_file *read_patch(struct patches *p, const char *path, struct err *err)
{
	struct patch_file *f = map_find(&p->files, path);
	const char *full = path_resolve(p->arena, p->path, path);
	struct err ignored = ERR_INIT;

	if (f)
		return f;
	if (streq(full, p->path) || !path_is_in(full, p->path)) {
		err_set_as(err, "EPATCHUNSAFE", "patch path escapes the project: %s", path);
		return NULL;
	}
	f = ARENA_NEW(p->arena, struct patch_file);
	if (fs_read(p->arena, full, PATCH_MAX, &f->text, &ignored) < 0) {
		err_set(err, ERR_EPATCHNOTFOUND, "patch file not found: %s", path);
		return NULL;
	}
	struct ssri *s = ssri_from_data(p->arena, f->text, NULL, NULL, err);
	if (!s)
		return NULL;
	f->record = json_object(p->arena);
	json_put_text(p->arena, f->record, "path", path);
	json_put_text(p->arena, f->record, "integrity", ssri_format(p->arena, s, NULL, 0));
	map_put(&p->files, path, f);
	return f;
}

/* Does anyone want it from elsewhere than a registry? */
static bool is_foreign(struct arena *a, const struct node *n)
{
	for (size_t i = 0; i < n->edges_in.count; i++) {
		const struct edge *e = n->edges_in.items[i];
		struct err ignored = ERR_INIT;
		const struct spec *spec = edge_spec(e)[0] ? spec_resolve(a, e->name, edge_spec(e), "/", &ignored) : NULL;

		if (spec && !spec->registry)
			return true;
	}
	return false;
}

static int check_workspace(const struct node *n, struct err *err)
{
	if (!json_count(json_find(n->manifest->raw, "patchedDependencies")))
		return 0;
	return err_set_as(err, "EPATCHWORKSPACE",
		"patchedDependencies is only supported in the root package.json, but was found in workspace \"%s\". "
		"Move the entry to the root.", n->name);
}

static int resolve_node(struct patches *p, const struct patch_rules *rules, struct node *n, struct err *err)
{
	struct patch_rule *r;
	struct patch_file *f;

	if (patch_rules_find(rules, n->name, node_version(n), &r, err) < 0)
		return -1;
	if (!r) {
		n->patch_removed = n->patched != NULL;
		n->patched = NULL;
		return 0;
	}
	if (is_foreign(p->arena, n))
		return err_set_as(err, "EPATCHNONREGISTRY",
			"Cannot patch non-registry dependency %s@%s (selector \"%s\"). Only registry dependencies can be patched.",
			n->name, node_version(n), r->key);
	f = read_patch(p, r->path ? r->path : "", err);
	if (!f)
		return -1;
	n->patched = f->record;
	r->used = true;
	return 0;
}

static bool is_being_removed(const struct patches *p, const char *name)
{
	for (size_t i = 0; i < p->rm_count; i++)
		if (streq(p->rm[i], name))
			return true;
	return false;
}

/* What is uninstalled takes its patches along, out of package.json; the files stay. */
static void drop_entries(struct patches *p, struct tree *t, const struct patch_rules *rules)
{
	struct node *root = node_target(t->root);
	struct json *raw = json_copy(p->arena, root->manifest->raw);
	struct json *patched = json_find(raw, "patchedDependencies");

	for (size_t i = 0; i < rules->count; i++) {
		const struct patch_rule *r = &rules->items[i];

		if (r->used || !is_being_removed(p, r->name))
			continue;
		json_remove(patched, r->key);
		p->dropped = true;
		report_notice(p->reporter, "patch", "Removing patch entry \"%s\" for uninstalled %s; left %s in place.", r->key, r->name,
			r->path ? r->path : "");
	}
	if (!p->dropped)
		return;
	if (!json_count(patched))
		json_remove(raw, "patchedDependencies");
	root->manifest = manifest_from_json(p->arena, raw);
}

static int check_unused(struct patches *p, const struct patch_rules *rules, struct err *err)
{
	struct buf list = BUF_INIT(1500);
	bool any = false;

	for (size_t i = 0; i < rules->count; i++) {
		const struct patch_rule *r = &rules->items[i];

		if (r->used || is_being_removed(p, r->name))
			continue;
		buf_printf(&list, "  %s -> %s\n", r->key, r->path ? r->path : "");
		any = true;
	}
	if (any && !p->allow_unused)
		err_set_as(err, "EPATCHUNUSED",
			"The following patches were registered but matched no installed package:\n%s"
			"Use --allow-unused-patches to install anyway.", buf_text(&list));
	buf_release(&list);
	return err->code == ERR_OK ? 0 : -1;
}

int patches_resolve(struct patches *p, struct tree *t, struct err *err)
{
	const struct json *patched = json_find(node_target(t->root)->manifest->raw, "patchedDependencies");
	struct patch_rules rules;

	map_init(&p->files, p->arena);
	patch_rules_read(p->arena, patched, &rules);
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;
		bool workspace = node_is_workspace(n);

		if (workspace ? check_workspace(n, err) < 0 : !node_is_project_root(n) && resolve_node(p, &rules, n, err) < 0)
			return -1;
	}
	if (!rules.count)
		return 0;
	drop_entries(p, t, &rules);
	return check_unused(p, &rules, err);
}

struct str patches_text(const struct patches *p, const struct node *n)
{
	const char *path = json_find_text(n->patched, "path");
	const struct patch_file *f = path && p && p->files.arena ? map_find(&p->files, path) : NULL;

	return f ? f->text : STR_NULL;
}
