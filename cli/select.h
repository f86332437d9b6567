/* SPDX-License-Identifier: MIT
 *
 * `lode query`: its selectors are resolver/selector.h's; here is what both programs share. lode answers what can be read
 * off the disk, lode-net what a registry has to be asked for (:outdated, :vuln).
 */
#pragma once

#include "base/base.h"

struct cli;
struct err;
struct selector;
struct selector_feed;

/* The query on the command line, parsed. */
struct selector *select_parse(struct cli *cli, int argc, char **argv, struct err *err) MUST_USE;
/* Runs it and prints what it finds. */
int select_run(struct cli *cli, const struct selector *s, const struct selector_feed *feed, struct err *err) MUST_USE;
/* feed's warnings: ctx is the struct cli. */
void select_warn(void *ctx, const char *text);
