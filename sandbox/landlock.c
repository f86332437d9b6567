/* SPDX-License-Identifier: MIT */
#include "sandbox/landlock.h"

#include "base/err.h"
#include "base/vec.h"
#include "sandbox/trees.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's interface, written out: headers older than the kernel lack the newer half of it. */
enum {
	FS_EXECUTE = 1 << 0,
	FS_WRITE_FILE = 1 << 1,
	FS_READ_FILE = 1 << 2,
	FS_READ_DIR = 1 << 3,
	FS_MAKE_CHAR = 1 << 6,
	FS_MAKE_SOCK = 1 << 9,
	FS_MAKE_BLOCK = 1 << 11,
	FS_TRUNCATE = 1 << 14,
	FS_IOCTL_DEV = 1 << 15,
	FS_FIRST = (1 << 13) - 1,	/* the rights of version 1 */
	FS_SECOND = (1 << 14) - 1,	/* with moves between directories */
	FS_THIRD = (1 << 15) - 1,
	FS_FIFTH = (1 << 16) - 1,
	NET_BIND_TCP = 1 << 0,
	NET_CONNECT_TCP = 1 << 1,
	SCOPE_ABSTRACT_SOCKET = 1 << 0,
	SCOPE_SIGNAL = 1 << 1,
	CREATE_VERSION = 1 << 0,
	RULE_PATH_BENEATH = 1,
};

struct ruleset_attr {
	uint64_t fs, net, scoped;
};

struct path_attr {
	uint64_t access;
	int32_t fd;
} __attribute__((packed));

#define RIGHTS_READ (FS_EXECUTE | FS_READ_FILE | FS_READ_DIR)
#define RIGHTS_WRITE (FS_FIFTH & ~(FS_MAKE_CHAR | FS_MAKE_BLOCK | FS_MAKE_SOCK | FS_IOCTL_DEV))
#define RIGHTS_DEVICE (FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE | FS_IOCTL_DEV)
#define RIGHTS_OF_FILES (FS_EXECUTE | FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

int landlock_version(void)
{
	long v = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);

	return v > 0 ? (int)v : 0;
}

static uint64_t handled_fs(int version)
{
	if (version >= 5)
		return FS_FIFTH;
	if (version >= 3)
		return FS_THIRD;
	return version == 2 ? FS_SECOND : FS_FIRST;
}

static struct ruleset_attr handled(int version, bool net)
{
	struct ruleset_attr attr = {.fs = handled_fs(version)};

	if (version >= 4)
		attr.net = NET_BIND_TCP | (net ? 0 : NET_CONNECT_TCP);
	if (version >= 6)
		attr.scoped = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL;
	return attr;
}

static size_t attr_size(int version)
{
	if (version >= 6)
		return sizeof(struct ruleset_attr);
	return version >= 4 ? offsetof(struct ruleset_attr, scoped) : offsetof(struct ruleset_attr, net);
}

static void add_opened(int set, int fd, uint64_t access)
{
	struct path_attr rule = {.access = access, .fd = fd};
	struct stat st;

	if (!fstat(fd, &st) && !S_ISDIR(st.st_mode))
		rule.access &= RIGHTS_OF_FILES;
	syscall(SYS_landlock_add_rule, set, RULE_PATH_BENEATH, &rule, 0);
	close(fd);
}

/* What cannot be opened is not granted: that is all. */
static void add_rules(int set, const struct vec *trees, uint64_t access)
{
	for (size_t i = 0; i < trees->count; i++) {
		int fd = open(trees->items[i], O_PATH | O_CLOEXEC);

		if (fd >= 0)
			add_opened(set, fd, access);
	}
}

/* Places others could have put a link in the way of. Every kernel with Landlock has openat2. */
static int add_places(int set, const struct vec *places, uint64_t access, struct err *err)
{
	const struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};

	for (size_t i = 0; i < places->count; i++) {
		const char *path = places->items[i];
		int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

		if (fd < 0 && errno == ELOOP)
			return err_set(err, ERR_ESANDBOX, "a link leads to '%s': nothing runs there", path);
		if (fd < 0)
			return err_sys(err, errno, "cannot open '%s'", path);
		add_opened(set, fd, access);
	}
	return 0;
}

int landlock_make(const struct trees *t, bool net, struct err *err)
{
	int version = landlock_version();
	struct ruleset_attr attr = handled(version, net);
	int set = (int)syscall(SYS_landlock_create_ruleset, &attr, attr_size(version), 0);

	if (set < 0)
		return err_sys(err, errno, "cannot make a set of Landlock rules");
	add_rules(set, &t->reads, RIGHTS_READ & attr.fs);
	add_rules(set, &t->writes, RIGHTS_WRITE & attr.fs);
	add_rules(set, &t->devices, RIGHTS_DEVICE & attr.fs);
	add_rules(set, &t->names, FS_READ_DIR);
	if (!add_places(set, &t->places, RIGHTS_WRITE & attr.fs, err))
		return set;
	close(set);
	return -1;
}

int landlock_enter(int set)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return errno;
	return syscall(SYS_landlock_restrict_self, set, 0) ? errno : 0;
}
