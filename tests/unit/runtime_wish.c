/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "runtime/pin.h"
#include "runtime/wish.h"

static const char *pin_of(struct str text)
{
	struct err err = ERR_INIT;
	struct pin pin;

	if (pin_parse_file(test_arena(), text, ".nvmrc", &pin, &err)) {
		CHECK_STR(err_name(&err), "EINVALIDPIN");
		return "bad";
	}
	return pin.range;
}

TEST(pin_files_name_one_version)
{
	CHECK_STR(pin_of(STR("20.11.0\n")), "20.11.0");
	CHECK_STR(pin_of(STR("v20.11.0")), "20.11.0");
	CHECK_STR(pin_of(STR("20")), "20");
	CHECK_STR(pin_of(STR("v18.2\r\n")), "18.2");
	CHECK_STR(pin_of(STR("\xef\xbb\xbfv22\r\n")), "22");
	CHECK_STR(pin_of(STR("# which Node\n\n  20 # the old one\n\n")), "20");
	CHECK_STR(pin_of(STR(">=18 <21")), ">=18 <21");
	CHECK_STR(pin_of(STR("node-v16.3.0")), "16.3.0");
	CHECK_STR(pin_of(STR("node@22")), "22");
	CHECK_STR(pin_of(STR("lts/*")), "24");
	CHECK_STR(pin_of(STR("lts")), "24");
	CHECK_STR(pin_of(STR("lts/iron")), "20");
	CHECK_STR(pin_of(STR("lts/Hydrogen")), "18");
	CHECK_STR(pin_of(STR("lts/-1")), "22");
	CHECK_STR(pin_of(STR("node")), "*");
	CHECK_STR(pin_of(STR("Latest")), "*");
	CHECK_STR(pin_of(STR("stable")), "*");
}

TEST(pin_files_without_sense_are_refused)
{
	CHECK_STR(pin_of(STR("")), "bad");
	CHECK_STR(pin_of(STR("\n\n# nothing\n")), "bad");
	CHECK_STR(pin_of(STR("lts/nobody")), "bad");
	CHECK_STR(pin_of(STR("lts/-99")), "bad");
	CHECK_STR(pin_of(STR("iojs-2.0.0")), "bad");
	CHECK_STR(pin_of(STR("20\n22\n")), "bad");
	CHECK_STR(pin_of(STR("../../../etc")), "bad");
	CHECK_STR(pin_of(STR("2\0002")), "bad");
	CHECK_STR(pin_of(STR("$(reboot)")), "bad");
}

static const struct wishes *wishes_of(const char *text)
{
	struct wishes *w = ARENA_NEW(test_arena(), struct wishes);
	struct err err = ERR_INIT;

	wishes_add_package(test_arena(), w, json_parse(test_arena(), str_from(text), "test", &err), "/p/package.json");
	wishes_narrow(test_arena(), w);
	return w;
}

