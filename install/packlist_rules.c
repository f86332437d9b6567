/* SPDX-License-Identifier: MIT */
#include "install/packlist_rules.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/glob.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"
#include "install/ignore.h"

#define RULES_MAX ((size_t)64 << 20)
#define DEPTH_MAX 128

const char packlist_defaults[] = ".npmignore\n"
				 ".gitignore\n"
				 "**/.git\n"
				 "**/.svn\n"
				 "**/.hg\n"
				 "**/CVS\n"
				 "**/.git/**\n"
				 "**/.svn/**\n"
				 "**/.hg/**\n"
				 "**/CVS/**\n"
				 "/.lock-wscript\n"
				 "/.wafpickle-*\n"
				 "/build/config.gypi\n"
				 "npm-debug.log\n"
				 "**/.npmrc\n"
				 ".*.swp\n"
				 ".DS_Store\n"
				 "**/.DS_Store/**\n"
				 "._*\n"
				 "**/._*/**\n"
				 "*.orig\n"
				 "/archived-packages/**\n";

const char packlist_strict[] = "/.git\n";

static const char strict_rules[] = "/.git\n"
				   "!/package.json\n"
				   "!/readme{,.*[^~$]}\n"
				   "!/copying{,.*[^~$]}\n"
				   "!/license{,.*[^~$]}\n"
				   "!/licence{,.*[^~$]}\n"
				   "/.git\n"
				   "/node_modules\n"
				   ".npmrc\n"
				   "/package-lock.json\n"
				   "/npm-shrinkwrap.json\n"
				   "/yarn.lock\n"
				   "/pnpm-lock.yaml\n"
				   "/bun.lockb\n"
				   "/bun.lock\n"
				   "/.npm-extension.mjs\n"
				   "/.npm-extension.cjs\n";

/* One glob of `files` being looked up on disk. */
struct lookup {
	struct arena *a;
	const char *dir;
	const char *prefix;	/* "!" for what is included, "" for what is not */
	struct vec parts;
	struct buf *out;
	struct map seen;	/* what was looked at: "index path" */
	struct err *err;
};

static int look(struct lookup *l, const char *path, size_t i);

static const char *child_path(struct arena *a, const char *path, const char *name)
{
	return *path ? arena_printf(a, "%s/%s", path, name) : name;
}

static struct fs_stat stat_in(const struct lookup *l, const char *path)
{
	return fs_lstat(arena_printf(l->a, "%s/%s", l->dir, path));
}

/* All parts matched: rules for what is there. A directory stands for all it holds. */
static void found(struct lookup *l, const char *path)
{
	enum fs_kind kind = *path ? stat_in(l, path).kind : FS_NONE;
	if (kind == FS_DIR)
		buf_printf(l->out, "%s/%s\n%s/%s/**\n", l->prefix, path, l->prefix, path);
	else if (kind == FS_FILE)
		buf_printf(l->out, "%s/%s\n", l->prefix, path);
}

static int look_into(struct lookup *l, const char *path, size_t i)
{
	const char *part = l->parts.items[i];
	bool deep = streq(part, "**");
	struct vec names;
	vec_init(&names, l->a);
	if (*path && stat_in(l, path).kind == FS_LINK && deep)
		return 0;
	if (fs_stat(arena_printf(l->a, "%s/%s", l->dir, path)).kind != FS_DIR)
		return 0;
	if (fs_list(l->a, arena_printf(l->a, "%s/%s", l->dir, path), &names, l->err) < 0)
		return -1;
	for (size_t k = 0; k < names.count; k++) {
		const char *child = child_path(l->a, path, names.items[k]);
		if (deep ? look(l, child, i) < 0
			 : glob_match_part(part, names.items[k], GLOB_DOT) && look(l, child, i + 1) < 0)
			return -1;
	}
	return 0;
}

static int look(struct lookup *l, const char *path, size_t i)
{
	const char *key = arena_printf(l->a, "%zu %s", i, path);
	if (map_has(&l->seen, key))
		return 0;
	map_put(&l->seen, key, l);
	if (i == l->parts.count) {
		found(l, path);
		return 0;
	}
	const char *part = l->parts.items[i];
	if (streq(part, "**"))
		return look(l, path, i + 1) < 0 ? -1 : look_into(l, path, i);
	if (glob_has_magic(part))
		return look_into(l, path, i);
	const char *child = child_path(l->a, path, part);
	return stat_in(l, child).kind == FS_NONE ? 0 : look(l, child, i + 1);
}

