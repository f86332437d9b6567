/* SPDX-License-Identifier: MIT */
#include "runtime/plain.h"

#include "base/arena.h"
#include "base/str.h"

#include <string.h>

#define MAX_LINE ((size_t)1 << 16)

/* POSIX's reserved words and what dash, bash, ksh and busybox do themselves. */
static const char *const own_words[] = {
	"!", ".", ":", "[", "[[", "alias", "bg", "bind", "break", "builtin", "caller", "case", "cd", "chdir", "command",
	"compgen", "complete", "compopt", "continue", "coproc", "declare", "dirs", "disown", "do", "done", "echo", "elif",
	"else", "enable", "esac", "eval", "exec", "exit", "export", "false", "fc", "fg", "fi", "for", "function", "getopts",
	"hash", "help", "history", "if", "in", "inlib", "jobs", "kill", "let", "local", "logout", "mapfile", "newgrp",
	"popd", "print", "printf", "pushd", "pwd", "read", "readarray", "readonly", "return", "select", "set", "shift",
	"shopt", "source", "suspend", "test", "then", "time", "times", "trap", "true", "type", "typeset", "ulimit", "umask",
	"unalias", "unset", "until", "wait", "whence", "while",
};

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("%+,-./:=@_", c));
}

/* The word at *p, which is moved behind it, written to *to, which is, too. NULL when there is more to it than a word. */
static const char *take_word(const char **p, char **to)
{
	const char *word = *to, *at = *p;

	while (*at && *at != ' ') {
		bool quote = *at == '\'';
		const char *from = at + quote, *end = quote ? strchr(from, '\'') : from + 1;

		if (!end || (!quote && !is_plain(*at)))
			return NULL;
		memcpy(*to, from, (size_t)(end - from));
		*to += end - from;
		at = end + quote;
	}
	*(*to)++ = '\0';
	*p = at;
	return word;
}

/* A program that is looked for on the PATH: no variable, no job, no file. */
static bool is_program(const char *word)
{
	if (!*word || strpbrk(word, "/=%"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(own_words); i++)
		if (streq(own_words[i], word))
			return false;
	return true;
}

const char **plain_words(struct arena *a, const char *line)
{
	size_t len = strlen(line), n = 0;
	const char **words;
	char *to;

	if (len > MAX_LINE)
		return NULL;
	to = arena_alloc(a, len + 1);
	words = ARENA_ARRAY(a, const char *, len / 2 + 2);
	for (const char *p = line + strspn(line, " "); *p; p += strspn(p, " ")) {
		words[n] = take_word(&p, &to);
		if (!words[n++])
			return NULL;
	}
	return n && is_program(words[0]) ? words : NULL;
}
