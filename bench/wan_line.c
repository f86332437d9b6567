/* SPDX-License-Identifier: MIT
 *
 * Each way of the line is a queue in front of a bottleneck, and a delay behind it. What is read is given the moment at which
 * its last byte will have passed the bottleneck; it is written a delay later. Nothing is read while the bottleneck has
 * more than QUEUE_NS to do, so senders are slowed down as they would be, and connections take turns, a chunk each.
 */
#include "bench/wan.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CHUNK 16384
#define QUEUE_NS 10000000
/* A reader that does not read stops its own sender. */
#define MAX_QUEUED ((size_t)8 << 20)
#define NEVER INT64_MAX

struct chunk {
	struct chunk *next;
	int64_t due;
	size_t len, at;			/* len 0: the end */
	char bytes[];
};

struct flow {
	int from, to;
	bool readable, writable;
	bool over;			/* the end was handed on, or nobody takes any more */
	struct chunk *first, *last;
	size_t queued;
	int64_t *free_at;		/* when the bottleneck of this way has nothing to do */
	int64_t earliest;		/* no byte arrives before: the connection has to be made first */
};

struct connection {
	struct connection *next;
	struct flow up, down;
	struct side {
		struct connection *c;
		bool server;
	} client, server;
};

struct carrier {
	const struct wan_line *line;
	int epoll;
	struct connection *all;
	int64_t free_up, free_down;
	int64_t now;
};

static int64_t clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void queue(const struct carrier *w, struct flow *f, struct chunk *c)
{
	int64_t begins = *f->free_at > w->now ? *f->free_at : w->now;

	*f->free_at = begins + (int64_t)c->len * 1000000000 / w->line->bytes_per_second;
	c->due = (*f->free_at > f->earliest ? *f->free_at : f->earliest) + w->line->delay_ns;
	if (f->last)
		f->last->next = c;
	else
		f->first = c;
	f->last = c;
	f->queued += c->len;
}

/* One chunk, if the line has room for it. */
static bool take(const struct carrier *w, struct flow *f)
{
	if (!f->readable || f->over || f->queued > MAX_QUEUED || *f->free_at - w->now > QUEUE_NS)
		return false;
	struct chunk *c = malloc(sizeof(*c) + CHUNK);
	if (!c)
		abort();
	ssize_t n = recv(f->from, c->bytes, CHUNK, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		f->readable = errno == EINTR;
		free(c);
		return false;
	}
	*c = (struct chunk){.len = n > 0 ? (size_t)n : 0};
	f->readable = n > 0;
	queue(w, f, c);
	return true;
}

static void drop_first(struct flow *f)
{
	struct chunk *c = f->first;

	f->queued -= c->len;
	f->first = c->next;
	if (!f->first)
		f->last = NULL;
	free(c);
}

static void give(const struct carrier *w, struct flow *f)
{
	while (f->first && f->first->due <= w->now && f->writable && !f->over) {
		struct chunk *c = f->first;

		if (!c->len) {
			shutdown(f->to, SHUT_WR);
			f->over = true;
			return;
		}
		ssize_t n = send(f->to, c->bytes + c->at, c->len - c->at, MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			f->writable = false;
		else if (n < 0)
			f->over = true;
		else if ((c->at += (size_t)n) == c->len)
			drop_first(f);
	}
}

static void discard(struct connection *c)
{
	struct flow *flows[] = {&c->up, &c->down};

	for (int i = 0; i < 2; i++)
		while (flows[i]->first)
			drop_first(flows[i]);
	close(c->up.from);
	close(c->up.to);
	free(c);
}

static void watch(const struct carrier *w, int fd, struct side *side)
{
	struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = side};
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &e);
}

static void welcome(struct carrier *w)
{
	int client;

	while ((client = accept4(w->line->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		struct connection *c = calloc(1, sizeof(*c));

		if (server < 0 || !c)
			abort();
		if (connect(server, (const struct sockaddr *)&w->line->to, sizeof(w->line->to)) < 0 && errno != EINPROGRESS)
			perror("wan: connect");
		c->up = (struct flow){.from = client, .to = server, .free_at = &w->free_up,
				      .earliest = w->now + 2 * w->line->delay_ns};
		c->down = (struct flow){.from = server, .to = client, .free_at = &w->free_down};
		c->client = (struct side){c, false};
		c->server = (struct side){c, true};
		c->next = w->all;
		w->all = c;
		watch(w, client, &c->client);
		watch(w, server, &c->server);
	}
}

static void note(const struct side *s, uint32_t events)
{
	struct flow *from = s->server ? &s->c->down : &s->c->up, *to = s->server ? &s->c->up : &s->c->down;

	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		from->readable = true;
	if (events & (EPOLLOUT | EPOLLERR))
		to->writable = true;
}

static void sweep(struct carrier *w)
{
	struct connection **at = &w->all;

	while (*at) {
		struct connection *c = *at;

		if (c->up.over && c->down.over) {
			*at = c->next;
			discard(c);
		} else {
			at = &c->next;
		}
	}
}

/* A chunk from each; who had one goes behind those that had none. */
static bool one_turn(struct carrier *w)
{
	struct connection *served = NULL, **served_end = &served, **at = &w->all;

	while (*at) {
		struct connection *c = *at;
		bool up = take(w, &c->up), down = take(w, &c->down);

		if (!up && !down) {
			at = &c->next;
			continue;
		}
		*at = c->next;
		*served_end = c;
		served_end = &c->next;
	}
	*served_end = NULL;
	*at = served;
	return served != NULL;
}

/* Turns of one chunk each, until nobody has anything that may move now. */
static void move(struct carrier *w)
{
	bool any = true;

	for (struct connection *c = w->all; c; c = c->next) {
		give(w, &c->up);
		give(w, &c->down);
	}
	while (any)
		any = one_turn(w);
	sweep(w);
}

static int64_t next_moment(const struct flow *f)
{
	int64_t at = NEVER;

	if (f->first && f->writable && !f->over)
		at = f->first->due;
	if (f->readable && !f->over && f->queued <= MAX_QUEUED && *f->free_at - QUEUE_NS < at)
		at = *f->free_at - QUEUE_NS;
	return at;
}

static int wait_for(const struct carrier *w, struct epoll_event *events, int n)
{
	int64_t at = NEVER;

	for (const struct connection *c = w->all; c; c = c->next) {
		int64_t up = next_moment(&c->up), down = next_moment(&c->down), sooner = up < down ? up : down;

		at = sooner < at ? sooner : at;
	}
	int64_t ns = at == NEVER ? 1000000000 : at > w->now ? at - w->now : 0;
	struct timespec ts = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
	return epoll_pwait2(w->epoll, events, n, &ts, NULL);
}

void wan_carry(const struct wan_line *line, int pidfd)
{
	struct carrier w = {.line = line, .epoll = epoll_create1(EPOLL_CLOEXEC), .now = clock_now()};
	struct side arrivals, end;
	struct epoll_event listening = {.events = EPOLLIN, .data.ptr = &arrivals}, ending = {.events = EPOLLIN, .data.ptr = &end};
	struct epoll_event events[256];

	epoll_ctl(w.epoll, EPOLL_CTL_ADD, line->listener, &listening);
	epoll_ctl(w.epoll, EPOLL_CTL_ADD, pidfd, &ending);
	for (;;) {
		int n = wait_for(&w, events, 256);

		w.now = clock_now();
		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr == &end)
				return;
			if (events[i].data.ptr == &arrivals)
				welcome(&w);
			else
				note(events[i].data.ptr, events[i].events);
		}
		move(&w);
	}
}
