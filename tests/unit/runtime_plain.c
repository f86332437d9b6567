/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "runtime/plain.h"
#include "tests/unit/test.h"

/* The words in brackets; NULL when a shell is needed. */
static const char *words_of(const char *line)
{
	const char **words = plain_words(test_arena(), line), *out;
	struct buf b = BUF_INIT(1000);

	for (size_t i = 0; words && words[i]; i++)
		buf_printf(&b, "[%s]", words[i]);
	out = words ? buf_dup(test_arena(), &b) : NULL;
	buf_release(&b);
	return out;
}

TEST(plain_words_are_what_a_shell_would_start_a_program_with)
{
	CHECK_STR(words_of("tsc"), "[tsc]");
	CHECK_STR(words_of("  tsc  -p . "), "[tsc][-p][.]");
	CHECK_STR(words_of("'cowsay' 'a b' '' c'd e'f"), "[cowsay][a b][][cd ef]");
	CHECK_STR(words_of("node --x=1,2 ./a_b/@c:d%+"), "[node][--x=1,2][./a_b/@c:d%+]");
	CHECK_STR(words_of("a '$HOME;*' b=c"), "[a][$HOME;*][b=c]");
}

TEST(plain_words_leave_to_the_shell_what_it_would_see_more_in)
{
	static const char *const lines[] = {"", "  ", "''", "a b | c", "a && b", "a;b", "a &", "a $B", "a `b`", "a \"b\"", "a \\b",
		"a *", "a ?", "a [b]", "a {b,c}", "~/a", "a ~", "A=1 b", "a > b", "a < b", "(a)", "a #b", "! a", "a\tb", "a\nb",
		"a 'b", "'", "a\xc3\xa9", "./a", "/bin/a", "%1"};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if (plain_words(test_arena(), lines[i]))
			test_fail(__FILE__, __LINE__, "not plain: %s", lines[i]);
}

TEST(plain_words_leave_to_the_shell_what_it_does_itself)
{
	static const char *const lines[] = {"test -f a", "'test' -f a", "echo a", "true", "exit 3", "cd a", "exec a", "time a", "if"};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if (plain_words(test_arena(), lines[i]))
			test_fail(__FILE__, __LINE__, "the shell's own: %s", lines[i]);
}
