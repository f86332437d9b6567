/* SPDX-License-Identifier: MIT
 *
 * The document that a registry is sent: the manifest with what is known of its tarball, and the tarball itself.
 */
#include "base/arena.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "base/url.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/config_room.h"
#include "cli/publish.h"
#include "resolver/semver.h"

#include <string.h>

#define PROVENANCE_MAX ((size_t)16 << 20)

static const char *field(const struct publication *p, const char *key)
{
	return json_find_text(p->manifest, key);
}

const char *publish_access(const struct cli *cli)
{
	const char *access = config_text(cli->config, "access");

	return streq(access, "private") ? "restricted" : access;
}

static int check(const struct publication *p, struct err *err)
{
	const char *access = publish_access(p->cli), *name = field(p, "name");

	if (json_truthy(json_find(p->manifest, "private")))
		return err_set_as(err, "EPRIVATE", "This package has been marked as private\n"
				  "Remove the 'private' field from the package.json to publish it.");
	if (*name != '@' && streq(access, "restricted"))
		return err_set_as(err, "EUNSCOPED", "Can't restrict access to unscoped packages.");
	return 0;
}

static int patch_manifest(struct publication *p, struct err *err)
{
	struct arena *a = p->cli->arena;
	struct semver v;

	json_put_text(a, p->manifest, "_nodeVersion", LODE_RUNTIME_VERSION);
	json_put_text(a, p->manifest, "_npmVersion", NPM_VERSION);
	if (!semver_clean(&v, str_from(field(p, "version")), 0))
		return err_set_as(err, "EBADSEMVER", "invalid semver: %s", field(p, "version"));
	json_put_text(a, p->manifest, "version", semver_format(a, &v));
	json_remove(p->manifest, "patchedDependencies");
	return 0;
}

/* The registry's address of the tarball; always http, which nobody fetches by. */
static const char *tarball_url(struct publication *p, const char *file)
{
	struct arena *a = p->cli->arena;
	struct url base, u;
	const char *href;

	if (!url_parse(a, str_from(p->registry), NULL, &base) ||
	    !url_parse(a, str_from(arena_printf(a, "%s/-/%s", field(p, "name"), file)), &base, &u))
		return file;
	href = url_href(a, &u);
	return cstr_starts(href, "https://") ? arena_printf(a, "http://%s", href + strlen("https://")) : href;
}

static void put_dist(struct publication *p, const char *file)
{
	struct arena *a = p->cli->arena;
	struct json *dist = json_find(p->manifest, "dist");
	const struct str t = p->parcel->tarball;
	char sha1[DIGEST_HEX_MAX];

	dist = json_is(dist, JSON_OBJECT) ? json_copy(a, dist) : json_object(a);
	digest_hex(DIGEST_SHA1, t.ptr, t.len, sha1);
	json_put_text(a, p->manifest, "_id", arena_printf(a, "%s@%s", field(p, "name"), field(p, "version")));
	json_put_text(a, dist, "integrity", digest_sri(a, DIGEST_SHA512, t.ptr, t.len));
	json_put_text(a, dist, "shasum", sha1);
	json_put_text(a, dist, "tarball", tarball_url(p, file));
	json_put(a, p->manifest, "dist", dist);
}

static void attach(struct publication *p, struct json *to, const char *name, const char *type, struct str data)
{
	struct arena *a = p->cli->arena;
	struct json *one = json_object(a);

	json_put_text(a, one, "content_type", type);
	json_put_text(a, one, "data", data.ptr);
	json_put(a, one, "length", json_number(a, (double)data.len));
	json_put(a, to, name, one);
}

/* ---- provenance ---- */

static const struct json *statement_of(struct arena *a, const struct json *bundle, struct err *err)
{
	const char *payload = json_find_text(json_find(bundle, "dsseEnvelope"), "payload");

	if (!payload) {
		err_set(err, ERR_EGENERIC, "No dsseEnvelope with payload found in sigstore bundle");
		return NULL;
	}
	return json_parse(a, base64_decode_loose(a, str_from(payload)), "the provenance's payload", err);
}

