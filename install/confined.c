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
#include "install/bins.h"
#include "install/grants.h"
#include "install/inplace.h"
#include "install/lifecycle.h"
#include "install/shared.h"
#include "install/unshare.h"
#include "resolver/tree.h"
#include "runtime/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_SAID 200
#define MAX_SAID_LINE 1000
#define MAX_COMMAND ((size_t)1 << 16)

static bool is_users_own(const struct node *node)
{
	return node->is_link && !(node->target && node->target->in_store);
}

/* "a script could …" */
static const char *left_open(struct arena *a, const struct sandbox_kernel *k)
{
	struct buf line = BUF_INIT(MAX_COMMAND);
	const char *text;

	sandbox_left_open(k, &line);
	text = buf_dup(a, &line);
	buf_release(&line);
	return text;
}

static int refuse(const char *open, struct err *err)
{
	err_set(err, ERR_ESANDBOX, "this kernel cannot confine dependencies' scripts wholly, so they do not run: one could %s", open);
	err_note(err, "Let them run as far confined as it can with --script-sandbox=prefer, as they do under npm with "
		      "--script-sandbox=off, or none of them with --ignore-scripts");
	return -1;
}

int confined_check(struct arena *a, const struct lifecycle_options *o, const struct confine **out, struct err *err)
{
	struct confine *known;
	enum confine_verdict verdict;
	const char *open;

	*out = o->confine;
	if (!o->confine)
		return 0;
	known = ARENA_NEW(a, struct confine);
	*known = *o->confine;
	sandbox_kernel_probe(&known->kernel);
	*out = known;
	verdict = confine_decide(known->mode, &known->kernel);
	if (verdict == CONFINE_GO)
		return 0;
	open = left_open(a, &known->kernel);
	if (verdict == CONFINE_REFUSE)
		return refuse(open, err);
	if (verdict == CONFINE_NOT_AND_SAY)
		*out = NULL;
	if (*known->told)
		return 0;
	*known->told = true;
	report_warn(o->reporter, "sandbox", verdict == CONFINE_NOT_AND_SAY ?
		    "this kernel has no Landlock: dependencies' scripts run unconfined, as under npm, and could %s "
		    "(--script-sandbox=require refuses that)" :
		    "this kernel lacks a part: dependencies' scripts run confined, but could %s, and what they are refused is not told "
		    "(--script-sandbox=require refuses that)", open);
	return 0;
}

int confined_may_prepare(struct arena *a, const struct confine *c, struct err *err)
{
	struct sandbox_kernel kernel;

	sandbox_kernel_probe(&kernel);
	return confine_decide(c->mode, &kernel) == CONFINE_REFUSE ? refuse(left_open(a, &kernel), err) : 0;
}

void confined_pick_said(struct arena *a, struct str text, struct vec *said)
{
	static const char mark[] = " warn sandbox ";

	while (text.ptr && text.len && said->count < MAX_SAID) {
		const char *line = str_dup(a, str_first(str_cut(text, '\n', &text), MAX_SAID_LINE));
		const char *at = strstr(line, mark);

		if (at)
			vec_add(said, (void *)(at + sizeof(mark) - 1));
	}
}

void confined_hand_on(struct reporter *r, const struct confine *c, const char *what, const struct vec *said)
{
	for (size_t i = 0; i < said->count; i++) {
		const char *line = VEC_AT(said, const char, i);
		bool of_kernel = cstr_starts(line, "this kernel ");

		if (!of_kernel || !*c->told)
			report_warn(r, "sandbox", "preparing %s: %s", what, line);
		*c->told |= of_kernel;
	}
}

/* What is granted for writing has to be there: the kernel grants what is, not what might be. In node_modules it may be
 * linked with the store. Where that fails the script will be refused, and that told. */
static void make_granted(struct arena *a, const struct confine_grants *g, const char *modules)
{
	struct err ignored = ERR_INIT;

	for (size_t i = 0; i < g->writes.count; i++) {
		const char *path = g->writes.items[i];

		if (!fs_exists(path))
			(void)!fs_mkdirs(path, &ignored);
		else if (modules && path_is_in(path, modules))
			(void)!unshare_tree(a, path, &ignored);
	}
	for (size_t i = 0; i < g->files.count; i++) {
		const char *path = g->files.items[i];

		if (fs_exists(path))
			(void)!(modules && path_is_in(path, modules) ? unshare_tree(a, path, &ignored) : 0);
		else if (!fs_mkdirs(path_dir(a, path), &ignored))
			(void)!fs_write(path, STR(""), 0666, &ignored);
	}
}

