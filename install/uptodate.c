/* SPDX-License-Identifier: MIT */
#include "install/uptodate.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "install/actual.h"
#include "install/allow.h"
#include "install/due.h"
#include "install/install.h"
#include "install/leftovers.h"
#include "install/nodebins.h"
#include "install/npmext.h"
#include "install/pending.h"
#include "install/project.h"
#include "install/reify.h"
#include "lockfile/lockfile.h"
#include "resolver/diff.h"
#include "resolver/inventory.h"
#include "resolver/isolated.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

#define LOCKFILE_MAX ((size_t)512 << 20)

/* Does the lockfile answer everything package.json asks? What there is to warn of (engines) is told. */
static bool resolves(struct tree *t, const struct install_options *o)
{
	struct ideal_options options = o->ideal;
	struct ideal_needs needs;
	struct err err = ERR_INIT;
	struct ideal *id;
	bool done;

	id = ideal_open(t, &options);
	done = ideal_step(id, &needs, &err) == IDEAL_DONE;
	ideal_close(id);
	return done;
}

static bool lockfile_stays(struct arena *a, const struct project *p, struct tree *t, const struct install_options *o)
{
	const char *path = arena_printf(a, "%s/" LOCKFILE_NAME, o->project.path);
	struct buf out = BUF_INIT(LOCKFILE_MAX);
	struct err err = ERR_INIT;
	struct str now;
	bool same;

	if (fs_read(a, path, LOCKFILE_MAX, &now, &err) < 0)
		return false;
	p->lockfile->style = commit_style(p->package.text.ptr ? &p->package.style : NULL, &p->lockfile->style);
	lockfile_commit(a, p->lockfile, t, &o->commit);
	lockfile_format_committed(a, &out, p->lockfile, &o->commit);
	same = !out.failed && str_eq(now, buf_str(&out));
	buf_release(&out);
	return same;
}

/* The hidden lockfile is valid, and is of this project. */
static bool hidden_stays(const struct tree *actual, const struct project *p)
{
	static const char *const keys[] = {"name", "version"};
	bool same = actual->hidden_lockfile;

	for (size_t i = 0; same && i < ARRAY_LEN(keys); i++)
		same = streq(json_find_text(actual->lock_data, keys[i]), json_find_text(p->lockfile->data, keys[i]));
	return same;
}

bool uptodate_builds(struct arena *a, const struct tree *t)
{
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		const struct node *n = i->value;

		if (n->is_link && n->target && allow_scripts_of(a, n->target)->count)
			return true;
	}
	return false;
}

bool uptodate_tells(const struct install_options *o)
{
	const struct ideal_options *i = &o->ideal;

	return !i->rm_count && !i->update_count && !i->update_all && !o->ci && !o->dry_run && !o->lock_only &&
	       !o->dedupe && !o->prune && !o->project.global && !o->no_lockfile && !o->no_workspaces && !i->workspace_count &&
	       !i->force;
}

bool uptodate_may_be(const struct install_options *o)
{
	return !o->ideal.add_count && uptodate_tells(o);
}

static bool nothing_left(const struct install_options *o)
{
	struct arena a = ARENA_INIT;
	bool clean = fs_lstat(arena_printf(&a, "%s/node_modules", o->project.path)).kind == FS_DIR &&
		     fs_exists(arena_printf(&a, "%s/" LOCKFILE_HIDDEN_NAME, o->project.path)) &&
		     !fs_exists(arena_printf(&a, "%s/" DUE_NAME, o->project.path)) &&
		     !fs_exists(arena_printf(&a, "%s/" ISOLATED_STORE, o->project.path));

	arena_release(&a);
	return clean;
}

/* What a killed run left behind, or one that is at work right now. */
static bool has_left(struct arena *a, const char *dir)
{
	struct vec found;

	leftovers_find(a, dir, &found);
	return found.count > 0;
}

static bool anything_left(struct arena *a, const struct project *p)
{
	if (has_left(a, p->options.path))
		return true;
	for (struct map_entry *i = map_first(p->workspaces); i; i = map_next(p->workspaces, i))
		if (has_left(a, i->value))
			return true;
	return false;
}

/* There is no lockfile of our own, or patches and the project's code have to be read and their digests made. A linked tree is
 * compared with what it was made from, which takes digests too. */
static bool needs_more(struct arena *a, const struct project *p)
{
	return p->options.linked || !p->lockfile->loaded || p->yarn || json_find(p->package.manifest->raw, "patchedDependencies") || p->lockfile->version >= LOCKFILE_MAX_VERSION ||
	       (!p->options.ignore_extension && (p->options.extension_file || npmext_exists(a, p->options.path)));
}

bool uptodate(struct arena *a, const struct install_options *o, struct install_result *out)
{
	struct err err = ERR_INIT;
	struct project p;
	struct tree *ideal, *actual;
	struct diff *diff;

	*out = (struct install_result){0};
	if (!uptodate_may_be(o) || !nothing_left(o) || project_load(a, &o->project, &p, &err) < 0)
		return false;
	if (needs_more(a, &p) || anything_left(a, &p))
		return false;
	ideal = project_virtual(a, &p, true, &err);
	if (!ideal || !resolves(ideal, o))
		return false;
	actual = actual_load(a, &p, &(struct actual_options){.ignore_missing = true}, &err);
	if (!actual || !hidden_stays(actual, &p))
		return false;
	diff = diff_make(actual->root, ideal->root, &(struct diff_options){
		.omit = o->omit,
		.bins_exist = bins_of_node_exist,
		.ctx = a,
	});
	if (diff->children.count || !lockfile_stays(a, &p, ideal, o) || uptodate_builds(a, ideal))
		return false;
	*out = (struct install_result){.ideal = ideal, .actual = actual, .diff = diff};
	pending_list(a, &o->lifecycle, ideal, &out->pending);
	return !(o->strict_allow_scripts && out->pending.count);
}
