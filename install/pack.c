/* SPDX-License-Identifier: MIT */
#include "install/pack.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/tarwrite.h"
#include "base/vec.h"
#include "cache/store.h"
#include "lockfile/style.h"

#include <string.h>

/* npm's own constant time of packed files. */
#define PACKED_MTIME 499162500

struct packer {
	struct arena *a;
	const struct pack_options *o;
	struct buf *out;
	struct map seen;	/* files with more than one name: device and inode to their first path in the archive */
};

/* npm compares what it lists without the first folder of its path: a bin in a folder of the package is not found. */
static bool is_bin(const struct json *pkg, const char *name)
{
	const struct json *bin = json_find(pkg, "bin");
	const char *slash = strchr(name, '/'), *shorter = slash ? slash + 1 : name;

	if (json_is(bin, JSON_STRING))
		return streq(bin->text, shorter);
	for (uint32_t i = 0; json_is(bin, JSON_OBJECT) && i < bin->count; i++)
		if (json_is(bin->members[i].value, JSON_STRING) && streq(bin->members[i].value->text, shorter))
			return true;
	return false;
}

/*
 * The first path of a file that has been packed under another name already, NULL for the first one. Installed packages are links
 * into the store: one that is bundled twice is written twice, since links in packages are left out when they are installed.
 */
static const char *link_of(struct packer *p, const struct fs_stat *st, const char *path)
{
	const char *key, *first;

	if (st->nlink < 2 || strstr(path, "/node_modules/"))
		return NULL;
	key = arena_printf(p->a, "%llu:%llu", (unsigned long long)st->dev, (unsigned long long)st->ino);
	first = map_find(&p->seen, key);
	if (!first)
		map_put(&p->seen, key, (char *)path);
	return first;
}

/* Patches are the project's own; whoever installs the package has nothing of them. */
static int without_patches(struct packer *p, struct tarwrite_file *f, struct err *err)
{
	struct json *pkg = json_parse(p->a, f->data, "package.json", err);
	struct buf text = BUF_INIT(STORE_MAX_PACKED);

	if (!pkg)
		return -1;
	if (!json_remove(pkg, "patchedDependencies"))
		return 0;
	f->link = NULL;
	style_format(&text, pkg, style_detect(p->a, f->data));
	f->data = (struct str){buf_dup(p->a, &text), text.len};
	buf_release(&text);
	return 0;
}

static void suspect(struct packer *p, const char *name, struct str data)
{
	const char *why = p->o->suspects ? pack_suspicion(name, data) : NULL;
	struct pack_suspect *s;

	if (!why)
		return;
	s = ARENA_NEW(p->a, struct pack_suspect);
	*s = (struct pack_suspect){name, why};
	vec_add(p->o->suspects, s);
}

static int add(struct packer *p, const char *name, struct err *err)
{
	const char *path = arena_printf(p->a, "%s/%s", p->o->list.dir, name);
	struct fs_stat st = fs_lstat(path);
	struct tarwrite_file f = {.path = arena_printf(p->a, "package/%s", name), .mtime = PACKED_MTIME};

	if (fs_read(p->a, path, STORE_MAX_PACKED, &f.data, err) < 0)
		return -1;
	f.mode = ((is_bin(p->o->pkg, name) ? st.mode | 0111 : st.mode) | 0600) & ~(uint32_t)022;
	f.link = link_of(p, &st, f.path);
	if (streq(name, "package.json") && without_patches(p, &f, err) < 0)
		return -1;
	suspect(p, name, f.data);
	tarwrite_add(p->out, &f);
	return 0;
}

int pack_tar(struct arena *a, const struct pack_options *o, struct buf *out, struct err *err)
{
	struct packer p = {.a = a, .o = o, .out = out};
	struct vec files;

	map_init(&p.seen, a);
	if (packlist_with(a, &o->list, &files, err) < 0)
		return -1;
	for (size_t i = 0; i < files.count; i++)
		if (add(&p, files.items[i], err) < 0)
			return -1;
	tarwrite_end(out);
	return out->failed ? err_set(err, ERR_ETOOBIG, "'%s' is larger than a package may be", o->list.dir) : 0;
}
