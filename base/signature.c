/* SPDX-License-Identifier: MIT */
#include "base/signature.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/cryptolib.h"

#include <limits.h>
#include <string.h>

static EVP_PKEY *read_key(struct str der)
{
	const unsigned char *p = (const unsigned char *)der.ptr;

	cryptolib_need();
	return der.ptr && der.len < LONG_MAX ? crypto.d2i_PUBKEY(NULL, &p, (long)der.len) : NULL;
}

static X509 *read_cert(struct str der)
{
	const unsigned char *p = (const unsigned char *)der.ptr;

	cryptolib_need();
	return der.ptr && der.len < LONG_MAX ? crypto.d2i_X509(NULL, &p, (long)der.len) : NULL;
}

bool signature_is_valid(struct str key, struct str message, struct str signature)
{
	EVP_PKEY *pkey = read_key(key);
	EVP_MD_CTX *ctx = pkey ? crypto.EVP_MD_CTX_new() : NULL;
	bool valid = ctx && crypto.EVP_DigestVerifyInit(ctx, NULL, crypto.EVP_sha256(), NULL, pkey) == 1 &&
		     crypto.EVP_DigestVerify(ctx, (const unsigned char *)signature.ptr, signature.len,
			     (const unsigned char *)message.ptr, message.len) == 1;

	crypto.EVP_MD_CTX_free(ctx);
	crypto.EVP_PKEY_free(pkey);
	return valid;
}

struct str certificate_key(struct arena *a, struct str cert)
{
	X509 *x = read_cert(cert);
	EVP_PKEY *pkey = x ? crypto.X509_get0_pubkey(x) : NULL;
	unsigned char *der = NULL;
	int len = pkey ? crypto.i2d_PUBKEY(pkey, &der) : -1;
	struct str key = STR_NULL;

	if (len > 0)
		key = (struct str){arena_strndup(a, (const char *)der, (size_t)len), (size_t)len};
	crypto.CRYPTO_free(der, __FILE__, __LINE__);
	crypto.X509_free(x);
	return key;
}

bool certificate_is_issued_by(struct str cert, struct str issuer)
{
	X509 *x = read_cert(cert), *by = read_cert(issuer);
	EVP_PKEY *pkey = by ? crypto.X509_get0_pubkey(by) : NULL;
	bool yes = x && pkey && crypto.X509_NAME_cmp(crypto.X509_get_issuer_name(x), crypto.X509_get_subject_name(by)) == 0 && crypto.X509_verify(x, pkey) == 1;

	crypto.X509_free(x);
	crypto.X509_free(by);
	return yes;
}

bool certificate_is_valid_at(struct str cert, int64_t seconds)
{
	X509 *x = read_cert(cert);
	time_t t = (time_t)seconds;
	bool yes = x && crypto.X509_cmp_time(crypto.X509_get0_notBefore(x), &t) < 0 && crypto.X509_cmp_time(crypto.X509_get0_notAfter(x), &t) > 0;

	crypto.X509_free(x);
	return yes;
}

/* ---- logs of certificates ---- */

#define PRECERT_MAX ((size_t)1 << 20)

static void add_number(struct buf *out, uint64_t value, int bytes)
{
	while (bytes-- > 0)
		buf_addc(out, (char)(value >> (8 * bytes) & 0xff));
}

/* Hash of the issuer's key, and the certificate as it was before it held the promises: what each promise is about. */
static bool add_precert(struct buf *out, X509 *cert, X509 *issuer)
{
	X509 *before = crypto.X509_dup(cert);
	int at = before ? crypto.X509_get_ext_by_NID(before, NID_ct_precert_scts, -1) : -1;
	X509_EXTENSION *removed = at >= 0 ? crypto.X509_delete_ext(before, at) : NULL;
	unsigned char hash[EVP_MAX_MD_SIZE], *tbs = NULL, *key = NULL;
	int key_len = crypto.i2d_X509_PUBKEY(crypto.X509_get_X509_PUBKEY(issuer), &key), tbs_len = removed ? crypto.i2d_re_X509_tbs(before, &tbs) : -1;
	unsigned hash_len;
	bool ok = key_len > 0 && tbs_len > 0 && crypto.EVP_Digest(key, (size_t)key_len, hash, &hash_len, crypto.EVP_sha256(), NULL) == 1;

	if (ok) {
		buf_add(out, hash, hash_len);
		add_number(out, (uint64_t)tbs_len, 3);
		buf_add(out, tbs, (size_t)tbs_len);
	}
	crypto.CRYPTO_free(tbs, __FILE__, __LINE__);
	crypto.CRYPTO_free(key, __FILE__, __LINE__);
	crypto.X509_EXTENSION_free(removed);
	crypto.X509_free(before);
	return ok;
}

static bool keeps_promise(const SCT *sct, const struct buf *precert, const struct certificate_log *log)
{
	struct buf text = BUF_INIT(PRECERT_MAX);
	unsigned char *id, *extensions, *signature;
	size_t id_len = crypto.SCT_get0_log_id(sct, &id), n = crypto.SCT_get0_extensions(sct, &extensions), len = crypto.SCT_get0_signature(sct, &signature);
	uint64_t at = crypto.SCT_get_timestamp(sct);
	bool good;

	if (crypto.SCT_get_version(sct) != SCT_VERSION_V1 || id_len != log->id.len || memcmp(id, log->id.ptr, id_len) != 0 || at > INT64_MAX ||
	    (int64_t)at < log->from_ms || (int64_t)at > log->to_ms)
		return false;
	add_number(&text, 0, 2);	/* version 1, of a certificate */
	add_number(&text, at, 8);
	add_number(&text, 1, 2);	/* that is not made yet */
	buf_add(&text, precert->ptr, precert->len);
	add_number(&text, n, 2);
	buf_add(&text, extensions, n);
	good = signature_is_valid(log->key, buf_str(&text), (struct str){(const char *)signature, len});
	buf_release(&text);
	return good;
}

static bool all_kept(const STACK_OF(SCT) *promises, const struct buf *precert, const struct certificate_log *logs, size_t n)
{
	for (int i = 0; i < crypto.OPENSSL_sk_num((const OPENSSL_STACK *)promises); i++) {
		bool kept = false;

		for (size_t k = 0; k < n && !kept; k++)
			kept = keeps_promise(crypto.OPENSSL_sk_value((const OPENSSL_STACK *)promises, i), precert, &logs[k]);
		if (!kept)
			return false;
	}
	return crypto.OPENSSL_sk_num((const OPENSSL_STACK *)promises) > 0;
}

bool certificate_is_listed(struct str cert, struct str issuer, const struct certificate_log *logs, size_t n)
{
	X509 *x = read_cert(cert), *by = read_cert(issuer);
	STACK_OF(SCT) *promises = x ? crypto.X509_get_ext_d2i(x, NID_ct_precert_scts, NULL, NULL) : NULL;
	struct buf precert = BUF_INIT(PRECERT_MAX);
	bool listed = promises && by && add_precert(&precert, x, by) && all_kept(promises, &precert, logs, n);

	buf_release(&precert);
	crypto.SCT_LIST_free(promises);
	crypto.X509_free(x);
	crypto.X509_free(by);
	return listed;
}