TEST(packages_wish_for_runtimes)
{
	const struct wishes *w = wishes_of("{\"engines\":{\"node\":\">=18\"}}");

	CHECK(w->list.count == 1 && wishes_allow(w, "18.0.0") && !wishes_allow(w, "16.0.0"));
	CHECK(wishes_force(w) == WISH_SOFT);
	w = wishes_of("{\"devEngines\":{\"runtime\":{\"name\":\"node\",\"version\":\"22\"}},\"engines\":{\"node\":\">=18\"}}");
	CHECK(w->list.count == 2 && wishes_first(w)->source == WISH_DEV_ENGINES && wishes_force(w) == WISH_HARD);
	CHECK_STR(w->key, "22 & >=18");
	w = wishes_of("{\"devEngines\":{\"runtime\":{\"name\":\"node\",\"version\":\"18\"}},\"engines\":{\"node\":\"18.x\"}}");
	CHECK_STR(w->key, "18");
	CHECK(VEC_AT(&w->list, struct wish, 1)->counts);
	w = wishes_of("{\"devEngines\":{\"runtime\":{\"name\":\"bun\"}}}");
	CHECK(w->list.count == 0 && !w->range);
	w = wishes_of("{\"devEngines\":{\"runtime\":[{\"name\":\"node\",\"version\":\"20\"},{\"name\":\"node\",\"version\":\"22\","
		      "\"onFail\":\"warn\"}]}}");
	CHECK(wishes_allow(w, "20.1.0") && wishes_allow(w, "22.1.0") && !wishes_allow(w, "21.0.0"));
	CHECK(wishes_force(w) == WISH_STAY);
	w = wishes_of("{\"devEngines\":{\"runtime\":{\"name\":\"node\",\"version\":\"22\",\"onFail\":\"error\"}}}");
	CHECK(wishes_force(w) == WISH_ERROR);
	CHECK(wishes_of("{\"engines\":{\"node\":\"what\"}}")->list.count == 0);
	CHECK(wishes_of("{\"engines\":[\"node >= 4\"],\"devEngines\":7}")->list.count == 0);
}

static void put(const char *dir, const char *name, const char *text)
{
	struct err err = ERR_INIT;

	CHECK(!fs_mkdirs(dir, &err) && !fs_write(path_join(test_arena(), dir, name), str_from(text), 0644, &err));
}

static struct wishes *found(const char *dir, const char *root)
{
	struct wishes *w = ARENA_NEW(test_arena(), struct wishes);
	struct err err = ERR_INIT;

	if (wishes_find(test_arena(), dir, root, w, &err))
		test_fail(__FILE__, __LINE__, "%s", err.text);
	return w;
}

TEST(the_first_wish_binds_and_later_ones_narrow)
{
	const char *root = test_dir(), *ws = path_join(test_arena(), root, "packages/a");
	struct wishes *w;

	put(root, "package.json", "{\"engines\":{\"node\":\">=18\"}}");
	put(root, ".nvmrc", "20\n");
	w = found(root, root);
	CHECK(w->list.count == 2 && wishes_force(w) == WISH_HARD);
	CHECK(wishes_allow(w, "20.3.0") && !wishes_allow(w, "18.3.0") && !wishes_allow(w, "26.0.0"));
	put(root, "package.json", "{\"engines\":{\"node\":\"22\"}}");
	w = found(root, root);
	CHECK(wishes_allow(w, "22.3.0") && !wishes_allow(w, "20.3.0") && wishes_force(w) == WISH_SOFT);
	CHECK(!VEC_AT(&w->list, struct wish, 1)->counts);
	CHECK_STR(w->key, "22");
	put(root, ".node-version", "22.1.0\n");
	w = found(root, root);
	CHECK(w->list.count == 3 && wishes_allow(w, "22.1.0") && !wishes_allow(w, "22.3.0"));
	/* A workspace's own words first, then the project's. */
	put(ws, "package.json", "{\"engines\":{\"node\":\"24\"}}");
	w = found(ws, root);
	CHECK(wishes_allow(w, "24.0.0") && !wishes_allow(w, "22.1.0"));
	put(ws, ".nvmrc", "24.2.0");
	CHECK(!wishes_allow(found(ws, root), "24.0.0") && wishes_allow(found(ws, root), "24.2.0"));
	put(ws, "package.json", "{}");
	CHECK(wishes_allow(found(ws, root), "22.1.0"));
}

TEST(alternatives_narrow_each_other)
{
	const char *root = path_join(test_arena(), test_dir(), "alternatives");
	struct wishes *w;

	put(root, "package.json", "{\"engines\":{\"node\":\"^20.9 || >=22\"}}");
	put(root, ".nvmrc", "20 || 24");
	w = found(root, root);
	CHECK(wishes_allow(w, "20.10.0") && wishes_allow(w, "24.0.0"));
	CHECK(!wishes_allow(w, "20.1.0") && !wishes_allow(w, "22.0.0"));
}
