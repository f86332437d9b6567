/* SPDX-License-Identifier: MIT
 *
 * A line to a server that is farther away than it is: a round trip of some milliseconds and so many Mbit/s each way,
 * shared by all connections. What passes through is not looked at, so TLS and HTTP/2 stay as they are.
 */
#pragma once

#include <netinet/in.h>
#include <stdint.h>
#include <sys/types.h>

struct wan_line {
	struct sockaddr_in to;		/* the server */
	int64_t delay_ns;		/* one way */
	int64_t bytes_per_second;	/* one way */
	int listener;			/* where clients come; listening, non-blocking */
};

/* Carries until the process behind pidfd has ended. */
void wan_carry(const struct wan_line *line, int pidfd);
/*
 * Starts a command in a network namespace of its own, in which nothing is but loopback, and where `to` is listened at: so
 * the server has the address that it has outside, and what it says of itself stays true. Gives the listening socket.
 * Without root it is a user namespace, too.
 */
pid_t wan_start(const struct sockaddr_in *to, char **command, int *listener);
