/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/base.h"

struct ask;
struct err;

/* One's name at the registry: of the credentials, else as the registry says. NULL: ENEEDAUTH, or what it answered. */
const char *identity_find(struct ask *q, struct err *err) MUST_USE;
