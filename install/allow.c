/* SPDX-License-Identifier: MIT */
#include "install/allow.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/vec.h"
#include "resolver/hosted.h"
#include "resolver/range.h"
#include "resolver/semver.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

#include <string.h>

struct entry {
	const struct spec *spec;
	bool allow;
};

struct allow_policy {
	struct vec entries;	/* of struct entry */
};

/* ---- Reading a policy ---- */

/* Exact versions joined by ||. */
static bool is_version_list(const char *range)
{
	struct str rest = str_from(range);

	while (rest.ptr) {
		const char *bar = memmem(rest.ptr, rest.len, "||", 2);
		struct str part = str_trim(bar ? str_range(rest.ptr, bar) : rest);

		if (!semver_valid(part, 0))
			return false;
		rest = bar ? str_skip(rest, (size_t)(bar - rest.ptr) + 2) : STR_NULL;
	}
	return range != NULL;
}

static const struct spec *entry_parse(struct arena *a, const char *key, const char *root)
{
	struct err ignored = ERR_INIT;

	return spec_parse(a, key, root, &ignored);
}

static const char *objection(struct arena *a, const struct spec *s, const char *key, const char *label)
{
	if (!s)
		return arena_printf(a, "%s: ignoring unparseable entry \"%s\"", label, key);
	if (s->type == SPEC_TAG)
		return arena_printf(a,
				    "%s: ignoring \"%s\" — dist-tag specs (@latest, @next, ...) are not allowed; use exact "
				    "versions joined by \"||\", or the bare package name, instead",
				    label, key);
	if (s->type == SPEC_RANGE && !spec_is_any(s) && !is_version_list(s->fetch_spec))
		return arena_printf(a,
				    "%s: ignoring \"%s\" — semver ranges (^, ~, >=, <) are not allowed; use exact versions "
				    "joined by \"||\" instead",
				    label, key);
	return NULL;
}

/* What a policy is made from, and where complaints about it go. */
struct policy_source {
	struct arena *arena;
	const char *label, *root;
	struct vec *warnings;
	struct allow_policy *policy;
};

static void source_init(struct policy_source *s, struct arena *a)
{
	s->arena = a;
	s->policy = ARENA_NEW(a, struct allow_policy);
	vec_init(&s->policy->entries, a);
}

static void policy_add(struct policy_source *from, const char *key, bool allow)
{
	struct arena *a = from->arena;
	const struct spec *spec = entry_parse(a, key, from->root);
	const char *why = objection(a, spec, key, from->label);
	struct entry *e;

	if (why) {
		vec_add(from->warnings, (void *)why);
		return;
	}
	e = ARENA_NEW(a, struct entry);
	*e = (struct entry){spec, allow};
	vec_add(&from->policy->entries, e);
}

static struct allow_policy *source_result(const struct policy_source *s)
{
	return s->policy->entries.count ? s->policy : NULL;
}

struct allow_policy *allow_from_json(struct arena *a, const struct json *field, const char *root, struct vec *warnings)
{
	struct policy_source from = {.label = "package.json", .root = root, .warnings = warnings};

	if (!json_is(field, JSON_OBJECT))
		return NULL;
	source_init(&from, a);
	for (uint32_t i = 0; i < field->count; i++) {
		const struct json *value = field->members[i].value;

		if (value->type == JSON_BOOL)
			policy_add(&from, field->members[i].key, value->boolean);
	}
	return source_result(&from);
}

struct allow_policy *allow_from_names(struct arena *a, const struct vec *names, const char *label, const char *root,
				      struct vec *warnings)
{
	struct policy_source from = {.label = label, .root = root, .warnings = warnings};

	source_init(&from, a);
	for (size_t i = 0; i < names->count; i++)
		policy_add(&from, names->items[i], true);
	return source_result(&from);
}

/* ---- Who a package is ---- */

static bool is_slash_code(const char *p)
{
	return p[0] == '%' && p[1] == '2' && (p[2] == 'f' || p[2] == 'F');
}

/* The part of a path after its last slash, written as / or %2f; *before becomes what is in front of that. */
static struct str last_part(struct str path, struct str *before)
{
	for (size_t i = path.len; i-- > 0;) {
		size_t skip = path.ptr[i] == '/' ? 1 : i + 2 < path.len && is_slash_code(path.ptr + i) ? 3 : 0;

		if (!skip)
			continue;
		*before = str_first(path, i);
		return str_skip(path, i + skip);
	}
	*before = STR_NULL;
	return path;
}

