"""Commands around installs: rebuild, dedupe, install-test and their like."""
import os


def test_rebuild_runs_what_is_allowed_and_links_bins(bench):
    p = bench.project({"dependencies": {"scripted": "1", "greet": "1"}})
    p.ok("install")
    r = p.ok("rebuild")
    assert r.out == "rebuilt dependencies successfully\n", r
    assert "1 package had install scripts blocked" in r.err, r
    assert not p.has("node_modules/scripted/made.txt")
    p.fails("ESTRICTALLOWSCRIPTS", "rebuild", "--strict-allow-scripts")
    os.unlink(p.path("node_modules/.bin/greet"))
    p.write("package.json", p.read("package.json").replace('"version"', '"allowScripts": {"scripted": true},\n  "version"'))
    p.ok("rebuild", "greet@^1")
    assert p.has("node_modules/.bin/greet") and not p.has("node_modules/scripted/made.txt")
    p.ok("rebuild", "scripted")
    assert p.read("node_modules/scripted/made.txt") == "made by postinstall\n"
    p.fails("only supports SemVer", "rebuild", "scripted@latest")


def test_rebuilt_packages_do_not_reach_the_store(bench):
    p = bench.project({"dependencies": {"scripted": "1"}})
    p.ok("install")
    index = p.path("node_modules/scripted/index.js")
    p.ok("rebuild", "--dangerously-allow-all-scripts")
    assert os.stat(index).st_nlink == 1
    with open(index, "a") as f:
        f.write("// changed in place\n")
    q = bench.project({"dependencies": {"scripted": "1"}}, cache=p.cache)
    q.ok("install")
    assert "changed" not in q.read("node_modules/scripted/index.js")


def test_dedupe_is_not_for_global_packages(bench):
    p = bench.project({})
    p.fails("EDEDUPEGLOBAL", "dedupe", "-g")
    p.fails("EDEDUPEGLOBAL", "find-dupes", "-g")


def test_install_and_test_in_one(bench):
    p = bench.project({"dependencies": {"greet": "1"}, "scripts": {"test": "greet tested"}})
    assert "hello again tested" in p.ok("it").out
    assert "hello again tested" in p.ok("cit").out
    p.write("package.json", p.read("package.json").replace("greet tested", "exit 4"))
    assert p.lode("install-test").code == 4
