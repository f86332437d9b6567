/* SPDX-License-Identifier: MIT */
#include "registry/knownhosts.h"

#include "base/digest.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#define BLOCK 64	/* of SHA-1 */
#define SHA1_LEN 20

static void hmac_sha1(const uint8_t *key, const char *text, uint8_t out[DIGEST_MAX])
{
	uint8_t inner[BLOCK], outer[BLOCK], first[DIGEST_MAX];
	struct digest d;

	for (size_t i = 0; i < BLOCK; i++) {
		uint8_t k = i < SHA1_LEN ? key[i] : 0;

		inner[i] = k ^ 0x36;
		outer[i] = k ^ 0x5c;
	}
	digest_init(&d, DIGEST_SHA1);
	digest_add(&d, inner, BLOCK);
	digest_add(&d, text, strlen(text));
	digest_end(&d, first);
	digest_init(&d, DIGEST_SHA1);
	digest_add(&d, outer, BLOCK);
	digest_add(&d, first, SHA1_LEN);
	digest_end(&d, out);
}

/* "|1|salt|hash" */
static bool hash_fits(struct str entry, const char *host)
{
	uint8_t salt[SHA1_LEN + 4], want[SHA1_LEN + 4], got[DIGEST_MAX];
	struct str hash, text = str_cut(str_skip(entry, 3), '|', &hash);

	if (base64_parse(text, salt, sizeof(salt)) != SHA1_LEN || base64_parse(hash, want, sizeof(want)) != SHA1_LEN)
		return false;
	hmac_sha1(salt, host, got);
	return memcmp(got, want, SHA1_LEN) == 0;
}

static bool pattern_fits(struct str pattern, const char *host)
{
	char text[512];

	if (pattern.len >= sizeof(text) || str_starts(pattern, "!"))
		return false;
	memcpy(text, pattern.ptr, pattern.len);
	text[pattern.len] = '\0';
	/* "[host]:port" is written with brackets that are meant as they stand. */
	return strcmp(text, host) == 0 || (text[0] != '[' && fnmatch(text, host, FNM_CASEFOLD) == 0);
}

static bool line_fits(struct str line, const char *host)
{
	struct str rest, names = str_cut(str_trim(line), ' ', &rest);

	if (str_starts(names, "@"))
		names = str_cut(str_trim(rest), ' ', &rest);
	if (!names.len || str_starts(names, "#"))
		return false;
	if (str_starts(names, "|1|"))
		return hash_fits(names, host);
	while (names.len)
		if (pattern_fits(str_cut(names, ',', &names), host))
			return true;
	return false;
}

bool knownhosts_has(struct str text, const char *host, int port)
{
	char name[512];

	if (port && port != 22)
		snprintf(name, sizeof(name), "[%s]:%d", host, port);
	else
		snprintf(name, sizeof(name), "%s", host);
	while (text.len)
		if (line_fits(str_cut(text, '\n', &text), name))
			return true;
	return false;
}
