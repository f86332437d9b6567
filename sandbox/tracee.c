/* SPDX-License-Identifier: MIT */
#include "sandbox/tracee.h"

#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096

bool tracee_read(pid_t pid, uint64_t address, void *out, size_t n)
{
	const struct iovec local = {out, n}, remote = {(void *)(uintptr_t)address, n};

	return process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)n;
}

/* Page by page: the page after the text's end may not be there. */
static bool read_text(pid_t pid, uint64_t address, char out[PATH_MAX])
{
	size_t have = 0;

	while (have < PATH_MAX) {
		size_t n = PAGE - (address + have) % PAGE;

		n = n < PATH_MAX - have ? n : PATH_MAX - have;
		if (!tracee_read(pid, address + have, out + have, n))
			return false;
		if (memchr(out + have, 0, n))
			return true;
		have += n;
	}
	return false;
}

static bool link_text(const char *link, char out[PATH_MAX])
{
	ssize_t n = readlink(link, out, PATH_MAX - 1);

	if (n < 0)
		return false;
	out[n] = 0;
	return true;
}

static void dir_link(const struct tracee_path *p, char *out, size_t size)
{
	if ((int)p->dir == AT_FDCWD)
		snprintf(out, size, "/proc/%d/cwd", (int)p->pid);
	else
		snprintf(out, size, "/proc/%d/fd/%d", (int)p->pid, (int)p->dir);
}

/* /proc/self is whoever asks: here it must be the process, not we. */
static bool other_self(pid_t pid, const char *text, char out[PATH_MAX])
{
	static const char *const selves[] = {"/proc/self/", "/proc/thread-self/", "/dev/fd/"};

	for (size_t i = 0; i < ARRAY_LEN(selves); i++) {
		if (!cstr_starts(text, selves[i]))
			continue;
		return snprintf(out, PATH_MAX, "/proc/%d/%s%s", (int)pid, i == 2 ? "fd/" : "",
				text + strlen(selves[i])) < PATH_MAX;
	}
	return snprintf(out, PATH_MAX, "%s", text) < PATH_MAX;
}

bool tracee_path_text(const struct tracee_path *p, char out[PATH_MAX])
{
	char text[PATH_MAX], base[PATH_MAX], link[64];

	dir_link(p, link, sizeof(link));
	if (!p->address)
		return link_text(link, out);
	if (!read_text(p->pid, p->address, text))
		return false;
	if (*text == '/')
		return other_self(p->pid, text, out);
	return link_text(link, base) && snprintf(out, PATH_MAX, "%s/%s", base, text) < PATH_MAX;
}

bool tracee_real(const char *path, bool follow, char out[PATH_MAX])
{
	char dir[PATH_MAX], real[PATH_MAX];
	const char *name;

	if (follow && realpath(path, out))
		return true;
	if (snprintf(dir, sizeof(dir), "%s", path) >= PATH_MAX)
		return false;
	for (size_t n = strlen(dir); n > 1 && dir[n - 1] == '/'; n--)
		dir[n - 1] = 0;
	name = strrchr(dir, '/');
	if (!name || streq(name, "/..") || streq(name, "/."))
		return realpath(path, out);
	dir[name - dir] = 0;
	if (!realpath(*dir ? dir : "/", real))
		return false;
	return snprintf(out, PATH_MAX, "%s/%s", streq(real, "/") ? "" : real, name + 1) < PATH_MAX;
}

bool tracee_real_ahead(const char *path, char out[PATH_MAX])
{
	char above[PATH_MAX], real[PATH_MAX];
	size_t n = strlen(path);

	if (n >= PATH_MAX || strstr(path, "/../"))
		return tracee_real(path, false, out);
	memcpy(above, path, n + 1);
	while (n > 1 && !tracee_real(above, false, real)) {
		while (n > 1 && above[n - 1] != '/')
			n--;
		while (n > 1 && above[n - 1] == '/')
			n--;
		above[n] = 0;
	}
	return n > 1 && snprintf(out, PATH_MAX, "%s%s", real, path + n) < PATH_MAX;
}

static int open_text(const struct tracee_path *p, bool follow)
{
	int flags = O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW);
	char text[PATH_MAX], link[64];
	int dir, fd;

	dir_link(p, link, sizeof(link));
	if (!p->address)
		return open(link, O_PATH | O_CLOEXEC);
	if (!read_text(p->pid, p->address, text)) {
		errno = EFAULT;
		return -1;
	}
	if (*text == '/') {
		char absolute[PATH_MAX];

		errno = ENAMETOOLONG;
		return other_self(p->pid, text, absolute) ? open(absolute, flags) : -1;
	}
	dir = open(link, O_PATH | O_CLOEXEC);
	if (dir < 0)
		return -1;
	fd = *text ? openat(dir, text, flags) : dup(dir);
	if (fd != dir)
		close(dir);
	return fd;
}

int tracee_open(const struct tracee_path *p, bool follow, char real[PATH_MAX])
{
	int fd = open_text(p, follow);
	char link[64];

	if (fd < 0)
		return -1;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (link_text(link, real))
		return fd;
	close(fd);
	errno = EACCES;
	return -1;
}
