/* SPDX-License-Identifier: MIT */
#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/vfs.h>
#include <unistd.h>

/* From here on a block is the system's own business. */
#define LARGE_BLOCK (1 << 20)

static int spawn_actions(const struct os_spawn *s, posix_spawn_file_actions_t *actions)
{
	int status = 0;

	for (int fd = 0; fd < (int)ARRAY_LEN(s->fds) && !status; fd++) {
		if (s->fds[fd] >= 0)
			status = posix_spawn_file_actions_adddup2(actions, s->fds[fd], fd);
	}
	if (!status && s->cwd)
		status = posix_spawn_file_actions_addchdir_np(actions, s->cwd);
	return status;
}

static int spawn_attributes(const struct os_spawn *s, posix_spawnattr_t *attr)
{
	short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
	sigset_t none, defaults;

	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);	/* we may ignore it; no script expects that */
	if (s->own_group)
		flags |= POSIX_SPAWN_SETSID;
	return posix_spawnattr_setsigmask(attr, &none) || posix_spawnattr_setsigdefault(attr, &defaults) ||
	       posix_spawnattr_setflags(attr, flags);
}

int os_spawn(const struct os_spawn *s, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int status;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	status = spawn_actions(s, &actions);
	if (!status)
		status = spawn_attributes(s, &attr) ? EINVAL : 0;
	if (!status)
		status = posix_spawn(pid, s->file, &actions, &attr, (char *const *)s->argv, (char *const *)s->envp);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return status;
}

int os_child_fd(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

ptrdiff_t os_self(char *out, size_t size)
{
	return readlink("/proc/self/exe", out, size);
}

int os_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set))
		return 1;
	return CPU_COUNT(&set) > 0 ? CPU_COUNT(&set) : 1;
}

#define XFS_MAGIC 0x58465342ul
#define BCACHEFS_MAGIC 0xca451a4eul

static bool is_one_of(int fd, const unsigned long *kinds, size_t n)
{
	struct statfs s;

	if (fstatfs(fd, &s) < 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned long)s.f_type == kinds[i])
			return true;
	return false;
}

bool os_own_clock(int fd)
{
	static const unsigned long kinds[] = {EXT4_SUPER_MAGIC, BTRFS_SUPER_MAGIC, TMPFS_MAGIC, OVERLAYFS_SUPER_MAGIC,
		F2FS_SUPER_MAGIC, XFS_MAGIC, BCACHEFS_MAGIC};

	return is_one_of(fd, kinds, ARRAY_LEN(kinds));
}

bool os_fine_clock(int fd)
{
	static const unsigned long kinds[] = {EXT4_SUPER_MAGIC, BTRFS_SUPER_MAGIC, TMPFS_MAGIC, XFS_MAGIC};

	return is_one_of(fd, kinds, ARRAY_LEN(kinds));
}

/* The kernel gives every program sixteen random bytes at its start. */
uint64_t os_random(void)
{
	uint64_t number = 0;
	const void *given = (const void *)getauxval(AT_RANDOM);

	if (given)
		memcpy(&number, given, sizeof(number));
	return number;
}

/*
 * Left alone, glibc takes the first large block that is freed as a sign that more will come, and keeps up to 64 MB of
 * freed memory for every thread.
 */
void os_bound_memory(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
	mallopt(M_TRIM_THRESHOLD, 2 * LARGE_BLOCK);
#endif
}

/* Where little memory is free (the rest being caches of files), the kernel makes a large page by moving smaller ones about while
 * we wait, which takes longer than it ever saves. */
static bool has_large_pages(void)
{
	struct sysinfo s;

	return sysinfo(&s) == 0 && s.freeram > s.totalram / 8;
}

void os_expect_writes(void *p, size_t size)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = ((uintptr_t)p + page - 1) & ~(page - 1);

	if (size > 2 * LARGE_BLOCK && has_large_pages())
		madvise((void *)from, ((uintptr_t)p + size - from) & ~(page - 1), MADV_HUGEPAGE);
}

/* What lies before and behind a large page's bounds goes back untouched. */
void *os_map_large(size_t size)
{
	size_t before;
	char *got;

	if (!has_large_pages())
		return NULL;
	got = mmap(NULL, size + OS_LARGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (got == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)got & (OS_LARGE_PAGE - 1);
	if (before)
		munmap(got, before);
	munmap(got + before + size, OS_LARGE_PAGE - before);
	madvise(got + before, size, MADV_HUGEPAGE);
	return got + before;
}

void os_unmap(void *p, size_t size)
{
	munmap(p, size);
}
