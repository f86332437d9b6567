/* SPDX-License-Identifier: MIT
 *
 * The names of packages that projects share. Of packages that lead to each other in a circle each has a name of its own
 * all the same: their digests are worked out in rounds, each over what the links led to in the round before, until no
 * round tells more of them apart; the name is then over the last round of all. Links have names, so two packages that no
 * round told apart have the same in them, as far as anybody can see.
 */
#include "resolver/isolated.h"

#include "base/arena.h"
#include "base/digest.h"
#include "base/map.h"
#include "base/str.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

#include <string.h>

/* Raised when what a directory holds changes. */
#define FORM "lode links 1"
#define COLOR 32u

struct share_link {
	const char *name;
	struct share *to;
};

struct share {
	struct node *node;
	struct isolated *isolated;
	struct share_link *links;	/* by name */
	size_t count, next;
	struct vec users;		/* struct share */
	bool own;
	size_t index, low;		/* 1, 2, …; 0: not visited */
	struct share *above;		/* of the walk */
	bool open;			/* its circle is not known yet */
	size_t circle;			/* which one it is in */
	uint8_t color[COLOR], next_color[COLOR];
};

struct sharing {
	struct arena *arena;
	struct vec all;			/* struct share */
	struct vec stack;
	size_t visited, circles;
};

static struct isolated *extra_of(const struct node *n)
{
	return n->extra;
}

/* ---- who leads to whom ---- */

static int by_name(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return strcmp(((const struct share_link *)a)->name, ((const struct share_link *)b)->name);
}

/* What leads out of the store is nobody's but the project's. */
static void add_links(struct sharing *g, struct share *s)
{
	const struct map *edges = &s->node->edges_out.map;
	struct vec links;

	vec_init(&links, g->arena);
	for (struct map_entry *i = map_first(edges); i; i = map_next(edges, i)) {
		const struct edge *e = i->value;
		const struct node *to = e->to && e->to->is_link ? e->to->target : e->to;
		struct share *other = to ? extra_of(to)->share : NULL;
		struct share_link *l;

		if (!other || !e->to->is_link) {
			s->own = true;
			continue;
		}
		l = ARENA_NEW(g->arena, struct share_link);
		*l = (struct share_link){e->to->name, other};
		vec_add(&links, l);
		vec_add(&other->users, s);
	}
	vec_sort(&links, by_name, NULL);
	s->count = links.count;
	s->links = ARENA_ARRAY(g->arena, struct share_link, links.count + 1);
	for (size_t i = 0; i < links.count; i++)
		s->links[i] = *(struct share_link *)links.items[i];
}

static void collect(struct sharing *g, struct tree *laid)
{
	const struct map *children = &laid->root->children.map;

	vec_init(&g->all, g->arena);
	for (struct map_entry *i = map_first(children); i; i = map_next(children, i)) {
		struct node *n = i->value;
		struct share *s;

		if (!extra_of(n)->store)
			continue;
		s = ARENA_NEW(g->arena, struct share);
		*s = (struct share){.node = n, .isolated = extra_of(n)};
		vec_init(&s->users, g->arena);
		s->isolated->share = s;
		vec_add(&g->all, s);
	}
	for (size_t i = 0; i < g->all.count; i++)
		add_links(g, g->all.items[i]);
}

/* What depends on a project's own package is the project's own. */
static void spread(struct sharing *g)
{
	struct vec queue;

	vec_init(&queue, g->arena);
	for (size_t i = 0; i < g->all.count; i++)
		if (VEC_AT(&g->all, struct share, i)->own)
			vec_add(&queue, g->all.items[i]);
	for (size_t i = 0; i < queue.count; i++) {
		const struct vec *users = &VEC_AT(&queue, struct share, i)->users;

		for (size_t k = 0; k < users->count; k++) {
			struct share *user = users->items[k];

			if (!user->own)
				vec_add(&queue, user);
			user->own = true;
		}
	}
}

/* ---- digests ---- */

static void add_text(struct digest *d, const char *s)
{
	digest_add(d, s ? s : "", strlen(s ? s : "") + 1);
}

