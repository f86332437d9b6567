/* SPDX-License-Identifier: MIT */
#include "resolver/pkgjson_parts.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/str.h"
#include "base/url.h"
#include "resolver/hosted.h"
#include "resolver/pkgjson.h"

#define NO_README "ERROR: No README data found!"
#define DESCRIPTION_MAX ((size_t)1 << 20)
#define PERSON_MAX ((size_t)1 << 16)

static bool is_filled(const struct json *v)
{
	return json_text(v) && *json_text(v);
}

static bool is_url(struct arena *a, const struct json *v)
{
	struct url u;
	return json_text(v) && url_parse(a, str_from(json_text(v)), NULL, &u);
}

/* An at sign, and a dot somewhere after it. */
static bool is_email(const struct json *v)
{
	const char *text = json_text(v);
	const char *at = text ? strchr(text, '@') : NULL;
	return at && strchr(at, '.');
}

static void put_filled(struct arena *a, struct json *obj, const char *key, const struct json *v)
{
	if (is_filled(v))
		json_put_text(a, obj, key, json_text(v));
}

/* The first block of text that is neither empty nor a heading, on one line. */
static const char *first_block(struct arena *a, const char *readme)
{
	struct str rest = str_trim(str_from(readme)), line;
	struct buf out = BUF_INIT(DESCRIPTION_MAX);
	do {
		line = str_cut(rest, '\n', &rest);
	} while (rest.ptr && (!str_trim(line).len || str_starts(str_trim(line), "#")));
	if (str_starts(str_trim(line), "#"))
		line.len = 0;
	buf_addstr(&out, line);
	while (rest.ptr) {
		line = str_cut(rest, '\n', &rest);
		if (!str_trim(line).len)
			break;
		buf_addc(&out, ' ');
		buf_addstr(&out, line);
	}
	const char *text = str_dup(a, str_trim(buf_str(&out)));
	buf_release(&out);
	return text;
}

static void fix_description(struct arena *a, struct json *pkg)
{
	const struct json *description = json_find(pkg, "description"), *readme = json_find(pkg, "readme");
	if (json_truthy(description) && !json_is(description, JSON_STRING)) {
		json_remove(pkg, "description");
		description = NULL;
	}
	if (is_filled(readme) && !json_truthy(description) && !streq(json_text(readme), NO_README))
		json_put_text(a, pkg, "description", first_block(a, json_text(readme)));
}

/* A list keeps its filled texts; anything else that says something goes. */
static void fix_text_list(struct arena *a, struct json *pkg, const char *key)
{
	const struct json *list = json_find(pkg, key);
	if (!json_truthy(list))
		return;
	if (!json_is(list, JSON_ARRAY)) {
		json_remove(pkg, key);
		return;
	}
	struct json *kept = json_array(a);
	for (uint32_t i = 0; i < list->count; i++)
		if (is_filled(list->items[i]))
			json_add(a, kept, list->items[i]);
	json_put(a, pkg, key, kept);
}

static struct json *bugs_of_object(struct arena *a, const struct json *given)
{
	struct json *bugs = json_object(a);
	const struct json *url = json_find(given, "url"), *email = json_find(given, "email");
	for (uint32_t i = 0; json_is(given, JSON_OBJECT) && i < given->count; i++)
		if (streq(given->members[i].key, "web") || streq(given->members[i].key, "name"))
			url = given->members[i].value;
	if (is_url(a, url))
		put_filled(a, bugs, "url", url);
	if (is_email(email))
		put_filled(a, bugs, "email", email);
	return bugs;
}

static struct json *bugs_of_text(struct arena *a, const struct json *given)
{
	struct json *bugs = json_object(a);
	if (is_email(given))
		put_filled(a, bugs, "email", given);
	else if (is_url(a, given))
		put_filled(a, bugs, "url", given);
	return bugs;
}

/* The git host that the repository is on; NULL when on none. */
static struct hosted *repository_host(struct arena *a, const struct json *pkg)
{
	const struct json *repository = json_find(pkg, "repository");
	return json_is(repository, JSON_OBJECT) ? hosted_parse(a, json_find_text(repository, "url")) : NULL;
}

static void fix_bugs(struct arena *a, struct json *pkg)
{
	const struct json *given = json_find(pkg, "bugs");
	struct hosted *h = json_truthy(given) ? NULL : repository_host(a, pkg);
	const char *page = h ? hosted_format(a, h, HOSTED_BUGS, NULL) : NULL;
	if (page) {
		struct json *bugs = json_object(a);
		json_put_text(a, bugs, "url", page);
		json_put(a, pkg, "bugs", bugs);
	}
	if (!json_truthy(given))
		return;
	struct json *bugs = json_text(given) ? bugs_of_text(a, given) : bugs_of_object(a, given);
	if (bugs->count)
		json_put(a, pkg, "bugs", bugs);
	else
		json_remove(pkg, "bugs");
}

