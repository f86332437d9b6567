/* SPDX-License-Identifier: MIT
 *
 * Looking into a process that waits in a system call: its memory, and what its paths mean. What is found holds only as
 * long as filter_waits() says so, and a path may mean something else a moment later: whoever acts on one opens it first
 * and then looks at what was opened.
 */
#pragma once

#include "base/base.h"

#include <limits.h>
#include <sys/types.h>

/* A path named in a call: text at an address, relative to a descriptor of the process or its working directory. */
struct tracee_path {
	pid_t pid;
	uint64_t dir;		/* a descriptor, or AT_FDCWD */
	uint64_t address;	/* of the text; 0: the descriptor itself is meant */
};

/* n bytes at an address. */
bool tracee_read(pid_t pid, uint64_t address, void *out, size_t n);
/* The path as the process means it, absolute. It may have links in it, and may not exist. */
bool tracee_path_text(const struct tracee_path *p, char out[PATH_MAX]);
/* Where an absolute path leads: real directories, and the last link followed when asked for and there is something behind
 * it. False when even its directory does not exist. */
bool tracee_real(const char *path, bool follow, char out[PATH_MAX]);
/* The same of a path of which only some directories exist yet. */
bool tracee_real_ahead(const char *path, char out[PATH_MAX]);
/* Opens what the path means (O_PATH) and says where that really is. -1 with errno. */
int tracee_open(const struct tracee_path *p, bool follow, char real[PATH_MAX]);
