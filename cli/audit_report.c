/* SPDX-License-Identifier: MIT */
#include "cli/audit_report.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "cli/paint.h"

#define MAX_REPORT ((size_t)64 << 20)

static const char *const levels[] = {"info", "low", "moderate", "high", "critical", "none"};

static const char *bold(const struct paint *p, enum ink ink, const char *text)
{
	return paint_text(p, ink, paint_text(p, INK_BOLD, text));
}

static const char *severity(const struct paint *p, const char *level)
{
	if (streq(level, "moderate"))
		return bold(p, INK_YELLOW, level);
	if (streq(level, "high"))
		return bold(p, INK_RED, level);
	return streq(level, "critical") ? bold(p, INK_MAGENTA, level) : paint_text(p, INK_BOLD, level);
}

static unsigned count_of(const struct json *document, const char *key)
{
	const struct json *n = json_find(json_find(json_find(document, "metadata"), "vulnerabilities"), key);
	return json_is(n, JSON_NUMBER) ? (unsigned)n->number : 0;
}

bool audit_is_bad(const struct json *document, const char *level)
{
	size_t from = 0;
	while (from < ARRAY_LEN(levels) && !streq(levels[from], level))
		from++;
	for (; from < ARRAY_LEN(levels) - 1; from++)
		if (count_of(document, levels[from]))
			return true;
	return false;
}

/* ---- the summary ---- */

struct outlook {
	bool fixable, forceable, breaking, stuck;
};

static struct outlook look_at(const struct json *document)
{
	const struct json *all = json_find(document, "vulnerabilities");
	struct outlook o = {0};
	for (uint32_t i = 0; i < json_count(all); i++) {
		const struct json *fix = json_find(all->members[i].value, "fixAvailable");
		o.fixable |= json_is_true(fix);
		o.stuck |= json_is(fix, JSON_BOOL) && !fix->boolean;
		o.forceable |= json_is(fix, JSON_OBJECT);
		o.breaking |= json_is_true(json_find(fix, "isSemVerMajor"));
	}
	return o;
}

static void add_counts(struct buf *b, const struct json *document, const struct paint *p)
{
	unsigned kinds = 0, seen = 0, total = count_of(document, "total");
	for (size_t i = 1; i < ARRAY_LEN(levels) - 1; i++)
		kinds += count_of(document, levels[i]) > 0;
	if (kinds > 1)
		buf_printf(b, "%s vulnerabilities (", bold(p, INK_RED, arena_printf(p->arena, "%u", total)));
	for (size_t i = kinds ? 1 : 0; i < ARRAY_LEN(levels) - 1; i++) {
		unsigned n = count_of(document, levels[i]);
		if (n && kinds > 1)
			buf_printf(b, "%s%u %s", seen++ ? ", " : "", n, severity(p, levels[i]));
		else if (n)
			buf_printf(b, "%u %s severity vulnerabilit%s", n, severity(p, levels[i]), n == 1 ? "y" : "ies");
	}
	buf_adds(b, kinds > 1 ? ")" : "");
}

static const char *summary(const struct json *document, const struct paint *p)
{
	struct outlook o = look_at(document);
	struct buf b = BUF_INIT(MAX_REPORT);
	if (!count_of(document, "total"))
		return arena_printf(p->arena, "found %s vulnerabilities", bold(p, INK_GREEN, "0"));
	add_counts(&b, document, p);
	if (o.fixable)
		buf_printf(&b, "\n\nTo address %s, run:\n  lode audit fix",
			   o.forceable || o.stuck ? "issues that do not require attention" : "all issues");
	if (o.forceable)
		buf_printf(&b, "\n\nTo address all issues%s%s, run:\n  lode audit fix --force", o.stuck ? " possible" : "",
			   o.breaking ? " (including breaking changes)" : "");
	if (o.stuck)
		buf_adds(&b, "\n\nSome issues need review, and may require choosing\na different dependency.");
	const char *text = buf_dup(p->arena, &b);
	buf_release(&b);
	return text;
}

const char *audit_summary(const struct json *document, const struct paint *p)
{
	const char *text = summary(document, p);
	return count_of(document, "total") ? arena_printf(p->arena, "%s\n\nRun `lode audit` for details.", text) : text;
}

/* ---- details ---- */

