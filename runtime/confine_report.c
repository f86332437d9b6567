/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/path.h"
#include "runtime/confine.h"
#include "sandbox/refusals.h"

#include <string.h>

/* One kind of refusal for people. %s: its detail. flag: what grants it, NULL: nothing does. */
struct wording {
	const char *kind, *before, *after, *flag;
};

static const struct wording wordings[] = {
	{REFUSED_READ, "reading ", "", "--allow-read="},
	{REFUSED_WRITE, "writing ", "", "--allow-write="},
	{REFUSED_ATTRIBUTES, "changing mode, owner or times of ", "", "--allow-write="},
	{REFUSED_NETWORK, "using the network", "", "--allow-net"},
	{REFUSED_SOCKET, "connecting to the local socket ", "", NULL},
	{REFUSED_SIGNAL, "sending a signal to process ", "", NULL},
	{REFUSED_CALL, "calling ", "()", NULL},
	{REFUSED_SETUID, "making a set-user-ID file", "", NULL},
	{REFUSED_PROCESSES, "starting more processes than it may", "", NULL},
	{ENDED_TIME, "it was ended: it took longer than it may", "", NULL},
	{ENDED_CPU, "it was ended: it used more processor time than it may", "", NULL},
	{ENDED_MEMORY, "it was ended: it used more memory than it may", "", NULL},
};

static const char *shorten(struct arena *a, const char *path, const char *home)
{
	if (!home || streq(home, "/") || *path != '/' || !path_is_in(path, home))
		return path;
	return arena_printf(a, "~%s", path + strlen(home));
}

/* A shell takes it as it stands? Then it need not be quoted. */
static bool is_plain(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./~@+=,:")] == 0;
}

static void add_flag(struct arena *a, struct vec *flags, const char *flag, const char *detail)
{
	char *text = strchr(flag, '=') ? arena_printf(a, is_plain(detail) ? "%s%s" : "'%s%s'", flag, detail)
				       : arena_strdup(a, flag);

	for (size_t i = 0; i < flags->count; i++) {
		if (streq(flags->items[i], text))
			return;
	}
	vec_add(flags, text);
}

static void add_line(struct arena *a, struct str line, const char *home, struct confine_report *out)
{
	struct str rest;
	const char *kind = str_dup(a, str_cut(line, ' ', &rest));
	const char *detail = rest.ptr ? shorten(a, str_dup(a, rest), home) : "";

	for (size_t i = 0; i < ARRAY_LEN(wordings); i++) {
		const struct wording *w = &wordings[i];

		if (!streq(w->kind, kind))
			continue;
		vec_add(&out->lines, arena_printf(a, "%s%s%s", w->before, detail, w->after));
		if (w->flag && !cstr_starts(detail, "/proc/"))
			add_flag(a, &out->flags, w->flag, detail);
	}
}

void confine_report_parse(struct arena *a, struct str text, const char *home, struct confine_report *out)
{
	vec_init(&out->lines, a);
	vec_init(&out->flags, a);
	while (text.ptr) {
		struct str line = str_cut(text, '\n', &text);

		if (line.len)
			add_line(a, line, home, out);
	}
}
