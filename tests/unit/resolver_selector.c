/* SPDX-License-Identifier: MIT */
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/vec.h"
#include "resolver/flags.h"
#include "resolver/manifest.h"
#include "resolver/selector.h"
#include "resolver/tree.h"
#include "tests/unit/test.h"

static struct manifest *manifest(const char *text)
{
	struct err err = ERR_INIT;
	struct manifest *m = manifest_parse(test_arena(), str_from(text), "test", &err);

	CHECK(m != NULL);
	return m;
}

static struct node *put(struct tree *t, const char *path, const char *text)
{
	return node_make(t, &(struct node_options){.path = path, .manifest = manifest(text), .root = t->root});
}

static struct tree *make_tree(void)
{
	struct tree *t = tree_make(test_arena());

	t->root = node_make(t, &(struct node_options){
		.path = "/p",
		.manifest = manifest("{\"name\":\"root\",\"dependencies\":{\"a\":\"^1\",\"gone\":\"2\",\"g\":\"github:u/g\"},"
				     "\"devDependencies\":{\"d\":\"1\"}}"),
	});
	put(t, "/p/node_modules/a",
	    "{\"name\":\"a\",\"version\":\"1.2.0\",\"keywords\":[\"X\",\"two words\"],\"engines\":{\"node\":\">=18\"},"
	    "\"contributors\":[{\"name\":\"Ann\"},{\"mail\":[{\"at\":\"x\"}]}],\"dependencies\":{\"@s/b\":\"1\",\"c\":\"2\"}}");
	put(t, "/p/node_modules/@s/b", "{\"name\":\"@s/b\",\"version\":\"1.0.0\",\"private\":true}");
	put(t, "/p/node_modules/c", "{\"name\":\"c\",\"version\":\"1.0.0-rc.1\"}");
	put(t, "/p/node_modules/d", "{\"name\":\"d\",\"version\":\"1.0.0\",\"dependencies\":{\"c\":\"1.0.0-rc.1\"}}");
	put(t, "/p/node_modules/g", "{\"name\":\"g\",\"version\":\"0.1.0\"}");
	flags_reset(t->root);
	flags_calc(t->root, true);
	return t;
}

/* What is found, one after the other: "." is the root, "?name" is not there. */
static const char *found_by(const char *query, const struct selector_feed *feed, struct err *err)
{
	struct arena *a = test_arena();
	struct tree *t = make_tree();
	struct selector *s = selector_parse(a, query, err);
	struct buf b = BUF_INIT(1 << 16);
	struct vec found;

	vec_init(&found, a);
	if (!s || selector_run(&(struct selector_run){.arena = a, .target = t->root, .feed = feed}, s, &found, err) < 0)
		return "";
	for (size_t i = 0; i < found.count; i++) {
		const struct node *n = found.items[i];
		const char *name = !n->path ? n->manifest->name : *n->location ? n->name : ".";

		buf_printf(&b, "%s%s%s", i ? " " : "", n->path ? "" : "?", name);
	}
	const char *out = buf_dup(a, &b);
	buf_release(&b);
	return out;
}

static void check_found(const char *query, const char *want)
{
	struct err err = ERR_INIT;
	const char *got = found_by(query, NULL, &err);

	if (err.code != ERR_OK)
		test_fail(__FILE__, __LINE__, "%s: %s", query, err.text);
	CHECK_STR(got, want);
}

static void check_refused(const char *query, const char *code, const char *text)
{
	struct err err = ERR_INIT;

	CHECK_STR(found_by(query, NULL, &err), "");
	CHECK_STR(err_name(&err), code);
	CHECK_STR(err.text, text);
}

TEST(selector_names_kinds_and_relations)
{
	check_found("*", ". @s/b a c d g");
	check_found("#a, #@s/b", "@s/b a");
	check_found(":root > .prod", "a g");
	check_found(".dev", "c d");
	check_found("#a > *", "@s/b c");
	check_found(":root #c", "c");
	check_found("#a ~ *", "d g");
	check_found(":root > :not(.dev)", "a g");
	check_found(":has(> #c)", "a d");
	check_found(":is(#a, #d) > #c", "c");
	check_found(":missing", "?gone");
	check_found(":root > :missing", "?gone");
	check_found(":invalid", "c g");
	check_found(":deduped", "c");
	check_found(":empty:private", "@s/b");
	check_found(":type(git)", "g");
	check_found(":path(node_modules/@s/*)", "@s/b");
	check_found("", "");
}

TEST(selector_inside_a_list_there_is_no_root)
{
	check_found(":not(:root)", ". @s/b a c d g");
	check_found(":is(:root)", "");
}

