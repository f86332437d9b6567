"""An install that found nothing to do is remembered; whatever could make it wrong is noticed."""
import json, os, shutil, time

THREADED = True

SAME = "all is as it was"
THERE = {"dependencies": {"greet": "1.0.0", "needs-left-1": "1", "needs-left-2": "1"}}


def settle():
    """File systems' clocks tick slowly: what changed just now is not relied on."""
    time.sleep(0.05)


def remembered(p, *args):
    """Installs until the answer comes from memory, and gives it."""
    for _ in range(4):
        r = p.ok("install", "--loglevel=verbose", *args)
        if SAME in r.err:
            return r
        settle()
    raise AssertionError(f"it is never remembered: {r}")


def noticed(p, *args):
    r = p.ok("install", "--loglevel=verbose", *args)
    assert SAME not in r.err, r
    return r


def standing(bench, manifest=THERE, **kw):
    p = bench.project(manifest, **kw)
    p.ok("install")
    settle()
    remembered(p)
    return p


def test_nothing_to_do_is_remembered_and_asks_nobody(bench):
    p = standing(bench)
    before, asked = p.listing(), len(bench.registry.requests())
    r = remembered(p)
    assert r.out.startswith("\nup to date in "), r
    assert p.listing() == before and len(bench.registry.requests()) == asked


def test_packages_that_go_are_noticed(bench):
    p = standing(bench)
    for gone in ("node_modules/greet", "node_modules/@fixture/words", "node_modules/@fixture",
                 "node_modules/needs-left-2/node_modules/left", "node_modules/needs-left-2/node_modules",
                 "node_modules/needs-left-1/node_modules", "node_modules"):
        if not p.has(gone):
            continue
        before = p.listing()
        shutil.rmtree(p.path(gone))
        noticed(p)
        assert p.listing() == before, gone
        settle()
        remembered(p)


def test_what_goes_in_a_package_is_noticed_as_far_as_npm_does(bench):
    p = standing(bench)
    os.unlink(p.path("node_modules/greet/package.json"))
    noticed(p)
    assert p.version("node_modules/greet") == "1.0.0"
    settle()
    remembered(p)
    os.unlink(p.path("node_modules/.bin/greet"))
    noticed(p)
    assert p.has("node_modules/.bin/greet")


def test_a_package_put_in_by_hand_is_noticed(bench):
    p = standing(bench)
    p.write("node_modules/stranger/package.json", '{"name":"stranger","version":"1.0.0"}')
    assert "removed 1 package" in noticed(p).out
    assert not p.has("node_modules/stranger")


def test_edits_of_package_json_are_noticed_though_size_and_time_stay(bench):
    p = standing(bench, {"dependencies": {"left": "1.0.0"}})
    at = os.stat(p.path("package.json"))
    with open(p.path("package.json"), "r+") as f:
        text = f.read().replace('"1.0.0"\n  }', '"1.1.0"\n  }')
        f.seek(0)
        f.write(text)
    os.utime(p.path("package.json"), ns=(at.st_atime_ns, at.st_mtime_ns))
    assert os.stat(p.path("package.json")).st_size == at.st_size
    noticed(p)
    assert p.version("node_modules/left") == "1.1.0"


def test_another_lockfile_is_noticed(bench):
    p = standing(bench, {"dependencies": {"left": "^1.0.0"}})
    newer = p.read("package-lock.json")
    p.ok("install", "left@1.0.0", "--no-save")
    p.write("package-lock.json", newer)
    noticed(p)
    assert p.version("node_modules/left") == "1.1.0"
    settle()
    remembered(p)
    os.unlink(p.path("package-lock.json"))
    noticed(p)
    assert p.read("package-lock.json") == newer


def test_settings_of_every_kind_are_noticed(bench):
    p = standing(bench, {"devDependencies": {"left": "1"}, "dependencies": {"greet": "1"}})
    p.write(".npmrc", "omit=dev\n")
    assert "removed 1 package" in noticed(p).out
    settle()
    remembered(p)
    os.unlink(p.path(".npmrc"))
    assert "added 1 package" in noticed(p).out
    settle()
    remembered(p)
    assert "removed 1 package" in noticed(p, "--omit=dev").out
    noticed(p)
    settle()
    remembered(p)
    r = p.ok("install", "--loglevel=verbose", env={"NODE_ENV": "production"})
    assert SAME not in r.err and not p.has("node_modules/left"), r
    r = p.ok("install", "--loglevel=verbose", env={"npm_config_cpu": "arm64"})
    assert SAME not in r.err, r


