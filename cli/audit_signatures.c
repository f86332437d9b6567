/* SPDX-License-Identifier: MIT */
#include "cli/audit_signatures.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/online.h"
#include "cli/paint.h"
#include "cli/signatures.h"
#include "resolver/collate.h"

struct tally {
	struct vec invalid, missing, verified;	/* struct signed_package */
	size_t audited, signatures, attestations;
};

static int by_name(const void *a, const void *b, UNUSED void *ctx)
{
	return collate_compare(((const struct signed_package *)a)->name, ((const struct signed_package *)b)->name);
}

static void count(struct cli *cli, const struct signatures *s, struct tally *t)
{
	*t = (struct tally){0};
	vec_init(&t->invalid, cli->arena);
	vec_init(&t->missing, cli->arena);
	vec_init(&t->verified, cli->arena);
	for (size_t i = 0; i < s->packages.count; i++) {
		struct signed_package *p = s->packages.items[i];
		t->audited += p->has_keys;
		t->signatures += p->has_signature && !p->code;
		t->attestations += p->attestations != NULL;
		if (p->code)
			vec_add(&t->invalid, p);
		else if (!p->has_signature && p->has_keys)
			vec_add(&t->missing, p);
		if (p->attestations)
			vec_add(&t->verified, p);
	}
	vec_sort(&t->invalid, by_name, NULL);
	vec_sort(&t->missing, by_name, NULL);
}

/* ---- for a program ---- */

static void put(struct arena *a, struct json *out, const char *key, const char *text)
{
	if (text)
		json_put_text(a, out, key, text);
}

static struct json *invalid_json(struct arena *a, const struct signed_package *p)
{
	struct json *out = json_object(a);
	put(a, out, "code", p->code);
	put(a, out, "message", p->message);
	put(a, out, "integrity", p->integrity);
	put(a, out, "keyid", p->keyid);
	put(a, out, "location", p->location);
	put(a, out, "name", p->name);
	put(a, out, "registry", p->registry);
	put(a, out, "resolved", p->resolved);
	put(a, out, "signature", p->signature);
	put(a, out, "predicateType", p->predicate);
	put(a, out, "type", p->type);
	put(a, out, "version", p->version);
	return out;
}

static struct json *missing_json(struct arena *a, const struct signed_package *p)
{
	struct json *out = json_object(a);
	put(a, out, "integrity", p->integrity);
	put(a, out, "location", p->location);
	put(a, out, "name", p->name);
	put(a, out, "registry", p->registry);
	put(a, out, "resolved", p->resolved);
	put(a, out, "version", p->version);
	return out;
}

static struct json *verified_json(struct arena *a, const struct signed_package *p)
{
	struct json *out = json_object(a);
	put(a, out, "name", p->name);
	put(a, out, "version", p->version);
	put(a, out, "location", p->location);
	put(a, out, "registry", p->registry);
	json_put(a, out, "attestations", json_copy(a, p->attestations));
	json_put(a, out, "attestationBundles", json_copy(a, p->bundles));
	return out;
}

typedef struct json *package_json(struct arena *a, const struct signed_package *p);

static struct json *list_json(struct arena *a, const struct vec *packages, package_json *each)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < packages->count; i++)
		json_add(a, list, each(a, packages->items[i]));
	return list;
}

static void print_json(struct cli *cli, const struct tally *t)
{
	struct json *out = json_object(cli->arena);
	json_put(cli->arena, out, "invalid", list_json(cli->arena, &t->invalid, invalid_json));
	json_put(cli->arena, out, "missing", list_json(cli->arena, &t->missing, missing_json));
	if (config_bool(cli->config, "include-attestations"))
		json_put(cli->arena, out, "verified", list_json(cli->arena, &t->verified, verified_json));
	cli_json(cli, out);
}

/* ---- for a person ---- */

static void print_verified(struct cli *cli, const struct tally *t)
{
	struct paint paint = paint_for(cli);
	const char *verified = paint_text(&paint, INK_BOLD, "verified");
	if (t->signatures == 1)
		cli_print(cli, "1 package has a %s registry signature\n", verified);
	else if (t->signatures)
		cli_print(cli, "%zu packages have %s registry signatures\n", t->signatures, verified);
	if (!t->attestations)
		return;
	if (t->attestations == 1)
		cli_print(cli, "1 package has a %s attestation", verified);
	else
		cli_print(cli, "%zu packages have %s attestations", t->attestations, verified);
	cli_print(cli, "%s", config_bool(cli->config, "include-attestations")
				     ? ""
				     : "(use --json --include-attestations to view attestation details)\n");
}