TEST(selector_attributes)
{
	check_found("[name=a]", "a");
	check_found("[name='@s/b']", "@s/b");
	check_found("[keywords=x i]", "a");
	check_found("[keywords=x]", "");
	check_found("[keywords~=words]", "a");
	check_found("[version^='1.0']", "@s/b c d");
	check_found("[version$=\"rc.1\"]", "c");
	check_found("[version*=2]", "a");
	check_found("[name|='@s']", "");
	check_found("[private]", "@s/b");
	check_found("[private=true]", "");
	check_found(":attr(engines, [node='>=18'])", "a");
	check_found(":attr(contributors, [name=Ann])", "a");
	check_found(":attr(contributors, mail, [at=x])", "a");
	check_found(":attr(contributors, :attr(mail, :attr([at=x])))", "a");
}

TEST(selector_semver)
{
	check_found(":semver(^1)", "@s/b a d");
	check_found(":semver(1.0.0)", "@s/b d");
	check_found(":semver(>=1.0.0 <1.2.0)", "@s/b d");
	check_found(":semver(1 - 2 || 0.1.x)", "@s/b a d g");
	check_found(":semver(1.0.0, [version], lt)", "c g");
	check_found(":semver(20.0.0, :attr(engines, [node]))", "a");
	check_found(":semver(>=18, :attr(engines, [node]), subset)", "a");
	check_found(":semver(^1, [name=a])", "");
	check_found(":semver()", ". @s/b a c d g");
}

TEST(selector_what_is_none_is_refused)
{
	check_refused(".nope", "EQUERYNODEPTYPE", "`.nope` is not a supported dependency type.");
	check_refused(":nope", "EQUERYNOPSEUDO", "`:nope` is not a supported pseudo selector.");
	check_refused("a", "EQUERYNOSELECTOR", "`tag` is not a supported selector.");
	check_refused(":attr(a, b)", "EQUERYATTR", "`:attr` pseudo-class expects an attribute matcher as the last value");
	check_refused(":semver(what)", "EQUERYINVALIDSEMVER", "`what` is not a valid semver version or range");
	check_refused(":semver(1.0.0, [version], what)", "EQUERYINVALIDOPERATOR", "`semver.what` is not a supported operator.");
	check_refused("[name=", "", "Expected a closing square bracket.");
	check_refused("#a)", "", "Expected an opening parenthesis.");
	check_refused("[name='a]", "", "Unclosed quote");
	check_refused(":vuln([name])", "EQUERYATTR",
		      ":vuln pseudo-class only matches \"severity\" and \"cwe\" attributes");
}

/* ---- What the network knows ---- */

static int versions(UNUSED void *ctx, const char *name, struct vec *out, UNUSED struct err *err)
{
	static const char *const known[] = {"1.0.0", "1.2.0", "1.2.1", "2.0.0"};

	for (size_t i = 0; streq(name, "a") && i < ARRAY_LEN(known); i++)
		vec_add(out, (void *)known[i]);
	return 0;
}

static int advisories(UNUSED void *ctx, const struct json *packages, struct json **out, struct err *err)
{
	CHECK(json_find(packages, "root") == NULL && json_find(packages, "@s/b") == NULL);
	*out = json_parse(test_arena(), STR("{\"a\":[{\"vulnerable_versions\":\"<1.2.1\",\"severity\":\"high\","
					    "\"cwe\":[\"CWE-79\"]}],\"d\":[{\"vulnerable_versions\":\"<1\"}]}"),
			  "test", err);
	return *out ? 0 : -1;
}

TEST(selector_asks_the_feed)
{
	const struct selector_feed feed = {.versions = versions, .advisories = advisories};
	struct err err = ERR_INIT;

	CHECK_STR(found_by(":outdated", &feed, &err), "a");
	CHECK_STR(found_by(":outdated(major)", &feed, &err), "a");
	CHECK_STR(found_by(":outdated(minor)", &feed, &err), "");
	CHECK_STR(found_by(":outdated(in-range)", &feed, &err), "a");
	CHECK_STR(found_by(":vuln", &feed, &err), "a");
	CHECK_STR(found_by(":vuln([severity=high][cwe=79])", &feed, &err), "a");
	CHECK_STR(found_by(":vuln([severity=low], [cwe=80])", &feed, &err), "");
	CHECK_INT(err.code, ERR_OK);
	CHECK(selector_needs_feed(selector_parse(test_arena(), ":not(:outdated)", &err)));
	CHECK(!selector_needs_feed(selector_parse(test_arena(), "#outdated", &err)));
}
