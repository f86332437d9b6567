/* SPDX-License-Identifier: MIT */
#include "cli/runtimes.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cache/runtimes.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/render.h"
#include "cli/runtimes_missed.h"
#include "resolver/platform.h"
#include "resolver/ssri.h"

#include <string.h>

static runtime_fetch_fn *fetch_runtime;

void runtimes_set_fetch(runtime_fetch_fn *fetch)
{
	fetch_runtime = fetch;
}

const char *runtime_package(struct arena *a)
{
	struct platform p = platform_make(NULL, NULL, NULL);

	return streq(p.os, "linux") ? arena_printf(a, "node-linux-%s", p.cpu) : NULL;
}

const char *runtimes_place(struct cli *cli)
{
	struct err ignored = ERR_INIT;
	const char *registry = config_registry(cli->config, &ignored);

	return runtimes_dir(cli->arena, config_cache(cli->config), registry ? registry : "");
}

const char *wish_place(struct cli *cli, const struct wish *w)
{
	const char *root = cli->config->local_prefix;
	const char *file = path_is_in(w->file, root) ? path_relative(cli->arena, root, w->file) : w->file;

	return w->source == WISH_DEV_ENGINES || w->source == WISH_ENGINES ? arena_printf(cli->arena, "%s of %s", w->what, file) : file;
}

/* ---- What cannot be had ---- */

/* Not in the words of the cache. */
static const char *reason_of(const struct err *why)
{
	return why->code == ERR_ENOTCACHED ? "nothing is fetched offline" : why->text;
}

void runtime_advise(struct cli *cli, const struct runtime_choice *c, struct err *err)
{
	const char *why = c->problem.code == ERR_ENOENT || c->problem.code == ERR_ENOTCACHED ? "" : c->problem.text;
	const char *range = c->recorded.version ? c->recorded.version : wishes_first(&c->wishes)->text;

	/* npm's words about devEngines do not hold it. */
	if (*why && !strstr(err->text, why))
		err_note(err, "It cannot be fetched: %s", why);
	if (config_bool(cli->config, "offline"))
		err_note(err, "It is not installed, and --offline forbids to fetch it. With a network, `lode runtime install \"%s\"` does", range);
	else
		err_note(err, "`lode runtime install \"%s\"` %s; `lode runtime ls` tells what is there; LODE_RUNTIME=<folder with bin/node> "
			 "takes another one", range, *why ? "tries again" : "gets it");
}

/* In the words of who wished it. */
static int unmet(struct cli *cli, const struct runtime_choice *c, const struct err *why, struct err *err)
{
	const struct wish *w = wishes_first(&c->wishes);
	struct err told = ERR_INIT;

	told.code = why->code;
	memcpy(told.name, why->name, sizeof(told.name));
	if (w->source == WISH_DEV_ENGINES)
		err_set(err, ERR_EBADDEVENGINES, "%s wants node %s: %s", wish_place(cli, w), c->wishes.key, reason_of(why));
	else
		err_set_as(err, err_name(&told), "%s wants node %s, which cannot be had: %s", wish_place(cli, w), c->wishes.key,
			   reason_of(why));
	runtime_advise(cli, c, err);
	return -1;
}

/* The bundled one has to do. Where only engines.node wishes otherwise, that is said once and not asked for again soon. */
static void give_up(struct cli *cli, struct runtime_choice *c, const struct err *why)
{
	c->problem = *why;
	if (wishes_force(&c->wishes) != WISH_SOFT)
		return;
	report_warn(cli->reporter, "runtime", "%s wants node %s, which cannot be had (%s): it is run by node %s",
		    wish_place(cli, wishes_first(&c->wishes)), c->wishes.key, reason_of(why), c->runtime.version);
	if (!config_bool(cli->config, "offline"))
		missed_note(cli, c->wishes.key);
}

/* ---- Choosing ---- */

static int use(struct cli *cli, struct runtime_choice *c, const struct kept_runtime *kept, struct err *err)
{
	const char *recorded = c->recorded.integrity;

	if (recorded && !ssri_match_text(recorded, kept->integrity)) {
		err_set(err, ERR_EINTEGRITY, "node %s has the integrity %s, but %s says %s", kept->version, kept->integrity, RECORD_FILE,
			recorded);
		err_note(err, "If the record is right, `lode runtime remove %s` lets it be fetched anew", kept->version);
		return -1;
	}
	c->from = CHOSEN_KEPT;
	c->integrity = kept->integrity;
	c->resolved = kept->resolved;
	return runtime_use(cli->arena, &c->runtime, kept->root, kept->version, err);
}

/* The one recorded, or the highest that will do. 1: there is none. */
static int use_kept(struct cli *cli, struct runtime_choice *c, struct err *err)
{
	const char *dir = runtimes_place(cli), *package = runtime_package(cli->arena);
	struct kept_runtime kept;
	struct vec versions;

	if (!package)
		return 1;
	vec_init(&versions, cli->arena);
	if (c->recorded.version)
		vec_add(&versions, (void *)c->recorded.version);
	else
		runtimes_list(cli->arena, dir, package, &versions);
	for (size_t i = 0; i < versions.count; i++) {
		const char *version = versions.items[i];

		if (wishes_allow(&c->wishes, version) && runtimes_find(cli->arena, dir, package, version, &kept))
			return use(cli, c, &kept, err);
	}
	return 1;
}

static bool bundled_fits(const struct runtime_choice *c)
{
	if (c->recorded.version)
		return streq(c->recorded.version, c->runtime.version);
	return wishes_allow(&c->wishes, c->runtime.version);
}

