/* SPDX-License-Identifier: MIT
 *
 * What is in a tarball: for programs and for a person.
 */
#include "base/archive.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/bytes.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/parcel.h"
#include "install/pack.h"
#include "resolver/collate.h"

#include <ctype.h>
#include <string.h>

#define LISTING_MAX ((size_t)64 << 20)

/* One entry and what it is sorted by. */
struct line {
	struct json *file;
	const char *key;
	bool upper;
};

/* Numbers in a path compare as numbers: each gets the count of its digits in front. */
static const char *sort_key(struct arena *a, const char *path)
{
	struct buf key = BUF_INIT(LISTING_MAX);
	const char *text;

	while (*path) {
		size_t n = 0;

		if (!isdigit((unsigned char)*path)) {
			buf_addc(&key, *path++);
			continue;
		}
		while (path[0] == '0' && isdigit((unsigned char)path[1]))
			path++;
		while (isdigit((unsigned char)path[n]))
			n++;
		buf_printf(&key, "%03zu%.*s", n, (int)n, path);
		path += n;
	}
	text = buf_dup(a, &key);
	buf_release(&key);
	return text;
}

/* What begins with anything that has no upper case counts as upper case: dots, digits. */
static int compare(const void *a, const void *b, void *ctx)
{
	const struct line *x = a, *y = b;

	(void)ctx;
	if (x->upper != y->upper)
		return x->upper ? -1 : 1;
	return collate_compare(x->key, y->key);
}

struct tally {
	struct arena *a;
	struct vec lines;
	struct map bundled;
	uint64_t unpacked;
};

static void note_bundled(struct tally *t, const char *path)
{
	const char *rest, *end;

	if (!cstr_starts(path, "package/node_modules/") || !path[strlen("package/node_modules/")])
		return;
	rest = path + strlen("package/node_modules/");
	end = strchr(rest, '/');
	if (*rest == '@' && end)
		end = strchr(end + 1, '/');
	map_put(&t->bundled, end ? arena_strndup(t->a, rest, (size_t)(end - rest)) : rest, t);
}

static void note(struct tally *t, const struct tar_entry *e)
{
	const char *whole = arena_strdup(t->a, e->path);
	const char *path = cstr_starts(whole, "package/") ? whole + strlen("package/") : whole;
	uint64_t size = e->kind == TAR_FILE ? e->size : 0;
	struct line *line = ARENA_NEW(t->a, struct line);

	note_bundled(t, whole);
	t->unpacked += size;
	*line = (struct line){json_object(t->a), sort_key(t->a, path), !islower((unsigned char)*path)};
	json_put_text(t->a, line->file, "path", path);
	json_put(t->a, line->file, "size", json_number(t->a, (double)size));
	json_put(t->a, line->file, "mode", json_number(t->a, e->mode));
	vec_add(&t->lines, line);
}

static int read_entries(struct tally *t, struct str tarball, struct err *err)
{
	struct tar *tar = tar_open(tarball);
	struct tar_entry entry;
	int got;

	while ((got = tar_next(tar, &entry, err)) > 0)
		note(t, &entry);
	tar_close(tar);
	return got;
}

static struct json *list(struct tally *t)
{
	struct json *files = json_array(t->a);

	vec_sort(&t->lines, compare, NULL);
	for (size_t i = 0; i < t->lines.count; i++)
		json_add(t->a, files, VEC_AT(&t->lines, struct line, i)->file);
	return files;
}

struct json *parcel_contents(const struct parcel *p, struct err *err)
{
	struct arena *a = p->cli->arena;
	struct tally t = {.a = a};
	struct json *out = json_object(a), *bundled = json_array(a);
	const char *name = json_find_text(p->manifest, "name"), *version = json_find_text(p->manifest, "version");
	char sha1[DIGEST_HEX_MAX];

