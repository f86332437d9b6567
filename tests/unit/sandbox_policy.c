/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "sandbox/policy.h"
#include "sandbox/refusals.h"
#include "sandbox/trees.h"

#include <fcntl.h>
#include <unistd.h>

static const char *made(const char *name)
{
	struct err err = ERR_INIT;
	const char *path = path_join(test_arena(), fs_realpath(test_arena(), test_dir()), name);

	CHECK(!fs_mkdirs(path, &err));
	return path;
}

TEST(policy_is_read_as_it_was_written)
{
	struct arena *a = test_arena();
	struct sandbox_policy p, q;
	struct err err = ERR_INIT;
	struct vec args;
	char **rest;

	sandbox_policy_init(&p, a);
	vec_add(&p.reads, (void *)"/usr/a=b");
	vec_add(&p.writes, (void *)"/w");
	vec_add(&p.places, (void *)"/place");
	vec_add(&p.hides, (void *)"/h");
	p.net = true;
	p.report_fd = 3;
	p.limits = (struct sandbox_limits){.time_ms = 1, .cpu_ms = 2, .memory = 3, .processes = 4};
	vec_init(&args, a);
	sandbox_policy_format(a, &p, &args);
	vec_add(&args, (void *)"--");
	vec_add(&args, (void *)"sh");
	vec_add(&args, NULL);
	sandbox_policy_init(&q, a);
	CHECK(!sandbox_policy_parse(&q, (char **)args.items, &rest, &err));
	CHECK_STR(*rest, "sh");
	CHECK_STR(q.reads.items[0], "/usr/a=b");
	CHECK_STR(q.writes.items[0], "/w");
	CHECK_STR(q.places.items[0], "/place");
	CHECK_STR(q.hides.items[0], "/h");
	CHECK(q.net && q.report_fd == 3);
	CHECK(q.limits.time_ms == 1 && q.limits.cpu_ms == 2 && q.limits.memory == 3 && q.limits.processes == 4);
}

TEST(policy_refuses_what_it_does_not_understand)
{
	static char *const wrong[][4] = {{"--nett", "--", "sh"}, {"--read=relative", "--", "sh"}, {"--time=soon", "--", "sh"},
					 {"--net", "--"}, {"--net"}};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct err err = ERR_INIT;
		struct sandbox_policy p;
		char **rest;

		sandbox_policy_init(&p, test_arena());
		CHECK(sandbox_policy_parse(&p, (char **)wrong[i], &rest, &err));
		CHECK_INT(err.code, ERR_EUSAGE);
	}
}

TEST(trees_leave_out_what_is_hidden_but_for_what_is_named_inside)
{
	const char *top = made("top"), *home = made("top/home"), *modules = made("top/home/p/node_modules");
	const char *beside = made("top/beside");
	struct sandbox_policy p;
	struct trees t;

	sandbox_policy_init(&p, test_arena());
	vec_add(&p.reads, (void *)top);
	vec_add(&p.reads, (void *)modules);
	vec_add(&p.hides, (void *)home);
	vec_add(&p.writes, (void *)path_join(test_arena(), modules, "missing"));
	trees_make(test_arena(), &p, &t);
	CHECK(trees_may_read(&t, beside));
	CHECK(trees_may_read(&t, path_join(test_arena(), modules, "x/y")));
	CHECK(!trees_may_read(&t, home));
	CHECK(!trees_may_read(&t, path_join(test_arena(), home, ".ssh/id")));
	CHECK(!trees_may_read(&t, top));
	CHECK(!trees_may_write(&t, modules));
	CHECK(trees_may_write(&t, "/dev/null") && !trees_may_write(&t, "/dev/sda"));
	CHECK(trees_may_read(&t, "/usr/bin/env") && !trees_may_read(&t, "/etc/shadow"));
}

TEST(trees_of_the_system_are_known_by_name)
{
	CHECK(trees_is_system("/usr/lib/x"));
	CHECK(!trees_is_system("/usr/../home/u/.ssh"));
	CHECK(!trees_is_system("/usrlocal"));
}

TEST(refusals_are_told_once_and_stay_lines)
{
	const char *path = path_join(test_arena(), test_dir(), "told");
	int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	static struct refusals r;
	struct err err = ERR_INIT;
	struct str text;

	refusals_add(&r, REFUSED_READ, "/a\nnetwork ");
	refusals_add(&r, REFUSED_NETWORK, "");
	refusals_add(&r, REFUSED_NETWORK, "");
	for (int i = 0; i < 2 * REFUSALS_MAX; i++)
		refusals_add(&r, REFUSED_WRITE, arena_printf(test_arena(), "/%d", i));
	CHECK_INT(r.count, 2 + REFUSALS_OF_A_KIND + 1);
	CHECK_STR(r.lines[r.count - 1], "more write");
	CHECK(refusals_have_below(&r, REFUSED_WRITE, "/") && !refusals_have_below(&r, REFUSED_READ, "/1"));
	r.count = 2;
	refusals_tell(&r, fd);
	close(fd);
	CHECK(!fs_read(test_arena(), path, 1000, &text, &err));
	CHECK_STR(text.ptr, "read /a?network \nnetwork \n");
}
