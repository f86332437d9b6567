/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "lockfile/asread.h"
#include "lockfile/commit.h"
#include "lockfile/committed.h"
#include "lockfile/lockfile.h"
#include "lockfile/virtual.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"
#include "tests/unit/test.h"

#include <string.h>

/* A project of a package.json and a lockfile, as text. */
struct sample {
	struct lockfile *lock;
	struct tree *tree;
	struct err err;
};

static int load(struct sample *s, const char *package, const char *lock, bool for_ideal)
{
	struct arena *a = test_arena();
	*s = (struct sample){0};
	struct manifest *m = manifest_parse(a, str_from(package), "package.json", &s->err);
	CHECK(m);
	struct lockfile_options o = {.path = "/p", .manifest = m};
	s->lock = lockfile_parse(a, str_from(lock), &o, &s->err);
	if (!s->lock)
		test_fail(__FILE__, __LINE__, "%s", s->err.text);
	s->tree = tree_make(a);
	s->tree->root = node_make(s->tree, &(struct node_options){.path = "/p", .manifest = m, .load_overrides = true});
	node_unset_flags(s->tree->root);
	return virtual_load(s->tree, s->lock, &(struct virtual_options){.for_ideal = for_ideal}, &s->err);
}

static const char *text_of(struct sample *s)
{
	struct buf b = BUF_INIT(1 << 20);
	lockfile_format(test_arena(), &b, s->lock, s->tree, &(struct commit_options){0});
	const char *out = buf_dup(test_arena(), &b);
	buf_release(&b);
	return out;
}

static const struct node *at(const struct sample *s, const char *location)
{
	const struct node *n = inventory_find(s->tree->root, location);
	if (!n)
		test_fail(__FILE__, __LINE__, "nothing at '%s'", location);
	return n;
}

static const char package[] = "{\"name\":\"p\",\"version\":\"1.0.0\",\"dependencies\":{\"a\":\"^1.0.0\",\"dir\":\"file:dir\"},"
			      "\"devDependencies\":{\"al\":\"npm:real@^2.0.0\"}}";
static const char lock_v3[] =
	"{\n"
	"\t\"name\": \"p\",\n"
	"\t\"version\": \"1.0.0\",\n"
	"\t\"lockfileVersion\": 3,\n"
	"\t\"requires\": true,\n"
	"\t\"packages\": {\n"
	"\t\t\"\": {\n"
	"\t\t\t\"name\": \"p\",\n"
	"\t\t\t\"version\": \"1.0.0\",\n"
	"\t\t\t\"dependencies\": {\n"
	"\t\t\t\t\"a\": \"^1.0.0\",\n"
	"\t\t\t\t\"dir\": \"file:dir\"\n"
	"\t\t\t},\n"
	"\t\t\t\"devDependencies\": {\n"
	"\t\t\t\t\"al\": \"npm:real@^2.0.0\"\n"
	"\t\t\t}\n"
	"\t\t},\n"
	"\t\t\"dir\": {\n"
	"\t\t\t\"version\": \"0.1.0\"\n"
	"\t\t},\n"
	"\t\t\"node_modules/a\": {\n"
	"\t\t\t\"version\": \"1.0.0\",\n"
	"\t\t\t\"resolved\": \"https://registry.example.test/a/-/a-1.0.0.tgz\",\n"
	"\t\t\t\"integrity\": \"sha512-x\",\n"
	"\t\t\t\"hasInstallScript\": true,\n"
	"\t\t\t\"license\": \"MIT\",\n"
	"\t\t\t\"dependencies\": {\n"
	"\t\t\t\t\"b\": \"1\"\n"
	"\t\t\t}\n"
	"\t\t},\n"
	"\t\t\"node_modules/a/node_modules/b\": {\n"
	"\t\t\t\"version\": \"1.0.1\",\n"
	"\t\t\t\"resolved\": \"https://registry.example.test/b/-/b-1.0.1.tgz\"\n"
	"\t\t},\n"
	"\t\t\"node_modules/al\": {\n"
	"\t\t\t\"name\": \"real\",\n"
	"\t\t\t\"version\": \"2.0.0\",\n"
	"\t\t\t\"dev\": true\n"
	"\t\t},\n"
	"\t\t\"node_modules/dir\": {\n"
	"\t\t\t\"resolved\": \"dir\",\n"
	"\t\t\t\"link\": true\n"
	"\t\t}\n"
	"\t}\n"
	"}\n";

