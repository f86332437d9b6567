/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/err.h"
#include "lockfile/pins.h"
#include "resolver/spec.h"
#include "tests/unit/test.h"

#include <string.h>

typedef int reader(struct pins *p, struct str text, const char *what, struct err *err);

static struct pins *read_ok(reader *read, const char *text)
{
	struct pins *p = ARENA_NEW(test_arena(), struct pins);
	struct err err = ERR_INIT;
	pins_init(p, test_arena());
	if (read(p, str_from(text), "lock", &err) < 0)
		test_fail(__FILE__, __LINE__, "%s", err.text);
	return p;
}

static const char *refused(reader *read, const char *text)
{
	struct pins p;
	struct err err = ERR_INIT;
	pins_init(&p, test_arena());
	CHECK(read(&p, str_from(text), "lock", &err) < 0);
	return arena_printf(test_arena(), "%s %s", err_name(&err), err.text);
}

/* "name@version integrity" or "#commit"; who is "a@1.0.0", "/folder" or NULL. */
static const char *choose(struct pins *p, const char *who, const char *name, const char *spec)
{
	struct err err = ERR_INIT;
	struct pin_query q = {.spec = spec_resolve(test_arena(), name, spec, "/p", &err)};
	const char *at = who ? strrchr(who, '@') : NULL;
	if (who && who[0] == '/') {
		q.folder = who + 1;
	} else if (at) {
		q.name = arena_strndup(test_arena(), who, (size_t)(at - who));
		q.version = at + 1;
	}
	const struct pin *pin = pins_choose(p, &q);
	if (!pin)
		return NULL;
	if (pin->commit)
		return arena_printf(test_arena(), "#%s", pin->commit);
	return arena_printf(test_arena(), "%s@%s%s%s", pin->name, pin->version ? pin->version : "", pin->integrity ? " " : "",
		pin->integrity ? pin->integrity : "");
}

#define SHA "0123456789abcdef0123456789abcdef01234567"

TEST(pins_berry)
{
	struct pins *p = read_ok(berry_read,
		"# yarn\n\n__metadata:\n  version: 8\n  cacheKey: 10\n\n"
		"\"a@npm:^1.0.0, a@npm:^1.2.0\":\n  version: 1.2.3\n  resolution: \"a@npm:1.2.3\"\n  checksum: 10/abc\n\n"
		"\"a@npm:~1.2.0\":\n  version: 1.2.1\n  resolution: \"a@npm:1.2.1\"\n\n"
		"\"b@npm:@s/c@^2\":\n  version: 2.0.0\n  resolution: \"@s/c@npm:2.0.0\"\n\n"
		"\"t@npm:latest\":\n  version: 3.0.0\n  resolution: \"t@npm:3.0.0\"\n\n"
		"\"g@github:u/g\":\n  version: 1.0.0\n  resolution: \"g@https://localhost/u/g.git#commit=" SHA "\"\n\n"
		"\"root@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"root@workspace:.\"\n");
	CHECK_STR(choose(p, "/", "a", "^1.0.0"), "a@1.2.3");
	CHECK_STR(choose(p, "/", "a", "~1.2.0"), "a@1.2.1");
	CHECK_STR(choose(p, "/", "a", "1"), "a@1.2.3");
	CHECK(!choose(p, "/", "a", "^2"));
	CHECK_STR(choose(p, "/", "b", "npm:@s/c@^2"), "@s/c@2.0.0");
	CHECK_STR(choose(p, "/", "t", "latest"), "t@3.0.0");
	CHECK(!choose(p, "/", "t", "next"));
	CHECK_STR(choose(p, "/", "g", "github:u/g"), "#" SHA);
	CHECK(!choose(p, "/", "root", "*"));
	CHECK(strstr(refused(berry_read, "__metadata:\n  version: 8\na: [\n"), "EYAMLPARSE Invalid YAML in 'lock'"));
}

TEST(pins_pnpm_9)
{
	struct pins *p = read_ok(pnpm_read,
		"lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: ^1\n        version: 1.0.0(p@2.0.0)\n"
		"      al:\n        specifier: npm:@s/b@^1\n        version: '@s/b@1.1.0'\n"
		"      t:\n        specifier: latest\n        version: 5.0.0\n"
		"      g:\n        specifier: github:u/g\n        version: https://localhost/u/g/tar.gz/" SHA "\n"
		"  packages/w:\n    devDependencies:\n      a:\n        specifier: ^1\n        version: 1.1.0\n"
		"      l:\n        specifier: '*'\n        version: link:../l\n"
		"packages:\n  a@1.0.0:\n    resolution: {integrity: sha512-a0}\n  a@1.1.0:\n    resolution: {integrity: sha512-a1}\n"
		"  '@s/b@1.1.0':\n    resolution: {integrity: sha512-b}\n"
		"  g@https://localhost/u/g/tar.gz/" SHA ":\n    resolution: {tarball: https://localhost/u/g/tar.gz/" SHA "}\n    version: 1.0.0\n"
		"snapshots:\n  a@1.0.0(p@2.0.0):\n    dependencies:\n      '@s/b': 1.1.0\n      x: 2.0.0\n  x@2.0.0: {}\n  x@2.5.0: {}\n");
	CHECK_STR(choose(p, "/", "a", "^1"), "a@1.0.0 sha512-a0");
	CHECK_STR(choose(p, "/packages/w", "a", "^1"), "a@1.1.0 sha512-a1");
	CHECK_STR(choose(p, NULL, "a", "^1"), "a@1.1.0 sha512-a1");
	CHECK_STR(choose(p, "/", "al", "npm:@s/b@^1"), "@s/b@1.1.0 sha512-b");
	CHECK_STR(choose(p, "a@1.0.0", "x", "^2"), "x@2.0.0");
	CHECK_STR(choose(p, "a@1.0.0", "x", ">2.1"), "x@2.5.0");
	CHECK_STR(choose(p, "/", "t", "latest"), "t@5.0.0");
	CHECK(!choose(p, "/packages/w", "t", "latest"));
	CHECK_STR(choose(p, "/", "g", "github:u/g"), "#" SHA);
	CHECK(!choose(p, "/packages/w", "l", "*"));
}

