/* SPDX-License-Identifier: MIT */
#include "resolver/spdx.h"

#include "base/str.h"
#include "test.h"

static enum spdx_kind kind(const char *text)
{
	return spdx_parse(test_arena(), text).kind;
}

TEST(spdx_expressions)
{
	CHECK_STR(spdx_parse(test_arena(), "(MIT)").license, "MIT");
	CHECK_STR(spdx_parse(test_arena(), "GPL-2.0+").license, "GPL-2.0");
	CHECK_STR(spdx_parse(test_arena(), "GPL-2.0-only WITH Classpath-exception-2.0").license, "GPL-2.0-only");
	CHECK_STR(spdx_parse(test_arena(), "DocumentRef-a:LicenseRef-b").license, "DocumentRef-a:LicenseRef-b");
	CHECK_INT(kind("MIT OR (Apache-2.0 AND ISC)"), SPDX_COMPOUND);
	CHECK_INT(kind("(BSD-2-Clause OR MIT OR Apache-2.0)"), SPDX_COMPOUND);
	CHECK_INT(kind("SEE LICENSE IN x"), SPDX_NONE);
	CHECK_INT(kind("mit"), SPDX_NONE);
	CHECK_INT(kind("MIT OR"), SPDX_NONE);
	CHECK_INT(kind("(MIT"), SPDX_NONE);
	CHECK_INT(kind("MIT WITH MIT"), SPDX_NONE);
	CHECK_INT(kind(""), SPDX_NONE);
	CHECK_INT(kind(NULL), SPDX_NONE);
}
