/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/vec.h"
#include "resolver/flags.h"
#include "resolver/manifest.h"
#include "resolver/selector.h"
#include "resolver/tree.h"

#include <stdlib.h>

static struct node *put(struct tree *t, const char *path, const char *text)
{
	struct err err = ERR_INIT;
	struct manifest *m = manifest_parse(t->arena, str_from(text), "fuzz", &err);

	if (!m)
		abort();
	return node_make(t, &(struct node_options){.path = path, .manifest = m, .root = t->root});
}

static struct tree *make_tree(struct arena *a)
{
	struct tree *t = tree_make(a);

	t->root = put(t, "/p", "{\"name\":\"r\",\"dependencies\":{\"a\":\"^1\",\"m\":\"2\"},\"devDependencies\":{\"b\":\"1\"}}");
	put(t, "/p/node_modules/a", "{\"name\":\"a\",\"version\":\"1.0.0\",\"dependencies\":{\"b\":\"2\"},\"k\":[\"x\",{\"y\":1}]}");
	put(t, "/p/node_modules/b", "{\"name\":\"b\",\"version\":\"1.2.3-x\",\"private\":true,\"dependencies\":{\"a\":\"*\"}}");
	flags_reset(t->root);
	flags_calc(t->root, true);
	return t;
}

static int no_versions(void *ctx, const char *name, struct vec *out, struct err *err)
{
	(void)ctx, (void)name, (void)err;
	vec_add(out, "1.0.0");
	vec_add(out, "3.0.0");
	return 0;
}

static int no_advisories(void *ctx, const struct json *packages, struct json **out, struct err *err)
{
	(void)ctx, (void)packages, (void)err;
	*out = NULL;
	return 0;
}

/* What is refused says why; what is found is found once. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct selector_feed feed = {.versions = no_versions, .advisories = no_advisories};
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct vec found;
	struct selector *s;

	if (size > 4096)
		return 0;
	vec_init(&found, &a);
	s = selector_parse(&a, str_dup(&a, (struct str){(const char *)data, size}), &err);
	if (!s != (err.code != ERR_OK))
		abort();
	if (s) {
		struct tree *t = make_tree(&a);
		int rc = selector_run(&(struct selector_run){.arena = &a, .target = t->root, .feed = &feed}, s, &found, &err);

		if ((rc < 0) != (err.code != ERR_OK))
			abort();
	}
	for (size_t i = 0; i < found.count; i++)
		for (size_t k = 0; k < i; k++)
			if (found.items[i] == found.items[k])
				abort();
	arena_release(&a);
	return 0;
}
