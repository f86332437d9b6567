/* SPDX-License-Identifier: MIT
 *
 * store: path, ls and prune of the directories that projects share (global-store).
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"
#include "cache/cache.h"
#include "cache/links.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/runs.h"

static int show_path(struct cli *cli, struct cache *c, struct err *err)
{
	(void)err;
	cli_print(cli, "%s", links_dir(cli->arena, c));
	return 0;
}

static int list(struct cli *cli, struct cache *c, struct err *err)
{
	struct vec items;

	vec_init(&items, cli->arena);
	if (links_list(cli->arena, c, &items, err) < 0)
		return -1;
	for (size_t i = 0; i < items.count; i++) {
		const struct links_item *item = items.items[i];

		cli_print(cli, "%s %s", item->id[0] ? item->id : "?", item->path);
	}
	return 0;
}

static int prune(struct cli *cli, struct cache *c, struct err *err)
{
	struct links_report r;

	if (links_prune(cli->arena, c, &r, err) < 0)
		return -1;
	cli_print(cli, "Removed %llu shared packages that no project uses (%llu bytes)", (unsigned long long)r.removed,
		  (unsigned long long)r.freed);
	cli_print(cli, "Kept %llu for %llu projects", (unsigned long long)r.kept, (unsigned long long)r.projects);
	if (r.gone)
		cli_print(cli, "Projects gone: %llu", (unsigned long long)r.gone);
	return 0;
}

typedef int verb_run(struct cli *cli, struct cache *c, struct err *err);

int cmd_store(struct cli *cli, int argc, char **argv, struct err *err)
{
	static const struct {
		const char *word;
		verb_run *run;
	} verbs[] = {{"path", show_path}, {"ls", list}, {"list", list}, {"prune", prune}};
	struct cache_options opts = {.dir = config_cache(cli->config)};
	struct cache *c;
	int ret;

	for (size_t i = 0; argc == 1 && i < ARRAY_LEN(verbs); i++) {
		if (!streq(argv[0], verbs[i].word))
			continue;
		c = cache_open(cli->arena, &opts, err);
		ret = c ? verbs[i].run(cli, c, err) : -1;
		cache_close(c);
		return ret;
	}
	return cli_usage_error(cli, err, "store: path, ls or prune");
}
