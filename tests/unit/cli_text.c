/* SPDX-License-Identifier: MIT
 *
 * Texts: suggestions, dates and numbers as JavaScript reads them, values as its console shows them, redaction.
 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/dispatch.h"
#include "cli/inspect.h"
#include "cli/jsvalue.h"
#include "cli/render.h"
#include "cli/settings.h"
#include "test.h"

static const char *shown(const char *text)
{
	struct err e = ERR_INIT;
	return inspect(test_arena(), json_parse(test_arena(), str_from(text), "text", &e), 2);
}

static const char *date(const char *text)
{
	int64_t ms;
	return js_date(text, &ms) ? js_date_iso(test_arena(), ms) : NULL;
}

TEST(suggest_commands_scripts_and_bins)
{
	struct err e = ERR_INIT;
	struct json *pkg = json_parse(test_arena(), STR("{\"scripts\":{\"build\":\"x\",\"start\":\"y\"},\"bin\":{\"tool\":\"z\"}}"),
				      "pkg", &e);
	CHECK_INT(edit_distance("kitten", "sitting"), 3);
	CHECK_INT(edit_distance("", "abc"), 3);
	CHECK_STR(suggest(test_arena(), pkg, "zzzzzz"), "");
	CHECK(strstr(suggest(test_arena(), pkg, "buildd"), "\n\nDid you mean this?\n  lode run build # run the \"build\""));
	CHECK(strstr(suggest(test_arena(), pkg, "toool"), "  lode exec tool # "));
	CHECK(strstr(suggest(test_arena(), NULL, "instll"), "  lode install # "));
}

TEST(commands_by_alias_and_abbreviation)
{
	CHECK_STR(command_find("i")->name, "install");
	CHECK_STR(command_find("installTest")->name, "install-test");
	CHECK_STR(command_find("isntall-cl")->name, "ci");
	CHECK_STR(command_find("uninst")->name, "uninstall");
	CHECK(!command_find("unins-tall"));
	CHECK(!command_find(""));
	for (const struct command *c = command_table; c[0].name && c[1].name; c++)
		CHECK(strcmp(c[0].name, c[1].name) < 0);
	for (const struct command *c = command_table; c->name; c++)
		for (const char *const *p = c->params; p && *p; p++)
			CHECK(setting_find(*p));
}

TEST(settings_are_shown_as_npm_shows_them)
{
	struct arena *a = test_arena();
	CHECK_STR(setting_usage(a, setting_find("global")), "-g|--global");
	CHECK_STR(setting_usage(a, setting_find("audit")), "--no-audit");
	CHECK_STR(setting_usage(a, setting_find("depth")), "--depth <depth>");
	CHECK_STR(setting_usage(a, setting_find("fetch-retries")), "--fetch-retries <number>");
	CHECK_STR(setting_usage(a, setting_find("location")), "-L|--location <global|user|project>");
	CHECK_STR(setting_usage(a, setting_find("omit")), "--omit <dev|optional|peer> [--omit <dev|optional|peer> ...]");
	CHECK_STR(setting_type_text(a, setting_find("depth")), "null or Number");
}

TEST(js_numbers)
{
	double d;
	CHECK(js_number(" 0x10 ", &d) && d == 16);
	CHECK(js_number("", &d) && d == 0);
	CHECK(js_number("-1.5e3", &d) && d == -1500);
	CHECK(js_number(".5", &d) && d == 0.5);
	CHECK(!js_number("1px", &d));
	CHECK(!js_number("e5", &d));
	CHECK(!js_number(".", &d));
}

TEST(js_dates)
{
	CHECK_STR(date("2011-01-25"), "2011-01-25T00:00:00.000Z");
	CHECK_STR(date("2011-01-25T12:30:15.5Z"), "2011-01-25T12:30:15.500Z");
	CHECK_STR(date("2011-01-25T12:30:00+02:00"), "2011-01-25T10:30:00.000Z");
	CHECK_STR(date("2011"), "2011-01-01T00:00:00.000Z");
	CHECK_STR(date("Tue, 25 Jan 2011 12:00:00 GMT"), "2011-01-25T12:00:00.000Z");
	CHECK(!date("tomorrow"));
	CHECK(!date("2011-13-01"));
	CHECK(!date(""));
}

TEST(inspect_breaks_lines_like_the_console)
{
	CHECK_STR(shown("{\"a\":1,\"b-c\":\"d'e\",\"f\":[],\"g\":{},\"h\":null}"),
		  "{ a: 1, 'b-c': \"d'e\", f: [], g: {}, h: null }");
	CHECK_STR(shown("{\"a\":{\"b\":{\"c\":{\"d\":1}}}}"), "{ a: { b: { c: [Object] } } }");
	CHECK_STR(shown("[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\"]"),
		  "[\n  'a', 'b', 'c',\n  'd', 'e', 'f',\n  'g', 'h'\n]");
	CHECK_STR(shown("[1,2,3,4,5,6,7,8,9,10,100]"), "[\n    1, 2, 3, 4,  5,\n    6, 7, 8, 9, 10,\n  100\n]");
}

TEST(render_clean_hides_secrets_and_controls)
{
	struct arena *a = test_arena();
	CHECK_STR(render_clean(a, "get http://u:p@localhost/x"), "get http://u:***@localhost/x");
	CHECK_STR(render_clean(a, "npm_abcdefghijklmnopqrstuvwxyz0123456789 x"), "npm_*** x");
	CHECK_STR(render_clean(a, "id 123e4567-e89b-12d3-a456-426614174000."), "id ***.");
	CHECK_STR(render_clean(a, "a\033[31mb\033]0;t\007c\x01"), "a\033[31mb^[]0;t^Gc^A");
	CHECK_STR(render_clean(a, "http://localhost:80/a@b"), "http://localhost:80/a@b");
}

static const char *npx(const char *line)
{
	struct arena *a = test_arena();
	struct vec in, out, removed;
	const char *text = "";
	vec_init(&in, a);
	vec_init(&out, a);
	vec_init(&removed, a);
	struct str rest = str_from(line);
	while (rest.ptr && rest.len)
		vec_add(&in, (void *)str_dup(a, str_cut(rest, ' ', &rest)));
	npx_words(a, &in, &out, &removed);
	for (size_t i = 0; i < removed.count; i++)
		text = arena_printf(a, "%s[%s] ", text, VEC_AT(&removed, char, i));
	for (size_t i = 0; i < out.count; i++)
		text = arena_printf(a, "%s%s%s", text, i ? " " : "", VEC_AT(&out, char, i));
	return text;
}

TEST(npx_words_end_at_the_first_word)
{
	CHECK_STR(npx("cowsay -g hi"), "exec -- cowsay -g hi");
	CHECK_STR(npx("-y cowsay"), "exec --yes -- cowsay");
	CHECK_STR(npx("-p one --package=two -c run"), "exec --package one --package=two --call run");
	CHECK_STR(npx("--no-install x --y"), "exec --yes=false -- x --y");
	CHECK_STR(npx("--quiet x"), "exec --loglevel warn -- x");
	CHECK_STR(npx("--ignore-existing -n --trace x"), "[ignore-existing] [n] exec -- x");
}
