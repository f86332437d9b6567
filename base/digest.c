/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include "base/arena.h"
#include "base/cryptolib.h"

#include <pthread.h>
#include <string.h>

static const struct {
	const char *name;
	size_t len;
} algs[] = {
	[DIGEST_NONE] = {"none", 0},	 [DIGEST_MD5] = {"md5", 16},	   [DIGEST_SHA1] = {"sha1", 20},
	[DIGEST_SHA256] = {"sha256", 32}, [DIGEST_SHA384] = {"sha384", 48}, [DIGEST_SHA512] = {"sha512", 64},
	[DIGEST_SHAKE256] = {"shake256", 16},
};

/* Looking an algorithm up costs OpenSSL 3 more than a small digest itself: done once, kept for good. */
static const EVP_MD *fetched[ARRAY_LEN(algs)];
static pthread_once_t fetch_once = PTHREAD_ONCE_INIT;

static void fetch_all(void)
{
	cryptolib_need();
	for (size_t i = DIGEST_NONE + 1; i < ARRAY_LEN(algs); i++)
		fetched[i] = crypto.EVP_MD_fetch(NULL, algs[i].name, NULL);
}

static const EVP_MD *get_md(enum digest_alg alg)
{
	pthread_once(&fetch_once, fetch_all);
	return fetched[alg];
}

size_t digest_len(enum digest_alg alg)
{
	return algs[alg].len;
}

const char *digest_name(enum digest_alg alg)
{
	return algs[alg].name;
}

enum digest_alg digest_alg_of(struct str name)
{
	for (size_t i = DIGEST_NONE + 1; i <= DIGEST_SHA512; i++)
		if (str_is(name, algs[i].name))
			return (enum digest_alg)i;
	return DIGEST_NONE;
}

/* A library that cannot give the digest (a build without md5) gives zeros, which match nothing. */
void digest_init(struct digest *d, enum digest_alg alg)
{
	const EVP_MD *md = get_md(alg);
	EVP_MD_CTX *ctx = md ? crypto.EVP_MD_CTX_new() : NULL;

	d->alg = alg;
	d->state = ctx;
	if (md && !ctx)
		base_out_of_memory();
	if (ctx && crypto.EVP_DigestInit_ex(ctx, md, NULL) != 1)
		digest_release(d);
}

void digest_add(struct digest *d, const void *data, size_t len)
{
	if (d->state && crypto.EVP_DigestUpdate(d->state, data, len) != 1)
		digest_release(d);
}

/* One whose length is free has to be told. */
static int finish(struct digest *d, uint8_t *out)
{
	if (d->alg == DIGEST_SHAKE256)
		return crypto.EVP_DigestFinalXOF(d->state, out, digest_len(d->alg));
	return crypto.EVP_DigestFinal_ex(d->state, out, NULL);
}

void digest_end(struct digest *d, uint8_t out[DIGEST_MAX])
{
	memset(out, 0, DIGEST_MAX);
	if (d->state && finish(d, out) != 1)
		memset(out, 0, DIGEST_MAX);
	digest_release(d);
}

void digest_release(struct digest *d)
{
	if (d->state)	/* else OpenSSL may not be there yet */
		crypto.EVP_MD_CTX_free(d->state);
	d->state = NULL;
}

void digest_of(enum digest_alg alg, const void *data, size_t len, uint8_t out[DIGEST_MAX])
{
	struct digest d;

	digest_init(&d, alg);
	digest_add(&d, data, len);
	digest_end(&d, out);
}

void digest_hex(enum digest_alg alg, const void *data, size_t len, char out[DIGEST_HEX_MAX])
{
	uint8_t bytes[DIGEST_MAX];

	digest_of(alg, data, len, bytes);
	hex_format(bytes, digest_len(alg), out);
}

const char *digest_sri(struct arena *a, enum digest_alg alg, const void *data, size_t len)
{
	uint8_t bytes[DIGEST_MAX];

	digest_of(alg, data, len, bytes);
	return digest_sri_of(a, alg, bytes);
}

const char *digest_sri_of(struct arena *a, enum digest_alg alg, const uint8_t *digest)
{
	char text[BASE64_SIZE(DIGEST_MAX)];

	base64_format(digest, digest_len(alg), text);
	return arena_printf(a, "%s-%s", digest_name(alg), text);
}
