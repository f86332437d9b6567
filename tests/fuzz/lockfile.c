/* SPDX-License-Identifier: MIT
 *
 * Lockfiles: any text is read or refused; what is read, written in a lockfile's order, is read again.
 */
#include "fuzz.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "lockfile/lockfile.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct lockfile_options o = {.path = "/p"};
	struct buf b = BUF_INIT((size_t)1 << 26);
	struct lockfile *lf = lockfile_parse(&a, (struct str){(const char *)data, size}, &o, &err);
	if (lf && lf->loaded) {
		style_format_lock(&a, &b, lf->data, lf->style);
		struct err again = ERR_INIT;
		if (!b.failed && !lockfile_parse(&a, buf_str(&b), &o, &again))
			abort();
	} else if (!lf && err.code == ERR_OK) {
		abort();
	}
	buf_release(&b);
	arena_release(&a);
	return 0;
}
