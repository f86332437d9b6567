/* SPDX-License-Identifier: MIT
 *
 * The progress line: what, how many of how many, bytes. On a terminal only, at most ten times a second.
 */
#include "cli/render.h"

#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FRAME_NS 100000000
#define FIRST_NS 200000000	/* what is over sooner needs no line */

static const char *const words[] = {
	[PHASE_NONE] = "", [PHASE_RESOLVE] = "resolving", [PHASE_FETCH] = "fetching", [PHASE_LINK] = "linking",
	[PHASE_SCRIPTS] = "running scripts",
};

static const char *frame_of(const struct progress *p)
{
	static const char *const dots[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
	static const char *const plain[] = {"-", "\\", "|", "/"};
	return p->unicode ? dots[p->frame % ARRAY_LEN(dots)] : plain[p->frame % ARRAY_LEN(plain)];
}

static int columns(FILE *to)
{
	struct winsize size;
	return !ioctl(fileno(to), TIOCGWINSZ, &size) && size.ws_col ? size.ws_col : 80;
}

static void bytes_text(uint64_t n, char out[32])
{
	if (n < 1000)
		snprintf(out, 32, "%" PRIu64 " B", n);
	else if (n < 1000000)
		snprintf(out, 32, "%.0f kB", (double)n / 1e3);
	else
		snprintf(out, 32, "%.1f MB", (double)n / 1e6);
}

static void draw(struct render *r)
{
	struct progress *p = &r->progress;
	char line[160], bytes[32] = "";
	int n = snprintf(line, sizeof(line), "%s", words[p->phase]);
	if (p->total)
		n += snprintf(line + n, sizeof(line) - (size_t)n, " %" PRIu64 "/%" PRIu64, p->done, p->total);
	else if (p->done)
		n += snprintf(line + n, sizeof(line) - (size_t)n, " %" PRIu64, p->done);
	if (p->bytes) {
		bytes_text(p->bytes, bytes);
		n += snprintf(line + n, sizeof(line) - (size_t)n, " (%s)", bytes);
	}
	int room = columns(r->err) - 3;
	fprintf(r->err, "\r%s %.*s\033[K", frame_of(p), room > 0 && room < n ? room : n, line);
	fflush(r->err);
	p->drawn = true;
	p->frame++;
}

void progress_event(struct render *r, const struct event *e)
{
	struct progress *p = &r->progress;
	if (!p->enabled || r->holding)
		return;
	int64_t now = report_now();
	if (!p->next_ns)
		p->next_ns = now + FIRST_NS;
	if (e->kind == EVENT_PHASE && e->phase == PHASE_NONE) {
		progress_clear(r);
		p->phase = PHASE_NONE;
		return;
	}
	/* Resolving and fetching run at once: the line follows the later of the two. */
	if (e->phase < p->phase && e->kind == EVENT_COUNT)
		return;
	p->phase = e->phase;
	p->done = e->done;
	p->total = e->total;
	p->bytes = e->bytes;
	if (now < p->next_ns)
		return;
	p->next_ns = now + FRAME_NS;
	draw(r);
}

void progress_clear(struct render *r)
{
	if (!r->progress.drawn)
		return;
	fputs("\r\033[K", r->err);
	fflush(r->err);
	r->progress.drawn = false;
}