/* The path of an http(s) URL; empty when it is none, or one whose path does not read as it will be asked for. */
static struct str url_path(const char *url)
{
	const char *p = cstr_starts(url, "https://") ? url + 8 : cstr_starts(url, "http://") ? url + 7 : NULL;
	const char *path = p ? strchr(p, '/') : NULL;

	if (!path || strpbrk(path, "?#\\") || strstr(path, "/../") || strstr(path, "/./") || strcasestr(path, "%2e"))
		return STR_NULL;
	return str_from(path + 1);
}

/* …/@scope/name/-/name-1.2.3.tgz */
static struct allow_identity identity_of_url(struct arena *a, const char *url)
{
	struct allow_identity none = {0};
	struct str path = url_path(url), file, before, name, scope;
	struct semver v;
	ptrdiff_t slash = path.ptr ? str_rfind(path, '/') : -1;

	if (slash < 2 || !str_ends(path, ".tgz"))
		return none;
	file = str_skip(path, (size_t)slash + 1);
	before = str_first(path, (size_t)slash);
	if (!str_ends(before, "/-"))
		return none;
	name = last_part(str_first(before, before.len - 2), &before);
	scope = before.ptr ? last_part(before, &before) : STR_NULL;
	if (!name.len || file.len < name.len + 6 || !str_eq(str_first(file, name.len), name) || file.ptr[name.len] != '-')
		return none;
	if (!semver_parse(&v, str_first(str_skip(file, name.len + 1), file.len - name.len - 5), 0))
		return none;
	return (struct allow_identity){
		.name = scope.len && scope.ptr[0] == '@' ?
				arena_printf(a, "%.*s/%.*s", STR_ARGS(scope), STR_ARGS(name)) :
				str_dup(a, name),
		.version = semver_format(a, &v),
	};
}

/* A package of a store of links is asked for through the links to it. */
static bool is_reached_by_links(const struct node *node)
{
	return node->in_store && !node->edges_in.count && node->links_in.count;
}

static bool is_from_registry(struct node *node)
{
	if (!is_reached_by_links(node))
		return node_is_registry_dep(node);
	for (size_t i = 0; i < node->links_in.count; i++)
		if (!node_is_registry_dep(node->links_in.items[i]))
			return false;
	return true;
}

/* The name by which others ask a registry for it. */
static const char *name_of_edges(struct arena *a, const struct node *node)
{
	if (is_reached_by_links(node))
		return name_of_edges(a, node->links_in.items[0]);
	for (size_t i = 0; i < node->edges_in.count; i++) {
		const struct edge *e = VEC_AT(&node->edges_in, const struct edge, i);
		struct err ignored = ERR_INIT;
		const struct spec *s = spec_resolve(a, e->name, edge_spec(e), e->from ? e->from->path : "/", &ignored);

		if (s && s->type == SPEC_ALIAS && s->sub && s->sub->registry)
			return s->sub->name;
		if (s && s->registry)
			return s->name;
	}
	return NULL;
}

struct allow_identity allow_identify(struct arena *a, const struct node *node)
{
	struct allow_identity id = {0};

	if (node->resolved)
		id = identity_of_url(a, node->resolved);
	if (!id.name)
		id.name = name_of_edges(a, node);
	return id;
}

/* ---- Matching ---- */

/* What is asked about one node; worked out once. */
struct question {
	struct arena *arena;
	struct node *node;
	bool from_registry;
	struct allow_identity id;	/* from_registry only */
	struct vec sources;		/* const char *: where it came from, as a file: or URL key may write it */
};

static void add_source(struct question *q, const char *source)
{
	if (source && *source)
		vec_add(&q->sources, (void *)source);
}

static void question_init(struct question *q, struct arena *a, struct node *node)
{
	*q = (struct question){.arena = a, .node = node, .from_registry = is_from_registry(node)};
	if (q->from_registry)
		q->id = allow_identify(a, node);
	vec_init(&q->sources, a);
	add_source(q, node_resolved(node));
	if (node->resolved || !node->links_in.count)
		return;
	for (size_t i = 0; i < node->links_in.count; i++)
		add_source(q, node_resolved(VEC_AT(&node->links_in, const struct node, i)));
	add_source(q, node->realpath);
	add_source(q, node->path);
}

/* deny: a version that cannot be known is taken to be the one that is denied. */
static bool matches_registry(const struct question *q, const struct spec *key, bool deny)
{
	if (!q->from_registry || !q->id.name || !streq(q->id.name, key->name))
		return false;
	if (spec_is_any(key))
		return true;
	if (key->type == SPEC_RANGE && !is_version_list(key->fetch_spec))
		return false;
	if (!q->id.version)
		return deny;
	if (key->type == SPEC_RANGE)
		return semver_satisfies(q->id.version, key->fetch_spec, SEMVER_LOOSE);
	return key->type == SPEC_VERSION && streq(q->id.version, key->fetch_spec);
}

