/* SPDX-License-Identifier: MIT */
#include "base/fiber.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define HAS_TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__)
#define HAS_TSAN 1
#endif
#if defined(HAS_ASAN)
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(HAS_TSAN)
#include <sanitizer/tsan_interface.h>
#endif

/* Only pages that are touched become memory. */
#define STACK_SIZE ((size_t)64 << 20)
#define GUARD_SIZE ((size_t)64 << 10)

struct fiber {
	ucontext_t inside;
	ucontext_t outside;
	char *map;
	void (*run)(void *ctx);
	void *ctx;
	bool done;
	/* what the sanitizers want to know about stacks */
	void *fake_inside, *fake_outside;
	const void *outside_bottom;
	size_t outside_size;
	void *tsan_inside, *tsan_outside;
};

/* Inlined, so that the thread sanitizer sees no call begin on one stack and end on the other. */
static inline __attribute__((always_inline)) void before_switch(struct fiber *f, bool in)
{
#if defined(HAS_ASAN)
	if (in)
		__sanitizer_start_switch_fiber(&f->fake_outside, f->map + GUARD_SIZE, STACK_SIZE);
	else
		__sanitizer_start_switch_fiber(f->done ? NULL : &f->fake_inside, f->outside_bottom, f->outside_size);
#endif
#if defined(HAS_TSAN)
	if (in)
		f->tsan_outside = __tsan_get_current_fiber();
	__tsan_switch_to_fiber(in ? f->tsan_inside : f->tsan_outside, 0);
#endif
	(void)f;
	(void)in;
}

static inline __attribute__((always_inline)) void after_switch(struct fiber *f, bool in)
{
#if defined(HAS_ASAN)
	if (in)
		__sanitizer_finish_switch_fiber(f->fake_inside, &f->outside_bottom, &f->outside_size);
	else
		__sanitizer_finish_switch_fiber(f->fake_outside, NULL, NULL);
#endif
	(void)f;
	(void)in;
}

/* makecontext passes ints only. */
static void entry(unsigned high, unsigned low)
{
	struct fiber *f = (struct fiber *)(uintptr_t)(((uint64_t)high << 32) | low);

	after_switch(f, true);
	f->run(f->ctx);
	f->done = true;
	before_switch(f, false);
	setcontext(&f->outside);
}

struct fiber *fiber_make(void (*run)(void *ctx), void *ctx)
{
	struct fiber *f = calloc(1, sizeof(*f));
	uint64_t self = (uint64_t)(uintptr_t)f;

	if (!f)
		base_out_of_memory();
	f->run = run;
	f->ctx = ctx;
	f->map = mmap(NULL, STACK_SIZE + GUARD_SIZE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	if (f->map == MAP_FAILED || mprotect(f->map, GUARD_SIZE, PROT_NONE) < 0 || getcontext(&f->inside) < 0)
		base_out_of_memory();
	f->inside.uc_stack.ss_sp = f->map + GUARD_SIZE;
	f->inside.uc_stack.ss_size = STACK_SIZE;
	f->inside.uc_link = NULL;
	makecontext(&f->inside, (void (*)(void))(uintptr_t)entry, 2, (unsigned)(self >> 32), (unsigned)self);
#if defined(HAS_TSAN)
	f->tsan_inside = __tsan_create_fiber(0);
#endif
	return f;
}

void fiber_resume(struct fiber *f)
{
	before_switch(f, true);
	swapcontext(&f->outside, &f->inside);
	after_switch(f, false);
}

void fiber_yield(struct fiber *f)
{
	before_switch(f, false);
	swapcontext(&f->inside, &f->outside);
	after_switch(f, true);
}

bool fiber_done(const struct fiber *f)
{
	return f->done;
}

void fiber_free(struct fiber *f)
{
	if (!f)
		return;
#if defined(HAS_TSAN)
	__tsan_destroy_fiber(f->tsan_inside);
#endif
	munmap(f->map, STACK_SIZE + GUARD_SIZE);
	free(f);
}
