/* SPDX-License-Identifier: MIT
 *
 * One side of a diff: a package's files, wherever it is.
 */
#include "cli/diff.h"

#include <string.h>

#include "base/archive.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/glob.h"
#include "base/json.h"
#include "base/path.h"
#include "base/utf8.h"
#include "cache/store.h"
#include "cli/allowed.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/jsvalue.h"
#include "cli/online.h"
#include "cli/settings_install.h"
#include "install/confined.h"
#include "install/fetch.h"
#include "install/install.h"
#include "install/project.h"
#include "resolver/bins.h"
#include "resolver/manifest.h"
#include "resolver/packument.h"
#include "resolver/pick.h"
#include "resolver/spec.h"

#define MAX_PACKED STORE_MAX_PACKED

/* ---- which files ---- */

static const char *normal(struct arena *a, const char *s)
{
	s = cstr_replace(a, s, "\\", "/");
	return cstr_starts(s, "./") ? s + 2 : *s == '.' ? s + 1 : s;
}

static bool matches(struct arena *a, const char *pattern, const char *path)
{
	const char *wanted = normal(a, pattern);
	path = normal(a, path);
	if (wanted[0] == '*' && !strchr(wanted, '/') && glob_match(wanted, path_base(path), 0))
		return true;
	return glob_match(arena_printf(a, "{package/,}%s", wanted), path, 0) || cstr_starts(path, wanted) ||
	       cstr_starts(path, arena_printf(a, "package/%s", wanted));
}

static bool is_wanted(const struct diff_source *from, const char *path)
{
	for (int i = 0; i < from->n_patterns; i++)
		if (matches(from->cli->arena, from->patterns[i], path))
			return true;
	return !from->n_patterns;
}

static void add_file(const struct diff_source *from, struct diff_side *side, const char *path, struct str bytes, uint32_t mode)
{
	struct arena *a = from->cli->arena;
	const char *slash = strchr(path, '/');
	if (!is_wanted(from, path))
		return;
	struct diff_file *f = ARENA_NEW(a, struct diff_file);
	f->name = arena_strdup(a, slash ? slash + 1 : "");
	f->mode = arena_printf(a, "100%o", mode & 07777u);
	f->text = utf8_clean(a, bytes);
	vec_add(&side->files, f);
}

/* ---- a tarball ---- */

static int read_entry(struct arena *a, struct tar *tar, uint64_t size, struct str *out, struct err *err)
{
	struct tar_block block;
	char *bytes = arena_alloc(a, size + 1);
	int more;
	while ((more = tar_data(tar, &block, err)) > 0)
		if (block.offset <= size && block.data.len <= size - block.offset)
			memcpy(bytes + block.offset, block.data.ptr, block.data.len);
	*out = (struct str){bytes, size};
	return more;
}

static void note_version(const struct diff_source *from, struct diff_side *side, struct str package_json)
{
	struct err ignored = ERR_INIT;
	const struct json *pkg = json_parse(from->cli->arena, package_json, "package.json", &ignored);
	side->version = json_find_text(pkg, "version");
}

static int read_entries(const struct diff_source *from, struct tar *tar, struct diff_side *side, struct err *err)
{
	struct tar_entry e;
	int got;
	while ((got = tar_next(tar, &e, err)) > 0) {
		const char *slash = strchr(e.path, '/');
		struct str bytes;
		if (e.kind != TAR_FILE || e.size > STORE_MAX_UNPACKED)
			continue;
		const char *path = arena_strdup(from->cli->arena, e.path);
		bool is_manifest = !side->version && slash && streq(slash, "/package.json");
		if (!is_manifest && !is_wanted(from, path))
			continue;
		if (read_entry(from->cli->arena, tar, e.size, &bytes, err) < 0)
			return -1;
		if (is_manifest)
			note_version(from, side, bytes);
		add_file(from, side, path, bytes, e.mode);
	}
	return got;
}

/* bytes: packed or not. */
static int read_tarball(const struct diff_source *from, struct str bytes, struct diff_side *side, struct err *err)
{
	struct tar *tar = tar_open(bytes);
	int bad = read_entries(from, tar, side, err);

	tar_close(tar);
	return bad;
}

/* ---- the network ---- */

struct download {
	struct buf body;
	struct err *err;
	bool over;
};

