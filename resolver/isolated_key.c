/* SPDX-License-Identifier: MIT
 *
 * The names of packages in the store of install-strategy=linked. The hash is over one line for each package that is
 * reached, in order of their texts: the way there, name@version->name@version, and where it comes from. A package that
 * is reached twice counts where the walk met it first.
 *
 * The lines of one package can be made in order: those of a line's continuation ("->") come before the line's own end
 * ("::"), and siblings are in the order of their labels, unless one label begins with another.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/str.h"
#include "resolver/isolated_int.h"
#include "resolver/tree.h"

#include <string.h>

#define MAX_WAY ((size_t)64 << 20)

/* A package on a way. */
struct stop {
	struct isolated_dep *dep;
	struct stop *above;
	struct vec below;	/* struct stop */
	size_t next;		/* which one is looked at */
	size_t way;		/* how long the text of the way here is */
};

struct lines {
	struct arena *arena;
	struct digest digest;
	struct buf way;
	struct vec *unsorted;	/* where lines go that cannot be made in order; NULL */
	bool any;
};

static struct stop *stop_make(struct arena *a, struct isolated_dep *d, struct stop *above)
{
	struct stop *s = ARENA_NEW(a, struct stop);

	*s = (struct stop){.dep = d, .above = above};
	vec_init(&s->below, a);
	if (above)
		vec_add(&above->below, s);
	return s;
}

/* What a package sees, in npm's order: from the store, local, optional. NULL after the last. */
static struct isolated_dep *dep_at(const struct isolated_dep *d, size_t i)
{
	const struct vec *lists[] = {&d->external, &d->local, &d->optional};

	for (size_t k = 0; k < ARRAY_LEN(lists); k++) {
		if (i < lists[k]->count)
			return lists[k]->items[i];
		i -= lists[k]->count;
	}
	return NULL;
}

static int by_label(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return strcmp(((const struct stop *)a)->dep->label, ((const struct stop *)b)->dep->label);
}

/* False when some label begins with another. */
static bool sort_below(struct stop *s)
{
	vec_sort(&s->below, by_label, NULL);
	for (size_t i = 1; i < s->below.count; i++)
		if (cstr_starts(VEC_AT(&s->below, struct stop, i)->dep->label,
			    VEC_AT(&s->below, struct stop, i - 1)->dep->label))
			return false;
	return true;
}

/* Everything that is reached, once. */
static struct stop *walk(struct isolated_graph *g, struct arena *a, struct isolated_dep *start, bool *in_order)
{
	struct stop *first = stop_make(a, start, NULL), *at = first;

	*in_order = true;
	start->mark = ++g->mark;
	while (at) {
		struct isolated_dep *d = dep_at(at->dep, at->next++);

		if (!d) {
			*in_order &= sort_below(at);
			at->next = 0;
			at = at->above;
		} else if (d->mark != g->mark) {
			d->mark = g->mark;
			at = stop_make(a, d, at);
		}
	}
	return first;
}

static void add_text(struct lines *l, const char *text, size_t len)
{
	digest_add(&l->digest, text, len);
}

static void add_line(struct lines *l, const struct stop *s)
{
	const char *resolved = s->dep->resolved;

	if (l->unsorted) {
		vec_add(l->unsorted, arena_printf(l->arena, "%s::%s", buf_text(&l->way), resolved));
		return;
	}
	if (l->any)
		add_text(l, ",", 1);
	l->any = true;
	add_text(l, l->way.ptr, l->way.len);
	add_text(l, "::", 2);
	add_text(l, resolved, strlen(resolved));
}

/* A stop's own line comes after all that go on from it. */
static void add_lines(struct lines *l, struct stop *at)
{
	while (at) {
		if (!at->next) {
			buf_adds(&l->way, at->above ? "->" : "");
			buf_adds(&l->way, at->dep->label);
			at->way = l->way.len;
		}
		if (at->next < at->below.count) {
			at = at->below.items[at->next++];
			continue;
		}
		add_line(l, at);
		at = at->above;
		if (at)
			buf_cut(&l->way, at->way);
	}
}

static int by_bytes(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return strcmp(a, b);
}

static void add_sorted(struct lines *l, struct stop *first)
{
	struct vec lines;

	vec_init(&lines, l->arena);
	l->unsorted = &lines;
	add_lines(l, first);
	vec_sort(&lines, by_bytes, NULL);
	for (size_t i = 0; i < lines.count; i++) {
		add_text(l, ",", i > 0);
		add_text(l, lines.items[i], strlen(lines.items[i]));
	}
}

/* base64 as file names take it. */
static const char *hash_text(struct arena *a, struct digest *d)
{
	uint8_t bytes[DIGEST_MAX];
	char text[BASE64_SIZE(DIGEST_MAX)];

	digest_end(d, bytes);
	base64_format(bytes, digest_len(DIGEST_SHAKE256), text);
	for (char *c = text; *c; c++) {
		if (*c == '+')
			*c = '-';
		else if (*c == '/')
			*c = '_';
		else if (*c == '=')
			*c = '\0';
	}
	return arena_strdup(a, text);
}

const char *isolated_key(struct isolated_graph *g, struct isolated_dep *d)
{
	struct arena scratch = ARENA_INIT;
	struct lines l = {.arena = &scratch, .way = BUF_INIT(MAX_WAY)};
	struct stop *first;
	bool in_order;

	if (d->key)
		return d->key;
	digest_init(&l.digest, DIGEST_SHAKE256);
	first = walk(g, &scratch, d, &in_order);
	if (in_order)
		add_lines(&l, first);
	else
		add_sorted(&l, first);
	d->key = arena_printf(g->arena, "%s-%s%s", d->label, hash_text(g->arena, &l.digest), d->node->patched ? "+patch" : "");
	buf_release(&l.way);
	arena_release(&scratch);
	return d->key;
}
