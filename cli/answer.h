/* SPDX-License-Identifier: MIT
 *
 * What a registry's answer says, for cli/ask.h and cli/online.h: one rule for what is no answer of a registry's.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct cli;
struct err;
struct json;
struct registry_options;
struct registry_request;

/* For those who need not know what it says: EINVALIDJSON when it is a web page, which no registry's answer to a change is. */
int answer_is_registrys(struct cli *cli, const struct registry_options *o, const struct registry_request *rq, struct str body,
			struct err *err) MUST_USE;
/* NULL with npm's EINVALIDJSON for a web page, half an answer, or none; rq is what was asked. */
struct json *answer_json(struct cli *cli, const struct registry_options *o, const struct registry_request *rq, struct str body,
			 struct err *err) MUST_USE;