TEST(virtual_tree_goes_back_to_the_same_bytes)
{
	struct sample s;
	CHECK_INT(load(&s, package, lock_v3, false), 0);
	CHECK(!s.tree->flags_suspect);
	CHECK_STR(text_of(&s), lock_v3);
	CHECK_INT(load(&s, package, lock_v3, true), 0);
	CHECK(s.tree->flags_suspect);
	CHECK_STR(text_of(&s), lock_v3);
}

TEST(virtual_tree_has_nodes_and_links)
{
	struct sample s;
	CHECK_INT(load(&s, package, lock_v3, false), 0);
	CHECK(at(&s, "node_modules/dir")->is_link);
	CHECK(at(&s, "node_modules/dir")->target == at(&s, "dir"));
	CHECK(at(&s, "node_modules/a/node_modules/b")->parent == at(&s, "node_modules/a"));
	CHECK_STR(at(&s, "node_modules/al")->name, "al");
	CHECK_STR(at(&s, "node_modules/al")->manifest->name, "real");
	CHECK(at(&s, "node_modules/al")->flags.dev);
	CHECK(node_edge(at(&s, "node_modules/a"), "b")->to == at(&s, "node_modules/a/node_modules/b"));
}

TEST(virtual_tree_sees_an_edited_package_json)
{
	struct sample s;
	CHECK_INT(load(&s, "{\"name\":\"p\",\"version\":\"1.0.0\",\"dependencies\":{\"a\":\"^1.0.0\"}}", lock_v3, false), 0);
	CHECK(s.tree->flags_suspect);
	CHECK(at(&s, "node_modules/al")->flags.extraneous);
	CHECK(!at(&s, "node_modules/a")->flags.extraneous);
}

TEST(virtual_link_without_target_is_an_error)
{
	struct sample s;
	CHECK_INT(load(&s, "{}", "{\"lockfileVersion\":3,\"packages\":{\"node_modules/x\":{\"resolved\":\"gone\",\"link\":true}}}",
		       false), -1);
	CHECK_STR(err_name(&s.err), "EMISSINGTARGET");
}

TEST(hidden_lockfile_has_no_root)
{
	struct sample s;
	struct buf b = BUF_INIT(1 << 20);
	CHECK_INT(load(&s, package, lock_v3, false), 0);
	lockfile_format_hidden(test_arena(), &b, s.lock, s.tree, &(struct commit_options){0});
	CHECK(strstr(buf_text(&b), "\"packages\": {\n\t\t\"dir\": {"));
	CHECK(strstr(buf_text(&b), "\"name\": \"p\""));
	buf_release(&b);
	CHECK(lockfile_entry(s.lock, ""));
}

static const char *hidden_text(struct sample *s)
{
	struct buf b = BUF_INIT(1 << 20);
	lockfile_format_hidden(test_arena(), &b, s->lock, s->tree, &(struct commit_options){0});
	const char *out = buf_dup(test_arena(), &b);
	buf_release(&b);
	return out;
}

static void keep_text(struct sample *s)
{
	struct buf b = BUF_INIT(1 << 20);
	lockfile_format(test_arena(), &b, s->lock, s->tree, &(struct commit_options){0});
	lockfile_keep_text(s->lock, &b);
	s->lock->committed->text.ptr = buf_dup(test_arena(), &b);
	buf_release(&b);
}

