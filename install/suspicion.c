/* SPDX-License-Identifier: MIT
 *
 * Files that should not be published. Few rules, all of them sure: a warning that is wrong most of the time is not read.
 */
#include "base/path.h"
#include "base/str.h"
#include "install/pack.h"

#include <ctype.h>
#include <string.h>

#define LOOKED_AT ((size_t)1 << 20)	/* bytes of a file; keys are short files */

static const char *by_name(const char *path)
{
	static const char *const keys[] = {"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"};
	static const char *const harmless[] = {".env.example", ".env.sample", ".env.template", ".env.dist", ".env.defaults"};
	const char *name = path_base(path);

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (streq(name, keys[i]))
			return "a private key";
	for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
		if (streq(name, harmless[i]))
			return NULL;
	if (streq(name, ".env") || cstr_starts(name, ".env."))
		return "a file of environment variables";
	if (streq(name, ".netrc") || streq(name, ".git-credentials") || streq(name, ".htpasswd"))
		return "a file of passwords";
	return NULL;
}

/* A known form of token: its beginning, and how many letters and digits follow at the least. */
static const struct {
	const char *prefix;
	size_t more;
	const char *what;
} tokens[] = {
	{"npm_", 36, "an access token of a registry"},
	{"ghp_", 36, "a GitHub token"},
	{"gho_", 36, "a GitHub token"},
	{"ghs_", 36, "a GitHub token"},
	{"github_pat_", 60, "a GitHub token"},
	{"glpat-", 20, "a GitLab token"},
	{"AKIA", 16, "an access key of AWS"},
	{"xoxb-", 40, "a Slack token"},
	{"sk_live_", 24, "a Stripe key"},
};

static size_t word_length(struct str s)
{
	size_t n = 0;

	while (n < s.len && (isalnum((unsigned char)s.ptr[n]) || s.ptr[n] == '_' || s.ptr[n] == '-'))
		n++;
	return n;
}

static const char *token_at(struct str s)
{
	for (size_t i = 0; i < ARRAY_LEN(tokens); i++) {
		size_t len = strlen(tokens[i].prefix);

		if (str_starts(s, tokens[i].prefix) && word_length(str_skip(s, len)) >= tokens[i].more)
			return tokens[i].what;
	}
	return NULL;
}

static bool has(struct str data, const char *word)
{
	return memmem(data.ptr, data.len, word, strlen(word)) != NULL;
}

/* "_authToken=…" that is no ${VARIABLE}. */
static bool has_credentials(struct str data)
{
	static const char *const keys[] = {"_authToken", "_auth", "_password"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const char *at = memmem(data.ptr, data.len, keys[i], strlen(keys[i]));
		struct str rest = at ? str_trim(str_range(at + strlen(keys[i]), data.ptr + data.len)) : STR_NULL;

		if (!str_starts(rest, "="))
			continue;
		rest = str_trim(str_skip(rest, 1));
		if (rest.len && rest.ptr[0] != '$')
			return true;
	}
	return false;
}

static const char *by_content(const char *path, struct str data)
{
	bool in_word = false;

	if (streq(path_base(path), ".npmrc"))
		return has_credentials(data) ? "credentials of a registry" : NULL;
	if (has(data, "PRIVATE KEY-----") && str_starts(str_trim(data), "-----BEGIN "))
		return "a private key";
	for (size_t i = 0; i < data.len; i++) {
		const char *what = in_word ? NULL : token_at(str_skip(data, i));

		if (what)
			return what;
		in_word = isalnum((unsigned char)data.ptr[i]) || data.ptr[i] == '_';
	}
	return NULL;
}

const char *pack_suspicion(const char *path, struct str data)
{
	const char *why = by_name(path);

	return why || !data.len ? why : by_content(path, str_first(data, LOOKED_AT));
}