static void end_color(struct digest *d, uint8_t out[COLOR])
{
	uint8_t bytes[DIGEST_MAX];

	digest_end(d, bytes);
	memcpy(out, bytes, COLOR);
}

/* What is known without looking into its own circle. */
static void first_color(struct share *s)
{
	const struct bin_list *bin = &s->node->manifest->bin;
	struct digest d;

	digest_init(&d, DIGEST_SHA256);
	add_text(&d, FORM);
	add_text(&d, s->node->name);
	add_text(&d, node_version(s->node));
	add_text(&d, s->node->source->integrity);
	for (size_t i = 0; i < bin->count; i++) {
		add_text(&d, bin->items[i].name);
		add_text(&d, bin->items[i].target);
	}
	add_text(&d, "");
	for (size_t i = 0; i < s->count; i++) {
		const struct share *to = s->links[i].to;

		add_text(&d, s->links[i].name);
		add_text(&d, to->circle == s->circle ? "" : to->isolated->shared);
	}
	end_color(&d, s->color);
}

static void next_color(struct share *s)
{
	struct digest d;

	digest_init(&d, DIGEST_SHA256);
	digest_add(&d, s->color, COLOR);
	for (size_t i = 0; i < s->count; i++)
		if (s->links[i].to->circle == s->circle)
			digest_add(&d, s->links[i].to->color, COLOR);
	end_color(&d, s->next_color);
}

static int by_color(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return memcmp(((const struct share *)a)->color, ((const struct share *)b)->color, COLOR);
}

/* Sorts them; how many colors there are. */
static size_t count_colors(struct vec *circle)
{
	size_t n = circle->count > 0;

	vec_sort(circle, by_color, NULL);
	for (size_t i = 1; i < circle->count; i++)
		n += by_color(circle->items[i - 1], circle->items[i], NULL) != 0;
	return n;
}

static void one_round(struct vec *circle)
{
	for (size_t i = 0; i < circle->count; i++)
		next_color(circle->items[i]);
	for (size_t i = 0; i < circle->count; i++) {
		struct share *s = circle->items[i];

		memcpy(s->color, s->next_color, COLOR);
	}
}

/* Of all of them, once each. They are sorted. */
static void whole_color(const struct vec *circle, uint8_t out[COLOR])
{
	struct digest d;

	digest_init(&d, DIGEST_SHA256);
	for (size_t i = 0; i < circle->count; i++)
		if (!i || by_color(circle->items[i - 1], circle->items[i], NULL))
			digest_add(&d, VEC_AT(circle, struct share, i)->color, COLOR);
	end_color(&d, out);
}

/* 130 bits, five at a time: short enough for a file system to keep a link to it where it keeps the link. */
static const char *name_of_color(struct arena *a, const uint8_t color[COLOR])
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
	char name[27];

	for (unsigned i = 0; i < 26; i++) {
		unsigned bit = i * 5, two = (unsigned)color[bit / 8] << 8 | color[bit / 8 + 1];

		name[i] = digits[two >> (11 - bit % 8) & 31];
	}
	name[26] = '\0';
	return arena_strdup(a, name);
}

/* All that they lead to has its name, but for what is in the circle itself. */
static void name_circle(struct sharing *g, struct vec *circle)
{
	size_t colors, before;
	uint8_t whole[COLOR];

	for (size_t i = 0; i < circle->count; i++)
		first_color(circle->items[i]);
	colors = count_colors(circle);
	do {
		before = colors;
		one_round(circle);
		colors = count_colors(circle);
	} while (colors > before);
	whole_color(circle, whole);
	for (size_t i = 0; i < circle->count; i++) {
		struct share *s = circle->items[i];
		struct digest d;

		digest_init(&d, DIGEST_SHA256);
		digest_add(&d, s->color, COLOR);
		digest_add(&d, whole, COLOR);
		end_color(&d, s->next_color);
		s->isolated->shared = name_of_color(g->arena, s->next_color);
		s->node->shared = true;
	}
}

/* ---- circles (Tarjan's), what is led to first ---- */

