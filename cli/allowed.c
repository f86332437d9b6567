/* SPDX-License-Identifier: MIT */
#include "cli/allowed.h"

#include "base/err.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "resolver/spec.h"

int allowed_by_root(const struct cli *cli, const struct spec *s, struct err *err)
{
	static const struct {
		enum spec_type type;
		enum err_code code;
		const char *setting, *name;
	} policies[] = {
		{SPEC_GIT, ERR_EALLOWGIT, "allow-git", "git"},
		{SPEC_REMOTE, ERR_EALLOWREMOTE, "allow-remote", "remote"},
		{SPEC_FILE, ERR_EALLOWFILE, "allow-file", "file"},
		{SPEC_DIRECTORY, ERR_EALLOWDIRECTORY, "allow-directory", "directory"},
	};

	for (size_t i = 0; i < ARRAY_LEN(policies); i++)
		if (policies[i].type == s->type && streq(config_text(cli->config, policies[i].setting), "none"))
			return err_set(err, policies[i].code, "Fetching packages of type \"%s\" have been disabled",
				       policies[i].name);
	return 0;
}
