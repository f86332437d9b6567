/* SPDX-License-Identifier: MIT */
#include "install/npmext.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/talk.h"
#include "install/project.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"
#include "runtime/node.h"

#include <string.h>

#define CODE_MAX ((size_t)16 << 20)
#define MANIFEST_MAX ((size_t)64 << 20)

static const struct {
	const char *format, *file;
} kinds[] = {{"mjs", ".npm-extension.mjs"}, {"cjs", ".npm-extension.cjs"}};

/* ---- the file ---- */

static int take(struct npmext *x, const char *path, const char *format, struct err *err)
{
	struct str bytes;

	if (fs_read_if(x->arena, path, CODE_MAX, &bytes, err) < 0)
		return -1;
	if (!bytes.ptr)
		return 0;
	if (x->path)
		return err_set_as(err, "ENPMEXTENSIONDUP", "found both .npm-extension.mjs and .npm-extension.cjs; keep only one");
	x->path = path;
	x->format = format;
	x->bytes = bytes;
	return 0;
}

/* The one that the setting extension-file names. */
static int take_named(struct npmext *x, const char *file, struct err *err)
{
	const char *path = path_resolve(x->arena, x->root, file), *format = NULL;

	if (!path_is_in(path, x->root))
		return err_set_as(err, "ENPMEXTENSIONPATH", "extension-file \"%s\" must resolve inside the project root", file);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (cstr_ends(path, arena_printf(x->arena, ".%s", kinds[i].format)))
			format = kinds[i].format;
	if (!format)
		return err_set_as(err, "ENPMEXTENSIONPATH", "extension-file \"%s\" must use a .mjs or .cjs extension", file);
	if (take(x, path, format, err) < 0)
		return -1;
	return x->path ? 0 : err_set_as(err, "ENPMEXTENSIONPATH", "extension-file \"%s\" was not found", file);
}

int npmext_find(struct npmext *x, struct arena *a, const char *root, const char *file, struct err *err)
{
	*x = (struct npmext){.arena = a, .root = root};
	map_init(&x->done, a);
	if (file && *file)
		return take_named(x, file, err);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (take(x, path_join(a, root, kinds[i].file), kinds[i].format, err) < 0)
			return -1;
	return 0;
}

bool npmext_exists(struct arena *a, const char *dir)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (fs_exists(path_join(a, dir, kinds[i].file)))
			return true;
	return false;
}

void npmext_places(struct vec *names)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		vec_add(names, (void *)kinds[i].file);
}

/* ---- the helper ---- */

/* One answer as JSON; what went wrong over there is our error. */
static struct json *ask(struct npmext *x, struct str line, struct err *err)
{
	struct str text;
	struct json *answer;
	const struct json *error;

	if (talk_ask(x->talk, line, x->arena, &text, err) < 0) {
		err_note(err, "while running %s", x->path);
		return NULL;
	}
	answer = json_parse(x->arena, text, x->path, err);
	error = json_find(answer, "error");
	if (!error)
		return answer;
	const char *code = json_find_text(error, "code"), *message = json_find_text(error, "message");

	if (code && *code)
		err_set_as(err, code, "%s", message ? message : "");
	else
		err_set(err, ERR_EGENERIC, "%s", message ? message : "");
	return NULL;
}

int npmext_load(struct npmext *x, struct err *err)
{
	struct runtime rt;

	if (!x->path || x->talk)
		return 0;
	if (runtime_find(x->arena, &rt, err) < 0)
		return -1;
	const char *argv[] = {rt.node, "--input-type=module", "--eval", npmext_script, "--", x->path, x->format, x->root, NULL};

	x->talk = talk_start(x->arena, &(struct talk_options){.file = rt.node, .argv = argv, .max_answer = MANIFEST_MAX}, err);
	return x->talk && ask(x, STR_NULL, err) ? 0 : -1;
}

void npmext_close(struct npmext *x)
{
	talk_end(x->talk);
	x->talk = NULL;
}

/* ---- manifests ---- */

/* Nothing that comes back is believed: the four fields, objects, of texts or objects. */
static bool field_ok(const char *field, const struct json *v)
{
	bool meta = streq(field, "peerDependenciesMeta");

	if (!json_is(v, JSON_OBJECT))
		return false;
	for (uint32_t i = 0; i < v->count; i++)
		if (!json_is(v->members[i].value, meta ? JSON_OBJECT : JSON_STRING))
			return false;
	return true;
}

static int change(struct npmext *x, struct manifest *m, const struct json *answer, struct extended *out, struct err *err)
{
	static const char *const names[] = {"dependencies", "optionalDependencies", "peerDependencies", "peerDependenciesMeta"};
	struct json *applied = json_find(answer, "applied"), *pkg;

	if (!json_is(applied, JSON_OBJECT))
		return 0;
	pkg = json_copy(x->arena, m->raw);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct json *v = json_find(json_find(answer, "fields"), names[i]);

		if (!v)
			continue;
		if (!field_ok(names[i], v))
			return err_set_as(err, "ENPMEXTENSIONVALUE",
				".npm-extension transformManifest set %s to an invalid value on %s@%s", names[i], m->name, m->version);
		json_put(x->arena, pkg, names[i], v);
	}
	*out = (struct extended){manifest_from_json(x->arena, pkg), applied};
	return 0;
}

static int transform(struct npmext *x, struct manifest *m, struct extended *out, struct err *err)
{
	struct buf line = BUF_INIT(MANIFEST_MAX);
	struct json *answer;

	json_format(&line, m->raw, NULL);
	answer = line.failed ? NULL : ask(x, buf_str(&line), err);
	if (line.failed)
		err_set(err, ERR_ETOOBIG, "the manifest of %s is too large for %s", m->name, x->path);
	buf_release(&line);
	return answer ? change(x, m, answer, out, err) : -1;
}

int npmext_apply(struct npmext *x, struct manifest *m, const char *identity, struct extended *out, struct err *err)
{
	struct extended *known = identity ? map_find(&x->done, identity) : NULL;

	*out = (struct extended){m, NULL};
	if (!x->talk || !m->name || !m->name[0])
		return 0;
	if (known) {
		if (known->applied)
			*out = *known;
		return 0;
	}
	if (transform(x, m, out, err) < 0)
		return -1;
	if (!identity)
		return 0;
	known = ARENA_NEW(x->arena, struct extended);
	*known = *out;
	map_put(&x->done, arena_strdup(x->arena, identity), known);
	return 0;
}
