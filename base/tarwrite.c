/* SPDX-License-Identifier: MIT */
#include "base/tarwrite.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/path.h"

#include <stdio.h>
#include <string.h>

#define BLOCK 512
#define NAME_SIZE 100
#define PREFIX_SIZE 155

/* What one header says. */
struct header {
	const char *path, *link;
	char type;
	uint32_t mode;
	uint64_t size;
	int64_t mtime;
};

/* "000644 \0": one blank short of the field, or without it when the digits fill it. */
static void put_number(char *at, size_t width, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%0*llo ", (int)width - 2, (unsigned long long)value);
	memcpy(at, text, width - 1);
	at[width - 1] = '\0';
}

static size_t utf16_units(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((*s & 0xc0) != 0x80) + ((*s & 0xf8) == 0xf0);
	return n;
}

/* The bytes of its first so many UTF-16 units, as JavaScript cuts; half a pair is left out. */
static const char *first_units(struct arena *a, const char *s, size_t units)
{
	size_t end = 0;

	while (s[end] && units) {
		size_t wide = ((s[end] & 0xf8) == 0xf0) + 1U;

		if (wide > units)
			break;
		units -= wide;
		for (end++; (s[end] & 0xc0) == 0x80; end++)
			;
	}
	return arena_strndup(a, s, end);
}

/* Never half a character. False: it does not fit, or is not plain ASCII. */
static bool put_text(char *at, size_t width, const char *s)
{
	size_t len = strlen(s), n = len < width ? len : width;

	while (n < len && n && (s[n] & 0xc0) == 0x80)
		n--;
	memset(at, 0, width);
	memcpy(at, s, n);
	return utf16_units(s) == len && len <= width;
}

struct split {
	const char *name, *prefix;
	bool whole;		/* nothing was cut off */
};

static struct split split_path(struct arena *a, const char *path)
{
	const char *prefix, *name;

	if (strlen(path) < NAME_SIZE)
		return (struct split){path, "", true};
	prefix = path_dir(a, path);
	name = path_base(path);
	do {
		bool fits = strlen(name) <= NAME_SIZE;

		if (strlen(prefix) <= PREFIX_SIZE)
			return (struct split){fits ? name : first_units(a, name, NAME_SIZE - 1), prefix, fits};
		name = path_join(a, path_base(prefix), name);
		prefix = path_dir(a, prefix);
	} while (strcmp(prefix, ".") != 0);
	return (struct split){first_units(a, path, NAME_SIZE - 1), "", false};
}

/* False: the header does not say everything, so a pax header has to go first. */
static bool make_header(struct arena *a, char h[BLOCK], const struct header *of)
{
	struct split s = split_path(a, of->path);
	bool all = s.whole;
	unsigned sum = 0;

	memset(h, 0, BLOCK);
	all &= put_text(h, NAME_SIZE, s.name);
	put_number(h + 100, 8, of->mode);
	put_number(h + 124, 12, of->size);
	put_number(h + 136, 12, (uint64_t)(of->mtime > 0 ? of->mtime : 0));
	memset(h + 148, ' ', 8);
	h[156] = of->type;
	if (of->link)
		all &= put_text(h + 157, NAME_SIZE, of->link);
	memcpy(h + 257, "ustar\00000", 8);
	put_number(h + 329, 8, 0);
	put_number(h + 337, 8, 0);
	all &= put_text(h + 345, PREFIX_SIZE, s.prefix);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)h[i];
	put_number(h + 148, 8, sum);
	return all;
}

static void pad(struct buf *out, size_t size)
{
	buf_repeat(out, '\0', (BLOCK - size % BLOCK) % BLOCK);
}

/* A pax record counts its own length, digits included. */
static void add_record(struct buf *body, const char *key, const char *value)
{
	size_t rest = strlen(key) + strlen(value) + 3, len = rest + 1;
	char digits[32];

	while ((size_t)snprintf(digits, sizeof(digits), "%zu", len) + rest != len)
		len++;
	buf_printf(body, "%s %s=%s\n", digits, key, value);
}

static void add_pax(struct arena *a, struct buf *out, const struct header *of)
{
	struct buf body = BUF_INIT(out->max);
	const char *name = arena_printf(a, "PaxHeader/%s", path_base(of->path));
	struct header pax = {
		.path = first_units(a, name, NAME_SIZE - 1),
		.link = "",
		.type = 'x',
		.mode = 0644,
		.mtime = of->mtime,
	};
	char h[BLOCK];

	add_record(&body, "path", of->path);
	if (of->link)
		add_record(&body, "linkpath", of->link);
	add_record(&body, "mtime", arena_printf(a, "%lld", (long long)of->mtime));
	add_record(&body, "size", arena_printf(a, "%llu", (unsigned long long)of->size));
	pax.size = body.len;
	make_header(a, h, &pax);
	buf_add(out, h, BLOCK);
	buf_addstr(out, buf_str(&body));
	pad(out, body.len);
	buf_release(&body);
}

void tarwrite_add(struct buf *out, const struct tarwrite_file *f)
{
	struct arena a = ARENA_INIT;
	struct header header = {
		.path = f->path,
		.link = f->link,
		.type = f->link ? '1' : '0',
		.mode = f->mode,
		.size = f->link ? 0 : f->data.len,
		.mtime = f->mtime,
	};
	char h[BLOCK];

	if (!make_header(&a, h, &header))
		add_pax(&a, out, &header);
	buf_add(out, h, BLOCK);
	if (!f->link) {
		buf_addstr(out, f->data);
		pad(out, f->data.len);
	}
	arena_release(&a);
}

void tarwrite_end(struct buf *out)
{
	buf_repeat(out, '\0', (size_t)2 * BLOCK);
}
