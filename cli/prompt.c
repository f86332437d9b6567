/* SPDX-License-Identifier: MIT */
#include "cli/prompt.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/render.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096

bool prompt_has_person(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static void show(struct cli *cli, const char *text)
{
	cli_write(cli, text, strlen(text));
	fflush(cli->render->out);
}

static void interrupted(int sig)
{
	(void)sig;
}

/* As under npm an interrupt ends the question, not us. */
static const char *read_line(struct cli *cli)
{
	const struct sigaction ask = {.sa_handler = interrupted};
	struct sigaction before;
	char line[LINE_MAX_BYTES];
	const char *text;

	sigaction(SIGINT, &ask, &before);
	text = fgets(line, sizeof(line), stdin) ? arena_strndup(cli->arena, line, strcspn(line, "\r\n")) : NULL;
	sigaction(SIGINT, &before, NULL);
	explicit_bzero(line, sizeof(line));
	if (!text && isatty(STDIN_FILENO))
		show(cli, "\n");
	return text;
}

/* The question comes after the silence, so that nothing typed at once is shown. */
static const char *read_hidden(struct cli *cli, const char *question)
{
	struct termios now, silent;
	bool terminal = tcgetattr(STDIN_FILENO, &now) == 0;
	const char *text;

	if (!terminal) {
		show(cli, question);
		return read_line(cli);
	}
	silent = now;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	/* What was typed meanwhile counts. */
	tcsetattr(STDIN_FILENO, TCSADRAIN, &silent);
	show(cli, question);
	text = read_line(cli);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &now);
	show(cli, "\n");
	return text;
}

const char *prompt_line(struct cli *cli, const struct prompt *p, struct err *err)
{
	const char *fallback = p->fallback && *p->fallback ? p->fallback : NULL, *question, *text;

	report_pause(cli->reporter);
	render_flush(cli->render);
	question = fallback && p->hidden ? arena_printf(cli->arena, "%s (<default hidden>) ", p->text) :
		   fallback ? arena_printf(cli->arena, "%s (%s) ", p->text, fallback) : arena_printf(cli->arena, "%s ", p->text);
	if (!p->hidden)
		show(cli, question);
	text = p->hidden ? read_hidden(cli, question) : read_line(cli);
	if (!text) {
		err_set(err, ERR_EGENERIC, "canceled");
		return NULL;
	}
	return *text || !fallback ? text : fallback;
}

/* Digits with blanks between them, or a recovery code: 64 hexadecimal digits. */
static bool is_otp(const char *s)
{
	size_t len = strlen(s);

	if (len && strspn(s, "0123456789 ") == len)
		return true;
	return len == 64 && strspn(s, "0123456789abcdefABCDEF") == len;
}

const char *prompt_otp(struct cli *cli, const char *text, struct err *err)
{
	const struct prompt p = {.text = text};
	const char *said;

	do
		said = prompt_line(cli, &p, err);
	while (said && !is_otp(said));
	return said ? cstr_replace(cli->arena, said, " ", "") : NULL;
}

/* npm-user-validate: what a name may not be; NULL when it is fine. */
static const char *username_fault(struct cli *cli, const char *name)
{
	if (strlen(name) > 214)
		return "Username must be less than 214 characters";
	if (!streq(name, cstr_lower(cli->arena, name)))
		return "Username must be lowercase";
	if (name[0] == '.')
		return "Username may not start with \".\"";
	for (const char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("-_.!~*'()", *p))
			return "Username may not contain non-url-safe chars";
	return NULL;
}

const char *prompt_username(struct cli *cli, const char *text, const char *fallback, struct err *err)
{
	const struct prompt p = {.text = text, .fallback = fallback};

	for (;;) {
		const char *said = prompt_line(cli, &p, err), *fault;

		if (!said)
			return NULL;
		said = str_dup(cli->arena, str_trim(str_from(said)));
		fault = *said ? username_fault(cli, said) : NULL;
		if (fault)
			report_warn(cli->reporter, "", "%s", fault);
		else if (*said)
			return said;
	}
}

const char *prompt_password(struct cli *cli, const char *text, const char *fallback, struct err *err)
{
	const struct prompt p = {.text = text, .fallback = fallback, .hidden = true};
	const char *said;

	do
		said = prompt_line(cli, &p, err);
	while (said && !*said);
	return said;
}
