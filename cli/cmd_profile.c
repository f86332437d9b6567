/* SPDX-License-Identifier: MIT
 *
 * profile: what the registry knows of oneself, and two-factor authentication.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/report.h"
#include "base/str.h"
#include "base/url.h"
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/credentials.h"
#include "cli/jsvalue.h"
#include "cli/prompt.h"
#include "cli/runs.h"

#include <ctype.h>
#include <string.h>

#define TFA "two-factor auth"
#define LINE_MAX_BYTES ((size_t)1 << 20)

static const char *const writable[] = {"email", "password", "fullname", "homepage", "github"};

static bool is_parseable(const struct cli *cli)
{
	return config_bool(cli->config, "parseable");
}

static struct json *fetch(struct ask *q, struct err *err)
{
	return ask_json(q, &(struct registry_request){.path = "/-/npm/v1/user"}, err);
}

/* An empty text cannot be set, null can. */
static struct json *save(struct ask *q, struct json *profile, struct err *err)
{
	struct registry_request rq = {.method = "POST", .path = "/-/npm/v1/user"};

	for (uint32_t i = 0; i < profile->count; i++)
		if (json_is(profile->members[i].value, JSON_STRING) && !*profile->members[i].value->text)
			profile->members[i].value = json_null(q->cli->arena);
	rq.content = ask_content(q, profile);
	return ask_json(q, &rq, err);
}

/* ---- get ---- */

static struct json *or_empty(struct arena *a, struct json *v)
{
	return json_truthy(v) ? v : json_string(a, "");
}

static struct json *cleaned(struct cli *cli, const struct json *info)
{
	static const char *const known[] = {"name", "email", TFA, "fullname", "homepage", "github", "created", "updated"};
	const struct json *tfa = json_find(info, "tfa");
	struct arena *a = cli->arena;
	struct json *out = json_object(a);
	const char *mode = json_truthy(tfa) && !json_truthy(json_find(tfa, "pending")) ? json_find_text(tfa, "mode") : NULL;

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		json_put(a, out, known[i], or_empty(a, json_find(info, known[i])));
	for (uint32_t i = 0; json_is(info, JSON_OBJECT) && i < info->count; i++)
		if (!json_find(out, info->members[i].key))
			json_put(a, out, info->members[i].key, or_empty(a, info->members[i].value));
	json_remove(out, "tfa");
	json_remove(out, "email_verified");
	json_put_text(a, out, "email", arena_printf(a, "%s%s", js_string(a, json_find(out, "email")),
						    json_truthy(json_find(info, "email_verified")) ? " (verified)" : "(unverified)"));
	json_put_text(a, out, TFA, mode ? mode : "disabled");
	return out;
}

/* Some fields, apart by commas or as words of their own. */
static void print_some(struct cli *cli, const struct json *all, char **words)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES);
	bool first = true;

	for (; *words; words++) {
		struct str rest = str_from(*words);

		while (rest.ptr) {
			struct str one = str_cut(rest, ',', &rest);
			const struct json *v = json_find(all, str_dup(cli->arena, one));

			if (!str_trim(one).len)
				continue;
			buf_printf(&line, "%s%s", first ? "" : "\t", v ? js_string(cli->arena, v) : "");
			first = false;
		}
	}
	cli_print(cli, "%s", buf_text(&line));
	buf_release(&line);
}

static int get(struct ask *q, char **words, struct err *err)
{
	struct cli *cli = q->cli;
	struct json *info = fetch(q, err), *all;

	if (!info)
		return -1;
	if (!json_truthy(json_find(info, "cidr_whitelist")))
		json_remove(info, "cidr_whitelist");
	all = cleaned(cli, info);
	if (cli_is_json(cli)) {
		cli_json(cli, info);
		return 0;
	}
	if (*words) {
		print_some(cli, all, words);
		return 0;
	}
	for (uint32_t i = 0; is_parseable(cli) && i < json_count(info); i++) {
		const char *key = info->members[i].key;

		cli_print(cli, "%s\t%s", key, streq(key, "tfa") ? json_find_text(all, TFA) : js_string(cli->arena, info->members[i].value));
	}
	for (uint32_t i = 0; !is_parseable(cli) && i < all->count; i++)
		cli_print(cli, "%s: %s", all->members[i].key, js_string(cli->arena, all->members[i].value));
	return 0;
}

/* ---- set ---- */

static const char *new_password(struct cli *cli, struct err *err)
{
	for (;;) {
		const char *one = prompt_password(cli, "New password:", NULL, err), *two;

		two = one ? prompt_password(cli, "       Again:    ", NULL, err) : NULL;
		if (!two || streq(one, two))
			return two;
		report_warn(cli->reporter, "profile", "Passwords do not match, please try again.");
	}
}