/* The text as it is made from what was kept, and that nothing kept gives the same. */
static const char *both_hidden_texts(struct sample *s)
{
	struct committed *kept = s->lock->committed;
	const char *quick = hidden_text(s);
	s->lock->committed = NULL;
	CHECK_STR(quick, hidden_text(s));
	s->lock->committed = kept;
	return quick;
}

TEST(hidden_lockfile_is_made_of_the_text_of_the_other)
{
	static const char *const gone[] = {"", "dir", "node_modules/a", "node_modules/al", "node_modules/dir"};
	struct sample s;
	for (size_t i = 0; i < ARRAY_LEN(gone); i++) {
		CHECK_INT(load(&s, package, lock_v3, false), 0);
		keep_text(&s);
		if (gone[i][0])
			node_set_root(inventory_find(s.tree->root, gone[i]), NULL);
		const char *text = both_hidden_texts(&s);
		if (gone[i][0])
			CHECK(!strstr(text, arena_printf(test_arena(), "\"%s\": {", gone[i])));
	}
}

TEST(hidden_lockfile_is_made_anew_where_a_package_changed)
{
	struct sample s;
	CHECK_INT(load(&s, package, lock_v3, false), 0);
	keep_text(&s);
	struct node *n = inventory_find(s.tree->root, "node_modules/a");
	n->flags.extraneous = !n->flags.extraneous;
	both_hidden_texts(&s);
	n->flags.extraneous = !n->flags.extraneous;
	n->integrity = "sha512-other";
	CHECK(strstr(both_hidden_texts(&s), "sha512-other"));
	CHECK_INT(load(&s, package, lock_v3, false), 0);
	keep_text(&s);
	s.lock->style.indent = "   ";
	CHECK(strstr(both_hidden_texts(&s), "\n   \"packages\""));
}

TEST(hidden_lockfile_without_entries)
{
	struct sample s;
	CHECK_INT(load(&s, "{}", "{\"lockfileVersion\":3,\"packages\":{\"\":{\"name\":\"x\"}}}", false), 0);
	keep_text(&s);
	CHECK(strstr(both_hidden_texts(&s), "\"packages\": {}"));
}

TEST(commit_can_leave_resolved_out)
{
	struct sample s;
	struct buf b = BUF_INIT(1 << 20);
	CHECK_INT(load(&s, package, lock_v3, false), 0);
	lockfile_format(test_arena(), &b, s.lock, s.tree, &(struct commit_options){.omit_registry_resolved = true});
	CHECK(!strstr(buf_text(&b), "registry.example.test"));
	CHECK(strstr(buf_text(&b), "\"resolved\": \"dir\""));
	buf_release(&b);
}

/* The text of the tree as it is now, from what was read and without it. */
static const char *both_texts(struct sample *s, const struct as_read *r)
{
	s->lock->as_read = r;
	const char *quick = text_of(s);
	s->lock->as_read = NULL;
	CHECK_STR(quick, text_of(s));
	return quick;
}

static bool never(UNUSED const struct node *n)
{
	return false;
}

static struct as_read *note(struct sample *s, const char *lock)
{
	CHECK_INT(load(s, package, lock, true), 0);
	return as_read_note(test_arena(), s->lock, s->tree);
}