	vec_init(&t.lines, a);
	map_init(&t.bundled, a);
	if (read_entries(&t, p->tarball, err) < 0)
		return NULL;
	for (struct map_entry *e = map_first(&t.bundled); e; e = map_next(&t.bundled, e))
		json_add(a, bundled, json_string(a, e->key));
	digest_hex(DIGEST_SHA1, p->tarball.ptr, p->tarball.len, sha1);
	json_put_text(a, out, "id", arena_printf(a, "%s@%s", name, version));
	json_put_text(a, out, "name", name);
	json_put_text(a, out, "version", version);
	json_put(a, out, "size", json_number(a, (double)p->tarball.len));
	json_put(a, out, "unpackedSize", json_number(a, (double)t.unpacked));
	json_put_text(a, out, "shasum", sha1);
	json_put_text(a, out, "integrity", digest_sri(a, DIGEST_SHA512, p->tarball.ptr, p->tarball.len));
	json_put_text(a, out, "filename", parcel_filename(p));
	json_put(a, out, "files", list(&t));
	json_put(a, out, "entryCount", json_number(a, (double)t.lines.count));
	json_put(a, out, "bundled", bundled);
	return out;
}

/* ---- for a person ---- */

static double number(const struct json *v, const char *key)
{
	const struct json *n = json_find(v, key);

	return json_is(n, JSON_NUMBER) ? n->number : 0;
}

static void tell_files(const struct parcel *p, const struct json *files)
{
	struct buf text = BUF_INIT(LISTING_MAX);

	for (uint32_t i = 0; i < json_count(files); i++) {
		const struct json *f = files->items[i];
		const char *path = json_find_text(f, "path");

		if (!cstr_starts(path, "node_modules/"))
			buf_printf(&text, "%s%s %s", text.len ? "\n" : "",
				   bytes_text(p->cli->arena, (uint64_t)number(f, "size"), ""), path);
	}
	if (json_count(files))
		report_notice(p->cli->reporter, "", "%s", buf_text(&text));
	buf_release(&text);
}

static void tell_bundled(const struct parcel *p, const struct json *bundled)
{
	if (!json_count(bundled))
		return;
	report_notice(p->cli->reporter, "", "Bundled Dependencies");
	for (uint32_t i = 0; i < bundled->count; i++)
		report_notice(p->cli->reporter, "", "%s", bundled->items[i]->text);
}

void parcel_tell(const struct parcel *p, const struct json *c)
{
	struct reporter *r = p->cli->reporter;
	struct arena *a = p->cli->arena;
	const char *sri = json_find_text(c, "integrity");
	const struct json *files = json_find(c, "files"), *bundled = json_find(c, "bundled");

	report_notice(r, "", "%s", "");
	report_notice(r, "", "%s %s", config_bool(p->cli->config, "unicode") ? "\xf0\x9f\x93\xa6 " : "package:",
		      json_find_text(c, "id"));
	report_notice(r, "", "Tarball Contents");
	tell_files(p, files);
	tell_bundled(p, bundled);
	report_notice(r, "", "Tarball Details");
	report_notice(r, "", "name: %s", json_find_text(c, "name"));
	report_notice(r, "", "version: %s", json_find_text(c, "version"));
	report_notice(r, "", "filename: %s", json_find_text(c, "filename"));
	report_notice(r, "", "package size: %s", bytes_text(a, (uint64_t)number(c, "size"), " "));
	report_notice(r, "", "unpacked size: %s", bytes_text(a, (uint64_t)number(c, "unpackedSize"), " "));
	report_notice(r, "", "shasum: %s", json_find_text(c, "shasum"));
	report_notice(r, "", "integrity: %.20s[...]%s", sri, strlen(sri) > 80 ? sri + 80 : "");
	if (json_count(bundled)) {
		report_notice(r, "", "bundled deps: %u", bundled->count);
		report_notice(r, "", "bundled files: %.0f", number(c, "entryCount") - json_count(files));
		report_notice(r, "", "own files: %u", json_count(files));
	}
	report_notice(r, "", "total files: %.0f", number(c, "entryCount"));
	report_notice(r, "", "%s", "");
}

void parcel_warn(const struct parcel *p, const char *prefix)
{
	for (size_t i = 0; i < p->suspects->count; i++) {
		const struct pack_suspect *s = p->suspects->items[i];

		report_warn(p->cli->reporter, prefix, "'%s' looks like %s: should everyone see it?", s->path, s->why);
	}
}
