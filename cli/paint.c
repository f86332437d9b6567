/* SPDX-License-Identifier: MIT */
#include "cli/paint.h"

#include "base/arena.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/render.h"

static const struct {
	int on, off;
} codes[] = {
	[INK_BOLD] = {1, 22},	 [INK_DIM] = {2, 22},	   [INK_UNDERLINE] = {4, 24}, [INK_RED] = {31, 39},
	[INK_GREEN] = {32, 39},	 [INK_YELLOW] = {33, 39},  [INK_BLUE] = {34, 39},     [INK_MAGENTA] = {35, 39},
	[INK_CYAN] = {36, 39},	 [INK_GREY] = {90, 39},	   [INK_RED_BRIGHT] = {91, 39}, [INK_BLUE_BRIGHT] = {94, 39},
};

struct paint paint_for(const struct cli *cli)
{
	return (struct paint){cli->arena, render_wants_color(cli->config, cli->render->out)};
}

const char *paint_text(const struct paint *p, enum ink ink, const char *text)
{
	if (!p->on || !*text)
		return text;
	/* Where a colour inside ends this one goes on. */
	const char *end = arena_printf(p->arena, "\033[%dm", codes[ink].off);
	text = cstr_replace(p->arena, text, end, arena_printf(p->arena, "%s\033[%dm", end, codes[ink].on));
	return arena_printf(p->arena, "\033[%dm%s\033[%dm", codes[ink].on, text, codes[ink].off);
}
