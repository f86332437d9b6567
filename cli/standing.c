/* SPDX-License-Identifier: MIT */
#include "cli/standing.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/checksum.h"
#include "base/clock.h"
#include "base/host.h"
#include "base/json.h"
#include "base/path.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/render.h"
#include "cli/summary.h"
#include "install/allow.h"
#include "install/install.h"
#include "install/layout.h"
#include "install/npmext.h"
#include "install/uptodate.h"
#include "resolver/collate.h"
#include "resolver/diff.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

#include <string.h>

#define MAX_SETTINGS ((size_t)16 << 20)
/* A registry that lacked something may have it by then. */
#define ASKED_FOR_MS ((int64_t)24 * 3600 * 1000)

/* How what is added is written down does not change what an install without it does; that it is not, does. */
static bool is_about_saving(const char *key, const struct json *value)
{
	static const char *const keys[] = {"save-dev", "save-prod", "save-optional", "save-peer", "save-bundle", "save-exact", "save-prefix"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (streq(key, keys[i]))
			return true;
	return streq(key, "save") && json_is_true(value);
}

static const struct json *without_saving(struct arena *a, const struct json *layer)
{
	struct json *out = NULL;

	for (uint32_t i = json_count(layer); i-- > 0;) {
		if (!is_about_saving(layer->members[i].key, layer->members[i].value))
			continue;
		if (!out)
			out = json_copy(a, layer);
		json_remove(out, layer->members[i].key);
	}
	return out ? out : layer;
}

/* Whatever is set anywhere, and what the defaults hang on. That some settings change nothing here does not matter. */
static uint64_t settings_digest(const struct cli *cli, const struct install_options *o)
{
	struct buf b = BUF_INIT(MAX_SETTINGS);
	uint64_t digest;

	buf_printf(&b, "%s %s %s %s %s %u %d\n", LODE_VERSION, o->ideal.node_version, host_os(), host_cpu(),
		   host_libc() ? host_libc() : "", o->omit, o->ci);
	for (int i = CONFIG_BUILTIN; i < CONFIG_WHERES; i++)
		if (cli->config->layers[i].data)
			json_format(&b, without_saving(cli->arena, cli->config->layers[i].data), NULL);
	digest = b.failed ? 0 : checksum64(b.ptr, b.len, 0);
	buf_release(&b);
	return digest;
}

/* Settings that ask the registry about what is there already. */
static bool asks_registry(const struct config *c)
{
	return config_bool(c, "verify-signatures") || config_bool(c, "min-release-age-lockfile");
}

/* When lode was started, as the wall clock has it now. */
static int64_t wall_start(const struct cli *cli)
{
	return clock_wall_ms() * 1000000 - (clock_now_ns() - cli->started_ns);
}

static struct state_key key_of(const struct cli *cli, const struct install_options *o)
{
	return (struct state_key){o->cache.dir, o->project.path, settings_digest(cli, o)};
}

/* ci is never answered, but what it makes may be made again. */
static bool may_be(const struct install_options *o)
{
	struct install_options plain = *o;

	plain.ci = false;
	return uptodate_may_be(&plain);
}

bool standing_begin(struct standing *s, struct cli *cli, const struct install_options *o)
{
	*s = (struct standing){.cli = cli, .options = o, .began_ns = wall_start(cli)};
	vec_init(&s->heard, cli->arena);
	if (!may_be(o) || asks_registry(cli->config))
		return false;
	s->key = key_of(cli, o);
	cli->render->heard = &s->heard;
	return s->key.settings != 0;
}

const struct state_key *standing_key(struct cli *cli, const struct install_options *o)
{
	struct state_key *key = ARENA_NEW(cli->arena, struct state_key);

	/* Of what is left out, and of a tree that is laid in another way, the lockfile does not tell what is on disk; without saving
	 * it may say anything. */
	if (!o->ideal.add_count || !uptodate_tells(o) || o->omit || o->project.linked || o->no_save || asks_registry(cli->config))
		return NULL;
	*key = key_of(cli, o);
	return key->settings ? key : NULL;
}

static void say_again(const struct standing *s, const struct vec *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		const struct state_line *l = VEC_AT(lines, struct state_line, i);

		report_line(s->cli->reporter, (enum log_level)l->level, l->prefix, l->text);
	}
}

bool standing_recall(struct standing *s, struct summary *out)
{
	struct reporter *r = s->cli->reporter;

	if (!state_fits(s->cli->arena, &s->key, &s->told))
		return false;
	report_verbose(r, "install", "all is as it was when there was nothing to do");
	say_again(s, &s->told.lines);
	*out = (struct summary){.funding = s->told.funding, .pending = s->told.pending.count ? &s->told.pending : NULL};
	vec_init(&out->changes, s->cli->arena);
	return true;
}

/* What runs after an install that changed something. */
static const char *const dependencies_events[] = {"predependencies", "dependencies", "postdependencies", NULL};

static bool has_script_of(const struct json *pkg, const char *const *events)
{
	const struct json *scripts = json_find(pkg, "scripts");

	for (; *events; events++)
		if (json_find_text(scripts, *events))
			return true;
	return false;
}

