/* SPDX-License-Identifier: MIT */
#include "runtime/confine.h"

#include "base/arena.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/path.h"
#include "runtime/env.h"
#include "runtime/node.h"
#include "runtime/scrub.h"

#include <sys/sysinfo.h>

#define REPORT_FD 3		/* proc_options.report */
#define HOUR_MS ((int64_t)3600 * 1000)
#define MAX_PROCESSES 4096

enum confine_verdict confine_decide(enum confine_mode mode, const struct sandbox_kernel *k)
{
	enum sandbox_strength strength = sandbox_strength(k);

	if (strength == SANDBOX_WHOLE)
		return CONFINE_GO;
	if (mode == CONFINE_REQUIRE)
		return CONFINE_REFUSE;
	return strength == SANDBOX_PART ? CONFINE_GO_AND_SAY : CONFINE_NOT_AND_SAY;
}

void confine_init(struct confine *c, struct arena *a, const struct runtime *rt)
{
	*c = (struct confine){.program = path_join(a, rt->libexec, "lode-confine"), .told = ARENA_NEW(a, bool)};
	vec_init(&c->reads, a);
	vec_add(&c->reads, (void *)rt->libexec);
	vec_add(&c->reads, (void *)rt->exe);
	/* In a build tree these are links to elsewhere. The bundled runtime runs node-gyp for others. */
	vec_add(&c->reads, (void *)path_join(a, rt->libexec, "node-gyp/node_modules"));
	vec_add(&c->reads, (void *)path_join(a, rt->libexec, "runtime"));
	if (rt->root)
		vec_add(&c->reads, (void *)rt->root);
	if (rt->root && fs_exists(path_join(a, rt->root, "include/node/node.h")))
		c->headers = rt->root;
}

void confine_grants_init(struct confine_grants *g, struct arena *a)
{
	*g = (struct confine_grants){0};
	vec_init(&g->reads, a);
	vec_init(&g->writes, a);
	vec_init(&g->files, a);
	vec_init(&g->env, a);
}

/* ---- Environment ---- */

static bool is_kept(const struct confine_grants *g, const char *name)
{
	for (size_t i = 0; i < g->env.count; i++) {
		if (streq(VEC_AT(&g->env, const char, i), name))
			return true;
	}
	return false;
}

/* A package's own node-gyp would fetch headers, unless it is told where they are or to build for another runtime. */
static void put_headers(struct map *env, const char *headers)
{
	static const char *const others[] = {"npm_config_nodedir", "npm_config_target", "npm_config_dist_url",
					     "npm_config_disturl", "npm_config_tarball", "npm_config_runtime"};

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (map_has(env, others[i]))
			return;
	}
	if (headers)
		map_put(env, others[0], (void *)headers);
}

void confine_env(struct arena *a, const struct confine_script *s, struct map *env)
{
	static const char *const empty_files[] = {"npm_config_userconfig", "npm_config_globalconfig"};
	static const char *const temporary[] = {"TMPDIR", "TMP", "TEMP"};
	struct vec secret;

	vec_init(&secret, a);
	for (struct map_entry *e = map_first(env); e; e = map_next(env, e)) {
		if (scrub_is_secret(e->key, e->value) && !is_kept(s->grants, e->key))
			vec_add(&secret, (void *)e->key);
	}
	for (size_t i = 0; i < secret.count; i++)
		map_remove(env, secret.items[i]);
	for (size_t i = 0; i < ARRAY_LEN(empty_files); i++)
		map_put(env, empty_files[i], "/dev/null");
	for (size_t i = 0; i < ARRAY_LEN(temporary); i++)
		map_put(env, temporary[i], (void *)s->tmp);
	map_put(env, "npm_config_cache", (void *)path_join(a, s->tmp, "cache"));
	put_headers(env, s->confine->headers);
	/* Else node-gyp's Python tries to keep its modules, compiled, beside node-gyp's, and is told of as refused. */
	map_put(env, "PYTHONDONTWRITEBYTECODE", (void *)"1");
	/* What it would write there other programs would run. */
	map_remove(env, "NODE_COMPILE_CACHE");
}

/* ---- Files ---- */

/* Somebody's home directory, whoever's, or the like: not to be shown for the programs in it. */
static bool is_a_home(struct arena *a, const char *home, const char *dir)
{
	static const char *const marks[] = {".ssh", ".profile", ".bashrc", ".npmrc", ".config", ".env", ".netrc",
					    ".git-credentials", ".pgpass"};
	bool is = (home && streq(dir, home)) || streq(dir, "/");

	for (size_t i = 0; i < ARRAY_LEN(marks) && !is; i++)
		is = fs_exists(path_join(a, dir, marks[i]));
	return is;
}

