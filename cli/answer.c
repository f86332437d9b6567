/* SPDX-License-Identifier: MIT */
#include "cli/answer.h"

#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "cli/cli.h"
#include "registry/fault.h"
#include "registry/registry.h"

int answer_is_registrys(struct cli *cli, const struct registry_options *o, const struct registry_request *rq, struct str body,
			struct err *err)
{
	if (!str_starts(str_trim(body), "<"))
		return 0;
	err_set_as(err, "EINVALIDJSON", "what answered for %s is a web page and no registry",
		   fault_clean_url(cli->arena, registry_request_url(cli->arena, o, rq)));
	err_note(err, "Is a proxy or a login page between? Check the `registry` setting.");
	return -1;
}

struct json *answer_json(struct cli *cli, const struct registry_options *o, const struct registry_request *rq, struct str body,
			 struct err *err)
{
	struct err why = ERR_INIT;
	struct json *v = json_parse(cli->arena, body, "the registry's answer", &why);

	if (v)
		return v;
	err_set_as(err, "EINVALIDJSON", "invalid json response body at %s reason: %.1500s",
		   fault_clean_url(cli->arena, registry_request_url(cli->arena, o, rq)), why.text);
	err_note(err, "The registry did not answer as a package registry does: check the `registry` setting, and any proxy on "
		      "the way.");
	return NULL;
}
