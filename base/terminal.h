/* SPDX-License-Identifier: MIT
 *
 * The terminal as it was, for when a program that had it has left it raw, silent or to nobody.
 *
 *	struct terminal before;
 *	terminal_keep(&before);
 *	… a program runs on it …
 *	terminal_restore(&before);
 */
#pragma once

#include "base/base.h"

#include <termios.h>

struct terminal {
	int fd;			/* -1: there is none, or it is not ours to change */
	struct termios modes;
};

/* Is one of the standard streams a terminal that we have in the foreground? */
bool terminal_is_ours(void);
void terminal_keep(struct terminal *t);
/* Takes it back from a group of processes that is no more, and puts the modes back. In the background nothing is done. */
void terminal_restore(const struct terminal *t);
