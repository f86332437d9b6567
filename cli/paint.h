/* SPDX-License-Identifier: MIT
 *
 * Colours for text that goes to stdout, as npm's chalk sets them: each ends with the code that ends it and no other.
 *
 *	struct paint p = paint_for(cli);
 *	cli_print(cli, "%s", paint_text(&p, INK_BLUE, name));
 */
#pragma once

#include "base/base.h"

struct arena;
struct cli;

enum ink {
	INK_BOLD, INK_DIM, INK_UNDERLINE, INK_RED, INK_GREEN, INK_YELLOW, INK_BLUE, INK_MAGENTA, INK_CYAN, INK_GREY,
	INK_RED_BRIGHT, INK_BLUE_BRIGHT,
};

struct paint {
	struct arena *arena;
	bool on;
};

struct paint paint_for(const struct cli *cli);
/* The text itself when colours are off. */
const char *paint_text(const struct paint *p, enum ink ink, const char *text);
