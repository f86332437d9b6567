/* SPDX-License-Identifier: MIT */
#include "cache/store.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/vec.h"
#include "cache/extract.h"
#include "cache/index.h"
#include "cache/paths.h"
#include "cache/peek.h"
#include "resolver/ssri.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_INDEX ((size_t)512 << 20)
/* How exact the note of when something was last used has to be. */
#define USE_NOTED_NS ((int64_t)24 * 3600 * 1000000000)

/* ---- finding ---- */

static void note_use(struct cache *c, const char *path)
{
	int64_t now = clock_wall_ms() * 1000000;

	if (c->note_use && now - fs_lstat(path).mtime_ns > USE_NOTED_NS)
		utimensat(AT_FDCWD, path, NULL, AT_SYMLINK_NOFOLLOW);
}

/* Bytes live in the arena: texts of the package point into them. */
static struct store_package *load_package(struct arena *a, struct cache *c, const char *dir)
{
	const char *path = path_join(a, dir, "index");
	struct store_package *p;
	struct err err = ERR_INIT;
	struct str bytes;

	if (fs_read_if(a, path, MAX_INDEX, &bytes, &err) < 0 || !bytes.ptr)
		return NULL;
	p = index_parse(a, bytes);
	if (!p) {
		cache_drop(c, dir);
		return NULL;
	}
	p->dir = path_join(a, dir, "files");
	note_use(c, path);
	return p;
}

static struct store_package *find_key(struct arena *a, struct cache *c, const char *key)
{
	const char *roots[2];
	size_t n = cache_roots(c, roots);
	struct store_package *p = NULL;

	for (size_t i = 0; i < n && !p; i++)
		p = load_package(a, c, cache_path(a, roots[i], c->packages, key));
	return p;
}

struct store_package *store_find(struct arena *a, struct cache *c, const char *integrity)
{
	struct store_package *p = NULL;
	struct vec keys;

	vec_init(&keys, a);
	integrity_keys(a, c, integrity, &keys);
	for (size_t i = 0; i < keys.count && !p; i++)
		p = find_key(a, c, VEC_AT(&keys, const char, i));
	return p;
}

uint64_t store_weight(struct arena *a, struct cache *c, const char *integrity)
{
	const char *roots[2];
	size_t n = cache_roots(c, roots);
	uint64_t weight = 0;
	struct vec keys;

	vec_init(&keys, a);
	integrity_keys(a, c, integrity, &keys);
	for (size_t i = 0; i < keys.count && !weight; i++)
		for (size_t k = 0; k < n && !weight; k++)
			weight = fs_lstat(path_join(a, cache_path(a, roots[k], c->packages, keys.items[i]), "index")).size;
	return weight;
}

/* ---- tarballs ---- */

static bool has_key(const struct str *bytes, const char *key)
{
	char hex[DIGEST_HEX_MAX];

	digest_hex(DIGEST_SHA512, bytes->ptr, bytes->len, hex);
	return streq(hex, key);
}

/* lode's own, by its key. One that does not have the digest of its name is dropped. */
static struct str map_tarball(struct arena *a, struct cache *c, const char *key)
{
	const char *roots[2];
	size_t n = cache_roots(c, roots);

	for (size_t i = 0; i < n; i++) {
		const char *path = cache_path(a, roots[i], "tarballs", key);
		struct str bytes;

		if (!file_map(path, &bytes))
			continue;
		if (has_key(&bytes, key)) {
			note_use(c, path);
			return bytes;
		}
		file_unmap(bytes);
		cache_drop(c, path);
	}
	return STR_NULL;
}

/* npm's own cache, content-v2/<algorithm>/ab/cd/ef…: only read, and checked like anything else. */
static struct str map_npm(struct arena *a, struct cache *c, const struct ssri *want)
{
	const char *strongest = ssri_pick_algorithm(want, NULL);