static struct json *passwords(struct cli *cli, struct err *err)
{
	const char *old = prompt_password(cli, "Current password:", NULL, err), *new = old ? new_password(cli, err) : NULL;
	struct json *both = json_object(cli->arena);

	json_put_text(cli->arena, both, "old", old);
	json_put_text(cli->arena, both, "new", new);
	return new ? both : NULL;
}

static struct json *value_of(struct cli *cli, char **words)
{
	struct buf text = BUF_INIT(LINE_MAX_BYTES);
	struct json *v;

	for (char **w = words; *w; w++)
		buf_printf(&text, "%s%s", w == words ? "" : " ", *w);
	v = json_string(cli->arena, buf_text(&text));
	buf_release(&text);
	return v;
}

static int check_set(struct cli *cli, const char *key, bool has_value, struct err *err)
{
	bool known = false;

	(void)cli;
	for (size_t i = 0; i < ARRAY_LEN(writable); i++)
		known |= streq(key, writable[i]);
	if (!streq(key, "password") && !has_value)
		return err_set(err, ERR_EGENERIC, "lode profile set <prop> <value>");
	if (streq(key, "password") && has_value)
		return err_set(err, ERR_EGENERIC, "lode profile set password\n"
			       "Do not include your current or new passwords on the command line.");
	if (!known)
		return err_set(err, ERR_EGENERIC, "\"%s\" is not a property we can set. Valid properties are: email, password, "
			       "fullname, homepage, github", key);
	return 0;
}

static void tell_set(struct cli *cli, const char *key, const struct json *now)
{
	struct arena *a = cli->arena;
	struct json *out = json_object(a);

	if (cli_is_json(cli)) {
		if (now)
			json_put(a, out, key, json_copy(a, now));
		cli_json(cli, out);
	} else if (is_parseable(cli)) {
		cli_print(cli, "%s\t%s", key, now ? js_string(a, now) : "undefined");
	} else if (now && !json_is(now, JSON_NULL)) {
		cli_print(cli, "Set %s to %s", key, js_string(a, now));
	} else {
		cli_print(cli, "Set %s", key);
	}
}

static int set(struct ask *q, char **words, struct err *err)
{
	struct cli *cli = q->cli;
	struct arena *a = cli->arena;
	const char *key = words[0] ? str_dup(a, str_trim(str_from(cstr_lower(a, words[0])))) : "";
	struct json *user, *next = json_object(a), *value, *said;

	if (check_set(cli, key, words[0] && words[1], err) < 0)
		return -1;
	value = streq(key, "password") ? passwords(cli, err) : value_of(cli, words + 1);
	user = value ? fetch(q, err) : NULL;
	if (!user)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(writable); i++)
		if (json_find(user, writable[i]))
			json_put(a, next, writable[i], json_find(user, writable[i]));
	json_put(a, next, key, value);
	said = save(q, next, err);
	if (!said)
		return -1;
	tell_set(cli, key, json_find(said, key));
	return 0;
}

/* ---- two-factor authentication ---- */

static struct json *tfa_wish(struct arena *a, const char *password, const char *mode)
{
	struct json *out = json_object(a), *tfa = json_object(a);

	json_put_text(a, tfa, "password", password);
	json_put_text(a, tfa, "mode", mode);
	json_put(a, out, "tfa", tfa);
	return out;
}

/* The authenticator learns the secret from its address, typed in or pasted; then it proves that it has. */
static int finish_2fa(struct ask *q, const char *address, struct err *err)
{
	struct cli *cli = q->cli;
	struct arena *a = cli->arena;
	struct json *out = json_object(a), *codes = json_array(a), *said;
	const char *otp, *secret = strstr(address, "secret=");

	cli_print(cli, "Add this address to your authenticator app:\n%s\n Or enter code: %.*s", address,
		  secret ? (int)strcspn(secret + 7, "&") : 0, secret ? secret + 7 : "");
	otp = prompt_otp(cli, "And an OTP code from your authenticator:", err);
	if (!otp)
		return -1;
	json_add(a, codes, json_string(a, otp));
	json_put(a, out, "tfa", codes);
	said = save(q, out, err);
	if (!said)
		return -1;
	cli_print(cli, "2FA successfully enabled. Below are your recovery codes, please print these out.");
	cli_print(cli, "You will need these to recover access to your account if you lose your authentication device.");
	codes = json_find(said, "tfa");
	for (uint32_t i = 0; json_is(codes, JSON_ARRAY) && i < codes->count; i++)
		cli_print(cli, "\t%s", js_string(a, codes->items[i]));
	return 0;
}

