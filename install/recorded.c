/* SPDX-License-Identifier: MIT */
#include "install/recorded.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/report.h"
#include "cache/peek.h"
#include "cache/store.h"
#include "install/fetch.h"
#include "install/loop.h"
#include "install/reify.h"
#include "registry/registry.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/packument.h"
#include "resolver/tree.h"

struct recorded {
	struct reify *reify;
	size_t open;		/* asked and not answered */
};

struct question {
	struct recorded *recorded;
	struct manifest *manifest;
	const char *version;
};

/* What it has already stays. */
static void fill(struct arena *a, struct manifest *m, const struct manifest *from)
{
	for (size_t i = 0; from && i < PEEK_RECORDED; i++) {
		struct json *value = json_find(from->raw, peek_recorded[i]);

		if (value && !json_find(m->raw, peek_recorded[i]))
			json_put(a, m->raw, peek_recorded[i], value);
	}
	m->abbreviated = false;
}

static void came(void *ctx, const char *name, const struct packument *p, const struct err *err)
{
	struct question *q = ctx;
	struct arena *a = q->recorded->reify->arena;
	ptrdiff_t at = p ? packument_find(p, q->version) : -1;
	struct err why = ERR_INIT;
	struct json *whole = at < 0 ? NULL : packument_brief(a, p, (uint32_t)at, &why);

	q->recorded->open--;
	if (whole)
		fill(a, q->manifest, manifest_from_json(a, whole));
	else if (!p && err->code == ERR_ENOTCACHED)
		report_verbose(q->recorded->reify->loop->reporter, "license", "%s@%s is written down without", name, q->version);
	else
		report_warn(q->recorded->reify->loop->reporter, "license", "%s@%s is written down without: %s", name, q->version,
			    p ? why.text : err->text);
}

static void ask(struct recorded *x, struct node *n)
{
	struct question *q = ARENA_NEW(x->reify->arena, struct question);

	*q = (struct question){x, n->manifest, node_version(n)};
	/* Once is enough, whatever comes of it. */
	n->manifest->abbreviated = false;
	x->open++;
	registry_packument(x->reify->loop->registry, &(struct packument_wish){
		.name = node_package_name(n),
		.full = true,
		.done = came,
		.ctx = q,
	});
}

struct tree *recorded_lacking(struct tree *t)
{
	for (struct map_entry *i = t ? inventory_first(t->root) : NULL; i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;

		if (!n->is_link && !node_is_root(n) && node_is_registry_dep(n) && !json_find(n->manifest->raw, "license"))
			n->manifest->abbreviated = true;
	}
	return t;
}

void recorded_fill(struct arena *a, struct manifest *m, const struct store_package *package)
{
	struct err ignored = ERR_INIT;
	const char *text = package->recorded;

	fill(a, m, text ? manifest_parse(a, str_from(text), package->dir, &ignored) : NULL);
	/* Not every registry tells that in its abbreviated documents. */
	if (package->has_install_script && !m->has_install_script) {
		m->has_install_script = true;
		json_put(a, m->raw, "hasInstallScript", json_bool(a, true));
	}
}

/* Nobody fetches it: it may have been there before, or it is for other platforms. */
static void look_or_ask(struct recorded *x, struct node *n)
{
	const struct reify *r = x->reify;
	const struct store_package *kept = n->integrity ? store_find(r->arena, r->loop->cache, n->integrity) : NULL;

	if (kept)
		recorded_fill(r->arena, n->manifest, kept);
	else
		ask(x, n);
}

struct recorded *recorded_begin(struct reify *r)
{
	struct recorded *x = ARENA_NEW(r->arena, struct recorded);

	x->reify = r;
	for (struct map_entry *i = inventory_first(r->ideal->root); i; i = inventory_next(r->ideal->root, i)) {
		struct node *n = i->value;

		if (n->manifest->abbreviated && !stage_fetched(r, n))
			look_or_ask(x, n);
	}
	return x;
}

void recorded_end(struct recorded *x)
{
	const struct node *root;

	if (!x)
		return;
	root = x->reify->ideal->root;
	for (struct map_entry *i = inventory_first(root); i; i = inventory_next(root, i)) {
		struct node *n = i->value;
		const struct fetch_package *p = n->manifest->abbreviated ? stage_fetched(x->reify, n) : NULL;

		if (p && p->state == FETCH_READY)
			recorded_fill(x->reify->arena, n->manifest, p->package);
		else if (n->manifest->abbreviated)
			ask(x, n);
	}
	while (x->open && !loop_idle(x->reify->loop))
		loop_turn(x->reify->loop);
}
