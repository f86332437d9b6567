/* SPDX-License-Identifier: MIT */
#include "bench/wan.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

_Noreturn static void give_up(const char *what)
{
	fprintf(stderr, "wan: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void write_map(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		give_up(path);
	close(fd);
}

/* Of one's own, and with oneself in it as before. */
static void leave_network(void)
{
	unsigned uid = geteuid(), gid = getegid();
	char map[64];

	if (unshare(CLONE_NEWNET | (uid ? CLONE_NEWUSER : 0)) < 0)
		give_up("a network namespace");
	if (!uid)
		return;
	write_map("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "%u %u 1", uid, uid);
	write_map("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "%u %u 1", gid, gid);
	write_map("/proc/self/gid_map", map);
}

static int listen_at(const struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) < 0)
		give_up("loopback");
	if (bind(fd, (const struct sockaddr *)to, sizeof(*to)) < 0 || listen(fd, 512) < 0)
		give_up("listen");
	return fd;
}

union ancillary {
	char space[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static void hand_over(int to, int fd)
{
	union ancillary a = {0};
	char byte = 0;
	struct iovec iov = {&byte, 1};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = a.space, .msg_controllen = sizeof(a.space)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	*c = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	if (sendmsg(to, &m, 0) < 0)
		give_up("sendmsg");
}

/* -1: the other side ended. */
static int receive(int from)
{
	union ancillary a = {0};
	char byte;
	struct iovec iov = {&byte, 1};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = a.space, .msg_controllen = sizeof(a.space)};
	int fd = -1;

	if (recvmsg(from, &m, MSG_CMSG_CLOEXEC) > 0 && CMSG_FIRSTHDR(&m))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
	return fd;
}

pid_t wan_start(const struct sockaddr_in *to, char **command, int *listener)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		give_up("socketpair");
	pid_t pid = fork();
	if (pid < 0)
		give_up("fork");
	if (!pid) {
		leave_network();
		hand_over(pair[1], listen_at(to));
		execvp(command[0], command);
		give_up(command[0]);
	}
	close(pair[1]);
	*listener = receive(pair[0]);
	close(pair[0]);
	return *listener < 0 ? -1 : pid;
}
