"""Workspaces, and trees that are there already: read, healed and written down as npm does it."""
import json, os, time

THREADED = True


def workspaces(bench, a=None, b=None, root=None):
    p = bench.project({"workspaces": ["packages/*"], **(root or {})})
    p.write_json("packages/a/package.json", {"name": "a", "version": "1.0.0", **(a or {})})
    p.write_json("packages/b/package.json", {"name": "b", "version": "1.0.0", **(b or {})})
    return p


def hidden(p):
    return p.json("node_modules/.package-lock.json")["packages"]


def settle():
    """What is changed now is younger than the hidden lockfile."""
    time.sleep(0.03)


def test_an_install_in_one_workspace_tells_of_the_whole_disk(bench):
    p = workspaces(bench, {"dependencies": {"left": "1.0.0"}}, {"dependencies": {"greet": "1.0.0"}})
    p.ok("install", "-w", "a")
    assert set(hidden(p)) == {"node_modules/a", "node_modules/left", "packages/a"}, hidden(p)
    p.ok("install", "-w", "b")
    assert {"node_modules/left", "node_modules/greet", "node_modules/b", "node_modules/a"} < set(hidden(p))
    assert set(p.json("package-lock.json")["packages"]) - {""} == set(hidden(p))


def test_only_the_roots_own_install_leaves_other_packages_alone(bench):
    p = workspaces(bench, {"dependencies": {"left": "1.0.0"}}, root={"dependencies": {"greet": "1.0.0"}})
    p.ok("install")
    settle()
    p.write_json("node_modules/extra/package.json", {"name": "extra", "version": "1.0.0"})
    p.ok("install", "tinyweb@1", "--workspaces=false")
    assert p.has("node_modules/extra") and hidden(p)["node_modules/extra"] == {"version": "1.0.0", "extraneous": True}
    p.ok("install")
    assert not p.has("node_modules/extra") and "node_modules/extra" not in hidden(p)


def test_prune_without_workspaces_keeps_what_the_root_needs(bench):
    p = workspaces(bench, {"dependencies": {"left": "1.0.0"}}, root={"dependencies": {"greet": "1.0.0"}})
    p.ok("install")
    lock = p.read("package-lock.json")
    p.ok("prune", "--workspaces=false")
    assert sorted(n for n in os.listdir(p.path("node_modules")) if n[0] != ".") == ["@fixture", "greet"]
    assert p.read("package-lock.json") == lock


def test_a_bin_that_is_gone_is_made_again(bench):
    p = bench.project({"dependencies": {"greet": "^1.0.0"}})
    p.ok("install")
    os.unlink(p.path("node_modules/.bin/greet"))
    r = p.ok("install")
    assert "changed 1 package" in r.out and p.has("node_modules/.bin/greet"), r


def test_folders_stay_when_the_last_package_is_gone(bench):
    p = bench.project({"dependencies": {"greet": "^1.0.0"}})
    p.ok("install")
    p.ok("uninstall", "greet")
    assert sorted(p.listing("node_modules")) == ["node_modules/.bin", "node_modules/.package-lock.json",
                                                 "node_modules/@fixture"]


def test_dedupe_of_nothing_writes_no_lockfile(bench):
    p = bench.project({"dependencies": {"left": "1.0.0"}})
    p.ok("install")
    p.write("package-lock.json", p.read("package-lock.json").replace("\n", "\n "))
    before = p.read("package-lock.json")
    p.ok("dedupe")
    assert p.read("package-lock.json") == before
    assert p.read("node_modules/.package-lock.json").startswith('{\n  "name"'), "in package.json's style"


def test_dedupe_without_anything_installed(bench):
    bench.project({}).ok("dedupe")


def test_an_unread_lockfile_still_tells_where_packages_came_from(bench):
    p = bench.project({"dependencies": {"left": "^1.0.0"}})
    p.ok("install", "left@1.0.0")
    p.write_json("package.json", {"name": "project", "version": "1.0.0", "dependencies": {"left": "^1.0.0"}})
    p.write("node_modules/.package-lock.json", "{")
    lock = p.read("package-lock.json")
    p.ok("install", "--no-package-lock")
    assert p.version("node_modules/left") == "1.1.0", "a lockfile that is not looked at is no start, nor is the disk"
    assert hidden(p)["node_modules/left"]["integrity"] and p.read("package-lock.json") == lock


def test_node_modules_that_is_no_folder_is_taken_away_first(bench):
    p = bench.project({"dependencies": {"left": "1.0.0"}})
    p.ok("install")
    os.rename(p.path("node_modules"), p.path("elsewhere"))
    os.symlink("elsewhere", p.path("node_modules"))
    r = p.ok("install")
    assert "Removing non-directory" in r.err and "added 1 package" in r.out, r
    assert not os.path.islink(p.path("node_modules")) and p.version("node_modules/left") == "1.0.0"


