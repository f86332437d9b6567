/* SPDX-License-Identifier: MIT
 *
 * One install on behalf of a command: run, explained when it cannot be, and told of.
 */
#pragma once

#include "base/base.h"

struct cli;
struct err;
struct install_options;

enum perform_flags {
	PERFORM_OWN = 1,	/* the project's own scripts run around it */
	PERFORM_QUIET = 2,	/* what was done is not told: another install follows */
	PERFORM_UNAUDITED = 4,	/* whatever the setting says */
};

int perform_install(struct cli *cli, struct install_options *o, unsigned flags, struct err *err) MUST_USE;
