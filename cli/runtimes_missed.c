/* SPDX-License-Identifier: MIT */
#include "cli/runtimes_missed.h"

#include "base/arena.h"
#include "base/checksum.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "cli/cli.h"
#include "cli/config.h"

#include <string.h>

#define HOUR_MS ((int64_t)3600 * 1000)

static const char *note_path(struct cli *cli, const char *key)
{
	const char *registry = config_text(cli->config, "registry");
	const char *what = arena_printf(cli->arena, "%s %s", registry ? registry : "", key);

	return path_join(cli->arena, config_cache(cli->config),
			 arena_printf(cli->arena, "_lode/v1/missed/%016llx",
				      (unsigned long long)checksum64(what, strlen(what), 0)));
}

/* A cache that cannot be written only means that it is asked for again. */
void missed_note(struct cli *cli, const char *key)
{
	const char *path = note_path(cli, key);
	struct err ignored = ERR_INIT;

	if (!fs_mkdirs(path_dir(cli->arena, path), &ignored))
		(void)!fs_write(path, STR(""), 0666, &ignored);
}

void missed_forget(struct cli *cli)
{
	struct err ignored = ERR_INIT;

	(void)!fs_remove_tree(path_join(cli->arena, config_cache(cli->config), "_lode/v1/missed"), &ignored);
}

bool missed_lately(struct cli *cli, const char *key)
{
	struct fs_stat st = fs_stat(note_path(cli, key));
	int64_t age = clock_wall_ms() - st.mtime_ns / 1000000;

	return st.kind == FS_FILE && age >= 0 && age < HOUR_MS;
}
