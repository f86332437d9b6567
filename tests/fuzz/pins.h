/* SPDX-License-Identifier: MIT
 *
 * What the fuzz targets of the readers of pins share: any text is read or refused with a reason; what was read can be asked.
 */
#pragma once

#include "fuzz.h"

#include "base/arena.h"
#include "base/err.h"
#include "lockfile/pins.h"
#include "resolver/spec.h"

#include <stdlib.h>

static inline void pins_try(const uint8_t *data, size_t size,
			    int (*read)(struct pins *p, struct str text, const char *what, struct err *err))
{
	static const char *const specs[] = {"*", "^1.0.0", "1.0.0", "latest", "npm:b@^1", "github:u/r"};
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT, ignored = ERR_INIT;
	struct pins p;

	pins_init(&p, &a);
	if ((read(&p, (struct str){(const char *)data, size}, "lock", &err) < 0) != (err.code != ERR_OK))
		abort();
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		const struct spec *spec = spec_resolve(&a, "a", specs[i], "/p", &ignored);
		const struct pin *pin = pins_choose(&p, &(struct pin_query){.spec = spec, .folder = ""});

		if (pin && spec->registry && !pin->version)
			abort();
		pins_choose(&p, &(struct pin_query){.spec = spec, .name = "b", .version = "1.0.0"});
	}
	arena_release(&a);
}
