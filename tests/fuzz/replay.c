/* SPDX-License-Identifier: MIT
 *
 * Runs a fuzz target over its corpus as an ordinary test: every input whole, and cut short at every byte, so
 * that the parsers see ends in all places.
 */
#include "tests/fuzz/fuzz.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/vec.h"

#include <stdio.h>
#include <stdlib.h>

#define INPUT_MAX ((size_t)16 << 20)
#define CUT_MAX 4096

static int replay_file(const char *path)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct str text;
	int rc = fs_read(&a, path, INPUT_MAX, &text, &err);

	if (rc < 0)
		fprintf(stderr, "%s\n", err.text);
	else
		LLVMFuzzerTestOneInput((const uint8_t *)text.ptr, text.len);
	for (size_t n = 0; rc == 0 && n < text.len && n < CUT_MAX; n++)
		LLVMFuzzerTestOneInput((const uint8_t *)text.ptr, n);
	arena_release(&a);
	return rc;
}

int main(int argc, char **argv)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct vec names;
	size_t replayed = 0;

	vec_init(&names, &a);
	if (argc != 2 || fs_list(&a, argv[1], &names, &err) < 0) {
		fprintf(stderr, "usage: %s corpus-directory %s\n", argv[0], err.text);
		return EXIT_FAILURE;
	}
	for (size_t i = 0; i < names.count; i++)
		replayed += replay_file(path_join(&a, argv[1], VEC_AT(&names, const char, i))) == 0;
	printf("%zu of %zu inputs replayed\n", replayed, names.count);
	arena_release(&a);
	return replayed && replayed == names.count ? EXIT_SUCCESS : EXIT_FAILURE;
}
