/* SPDX-License-Identifier: MIT
 *
 * search, in the registry's words.
 */
#include <ctype.h>
#include <regex.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/url.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/jsvalue.h"
#include "cli/online.h"
#include "cli/paint.h"
#include "cli/render.h"
#include "cli/runs.h"

#define MAX_TEXT ((size_t)1 << 24)

struct searcher {
	struct cli *cli;
	struct arena *arena;
	struct vec words;	/* lower-case */
	struct vec by_length;	/* the same, shortest first */
	struct paint paint;
};

/* ---- asking ---- */

/* One of searchopts' "name=value&…". */
static const char *option(const struct searcher *s, const char *name)
{
	const char *all = config_text(s->cli->config, "searchopts"), *found = NULL;
	struct str rest = str_from(all);
	while (rest.ptr) {
		struct str value, pair = str_cut(rest, '&', &rest), key = str_cut(pair, '=', &value);
		if (str_is(key, name) && value.ptr)
			found = url_decode_component(s->arena, str_dup(s->arena, value));
	}
	return found;
}

static const char *weight(const struct searcher *s, const char *name, const char *usual)
{
	static const char *const sorts[] = {"quality", "popularity", "maintenance"};
	const char *by = option(s, "sortBy"), *own = option(s, name);
	if (streq(by, "optimal"))
		return usual;
	for (size_t i = 0; by && i < ARRAY_LEN(sorts); i++)
		if (streq(by, sorts[i]))
			return streq(by, name) ? "1" : "0";
	return own ? own : usual;
}

/* As a form sends it: blanks are plus signs. */
static const char *form_text(const struct searcher *s, const char *text)
{
	text = url_encode_component(s->arena, text);
	text = cstr_replace(s->arena, cstr_replace(s->arena, text, "%20", "+"), "!", "%21");
	text = cstr_replace(s->arena, cstr_replace(s->arena, text, "'", "%27"), "(", "%28");
	return cstr_replace(s->arena, cstr_replace(s->arena, text, ")", "%29"), "~", "%7E");
}

static const char *query_path(const struct searcher *s)
{
	struct buf text = BUF_INIT(MAX_TEXT);
	const char *from = option(s, "from");
	for (size_t i = 0; i < s->words.count; i++)
		buf_printf(&text, "%s%s", i ? " " : "", (const char *)s->words.items[i]);
	const char *path = arena_printf(s->arena, "/-/v1/search?text=%s&size=%.0f&from=%s&quality=%s&popularity=%s&maintenance=%s",
					form_text(s, buf_text(&text)), config_number(s->cli->config, "searchlimit", 20),
					from ? from : "0", weight(s, "quality", "0.65"), weight(s, "popularity", "0.98"),
					weight(s, "maintenance", "0.5"));
	buf_release(&text);
	return path;
}

/* ---- leaving out ---- */

static void add_word(struct buf *b, const char *text)
{
	if (text && *text)
		buf_printf(b, "%s%s", b->len ? " " : "", text);
}

static const char *all_words(const struct searcher *s, const struct json *pkg)
{
	const struct json *people = json_find(pkg, "maintainers"), *keywords = json_find(pkg, "keywords");
	struct buf b = BUF_INIT(MAX_TEXT);
	add_word(&b, json_find_text(pkg, "name"));
	for (uint32_t i = 0; i < json_count(people); i++)
		add_word(&b, json_find_text(json_at(people, i), "username"));
	for (uint32_t i = 0; json_is(keywords, JSON_ARRAY) && i < keywords->count; i++)
		add_word(&b, json_text(keywords->items[i]));
	add_word(&b, json_text(keywords));
	const char *words = cstr_lower(s->arena, buf_text(&b));
	buf_release(&b);
	return words;
}

static bool excluded_by(const struct searcher *s, const char *pattern, const char *words)
{
	regex_t re;
	size_t n = strlen(pattern);
	if (pattern[0] != '/')
		return n && strstr(words, pattern);
	if (n > 1 && pattern[n - 1] == '/')
		n--;
	if (regcomp(&re, arena_strndup(s->arena, pattern + 1, n - 1), REG_EXTENDED | REG_NOSUB))
		return false;
	bool found = regexec(&re, words, 0, NULL, 0) == 0;
	regfree(&re);
	return found;
}

