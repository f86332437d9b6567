/* SPDX-License-Identifier: MIT
 *
 * Which variables of an environment look like secrets: by their names (TOKEN, PASSWORD, …), by what they open (an agent's
 * socket), or by their values (a URL with a password, a known form of token).
 */
#pragma once

#include "base/base.h"

bool scrub_is_secret(const char *name, const char *value);
