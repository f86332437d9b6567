/* SPDX-License-Identifier: MIT */
#include "runtime/scrub.h"

#include "base/str.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Anywhere in a name, whatever its case. */
static const char *const in_names[] = {"TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "APIKEY",
				       "API_KEY", "ACCESS_KEY", "PRIVATE_KEY", "SIGNING_KEY", "ENCRYPTION_KEY",
				       "ACCOUNT_KEY", "AUTHTOKEN", "_AUTH", "OAUTH", "COOKIE", "WEBHOOK", "JWT"};
static const char *const starts[] = {"AWS_", "AZURE_", "GCP_", "GOOGLE_APPLICATION", "ALICLOUD_", "DO_API", "SSH_AUTH",
				     "SSH_AGENT", "GPG_AGENT", "GPG_TTY", "DBUS_SESSION", "KRB5CCNAME", "KUBECONFIG",
				     "DOCKER_AUTH", "DOCKER_HOST", "VAULT_", "OP_SESSION", "SENTRY_DSN", "DATABASE_URL",
				     "BASH_ENV", "ACTIONS_RUNTIME_", "ACTIONS_ID_TOKEN", "ACTIONS_RESULTS", "SIGSTORE_", "XAUTHORITY",
				     "npm_config_//", "npm_config__"};
static const char *const ends[] = {"_PASS", "_PWD", "_PAT", "_DSN", "_KEY", "_OTP", "_CRED", "_CREDS"};
static const char *const values[] = {"ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "npm_", "xoxb-", "xoxp-",
				     "sk_live_", "sk-", "hf_", "pypi-", "AIza", "ya29.", "dop_v1_", "shpat_",
				     "AGE-SECRET-KEY-", "-----BEGIN", "AKIA", "eyJhbGci"};

static bool name_is_secret(const char *name)
{
	size_t n = strlen(name);

	/* What a package says of itself. */
	if (cstr_starts(name, "npm_package_"))
		return false;

	for (size_t i = 0; i < ARRAY_LEN(in_names); i++) {
		if (strcasestr(name, in_names[i]))
			return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		if (!strncasecmp(name, starts[i], strlen(starts[i])))
			return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		size_t m = strlen(ends[i]);

		if (n > m && !strcasecmp(name + n - m, ends[i]))
			return true;
	}
	return false;
}

/* scheme://user:password@host */
static bool has_password(const char *value)
{
	const char *host = strstr(value, "://");
	size_t n = host ? strcspn(host + 3, "/ ") : 0;

	return host && memchr(host + 3, '@', n) && memchr(host + 3, ':', n);
}

static bool value_is_secret(const char *value)
{
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		if (cstr_starts(value, values[i]) && strlen(value) >= 20)
			return true;
	}
	return has_password(value);
}

bool scrub_is_secret(const char *name, const char *value)
{
	return name_is_secret(name) || value_is_secret(value);
}
