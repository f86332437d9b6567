/* SPDX-License-Identifier: MIT */
#include "cli/summary.h"

#include <math.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/map.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/audit_report.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/paint.h"
#include "cli/render.h"
#include "install/allow.h"
#include "install/install.h"
#include "resolver/audit.h"
#include "resolver/diff.h"
#include "resolver/inventory.h"
#include "resolver/tree.h"

#define MAX_LINE ((size_t)1 << 20)

static const char *plural(uint32_t n)
{
	return n == 1 ? "package" : "packages";
}

const char *summary_time(struct cli *cli, int64_t ns)
{
	static const struct {
		double ms;
		const char *unit;
	} units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "m"}, {1000, "s"}};
	double ms = (double)(ns / 1000000);
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (ms >= units[i].ms)
			return arena_printf(cli->arena, "%.0f%s", floor(ms / units[i].ms + 0.5), units[i].unit);
	return arena_printf(cli->arena, "%.0fms", ms);
}

/* ---- what was done ---- */

/* Of what install-strategy=linked laid only packages count, not the links to them. */
static bool is_there(const struct node *n)
{
	if (n->root && n->root->source)
		return n->in_store && !n->inert;
	return n->root && n->root->inventory && !n->inert;
}

static void add_change(struct cli *cli, const struct diff *d, struct summary *out)
{
	struct summary_change *c = ARENA_NEW(cli->arena, struct summary_change);
	const struct node *now = d->ideal ? d->ideal : d->actual;
	if (d->action == DIFF_NONE)
		return;
	c->absent = d->action == DIFF_ADD && !is_there(d->ideal);
	c->kind = d->action == DIFF_ADD ? SUMMARY_ADD : d->action == DIFF_REMOVE ? SUMMARY_REMOVE : SUMMARY_CHANGE;
	c->name = now->name;
	c->version = node_version(now);
	c->path = now->path;
	if (d->actual) {
		c->from_name = d->actual->name;
		c->from_version = node_version(d->actual);
		c->from_path = d->actual->path;
	}
	vec_add(&out->changes, c);
}

static void walk(struct cli *cli, const struct diff *root, struct summary *out)
{
	struct vec stack;
	vec_init(&stack, cli->arena);
	vec_add(&stack, (void *)root);
	while (stack.count) {
		const struct diff *d = vec_pop(&stack);
		if (d->actual || d->ideal)
			add_change(cli, d, out);
		/* npm's walk takes the last one first. */
		for (size_t i = 0; i < d->children.count; i++)
			vec_add(&stack, d->children.items[i]);
	}
}

void summary_make(struct cli *cli, const struct install_result *r, struct summary *out)
{
	*out = (struct summary){.pending = r->pending.count ? &r->pending : NULL};
	vec_init(&out->changes, cli->arena);
	if (r->diff)
		walk(cli, r->diff, out);
	if (r->audit) {
		out->audited = (uint32_t)inventory_count((r->ideal ? r->ideal : r->audit->tree)->root);
		out->audit = audit_json(r->audit);
	}
	if (r->ideal && config_bool(cli->config, "fund"))
		out->funding = summary_funding(cli, r->ideal->root);
}

/* ---- for a person ---- */

static bool counts_as(const struct summary_change *c, enum summary_kind kind)
{
	return c->kind == kind && !c->absent;
}

static uint32_t count_of(const struct summary *s, enum summary_kind kind)
{
	uint32_t n = 0;
	for (size_t i = 0; i < s->changes.count; i++)
		n += counts_as(VEC_AT(&s->changes, struct summary_change, i), kind);
	return n;
}

/* "added 3 packages, removed 1 package, and changed 2 packages in 2s" */
static void print_counts(struct cli *cli, const struct summary *s)
{
	const struct {
		const char *verb;
		uint32_t n;
	} parts[] = {
		{"added", count_of(s, SUMMARY_ADD)},
		{"removed", count_of(s, SUMMARY_REMOVE)},
		{"changed", count_of(s, SUMMARY_CHANGE)},
		{"audited", s->audited},
	};
	struct buf b = BUF_INIT(MAX_LINE);
	size_t total = 0, seen = 0;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		total += parts[i].n > 0;
	if (total == (s->audited > 0))
		buf_printf(&b, "up to date%s", s->audited ? ", " : "");
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (!parts[i].n)
			continue;
		seen++;
		buf_printf(&b, "%s%s%s %u %s", seen > 1 ? ", " : "", seen > 1 && seen == total ? "and " : "",
			   parts[i].verb, parts[i].n, plural(parts[i].n));
	}
	cli_print(cli, "\n%s in %s", buf_text(&b), summary_time(cli, report_now() - cli->started_ns));
	buf_release(&b);
}

/* As npm shows what has no version. */
static const char *shown(const char *version)
{
	return version && *version ? version : "undefined";
}

/* With --long or --dry-run every change has its line. */
static void print_changes(struct cli *cli, const struct summary *s)
{
	for (size_t i = 0; i < s->changes.count; i++) {
		const struct summary_change *c = VEC_AT(&s->changes, struct summary_change, i);
		if (c->kind == SUMMARY_CHANGE)
			cli_print(cli, "change %s %s => %s", c->from_name, shown(c->from_version), shown(c->version));
		else
			cli_print(cli, "%s %s %s", c->kind == SUMMARY_ADD ? "add" : "remove", c->name, shown(c->version));
	}
}

