/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"
#include "resolver/inventory.h"
#include "resolver/isolated.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"
#include "tests/unit/test.h"

#include <string.h>

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
	n->integrity = arena_printf(test_arena(), "sha512-%s", n->manifest->name);
	n->flags.extraneous = false;
	return n;
}

static bool is_called(struct node *n, void *ctx)
{
	return streq(n->name, ctx);
}

/* The tree that is laid, shared but for the package that is called `own`. */
static struct tree *shared(struct tree *t, const char *own)
{
	struct err err = ERR_INIT;
	struct tree *out = isolated_make(t, 0, &err);

	CHECK(out != NULL);
	isolated_share(out, is_called, (void *)own);
	return out;
}

/* The name of the only package of that name in the store; NULL: it is the project's own. */
static const char *name_of(struct tree *laid, const char *name)
{
	for (struct map_entry *i = map_first(&laid->root->children.map); i; i = map_next(&laid->root->children.map, i)) {
		const struct node *n = i->value;

		if (!n->is_link && streq(n->name, name)) {
			CHECK_INT(n->shared, isolated_of(n)->shared != NULL);
			return isolated_of(n)->shared;
		}
	}
	test_fail(__FILE__, __LINE__, "no %s", name);
}

#define ROOT "{\"name\":\"p\",\"version\":\"1.0.0\",\"dependencies\":"
#define A_NEEDS_B "{\"name\":\"a\",\"version\":\"1.0.0\",\"dependencies\":{\"b\":\"1\"}}"
#define B_NEEDS_A "{\"name\":\"b\",\"version\":\"1.0.0\",\"dependencies\":{\"a\":\"1\"}}"
#define B "{\"name\":\"b\",\"version\":\"1.0.0\"}"

static struct tree *a_and_b(const char *root, const char *b)
{
	struct tree *t = project(root);

	put(t, "node_modules/a", A_NEEDS_B);
	put(t, "node_modules/b", b);
	return t;
}

TEST(isolated_share_names_are_the_same_in_every_project)
{
	struct tree *one = shared(a_and_b(ROOT "{\"a\":\"1\"}}", B), "");
	struct tree *other = shared(a_and_b("{\"name\":\"q\",\"dependencies\":{\"b\":\"1\",\"a\":\"*\"}}", B), "");

	CHECK_INT(strlen(name_of(one, "a")), 26);
	CHECK(!streq(name_of(one, "a"), name_of(one, "b")));
	CHECK_STR(name_of(one, "a"), name_of(other, "a"));
	CHECK_STR(name_of(one, "b"), name_of(other, "b"));
}

TEST(isolated_share_names_say_what_a_package_leads_to)
{
	struct tree *t = a_and_b(ROOT "{\"a\":\"1\"}}", B), *u = a_and_b(ROOT "{\"a\":\"1\"}}", B);
	struct tree *before = shared(t, ""), *after;

	inventory_find(u->root, "node_modules/b")->integrity = "sha512-other";
	after = shared(u, "");
	CHECK(!streq(name_of(before, "b"), name_of(after, "b")));
	CHECK(!streq(name_of(before, "a"), name_of(after, "a")));
	after = shared(a_and_b(ROOT "{\"a\":\"1\"}}", "{\"name\":\"b\",\"version\":\"1.0.0\",\"bin\":\"b.js\"}"), "");
	CHECK(!streq(name_of(before, "b"), name_of(after, "b")));
	after = shared(a_and_b(ROOT "{\"a\":\"1\"}}", "{\"name\":\"b\",\"version\":\"1.0.1\"}"), "");
	CHECK(!streq(name_of(before, "a"), name_of(after, "a")));
}

TEST(isolated_share_what_is_the_projects_own_spreads_to_what_depends_on_it)
{
	struct tree *t = shared(a_and_b(ROOT "{\"a\":\"1\"}}", B), "b");

	CHECK(!name_of(t, "a") && !name_of(t, "b"));
	t = shared(a_and_b(ROOT "{\"a\":\"1\"}}", B), "a");
	CHECK(!name_of(t, "a") && name_of(t, "b"));
	t = shared(a_and_b(ROOT "{\"a\":\"1\"}}", B_NEEDS_A), "b");
	CHECK(!name_of(t, "a") && !name_of(t, "b"));
}

TEST(isolated_share_circles_have_names_wherever_one_comes_in)
{
	struct tree *from_a = shared(a_and_b(ROOT "{\"a\":\"1\"}}", B_NEEDS_A), "");
	struct tree *from_b = shared(a_and_b(ROOT "{\"b\":\"1\"}}", B_NEEDS_A), "");
	struct tree *changed = a_and_b(ROOT "{\"b\":\"1\"}}", B_NEEDS_A);

	CHECK(!streq(name_of(from_a, "a"), name_of(from_a, "b")));
	CHECK_STR(name_of(from_a, "a"), name_of(from_b, "a"));
	CHECK_STR(name_of(from_a, "b"), name_of(from_b, "b"));
	CHECK(!streq(name_of(from_a, "b"), name_of(shared(a_and_b(ROOT "{\"b\":\"1\"}}", B), ""), "b")));
	inventory_find(changed->root, "node_modules/a")->integrity = "sha512-other";
	changed = shared(changed, "");
	CHECK(!streq(name_of(from_a, "a"), name_of(changed, "a")));
	CHECK(!streq(name_of(from_a, "b"), name_of(changed, "b")));
}

/* A circle of three, where only the last one shows a difference two links away. */
TEST(isolated_share_circles_see_all_around)
{
	const char *names[2][3];

	for (int i = 0; i < 2; i++) {
		struct tree *t = project(ROOT "{\"x\":\"1\"}}");
		struct tree *out;

		put(t, "node_modules/x", "{\"name\":\"x\",\"version\":\"1.0.0\",\"dependencies\":{\"y\":\"1\"}}");
		put(t, "node_modules/y", "{\"name\":\"y\",\"version\":\"1.0.0\",\"dependencies\":{\"z\":\"1\"}}");
		put(t, "node_modules/z", i ? "{\"name\":\"z\",\"version\":\"1.0.0\",\"dependencies\":{\"x\":\"1\",\"b\":\"1\"}}" :
			"{\"name\":\"z\",\"version\":\"1.0.0\",\"dependencies\":{\"x\":\"1\"}}");
		put(t, "node_modules/b", B);
		out = shared(t, "");
		names[i][0] = name_of(out, "x");
		names[i][1] = name_of(out, "y");
		names[i][2] = name_of(out, "z");
	}
	for (int k = 0; k < 3; k++)
		CHECK(!streq(names[0][k], names[1][k]));
}

TEST(isolated_share_of_what_was_left_out_is_taken_back)
{
	struct tree *t = shared(a_and_b(ROOT "{\"a\":\"1\"}}", B), "");
	struct vec own;

	for (struct map_entry *i = map_first(&t->root->children.map); i; i = map_next(&t->root->children.map, i)) {
		struct node *n = i->value;

		n->inert = streq(n->name, "b");
	}
	vec_init(&own, test_arena());
	isolated_unshare(t, is_called, (void *)"nobody", &own);
	CHECK_INT(own.count, 1);
	CHECK_STR(VEC_AT(&own, struct node, 0)->name, "a");
	CHECK(!name_of(t, "a") && !name_of(t, "b"));
}
