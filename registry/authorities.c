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
	return name[HASH_DIGITS] == '.' && strspn(name + HASH_DIGITS + 1, "0123456789") == strlen(name + HASH_DIGITS + 1);
}

/* How long what the hashed names lead to is together; 0 when one leads nowhere. */
static uint64_t sum_of(struct arena *a, const char *dir, const struct vec *names)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < names->count; i++) {
		struct fs_stat st;

		if (!is_hashed_name(names->items[i]))
			continue;
		st = fs_stat(path_join(a, dir, names->items[i]));
		if (st.kind != FS_FILE)
			return 0;
		sum += st.size;
	}
	return sum;
}

static const char *hashed_dir(struct arena *a, const char *bundle)
{
	const char *dir = path_dir(a, bundle);
	struct fs_stat made = fs_stat(dir), of = fs_stat(bundle);
	struct err ignored = ERR_INIT;
	struct vec names;

	if (made.kind != FS_DIR || made.dev != of.dev || of.mtime_ns > made.mtime_ns || !of.size)
		return NULL;
	return fs_list(a, dir, &names, &ignored) == 0 && sum_of(a, dir, &names) == of.size ? dir : NULL;
}

static bool same_file(const char *a, const char *b)
{
	struct fs_stat x = fs_stat(a), y = fs_stat(b);

	return x.kind != FS_NONE && y.kind != FS_NONE && x.dev == y.dev && x.ino == y.ino;
}

/* Both become one text. */
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

	*out = (struct authorities){.alone = true};
	if (o->ca_file && *o->ca_file && fs_exists(o->ca_file)) {
		out->file = o->ca_file;
	} else if (o->ca_pem && *o->ca_pem) {
		out->pem = str_from(o->ca_pem);
	} else {
		/* The system's own once more. */
		if (extra && bundle && same_file(extra, bundle))
			extra = NULL;
		out->alone = false;
		out->dir = bundle && !extra ? hashed_dir(a, bundle) : NULL;
		out->file = out->dir ? NULL : bundle;
	}
	return extra ? add_extra(out, a, extra, err) : 0;
}