def test_what_is_no_package_goes_where_there_is_no_lockfile(bench):
    p = bench.project({})
    p.write("node_modules/stray", "x")
    assert "removed 1 package" in p.ok("install").out
    assert set(p.json("package-lock.json")["packages"]) == {""} and not p.has("node_modules/stray")


def test_a_hidden_lockfile_of_nothing_is_believed(bench):
    p = bench.project({"dependencies": {"left": "1.0.0"}})
    p.ok("install")
    os.unlink(p.path("package-lock.json"))
    p.write("node_modules/.package-lock.json", "{}")
    assert "added 1 package" in p.ok("install").out
    assert p.json("package-lock.json")["packages"]["node_modules/left"]["integrity"]


def test_a_folder_nobody_knew_of_keeps_its_node_modules(bench):
    p = bench.project({"dependencies": {"left": "1.0.0"}})
    p.write_json("node_modules/left/node_modules/inner/package.json", {"name": "inner", "version": "1.0.0"})
    p.write("node_modules/left/stray", "x")
    p.write("node_modules/.package-lock.json", "{}")
    p.ok("install")
    assert p.version("node_modules/left") == "1.0.0" and p.has("node_modules/left/node_modules/inner")
    assert not p.has("node_modules/left/stray")


def test_what_becomes_a_dependency_is_asked_for_as_the_optional_one_it_was(bench):
    p = bench.project({"optionalDependencies": {"left": "*"}})
    p.ok("install")
    p.ok("install", "left@1.0.0", "-P")
    package = p.json("package.json")
    assert package["dependencies"] == {"left": "^2.0.0"} and "optionalDependencies" not in package


def test_a_program_that_is_no_packages_stays_when_a_global_one_goes(bench):
    p = bench.project({})
    where = "--prefix=" + p.path("../prefix")
    p.ok("install", "-g", "greet", where)
    os.unlink(p.path("../prefix/bin/greet"))
    p.write("../prefix/bin/greet", "mine")
    p.ok("uninstall", "-g", "greet", where)
    assert p.read("../prefix/bin/greet") == "mine" and not p.has("../prefix/lib/node_modules/greet")


def test_nothing_global_is_a_list_of_a_name(bench):
    p = bench.project({})
    os.makedirs(p.path("../prefix/lib"))
    assert json.loads(p.ok("ls", "-g", "--json", "--prefix=" + p.path("../prefix")).out) == {"name": "lib"}


def test_a_hidden_lockfile_without_a_name_is_made_anew(bench):
    p = bench.project({"dependencies": {"left": "1.0.0"}})
    p.ok("install", "--no-package-lock")
    assert "name" not in p.json("node_modules/.package-lock.json")
    p.ok("install")
    p.ok("install", "--no-package-lock")
    p.ok("install")
    assert p.json("node_modules/.package-lock.json")["name"] == "project"


def test_a_forced_install_goes_through_no_link(bench):
    p = bench.project({"dependencies": {"left": "1.0.0"}})
    os.makedirs(p.path("elsewhere"))
    os.symlink("elsewhere", p.path("node_modules"))
    p.ok("install", "--force")
    assert not os.path.islink(p.path("node_modules")) and os.listdir(p.path("elsewhere")) == []
    assert p.version("node_modules/left") == "1.0.0"


def test_ci_takes_a_lockfile_that_cannot_be_for_none(bench):
    p = workspaces(bench)
    p.ok("install")
    lock = p.json("package-lock.json")
    del lock["packages"]["packages/a"]
    p.write_json("package-lock.json", lock)
    p.fails("EUSAGE", "ci")
    p.fails("EMISSINGTARGET", "install")


def test_ci_takes_workspaces_of_one_name_for_no_lockfile(bench):
    p = workspaces(bench)
    p.ok("install")
    p.write_json("packages/b/package.json", {"name": "a", "version": "1.0.0"})
    p.fails("EUSAGE", "ci")
    p.fails("EDUPLICATEWORKSPACE", "install")


def test_what_is_bundled_in_bundled_packages_stays_in_the_lockfile(bench):
    """outer's own deep is the only one that wants below."""
    p = bench.project({"dependencies": {"bundling-deep": "1"}})
    p.ok("install")
    before = p.listing()
    packages = p.json("package-lock.json")["packages"]
    assert packages["node_modules/bundling-deep/node_modules/outer/node_modules/deep"]["version"] == "1.0.0"
    for _ in range(2):
        p.write("package.json", p.read("package.json"))
        assert "up to date" in p.ok("install").out
        assert p.listing() == before
