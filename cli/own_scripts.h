/* SPDX-License-Identifier: MIT
 *
 * The project's own scripts around an install without arguments, on the terminal.
 */
#pragma once

#include "base/base.h"

struct cli;
struct err;
struct install_options;

struct own_scripts {
	struct cli *cli;
	const struct install_options *options;
};

/* preinstall; ctx is a struct own_scripts, so that it fits install_options.before. */
int own_before(void *ctx, struct err *err) MUST_USE;
/* install, postinstall, prepublish, preprepare, prepare, postprepare. */
int own_after(const struct own_scripts *own, struct err *err) MUST_USE;
