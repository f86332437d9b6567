/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/inflate.h"

#include <string.h>

/* gzip of "hello\n" */
static const char hello[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\xe7\x02\x00\x20\x30\x3a\x36\x06\x00\x00\x00";
#define HELLO ((struct str){hello, sizeof(hello) - 1})

static const char *inflate(struct str data, size_t max, struct err *err)
{
	struct buf out = BUF_INIT(max);
	const char *text = inflate_gzip(data, &out, err) == 0 ? buf_dup(test_arena(), &out) : NULL;

	buf_release(&out);
	return text;
}

TEST(inflate_one_member_and_more)
{
	struct err err = ERR_INIT;
	char twice[2 * sizeof(hello)];

	CHECK_STR(inflate(HELLO, 1000, &err), "hello\n");
	memcpy(twice, hello, sizeof(hello) - 1);
	memcpy(twice + sizeof(hello) - 1, hello, sizeof(hello));
	CHECK_STR(inflate((struct str){twice, 2 * (sizeof(hello) - 1)}, 1000, &err), "hello\nhello\n");
	/* what follows is no member: passed over */
	CHECK_STR(inflate((struct str){twice, sizeof(hello) - 1 + 1}, 1000, &err), "hello\n");
	memset(twice + sizeof(hello) - 1, 0, sizeof(hello) - 1);
	CHECK_STR(inflate((struct str){twice, 2 * (sizeof(hello) - 1)}, 1000, &err), "hello\n");
}

TEST(inflate_refuses_damage)
{
	char bad[sizeof(hello)];
	struct err err;

	for (size_t len = 0; len < sizeof(hello) - 1; len++) {
		err = (struct err)ERR_INIT;
		CHECK_STR(inflate((struct str){hello, len}, 1000, &err), NULL);
		CHECK_INT(err.code, ERR_ETARABORT);
	}
	for (size_t i = 18; i < sizeof(hello) - 1; i++) {
		memcpy(bad, hello, sizeof(hello));
		bad[i] ^= 0x10;
		err = (struct err)ERR_INIT;
		CHECK_STR(inflate((struct str){bad, sizeof(hello) - 1}, 1000, &err), NULL);
	}
}

TEST(inflate_has_a_limit)
{
	struct err err = ERR_INIT;

	CHECK_STR(inflate(HELLO, 5, &err), NULL);
	CHECK_INT(err.code, ERR_ETOOBIG);
	CHECK_STR(inflate(HELLO, 6, &err), "hello\n");
}

/* The header of a member with these flags and what they announce, then what is behind hello's header. */
static struct str with_header(char flags, const char *fields, size_t n)
{
	static char out[200];
	size_t rest = sizeof(hello) - 1 - 10;

	memcpy(out, hello, 10);
	out[3] = flags;
	memcpy(out + 10, fields, n);
	memcpy(out + 10 + n, hello + 10, rest);
	return (struct str){out, 10 + n + rest};
}

TEST(inflate_passes_over_what_headers_tell)
{
	struct err err = ERR_INIT;

	CHECK_STR(inflate(with_header(4, "\3\0abc", 5), 1000, &err), "hello\n");
	CHECK_STR(inflate(with_header(8, "a.tar", 6), 1000, &err), "hello\n");
	CHECK_STR(inflate(with_header(16, "words", 6), 1000, &err), "hello\n");
	CHECK_STR(inflate(with_header(31, "\1\0xname\0words\0\1\2", 16), 1000, &err), "hello\n");
	CHECK_STR(inflate(with_header(4, "\xff\xff", 2), 1000, &err), NULL);
	CHECK_STR(inflate(with_header(32, "", 0), 1000, &err), NULL);
	CHECK_INT(err.code, ERR_ETARABORT);
	/* A name without an end. */
	CHECK_STR(inflate((struct str){with_header(8, "abcdefgh", 8).ptr, 18}, 1000, &err), NULL);
}
