/* SPDX-License-Identifier: MIT
 *
 * The pieces url.c is made of; nobody else includes this.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct buf;

/* What else than controls and bytes above '~' is percent-encoded in each part. */
#define URL_SET_C0 ""
#define URL_SET_FRAGMENT " \"<>`"
#define URL_SET_QUERY " \"#<>"
#define URL_SET_SPECIAL_QUERY " \"#<>'"
#define URL_SET_PATH " \"#<>?^`{}"
#define URL_SET_USERINFO " \"#<>?^`{}/:;=@[\\]|"

void url_encode(struct buf *out, struct str s, const char *set);
/* %XX becomes a byte, anything else stays; may make NULs. */
void url_decode(struct buf *out, struct str s);

/* The host as it is kept, NULL when it is not valid. */
const char *url_host_parse(struct arena *a, struct str host, bool special);
