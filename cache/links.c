/* SPDX-License-Identifier: MIT */
#include "cache/links.h"

#include "base/arena.h"
#include "base/checksum.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "cache/cache.h"
#include "cache/links_int.h"
#include "cache/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

const char *links_dir(struct arena *a, const struct cache *c)
{
	return arena_printf(a, "%s/" LINKS_DIR "%s", c->root, c->packages + strlen("packages"));
}

/* A link to the project, named by its path: who does not find it there any more knows that the project has gone. */
static int write_down(struct arena *a, const char *root, const char *project, struct err *err)
{
	unsigned long long one = checksum64(project, strlen(project), 0), two = checksum64(project, strlen(project), one);
	const char *dir = path_join(a, root, LINKS_PROJECTS), *path;

	path = arena_printf(a, "%s/%016llx%016llx", dir, one, two);
	if (streq(fs_readlink(a, path), project))
		return 0;
	return fs_mkdirs(dir, err) < 0 ? -1 : fs_symlink(project, path, err);
}

static int take_lock(struct arena *a, const char *root, struct err *err)
{
	const char *path = path_join(a, root, LINKS_LOCK);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);

	if (fd < 0)
		return err_sys(err, errno, "cannot open '%s'", path);
	/* A file system without locks: go on. */
	while (flock(fd, LOCK_SH) < 0 && errno == EINTR)
		continue;
	return fd;
}

static bool open_all(struct links *l, struct arena *a, const char *project, struct err *err)
{
	l->lock = take_lock(a, l->root, err);
	if (l->lock < 0 || fs_mkdirs(l->dir, err) < 0 || write_down(a, l->root, project, err) < 0)
		return false;
	l->handle = open(l->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->handle >= 0 && faccessat(l->handle, ".", W_OK | X_OK, 0) == 0)
		return true;
	err_sys(err, errno, "cannot write to '%s'", l->dir);
	return false;
}

struct links *links_open(struct arena *a, struct cache *c, const char *project, struct err *err)
{
	struct links *l = ARENA_NEW(a, struct links);
	const char *writable;

	*l = (struct links){.cache = c, .root = c->root, .dir = links_dir(a, c), .lock = -1, .handle = -1};
	if (!project) {
		l->handle = open(l->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		return l;
	}
	writable = cache_writable(c, err);
	if (!writable)
		return NULL;
	if (!streq(writable, c->root)) {
		err_set(err, ERR_EACCES, "%s", cache_problem(c) ? cache_problem(c) : "the cache cannot be written");
		return NULL;
	}
	if (open_all(l, a, project, err))
		return l;
	links_close(l);
	return NULL;
}

void links_close(struct links *l)
{
	if (!l)
		return;
	if (l->handle >= 0)
		close(l->handle);
	if (l->lock >= 0)
		close(l->lock);
	l->handle = l->lock = -1;
}

const char *links_path(struct arena *a, const struct links *l, const char *name)
{
	return path_join(a, l->dir, name);
}

uint32_t links_umask(const struct links *l)
{
	return l->cache->umask;
}

bool links_has(const struct links *l, const char *name)
{
	struct stat st;

	return l->handle >= 0 && fstatat(l->handle, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}
