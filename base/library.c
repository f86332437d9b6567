/* SPDX-License-Identifier: MIT */
#include "base/library.h"

#include "base/err.h"
#include "base/str.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What dlerror() says begins with the name of the library, most of the time. */
static int fail(const struct library *l, struct err *err)
{
	const char *why = dlerror();
	size_t n = strlen(l->soname);

	if (why && strncmp(why, l->soname, n) == 0 && cstr_starts(why + n, ": "))
		why += n + 2;
	return err_set_as(err, "ERR_DLOPEN_FAILED", "%s cannot be loaded: %s", l->soname, why ? why : "no reason given");
}

/* Never unloaded, for it may have left threads and exit handlers: what was found is good until the end. */
static int load(struct library *l, struct err *err)
{
	void *handle = dlopen(l->soname, RTLD_LAZY | RTLD_LOCAL);

	if (!handle)
		return fail(l, err);
	for (size_t i = 0; i < l->n; i++) {
		void *call = dlsym(handle, l->names[i]);

		if (!call)
			return fail(l, err);
		/* C knows no conversion between the two kinds of pointers; POSIX says that they look the same. */
		memcpy((char *)l->calls + i * sizeof(call), &call, sizeof(call));
	}
	return 0;
}

int library_need(struct library *l, struct err *err)
{
	int rc = 0;

	if (atomic_load_explicit(&l->loaded, memory_order_acquire))
		return 0;
	pthread_mutex_lock(&l->lock);
	if (!atomic_load_explicit(&l->loaded, memory_order_relaxed)) {
		rc = load(l, err);
		atomic_store_explicit(&l->loaded, rc == 0, memory_order_release);
	}
	pthread_mutex_unlock(&l->lock);
	return rc;
}

void library_must(struct library *l)
{
	struct err err = ERR_INIT;

	if (library_need(l, &err) == 0)
		return;
	fprintf(stderr, "lode: %s\n", err.text);
	_exit(127);
}
