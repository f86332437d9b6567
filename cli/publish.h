/* SPDX-License-Identifier: MIT
 *
 * Publishing one package: publish and stage publish. The flow is cli/cmd_publish.c, what is sent cli/publish_body.c, a CI's
 * own credentials cli/oidc.c.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"
#include "cli/ask.h"
#include "cli/parcel.h"

struct cli;
struct err;
struct json;

struct publication {
	struct cli *cli;
	struct parcels parcels;
	struct parcel *parcel;
	const char *workspace;		/* its name; NULL: none was asked for */
	bool stage;			/* staged: somebody approves it later */
	const char *command;		/* "publish" or "stage": what warnings begin with */
	struct json *manifest;		/* as it will be sent */
	struct json *contents;		/* of the tarball */
	const char *tag;		/* the setting, whatever publishConfig says */
	bool default_tag;		/* nobody set one */
	const char *registry;		/* where the package lives; with a slash at its end */
	struct vec borrowed;		/* const char *: settings taken from publishConfig, given back afterwards */
	struct ask ask;
};

/* `stage publish`: everything as publish does it, but that it waits for somebody's approval. */
int stage_publish(struct cli *cli, int argc, char **argv, struct err *err) MUST_USE;

/* publishConfig may say whatever an .npmrc may, but the command line has the last word: in force until it is returned. */
void publish_config_take(struct cli *cli, const struct json *manifest, struct vec *borrowed);
void publish_config_return(struct cli *cli, struct vec *borrowed);
/* "public", "restricted", or NULL: as it is, or as the registry thinks. */
const char *publish_access(const struct cli *cli);
/* What is sent; ptr NULL with an error: EPRIVATE, EUNSCOPED, EBADSEMVER, EUSAGE. */
struct str publish_body(struct publication *p, struct err *err) MUST_USE;
/*
 * Trusted publishing: in a CI that vouches for the package, its identity token is exchanged for the registry's token, which
 * is in force until the end of this package. Never fails: without a token, whatever else is set counts.
 */
void oidc_exchange(struct cli *cli, const char *name, const char *registry, struct vec *borrowed);