/* A program's directory is of use with what lies beside it (lib, libexec) - unless secrets do. */
static const char *tool_root(struct arena *a, const char *home, const char *dir)
{
	static const char *const only_programs[] = {".cargo", ".local", ".config", ".docker", ".kube", ".gem", ".dotnet", ".composer"};
	const char *parent = path_dir(a, dir);

	if (!streq(path_base(dir), "bin") && !streq(path_base(dir), "shims"))
		return dir;
	if (is_a_home(a, home, parent))
		return dir;
	for (size_t i = 0; i < ARRAY_LEN(only_programs); i++) {
		if (streq(path_base(parent), only_programs[i]))
			return dir;
	}
	return parent;
}

static void add_path_dirs(struct arena *a, const struct confine *c, const char *const *envp, struct vec *reads)
{
	struct str rest = str_from(env_find(envp, "PATH"));

	while (rest.ptr) {
		const char *dir = path_normal(a, str_dup(a, str_cut(rest, ':', &rest)));

		if (path_is_absolute(dir) && !is_a_home(a, c->home, dir))
			vec_add(reads, (void *)tool_root(a, c->home, dir));
	}
}

static void add_env_files(const char *const *envp, struct vec *reads)
{
	static const char *const names[] = {"NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE",
					    "npm_config_python", "PYTHON", "JAVA_HOME"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *path = env_find(envp, names[i]);

		if (path && path_is_absolute(path))
			vec_add(reads, (void *)path);
	}
}

/* Node asks every folder above a module for its package.json, and takes one it may not read for a broken one. Those in
 * node_modules are shown with it: each is some package's to change, and could be a link. */
static void add_manifests(struct arena *a, const char *dir, struct vec *reads)
{
	while (!streq(dir, "/") && !streq(dir, ".")) {
		dir = path_dir(a, dir);
		vec_add(reads, (void *)path_join(a, dir, "package.json"));
	}
}

static void add_hidden(struct vec *hides, const char *path)
{
	if (path && !streq(path, "/"))
		vec_add(hides, (void *)path);
}

static void add_all(struct vec *out, const struct vec *from)
{
	for (size_t i = 0; i < from->count; i++)
		vec_add(out, from->items[i]);
}

/* What is in its package is its own anyhow, and could be a link it has made. */
static void add_granted(const struct confine_script *s, const struct vec *granted, struct vec *places)
{
	for (size_t i = 0; i < granted->count; i++) {
		if (!path_is_in(granted->items[i], s->dir))
			vec_add(places, granted->items[i]);
	}
}

/* ---- Limits ---- */

/* Three quarters of the machine's memory: enough for a compiler, and the machine lives on. */
static uint64_t default_memory(void)
{
	struct sysinfo info;

	return sysinfo(&info) ? 0 : (uint64_t)info.totalram * info.mem_unit / 4 * 3;
}

static struct sandbox_limits limits_of(const struct sandbox_limits *granted)
{
	struct sandbox_limits l = *granted;

	if (!l.time_ms)
		l.time_ms = HOUR_MS;
	if (!l.memory)
		l.memory = default_memory();
	if (!l.processes)
		l.processes = MAX_PROCESSES;
	return l;
}

const char *const *confine_argv(struct arena *a, const struct confine_script *s, const char *const *argv,
				const char *const *envp)
{
	const struct confine *c = s->confine;
	struct sandbox_policy p;
	struct vec out;

	sandbox_policy_init(&p, a);
	p.net = s->grants->net;
	p.unwatched = !c->kernel.watcher;
	p.unfiltered = !c->kernel.filter;
	p.report_fd = REPORT_FD;
	p.limits = limits_of(&s->grants->limits);
	add_all(&p.reads, &c->reads);
	add_granted(s, &s->grants->reads, &p.reads);
	if (s->modules)
		vec_add(&p.reads, (void *)s->modules);
	add_path_dirs(a, c, envp, &p.reads);
	add_env_files(envp, &p.reads);
	add_manifests(a, s->modules ? s->modules : s->dir, &p.reads);
	add_manifests(a, c->program, &p.reads);
	vec_add(&p.places, (void *)s->dir);
	if (s->beside)
		vec_add(&p.places, (void *)s->beside);
	vec_add(&p.writes, (void *)s->tmp);
	add_granted(s, &s->grants->writes, &p.writes);
	add_granted(s, &s->grants->files, &p.writes);
	add_hidden(&p.hides, c->home);
	add_hidden(&p.hides, c->project);
	add_hidden(&p.hides, c->cache);
	vec_init(&out, a);
	vec_add(&out, (void *)c->program);
	sandbox_policy_format(a, &p, &out);
	vec_add(&out, (void *)"--");
	for (; *argv; argv++)
		vec_add(&out, (void *)*argv);
	vec_add(&out, NULL);
	return (const char *const *)out.items;
}
