/* SPDX-License-Identifier: MIT */
#include "install/npmext.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "resolver/ssri.h"

const char *npmext_hash(struct arena *a, const struct npmext *x)
{
	struct buf text = BUF_INIT(x->bytes.len + 64);
	struct err ignored = ERR_INIT;
	struct ssri *s;

	if (!x->path)
		return NULL;
	buf_printf(&text, "npm-extension:v1:%s\n", x->format);
	buf_addstr(&text, x->bytes);
	s = text.failed ? NULL : ssri_from_data(a, buf_str(&text), NULL, NULL, &ignored);
	buf_release(&text);
	return s ? ssri_format(a, s, NULL, 0) : "";
}
