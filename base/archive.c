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
	X(entry_sparse_count) X(entry_symlink) X(error_string) X(filter_bytes)                                         \
	X(read_data_block) X(read_free) X(read_new) X(read_next_header) X(read_open_memory)                            \
	X(read_support_filter_gzip) X(read_support_filter_zstd) X(read_support_format_tar)
#define POINTER(name) __typeof__(&archive_##name) name;
#define NAME(name) "archive_" #name,

static struct { CALLS(POINTER) } archive;
static const char *const names[] = {CALLS(NAME)};
static struct library libarchive = LIBRARY(LODE_ARCHIVE_SONAME, names, archive);

struct tar {
	struct archive *archive;	/* NULL: it is plain */
	int64_t limit;			/* so much may come out of it */
	struct tarplain plain;
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

static struct tar *make(void)
{
	struct tar *t = calloc(1, sizeof(*t));

	if (!t)
		base_out_of_memory();
	t->limit = INT64_MAX;
	return t;
}

/* With libarchive, whatever it is. */
static struct tar *open_any(struct str bytes, struct err *err)
{
	locale_t before;
	struct tar *t;
	bool good = false;

	if (library_need(&libarchive, err) < 0)
		return NULL;
	before = enter_utf8();
	t = make();
	t->archive = archive.read_new();
	if (!t->archive)
		base_out_of_memory();
	if (inflate_is_gzip(bytes)) {
		archive.read_support_filter_gzip(t->archive);
		t->limit = (int64_t)bytes.len * INFLATE_MAX_RATIO;
	}
	if (is_zstd(bytes))
		archive.read_support_filter_zstd(t->archive);
	if (bytes.len && archive.read_support_format_tar(t->archive) == ARCHIVE_OK)
		good = archive.read_open_memory(t->archive, bytes.ptr, bytes.len) == ARCHIVE_OK;
	uselocale(before);
	if (good)
		return t;
	tar_close(t);
	err_set(err, ERR_ETARBAD, "Unrecognized archive format");
	return NULL;
}

struct tar *tar_open(struct str bytes, struct err *err)
{
	struct tar *t;

	if (!tarplain_fits(bytes))
		return open_any(bytes, err);
	t = make();
	t->plain.rest = bytes;
	return t;
}

static int damaged(struct tar *t, struct err *err)
{
	const char *why = archive.error_string(t->archive);

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

int tar_next(struct tar *t, struct tar_entry *e, struct err *err)
{
	struct archive_entry *entry;
	int got, retries = 0;
	locale_t before;

	if (!t->archive)
		return tarplain_next(&t->plain, e);
	before = enter_utf8();
	do
		got = archive.read_next_header(t->archive, &entry);
	while (got == ARCHIVE_RETRY && ++retries < MAX_DAMAGED);
	if (got == ARCHIVE_OK || got == ARCHIVE_WARN)
		describe(entry, e);
	uselocale(before);
	if (archive.filter_bytes(t->archive, 0) > t->limit)
		return err_set(err, ERR_ETARABORT, "max decompression ratio exceeded: more than %d", INFLATE_MAX_RATIO);
	if (got == ARCHIVE_OK || got == ARCHIVE_WARN)
		return 1;
	if (got == ARCHIVE_EOF)
		return 0;
	return damaged(t, err);
}

/* All of it is one piece. */
static int plain_data(struct tarplain *t, struct tar_block *b)
{
	*b = (struct tar_block){t->data, 0};
	t->data.len = 0;
	return b->data.len > 0;
}

int tar_data(struct tar *t, struct tar_block *b, struct err *err)
{
	const void *data;
	size_t len;
	int64_t offset;
	int got;

	if (!t->archive)
		return plain_data(&t->plain, b);
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
	free(t);
}
