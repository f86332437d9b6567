/* SPDX-License-Identifier: MIT */
#include "install/confined.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/report.h"
#include "base/str.h"
#include "install/allow.h"
#include "install/grants.h"
#include "install/lifecycle.h"
#include "resolver/tree.h"
#include "runtime/confine.h"

#include <stdlib.h>
#include <string.h>

#define MAX_COMMAND ((size_t)1 << 16)

static bool is_users_own(const struct node *node)
{
	return node->is_link && !(node->target && node->target->in_store);
}

int confined_check(const struct lifecycle_options *o, const struct confine **out, struct err *err)
{
	*out = o->confine;
	if (!o->confine || confine_possible())
		return 0;
	if (o->confine->mode == CONFINE_REQUIRE) {
		err_set(err, ERR_ESANDBOX, "this kernel has no Landlock: dependencies' scripts cannot be confined, and do not run");
		err_note(err, "Let them run as they do under npm with --script-sandbox=off, or none of them with --ignore-scripts");
		return -1;
	}
	report_warn(o->reporter, "sandbox", "this kernel has no Landlock: dependencies' scripts run unconfined, as under npm "
		    "(--script-sandbox=require refuses that)");
	*out = NULL;
	return 0;
}

/* The outermost node_modules a package is in. */
static const char *modules_of(struct arena *a, const char *path)
{
	const char *at = strstr(path, "/node_modules/");

	return at ? arena_strndup(a, path, (size_t)(at - path) + strlen("/node_modules")) : NULL;
}

/* What is granted for writing has to be there: the kernel grants what is, not what might be. */
static void make_granted(const struct confine_grants *g)
{
	for (size_t i = 0; i < g->writes.count; i++) {
		struct err ignored = ERR_INIT;

		if (!fs_exists(g->writes.items[i]))
			(void)!fs_mkdirs(g->writes.items[i], &ignored);	/* a script that misses it will be refused, and that told */
	}
}

const struct confine_script *confined_begin(struct arena *a, const struct lifecycle_options *o, struct node *node,
					    struct err *err)
{
	const char *tmp = getenv("TMPDIR");
	struct confine_script *s;

	if (!o->confine || is_users_own(node))
		return NULL;
	s = ARENA_NEW(a, struct confine_script);
	*s = (struct confine_script){.confine = o->confine, .dir = node_target(node)->path};
	s->modules = modules_of(a, s->dir);
	s->grants = grants_of(a, o->grants, node_target(node), o->confine->home);
	make_granted(s->grants);
	s->tmp = fs_mkdtemp(a, path_join(a, tmp && path_is_absolute(tmp) ? tmp : "/tmp", "lode-script-"), err);
	return s->tmp ? s : NULL;
}

static const char *grant_command(struct arena *a, const char *name, const struct vec *flags)
{
	struct buf line = BUF_INIT(MAX_COMMAND);
	const char *text;

	buf_printf(&line, "lode install-scripts approve %s", name);
	for (size_t i = 0; i < flags->count; i++)
		buf_printf(&line, " %s", VEC_AT(flags, const char, i));
	text = buf_dup(a, &line);
	buf_release(&line);
	return text;
}

void confined_end(struct arena *a, const struct lifecycle_options *o, const struct confine_script *s, struct node *node,
		  const struct proc_result *result)
{
	struct err ignored = ERR_INIT;
	struct confine_report report;
	const char *name;

	if (!s)
		return;
	if (fs_remove_tree(s->tmp, &ignored))
		report_warn(o->reporter, "sandbox", "%s stays behind: %s", s->tmp, ignored.text);
	confine_report_parse(a, result->report, s->confine->home, &report);
	if (!report.lines.count)
		return;
	report_warn(o->reporter, "sandbox", "a script of %s was refused:", node_id(node));
	for (size_t i = 0; i < report.lines.count; i++)
		report_warn(o->reporter, "sandbox", "  %s", VEC_AT(&report.lines, const char, i));
	name = allow_identify(a, node_target(node)).name;
	if (!name)
		name = node_target(node)->name;
	if (report.flags.count && name)
		report_warn(o->reporter, "sandbox", "if it may: %s", grant_command(a, name, &report.flags));
}
