/* SPDX-License-Identifier: MIT */
#include "base/json.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/publish.h"

static bool is_ours(const struct vec *borrowed, const char *key)
{
	for (size_t i = 0; i < borrowed->count; i++)
		if (streq(borrowed->items[i], key))
			return true;
	return false;
}

void publish_config_take(struct cli *cli, const struct json *manifest, struct vec *borrowed)
{
	const struct json *said = json_find(manifest, "publishConfig");

	for (uint32_t i = 0; json_is(said, JSON_OBJECT) && i < said->count; i++) {
		const char *key = said->members[i].key;
		bool ours = is_ours(borrowed, key);

		if (!ours && config_get_at(cli->config, key, CONFIG_CLI))
			continue;
		config_set(cli->config, key, json_copy(cli->arena, said->members[i].value), CONFIG_CLI);
		if (!ours)
			vec_add(borrowed, (char *)key);
	}
}

void publish_config_return(struct cli *cli, struct vec *borrowed)
{
	for (size_t i = 0; i < borrowed->count; i++)
		config_delete(cli->config, borrowed->items[i], CONFIG_CLI);
	vec_clear(borrowed);
}
