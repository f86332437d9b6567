/* SPDX-License-Identifier: MIT */
#include "tests/driver/driver.h"

#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "install/bins.h"
#include "resolver/manifest.h"

static int get_node_modules(struct driver_call *c, struct err *err)
{
	(void)err;
	c->result = json_string(c->arena, bins_node_modules(c->arena, driver_text(c, 0)));
	return 0;
}

static int get_prefix(struct driver_call *c, struct err *err)
{
	(void)err;
	c->result = json_string(c->arena, path_dir(c->arena, bins_node_modules(c->arena, driver_text(c, 0))));
	return 0;
}

/* The case gives package.json fields as they are, so no manifest is made of them. */
static struct bin_list bin_list_from(struct arena *a, const struct json *bin)
{
	struct bin_list list = {.items = ARENA_ARRAY(a, struct bin_entry, json_count(bin))};

	for (uint32_t i = 0; i < json_count(bin); i++)
		list.items[list.count++] = (struct bin_entry){bin->members[i].key, json_text(bin->members[i].value)};
	return list;
}

static int paths_of(struct driver_call *c, const struct json *bin, struct vec *out)
{
	const struct json *o = driver_arg(c, 0);
	const struct json *pkg = json_find(o, "pkg");
	struct bin_list list = bin_list_from(c->arena, bin);
	struct bins_package p = {
		.path = json_find_text(o, "path"),
		.bin = &list,
		.man = json_find(pkg, "man"),
		.top = json_is_true(json_find(o, "top")),
		.global = json_is_true(json_find(o, "global")),
	};

	vec_init(out, c->arena);
	if (!cstr_starts(p.path, "/")) {
		c->skip = "paths of Windows";
		return -1;
	}
	bins_paths(c->arena, &p, out);
	return 0;
}

static int get_paths(struct driver_call *c, struct err *err)
{
	struct vec out;

	(void)err;
	if (paths_of(c, json_find(json_find(driver_arg(c, 0), "pkg"), "bin"), &out))
		return 0;
	c->result = json_array(c->arena);
	for (size_t i = 0; i < out.count; i++)
		json_add(c->arena, c->result, json_string(c->arena, out.items[i]));
	return 0;
}

static int man_target(struct driver_call *c, struct err *err)
{
	(void)err;
	c->skip = "where man pages go is no function of its own; the same arguments were recorded on Windows and elsewhere";
	return 0;
}

DRIVER_FUNCTIONS(bins, {"lib/get-node-modules", NULL, get_node_modules}, {"lib/get-prefix", NULL, get_prefix},
		 {"lib/get-paths", NULL, get_paths}, {"lib/man-target", NULL, man_target});
