/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include "base/arena.h"
#include "base/cryptolib.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	size_t len;
} algs[] = {
	[DIGEST_NONE] = {"none", 0},	 [DIGEST_MD5] = {"md5", 16},	   [DIGEST_SHA1] = {"sha1", 20},
	[DIGEST_SHA256] = {"sha256", 32}, [DIGEST_SHA384] = {"sha384", 48}, [DIGEST_SHA512] = {"sha512", 64},
	[DIGEST_SHAKE256] = {"shake256", 16},
};

/*
 * OpenSSL's digests without OpenSSL's ways: their own functions are linked in, 40 KB of the same code. EVP would have to load
 * libcrypto, set it up and look the algorithm up, which was a third of the work of adding a package. Only SHAKE256 has no
 * other way.
 */
union digest_state {
	MD5_CTX md5;
	SHA_CTX sha1;
	SHA256_CTX sha256;
	SHA512_CTX sha512;
	EVP_MD_CTX *evp;
};

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

/* Looking it up costs more than a small digest: done once, kept for good. */
static const EVP_MD *shake256;
static pthread_once_t shake256_once = PTHREAD_ONCE_INIT;

static void fetch_shake256(void)
{
	cryptolib_need();
	shake256 = crypto.EVP_MD_fetch(NULL, algs[DIGEST_SHAKE256].name, NULL);
	if (shake256)
		return;
	fputs("lode: this libcrypto has no shake256\n", stderr);
	_exit(127);
}

static EVP_MD_CTX *begin_shake256(void)
{
	EVP_MD_CTX *ctx;

	pthread_once(&shake256_once, fetch_shake256);
	ctx = crypto.EVP_MD_CTX_new();
	if (!ctx || crypto.EVP_DigestInit_ex(ctx, shake256, NULL) != 1)
		base_out_of_memory();
	return ctx;
}

void digest_init(struct digest *d, enum digest_alg alg)
{
	union digest_state *s = malloc(sizeof(*s));

	*d = (struct digest){.state = s, .alg = alg};
	if (!s)
		base_out_of_memory();
	switch (alg) {
	case DIGEST_MD5: MD5_Init(&s->md5); break;
	case DIGEST_SHA1: SHA1_Init(&s->sha1); break;
	case DIGEST_SHA256: SHA256_Init(&s->sha256); break;
	case DIGEST_SHA384: SHA384_Init(&s->sha512); break;
	case DIGEST_SHA512: SHA512_Init(&s->sha512); break;
	case DIGEST_SHAKE256: s->evp = begin_shake256(); break;
	case DIGEST_NONE: break;
	}
}

void digest_add(struct digest *d, const void *data, size_t len)
{
	union digest_state *s = d->state;

	switch (s ? d->alg : DIGEST_NONE) {
	case DIGEST_MD5: MD5_Update(&s->md5, data, len); break;
	case DIGEST_SHA1: SHA1_Update(&s->sha1, data, len); break;
	case DIGEST_SHA256: SHA256_Update(&s->sha256, data, len); break;
	case DIGEST_SHA384: SHA384_Update(&s->sha512, data, len); break;
	case DIGEST_SHA512: SHA512_Update(&s->sha512, data, len); break;
	case DIGEST_SHAKE256: crypto.EVP_DigestUpdate(s->evp, data, len); break;
	case DIGEST_NONE: break;
	}
}

void digest_end(struct digest *d, uint8_t out[DIGEST_MAX])
{
	union digest_state *s = d->state;

	memset(out, 0, DIGEST_MAX);
	switch (s ? d->alg : DIGEST_NONE) {
	case DIGEST_MD5: MD5_Final(out, &s->md5); break;
	case DIGEST_SHA1: SHA1_Final(out, &s->sha1); break;
	case DIGEST_SHA256: SHA256_Final(out, &s->sha256); break;
	case DIGEST_SHA384: SHA384_Final(out, &s->sha512); break;
	case DIGEST_SHA512: SHA512_Final(out, &s->sha512); break;
	case DIGEST_SHAKE256: crypto.EVP_DigestFinalXOF(s->evp, out, digest_len(d->alg)); break;
	case DIGEST_NONE: break;
	}
	digest_release(d);
}

void digest_release(struct digest *d)
{
	if (d->state && d->alg == DIGEST_SHAKE256)
		crypto.EVP_MD_CTX_free(((union digest_state *)d->state)->evp);
	free(d->state);
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