TEST(pins_pnpm_several_documents)
{
	struct pins *p = read_ok(pnpm_read,
		"---\nlockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: '*'\n        version: 9.0.0\n"
		"---\nlockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: '*'\n        version: 1.0.0\n");
	CHECK_STR(choose(p, "/", "a", "*"), "a@1.0.0");
}

TEST(pins_pnpm_5_and_6)
{
	struct pins *p = read_ok(pnpm_read,
		"lockfileVersion: 5.4\nspecifiers:\n  a: ^1\ndependencies:\n  a: 1.0.0_p@2.0.0\n  al: /@s/b/1.1.0\n"
		"packages:\n  /a/1.0.0_p@2.0.0:\n    resolution: {integrity: sha512-a}\n    dependencies:\n      '@s/b': 1.0.0_@s+q@1.0.0\n"
		"  /a/1.2.0:\n    resolution: {integrity: sha512-a2}\n"
		"  /@s/b/1.0.0_@s+q@1.0.0:\n    resolution: {integrity: sha512-b}\n  /@s/b/1.1.0:\n    resolution: {integrity: sha512-b1}\n");
	CHECK_STR(choose(p, "/", "a", "^1"), "a@1.0.0 sha512-a");
	CHECK_STR(choose(p, "a@1.0.0", "@s/b", "^1"), "@s/b@1.0.0 sha512-b");
	CHECK_STR(choose(p, "/", "al", "npm:@s/b@^1"), "@s/b@1.1.0 sha512-b1");
	p = read_ok(pnpm_read,
		"lockfileVersion: '6.0'\ndependencies:\n  a:\n    specifier: ^1\n    version: 1.0.0(p@2.0.0)\n  al:\n    specifier: npm:b@1\n    version: /b@1.1.0\n"
		"packages:\n  /a@1.0.0(p@2.0.0):\n    resolution: {integrity: sha512-a}\n    dependencies:\n      '@s/b': 1.0.0(@s/q@1.0.0)\n"
		"  /@s/b@1.0.0(@s/q@1.0.0):\n    resolution: {integrity: sha512-b}\n  /b@1.1.0:\n    resolution: {integrity: sha512-c}\n");
	CHECK_STR(choose(p, "/", "a", "^1"), "a@1.0.0 sha512-a");
	CHECK_STR(choose(p, "a@1.0.0", "@s/b", "^1"), "@s/b@1.0.0 sha512-b");
	CHECK_STR(choose(p, "/", "al", "npm:b@1"), "b@1.1.0 sha512-c");
	CHECK(strstr(refused(pnpm_read, "lockfileVersion: '10.0'\n"), "ELOCKFILEVERSION Unsupported lockfileVersion 10.0 in 'lock'"));
	CHECK(strstr(refused(pnpm_read, "a: 1\n"), "ELOCKFILEVERSION"));
}

TEST(pins_bun)
{
	struct pins *p = read_ok(bun_read,
		"{ // comment, with a comma\n  \"lockfileVersion\": 1,\n  \"workspaces\": {\n"
		"    \"\": { \"name\": \"r\", \"dependencies\": { \"a\": \"^1\", \"al\": \"npm:@s/b@1\", }, },\n"
		"    \"packages/w\": { \"name\": \"@r/w\", \"dependencies\": { \"a\": \"^1\", }, },\n  },\n"
		"  \"packages\": {\n    \"@r/w\": [\"@r/w@workspace:packages/w\"],\n"
		"    \"a\": [\"a@1.0.0\", \"\", { \"dependencies\": { \"x\": \"*\", \"y\": \"*\" } }, \"sha512-a\"],\n"
		"    \"al\": [\"@s/b@1.1.0\", \"\", {}, \"sha512-b\"], /* , ] */\n"
		"    \"g\": [\"g@github:u/g#" SHA "\", {}, \"u-g-0123\"],\n"
		"    \"x\": [\"x@2.0.0\", \"\", {}, \"sha512-x\"],\n    \"y\": [\"y@1.0.0\", \"\", {}, \"sha512-y\"],\n"
		"    \"@r/w/a\": [\"a@1.1.0\", \"\", { \"dependencies\": { \"x\": \"*\" } }, \"sha512-a1\"],\n"
		"    \"@r/w/a/x\": [\"x@1.0.0\", \"\", {}, \"sha512-x1\"],\n  },\n}\n");
	CHECK_STR(choose(p, "/", "a", "^1"), "a@1.0.0 sha512-a");
	CHECK_STR(choose(p, "/packages/w", "a", "^1"), "a@1.1.0 sha512-a1");
	CHECK_STR(choose(p, "a@1.0.0", "x", "*"), "x@2.0.0 sha512-x");
	CHECK_STR(choose(p, "a@1.1.0", "x", "*"), "x@1.0.0 sha512-x1");
	CHECK_STR(choose(p, "/", "al", "npm:@s/b@1"), "@s/b@1.1.0 sha512-b");
	CHECK(!choose(p, "/", "@r/w", "*"));
	CHECK_STR(refused(bun_read, "{\"lockfileVersion\": 1,\n// x\n  \"packages\": {;}}"),
		"EJSONPARSE Invalid JSON in 'lock': unexpected ';' at line 3 column 16");
	CHECK(strstr(refused(bun_read, "{\"lockfileVersion\": 3}"), "ELOCKFILEVERSION"));
}