	for (const struct ssri_hash *h = want->first; h && strongest && c->npm; h = h->next) {
		struct ssri one = {0};
		const char *hex;
		struct str bytes;

		if (!streq(h->algorithm, strongest))
			continue;
		ssri_add(a, &one, *h);
		hex = ssri_hex(a, &one);
		if (!hex || strlen(hex) < 5 || strchr(hex, '/'))
			continue;
		if (!file_map(arena_printf(a, "%s/%s/%.2s/%.2s/%s", c->npm, h->algorithm, hex, hex + 2, hex + 4), &bytes))
			continue;
		if (ssri_check_data(a, want, bytes))
			return bytes;
		file_unmap(bytes);
	}
	return STR_NULL;
}

/* The kept tarball of an integrity, mapped; ptr NULL when there is none. */
static struct str find_tarball(struct arena *a, struct cache *c, const char *integrity)
{
	struct str bytes = STR_NULL;
	struct vec keys;

	vec_init(&keys, a);
	integrity_keys(a, c, integrity, &keys);
	for (size_t i = 0; i < keys.count && !bytes.ptr; i++)
		bytes = map_tarball(a, c, VEC_AT(&keys, const char, i));
	return bytes.ptr ? bytes : map_npm(a, c, ssri_parse(a, str_from(integrity), 0));
}

int store_tarball(struct arena *a, struct cache *c, const char *integrity, struct str *out, struct err *err)
{
	struct str bytes = find_tarball(a, c, integrity);

	(void)err;
	*out = STR_NULL;
	if (bytes.ptr) {
		*out = (struct str){str_dup(a, bytes), bytes.len};
		file_unmap(bytes);
	}
	return 0;
}

static bool any_exists(struct arena *a, struct cache *c, const char *key)
{
	const char *roots[2];
	size_t n = cache_roots(c, roots);

	for (size_t i = 0; i < n; i++)
		if (fs_exists(cache_path(a, roots[i], "tarballs", key)) ||
		    fs_exists(cache_path(a, roots[i], c->packages, key)))
			return true;
	return false;
}

bool store_has(struct cache *c, const char *integrity)
{
	struct arena a = ARENA_INIT;
	bool has = false;
	struct vec keys;
	struct str npm;

	vec_init(&keys, &a);
	integrity_keys(&a, c, integrity, &keys);
	for (size_t i = 0; i < keys.count && !has; i++)
		has = any_exists(&a, c, VEC_AT(&keys, const char, i));
	if (!has) {
		npm = map_npm(&a, c, ssri_parse(&a, str_from(integrity), 0));
		has = npm.ptr != NULL;
		file_unmap(npm);
	}
	arena_release(&a);
	return has;
}

/* ---- filling ---- */

/* Does the tarball have one of the wanted hashes? Its sha512 is known: most need no second look at the bytes. */
static const struct ssri_hash *match(struct arena *a, const struct ssri *want, const struct store_source *src, const char *key)
{
	const char *strongest = ssri_pick_algorithm(want, NULL), *have = integrity_of_key(a, key);

	if (!streq(strongest, "sha512"))
		return ssri_check_data(a, want, src->tarball);
	for (const struct ssri_hash *h = want->first; h; h = h->next)
		if (streq(h->algorithm, "sha512") && streq(h->digest, have + strlen("sha512-")))
			return h;
	return NULL;
}

/* What it must have: the integrity, or where that says nothing lode knows, the old shasum. */
static const struct ssri *wanted(struct arena *a, const struct store_source *src)
{
	const struct ssri *want = ssri_parse(a, str_from(src->integrity ? src->integrity : ""), 0);

	if (ssri_is_empty(want) && src->shasum && *src->shasum)
		want = ssri_from_hex(a, "sha1", src->shasum, NULL);
	return want;
}