static void downloaded(void *ctx, struct buf *body, const struct err *err)
{
	struct download *d = ctx;
	d->over = true;
	if (err->code != ERR_OK) {
		*d->err = *err;
		return;
	}
	d->body = *body;
	buf_init(body, 0);
}

static int read_url(const struct diff_source *from, const struct tarball_wish *what, struct diff_side *side, struct err *err)
{
	struct tarball_wish wish = *what;
	struct download d = {.err = err};
	wish.max_bytes = MAX_PACKED;
	wish.done = downloaded;
	wish.ctx = &d;
	registry_tarball(from->net->reg, &wish);
	while (!d.over)
		registry_poll(from->net->reg, 1000);
	int bad = err->code != ERR_OK ? -1 : read_tarball(from, buf_str(&d.body), side, err);
	buf_release(&d.body);
	return bad;
}

struct choice {
	const struct diff_source *from;
	const struct spec *spec;
	struct packument_dist dist;
	const char *version;
	struct err *err;
	bool over;
};

static void choose(void *ctx, const char *name, const struct packument *p, const struct err *why)
{
	struct choice *c = ctx;
	const struct config *config = c->from->cli->config;
	struct pick_options o = {
		.wanted = c->spec->fetch_spec,
		.name = name,
		.default_tag = config_text(config, "tag"),
		.before = PICK_ANY_TIME,
	};
	struct pick picked;
	size_t n;
	const char *const *trusted = config_list(config, "min-release-age-exclude", &n);
	c->over = true;
	if (!p) {
		*c->err = *why;
		return;
	}
	if (config_before(config) && !pick_age_excluded(name, trusted, n) && !js_date(config_before(config), &o.before))
		o.before = PICK_ANY_TIME;
	if (pick_version(c->from->cli->arena, p, &o, &picked, c->err) < 0)
		return;
	if (picked.index < 0) {
		err_set(c->err, ERR_ETARGET, "%s@%s is not to be had", name, picked.version);
		return;
	}
	c->version = arena_strdup(c->from->cli->arena, picked.version);
	c->dist = packument_dist(c->from->cli->arena, p, (uint32_t)picked.index);
}

static int from_registry(const struct diff_source *from, const struct spec *spec, struct diff_side *side, struct err *err)
{
	struct choice c = {.from = from, .spec = spec, .err = err};
	registry_packument(from->net->reg, &(struct packument_wish){
		.name = spec->name,
		.what = spec->raw,
		.full = config_before(from->cli->config),
		.done = choose,
		.ctx = &c,
	});
	while (!c.over)
		registry_poll(from->net->reg, 1000);
	if (err->code != ERR_OK)
		return -1;
	side->version = c.version;
	struct tarball_wish wish = {.url = c.dist.tarball, .name = spec->name, .integrity = c.dist.integrity};
	wish.what = arena_printf(from->cli->arena, "%s@%s", spec->name, c.version);
	if (!wish.url)
		return err_set(err, ERR_ETARGET, "%s has no tarball", wish.what);
	return read_url(from, &wish, side, err);
}

/* ---- folders ---- */

/* Links, and whatever is no file, are in no package. */
static int add_installed(const struct diff_source *from, const char *dir, struct vec *queue, struct diff_side *side,
			 struct err *err)
{
	struct arena *a = from->cli->arena;
	struct package_file pkg;
	if (package_read(a, dir, &pkg, err) < 0)
		return -1;
	side->version = pkg.manifest->version;
	/* The queue grows while it is walked: what is in a folder comes behind all that is beside it, as in npm's tars. */
	for (size_t i = 0; i < queue->count; i++) {
		const char *rel = queue->items[i], *path = path_join(a, dir, rel);
		struct fs_stat st = fs_lstat(path);
		struct vec names;
		struct str bytes;
		if (st.kind == FS_FILE) {
			bool bin = false;
			for (size_t b = 0; b < pkg.manifest->bin.count; b++)
				bin |= streq(pkg.manifest->bin.items[b].target, rel);
			if (fs_read(a, path, STORE_MAX_UNPACKED, &bytes, err) < 0)
				return -1;
			add_file(from, side, arena_printf(a, "package/%s", rel), bytes,
				 ((st.mode | 0600) & ~022u) | (bin ? 0111 : 0));
		}
		if (st.kind != FS_DIR || fs_list(a, path, &names, err) < 0)
			continue;
		for (size_t n = 0; n < names.count; n++)
			vec_add(queue, arena_printf(a, "%s/%s", rel, (const char *)names.items[n]));
	}
	return err->code == ERR_OK ? 0 : -1;
}

