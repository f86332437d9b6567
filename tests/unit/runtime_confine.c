/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/str.h"
#include "runtime/confine.h"
#include "runtime/node.h"
#include "runtime/scrub.h"

TEST(scrub_knows_secrets_by_name_and_by_value)
{
	static const char *const secret[][2] = {
		{"NPM_TOKEN", "x"}, {"github_token", "x"}, {"AWS_REGION", "x"}, {"DB_PASSWORD", "x"}, {"SSH_AUTH_SOCK", "/x"},
		{"npm_config_//registry.example.test/:_authToken", "x"}, {"npm_config__auth", "x"}, {"SERVICE_PWD", "x"},
		{"PLAIN", "https://u:p@example.test/"}, {"ANY", "ghp_0123456789012345678901234567890123456"},
		{"DEPLOY_KEY", "x"}, {"npm_config_otp", "123456"}, {"CI_CRED", "x"}, {"BASH_ENV", "/home/u/.profile"}, {"KEY", "-----BEGIN PRIVATE KEY-----"},
	};
	static const char *const plain[][2] = {
		{"PATH", "/bin"}, {"HOME", "/home/u"}, {"PWD", "/p"}, {"OLDPWD", "/p"}, {"npm_package_name", "a"}, {"LANG", "C"},
		{"npm_config_registry", "https://registry.example.test/"}, {"HTTP_PROXY", "http://proxy.example.test:3128"},
		{"CI", "true"}, {"npm_config_sharp_binary_host", "https://example.test/a@b:c"}, {"npm_lifecycle_event", "install"},
		{"SHORT", "npm_"}, {"npm_package_config_api_key", "x"},
	};

	for (size_t i = 0; i < ARRAY_LEN(secret); i++) {
		if (!scrub_is_secret(secret[i][0], secret[i][1]))
			test_fail(__FILE__, __LINE__, "%s=%s would be kept", secret[i][0], secret[i][1]);
	}
	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		if (scrub_is_secret(plain[i][0], plain[i][1]))
			test_fail(__FILE__, __LINE__, "%s=%s would be taken out", plain[i][0], plain[i][1]);
	}
}

static bool has(const char *const *argv, const char *arg)
{
	while (*argv && !streq(*argv, arg))
		argv++;
	return *argv != NULL;
}

TEST(confine_shows_tools_of_the_home_directory_but_not_what_lies_beside_secrets)
{
	struct arena *a = test_arena();
	const struct runtime rt = {.exe = "/o/bin/lode", .libexec = "/o/libexec", .root = "/o/runtime"};
	const char *const command[] = {"sh", "-c", "x", NULL};
	const char *const envp[] = {"PATH=/usr/bin:/home/u/.nvm/v22/bin:/home/u/.cargo/bin:/home/u/bin::relative", NULL};
	struct confine_grants grants;
	struct confine_script s = {.grants = &grants, .dir = "/p/node_modules/a", .tmp = "/tmp/t", .modules = "/p/node_modules"};
	struct confine c;
	const char *const *argv;

	confine_init(&c, a, &rt);
	confine_grants_init(&grants, a);
	c.home = "/home/u";
	c.project = "/p";
	s.confine = &c;
	argv = confine_argv(a, &s, command, envp);
	CHECK_STR(argv[0], "/o/libexec/lode-confine");
	CHECK(has(argv, "--read=/home/u/.nvm/v22") && has(argv, "--read=/home/u/.cargo/bin") && has(argv, "--read=/home/u/bin"));
	CHECK(!has(argv, "--read=/home/u/.cargo") && !has(argv, "--read=/home/u") && !has(argv, "--net"));
	CHECK(has(argv, "--unwatched") && has(argv, "--unfiltered"));
	CHECK(has(argv, "--hide=/home/u") && has(argv, "--hide=/p") && has(argv, "--place=/p/node_modules/a"));
	CHECK(has(argv, "--read=/p/node_modules") && has(argv, "--report=3") && has(argv, "--") && has(argv, "x"));
}

TEST(confine_does_what_the_setting_says_on_every_kernel)
{
	static const struct {
		struct sandbox_kernel kernel;
		enum confine_verdict prefer;
		const char *open;
	} cases[] = {
		{{.landlock = 8, .filter = true, .watcher = true}, CONFINE_GO, ""},
		{{.landlock = 1, .filter = true, .watcher = true}, CONFINE_GO, ""},
		{{.landlock = 6, .filter = true}, CONFINE_GO_AND_SAY, "change modes and times of files"},
		{{.landlock = 5, .filter = true}, CONFINE_GO_AND_SAY, "send signals to other processes, change modes and times of files"},
		{{.landlock = 6}, CONFINE_GO_AND_SAY,
		 "use the network but for TCP, connect to local sockets, change modes and times of files"},
		{{.landlock = 2}, CONFINE_GO_AND_SAY, "use the network, connect to local sockets, send signals to other processes, "
						      "empty files, change modes and times of files"},
		{{.landlock = 0}, CONFINE_NOT_AND_SAY, NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct sandbox_kernel *k = &cases[i].kernel;
		struct buf open = BUF_INIT(1000);

		sandbox_left_open(k, &open);
		CHECK_INT(confine_decide(CONFINE_PREFER, k), cases[i].prefer);
		CHECK_INT(confine_decide(CONFINE_REQUIRE, k), cases[i].prefer == CONFINE_GO ? CONFINE_GO : CONFINE_REFUSE);
		if (cases[i].open)
			CHECK_STR(buf_dup(test_arena(), &open), cases[i].open);
		buf_release(&open);
	}
}

TEST(confine_report_names_what_would_grant_it)
{
	const struct confine c = {.home = "/home/u", .project = "/home/u/p"};
	struct confine_report r;

	confine_report_parse(test_arena(), STR("write /home/u/.cache/it's\nnetwork \nread /proc/1/environ\nattributes /home/u/x\n"
					       "write /home/u/x\nnonsense\nread /home/u/.ssh/id\nwrite /home/u/p/generated\n"
					       "read /\nwrite /home/u/.cache/p/1.2/a\nwrite /home/u/.cache/p/1.2/b\nfile /home/u/.cache/f\nmore read\n"), &c, &r);
	CHECK_INT(r.lines.count, 12);
	CHECK_STR(r.lines.items[0], "writing ~/.cache/it's");
	CHECK_STR(r.lines.items[6], "writing generated");
	CHECK_INT(r.flags.count, 6);
	CHECK_STR(r.flags.items[0], "'--allow-write=~/.cache/it'\\''s'");
	CHECK_STR(r.flags.items[1], "--allow-net");
	CHECK_STR(r.flags.items[2], "--allow-write=~/x");
	CHECK_STR(r.flags.items[3], "--allow-write=generated");
	CHECK_STR(r.flags.items[4], "--allow-write=~/.cache/p");
	CHECK_STR(r.flags.items[5], "--allow-write-file=~/.cache/f");
}
