/* SPDX-License-Identifier: MIT */
#include "base/err.h"
#include "base/json.h"
#include "resolver/flags.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"
#include "tests/unit/test.h"

static struct manifest *manifest(const char *text)
{
	struct err err = ERR_INIT;
	struct manifest *m = manifest_parse(test_arena(), str_from(text), "test", &err);

	CHECK(m != NULL);
	return m;
}

static struct tree *tree_of(const char *root)
{
	struct tree *t = tree_make(test_arena());

	t->root = node_make(t, &(struct node_options){.path = "/p", .manifest = manifest(root), .load_overrides = true});
	return t;
}

static struct node *put(struct tree *t, const char *path, const char *text)
{
	return node_make(t, &(struct node_options){.path = path, .manifest = manifest(text), .root = t->root});
}

TEST(tree_finds_parents_by_path_in_any_order)
{
	struct tree *t = tree_of("{\"dependencies\":{\"a\":\"^1\"}}");
	struct node *b = put(t, "/p/node_modules/a/node_modules/b", "{\"name\":\"b\",\"version\":\"2.0.0\"}");
	struct node *a = put(t, "/p/node_modules/a",
			     "{\"name\":\"a\",\"version\":\"1.0.0\",\"dependencies\":{\"b\":\"2\",\"@s/c\":\"1\"}}");
	struct node *c = put(t, "/p/node_modules/@s/c", "{\"name\":\"@s/c\",\"version\":\"2.0.0\"}");

	CHECK(b->parent == a && a->parent == t->root && c->parent == t->root);
	CHECK_STR(b->location, "node_modules/a/node_modules/b");
	CHECK(node_edge(t->root, "a")->to == a);
	CHECK_INT(edge_error(node_edge(t->root, "a")), EDGE_OK);
	CHECK_INT(edge_error(node_edge(a, "b")), EDGE_OK);
	CHECK(node_edge(a, "@s/c")->to == c);
	CHECK_INT(edge_error(node_edge(a, "@s/c")), EDGE_INVALID);
	CHECK_INT(inventory_count(t->root), 4);
	CHECK_INT(node_depth(b), 2);
}

TEST(tree_a_node_taken_out_breaks_the_edges_to_it)
{
	struct tree *t = tree_of("{\"dependencies\":{\"a\":\"^1\"},\"optionalDependencies\":{\"o\":\"1\"}}");
	struct node *a = put(t, "/p/node_modules/a", "{\"name\":\"a\",\"version\":\"1.0.0\"}");

	node_set_parent(a, NULL);
	CHECK_INT(edge_error(node_edge(t->root, "a")), EDGE_MISSING);
	CHECK_INT(edge_error(node_edge(t->root, "o")), EDGE_OK);
	CHECK_INT(inventory_count(t->root), 1);
	CHECK(node_is_root(a));
	node_set_parent(a, t->root);
	CHECK_INT(edge_error(node_edge(t->root, "a")), EDGE_OK);
}

TEST(tree_replacing_keeps_the_children)
{
	struct tree *t = tree_of("{\"dependencies\":{\"a\":\"*\"}}");
	struct node *a = put(t, "/p/node_modules/a", "{\"name\":\"a\",\"version\":\"1.0.0\"}");
	struct node *b = put(t, "/p/node_modules/a/node_modules/b", "{\"name\":\"b\",\"version\":\"2.0.0\"}");
	struct node *a2 = node_make(t, &(struct node_options){.name = "a",
						.manifest = manifest("{\"name\":\"a\",\"version\":\"2.0.0\"}")});

	node_replace(a2, a);
	CHECK(b->parent == a2);
	CHECK(node_child(t->root, "a") == a2);
	CHECK_STR(a2->location, "node_modules/a");
	CHECK(node_edge(t->root, "a")->to == a2);
	CHECK_INT(inventory_count(t->root), 3);
}

TEST(tree_links_find_their_targets_and_are_workspaces)
{
	struct tree *t = tree_of("{\"name\":\"r\"}");
	struct map ws;
	struct node *w, *link;

	map_init(&ws, test_arena());
	map_put(&ws, "w", "/p/packages/w");
	node_set_workspaces(t->root, &ws);
	CHECK_INT(edge_error(node_edge(t->root, "w")), EDGE_MISSING);
	w = put(t, "/p/packages/w", "{\"name\":\"w\",\"version\":\"1.0.0\",\"devDependencies\":{\"d\":\"1\"}}");
	link = node_make(t, &(struct node_options){.path = "/p/node_modules/w", .realpath = "/p/packages/w",
						   .is_link = true, .target = w});
	CHECK(link->target == w && w->fs_parent == t->root && link->parent == t->root);
	CHECK_INT(edge_error(node_edge(t->root, "w")), EDGE_OK);
	CHECK(node_is_workspace(w) && node_is_workspace(link));
	CHECK_STR(node_resolved(link), "file:../packages/w");
	CHECK_INT(edge_error(node_edge(w, "d")), EDGE_MISSING);
	CHECK(node_resolve(w, "w") == link);
}

TEST(tree_flags_tell_how_a_node_is_reached)
{
	struct tree *t = tree_of("{\"dependencies\":{\"a\":\"1\"},\"devDependencies\":{\"d\":\"1\"},"
				 "\"optionalDependencies\":{\"o\":\"1\"}}");
	struct node *a = put(t, "/p/node_modules/a", "{\"name\":\"a\",\"version\":\"1.0.0\",\"peerDependencies\":{\"p\":\"1\"}}");
	struct node *d = put(t, "/p/node_modules/d", "{\"name\":\"d\",\"version\":\"1.0.0\",\"dependencies\":{\"x\":\"1\"}}");
	struct node *o = put(t, "/p/node_modules/o", "{\"name\":\"o\",\"version\":\"1.0.0\",\"dependencies\":{\"x\":\"1\"}}");
	struct node *p = put(t, "/p/node_modules/p", "{\"name\":\"p\",\"version\":\"1.0.0\"}");
	struct node *x = put(t, "/p/node_modules/x", "{\"name\":\"x\",\"version\":\"1.0.0\"}");
	struct node *e = put(t, "/p/node_modules/e", "{\"name\":\"e\",\"version\":\"1.0.0\"}");

	flags_calc(t->root, true);
	CHECK(!a->flags.dev && !a->flags.optional && !a->flags.peer && !a->flags.extraneous);
	CHECK(d->flags.dev && !d->flags.optional && o->flags.optional && !o->flags.dev);
	CHECK(p->flags.peer && !p->flags.dev);
	CHECK(x->flags.dev_optional && !x->flags.dev && !x->flags.optional);
	CHECK(e->flags.extraneous);
}

TEST(tree_overrides_reach_what_is_below)
{
	struct tree *t = tree_of("{\"dependencies\":{\"a\":\"1\"},\"overrides\":{\"a\":{\"b\":\"3\"}}}");
	struct node *a = put(t, "/p/node_modules/a", "{\"name\":\"a\",\"version\":\"1.0.0\",\"dependencies\":{\"b\":\"1\"}}");

	CHECK_STR(edge_spec(node_edge(a, "b")), "3");
	put(t, "/p/node_modules/b", "{\"name\":\"b\",\"version\":\"3.1.0\"}");
	CHECK_INT(edge_error(node_edge(a, "b")), EDGE_OK);
}
