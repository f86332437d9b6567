"""Networks that fail, processes that are killed, disks that refuse: what is left is as it was, or repaired by the next run."""
import json, os, random, shutil, signal, subprocess, time

from harness import LODE

THREADED = True


def fails_and_leaves_all(p, code, *args, **kw):
    before = p.listing()
    r = p.fails(code, *args, **kw)
    assert p.listing() == before, r
    return r


def test_offline_installs_from_the_cache(bench):
    p = bench.project({"dependencies": {"greet": "1", "needs-left-2": "1"}})
    p.ok("install")
    tree, lock = p.listing("node_modules"), p.read("package-lock.json")
    again = bench.project({"dependencies": {"greet": "1", "needs-left-2": "1"}}, cache=p.cache)
    asked = len(bench.registry.requests())
    again.ok("install", "--offline")
    assert again.listing("node_modules") == tree and again.read("package-lock.json") == lock
    again.ok("ci", "--offline")
    assert again.listing("node_modules") == tree
    assert len(bench.registry.requests()) == asked


def test_offline_names_what_is_not_cached(bench):
    p = bench.project({"dependencies": {"greet": "1"}})
    p.ok("install")
    p.write("package.json", json.dumps({"name": "project", "version": "1.0.0", "dependencies": {"greet": "1", "left": "1"}}))
    r = fails_and_leaves_all(p, "ENOTCACHED", "install", "--offline")
    assert "left" in r.err, r


def test_offline_ci_without_the_tarball_leaves_node_modules(bench):
    p = bench.project({"dependencies": {"greet": "1"}})
    p.ok("install")
    p.cache += "-empty"
    r = fails_and_leaves_all(p, "ENOTCACHED", "ci", "--offline")
    assert "greet" in r.err or "words" in r.err, r


def test_failures_that_pass_are_outlived(bench):
    names = ["fault-500-once", "fault-429-once", "fault-drop-once", "fault-cut-once", "fault-slow"]
    p = bench.project({"dependencies": {n: "1" for n in names}})
    p.ok("install")
    for n in names:
        assert p.version("node_modules/" + n) == "1.0.0", n


def test_failures_that_stay_have_npms_codes(bench):
    for name, code in (("fault-500-always", "E500"), ("no-such-package", "E404"), ("fault-tar-404", "E404"),
                       ("fault-digest", "EINTEGRITY"), ("left@9", "ETARGET")):
        p = bench.project({})
        r = fails_and_leaves_all(p, code, "install", name)
        assert name.split("@")[0] in r.err, r


def test_broken_answers_are_no_packages(bench):
    for name in ("fault-html", "fault-half-json", "fault-cut-always", "fault-drop-always"):
        p = bench.project({})
        before = p.listing()
        r = p.lode("install", name)
        assert r.code > 0 and p.listing() == before, (name, r)


def test_a_registry_that_says_nothing_is_given_up(bench):
    p = bench.project({})
    began = time.monotonic()
    r = p.lode("install", "fault-hang", "--fetch-timeout=300", "--fetch-retries=1")
    assert r.code > 0 and time.monotonic() - began < 30, r


def test_an_endless_tarball_ends(bench):
    p = bench.project({})
    before = p.listing()
    r = p.lode("install", "fault-endless", "--fetch-timeout=20000")
    assert r.code > 0 and p.listing() == before, r


def test_nobody_listens(bench):
    p = bench.project({"dependencies": {"left": "1"}})
    fails_and_leaves_all(p, "ECONNREFUSED", "install", "--registry=https://localhost:9/", "--fetch-retries=0")


def test_what_failed_is_said_once(bench):
    p = bench.project({})
    r = p.fails("E404", "install", "no-such-package", "--loglevel=http")
    assert "404 404" not in r.err and "404 Not Found - GET" in r.err and "fetch fetch" not in r.err, r
    r = p.fails("ECONNREFUSED", "install", "left", "--registry=http://localhost:9/", "--fetch-retries=0")
    assert "connect ECONNREFUSED localhost:9\n" in r.err, r
    r = p.fails("ECONNRESET", "install", "fault-drop-always")
    assert "fault-drop-always" in r.err and "network" in r.err, r


def test_a_failed_first_install_leaves_no_node_modules(bench):
    for name in ("fault-tar-404", "scripted-failing"):
        p = bench.project({"allowScripts": {"scripted-failing": True}})
        before = p.listing()
        assert p.lode("install", name).code > 0
        assert p.listing() == before, name


def with_mounts(mounts, command):
    """A command for a shell run where each (folder, size) is a small file system of its own."""
    lines = [f"mount -t tmpfs -o size={size} lode-test {folder}" for folder, size in mounts]
    return ["unshare", "-rm", "sh", "-ec", "\n".join(lines + [command])]


