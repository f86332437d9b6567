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
	{REFUSED_FILE, "making the file ", "", "--allow-write-file="},
	{REFUSED_MORE, "more of the same kind (", ")", NULL},
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

static const char *shorten(struct arena *a, const char *path, const struct confine *c)
{
	const char *project = c->project;

	if (*path != '/')
		return path;
	if (project && !streq(project, "/") && !streq(path, project) && path_is_in(path, project))
		return path + strlen(project) + 1;
	if (!c->home || streq(c->home, "/") || !path_is_in(path, c->home))
		return path;
	return arena_printf(a, "~%s", path + strlen(c->home));
}

static bool is_below_any(const char *path, const char *const *dirs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (path_is_in(path, dirs[i]))
			return true;
	}
	return false;
}

/* Nobody should be told how to grant these: keys, what shells run, what holds everything. Of a path as it is told. */
static bool is_grave(const char *path, const struct confine *c)
{
	static const char *const home[] = {
		"~/.ssh", "~/.gnupg", "~/.aws", "~/.azure", "~/.kube", "~/.docker", "~/.npmrc", "~/.netrc", "~/.config",
		"~/.git-credentials", "~/.gitconfig", "~/.bashrc", "~/.bash_profile", "~/.bash_login", "~/.bash_logout",
		"~/.profile", "~/.zshrc", "~/.zshenv", "~/.zprofile", "~/.zlogin", "~/.bash_history", "~/.zsh_history",
		"~/.pypirc", "~/.password-store", "~/.pgpass", "~/.mozilla", "~/.yarnrc", "~/.yarnrc.yml", "~/.local/bin",
		"~/.local/share/keyrings", "~/.vault-token", ".npmrc", ".env",
	};
	/* What lode, or whoever works on the project, runs or goes by. */
	static const char *const project[] = {"node_modules", "package.json", "package-lock.json", ".npm-extension.mjs",
					      ".npm-extension.cjs", "lode-runtime.json", ".github", ".husky", ".vscode"};
	static const char *const system[] = {"/etc", "/dev", "/proc", "/sys", "/usr", "/bin", "/sbin", "/lib", "/lib64", "/boot",
					     "/var", "/run", "/root"};
	static const char *const whole[] = {"/", "~", "~/.cache", "~/.local", "~/.local/share", "/home", "/opt", "/tmp", "/mnt", "/media", "/srv", "."};

	for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
		if (streq(path, whole[i]))
			return true;
	}
	return (c->project && streq(path, c->project)) || is_below_any(path, home, ARRAY_LEN(home)) ||
	       is_below_any(path, system, ARRAY_LEN(system)) || is_below_any(path, project, ARRAY_LEN(project));
}

/* What is kept for a program below these goes by its name; deeper down are versions. */
static const char *whole_cache(struct arena *a, const char *path)
{
	static const char *const caches[] = {"~/.cache/", "~/.local/share/"};

	for (size_t i = 0; i < ARRAY_LEN(caches); i++) {
		size_t n = strlen(caches[i]);

		if (cstr_starts(path, caches[i]))
			return arena_strndup(a, path, n + strcspn(path + n, "/"));
	}
	return path;
}

/* A shell takes it as it stands? Then it need not be quoted. */
static bool is_plain(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./~@+=,:")] == 0;
}

static const char *quoted(struct arena *a, const char *text)
{
	char *out, *at;

	if (is_plain(text))
		return text;
	at = out = arena_alloc(a, 4 * strlen(text) + 3);
	*at++ = '\'';
	for (; *text; text++) {
		size_t n = *text == '\'' ? 4 : 1;

		memcpy(at, n == 4 ? "'\\''" : text, n);
		at += n;
	}
	memcpy(at, "'", 2);
	return out;
}

static void add_flag(struct arena *a, struct vec *flags, const char *flag, const char *detail)
{
	const char *text = strchr(flag, '=') ? quoted(a, arena_printf(a, "%s%s", flag, detail)) : flag;

	for (size_t i = 0; i < flags->count; i++) {
		if (streq(flags->items[i], text))
			return;
	}
	vec_add(flags, (void *)text);
}

static void add_line(struct arena *a, struct str line, const struct confine *c, struct confine_report *out)
{
	struct str rest;
	const char *kind = str_dup(a, str_cut(line, ' ', &rest));
	const char *detail = rest.ptr ? shorten(a, str_dup(a, rest), c) : "";

	for (size_t i = 0; i < ARRAY_LEN(wordings); i++) {
		const struct wording *w = &wordings[i];

		if (!streq(w->kind, kind))
			continue;
		vec_add(&out->lines, arena_printf(a, "%s%s%s", w->before, detail, w->after));
		if (w->flag && (!*detail || !is_grave(detail, c)))
			add_flag(a, &out->flags, w->flag, streq(kind, REFUSED_WRITE) ? whole_cache(a, detail) : detail);
	}
}

void confine_report_parse(struct arena *a, struct str text, const struct confine *c, struct confine_report *out)
{
	vec_init(&out->lines, a);
	vec_init(&out->flags, a);
	while (text.ptr) {
		struct str line = str_cut(text, '\n', &text);

		if (line.len)
			add_line(a, line, c, out);
	}
}
