/* SPDX-License-Identifier: MIT */
#include "cache/extract.h"

#include "base/archive.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/checksum.h"
#include "base/err.h"
#include "base/map.h"
#include "base/vec.h"
#include "cache/paths.h"
#include "cache/peek.h"
#include "cache/store.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* npm's umask for what it unpacks, whatever the process's own takes away besides. */
#define FILE_MODE 0644u
#define DIR_MODE 0755u
#define EXECUTABLE 0111u
#define PACKAGE_JSON "package.json"
/* Most archives come nearly directory by directory, going back and forth between a few; others by the names of files. A thread
 * has this many open at the least, and more out of what there is for all: a process may not have many descriptors. */
#define OPEN_DIRS 8
#define MOST_DIRS 200
#define SHARED_DIRS 192

struct open_dir {
	const char *path;		/* NULL: none */
	size_t len;
	int fd;
};

struct extraction {
	struct arena *arena;
	const struct extract_options *opts;
	struct extract_result *out;
	struct tar *tar;
	struct vec entries;		/* struct store_entry, in the order they were made */
	struct map by_path;
	struct map ignores;		/* .npmignore files seen */
	struct buf package_json;	/* the root's, as it was written last */
	struct open_dir dirs[MOST_DIRS];
	unsigned n_dirs;		/* used of them; those above OPEN_DIRS count for shared_dirs */
	unsigned next_dir;		/* the one that makes room */
	const char *newest;		/* path of the file written last */
	struct err *err;
};

enum verdict { MADE, PASSED_OVER, FAILED };

/* ---- names: text only, no file system ---- */

/* Without leading slashes and drive letters, as npm's tar makes a path relative. */
static const char *strip_root(const char *p)
{
	for (;;) {
		if (*p == '/')
			p++;
		else if (isalpha((unsigned char)p[0]) && p[1] == ':')
			p += 2;
		else
			return p;
	}
}

/* A component that is "..", with either kind of slash between components. */
static bool has_dotdot(const char *p)
{
	while (*p) {
		size_t len = strcspn(p, "/\\");

		if (len == 2 && p[0] == '.' && p[1] == '.')
			return true;
		p += len;
		p += *p != '\0';
	}
	return false;
}

/* Empty and "." components left out. *depth counts what was there before, as npm does. */
static const char *tidy(struct arena *a, const char *p, unsigned *depth)
{
	char *out = arena_alloc(a, strlen(p) + 1), *to = out;

	for (*depth = 1; *p; p += *p != '\0') {
		size_t len = strcspn(p, "/");

		if (len && !(len == 1 && *p == '.')) {
			if (to > out)
				*to++ = '/';
			memcpy(to, p, len);
			to += len;
		}
		p += len;
		*depth += *p == '/';
	}
	*to = '\0';
	return out;
}

/* The path inside the package; "" is the package itself, NULL a name that is not to be followed. */
static const char *inner_path(struct arena *a, const char *name)
{
	const char *slash = strchr(name, '/'), *inner;
	unsigned depth;

	if (!slash)
		return "";
	inner = tidy(a, slash + 1, &depth);
	if (depth > EXTRACT_MAX_DEPTH)
		return NULL;
	inner = strip_root(inner);
	if (has_dotdot(inner))
		return NULL;
	/* What a drive letter hid may be untidy again. */
	return tidy(a, inner, &depth);
}

/* .gitignore stands for .npmignore unless that came before it. NULL: leave it out. */
static const char *ignore_rule(struct extraction *x, const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *as;

	if (streq(base, ".npmignore"))
		map_put(&x->ignores, path, x);
	if (x->opts->keep_gitignore || !streq(base, ".gitignore"))
		return path;
	as = arena_printf(x->arena, "%.*s.npmignore", (int)(base - path), path);
	return map_has(&x->ignores, as) ? NULL : as;
}

/* ---- directories ---- */

static int keep_error(struct extraction *x, const char *what, const char *path)
{
	return err_sys(x->err, errno, "cannot %s '%s' of %s", what, path, x->opts->what);
}

/* A failure that lies in the name, not in the disk: npm warns and goes on. */
static bool is_names_fault(int errnum)
{
	return errnum == ENAMETOOLONG || errnum == EILSEQ || errnum == EINVAL || errnum == ELOOP || errnum == EISDIR ||
	       errnum == ENOTDIR || errnum == ENOTEMPTY;
}

static enum verdict cannot(struct extraction *x, const char *what, const char *path)
{
	if (is_names_fault(errno))
		return PASSED_OVER;
	keep_error(x, what, path);
	return FAILED;
}

static void forget_dir(struct open_dir *d)
{
	if (d->path)
		close(d->fd);
	d->path = NULL;
}

static struct open_dir *find_dir(struct extraction *x, const char *path, size_t len)
{
	for (size_t i = 0; i < x->n_dirs; i++)
		if (x->dirs[i].path && x->dirs[i].len == len && memcmp(x->dirs[i].path, path, len) == 0)
			return &x->dirs[i];
	return NULL;
}

/* By all threads, above what each may have. */
static atomic_uint shared_dirs;

