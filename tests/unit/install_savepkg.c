/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "install/savepkg.h"
#include "tests/unit/test.h"

static struct json *parse(const char *text)
{
	struct err err = ERR_INIT;
	struct json *v = json_parse(test_arena(), str_from(text), "test", &err);
	CHECK(v);
	return v;
}

/* Saves `text` as package.json, updates it, gives what the file holds then. */
static const char *saved(const char *text, const char *content)
{
	struct err err = ERR_INIT;
	struct str out;
	const char *path = path_join(test_arena(), test_dir(), "package.json");
	if (text)
		CHECK_INT(fs_write(path, str_from(text), 0644, &err), 0);
	CHECK_INT(package_save(test_arena(), test_dir(), parse(content), &err), 0);
	CHECK_INT(fs_read(test_arena(), path, FS_MAX_FILE, &out, &err), 0);
	return str_dup(test_arena(), out);
}

TEST(savepkg_keeps_style_and_order)
{
	CHECK_STR(saved("{\r\n\t\"version\": \"1\",\r\n\t\"dependencies\": {\"b\": \"1\"},\r\n\t\"name\": \"n\"\r\n}\r\n",
			"{\"dependencies\":{\"b\":\"2\",\"B\":\"1\",\"a\":\"^1.0.0\"}}"),
		  "{\r\n\t\"version\": \"1\",\r\n\t\"dependencies\": {\r\n\t\t\"a\": \"^1.0.0\",\r\n\t\t\"b\": \"2\",\r\n"
		  "\t\t\"B\": \"1\"\r\n\t},\r\n\t\"name\": \"n\"\r\n}\r\n");
}

TEST(savepkg_drops_empty_lists_and_doubles)
{
	CHECK_STR(saved("{\n  \"dependencies\": {\"a\": \"1\"},\n  \"devDependencies\": {\"d\": \"1\"}\n}\n",
			"{\"dependencies\":{\"o\":\"1\"},\"devDependencies\":{},\"optionalDependencies\":{\"o\":\"1\"}}"),
		  "{\n  \"optionalDependencies\": {\n    \"o\": \"1\"\n  }\n}\n");
}

TEST(savepkg_keeps_what_is_both_peer_and_plain)
{
	CHECK_STR(saved("{\n  \"dependencies\": {\"a\": \"1\"},\n  \"peerDependencies\": {\"a\": \"1\"}\n}\n",
			"{\"dependencies\":{},\"peerDependencies\":{\"a\":\"2\"}}"),
		  "{\n  \"peerDependencies\": {\n    \"a\": \"2\"\n  },\n  \"dependencies\": {\n    \"a\": \"2\"\n  }\n}\n");
}

TEST(savepkg_makes_a_new_file)
{
	CHECK_STR(saved(NULL, "{\"dependencies\":{\"a\":\"1\"}}"), "{\n  \"dependencies\": {\n    \"a\": \"1\"\n  }\n}\n");
}

TEST(savepkg_leaves_an_equal_file_alone)
{
	const char *text = "\n\n{\"a\":1}";
	CHECK_STR(saved(text, "{}"), text);
}

TEST(savepkg_refuses_bad_scripts_and_workspaces)
{
	struct err err = ERR_INIT;
	CHECK(!package_update(test_arena(), parse("{}"), parse("{\"scripts\":{\"a\":1}}"), &err));
	CHECK_STR(err_name(&err), "ESCRIPTSINVALID");
	err_clear(&err);
	CHECK(!package_update(test_arena(), parse("{}"), parse("{\"workspaces\":[1]}"), &err));
	CHECK_STR(err_name(&err), "EWORKSPACESINVALID");
}