static const char *ssh_url(struct arena *a, const struct spec *s)
{
	const struct hosted_options o = {.no_committish = true};

	return s->hosted ? hosted_format(a, s->hosted, HOSTED_SSH, &o) : NULL;
}

static const char *committish(const struct spec *s)
{
	if (s->git_committish && *s->git_committish)
		return s->git_committish;
	return s->hosted && s->hosted->committish ? s->hosted->committish : "";
}

static bool same_repository(struct arena *a, const struct spec *key, const struct spec *own)
{
	const char *key_url = ssh_url(a, key), *own_url = ssh_url(a, own);

	if (key_url && own_url)
		return streq(key_url, own_url);
	return key->fetch_spec && own->fetch_spec && streq(key->fetch_spec, own->fetch_spec);
}

static bool matches_git(const struct question *q, const struct spec *key)
{
	const char *resolved = q->node->resolved;
	struct err ignored = ERR_INIT;
	const struct spec *own;

	if (!cstr_starts(resolved, "git"))
		return false;
	own = spec_parse(q->arena, resolved, "/", &ignored);
	if (!own || own->type != SPEC_GIT || !same_repository(q->arena, key, own))
		return false;
	/* A full hash must begin with what the key has, never the other way round. */
	return !*committish(key) || (*committish(own) && cstr_starts(committish(own), committish(key)));
}

static bool matches_source(const struct question *q, const struct spec *key)
{
	const char *file = key->type != SPEC_REMOTE && key->fetch_spec ? arena_printf(q->arena, "file:%s", key->fetch_spec) :
									 NULL;

	for (size_t i = 0; i < q->sources.count; i++) {
		const char *source = q->sources.items[i];

		if (streq(source, key->save_spec) || streq(source, key->fetch_spec) || (file && streq(source, file)))
			return true;
	}
	return false;
}

static bool matches(const struct question *q, const struct entry *e)
{
	switch (e->spec->type) {
	case SPEC_TAG:
	case SPEC_RANGE:
	case SPEC_VERSION:
		return matches_registry(q, e->spec, !e->allow);
	case SPEC_GIT:
		return matches_git(q, e->spec);
	case SPEC_FILE:
	case SPEC_DIRECTORY:
	case SPEC_REMOTE:
		return matches_source(q, e->spec);
	case SPEC_ALIAS:
		break;	/* the real package has to be named */
	}
	return false;
}

enum allow_verdict allow_decide(const struct allow_policy *policy, struct node *laid)
{
	struct node *node = laid->source ? laid->source : laid;
	enum allow_verdict verdict = ALLOW_UNREVIEWED;
	struct arena scratch = ARENA_INIT;
	struct question q;

	/* What is bundled can claim to be anything. */
	if (!policy || node_in_bundle(node))
		return ALLOW_UNREVIEWED;
	question_init(&q, &scratch, node);
	for (size_t i = 0; i < policy->entries.count && verdict != ALLOW_NO; i++) {
		const struct entry *e = VEC_AT(&policy->entries, const struct entry, i);

		if (matches(&q, e))
			verdict = e->allow ? ALLOW_YES : ALLOW_NO;
	}
	arena_release(&scratch);
	return verdict;
}

bool allow_key_matches(struct arena *a, const char *key, const char *root, struct node *node)
{
	const struct entry e = {.spec = entry_parse(a, key, root), .allow = true};
	struct question q;

	question_init(&q, a, node);
	return e.spec && matches(&q, &e);
}

bool allow_key_targets(struct arena *a, const char *key, const char *root, struct node *node)
{
	const struct spec *s = entry_parse(a, key, root), *own;
	struct err ignored = ERR_INIT;
	struct question q;

	if (!s)
		return false;
	question_init(&q, a, node);
	if (s->type == SPEC_TAG || s->type == SPEC_RANGE || s->type == SPEC_VERSION)
		return q.from_registry && q.id.name && streq(q.id.name, s->name);
	if (s->type != SPEC_GIT)
		return s->type != SPEC_ALIAS && matches_source(&q, s);
	own = q.sources.count ? spec_parse(a, q.sources.items[0], "/", &ignored) : NULL;
	return own && ssh_url(a, s) && streq(ssh_url(a, s), ssh_url(a, own));
}

const char *allow_source(struct arena *a, struct node *node)
{
	struct question q;

	question_init(&q, a, node);
	return q.sources.count ? VEC_AT(&q.sources, const char, 0) : "";
}
