/* SPDX-License-Identifier: MIT */
#include "base/archive.h"

#include "base/err.h"
#include "base/inflate.h"
#include "base/library.h"
#include "base/tarplain.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>

/* Damaged headers in a row before the archive is given up. */
#define MAX_DAMAGED 1000

#define CALLS(X)                                                                                                       \
	X(entry_filetype) X(entry_hardlink) X(entry_mode) X(entry_pathname) X(entry_pathname_utf8) X(entry_size)       \
	X(entry_sparse_count) X(entry_symlink) X(error_string) X(read_data_block) X(read_free) X(read_new)             \
	X(read_next_header) X(read_open) X(read_open_memory) X(read_support_filter_zstd) X(read_support_format_tar)
#define POINTER(name) __typeof__(&archive_##name) name;
#define NAME(name) "archive_" #name,

static struct { CALLS(POINTER) } archive;
static const char *const names[] = {CALLS(NAME)};
static struct library libarchive = LIBRARY(LODE_ARCHIVE_SONAME, names, archive);

struct tar {
	struct str bytes;
	struct inflate *inflate;	/* NULL: they are not gzip's */
	struct tarplain plain;
	size_t seen;			/* entries, while all are plain */
	struct archive *archive;	/* from the first on that is not; NULL: none was */
	struct err broken;		/* what inflating said to libarchive */
	bool slow;
};

/* libarchive turns names into the locale's characters; in the C locale what is not ASCII would come out as nothing. */
static locale_t utf8;
static pthread_once_t utf8_once = PTHREAD_ONCE_INIT;

