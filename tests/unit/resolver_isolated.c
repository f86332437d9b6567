/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "resolver/inventory.h"
#include "resolver/isolated.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"
#include "tests/unit/test.h"

/* What npm makes of the same packages. */
#define HASH_A "QMDd0yxAevbJD09hsd-MlA"
#define HASH_B "wGSBUtXF5bSvziAF-fzM4g"
#define HASH_A "QMDd0yxAevbJD09hsd-MlA"
#define HASH_CIRCLE_B "kgTX5JZK-g-PVbwSLcsVEQ"
#define HASH_ALIKE "k7Jl_zp_FOdkE7oWJXaVRQ"

static struct manifest *manifest(const char *text)
{
	struct err err = ERR_INIT;
	struct manifest *m = manifest_parse(test_arena(), str_from(text), "test", &err);

	CHECK(m != NULL);
	return m;
}

static struct tree *project(const char *text)
{
	struct tree *t = tree_make(test_arena());

	t->root = node_make(t, &(struct node_options){.path = "/p", .manifest = manifest(text)});
	return t;
}

static struct node *put(struct tree *t, const char *location, const char *text)
{
	struct node *n = node_make(t, &(struct node_options){
		.path = arena_printf(test_arena(), "/p/%s", location),
		.manifest = manifest(text),
		.root = t->root,
	});

	n->resolved = arena_printf(test_arena(), "https://example.test/%s.tgz", n->manifest->name);
	n->flags.extraneous = false;
	return n;
}

static struct node *laid(struct tree *t, const char *location)
{
	return inventory_find(t->root, location);
}

static struct tree *isolate(struct tree *t)
{
	struct err err = ERR_INIT;
	struct tree *out = isolated_make(t, 0, &err);

	CHECK_STR(err.text, "");
	return out;
}

TEST(isolated_packages_are_once_in_the_store_with_links_beside_them)
{
	struct tree *t = project("{\"dependencies\":{\"a\":\"1\"}}"), *out;
	const char *store = ISOLATED_STORE "/a@1.0.0-" HASH_A;

	put(t, "node_modules/a", "{\"name\":\"a\",\"version\":\"1.0.0\",\"bin\":\"a.js\",\"dependencies\":{\"b\":\"1\"}}");
	put(t, "node_modules/b", "{\"name\":\"b\",\"version\":\"1.2.0\"}");
	out = isolate(t);
	CHECK_STR(laid(out, "node_modules/a")->realpath, arena_printf(test_arena(), "/p/%s/node_modules/a", store));
	CHECK(laid(out, arena_printf(test_arena(), "%s/node_modules/a", store))->in_store);
	CHECK_STR(laid(out, arena_printf(test_arena(), "%s/node_modules/b", store))->realpath,
		"/p/" ISOLATED_STORE "/b@1.2.0-" HASH_B "/node_modules/b");
	CHECK(!laid(out, "node_modules/b"));
	CHECK_INT(out->root->children.map.count, 4);
	CHECK_INT(isolated_of(laid(out, arena_printf(test_arena(), "%s/node_modules/a", store)))->bins.count, 1);
}

TEST(isolated_circles_end)
{
	struct tree *t = project("{\"dependencies\":{\"a\":\"1\"}}"), *out;

	put(t, "node_modules/a", "{\"name\":\"a\",\"version\":\"1.0.0\",\"dependencies\":{\"b\":\"1\"}}");
	put(t, "node_modules/b", "{\"name\":\"b\",\"version\":\"1.2.0\",\"dependencies\":{\"a\":\"1\"}}");
	out = isolate(t);
	CHECK(laid(out, ISOLATED_STORE "/a@1.0.0-" HASH_A "/node_modules/b"));
	CHECK(laid(out, ISOLATED_STORE "/b@1.2.0-" HASH_CIRCLE_B "/node_modules/a"));
}

