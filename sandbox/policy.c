/* SPDX-License-Identifier: MIT */
#include "sandbox/policy.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <inttypes.h>

void sandbox_policy_init(struct sandbox_policy *p, struct arena *a)
{
	*p = (struct sandbox_policy){.report_fd = -1};
	vec_init(&p->reads, a);
	vec_init(&p->writes, a);
	vec_init(&p->places, a);
	vec_init(&p->hides, a);
}

/* The value of --name=value; NULL when it is another option. */
static const char *option(const char *arg, const char *name)
{
	struct str rest = str_skip(str_from(arg), 2);

	if (!cstr_starts(arg, "--") || !str_starts(rest, name))
		return NULL;
	rest = str_skip(rest, str_from(name).len);
	return str_starts(rest, "=") ? rest.ptr + 1 : NULL;
}

static bool parse_tree(struct sandbox_policy *p, const char *arg)
{
	const struct {
		const char *name;
		struct vec *into;
	} trees[] = {{"read", &p->reads}, {"write", &p->writes}, {"place", &p->places}, {"hide", &p->hides}};

	for (size_t i = 0; i < ARRAY_LEN(trees); i++) {
		const char *path = option(arg, trees[i].name);

		if (path && *path == '/') {
			vec_add(trees[i].into, (void *)path);
			return true;
		}
	}
	return false;
}

static bool parse_number(struct sandbox_policy *p, const char *arg)
{
	static const char *const names[] = {"time", "cpu", "memory", "processes", "report"};
	uint64_t values[ARRAY_LEN(names)] = {(uint64_t)p->limits.time_ms, (uint64_t)p->limits.cpu_ms, p->limits.memory,
					     p->limits.processes, p->report_fd < 0 ? UINT64_MAX : (uint64_t)p->report_fd};
	size_t i = 0;

	while (i < ARRAY_LEN(names) && !option(arg, names[i]))
		i++;
	if (i == ARRAY_LEN(names) || !str_to_u64(str_from(option(arg, names[i])), &values[i]))
		return false;
	p->limits = (struct sandbox_limits){(int64_t)values[0], (int64_t)values[1], values[2], (unsigned)values[3]};
	p->report_fd = values[4] == UINT64_MAX ? -1 : (int)values[4];
	return true;
}

int sandbox_policy_parse(struct sandbox_policy *p, char **argv, char ***rest, struct err *err)
{
	for (; *argv && !streq(*argv, "--"); argv++) {
		if (streq(*argv, "--net"))
			p->net = true;
		else if (streq(*argv, "--unwatched"))
			p->unwatched = true;
		else if (streq(*argv, "--unfiltered"))
			p->unfiltered = true;
		else if (!parse_tree(p, *argv) && !parse_number(p, *argv))
			return err_set(err, ERR_EUSAGE, "'%s' is not understood", *argv);
	}
	if (!*argv || !argv[1])
		return err_set(err, ERR_EUSAGE, "no command after --");
	*rest = argv + 1;
	return 0;
}

static void format_trees(struct arena *a, const char *name, const struct vec *trees, struct vec *out)
{
	for (size_t i = 0; i < trees->count; i++)
		vec_add(out, arena_printf(a, "--%s=%s", name, VEC_AT(trees, const char, i)));
}

static void format_number(struct arena *a, const char *name, uint64_t value, struct vec *out)
{
	if (value)
		vec_add(out, arena_printf(a, "--%s=%" PRIu64, name, value));
}

void sandbox_policy_format(struct arena *a, const struct sandbox_policy *p, struct vec *out)
{
	format_trees(a, "read", &p->reads, out);
	format_trees(a, "write", &p->writes, out);
	format_trees(a, "place", &p->places, out);
	format_trees(a, "hide", &p->hides, out);
	if (p->net)
		vec_add(out, (void *)"--net");
	if (p->unwatched)
		vec_add(out, (void *)"--unwatched");
	if (p->unfiltered)
		vec_add(out, (void *)"--unfiltered");
	format_number(a, "time", (uint64_t)p->limits.time_ms, out);
	format_number(a, "cpu", (uint64_t)p->limits.cpu_ms, out);
	format_number(a, "memory", p->limits.memory, out);
	format_number(a, "processes", p->limits.processes, out);
	if (p->report_fd >= 0)
		vec_add(out, arena_printf(a, "--report=%d", p->report_fd));
}