struct details {
	const struct paint *paint;
	const struct json *all;
	struct buf out;
	struct map printed;
};

static void add_line(struct details *d, unsigned indent, const char *line)
{
	buf_repeat(&d->out, ' ', indent);
	buf_printf(&d->out, "%s\n", line);
}

static void add_fix(struct details *d, const struct json *fix)
{
	const struct paint *p = d->paint;
	if (json_is(fix, JSON_OBJECT)) {
		add_line(d, 0, arena_printf(p->arena, "%s via `lode audit fix --force`", bold(p, INK_YELLOW, "fix available")));
		add_line(d, 0, arena_printf(p->arena, "Will install %s@%s, which is %s", json_find_text(fix, "name"),
					    json_find_text(fix, "version"),
					    json_is_true(json_find(fix, "isSemVerMajor")) ? "a breaking change"
											  : "outside the stated dependency range"));
	} else if (json_is_true(fix)) {
		add_line(d, 0, arena_printf(p->arena, "%s via `lode audit fix`", bold(p, INK_GREEN, "fix available")));
	} else {
		add_line(d, 0, bold(p, INK_RED, "No fix available"));
	}
}

static void add_causes(struct details *d, const struct json *via, unsigned indent)
{
	const struct paint *p = d->paint;
	for (uint32_t i = 0; i < json_count(via); i++) {
		const struct json *one = via->items[i];
		const char *title = json_find_text(one, "title"), *url = json_find_text(one, "url");
		if (json_is(one, JSON_STRING))
			add_line(d, indent, arena_printf(p->arena, "Depends on vulnerable versions of %s",
							 paint_text(p, INK_BOLD, one->text)));
		else if (!indent)
			add_line(d, 0, arena_printf(p->arena, "%s - %s", paint_text(p, INK_BOLD, title ? title : "undefined"),
						    url ? url : "undefined"));
	}
}

static void add_vuln(struct details *d, const struct json *v, unsigned indent)
{
	const struct paint *p = d->paint;
	const char *name = json_find_text(v, "name"), *level = json_find_text(v, "severity");
	const struct json *nodes = json_find(v, "nodes"), *effects = json_find(v, "effects");
	if (!v || map_has(&d->printed, name))
		return;
	map_put(&d->printed, name, d);
	add_line(d, indent, arena_printf(p->arena, "%s  %s", paint_text(p, INK_BOLD, name), json_find_text(v, "range")));
	if (!indent && !streq(level, "low"))
		add_line(d, 0, arena_printf(p->arena, "Severity: %s", level ? severity(p, level) : ""));
	add_causes(d, json_find(v, "via"), indent);
	if (!indent)
		add_fix(d, json_find(v, "fixAvailable"));
	for (uint32_t i = 0; i < json_count(nodes); i++)
		add_line(d, indent, paint_text(p, INK_DIM, json_text(nodes->items[i])));
	for (uint32_t i = 0; i < json_count(effects); i++)
		add_vuln(d, json_find(d->all, json_text(effects->items[i])), indent + 2);
	if (!indent)
		buf_addc(&d->out, '\n');
}

/* Packages that have an advisory of their own; those they drag along come below them. */
static bool has_advisory(const struct json *v)
{
	const struct json *via = json_find(v, "via");
	for (uint32_t i = 0; i < json_count(via); i++)
		if (!json_is(via->items[i], JSON_STRING))
			return true;
	return false;
}

const char *audit_details(const struct json *document, const struct paint *p)
{
	struct details d = {.paint = p, .all = json_find(document, "vulnerabilities"), .out = BUF_INIT(MAX_REPORT)};
	if (!count_of(document, "total"))
		return summary(document, p);
	map_init(&d.printed, p->arena);
	buf_printf(&d.out, "%s\n\n", paint_text(p, INK_BOLD, "# lode audit report"));
	for (uint32_t i = 0; i < json_count(d.all); i++) {
		if (!has_advisory(d.all->members[i].value))
			continue;
		/* npm leaves an empty line where one was shown already. */
		if (map_has(&d.printed, d.all->members[i].key))
			buf_addc(&d.out, '\n');
		add_vuln(&d, d.all->members[i].value, 0);
	}
	buf_adds(&d.out, summary(document, p));
	const char *text = buf_dup(p->arena, &d.out);
	buf_release(&d.out);
	return text;
}