static void warn_of_scripts(struct cli *cli, const struct vec *pending)
{
	struct buf b = BUF_INIT(MAX_LINE);
	buf_printf(&b, "%zu %s had install scripts blocked because they are not covered by allowScripts:",
		   pending->count, plural((uint32_t)pending->count));
	for (size_t i = 0; i < pending->count; i++) {
		const struct allow_pending *p = VEC_AT(pending, struct allow_pending, i);
		buf_printf(&b, "\n  %s (%s)", allow_pending_id(cli->arena, p), allow_scripts_text(cli->arena, p->scripts));
	}
	if (cli_is_global(cli)) {
		const char *names = allow_names_text(cli->arena, pending);
		buf_printf(&b,
			   "\n\nRun `lode install -g --allow-scripts=%s` to allow these scripts once, or "
			   "`lode config set allow-scripts=%s --location=user` to allow them for all global installs.",
			   names, names);
	} else {
		buf_adds(&b, "\n\nRun `lode install-scripts ls` to review, or `lode install-scripts approve <pkg>` to allow.");
	}
	report_warn(cli->reporter, "install-scripts", "%s", buf_text(&b));
	buf_release(&b);
}

/* ---- for a program ---- */

static struct json *package_json(struct arena *a, const char *name, const char *version, const char *path)
{
	struct json *v = json_object(a);
	json_put_text(a, v, "name", name);
	if (version && *version)
		json_put_text(a, v, "version", version);
	json_put_text(a, v, "path", path);
	return v;
}

static struct json *changes_json(struct arena *a, const struct summary *s, enum summary_kind kind)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < s->changes.count; i++) {
		const struct summary_change *c = VEC_AT(&s->changes, struct summary_change, i);
		struct json *one = package_json(a, c->name, c->version, c->path);
		if (!counts_as(c, kind))
			continue;
		if (kind == SUMMARY_CHANGE) {
			struct json *to = one;
			one = json_object(a);
			json_put(a, one, "from", package_json(a, c->from_name, c->from_version, c->from_path));
			json_put(a, one, "to", to);
		}
		json_add(a, list, one);
	}
	return list;
}

static struct json *scripts_json(struct arena *a, const struct vec *pending)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < pending->count; i++) {
		const struct allow_pending *p = VEC_AT(pending, struct allow_pending, i);
		struct json *one = package_json(a, p->name, p->version, p->path), *scripts = json_object(a);
		for (size_t j = 0; j < p->scripts->count; j++) {
			const struct allow_script *script = VEC_AT(p->scripts, struct allow_script, j);
			json_put_text(a, scripts, script->event, script->command);
		}
		json_put(a, one, "scripts", scripts);
		json_add(a, list, one);
	}
	return list;
}

static bool is_audit(const struct cli *cli)
{
	return streq(cli->command->name, "audit");
}

static void print_json(struct cli *cli, const struct summary *s)
{
	static const struct {
		const char *list, *count;
		enum summary_kind kind;
	} kinds[] = {{"add", "added", SUMMARY_ADD}, {"change", "changed", SUMMARY_CHANGE}, {"remove", "removed", SUMMARY_REMOVE}};
	struct arena *a = cli->arena;
	struct json *doc = json_object(a);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		json_put(a, doc, kinds[i].list, changes_json(a, s, kinds[i].kind));
		json_put(a, doc, kinds[i].count, json_number(a, count_of(s, kinds[i].kind)));
		if (kinds[i].kind == SUMMARY_ADD)
			json_put(a, doc, "audited", json_number(a, s->audited));
		if (kinds[i].kind == SUMMARY_CHANGE)
			json_put(a, doc, "funding", json_number(a, s->funding));
	}
	if (s->audit)
		json_put(a, doc, "audit", is_audit(cli) ? s->audit : json_find(s->audit, "metadata"));
	if (s->pending)
		json_put(a, doc, "unreviewedScripts", scripts_json(a, s->pending));
	cli_json(cli, doc);
}

/* An audit says it all, and its exit status says whether it is bad; an install is brief. */
static void print_audit(struct cli *cli, const struct summary *s)
{
	struct paint p = paint_for(cli);
	const char *text = is_audit(cli) ? audit_details(s->audit, &p) : audit_summary(s->audit, &p);
	cli_print(cli, "\n%s", render_clean(cli->arena, text));
}

void summary_print(struct cli *cli, const struct summary *s)
{
	const char *level = config_text(cli->config, "audit-level");
	if (s->audit && is_audit(cli) && audit_is_bad(s->audit, level ? level : "low"))
		cli->status = 1;
	if (cli_is_silent(cli))
		return;
	report_phase(cli->reporter, PHASE_NONE, 0);
	if (cli_is_json(cli)) {
		print_json(cli, s);
		return;
	}
	if (config_bool(cli->config, "dry-run") || config_bool(cli->config, "long"))
		print_changes(cli, s);
	print_counts(cli, s);
	if (s->funding && !cli_is_global(cli))
		cli_print(cli, "\n%u %s %s looking for funding\n  run `lode fund` for details", s->funding,
			  plural(s->funding), s->funding == 1 ? "is" : "are");
	if (s->audit)
		print_audit(cli, s);
	if (s->pending)
		warn_of_scripts(cli, s->pending);
}