def test_workspaces_that_come_change_and_go_are_noticed(bench):
    p = bench.project({"workspaces": ["packages/*"]})
    p.write_json("packages/a/package.json", {"name": "a", "version": "1.0.0"})
    p.ok("install")
    settle()
    remembered(p)
    p.write("packages/a/index.js", "edited")
    assert SAME in p.ok("install", "--loglevel=verbose").err, "the user's own files do not matter"
    p.write_json("packages/a/package.json", {"name": "a", "version": "1.0.0", "dependencies": {"left": "1"}})
    noticed(p)
    assert p.version("node_modules/left") == "1.1.0"
    settle()
    remembered(p)
    p.write_json("packages/b/package.json", {"name": "b", "version": "1.0.0"})
    noticed(p)
    assert os.path.realpath(p.path("node_modules/b")) == p.path("packages/b")
    settle()
    remembered(p)
    shutil.rmtree(p.path("packages/b"))
    noticed(p)
    assert not os.path.lexists(p.path("node_modules/b"))


def test_a_folder_that_waits_for_its_package_json_is_noticed(bench):
    p = bench.project({"workspaces": ["packages/*"]})
    p.write_json("packages/a/package.json", {"name": "a", "version": "1.0.0"})
    os.makedirs(p.path("packages/late"))
    p.ok("install")
    settle()
    remembered(p)
    p.write_json("packages/late/package.json", {"name": "late", "version": "1.0.0"})
    noticed(p)
    assert os.path.lexists(p.path("node_modules/late"))


def test_linked_trees_are_remembered_too(bench):
    p = bench.project(THERE)
    p.write(".npmrc", "install-strategy=linked\n")
    p.ok("install")
    settle()
    remembered(p)
    before = p.listing()
    store = next(d for d in os.listdir(p.path("node_modules/.store")) if d.startswith("left@2"))
    shutil.rmtree(p.path("node_modules/.store", store))
    noticed(p)
    assert p.listing() == before
    settle()
    remembered(p)
    os.unlink(p.path("node_modules/greet"))
    noticed(p)
    assert p.listing() == before


def test_warnings_are_said_every_time(bench):
    p = bench.project({"dependencies": {"scripted": "1", "only-old-node": "1"}})
    p.ok("install")
    settle()
    first = p.ok("install")
    settle()
    again = p.ok("install")
    assert "had install scripts blocked" in again.err and first.err == again.err, (first, again)
    assert "had install scripts blocked" in remembered(p).err
    found, recalled = (json.loads(p.ok("install", "--json").out) for _ in range(2))
    assert found == recalled and recalled["unreviewedScripts"][0]["path"] == p.path("node_modules/scripted"), recalled


def test_the_projects_own_scripts_run_all_the_same(bench):
    p = standing(bench, {"dependencies": {"left": "1"}, "scripts": {"postinstall": "echo x >> ran.txt"}})
    ran = p.read("ran.txt").count("x")
    remembered(p)
    assert p.read("ran.txt").count("x") == ran + 1
    q = bench.project({"dependencies": {"left": "1"}, "scripts": {"preinstall": "echo x >> ran.txt"}})
    for _ in range(3):
        q.ok("install")
        settle()
    assert q.read("ran.txt").count("x") == 3


def test_what_was_remembered_may_be_damaged_or_be_lost(bench):
    p = standing(bench)
    notes = [os.path.join(d, f) for d, _, files in os.walk(os.path.join(p.cache, "_lode/v1/projects")) for f in files]
    notes = [n for n in notes if p.dir.encode() in open(n, "rb").read(200)]
    assert len(notes) == 1
    data = open(notes[0], "rb").read()
    for cut in (0, 5, 40, len(data) - 1):
        with open(notes[0], "wb") as f:
            f.write(data[:cut])
        noticed(p)
        remembered(p)
    with open(notes[0], "wb") as f:
        f.write(data[:60] + b"\xff" + data[61:])
    noticed(p)
    shutil.rmtree(os.path.join(p.cache, "_lode/v1/projects"))
    noticed(p)
    p.ok("cache", "verify")


def test_a_copy_of_the_project_is_looked_at_by_itself(bench):
    p = standing(bench)
    shutil.copytree(p.dir, p.dir + "-copy", symlinks=True)
    shutil.rmtree(p.dir)
    os.rename(p.dir + "-copy", p.dir)
    shutil.rmtree(p.path("node_modules/greet"))
    noticed(p)
    assert p.version("node_modules/greet") == "1.0.0"


def test_what_asks_the_registry_is_asked_though_all_is_there(bench):
    p = standing(bench)
    for _ in range(3):
        asked = len(bench.registry.requests())
        noticed(p, "--min-release-age=1", "--min-release-age-lockfile", "--prefer-online")
        assert len(bench.registry.requests()) > asked
        settle()
    r = p.lode("install", "--min-release-age=99999", "--min-release-age-lockfile")
    assert r.code == 1 and "ERELEASEAGE" in r.err and "left@" in r.err, r


def edit(p, name, change):
    value = p.json(name)
    change(value)
    p.write_json(name, value)


def stood(p, *args):
    """An install that does something; the next one knows at once that there is nothing to do."""
    settle()
    first = p.ok("install", "--loglevel=verbose", *args)
    assert SAME not in first.err, first
    r = p.ok("install", "--loglevel=verbose", *args)
    assert SAME in r.err and r.out.startswith("\nup to date in "), (first, r)
    return r