TEST(lockfile_as_it_was_read_serves_for_what_stayed)
{
	struct sample s;
	struct as_read *r = note(&s, lock_v3);
	CHECK(r);
	s.lock->as_read = r;
	CHECK_INT(as_read_entry(test_arena(), s.lock, "node_modules/a", inventory_find(s.tree->root, "node_modules/a"))->type, JSON_WRITTEN);
	CHECK(as_read_mark(r, never) && at(&s, "node_modules/al")->in_place);
	CHECK_STR(both_texts(&s, r), lock_v3);

	inventory_find(s.tree->root, "node_modules/al")->flags.dev = false;
	CHECK(!strstr(both_texts(&s, r), "\"dev\": true"));
	inventory_find(s.tree->root, "node_modules/a")->integrity = "sha512-y";
	CHECK(strstr(both_texts(&s, r), "sha512-y"));
	inventory_find(s.tree->root, "node_modules/al")->in_place = false;
	CHECK(!as_read_mark(r, never) && !at(&s, "node_modules/al")->in_place);
	node_set_root(inventory_find(s.tree->root, "node_modules/a/node_modules/b"), NULL);
	CHECK(!strstr(both_texts(&s, r), "node_modules/a/node_modules/b"));
	node_make(s.tree, &(struct node_options){
		.path = "/p/node_modules/aa",
		.root = s.tree->root,
		.manifest = manifest_parse(test_arena(), STR("{\"name\":\"aa\",\"version\":\"3.0.0\"}"), "aa", &s.err),
	});
	CHECK(strstr(both_texts(&s, r), "\t\t\"node_modules/aa\": {\n\t\t\t\"version\": \"3.0.0\""));
}

TEST(lockfile_as_it_was_read_does_not_tell_what_is_optional)
{
	struct sample s;
	const char *dev = strstr(lock_v3, "\"dev\": true");
	const char *lock = arena_printf(test_arena(), "%.*s\"optional\": true%s", (int)(dev - lock_v3), lock_v3, dev + strlen("\"dev\": true"));
	struct as_read *r = note(&s, lock);
	CHECK(r && !as_read_mark(r, never));
	CHECK(!at(&s, "node_modules/a")->in_place);
}

TEST(lockfile_that_lode_did_not_write_is_not_taken_as_it_is)
{
	struct arena *a = test_arena();
	struct sample s;
	char *lock = arena_strdup(a, lock_v3);

	memcpy(strstr(lock, "{\n\t\t\t\"version\": \"0.1.0\"\n\t\t}"), "{\"version\":     \n\n\"0.1.0\" }", 26);
	CHECK(!note(&s, lock));
	lock = arena_strdup(a, lock_v3);
	*strchr(strstr(lock, "lockfileVersion"), '3') = '2';
	CHECK(!note(&s, lock));
	CHECK(!note(&s, "{\"lockfileVersion\":3,\"packages\":{\"node_modules/x\":{\"version\":\"1.0.0\"}}}"));
	CHECK(!note(&s, "{\n\t\"lockfileVersion\": 3,\n\t\"packages\": {\n\t\t\"\": {\n\t\t}"
			",\n\t\t\"node_modules/x\": {\n\t\t\t\"version\": \"1.0.0\"\n\t\t} ,\n\t\t\"node_modules/y\": {\n\t\t}\n\t}\n}\n"));
}

TEST(commit_writes_both_forms_of_v2)
{
	struct sample s;
	char *lock = arena_strdup(test_arena(), lock_v3);
	*strchr(strstr(lock, "lockfileVersion"), '3') = '2';
	CHECK_INT(load(&s, package, lock, false), 0);
	const char *text = text_of(&s);
	CHECK(strstr(text, "\t\"dependencies\": {\n"
			   "\t\t\"a\": {\n"
			   "\t\t\t\"version\": \"1.0.0\",\n"
			   "\t\t\t\"resolved\": \"https://registry.example.test/a/-/a-1.0.0.tgz\",\n"
			   "\t\t\t\"integrity\": \"sha512-x\",\n"
			   "\t\t\t\"requires\": {\n"
			   "\t\t\t\t\"b\": \"1\"\n"
			   "\t\t\t},\n"
			   "\t\t\t\"dependencies\": {\n"
			   "\t\t\t\t\"b\": {\n"
			   "\t\t\t\t\t\"version\": \"1.0.1\",\n"
			   "\t\t\t\t\t\"resolved\": \"https://registry.example.test/b/-/b-1.0.1.tgz\"\n"));
	CHECK(strstr(text, "\"version\": \"npm:real@2.0.0\",\n\t\t\t\"dev\": true"));
	CHECK(strstr(text, "\t\t\"dir\": {\n\t\t\t\"version\": \"file:dir\"\n\t\t}\n"));
}