/* Did nothing happen? */
static bool is_quiet(const struct install_result *r)
{
	return r->actual && r->diff && !r->diff->children.count && !r->changed;
}

/* Something did, but nothing will the next time. */
static bool is_settled(const struct install_result *r)
{
	return r->settled && r->actual && !has_script_of(node_target(r->ideal->root)->manifest->raw, dependencies_events);
}

/* What runs code, or reads patches or the project's folder of bins, is found out anew. */
static bool runs_nothing(const struct standing *s, const struct install_result *r)
{
	static const char *const events[] = {"preinstall", NULL};
	const struct json *pkg = node_target(r->ideal->root)->manifest->raw;
	struct arena *a = s->cli->arena;

	return !has_script_of(pkg, events) && !json_find(pkg, "patchedDependencies") && !json_find(json_find(pkg, "directories"), "bin") &&
	       !npmext_exists(a, s->options->project.path) && !uptodate_builds(a, r->ideal);
}

/* The lines the next install says too. False when there is one of which that is not known. */
static bool repeat_lines(struct standing *s, const struct state_made *made, bool quiet)
{
	for (size_t i = 0; i < s->heard.count; i++) {
		const struct render_line *l = VEC_AT(&s->heard, struct render_line, i);
		bool first_only = streq(l->prefix, "deprecated") || l->level > LOG_NOTICE;
		struct state_line *line;

		if (!quiet && first_only)
			continue;
		/* Their order is that of a lockfile which was there before, and the tree's where there was none. */
		if (!quiet && (!streq(l->prefix, "EBADENGINE") || (s->told.lines.count && made->lock.kind != FS_NONE)))
			return false;
		line = ARENA_NEW(s->cli->arena, struct state_line);
		*line = (struct state_line){(int)l->level, l->prefix, l->text};
		vec_add(&s->told.lines, line);
	}
	return true;
}

static int by_path(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return collate_compare(((const struct allow_pending *)a)->path, ((const struct allow_pending *)b)->path);
}

/* Where others are asked, they are asked again. */
static bool may_lay(const struct standing *s)
{
	return (s->options->global_store || !s->options->project.linked) && s->key.settings &&
	       !config_bool(s->cli->config, "audit") && !cli_is_json(s->cli);
}

static struct layout_key layout_key(const struct standing *s)
{
	return (struct layout_key){s->key.cache, s->key.project, s->key.settings};
}

/* Lines of a package; any other may be about this one run. Their order is that of a lockfile which was there before, and the
 * tree's where there was none. False: they are not what would be said again. */
static bool lay_lines(const struct standing *s, const struct install_result *r, struct layout *out)
{
	bool resolved = r->made.lock.kind != FS_NONE;

	vec_init(&out->lines, s->cli->arena);
	for (size_t i = 0; i < s->heard.count; i++) {
		const struct render_line *l = VEC_AT(&s->heard, struct render_line, i);
		struct state_line *line;

		if (l->level > LOG_NOTICE)
			continue;
		if (!streq(l->prefix, "deprecated") && (resolved || !streq(l->prefix, "EBADENGINE")))
			return false;
		if (strstr(l->text, s->key.project) || (resolved && out->lines.count))
			return false;
		line = ARENA_NEW(s->cli->arena, struct state_line);
		*line = (struct state_line){(int)l->level, l->prefix, l->text};
		vec_add(&out->lines, line);
	}
	return true;
}

/* False when it is not only what came anew, or each is told of, in the order of a tree that no lockfile was there for. */
static bool lay_added(const struct standing *s, const struct install_result *r, const struct summary *summary, struct layout *out)
{
	vec_init(&out->added, s->cli->arena);
	if (r->made.lock.kind != FS_NONE && config_bool(s->cli->config, "long"))
		return false;
	for (size_t i = 0; i < summary->changes.count; i++) {
		const struct summary_change *c = summary->changes.items[i];
		struct layout_package *p;

		if (c->kind != SUMMARY_ADD || !path_is_in(c->path, s->key.project))
			return false;
		if (c->absent)
			continue;
		p = ARENA_NEW(s->cli->arena, struct layout_package);
		*p = (struct layout_package){c->name, c->version, path_relative(s->cli->arena, s->key.project, c->path)};
		vec_add(&out->added, p);
	}
	return true;
}

/* For pending packages: where they are depends on the project. */
static bool lay_pending(const struct standing *s, const struct install_result *r, struct layout *out)
{
	vec_init(&out->pending, s->cli->arena);
	for (size_t i = 0; i < r->pending.count; i++) {
		const struct allow_pending *from = r->pending.items[i];
		struct allow_pending *p = ARENA_NEW(s->cli->arena, struct allow_pending);

		if (!path_is_in(from->path, s->key.project))
			return false;
		*p = *from;
		p->path = path_relative(s->cli->arena, s->key.project, from->path);
		vec_add(&out->pending, p);
	}
	if (r->made.lock.kind != FS_NONE)
		vec_sort(&out->pending, by_path, NULL);
	return true;
}

