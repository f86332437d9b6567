/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int status;
} codes[] = {
#define ERR_ROW(code, name, status) {name, status},
	ERR_LIST(ERR_ROW)
#undef ERR_ROW
};

int err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (e->code != ERR_OK)
		return -1;
	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return -1;
}

int err_set_as(struct err *e, const char *name, const char *fmt, ...)
{
	va_list ap;

	if (e->code != ERR_OK)
		return -1;
	e->code = ERR_EGENERIC;
	snprintf(e->name, sizeof(e->name), "%s", name);
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return -1;
}

enum err_code err_code_of_errno(int errnum)
{
	static const struct {
		int errnum;
		enum err_code code;
	} known[] = {
		{EEXIST, ERR_EEXIST}, {ENOENT, ERR_ENOENT}, {ENOTDIR, ERR_ENOTDIR}, {EISDIR, ERR_EISDIR},
		{EACCES, ERR_EACCES}, {EPERM, ERR_EPERM}, {EROFS, ERR_EROFS}, {ENOSPC, ERR_ENOSPC},
		{EMFILE, ERR_EMFILE}, {EBUSY, ERR_EBUSY}, {ELOOP, ERR_ELOOP}, {ENOTEMPTY, ERR_ENOTEMPTY},
		{EDQUOT, ERR_ENOSPC}, {ENFILE, ERR_EMFILE}, {ECONNREFUSED, ERR_ECONNREFUSED},
		{ECONNRESET, ERR_ECONNRESET}, {ETIMEDOUT, ERR_ETIMEDOUT}, {E2BIG, ERR_E2BIG},
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (known[i].errnum == errnum)
			return known[i].code;
	return ERR_ESYSTEM;
}

int err_sys(struct err *e, int errnum, const char *fmt, ...)
{
	char reason[128];
	size_t used;
	va_list ap;

	if (e->code != ERR_OK)
		return -1;
	e->code = err_code_of_errno(errnum);
	e->status = errnum > 0 && errnum < 128 ? 256 - errnum : 0; /* as npm: the system's number, negative */
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	used = strlen(e->text);
	snprintf(e->text + used, sizeof(e->text) - used, ": %s", strerror_r(errnum, reason, sizeof(reason)));
	return -1;
}

void err_note(struct err *e, const char *fmt, ...)
{
	size_t used = strlen(e->notes);
	va_list ap;

	if (used + 2 >= sizeof(e->notes))
		return;
	va_start(ap, fmt);
	vsnprintf(e->notes + used, sizeof(e->notes) - used - 1, fmt, ap);
	va_end(ap);
	strncat(e->notes, "\n", 2);
}

void err_clear(struct err *e)
{
	/* not all of its kilobytes: this is called all the time */
	e->code = ERR_OK;
	e->status = 0;
	e->name[0] = e->text[0] = e->notes[0] = '\0';
}

const char *err_name(const struct err *e)
{
	return e->name[0] ? e->name : codes[e->code].name;
}

int err_status(const struct err *e)
{
	return e->status ? e->status : codes[e->code].status;
}

enum err_code err_code_of(const char *name)
{
	for (size_t i = 1; i < ARRAY_LEN(codes); i++)
		if (codes[i].name[0] && streq(codes[i].name, name))
			return (enum err_code)i;
	return ERR_EGENERIC;
}