static bool is_excluded(const struct searcher *s, const struct json *pkg)
{
	const char *setting = config_text(s->cli->config, "searchexclude");
	struct str rest = str_from(setting ? cstr_lower(s->arena, setting) : NULL);
	const char *words = all_words(s, pkg);
	while (rest.ptr)
		if (excluded_by(s, str_dup(s->arena, str_cut(rest, ' ', &rest)), words))
			return true;
	return false;
}

/* ---- showing ---- */

static const char *field(const struct searcher *s, const struct json *pkg, const char *key)
{
	const char *text = json_find_text(pkg, key);
	return text ? render_clean(s->arena, text) : "";
}

static const char *highlight(const struct searcher *s, const char *text)
{
	for (size_t w = 0; s->paint.on && w < s->by_length.count; w++) {
		const char *word = s->by_length.items[w], *lower = cstr_lower(s->arena, text);
		size_t len = strlen(word), at = 0;
		for (const char *hit; (hit = strstr(lower + at, word)); lower = cstr_lower(s->arena, text)) {
			size_t i = (size_t)(hit - lower);
			const char *lit = paint_text(&s->paint, INK_CYAN, arena_strndup(s->arena, text + i, len));
			text = arena_printf(s->arena, "%.*s%s%s", (int)i, text, lit, text + i + len);
			at = i + strlen(lit);
		}
	}
	return text;
}

static bool is_asked_for(const struct searcher *s, const char *text)
{
	for (size_t i = 0; i < s->words.count; i++)
		if (streq(s->words.items[i], text))
			return true;
	return false;
}

static const char *date_of(const struct searcher *s, const struct json *pkg)
{
	const char *text = json_find_text(pkg, "date");
	int64_t ms;
	return text && js_date(text, &ms) ? arena_strndup(s->arena, js_date_iso(s->arena, ms), 10) : "prehistoric";
}

/* One text: its first comma is a blank, then blanks part it. */
static void split_keywords(const struct searcher *s, const char *text, struct vec *out)
{
	size_t head = strcspn(text, ", \t\n"), gap = strspn(text + head, ", \t\n");
	struct str rest = str_from(arena_printf(s->arena, "%.*s%s%s", (int)head, text, gap ? " " : "", text + head + gap));
	while (rest.ptr)
		vec_add(out, (void *)render_clean(s->arena, str_dup(s->arena, str_cut(rest, ' ', &rest))));
}

static void keywords_of(const struct searcher *s, const struct json *pkg, struct vec *out)
{
	const struct json *list = json_find(pkg, "keywords");
	vec_init(out, s->arena);
	if (json_is(list, JSON_STRING))
		split_keywords(s, list->text, out);
	for (uint32_t i = 0; json_is(list, JSON_ARRAY) && i < list->count; i++)
		if (json_text(list->items[i]))
			vec_add(out, (void *)render_clean(s->arena, list->items[i]->text));
}

static void show_line(const struct searcher *s, struct buf *out, const struct json *pkg)
{
	const char *columns[] = {field(s, pkg, "name"), field(s, pkg, "description"), date_of(s, pkg), field(s, pkg, "version")};
	struct vec words;
	keywords_of(s, pkg, &words);
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		if (*columns[i])
			buf_printf(out, "%s\t", cstr_replace(s->arena, columns[i], "\t", " "));
	for (size_t i = 0; i < words.count; i++)
		buf_printf(out, "%s%s", i ? "," : "", cstr_replace(s->arena, words.items[i], "\t", " "));
	buf_addc(out, '\n');
}

