/* SPDX-License-Identifier: MIT */
#include "registry/gitlib.h"

#include "base/library.h"

#define NAME(name) "git_" #name,

struct gitlib git;

static const char *const names[] = {GITLIB_CALLS(NAME)};
static struct library libgit2 = LIBRARY(LODE_GIT2_SONAME, names, git);

int gitlib_need(struct err *err)
{
	return library_need(&libgit2, err);
}
