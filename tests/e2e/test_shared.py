"""install-strategy=linked with global-store: one directory in the cache for all projects that lead to the same."""
import fcntl, json, os, shutil, signal, subprocess, time

from harness import NODE, can_mount

THREADED = True

SHARED = ("--install-strategy=linked", "--global-store")


def says(p, code, cwd="."):
    return subprocess.run([NODE, "-e", f"console.log({code})"], cwd=p.path(cwd), capture_output=True, text=True).stdout


def store(p):
    """Name and version of each folder in the project's store -> what it leads to; None: it is the project's own."""
    found = {}
    top = p.path("node_modules/.store")
    for name in os.listdir(top):
        for key in ([name] if name[0] != "@" else [f"{name}/{inner}" for inner in os.listdir(os.path.join(top, name))]):
            path = os.path.join(top, key)
            found[key[:-23].split("+")[0]] = os.readlink(path) if os.path.islink(path) else None
    return found


def shared_dirs(p):
    return os.path.join(p.cache, "_lode/v1/links")


def everything(top):
    """path -> (mode, contents) or link; to see that nothing changes."""
    found = {}
    for folder, dirs, files in os.walk(top):
        for name in dirs + files:
            full = os.path.join(folder, name)
            if os.path.islink(full):
                found[full] = os.readlink(full)
            elif os.path.isfile(full) and name != "index":
                with open(full, "rb") as f:
                    found[full] = (os.stat(full).st_mode, f.read())
    return found


def quiet(p, *args):
    """Twice nothing to do: found out, then remembered."""
    for _ in range(2):
        time.sleep(0.05)
        assert "up to date" in p.ok("install", *SHARED, *args).out


def test_shared_by_projects_that_lead_to_the_same(bench):
    needs = {"greet": "^1.0.0", "needs-left-1": "1", "needs-left-2": "1", "circle-a": "1"}
    p = bench.project({"dependencies": needs})
    r = p.ok("install", *SHARED)
    assert "added 8 packages" in r.out, r
    there = store(p)
    assert all(to and to.startswith(shared_dirs(p) + "/") for to in there.values()), there
    assert says(p, "require('needs-left-1'), require('circle-a')")
    assert os.path.realpath(p.path("node_modules/greet")) == there["greet@1.0.0"] + "/node_modules/greet"
    before = everything(shared_dirs(p))
    other = bench.project({"dependencies": needs}, cache=p.cache)
    other.ok("install", *SHARED)
    assert store(other) == there and everything(shared_dirs(p)) == before
    assert "greet@1.0.0" in other.ok("ls", "--install-strategy=linked").out
    assert "you" in other.ok("exec", "greet", "you").out
    quiet(other)
    os.unlink(other.path("node_modules/.package-lock.json"))
    assert other.ok("ls", "--all", "--install-strategy=linked").out == p.ok("ls", "--all", "--install-strategy=linked").out.replace(p.dir, other.dir)


def test_shared_not_what_runs_scripts_nor_what_depends_on_it(bench):
    p = bench.project({"dependencies": {"scripted": "1", "greet": "1"}})
    p.ok("install", *SHARED)
    assert store(p)["scripted@1.0.0"]
    assert not os.path.exists(p.path("node_modules/scripted/made.txt"))
    before = everything(shared_dirs(p))
    package = p.json("package.json")
    p.write_json("package.json", {**package, "allowScripts": {"scripted": True}})
    r = p.ok("rebuild", "--install-strategy=linked")
    assert "global-store" in r.err and everything(shared_dirs(p)) == before, r
    p.ok("install", *SHARED)
    assert store(p)["scripted@1.0.0"] is None and store(p)["greet@1.0.0"]
    assert says(p, "require('scripted')") == "made by postinstall\n\n"
    os.unlink(p.path("node_modules/scripted/made.txt"))
    p.ok("rebuild", *SHARED)
    assert says(p, "require('scripted')") == "made by postinstall\n\n"
    assert everything(shared_dirs(p)) == before
    p.write_json("package.json", package)
    p.ok("install", *SHARED)
    assert store(p)["scripted@1.0.0"] and everything(shared_dirs(p)) == before