static void show_block(const struct searcher *s, struct buf *out, const struct json *pkg)
{
	const char *name = field(s, pkg, "name"), *about = field(s, pkg, "description");
	const char *by = field(s, json_find(pkg, "publisher"), "username");
	const struct json *people = json_find(pkg, "maintainers");
	struct vec words;
	buf_printf(out, "%s\n", is_asked_for(s, name) ? paint_text(&s->paint, INK_CYAN, name)
						      : paint_text(&s->paint, INK_BLUE, highlight(s, name)));
	if (*about)
		buf_printf(out, "%s\n", highlight(s, about));
	buf_printf(out, "Version %s published %s by %s\n", paint_text(&s->paint, INK_BLUE, field(s, pkg, "version")),
		   paint_text(&s->paint, INK_BLUE, date_of(s, pkg)),
		   *by ? paint_text(&s->paint, INK_BLUE, by) : paint_text(&s->paint, INK_YELLOW, "???"));
	buf_adds(out, "Maintainers: ");
	for (uint32_t i = 0; i < json_count(people); i++)
		buf_printf(out, "%s%s", i ? " " : "", field(s, json_at(people, i), "username"));
	buf_addc(out, '\n');
	keywords_of(s, pkg, &words);
	for (size_t i = 0; i < words.count; i++)
		buf_printf(out, "%s%s", i ? " " : "Keywords: ",
			   is_asked_for(s, words.items[i]) ? paint_text(&s->paint, INK_CYAN, words.items[i]) : (const char *)words.items[i]);
	if (words.count)
		buf_addc(out, '\n');
	buf_printf(out, "%s\n\n", paint_text(&s->paint, INK_BLUE, arena_printf(s->arena, "https://npm.im/%s", name)));
}

static void show_json(const struct searcher *s, struct buf *out, struct json *pkg, bool first)
{
	int64_t ms;
	if (json_find_text(pkg, "date") && js_date(json_find_text(pkg, "date"), &ms))
		json_put_text(s->arena, pkg, "date", js_date_iso(s->arena, ms));
	buf_adds(out, first ? "[\n\n" : "\n,\n\n");
	json_format(out, pkg, NULL);
	buf_addc(out, '\n');
}

static void show_nothing(const struct searcher *s, struct buf *out, int argc, char **argv)
{
	if (cli_is_json(s->cli)) {
		buf_adds(out, "\n[]\n\n");
		return;
	}
	if (config_bool(s->cli->config, "parseable"))
		return;
	buf_adds(out, "No matches found for");
	for (int i = 0; i < argc; i++) {
		buf_addc(out, ' ');
		json_format_string(out, argv[i], strlen(argv[i]));
	}
	buf_addc(out, '\n');
}

static void show(const struct searcher *s, const struct json *answer, int argc, char **argv)
{
	const struct json *objects = json_find(answer, "objects");
	bool json = cli_is_json(s->cli), lines = config_bool(s->cli->config, "parseable");
	struct buf out = BUF_INIT(MAX_TEXT * 16);
	for (uint32_t i = 0; i < json_count(objects); i++) {
		struct json *pkg = json_find(json_at(objects, i), "package");
		if (!json_is(pkg, JSON_OBJECT) || is_excluded(s, pkg))
			continue;
		if (json)
			show_json(s, &out, pkg, !out.len);
		else if (lines)
			show_line(s, &out, pkg);
		else
			show_block(s, &out, pkg);
	}
	if (json && out.len)
		buf_adds(&out, "]\n\n");
	if (!out.len)
		show_nothing(s, &out, argc, argv);
	cli_write(s->cli, buf_text(&out), out.len);
	buf_release(&out);
}

static int shorter(const void *a, const void *b, UNUSED void *ctx)
{
	size_t x = strlen(a), y = strlen(b);
	return x < y ? -1 : x > y;
}

int cmd_search(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct searcher s = {.cli = cli, .arena = cli->arena, .paint = paint_for(cli)};
	struct online net;
	vec_init(&s.words, cli->arena);
	vec_init(&s.by_length, cli->arena);
	for (int i = 0; i < argc; i++) {
		if (!*argv[i])
			continue;
		vec_add(&s.words, cstr_lower(cli->arena, argv[i]));
		vec_add(&s.by_length, cstr_lower(cli->arena, argv[i]));
	}
	vec_sort(&s.by_length, shorter, NULL);
	if (!s.words.count)
		return err_set(err, ERR_EGENERIC, "search must be called with arguments");
	if (online_open(cli, 0, &net, err) < 0)
		return -1;
	const struct json *answer = online_json(&net, &(struct registry_request){.path = query_path(&s)}, err);
	online_close(&net);
	if (answer)
		show(&s, answer, argc, argv);
	return answer ? 0 : -1;
}
