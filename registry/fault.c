/* SPDX-License-Identifier: MIT */
#include "registry/fault.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/url.h"
#include "registry/net.h"
#include "resolver/name.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define MAX_DETAIL 1024
#define LOGOUT "/-/user/token/"	/* a token follows */
#define TOKEN_MIN 20		/* after npm_ */

int fault_set(struct err *err, const char *code, const char *fmt, ...)
{
	enum err_code known = err_code_of(code);
	va_list ap;

	if (err->code != ERR_OK)
		return -1;
	err->code = known == ERR_OK || known == ERR_ESYSTEM ? ERR_EGENERIC : known;
	if (err->code == ERR_EGENERIC)
		snprintf(err->name, sizeof(err->name), "%s", code);
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return -1;
}

/* How much of a text that begins here is a token; 0: none begins. Packages may be called npm_… too, so it must be long. */
static size_t token_length(const char *s)
{
	size_t head = cstr_starts(s, "npms_") ? 5 : cstr_starts(s, "npm_") ? 4 : 0, n = head;

	while (head && isalnum((unsigned char)s[n]))
		n++;
	return n - head >= TOKEN_MIN ? n : 0;
}

static const char *without_tokens(struct arena *a, const char *text)
{
	const char *logout = strstr(text, LOGOUT);
	size_t n;

	if (logout) {
		logout += strlen(LOGOUT);
		text = arena_printf(a, "%.*s***%s", (int)(logout - text), text, logout + strcspn(logout, "?# \n\""));
	}
	for (const char *at = text; (at = strstr(at, "npm")); at++) {
		size_t before = (size_t)(at - text);

		n = before && isalnum((unsigned char)at[-1]) ? 0 : token_length(at);
		if (!n)
			continue;
		text = arena_printf(a, "%.*s***%s", (int)before, text, at + n);
		at = text + before;
	}
	return text;
}

const char *fault_clean_url(struct arena *a, const char *url)
{
	struct url u;

	url = without_tokens(a, url);
	if (!strchr(url, '@') || !url_parse(a, str_from(url), NULL, &u) || !*u.password)
		return url;
	u.password = "***";
	return url_href(a, &u);
}

static const struct {
	int status;
	const char *text;
} reasons[] = {
	{400, "Bad Request"}, {401, "Unauthorized"}, {402, "Payment Required"}, {403, "Forbidden"}, {404, "Not Found"},
	{405, "Method Not Allowed"}, {406, "Not Acceptable"}, {407, "Proxy Authentication Required"},
	{408, "Request Timeout"}, {409, "Conflict"}, {410, "Gone"}, {412, "Precondition Failed"},
	{413, "Payload Too Large"}, {415, "Unsupported Media Type"}, {418, "I'm a Teapot"}, {420, "Enhance Your Calm"},
	{422, "Unprocessable Entity"}, {429, "Too Many Requests"}, {451, "Unavailable For Legal Reasons"},
	{500, "Internal Server Error"}, {501, "Not Implemented"}, {502, "Bad Gateway"}, {503, "Service Unavailable"},
	{504, "Gateway Timeout"},
};

/* HTTP/2 sends no reason. */
static const char *reason_of(const struct net_response *r)
{
	if (r->reason && *r->reason)
		return r->reason;
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].status == r->status)
			return reasons[i].text;
	return "";
}

/* " - what the registry says", or "". */
static const char *detail_of(struct arena *a, const struct net_response *r)
{
	struct err ignored = ERR_INIT;
	struct buf text = BUF_INIT(MAX_DETAIL);
	const char *said;
	struct json *doc;

	if (!r->body || !r->body->len)
		return "";
	doc = json_parse(a, buf_str(r->body), "the answer", &ignored);
	if (!json_is(doc, JSON_OBJECT))
		return "";
	said = json_find_text(doc, "error");
	if (!said || !*said)
		said = json_find_text(doc, "message");
	if ((!said || !*said) && json_count(doc)) {
		json_format(&text, doc, NULL);
		said = text.failed ? NULL : buf_dup(a, &text);
	}
	buf_release(&text);
	return said && *said ? without_tokens(a, arena_printf(a, " - %.*s", MAX_DETAIL, said)) : "";
}

/* Does a www-authenticate list hold the word? */
static bool challenge_has(const char *challenge, const char *word)
{
	struct str rest = str_from(challenge);

	while (rest.ptr) {
		struct str one = str_trim(str_cut(rest, ',', &rest)), scheme;

		scheme = str_cut(one, ' ', &one);
		if (scheme.len == strlen(word) && strncasecmp(scheme.ptr, word, scheme.len) == 0)
			return true;
	}
	return false;
}

