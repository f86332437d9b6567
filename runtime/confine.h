/* SPDX-License-Identifier: MIT
 *
 * The sandbox around a dependency's script: which files it gets, what its environment keeps, and what it was refused. The
 * project's own scripts are not confined.
 *
 * A script may read the system's programs, the runtime, what its PATH names, and node_modules; it may write in its own
 * package and in a temporary directory of its own. The rest of the home directory, of the project and of lode's cache it
 * cannot see. It has no network. Grants add to that.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"
#include "base/vec.h"
#include "sandbox/kernel.h"
#include "sandbox/policy.h"

struct arena;
struct err;
struct map;
struct runtime;

enum confine_mode {
	CONFINE_PREFER,		/* as far as the kernel can; what is left open is said once */
	CONFINE_REQUIRE,	/* where the kernel cannot do all of it, no dependency's script runs */
};

/* What a project grants some of its packages, beyond the default. */
struct confine_grants {
	struct vec reads, writes;	/* of const char *: absolute paths */
	struct vec files;		/* to write, too */
	struct vec env;			/* of const char *: names of variables that are kept although they look secret */
	bool net;
	struct sandbox_limits limits;	/* 0: the default */
};

struct confine {
	enum confine_mode mode;
	struct sandbox_kernel kernel;	/* known once it is asked for (install/confined.h) */
	const char *program;		/* lode-confine */
	const char *home, *project, *cache;	/* hidden, but for what is granted in them; NULL: none */
	const char *headers;		/* the runtime's directory, when its C headers are in it: what node-gyp builds against */
	struct vec reads;		/* of const char *: what every script of the project may read */
	bool *told;			/* what this kernel leaves open was said: once is enough, copies share it */
};

enum confine_verdict { CONFINE_GO, CONFINE_GO_AND_SAY, CONFINE_NOT_AND_SAY, CONFINE_REFUSE };

/* What the setting has it do on such a kernel: confine, also where it has to say what is left open; not confine; run nothing. */
enum confine_verdict confine_decide(enum confine_mode mode, const struct sandbox_kernel *k);
/* Where everything is. reads is empty: the caller adds what the project has to be read. */
void confine_init(struct confine *c, struct arena *a, const struct runtime *rt);
void confine_grants_init(struct confine_grants *g, struct arena *a);

/* One script, about to run. */
struct confine_script {
	const struct confine *confine;
	const struct confine_grants *grants;
	const char *dir;		/* its package: the real path, which must not have a link in it */
	const char *beside;		/* a folder beside it that is its own as well, NULL: none */
	const char *modules;		/* the node_modules it is in; NULL: none */
	const char *tmp;		/* its own temporary directory */
};

/* Its environment: secrets taken out, TMPDIR and npm's settings files changed. */
void confine_env(struct arena *a, const struct confine_script *s, struct map *env);
/* The arguments (const char *, NULL at the end) that run argv confined; envp is where its PATH is. */
const char *const *confine_argv(struct arena *a, const struct confine_script *s, const char *const *argv,
				const char *const *envp);

/* What a script was refused, as sandbox/refusals.h tells it. */
struct confine_report {
	struct vec lines;	/* of const char *, for people: "reading ~/.ssh/id_ed25519" */
	struct vec flags;	/* of const char *: what would grant it: "--allow-net" */
};

/* Paths in the project are told relative to it, those in the home directory with "~". What nobody should grant (keys, the
 * shell's settings, whole home directories, the system) is told, but no flag. */
void confine_report_parse(struct arena *a, struct str text, const struct confine *c, struct confine_report *out);
