/* SPDX-License-Identifier: MIT */
#include "cli/engines.h"

#include <string.h>
#include <sys/utsname.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/config_room.h"
#include "cli/inspect.h"
#include "cli/runtimes.h"
#include "resolver/platform.h"
#include "resolver/range.h"

#define MAX_PACKAGE ((size_t)64 << 20)

static bool one_of(const char *const *words, const char *word)
{
	for (; *words; words++)
		if (streq(*words, word))
			return true;
	return false;
}

/* Is an entry written as one has to be? */
static int check_entry(const struct json *wanted, const struct json *current, const char *engine, struct err *err)
{
	static const char *const properties[] = {"name", "version", "onFail", NULL};
	static const char *const ways[] = {"ignore", "warn", "error", "download", NULL};
	if (!json_is(wanted, JSON_OBJECT))
		return err_set(err, ERR_EGENERIC, "Invalid non-object value for \"%s\"", engine);
	for (uint32_t i = 0; i < wanted->count; i++)
		if (!one_of(properties, wanted->members[i].key))
			return err_set(err, ERR_EGENERIC, "Invalid property \"%s\" for \"%s\"", wanted->members[i].key, engine);
	const struct json *name = json_find(wanted, "name"), *fail = json_find(wanted, "onFail");
	if (!name)
		return err_set(err, ERR_EGENERIC, "Missing \"name\" property for \"%s\"", engine);
	if (!json_is(name, JSON_STRING))
		return err_set(err, ERR_EGENERIC, "Invalid non-string value for \"name\" within \"%s\"", engine);
	if (!json_find_text(current, "name"))
		return err_set(err, ERR_EGENERIC, "Unable to determine \"name\" for \"%s\"", engine);
	if (fail && !json_is(fail, JSON_STRING))
		return err_set(err, ERR_EGENERIC, "Invalid non-string value for \"onFail\" within \"%s\"", engine);
	if (fail && !one_of(ways, fail->text))
		return err_set(err, ERR_EGENERIC, "Invalid onFail value \"%s\" for \"%s\"", fail->text, engine);
	return 0;
}

/* Why this entry is not met; NULL when it is, or when err is set. */
static const char *mismatch(struct arena *a, const struct json *wanted, const struct json *current, const char *engine,
			    struct err *err)
{
	if (check_entry(wanted, current, engine, err))
		return NULL;
	const char *name = json_find_text(wanted, "name"), *is = json_find_text(current, "name");
	const struct json *version = json_find(wanted, "version");
	const char *own = json_find_text(current, "version");
	if (!streq(name, is))
		return arena_printf(a, "Invalid name \"%s\" does not match \"%s\" for \"%s\"", name, is, engine);
	if (!version)
		return NULL;
	if (!json_is(version, JSON_STRING))
		err_set(err, ERR_EGENERIC, "Invalid non-string value for \"version\" within \"%s\"", engine);
	else if (!own || !*own)
		err_set(err, ERR_EGENERIC, "Unable to determine \"version\" for \"%s\" \"%s\"", engine, name);
	if (err->code != ERR_OK)
		return NULL;
	const struct range *range = range_parse(a, str_from(version->text), 0);
	if (range ? range_test_text(range, own) : streq(version->text, own))
		return NULL;
	return arena_printf(a, "Invalid %sversion \"%s\" does not match \"%s\" for \"%s\"", range ? "semver " : "",
			    version->text, own, engine);
}

/* One engine: an entry, or several of which one has to be met. */
static int check_engine(struct arena *a, const struct json_member *m, const struct json *current, struct json *out,
			struct err *err)
{
	struct json *single[] = {m->value};
	bool list = json_is(m->value, JSON_ARRAY);
	struct json **entries = list ? m->value->items : single;
	uint32_t n = list ? m->value->count : 1, failed = 0;
	const char *message = arena_printf(a, "Invalid devEngines.%s", m->key);
	for (uint32_t i = 0; i < n; i++) {
		const char *why = mismatch(a, entries[i], current, m->key, err);
		if (err->code != ERR_OK)
			return -1;
		failed += why != NULL;
		message = why ? arena_printf(a, "%s\n%s", message, why) : message;
	}
	if (!n || failed < n)
		return 0;
	const char *way = json_find_text(entries[n - 1], "onFail");
	struct json *one = json_object(a);
	json_put_text(a, one, "engine", m->key);
	json_put_text(a, one, "message", message);
	json_put_text(a, one, "onFail", !way || streq(way, "download") ? "error" : way);
	json_put(a, one, "current", json_copy(a, current));
	json_put(a, one, "required", json_copy(a, m->value));
	json_add(a, out, one);
	return 0;
}

