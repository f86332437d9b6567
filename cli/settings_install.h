/* SPDX-License-Identifier: MIT
 *
 * What the settings and the project say about installing: everything install_run wants, but for what the command itself
 * adds (packages to add or remove, what to update).
 */
#pragma once

#include "base/base.h"
#include "install/install.h"

struct cli;
struct err;

int settings_install(struct cli *cli, struct install_options *out, struct err *err) MUST_USE;
/* The same for ci, which believes the lockfile and changes nothing but node_modules. */
int settings_ci(struct cli *cli, struct install_options *out, struct err *err) MUST_USE;
/* The same for exec: dir is a folder of lode's own, of which the project knows nothing. */
int settings_install_npx(struct cli *cli, const char *dir, struct install_options *out, struct err *err) MUST_USE;
