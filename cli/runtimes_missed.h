/* SPDX-License-Identifier: MIT
 *
 * What engines.node wished and could not be had, noted in the cache so that it is not asked for at every run.
 */
#pragma once

#include "base/base.h"

struct cli;

void missed_note(struct cli *cli, const char *key);
/* Forgets all of it: somebody asks by hand. */
void missed_forget(struct cli *cli);
/* In the last hour, of this registry. */
bool missed_lately(struct cli *cli, const char *key);
