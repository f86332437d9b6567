/* SPDX-License-Identifier: MIT
 *
 * Another tool's lockfile while resolving: what it keeps for a spec is looked up in the spec's place.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "resolver/ideal_int.h"
#include "resolver/manifest.h"
#include "resolver/spec.h"
#include "resolver/ssri.h"

static bool lock_of(const struct ideal *id, const struct ideal_asker *who, struct ideal_lock *out)
{
	*out = (struct ideal_lock){0};
	return id->options.locked && id->options.locked(who, out, id->options.locked_ctx);
}

/* A copy in a virtual root asks as its original does. */
static struct ideal_asker asker_of(const struct spec *spec, const struct node *from)
{
	const struct node *n = from->source ? from->source : from;

	if (!n->parent && n->location)
		return (struct ideal_asker){.spec = spec, .folder = n->location};
	return (struct ideal_asker){.spec = spec, .name = n->manifest->name, .version = n->manifest->version};
}

const struct spec *ideal_locked_spec(const struct ideal *id, const struct spec *spec, const struct node *from)
{
	struct ideal_asker who = asker_of(spec, from);
	struct ideal_lock lock;

	return lock_of(id, &who, &lock) ? lock.spec : spec;
}

const struct spec *ideal_locked_dep(const struct ideal *id, const struct spec *spec, const struct manifest *from)
{
	struct ideal_lock lock;

	return lock_of(id, &(struct ideal_asker){.spec = spec, .name = from->name, .version = from->version}, &lock) ? lock.spec
														      : spec;
}

/* An algorithm both have, for the message; NULL when there is none. */
static const char *common_algorithm(const struct ssri *a, const struct ssri *b)
{
	for (const struct ssri_hash *x = a->first; x; x = x->next)
		for (const struct ssri_hash *y = b->first; y; y = y->next)
			if (streq(x->algorithm, y->algorithm))
				return x->algorithm;
	return NULL;
}

/* What a registry gave, which must agree with the lockfile; what both know of its integrity is kept. */
static const struct ideal_found *with_integrity(struct ideal *id, const struct ideal_found *f, const struct ideal_lock *lock)
{
	const char *key = arena_printf(id->arena, "kept %s %s", lock->spec->raw, lock->integrity);
	struct ssri *kept = ssri_parse(id->arena, str_from(lock->integrity), 0), *have;
	struct ideal_found *out = map_find(&id->found, key);
	const char *algorithm;

	if (out || ssri_is_empty(kept))
		return out ? out : f;
	out = ARENA_NEW(id->arena, struct ideal_found);
	*out = *f;
	have = ssri_parse(id->arena, str_from(f->integrity), 0);
	algorithm = ssri_match(kept, have) ? NULL : common_algorithm(kept, have);
	if (algorithm) {
		struct err err = ERR_INIT;

		err_set(&err, ERR_EINTEGRITY, "Integrity checksum failed when using %s: wanted %s but got %s.", algorithm,
			lock->integrity, f->integrity);
		out->manifest = NULL;
		out->err = ideal_keep_err(id, &err);
	} else if (ssri_merge(id->arena, kept, have)) {
		out->integrity = ssri_format(id->arena, kept, NULL, 0);
	}
	map_put(&id->found, key, out);
	return out;
}

/* The user named it on the command line: what was locked does not bind. */
static bool is_asked_anew(struct ideal *id, const struct edge *e)
{
	return vec_find(&id->explicit_edges, e) >= 0 || ideal_is_update_name(e->name, id);
}

/* Where a lockfile sends to a URL or a file, the rules for those hold. NULL: it may be looked up. */
static const struct ideal_found *forbidden(struct ideal *id, const struct ideal_lock *lock, const struct edge *e)
{
	struct ideal_found *out;
	struct err err = ERR_INIT;

	if (ideal_check_allowed(id, lock->spec, e->from, &err) == 0)
		return NULL;
	out = ARENA_NEW(id->arena, struct ideal_found);
	out->err = ideal_keep_err(id, &err);
	return out;
}

const struct ideal_found *ideal_find_locked(struct ideal *id, const struct spec *spec, const struct edge *e)
{
	struct ideal_asker who = asker_of(spec, e->from);
	const struct ideal_found *f;
	struct ideal_lock lock;

	if (!lock_of(id, &who, &lock) || (!lock.firm && is_asked_anew(id, e)))
		return ideal_find(id, spec, e->from);
	f = forbidden(id, &lock, e);
	if (f)
		return f;
	f = ideal_find_with(id, lock.spec, e->from, lock.integrity);
	if (!f->manifest && !lock.firm && !(f->err && f->err->code == ERR_EINTEGRITY))
		return ideal_find(id, spec, e->from);
	return f->manifest && lock.integrity && lock.spec->registry ? with_integrity(id, f, &lock) : f;
}
