/* SPDX-License-Identifier: MIT
 *
 * A shared library that few runs need: loaded when one does, for good. Loading libcurl with all that it brings takes longer than
 * a small install. Who uses one lists the functions it calls; the types stay those of the library's header:
 *
 *	#define CALLS(X) X(multi_init) X(multi_cleanup)
 *	#define POINTER(name) __typeof__(&curl_##name) name;
 *	#define NAME(name) "curl_" #name,
 *	static struct { CALLS(POINTER) } curl;
 *	static const char *const names[] = {CALLS(NAME)};
 *	static struct library libcurl = LIBRARY(LODE_CURL_SONAME, names, curl);
 *	…
 *	if (library_need(&libcurl, err) < 0)
 *		return -1;
 *	multi = curl.multi_init();
 *
 * The sonames come from the build (cmake/Libraries.cmake): those of the libraries whose headers were compiled against.
 */
#pragma once

#include "base/base.h"

#include <pthread.h>
#include <stdatomic.h>

struct err;

struct library {
	const char *soname;
	const char *const *names;
	void *calls;			/* n pointers to functions, in the order of the names */
	size_t n;
	pthread_mutex_t lock;
	atomic_bool loaded;
};

#define LIBRARY(soname_, names_, calls_)                                                                               \
	{.soname = (soname_), .names = (names_), .calls = &(calls_), .n = sizeof(calls_) / sizeof(void (*)(void)),     \
	 .lock = PTHREAD_MUTEX_INITIALIZER}

/* Once it returned 0, every function of the table may be called, on any thread. -1: ERR_DLOPEN_FAILED, and none may. */
int library_need(struct library *l, struct err *err) MUST_USE;
/* For functions that cannot fail: without the library the program ends, with the status that the dynamic linker has for it. */
void library_must(struct library *l);
