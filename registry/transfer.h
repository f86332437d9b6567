/* SPDX-License-Identifier: MIT
 *
 * One request on its way through registry/net.c: what was asked, where it stands, what has come back.
 * The answer's side (headers, body, sink) is registry/transfer.c; queues, retries and redirects are registry/net.c.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "registry/http.h"
#include "registry/net.h"
#include "registry/retry.h"

enum transfer_state { TRANSFER_QUEUED, TRANSFER_ACTIVE, TRANSFER_WAITING, TRANSFER_ENDED };

struct net_transfer {
	struct arena arena;		/* holds this struct as well */
	struct net *net;
	struct host *host;		/* NULL: the URL is none that can be asked */
	struct net_request rq;
	struct net_transfer *prev, *next;	/* among all that are open */
	struct net_transfer *queue_next;
	enum transfer_state state;

	/* where it stands */
	const char *url;		/* now; redirects change it */
	const char *method;
	bool trusted;			/* still on the origin first asked: credentials go along */
	bool fresh;			/* the next attempt takes a new connection */
	bool paused, resume, cancelled;
	bool connected;			/* until then libcurl has it wait, for others or for its connection, and keeps the time */
	int redirects, attempts;
	int made[RETRY_CAUSES];
	int64_t added_ms, started_ms, due_ms;
	int64_t window_ms;		/* progress is counted since then */
	uint64_t window_bytes;
	struct http_transfer *wire;	/* while active */

	/* the answer to the attempt at hand */
	struct arena answer;
	struct net_response resp;
	size_t headers_cap;
	struct buf body;
	bool begun, streaming;
	uint64_t got;
	struct err err;			/* a consumer's or a limit's, then the final one */
};

/* Deep copy of a request; the transfer owns itself. */
struct net_transfer *transfer_make(struct net *net, const struct net_request *rq);
void transfer_free(struct net_transfer *t);

/* The list of header lines to send, NULL-terminated, in t->answer. */
const char *const *transfer_headers(struct net_transfer *t, const char *user_agent);
/* Forgets what an earlier attempt brought. */
void transfer_reset(struct net_transfer *t);
void transfer_header(struct net_transfer *t, struct str line);
enum net_take transfer_data(struct net_transfer *t, const char *p, size_t n);
/* Called once the answer is whole: streams that had no byte begin too; a check may object. -1: t->err says why. */
int transfer_finish(struct net_transfer *t, enum retry_cause *cause);
