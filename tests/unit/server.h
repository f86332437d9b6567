/* SPDX-License-Identifier: MIT
 *
 * A small HTTP/1.1 server on loopback for tests, on a thread of its own per connection. A handler answers one request at
 * a time by writing to the socket; it may keep the connection, close it, cut it short or let it hang.
 */
#pragma once

#include "base/base.h"

struct server;

struct server_request {
	const char *method, *path;
	const char *head;	/* all header lines as they came */
	int fd;
	int count;		/* requests so far, this one included */
	void *ctx;
};

/* False: the connection is closed. Called under no lock, from many threads. */
typedef bool server_handler(const struct server_request *r);

struct server *server_start(server_handler *handler, void *ctx);
void server_stop(struct server *s);
int server_port(const struct server *s);
int server_count(const struct server *s);
int server_connections(const struct server *s);

/* The value of a header in head, copied into out; false when it is not there. */
bool server_header(const struct server_request *r, const char *name, char *out, size_t n);
void server_write(int fd, const char *text, size_t n);
/* A whole answer; extra is more header lines, each ended by CRLF. */
bool server_answer(const struct server_request *r, int status, const char *extra, const char *body);
