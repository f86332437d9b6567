/* SPDX-License-Identifier: MIT
 *
 * What went wrong, for a person: npm's code, one message, notes that outer layers add, and a hint.
 *
 * A fallible function returns 0 or -1, takes `struct err *` as its last parameter, is marked MUST_USE
 * and sets the error where it finds it:
 *
 *	if (!doc)
 *		return err_set(err, ERR_E404, "'%s' is not in this registry", name);
 *
 * An outer layer may add what it was doing: err_note(err, "while resolving '%s'", spec). The first error
 * wins: setting one that is already set does nothing. Printing happens once, at the top.
 * Messages: what failed first, subject in single quotes where it is a name, no full stop, one line.
 */
#pragma once

#include "base/base.h"

/* code, npm's name of it, exit status */
#define ERR_LIST(X)                                                                                                    \
	X(OK, "", 0)                                                                                                   \
	X(EUSAGE, "EUSAGE", 1)                                                                                         \
	X(EUNKNOWNCOMMAND, "EUNKNOWNCOMMAND", 1)                                                                       \
	X(EUNKNOWNCONFIG, "EUNKNOWNCONFIG", 1)                                                                         \
	X(EINVALIDCONFIG, "EINVALIDCONFIG", 1)                                                                         \
	X(EJSONPARSE, "EJSONPARSE", 1)                                                                                 \
	X(EYAMLPARSE, "EYAMLPARSE", 1)                                                                                 \
	X(EPACKAGEJSON, "EPACKAGEJSON", 1)                                                                             \
	X(ESCRIPTSINVALID, "ESCRIPTSINVALID", 1)                                                                       \
	X(EWORKSPACESINVALID, "EWORKSPACESINVALID", 1)                                                                 \
	X(EINVALIDPACKAGENAME, "EINVALIDPACKAGENAME", 1)                                                               \
	X(EINVALIDTAGNAME, "EINVALIDTAGNAME", 1)                                                                       \
	X(EUNSUPPORTEDPROTOCOL, "EUNSUPPORTEDPROTOCOL", 1)                                                             \
	X(EINVALIDSPEC, "EINVALIDSPEC", 1)                                                                             \
	X(EINVALIDURL, "ERR_INVALID_URL", 1)                                                                           \
	X(ETARGET, "ETARGET", 1)                                                                                       \
	X(ENOVERSIONS, "ENOVERSIONS", 1)                                                                               \
	X(ERESOLVE, "ERESOLVE", 1)                                                                                     \
	X(EOVERRIDE, "EOVERRIDE", 1)                                                                                   \
	X(EBADENGINE, "EBADENGINE", 1)                                                                                 \
	X(EBADPLATFORM, "EBADPLATFORM", 1)                                                                             \
	X(EBADDEVENGINES, "EBADDEVENGINES", 1)                                                                         \
	X(EDUPLICATEWORKSPACE, "EDUPLICATEWORKSPACE", 1)                                                               \
	X(ENOWORKSPACES, "ENOWORKSPACES", 1)                                                                           \
	X(EWORKSPACESCONFIG, "EWORKSPACESCONFIG", 1)                                                                   \
	X(ENOLOCK, "ENOLOCK", 1)                                                                                       \
	X(ELOCKVERIFY, "ELOCKVERIFY", 1)                                                                               \
	X(ELOCKFILEVERSION, "ELOCKFILEVERSION", 1)                                                                     \
	X(EMISSINGTARGET, "EMISSINGTARGET", 1)                                                                         \
	X(ECIGLOBAL, "ECIGLOBAL", 1)                                                                                   \
	X(EGLOBAL, "EGLOBAL", 1)                                                                                       \
	X(EINTEGRITY, "EINTEGRITY", 1)                                                                                 \
	X(EBADSIZE, "EBADSIZE", 1)                                                                                     \
	X(ETARBAD, "TAR_BAD_ARCHIVE", 1)                                                                               \
	X(ETARENTRY, "TAR_ENTRY_INVALID", 1)                                                                           \
	X(ETARABORT, "TAR_ABORT", 1)                                                                                   \
	X(ENOTCACHED, "ENOTCACHED", 1)                                                                                 \
	X(E400, "E400", 1)                                                                                             \
	X(E401, "E401", 1)                                                                                             \
	X(E402, "E402", 1)                                                                                             \
	X(E403, "E403", 1)                                                                                             \
	X(E404, "E404", 1)                                                                                             \
	X(E405, "E405", 1)                                                                                             \
	X(E409, "E409", 1)                                                                                             \
	X(E418, "E418", 1)                                                                                             \
	X(E422, "E422", 1)                                                                                             \
	X(E429, "E429", 1)                                                                                             \
	X(E451, "E451", 1)                                                                                             \
	X(E500, "E500", 1)                                                                                             \
	X(E502, "E502", 1)                                                                                             \
	X(E503, "E503", 1)                                                                                             \
	X(E504, "E504", 1)                                                                                             \
	X(EHTTP, "EHTTP", 1)                                                                                           \
	X(EOTP, "EOTP", 1)                                                                                             \
	X(ENEEDAUTH, "ENEEDAUTH", 1)                                                                                   \
	X(EINVALIDAUTH, "ERR_INVALID_AUTH", 1)                                                                         \
	X(ENOREGISTRY, "ENOREGISTRY", 1)                                                                               \
	X(ECONNREFUSED, "ECONNREFUSED", 1)                                                                             \
	X(ECONNRESET, "ECONNRESET", 1)                                                                                 \
	X(ENOTFOUND, "ENOTFOUND", 1)                                                                                   \
	X(ETIMEDOUT, "ETIMEDOUT", 1)                                                                                   \
	X(ESOCKETTIMEOUT, "ERR_SOCKET_TIMEOUT", 1)                                                                     \
	X(ECERT, "UNABLE_TO_VERIFY_LEAF_SIGNATURE", 1)                                                                 \
	X(EMAXREDIRECT, "EMAXREDIRECT", 1)                                                                             \
	X(EINVALIDREDIRECT, "EINVALIDREDIRECT", 1)                                                                     \
	X(ENETWORK, "ENETWORK", 1)                                                                                     \
	X(EALLOWGIT, "EALLOWGIT", 1)                                                                                   \
	X(EALLOWREMOTE, "EALLOWREMOTE", 1)                                                                             \
	X(EALLOWFILE, "EALLOWFILE", 1)                                                                                 \
	X(EALLOWDIRECTORY, "EALLOWDIRECTORY", 1)                                                                       \
	X(EALLOWSCRIPTS, "EALLOWSCRIPTS", 1)                                                                           \
	X(ESANDBOX, "ESANDBOX", 1)                                                                                     \
	X(ENOMATCH, "ENOMATCH", 1)                                                                                     \
	X(ESTRICTALLOWSCRIPTS, "ESTRICTALLOWSCRIPTS", 1)                                                               \
	X(EGIT, "EGIT", 1)                                                                                             \
	X(EPATCH, "EPATCHFAILED", 1)                                                                                   \
	X(EPATCHNOTFOUND, "EPATCHNOTFOUND", 1)                                                                         \
	X(EEXTENSION, "EEXTENSIONCONFLICT", 1)                                                                         \
	X(ELIFECYCLE, "ELIFECYCLE", 1)                                                                                 \
	X(ELSPROBLEMS, "ELSPROBLEMS", 1)                                                                               \
	X(ENOSCRIPT, "ENOSCRIPT", 1)                                                                                   \
	X(EISGIT, "EISGIT", 1)                                                                                         \
	X(EEXIST, "EEXIST", 1)                                                                                         \
	X(ENOENT, "ENOENT", 1)                                                                                         \
	X(E2BIG, "E2BIG", 1)                                                                                           \
	X(ENOTDIR, "ENOTDIR", 1)                                                                                       \
	X(EISDIR, "EISDIR", 1)                                                                                         \
	X(EACCES, "EACCES", 1)                                                                                         \
	X(EPERM, "EPERM", 1)                                                                                           \
	X(EROFS, "EROFS", 1)                                                                                           \
	X(ENOSPC, "ENOSPC", 1)                                                                                         \
	X(EMFILE, "EMFILE", 1)                                                                                         \
	X(EBUSY, "EBUSY", 1)                                                                                           \
	X(ELOCKED, "ELOCKED", 1)                                                                                       \
	X(ELOOP, "ELOOP", 1)                                                                                           \
	X(ENOTEMPTY, "ENOTEMPTY", 1)                                                                                   \
	X(ESYSTEM, "ESYSTEM", 1)                                                                                       \
	X(ETOOBIG, "ETOOBIG", 1)                                                                                       \
	X(EINTR, "EINTR", 130)                                                                                         \
	X(EGENERIC, "", 1)

enum err_code {
#define ERR_ENUM(code, name, status) ERR_##code,
	ERR_LIST(ERR_ENUM)
#undef ERR_ENUM
};

struct err {
	enum err_code code;	/* ERR_OK: no error */
	int status;		/* exit status when it is not the code's own (a script's), else 0 */
	char name[48];		/* a code outside the list (E4xx of a registry), else "" */
	char text[2048];	/* the message */
	char notes[2048];	/* "while …" lines and hints, each ended by a newline */
};

#define ERR_INIT {0}

/* They always return -1, so that `return err_set(…)` reads as failing. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* With a code of npm's that is not in the list. */
int err_set_as(struct err *e, const char *name, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* From errno, saved before formatting: code, "<what>: <strerror>". */
int err_sys(struct err *e, int errnum, const char *fmt, ...) PRINTF_LIKE(3, 4);
void err_note(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
void err_clear(struct err *e);
/* npm's name of it ("" when it has none) and the exit status it stands for. */
const char *err_name(const struct err *e);
int err_status(const struct err *e);
/* The list's code for npm's name or an errno; ERR_EGENERIC / ERR_ESYSTEM when it is in none. */
enum err_code err_code_of(const char *name);
enum err_code err_code_of_errno(int errnum);