def test_shared_and_other_strategies_take_over_from_each_other(bench):
    p = bench.project({"dependencies": {"greet": "^1.0.0", "needs-left-1": "1", "needs-left-2": "1"}})
    ways = ("--install-strategy=hoisted",), ("--install-strategy=linked",), SHARED
    looks = {}
    for way in [0, 1, 2, 1, 0, 2, 0, 1, 2, 2]:
        p.ok("install", *ways[way])
        assert looks.setdefault(way, p.listing()) == p.listing(), way
        assert says(p, "require('needs-left-2')")
    before = everything(shared_dirs(p))
    for way in [2, 1, 2, 0, 2]:
        p.ok("ci", *ways[way])
        assert looks[way] == p.listing(), way
    assert everything(shared_dirs(p)) == before


def test_shared_commands_change_the_project_alone(bench):
    p = bench.project({"dependencies": {"greet": "1", "left": "1"}})
    p.ok("install", *SHARED)
    before = everything(shared_dirs(p))
    p.ok("uninstall", "greet", *SHARED)
    assert sorted(store(p)) == ["left@1.1.0"] and not p.has("node_modules/greet")
    p.ok("install", "left@2", *SHARED)
    assert sorted(store(p)) == ["left@2.0.0"] and says(p, "require('left')") == "left 2.0.0\n"
    p.ok("install", "left@1.0.0", *SHARED)
    p.ok("update", *SHARED)
    p.ok("prune", *SHARED)
    p.ok("rebuild", *SHARED)
    assert before.items() <= everything(shared_dirs(p)).items()
    quiet(p)


def test_shared_patched_packages_are_the_projects_own(bench):
    p = bench.project({"dependencies": {"left": "1", "greet": "1"}})
    p.ok("install", *SHARED)
    before = everything(shared_dirs(p))
    r = p.ok("patch", "add", "left", *SHARED)
    where = [word for word in (r.out + r.err).split() if os.path.isabs(word.strip("'\"")) and os.path.isdir(word.strip("'\""))][0].strip("'\"")
    with open(os.path.join(where, "index.js"), "a") as f:
        f.write("\nmodule.exports = 'patched'\n")
    p.ok("patch", "commit", where, *SHARED)
    p.ok("install", *SHARED)
    assert says(p, "require('left')") == "patched\n" and store(p)["greet@1.0.0"]
    assert everything(shared_dirs(p)) == before


def test_shared_peers_and_workspaces(bench):
    p = bench.project({"workspaces": ["a", "b"]})
    for name, version, plugin in ("a", "1", "plugin-one"), ("b", "2", "plugin-two"):
        p.write(f"{name}/package.json", '{"name":"%s","version":"1.0.0","dependencies":{"framework":"%s","%s":"1","plugin-maybe":"1"}}'
                % (name, version, plugin))
    p.ok("install", *SHARED)
    for name, version, plugin in ("a", "1.2.0", "plugin-one"), ("b", "2.0.0", "plugin-two"):
        real = os.path.realpath(p.path(name, "node_modules", plugin))
        assert real.startswith(os.path.realpath(shared_dirs(p))), real
        assert os.path.realpath(os.path.join(real, "../framework")) == os.path.realpath(p.path(name, "node_modules/framework"))
        assert p.version(f"{name}/node_modules/framework") == version
    quiet(p)


