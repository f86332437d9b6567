/* SPDX-License-Identifier: MIT */
#include "runtime/gzip.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/proc.h"
#include "runtime/node.h"

#include <stdlib.h>

#define MAX_OUTPUT ((size_t)1 << 30)

/* The byte of the operating system says "unknown", as in npm's portable archives. */
static const char program[] =
	"const fs = require('node:fs'), zlib = require('node:zlib');"
	"const [from, to] = process.argv.slice(1);"
	"const packed = zlib.gzipSync(fs.readFileSync(from), {level: 9});"
	"packed[9] = 255;"
	"fs.writeFileSync(to, packed);";

static int compress_in(struct arena *a, const struct runtime *rt, const char *dir, struct err *err)
{
	const char *const argv[] = {rt->node, "--no-warnings", "-e", program, path_join(a, dir, "in"), path_join(a, dir, "out"),
		NULL};
	static const char *const env[] = {"PATH=/usr/bin:/bin", NULL};
	const struct proc_options o = {.file = rt->node, .argv = argv, .envp = env, .in = PROC_NULL, .out = PROC_CAPTURE,
		.err = PROC_CAPTURE};
	struct proc_result r;

	if (proc_run(a, &o, &r, err) < 0)
		return -1;
	if (!r.code)
		return 0;
	err_set(err, ERR_EGENERIC, "the runtime could not compress the package");
	err_note(err, "%.*s", STR_ARGS(str_first(r.err, 1000)));
	return -1;
}

int gzip_pack(struct arena *a, const struct runtime *rt, struct str data, struct str *out, struct err *err)
{
	const char *tmp = getenv("TMPDIR"), *dir;
	struct err ignored = ERR_INIT;
	int bad;

	if (!rt->node)
		return err_set(err, ERR_ENOENT, "the runtime is missing: packages are compressed with it");
	dir = fs_mkdtemp(a, arena_printf(a, "%s/lode-pack-", tmp && *tmp ? tmp : "/tmp"), err);
	if (!dir)
		return -1;
	bad = fs_write(path_join(a, dir, "in"), data, 0600, err) < 0 || compress_in(a, rt, dir, err) < 0 ||
	      fs_read(a, path_join(a, dir, "out"), MAX_OUTPUT, out, err) < 0;
	(void)!fs_remove_tree(dir, &ignored);
	return bad ? -1 : 0;
}
