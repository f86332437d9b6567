/* SPDX-License-Identifier: MIT
 *
 * What follows from several settings together.
 */
#include "cli/config_room.h"

#include <string.h>
#include <sys/utsname.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/ci.h"
#include "cli/jsvalue.h"

#define DAY_MS 86400000.0
#define MAX_CA_FILE ((size_t)1 << 24)

bool config_is_global(const struct config *c)
{
	return config_bool(c, "global") || streq(config_text(c, "location"), "global");
}

const char *config_prefix(const struct config *c)
{
	return config_is_global(c) ? c->global_prefix : c->local_prefix;
}

static void add_once(struct vec *v, const char *word)
{
	for (size_t i = 0; i < v->count; i++)
		if (streq(VEC_AT(v, const char, i), word))
			return;
	vec_add(v, (void *)word);
}

static bool in_list(const struct vec *v, const char *word)
{
	for (size_t i = 0; i < v->count; i++)
		if (streq(VEC_AT(v, const char, i), word))
			return true;
	return false;
}

/* omit and include as they are, and what their old spellings add. */
static void omit_and_include(const struct config *c, struct vec *omit, struct vec *include)
{
	vec_init(omit, c->arena);
	vec_init(include, c->arena);
	for (const char *const *p = config_list(c, "omit", NULL); *p; p++)
		add_once(omit, *p);
	for (const char *const *p = config_list(c, "include", NULL); *p; p++)
		add_once(include, *p);
	const char *only = config_text(c, "only");
	if (streq(only, "prod") || streq(only, "production") || config_bool(c, "production"))
		add_once(omit, "dev");
	else if (config_is_false(c, "production"))
		add_once(include, "dev");
	if (cstr_starts(config_text(c, "also"), "dev") || config_bool(c, "dev"))
		add_once(include, "dev");
	if (config_is_false(c, "optional"))
		add_once(omit, "optional");
	else if (config_bool(c, "optional"))
		add_once(include, "optional");
}

static const char *const *ended(struct arena *a, const struct vec *v, const struct vec *but)
{
	const char **list = ARENA_ARRAY(a, const char *, v->count + 1);
	size_t n = 0;
	for (size_t i = 0; i < v->count; i++)
		if (!but || !in_list(but, VEC_AT(v, const char, i)))
			list[n++] = VEC_AT(v, const char, i);
	return list;
}

const char *const *config_omit(const struct config *c)
{
	struct vec omit, include;
	omit_and_include(c, &omit, &include);
	return ended(c->arena, &omit, &include);
}

bool config_omits(const struct config *c, const char *type)
{
	for (const char *const *p = config_omit(c); *p; p++)
		if (streq(*p, type))
			return true;
	return false;
}

/* One save-* setting of one source changes what the weaker sources said. */
static const char *save_type_after(const char *before, const char *key, bool on)
{
	bool optional = streq(key, "save-optional");
	const char *own = optional ? "optional" : "peer", *other = optional ? "peer" : "optional";
	if (!optional && !streq(key, "save-peer")) {
		own = streq(key, "save-dev") ? "dev" : "prod";
		return on ? own : streq(before, own) ? NULL : before;
	}
	bool both = streq(before, "peerOptional");
	if (on)
		return both || streq(before, other) ? "peerOptional" : own;
	return both ? other : streq(before, own) ? NULL : before;
}

/* The defaults neither save nor lay out otherwise, set no date and have no scope: what follows leaves them out. */
const char *config_save_type(const struct config *c)
{
	static const char *const keys[] = {"save-dev", "save-optional", "save-peer", "save-prod"};
	const char *type = NULL;
	for (int w = CONFIG_BUILTIN; w < CONFIG_WHERES; w++) {
		const struct json *data = c->layers[w].data;
		for (uint32_t i = 0; i < json_count(data); i++)
			for (size_t k = 0; k < ARRAY_LEN(keys); k++)
				if (streq(data->members[i].key, keys[k]))
					type = save_type_after(type, keys[k], json_truthy(data->members[i].value));
	}
	return type;
}

const char *config_save_prefix(const struct config *c)
{
	const char *prefix = config_text(c, "save-prefix");
	return config_bool(c, "save-exact") || !prefix ? "" : prefix;
}

const char *config_install_strategy(const struct config *c)
{
	const char *strategy = "hoisted";
	for (int w = CONFIG_BUILTIN; w < CONFIG_WHERES; w++) {
		const struct json *data = c->layers[w].data;
		for (uint32_t i = 0; i < json_count(data); i++) {
			const struct json *v = data->members[i].value;
			const char *key = data->members[i].key;
			if (streq(key, "install-strategy") && json_text(v))
				strategy = json_text(v);
			else if (streq(key, "global-style") && json_truthy(v))
				strategy = "shallow";
			else if (streq(key, "legacy-bundling") && json_truthy(v))
				strategy = "nested";
		}
	}
	return strategy;
}

