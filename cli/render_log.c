/* SPDX-License-Identifier: MIT */
#include "cli/render.h"

#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/config.h"
#include "cli/timing.h"

#define MAX_LINES ((size_t)1 << 24)

/* A line kept for later. */
static const struct {
	const char *name, *color;
} levels[] = {
	[LOG_SILENT] = {"silent", ""},	  [LOG_ERROR] = {"error", "\033[31m"},	   [LOG_WARN] = {"warn", "\033[33m"},
	[LOG_NOTICE] = {"notice", "\033[96m"}, [LOG_HTTP] = {"http", "\033[32m"},  [LOG_INFO] = {"info", "\033[36m"},
	[LOG_VERBOSE] = {"verbose", "\033[34m"}, [LOG_SILLY] = {"silly", "\033[34m"},
};

static void add_colored(struct buf *b, bool color, const char *code, const char *text)
{
	if (color)
		buf_printf(b, "%s%s\033[0m", code, text);
	else
		buf_adds(b, text);
}

static void add_head(struct render *r, struct buf *b, enum log_level level, const char *prefix)
{
	add_colored(b, r->color, "\033[1m", r->heading);
	buf_addc(b, ' ');
	add_colored(b, r->color, levels[level].color, levels[level].name);
	if (*prefix) {
		buf_addc(b, ' ');
		add_colored(b, r->color, "\033[94m", prefix);
	}
}

static struct render_line *line_of(struct render *r, enum log_level level, const char *prefix, const char *text)
{
	struct render_line *l = ARENA_NEW(r->arena, struct render_line);
	*l = (struct render_line){NULL, level, arena_strdup(r->arena, prefix), arena_strdup(r->arena, text)};
	return l;
}

static void keep(struct render *r, enum log_level level, const char *prefix, const char *text)
{
	struct render_line *l = line_of(r, level, prefix, text);
	if (r->last)
		r->last->next = l;
	else
		r->first = l;
	r->last = l;
}

void render_log(struct render *r, enum log_level level, const char *prefix, const char *text)
{
	if (r->holding) {
		keep(r, level, prefix, text);
		return;
	}
	if (level > r->level)
		return;
	struct buf b = BUF_INIT(MAX_LINES);
	const char *rest = render_clean(r->arena, text);
	for (;;) {
		size_t n = strcspn(rest, "\n");
		size_t len = n && rest[n] && rest[n - 1] == '\r' ? n - 1 : n;
		add_head(r, &b, level, prefix);
		if (len)
			buf_printf(&b, " %.*s", (int)len, rest);
		buf_addc(&b, '\n');
		if (!rest[n])
			break;
		rest += n + 1;
	}
	progress_clear(r);
	fwrite(b.ptr, 1, b.len, r->err);
	fflush(r->err);
	buf_release(&b);
}

void render_out(struct render *r, const char *text, size_t len)
{
	progress_clear(r);
	fwrite(text, 1, len, r->out);
}

static void on_event(struct reporter *reporter, const struct event *e)
{
	struct render *r = (struct render *)reporter;
	switch (e->kind) {
	case EVENT_LOG:
		if (r->heard)
			vec_add(r->heard, line_of(r, e->level, e->prefix, e->text));
		render_log(r, e->level, e->prefix, e->text);
		break;
	case EVENT_PAUSE: progress_clear(r); break;
	case EVENT_SPAN: timing_add(r->timing, e); break;
	case EVENT_PHASE:
	case EVENT_COUNT: progress_event(r, e); break;
	}
}

void render_init(struct render *r, struct arena *a, FILE *out, FILE *err)
{
	*r = (struct render){.arena = a, .out = out, .err = err, .heading = "lode", .level = LOG_NOTICE, .holding = true};
	r->reporter = (struct reporter){.emit = on_event, .level = LOG_SILLY};
}

static enum log_level level_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(levels); i++)
		if (streq(levels[i].name, name))
			return (enum log_level)i;
	return LOG_NOTICE;
}

bool render_wants_color(const struct config *c, FILE *to)
{
	if (!config_bool(c, "color"))
		return false;
	return streq(config_text(c, "color"), "always") || isatty(fileno(to));
}

void render_start(struct render *r, const struct config *c)
{
	const char *heading = config_text(c, "heading");
	r->heading = heading ? heading : "";
	r->level = level_of(config_text(c, "loglevel"));
	r->reporter.level = r->level;
	r->color = render_wants_color(c, r->err);
	r->json = config_bool(c, "json");
	r->progress.enabled = config_bool(c, "progress") && r->level > LOG_SILENT && isatty(fileno(r->err)) &&
			      isatty(fileno(r->out));
	r->progress.unicode = config_bool(c, "unicode");
	if (config_bool(c, "timing")) {
		r->timing = timing_make(r->arena);
		r->reporter.timing = true;
	}
}

void render_hold(struct render *r)
{
	r->holding = true;
}

void render_drop(struct render *r)
{
	r->first = r->last = NULL;
}

void render_flush(struct render *r)
{
	struct render_line *l = r->first;
	r->first = r->last = NULL;
	r->holding = false;
	for (; l; l = l->next)
		render_log(r, l->level, l->prefix, l->text);
}
