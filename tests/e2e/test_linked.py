"""install-strategy=linked: the store, its links, and what other strategies and commands make of it."""
import os, signal, subprocess, time

from harness import NODE

THREADED = True

LINKED = "--install-strategy=linked"


def store(p):
    """Name and version of each folder in the store -> the folder."""
    found = {}
    for folder, dirs, _ in os.walk(p.path("node_modules/.store")):
        for name in list(dirs):
            if "@" in name[1:]:
                found[os.path.relpath(os.path.join(folder, name), p.path("node_modules/.store"))[:-23]] = \
                    os.path.relpath(os.path.join(folder, name), p.dir)
        dirs[:] = [d for d in dirs if d.startswith("@") and "@" not in d[1:]]
    return found


def says(p, code, cwd="."):
    return subprocess.run([NODE, "-e", f"console.log({code})"], cwd=p.path(cwd), capture_output=True, text=True).stdout


def links(p):
    """Every link below node_modules -> what it leads to; all of them lead somewhere."""
    found = {where: what[1] for where, what in p.listing("node_modules").items() if what[0] == "link"}
    assert all(os.path.exists(p.path(where)) for where in found), found
    return found


def test_linked_packages_see_only_what_they_ask_for(bench):
    p = bench.project({"dependencies": {"greet": "^1.0.0", "needs-left-1": "1", "needs-left-2": "1"}})
    r = p.ok("install", LINKED)
    assert "added 6 packages" in r.out, r
    there = store(p)
    assert sorted(there) == ["@fixture/words@1.1.0", "greet@1.0.0", "left@1.1.0", "left@2.0.0", "needs-left-1@1.0.0",
                             "needs-left-2@1.0.0"], there
    found = links(p)
    assert found["node_modules/greet"] == there["greet@1.0.0"][len("node_modules/"):] + "/node_modules/greet"
    assert found["node_modules/.bin/greet"] == "../greet/cli.js"
    assert "node_modules/left" not in found and "node_modules/@fixture/words" not in found
    assert says(p, "require('needs-left-1'), require('greet/package.json').name") == "n1 greet\n"
    assert subprocess.run([p.path("node_modules/.bin/greet"), "you"], capture_output=True, text=True,
                          env={"PATH": os.path.dirname(NODE)}).stdout == "hello again you\n"
    lock = p.json("package-lock.json")["packages"]
    assert "node_modules/left" in lock and not any(".store" in where for where in lock)
    hidden = p.json("node_modules/.package-lock.json")
    assert "name" not in hidden and hidden["packages"][there["left@2.0.0"]] == {}
    assert hidden["packages"]["node_modules/greet"] == {"resolved": found_target(p, "greet"), "link": True}


def found_target(p, name):
    return os.path.relpath(os.path.realpath(p.path("node_modules", name)), os.path.realpath(p.dir))


def test_linked_again_changes_nothing(bench):
    p = bench.project({"dependencies": {"greet": "^1.0.0", "circle-a": "1"}})
    p.ok("install", LINKED)
    before = p.listing()
    r = p.ok("install", LINKED)
    assert "up to date" in r.out, r
    after = p.listing()
    for listing in (before, after):
        listing.pop("node_modules/.package-lock.json")	# fresh packages have their digests in it, as npm's
    assert before == after
    assert p.ok("ls", "--all", LINKED).out.count("circle-a@1.0.0") >= 1


def test_linked_heals_what_is_missing(bench):
    p = bench.project({"dependencies": {"greet": "^1.0.0"}})
    p.ok("install", LINKED)
    before = links(p)
    os.unlink(p.path("node_modules/greet"))
    os.unlink(p.path(store(p)["greet@1.0.0"], "node_modules/@fixture/words"))
    os.symlink("nowhere", p.path("node_modules/greet"))
    p.ok("install", LINKED)
    assert links(p) == before


def test_linked_takes_away_what_nobody_needs_any_more(bench):
    p = bench.project({"dependencies": {"greet": "^1.0.0", "left": "^1.0.0"}})
    p.ok("install", LINKED)
    p.write("node_modules/mine/notes.txt", "not npm's\n")
    os.symlink("/", p.path("node_modules/outside"))
    p.ok("uninstall", "greet", LINKED)
    assert sorted(store(p)) == ["left@1.1.0"] and not p.has("node_modules/.store/@fixture")
    assert not p.has("node_modules/greet") and not p.has("node_modules/.bin/greet")
    assert p.has("node_modules/mine/notes.txt") and p.has("node_modules/outside")
    p.ok("install", "left@2", LINKED)
    assert sorted(store(p)) == ["left@2.0.0"] and says(p, "require('left')") == "left 2.0.0\n"


def test_linked_peers_make_packages_of_their_own(bench):
    p = bench.project({"workspaces": ["a", "b"]})
    for name, version, plugin in ("a", "1", "plugin-one"), ("b", "2", "plugin-two"):
        p.write(f"{name}/package.json", '{"name":"%s","version":"1.0.0","dependencies":{"framework":"%s","%s":"1","plugin-maybe":"1"}}'
                % (name, version, plugin))
    p.ok("install", LINKED)
    for name, version, plugin in ("a", "1.2.0", "plugin-one"), ("b", "2.0.0", "plugin-two"):
        beside = p.path(name, "node_modules", plugin, "../framework")
        assert os.path.realpath(beside) == os.path.realpath(p.path(name, "node_modules/framework"))
        assert p.version(f"{name}/node_modules/framework") == version


