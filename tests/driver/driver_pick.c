/* SPDX-License-Identifier: MIT */
#include "tests/driver/driver.h"

#include "base/buf.h"
#include "base/isodate.h"
#include "base/str.h"
#include "resolver/bins.h"
#include "resolver/packument.h"
#include "resolver/pick.h"

#define BLOCK_MAX ((size_t)64 << 20)

/* A number of milliseconds, an ISO date in UTC or a recorded Date of one. */
static int64_t date_of(const struct json *v)
{
	if (json_is(v, JSON_NUMBER))
		return (int64_t)v->number;
	if (json_is(v, JSON_OBJECT))
		v = json_find(v, "$date");
	int64_t date = isodate_parse(str_from(json_text(v)));
	return date == ISODATE_NONE ? PICK_ANY_TIME : date;
}

static const char *without_v(const char *version)
{
	return version && *version == 'v' ? version + 1 : version;
}

/* What the packument says beside its versions. */
static struct pick_policy policy_of(const struct json *doc)
{
	const struct json *restrictions = json_find(doc, "policyRestrictions");
	return (struct pick_policy){.staged = json_find(json_find(doc, "stagedVersions"), "versions"),
				    .restricted = json_find(restrictions, "versions"),
				    .message = json_find_text(restrictions, "message")};
}

static struct pick_options options_of(const struct json *given)
{
	return (struct pick_options){
		.default_tag = json_find_text(given, "defaultTag"),
		.before = json_truthy(json_find(given, "before")) ? date_of(json_find(given, "before")) : PICK_ANY_TIME,
		.node_version = without_v(json_find_text(given, "nodeVersion")),
		.npm_version = json_find_text(given, "npmVersion"),
		.avoid = json_find_text(given, "avoid"),
		.avoid_strict = json_truthy(json_find(given, "avoidStrict")),
		.include_staged = json_truthy(json_find(given, "includeStaged")),
	};
}

static struct json *picked_manifest(struct driver_call *c, const struct packument *p, const struct pick *got,
				    struct err *err)
{
	struct json *m = got->index < 0 ? json_copy(c->arena, got->extra)
					: packument_manifest(c->arena, p, (uint32_t)got->index, err);
	if (!m)
		return NULL;
	bins_normalize(c->arena, m);
	if (got->should_avoid)
		json_put_bool(c->arena, m, "_shouldAvoid", true);
	if (got->outside_range) {
		json_put_bool(c->arena, m, "_outsideDependencyRange", true);
		json_put_bool(c->arena, m, "_isSemVerMajor", got->semver_major);
	}
	return m;
}

static int pick_manifest(struct driver_call *c, struct err *err)
{
	const struct json *doc = driver_arg(c, 0);
	struct pick_policy policy = policy_of(doc);
	struct pick_options opts = options_of(driver_arg(c, 2));
	struct packument_meta meta = {.url = "case"};
	struct buf text = BUF_INIT(BLOCK_MAX), block = BUF_INIT(BLOCK_MAX);
	struct packument p;
	struct pick got;
	int rc = -1;

	opts.policy = &policy;
	opts.wanted = driver_text(c, 1);
	json_format(&text, doc, NULL);
	if (packument_index(&block, buf_str(&text), &meta, "the case", err) == 0 &&
	    packument_open(&p, block.ptr, block.len) &&
	    pick_version(c->arena, &p, &opts, &got, err) == 0) {
		c->result = picked_manifest(c, &p, &got, err);
		rc = c->result ? 0 : -1;
	}
	buf_release(&text);
	buf_release(&block);
	return rc;
}

DRIVER_FUNCTIONS(pick, {"pickManifest", NULL, pick_manifest});
