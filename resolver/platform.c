/* SPDX-License-Identifier: MIT */
#include "resolver/platform.h"

#include "base/host.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/manifest.h"
#include "resolver/range.h"

struct platform platform_make(const char *os, const char *cpu, const char *libc)
{
	struct platform p = {.os = os && *os ? os : host_os(), .cpu = cpu && *cpu ? cpu : host_cpu()};
	p.libc = libc && *libc ? libc : streq(p.os, "linux") ? host_libc() : NULL;
	return p;
}

static bool engine_ok(const struct json *wanted, const char *version)
{
	if (!version || !*version || !json_truthy(wanted))
		return true;
	/* What is given but is no text is no range, and nothing satisfies that. */
	return json_text(wanted) && semver_satisfies(version, json_text(wanted), SEMVER_PRERELEASE);
}

bool platform_engine_ok(const struct json *engines, const char *npm_version, const char *node_version)
{
	if (!json_is(engines, JSON_OBJECT))
		return true;
	return engine_ok(json_find(engines, "node"), node_version) && engine_ok(json_find(engines, "npm"), npm_version);
}

bool platform_field_ok(const struct platform_field *field, const char *value)
{
	const struct text_list *list = &field->list;
	size_t negated = 0;
	bool match = false;
	if (!field->given || (list->count == 1 && streq(list->items[0], "any")))
		return true;
	for (size_t i = 0; i < list->count; i++) {
		const char *entry = list->items[i];
		if (*entry != '!') {
			match = match || streq(value, entry);
			continue;
		}
		negated++;
		if (streq(value, entry + 1))
			return false;
	}
	return match || negated == list->count;
}

bool platform_ok(const struct manifest *m, const struct platform *p)
{
	if (m->libc.given && !p->libc)
		return false;
	return platform_field_ok(&m->os, p->os) && platform_field_ok(&m->cpu, p->cpu) &&
	       platform_field_ok(&m->libc, p->libc);
}