static struct open_dir *room_for_dir(struct extraction *x)
{
	struct open_dir *d;

	if (x->n_dirs < OPEN_DIRS)
		return &x->dirs[x->n_dirs++];
	if (x->n_dirs < MOST_DIRS) {
		if (atomic_fetch_add(&shared_dirs, 1) < SHARED_DIRS)
			return &x->dirs[x->n_dirs++];
		atomic_fetch_sub(&shared_dirs, 1);
	}
	d = &x->dirs[x->next_dir++ % x->n_dirs];
	forget_dir(d);
	return d;
}

static void forget_dirs(struct extraction *x)
{
	for (size_t i = 0; i < x->n_dirs; i++)
		forget_dir(&x->dirs[i]);
	if (x->n_dirs > OPEN_DIRS)
		atomic_fetch_sub(&shared_dirs, x->n_dirs - OPEN_DIRS);
}

static struct store_entry *add_entry(struct extraction *x, const char *path, bool is_dir)
{
	struct store_entry *e = ARENA_NEW(x->arena, struct store_entry);

	e->path = arena_strdup(x->arena, path);
	e->is_dir = is_dir;
	e->mode = DIR_MODE & ~x->opts->umask;
	vec_add(&x->entries, e);
	map_put(&x->by_path, e->path, e);
	return e;
}

static enum verdict make_dir(struct extraction *x, const char *path)
{
	struct store_entry *e = map_find(&x->by_path, path);

	if (e && e->is_dir)
		return MADE;
	/* A directory takes a file's place: only an entry of its own does that, see make_parents(). */
	if (e && unlinkat(x->opts->dirfd, path, 0) < 0)
		return cannot(x, "remove", path);
	if (mkdirat(x->opts->dirfd, path, DIR_MODE) < 0)
		return cannot(x, "make", path);
	if (!e) {
		add_entry(x, path, true);
	} else {
		e->is_dir = true;
		e->size = e->checksum = 0;
		e->mode = DIR_MODE & ~x->opts->umask;
	}
	return MADE;
}

/* Every directory above path. A file among them is in the way. */
static enum verdict make_parents(struct extraction *x, const char *path)
{
	const char *last = strrchr(path, '/');
	enum verdict v = MADE;

	if (last && find_dir(x, path, (size_t)(last - path)))
		return MADE;
	for (const char *slash = strchr(path, '/'); slash && v == MADE; slash = strchr(slash + 1, '/')) {
		const char *dir = arena_strndup(x->arena, path, (size_t)(slash - path));
		const struct store_entry *e = map_find(&x->by_path, dir);

		if (e && !e->is_dir)
			v = PASSED_OVER;
		else if (!e)
			v = make_dir(x, dir);
	}
	return v;
}