def test_shared_directory_that_is_gone_or_damaged_is_noticed(bench):
    p = bench.project({"dependencies": {"greet": "1", "left": "1"}})
    p.ok("install", *SHARED)
    quiet(p)
    there = store(p)
    shutil.rmtree(there["left@1.1.0"])
    p.ok("install", *SHARED)
    assert says(p, "require('left')") == "left 1.1.0\n"
    quiet(p)
    with open(there["greet@1.0.0"] + "/node_modules/greet/cli.js", "a") as f:
        f.write("// damage\n")
    r = p.ok("cache", "verify")
    assert "greet@1.0.0" in r.err, r
    assert not os.path.exists(there["greet@1.0.0"])
    p.ok("install", *SHARED)
    with open(p.path("node_modules/greet/cli.js")) as f:
        assert "damage" not in f.read()
    os.unlink(os.path.join(there["greet@1.0.0"], "node_modules/@fixture/words"))
    assert "shared greet@1.0.0" in p.ok("cache", "verify").err
    p.ok("install", *SHARED)
    assert "Shared packages verified: 3" in p.ok("cache", "verify").out


def test_shared_store_keeps_what_projects_use(bench):
    p = bench.project({"dependencies": {"greet": "1", "left": "1"}})
    assert "Removed 0" in p.ok("store", "prune").out
    p.ok("install", *SHARED)
    other = bench.project({"dependencies": {"left": "2", "circle-a": "1"}}, cache=p.cache)
    other.ok("install", *SHARED)
    assert p.ok("store", "path").out.strip() == shared_dirs(p)
    assert len(p.ok("store", "ls").out.splitlines()) == 6
    r = p.ok("store", "prune")
    assert "Removed 0" in r.out and "Kept 6 for 2 projects" in r.out, r
    os.unlink(p.path("node_modules/.store/@fixture/" + os.listdir(p.path("node_modules/.store/@fixture"))[0]))
    assert "Removed 0" in p.ok("store", "prune").out     # greet still leads to it
    shutil.rmtree(other.dir)
    r = p.ok("store", "prune")
    assert "Removed 3" in r.out and "Kept 3 for 1 projects" in r.out and "Projects gone: 1" in r.out, r
    p.ok("install", *SHARED)
    assert "up to date" in p.ok("install", *SHARED).out and says(p, "require('left')") == "left 1.1.0\n"
    p.ok("install")
    r = p.ok("store", "prune")
    assert "Removed 3" in r.out and "Kept 0" in r.out, r
    p.fails("EUSAGE", "store", "dance")


def test_shared_store_keeps_what_projects_use_by_another_way_to_the_cache(bench):
    p = bench.project({"dependencies": {"greet": "1", "left": "1"}})
    alias = os.path.join(p.base, "alias")
    os.symlink(p.cache, alias)
    for installs, prunes in (p.cache, alias), (alias, p.cache):
        p.ok("install", *SHARED, env={"npm_config_cache": installs})
        r = p.ok("store", "prune", env={"npm_config_cache": prunes})
        assert "Removed 0" in r.out and "Kept 3 for 1 projects" in r.out, r
    assert says(p, "require('left')") == "left 1.1.0\n"


def test_shared_when_the_cache_cannot_be_written(bench):
    p = bench.project({"dependencies": {"greet": "1"}})
    p.ok("install")
    cache = os.path.join(p.base, "file")
    with open(cache, "w"):
        pass
    other = bench.project({"dependencies": {"greet": "1"}}, cache=os.path.join(cache, "cache"))
    r = other.ok("install", *SHARED)
    assert "global-store" in r.err and store(other)["greet@1.0.0"] is None, r
    assert os.path.isdir(other.path("node_modules/greet"))


def test_shared_as_far_as_the_cache_has_room(bench):
    if not can_mount():
        print("skipped: no user and mount name spaces here")
        return
    told = 0
    for inodes in 24, 48, 64, 80, 96, 128:
        p = bench.project({"dependencies": {"greet": "1", "left": "1", "needs-left-2": "1"}})
        os.makedirs(p.cache)
        full = (f'mount -t tmpfs -o nr_inodes={inodes} none {p.cache}; "$@"; code=$?; '
                f'cd {p.dir}; {NODE} -e "require(\'needs-left-2\'), require(\'greet/package.json\')" && exit $code')
        r = p.ok("install", *SHARED, prefix=("unshare", "-Urm", "sh", "-c", full, "sh"))
        told += "no more packages are shared" in r.err
        p.ok("install", *SHARED)
        assert all(store(p).values()), store(p)
    assert told


