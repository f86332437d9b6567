/* SPDX-License-Identifier: MIT */
#include "base/report.h"

#include <stdio.h>
#include <time.h>

#include "base/buf.h"

#define MAX_LINE ((size_t)1 << 20)

int64_t report_now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void emit_text(struct reporter *r, struct event *e, const char *fmt, va_list ap)
{
	char small[512];
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(small, sizeof(small), fmt, ap);
	struct buf b = BUF_INIT(MAX_LINE);
	e->text = small;
	if (n >= (int)sizeof(small)) {
		char *to = buf_reserve(&b, (size_t)n + 1);
		if (to) {
			vsnprintf(to, (size_t)n + 1, fmt, again);
			e->text = to;
		}
	}
	va_end(again);
	r->emit(r, e);
	buf_release(&b);
}

static void log_text(struct reporter *r, enum log_level level, const char *prefix, const char *fmt, va_list ap)
{
	if (!r || level > r->level)
		return;
	struct event e = {.kind = EVENT_LOG, .level = level, .prefix = prefix ? prefix : ""};
	emit_text(r, &e, fmt, ap);
}

void report_line(struct reporter *r, enum log_level level, const char *prefix, const char *text)
{
	if (r && level <= r->level)
		r->emit(r, &(struct event){.kind = EVENT_LOG, .level = level, .prefix = prefix, .text = text});
}

void report_error(struct reporter *r, const char *prefix, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	log_text(r, LOG_ERROR, prefix, fmt, ap);
	va_end(ap);
}

void report_warn(struct reporter *r, const char *prefix, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	log_text(r, LOG_WARN, prefix, fmt, ap);
	va_end(ap);
}

void report_notice(struct reporter *r, const char *prefix, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	log_text(r, LOG_NOTICE, prefix, fmt, ap);
	va_end(ap);
}

void report_http(struct reporter *r, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	log_text(r, LOG_HTTP, "fetch", fmt, ap);
	va_end(ap);
}

void report_verbose(struct reporter *r, const char *prefix, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	log_text(r, LOG_VERBOSE, prefix, fmt, ap);
	va_end(ap);
}

void report_phase(struct reporter *r, enum phase phase, uint64_t total)
{
	struct event e = {.kind = EVENT_PHASE, .phase = phase, .total = total};
	if (r)
		r->emit(r, &e);
}

void report_count(struct reporter *r, enum phase phase, uint64_t done, uint64_t total, uint64_t bytes)
{
	struct event e = {.kind = EVENT_COUNT, .phase = phase, .done = done, .total = total, .bytes = bytes};
	if (r)
		r->emit(r, &e);
}

void report_pause(struct reporter *r)
{
	struct event e = {.kind = EVENT_PAUSE};
	if (r)
		r->emit(r, &e);
}

void report_span(struct reporter *r, int64_t start_ns, const char *fmt, ...)
{
	if (!r || !r->timing)
		return;
	struct event e = {.kind = EVENT_SPAN, .prefix = "", .start_ns = start_ns, .end_ns = report_now()};
	va_list ap;
	va_start(ap, fmt);
	emit_text(r, &e, fmt, ap);
	va_end(ap);
}

void report_work(struct reporter *r, struct event e)
{
	e.kind = EVENT_SPAN;
	if (r && r->timing)
		r->emit(r, &e);
}
