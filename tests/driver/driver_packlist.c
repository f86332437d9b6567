/* SPDX-License-Identifier: MIT */
#include "tests/driver/driver.h"

#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "install/packlist.h"

static const char *read_ignore(struct driver_call *c, const char *path)
{
	struct str text = STR_NULL;
	struct err none = ERR_INIT;
	if (!path || fs_read_if(c->arena, path, (size_t)1 << 20, &text, &none) < 0 || !text.ptr)
		return NULL;
	return str_dup(c->arena, text);
}

/* dir holds the whole tree; opts.path, or else it, is the package. */
static int run_packlist(struct driver_call *c, struct err *err)
{
	const char *path = driver_opt_text(c, "path");
	const struct json *workspaces = driver_opt_value(c, "workspaces");
	struct packlist_options o = {.dir = path ? path : c->dir, .prefix = driver_opt_text(c, "prefix")};
	struct vec files;

	if (!o.dir) {
		c->skip = "needs a tree on disk";
		return 0;
	}
	o.workspaces = ARENA_ARRAY(c->arena, const char *, json_count(workspaces) + 1);
	for (uint32_t i = 0; json_is(workspaces, JSON_ARRAY) && i < workspaces->count; i++)
		((const char **)o.workspaces)[o.n_workspaces++] = json_text(workspaces->items[i]);
	o.global_ignore = read_ignore(c, driver_opt_text(c, "globalIgnoreFile"));
	if (packlist_with(c->arena, &o, &files, err) < 0)
		return -1;
	c->result = json_array(c->arena);
	for (size_t i = 0; i < files.count; i++)
		json_add(c->arena, c->result, json_string(c->arena, files.items[i]));
	return 0;
}

DRIVER_FUNCTIONS(packlist, {"packlist", NULL, run_packlist});