static int fetch(struct cli *cli, struct runtime_choice *c, struct err *err)
{
	struct kept_runtime kept;
	struct err why = ERR_INIT;

	if (wishes_force(&c->wishes) == WISH_SOFT && missed_lately(cli, c->wishes.key)) {
		err_set(&c->problem, ERR_ETARGET, "it could not be had a while ago");
		return 0;
	}
	if (!fetch_runtime) {
		render_drop(cli->render);
		return cli_hand_over(cli, err);
	}
	if (fetch_runtime(cli, c, &kept, &why)) {
		give_up(cli, c, &why);
		return 0;
	}
	if (use(cli, c, &kept, err))
		return -1;
	c->from = CHOSEN_FETCHED;
	return 0;
}

static int choose_wished(struct cli *cli, struct runtime_choice *c, enum choice_how how, struct err *err)
{
	enum wish_force force = wishes_force(&c->wishes);
	int kept;

	if (record_read(cli->arena, cli->config->local_prefix, &c->record, err))
		return -1;
	if (record_find(cli->arena, c->record, &c->wishes, runtime_package(cli->arena), &c->recorded) && bundled_fits(c))
		return 0;
	if (!c->recorded.version && bundled_fits(c))
		return 0;
	kept = use_kept(cli, c, err);
	if (kept != 1)
		return kept;
	if (how == CHOICE_LOOK || force == WISH_STAY || force == WISH_ERROR) {
		err_set(&c->problem, ERR_ENOENT, "it is not installed");
		return 0;
	}
	return fetch(cli, c, err);
}

static int choose(struct cli *cli, const char *dir, struct runtime_choice *c, enum choice_how how, struct err *err)
{
	if (runtime_locate(cli->arena, &c->runtime, err))
		return -1;
	if (runtime_is_given()) {
		c->from = CHOSEN_GIVEN;
		return runtime_check(cli->arena, &c->runtime, err);
	}
	if (cli_is_global(cli))
		return 0;
	if (wishes_find(cli->arena, dir, cli->config->local_prefix, &c->wishes, err))
		return -1;
	return c->wishes.range ? choose_wished(cli, c, how, err) : 0;
}

/* ---- Asking ---- */

static struct runtime_choice *choice_of(struct cli *cli, const char *dir, enum choice_how how, struct err *err)
{
	struct runtime_choice *c = cli->runtimes ? map_find(cli->runtimes, dir) : NULL;

	if (c)
		return c;
	c = ARENA_NEW(cli->arena, struct runtime_choice);
	if (choose(cli, dir, c, how, how == CHOICE_LOOK ? &c->unread : err) && how != CHOICE_LOOK)
		return NULL;
	if (how == CHOICE_LOOK)
		return c;
	if (!cli->runtimes) {
		cli->runtimes = ARENA_NEW(cli->arena, struct map);
		map_init(cli->runtimes, cli->arena);
	}
	map_put(cli->runtimes, dir, c);
	return c;
}

/* Is it an error that this could not be had? */
static bool is_fatal(struct cli *cli, const struct runtime_choice *c, enum choice_how how)
{
	enum wish_force force = c->problem.code == ERR_OK ? WISH_SOFT : wishes_force(&c->wishes);
	bool checked = force != WISH_SOFT && wishes_first(&c->wishes)->source == WISH_DEV_ENGINES;

	if (force == WISH_SOFT || force == WISH_STAY || how == CHOICE_LOOK)
		return false;
	return !checked || (how == CHOICE_GET && !config_bool(cli->config, "force"));
}

const struct runtime_choice *cli_runtime(struct cli *cli, const char *dir, enum choice_how how, struct err *err)
{
	const struct runtime_choice *c = choice_of(cli, dir, how, err);

	if (c && is_fatal(cli, c, how)) {
		unmet(cli, c, &c->problem, err);
		return NULL;
	}
	if (c && streq(dir, cli->config->local_prefix))
		cli->config->node_version = c->runtime.version;
	return c;
}

int cli_project_runtime(struct cli *cli, struct runtime *out, struct err *err)
{
	bool looks = cli->command && cli->command->flags & LOOKS_ONLY;
	const struct runtime_choice *c = cli_runtime(cli, cli->config->local_prefix, looks ? CHOICE_LOOK : CHOICE_GET, err);

	if (c)
		*out = c->runtime;
	return c ? 0 : -1;
}

int cli_runtimes_ready(struct cli *cli, const struct map *paths, struct err *err)
{
	for (struct map_entry *e = map_first(paths); e; e = map_next(paths, e)) {
		if (!cli_runtime(cli, e->value, CHOICE_GET, err))
			return -1;
	}
	return 0;
}

/* Is it to be written down, and is it not yet? */
bool runtime_is_due(const struct runtime_choice *c)
{
	if (c->from != CHOSEN_KEPT && c->from != CHOSEN_FETCHED)
		return false;
	return !streq(c->recorded.version, c->runtime.version) || !c->recorded.integrity;
}

bool runtimes_are_due(const struct cli *cli)
{
	for (struct map_entry *e = cli->runtimes ? map_first(cli->runtimes) : NULL; e; e = map_next(cli->runtimes, e)) {
		if (runtime_is_due(e->value))
			return true;
	}
	return false;
}

const char *cli_node_version(struct cli *cli)
{
	const char *version = cli->config->node_version;
	struct err ignored = ERR_INIT;

	if (!version && cli_runtime(cli, cli->config->local_prefix, CHOICE_LOOK, &ignored))
		version = cli->config->node_version;

	return arena_printf(cli->arena, "v%s", version ? version : LODE_RUNTIME_VERSION);
}
