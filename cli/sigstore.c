/* SPDX-License-Identifier: MIT */
#include "cli/sigstore.h"

#include "base/arena.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/isodate.h"
#include "base/json.h"
#include "base/signature.h"

#include <stdlib.h>

#define MAX_ROOT ((size_t)4 << 20)
#define MAX_LOGS 32
#define MAX_CHAIN 8

struct sigstore {
	struct arena *arena;
	const struct json *root;
};

struct sigstore *sigstore_load(struct arena *a, struct err *err)
{
	const char *file = getenv("LODE_SIGSTORE_ROOT");
	struct sigstore *s = ARENA_NEW(a, struct sigstore);
	struct str text = str_from(sigstore_public_root);

	s->arena = a;
	if (file && *file && fs_read(a, file, MAX_ROOT, &text, err) < 0)
		return NULL;
	s->root = json_parse(a, text, file && *file ? file : "Sigstore's root", err);
	return s->root ? s : NULL;
}

/* ---- pieces ---- */

static struct str bytes_at(const struct sigstore *s, const struct json *in, const char *key)
{
	const char *text = json_find_text(in, key);

	return text ? base64_decode_loose(s->arena, str_from(text)) : STR_NULL;
}

static int64_t time_at(const struct json *window, const char *key, int64_t otherwise)
{
	const char *text = json_find_text(window, key);
	int64_t ms = text ? isodate_parse(str_from(text)) : otherwise;

	return ms == ISODATE_NONE ? otherwise : ms;
}

static bool is_good_at(const struct json *one, int64_t ms)
{
	const struct json *window = json_find(one, "validFor");

	return time_at(window, "start", INT64_MAX) <= ms && ms <= time_at(window, "end", INT64_MAX);
}

/* Numbers of 64 bits are texts in protobuf's JSON. */
static bool number_at(const struct json *in, const char *key, uint64_t *out)
{
	const struct json *v = json_find(in, key);

	if (json_is(v, JSON_NUMBER) && v->number >= 0 && v->number < 9e15) {
		*out = (uint64_t)v->number;
		return true;
	}
	return json_text(v) && str_to_u64(str_from(json_text(v)), out) && *out < (uint64_t)9e15;
}

static bool is_log(const struct sigstore *s, const struct json *log, struct str id)
{
	return id.len && str_eq(bytes_at(s, json_find(log, "logId"), "keyId"), id);
}

/* ---- the log of signatures ---- */

/* What the log signs when it takes an entry, in the order of its canonical JSON. */
static const char *promised_text(const struct sigstore *s, const struct json *entry, uint64_t *time)
{
	struct str body = bytes_at(s, entry, "canonicalizedBody"), id = bytes_at(s, json_find(entry, "logId"), "keyId");
	char *hex = arena_alloc(s->arena, id.len * 2 + 1);
	uint64_t index;

	if (!body.ptr || !id.ptr || !number_at(entry, "integratedTime", time) || !number_at(entry, "logIndex", &index))
		return NULL;
	hex_format(id.ptr, id.len, hex);
	return arena_printf(s->arena, "{\"body\":\"%s\",\"integratedTime\":%llu,\"logID\":\"%s\",\"logIndex\":%llu}",
			    base64_make(s->arena, body.ptr, body.len), (unsigned long long)*time, hex, (unsigned long long)index);
}

static bool is_promised(const struct sigstore *s, const struct json *entry)
{
	struct str promise = bytes_at(s, json_find(entry, "inclusionPromise"), "signedEntryTimestamp");
	struct str id = bytes_at(s, json_find(entry, "logId"), "keyId");
	const struct json *logs = json_find(s->root, "tlogs");
	uint64_t time;
	const char *text = promised_text(s, entry, &time);

	for (uint32_t i = 0; text && promise.len && i < json_count(logs); i++) {
		const struct json *log = json_at(logs, i);

		if (is_log(s, log, id) && is_good_at(json_find(log, "publicKey"), (int64_t)time * 1000) &&
		    signature_is_valid(bytes_at(s, json_find(log, "publicKey"), "rawBytes"), str_from(text), promise))
			return true;
	}
	return false;
}

/* The digest and the signature that an entry is about; an intoto entry has the signature in base64 twice. */
static bool is_about(const struct sigstore *s, const struct json *entry, const struct sigstore_signed *what)
{
	struct err ignored = ERR_INIT;
	const struct json *body = json_parse(s->arena, bytes_at(s, entry, "canonicalizedBody"), "a log's entry", &ignored);
	const struct json *spec = json_find(body, "spec"), *kind = json_find(entry, "kindVersion"), *signatures;
	bool intoto = streq(json_find_text(body, "kind"), "intoto");
	char digest[DIGEST_HEX_MAX];
	struct str signature;

	if (!streq(json_find_text(kind, "kind"), json_find_text(body, "kind")) ||
	    !streq(json_find_text(kind, "version"), json_find_text(body, "apiVersion")))
		return false;
	if (!streq(json_find_text(body, "apiVersion"), intoto ? "0.0.2" : "0.0.1") || (!intoto && !streq(json_find_text(body, "kind"), "dsse")))
		return false;
	signatures = json_find(intoto ? json_find(json_find(spec, "content"), "envelope") : spec, "signatures");
	signature = bytes_at(s, json_at(signatures, 0), intoto ? "sig" : "signature");
	if (intoto && signature.ptr)
		signature = base64_decode_loose(s->arena, signature);
	digest_hex(DIGEST_SHA256, what->payload.ptr, what->payload.len, digest);
	return json_count(signatures) == 1 && str_eq(signature, what->signature) &&
	       streq(json_find_text(json_find(intoto ? json_find(spec, "content") : spec, "payloadHash"), "value"), digest);
}

