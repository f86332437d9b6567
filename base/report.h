/* SPDX-License-Identifier: MIT
 *
 * How lower rooms tell what happens: typed events to one reporter. They never print.
 *
 *	report_phase(r, PHASE_FETCH, total);
 *	report_count(r, PHASE_FETCH, done, total, bytes);
 *	report_warn(r, "deprecated", "%s: %s", id, text);
 *
 * A reporter belongs to the main thread: workers hand back results and the main thread reports.
 * Every function takes a NULL reporter and does nothing then.
 */
#pragma once

#include "base/base.h"

enum phase { PHASE_NONE, PHASE_RESOLVE, PHASE_FETCH, PHASE_LINK, PHASE_SCRIPTS, PHASE_PHASES };

enum log_level { LOG_SILENT, LOG_ERROR, LOG_WARN, LOG_NOTICE, LOG_HTTP, LOG_INFO, LOG_VERBOSE, LOG_SILLY };

enum event_kind {
	EVENT_LOG,	/* level, prefix, text */
	EVENT_PHASE,	/* phase begins (PHASE_NONE: the last one is over) */
	EVENT_COUNT,	/* phase, done of total, bytes so far */
	EVENT_SPAN,	/* text took from start_ns to end_ns, on track; prefix says about what: for --timing */
	EVENT_PAUSE,	/* something else is about to write to the terminal: take the progress line away */
};

/* Spans of a thread lie beside or inside one another; requests overlap, and are nobody's. */
enum { TRACK_MAIN, TRACK_NET };

struct event {
	enum event_kind kind;
	enum log_level level;
	enum phase phase;
	uint64_t done, total, bytes;
	int64_t start_ns, end_ns;	/* on the monotonic clock */
	int track;			/* whose time it was: TRACK_MAIN, TRACK_NET or a worker's thread */
	const char *prefix;		/* npm's word before the message ("deprecated", "ERESOLVE"); "" when none */
	const char *text;		/* valid during the call only; may hold several lines */
};

struct reporter {
	void (*emit)(struct reporter *r, const struct event *e);
	enum log_level level;		/* log events above it may be left out by the sender */
	bool timing;			/* are spans wanted? */
};

void report_error(struct reporter *r, const char *prefix, const char *fmt, ...) PRINTF_LIKE(3, 4);
void report_warn(struct reporter *r, const char *prefix, const char *fmt, ...) PRINTF_LIKE(3, 4);
void report_notice(struct reporter *r, const char *prefix, const char *fmt, ...) PRINTF_LIKE(3, 4);
void report_http(struct reporter *r, const char *fmt, ...) PRINTF_LIKE(2, 3);
void report_verbose(struct reporter *r, const char *prefix, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* One of any level, its text as it is. */
void report_line(struct reporter *r, enum log_level level, const char *prefix, const char *text);
void report_phase(struct reporter *r, enum phase phase, uint64_t total);
void report_count(struct reporter *r, enum phase phase, uint64_t done, uint64_t total, uint64_t bytes);
void report_pause(struct reporter *r);

/* Time spans: int64_t t = report_now(); …; report_span(r, t, "resolve"); */
int64_t report_now(void);
void report_span(struct reporter *r, int64_t start_ns, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* One of a worker or a request, told by the main thread when it is over: e has text, prefix, track and both times. */
void report_work(struct reporter *r, struct event e);
