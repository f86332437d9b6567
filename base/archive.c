/* SPDX-License-Identifier: MIT */
#include "base/archive.h"

#include "base/err.h"
#include "base/inflate.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>

/* Damaged headers in a row before the archive is given up. */
#define MAX_DAMAGED 1000

struct tar {
	struct archive *archive;
	int64_t limit;			/* so much may come out of it */
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

struct tar *tar_open(struct str bytes, struct err *err)
{
	struct tar *t = calloc(1, sizeof(*t));
	locale_t before = enter_utf8();
	bool good = false;

	if (t)
		t->archive = archive_read_new();
	if (!t || !t->archive)
		base_out_of_memory();
	t->limit = INT64_MAX;
	if (inflate_is_gzip(bytes)) {
		archive_read_support_filter_gzip(t->archive);
		t->limit = (int64_t)bytes.len * INFLATE_MAX_RATIO;
	}
	if (is_zstd(bytes))
		archive_read_support_filter_zstd(t->archive);
	if (bytes.len && archive_read_support_format_tar(t->archive) == ARCHIVE_OK)
		good = archive_read_open_memory(t->archive, bytes.ptr, bytes.len) == ARCHIVE_OK;
	uselocale(before);
	if (good)
		return t;
	tar_close(t);
	err_set(err, ERR_ETARBAD, "Unrecognized archive format");
	return NULL;
}

static int damaged(struct tar *t, struct err *err)
{
	const char *why = archive_error_string(t->archive);

	return err_set(err, ERR_ETARBAD, "%s", why ? why : "Damaged tar archive");
}

static enum tar_kind kind_of(struct archive_entry *e)
{
	if (archive_entry_hardlink(e) || archive_entry_symlink(e))
		return TAR_LINK;
	if (archive_entry_filetype(e) == AE_IFDIR)
		return TAR_DIR;
	if (archive_entry_filetype(e) == AE_IFREG && archive_entry_sparse_count(e) == 0)
		return TAR_FILE;
	return TAR_OTHER;
}

static void describe(struct archive_entry *from, struct tar_entry *e)
{
	const char *path = archive_entry_pathname(from);

	if (!path)
		path = archive_entry_pathname_utf8(from);
	e->path = path ? path : "";
	e->kind = kind_of(from);
	e->mode = archive_entry_mode(from) & 07777;
	e->size = archive_entry_size(from) > 0 ? (uint64_t)archive_entry_size(from) : 0;
}

int tar_next(struct tar *t, struct tar_entry *e, struct err *err)
{
	locale_t before = enter_utf8();
	struct archive_entry *entry;
	int got, retries = 0;

	do
		got = archive_read_next_header(t->archive, &entry);
	while (got == ARCHIVE_RETRY && ++retries < MAX_DAMAGED);
	if (got == ARCHIVE_OK || got == ARCHIVE_WARN)
		describe(entry, e);
	uselocale(before);
	if (archive_filter_bytes(t->archive, 0) > t->limit)
		return err_set(err, ERR_ETARABORT, "max decompression ratio exceeded: more than %d", INFLATE_MAX_RATIO);
	if (got == ARCHIVE_OK || got == ARCHIVE_WARN)
		return 1;
	if (got == ARCHIVE_EOF)
		return 0;
	return damaged(t, err);
}

int tar_data(struct tar *t, struct tar_block *b, struct err *err)
{
	const void *data;
	size_t len;
	int64_t offset;
	int got;

	do
		got = archive_read_data_block(t->archive, &data, &len, &offset);
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
	archive_read_free(t->archive);
	free(t);
}
