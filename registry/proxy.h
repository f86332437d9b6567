/* SPDX-License-Identifier: MIT
 *
 * Which proxy a URL goes through: npm's settings first, then the environment as npm reads it.
 */
#pragma once

#include "base/base.h"

struct arena;

struct proxy_settings {
	const char *proxy, *https_proxy, *no_proxy;				/* settings; NULL or "": not set */
	const char *env_proxy, *env_http_proxy, *env_https_proxy, *env_no_proxy;	/* the environment's */
};

/* Fills the env_ fields from the environment, whose names may be written in either case. */
void proxy_from_env(struct proxy_settings *p);
/* The proxy's URL for a request to host over https or not; NULL: none. */
const char *proxy_choose(const struct proxy_settings *p, bool https, const char *host);
/* Does a list of domains ("example.test, .corp") name the host or a domain above it? */
bool proxy_is_excluded(const char *list, const char *host);