def run_mounted(p, mounts, command):
    """None where the machine does not let us mount anything."""
    if not shutil.which("unshare") or subprocess.run(with_mounts([("/mnt", "64k")], "true"), capture_output=True).returncode:
        return None
    return subprocess.run(with_mounts(mounts, command), cwd=p.dir, env=p.env(), capture_output=True, text=True,
                          timeout=120, stdin=subprocess.DEVNULL)


FILL = "dd if=/dev/zero of=filler bs=1k count=200 2>/dev/null || true"


def test_a_workspace_on_another_file_system(bench):
    p = bench.project({"workspaces": ["packages/*"], "dependencies": {"left": "2"}})
    os.makedirs(p.path("packages/a"))
    r = run_mounted(p, [(p.path("packages/a"), "8m")], f"""
echo '{{"name":"a","version":"1.0.0","dependencies":{{"left":"1.0.0","greet":"1"}}}}' > packages/a/package.json
{LODE} install
grep '"version": "1.0.0"' packages/a/node_modules/left/package.json
sed -i 's/1.0.0","greet/1.1.0","greet/' packages/a/package.json
{LODE} install
grep '"version": "1.1.0"' packages/a/node_modules/left/package.json
{LODE} ci
grep '"version": "1.1.0"' packages/a/node_modules/left/package.json
if {LODE} install --workspace=a fault-tar-404 left@1.0.0; then exit 9; fi
grep '"version": "1.1.0"' packages/a/node_modules/left/package.json
ls -A node_modules packages/a/node_modules
""")
    assert r is None or r.returncode == 0 and "lode-stage" not in r.stdout, r


def test_a_full_disk_leaves_the_project_as_it_was(bench):
    p = bench.project({"dependencies": {"left": "1"}})
    p.ok("install")
    small = os.path.join(p.base, "small")
    os.makedirs(small)
    r = run_mounted(p, [(small, "100k")], f"""
cp -a package.json package-lock.json node_modules {small}
cd {small}
{FILL}
find . -type f | sort | xargs md5sum > {p.base}/before
if {LODE} install greet tinyweb; then exit 9; fi
find . -type f | sort | xargs md5sum > {p.base}/after
cmp {p.base}/before {p.base}/after
rm filler
{LODE} install greet tinyweb
test -e node_modules/tinyweb/index.js
""")
    assert r is None or r.returncode == 0 and "ENOSPC" in r.stderr, r


def test_a_full_disk_under_the_cache(bench):
    p = bench.project({"dependencies": {"left": "1", "greet": "1"}})
    os.makedirs(p.cache)
    r = run_mounted(p, [(p.cache, "24k")], f"(cd {p.cache}; {FILL}); {LODE} install")
    if r is not None and r.returncode == 0:
        assert p.version("node_modules/left") == "1.1.0", r
    elif r is not None:
        assert "ENOSPC" in r.stderr and not p.has("node_modules"), r


def test_a_project_that_cannot_be_written(bench):
    p = bench.project({"dependencies": {"left": "1"}})
    r = run_mounted(p, [], f"mount --bind {p.dir} {p.dir}; mount -o remount,ro,bind {p.dir}; cd {p.dir}; {LODE} install")
    assert r is None or r.returncode > 0 and "EROFS" in r.stderr, r


def test_a_cache_that_can_only_be_read(bench):
    p = bench.project({"dependencies": {"left": "1"}})
    p.ok("install")
    q = bench.project({"dependencies": {"left": "1", "greet": "1"}}, cache=p.cache)
    r = run_mounted(q, [], f"mount --bind {p.cache} {p.cache}; mount -o remount,ro,bind {p.cache}; {LODE} install")
    assert r is None or r.returncode == 0 and q.version("node_modules/greet") == "1.0.0", r


def test_credentials_stay_with_their_registry(bench):
    p = bench.project({"dependencies": {"fault-redirect": "1"}})
    host = bench.registry.url.split(":", 1)[1]
    fails_and_leaves_all(p, "E401", "install", "@private/secret")
    p.write(".npmrc", f"{host}:_authToken=fixture-token\n")
    p.ok("install", "@private/secret")
    moved = [r for r in bench.registry.requests() if r[1].startswith("127.0.0.1")]
    assert moved and all(r[4] == "-" for r in moved), moved
    assert any(r[4] == "Bearer fixture-token" for r in bench.registry.requests())


def test_an_unknown_authority_is_refused(bench):
    p = bench.project({"dependencies": {"left": "1"}})
    before = p.listing()
    r = p.lode("install", "--cafile=" + p.path("no-such.pem"), "--fetch-retries=0")
    assert r.code > 0 and "CERT" in r.err.upper() and p.listing() == before, r
    p.ok("install", "--no-strict-ssl", "--cafile=" + p.path("no-such.pem"))