def test_shared_by_many_at_once(bench):
    needs = {"greet": "1", "tinyweb": "1", "needs-left-1": "1", "needs-left-2": "1", "circle-a": "1"}
    first = bench.project({"dependencies": needs})
    all_ = [first] + [bench.project({"dependencies": needs}, cache=first.cache) for _ in range(3)]
    running = [p.start("install", *SHARED) for p in all_]
    for one in running:
        out, err = one.communicate(timeout=100)
        assert one.returncode == 0, out + err
    assert all(store(p) == store(first) for p in all_)
    assert not os.listdir(os.path.join(first.cache, "_lode/v1/tmp"))
    assert "Corrupted" not in first.ok("cache", "verify").out


def test_shared_install_that_was_killed_is_gone_on_with(bench):
    needs = {"greet": "1", "tinyweb": "1", "needs-left-1": "1", "needs-left-2": "1", "circle-a": "1", "scripted": "1"}
    whole = bench.project({"dependencies": needs, "allowScripts": {"scripted": True}})
    whole.ok("install", *SHARED)
    names = sorted(os.listdir(shared_dirs(whole)))
    for wait in 0.02, 0.05, 0.1, 0.2:
        shutil.rmtree(shared_dirs(whole))
        p = bench.project({"dependencies": needs, "allowScripts": {"scripted": True}}, cache=whole.cache)
        running = p.start("install", *SHARED)
        time.sleep(wait)
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
        p.ok("install", *SHARED)
        assert sorted(os.listdir(shared_dirs(whole))) == names, wait
        assert says(p, "require('scripted')") == "made by postinstall\n\n"
        assert "Corrupted" not in p.ok("cache", "verify").out


def test_shared_optional_packages_that_fail_make_their_dependents_the_projects_own(bench):
    p = bench.project({"dependencies": {"optional-failing": "1"}, "allowScripts": {"scripted-failing": True}})
    p.ok("install", *SHARED)
    assert says(p, "require('optional-failing')") == "fine\n"
    assert store(p)["optional-failing@1.0.0"] is None, store(p)
    quiet(p)


def test_shared_packages_are_not_written_to_by_scripts(bench):
    p = bench.project({"dependencies": {"scripted": "1", "left": "1"}, "allowScripts": {"scripted": True},
                       "lode": {"scripts": {"scripted": {"write": ["node_modules/left"]}}}})
    p.ok("install", *SHARED)
    before = everything(shared_dirs(p))
    p.ok("rebuild", *SHARED)
    assert everything(shared_dirs(p)) == before and store(p)["left@1.1.0"]


def test_shared_optional_packages_that_cannot_be_had_make_their_dependents_the_projects_own(bench):
    p = bench.project({"dependencies": {"optional-failing": "1", "left": "1"}})
    p.ok("install", *SHARED)
    assert store(p)["optional-failing@1.0.0"]
    lock = p.json("package-lock.json")
    lock["packages"]["node_modules/scripted-failing"]["integrity"] = "sha512-" + "A" * 86 + "=="
    other = bench.project({"dependencies": {"optional-failing": "1", "left": "1"}}, cache=p.cache)
    other.write_json("package-lock.json", lock)
    before = everything(shared_dirs(p))
    other.ok("install", *SHARED)
    assert store(other) == {"optional-failing@1.0.0": None, "left@1.1.0": store(p)["left@1.1.0"]}
    assert says(other, "require('optional-failing')") == "fine\n"
    assert before.items() <= everything(shared_dirs(p)).items()
    other.write_json("package-lock.json", p.json("package-lock.json"))
    other.ok("install", *SHARED)
    assert store(other) == store(p)


LAID = "laid as for another project"


