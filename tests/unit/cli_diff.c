/* SPDX-License-Identifier: MIT */
#include "cli/diff.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "test.h"

static void add(struct diff_side *side, const char *name, const char *mode, const char *text)
{
	struct diff_file *f = ARENA_NEW(test_arena(), struct diff_file);
	*f = (struct diff_file){name, mode, str_from(text)};
	vec_add(&side->files, f);
}

static const char *diffed(struct diff_side sides[2], const struct diff_look *look)
{
	struct buf out = BUF_INIT(1 << 20);
	diff_write(&out, test_arena(), (const struct diff_side *[]){&sides[0], &sides[1]}, look);
	const char *text = buf_dup(test_arena(), &out);
	buf_release(&out);
	return text;
}

TEST(diff_is_of_changed_files_only)
{
	struct diff_look look = {.old_prefix = "a/", .new_prefix = "b/", .version_prefix = "v", .context = 3};
	struct diff_side sides[2] = {{.version = "1.0.0"}, {.version = "2.0.0"}};
	vec_init(&sides[0].files, test_arena());
	vec_init(&sides[1].files, test_arena());
	add(&sides[0], "same.js", "100644", "x\n");
	add(&sides[0], "run.js", "100644", "x\n");
	add(&sides[0], "x.png", "100644", "1");
	add(&sides[1], "x.png", "100644", "2");
	add(&sides[1], "same.js", "100644", "x\n");
	add(&sides[1], "run.js", "100755", "  y\n");
	add(&sides[1], "new.js", "100644", "z");
	CHECK_STR(diffed(sides, &look),
		  "diff --git a/run.js b/run.js\nold mode 100644\nnew mode 100755\nindex v1.0.0..v2.0.0 \n--- a/run.js\n+++ b/run.js\n"
		  "@@ -1,1 +1,1 @@\n-x\n+  y\n"
		  "diff --git a/x.png b/x.png\nindex v1.0.0..v2.0.0 100644\n--- a/x.png\n+++ b/x.png\n"
		  "diff --git a/new.js b/new.js\nnew file mode 100644\nindex v1.0.0..v2.0.0 \n--- a/new.js\n+++ b/new.js\n"
		  "@@ -0,0 +1,1 @@\n+z\n\\ No newline at end of file\n");
	look.names_only = true;
	CHECK_STR(diffed(sides, &look), "run.js\nx.png\nnew.js\n");
	look.names_only = false;
	look.color = true;
	CHECK(strstr(diffed(sides, &look), "\033[36m@@ -1,1 +1,1 @@\033[39m\n\033[31m-x\033[39m\n\033[32m+  y\033[39m\n"));
}

TEST(diff_of_binaries_by_name)
{
	CHECK(diff_is_binary(test_arena(), "docs/a.woff2"));
	CHECK(diff_is_binary(test_arena(), ".DS_Store"));
	CHECK(!diff_is_binary(test_arena(), "index.js"));
	CHECK(!diff_is_binary(test_arena(), "LICENSE"));
	CHECK(!diff_is_binary(test_arena(), "a."));
}
