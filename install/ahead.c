/* SPDX-License-Identifier: MIT */
#include "install/ahead.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "install/actual.h"
#include "install/loop.h"
#include "install/project.h"
#include "install/state.h"
#include "registry/registry.h"
#include "resolver/ideal.h"
#include "resolver/manifest.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

struct ahead {
	struct loop_job job;		/* first */
	struct loop *loop;
	const struct project *project;
	struct arena *arena;		/* of the tree, which grows in it later: the job's would be gone by then */
	const struct state_key *standing;	/* NULL: nobody knows */
	struct tree *tree;
	bool over, stands;
};

static bool stands(const struct state_key *key)
{
	struct arena a = ARENA_INIT;
	struct state_told told;
	bool fits = key && state_fits(&a, key, &told);

	arena_release(&a);
	return fits;
}

static void load(struct loop_job *job)
{
	struct ahead *x = (struct ahead *)job;

	x->stands = stands(x->standing);
	if (!x->stands)
		x->tree = actual_load_hidden(x->arena, x->project);
}

static void loaded(struct loop_job *job)
{
	((struct ahead *)job)->over = true;
}

static bool is_listed(const struct manifest *m, const char *name)
{
	return dep_list_find(&m->dependencies, name) || dep_list_find(&m->dev_dependencies, name) ||
	       dep_list_find(&m->optional_dependencies, name) || dep_list_find(&m->peer_dependencies, name);
}

/* Whoever asks for it in earnest is told. */
static void came(UNUSED void *ctx, UNUSED const char *name, UNUSED const struct packument *p, UNUSED const struct err *err)
{
}

/* As the resolver will ask. What stands in package.json already and is added without a range keeps the one it has there. */
static void ask_about(struct loop *l, const struct project *p, const struct ideal_options *o, const char *word)
{
	struct err ignored = ERR_INIT;
	const struct spec *s = spec_parse(l->arena, word, o->where ? o->where : p->options.path, &ignored);

	if (s && s->sub)
		s = s->sub;
	if (!s || !s->registry || !s->name || (streq(s->raw_spec, "*") && is_listed(p->package.manifest, s->name)))
		return;
	registry_packument(l->registry, &(struct packument_wish){
		.name = s->name,
		.what = arena_printf(l->arena, "%s@%s", s->name, s->raw_spec),
		.full = o->before != NULL,
		.done = came,
	});
}

struct ahead *ahead_begin(struct loop *l, const struct project *p, const struct ideal_options *o, const struct state_key *standing)
{
	struct ahead *x = ARENA_NEW(l->arena, struct ahead);

	*x = (struct ahead){
		.job = {.work = load, .done = loaded, .what = "read", .about = "node_modules"},
		.loop = l,
		.project = p,
		.arena = arena_child(l->arena),
		.standing = standing,
	};
	arena_expect_much(x->arena);
	loop_send(l, &x->job);
	for (size_t i = 0; i < o->add_count; i++)
		ask_about(l, p, o, o->add[i]);
	return x;
}

static void wait(struct ahead *x)
{
	while (x && !x->over)
		loop_turn(x->loop);
}

bool ahead_stands(struct ahead *x)
{
	wait(x);
	return x && x->stands;
}

struct tree *ahead_tree(struct ahead *x)
{
	wait(x);
	return x ? x->tree : NULL;
}
