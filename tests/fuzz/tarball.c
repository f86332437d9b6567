/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "cache/extract.h"
#include "cache/index.h"
#include "cache/store.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Unpacks into a directory with a neighbour that must stay as it is; the bytes are tried as an index as well. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct extract_options opts = {.what = "it", .max_unpacked = 1 << 20, .umask = 022};
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct str bytes = {(const char *)data, size};
	struct extract_result result;
	const char *dir = fs_mkdtemp(&a, "/tmp/lode-fuzz-", &err), *inside;

	index_parse(&a, bytes);
	if (!dir)
		abort();
	inside = path_join(&a, dir, "in/side");
	if (fs_mkdirs(inside, &err) < 0)
		abort();
	opts.dirfd = open(inside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (extract_tarball(&a, bytes, &opts, &result, &err) == 0 && result.n_files > result.n_entries)
		abort();
	close(opts.dirfd);
	/* Only what is inside may be left: then both directories above are empty. */
	if (fs_remove_tree(inside, &err) < 0 && !err.code)
		abort();
	if (rmdir(path_join(&a, dir, "in")) < 0 || rmdir(dir) < 0)
		abort();
	arena_release(&a);
	return 0;
}
