/* SPDX-License-Identifier: MIT */
#include "cli/attestations.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/encoding.h"
#include "base/err.h"
#include "base/json.h"
#include "base/report.h"
#include "base/signature.h"
#include "base/url.h"
#include "cli/cli.h"
#include "cli/sigstore.h"
#include "cli/signatures.h"

#define MAX_BUNDLES ((size_t)64 << 20)
/* Of JavaScript's dates, in seconds. */
#define MAX_TIME ((int64_t)8640000000000)

/* One attestation being looked at. */
struct bundle {
	struct signed_package *package;
	struct arena *arena;
	const struct json *envelope, *material;
	struct str payload;
	const char *type, *predicate;
	const char *keyid;		/* NULL or "": it brings a certificate */
	const char *sig;
	int64_t logged;			/* seconds; 0: unknown */
};

/* ---- what it is about ---- */

static const char *purl_of(struct arena *a, const struct signed_package *p)
{
	const char *slash = p->name[0] == '@' ? strchr(p->name, '/') : NULL;
	if (!slash)
		return arena_printf(a, "pkg:npm/%s@%s", p->name, p->version);
	return arena_printf(a, "pkg:npm/%%40%.*s%s@%s", (int)(slash - p->name - 1), p->name + 1, slash, p->version);
}

static const char *sha512_hex(struct arena *a, const char *integrity)
{
	uint8_t bytes[64];
	char hex[129];
	if (!integrity || strncmp(integrity, "sha512-", 7) != 0 || base64_parse(str_first(str_from(integrity + 7), 88), bytes, 64) != 64)
		return NULL;
	hex_format(bytes, 64, hex);
	return arena_strdup(a, hex);
}

static int check_subject(const struct bundle *b, struct err *err)
{
	const struct signed_package *p = b->package;
	struct err no_json = ERR_INIT;
	const struct json *statement = json_parse(b->arena, b->payload, "a statement", &no_json);
	const struct json *subject = json_at(json_find(statement, "subject"), 0);
	const char *name = json_find_text(subject, "name"), *purl = purl_of(b->arena, p);
	const char *sha512 = json_find_text(json_find(subject, "digest"), "sha512"), *own = sha512_hex(b->arena, p->integrity);
	if (!streq(name, purl))
		return err_set_as(err, "EATTESTATIONSUBJECT",
				  "%s@%s package name and version (PURL): %s doesn't match what was signed: %s", p->name, p->version, purl,
				  name ? name : "undefined");
	if (!own || !streq(sha512, own))
		return err_set_as(err, "EATTESTATIONSUBJECT",
				  "%s@%s package integrity (hex digest): %s doesn't match what was signed: %s", p->name, p->version,
				  own ? own : "unknown", sha512 ? sha512 : "undefined");
	return 0;
}

/* ---- who signed it ---- */

/* The signer's certificate; those it brings along are not asked: who signs for Sigstore is known. */
static struct str leaf_of(const struct bundle *b)
{
	const struct json *list = json_find(json_find(b->material, "x509CertificateChain"), "certificates");
	const char *one = json_find_text(json_find(b->material, "certificate"), "rawBytes");
	if (!one)
		one = json_find_text(json_at(list, 0), "rawBytes");
	return one ? base64_decode_loose(b->arena, str_from(one)) : STR_NULL;
}

/* What is signed: type and payload with their lengths. */
static bool envelope_is_signed(const struct bundle *b, struct str key)
{
	struct buf text = BUF_INIT(MAX_BUNDLES);
	buf_printf(&text, "DSSEv1 %zu %s %zu ", strlen(b->type), b->type, b->payload.len);
	buf_addstr(&text, b->payload);
	bool valid = signature_is_valid(key, buf_str(&text), base64_decode_loose(b->arena, str_from(b->sig)));
	buf_release(&text);
	return valid;
}

static int check_key(const struct bundle *b, struct str *key, struct err *err)
{
	const struct signed_package *p = b->package;
	const struct json *found = signatures_key(p, b->keyid);
	if (!found)
		return err_set_as(err, "EMISSINGSIGNATUREKEY",
				  "%s@%s has attestations with keyid: %s but no corresponding public key can be found", p->name, p->version,
				  b->keyid);
	if (signatures_key_expired(found, b->logged * 1000))
		return err_set_as(err, "EEXPIREDSIGNATUREKEY",
				  "%s@%s has attestations with keyid: %s but the corresponding public key has expired %s", p->name, p->version,
				  b->keyid, json_find_text(found, "expires"));
	*key = signatures_key_der(b->arena, found);
	return 0;
}

/* NULL: all is well; else what is not. key: the registry's, or ptr NULL for that of its own certificate. */
static const char *check_signer(const struct bundle *b, struct str key)
{
	const struct sigstore *roots = b->package->of->sigstore;
	const struct sigstore_signed what = {b->payload, base64_decode_loose(b->arena, str_from(b->sig))};
	struct str leaf = key.ptr ? STR_NULL : leaf_of(b);
	const char *why;
	if (!key.ptr && !leaf.ptr)
		return "there is neither a key nor a certificate";
	why = sigstore_check_log(roots, b->material, &what);
	if (!why && leaf.ptr)
		why = sigstore_check_certificate(roots, leaf, b->material);
	if (!why && !envelope_is_signed(b, key.ptr ? key : certificate_key(b->arena, leaf)))
		why = "signature verification failed";
	return why;
}

