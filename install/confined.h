/* SPDX-License-Identifier: MIT
 *
 * The sandbox of one installed package's script: its temporary directory, its grants, and what is said about what it was
 * refused. Folders a project links to are its user's own work and run as the project's scripts do.
 */
#pragma once

#include "base/base.h"

struct arena;
struct confine;
struct confine_script;
struct err;
struct lifecycle_options;
struct node;
struct proc_result;

/* o->confine, with what the kernel offers. Where that is not all: says what is left open, gives NULL or fails (ESANDBOX), as the
 * setting has it. Asked once, when there are scripts to run. */
int confined_check(struct arena *a, const struct lifecycle_options *o, const struct confine **out, struct err *err) MUST_USE;
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
