/* SPDX-License-Identifier: MIT
 *
 * An error as a person reads it: its code, what happened, what can be done.
 */
#include "cli/render.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

#define NETWORK_ADVICE                                                                                                \
	"This is a problem related to network connectivity.\n"                                                          \
	"In most cases you are behind a proxy or have bad network settings.\n\n"                                        \
	"If you are behind a proxy, please make sure that the 'proxy' config is set properly."

#define PACKAGE_NOTE "\nNote: package.json must be actual JSON, not just JavaScript."

/* The word npm puts before a code's lines, and advice that goes with the code alone. */
static const struct {
	enum err_code code;
	const char *word, *advice;
} ways[] = {
	{ERR_ERESOLVE, "ERESOLVE", NULL},
	{ERR_E404, "404", NULL},
	{ERR_E403, "403", NULL},
	{ERR_ETARGET, "notarget", "In most cases you or one of your dependencies are requesting a package version that "
				  "doesn't exist."},
	{ERR_EJSONPARSE, "JSON.parse", "Failed to parse JSON data." PACKAGE_NOTE},
	{ERR_ENOENT, "enoent", NULL},
	{ERR_ENEEDAUTH, "need auth", "You need to authorize this machine using `lode login`"},
	{ERR_EISGIT, "git", "Refusing to remove it. Update manually, or move it out of the way first."},
	{ERR_EBADPLATFORM, "notsup", NULL},
	{ERR_EBADENGINE, "engine", NULL},
	{ERR_EBADDEVENGINES, "EBADDEVENGINES", NULL},
	{ERR_ENOSPC, "nospc", "There appears to be insufficient space on your system to finish.\n"
			      "Clear up some disk space and try again."},
	{ERR_EROFS, "rofs", "Often virtualized file systems, or other file systems that don't support symlinks, give this "
			    "error."},
	{ERR_EACCES, "", "The operation was rejected by your operating system.\n"
			 "It is likely you do not have the permissions to access this file as the current user."},
	{ERR_EPERM, "", "The operation was rejected by your operating system."},
	{ERR_EEXIST, "", "Remove the existing file and try again, or run with --force to overwrite it."},
	{ERR_ECONNRESET, "network", NETWORK_ADVICE},
	{ERR_ENOTFOUND, "network", NETWORK_ADVICE},
	{ERR_ETIMEDOUT, "network", NETWORK_ADVICE},
	{ERR_ESOCKETTIMEOUT, "network", NETWORK_ADVICE},
	{ERR_ECONNREFUSED, "", "If you are behind a proxy, check the `proxy` setting."},
};

static const char *word_of(const struct err *e, const char **advice)
{
	*advice = NULL;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		if (ways[i].code != e->code)
			continue;
		*advice = ways[i].advice;
		/* Another file's error is none of package.json's. */
		if (e->code == ERR_EJSONPARSE && strstr(e->text, ".json'") && !strstr(e->text, "package.json'"))
			*advice = "Failed to parse JSON data.";
		return ways[i].word;
	}
	return "";
}

/* Notes, usage, advice: what comes under the summary; "" when nothing. */
static const char *detail_of(struct arena *a, const struct err *e, const char *usage, const char *advice)
{
	size_t n = strlen(e->notes);
	const char *notes = arena_strndup(a, e->notes, n && e->notes[n - 1] == '\n' ? n - 1 : n);
	if (usage)
		notes = arena_printf(a, "%s%s%s", notes, *notes ? "\n\n" : "", usage);
	if (!advice)
		return notes;
	return arena_printf(a, "%s%s%s", notes, *notes ? "\n" : "", advice);
}

/* The word says 404 already. */
static const char *summary_of(const struct err *e)
{
	return e->code == ERR_E404 && cstr_starts(e->text, "404 ") ? e->text + strlen("404 ") : e->text;
}

void render_error(struct render *r, const struct err *e, const char *usage)
{
	const char *advice, *word = word_of(e, &advice);
	const char *detail = detail_of(r->arena, e, usage, advice);
	if (*err_name(e))
		render_log(r, LOG_ERROR, "code", err_name(e));
	/* As under npm what was wrong stands alone above how it is used. */
	if (usage && e->code == ERR_EUSAGE)
		render_log(r, LOG_ERROR, word, "");
	if (*e->text)
		render_log(r, LOG_ERROR, word, usage && e->code == ERR_EUSAGE ? arena_printf(r->arena, "%s\n", e->text) : summary_of(e));
	if (*detail)
		render_log(r, LOG_ERROR, e->code == ERR_ERESOLVE ? "" : word, detail);
}

/* A script that failed: its exit status, and its command as the first line of the detail. */
static struct json *script_json(struct arena *a, const struct err *e, const char *output)
{
	const char *command = strstr(e->text, "\ncommand sh -c ");
	struct json *v = json_object(a);

	command = command ? command + strlen("\ncommand ") : "";
	json_put(a, v, "code", json_number(a, e->status));
	json_put_text(a, v, "summary", "command failed");
	json_put_text(a, v, "detail", render_clean(a, output ? arena_printf(a, "%s\n%s", command, output) : command));
	return v;
}

struct json *render_error_json(struct arena *a, const struct err *e, const char *usage)
{
	const char *advice;
	struct json *v = json_object(a);
	if (e->code == ERR_ELIFECYCLE)
		return script_json(a, e, usage);
	word_of(e, &advice);
	if (*err_name(e))
		json_put_text(a, v, "code", err_name(e));
	json_put_text(a, v, "summary", render_clean(a, summary_of(e)));
	json_put_text(a, v, "detail", render_clean(a, detail_of(a, e, usage, advice)));
	return v;
}