struct json *engines_failures(struct arena *a, const struct json *wanted, const struct json *current, struct err *err)
{
	static const char *const engines[] = {"packageManager", "runtime", "cpu", "libc", "os", NULL};
	struct json *out = json_array(a);
	if (!json_is(wanted, JSON_OBJECT)) {
		err_set(err, ERR_EGENERIC, "Invalid non-object value for \"devEngines\"");
		return NULL;
	}
	for (uint32_t i = 0; i < wanted->count; i++) {
		const struct json_member *m = &wanted->members[i];
		if (!one_of(engines, m->key)) {
			err_set(err, ERR_EGENERIC, "Invalid property \"devEngines.%s\"", m->key);
			return NULL;
		}
		const struct json *is = json_find(current, m->key);
		if (check_engine(a, m, is ? is : json_object(a), out, err))
			return NULL;
	}
	return out;
}

static void put_engine(struct arena *a, struct json *to, const char *engine, const char *name, const char *version)
{
	struct json *v = json_object(a);
	if (name)
		json_put_text(a, v, "name", name);
	if (version)
		json_put_text(a, v, "version", version);
	json_put(a, to, engine, v);
}

static struct json *current_engines(struct arena *a, const char *node_version)
{
	struct platform p = platform_make(NULL, NULL, NULL);
	struct utsname os;
	struct json *now = json_object(a);
	put_engine(a, now, "cpu", p.cpu, NULL);
	put_engine(a, now, "libc", p.libc, NULL);
	put_engine(a, now, "os", p.os, uname(&os) ? NULL : os.release);
	put_engine(a, now, "packageManager", "npm", NPM_VERSION);
	put_engine(a, now, "runtime", "node", node_version);
	return now;
}

/* NULL when the project wants nothing; looked for in the text first, for hardly a package.json has it. */
static const struct json *wanted_engines(struct cli *cli)
{
	struct err ignored = ERR_INIT;
	struct str text;
	const char *file = path_join(cli->arena, cli->config->local_prefix, "package.json");
	if (fs_read_if(cli->arena, file, MAX_PACKAGE, &text, &ignored) || !text.ptr)
		return NULL;
	if (!memmem(text.ptr, text.len, "devEngines", strlen("devEngines")))
		return NULL;
	return json_find(json_parse_fast(cli->arena, text, file, &ignored), "devEngines");
}

static const char *told(struct cli *cli, const struct json *failure, bool first)
{
	return arena_printf(cli->arena, "%s%s",
			    first ? "The developer of this package has specified the following through devEngines\n" : "",
			    json_find_text(failure, "message"));
}

static const char *compared(struct cli *cli, const struct json *failure)
{
	struct json *both = json_object(cli->arena);
	json_put(cli->arena, both, "current", json_copy(cli->arena, json_find(failure, "current")));
	json_put(cli->arena, both, "required", json_copy(cli->arena, json_find(failure, "required")));
	return inspect(cli->arena, both, 2);
}

/* Warns of those that fail in this way, and says which is the first of them. */
static const struct json *warn_all(struct cli *cli, const struct json *failures, const char *way, bool *told_any)
{
	const struct json *first = NULL;
	bool quiet = streq(way, "error") && !config_bool(cli->config, "force");
	for (uint32_t i = 0; i < json_count(failures); i++) {
		const struct json *f = failures->items[i];
		if (!streq(json_find_text(f, "onFail"), way))
			continue;
		first = first ? first : f;
		if (quiet)
			continue;
		report_warn(cli->reporter, "EBADDEVENGINES", "%s", told(cli, f, !*told_any));
		report_warn(cli->reporter, "EBADDEVENGINES", "%s", compared(cli, f));
		*told_any = true;
	}
	return first;
}

/* What is only looked at needs no runtime yet: one that would be fetched to run something is as good as there. */
static const struct json *without_fetched(struct cli *cli, const struct json *wanted, const struct runtime_choice *runtime)
{
	struct json *rest;
	if (!(cli->command->flags & LOOKS_ONLY) || runtime->problem.code == ERR_OK || wishes_force(&runtime->wishes) != WISH_HARD)
		return wanted;
	rest = json_copy(cli->arena, wanted);
	json_remove(rest, "runtime");
	return rest;
}

int engines_check(struct cli *cli, struct err *err)
{
	const struct json *wanted = wanted_engines(cli);
	bool told_any = false;
	if (!wanted)
		return 0;
	enum choice_how how = cli->command->flags & LOOKS_ONLY ? CHOICE_LOOK : CHOICE_TRY;
	const struct runtime_choice *runtime = cli_runtime(cli, cli->config->local_prefix, how, err);
	if (!runtime)
		return -1;
	wanted = without_fetched(cli, wanted, runtime);
	struct json *failures = engines_failures(cli->arena, wanted, current_engines(cli->arena, cli_node_version(cli)), err);
	if (!failures)
		return -1;
	warn_all(cli, failures, "warn", &told_any);
	const struct json *fatal = warn_all(cli, failures, "error", &told_any);
	if (!fatal || config_bool(cli->config, "force"))
		return 0;
	err_set(err, ERR_EBADDEVENGINES, "%s", told(cli, fatal, true));
	err_note(err, "%s", compared(cli, fatal));
	if (streq(json_find_text(fatal, "engine"), "runtime") && runtime->problem.code)
		runtime_advise(cli, runtime, err);
	return -1;
}
