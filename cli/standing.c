/* SPDX-License-Identifier: MIT */
#include "cli/standing.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/checksum.h"
#include "base/clock.h"
#include "base/host.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/render.h"
#include "cli/summary.h"
#include "install/install.h"
#include "install/npmext.h"
#include "install/uptodate.h"
#include "resolver/diff.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

#define MAX_SETTINGS ((size_t)16 << 20)
/* A registry that lacked something may have it by then. */
#define ASKED_FOR_MS ((int64_t)24 * 3600 * 1000)

/* Whatever is set anywhere, and what the defaults hang on. That some settings change nothing here does not matter. */
static uint64_t settings_digest(const struct cli *cli, const struct install_options *o)
{
	struct buf b = BUF_INIT(MAX_SETTINGS);
	uint64_t digest;

	buf_printf(&b, "%s %s %s %s %s %u\n", LODE_VERSION, o->ideal.node_version, host_os(), host_cpu(),
		   host_libc() ? host_libc() : "", o->omit);
	for (int i = CONFIG_BUILTIN; i < CONFIG_WHERES; i++)
		if (cli->config->layers[i].data)
			json_format(&b, cli->config->layers[i].data, NULL);
	digest = b.failed ? 0 : checksum64(b.ptr, b.len, 0);
	buf_release(&b);
	return digest;
}

/* Settings that ask the registry about what is there already. */
static bool asks_registry(const struct config *c)
{
	return config_bool(c, "verify-signatures") || config_bool(c, "min-release-age-lockfile");
}

bool standing_begin(struct standing *s, struct cli *cli, const struct install_options *o)
{
	*s = (struct standing){.cli = cli, .options = o};
	vec_init(&s->heard, cli->arena);
	if (!uptodate_may_be(o) || asks_registry(cli->config))
		return false;
	s->key = (struct state_key){o->cache.dir, o->project.path, settings_digest(cli, o)};
	cli->render->heard = &s->heard;
	return s->key.settings != 0;
}

bool standing_recall(struct standing *s, struct summary *out)
{
	struct reporter *r = s->cli->reporter;

	if (!state_fits(s->cli->arena, &s->key, &s->told))
		return false;
	report_verbose(r, "install", "all is as it was when there was nothing to do");
	for (size_t i = 0; i < s->told.lines.count; i++) {
		const struct state_line *l = VEC_AT(&s->told.lines, struct state_line, i);

		report_line(r, (enum log_level)l->level, l->prefix, l->text);
	}
	*out = (struct summary){.funding = s->told.funding, .pending = s->told.pending.count ? &s->told.pending : NULL};
	vec_init(&out->changes, s->cli->arena);
	return true;
}

/* Did nothing happen, and would nothing the next time? What runs code or reads patches is found out anew. */
static bool is_quiet(const struct standing *s, const struct install_result *r)
{
	struct arena *a = s->cli->arena;
	const struct json *pkg;

	if (!r->actual || !r->diff || r->diff->children.count || r->changed)
		return false;
	pkg = node_target(r->ideal->root)->manifest->raw;
	return !json_find_text(json_find(pkg, "scripts"), "preinstall") && !json_find(pkg, "patchedDependencies") &&
	       !npmext_exists(a, s->options->project.path) && !uptodate_builds(a, r->ideal);
}

void standing_keep(struct standing *s, const struct install_result *r, const struct summary *summary)
{
	int64_t now_ms = clock_wall_ms();
	int64_t began_ns = now_ms * 1000000 - (clock_now_ns() - s->cli->started_ns);
	struct arena *a = s->cli->arena;
	struct state_places places;

	s->cli->render->heard = NULL;
	if (!s->key.settings || !is_quiet(s, r))
		return;
	s->told = (struct state_told){
		.pending = r->pending,
		.funding = summary->funding,
		.until_ms = s->cli->is_net ? now_ms + ASKED_FOR_MS : 0,
	};
	vec_init(&s->told.lines, a);
	for (size_t i = 0; i < s->heard.count; i++) {
		const struct render_line *l = VEC_AT(&s->heard, struct render_line, i);
		struct state_line *line = ARENA_NEW(a, struct state_line);

		*line = (struct state_line){(int)l->level, l->prefix, l->text};
		vec_add(&s->told.lines, line);
	}
	state_watch(a, s->key.project, r->actual, &places);
	state_keep(a, &s->key, &places, began_ns, &s->told);
}
