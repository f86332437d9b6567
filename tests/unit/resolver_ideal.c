/* SPDX-License-Identifier: MIT
 *
 * Trees for small made-up registries, as npm 12.2 makes them (resolver_ideal.json), whatever the order of the answers.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "resolver/ideal.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/packument.h"
#include "resolver/tree.h"
#include "tests/unit/test.h"

#define MAX_FILE ((size_t)16 << 20)

enum order { FIRST_COME, LAST_COME, ONLY_REQUIRED };

struct world {
	struct arena *arena;
	const struct json *registry;
	enum order order;
};

static struct json *version_doc(struct arena *a, const char *name, const struct json_member *v)
{
	struct json *doc = json_copy(a, v->value), *dist = json_object(a);

	json_put_text(a, dist, "tarball", arena_printf(a, "http://registry.example.test/%s-%s.tgz", name, v->key));
	json_put_text(a, dist, "integrity", arena_printf(a, "sha512-%s@%s", name, v->key));
	json_put_text(a, doc, "name", name);
	json_put_text(a, doc, "version", v->key);
	json_put(a, doc, "dist", dist);
	return doc;
}

static struct packument *packument_of(struct arena *a, const char *name, const struct json *entry)
{
	static const struct packument_meta meta = {.url = "http://registry.example.test/", .max_age = -1};
	struct json *doc = json_object(a), *tags = json_object(a), *versions = json_object(a);
	const struct json *all = json_find(entry, "versions");
	struct packument *p = ARENA_NEW(a, struct packument);
	struct buf text = BUF_INIT(MAX_FILE), block = BUF_INIT(MAX_FILE);
	struct err err = ERR_INIT;

	json_put_text(a, tags, "latest", json_find_text(entry, "latest"));
	for (uint32_t i = 0; i < json_count(all); i++)
		json_put(a, versions, all->members[i].key, version_doc(a, name, &all->members[i]));
	json_put_text(a, doc, "name", name);
	json_put(a, doc, "dist-tags", tags);
	json_put(a, doc, "versions", versions);
	json_format(&text, doc, NULL);
	CHECK_INT(packument_index(&block, buf_str(&text), &meta, name, &err), 0);
	CHECK(packument_open(p, str_dup(a, buf_str(&block)), block.len));
	buf_release(&text);
	buf_release(&block);
	return p;
}

static void answer(const struct world *w, struct ideal *id, struct ideal_need *need)
{
	const struct json *entry = json_find(w->registry, need->name);
	struct ideal_answer got = {0};

	CHECK_INT(need->kind, NEED_PACKUMENT);
	if (entry)
		got.packument = packument_of(w->arena, need->name, entry);
	else
		err_set(&got.err, ERR_E404, "%s is not in this registry", need->name);
	ideal_feed(id, need, &got);
}

/* Answers what is open: all in the order asked, the newest only, or only what the resolver is stopped at. */
static void answer_some(const struct world *w, struct ideal *id, struct vec *open)
{
	for (size_t i = 0; w->order == FIRST_COME && i < open->count; i++)
		answer(w, id, open->items[i]);
	if (w->order == FIRST_COME) {
		vec_clear(open);
		return;
	}
	if (w->order == LAST_COME) {
		answer(w, id, vec_pop(open));
		return;
	}
	for (size_t i = 0; i < open->count; i++) {
		struct ideal_need *need = open->items[i];

		if (!need->required)
			continue;
		vec_remove_at(open, i);
		answer(w, id, need);
		return;
	}
	test_fail(__FILE__, __LINE__, "stopped, and nothing is required");
}

static struct tree *resolve(const struct world *w, const struct json *package, struct err *err)
{
	struct ideal_options options = {.node_version = "26.10.0", .npm_version = "12.2.0", .os = "linux", .cpu = "x64",
					.libc = "glibc", .host_os = "linux", .host_cpu = "x64", .host_libc = "glibc"};
	struct tree *t = tree_make(w->arena);
	enum ideal_state state;
	struct ideal_needs needs;
	struct ideal *id;
	struct vec open;

	vec_init(&open, w->arena);
	t->root = node_make(t, &(struct node_options){
		.path = "/p",
		.manifest = manifest_from_json(w->arena, json_copy(w->arena, package)),
		.load_overrides = true,
	});
	id = ideal_open(t, &options);
	while ((state = ideal_step(id, &needs, err)) == IDEAL_NEEDS) {
		for (size_t i = 0; i < needs.count; i++)
			vec_add(&open, needs.items[i]);
		answer_some(w, id, &open);
	}
	ideal_close(id);
	return state == IDEAL_DONE ? t : NULL;
}

static const char *describe(struct arena *a, const struct node *n)
{
	if (n->is_link)
		return "link";
	if (n->flags.extraneous)
		return arena_printf(a, "%s extraneous", node_version(n));
	return arena_printf(a, "%s%s%s%s%s", node_version(n), n->flags.dev ? " dev" : "", n->flags.optional ? " optional" : "",
			    n->flags.dev_optional ? " devOptional" : "", n->flags.peer ? " peer" : "");
}

static void check_tree(const char *name, const struct tree *t, const struct json *want)
{
	size_t extra = 0;

	for (uint32_t i = 0; i < json_count(want); i++) {
		const struct node *n = inventory_find(t->root, want->members[i].key);
		const char *got = n ? describe(t->arena, n) : "nothing";

		if (!streq(got, json_text(want->members[i].value)))
			test_fail(__FILE__, __LINE__, "case %s: %s is %s, npm has %s", name, want->members[i].key, got,
				  json_text(want->members[i].value));
	}
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		const struct node *n = i->value;

		/* what could not be found at all is not in a lockfile */
		if (!node_is_root(n) && !(n->inert && !node_version(n)[0]) && !json_find(want, i->key))
			extra++;
	}
	if (extra)
		test_fail(__FILE__, __LINE__, "case %s: %zu more than npm has", name, extra);
}

static void check_case(struct arena *a, const struct json *c, enum order order)
{
	struct world w = {a, json_find(c, "registry"), order};
	const char *name = json_find_text(c, "name"), *error = json_find_text(c, "error");
	struct err err = ERR_INIT;
	struct tree *t = resolve(&w, json_find(c, "package"), &err);

	if (error && (t || !streq(err_name(&err), error)))
		test_fail(__FILE__, __LINE__, "case %s: %s instead of %s", name, t ? "a tree" : err_name(&err), error);
	if (!error && !t)
		test_fail(__FILE__, __LINE__, "case %s: %s: %s", name, err_name(&err), err.text);
	if (t)
		check_tree(name, t, json_find(c, "tree"));
}

static void check_all(enum order order)
{
	struct arena file = ARENA_INIT;
	struct err err = ERR_INIT;
	struct str text;
	struct json *cases;

	CHECK_INT(fs_read(&file, FIXTURES "/../tests/unit/resolver_ideal.json", MAX_FILE, &text, &err), 0);
	cases = json_parse(&file, text, "cases", &err);
	CHECK(json_count(cases) > 0);
	for (uint32_t i = 0; i < cases->count; i++) {
		struct arena a = ARENA_INIT;

		check_case(&a, cases->items[i], order);
		arena_release(&a);
	}
	arena_release(&file);
}

TEST(ideal_trees_are_npms)
{
	check_all(FIRST_COME);
}

TEST(ideal_trees_do_not_depend_on_the_order_of_answers)
{
	check_all(LAST_COME);
	check_all(ONLY_REQUIRED);
}