/* Checks what came against what was promised and says what it is: its sha512 in hexadecimal. */
static int check_source(struct arena *a, struct cache *c, const struct store_source *src, const char **key, struct err *err)
{
	const struct ssri *want = wanted(a, src);
	const struct ssri_hash *hit = NULL;
	char *hex = arena_alloc(a, DIGEST_HEX_MAX);

	digest_hex(DIGEST_SHA512, src->tarball.ptr, src->tarball.len, hex);
	*key = hex;
	if (!ssri_is_empty(want)) {
		hit = match(a, want, src, hex);
		if (!hit)
			return err_set(err, ERR_EINTEGRITY, "%s failed the integrity check: wanted %s but got %s (%zu bytes)",
				       src->what, ssri_format(a, want, NULL, 0), integrity_of_key(a, hex), src->tarball.len);
		integrity_put_alias(c, ssri_hash_format(a, hit, 0), hex);
	}
	if (src->tarball.len > STORE_MAX_PACKED)
		return err_set(err, ERR_ETOOBIG, "%s is larger than %zu bytes", src->what, STORE_MAX_PACKED);
	return 0;
}

static int keep_tarball(struct cache *c, const char *key, struct str tarball, struct err *err)
{
	struct arena a = ARENA_INIT;
	const char *roots[2];
	size_t n = cache_roots(c, roots);
	bool there = false;

	/* Size is enough of a look here: whoever reads it looks at the digest. */
	for (size_t i = 0; i < n; i++)
		there = there || fs_lstat(cache_path(&a, roots[i], "tarballs", key)).size == tarball.len;
	arena_release(&a);
	return there ? 0 : cache_put_file(c, "tarballs", key, tarball, err);
}

static bool is_bundled(const char *path)
{
	return cstr_starts(path, "node_modules/");
}

/* What the store says of a package, from what was unpacked. */
static struct store_package *describe(struct arena *a, const struct extract_result *x, const char *key)
{
	struct store_package *p = ARENA_NEW(a, struct store_package);
	struct peek peek = peek_package(a, x->package_json);

	*p = (struct store_package){
		.integrity = integrity_of_key(a, key),
		.name = peek.name,
		.version = peek.version,
		.recorded = peek.recorded,
		.entries = x->entries,
		.n_entries = x->n_entries,
		.n_files = x->n_files,
		.unpacked_size = x->bytes,
		.sealed_ns = x->newest_ns,
		.has_package_json = x->package_json.ptr != NULL,
		.has_install_script = peek.has_install_script,
	};
	for (uint32_t i = 0; i < x->n_entries; i++) {
		const char *path = x->entries[i].path;

		p->has_bundled = p->has_bundled || is_bundled(path);
		p->has_shrinkwrap = p->has_shrinkwrap || streq(path, "npm-shrinkwrap.json");
		p->has_binding_gyp = p->has_binding_gyp || (streq(path, "binding.gyp") && !peek.gypfile_off);
	}
	return p;
}

/* *kept: its bytes, in an arena. */
static int write_index(struct arena *keep, const char *dir, const struct store_package *p, struct str *kept, struct err *err)
{
	struct buf bytes = BUF_INIT(MAX_INDEX);
	struct arena a = ARENA_INIT;
	int ret;

	index_format(&bytes, p);
	if (bytes.failed)
		ret = err_set(err, ERR_ETOOBIG, "%s has too many files", p->name ? p->name : "the package");
	else
		ret = fs_write_new(path_join(&a, dir, "index"), buf_str(&bytes), 0666, err);
	if (ret == 0)
		*kept = (struct str){buf_dup(keep, &bytes), bytes.len};
	buf_release(&bytes);
	arena_release(&a);
	return ret;
}

struct unpacking {
	const struct store_source *src;
	const char *key;
	struct arena *arena;		/* for index and package */
	struct str index;
	struct store_package *package;	/* NULL: another one made it, so it is to be read */
};

