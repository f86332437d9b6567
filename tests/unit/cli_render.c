/* SPDX-License-Identifier: MIT
 *
 * What a person sees, into memory: log lines, errors, the progress line, the summary of an install.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/render.h"
#include "cli/summary.h"
#include "test.h"

/* A renderer whose two streams are memory. */
struct sink {
	char *out, *err;
	size_t out_len, err_len;
	FILE *to_out, *to_err;
	struct render r;
};

static void sink_open(struct sink *s)
{
	s->to_out = open_memstream(&s->out, &s->out_len);
	s->to_err = open_memstream(&s->err, &s->err_len);
	render_init(&s->r, test_arena(), s->to_out, s->to_err);
}

/* What was written; kept in the arena. */
static const char *sink_close(struct sink *s, bool err)
{
	fclose(s->to_out);
	fclose(s->to_err);
	const char *text = arena_strdup(test_arena(), err ? s->err : s->out);
	free(s->out);
	free(s->err);
	return text;
}

TEST(render_log_prefixes_every_line)
{
	struct sink s;
	sink_open(&s);
	render_flush(&s.r);
	report_warn(&s.r.reporter, "deprecated", "a\r\nb\n\nc");
	report_warn(&s.r.reporter, "", "plain");
	report_verbose(&s.r.reporter, "x", "not told");
	CHECK_STR(sink_close(&s, true), "lode warn deprecated a\nlode warn deprecated b\nlode warn deprecated\n"
					"lode warn deprecated c\nlode warn plain\n");
}

TEST(render_log_is_kept_until_the_level_is_known)
{
	struct sink s;
	sink_open(&s);
	report_warn(&s.r.reporter, "a", "kept");
	report_verbose(&s.r.reporter, "b", "kept too");
	s.r.level = LOG_VERBOSE;
	render_flush(&s.r);
	render_hold(&s.r);
	report_warn(&s.r.reporter, "c", "dropped");
	render_drop(&s.r);
	render_flush(&s.r);
	CHECK_STR(sink_close(&s, true), "lode warn a kept\nlode verbose b kept too\n");
}

TEST(render_error_has_code_word_and_advice)
{
	struct sink s;
	struct err e = ERR_INIT;
	sink_open(&s);
	render_flush(&s.r);
	err_set(&e, ERR_ETARGET, "No matching version found for a@9");
	err_note(&e, "while resolving 'b'");
	render_error(&s.r, &e, NULL);
	struct json *v = render_error_json(test_arena(), &e, NULL);
	CHECK_STR(json_find_text(v, "code"), "ETARGET");
	CHECK_STR(json_find_text(v, "summary"), "No matching version found for a@9");
	const char *text = sink_close(&s, true);
	CHECK(strstr(text, "lode error code ETARGET\nlode error notarget No matching version found for a@9\n"
			   "lode error notarget while resolving 'b'\nlode error notarget In most cases you or one of your "
			   "dependencies are requesting a package version that doesn't exist.\n"));
}

TEST(render_progress_waits_and_keeps_its_pace)
{
	struct sink s;
	sink_open(&s);
	render_flush(&s.r);
	s.r.progress.enabled = true;
	for (uint64_t i = 0; i < 1000; i++)
		report_count(&s.r.reporter, PHASE_FETCH, i, 1000, i * 1000);
	CHECK(!s.r.progress.drawn);
	s.r.progress.next_ns = 1;
	for (uint64_t i = 0; i < 1000; i++)
		report_count(&s.r.reporter, PHASE_FETCH, 17, 1000, 2500000);
	CHECK(s.r.progress.drawn);
	report_count(&s.r.reporter, PHASE_RESOLVE, 3, 0, 0);
	CHECK_INT(s.r.progress.phase, PHASE_FETCH);
	report_warn(&s.r.reporter, "", "line");
	CHECK(!s.r.progress.drawn);
	const char *text = sink_close(&s, true);
	CHECK(strstr(text, "fetching 17/1000 (2.5 MB)"));
	CHECK(strlen(text) < 200);
	CHECK(strstr(text, "\r\033[Klode warn line\n"));
}

static void change(struct summary *s, enum summary_kind kind, const char *name)
{
	struct summary_change *c = ARENA_NEW(test_arena(), struct summary_change);
	*c = (struct summary_change){kind, name, "2.0.0", "/p/x", name, "1.0.0", "/p/x", false};
	vec_add(&s->changes, c);
}

/* The summary's text for a number of changes of each kind; options are those of a command line. */
static const char *summary_text(int added, int removed, int changed, uint32_t audited, char *option)
{
	struct sink s;
	struct err e = ERR_INIT;
	char *none[] = {NULL}, *argv[] = {option, NULL};
	struct config_sources from = {.argv = argv, .environ = none, .cwd = test_dir()};
	struct cli cli = {.arena = test_arena(), .config = config_load(test_arena(), &from, &e)};
	struct summary sum = {.audited = audited, .funding = added == 2};
	sink_open(&s);
	render_start(&s.r, cli.config);
	render_flush(&s.r);
	cli.render = &s.r;
	cli.reporter = &s.r.reporter;
	cli.started_ns = report_now();
	vec_init(&sum.changes, test_arena());
	for (int i = 0; i < added; i++)
		change(&sum, SUMMARY_ADD, "a");
	for (int i = 0; i < removed; i++)
		change(&sum, SUMMARY_REMOVE, "r");
	for (int i = 0; i < changed; i++)
		change(&sum, SUMMARY_CHANGE, "c");
	summary_print(&cli, &sum);
	const char *text = sink_close(&s, false);
	char *time = strstr(text, " in ");
	return time ? arena_printf(test_arena(), "%.*s%s", (int)(time - text), text, strchr(time, '\n')) : text;
}

TEST(summary_counts_as_npm_does)
{
	CHECK_STR(summary_text(0, 0, 0, 0, NULL), "\nup to date\n");
	CHECK_STR(summary_text(0, 0, 0, 7, NULL), "\nup to date, audited 7 packages\n");
	CHECK_STR(summary_text(1, 0, 0, 0, NULL), "\nadded 1 package\n");
	CHECK_STR(summary_text(3, 1, 0, 0, NULL), "\nadded 3 packages, and removed 1 package\n");
	CHECK_STR(summary_text(0, 1, 2, 0, NULL), "\nremoved 1 package, and changed 2 packages\n");
	CHECK_STR(summary_text(1, 1, 1, 9, NULL), "\nadded 1 package, removed 1 package, changed 1 package, and audited 9 packages\n");
	CHECK(strstr(summary_text(2, 0, 0, 0, NULL), "\n\n1 package is looking for funding\n  run `lode fund` for details\n"));
	CHECK_STR(summary_text(1, 0, 1, 0, "--dry-run"), "add a 2.0.0\nchange c 1.0.0 => 2.0.0\n\nadded 1 package, and changed 1 package\n");
	CHECK_STR(summary_text(1, 0, 0, 0, "--silent"), "");
}
