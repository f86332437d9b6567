/* SPDX-License-Identifier: MIT */
#include "cache/inflated.h"

#include "base/inflate.h"

#include <pthread.h>
#include <stdatomic.h>

/* From this size on a tarball is inflated as a whole only where all that are so take no more than the room for them. */
#define LARGE_FROM ((size_t)16 << 20)
#define LARGE_ROOM ((size_t)120 << 20)
/* What says of itself that it is more times larger inflated is not believed. */
#define LARGE_RATIO 200

/* What is kept for the next one: so many, of so many bytes together. */
#define SPARES 4
#define SPARE_ROOM ((size_t)16 << 20)
/* A new one is for others, too, that are larger. */
#define SPARE_LEAST (((size_t)1 << 20) - 1)

/* What large tarballs take that are inflated as a whole just now, by any thread. */
static atomic_size_t large_taken;

static struct {
	pthread_mutex_t lock;
	struct buf bufs[SPARES];	/* the first n; used last comes last, for it is in the processor's cache */
	size_t n, bytes;
} spares = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Inflating the whole is quicker. Where there is no room for it now it goes piece by piece. *taken is to be given back. */
static bool is_streamed(struct str tarball, size_t *taken)
{
	size_t claim = inflate_claim(tarball);

	if (claim <= LARGE_FROM || claim / LARGE_RATIO >= tarball.len)
		return false;
	if (atomic_fetch_add(&large_taken, claim) + claim <= LARGE_ROOM) {
		*taken = claim;
		return false;
	}
	atomic_fetch_sub(&large_taken, claim);
	return true;
}

static struct buf take_spare(size_t max)
{
	struct buf b = BUF_INIT(max);

	pthread_mutex_lock(&spares.lock);
	if (spares.n) {
		b = spares.bufs[--spares.n];
		spares.bytes -= b.cap;
		b.max = max;
	}
	pthread_mutex_unlock(&spares.lock);
	return b;
}

/* Large ones make the peak, so nothing is kept beside them. */
static void drop_spares(void)
{
	pthread_mutex_lock(&spares.lock);
	while (spares.n)
		buf_release(&spares.bufs[--spares.n]);
	spares.bytes = 0;
	pthread_mutex_unlock(&spares.lock);
}

static void give_spare(struct buf *b)
{
	bool large = atomic_load(&large_taken) > 0;

	pthread_mutex_lock(&spares.lock);
	if (b->cap && !large && spares.n < SPARES && b->cap <= SPARE_ROOM - spares.bytes) {
		buf_clear(b);
		spares.bytes += b->cap;
		spares.bufs[spares.n++] = *b;
		*b = (struct buf)BUF_INIT(b->max);
	}
	pthread_mutex_unlock(&spares.lock);
	buf_release(b);
}

/* Room for what will come out, without copying what the memory held before. Only a guess: inflating makes more if need be. */
static void make_room(struct buf *b, struct str tarball)
{
	size_t want = inflate_claim(tarball);

	if (want / LARGE_RATIO >= tarball.len || want < SPARE_LEAST)
		want = SPARE_LEAST;
	if (want < b->cap || want > b->max)
		return;
	buf_release(b);
	buf_reserve(b, want);
}

int inflated_open(struct inflated *p, struct str *tarball, size_t max, struct err *err)
{
	*p = (struct inflated){.bytes = BUF_INIT(max)};
	if (!inflate_is_gzip(*tarball) || is_streamed(*tarball, &p->claimed))
		return 0;
	if (p->claimed)
		drop_spares();
	p->bytes = take_spare(max);
	make_room(&p->bytes, *tarball);
	if (inflate_gzip(*tarball, &p->bytes, err) < 0)
		return -1;
	*tarball = buf_str(&p->bytes);
	return 0;
}

void inflated_close(struct inflated *p)
{
	give_spare(&p->bytes);
	atomic_fetch_sub(&large_taken, p->claimed);
}
