"""Commands around installs: rebuild, dedupe, install-test and their like."""
import json, os, shutil


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


def test_dedupe_where_nothing_is_yet_installs(bench):
    p = bench.project({"dependencies": {"greet": "1"}})
    p.ok("dedupe")
    assert p.version("node_modules/greet") == "1.0.0"
    assert not p.has("package-lock.json"), "npm's dedupe saves only what it deduplicates"


def test_install_and_test_in_one(bench):
    p = bench.project({"dependencies": {"greet": "1"}, "scripts": {"test": "greet tested"}})
    assert "hello again tested" in p.ok("it").out
    assert "hello again tested" in p.ok("cit").out
    p.write("package.json", p.read("package.json").replace("greet tested", "exit 4"))
    assert p.lode("install-test").code == 4


def globally(p, *args):
    return p.ok(*args, env={"PREFIX": p.base + "/global"})


def test_global_packages_are_touched_only_when_named(bench):
    p = bench.project({"name": "here", "bin": "cli.js"})
    p.write("cli.js", "#!/usr/bin/env node\n")
    lib, bins = p.base + "/global/lib/node_modules", p.base + "/global/bin"
    globally(p, "install", "-g", "greet")
    globally(p, "install", "-g", "left@1.0.0")
    globally(p, "install", "-g", ".")
    assert os.path.islink(lib + "/here") and os.path.lexists(bins + "/here") and os.path.lexists(bins + "/greet")
    globally(p, "update", "-g")
    assert p.version(os.path.relpath(lib + "/left", p.dir)) == "2.0.0" and os.path.exists(lib + "/greet/cli.js")
    globally(p, "uninstall", "-g", "nothing-of-that-name")
    globally(p, "uninstall", "-g", "greet")
    assert sorted(os.listdir(lib)) == ["here", "left"] and os.listdir(bins) == ["here"]
    globally(p, "uninstall", "-g")
    assert os.listdir(lib) == ["left"]


def test_install_links_packs_a_folder(bench):
    p = bench.project({})
    p.write("../loc/package.json", '{"name":"loc","version":"1.0.0","files":["a.js"],"scripts":{"prepare":"echo made > a.js"}}')
    p.write("../loc/b.js", "")
    p.ok("install", "../loc", "--install-links")
    assert not os.path.islink(p.path("node_modules/loc"))
    assert p.read("node_modules/loc/a.js") == "made\n" and not p.has("node_modules/loc/b.js")
    assert "integrity" not in p.json("package-lock.json")["packages"]["node_modules/loc"]


def test_a_dry_run_lists_what_it_would_do(bench):
    p = bench.project({"dependencies": {"greet": "1"}})
    assert p.ok("install", "--dry-run").out.startswith("add @fixture/words 1.1.0\nadd greet 1.0.0\n\nadded 2 packages in ")
    p.ok("install")
    assert p.ok("ci", "--dry-run").out.startswith("\nup to date in ")
    assert p.ok("uninstall", "greet", "--dry-run").out.startswith("remove greet 1.0.0\nremove @fixture/words 1.1.0\n\nremoved 2")


def test_a_bare_install_needs_a_package_json(bench):
    p = bench.project(None)
    assert p.fails("ENOENT", "install").code == 254
    assert not p.has("package-lock.json")


def test_an_added_optional_dependency_is_listed_as_npm_lists_it(bench):
    p = bench.project({})
    p.ok("install", "-O", "left@1")
    root = p.json("package-lock.json")["packages"][""]
    assert root["dependencies"] == {"left": "1"} and root["optionalDependencies"] == {"left": "^1.1.0"}, root
    assert "dependencies" not in p.json("package.json")


def test_init_puts_new_workspaces_in_their_place(bench):
    p = bench.project({})
    r = p.ok("init", "-y", "-w", "packages/a", "-w", "packages/b")
    assert "added 2 packages" in r.out, r
    assert p.json("package.json")["workspaces"] == ["packages/a", "packages/b"]
    assert os.readlink(p.path("node_modules/a")) == "../packages/a"
    assert p.json("package-lock.json")["packages"]["node_modules/b"] == {"resolved": "packages/b", "link": True}
    p.ok("init", "-y", "-w", "packages/c", "--no-workspaces-update")
    assert p.has("packages/c/package.json") and not p.has("node_modules/c")


def test_init_runs_an_initializer_in_a_workspace_that_is_not_there_yet(bench):
    p = bench.project({"workspaces": ["maker"], "dependencies": {"@own/create": "1.0.0"}})
    p.write("maker/package.json", json.dumps({"name": "@own/create", "version": "1.0.0", "bin": {"make": "make.js"}}))
    p.write("maker/make.js", "#!/usr/bin/env node\nfs = require('fs')\nfs.writeFileSync('package.json', '{\"name\":\"made\"}')\n", 0o755)
    p.ok("install")
    p.ok("init", "@own", "-w", "made/here")
    assert p.json("made/here/package.json") == {"name": "made"}
    assert p.json("package.json")["workspaces"] == ["maker", "made/here"]


def test_timing_writes_a_trace_that_viewers_load(bench):
    p = bench.project({"dependencies": {"greet": "1"}})
    p.ok("install")
    shutil.rmtree(p.path("node_modules"))
    p.ok("install", "--timing", f"--logs-dir={p.path('logs')}")
    (name,) = [n for n in os.listdir(p.path("logs")) if n.endswith("-trace.json")]
    events = p.json("logs/" + name)["traceEvents"]
    work = [e for e in events if e["ph"] == "X"]
    assert {"lode", "resolve", "reify:stage", "link"} <= {e["name"] for e in work}, events
    link = next(e for e in work if e["name"] == "link" and e["args"]["about"] == "greet@1.0.0")
    whole = next(e for e in work if e["name"] == "lode")
    assert link["tid"] != whole["tid"], events
    assert whole["ts"] <= link["ts"] and link["ts"] + link["dur"] <= whole["ts"] + whole["dur"], events
