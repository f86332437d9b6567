/* SPDX-License-Identifier: MIT
 *
 * Behind the config command: settings shown and edited.
 */
#pragma once

#include "cli/config.h"

struct buf;
struct cli;

/* Credentials, and values that hold some: not shown, not handed out. */
bool config_is_private(const char *key, const struct json *value);
/* `config list`: each source with what it says. */
void config_list_text(struct cli *cli, struct buf *out);
struct json *config_list_json(const struct config *c);
/* Types of one layer alone; true when something was dropped. */
bool config_check_layer(struct config *c, enum config_where where);
/* Top-level credentials of a file get the registry's key, or go; what was done, one line each; NULL: nothing. */
const char *config_repair(struct config *c, enum config_where where);
/* The editor on a settings file, with all defaults in comments. */
int config_edit(struct cli *cli, enum config_where where, struct err *err) MUST_USE;
