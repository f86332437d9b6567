/* SPDX-License-Identifier: MIT
 *
 * License expressions as SPDX writes them: "MIT", "(Apache-2.0 OR MIT)", "GPL-2.0+ WITH Classpath-exception-2.0".
 */
#pragma once

#include "base/base.h"

struct arena;

enum spdx_kind {
	SPDX_NONE,	/* no valid expression */
	SPDX_LICENSE,	/* one license, though with an exception or "or later" */
	SPDX_COMPOUND,	/* several, with AND or OR */
};

struct spdx {
	enum spdx_kind kind;
	const char *license;	/* SPDX_LICENSE: its identifier alone */
};

struct spdx spdx_parse(struct arena *a, const char *text);	/* NULL is no expression */

/* spdx_ids.c: identifiers between blanks, many to a text; NULL-terminated */
extern const char *const spdx_licenses[], *const spdx_exceptions[];