bool config_package_lock(const struct config *c)
{
	return config_bool(c, "package-lock") || config_bool(c, "package-lock-only");
}

bool config_prefer_online(const struct config *c)
{
	return config_bool(c, "prefer-online") || config_number(c, "cache-max", 1) <= 0;
}

bool config_prefer_offline(const struct config *c)
{
	return config_bool(c, "prefer-offline") || config_number(c, "cache-min", 0) >= 9999;
}

const char *config_before(const struct config *c)
{
	const char *before = NULL;
	for (int w = CONFIG_BUILTIN; w < CONFIG_WHERES; w++) {
		const struct json *own = json_find(c->layers[w].data, "before");
		const struct json *age = json_find(c->layers[w].data, "min-release-age");
		if (own)
			before = json_text(own);
		else if (json_is(age, JSON_NUMBER))
			before = age->number == 0 ? NULL
						  : js_date_iso(c->arena, clock_wall_ms() - (int64_t)(DAY_MS * age->number));
	}
	return before;
}

const char *config_user_agent(const struct config *c)
{
	struct arena *a = c->arena;
	struct utsname os;
	const char *agent = config_text(c, "user-agent");
	const char *ci = ci_name(c->environ);
	bool workspaces = config_bool(c, "workspaces") || *config_list(c, "workspace", NULL) ||
			  *config_list(c, "filter", NULL) || *config_list(c, "filter-prod", NULL);
	bool arm = uname(&os) == 0 && cstr_starts(os.machine, "aarch64");
	if (!agent)
		return "";
	const char *s = cstr_replace(a, agent, "{npm-version}", NPM_VERSION);
	s = cstr_replace(a, s, "{node-version}", arena_printf(a, "v%s", c->node_version ? c->node_version : LODE_RUNTIME_VERSION));
	s = cstr_replace(a, s, "{platform}", "linux");
	s = cstr_replace(a, s, "{arch}", arm ? "arm64" : "x64");
	s = cstr_replace(a, s, "{workspaces}", workspaces ? "true" : "false");
	s = cstr_replace(a, s, "{ci}", ci ? arena_printf(a, "ci/%s", ci) : "");
	return str_dup(a, str_trim(str_from(s)));
}

const char *config_cache(const struct config *c)
{
	const char *cache = config_text(c, "cache");
	return cache ? cache : path_join(c->arena, c->home, ".npm");
}

const char *config_registry(const struct config *c, struct err *err)
{
	const char *registry = config_text(c, "registry");
	if (!registry) {
		err_set(err, ERR_ENOREGISTRY, "No registry is configured");
		err_note(err, "Name one with --registry=<url>, or for good with: lode config set registry=<url>");
		return NULL;
	}
	return cstr_ends(registry, "/") ? registry : arena_printf(c->arena, "%s/", registry);
}

static const char *const *certificates(struct arena *a, struct str text)
{
	static const char end[] = "-----END CERTIFICATE-----";
	struct vec out;
	vec_init(&out, a);
	const char *rest = cstr_replace(a, str_dup(a, text), "\r\n", "\n");
	while (*rest) {
		const char *stop = strstr(rest, end);
		struct str one = stop ? str_range(rest, stop) : str_from(rest);
		/* The line break before the end marker has to stay. */
		if (str_trim(one).len)
			vec_add(&out, arena_printf(a, "%.*s\n%s", STR_ARGS(str_trim(one)), end));
		rest = stop ? stop + sizeof(end) - 1 : "";
	}
	return ended(a, &out, NULL);
}

const char *const *config_ca(const struct config *c, struct err *err)
{
	const char *file = config_text(c, "cafile");
	struct str text = STR_NULL;
	if (file && fs_read_if(c->arena, file, MAX_CA_FILE, &text, err))
		return NULL;
	if (text.ptr)
		return certificates(c->arena, text);
	const char *const *list = config_list(c, "ca", NULL);
	return *list ? list : NULL;
}

void config_each_scoped(const struct config *c, config_each_fn *fn, void *ctx)
{
	for (int w = CONFIG_CLI; w >= CONFIG_BUILTIN; w--) {
		const struct json *data = c->layers[w].data;
		for (uint32_t i = 0; i < json_count(data); i++) {
			const char *key = data->members[i].key;
			bool scope = strchr(key, '@') && cstr_ends(key, ":registry");
			const char *text = js_string(c->arena, data->members[i].value);
			if ((scope || cstr_starts(key, "//")) && (int)config_find(c, key) == w)
				fn(ctx, key, text);
		}
	}
}
