/* SPDX-License-Identifier: MIT */
#include "install/grants.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "install/allow.h"
#include "install/grants_form.h"
#include "resolver/tree.h"
#include "runtime/confine.h"

#include <stdlib.h>
#include <strings.h>

struct entry {
	const struct allow_policy *who;	/* NULL: everyone */
	const struct json *what;
};

struct grants {
	const char *root;
	struct vec entries;
};

struct grants *grants_make(struct arena *a, const struct json *pkg, const char *root, struct vec *warnings)
{
	const struct json *lode = json_find(pkg, "lode"), *scripts = json_find(lode, "scripts");
	struct grants *g = ARENA_NEW(a, struct grants);

	g->root = root;
	vec_init(&g->entries, a);
	if ((lode && !json_is(lode, JSON_OBJECT)) || (scripts && !json_is(scripts, JSON_OBJECT)))
		vec_add(warnings, arena_printf(a, "package.json: %s must be an object", scripts ? "lode.scripts" : "lode"));
	for (uint32_t i = 0; json_is(scripts, JSON_OBJECT) && i < scripts->count; i++) {
		const struct json_member *m = &scripts->members[i];
		struct entry *e = ARENA_NEW(a, struct entry);
		struct json *one = json_object(a);

		json_put_bool(a, one, m->key, true);
		*e = (struct entry){streq(m->key, "*") ? NULL : allow_from_json(a, one, root, warnings), m->value};
		grants_check_entry(a, m->key, m->value, warnings);
		if (json_is(m->value, JSON_OBJECT) && (e->who || streq(m->key, "*")))
			vec_add(&g->entries, e);
	}
	return g;
}

static void add_paths(const struct json *list, const struct grants *g, const char *home, struct vec *out)
{
	for (uint32_t i = 0; json_is(list, JSON_ARRAY) && i < list->count; i++) {
		const char *text = json_text(json_at(list, i));
		const char *path = text && *text ? grants_place(out->arena, text, g->root, home) : NULL;

		if (path)
			vec_add(out, (void *)path);
	}
}

static uint64_t parse_size(const char *text)
{
	static const char *const units[] = {"", "KB", "MB", "GB", "TB"};
	char *end;
	double n = strtod(text, &end);

	while (*end == ' ')
		end++;
	for (size_t i = 0; n > 0 && i < ARRAY_LEN(units); i++, n *= 1024) {
		if (!strcasecmp(end, units[i]))
			return n < (double)INT64_MAX ? (uint64_t)n : 0;
	}
	return 0;
}

uint64_t grants_size(const struct json *v)
{
	if (json_is(v, JSON_NUMBER))
		return v->number > 0 && v->number < (double)INT64_MAX ? (uint64_t)v->number : 0;
	return json_text(v) ? parse_size(json_text(v)) : 0;
}

static void add_limits(const struct json *what, struct sandbox_limits *l)
{
	uint64_t time = grants_size(json_find(what, "time")), cpu = grants_size(json_find(what, "cpu"));
	uint64_t memory = grants_size(json_find(what, "memory")), processes = grants_size(json_find(what, "processes"));

	if (time && time < INT64_MAX / 1000)
		l->time_ms = (int64_t)time * 1000;
	if (cpu && cpu < INT64_MAX / 1000)
		l->cpu_ms = (int64_t)cpu * 1000;
	if (memory)
		l->memory = memory;
	if (processes && processes < UINT32_MAX)
		l->processes = (unsigned)processes;
}

static void add_entry(const struct grants *g, const struct json *what, const char *home, struct confine_grants *out)
{
	const struct json *env = json_find(what, "env");

	out->net = out->net || json_is_true(json_find(what, "net"));
	add_paths(json_find(what, "read"), g, home, &out->reads);
	add_paths(json_find(what, "write"), g, home, &out->writes);
	add_paths(json_find(what, "file"), g, home, &out->files);
	add_limits(what, &out->limits);
	for (uint32_t i = 0; json_is(env, JSON_ARRAY) && i < env->count; i++) {
		if (json_text(json_at(env, i)))
			vec_add(&out->env, (void *)json_text(json_at(env, i)));
	}
}

const struct confine_grants *grants_of(struct arena *a, const struct grants *g, struct node *node, const char *home)
{
	struct confine_grants *out = ARENA_NEW(a, struct confine_grants);

	confine_grants_init(out, a);
	for (size_t i = 0; g && i < g->entries.count; i++) {
		const struct entry *e = g->entries.items[i];

		if (!e->who || allow_decide(e->who, node) == ALLOW_YES)
			add_entry(g, e->what, home, out);
	}
	return out;
}

/* ---- Writing ---- */

static struct json *object_in(struct arena *a, struct json *in, const char *key)
{
	if (!json_is(json_find(in, key), JSON_OBJECT))
		json_put(a, in, key, json_object(a));
	return json_find(in, key);
}

static bool write_list(struct arena *a, struct json *entry, const char *name, const char *const *add, size_t n)
{
	bool changed = false;

	for (size_t i = 0; i < n; i++) {
		if (!json_is(json_find(entry, name), JSON_ARRAY))
			json_put(a, entry, name, json_array(a));
		if (!*add[i] || json_has_text(json_find(entry, name), add[i]))
			continue;
		json_add(a, json_find(entry, name), json_string(a, add[i]));
		changed = true;
	}
	return changed;
}

bool grants_write(struct arena *a, struct json *lode, const char *key, const struct grants_given *given)
{
	static const char *const names[GRANT_LISTS] = {"read", "write", "file", "env"};
	bool changed = false;
	struct json *entry;

	if (!given->net && !given->counts[GRANT_READ] && !given->counts[GRANT_WRITE] && !given->counts[GRANT_FILE] &&
	    !given->counts[GRANT_ENV])
		return false;
	entry = object_in(a, object_in(a, lode, "scripts"), key);
	if (given->net && !json_is_true(json_find(entry, "net"))) {
		json_put_bool(a, entry, "net", true);
		changed = true;
	}
	for (size_t i = 0; i < GRANT_LISTS; i++)
		changed = write_list(a, entry, names[i], given->lists[i], given->counts[i]) || changed;
	return changed;
}

void grants_move(struct arena *a, struct json *lode, const char *from, const char *to)
{
	struct json *scripts = json_find(lode, "scripts"), *entry = json_find(scripts, from);

	if (!json_is(scripts, JSON_OBJECT) || !entry)
		return;
	if (to && !json_find(scripts, to))
		json_put(a, scripts, to, entry);
	json_remove(scripts, from);
	if (!scripts->count)
		json_remove(lode, "scripts");
}