/* False when the glob leaves the package or is too deep to be meant. */
static bool split_pattern(struct arena *a, const char *pattern, struct vec *parts)
{
	for (struct str rest = str_from(pattern); rest.ptr;) {
		const char *part = str_dup(a, str_cut(rest, '/', &rest));
		bool up = streq(part, "..");
		if (up && !parts->count)
			return false;
		if (up)
			vec_pop(parts);
		else if (*part && !streq(part, "."))
			vec_add(parts, (void *)part);
	}
	return parts->count <= DEPTH_MAX;
}

static int look_up(struct lookup *l, const char *pattern)
{
	struct vec patterns;
	vec_init(&patterns, l->a);
	glob_expand(l->a, pattern, &patterns);
	for (size_t i = 0; i < patterns.count; i++) {
		vec_init(&l->parts, l->a);
		map_init(&l->seen, l->a);
		if (split_pattern(l->a, patterns.items[i], &l->parts) && look(l, "", 0) < 0)
			return -1;
	}
	return 0;
}

/* One entry without what means nothing: "./", a leading slash, trailing slashes. */
static const char *trim_entry(struct arena *a, const char *entry)
{
	entry += strspn(entry, "!");
	if (cstr_starts(entry, "./"))
		entry += 2;
	else if (*entry == '/')
		entry++;
	size_t n = strlen(entry);
	while (n && entry[n - 1] == '/')
		n--;
	return arena_strndup(a, entry, n);
}

/* npm walks a text letter by letter. */
static const struct json *files_of(struct arena *a, const struct json *pkg)
{
	const struct json *files = json_find(pkg, "files");
	const char *text = json_is(files, JSON_STRING) ? files->text : NULL;
	struct json *letters;
	if (!text || !*text)
		return json_is(files, JSON_ARRAY) ? files : NULL;
	letters = json_array(a);
	for (size_t n; *text; text += n) {
		for (n = 1; ((unsigned char)text[n] & 0xc0) == 0x80; n++)
			;
		json_add(a, letters, json_string(a, arena_strndup(a, text, n)));
	}
	return letters;
}

int packlist_files_rules(struct arena *a, const struct json *pkg, const char *dir, struct vec **rules, struct err *err)
{
	const struct json *files = files_of(a, pkg);
	struct buf text = BUF_INIT(RULES_MAX);
	struct lookup l = {.a = a, .dir = dir, .out = &text, .err = err};
	int rc = 0;
	*rules = NULL;
	if (!files)
		return 0;
	buf_adds(&text, "*\n");
	for (uint32_t i = 0; i < files->count && rc == 0; i++) {
		const char *entry = json_text(files->items[i]);
		l.prefix = entry && *entry == '!' ? "" : "!";
		if (entry && *trim_entry(a, entry))
			rc = look_up(&l, trim_entry(a, entry));
	}
	if (rc == 0 && text.failed)
		rc = err_set(err, ERR_ETOOBIG, "too many files in '%s'", dir);
	*rules = ARENA_NEW(a, struct vec);
	vec_init(*rules, a);
	if (rc == 0)
		ignore_parse(a, buf_str(&text), *rules);
	buf_release(&text);
	return rc;
}

/* A patch file's path inside the package; NULL when it leaves it, and so is not packed anyway. */
static const char *patch_path(struct arena *a, const char *path)
{
	const char *rel = trim_entry(a, cstr_replace(a, path, "\\", "/"));
	bool out = !*rel || *rel == '/' || streq(rel, "..") || cstr_starts(rel, "../") || strstr(rel, "/../");
	return out ? NULL : rel;
}

static void add_patches(struct arena *a, const struct json *pkg, struct buf *text)
{
	const struct json *patches = json_find(pkg, "patchedDependencies");
	for (uint32_t i = 0; json_is(patches, JSON_OBJECT) && i < patches->count; i++) {
		const char *path = json_text(patches->members[i].value);
		const char *rel = path ? patch_path(a, path) : NULL;
		if (rel)
			buf_printf(text, "/%s\n", rel);
	}
}

static void add_included(struct buf *text, const struct json *path)
{
	if (json_text(path) && *json_text(path))
		buf_printf(text, "!/%s\n", json_text(path));
}

struct vec *packlist_strict_rules(struct arena *a, const struct json *pkg, bool root)
{
	const struct json *bin = json_find(pkg, "bin");
	struct vec *rules = ARENA_NEW(a, struct vec);
	struct buf text = BUF_INIT(RULES_MAX);
	buf_adds(&text, strict_rules);
	add_included(&text, json_find(pkg, "browser"));
	add_included(&text, json_find(pkg, "main"));
	for (uint32_t i = 0; json_is(bin, JSON_OBJECT) && i < bin->count; i++)
		add_included(&text, bin->members[i].value);
	if (root)
		add_patches(a, pkg, &text);
	vec_init(rules, a);
	ignore_parse(a, buf_str(&text), rules);
	buf_release(&text);
	return rules;
}
