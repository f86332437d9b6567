/* SPDX-License-Identifier: MIT */
#include "runtime/script.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "base/terminal.h"
#include "runtime/confine.h"
#include "runtime/env.h"
#include "runtime/plain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_COMMAND ((size_t)64 << 20)
#define MAX_OUTPUT (((size_t)1 << 20) - 4096)	/* its first and last half; a report takes a megabyte */

static bool has_gyp_file(struct arena *a, const char *dir)
{
	return fs_stat(path_join(a, dir, "binding.gyp")).kind == FS_FILE;
}

const char *script_find(struct arena *a, const struct json *pkg, const char *event, const char *dir)
{
	const struct json *scripts = json_find(pkg, "scripts");
	const struct json *gypfile = json_find(pkg, "gypfile");
	const char *text = json_find_text(scripts, event);

	if (text && *text)
		return text;
	if (!streq(event, "install") || json_truthy(json_find(scripts, "install")) ||
	    json_truthy(json_find(scripts, "preinstall")))
		return NULL;
	if (gypfile && gypfile->type == JSON_BOOL && !gypfile->boolean)
		return NULL;
	return dir && has_gyp_file(a, dir) ? "node-gyp rebuild" : NULL;
}

void script_quote(struct buf *out, const char *arg)
{
	if (!*arg) {
		buf_adds(out, "''");
		return;
	}
	if (!strpbrk(arg, "\t\n\r \"#$&'()*;<>?\\`|~")) {
		buf_adds(out, arg);
		return;
	}
	/* Runs of plain text between single quotes; a single quote itself is \' between them. */
	while (*arg) {
		size_t plain = strcspn(arg, "'");

		if (plain) {
			buf_addc(out, '\'');
			buf_add(out, arg, plain);
			buf_addc(out, '\'');
			arg += plain;
			continue;
		}
		buf_adds(out, "\\'");
		arg++;
	}
}

const char *script_package_id(struct arena *a, const struct json *pkg)
{
	const char *name = json_find_text(pkg, "name");
	const char *version = json_find_text(pkg, "version");

	if (name && *name && version && *version)
		return arena_printf(a, "%s@%s", name, version);
	return name ? name : "";
}

/* The script with its arguments, as the shell gets it. */
static const char *command_line(struct arena *a, const char *command, const char *const *args)
{
	struct buf line = BUF_INIT(MAX_COMMAND);
	const char *text;

	buf_adds(&line, command);
	for (; args && *args; args++) {
		buf_addc(&line, ' ');
		script_quote(&line, *args);
	}
	text = buf_dup(a, &line);
	buf_release(&line);
	return text;
}

static void script_announce(struct arena *a, const struct script *s, const char *command)
{
	struct buf line = BUF_INIT(MAX_COMMAND);
	const char *name = json_find_text(s->pkg, "name");
	const char *version = json_find_text(s->pkg, "version");
	bool has_id = name && *name && version && *version;

	buf_addstr(&line, str_trim(str_from(command)));
	for (const char *const *arg = s->args; arg && *arg; arg++)
		buf_printf(&line, " %s", *arg);
	report_pause(s->reporter);
	report_notice(s->reporter, "run", "%s%s%s", has_id ? script_package_id(a, s->pkg) : "", has_id ? " " : "", s->event);
	report_notice(s->reporter, "run", "%.*s", STR_ARGS(str_trim(buf_str(&line))));
	buf_release(&line);
}

static struct map *script_env(struct arena *a, const struct script *s, const char *command)
{
	struct map *env = env_copy(a, s->env);

	env_add_package(a, env, s->pkg);
	map_put(env, "npm_package_json", (void *)path_join(a, s->dir, "package.json"));
	map_put(env, "npm_lifecycle_event", (void *)s->event);
	map_put(env, "npm_lifecycle_script", (void *)command);
	env_add_path(a, env, s->dir, s->bin_paths, s->shims);
	if (s->confine)
		confine_env(a, s->confine, env);
	return env;
}

/* What is started for a script. */
struct shell_call {
	const char *file;
	const char *const *argv;
	const char *const *envp;
};

/* False when the package has no such script. */
static bool shell_call_make(struct arena *a, const struct script *s, struct shell_call *call)
{
	const char *command = s->command ? s->command : script_find(a, s->pkg, s->event, s->dir);
	bool own_shell = s->shell && *s->shell;
	const char **argv = ARENA_ARRAY(a, const char *, 4);

	if (!command)
		return false;
	if (s->stdio != SCRIPT_CAPTURE)
		script_announce(a, s, command);
	argv[0] = own_shell ? s->shell : "sh";
	argv[1] = "-c";
	argv[2] = command_line(a, command, s->args);
	*call = (struct shell_call){
		.file = own_shell ? s->shell : "/bin/sh",
		.argv = argv,
		.envp = env_array(a, script_env(a, s, command)),
	};
	if (s->confine) {
		call->argv = confine_argv(a, s->confine, argv, call->envp);
		call->file = call->argv[0];
	}
	return true;
}