/* places: what the next install's answer hangs on; NULL: there is none yet. */
static void keep_layout(struct standing *s, const struct install_result *r, const struct summary *summary,
			const struct state_places *places)
{
	const struct json *pkg = node_target(r->ideal->root)->manifest->raw;
	bool stays = r->settled && !r->lacking;
	struct layout told = {
		.funding = summary->funding,
		.until_ms = stays ? 0 : clock_wall_ms() + ASKED_FOR_MS,
		.places = stays ? places : NULL,
		.package_text = r->package_text,
		.lock_text = r->lock_text,
		.made = r->made,
	};
	struct layout_key key = layout_key(s);

	if (!r->whole || !(r->laid || s->options->project.linked) || !may_lay(s) || !json_find_text(pkg, "name") ||
	    json_find(pkg, "workspaces") || has_script_of(pkg, dependencies_events) || !runs_nothing(s, r))
		return;
	if (lay_lines(s, r, &told) && lay_added(s, r, summary, &told) && lay_pending(s, r, &told))
		layout_keep(s->cli->arena, &key, r->laid, &told);
}

/* Keeps the answer for the next install; places: what it hangs on. What there was to tell first is settled by who calls. */
static void keep_answer(struct standing *s, const struct state_places *places, struct state_made made)
{
	int64_t began_ns = wall_start(s->cli);

	/* The wall clock may have been set meanwhile, or the machine have slept, which the other clock does not count. */
	made.began_ns = began_ns < s->began_ns ? began_ns : s->began_ns;
	state_keep(s->cli->arena, &s->key, places, &made, &s->told);
}

static void tell_pending(struct standing *s, const struct vec *pending, bool quiet)
{
	vec_init(&s->told.pending, s->cli->arena);
	for (size_t i = 0; i < pending->count; i++)
		vec_add(&s->told.pending, pending->items[i]);
	/* As they come from a lockfile. */
	if (!quiet)
		vec_sort(&s->told.pending, by_path, NULL);
}

/* What was laid is what such an install leaves, and so is its answer for the next one. */
static void lay_answer(struct standing *s, const struct layout *laid)
{
	s->cli->render->heard = NULL;
	s->told = (struct state_told){.funding = laid->funding};
	vec_init(&s->told.lines, s->cli->arena);
	if (!laid->places || !repeat_lines(s, &laid->made, false))
		return;
	tell_pending(s, &laid->pending, false);
	keep_answer(s, laid->places, laid->made);
}

bool standing_lay(struct standing *s, struct summary *out)
{
	struct arena *a = s->cli->arena;
	struct layout_key key = layout_key(s);
	struct layout *told = ARENA_NEW(a, struct layout);	/* the summary looks into it */

	if (!may_lay(s) || !layout_lay(a, &key, told))
		return false;
	report_verbose(s->cli->reporter, "install", "node_modules is laid as for another project with the same files");
	say_again(s, &told->lines);
	for (size_t i = 0; i < told->pending.count; i++) {
		struct allow_pending *p = told->pending.items[i];

		p->path = path_join(a, s->key.project, p->path);
	}
	*out = (struct summary){.funding = told->funding, .pending = told->pending.count ? &told->pending : NULL};
	vec_init(&out->changes, a);
	for (size_t i = 0; i < told->added.count; i++) {
		const struct layout_package *p = VEC_AT(&told->added, struct layout_package, i);
		struct summary_change *c = ARENA_NEW(a, struct summary_change);

		*c = (struct summary_change){
			.kind = SUMMARY_ADD,
			.name = p->name,
			.version = p->version,
			.path = path_join(a, s->key.project, p->location),
		};
		vec_add(&out->changes, c);
	}
	lay_answer(s, told);
	return true;
}

/* Does the next install find nothing to do, and say what is told? */
static bool stands(struct standing *s, const struct install_result *r, bool quiet)
{
	/* Without saving a lockfile may lack what the registry has another version of by now; lode looks whether it does. */
	if (s->options->ci || (s->options->no_save && s->cli->is_net) || !s->key.settings || !(quiet || is_settled(r)) || !runs_nothing(s, r))
		return false;
	vec_init(&s->told.lines, s->cli->arena);
	return repeat_lines(s, &r->made, quiet);
}

void standing_keep(struct standing *s, const struct install_result *r, const struct summary *summary)
{
	int64_t now_ms = clock_wall_ms();
	struct state_places places;
	bool quiet = is_quiet(r), will;

	s->cli->render->heard = NULL;
	s->told = (struct state_told){
		.funding = summary->funding,
		.until_ms = s->cli->is_net && (!r->settled || r->lacking) ? now_ms + ASKED_FOR_MS : 0,
	};
	will = stands(s, r, quiet);
	if (will)
		state_watch(s->cli->arena, s->key.project, quiet ? r->actual : r->ideal, &places);
	keep_layout(s, r, summary, will ? &places : NULL);
	if (!will)
		return;
	tell_pending(s, &r->pending, quiet);
	keep_answer(s, &places, r->made);
}
