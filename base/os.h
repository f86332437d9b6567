/* SPDX-License-Identifier: MIT
 *
 * What differs between operating systems, behind one face: base/os_linux.c. Only base/ calls it.
 */
#pragma once

#include "base/base.h"

#include <sys/types.h>

struct os_spawn {
	const char *file;		/* a path */
	const char *const *argv;
	const char *const *envp;
	const char *cwd;		/* NULL: ours */
	int fds[4];			/* what becomes 0, 1, 2 and 3; -1: ours (3: none) */
	bool own_group;
};

/* Starts a child with default signals and none blocked. 0, or what went wrong as an errno. */
int os_spawn(const struct os_spawn *s, pid_t *pid);
/* A descriptor that becomes readable when the child is over, -1 where there is none (poll for it then). */
int os_child_fd(pid_t pid);
/* Our executable's path into out; its length or -1. */
ptrdiff_t os_self(char *out, size_t size);
int os_cpus(void);
/* Is what the open descriptor is on kept by this kernel, with its clock? */
bool os_own_clock(int fd);
/* Is it among those that may have times finer than the clock's ticks? */
bool os_fine_clock(int fd);
/* A number nobody outside can know, the same as long as the process lives. */
uint64_t os_random(void);
/* Where the C library can be told: large blocks go back to the system when they are freed, and little is kept besides. */
void os_bound_memory(void);
/* Much of this block is going to be written soon: in large pages, where the system has plenty of them. */
void os_expect_writes(void *p, size_t size);
/* Zeroed memory that will all be written, in large pages; size is a multiple of OS_LARGE_PAGE. NULL: the system has not plenty
 * of them. */
#define OS_LARGE_PAGE ((size_t)2 << 20)
void *os_map_large(size_t size);
void os_unmap(void *p, size_t size);
