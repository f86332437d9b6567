/* SPDX-License-Identifier: MIT */
#include "resolver/name.h"

#include "base/arena.h"
#include "base/jstext.h"

#include <string.h>

#define MAX_LENGTH 214

static const char *const builtin_modules[] = {
	"_http_agent", "_http_client", "_http_common", "_http_incoming", "_http_outgoing", "_http_server",
	"_stream_duplex", "_stream_passthrough", "_stream_readable", "_stream_transform", "_stream_wrap",
	"_stream_writable", "_tls_common", "_tls_wrap", "assert", "assert/strict", "async_hooks", "buffer",
	"child_process", "cluster", "console", "constants", "crypto", "dgram", "diagnostics_channel", "dns",
	"dns/promises", "domain", "events", "fs", "fs/promises", "http", "http2", "https", "inspector",
	"inspector/promises", "module", "net", "os", "path", "path/posix", "path/win32", "perf_hooks", "process",
	"punycode", "querystring", "readline", "readline/promises", "repl", "stream", "stream/consumers",
	"stream/promises", "stream/web", "string_decoder", "sys", "timers", "timers/promises", "tls", "trace_events",
	"tty", "url", "util", "util/types", "v8", "vm", "wasi", "worker_threads", "zlib", "node:sea", "node:sqlite",
	"node:test", "node:test/reporters",
};

static void add_error(struct name_check *c, const char *text)
{
	c->errors[c->n_errors++] = text;
}

static void add_warning(struct name_check *c, const char *text)
{
	c->warnings[c->n_warnings++] = text;
}

/* Nothing in it that encodeURIComponent would change. */
static bool is_url_friendly(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool alnum = (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10;

		if (!alnum && (!c || !strchr("-_.!~*'()", c)))
			return false;
	}
	return true;
}

/* "@user/name" or "name", without another slash; user.ptr is NULL for the latter. */
static bool split_name(const char *name, struct str *user, struct str *package)
{
	struct str rest, scope = str_cut(str_from(name), '/', &rest);

	*user = STR_NULL;
	*package = scope;
	if (!rest.ptr)
		return scope.len != 0;
	*user = str_skip(scope, 1);
	*package = rest;
	return scope.ptr[0] == '@' && user->len && rest.len && str_find(rest, '/') < 0;
}

static void check_characters(struct name_check *c, const char *name)
{
	struct str user, package;

	if (is_url_friendly(str_from(name)))
		return;
	if (split_name(name, &user, &package)) {
		if (package.ptr[0] == '.')
			add_error(c, "name cannot start with a period");
		if (user.ptr && is_url_friendly(user) && is_url_friendly(package))
			return;
	}
	add_error(c, "name can only contain URL-friendly characters");
}

static void check_errors(struct name_check *c, const char *name)
{
	if (!*name)
		add_error(c, "name length must be greater than zero");
	if (*name == '.')
		add_error(c, "name cannot start with a period");
	if (*name == '-')
		add_error(c, "name cannot start with a hyphen");
	if (*name == '_')
		add_error(c, "name cannot start with an underscore");
	if (jstext_trim(str_from(name)).len != strlen(name))
		add_error(c, "name cannot contain leading or trailing spaces");
	if (cstr_eq_nocase(name, "node_modules"))
		add_error(c, "node_modules is not a valid package name");
	if (cstr_eq_nocase(name, "favicon.ico"))
		add_error(c, "favicon.ico is not a valid package name");
	check_characters(c, name);
}

static bool has_capitals(struct str s)
{
	size_t size;

	for (; s.len; s = str_skip(s, size)) {
		uint32_t cp = jstext_code_point(s, &size);

		if (jstext_lower(cp) != cp)
			return true;
	}
	return false;
}

static void check_warnings(struct arena *a, struct name_check *c, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(builtin_modules); i++)
		if (cstr_eq_nocase(name, builtin_modules[i]))
			add_warning(c, arena_printf(a, "%s is a core module name", name));
	if (jstext_length(str_from(name)) > MAX_LENGTH)
		add_warning(c, "name can no longer contain more than 214 characters");
	if (has_capitals(str_from(name)))
		add_warning(c, "name can no longer contain capital letters");
	if (strpbrk(strrchr(name, '/') ? strrchr(name, '/') : name, "~'!()*"))
		add_warning(c, "name can no longer contain special characters (\"~'!()*\")");
}

struct name_check name_validate(struct arena *a, const char *name)
{
	struct name_check c = {0};

	if (name) {
		check_errors(&c, name);
		check_warnings(a, &c, name);
	} else {
		add_error(&c, "name cannot be null");
	}
	c.valid_old = !c.n_errors;
	c.valid_new = !c.n_errors && !c.n_warnings;
	return c;
}

bool name_is_valid(const char *name)
{
	struct name_check c = {0};

	if (!name)
		return false;
	check_errors(&c, name);
	return !c.n_errors;
}

struct str name_scope(const char *name)
{
	const char *slash = name && *name == '@' ? strchr(name, '/') : NULL;

	return slash ? str_range(name, slash) : STR_NULL;
}

const char *name_unscoped(const char *name)
{
	struct str scope = name_scope(name);

	return scope.len ? name + scope.len + 1 : name;
}