def test_broken_package_json_is_named(bench):
    p = bench.project()
    p.write("package.json", '{"name": "x",}')
    r = fails_and_leaves_all(p, "EJSONPARSE", "install", "left")
    assert "package.json" in r.err, r


def test_a_failing_install_script_undoes_the_install(bench):
    p = bench.project({"dependencies": {"left": "1"}, "allowScripts": {"scripted-failing": True}})
    p.ok("install")
    r = fails_and_leaves_all(p, "scripted-failing", "install", "scripted-failing")
    assert "it broke" in r.err and r.code != 0, r


def test_a_failing_optional_package_is_left_out(bench):
    p = bench.project({"dependencies": {"optional-failing": "1"}, "allowScripts": {"scripted-failing": True}})
    p.ok("install")
    assert p.has("node_modules/optional-failing") and not p.has("node_modules/scripted-failing")


WIDE = {"dependencies": {n: "1" for n in ("greet", "tinyweb", "needs-left-1", "needs-left-2", "circle-a", "plugin-one",
                                          "across-platforms", "bundling", "scripted", "with-dotfile", "old-thing")},
        "allowScripts": {"scripted": True}}


def right_tree(bench):
    p = bench.project(WIDE)
    p.ok("install")
    return p


def differing(p, q):
    """Where two trees are not the same."""
    a, b = p.listing("node_modules"), q.listing("node_modules")
    return [(k, a.get(k), b.get(k)) for k in sorted(a.keys() | b.keys()) if a.get(k) != b.get(k)][:5]


def kill_at_random(bench, command, rounds, right):
    rng = random.Random(7)
    p = bench.project(WIDE)
    began = time.monotonic()
    p.ok("install")
    span = time.monotonic() - began
    for n in range(rounds):
        if n % 3 == 0:
            p = bench.project(WIDE, cache=None if n % 2 else right.cache)
        if command == "ci":
            p.write("package-lock.json", right.read("package-lock.json"))
        child = p.start(command)
        time.sleep(rng.random() * span)
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        p.ok("install")
        assert p.listing("node_modules") == right.listing("node_modules"), (f"round {n}", differing(p, right))
        checked = p.ok("cache", "verify")
        assert "dropped" not in checked.out.lower() or "dropped 0" in checked.out.lower(), checked


def test_what_a_killed_run_was_writing_goes_with_the_next(bench):
    """The memory of an install with nothing to do notices them, too. A process that lives is still writing."""
    p = bench.project({"dependencies": {"tinyweb": "1"}})
    p.ok("install")
    p.ok("install")
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = [f"node_modules/.lode-tree.{gone.pid}.1.tmp", f"node_modules/.lode-due.{gone.pid}.0.tmp",
            f"node_modules/.package-lock.json.{gone.pid}.2.tmp", f"package-lock.json.{gone.pid}.3.tmp", f"package.json.{gone.pid}.4.tmp"]
    kept = [f"node_modules/.lode-tree.{os.getpid()}.1.tmp", f"package.json.{gone.pid}.4.tmp.more", f"other.json.{gone.pid}.4.tmp"]
    for name in left + kept:
        p.write(name, "half")
    p.ok("install")
    assert [n for n in left if os.path.exists(os.path.join(p.dir, n))] == []
    assert [n for n in kept if not os.path.exists(os.path.join(p.dir, n))] == []


def test_a_kill_at_any_moment_of_an_install_is_repaired(bench):
    kill_at_random(bench, "install", int(os.environ.get("LODE_KILLS", "12")), right_tree(bench))


def test_a_kill_at_any_moment_of_ci_is_repaired(bench):
    kill_at_random(bench, "ci", int(os.environ.get("LODE_KILLS", "12")), right_tree(bench))


def test_what_a_kill_left_goes_though_nothing_else_is_to_do(bench):
    p = bench.project({"workspaces": ["a"], "dependencies": {"left": "1"}})
    p.write("a/package.json", '{"name":"a","version":"1.0.0","dependencies":{"left":"2"}}')
    p.ok("install")
    for folder in (".", "node_modules", "a/node_modules"):
        before = p.listing()
        p.write(folder + "/.lode-stage-x/old0/f", "")
        # In the root one is left only by a kill while node_modules came into place, so by an install that nobody remembers.
        if folder == ".":
            p.write("package.json", p.read("package.json"))
        p.ok("install")
        assert p.listing() == before, folder


def test_two_at_once_in_one_project(bench):
    right = right_tree(bench)
    p = bench.project(WIDE)
    both = [p.start("install"), p.start("install")]
    for child in both:
        out, err = child.communicate(timeout=120)
        assert child.returncode == 0, err
    assert p.listing("node_modules") == right.listing("node_modules")