/* The handle of the directory path is in. */
static int dir_of(struct extraction *x, const char *path, const char **base)
{
	const char *slash = strrchr(path, '/'), *dir;
	struct open_dir *d;
	size_t len;
	int fd;

	*base = slash ? slash + 1 : path;
	if (!slash)
		return x->opts->dirfd;
	len = (size_t)(slash - path);
	d = find_dir(x, path, len);
	if (d)
		return d->fd;
	dir = arena_strndup(x->arena, path, len);
	fd = openat(x->opts->dirfd, dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	d = room_for_dir(x);
	*d = (struct open_dir){dir, len, fd};
	return fd;
}

/* ---- files ---- */

static int write_block(int fd, const struct tar_block *b)
{
	size_t done = 0;

	while (done < b->data.len) {
		ssize_t n = pwrite(fd, b->data.ptr + done, b->data.len - done, (off_t)(b->offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

/* The pieces go into the file as they come; the usual archive in memory has each file in one. */
static int write_contents(struct extraction *x, int fd, struct store_entry *e)
{
	bool keep = streq(e->path, PACKAGE_JSON);
	struct checksum sum;
	struct tar_block b;
	int more;

	e->size = 0;
	checksum_begin(&sum, 0);
	if (keep)
		buf_clear(&x->package_json);
	while ((more = tar_data(x->tar, &b, x->err)) > 0) {
		x->out->bytes += b.data.len;
		if (x->out->bytes > x->opts->max_unpacked || b.offset != e->size)
			return err_set(x->err, ERR_ETOOBIG, "%s is larger than %zu bytes unpacked", x->opts->what,
				       x->opts->max_unpacked);
		if (write_block(fd, &b) < 0)
			return keep_error(x, "write", e->path);
		if (keep)
			buf_addstr(&x->package_json, b.data);
		e->size += b.data.len;
		checksum_add(&sum, b.data.ptr, b.data.len);
	}
	e->checksum = checksum_end(&sum);
	return more;
}

static int open_file(struct extraction *x, const char *path, uint32_t mode, bool again)
{
	const char *base;
	int dir = dir_of(x, path, &base);

	if (dir < 0)
		return -1;
	return openat(dir, base, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | (again ? O_TRUNC : O_CREAT | O_EXCL), mode);
}

/* An empty directory makes room for a file. */
static enum verdict remove_dir(struct extraction *x, struct store_entry *e)
{
	struct open_dir *d;

	if (unlinkat(x->opts->dirfd, e->path, AT_REMOVEDIR) < 0)
		return cannot(x, "remove", e->path);
	d = find_dir(x, e->path, strlen(e->path));
	if (d)
		forget_dir(d);
	return MADE;
}

/* A file that is there already is written over and keeps its mode, as npm has it. */
static enum verdict make_file(struct extraction *x, const char *path, uint32_t mode)
{
	struct store_entry *e = map_find(&x->by_path, path);
	bool again = e && !e->is_dir;
	int fd, got;

	mode = FILE_MODE | (mode & EXECUTABLE);
	if (e && e->is_dir && remove_dir(x, e) != MADE)
		return x->err->code ? FAILED : PASSED_OVER;
	fd = open_file(x, path, mode, again);
	if (fd < 0)
		return cannot(x, "make", path);
	if (!e)
		e = add_entry(x, path, false);
	if (!again)
		e->mode = mode & ~x->opts->umask;
	e->is_dir = false;
	x->newest = e->path;
	got = write_contents(x, fd, e);
	if (close(fd) < 0 && got == 0)
		got = keep_error(x, "write", path);
	return got < 0 ? FAILED : MADE;
}

/* ---- entries ---- */

static enum verdict take_entry(struct extraction *x, const struct tar_entry *t)
{
	const char *path;
	enum verdict v;

	if (t->kind != TAR_FILE && t->kind != TAR_DIR)
		return PASSED_OVER;
	path = inner_path(x->arena, t->path);
	if (path && t->kind == TAR_FILE)
		path = ignore_rule(x, path);
	if (!path || !*path)
		return PASSED_OVER;
	v = make_parents(x, path);
	if (v != MADE)
		return v;
	return t->kind == TAR_DIR ? make_dir(x, path) : make_file(x, path, t->mode);
}

static int take_all(struct extraction *x)
{
	struct tar_entry t;
	unsigned seen = 0;
	int more;

	while ((more = tar_next(x->tar, &t, x->err)) > 0) {
		enum verdict v;

		if (++seen > EXTRACT_MAX_ENTRIES)
			return err_set(x->err, ERR_ETOOBIG, "%s has more than %d files", x->opts->what, EXTRACT_MAX_ENTRIES);
		v = take_entry(x, &t);
		if (v == FAILED)
			return -1;
		x->out->passed_over += v == PASSED_OVER;
	}
	if (more == 0 && !seen)
		return err_set(x->err, ERR_ETARBAD, "Unrecognized archive format");
	return more;
}

/* What package.json names as commands becomes executable, as npm has it after linking them. */
static int mark_bins(struct extraction *x)
{
	struct vec bins;

	vec_init(&bins, x->arena);
	peek_bins(x->arena, buf_str(&x->package_json), &bins);
	for (size_t i = 0; i < bins.count; i++) {
		struct store_entry *e = map_find(&x->by_path, VEC_AT(&bins, const char, i));
		uint32_t mode;

		if (!e || e->is_dir)
			continue;
		mode = (e->mode | EXECUTABLE) & ~x->opts->umask;
		if (mode != e->mode && fchmodat(x->opts->dirfd, e->path, mode, 0) < 0)
			return keep_error(x, "change the mode of", e->path);
		e->mode = mode;
	}
	return 0;
}

static int describe(struct extraction *x)
{
	struct extract_result *out = x->out;
	struct stat st;

	out->n_entries = (uint32_t)x->entries.count;
	out->entries = ARENA_ARRAY(x->arena, struct store_entry, x->entries.count);
	for (size_t i = 0; i < x->entries.count; i++) {
		out->entries[i] = *VEC_AT(&x->entries, struct store_entry, i);
		out->n_files += !out->entries[i].is_dir;
	}
	if (x->newest) {
		if (fstatat(x->opts->dirfd, x->newest, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return keep_error(x, "look at", x->newest);
		out->newest_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	}
	if (map_has(&x->by_path, PACKAGE_JSON))
		out->package_json = str_from(buf_dup(x->arena, &x->package_json));
	return 0;
}

static int extract_all(struct extraction *x)
{
	int ret = take_all(x);

	if (ret == 0)
		ret = mark_bins(x);
	if (ret == 0)
		ret = describe(x);
	forget_dirs(x);
	return ret;
}

int extract_tarball(struct arena *a, struct str tarball, const struct extract_options *opts, struct extract_result *out,
		    struct err *err)
{
	struct extraction x = {.arena = a, .opts = opts, .out = out, .err = err, .tar = tar_open(tarball)};
	int ret;

	*out = (struct extract_result){.entries = NULL};
	buf_init(&x.package_json, opts->max_unpacked);
	vec_init(&x.entries, a);
	map_init(&x.by_path, a);
	map_init(&x.ignores, a);
	ret = extract_all(&x);
	if (ret < 0)
		err_note(err, "while unpacking %s", opts->what);
	buf_release(&x.package_json);
	tar_close(x.tar);
	return ret;
}
