/* SPDX-License-Identifier: MIT
 *
 * lodex (npx): options before the first word are lode's, that word and all behind it are the command's.
 */
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/dispatch.h"
#include "cli/nopt.h"
#include "cli/settings.h"

static bool in(const char *const *list, const char *key)
{
	for (; *list; list++)
		if (streq(*list, key))
			return true;
	return false;
}

/* Options npx once had: dropped. */
static bool is_removed(const char *key)
{
	return in((const char *const[]){"always-spawn", "ignore-existing", "shell-auto-fallback", "npm", "node-arg", "n",
					NULL},
		  key);
}

static bool takes_no_value(struct arena *a, const char *key)
{
	const struct setting *s = setting_find(key);
	if (s && opt_types_has(setting_types(a, s), OPT_BOOLEAN))
		return true;
	return in((const char *const[]){"always-spawn", "ignore-existing", "shell-auto-fallback", "no-install", "quiet",
					"q", "version", "v", "help", "h", NULL},
		  key);
}

static bool takes_value(const char *key)
{
	return in((const char *const[]){"npm", "node-arg", "n", "package", "p", "cache", "userconfig", "call", "c",
					"shell", NULL},
		  key);
}

/* One option, with its spelling made exec's. False: it is dropped. */
static bool add_option(struct arena *a, struct vec *out, const char *key, const char *value)
{
	const char *eq = value ? arena_printf(a, "=%s", value) : "";
	if (is_removed(key))
		return false;
	if (streq(key, "p")) {
		vec_add(out, arena_printf(a, "--package%s", eq));
	} else if (streq(key, "shell")) {
		vec_add(out, arena_printf(a, "--script-shell%s", eq));
	} else if (streq(key, "no-install")) {
		vec_add(out, (void *)"--yes=false");
	} else if (setting_words(a, key)) {
		setting_split(a, out, setting_words(a, key));
		if (value)
			vec_add(out, (void *)value);
	} else {
		vec_add(out, arena_printf(a, "--%s%s", key, eq));
	}
	return true;
}

/* Is the word behind an option its value? */
static bool wants_next(struct arena *a, const char *key, const char *next)
{
	bool own = streq(key, "p") || streq(key, "shell") || is_removed(key);
	const char *whole = own ? NULL : setting_words(a, key);
	if (whole && strchr(whole, ' '))
		return false;
	const char *full = whole ? whole + 2 : key;
	if (takes_no_value(a, full) || cstr_starts(full, "no-"))
		return false;
	return takes_value(full) || takes_value(key) || next[0] != '-';
}

/* The option at *i, and its value when that is the next word. */
static void take_option(struct arena *a, const struct vec *words, size_t *i, struct vec *out, struct vec *removed)
{
	const char *arg = VEC_AT(words, const char, *i);
	const char *name = arg + strspn(arg, "-"), *eq = strchr(name, '=');
	const char *key = eq ? arena_strndup(a, name, (size_t)(eq - name)) : name;
	const char *next = *i + 1 < words->count ? VEC_AT(words, const char, *i + 1) : NULL;
	bool kept = add_option(a, out, key, eq ? eq + 1 : NULL);
	if (!kept)
		vec_add(removed, (void *)key);
	if (eq || !next || !wants_next(a, key, next))
		return;
	(*i)++;
	if (kept)
		vec_add(out, (void *)next);
}

void npx_words(struct arena *a, const struct vec *words, struct vec *out, struct vec *removed)
{
	size_t i = 0;
	vec_add(out, (void *)"exec");
	for (; i < words->count; i++) {
		const char *arg = VEC_AT(words, const char, i);
		if (streq(arg, "--"))
			break;
		if (arg[0] != '-') {
			vec_add(out, (void *)"--");
			break;
		}
		take_option(a, words, &i, out, removed);
	}
	for (; i < words->count; i++)
		vec_add(out, words->items[i]);
}
