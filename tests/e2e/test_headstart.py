"""Where node_modules is made anew from a lockfile, packages are staged while the tree is resolved: nothing of that may be seen."""
import glob, os, shutil, time

from harness import until
from test_guessing import publish
from test_publishing import unique


def locked(bench, manifest):
    p = bench.project(manifest)
    p.ok("install")
    shutil.rmtree(p.path("node_modules"))
    return p


def test_headstart_leaves_nothing_when_there_is_no_tree(bench):
    p = locked(bench, {"dependencies": {"greet": "1", "left": "1"}})
    before = p.read("package-lock.json")
    p.fails("E404", "install", "no-such-package-anywhere")
    assert not p.has("node_modules")
    assert p.read("package-lock.json") == before


def test_headstart_of_what_nobody_wants_is_not_installed(bench):
    p = locked(bench, {"dependencies": {"greet": "1", "left": "1"}})
    lock = p.json("package-lock.json")
    lock["packages"]["node_modules/stray"] = lock["packages"]["node_modules/left"]
    p.write_json("package-lock.json", lock)
    p.ok("install")
    assert p.has("node_modules/left/package.json")
    assert sorted(os.listdir(p.path("node_modules"))) == [".bin", ".package-lock.json", "@fixture", "greet", "left"]


def test_headstart_says_what_went_wrong_once(bench):
    p = locked(bench, {"dependencies": {"greet": "1", "left": "1"}})
    lock = p.json("package-lock.json")
    lock["packages"]["node_modules/left"]["integrity"] = "sha512-" + "A" * 86 + "=="
    p.write_json("package-lock.json", lock)
    r = p.fails("EINTEGRITY", "install")
    assert r.err.count("code EINTEGRITY") == 1, r
    assert not p.has("node_modules")


def test_headstart_leaves_out_what_is_omitted(bench):
    p = locked(bench, {"dependencies": {"greet": "1"}, "devDependencies": {"left": "1"}})
    p.ok("ci", "--omit=dev")
    assert p.has("node_modules/greet") and not p.has("node_modules/left")
    assert p.json("node_modules/.package-lock.json")["packages"].keys() == {"node_modules/greet", "node_modules/@fixture/words"}


def test_headstart_without_a_lockfile_begins_with_what_has_a_place(bench):
    name = unique("waits")
    publish(bench, name, "1.0.0", dependencies={"fault-hang": "1"})
    first = bench.project({"dependencies": {"greet": "1"}})
    first.ok("install")
    p = bench.project({"dependencies": {"greet": "1", name: "1"}}, cache=first.cache)
    child = p.start("install")
    until(lambda: glob.glob(p.path("node_modules/.lode-stage-*/*/greet/package.json")))
    assert child.poll() is None and not p.has("node_modules/greet")
    child.kill()
    child.communicate()
    p.write_json("package.json", {"name": "project", "version": "1.0.0", "dependencies": {"left": "1"}})
    p.ok("install")
    assert sorted(os.listdir(p.path("node_modules"))) == [".package-lock.json", "left"]


def test_headstart_without_a_lockfile_leaves_nothing_when_there_is_no_tree(bench):
    p = bench.project({"dependencies": {"greet": "1", "left": "1", "no-such-package-anywhere": "1"}})
    p.fails("E404", "install")
    assert not p.has("node_modules") and not p.has("package-lock.json")


def test_headstart_without_a_lockfile_leaves_out_what_is_omitted(bench):
    p = bench.project({"dependencies": {"greet": "1"}, "devDependencies": {"left": "1"}, "optionalDependencies": {"only-win32": "1"}})
    p.ok("install", "--omit=dev")
    assert sorted(os.listdir(p.path("node_modules"))) == [".bin", ".package-lock.json", "@fixture", "greet"]


def test_headstart_keeps_what_others_put_into_node_modules_meanwhile(bench):
    p = locked(bench, {"dependencies": {"greet": "1", "fault-slow": "1"}})
    child = p.start("install", "--cache", p.path("other-cache"))
    while not glob.glob(p.path("node_modules/.lode-stage-*/*/greet/package.json")):
        assert child.poll() is None
        time.sleep(0.01)
    p.write("node_modules/theirs/file", "theirs")
    out, err = child.communicate(timeout=60)
    assert child.returncode == 0, err
    assert p.read("node_modules/theirs/file") == "theirs"
    names = [".bin", ".package-lock.json", "@fixture", "fault-slow", "greet", "theirs"]
    assert sorted(os.listdir(p.path("node_modules"))) == names
    assert not glob.glob(p.path(".lode-*"))
