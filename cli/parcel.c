/* SPDX-License-Identifier: MIT */
#include "cli/parcel.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/inflate.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/report.h"
#include "base/vec.h"
#include "cache/store.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/package_fetch.h"
#include "cli/settings_scripts.h"
#include "install/lifecycle.h"
#include "install/pack.h"
#include "install/project.h"
#include "resolver/manifest.h"
#include "resolver/spec.h"
#include "runtime/env.h"
#include "runtime/gzip.h"
#include "runtime/node.h"

#define IGNORE_MAX ((size_t)16 << 20)

/* ---- finding ---- */

static int read_manifest(struct parcel *p, const char *dir, struct err *err)
{
	struct package_file file;

	if (package_read(p->cli->arena, dir, &file, err) < 0)
		return -1;
	p->manifest = file.manifest->raw;
	return 0;
}

/* Only what has a name and a version can be packed. */
static int check(const struct parcel *p, struct err *err)
{
	const char *id = json_find_text(p->manifest, "_id");

	return id && *id ? 0 : err_set(err, ERR_EGENERIC, "Invalid package, must have name and version");
}

static int find(struct parcels *all, struct parcel *p, struct err *err)
{
	struct cli *cli = all->cli;

	p->spec = spec_parse(cli->arena, p->word, cli->cwd, err);
	if (!p->spec)
		return -1;
	if (p->spec->type == SPEC_DIRECTORY) {
		p->dir = p->spec->fetch_spec;
		return read_manifest(p, p->dir, err);
	}
	if (!all->fetch) {
		all->fetch = ARENA_NEW(cli->arena, struct package_fetch);
		if (package_fetch_open(cli, all->fetch, err) < 0)
			return -1;
	}
	p->fetched = package_fetch_word(all->fetch, p->word);
	return 0;
}