/* What is too long for the system to start: which text, and how long. */
static void explain_size(const struct shell_call *call, struct err *err)
{
	const char *const *lists[] = {call->argv, call->envp};
	const char *longest = "";
	size_t total = 0, most = 0;

	if (err->code != ERR_E2BIG)
		return;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		for (const char *const *text = lists[i]; *text; text++) {
			size_t n = strlen(*text);

			total += n + 1;
			if (n > most) {
				most = n;
				longest = *text;
			}
		}
	}
	err_note(err, "arguments and environment have %zu bytes; the longest of them, with %zu, is %.*s", total, most,
		 (int)strcspn(longest, "= \n"), longest);
}

struct proc *script_start(struct arena *a, const struct script *s, struct err *err)
{
	static const enum proc_io outs[] = {PROC_INHERIT, PROC_CAPTURE, PROC_STREAM};
	struct shell_call call;
	struct proc *started;
	struct proc_options o = {
		.cwd = s->dir,
		.in = s->stdio == SCRIPT_INHERIT ? PROC_INHERIT : PROC_NULL,
		.out = outs[s->stdio],
		.err = outs[s->stdio],
		.sink = s->sink,
		.sink_ctx = s->sink_ctx,
		.max_output = MAX_OUTPUT,
		.forward_signals = true,
		.own_group = s->stdio == SCRIPT_CAPTURE,
		.report = s->confine != NULL,
	};

	if (!shell_call_make(a, s, &call))
		return NULL;
	o.file = call.file;
	o.argv = call.argv;
	o.envp = call.envp;
	started = proc_start(a, &o, err);
	if (!started)
		explain_size(&call, err);
	return started;
}

/* Does it say where we are? Then a shell leaves it as it is. */
static bool is_true_pwd(const char *said)
{
	struct stat there, here;

	return said && said[0] == '/' && !stat(said, &there) && !stat(".", &here) && there.st_dev == here.st_dev &&
	       there.st_ino == here.st_ino;
}

/* A shell hands on what could be one of its variables, and no `//host/:_authToken`. */
static bool is_variable(const char *entry)
{
	size_t len = strspn(entry, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

	return len && entry[len] == '=' && !(entry[0] >= '0' && entry[0] <= '9');
}

/* The environment as sh (dash) would hand it on. */
static const char *const *shell_env(struct arena *a, const char *const *envp)
{
	bool keeps_pwd = is_true_pwd(env_find(envp, "PWD"));
	const char **out;
	size_t n = 0, to = 0;

	while (envp[n])
		n++;
	out = ARENA_ARRAY(a, const char *, n + 2);
	for (size_t i = 0; i < n; i++)
		if (is_variable(envp[i]) && (keeps_pwd || !cstr_starts(envp[i], "PWD=")))
			out[to++] = envp[i];
	if (!keeps_pwd)
		out[to] = arena_printf(a, "PWD=%s", fs_cwd(a));
	return out;
}

/* A program that the shell would only start is started at once. -1 where it is one for the shell after all: it is not there,
 * has no #! line, or an entry of the PATH hangs on where we are. */
static int become_at_once(struct arena *a, const struct script *s, const struct shell_call *call)
{
	const char *path = env_find(call->envp, "PATH"), *file;
	const char **words = s->confine || (s->shell && *s->shell) ? NULL : plain_words(a, call->argv[2]);
	struct err ignored = ERR_INIT;

	if (!words || !path || path[0] != '/' || strstr(path, "::"))
		return -1;
	file = proc_find(a, words[0], path);
	return file && file[0] == '/' ? proc_exec(file, words, shell_env(a, call->envp), &ignored) : -1;
}

int script_become(struct arena *a, const struct script *s, struct err *err)
{
	struct shell_call call;
	const char *file;

	if (!shell_call_make(a, s, &call))
		return 0;
	file = proc_find(a, call.file, env_find(call.envp, "PATH"));
	if (!file)
		return err_set(err, ERR_ENOENT, "'%s' is not on the PATH", call.file);
	if (chdir(s->dir))
		return err_sys(err, errno, "cannot enter '%s'", s->dir);
	fflush(NULL);
	if (become_at_once(a, s, &call) < 0 && proc_exec(file, call.argv, call.envp, err))
		explain_size(&call, err);
	return -1;
}

int script_run(struct arena *a, const struct script *s, struct proc_result *out, struct err *err)
{
	struct terminal before = {.fd = -1};
	struct proc *p;

	*out = (struct proc_result){0};
	if (s->stdio == SCRIPT_INHERIT)
		terminal_keep(&before);
	p = script_start(a, s, err);
	if (!p)
		return err->code == ERR_OK ? 0 : -1;
	proc_wait(&p, 1, out);
	terminal_restore(&before);
	return 0;
}