static int check_2fa(struct ask *q, char **words, struct err *err)
{
	struct credentials k = credentials_find(q->cli->config, q->options.registry);
	const char *mode = words[0];

	if (mode && words[1])
		return err_set(err, ERR_EGENERIC, "lode profile enable-2fa [auth-and-writes|auth-only]");
	if (mode && !streq(mode, "auth-only") && !streq(mode, "auth-and-writes"))
		return err_set(err, ERR_EGENERIC, "Invalid two-factor authentication mode \"%s\".\nValid modes are:\n"
			       "  auth-only - Require two-factor authentication only when logging in\n"
			       "  auth-and-writes - Require two-factor authentication when logging in AND when publishing", mode);
	if (cli_is_json(q->cli) || is_parseable(q->cli))
		return err_set(err, ERR_EGENERIC, "Enabling two-factor authentication is an interactive operation and %s output mode "
			       "is not available", cli_is_json(q->cli) ? "JSON" : "parseable");
	if (!k.token)
		return err_set(err, ERR_EGENERIC, "You need to be logged in to registry %s in order to enable 2fa", q->options.registry);
	return 0;
}

static int begin_2fa(struct ask *q, const char *mode, bool pending, struct err *err)
{
	struct cli *cli = q->cli;
	const char *password, *address;
	struct json *said;

	report_notice(cli->reporter, "profile", "Enabling two factor authentication for %s", mode);
	password = prompt_password(cli, "npm password:", NULL, err);
	if (!password || (pending && !save(q, tfa_wish(cli->arena, password, "disable"), err)))
		return -1;
	said = save(q, tfa_wish(cli->arena, password, mode), err);
	if (!said)
		return -1;
	address = json_find_text(said, "tfa");
	if (cstr_starts(address, "otpauth://"))
		return finish_2fa(q, address, err);
	if (!json_find_text(json_find(said, "tfa"), "mode"))
		return err_set(err, ERR_EGENERIC, "Unknown error enabling two-factor authentication. Expected otpauth URL");
	cli_print(cli, "Two factor authentication mode changed to: %s", mode);
	return 0;
}

static int enable_2fa(struct ask *q, char **words, struct err *err)
{
	const char *mode = words[0] ? words[0] : "auth-and-writes";
	const struct json *info, *tfa;
	bool pending;

	if (check_2fa(q, words, err) < 0)
		return -1;
	info = fetch(q, err);
	if (!info)
		return -1;
	tfa = json_find(info, "tfa");
	pending = json_truthy(json_find(tfa, "pending"));
	if (pending || !streq(json_find_text(tfa, "mode"), mode))
		return begin_2fa(q, mode, pending, err);
	cli_print(q->cli, "Two factor authentication is already enabled and set to %s", mode);
	return 0;
}

static int disable_2fa(struct ask *q, struct err *err)
{
	struct cli *cli = q->cli;
	const struct json *info = fetch(q, err), *tfa = json_find(info, "tfa");
	struct json *out = json_object(cli->arena);
	const char *password;

	if (!info)
		return -1;
	if (!json_truthy(tfa) || json_truthy(json_find(tfa, "pending"))) {
		cli_print(cli, "Two factor authentication not enabled.");
		return 0;
	}
	password = prompt_password(cli, "npm password:", NULL, err);
	if (!password || !save(q, tfa_wish(cli->arena, password, "disable"), err))
		return -1;
	json_put_bool(cli->arena, out, "tfa", false);
	if (cli_is_json(cli))
		cli_json(cli, out);
	else
		cli_print(cli, is_parseable(cli) ? "tfa\tfalse" : "Two factor authentication disabled.");
	return 0;
}

/* "enable-2fa", "enable-tfa", "enable2fa", "enabletfa" */
static bool is_tfa(const char *word, const char *verb)
{
	size_t n = strlen(verb);

	if (strncmp(word, verb, n) != 0)
		return false;
	word += n + (word[n] == '-');
	return streq(word, "2fa") || streq(word, "tfa");
}

static int run(struct ask *q, char **argv, struct err *err)
{
	q->otp_please = true;
	if (is_tfa(argv[0], "enable"))
		return enable_2fa(q, argv + 1, err);
	if (is_tfa(argv[0], "disable"))
		return disable_2fa(q, err);
	if (streq(argv[0], "get"))
		return get(q, argv + 1, err);
	if (streq(argv[0], "set"))
		return set(q, argv + 1, err);
	return err_set(err, ERR_EGENERIC, "Unknown profile command: %s", argv[0]);
}

int cmd_profile(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct ask q;
	int bad;

	if (!argc)
		return cli_usage_error(cli, err, "get, set, enable-2fa or disable-2fa");
	if (ask_open(cli, &q, err) < 0)
		return -1;
	bad = run(&q, argv, err);
	ask_close(&q);
	return bad;
}
