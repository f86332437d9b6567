/* SPDX-License-Identifier: MIT
 *
 * A query over a tree, part by part, left to right. A part filters what the parts before it left; behind a combinator it
 * starts from everything again, and the combinator then keeps those that stand in the relation to what was there.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "resolver/collate.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/selector.h"
#include "resolver/selector_int.h"
#include "resolver/tree.h"
#include "resolver/tree_int.h"

struct json *selector_context(struct arena *a, struct node *n)
{
	if (!n->extra)
		n->extra = json_object(a);
	return n->extra;
}

static struct vec *list_make(const struct sel_results *r)
{
	struct vec *v = ARENA_NEW(r->run->arena, struct vec);

	vec_init(v, r->run->arena);
	return v;
}

static const struct vec *chosen_by(const struct sel_results *r, const struct sel *selector)
{
	ptrdiff_t at = vec_find(&r->selectors, selector);

	return at < 0 ? NULL : r->chosen.items[at];
}

static void set_chosen(struct sel_results *r, struct sel *selector, const struct vec *items)
{
	ptrdiff_t at = vec_find(&r->selectors, selector);

	if (at < 0) {
		vec_add(&r->selectors, selector);
		vec_add(&r->chosen, (void *)items);
	} else {
		r->chosen.items[at] = (void *)items;
	}
}

/* What the part at work filters. */
static const struct vec *items_before(const struct sel_results *r, struct err *err)
{
	const struct sel *selector = r->at->parent;
	ptrdiff_t at = vec_find(&selector->kids, r->at);

	if (at == 0 && selector->parent->type == SEL_ROOT)
		return r->initial;
	if (at == 0) {
		err_set(err, ERR_EGENERIC, "`%s` pseudo-class takes no selectors.", selector->parent->value);
		return NULL;
	}
	const struct sel *before = selector->kids.items[at - 1];
	return before->type == SEL_COMBINATOR ? r->inventory : chosen_by(r, r->current);
}

static void choose_named(const struct vec *items, const char *name, struct vec *out)
{
	for (size_t i = 0; i < items->count; i++) {
		const struct node *n = items->items[i];

		if (streq(name, n->name) || streq(name, json_find_text(n->manifest->raw, "name")))
			vec_add(out, (void *)n);
	}
}

static int choose_matching(const struct sel_results *r, const struct vec *items, struct vec *out, struct err *err)
{
	for (size_t i = 0; i < items->count; i++) {
		struct node *n = items->items[i];
		int rc = sel_matches(r->run->arena, &r->at->match, n->manifest->raw, err);

		if (rc < 0)
			return -1;
		if (rc)
			vec_add(out, n);
	}
	return 0;
}

static int not_supported(const struct sel_results *r, struct err *err)
{
	static const char *const names[] = {
		[SEL_NESTING] = "nesting", [SEL_STRING] = "string", [SEL_TAG] = "tag", [SEL_ROOT] = "root",
	};

	return err_set_as(err, "EQUERYNOSELECTOR", "`%s` is not a supported selector.", names[r->at->type]);
}

/* What the part at work leaves of items. */
static int choose(const struct sel_results *r, const struct vec *items, struct vec *out, struct err *err)
{
	switch (r->at->type) {
	case SEL_ATTRIBUTE:
		return choose_matching(r, items, out, err);
	case SEL_CLASS:
		return sel_choose_class(r, items, out, err);
	case SEL_ID:
		choose_named(items, r->at->value, out);
		return 0;
	case SEL_PSEUDO:
		return sel_choose_pseudo(r, items, out, err);
	case SEL_UNIVERSAL:
		*out = *items;
		return 0;
	default:
		return not_supported(r, err);
	}
}

static int run_part(struct sel_results *r, struct sel *part, struct err *err)
{
	struct vec *out = list_make(r);

	r->at = part;
	if (part->type == SEL_SELECTOR) {
		r->current = part;
		if (!chosen_by(r, part))
			set_chosen(r, part, out);
		return 0;
	}
	if (part->type == SEL_COMBINATOR) {
		const char *text = part->raw ? part->raw : part->value;
		r->pending = sel_is_combinator(text) ? text : NULL;
		return 0;
	}
	if (part->type >= SEL_NESTING && part->type != SEL_PSEUDO && part->type != SEL_UNIVERSAL)
		return not_supported(r, err);
	const struct vec *items = items_before(r, err);
	if (!items || choose(r, items, out, err) < 0)
		return -1;
	if (r->pending) {
		struct vec *related = list_make(r);

		sel_combine(r, chosen_by(r, r->current), out, related);
		r->pending = NULL;
		out = related;
	}
	set_chosen(r, r->current, out);
	return 0;
}

static int run_below(struct sel_results *r, const struct sel *parent, struct err *err)
{
	for (size_t i = 0; i < parent->kids.count; i++) {
		struct sel *part = parent->kids.items[i];

		if (run_part(r, part, err) < 0 || run_below(r, part, err) < 0)
			return -1;
	}
	return 0;
}

int sel_run(const struct sel_results *outer, struct sel *root, struct vec *found, struct err *err)
{
	struct sel_results r = *outer;

	r.pending = NULL;
	r.current = root->kids.count ? root->kids.items[0] : NULL;
	vec_init(&r.selectors, r.run->arena);
	vec_init(&r.chosen, r.run->arena);
	if (r.current)
		set_chosen(&r, r.current, r.initial);
	if (run_below(&r, root, err) < 0)
		return -1;
	uint64_t mark = tree_new_mark(r.run->target->tree);
	for (size_t i = 0; i < root->kids.count; i++) {
		const struct vec *chosen = chosen_by(&r, root->kids.items[i]);

		for (size_t k = 0; chosen && k < chosen->count; k++) {
			struct node *n = chosen->items[k];

			if (n->mark != mark)
				vec_add(found, n);
			n->mark = mark;
		}
	}
	return 0;
}

/* Where a node without a place would sort: JavaScript makes a word of what is not there. */
static const char *sort_key(const struct node *n)
{
	return n->path ? n->location : "undefined";
}

static int place_order(const void *a, const void *b, UNUSED void *ctx)
{
	return collate_compare(sort_key(a), sort_key(b));
}

int selector_run(const struct selector_run *run, const struct selector *s, struct vec *found, struct err *err)
{
	struct vec inventory;
	struct sel_results r = {.run = run, .inventory = &inventory, .initial = &inventory, .scope = run->target};
	struct node *root = run->target->root;

	vec_init(&inventory, run->arena);
	(void)root_inventory(root); /* one that stands alone has none yet */
	for (struct map_entry *i = inventory_first(root); i; i = inventory_next(root, i))
		vec_add(&inventory, i->value);
	if (!s->root)
		return 0;
	if (sel_run(&r, s->root, found, err) < 0)
		return -1;
	vec_sort(found, place_order, NULL);
	return 0;
}
