/* SPDX-License-Identifier: MIT
 *
 * What selectors choose, beside what pnpm 12.21 chooses in the same workspace (resolver_wsfilter.json).
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "resolver/manifest.h"
#include "resolver/wsfilter.h"
#include "resolver/wsgraph.h"
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

#define ROOT "/p[1]/{r}"	/* a project's own path is never a pattern */
#define MAX_FILE ((size_t)1 << 20)
#define MAX_SELECTORS 8

static struct ws_graph make_graph(const struct json *packages)
{
	struct arena *a = test_arena();
	struct ws_graph g;

	ws_graph_init(&g, a, ROOT);
	for (uint32_t i = 0; i < packages->count; i++) {
		struct manifest *m = manifest_from_json(a, json_copy(a, packages->members[i].value));

		ws_graph_add(&g, m->name, path_join(a, ROOT, packages->members[i].key), m);
	}
	ws_graph_link(&g);
	return g;
}

static int changed(void *ctx, const char *since, struct vec *files, struct err *err)
{
	const struct json *list = json_find(ctx, since);

	if (!list)
		return err_set(err, ERR_EGIT, "no %s", since);
	for (uint32_t i = 0; i < list->count; i++)
		vec_add(files, (void *)json_text(list->items[i]));
	return 0;
}

/* One case's words as a selection. */
struct asked {
	struct ws_selector selectors[MAX_SELECTORS];
	const char *tests[2], *ignored[2];
	struct ws_selection in;
};

static const char *after(const char *word, const char *option)
{
	return cstr_starts(word, option) ? word + strlen(option) : NULL;
}

static int ask(struct asked *q, const struct json *words, struct err *err)
{
	struct ws_place place = {ROOT, ROOT};

	for (uint32_t i = 0; i < words->count; i++) {
		const char *word = json_text(words->items[i]), *value;
		struct ws_selector *s = &q->selectors[q->in.n_selectors];

		if ((value = after(word, "cwd="))) {
			place.cwd = path_join(test_arena(), ROOT, value);
		} else if ((value = after(word, "--test-pattern="))) {
			q->tests[0] = value;
		} else if ((value = after(word, "--changed-files-ignore-pattern="))) {
			q->ignored[0] = value;
		} else if (streq(word, "--include-workspace-root")) {
			q->in.with_root = true;
		} else if (!streq(word, "--fail-if-no-match")) {
			value = after(word, "--filter-prod=");
			CHECK(q->in.n_selectors++ < MAX_SELECTORS);
			if (ws_selector_parse(test_arena(), value ? value : word, &place, s, err))
				return -1;
			s->prod = value != NULL;
		}
	}
	return 0;
}

static const char *answer(const struct ws_graph *g, const struct json *words, const struct json *changes)
{
	struct asked q = {0};
	struct err err = ERR_INIT;
	struct buf b = BUF_INIT(MAX_FILE);
	const char *text;
	bool *chosen;

	q.in = (struct ws_selection){.graph = g, .selectors = q.selectors, .changed = changed, .changed_ctx = (void *)changes,
				     .tests = q.tests, .ignored = q.ignored};
	if (ask(&q, words, &err)) {
		CHECK_INT(err.code, ERR_EUSAGE);
		return "refused";
	}
	chosen = ws_select(&q.in, &err);
	CHECK(chosen);
	for (size_t i = 0; i < g->count; i++) {
		if (chosen[i])
			buf_printf(&b, "%s ", *g->packages[i].dir ? g->packages[i].dir : ".");
	}
	text = buf_dup(test_arena(), &b);
	buf_release(&b);
	return text;
}

static const char *recorded(const struct ws_graph *g, const struct json *dirs)
{
	struct buf b = BUF_INIT(MAX_FILE);
	const char *text;

	if (!json_is(dirs, JSON_ARRAY))
		return "refused";
	for (size_t i = 0; i < g->count; i++) {
		for (uint32_t k = 0; k < dirs->count; k++) {
			if (streq(g->packages[i].dir, json_text(dirs->items[k])))
				buf_printf(&b, "%s ", *g->packages[i].dir ? g->packages[i].dir : ".");
		}
	}
	text = buf_dup(test_arena(), &b);
	buf_release(&b);
	return text;
}

static struct json *read_cases(void)
{
	struct arena *a = test_arena();
	struct err err = ERR_INIT;
	struct str text;

	CHECK_INT(fs_read(a, path_join(a, FIXTURES, "../tests/unit/resolver_wsfilter.json"), MAX_FILE, &text, &err), 0);
	return json_parse(a, text, "cases", &err);
}

TEST(wsfilter_chooses_what_pnpm_chooses)
{
	struct json *doc = read_cases();
	struct ws_graph g = make_graph(json_find(doc, "packages"));
	const struct json *cases = json_find(doc, "cases");

	CHECK(cases->count > 200);
	for (uint32_t i = 0; i < cases->count; i++) {
		const struct json *words = json_at(cases->items[i], 0);
		const char *got = answer(&g, words, json_find(doc, "changed"));
		const char *want = recorded(&g, json_at(cases->items[i], 1));
		struct buf b = BUF_INIT(MAX_FILE);

		json_format(&b, words, NULL);
		if (!streq(got, want))
			test_fail(__FILE__, __LINE__, "%s: got %s, want %s", buf_text(&b), got, want);
		buf_release(&b);
	}
}

static struct ws_graph graph_of(const char *text)
{
	struct err err = ERR_INIT;
	struct json *doc = json_parse(test_arena(), str_from(text), "packages", &err);

	CHECK(doc);
	return make_graph(doc);
}

static bool leads(const struct ws_graph *g, size_t from, size_t to)
{
	for (size_t i = 0; i < g->packages[from].n_edges; i++) {
		if (g->packages[from].edges[i].to == to)
			return true;
	}
	return false;
}

TEST(wsgraph_edges_are_those_an_install_would_link)
{
	struct ws_graph g = graph_of(
		"{\"a\":{\"name\":\"a\"},\"b\":{\"name\":\"b\",\"version\":\"1.5.0\"},"
		"\"c\":{\"name\":\"c\",\"dependencies\":{\"a\":\"*\",\"b\":\"^1.2.0\",\"c\":\"*\"}},"
		"\"d\":{\"name\":\"d\",\"dependencies\":{\"a\":\"^1.0.0\",\"b\":\"^2.0.0\",\"c\":\"latest\"}},"
		"\"e\":{\"name\":\"e\",\"devDependencies\":{\"b\":\"file:../b\",\"a\":\"workspace:^\"},\"peerDependencies\":{\"b\":\"1\"}}}");

	CHECK(leads(&g, 2, 0));
	CHECK(leads(&g, 2, 1));
	CHECK_INT(g.packages[2].n_edges, 2);
	CHECK_INT(g.packages[3].n_edges, 0);
	CHECK(leads(&g, 4, 0));
	CHECK(g.packages[4].edges[1].dev || g.packages[4].edges[0].dev);
	CHECK_INT(g.packages[4].n_edges, 2);
	CHECK(g.linked);
}

TEST(wsgraph_without_edges_is_not_linked)
{
	struct ws_graph g = graph_of("{\"\":{\"name\":\"r\"},\"a\":{\"name\":\"a\",\"dependencies\":{\"r\":\"*\"}},\"b\":{\"name\":\"b\"}}");

	CHECK(!g.linked);
}
