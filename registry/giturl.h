/* SPDX-License-Identifier: MIT
 *
 * Addresses of git repositories as text: npm's spellings, submodules' relative ones. Pure. git_resolved is in gitsrc.h.
 */
#pragma once

#include "base/base.h"

struct arena;

/* Without "git+" and fragment; "ssh://git@host:user/repo" becomes "git@host:user/repo", which is what it means. */
const char *giturl_plain(struct arena *a, const char *url);
bool giturl_is_local(const char *url);
/* "../other.git" is meant beside the repository at base; anything else stays. */
const char *giturl_submodule(struct arena *a, const char *base, const char *url);
