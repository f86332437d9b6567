/* SPDX-License-Identifier: MIT */
#include "registry/authorities.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/vec.h"
#include "registry/net.h"

#include <string.h>

#define MAX_CA ((size_t)16 << 20)
#define HASH_DIGITS 8

/* 5ed36f99.0 */
static bool is_hashed_name(const char *name)
{
	for (size_t i = 0; i < HASH_DIGITS; i++)
		if (hex_value(name[i]) < 0)
			return false;
	return strcmp(name + HASH_DIGITS, ".0") == 0;
}

static const char *hashed_dir(struct arena *a, const char *bundle)
{
	const char *dir = path_dir(a, bundle);
	struct fs_stat made = fs_stat(dir), of = fs_stat(bundle);
	struct err ignored = ERR_INIT;
	struct vec names;

	if (made.kind != FS_DIR || of.mtime_ns > made.mtime_ns || fs_list(a, dir, &names, &ignored) < 0)
		return NULL;
	for (size_t i = 0; i < names.count; i++)
		if (is_hashed_name(names.items[i]))
			return dir;
	return NULL;
}

static bool same_file(const char *a, const char *b)
{
	struct fs_stat x = fs_stat(a), y = fs_stat(b);

	return x.kind != FS_NONE && y.kind != FS_NONE && x.dev == y.dev && x.ino == y.ino;
}

/* A bundle and what comes on top of it become one text; a folder can stand beside a text. */
static int add_extra(struct authorities *w, struct arena *a, const char *path, struct err *err)
{
	struct str own = w->pem, extra;

	if (fs_read_if(a, path, MAX_CA, &extra, err) < 0)
		return -1;
	if (!extra.ptr)
		return 0;
	if (!own.ptr && w->file && fs_read(a, w->file, MAX_CA, &own, err) < 0)
		return -1;
	w->pem = str_from(arena_printf(a, "%.*s\n%.*s\n", STR_ARGS(own), STR_ARGS(extra)));
	w->file = NULL;
	return 0;
}

int authorities_choose(struct authorities *out, struct arena *a, const struct net_options *o, const char *bundle,
		       struct err *err)
{
	const char *extra = o->extra_ca_file && *o->extra_ca_file ? o->extra_ca_file : NULL;

	*out = (struct authorities){.file = NULL};
	if (o->ca_file && *o->ca_file && fs_exists(o->ca_file)) {
		out->file = o->ca_file;
	} else if (o->ca_pem && *o->ca_pem) {
		out->pem = str_from(o->ca_pem);
	} else if (bundle) {
		out->dir = hashed_dir(a, bundle);
		out->file = out->dir ? NULL : bundle;
		/* The system's own once more. */
		if (extra && same_file(extra, bundle))
			extra = NULL;
	}
	return extra ? add_extra(out, a, extra, err) : 0;
}
