/* SPDX-License-Identifier: MIT */
#include "registry/watchdog.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECT_MS 60000

void watchdog_progress(struct watchdog *w)
{
	atomic_store(&w->progress_ms, clock_now_ms());
}

bool watchdog_bit(struct watchdog *w)
{
	return atomic_load(&w->timed_out);
}

static void cut(struct watchdog *w)
{
	atomic_store(&w->timed_out, true);
	for (int i = 0; i < WATCHDOG_SOCKETS; i++)
		if (w->sockets[i] >= 0)
			shutdown(w->sockets[i], SHUT_RDWR);
}

static struct timespec in_ms(int64_t ms)
{
	struct timespec at;

	clock_gettime(CLOCK_REALTIME, &at);
	at.tv_sec += ms / 1000;
	at.tv_nsec += ms % 1000 * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	return at;
}

static void *watch(void *arg)
{
	struct watchdog *w = arg;

	pthread_mutex_lock(&w->lock);
	while (!w->over) {
		int64_t left = atomic_load(&w->progress_ms) + w->timeout_ms - clock_now_ms();
		struct timespec at;

		if (left <= 0) {
			cut(w);
			left = 1000;
		}
		at = in_ms(left);
		pthread_cond_timedwait(&w->over_cond, &w->lock, &at);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

void watchdog_start(struct watchdog *w, int64_t timeout_ms)
{
	*w = (struct watchdog){.timeout_ms = timeout_ms};
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->over_cond, NULL);
	for (int i = 0; i < WATCHDOG_SOCKETS; i++)
		w->sockets[i] = -1;
	watchdog_progress(w);
	/* Without a thread nobody watches; the work is still worth doing. */
	if (pthread_create(&w->thread, NULL, watch, w))
		w->over = true;
}

void watchdog_stop(struct watchdog *w)
{
	bool watched;

	pthread_mutex_lock(&w->lock);
	watched = !w->over;
	w->over = true;
	pthread_cond_signal(&w->over_cond);
	pthread_mutex_unlock(&w->lock);
	if (watched)
		pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->over_cond);
	pthread_mutex_destroy(&w->lock);
}

static void swap_socket(struct watchdog *w, int from, int to)
{
	bool done = false;

	pthread_mutex_lock(&w->lock);
	for (int i = 0; i < WATCHDOG_SOCKETS && !done; i++) {
		done = w->sockets[i] == from;
		if (done)
			w->sockets[i] = to;
	}
	pthread_mutex_unlock(&w->lock);
}

static bool wait_connected(int fd, int64_t timeout_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	int64_t end = clock_now_ms() + (timeout_ms < MAX_CONNECT_MS ? timeout_ms : MAX_CONNECT_MS), left;
	socklen_t len = sizeof(int);
	int failed = 0, n = -1;

	while (n < 0 && (left = end - clock_now_ms()) > 0) {
		n = poll(&p, 1, (int)left);
		if (n < 0 && errno != EINTR)
			return false;
	}
	return n == 1 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &len) == 0 && !failed;
}

static int connect_to(const struct addrinfo *at, int64_t timeout_ms)
{
	int fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, at->ai_protocol);

	if (fd < 0)
		return -1;
	if (connect(fd, at->ai_addr, at->ai_addrlen) < 0 && (errno != EINPROGRESS || !wait_connected(fd, timeout_ms))) {
		close(fd);
		return -1;
	}
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	return fd;
}

int watchdog_connect(struct watchdog *w, const char *host, const char *port)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list;
	int fd = -1;

	if (getaddrinfo(host, port, &hints, &list))
		return -1;
	for (struct addrinfo *at = list; at && fd < 0; at = at->ai_next)
		fd = connect_to(at, w->timeout_ms);
	freeaddrinfo(list);
	if (fd >= 0)
		swap_socket(w, -1, fd);
	watchdog_progress(w);
	return fd;
}

void watchdog_close(struct watchdog *w, int fd)
{
	swap_socket(w, fd, -1);
	close(fd);
}
