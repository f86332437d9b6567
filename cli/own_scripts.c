/* SPDX-License-Identifier: MIT */
#include "cli/own_scripts.h"

#include "base/err.h"
#include "base/report.h"
#include "cli/cli.h"
#include "install/install.h"
#include "install/lifecycle.h"
#include "resolver/manifest.h"

static int run(const struct own_scripts *own, const char *const *events, struct err *err)
{
	const struct install_options *o = own->options;
	struct package_file package;

	if (o->lifecycle.ignore_scripts)
		return 0;
	if (package_read(own->cli->arena, o->project.path, &package, err) < 0)
		return -1;
	report_pause(own->cli->reporter);
	return lifecycle_root(own->cli->arena, &(struct lifecycle_project){
		.dir = o->project.path,
		.pkg = package.manifest->raw,
		.events = events,
	}, &o->lifecycle, err);
}

int own_before(void *ctx, struct err *err)
{
	static const char *const events[] = {"preinstall", NULL};

	return run(ctx, events, err);
}

int own_after(const struct own_scripts *own, struct err *err)
{
	static const char *const events[] = {"install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare",
		NULL};

	return run(own, events, err);
}
