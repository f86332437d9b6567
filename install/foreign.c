/* SPDX-License-Identifier: MIT */
#include "install/foreign.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "install/project.h"
#include "lockfile/pins.h"
#include "lockfile/yarn.h"
#include "resolver/ideal.h"
#include "resolver/spec.h"

static const struct {
	const char *name;
	int (*read)(struct pins *p, struct str text, const char *what, struct err *err);
} readers[] = {
	{YARN_NAME, berry_read},	/* yarn 1's was read with the project */
	{"pnpm-lock.yaml", pnpm_read},
	{"bun.lock", bun_read},
};

static int try_read(struct foreign *f, size_t reader, struct err *err)
{
	const char *name = readers[reader].name;
	struct str text;

	if (fs_read_if(f->arena, path_join(f->arena, f->path, name), FOREIGN_MAX, &text, err) < 0)
		return -1;
	if (!text.ptr || !text.len || (readers[reader].read == berry_read && !yarn_is_berry(text)))
		return 0;
	f->name = name;
	f->pins = ARENA_NEW(f->arena, struct pins);
	pins_init(f->pins, f->arena);
	return readers[reader].read(f->pins, text, name, err);
}

int foreign_read(struct foreign *f, struct arena *a, const struct project *p, struct err *err)
{
	*f = (struct foreign){.arena = a, .path = p->options.path, .yarn = p->yarn};
	map_init(&f->specs, a);
	if (p->yarn)
		f->name = YARN_NAME;
	for (size_t i = 0; i < ARRAY_LEN(readers) && !f->name; i++) {
		if (try_read(f, i, err) == 0)
			continue;
		err_note(err, "move '%s' away to resolve everything anew", readers[i].name);
		return -1;
	}
	return 0;
}

/* The spec with what it was locked to; NULL when that cannot be said. */
static const struct spec *pinned_spec(struct foreign *f, const struct spec *spec, const struct pin *pin)
{
	struct err ignored = ERR_INIT;
	const char *text = NULL, *key;
	struct spec *out;

	if (!spec->registry && spec->type != SPEC_GIT)
		return spec;
	if (spec->sub)
		text = arena_printf(f->arena, "npm:%s@%s", pin->name, pin->version);
	else if (spec->registry)
		text = pin->version;
	else if (pin->commit)
		text = arena_printf(f->arena, "%s#%s",
			str_dup(f->arena, str_cut(str_from(spec->raw_spec), '#', &(struct str){0})), pin->commit);
	if (!text || spec->git_subdir)
		return NULL;
	key = arena_printf(f->arena, "%s@%s", spec->name, text);
	out = map_find(&f->specs, key);
	if (!out)
		out = spec_resolve(f->arena, spec->name, text, spec->where ? spec->where : f->path, &ignored);
	if (out)
		map_put(&f->specs, key, out);
	return out;
}

bool foreign_locked(const struct ideal_asker *who, struct ideal_lock *out, void *ctx)
{
	struct foreign *f = ctx;
	const struct yarn_choice *choice = f->yarn ? yarn_choose(f->yarn, who->spec) : NULL;
	const struct pin *pin = NULL;

	if (choice)
		*out = (struct ideal_lock){.spec = choice->spec, .integrity = choice->integrity, .firm = true};
	if (!choice && f->pins)
		pin = pins_choose(f->pins, &(struct pin_query){
			.spec = who->spec, .name = who->name, .version = who->version, .folder = who->folder});
	if (pin)
		*out = (struct ideal_lock){.spec = pinned_spec(f, who->spec, pin), .integrity = pin->integrity};
	return out->spec != NULL;
}
