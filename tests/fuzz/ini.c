/* SPDX-License-Identifier: MIT
 *
 * .npmrc files: any text is read, and what is read can be written and read again.
 */
#include "fuzz.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "cli/ini.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT((size_t)1 << 24);
	ini_format(&b, &a, ini_parse(&a, (struct str){(const char *)data, size}));
	if (!b.failed)
		(void)ini_parse(&a, buf_str(&b));
	buf_release(&b);
	arena_release(&a);
	return 0;
}
