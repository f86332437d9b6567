/* SPDX-License-Identifier: MIT
 *
 * OpenSSL's libcrypto, loaded when it is first needed (base/library.h): crypto.EVP_MD_fetch() is EVP_MD_fetch(). What has no
 * crypto. before it (a digest's own functions) is linked in. For digest.c and signature.c, whose functions cannot fail: without
 * the library the program ends, as it would had it been linked.
 */
#pragma once

#include "base/base.h"

#define OPENSSL_SUPPRESS_DEPRECATED	/* a digest's own functions, see digest.c */
#include <openssl/ct.h>
#include <openssl/evp.h>
#include <openssl/md5.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define CRYPTOLIB_CALLS(X)                                                                                             \
	X(CRYPTO_free) X(OPENSSL_sk_num) X(OPENSSL_sk_value)                                                           \
	X(EVP_Digest) X(EVP_DigestFinalXOF) X(EVP_DigestInit_ex) X(EVP_DigestUpdate) X(EVP_DigestVerify)               \
	X(EVP_DigestVerifyInit) X(EVP_MD_CTX_free) X(EVP_MD_CTX_new) X(EVP_MD_fetch) X(EVP_PKEY_free)                   \
	X(EVP_sha256)                                                                                                  \
	X(SCT_LIST_free) X(SCT_get0_extensions) X(SCT_get0_log_id) X(SCT_get0_signature) X(SCT_get_timestamp)          \
	X(SCT_get_version)                                                                                             \
	X(X509_EXTENSION_free) X(X509_NAME_cmp) X(X509_cmp_time) X(X509_delete_ext) X(X509_dup) X(X509_free)           \
	X(X509_get0_notAfter) X(X509_get0_notBefore) X(X509_get0_pubkey) X(X509_get_X509_PUBKEY)                       \
	X(X509_get_ext_by_NID) X(X509_get_ext_d2i) X(X509_get_issuer_name) X(X509_get_subject_name) X(X509_verify)     \
	X(d2i_PUBKEY) X(d2i_X509) X(i2d_PUBKEY) X(i2d_X509_PUBKEY) X(i2d_re_X509_tbs)

struct cryptolib {
#define CRYPTOLIB_POINTER(name) __typeof__(&name) name;
	CRYPTOLIB_CALLS(CRYPTOLIB_POINTER)
#undef CRYPTOLIB_POINTER
};

extern struct cryptolib crypto;

void cryptolib_need(void);
