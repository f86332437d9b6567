/* SPDX-License-Identifier: MIT
 *
 * The floor of an install without a cache, half of it: all tarballs over HTTP/2, and thrown away.
 *
 *	floor-transfer URLS CAFILE [--threads 1] [--streams 64] [--keep 1]
 *
 * Each thread has one connection. --keep 1 writes them to files 0, 1, … in the working directory instead, for floor-unpack.
 */
#include "bench/floor/floor.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

struct transfer {
	int fd;
	struct all *all;
};

struct all {
	struct lines urls;
	const char *cafile;
	unsigned streams;
	bool keep;
	atomic_size_t next;
	atomic_size_t bytes;
};

static size_t take(char *p, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;

	if (t->fd >= 0 && write(t->fd, p, size * n) != (ssize_t)(size * n))
		return 0;
	atomic_fetch_add(&t->all->bytes, size * n);
	return size * n;
}

static void must(CURLcode code, const char *what)
{
	if (code == CURLE_OK)
		return;
	fprintf(stderr, "%s: %s\n", what, curl_easy_strerror(code));
	_exit(1);
}

static CURL *new_handle(struct all *all)
{
	CURL *c = curl_easy_init();
	struct transfer *t = floor_alloc(sizeof(*t));

	*t = (struct transfer){-1, all};
	must(curl_easy_setopt(c, CURLOPT_CAINFO, all->cafile), "CAINFO");
	must(curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS), "HTTP_VERSION");
	must(curl_easy_setopt(c, CURLOPT_PIPEWAIT, 1L), "PIPEWAIT");
	must(curl_easy_setopt(c, CURLOPT_FAILONERROR, 1L), "FAILONERROR");
	must(curl_easy_setopt(c, CURLOPT_BUFFERSIZE, 256L << 10), "BUFFERSIZE");
	must(curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take), "WRITEFUNCTION");
	must(curl_easy_setopt(c, CURLOPT_WRITEDATA, t), "WRITEDATA");
	must(curl_easy_setopt(c, CURLOPT_PRIVATE, t), "PRIVATE");
	return c;
}

/* The next URL on this handle, or false: there is none. */
static bool next(struct all *all, CURLM *multi, CURL *c)
{
	size_t i = atomic_fetch_add(&all->next, 1);
	struct transfer *t = NULL;
	char name[24];

	if (i >= all->urls.count)
		return false;
	must(curl_easy_getinfo(c, CURLINFO_PRIVATE, (char **)&t), "PRIVATE");
	snprintf(name, sizeof(name), "%zu", i);
	if (all->keep && (t->fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) < 0)
		floor_die(name);
	must(curl_easy_setopt(c, CURLOPT_URL, all->urls.items[i]), "URL");
	curl_multi_add_handle(multi, c);
	return true;
}

static void finished(struct all *all, CURLM *multi, const CURLMsg *m)
{
	CURL *c = m->easy_handle;
	struct transfer *t = NULL;

	must(m->data.result, "transfer");
	must(curl_easy_getinfo(c, CURLINFO_PRIVATE, (char **)&t), "PRIVATE");
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	curl_multi_remove_handle(multi, c);
	if (!next(all, multi, c))
		curl_easy_cleanup(c);
}

static void work(void *ctx)
{
	struct all *all = ctx;
	CURLM *multi = curl_multi_init();
	int running = 1, left;
	bool more = true;

	curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, 1L);
	for (unsigned i = 0; i < all->streams; i++) {
		CURL *c = new_handle(all);

		if (!next(all, multi, c))
			curl_easy_cleanup(c);
	}
	/* What is finished makes room for the next, which may be finished before one looks. */
	while (running || more) {
		CURLMsg *m;

		curl_multi_perform(multi, &running);
		for (more = false; (m = curl_multi_info_read(multi, &left)); more = true)
			finished(all, multi, m);
		if (running && !more)
			curl_multi_poll(multi, NULL, 0, 1000, NULL);
	}
	curl_multi_cleanup(multi);
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: floor-transfer URLS CAFILE [--threads 1] [--streams 64] [--keep 1]\n");
		return 2;
	}
	struct all all = {.urls = floor_lines(argv[1]), .cafile = argv[2]};
	int64_t began = floor_now();

	all.streams = (unsigned)floor_option(argc, argv, "streams", 64);
	all.keep = floor_option(argc, argv, "keep", 0);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	floor_threads((unsigned)floor_option(argc, argv, "threads", 1), work, &all);
	floor_say(began, all.urls.count, all.bytes);
	return 0;
}
