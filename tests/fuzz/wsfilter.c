/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "resolver/manifest.h"
#include "resolver/wsfilter.h"
#include "resolver/wsgraph.h"

#include <stdlib.h>
#include <string.h>

static void put(struct ws_graph *g, const char *dir, const char *text)
{
	struct err err = ERR_INIT;
	struct manifest *m = manifest_parse(g->arena, str_from(text), "fuzz", &err);

	if (!m)
		abort();
	ws_graph_add(g, m->name, path_join(g->arena, "/p", dir), m);
}

static int changed(void *ctx, const char *since, struct vec *files, struct err *err)
{
	(void)ctx;
	if (!*since)
		abort();
	if (*since == '-')
		return err_set(err, ERR_EGIT, "no");
	vec_add(files, "a/x.js");
	vec_add(files, "README");
	return 0;
}

/* Each line is a selector. What is refused says why; what is not names something. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct str rest = {(const char *)data, size};
	struct ws_selector selectors[8];
	struct ws_selection in = {.selectors = selectors, .changed = changed};
	struct err err = ERR_INIT;
	struct ws_graph g;
	bool bad = false;

	if (size > 1024)
		return 0;
	ws_graph_init(&g, &a, "/p");
	put(&g, "", "{\"name\":\"r\",\"devDependencies\":{\"a\":\"*\"}}");
	put(&g, "a", "{\"name\":\"a\",\"version\":\"1.0.0\",\"dependencies\":{\"@s/b\":\"^1\"}}");
	put(&g, "b/b", "{\"name\":\"@s/b\",\"version\":\"1.2.0\",\"devDependencies\":{\"a\":\"1\"}}");
	ws_graph_link(&g);
	while (rest.ptr && !bad && in.n_selectors < ARRAY_LEN(selectors)) {
		const char *line = str_dup(&a, str_cut(rest, '\n', &rest));
		struct ws_selector *s = &selectors[in.n_selectors++];

		bad = ws_selector_parse(&a, line, &(struct ws_place){"/p", "/p/a"}, s, &err) < 0;
		if (bad != (err.code != ERR_OK) || (!bad && !s->name && !s->dir && !s->since))
			abort();
	}
	in.graph = &g;
	if (!bad && !ws_select(&in, &err) != (err.code != ERR_OK))
		abort();
	arena_release(&a);
	return 0;
}
