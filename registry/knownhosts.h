/* SPDX-License-Identifier: MIT
 *
 * Whether an ssh known_hosts file says anything about a host: one it knows must show its key, an unknown one is
 * accepted as npm's git does (StrictHostKeyChecking=accept-new). Pure.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

/* port 0 or 22: the host alone. Plain, listed ("a,b", "*.test") and hashed ("|1|salt|hash") entries. */
bool knownhosts_has(struct str text, const char *host, int port);
