/* SPDX-License-Identifier: MIT */
#include "tests/unit/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_THREADS 512

struct connection {
	struct server *server;
	atomic_int fd;
	pthread_t thread;
};

struct server {
	int fd, port;
	server_handler *handler;
	void *ctx;
	pthread_t thread;
	atomic_int count, connections;
	struct connection all[MAX_THREADS];
};

void server_write(int fd, const char *text, size_t n)
{
	while (n) {
		ssize_t did = send(fd, text, n, MSG_NOSIGNAL);

		if (did <= 0)
			return;
		text += did;
		n -= (size_t)did;
	}
}

bool server_answer(const struct server_request *r, int status, const char *extra, const char *body)
{
	char head[1024];
	int n = snprintf(head, sizeof(head), "HTTP/1.1 %d Reason\r\ncontent-length: %zu\r\n%s\r\n", status, strlen(body),
		extra ? extra : "");

	server_write(r->fd, head, (size_t)n);
	server_write(r->fd, body, strlen(body));
	return true;
}

bool server_header(const struct server_request *r, const char *name, char *out, size_t n)
{
	size_t len = strlen(name);

	for (const char *line = r->head; line; line = strstr(line, "\r\n")) {
		line += line == r->head ? 0 : 2;
		if (strncasecmp(line, name, len) != 0 || line[len] != ':')
			continue;
		snprintf(out, n, "%.*s", (int)strcspn(line + len + 2, "\r"), line + len + 2);
		return true;
	}
	return false;
}

/* One request's head, up to the empty line. */
static bool read_head(int fd, char *buf, size_t size)
{
	size_t len = 0;

	while (len + 1 < size) {
		if (recv(fd, buf + len, 1, 0) != 1)
			return false;
		buf[++len] = '\0';
		if (len >= 4 && strcmp(buf + len - 4, "\r\n\r\n") == 0)
			return true;
	}
	return false;
}

static void *serve(void *arg)
{
	struct connection *c = arg;
	struct server *s = c->server;
	char head[8192], method[16], path[2048];

	while (read_head(c->fd, head, sizeof(head)) && sscanf(head, "%15s %2047s", method, path) == 2) {
		struct server_request r = {method, path, strstr(head, "\r\n") + 2, c->fd, ++s->count, s->ctx};

		if (!s->handler(&r))
			break;
	}
	shutdown(c->fd, SHUT_RDWR);
	return NULL;
}

static void *listen_on(void *arg)
{
	struct server *s = arg;
	int fd;

	while (s->connections < MAX_THREADS && (fd = accept(s->fd, NULL, NULL)) >= 0) {
		struct connection *c = &s->all[s->connections];

		c->server = s;
		c->fd = fd;
		if (pthread_create(&c->thread, NULL, serve, c))
			abort();
		s->connections++;
	}
	return NULL;
}

struct server *server_start(server_handler *handler, void *ctx)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	struct server *s = calloc(1, sizeof(*s));

	s->handler = handler;
	s->ctx = ctx;
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(s->fd, (struct sockaddr *)&at, len) || listen(s->fd, 128) ||
		getsockname(s->fd, (struct sockaddr *)&at, &len) || pthread_create(&s->thread, NULL, listen_on, s))
		abort();
	s->port = ntohs(at.sin_port);
	return s;
}

void server_stop(struct server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
	for (int i = 0; i < s->connections; i++) {
		shutdown(s->all[i].fd, SHUT_RDWR);
		pthread_join(s->all[i].thread, NULL);
		close(s->all[i].fd);
	}
	free(s);
}

int server_port(const struct server *s)
{
	return s->port;
}

int server_count(const struct server *s)
{
	return s->count;
}

int server_connections(const struct server *s)
{
	return s->connections;
}
