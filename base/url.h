/* SPDX-License-Identifier: MIT
 *
 * URLs as browsers and Node's `URL` read them (the WHATWG standard): http, https, ws, wss, ftp and file are
 * special (back slashes count as slashes, default ports go away, hosts are lower-cased, IPv4 in any spelling
 * becomes dotted), every other scheme keeps an opaque host or an opaque path. Spaces and controls around the
 * text, and tabs and newlines inside, vanish. Of internationalised hosts only the Punycode half is done.
 *
 *	struct url u;
 *	if (!url_parse(a, str_from("../x.tgz"), &base, &u))
 *		…it is no URL…
 *	const char *where = url_href(a, &u);
 *
 * All texts live in the arena, percent-encoded as the standard wants them.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;

struct url {
	const char *scheme;	/* lower-case, without the colon */
	const char *username;	/* "" when none */
	const char *password;	/* "" when none */
	const char *hostname;	/* NULL: the URL has none; IPv6 in its brackets */
	int port;		/* -1: none, or the scheme's own */
	const char *pathname;	/* "/a/b", or the text after the scheme of an opaque one */
	bool opaque;		/* the path is no list of segments: mailto:x, github:a/b */
	const char *query;	/* without the question mark; NULL when none */
	const char *fragment;	/* without the hash; NULL when none */
};

/* Against base when text is relative; base may be NULL. False when it is no valid URL. */
bool url_parse(struct arena *a, struct str text, const struct url *base, struct url *out) MUST_USE;
const char *url_href(struct arena *a, const struct url *u);
/* hostname, with ":port" when there is one; "" without a host. */
const char *url_host(struct arena *a, const struct url *u);
/* "https://host:port"; "null" for what has no origin (any scheme but http, https, ws, wss, ftp). */
const char *url_origin(struct arena *a, const struct url *u);
/* The port that will be used: the URL's own or the scheme's; -1 when neither is known. */
int url_port(const struct url *u);
bool url_is_special(const struct url *u);

/* JavaScript's encodeURIComponent and decodeURIComponent. Decoding gives NULL for a malformed escape, for
 * bytes that are not UTF-8, and for a NUL, which no text here can hold. */
const char *url_encode_component(struct arena *a, const char *s);
const char *url_decode_component(struct arena *a, const char *s);
/* encodeURI: what has a meaning in a URL stays. */
const char *url_encode_whole(struct arena *a, const char *s);
/* One parse from text to the normal form: new URL(text).href, NULL when it is none. */
const char *url_normal(struct arena *a, const char *text);
