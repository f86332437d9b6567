/* SPDX-License-Identifier: MIT
 *
 * What a person sees: log lines and the progress line on stderr, results on stdout. Behind the reporter that
 * every room is given; nothing else writes to the two streams.
 *
 * Until render_flush log lines are kept: which of them are wanted is known when render_start has read the settings,
 * and what lode logs before it hands over to lode-net is not to be told twice.
 */
#pragma once

#include <stdio.h>

#include "base/base.h"
#include "base/report.h"

struct arena;
struct config;
struct err;
struct json;
struct timing;
struct vec;

struct render_line {
	struct render_line *next;
	enum log_level level;
	const char *prefix, *text;
};

/* The line that says what is under way. */
struct progress {
	bool enabled;
	bool unicode;
	bool drawn;		/* it is on the screen */
	enum phase phase;
	uint64_t done, total, bytes;
	int64_t next_ns;	/* not to be drawn again before */
	unsigned frame;
};

struct render {
	struct reporter reporter;	/* first: the reporter handed out is this */
	struct arena *arena;
	FILE *out, *err;
	const char *heading;
	enum log_level level;
	bool color;			/* on stderr */
	bool json;			/* stdout is one JSON document */
	bool holding;			/* lines are kept back */
	struct render_line *first, *last;
	struct vec *heard;		/* gets a copy of each line (struct render_line); NULL: nobody wants one */
	struct progress progress;
	struct timing *timing;		/* NULL: not wanted */
};

void render_init(struct render *r, struct arena *a, FILE *out, FILE *err);
/* Colours for what goes there? */
bool render_wants_color(const struct config *c, FILE *to);
/* The settings say how: loglevel, heading, color, progress, json, timing. */
void render_start(struct render *r, const struct config *c);
/* Keep lines back again; render_drop forgets them, render_flush writes them. */
void render_hold(struct render *r);
void render_drop(struct render *r);
void render_flush(struct render *r);

/* One log line, or several. */
void render_log(struct render *r, enum log_level level, const char *prefix, const char *text);
/* Results. */
void render_out(struct render *r, const char *text, size_t len);
/* The error as npm tells it: code, summary, detail, on stderr. usage: the command's, under the message; or NULL. */
void render_error(struct render *r, const struct err *e, const char *usage);
/* {code, summary, detail}, as --json has it. */
struct json *render_error_json(struct arena *a, const struct err *e, const char *usage);

void progress_event(struct render *r, const struct event *e);
void progress_clear(struct render *r);

/* Credentials out, control characters made visible. */
const char *render_clean(struct arena *a, const char *text);
