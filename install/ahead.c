/* SPDX-License-Identifier: MIT */
#include "install/ahead.h"

#include "base/arena.h"
#include "install/actual.h"
#include "install/loop.h"
#include "resolver/tree.h"

struct ahead {
	struct loop_job job;		/* first */
	struct loop *loop;
	const struct project *project;
	struct arena *arena;		/* of the tree, which grows in it later: the job's would be gone by then */
	struct tree *tree;
	bool over;
};

static void load(struct loop_job *job)
{
	struct ahead *x = (struct ahead *)job;

	x->tree = actual_load_hidden(x->arena, x->project);
}

static void loaded(struct loop_job *job)
{
	((struct ahead *)job)->over = true;
}

struct ahead *ahead_begin(struct loop *l, const struct project *p)
{
	struct ahead *x = ARENA_NEW(l->arena, struct ahead);

	*x = (struct ahead){
		.job = {.work = load, .done = loaded, .what = "read", .about = "node_modules"},
		.loop = l,
		.project = p,
		.arena = arena_child(l->arena),
	};
	arena_expect_much(x->arena);
	loop_send(l, &x->job);
	return x;
}

struct tree *ahead_tree(struct ahead *x)
{
	while (x && !x->over)
		loop_turn(x->loop);
	return x ? x->tree : NULL;
}
