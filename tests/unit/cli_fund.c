/* SPDX-License-Identifier: MIT */
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/vec.h"
#include "cli/fund.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"
#include "tests/unit/test.h"

static struct node *put(struct tree *t, const char *path, const char *text)
{
	struct err err = ERR_INIT;
	struct manifest *m = manifest_parse(test_arena(), str_from(text), "test", &err);

	CHECK(m != NULL);
	return node_make(t, &(struct node_options){.path = path, .manifest = m, .root = t->root});
}

/* plain asks for nothing, what it needs does; one address is named twice. */
static struct tree *make_tree(void)
{
	struct tree *t = tree_make(test_arena());

	t->root = put(t, "/p", "{\"name\":\"root\",\"version\":\"1.0.0\",\"dependencies\":{\"plain\":\"1\",\"asks\":\"1\"}}");
	put(t, "/p/node_modules/plain", "{\"name\":\"plain\",\"version\":\"1.0.0\",\"dependencies\":{\"deep\":\"1\"}}");
	put(t, "/p/node_modules/asks", "{\"name\":\"asks\",\"version\":\"1.0.0\",\"funding\":\"https://one.example\","
				       "\"dependencies\":{\"below\":\"1\",\"bad\":\"1\"}}");
	put(t, "/p/node_modules/deep", "{\"name\":\"deep\",\"version\":\"2.0.0\",\"funding\":"
				       "[{\"type\":\"x\",\"url\":\"https://two.example\"},\"https://three.example\"]}");
	put(t, "/p/node_modules/below", "{\"name\":\"below\",\"version\":\"1.0.0\",\"funding\":\"https://two.example\"}");
	put(t, "/p/node_modules/bad", "{\"name\":\"bad\",\"version\":\"1.0.0\",\"funding\":\"mailto:a@b.example\"}");
	return t;
}

TEST(fund_tree_passes_on_what_lies_below_packages_that_do_not_ask)
{
	struct json *got = fund_read(test_arena(), make_tree()->root, NULL);
	struct buf b = BUF_INIT(1 << 16);

	json_format(&b, got, NULL);
	CHECK_STR(buf_text(&b),
		  "{\"length\":3,\"name\":\"root\",\"version\":\"1.0.0\",\"dependencies\":{"
		  "\"asks\":{\"version\":\"1.0.0\",\"funding\":{\"url\":\"https://one.example\"},\"dependencies\":{"
		  "\"below\":{\"version\":\"1.0.0\",\"funding\":{\"url\":\"https://two.example\"}}}},"
		  "\"deep\":{\"version\":\"2.0.0\",\"funding\":[{\"type\":\"x\",\"url\":\"https://two.example\"},"
		  "{\"url\":\"https://three.example\"}]}}}");
	buf_release(&b);
	CHECK_INT(fund_count(test_arena(), make_tree()->root), 3);
}

TEST(fund_drawing_has_each_address_once)
{
	struct json *tree = fund_read(test_arena(), make_tree()->root, NULL);
	struct buf b = BUF_INIT(1 << 16);

	fund_draw(&b, test_arena(), tree, &(struct fund_look){.unicode = false});
	CHECK_STR(buf_text(&b), "root@1.0.0\n"
				"`-- https://one.example\n"
				"  | `-- asks@1.0.0\n"
				"  `-- https://two.example\n"
				"      `-- below@1.0.0, deep@2.0.0\n");
	buf_release(&b);
}