static int from_node_modules(const struct diff_source *from, const char *dir, struct diff_side *side, struct err *err)
{
	struct arena *a = from->cli->arena;
	struct vec names, queue;
	struct package_file pkg;
	vec_init(&queue, a);
	if (fs_list(a, dir, &names, err) < 0 || package_read(a, dir, &pkg, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++)
		if (!streq(names.items[i], "node_modules"))
			vec_add(&queue, names.items[i]);
	for (size_t i = 0; i < pkg.manifest->bundle_dependencies.count; i++)
		vec_add(&queue, arena_printf(a, "node_modules/%s", pkg.manifest->bundle_dependencies.items[i]));
	return add_installed(from, dir, &queue, side, err);
}

/* Does the path end as an installed package's: node_modules/name or node_modules/@scope/name? */
static bool is_installed(struct arena *a, const char *top, const char *dir)
{
	const char *rel = path_relative(a, top, dir), *parent = path_dir(a, rel);
	if (path_base(parent)[0] == '@')
		parent = path_dir(a, parent);
	return streq(path_base(parent), "node_modules");
}

static int pack_options(const struct diff_source *from, struct fetch_options *out, struct err *err)
{
	struct install_options o;
	if (settings_install(from->cli, &o, err) < 0)
		return -1;
	*out = (struct fetch_options){
		.ignore_scripts = config_bool(from->cli->config, "ignore-scripts"),
		.lode = o.lode,
		.confine = o.lifecycle.confine,
		.git_timeout_ms = o.git_timeout_ms,
	};
	return 0;
}

static int from_folder(const struct diff_source *from, const char *dir, struct diff_side *side, struct err *err)
{
	struct arena *a = from->cli->arena;
	struct fetch_options options;
	struct source_git folder = {dir, dir, &options, NULL};
	struct str tar;
	if (is_installed(a, from->top, dir))
		return from_node_modules(from, dir, side, err);
	if (pack_options(from, &options, err) < 0 || source_folder_pack(a, &folder, &tar, err) < 0)
		return -1;
	return read_tarball(from, tar, side, err);
}

static int from_git(const struct diff_source *from, const struct spec *spec, struct diff_side *side, struct err *err)
{
	struct fetch_options options;
	struct vec said;
	struct source_git git = {spec->save_spec ? spec->save_spec : spec->fetch_spec, spec->raw, &options, &said};
	const char *resolved;
	struct str tar;
	int bad;
	vec_init(&said, from->cli->arena);
	if (pack_options(from, &options, err) < 0)
		return -1;
	bad = source_git_pack(from->cli->arena, &git, &tar, &resolved, err);
	if (options.confine)
		confined_hand_on(from->cli->reporter, options.confine, spec->raw, &said);
	return bad ? -1 : read_tarball(from, tar, side, err);
}

static int from_file(const struct diff_source *from, const struct spec *spec, struct diff_side *side, struct err *err)
{
	struct str bytes;
	if (fs_read(from->cli->arena, spec->fetch_spec, MAX_PACKED, &bytes, err) < 0)
		return -1;
	return read_tarball(from, bytes, side, err);
}

int diff_side_load(const struct diff_source *from, const char *text, struct diff_side *out, struct err *err)
{
	const struct spec *spec = spec_parse(from->cli->arena, text, from->top, err);
	*out = (struct diff_side){0};
	vec_init(&out->files, from->cli->arena);
	if (spec && spec->type == SPEC_ALIAS)
		spec = spec->sub;
	if (!spec || allowed_by_root(from->cli, spec, err) < 0)
		return -1;
	switch (spec->type) {
	case SPEC_DIRECTORY:
		return from_folder(from, spec->fetch_spec, out, err);
	case SPEC_FILE:
		return from_file(from, spec, out, err);
	case SPEC_REMOTE:
		return read_url(from, &(struct tarball_wish){.url = spec->fetch_spec, .what = spec->raw}, out, err);
	case SPEC_GIT:
		return from_git(from, spec, out, err);
	default:
		return from_registry(from, spec, out, err);
	}
}