static int one_time_password(struct err *err)
{
	fault_set(err, "EOTP", "This operation requires a one-time password from your authenticator.");
	err_note(err, "You can provide a one-time password by passing --otp=<code> to the command you ran.");
	err_note(err, "If you already provided a one-time password then it is likely that you either typoed it, or it timed "
		      "out. Please try again.");
	return -1;
}

static void login_again(struct err *err)
{
	err_note(err, "To correct this please try logging in again with:");
	err_note(err, "  lode login");
}

/* A 401 that says how to do better; 0 when it does not. */
static int fault_of_challenge(struct err *err, const struct net_response *r)
{
	const char *challenge = net_response_header(r, "www-authenticate");

	if (!challenge)
		return r->body && r->body->ptr && strstr(r->body->ptr, "one-time pass") ? one_time_password(err) : 0;
	if (challenge_has(challenge, "ipaddress"))
		return fault_set(err, "EAUTHIP", "Login is not allowed from your IP address");
	if (challenge_has(challenge, "otp"))
		return one_time_password(err);
	if (challenge_has(challenge, "bearer")) {
		fault_set(err, "E401", "Unable to authenticate, your authentication token seems to be invalid.");
		login_again(err);
		return -1;
	}
	if (challenge_has(challenge, "basic")) {
		fault_set(err, "E401", "Incorrect or missing password.");
		err_note(err, "If you were doing some other operation than logging in, your saved credentials are "
			      "probably out of date.");
		login_again(err);
		return -1;
	}
	return fault_set(err, "E401", "Unable to authenticate, need: %s", challenge);
}

/* The last segment of a packument's URL is the name, as npm guesses it. */
static const char *name_in_url(struct arena *a, const char *url)
{
	struct url u;
	const char *slash;

	if (strstr(url, LOGOUT) || !url_parse(a, str_from(url), NULL, &u) || cstr_starts(u.pathname, "/-"))
		return NULL;
	slash = strrchr(u.pathname, '/');
	return slash ? url_decode_component(a, slash + 1) : NULL;
}

static void note_invalid_name(struct err *err, struct arena *a, const char *what)
{
	const char *at = strchr(*what ? what + 1 : what, '@');
	const char *name = at ? arena_strndup(a, what, (size_t)(at - what)) : what;
	struct name_check check = name_validate(a, name);
	int n = 0;

	if (check.valid_new)
		return;
	err_note(err, "This package name is not valid, because");
	for (uint32_t i = 0; i < check.n_errors; i++)
		err_note(err, " %d. %s", ++n, check.errors[i]);
	for (uint32_t i = 0; i < check.n_warnings; i++)
		err_note(err, " %d. %s", ++n, check.warnings[i]);
}

void fault_note_not_found(struct err *err, const char *what)
{
	struct arena a = ARENA_INIT;

	if (!what || streq(what, "-"))
		return;
	err_note(err, "\n The requested resource '%s' could not be found or you do not have permission to access it.", what);
	note_invalid_name(err, &a, what);
	err_note(err, "%s", "");
	err_note(err, "Note that you can also install from a");
	err_note(err, "tarball, folder, http url, or git url.");
	arena_release(&a);
}

/* What can be done about a status that says little by itself; NULL: nothing more is to be said. */
static const char *advice_for(int status)
{
	switch (status) {
	case 401:
		return "Log in with `lode login`, or check the token that .npmrc or the environment has for this registry.";
	case 402:
		return "The registry wants to be paid for this: private packages need an account that may have them "
		       "(`--access public` publishes for everybody).";
	case 409:
		return "Somebody else has just changed this: try again in a moment.";
	case 429:
		return "The registry is asked too often: wait a while, or ask less at once (--maxsockets).";
	default:
		return status >= 500 ? "The registry has trouble of its own: try again later." : NULL;
	}
}

int fault_of_status(struct err *err, const struct net_response *r, const char *method, const char *what)
{
	struct arena a = ARENA_INIT;
	char code[16];

	if (r->status == 401 && fault_of_challenge(err, r) < 0)
		return -1;
	snprintf(code, sizeof(code), "E%d", r->status);
	fault_set(err, code, "%d %s - %s %s%s", r->status, reason_of(r), method ? method : "GET",
		fault_clean_url(&a, r->url), detail_of(&a, r));
	if (advice_for(r->status))
		err_note(err, "%s", advice_for(r->status));
	if (r->status == 404)
		fault_note_not_found(err, what ? what : name_in_url(&a, fault_clean_url(&a, r->url)));
	if (r->status == 403)
		err_note(err, "In most cases, you or one of your dependencies are requesting a package version that is "
			      "forbidden by your security policy, or on a server you do not have access to.");
	arena_release(&a);
	return -1;
}
