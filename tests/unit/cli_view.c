/* SPDX-License-Identifier: MIT
 *
 * What view shows of a document, and the words it takes for sizes, times and colours.
 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "cli/human.h"
#include "cli/inspect.h"
#include "cli/paint.h"
#include "cli/view.h"
#include "test.h"

#define DAY ((int64_t)86400000)

static const char document[] =
	"{\"_id\":\"pink\",\"name\":\"pink\",\"readme\":\"long\",\"dist-tags\":{\"latest\":\"1.0.0\",\"next\":\"2.0.0\"},"
	"\"time\":{\"1.0.0\":\"2020-01-01T00:00:00.000Z\",\"2.0.0\":\"2021-01-01T00:00:00.000Z\"},"
	"\"maintainers\":[{\"name\":\"ann\",\"email\":\"ann@example.test\"}],"
	"\"versions\":{\"2.0.0\":{\"version\":\"2.0.0\",\"dist\":{\"tarball\":\"t2\"}},"
	"\"1.0.0\":{\"version\":\"1.0.0\",\"bin\":{\"pink\":\"x\"},\"dist\":{\"tarball\":\"t1\",\"shasum\":\"s\"}}}}";

static struct view view_of(const char *wanted)
{
	struct err e = ERR_INIT;
	struct view v = {.arena = test_arena(), .document = json_parse(test_arena(), str_from(document), "pink", &e), .id = "pink"};
	CHECK_INT(view_choose(&v, wanted, &e), 0);
	return v;
}

static const char *text_of(const char *wanted, const char *field)
{
	struct err e = ERR_INIT;
	char *fields[] = {(char *)field};
	struct view v = view_of(wanted);
	v.fields = fields;
	v.n_fields = 1;
	return view_text(&v, false, &e);
}

TEST(view_takes_tags_versions_and_ranges)
{
	struct err e = ERR_INIT;
	struct view v = {.arena = test_arena(), .document = json_parse(test_arena(), str_from(document), "pink", &e), .id = "pink"};
	CHECK_STR(text_of("next", "dist.tarball"), "t2");
	CHECK_STR(text_of("1.0.0", "dist.tarball"), "t1");
	CHECK_STR(text_of(">=1", "version"), "pink@2.0.0 '2.0.0'\npink@1.0.0 '1.0.0'");
	CHECK_INT(view_choose(&v, "^7", &e), -1);
	CHECK_INT(e.code, ERR_E404);
	CHECK(strstr(e.notes, "'pink@^7' could not be found"));
}

TEST(view_shows_people_and_lists)
{
	CHECK_STR(text_of("latest", "maintainers"), "ann <ann@example.test>");
	CHECK_STR(text_of("latest", "maintainers.email"), "ann@example.test");
	CHECK_STR(text_of("latest", "versions"), "[ '1.0.0', '2.0.0' ]");
	CHECK_STR(text_of("latest", "readme"), "");
	CHECK_STR(text_of("latest", "nothing.there"), "");
}

TEST(view_page_has_what_there_is)
{
	struct view v = view_of("latest");
	struct paint plain = {test_arena(), false}, colored = {test_arena(), true};
	const char *page = view_page(&v, v.chosen.items[0], &plain, false);
	CHECK(strstr(page, "\npink@1.0.0 | Proprietary | deps: none | versions: 2\n\nbin: pink\n\ndist\n.tarball: t1\n.shasum: s\n"));
	CHECK(strstr(page, "\ndist-tags:\nlatest: 1.0.0\nnext: 2.0.0\n\npublished over a year ago\n"));
	CHECK(strstr(view_page(&v, v.chosen.items[0], &colored, false), "\033[4m\033[36mpink@1.0.0\033[39m\033[24m"));
}

TEST(human_sizes_and_times)
{
	struct arena *a = test_arena();
	CHECK_STR(human_bytes(a, 999, true), "999 B");
	CHECK_STR(human_bytes(a, 1500, false), "1.5kB");
	CHECK_STR(human_bytes(a, 999950, true), "1.0 MB");
	CHECK_STR(human_date(a, 1000, 20000), "just now");
	CHECK_STR(human_date(a, 0, 45 * 60000), "45 minutes ago");
	CHECK_STR(human_date(a, 0, 90 * 60000), "an hour ago");
	CHECK_STR(human_date(a, 0, 10 * DAY), "a week ago");
	CHECK_STR(human_date(a, 40 * DAY, 0), "a month from now");
	CHECK_STR(human_date(a, 0, 800 * DAY), "over a year ago");
}

TEST(inspect_colors_and_long_texts)
{
	struct err e = ERR_INIT;
	struct json *v = json_parse(test_arena(), STR("{\"a-b\":1,\"c\":[null,\"x\"]}"), "v", &e);
	CHECK_STR(inspect_as(test_arena(), v, 2, true),
		  "{ \033[32m'a-b'\033[39m: \033[33m1\033[39m, c: [ \033[1mnull\033[22m, \033[32m'x'\033[39m ] }");
	CHECK_STR(inspect(test_arena(), NULL, 2), "undefined");
}
