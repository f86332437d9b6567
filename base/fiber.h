/* SPDX-License-Identifier: MIT
 *
 * A fiber: a function with a stack of its own that can stop in the middle and go on later, on the same thread. It lets an
 * algorithm that must wait for answers be written straight, while its caller keeps the loop.
 *
 *	static void work(void *ctx) { … fiber_yield(f) … }
 *	struct fiber *f = fiber_make(work, ctx);
 *	while (!fiber_done(f)) { fiber_resume(f); … }
 *	fiber_free(f);		// also in the middle: what is on its stack is simply dropped
 */
#pragma once

#include "base/base.h"

struct fiber;

/* Never NULL. Nothing runs yet. */
struct fiber *fiber_make(void (*run)(void *ctx), void *ctx);
/* Run until it yields or ends; not from inside, not once it is done. */
void fiber_resume(struct fiber *f);
/* From inside: back to whoever resumed it. */
void fiber_yield(struct fiber *f);
bool fiber_done(const struct fiber *f);
void fiber_free(struct fiber *f);	/* NULL is nothing */