static int check_bundle(struct bundle *b, struct err *err)
{
	struct signed_package *p = b->package;
	struct str key = STR_NULL;
	const char *why;
	if (b->keyid && *b->keyid && check_key(b, &key, err) < 0)
		return -1;
	if (check_subject(b, err) < 0)
		return -1;
	p->unknown = p->unknown || sigstore_is_unknown(p->of->sigstore, b->material);
	why = p->unknown ? NULL : check_signer(b, key);
	if (!why || p->code)
		return 0;
	p->code = "EATTESTATIONVERIFY";
	p->message = arena_printf(b->arena, "%s@%s failed to verify attestation: %s", p->name, p->version, why);
	p->keyid = b->keyid;
	p->signature = b->sig;
	p->predicate = b->predicate;
	return 0;
}

/* What is no time is one at which nothing is valid any more. */
static int64_t logged_at(const struct json *material)
{
	const struct json *t = json_find(json_at(json_find(material, "tlogEntries"), 0), "integratedTime");
	int64_t seconds = json_text(t) ? strtoll(json_text(t), NULL, 10) : 0;
	if (json_is(t, JSON_NUMBER))
		seconds = t->number >= 0 && t->number < (double)MAX_TIME ? (int64_t)t->number : MAX_TIME;
	return seconds < 0 || seconds > MAX_TIME ? MAX_TIME : seconds;
}

static int look_at(struct signed_package *p, const struct json *attestation, struct err *err)
{
	const struct json *all = json_find(attestation, "bundle");
	struct bundle b = {.package = p, .arena = p->of->cli->arena, .envelope = json_find(all, "dsseEnvelope")};
	const struct json *signature = json_at(json_find(b.envelope, "signatures"), 0);
	const char *payload = json_find_text(b.envelope, "payload"), *type = json_find_text(b.envelope, "payloadType");
	b.material = json_find(all, "verificationMaterial");
	b.payload = base64_decode_loose(b.arena, str_from(payload ? payload : ""));
	b.type = type ? type : "";
	b.predicate = json_find_text(attestation, "predicateType");
	b.keyid = json_find_text(signature, "keyid");
	b.sig = json_find_text(signature, "sig") ? json_find_text(signature, "sig") : "";
	b.logged = logged_at(b.material);
	return check_bundle(&b, err);
}

int attestations_verify(struct signed_package *p, const struct json *attestations, struct err *err)
{
	if (!json_is(attestations, JSON_ARRAY))
		return err_set_as(err, "EATTESTATIONVERIFY", "%s@%s: the registry's attestations cannot be read", p->name, p->version);
	for (uint32_t i = 0; i < attestations->count; i++)
		if (look_at(p, attestations->items[i], err) < 0)
			return -1;
	p->bundles = attestations;
	return 0;
}

/* ---- asking ---- */

struct asked {
	struct signed_package *package;
	struct err err;
};

static void answered(void *ctx, const struct registry_answer *answer, const struct err *why)
{
	struct asked *x = ctx;
	struct signed_package *p = x->package;
	p->of->open--;
	if (why->code != ERR_OK) {
		x->err = *why;
		return;
	}
	const struct json *body = json_parse(p->of->cli->arena, answer->body, "the registry's attestations", &x->err);
	if (!body || attestations_verify(p, json_find(body, "attestations"), &x->err) < 0 || p->code)
		return;
	if (p->unknown)
		report_warn(p->of->cli->reporter, "audit", "the attestations of %s@%s cannot be checked: they are in a log that is not known here, or "
			    "a timestamp authority alone says when they were signed", p->name, p->version);
	else
		p->attestations = json_find(json_find(p->manifest, "dist"), "attestations");
}

/* Always of the registry at hand, whatever host the address names. */
static int ask(struct asked *x, const char *address, struct err *err)
{
	struct signed_package *p = x->package;
	struct arena *a = p->of->cli->arena;
	struct url at, base;
	if (!url_parse(a, str_from(p->registry), NULL, &base) || !url_parse(a, str_from(address), &base, &at))
		return err_set_as(err, "EATTESTATIONVERIFY", "%s@%s: '%s' is no address", p->name, p->version, address);
	struct registry_request rq = {
		.path = arena_printf(a, "%s%s", url_origin(a, &base), at.pathname),
		.name = p->name,
		.max_body = MAX_BUNDLES,
	};
	p->of->open++;
	return registry_ask_later(p->of->net->reg, &rq, answered, x, err);
}

int attestations_check(struct signatures *s, struct err *err)
{
	struct vec all;
	s->sigstore = sigstore_load(s->cli->arena, err);
	if (!s->sigstore)
		return -1;
	vec_init(&all, s->cli->arena);
	for (size_t i = 0; i < s->packages.count; i++) {
		struct signed_package *p = s->packages.items[i];
		const char *address = json_find_text(json_find(json_find(p->manifest, "dist"), "attestations"), "url");
		struct asked *x = ARENA_NEW(s->cli->arena, struct asked);
		x->package = p;
		if (!address || !p->integrity || p->code)
			continue;
		vec_add(&all, x);
		if (ask(x, address, err) < 0)
			return -1;
	}
	while (s->open)
		registry_poll(s->net->reg, 1000);
	for (size_t i = 0; i < all.count; i++) {
		struct asked *x = all.items[i];
		if (x->err.code == ERR_OK)
			continue;
		*err = x->err;
		return -1;
	}
	return 0;
}
