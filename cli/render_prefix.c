/* SPDX-License-Identifier: MIT */
#include "cli/render_prefix.h"

#include <string.h>

#include "cli/render.h"

void prefixed_init(struct prefixed *p, struct render *r, FILE *to, const char *prefix)
{
	*p = (struct prefixed){.render = r, .to = to, .prefix = prefix};
	buf_init(&p->line, PREFIXED_MAX + 1);
}

/* The first len bytes of what waits, as a line. */
static void put_line(struct prefixed *p, size_t len)
{
	fputs(p->prefix, p->to);
	fwrite(p->line.ptr, 1, len, p->to);
	putc('\n', p->to);
	if (len < p->line.len)
		memmove(p->line.ptr, p->line.ptr + len, p->line.len - len);
	buf_cut(&p->line, p->line.len - len);
}

static size_t utf8_length(unsigned char lead)
{
	return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
}

/* Where a line that is too long is cut: not inside a character. */
static size_t cut_point(const struct buf *line)
{
	size_t at = line->len;

	for (size_t back = 1; back < 4 && back <= line->len; back++) {
		unsigned char c = (unsigned char)line->ptr[line->len - back];

		if ((c & 0xc0) == 0x80)
			continue;
		return utf8_length(c) > back ? at - back : at;
	}
	return at;
}

void prefixed_add(struct prefixed *p, const char *bytes, size_t n)
{
	bool wrote = false;

	if (n)
		progress_clear(p->render);
	while (n) {
		const char *end = memchr(bytes, '\n', n);
		size_t len = end ? (size_t)(end - bytes) : n, room = PREFIXED_MAX - p->line.len;
		bool full = len > room;

		len = full ? room : len;
		buf_add(&p->line, bytes, len);
		bytes += len;
		n -= len;
		if (full) {
			put_line(p, cut_point(&p->line));
		} else if (end) {
			put_line(p, p->line.len);
			bytes++;
			n--;
		} else {
			break;
		}
		wrote = true;
	}
	if (wrote)
		fflush(p->to);
}

void prefixed_end(struct prefixed *p)
{
	if (p->line.len) {
		put_line(p, p->line.len);
		fflush(p->to);
	}
	buf_release(&p->line);
}
