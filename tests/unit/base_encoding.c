/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/checksum.h"
#include "base/digest.h"

#include <string.h>

TEST(hex_there_and_back)
{
	uint8_t bytes[4];
	char text[9];

	hex_format("\x00\x7f\xff\x10", 4, text);
	CHECK_STR(text, "007fff10");
	CHECK(hex_parse(STR("007FfF10"), bytes, 4) && memcmp(bytes, "\x00\x7f\xff\x10", 4) == 0);
	CHECK(!hex_parse(STR("007fff1"), bytes, 4));
	CHECK(!hex_parse(STR("007fff1g"), bytes, 4));
}

TEST(base64_there_and_back)
{
	static const char *const cases[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe\xfd", "//79"}};
	char out[8];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_STR(base64_make(test_arena(), cases[i][0], strlen(cases[i][0])), cases[i][1]);
		CHECK_INT(base64_parse(str_from(cases[i][1]), out, sizeof(out)), strlen(cases[i][0]));
		CHECK(memcmp(out, cases[i][0], strlen(cases[i][0])) == 0);
	}
	CHECK_INT(base64_parse(STR("Zg="), out, sizeof(out)), -1);
	CHECK_INT(base64_parse(STR("Z==="), out, sizeof(out)), -1);
	CHECK_INT(base64_parse(STR("__79"), out, sizeof(out)), -1);
	CHECK_INT(base64_parse(STR("Zm9vYmFyYmF6"), out, sizeof(out)), -1);
}

TEST(base64_loose_is_as_buffer_from)
{
	CHECK_STR(base64_decode_loose(test_arena(), STR("Zm9v YmFy\n")).ptr, "foobar");
	CHECK_STR(base64_decode_loose(test_arena(), STR("Zm9vYg")).ptr, "foob");
	CHECK_INT((uint8_t)base64_decode_loose(test_arena(), STR("_-8")).ptr[0], 0xff);
	CHECK_INT(base64_decode_loose(test_arena(), STR("!!!")).len, 0);
}

TEST(digest_known_answers)
{
	static const struct {
		enum digest_alg alg;
		const char *hex;
	} cases[] = {
		{DIGEST_MD5, "900150983cd24fb0d6963f7d28e17f72"},
		{DIGEST_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{DIGEST_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	};
	char hex[DIGEST_HEX_MAX];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		digest_hex(cases[i].alg, "abc", 3, hex);
		CHECK_STR(hex, cases[i].hex);
	}
	CHECK_STR(digest_sri(test_arena(), DIGEST_SHA512, "abc", 3),
		  "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==");
	CHECK_INT(digest_alg_of(STR("sha384")), DIGEST_SHA384);
	CHECK_INT(digest_alg_of(STR("sha3")), DIGEST_NONE);
}

TEST(digest_in_pieces)
{
	uint8_t whole[DIGEST_MAX], pieces[DIGEST_MAX];
	struct digest d;

	digest_of(DIGEST_SHA384, "abcdef", 6, whole);
	digest_init(&d, DIGEST_SHA384);
	digest_add(&d, "abc", 3);
	digest_add(&d, "def", 3);
	digest_end(&d, pieces);
	CHECK(memcmp(whole, pieces, digest_len(DIGEST_SHA384)) == 0);
	digest_init(&d, DIGEST_SHA1);
	digest_release(&d);
}

TEST(checksum_sees_every_bit_and_every_length)
{
	uint8_t data[200];
	uint64_t sum;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	sum = checksum64(data, sizeof(data), 0);
	for (size_t bit = 0; bit < sizeof(data) * 8; bit++) {
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK(checksum64(data, sizeof(data), 0) != sum);
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	CHECK(checksum64(data, sizeof(data), 0) == sum);
	CHECK(checksum64(data, sizeof(data), 1) != sum);
	memset(data, 0, sizeof(data));
	for (size_t len = 1; len < sizeof(data); len++)
		CHECK(checksum64(data, len, 0) != checksum64(data, len - 1, 0));
}

TEST(checksum_of_pieces_is_that_of_the_whole)
{
	uint8_t data[200];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 31);
	for (size_t len = 0; len <= sizeof(data); len++) {
		for (size_t step = 1; step < 80; step += 6) {
			struct checksum c;

			checksum_begin(&c, 7);
			for (size_t at = 0; at < len; at += step)
				checksum_add(&c, data + at, len - at < step ? len - at : step);
			CHECK(checksum_end(&c) == checksum64(data, len, 7));
		}
	}
}