def test_shared_layout_is_made_again_from_the_same_files(bench):
    first = bench.project({"dependencies": {"greet": "1", "needs-left-1": "1", "needs-left-2": "1", "circle-a": "1"}})
    first.ok("install", *SHARED)
    lock = first.json("package-lock.json")
    shutil.rmtree(first.path("node_modules"))
    said = first.ok("install", *SHARED, "--loglevel=verbose")
    assert LAID not in said.err

    def another(manifest=None, wanted=True, also=(), **files):
        p = bench.project(manifest or {"dependencies": first.json("package.json")["dependencies"]}, cache=first.cache)
        shutil.copy(first.path("package-lock.json"), p.path("package-lock.json"))
        for name, text in files.items():
            p.write(name.replace("_", "."), text)
        # settings count, where they come from too: the home folder is another one, and says the same
        r = p.ok("install", *SHARED, "--loglevel=verbose", *also)
        assert (LAID in r.err) == wanted, r
        return p, r

    p, r = another()
    assert p.listing() == first.listing() and p.json("package-lock.json") == lock
    assert "added 8 packages" in r.out and "you" in p.ok("exec", "greet", "you").out
    quiet(p)
    assert "Kept 8 for 2 projects" in p.ok("store", "prune").out
    # Whatever is not the same is found out as always.
    another(also=("--no-bin-links",), wanted=False)
    another(wanted=False, _npmrc="omit=dev\n")
    p, _ = another({"dependencies": {"left": "1"}}, wanted=False)
    assert sorted(store(p)) == ["left@1.1.0"]
    p = bench.project({"dependencies": first.json("package.json")["dependencies"]}, cache=first.cache)
    shutil.copy(first.path("package-lock.json"), p.path("package-lock.json"))
    p.write("node_modules/mine.txt", "mine")
    p.ok("install", *SHARED)
    assert p.has("node_modules/mine.txt") and "you" in p.ok("exec", "greet", "you").out
    shutil.rmtree(store(first)["left@1.1.0"])
    p, _ = another(wanted=False)
    assert p.listing() == first.listing() and says(p, "require('needs-left-1')")
    another()


def test_shared_layout_is_not_kept_where_something_runs_or_is_the_projects_own(bench):
    for manifest in ({"dependencies": {"scripted": "1"}, "allowScripts": {"scripted": True}},
                     {"dependencies": {"left": "1"}, "scripts": {"preinstall": "echo ran >> ran"}},
                     {"dependencies": {"left": "1"}, "scripts": {"dependencies": "echo ran >> ran"}},
                     {"dependencies": {"left": "1"}, "workspaces": ["w"]},
                     {"dependencies": {"left": "1", "near": "file:near"}}):
        p = bench.project(manifest)
        p.write("w/package.json", '{"name":"w","version":"1.0.0"}')
        p.write("near/package.json", '{"name":"near","version":"1.0.0"}')
        p.ok("install", *SHARED)
        for _ in range(2):
            shutil.rmtree(p.path("node_modules"))
            assert LAID not in p.ok("install", *SHARED, "--loglevel=verbose").err, manifest
            assert says(p, "require('left')") == "left 1.1.0\n" or "left" not in manifest["dependencies"]


def test_shared_layout_is_not_that_of_files_which_changed_while_another_lode_was_waited_for(bench):
    first = bench.project({"dependencies": {"left": "1", "greet": "1"}})
    first.ok("install", *SHARED)
    shutil.rmtree(first.path("node_modules"))
    first.ok("install", *SHARED)
    other = bench.project({"dependencies": {"left": "2"}}, cache=first.cache)
    other.ok("install", "--package-lock-only")
    p = bench.project({"dependencies": {"left": "1", "greet": "1"}}, cache=first.cache)
    shutil.copy(first.path("package-lock.json"), p.path("package-lock.json"))
    held = os.open(p.dir, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(held, fcntl.LOCK_EX)
    running = p.start("install", *SHARED)
    time.sleep(1)
    for name in "package.json", "package-lock.json":
        shutil.copy(other.path(name), p.path(name))
    os.close(held)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0 and store(p).keys() == {"left@2.0.0"}, out + err