static void visit(struct sharing *g, struct share *s, struct share *above)
{
	s->index = s->low = ++g->visited;
	s->above = above;
	s->open = true;
	vec_add(&g->stack, s);
}

static void close_circle(struct sharing *g, struct share *first)
{
	struct vec circle;
	struct share *s;

	vec_init(&circle, g->arena);
	g->circles++;
	do {
		s = vec_pop(&g->stack);
		s->open = false;
		s->circle = g->circles;
		vec_add(&circle, s);
	} while (s != first);
	name_circle(g, &circle);
}

static struct share *leave(struct sharing *g, struct share *s)
{
	struct share *above = s->above;

	if (s->low == s->index)
		close_circle(g, s);
	if (above && s->low < above->low)
		above->low = s->low;
	return above;
}

static void name_from(struct sharing *g, struct share *start)
{
	struct share *s = start;

	visit(g, s, NULL);
	while (s) {
		struct share *to = s->next < s->count ? s->links[s->next++].to : NULL;

		if (!to) {
			s = leave(g, s);
		} else if (!to->index) {
			visit(g, to, s);
			s = to;
		} else if (to->open && to->index < s->low) {
			s->low = to->index;
		}
	}
}

/* ---- the whole ---- */

/* Only who is not shared needs links to bins made. */
static void keep_bins(struct tree *laid)
{
	const struct map *children = &laid->root->children.map;
	struct arena *a = laid->arena;

	for (struct map_entry *i = map_first(children); i; i = map_next(children, i))
		vec_clear(&extra_of(i->value)->bins);
	for (struct map_entry *i = map_first(children); i; i = map_next(children, i)) {
		const struct node *n = i->value;
		const struct isolated *of = extra_of(n);

		if (!n->is_link || of->undeclared || !n->target->in_store || (of->owner && of->owner->shared))
			continue;
		for (size_t k = 0; k < n->manifest->bin.count; k++)
			vec_add(&extra_of(n->target)->bins, arena_printf(a, "%.*s.bin/%s",
				(int)(strlen(n->path) - strlen(n->name)), n->path, n->manifest->bin.items[k].name));
	}
}

void isolated_share(struct tree *laid, bool (*own)(struct node *n, void *ctx), void *ctx)
{
	struct sharing g = {.arena = laid->arena};

	collect(&g, laid);
	for (size_t i = 0; i < g.all.count; i++) {
		struct share *s = g.all.items[i];

		s->own = s->own || own(s->node, ctx);
	}
	spread(&g);
	vec_init(&g.stack, g.arena);
	for (size_t i = 0; i < g.all.count; i++) {
		struct share *s = g.all.items[i];

		if (!s->own && !s->index)
			name_from(&g, s);
	}
	keep_bins(laid);
}

static void add_folder(struct node *n, struct vec *out)
{
	const struct map *edges = &n->edges_out.map;

	vec_add(out, n);
	for (struct map_entry *i = map_first(edges); i; i = map_next(edges, i))
		if (((struct edge *)i->value)->to && !((struct edge *)i->value)->to->inert)
			vec_add(out, ((struct edge *)i->value)->to);
}

void isolated_unshare(struct tree *laid, bool (*own)(struct node *n, void *ctx), void *ctx, struct vec *out)
{
	const struct map *children = &laid->root->children.map;
	struct sharing g = {.arena = laid->arena};

	vec_init(&g.all, g.arena);
	for (struct map_entry *i = map_first(children); i; i = map_next(children, i)) {
		struct share *s = extra_of(i->value)->share;

		if (!s || extra_of(i->value)->share->node != i->value || !s->node->shared)
			continue;
		s->own = s->node->inert || own(s->node, ctx);
		vec_add(&g.all, s);
	}
	spread(&g);
	for (size_t i = 0; i < g.all.count; i++) {
		struct share *s = g.all.items[i];

		if (!s->own)
			continue;
		s->node->shared = false;
		s->isolated->shared = NULL;
		if (!s->node->inert)
			add_folder(s->node, out);
	}
	keep_bins(laid);
}
