/* SPDX-License-Identifier: MIT
 *
 * The sandbox of one installed package's script: its temporary directory, its grants, and what is said about what it was
 * refused. Folders a project links to are its user's own work and run as the project's scripts do.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"
#include "base/vec.h"

struct arena;
struct confine;
struct confine_script;
struct err;
struct lifecycle_options;
struct node;
struct proc_result;
struct reporter;

/* o->confine, with what the kernel offers. Where that is not all: says what is left open, gives NULL or fails (ESANDBOX), as the
 * setting has it. Asked once, when there are scripts to run. */
int confined_check(struct arena *a, const struct lifecycle_options *o, const struct confine **out, struct err *err) MUST_USE;
/* On a worker, before a stranger's repository is prepared by another lode: ESANDBOX where the setting has nothing run. */
int confined_may_prepare(struct arena *a, const struct confine *c, struct err *err) MUST_USE;
/* What that lode said of its sandbox (const char *, in a) of all it wrote to stderr … */
void confined_pick_said(struct arena *a, struct str text, struct vec *said);
/* … and, on the main thread, the same to the user; of the kernel only what was not said before. */
void confined_hand_on(struct reporter *r, const struct confine *c, const char *what, const struct vec *said);
/* For a script of node's; NULL with err clear: it is not confined. */
const struct confine_script *confined_begin(struct arena *a, const struct lifecycle_options *o, struct node *node,
					    struct err *err) MUST_USE;
/* For a script of the project's own, or of a folder it links to: confined only where the whole project is a stranger's. */
const struct confine_script *confined_begin_project(struct arena *a, const struct lifecycle_options *o, const char *dir,
						    struct err *err) MUST_USE;
/* The script is over: its temporary directory goes, and the reporter hears what it was refused. s may be NULL. */
void confined_end(struct arena *a, const struct lifecycle_options *o, const struct confine_script *s, struct node *node,
		  const struct proc_result *result);
void confined_end_project(struct arena *a, const struct lifecycle_options *o, const struct confine_script *s, const char *who,
			  const struct proc_result *result);