bool sigstore_is_unknown(const struct sigstore *s, const struct json *material)
{
	const struct json *entries = json_find(material, "tlogEntries"), *logs = json_find(s->root, "tlogs");
	const struct json *stamps = json_find(json_find(material, "timestampVerificationData"), "rfc3161Timestamps");

	for (uint32_t i = 0; i < json_count(entries); i++) {
		struct str id = bytes_at(s, json_find(json_at(entries, i), "logId"), "keyId");
		bool known = false;

		for (uint32_t k = 0; k < json_count(logs); k++)
			known = known || is_log(s, json_at(logs, k), id);
		if (!known)
			return json_count(stamps) > 0;
	}
	return !json_count(entries) && json_count(stamps);
}

const char *sigstore_check_log(const struct sigstore *s, const struct json *material, const struct sigstore_signed *what)
{
	const struct json *entries = json_find(material, "tlogEntries");

	if (!json_count(entries))
		return "it is in no log";
	for (uint32_t i = 0; i < json_count(entries); i++) {
		if (!is_promised(s, json_at(entries, i)))
			return "the log's promise could not be verified";
		if (!is_about(s, json_at(entries, i), what))
			return "the log's entry is about something else";
	}
	return NULL;
}

/* ---- certificates ---- */

/* An authority's certificates, each signed by the next, all of them good then; the first one signed the leaf. */
static bool is_of_authority(const struct sigstore *s, const struct json *authority, struct str leaf, int64_t seconds)
{
	const struct json *chain = json_find(json_find(authority, "certChain"), "certificates");
	struct str below = leaf;

	if (!is_good_at(authority, seconds * 1000) || !json_count(chain) || json_count(chain) > MAX_CHAIN)
		return false;
	for (uint32_t i = 0; i < json_count(chain); i++) {
		struct str one = bytes_at(s, json_at(chain, i), "rawBytes");

		if (!certificate_is_valid_at(one, seconds) || !certificate_is_issued_by(below, one))
			return false;
		below = one;
	}
	return true;
}

static struct str issuer_of(const struct sigstore *s, struct str leaf, int64_t seconds)
{
	const struct json *all = json_find(s->root, "certificateAuthorities");

	for (uint32_t i = 0; i < json_count(all); i++)
		if (is_of_authority(s, json_at(all, i), leaf, seconds))
			return bytes_at(s, json_at(json_find(json_find(json_at(all, i), "certChain"), "certificates"), 0), "rawBytes");
	return STR_NULL;
}

static bool is_listed(const struct sigstore *s, struct str leaf, struct str issuer)
{
	const struct json *all = json_find(s->root, "ctlogs");
	struct certificate_log logs[MAX_LOGS];
	size_t n = 0;

	for (uint32_t i = 0; i < json_count(all) && n < MAX_LOGS; i++) {
		const struct json *one = json_at(all, i), *window = json_find(json_find(one, "publicKey"), "validFor");

		logs[n++] = (struct certificate_log){
			.id = bytes_at(s, json_find(one, "logId"), "keyId"),
			.key = bytes_at(s, json_find(one, "publicKey"), "rawBytes"),
			.from_ms = time_at(window, "start", INT64_MAX),
			.to_ms = time_at(window, "end", INT64_MAX),
		};
	}
	return certificate_is_listed(leaf, issuer, logs, n);
}

const char *sigstore_check_certificate(const struct sigstore *s, struct str leaf, const struct json *material)
{
	const struct json *entries = json_find(material, "tlogEntries");
	struct str issuer = STR_NULL;

	if (!certificate_key(s->arena, leaf).ptr)
		return "the certificate cannot be read";
	for (uint32_t i = 0; i < json_count(entries); i++) {
		uint64_t time;

		if (!number_at(json_at(entries, i), "integratedTime", &time) || !certificate_is_valid_at(leaf, (int64_t)time))
			return "the certificate was not valid when it was logged";
		issuer = issuer_of(s, leaf, (int64_t)time);
		if (!issuer.ptr)
			return "the certificate is none of Sigstore's";
	}
	return issuer.ptr && is_listed(s, leaf, issuer) ? NULL : "the certificate is in no log of certificates";
}
