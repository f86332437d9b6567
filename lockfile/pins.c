/* SPDX-License-Identifier: MIT */
#include "lockfile/pins.h"

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"
#include "resolver/range.h"
#include "resolver/semver.h"
#include "resolver/spec.h"

#include <string.h>

#define ASKED_MAX 1024	/* no real names are longer; it keeps a hostile file from growing */

void pins_init(struct pins *p, struct arena *a)
{
	p->arena = a;
	map_init(&p->by_id, a);
	map_init(&p->by_name, a);
	map_init(&p->by_spec, a);
	map_init(&p->by_asker, a);
}

const char *pins_package_id(struct pins *p, const char *name, const char *version)
{
	return arena_printf(p->arena, "%s@%s", name, version);
}

const char *pins_folder_id(struct pins *p, const char *folder)
{
	return arena_printf(p->arena, "/%s", streq(folder, ".") ? "" : folder);
}

static struct vec *versions_of(struct pins *p, const char *name)
{
	struct vec *list = map_find(&p->by_name, name);
	if (list)
		return list;
	list = ARENA_NEW(p->arena, struct vec);
	vec_init(list, p->arena);
	map_put(&p->by_name, name, list);
	return list;
}

struct pin *pins_package(struct pins *p, const char *name, const char *version, const char *integrity)
{
	const char *id = pins_package_id(p, name, version);
	struct pin *pin = map_find(&p->by_id, id);
	if (!pin) {
		pin = ARENA_NEW(p->arena, struct pin);
		pin->name = arena_strdup(p->arena, name);
		pin->version = arena_strdup(p->arena, version);
		map_put(&p->by_id, id, pin);
		vec_add(versions_of(p, pin->name), pin);
	}
	if (!pin->integrity && integrity && *integrity)
		pin->integrity = arena_strdup(p->arena, integrity);
	return pin;
}

static void put_first(struct map *m, const char *key, struct pin *pin)
{
	if (pin && !map_has(m, key))
		map_put(m, key, pin);
}

void pins_put_spec(struct pins *p, const char *name, const char *spec, struct pin *pin)
{
	put_first(&p->by_spec, pins_package_id(p, name, spec), pin);
}

void pins_put_asked(struct pins *p, const char *asker, const char *name, struct pin *pin)
{
	if (strlen(asker) + strlen(name) > ASKED_MAX)
		return;
	put_first(&p->by_asker, arena_printf(p->arena, "%s %s", asker, name), pin);
}

static const struct pin *asked_pin(const struct pins *p, const struct pin_query *q, struct arena *scratch)
{
	const char *key = NULL;
	if (q->folder && q->spec->name)
		key = arena_printf(scratch, "/%s %s", q->folder, q->spec->name);
	else if (q->name && q->version && q->spec->name)
		key = arena_printf(scratch, "%s@%s %s", q->name, q->version, q->spec->name);
	return key ? map_find(&p->by_asker, key) : NULL;
}

static const struct pin *spec_pin(const struct pins *p, const struct pin_query *q, struct arena *scratch)
{
	return q->spec->name ? map_find(&p->by_spec, arena_printf(scratch, "%s@%s", q->spec->name, q->spec->raw_spec)) : NULL;
}

/* Is the pin what the spec could have been resolved to? range: what it must satisfy, NULL for anything. */
static bool suits(const struct pin *pin, const struct spec *spec, const struct range *range)
{
	if (!pin)
		return false;
	if (spec->type == SPEC_GIT)
		return pin->commit != NULL;
	if (!spec->registry)
		return !pin->version && pin->integrity;
	return pin->version && streq(pin->name, spec->name) && (!range || range_test_text(range, pin->version));
}

static const struct pin *highest(const struct pins *p, const struct spec *spec, const struct range *range)
{
	const struct vec *list = map_find(&p->by_name, spec->name);
	const struct pin *best = NULL;
	for (size_t i = 0; list && i < list->count; i++) {
		const struct pin *pin = list->items[i];
		struct semver now, top;
		if (!suits(pin, spec, range) || !semver_parse(&now, str_from(pin->version), SEMVER_LOOSE))
			continue;
		if (!best || (semver_parse(&top, str_from(best->version), SEMVER_LOOSE) && semver_compare(&now, &top) > 0))
			best = pin;
	}
	return best;
}

static const struct pin *choose(const struct pins *p, const struct pin_query *q, struct arena *scratch)
{
	const struct spec *real = q->spec->sub ? q->spec->sub : q->spec;
	bool ranged = real->type == SPEC_VERSION || real->type == SPEC_RANGE;
	const struct range *range = NULL;
	if (real->registry && (!real->name || !real->fetch_spec))
		return NULL;
	if (ranged)
		range = range_parse(scratch, str_from(real->fetch_spec), SEMVER_LOOSE);
	if (ranged && !range)
		return NULL;
	const struct pin *pin = asked_pin(p, q, scratch);
	if (!suits(pin, real, range))
		pin = spec_pin(p, q, scratch);
	if (!suits(pin, real, range))
		pin = ranged ? highest(p, real, range) : NULL;
	return pin;
}

const struct pin *pins_choose(const struct pins *p, const struct pin_query *q)
{
	struct arena scratch = ARENA_INIT;
	const struct pin *pin = choose(p, q, &scratch);
	arena_release(&scratch);
	return pin;
}
