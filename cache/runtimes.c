/* SPDX-License-Identifier: MIT */
#include "cache/runtimes.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "resolver/semver.h"

#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_NOTE ((size_t)64 << 10)
/* How exact the note of when something was last used has to be. */
#define USE_NOTED_NS ((int64_t)24 * 3600 * 1000000000)

/* Letters and digits as they are, all else as _ and two digits: no two URLs have one name. */
static const char *registry_name(struct arena *a, const char *url)
{
	struct buf out = BUF_INIT(MAX_NOTE);
	bool plain = cstr_starts(url, "http://");
	const char *text;

	if (plain || cstr_starts(url, "https://"))
		url += strlen(plain ? "http://" : "https://");
	buf_adds(&out, plain ? "_http_" : "");
	for (; *url && !(*url == '/' && !url[1]); url++) {
		if (isalnum((unsigned char)*url) || *url == '-' || (*url == '.' && out.len))
			buf_addc(&out, *url);
		else
			buf_printf(&out, "_%02x", (unsigned char)*url);
	}
	text = out.len ? buf_dup(a, &out) : "_";
	buf_release(&out);
	return text;
}

const char *runtimes_dir(struct arena *a, const char *cache, const char *registry)
{
	return path_join(a, cache, arena_printf(a, "_lode/v1/runtimes/%s", registry_name(a, registry)));
}

static int highest_first(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return semver_compare_text(b, a, 0);
}

/* A folder's name is what lode made of a version: nothing else is one. */
static bool is_version(struct arena *a, const char *name)
{
	struct semver v;

	return semver_parse(&v, str_from(name), 0) && streq(semver_format(a, &v), name);
}

void runtimes_list(struct arena *a, const char *dir, const char *package, struct vec *versions)
{
	struct err ignored = ERR_INIT;
	struct vec names;

	vec_init(&names, a);
	vec_init(versions, a);
	if (fs_list(a, path_join(a, dir, package), &names, &ignored))
		return;
	for (size_t i = 0; i < names.count; i++) {
		if (is_version(a, names.items[i]))
			vec_add(versions, names.items[i]);
	}
	vec_sort(versions, highest_first, NULL);
}

/* What was cut short, overwritten or lost its mode is as good as not there: nothing else may run in its place. Notes of
 * before sizes were noted have none. */
static bool program_is_sound(struct arena *a, const char *root, const struct json *said)
{
	struct fs_stat node = fs_lstat(path_join(a, root, "bin/node"));
	const struct json *size = json_find(said, "size");

	if (node.kind != FS_FILE || !(node.mode & 0100) || !node.size)
		return false;
	return !json_is(size, JSON_NUMBER) || size->number == (double)node.size;
}

bool runtimes_find(struct arena *a, const char *dir, const char *package, const char *version, struct kept_runtime *out)
{
	const char *root = path_join(a, path_join(a, dir, package), version), *note = path_join(a, root, ".lode-runtime");
	struct err ignored = ERR_INIT;
	struct json *said;
	struct str text;

	if (!is_version(a, version) || fs_read_if(a, note, MAX_NOTE, &text, &ignored) || !text.ptr)
		return false;
	said = json_parse(a, text, note, &ignored);
	*out = (struct kept_runtime){
		.package = package,
		.version = version,
		.root = root,
		.integrity = json_find_text(said, "integrity"),
		.resolved = json_find_text(said, "resolved"),
	};
	if (!out->integrity || !program_is_sound(a, root, said))
		return false;
	if (!out->resolved)
		out->resolved = "";
	if (clock_wall_ms() * 1000000 - fs_lstat(note).mtime_ns > USE_NOTED_NS)
		utimensat(AT_FDCWD, note, NULL, AT_SYMLINK_NOFOLLOW);
	return true;
}
