/* SPDX-License-Identifier: MIT
 *
 * What is written for a person holds no password of an URL, no token, and no control character that could
 * change the terminal.
 */
#include "cli/render.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

#define MAX_TEXT ((size_t)1 << 24)
#define HIDDEN_TEXT "***"

static size_t alnum_run(const char *s)
{
	size_t n = 0;
	while (isalnum((unsigned char)s[n]))
		n++;
	return n;
}

/* npm_ and 36 to 48 letters or digits: its length. */
static size_t token_at(const char *s)
{
	size_t head = !strncasecmp(s, "npm_", 4) ? 4 : !strncasecmp(s, "npms_", 5) ? 5 : 0;
	size_t n = head ? alnum_run(s + head) : 0;
	return n >= 36 && n <= 48 ? head + n : 0;
}

static size_t uuid_at(const char *s)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == 'x' ? !isxdigit((unsigned char)s[i]) : s[i] != form[i])
			return 0;
	return sizeof(form) - 1;
}

/* "://user:password@": where the password begins and how long it is. */
static size_t password_after(const char *s, size_t *skip)
{
	if (strncmp(s, "://", 3))
		return 0;
	size_t end = 3 + strcspn(s + 3, "/ \t\n?#\"'");
	const char *at = memrchr(s, '@', end);
	const char *colon = at ? memchr(s + 3, ':', (size_t)(at - s) - 3) : NULL;
	if (!colon || colon + 1 >= at)
		return 0;
	*skip = (size_t)(colon - s) + 1;
	return (size_t)(at - colon) - 1;
}

/* "[38;5;1m" behind an escape is a colour: let it through. */
static bool is_color(const char *s)
{
	size_t n = *s == '[' ? 1 + strspn(s + 1, "0123456789;") : 0;
	return n && n < 10 && s[n] == 'm';
}

static void add_char(struct buf *out, const char *s)
{
	unsigned char c = (unsigned char)*s;
	bool plain = c >= 0x20 ? c != 0x7f : c == '\t' || c == '\n' || c == '\r' || c == '\v';
	if (plain || (c == 0x1b && is_color(s + 1)))
		buf_addc(out, (char)c);
	else
		buf_printf(out, "^%c", (c + 64) & 0x7f);
}

const char *render_clean(struct arena *a, const char *text)
{
	struct buf out = BUF_INIT(MAX_TEXT);
	size_t skip = 0, n;
	for (const char *s = text; *s;) {
		bool start = s == text || !isalnum((unsigned char)s[-1]);
		if (start && (n = token_at(s))) {
			buf_adds(&out, "npm_" HIDDEN_TEXT);
			s += n;
		} else if (start && (n = uuid_at(s))) {
			buf_adds(&out, HIDDEN_TEXT);
			s += n;
		} else if ((n = password_after(s, &skip))) {
			buf_add(&out, s, skip);
			buf_adds(&out, HIDDEN_TEXT);
			s += skip + n;
		} else {
			add_char(&out, s++);
		}
	}
	const char *clean = buf_dup(a, &out);
	buf_release(&out);
	return clean;
}
