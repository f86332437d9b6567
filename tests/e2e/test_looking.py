"""Commands that look at a tree, and link."""
import json, os


def private(bench, manifest=None):
    p = bench.project(manifest or {})
    return p, {"npm_config_prefix": p.path("../prefix")}


def names(result):
    return [item["pkgid"] for item in json.loads(result.out)]


def test_query_finds_what_is_installed(bench):
    p = bench.project({"dependencies": {"needs-left-1": "*", "left": "^2"}, "devDependencies": {"greet": "*"}})
    p.ok("install")
    assert names(p.ok("query", "#left")) == ["left@2.0.0", "left@1.1.0"], p.ok("query", "#left")
    assert names(p.ok("query", ":root > .dev")) == ["greet@1.0.0"]
    assert names(p.ok("query", "#left:semver(^1)")) == ["left@1.1.0"]
    item = json.loads(p.ok("query", "#needs-left-1").out)[0]
    assert item["location"] == "node_modules/needs-left-1" and item["from"] == [""], item
    assert p.lode("query", "#nobody", "--expect-results").code == 1
    assert '"code": "EQUERYNOPSEUDO"' in p.fails("EQUERYNOPSEUDO", "query", ":what").out


def test_query_asks_the_registry_what_is_outdated(bench):
    p = bench.project({"dependencies": {"left": "1.0.0", "circle-a": "*"}})
    p.ok("install")
    found = json.loads(p.ok("query", ":outdated").out)
    assert [f["name"] for f in found] == ["left"], found
    assert found[0]["queryContext"]["versions"] == ["1.0.0", "1.1.0", "2.0.0"]
    assert names(p.ok("query", ":outdated(minor)")) == ["left@1.0.0"]
    assert names(p.ok("query", ":outdated(in-range)")) == []


def test_fund_draws_who_asks(bench):
    p = bench.project({"workspaces": ["w"], "funding": "https://me.example"})
    p.write("w/package.json", json.dumps({"name": "w", "version": "2.0.0", "funding": ["https://a.example", "https://b.example"]}))
    p.ok("install")
    r = p.ok("fund", "--no-unicode")
    assert r.out == ("https://me.example\n| `-- project@1.0.0\n`-- https://a.example\n    `-- w@2.0.0\n\n"), r
    assert "2: Funding available at the following URL: https://b.example" in p.ok("fund", "w").out
    assert p.ok("fund", "w", "--which=2", "--no-browser").out.endswith(":\nhttps://b.example\n")
    p.fails("ENOFUND", "fund", "left")
    assert "1 package is looking for funding" in p.ok("install", "--fund").out


def test_link_both_ways(bench):
    p, env = private(bench)
    p.write("../tool/package.json", json.dumps({"name": "tool", "version": "1.0.0", "bin": "tool.js"}))
    p.write("../tool/tool.js", "#!/usr/bin/env node\nconsole.log('tool')\n")
    p.ok("link", env=env, cwd=p.path("../tool"))
    assert os.path.islink(p.path("../prefix/lib/node_modules/tool"))
    assert os.path.realpath(p.path("../prefix/bin/tool")) == os.path.realpath(p.path("../tool/tool.js"))
    before = p.read("package.json")
    p.ok("link", "tool", env=env)
    assert os.readlink(p.path("node_modules/tool")) == "../../tool"
    assert os.path.lexists(p.path("node_modules/.bin/tool"))
    assert p.read("package.json") == before and not p.has("package-lock.json")
    p.ok("link", "tool", "--save", env=env)
    assert p.json("package.json")["dependencies"] == {"tool": "file:../tool"}
    p.ok("unlink", "tool", env=env)
    assert not p.has("node_modules/tool")
    p.ok("unlink", "-g", env=env, cwd=p.path("../tool"))
    assert not os.path.lexists(p.path("../prefix/lib/node_modules/tool"))


def test_link_installs_globally_what_is_not_there(bench):
    p, env = private(bench, {"dependencies": {"greet": "*"}})
    p.write("../tool/package.json", json.dumps({"name": "tool", "version": "1.0.0"}))
    p.ok("link", "../tool", "left", env=env)
    assert sorted(x for x in os.listdir(p.path("../prefix/lib/node_modules")) if x[0] != ".") == ["left", "tool"]
    assert os.path.realpath(p.path("node_modules/left")) == os.path.realpath(p.path("../prefix/lib/node_modules/left"))
    assert os.readlink(p.path("node_modules/tool")) == "../../tool"
    p.fails("ELINKGLOBAL", "link", "-g", env=env)


def test_link_of_workspaces(bench):
    p, env = private(bench, {"workspaces": ["a", "b"]})
    for n in "ab":
        p.write(f"{n}/package.json", json.dumps({"name": n, "version": "1.0.0"}))
    p.ok("link", "-w", "a", env=env)
    assert os.path.realpath(p.path("../prefix/lib/node_modules/a")) == os.path.realpath(p.path("a"))
    assert not os.path.lexists(p.path("../prefix/lib/node_modules/b"))


def test_pkg_fix_leaves_the_order_and_the_mode_of_the_file(bench):
    p = bench.project()
    p.write("package.json", '{"name":"x","version":"1.0.0","dependencies":{"b":"1","a":"1"},"bin":"./x.js"}', 0o640)
    p.ok("pkg", "fix")
    assert p.read("package.json").startswith('{"name":"x","version":"1.0.0","dependencies":{"b":"1","a":"1"},'), p.read("package.json")
    assert os.stat(p.path("package.json")).st_mode & 0o777 == 0o640