/* Lines are in the order of their texts: "x@1.0.1->…" is before "x@1.0.10::…", "x@1.0.1::…" after it. */
TEST(isolated_labels_that_begin_alike_are_sorted_by_whole_lines)
{
	struct tree *t = project("{\"dependencies\":{\"a\":\"1\"}}"), *out;

	put(t, "node_modules/a",
		"{\"name\":\"a\",\"version\":\"1.0.0\",\"dependencies\":{\"x\":\"1\",\"y\":\"npm:x@1\",\"z\":\"npm:x@1\"}}");
	put(t, "node_modules/x", "{\"name\":\"x\",\"version\":\"1.0.1\",\"dependencies\":{\"b\":\"1\"}}");
	put(t, "node_modules/y", "{\"name\":\"x\",\"version\":\"1.0.10\",\"dependencies\":{\"b\":\"1\"}}");
	put(t, "node_modules/z", "{\"name\":\"x\",\"version\":\"1.0.1-rc.1\"}");
	put(t, "node_modules/b", "{\"name\":\"b\",\"version\":\"1.2.0\"}");
	out = isolate(t);
	CHECK(laid(out, ISOLATED_STORE "/a@1.0.0-" HASH_ALIKE "/node_modules/y"));
}

static struct node *workspace(struct tree *t, const char *folder, const char *text)
{
	struct node *n = node_make(t, &(struct node_options){
		.path = arena_printf(test_arena(), "/p/%s", folder), .manifest = manifest(text), .root = t->root});
	struct map *all = t->root->workspaces ? t->root->workspaces : ARENA_NEW(test_arena(), struct map);

	if (!t->root->workspaces)
		map_init(all, test_arena());
	map_put(all, n->manifest->name, (void *)n->path);
	node_set_workspaces(t->root, all);
	node_make(t, &(struct node_options){
		.path = arena_printf(test_arena(), "/p/node_modules/%s", n->manifest->name),
		.realpath = n->path,
		.is_link = true,
		.target = n,
		.root = t->root,
	});
	n->flags.extraneous = false;
	return n;
}

TEST(isolated_workspaces_are_linked_where_they_are_named)
{
	struct tree *t = project("{\"dependencies\":{\"w1\":\"*\"}}"), *out;

	workspace(t, "packages/w1", "{\"name\":\"w1\",\"version\":\"1.0.0\",\"dependencies\":{\"b\":\"1\"}}");
	workspace(t, "packages/w2", "{\"name\":\"w2\",\"version\":\"1.0.0\",\"dependencies\":{\"w1\":\"*\"}}");
	put(t, "node_modules/b", "{\"name\":\"b\",\"version\":\"1.2.0\"}");
	out = isolate(t);
	CHECK_STR(laid(out, "node_modules/w1")->realpath, "/p/packages/w1");
	CHECK(!laid(out, "node_modules/w2") && !laid(out, "node_modules/b"));
	CHECK(isolated_of(laid(out, "packages/w2/node_modules/w2"))->undeclared);
	CHECK_STR(laid(out, "packages/w2/node_modules/w1")->realpath, "/p/packages/w1");
	CHECK_STR(laid(out, "packages/w1/node_modules/b")->realpath,
		"/p/" ISOLATED_STORE "/b@1.2.0-" HASH_B "/node_modules/b");
}

TEST(isolated_bundles_of_the_project_stay_where_they_are)
{
	struct tree *t = project("{\"dependencies\":{\"a\":\"1\"},\"bundleDependencies\":[\"a\"]}"), *out;

	put(t, "node_modules/a", "{\"name\":\"a\",\"version\":\"1.0.0\",\"dependencies\":{\"b\":\"1\"}}");
	put(t, "node_modules/b", "{\"name\":\"b\",\"version\":\"1.2.0\"}");
	out = isolate(t);
	CHECK(!laid(out, "node_modules/a")->is_link && isolated_of(laid(out, "node_modules/a"))->in_bundle);
	CHECK(!laid(out, "node_modules/b")->is_link);
	CHECK_INT(out->root->children.map.count, 2);
}

TEST(isolated_names_that_are_no_folders_are_refused)
{
	static const char *const bad[] = {
		"{\"name\":\"..\",\"version\":\"1.0.0\"}",
		"{\"name\":\".bin\",\"version\":\"1.0.0\"}",
		"{\"name\":\"node_modules\",\"version\":\"1.0.0\"}",
		"{\"name\":\"a\",\"version\":\"1.0.0/../../x\"}",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct tree *t = project("{\"dependencies\":{\"a\":\"*\"}}");
		struct err err = ERR_INIT;

		put(t, "node_modules/a", bad[i]);
		CHECK(!isolated_make(t, 0, &err));
		CHECK_INT(err.code, ERR_EINVALIDPACKAGENAME);
	}
}
