/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "resolver/manifest.h"
#include "resolver/wsgraph.h"
#include "resolver/wsplan.h"
#include "tests/unit/test.h"

#include <string.h>

/* "app:lib,core lib:core core": packages and what each depends on, in order. */
static struct ws_graph graph_of(const char *text)
{
	struct arena *a = test_arena();
	struct str rest = str_from(text);
	struct ws_graph g;

	ws_graph_init(&g, a, "/p");
	while (rest.len) {
		struct str deps, one = str_cut(rest, ' ', &rest), name = str_cut(one, ':', &deps);
		struct json *pkg = json_object(a), *list = json_object(a);

		while (deps.len)
			json_put_text(a, list, str_dup(a, str_cut(deps, ',', &deps)), "*");
		json_put_text(a, pkg, "name", str_dup(a, name));
		json_put(a, pkg, "dependencies", list);
		ws_graph_add(&g, str_dup(a, name), path_join(a, "/p", str_dup(a, name)), manifest_from_json(a, pkg));
	}
	ws_graph_link(&g);
	return g;
}

static struct ws_plan plan_of(const char *text, const char *without)
{
	struct ws_graph *g = ARENA_NEW(test_arena(), struct ws_graph);
	struct ws_plan p;
	bool *chosen;

	*g = graph_of(text);
	chosen = ARENA_ARRAY(test_arena(), bool, g->count);
	for (size_t i = 0; i < g->count; i++)
		chosen[i] = !without || !streq(g->packages[i].name, without);
	ws_plan_init(&p, test_arena(), g, chosen, true);
	return p;
}

/* Works through with `limit` at once; "(a b)" began together. The one named `fails` does. */
static const char *work(struct ws_plan *p, const char *fails)
{
	struct buf b = BUF_INIT(4096);
	struct ws_task *running[64];
	const char *text;
	size_t n = 0;

	for (;;) {
		struct ws_task *t;

		for (n = 0; n < ARRAY_LEN(running) && (t = ws_plan_next(p));)
			running[n++] = t;
		if (!n)
			break;
		buf_adds(&b, b.len ? " (" : "(");
		for (size_t i = 0; i < n; i++)
			buf_printf(&b, "%s%s", i ? " " : "", running[i]->package->name);
		buf_addc(&b, ')');
		for (size_t i = 0; i < n; i++)
			ws_plan_end(p, running[i], streq(running[i]->package->name, fails) ? TASK_FAILED : TASK_DONE);
	}
	text = buf_dup(test_arena(), &b);
	buf_release(&b);
	return text;
}

TEST(wsplan_goes_up_from_what_is_depended_on)
{
	struct ws_plan p = plan_of("app:lib,ui lib:core ui:core docs core", NULL);

	CHECK_STR(work(&p, NULL), "(docs core) (lib ui) (app)");
	CHECK_INT(p.circles.count, 0);
	CHECK_INT(ws_plan_count(&p, TASK_DONE), 5);
}

TEST(wsplan_sees_through_what_is_not_chosen)
{
	struct ws_plan p = plan_of("app:lib lib:mid mid:core core other", "mid");

	CHECK_STR(work(&p, NULL), "(core other) (lib) (app)");
}

TEST(wsplan_without_edges_keeps_the_order)
{
	struct ws_plan p = plan_of("c a b", NULL);

	CHECK_STR(work(&p, NULL), "(c a b)");
}

TEST(wsplan_breaks_circles_where_they_close)
{
	struct ws_plan p = plan_of("a:b b:c c:a d:c", NULL);

	CHECK_INT(p.circles.count, 1);
	CHECK_STR(VEC_AT(&p.circles, char, 0), "a -> b -> c -> a");
	CHECK_STR(work(&p, NULL), "(c) (b d) (a)");
}

TEST(wsplan_breaks_all_circles)
{
	struct ws_plan p = plan_of("a:b,c b:a,c c:a,b d:d e:f f:e,a", NULL);

	CHECK(p.circles.count >= 3);
	work(&p, NULL);
	CHECK_INT(ws_plan_count(&p, TASK_DONE), 6);
}

TEST(wsplan_skips_what_needs_a_failure)
{
	struct ws_plan p = plan_of("app:lib lib:core other core", NULL);

	CHECK_STR(work(&p, "core"), "(other core)");
	CHECK_INT(ws_plan_count(&p, TASK_SKIPPED), 2);
	CHECK_STR(p.tasks[0].because->package->name, "core");
	CHECK_STR(p.tasks[1].because->package->name, "core");
	CHECK_INT(ws_plan_count(&p, TASK_FAILED), 1);
}

TEST(wsplan_stops)
{
	struct ws_plan p = plan_of("a b c:a", NULL);
	struct ws_task *t = ws_plan_next(&p);

	CHECK_STR(t->package->name, "a");
	ws_plan_stop(&p);
	ws_plan_end(&p, t, TASK_FAILED);
	CHECK(!ws_plan_next(&p));
	CHECK_INT(ws_plan_count(&p, TASK_LEFT), 2);
}

TEST(wsplan_takes_long_chains)
{
	struct arena *a = test_arena();
	struct ws_graph g;
	struct ws_plan p;
	bool *chosen = ARENA_ARRAY(a, bool, 3000);

	ws_graph_init(&g, a, "/p");
	for (int i = 0; i < 3000; i++) {
		struct json *pkg = json_object(a), *list = json_object(a);
		const char *name = arena_printf(a, "p%d", i);

		json_put_text(a, list, arena_printf(a, "p%d", (i + 1) % 3000), "*");
		json_put(a, pkg, "dependencies", list);
		ws_graph_add(&g, name, path_join(a, "/p", name), manifest_from_json(a, pkg));
	}
	memset(chosen, true, 3000);
	ws_graph_link(&g);
	ws_plan_init(&p, a, &g, chosen, true);
	CHECK_INT(p.circles.count, 1);
	work(&p, NULL);
	CHECK_INT(ws_plan_count(&p, TASK_DONE), 3000);
}
