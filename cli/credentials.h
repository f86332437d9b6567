/* SPDX-License-Identifier: MIT
 *
 * Who somebody is at a registry, by the settings //host/path/:_authToken and their like. What is set here is the user's
 * own file's (mode 0600), by config_save(c, CONFIG_USER). Nothing of it is ever logged.
 */
#pragma once

#include "base/base.h"
#include "cli/config.h"

/* All NULL: nothing is known. */
struct credentials {
	const char *token;
	const char *username, *password;
	const char *certfile, *keyfile;
};

/* npm's getCredentialsByURI: what is set for this registry's own URL, and for no part of it. */
struct credentials credentials_find(const struct config *c, const char *registry);
/* Any of them? */
bool credentials_any(const struct credentials *k);
/* A token, in the user's file; name and password go from it. */
void credentials_set_token(struct config *c, const char *registry, const char *token);
/* A name and a password. */
void credentials_set_basic(struct config *c, const char *registry, const struct credentials *k);
/* All that one source has for the registry. */
void credentials_clear(struct config *c, const char *registry, enum config_where where);