/* Folders beside packages that are theirs: what they make is looked for there, by name. */
static const char *folder_beside(struct arena *a, const char *name, const char *dir)
{
	static const char *const known[][2] = {{"@prisma/client", ".prisma"}};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (streq(name, known[i][0]))
			return path_join(a, bins_node_modules(a, dir), known[i][1]);
	}
	return NULL;
}

/* A script of what lies in dir, below modules. */
static int begin(struct arena *a, const char *dir, struct confine_script *s, struct err *err)
{
	const char *tmp = getenv("TMPDIR");

	s->modules = inplace_modules(a, dir);
	s->dir = s->modules ? inplace_expected(a, dir) : fs_realpath(a, dir);
	if (!s->dir)
		return err_sys(err, errno, "cannot find '%s'", dir);
	s->tmp = fs_mkdtemp(a, path_join(a, tmp && path_is_absolute(tmp) ? tmp : "/tmp", "lode-script-"), err);
	return s->tmp ? 0 : -1;
}

const struct confine_script *confined_begin_project(struct arena *a, const struct lifecycle_options *o, const char *dir,
						    struct err *err)
{
	struct confine_script *s;

	if (!o->confine || !o->confined_project)
		return NULL;
	s = ARENA_NEW(a, struct confine_script);
	*s = (struct confine_script){.confine = o->confine, .grants = grants_of(a, NULL, NULL, NULL)};
	return begin(a, dir, s, err) ? NULL : s;
}

const struct confine_script *confined_begin(struct arena *a, const struct lifecycle_options *o, struct node *node,
					    struct err *err)
{
	struct node *target = node_target(node);
	struct confine_script *s;

	if (!o->confine)
		return NULL;
	if (is_users_own(node))
		return confined_begin_project(a, o, target->path, err);
	s = ARENA_NEW(a, struct confine_script);
	*s = (struct confine_script){.confine = o->confine};
	if (begin(a, target->path, s, err))
		return NULL;
	s->beside = folder_beside(a, target->name, s->dir);
	if (s->beside && fs_mkdirs(s->beside, err))
		return NULL;
	s->grants = shared_grants(a, grants_of(a, o->grants, target, o->confine->home), s->dir);
	make_granted(a, s->grants, s->modules);
	return s;
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

static const char *grant_name(struct arena *a, struct node *node)
{
	const char *name = allow_identify(a, node).name;

	return name ? name : node->name;
}

static void tell_refusals(const struct lifecycle_options *o, const struct confine_report *report, const char *who)
{
	if (report->lines.count)
		report_warn(o->reporter, "sandbox", "a script of %s was refused:", who);
	for (size_t i = 0; i < report->lines.count; i++)
		report_warn(o->reporter, "sandbox", "  %s", VEC_AT(&report->lines, const char, i));
}

/* A package nobody may look into could not even be taken away. */
static void open_up(const char *dir)
{
	int fd = open(dir, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);	/* what is looked at is what is changed */
	char by_fd[32];
	struct stat st;

	if (fd < 0)
		return;
	snprintf(by_fd, sizeof(by_fd), "/proc/self/fd/%d", fd);
	if (fstat(fd, &st) == 0 && (st.st_mode & S_IRWXU) != S_IRWXU)
		(void)!chmod(by_fd, (st.st_mode & 07777) | S_IRWXU);
	close(fd);
}

static void clean_up(const struct lifecycle_options *o, const struct confine_script *s)
{
	struct err ignored = ERR_INIT;

	open_up(s->dir);
	if (fs_remove_tree(s->tmp, &ignored))
		report_warn(o->reporter, "sandbox", "%s stays behind: %s", s->tmp, ignored.text);
	if (s->beside)
		rmdir(s->beside);	/* when nothing is in it */
}

void confined_end(struct arena *a, const struct lifecycle_options *o, const struct confine_script *s, struct node *node,
		  const struct proc_result *result)
{
	struct confine_report report;
	const char *name;

	if (!s)
		return;
	clean_up(o, s);
	confine_report_parse(a, result->report, s->confine, &report);
	tell_refusals(o, &report, node_id(node));
	name = grant_name(a, node_target(node));
	if (report.flags.count && name && !o->confined_project)
		report_warn(o->reporter, "sandbox", "if it may: %s", grant_command(a, name, &report.flags));
}

void confined_end_project(struct arena *a, const struct lifecycle_options *o, const struct confine_script *s, const char *who,
			  const struct proc_result *result)
{
	struct confine_report report;

	if (!s)
		return;
	clean_up(o, s);
	confine_report_parse(a, result->report, s->confine, &report);
	tell_refusals(o, &report, who);
}
