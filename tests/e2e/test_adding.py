"""Packages added to a project that is as the last install left it: what is not touched is neither read nor written anew, and what
comes of it is what would come of looking at everything."""
import json, os, shutil, time

from test_guessing import publish
from test_publishing import unique

THREADED = True

STANDS = "what is not touched is as the last install left it"
THERE = {"dependencies": {"greet": "1.0.0", "needs-left-1": "1", "needs-left-2": "1"}}


def pair(bench, manifest, text=None):
    """The same project twice; of the second nobody knows that nothing changed since."""
    both = []
    for _ in range(2):
        p = bench.project(manifest)
        if text:
            p.write("package.json", text(p.read("package.json")))
        p.ok("install", "--loglevel=verbose")
        time.sleep(0.05)
        p.ok("install", "--loglevel=verbose")
        both.append(p)
    shutil.rmtree(os.path.join(both[1].cache, "_lode/v1/projects"))
    return both


def add(p, *words, stands):
    r = p.ok("install", "--loglevel=verbose", *words)
    assert (STANDS in r.err) == stands, r
    return r


def same(p, q):
    mine, other = p.listing(), q.listing()
    assert mine.keys() == other.keys(), mine.keys() ^ other.keys()
    assert {k: v for k, v in mine.items() if v != other[k]} == {}


def added_to_both(bench, manifest, *words, text=None, stands=True):
    p, q = pair(bench, manifest, text)
    mine, other = add(p, *words, stands=stands), add(q, *words, stands=False)
    same(p, q)
    assert mine.out.replace("\n", "").split(" in ")[0] == other.out.replace("\n", "").split(" in ")[0]
    before = p.listing()
    p.ok("install", "--loglevel=verbose")
    assert p.listing() == before, "and the next install finds nothing to do"
    return p


def test_adding_a_new_package(bench):
    p = added_to_both(bench, THERE, "verse")
    assert "verse" in p.json("package.json")["dependencies"]
    assert "node_modules/verse" in p.json("package-lock.json")["packages"]
    assert "node_modules/verse" in p.json("node_modules/.package-lock.json")["packages"]


def test_adding_a_package_with_dependencies_some_of_which_are_there(bench):
    added_to_both(bench, {"dependencies": {"left": "1.0.0", "greet": "1"}}, "needs-left-1", "needs-left-2")


def test_adding_what_was_there_by_another_way_changes_its_flags_only(bench):
    p = added_to_both(bench, {"devDependencies": {"needs-left-1": "1"}}, "left@1", stands=False)
    assert "dev" not in p.json("package-lock.json")["packages"]["node_modules/left"]


def test_adding_another_version_of_what_is_there(bench):
    p = added_to_both(bench, {"dependencies": {"left": "1.0.0", "greet": "1"}}, "left@1.1.0", stands=False)
    assert p.version("node_modules/left") == "1.1.0"


def test_adding_the_same_once_more_changes_nothing(bench):
    p, _ = pair(bench, {"dependencies": {"greet": "^1.0.0", "left": "1"}})
    before, time_of_it = p.listing(), os.stat(p.path("package-lock.json")).st_mtime_ns
    p.ok("install", "greet@1.0.0")
    assert p.listing() == before and os.stat(p.path("package-lock.json")).st_mtime_ns == time_of_it


def test_adding_package_json_on_one_line_with_tabs_and_with_other_line_ends(bench):
    for text in (lambda t: json.dumps(json.loads(t)), lambda t: json.dumps(json.loads(t), indent="\t") + "\n"):
        added_to_both(bench, THERE, "verse", text=text)
    added_to_both(bench, THERE, "verse", text=lambda t: t.replace("\n", "\r\n"), stands=False)


def test_adding_how_it_is_saved_does_not_matter(bench):
    p = added_to_both(bench, THERE, "verse", "--save-dev", "--save-exact")
    assert p.json("package.json")["devDependencies"]["verse"][0].isdigit()
    assert p.json("package-lock.json")["packages"]["node_modules/verse"]["dev"] is True


def test_adding_packages_of_other_platforms_stay_in_the_lockfile(bench):
    p = added_to_both(bench, {"dependencies": {"greet": "1"}, "optionalDependencies": {"only-win32": "1"}}, "verse")
    assert "node_modules/only-win32" in p.json("package-lock.json")["packages"] and not p.has("node_modules/only-win32")