def test_linked_workspaces_are_linked_where_they_are_named(bench):
    p = bench.project({"workspaces": ["packages/*"], "dependencies": {"one": "*"}})
    p.write("packages/one/package.json", '{"name":"one","version":"1.0.0","dependencies":{"left":"1"},"bin":"one.js"}')
    p.write("packages/one/one.js", "#!/usr/bin/env node\n")
    p.write("packages/two/package.json", '{"name":"two","version":"1.0.0","dependencies":{"one":"*"}}')
    p.ok("install", LINKED)
    assert os.readlink(p.path("node_modules/one")) == "../packages/one"
    assert os.readlink(p.path("packages/two/node_modules/one")) == "../../one"
    assert os.readlink(p.path("packages/two/node_modules/.bin/one")) == "../one/one.js"
    assert not p.has("node_modules/two") and not p.has("node_modules/left")
    assert "two@1.0.0" in p.ok("ls", LINKED).out
    p.ok("install", "greet", "-w", "two", LINKED)
    assert p.has("packages/two/node_modules/greet") and not p.has("node_modules/greet")


def test_linked_and_hoisted_take_over_from_each_other(bench):
    p = bench.project({"dependencies": {"greet": "^1.0.0", "needs-left-1": "1", "needs-left-2": "1"}})
    p.ok("install")
    hoisted = p.listing()
    p.ok("install", LINKED)
    linked = links(p)
    assert os.path.islink(p.path("node_modules/greet")) and not p.has("node_modules/left")
    p.ok("install")
    assert p.listing() == hoisted
    p.ok("install", LINKED)
    assert links(p) == linked
    p.ok("ci")
    assert p.listing() == hoisted
    for _ in range(2):
        p.ok("ci", LINKED)
        assert links(p) == linked


def test_linked_needs_no_lockfile(bench):
    p = bench.project({"dependencies": {"greet": "1"}, "workspaces": ["w"]})
    p.write("w/package.json", '{"name":"w","version":"1.0.0","dependencies":{"left":"1"}}')
    p.ok("install", "--no-package-lock", LINKED)
    linked = links(p)
    for _ in range(2):
        p.ok("install", "--no-package-lock", LINKED)
        assert links(p) == linked and says(p, "require('left')", "w") == "left 1.1.0\n"
    p.ok("install", "--no-package-lock")
    assert not p.has("node_modules/.store") and p.version("node_modules/left") == "1.1.0"


def test_linked_by_every_way_to_say_so(bench):
    for how in "npmrc", "env", "cli":
        p = bench.project({"dependencies": {"left": "1"}})
        if how == "npmrc":
            p.write(".npmrc", "install-strategy=linked\n")
        p.ok("install", *([LINKED] if how == "cli" else []), env={"npm_config_install_strategy": "linked"} if how == "env" else {})
        assert os.path.islink(p.path("node_modules/left")), how


def test_linked_scripts_run_in_the_store(bench):
    p = bench.project({"dependencies": {"scripted": "1"}, "allowScripts": {"scripted": True}})
    p.ok("install", LINKED)
    assert says(p, "require('scripted')") == "made by postinstall\n\n", p.listing("node_modules").keys()
    os.unlink(p.path("node_modules/scripted/made.txt"))
    p.ok("rebuild", LINKED)
    assert says(p, "require('scripted')") == "made by postinstall\n\n", p.listing("node_modules").keys()
    p.ok("rebuild", "scripted", LINKED)


def test_linked_optional_packages_that_fail_are_left_out(bench):
    p = bench.project({"dependencies": {"optional-failing": "1"}, "allowScripts": {"scripted-failing": True}})
    p.ok("install", LINKED)
    assert says(p, "require('optional-failing')") == "fine\n"
    assert not any("scripted-failing" in where for where in links(p))
    assert "node_modules/scripted-failing" in p.json("package-lock.json")["packages"]


def test_linked_failure_leaves_the_project_as_it_was(bench):
    p = bench.project({"dependencies": {"greet": "1"}, "allowScripts": {"scripted-failing": True}})
    p.ok("install", LINKED)
    before = p.listing()
    p.fails("7", "install", "scripted-failing", "left", LINKED)
    assert p.listing() == before


def test_linked_packages_keep_what_they_bundle(bench):
    p = bench.project({"dependencies": {"around-bundling": "1"}})
    p.ok("install", LINKED)
    assert sorted(store(p)) == ["around-bundling@1.1.0", "bundling@1.0.0"]
    assert not os.path.islink(p.path(store(p)["bundling@1.0.0"], "node_modules/bundling/node_modules/left"))


def test_linked_install_that_was_killed_is_gone_on_with(bench):
    names = {"greet": "1", "tinyweb": "1", "needs-left-1": "1", "needs-left-2": "1", "circle-a": "1", "scripted": "1"}
    whole = bench.project({"dependencies": names, "allowScripts": {"scripted": True}})
    whole.ok("install", LINKED)
    want = links(whole)
    for wait in 0.02, 0.05, 0.1, 0.2, 0.3:
        p = bench.project({"dependencies": names, "allowScripts": {"scripted": True}}, cache=whole.cache)
        running = p.start("install", LINKED)
        time.sleep(wait)
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
        p.ok("install", LINKED)
        assert links(p) == want, wait
        assert says(p, "require('scripted')") == "made by postinstall\n\n", p.listing("node_modules").keys()
        assert not [name for name in os.listdir(p.path("node_modules")) if name.startswith(".lode")]