static void print_names(struct cli *cli, const struct vec *packages, const char *code)
{
	struct paint p = paint_for(cli);
	for (size_t i = 0; i < packages->count; i++) {
		const struct signed_package *one = packages->items[i];
		if (!code || streq(one->code, code))
			cli_print(cli, "%s (%s)", paint_text(&p, INK_RED, arena_printf(cli->arena, "%s@%s", one->name, one->version)),
				  one->registry);
	}
}

static void print_missing(struct cli *cli, const struct tally *t)
{
	struct paint p = paint_for(cli);
	const char *missing = paint_text(&p, INK_RED_BRIGHT, "missing");
	size_t n = t->missing.count;
	if (!n)
		return;
	if (n == 1)
		cli_print(cli, "1 package has a %s registry signature but the registry is providing signing keys:\n", missing);
	else
		cli_print(cli, "%zu packages have %s registry signatures but the registry is providing signing keys:\n", n, missing);
	print_names(cli, &t->missing, NULL);
}

static void print_invalid_of(struct cli *cli, const struct tally *t, const char *code, const char *what)
{
	struct paint p = paint_for(cli);
	const char *invalid = paint_text(&p, INK_RED_BRIGHT, "invalid");
	size_t n = 0;
	for (size_t i = 0; i < t->invalid.count; i++)
		n += streq(VEC_AT(&t->invalid, struct signed_package, i)->code, code);
	if (!n)
		return;
	if (n == 1)
		cli_print(cli, "1 package has an %s %s:\n", invalid, what);
	else
		cli_print(cli, "%zu packages have %s %ss:\n", n, invalid, what);
	print_names(cli, &t->invalid, code);
	cli_print(cli, "%s", "");
}

static void print_invalid(struct cli *cli, const struct tally *t)
{
	if (!t->invalid.count)
		return;
	if (t->missing.count)
		cli_print(cli, "%s", "");
	print_invalid_of(cli, t, "EINTEGRITYSIGNATURE", "registry signature");
	print_invalid_of(cli, t, "EATTESTATIONVERIFY", "attestation");
	cli_print(cli, "Someone might have tampered with %s since %s published on the registry!\n",
		  t->invalid.count == 1 ? "this package" : "these packages", t->invalid.count == 1 ? "it was" : "they were");
}

static void print(struct cli *cli, const struct tally *t, int64_t started_ns)
{
	if (t->invalid.count || t->missing.count)
		cli->status = 1;
	if (cli_is_json(cli)) {
		print_json(cli, t);
		return;
	}
	cli_print(cli, "audited %zu package%s in %llds\n", t->audited, t->audited > 1 ? "s" : "",
		  (long long)((report_now() - started_ns) / 1000000000));
	print_verified(cli, t);
	print_missing(cli, t);
	print_invalid(cli, t);
}

int audit_signatures(struct cli *cli, const struct tree *tree, const struct vec *only, struct err *err)
{
	int64_t started = report_now();
	struct signatures s = {.cli = cli};
	struct online net;
	struct tally t;
	if (online_open(cli, ONLINE_FRESH, &net, err) < 0)
		return -1;
	s.net = &net;
	signatures_collect(&s, tree, only);
	int rc = s.edges ? signatures_check(&s, err) : err_set(err, ERR_EGENERIC, "found no installed dependencies to audit");
	if (rc == 0) {
		count(cli, &s, &t);
		if (!t.audited && !t.attestations)
			rc = err_set(err, ERR_EGENERIC,
				     "found no dependencies to audit that were installed from a supported registry");
		else
			print(cli, &t, started);
	}
	online_close(&net);
	return rc;
}

/* ---- before an install ---- */

static int refuse(const struct tally *t, struct err *err)
{
	const struct signed_package *p;
	if (t->invalid.count) {
		p = t->invalid.items[0];
		err_set_as(err, p->code, "%s", p->message);
		err_note(err, "verify-signatures is set: nothing was installed.");
		return -1;
	}
	if (!t->missing.count)
		return 0;
	p = t->missing.items[0];
	err_set_as(err, "EMISSINGSIGNATURE", "%s@%s has no registry signature, and %s is providing signing keys", p->name, p->version,
		   p->registry);
	err_note(err, "verify-signatures is set: nothing was installed.");
	return -1;
}

int audit_signatures_first(void *ctx, const struct tree *tree, struct err *err)
{
	struct cli *cli = ctx;
	struct signatures s = {.cli = cli, .locked = true};
	struct online net;
	struct tally t;
	if (online_open(cli, 0, &net, err) < 0)
		return -1;
	s.net = &net;
	signatures_collect(&s, tree, NULL);
	int rc = s.packages.count ? signatures_check(&s, err) : 0;
	if (rc == 0) {
		count(cli, &s, &t);
		rc = refuse(&t, err);
	}
	online_close(&net);
	return rc;
}