static void make_utf8(void)
{
	utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

/* For this thread only; give the result to uselocale() afterwards. */
static locale_t enter_utf8(void)
{
	pthread_once(&utf8_once, make_utf8);
	return utf8 ? uselocale(utf8) : uselocale((locale_t)0);
}

static bool is_zstd(struct str data)
{
	return data.len >= 4 && (uint8_t)data.ptr[0] == 0x28 && (uint8_t)data.ptr[1] == 0xb5 &&
	       (uint8_t)data.ptr[2] == 0x2f && (uint8_t)data.ptr[3] == 0xfd;
}

static int more(void *ctx, struct str *piece, struct err *err)
{
	return inflate_next(ctx, piece, err);
}

struct tar *tar_open(struct str bytes)
{
	struct tar *t = calloc(1, sizeof(*t));

	if (!t)
		base_out_of_memory();
	t->bytes = bytes;
	if (inflate_is_gzip(bytes)) {
		t->inflate = inflate_open(bytes);
		t->plain.more = more;
		t->plain.ctx = t->inflate;
	} else {
		t->plain.rest = bytes;
	}
	return t;
}

struct tar *tar_open_slow(struct str bytes)
{
	struct tar *t = tar_open(bytes);

	t->slow = true;
	return t;
}

static ssize_t read_more(UNUSED struct archive *a, void *ctx, const void **out)
{
	struct tar *t = ctx;
	struct str piece = STR_NULL;
	int got = inflate_next(t->inflate, &piece, &t->broken);

	*out = piece.ptr;
	return got < 0 ? ARCHIVE_FATAL : (ssize_t)piece.len;
}

static int damaged(struct tar *t, struct err *err)
{
	const char *why = archive.error_string(t->archive);

	if (t->broken.code) {
		*err = t->broken;
		return -1;
	}
	return err_set(err, ERR_ETARBAD, "%s", why ? why : "Damaged tar archive");
}

static enum tar_kind kind_of(struct archive_entry *e)
{
	if (archive.entry_hardlink(e) || archive.entry_symlink(e))
		return TAR_LINK;
	if (archive.entry_filetype(e) == AE_IFDIR)
		return TAR_DIR;
	if (archive.entry_filetype(e) == AE_IFREG && archive.entry_sparse_count(e) == 0)
		return TAR_FILE;
	return TAR_OTHER;
}

static void describe(struct archive_entry *from, struct tar_entry *e)
{
	const char *path = archive.entry_pathname(from);

	if (!path)
		path = archive.entry_pathname_utf8(from);
	e->path = path ? path : "";
	e->kind = kind_of(from);
	e->mode = archive.entry_mode(from) & 07777;
	e->size = archive.entry_size(from) > 0 ? (uint64_t)archive.entry_size(from) : 0;
}

static int read_header(struct tar *t, struct archive_entry **entry, struct err *err)
{
	int got, retries = 0;

	do
		got = archive.read_next_header(t->archive, entry);
	while (got == ARCHIVE_RETRY && ++retries < MAX_DAMAGED);
	if (got == ARCHIVE_OK || got == ARCHIVE_WARN)
		return 1;
	return got == ARCHIVE_EOF ? 0 : damaged(t, err);
}

static int open_archive(struct tar *t, struct err *err)
{
	int got = ARCHIVE_FATAL;

	t->archive = archive.read_new();
	if (!t->archive)
		base_out_of_memory();
	if (is_zstd(t->bytes))
		archive.read_support_filter_zstd(t->archive);
	if (t->inflate) {
		inflate_close(t->inflate);
		t->inflate = inflate_open(t->bytes);
	}
	if (t->bytes.len && archive.read_support_format_tar(t->archive) == ARCHIVE_OK)
		got = t->inflate ? archive.read_open(t->archive, t, NULL, read_more, NULL)
				 : archive.read_open_memory(t->archive, t->bytes.ptr, t->bytes.len);
	if (got == ARCHIVE_OK)
		return 0;
	return t->broken.code ? damaged(t, err) : err_set(err, ERR_ETARBAD, "Unrecognized archive format");
}

/* It is not plain: from here on with libarchive, which begins anew and passes over what was read. */
static int go_on_slowly(struct tar *t, struct err *err)
{
	struct archive_entry *entry;
	int got = 1;

	if (library_need(&libarchive, err) < 0 || open_archive(t, err) < 0)
		return -1;
	for (size_t i = 0; i < t->seen && got > 0; i++)
		got = read_header(t, &entry, err);
	return got;
}

static int next_slowly(struct tar *t, struct tar_entry *e, struct err *err)
{
	struct archive_entry *entry;
	locale_t before = enter_utf8();
	int got = t->archive ? 1 : go_on_slowly(t, err);

	if (got > 0)
		got = read_header(t, &entry, err);
	if (got > 0)
		describe(entry, e);
	uselocale(before);
	return got;
}

/* All that is behind the archive's end: its sum must be right, too. */
static int finish(struct tar *t, struct err *err)
{
	struct str ignored;
	int got = 0;

	while (t->inflate && (got = inflate_next(t->inflate, &ignored, err)) > 0)
		continue;
	return got;
}

int tar_next(struct tar *t, struct tar_entry *e, struct err *err)
{
	int got = t->archive || t->slow ? TARPLAIN_ODD : tarplain_next(&t->plain, e, err);

	if (got == TARPLAIN_ODD)
		got = next_slowly(t, e, err);
	else if (got > 0)
		t->seen++;
	return got == 0 ? finish(t, err) : got;
}

int tar_data(struct tar *t, struct tar_block *b, struct err *err)
{
	const void *data;
	size_t len;
	int64_t offset;
	int got;

	if (!t->archive)
		return tarplain_data(&t->plain, b, err);
	do
		got = archive.read_data_block(t->archive, &data, &len, &offset);
	while (got == ARCHIVE_RETRY);
	if (got == ARCHIVE_EOF)
		return 0;
	if (got != ARCHIVE_OK && got != ARCHIVE_WARN)
		return damaged(t, err);
	b->data = (struct str){data, len};
	b->offset = (uint64_t)offset;
	return 1;
}

void tar_close(struct tar *t)
{
	if (!t)
		return;
	if (t->archive)
		archive.read_free(t->archive);
	inflate_close(t->inflate);
	free(t);
}
