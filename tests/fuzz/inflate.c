/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/inflate.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_OUT ((size_t)4 << 20)

/* The bytes right before memory that must not be read: sanitizers do not see what assembly does. */
static struct str at_the_edge(const uint8_t *data, size_t size, void **block, size_t *length)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), whole = (size + page - 1) / page * page;
	char *p = mmap(NULL, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || mprotect(p + whole, page, PROT_NONE) < 0)
		abort();
	memcpy(p + whole - size, data, size);
	*block = p;
	*length = whole + page;
	return (struct str){p + whole - size, size};
}

/* Piece by piece and as a whole it is the same, or the same fault; nothing comes out twice. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = BUF_INIT(MAX_OUT), pieces = BUF_INIT(MAX_OUT);
	struct err one = ERR_INIT, two = ERR_INIT;
	struct inflate *z;
	struct str gz, piece;
	size_t length;
	void *block;
	int ret, got;

	gz = at_the_edge(data, size, &block, &length);
	ret = inflate_gzip(gz, &whole, &one);
	z = inflate_open(gz);
	while ((got = inflate_next(z, &piece, &two)) > 0 && pieces.len <= MAX_OUT - INFLATE_PIECE)
		buf_addstr(&pieces, piece);
	inflate_close(z);
	if (got <= 0 && ret == 0 && (got < 0 || !str_eq(buf_str(&whole), buf_str(&pieces))))
		abort();
	if (got == 0 && ret < 0 && one.code != ERR_ETOOBIG)
		abort();
	munmap(block, length);
	buf_release(&whole);
	buf_release(&pieces);
	return 0;
}
