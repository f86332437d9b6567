/* SPDX-License-Identifier: MIT */
#include "resolver/pkgjson_parts.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/hosted.h"

/* The host's full address of a git shortcut or URL; NULL when it is none. */
static const char *git_address(struct arena *a, const char *text)
{
	struct hosted *h = hosted_parse(a, text);
	if (!h)
		return NULL;
	if (streq(h->representation, "shortcut"))
		return hosted_format(a, h, HOSTED_HTTPS, NULL);
	return hosted_text(a, h, NULL);
}

void pkgjson_fix_repository(struct arena *a, struct json *pkg)
{
	const struct json *list = json_find(pkg, "repositories");
	if (json_is(list, JSON_ARRAY) && list->count)
		json_put(a, pkg, "repository", list->items[0]);
	else if (json_truthy(list))
		json_remove(pkg, "repository");
	struct json *repository = json_find(pkg, "repository");
	if (json_text(repository) && *json_text(repository)) {
		struct json *wrapped = json_object(a);
		json_put_text(a, wrapped, "type", "git");
		json_put(a, wrapped, "url", repository);
		json_put(a, pkg, "repository", wrapped);
		repository = wrapped;
	}
	const char *url = json_is(repository, JSON_OBJECT) ? json_find_text(repository, "url") : NULL;
	const char *full = url ? git_address(a, url) : NULL;
	if (full)
		json_put_text(a, repository, "url", full);
}

struct json *pkgjson_split(struct arena *a, const char *text, const char *separators)
{
	struct json *list = json_array(a);
	for (;;) {
		size_t n = strcspn(text, separators);
		json_add(a, list, json_string(a, arena_strndup(a, text, n)));
		if (!text[n])
			return list;
		text += n + strspn(text + n, separators);
	}
}

/* "name@1", "name >= 1", "name": the first of these signs ends the name. */
static void put_written(struct arena *a, struct json *out, const char *text)
{
	struct str s = str_trim(str_from(text));
	const char *all = str_dup(a, s);
	size_t n = strcspn(all, "@ \t\n\v\f\r><=");
	if (n && all[n] && all[n - 1] == ':')
		n--;
	const char *version = all + n;
	version += *version == '@';
	json_put_text(a, out, arena_strndup(a, all, n), str_dup(a, str_trim(str_from(version))));
}

static void make_object(struct arena *a, struct json *pkg, const char *type)
{
	struct json *deps = json_find(pkg, type);
	if (json_text(deps) && *json_text(deps))
		deps = pkgjson_split(a, str_dup(a, str_trim(str_from(json_text(deps)))), "\n\r\t\v\f ,");
	if (!json_is(deps, JSON_ARRAY))
		return;
	struct json *out = json_object(a);
	for (uint32_t i = 0; i < deps->count; i++)
		if (json_text(deps->items[i]))
			put_written(a, out, json_text(deps->items[i]));
	json_put(a, pkg, type, out);
}

static void expand_git(struct arena *a, struct json *pkg, const char *type)
{
	struct json *deps = json_find(pkg, type);
	if (!json_is(deps, JSON_OBJECT)) {
		json_remove(pkg, type);
		return;
	}
	for (uint32_t i = deps->count; i-- > 0;) {
		struct json_member *m = &deps->members[i];
		struct hosted *h = json_text(m->value) ? hosted_parse(a, json_text(m->value)) : NULL;
		if (!json_text(m->value))
			json_remove(deps, m->key);
		else if (h)
			m->value = json_string(a, hosted_text(a, h, NULL));
	}
}

void pkgjson_fix_dependencies(struct arena *a, struct json *pkg)
{
	make_object(a, pkg, "dependencies");
	make_object(a, pkg, "devDependencies");
	make_object(a, pkg, "optionalDependencies");
	expand_git(a, pkg, "dependencies");
	expand_git(a, pkg, "devDependencies");
}
