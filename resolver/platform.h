/* SPDX-License-Identifier: MIT
 *
 * May a package be installed here (npm-install-checks): its engines against the runtime and npm, its os, cpu and libc
 * lists against the machine. What a failure means (a warning, an error, leaving an optional dependency
 * out) is the caller's to decide.
 */
#pragma once

#include "base/base.h"

struct arena;
struct json;
struct manifest;
struct platform_field;

/* The machine a tree is for: --os, --cpu and --libc, or what host.h says. */
struct platform {
	const char *os;
	const char *cpu;
	const char *libc;	/* NULL: not known, so that any list of it fails */
};

/* Missing settings (NULL) are this machine's; libc only where os is linux. */
struct platform platform_make(const char *os, const char *cpu, const char *libc);

/* Versions without a leading v; NULL or "" is not checked. engines is an object, or anything for "none". */
bool platform_engine_ok(const struct json *engines, const char *npm_version, const char *node_version);
/* Do os, cpu and libc of the manifest allow this platform. */
bool platform_ok(const struct manifest *m, const struct platform *p);
/* One list: "any" alone; no "!value"; and one of the others, if there are others. value may be NULL. */
bool platform_field_ok(const struct platform_field *field, const char *value);
