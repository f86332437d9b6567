/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/base.h"

struct arena;

/* "@scope:team" as it goes into paths; team NULL: there is none. */
struct team_name {
	const char *scope, *team;
};
struct team_name team_name_parse(struct arena *a, const char *text);
