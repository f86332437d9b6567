/* SPDX-License-Identifier: MIT */
#include "base/signature.h"

#include "base/arena.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <limits.h>

static EVP_PKEY *read_key(struct str der)
{
	const unsigned char *p = (const unsigned char *)der.ptr;

	return der.ptr && der.len < LONG_MAX ? d2i_PUBKEY(NULL, &p, (long)der.len) : NULL;
}

static X509 *read_cert(struct str der)
{
	const unsigned char *p = (const unsigned char *)der.ptr;

	return der.ptr && der.len < LONG_MAX ? d2i_X509(NULL, &p, (long)der.len) : NULL;
}

bool signature_is_valid(struct str key, struct str message, struct str signature)
{
	EVP_PKEY *pkey = read_key(key);
	EVP_MD_CTX *ctx = pkey ? EVP_MD_CTX_new() : NULL;
	bool valid = ctx && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, pkey) == 1 &&
		     EVP_DigestVerify(ctx, (const unsigned char *)signature.ptr, signature.len,
			     (const unsigned char *)message.ptr, message.len) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return valid;
}

struct str certificate_key(struct arena *a, struct str cert)
{
	X509 *x = read_cert(cert);
	EVP_PKEY *pkey = x ? X509_get0_pubkey(x) : NULL;
	unsigned char *der = NULL;
	int len = pkey ? i2d_PUBKEY(pkey, &der) : -1;
	struct str key = STR_NULL;

	if (len > 0)
		key = (struct str){arena_strndup(a, (const char *)der, (size_t)len), (size_t)len};
	OPENSSL_free(der);
	X509_free(x);
	return key;
}

bool certificate_is_issued_by(struct str cert, struct str issuer)
{
	X509 *x = read_cert(cert), *by = read_cert(issuer);
	EVP_PKEY *pkey = by ? X509_get0_pubkey(by) : NULL;
	bool yes = x && pkey && X509_NAME_cmp(X509_get_issuer_name(x), X509_get_subject_name(by)) == 0 && X509_verify(x, pkey) == 1;

	X509_free(x);
	X509_free(by);
	return yes;
}

bool certificate_is_valid_at(struct str cert, int64_t seconds)
{
	X509 *x = read_cert(cert);
	time_t t = (time_t)seconds;
	bool yes = x && X509_cmp_time(X509_get0_notBefore(x), &t) < 0 && X509_cmp_time(X509_get0_notAfter(x), &t) > 0;

	X509_free(x);
	return yes;
}