/* Cut at commas that blanks follow. */
static void split_keywords(struct arena *a, struct json *pkg)
{
	const char *text = json_find_text(pkg, "keywords");
	struct json *list = json_array(a);
	const char *from = text;
	if (!text)
		return;
	for (const char *p = text; *p; p++) {
		size_t blanks = *p == ',' ? strspn(p + 1, " \t\n\v\f\r") : 0;
		if (!blanks)
			continue;
		json_add(a, list, json_string(a, arena_strndup(a, from, (size_t)(p - from))));
		from = p + 1 + blanks;
		p += blanks;
	}
	json_add(a, list, json_string(a, from));
	json_put(a, pkg, "keywords", list);
}

/* What is bundled is a dependency, whatever version it has. */
static void fix_bundle(struct arena *a, struct json *pkg)
{
	struct json *bundled = json_find(pkg, "bundledDependencies");
	if (json_truthy(bundled) && !json_truthy(json_find(pkg, "bundleDependencies"))) {
		json_put(a, pkg, "bundleDependencies", bundled);
		json_remove(pkg, "bundledDependencies");
	}
	fix_text_list(a, pkg, "bundleDependencies");
	const struct json *bundle = json_find(pkg, "bundleDependencies");
	struct json *deps = json_find(pkg, "dependencies");
	for (uint32_t i = 0; json_is(bundle, JSON_ARRAY) && i < bundle->count; i++) {
		if (!json_is(deps, JSON_OBJECT)) {
			deps = json_object(a);
			json_put(a, pkg, "dependencies", deps);
		}
		if (!json_find(deps, json_text(bundle->items[i])))
			json_put_text(a, deps, json_text(bundle->items[i]), "*");
	}
}

static void fix_homepage(struct arena *a, struct json *pkg)
{
	const struct json *homepage = json_find(pkg, "homepage");
	struct hosted *h = json_truthy(homepage) ? NULL : repository_host(a, pkg);
	if (h)
		json_put_text(a, pkg, "homepage", hosted_format(a, h, HOSTED_DOCS, NULL));
	homepage = json_find(pkg, "homepage");
	if (!json_truthy(homepage))
		return;
	if (!json_text(homepage))
		json_remove(pkg, "homepage");
	else if (!is_url(a, homepage))
		json_put(a, pkg, "homepage", json_string(a, arena_printf(a, "http://%s", json_text(homepage))));
}

static const char *text_or(const struct json *obj, const char *key, const char *other)
{
	const char *text = json_find_text(obj, key);
	return text && *text ? text : other ? json_find_text(obj, other) : "";
}

/* An object written as a line: Name <mail> (url). */
static const char *person_line(struct arena *a, const struct json *person)
{
	struct buf out = BUF_INIT(PERSON_MAX);
	const char *url = text_or(person, "url", "web"), *email = text_or(person, "email", "mail");
	buf_adds(&out, text_or(person, "name", NULL));
	if (email && *email)
		buf_printf(&out, " <%s>", email);
	if (url && *url)
		buf_printf(&out, " (%s)", url);
	const char *line = buf_dup(a, &out);
	buf_release(&out);
	return line;
}

/* The first text between the two signs that holds neither; NULL when there is none. */
static const char *between(struct arena *a, const char *line, char open, char close)
{
	char both[] = {open, close, '\0'};
	for (const char *p = strchr(line, open); p; p = strchr(p + 1, open)) {
		size_t n = strcspn(p + 1, both);
		if (n && p[1 + n] == close)
			return arena_strndup(a, p + 1, n);
	}
	return NULL;
}

struct json *pkgjson_person(struct arena *a, const struct json *person)
{
	const char *line = json_text(person) ? json_text(person) : person_line(a, person);
	struct str name = str_trim(str_first(str_from(line), strcspn(line, "(<")));
	const char *email = between(a, line, '<', '>'), *url = between(a, line, '(', ')');
	struct json *out = json_object(a);
	if (name.len)
		json_put_text(a, out, "name", str_dup(a, name));
	if (email)
		json_put_text(a, out, "email", email);
	if (url)
		json_put_text(a, out, "url", url);
	return out;
}

static void fix_people(struct arena *a, struct json *pkg)
{
	static const char *const sets[] = {"maintainers", "contributors"};
	if (json_truthy(json_find(pkg, "author")))
		json_put(a, pkg, "author", pkgjson_person(a, json_find(pkg, "author")));
	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		struct json *set = json_find(pkg, sets[i]);
		for (uint32_t k = 0; json_is(set, JSON_ARRAY) && k < set->count; k++)
			set->items[k] = pkgjson_person(a, set->items[k]);
	}
}

void pkgjson_normalize_data(struct arena *a, struct json *pkg)
{
	fix_description(a, pkg);
	if (json_truthy(json_find(pkg, "modules")))
		json_remove(pkg, "modules");
	fix_text_list(a, pkg, "files");
	if (json_find_text(pkg, "man") && *json_find_text(pkg, "man")) {
		struct json *man = json_array(a);
		json_add(a, man, json_find(pkg, "man"));
		json_put(a, pkg, "man", man);
	}
	fix_bugs(a, pkg);
	split_keywords(a, pkg);
	fix_text_list(a, pkg, "keywords");
	fix_bundle(a, pkg);
	fix_homepage(a, pkg);
	if (!json_truthy(json_find(pkg, "readme")))
		json_put_text(a, pkg, "readme", NO_README);
	fix_people(a, pkg);
}
