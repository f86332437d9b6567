/* SPDX-License-Identifier: MIT
 *
 * Which install scripts packages have, for the report of those nobody decided about.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "install/allow.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"
#include "runtime/script.h"

#define MAX_TEXT ((size_t)4 << 20)

static void add_script(struct arena *a, struct vec *out, const char *event, const char *command)
{
	struct allow_script *s;

	if (!command || !*command)
		return;
	s = ARENA_NEW(a, struct allow_script);
	*s = (struct allow_script){event, command};
	vec_add(out, s);
}

static void add_scripts_in(struct arena *a, struct node *node, const struct json *pkg, struct vec *out)
{
	const struct json *scripts = json_find(pkg, "scripts");

	add_script(a, out, "preinstall", json_find_text(scripts, "preinstall"));
	add_script(a, out, "install", json_find_text(scripts, "install"));
	add_script(a, out, "postinstall", json_find_text(scripts, "postinstall"));
	if (!node_is_registry_dep(node))
		add_script(a, out, "prepare", json_find_text(scripts, "prepare"));
}

struct vec *allow_scripts_of(struct arena *a, struct node *node)
{
	struct vec *out = ARENA_NEW(a, struct vec);
	const struct json *own = node->manifest->raw;
	const struct json *scripts = json_find(own, "scripts");
	struct err ignored = ERR_INIT;
	struct manifest *disk;
	struct str text;

	vec_init(out, a);
	add_scripts_in(a, node, own, out);
	if (node->path && !json_find_text(scripts, "install"))
		add_script(a, out, "install", script_find(a, own, "install", node->without_gyp ? NULL : node->path));
	if (out->count || !node_has_install_script(node) || !node->path)
		return out;
	/* A lockfile says only that there are some. */
	if (!fs_read_if(a, path_join(a, node->path, "package.json"), FS_MAX_FILE, &text, &ignored) && text.ptr) {
		disk = manifest_parse(a, text, "package.json", &ignored);
		if (disk)
			add_scripts_in(a, node, disk->raw, out);
	}
	if (!out->count)
		add_script(a, out, "install", "(install scripts present)");
	return out;
}

void allow_collect(struct arena *a, const struct allow_policy *policy, struct node *node, struct vec *out)
{
	struct allow_pending *p;
	struct allow_identity id;
	struct vec *scripts;

	if (node_is_project_root(node) || node_is_workspace(node) || node->is_link || node_in_bundle(node) || node->inert)
		return;
	if (allow_decide(policy, node) != ALLOW_UNREVIEWED)
		return;
	scripts = allow_scripts_of(a, node);
	if (!scripts->count)
		return;
	id = allow_identify(a, node);
	p = ARENA_NEW(a, struct allow_pending);
	p->node = node;
	p->path = node->path;
	p->name = id.name ? id.name : node->name;
	p->version = id.version ? id.version : node_version(node);
	p->scripts = scripts;
	if (p->version && !*p->version)
		p->version = NULL;
	vec_add(out, p);
}

const char *allow_pending_id(struct arena *a, const struct allow_pending *p)
{
	const char *name = p->name ? p->name : "<unknown>";

	return p->version && *p->version ? arena_printf(a, "%s@%s", name, p->version) : name;
}

static void add_scripts_text(struct buf *out, const struct vec *scripts)
{
	for (size_t i = 0; i < scripts->count; i++) {
		const struct allow_script *s = VEC_AT(scripts, const struct allow_script, i);

		buf_printf(out, "%s%s: %s", i ? "; " : "", s->event, s->command);
	}
}

const char *allow_scripts_text(struct arena *a, const struct vec *scripts)
{
	struct buf text = BUF_INIT(MAX_TEXT);
	const char *copy;

	add_scripts_text(&text, scripts);
	copy = buf_dup(a, &text);
	buf_release(&text);
	return copy;
}

const char *allow_names_text(struct arena *a, const struct vec *pending)
{
	const char *names = "";

	for (size_t i = 0; i < pending->count; i++) {
		const char *name = VEC_AT(pending, const struct allow_pending, i)->name;

		names = arena_printf(a, "%s%s%s", names, i ? "," : "", name ? name : "<unknown>");
	}
	return names;
}

const char *allow_remedy(struct arena *a, const struct vec *pending, bool global)
{
	if (!global)
		return "Approve them with `lode install-scripts approve`, deny them with `lode install-scripts deny`, or bypass this "
		       "check with `--dangerously-allow-all-scripts`.";
	return arena_printf(a, "Allow them with `--allow-scripts`, persist them with `lode config set allow-scripts=%s "
		"--location=user`, or bypass this check with `--dangerously-allow-all-scripts`.", allow_names_text(a, pending));
}

int allow_strict_error(const struct vec *pending, const char *remedy, struct err *err)
{
	struct buf text = BUF_INIT(MAX_TEXT);

	for (size_t i = 0; i < pending->count; i++) {
		const struct allow_pending *p = VEC_AT(pending, const struct allow_pending, i);
		const char *name = node_package_name(p->node);
		const char *version = p->node->manifest->version;

		buf_printf(&text, "  %s%s%s (", name ? name : p->node->name, version ? "@" : "", version ? version : "");
		add_scripts_text(&text, p->scripts);
		buf_adds(&text, ")\n");
	}
	err_set(err, ERR_ESTRICTALLOWSCRIPTS, "--strict-allow-scripts: %zu package(s) have install scripts not covered by "
		"allowScripts:\n%s%s", pending->count, buf_text(&text), remedy);
	buf_release(&text);
	return -1;
}