def test_the_install_after_an_install_knows_at_once(bench):
    p = bench.project(THERE)
    stood(p)
    before, lock = p.listing(), p.read("package-lock.json")
    shutil.rmtree(p.path("node_modules"))
    stood(p)
    shutil.rmtree(p.path("node_modules/needs-left-2"))
    stood(p)
    assert p.listing() == before and p.read("package-lock.json") == lock
    edit(p, "package.json", lambda m: m["dependencies"].update({"old-thing": "1"}))
    stood(p)
    assert p.has("node_modules/old-thing")
    edit(p, "package.json", lambda m: m["dependencies"].pop("needs-left-2"))
    stood(p)
    assert not p.has("node_modules/needs-left-2")
    os.unlink(p.path("package-lock.json"))
    stood(p)


def test_whatever_changes_after_an_install_is_noticed(bench):
    p = bench.project({**THERE, "workspaces": ["packages/*"]})
    p.write_json("packages/a/package.json", {"name": "a", "version": "1.0.0"})
    stood(p)
    before = p.listing()
    for gone in ("node_modules/greet", "node_modules/greet/package.json", "node_modules/.bin/greet", "node_modules/a",
                 "node_modules/@fixture/words", "node_modules/.package-lock.json", "package-lock.json", "node_modules"):
        if not os.path.lexists(p.path(gone)):
            continue
        is_dir = os.path.isdir(p.path(gone)) and not os.path.islink(p.path(gone))
        (shutil.rmtree if is_dir else os.unlink)(p.path(gone))
        noticed(p)
        assert p.listing() == before, gone
        settle()
        remembered(p)
    changes = {
        "package.json": lambda: edit(p, "package.json", lambda m: m.update({"version": "2.0.0"})),
        "package-lock.json": lambda: edit(p, "package-lock.json", lambda m: m.update({"version": "3.0.0"})),
        ".npmrc": lambda: p.write(".npmrc", "fund=false\n"),
        "packages/a/package.json": lambda: edit(p, "packages/a/package.json", lambda m: m.update({"version": "2.0.0"})),
        "packages/b": lambda: p.write_json("packages/b/package.json", {"name": "b", "version": "1.0.0"}),
        "stranger": lambda: p.write("node_modules/stranger/package.json", '{"name":"stranger"}'),
        "into a package": lambda: p.write("node_modules/greet/more.js", ""),
        "yarn.lock": lambda: p.write("yarn.lock", "# yarn lockfile v1\n"),
    }
    for change in changes.values():
        shutil.rmtree(p.path("node_modules"), ignore_errors=True)
        stood(p)
        change()
        noticed(p)
        if p.has("yarn.lock"):
            os.unlink(p.path("yarn.lock"))


def test_what_is_said_after_an_install_is_what_would_be_found_out(bench):
    p = bench.project({"dependencies": {"scripted": "1", "only-old-node": "1", "old-thing": "1", "needs-left-1": "1"}})
    settle()
    first = p.ok("install")
    assert "is no more" in first.err and "EBADENGINE" in first.err and "install scripts blocked" in first.err, first
    again = p.ok("install")
    shutil.rmtree(os.path.join(p.cache, "_lode/v1/projects"))
    found = p.ok("install")
    assert again.err == found.err and again.out.split(" in ")[0] == found.out.split(" in ")[0], (again, found)
    assert "is no more" not in again.err and "EBADENGINE" in again.err and "install scripts blocked" in again.err


def test_after_scripts_have_run_everything_is_looked_at(bench):
    p = bench.project({"dependencies": {"scripted": "1", "left": "1"}, "allowScripts": {"scripted": True}})
    settle()
    p.ok("install", "--loglevel=verbose")
    noticed(p)
    q = bench.project({"dependencies": {"left": "1", "greet": "1"},
                       "scripts": {"postinstall": "test -e once || { touch once; rm -r node_modules/left; }"}})
    settle()
    q.ok("install", "--loglevel=verbose")
    assert not q.has("node_modules/left")
    noticed(q)
    assert q.has("node_modules/left")
    r = bench.project({"dependencies": {"left": "1"}, "scripts": {"dependencies": "rm -r node_modules/left"}})
    settle()
    r.ok("install", "--loglevel=verbose")
    noticed(r)
    assert not r.has("node_modules/left")


def test_what_was_edited_just_before_or_during_an_install_is_looked_at(bench):
    p = bench.project({"dependencies": {"greet": "1"},
                       "scripts": {"prepare": "test -e once || { touch once; echo >> package.json; }"}})
    settle()
    p.ok("install", "--loglevel=verbose")
    noticed(p)
    q = bench.project({"dependencies": {"left": "1"}})
    for version in ("1.0.0", "1.1.0", "1.0.0"):
        edit(q, "package.json", lambda m: m["dependencies"].update({"left": version}))
        q.ok("install")
        assert q.version("node_modules/left") == version
