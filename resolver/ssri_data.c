/* SPDX-License-Identifier: MIT */
#include "resolver/ssri.h"

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"

struct ssri *ssri_from_data(struct arena *a, struct str data, const char *const *algorithms, const char *options,
			    struct err *err)
{
	static const char *const usual[] = {"sha512", NULL};
	struct ssri *s = ARENA_NEW(a, struct ssri);
	struct ssri_hash h;
	enum digest_alg alg;
	const char *text;

	for (const char *const *name = algorithms ? algorithms : usual; *name; name++) {
		alg = digest_alg_of(str_from(*name));
		if (alg == DIGEST_NONE) {
			err_set(err, ERR_EINTEGRITY, "unknown digest '%s'", *name);
			return NULL;
		}
		text = digest_sri(a, alg, data.ptr, data.len);
		if (options)
			text = arena_printf(a, "%s?%s", text, options);
		if (ssri_parse_hash(a, &h, str_from(text), 0))
			ssri_add(a, s, h);
	}
	return s;
}

const struct ssri_hash *ssri_check_data(struct arena *a, const struct ssri *s, struct str data)
{
	const char *algorithm = ssri_pick_algorithm(s, NULL);
	enum digest_alg alg = digest_alg_of(str_from(algorithm));

	if (alg == DIGEST_NONE)
		return NULL;
	return ssri_match(s, ssri_parse(a, str_from(digest_sri(a, alg, data.ptr, data.len)), 0));
}