def test_adding_a_package_that_needs_what_only_another_platform_needed(bench):
    elsewhere = unique("elsewhere")
    publish(bench, elsewhere, "1.0.0", os=["win32"], dependencies={"left": "1"})
    for asked in (["needs-left-1"], ["needs-left-1", "left@1"]):
        p = added_to_both(bench, {"dependencies": {"greet": "1"}, "optionalDependencies": {elsewhere: "1"}}, *asked, stands=False)
        assert p.version("node_modules/left") and p.version("node_modules/needs-left-1")


def test_adding_beside_aliases_overrides_and_folders(bench):
    p = added_to_both(bench, {"dependencies": {"greet": "1", "other": "npm:left@1"}, "overrides": {"@fixture/words": "1.0.0"}}, "verse")
    assert p.version("node_modules/other") == "1.1.0" and p.version("node_modules/@fixture/words") == "1.0.0"
    both = pair(bench, {"dependencies": {"greet": "1"}})
    for x in both:
        x.write_json("folder/package.json", {"name": "folder", "version": "1.0.0"})
        add(x, "./folder", stands=x is both[0])
        time.sleep(0.05)
        x.ok("install", "--loglevel=verbose")
    same(*both)
    shutil.rmtree(os.path.join(both[1].cache, "_lode/v1/projects"))
    for x in both:
        x.ok("install", "verse", "--loglevel=verbose")
    same(*both)


def test_adding_beside_bundled_packages_and_older_lockfiles(bench):
    for bundler in ("bundling", "bundling-deep", "around-bundling"):
        added_to_both(bench, {"dependencies": {bundler: "1", "greet": "1"}}, "verse", "left@1")
    p, q = pair(bench, THERE)
    for x in (p, q):
        x.ok("install", "--lockfile-version=2", "--loglevel=verbose")
        time.sleep(0.05)
        x.ok("install", "--loglevel=verbose")
        add(x, "verse", stands=False)
    same(p, q)
    assert "dependencies" in p.json("package-lock.json")


def test_adding_without_saving_takes_nothing_from_a_lockfile_that_was_edited(bench):
    p, q = pair(bench, THERE)
    for x in (p, q):
        x.write("package-lock.json", x.read("package-lock.json").replace('"license": "MIT"', '"license": "MIT",\n      "mine": true', 1))
        x.write(".npmrc", "save=false\n")
        x.ok("install", "--loglevel=verbose")
        time.sleep(0.05)
        x.ok("install", "--loglevel=verbose")
        add(x, "verse", stands=False)
        assert "mine" not in x.read("node_modules/.package-lock.json")
    same(p, q)


def test_adding_a_package_that_was_taken_away_comes_back(bench):
    p, q = pair(bench, THERE)
    for x in (p, q):
        shutil.rmtree(x.path("node_modules/greet"))
        add(x, "verse", stands=False)
    same(p, q)
    assert p.version("node_modules/greet") == "1.0.0"


def test_adding_a_lockfile_that_was_edited_is_read_as_it_is(bench):
    p, q = pair(bench, THERE)
    for x in (p, q):
        lock = x.json("package-lock.json")
        lock["packages"]["node_modules/greet"]["license"] = "edited"
        lock["packages"] = dict(reversed(lock["packages"].items()))
        x.write("package-lock.json", json.dumps(lock))
        add(x, "verse", stands=False)
    same(p, q)


def test_adding_a_workspace_that_changed_is_noticed(bench):
    p, q = pair(bench, {"workspaces": ["packages/*"], "dependencies": {"greet": "1"}})
    for x in (p, q):
        x.write_json("packages/a/package.json", {"name": "a", "version": "1.0.0", "dependencies": {"left": "1"}})
        add(x, "verse", stands=False)
    same(p, q)
    assert p.version("node_modules/left")


def test_adding_beside_workspaces(bench):
    def with_workspace(p):
        p.write_json("packages/a/package.json", {"name": "a", "version": "1.0.0", "dependencies": {"left": "1"}})
        p.ok("install", "--loglevel=verbose")
        time.sleep(0.05)
        p.ok("install", "--loglevel=verbose")

    p, q = pair(bench, {"workspaces": ["packages/*"], "dependencies": {"greet": "1"}})
    with_workspace(p), with_workspace(q)
    shutil.rmtree(os.path.join(q.cache, "_lode/v1/projects"))
    add(p, "verse", stands=True), add(q, "verse", stands=False)
    same(p, q)


def test_adding_what_cannot_be_had_leaves_all_as_it_was(bench):
    p, _ = pair(bench, THERE)
    before = p.listing()
    p.fails("E404", "install", "no-such-package-here")
    p.fails("ETARGET", "install", "greet@99")
    assert p.listing() == before
    add(p, "verse", stands=True)