/* Unpacks into dir/files, dir being new, and writes the index beside it. */
static int unpack_at(struct arena *a, struct cache *c, struct unpacking *job, const char *dir, struct err *err)
{
	const struct store_source *src = job->src;
	const char *files = path_join(a, dir, "files");
	struct extract_options opts = {
		.what = src->what,
		.max_unpacked = STORE_MAX_UNPACKED,
		.umask = c->umask,
		.keep_gitignore = src->from_git,
	};
	struct extract_result x;
	int ret;

	if (fs_mkdirs(dir, err) < 0)
		return -1;
	if (mkdir(files, 0777) < 0)
		return err_sys(err, errno, "cannot make '%s'", files);
	opts.dirfd = open(files, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (opts.dirfd < 0)
		return err_sys(err, errno, "cannot open '%s'", files);
	ret = extract_tarball(a, src->tarball, &opts, &x, err);
	close(opts.dirfd);
	if (ret < 0)
		return -1;
	return write_index(job->arena, dir, describe(a, &x, job->key), &job->index, err);
}

/* What lies at its place now is what was just made. */
static void take_package(struct unpacking *job, const char *place)
{
	job->package = index_parse(job->arena, job->index);
	if (!job->package)
		return;
	job->package->dir = path_join(job->arena, place, "files");
	job->package->is_new = true;
}

/* Unpacks under tmp/ and moves the whole into place; a package that is there already stays. */
static int unpack(struct cache *c, struct unpacking *job, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct err ignored = ERR_INIT;
	const char *root = cache_writable(c, err), *dir, *place;
	int ret = -1;

	if (root) {
		dir = cache_tmp(&a, root);
		place = cache_path(&a, root, c->packages, job->key);
		ret = unpack_at(&a, c, job, dir, err);
		if (ret == 0)
			ret = cache_publish(&a, dir, place, err);
		if (ret == 0)
			take_package(job, place);
		if (ret != 0 && fs_remove_tree(dir, &ignored) < 0)
			err_clear(&ignored);
	}
	arena_release(&a);
	return ret < 0 ? -1 : 0;
}

/* Once more in the private folder when the place fails. */
static int unpack_somewhere(struct cache *c, struct unpacking *job, struct err *err)
{
	if (unpack(c, job, err) == 0)
		return 0;
	if (!cache_give_up(c, err))
		return -1;
	err_clear(err);
	return unpack(c, job, err);
}

/* Unpacks it and says what came of it. */
static int make_package(struct arena *a, struct cache *c, struct unpacking job, struct store_package **out, struct err *err)
{
	job.arena = a;
	if (unpack_somewhere(c, &job, err) < 0)
		return -1;
	*out = job.package ? job.package : find_key(a, c, job.key);
	return *out ? 0 : err_set(err, ERR_ESYSTEM, "the package just unpacked is gone from '%s'", c->root);
}

/* A tarball that cannot be kept is fetched again some day; that is no reason to fail now. */
static void keep(struct cache *c, const char *key, struct str tarball)
{
	struct err err = ERR_INIT;

	if (keep_tarball(c, key, tarball, &err) < 0)
		cache_give_up(c, &err);
}

int store_fill(struct arena *a, struct cache *c, const struct store_source *src, struct store_package **out, struct err *err)
{
	const char *key;

	*out = NULL;
	if (check_source(a, c, src, &key, err) < 0)
		return -1;
	*out = find_key(a, c, key);
	if (!*out && make_package(a, c, (struct unpacking){.src = src, .key = key}, out, err) < 0)
		return -1;
	/* Kept only now: what cannot be unpacked is not worth keeping. */
	keep(c, key, src->tarball);
	return 0;
}

int store_get(struct arena *a, struct cache *c, const char *integrity, struct store_package **out, struct err *err)
{
	struct store_source src = {.integrity = integrity, .what = integrity};
	const char *key;
	int ret;

	*out = store_find(a, c, integrity);
	if (*out)
		return 0;
	src.tarball = find_tarball(a, c, integrity);
	if (!src.tarball.ptr)
		return 0;
	ret = check_source(a, c, &src, &key, err);
	if (ret == 0)
		ret = make_package(a, c, (struct unpacking){.src = &src, .key = key}, out, err);
	file_unmap(src.tarball);
	return ret;
}