/* The statement has to be about these very bytes under this very name. */
static int check_subject(struct publication *p, const struct json *statement, struct err *err)
{
	const struct json *subjects = json_find(statement, "subject"), *subject;
	const char *name = field(p, "name"), *purl, *said;
	char sha512[DIGEST_HEX_MAX];

	if (!json_is(subjects, JSON_ARRAY) || !subjects->count)
		return err_set(err, ERR_EGENERIC, "No subject found in sigstore bundle payload");
	if (subjects->count > 1)
		return err_set(err, ERR_EGENERIC, "Found more than one subject in the sigstore bundle payload");
	subject = subjects->items[0];
	said = json_find_text(subject, "name");
	purl = arena_printf(p->cli->arena, "pkg:npm/%s%s@%s", *name == '@' ? "%40" : "", *name == '@' ? name + 1 : name,
			    field(p, "version"));
	if (!streq(said, purl))
		return err_set(err, ERR_EGENERIC, "Provenance subject %s does not match the package: %s", said ? said : "", purl);
	digest_hex(DIGEST_SHA512, p->parcel->tarball.ptr, p->parcel->tarball.len, sha512);
	if (!streq(json_find_text(json_find(subject, "digest"), "sha512"), sha512))
		return err_set(err, ERR_EGENERIC, "Provenance subject digest does not match the package");
	return 0;
}

static int attach_provenance(struct publication *p, struct json *to, struct err *err)
{
	struct cli *cli = p->cli;
	const char *file = config_text(cli->config, "provenance-file");
	bool generate = config_bool(cli->config, "provenance");
	const struct json *statement;
	struct json *bundle;
	struct str text;

	if (generate && file)
		return err_set(err, ERR_EUSAGE, "provenance and provenanceFile cannot be used together");
	if (generate) {
		err_set(err, ERR_EUSAGE, "lode cannot make a provenance statement itself");
		err_note(err, "attach one that your CI has signed: --provenance-file=<file>, or publish with --no-provenance");
		return -1;
	}
	if (!file)
		return 0;
	if (fs_read(cli->arena, path_resolve(cli->arena, cli->cwd, file), PROVENANCE_MAX, &text, err) < 0)
		return -1;
	bundle = json_parse(cli->arena, text, "Invalid provenance provided", err);
	statement = bundle ? statement_of(cli->arena, bundle, err) : NULL;
	if (!statement || check_subject(p, statement, err) < 0)
		return -1;
	attach(p, to, arena_printf(cli->arena, "%s-%s.sigstore", field(p, "name"), field(p, "version")),
	       json_find_text(bundle, "mediaType"), ask_content(&p->ask, bundle));
	return 0;
}

/* ---- the whole ---- */

struct str publish_body(struct publication *p, struct err *err)
{
	struct arena *a = p->cli->arena;
	struct json *root = json_object(a), *tags = json_object(a), *versions = json_object(a), *files = json_object(a);
	const char *access = publish_access(p->cli), *file, *tag = field(p, "tag");
	const struct str t = p->parcel->tarball;
	const char *data;

	if (check(p, err) < 0 || patch_manifest(p, err) < 0)
		return STR_NULL;
	file = arena_printf(a, "%s-%s.tgz", field(p, "name"), field(p, "version"));
	put_dist(p, file);
	json_put_text(a, tags, tag && *tag ? tag : config_text(p->cli->config, "tag"), field(p, "version"));
	json_put(a, versions, field(p, "version"), p->manifest);
	data = base64_make(a, t.ptr, t.len);
	attach(p, files, file, "application/octet-stream", str_from(data));
	json_put(a, json_find(files, file), "length", json_number(a, (double)t.len));
	if (attach_provenance(p, files, err) < 0)
		return STR_NULL;
	json_put_text(a, root, "_id", field(p, "name"));
	json_put_text(a, root, "name", field(p, "name"));
	if (json_find(p->manifest, "description"))
		json_put(a, root, "description", json_find(p->manifest, "description"));
	json_put(a, root, "dist-tags", tags);
	json_put(a, root, "versions", versions);
	json_put(a, root, "access", access ? json_string(a, access) : json_null(a));
	json_put(a, root, "_attachments", files);
	return ask_content(&p->ask, root);
}