int parcels_find(struct cli *cli, char **words, size_t n, struct parcels *out, struct err *err)
{
	*out = (struct parcels){.cli = cli, .count = n};
	out->items = ARENA_ARRAY(cli->arena, struct parcel, n);
	for (size_t i = 0; i < n; i++) {
		struct parcel *p = &out->items[i];

		*p = (struct parcel){.cli = cli, .word = words[i], .suspects = ARENA_NEW(cli->arena, struct vec)};
		vec_init(p->suspects, cli->arena);
		if (find(out, p, err) < 0 || (p->dir && check(p, err) < 0))
			return -1;
	}
	if (out->fetch && package_fetch_finish(out->fetch, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct parcel *p = &out->items[i];

		if (!p->dir && (read_manifest(p, p->fetched->package->package->dir, err) < 0 || check(p, err) < 0))
			return -1;
	}
	return 0;
}

void parcels_close(struct parcels *p)
{
	if (p->fetch)
		package_fetch_close(p->fetch);
}

/* ---- packing ---- */

const char *parcel_filename(const struct parcel *p)
{
	const char *name = json_find_text(p->manifest, "name"), *version = json_find_text(p->manifest, "version");
	const char *flat = cstr_replace(p->cli->arena, *name == '@' ? name + 1 : name, "/", "-");

	return arena_printf(p->cli->arena, "%s-%s.tgz", flat, version);
}

/* more: what comes to our environment for scripts; NULL: nothing. */
static int script(struct parcel *p, struct lifecycle_project *s, const struct map *more, struct err *err)
{
	struct lifecycle_options o;
	struct map *env;

	s->dir = p->dir;
	if (!p->dir || config_bool(p->cli->config, "ignore-scripts"))
		return 0;
	if (settings_lifecycle(p->cli, s->pkg, false, &o, err) < 0)
		return -1;
	env = env_copy(p->cli->arena, o.env);
	for (struct map_entry *e = more ? map_first(more) : NULL; e; e = map_next(more, e))
		map_put(env, e->key, e->value);
	s->env = env;
	report_pause(p->cli->reporter);
	return lifecycle_root(p->cli->arena, s, &o, err);
}

int parcel_script(struct parcel *p, const char *event, const struct json *pkg, const struct map *env, struct err *err)
{
	const char *const events[] = {event, NULL};
	struct lifecycle_project s = {.pkg = pkg, .events = events};

	return script(p, &s, env, err);
}

static void put(struct map *m, const char *key, const char *value)
{
	map_put(m, key, (char *)(value ? value : ""));
}

/* The workspaces are named for the list of files: one packs them as a project does. */
static int list_options(struct parcel *p, struct packlist_options *o, struct err *err)
{
	struct cli *cli = p->cli;
	const char *ignore = config_text(cli->config, "global-ignore-file");
	struct map *paths = cli->in_workspaces ? cli_workspace_paths(cli, false, err) : NULL;
	const char **dirs;
	struct str text;

	*o = (struct packlist_options){.dir = p->dir, .prefix = cli->config->local_prefix};
	if (cli->in_workspaces && !paths)
		return -1;
	if (paths) {
		dirs = ARENA_ARRAY(cli->arena, const char *, paths->count + 1);
		for (struct map_entry *e = map_first(paths); e; e = map_next(paths, e))
			dirs[o->n_workspaces++] = e->value;
		o->workspaces = dirs;
	}
	if (ignore && fs_read_if(cli->arena, ignore, IGNORE_MAX, &text, err) < 0)
		return -1;
	o->global_ignore = ignore && text.ptr ? str_dup(cli->arena, text) : NULL;
	return 0;
}

static int compress(struct parcel *p, struct str tar, struct err *err)
{
	struct runtime rt;

	if (inflate_is_gzip(tar)) {
		p->tarball = tar;
		return 0;
	}
	return runtime_locate(p->cli->arena, &rt, err) < 0 ? -1 : gzip_pack(p->cli->arena, &rt, tar, &p->tarball, err);
}

static int pack_folder(struct parcel *p, bool captured, struct err *err)
{
	static const char *const prepare[] = {"prepare", NULL};
	struct arena *a = p->cli->arena;
	struct pack_options o = {.suspects = p->suspects};
	struct buf tar = BUF_INIT(STORE_MAX_PACKED);
	struct package_file file;
	bool fell_back = false;
	struct map env;
	int bad;

	/* prepack may have changed it. */
	if (package_read(a, p->dir, &file, err) < 0)
		return -1;
	map_init(&env, a);
	put(&env, "npm_package_resolved", p->dir);
	put(&env, "npm_package_integrity", NULL);
	put(&env, "npm_package_json", path_join(a, p->dir, "package.json"));
	if (script(p, &(struct lifecycle_project){.pkg = file.manifest->raw, .events = prepare, .captured = captured}, &env,
		   err) < 0)
		return -1;
	o.pkg = file.manifest->raw;
	bad = list_options(p, &o.list, err) < 0;
	o.list.fell_back = &fell_back;
	bad = bad || pack_tar(a, &o, &tar, err) < 0 || compress(p, buf_str(&tar), err) < 0;
	buf_release(&tar);
	if (fell_back)
		report_warn(p->cli->reporter, "gitignore-fallback",
			    "No .npmignore file found, using .gitignore for file exclusion. Consider creating a .npmignore file to "
			    "explicitly control published files.");
	return bad ? -1 : 0;
}

static int fetch_tarball(struct parcels *all, struct parcel *p, struct err *err)
{
	struct str tar;

	return package_fetch_tarball(all->fetch, p->fetched, &tar, err) < 0 ? -1 : compress(p, tar, err);
}

static int write_tarball(struct parcel *p, const char *destination, struct err *err)
{
	const char *dir = path_resolve(p->cli->arena, p->cli->cwd, destination);

	return fs_write(path_join(p->cli->arena, dir, parcel_filename(p)), p->tarball, 0666, err);
}

int parcel_pack(struct parcels *all, struct parcel *p, const struct parcel_options *o, struct err *err)
{
	static const char *const before[] = {"prepack", NULL}, *const after[] = {"postpack", NULL};
	struct arena *a = p->cli->arena;
	struct lifecycle_project s = {.pkg = p->manifest, .events = before, .captured = o->captured};
	struct map env;

	if (!p->dir)
		return fetch_tarball(all, p, err) < 0 || (o->destination && write_tarball(p, o->destination, err) < 0) ? -1 : 0;
	if (parcel_check_overrides(p, err) < 0)
		return -1;
	if (script(p, &s, NULL, err) < 0 || pack_folder(p, o->captured, err) < 0)
		return -1;
	if (o->destination && write_tarball(p, o->destination, err) < 0)
		return -1;
	map_init(&env, a);
	put(&env, "npm_package_from", arena_printf(a, "file:%s", p->dir));
	put(&env, "npm_package_resolved", p->dir);
	put(&env, "npm_package_integrity", digest_sri(a, DIGEST_SHA512, p->tarball.ptr, p->tarball.len));
	s.events = after;
	return script(p, &s, &env, err);
}