def test_two_at_once_with_one_cache(bench):
    right = right_tree(bench)
    a = bench.project(WIDE)
    b = bench.project(WIDE, cache=a.cache)
    for child in [a.start("install"), b.start("install")]:
        out, err = child.communicate(timeout=120)
        assert child.returncode == 0, err
    assert a.listing("node_modules") == b.listing("node_modules") == right.listing("node_modules")


def test_a_cache_that_cannot_be_written_is_no_obstacle(bench):
    p = bench.project({"dependencies": {"greet": "1"}})
    p.write("../not-a-folder", "")
    p.cache = os.path.join(p.base, "not-a-folder")
    r = p.ok("install")
    assert p.version("node_modules/greet") == "1.0.0", r


def test_verify_finds_and_drops_a_flipped_bit(bench):
    p = bench.project({"dependencies": {"greet": "1"}})
    p.ok("install")
    victim = None
    for folder, _, files in os.walk(p.cache):
        for name in files:
            if name == "cli.js":
                victim = os.path.join(folder, name)
    assert victim, "the store holds unpacked files"
    os.chmod(victim, 0o644)
    with open(victim, "r+b") as f:
        first = f.read(1)
        f.seek(0)
        f.write(bytes([first[0] ^ 1]))
    r = p.ok("cache", "verify")
    assert "dropped" in r.out + r.err, r
    fresh = bench.project({"dependencies": {"greet": "1"}}, cache=p.cache)
    fresh.ok("install")
    assert fresh.read("node_modules/greet/cli.js").startswith("#!")


def test_signatures_hold_for_what_a_lockfile_has_no_integrity_of(bench):
    p = bench.project({"dependencies": {"left": "1", "scripted": "1"}})
    p.ok("install")
    lock = p.json("package-lock.json")
    entry = lock["packages"]["node_modules/left"]
    kept = entry.pop("integrity")
    p.write_json("package-lock.json", lock)
    p.ok("ci", "--verify-signatures")
    p.ok("install", "--verify-signatures")
    assert p.json("package-lock.json")["packages"]["node_modules/left"]["integrity"] == kept
    entry["resolved"] = lock["packages"]["node_modules/scripted"]["resolved"]
    # In a cache that has the right one already, that one is installed.
    q = bench.project(p.json("package.json"), cache=os.path.join(p.base, "second"))
    for integrity in ({}, {"integrity": ""}):
        lock["packages"]["node_modules/left"] = {**{k: v for k, v in entry.items() if k != "integrity"}, **integrity}
        q.write_json("package-lock.json", lock)
        q.fails("EINTEGRITY", "ci", "--verify-signatures")
        q.fails("EINTEGRITY", "install", "--verify-signatures")
    entry["resolved"] = "git+https://localhost/x.git#" + "0" * 40
    for integrity in ({}, {"integrity": kept}):
        lock["packages"]["node_modules/left"] = {**entry, **integrity}
        q.write_json("package-lock.json", lock)
        q.fails("EINTEGRITYSIGNATURE", "ci", "--verify-signatures")


def test_a_package_json_without_an_object(bench):
    p = bench.project({})
    for text in ("null", "7", '"text"', "true"):
        p.write("package.json", text)
        for words in (["install"], ["run", "x"], ["pack"], ["ci"]):
            assert "package.json' holds no object" in p.fails("EJSONPARSE", *words).err, (text, words)
    assert p.read("package.json") == "true" and not p.has("package-lock.json") and not p.has("node_modules")


def test_another_files_error_is_not_package_jsons(bench):
    p = bench.project({"engines": {"node": "22"}})
    p.write("lode-runtime.json", '{"a":')
    r = p.fails("EJSONPARSE", "install")
    assert "lode-runtime.json" in r.err and "package.json must be" not in r.err, r


def test_what_was_written_through_a_link_is_made_anew(bench):
    """The store's file is the project's: who writes into node_modules writes into the cache. The next install notices, and mends it from
    the tarball, for every place that wants the package."""
    p = bench.project({"dependencies": {"greet": "1", "same": "npm:greet@1", "left": "1"}})
    p.ok("install")
    right = p.listing("node_modules")
    for name in ("greet", "left"):
        path = p.path("node_modules", name, "package.json")
        with open(path, "a") as f:
            f.write("\n\n\n")
    for command in ("ci", "install"):
        shutil.rmtree(p.path("node_modules"))
        p.ok(command)
        assert p.listing("node_modules") == right, command
    assert not [n for n in os.listdir(p.path("node_modules")) if n.startswith(".lode-stage")]
