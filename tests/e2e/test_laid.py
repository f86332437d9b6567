"""What an install made of a project without node_modules is made again of the same files, without resolving anything; and is the
same to the last link, mode and line."""
import fcntl, os, re, shutil, signal, stat, time

from harness import until
from test_guessing import publish
from test_publishing import unique

THREADED = True

LAID = "laid as for another project"
SAME = "all is as it was"
MANY = {"dependencies": {"greet": "1", "needs-left-1": "1", "needs-left-2": "1", "circle-a": "1", "across-platforms": "1"},
        "devDependencies": {"plugin-one": "1", "framework": "1"}}


def settle():
    """File systems' clocks tick slowly: what changed just now is not relied on."""
    time.sleep(0.05)


def first(bench, manifest=MANY, *args, **files):
    p = bench.project(manifest)
    put(p, files)
    settle()
    p.ok("install", "--loglevel=verbose", *args)
    return p


def put(p, files):
    for name, text in files.items():
        p.write(name.replace("_", "."), text)


def another(bench, p, *args, laid=True, manifest=None, home="", env=None, **files):
    q = bench.project(manifest or {k: v for k, v in p.json("package.json").items() if k not in ("name", "version")}, cache=p.cache)
    shutil.copy(p.path("package-lock.json"), q.path("package-lock.json"))
    put(q, files)
    q.write("../home/.npmrc", q.read("../home/.npmrc") + home)
    settle()
    r = q.ok("install", "--loglevel=verbose", *args, env=env)
    assert (LAID in r.err) == laid, r
    return q, r


def told(r):
    """What everybody is told, in order, without how long it took and what only --loglevel=verbose says."""
    lines = [line for line in (r.out + r.err).splitlines() if " verbose " not in line and " http " not in line]
    return [re.sub(r" in \d+m?s$", "", line) for line in lines]


def resolved(bench, p, *args):
    """The same by a lode that has never laid it."""
    cache = os.path.join(bench.base, f"copy-{time.monotonic_ns()}")
    shutil.copytree(p.cache, cache, symlinks=True)
    shutil.rmtree(os.path.join(cache, "_lode/v1/projects"))
    q = bench.project({k: v for k, v in p.json("package.json").items() if k not in ("name", "version")}, cache=cache)
    shutil.copy(p.path("package-lock.json"), q.path("package-lock.json"))
    r = q.ok("install", "--loglevel=verbose", *args)
    assert LAID not in r.err
    return q, r


def places(p):
    """Of everything in node_modules its mode, and of files that are the store's which one."""
    found = {}
    for at, dirs, files in os.walk(p.path("node_modules")):
        for name in dirs + files:
            st = os.lstat(os.path.join(at, name))
            shared = stat.S_ISREG(st.st_mode) and st.st_nlink > 1
            found[os.path.relpath(os.path.join(at, name), p.dir)] = (st.st_mode, st.st_ino if shared else None)
    return found


def test_laid_as_it_would_be_resolved(bench):
    p = first(bench)
    q, r = another(bench, p)
    other, said = resolved(bench, p)
    assert q.listing() == other.listing() and told(r) == told(said)
    assert places(q) == places(p) and places(q)["node_modules/left/index.js"][1], "the same files of the store"
    assert "hello again you\n" == q.ok("exec", "greet", "you").out
    assert not [n for n in os.listdir(q.dir) + os.listdir(q.path("node_modules")) if n.startswith(".lode")]
    before = q.listing()
    assert SAME in q.ok("install", "--loglevel=verbose").err and q.listing() == before
    os.unlink(q.path("node_modules/greet/package.json"))
    assert SAME not in q.ok("install", "--loglevel=verbose").err and q.listing() == before


def test_laid_after_a_lockfile_was_there_as_after_none(bench):
    p = first(bench)
    lock = p.read("package-lock.json")
    shutil.rmtree(os.path.join(p.cache, "_lode/v1/projects"))
    q, _ = another(bench, p, laid=False)
    other, _ = another(bench, p)
    assert q.listing() == other.listing() and lock == other.read("package-lock.json")


def test_laid_bins_of_all_kinds(bench):
    outer, inner, older = unique("outer"), unique("@fixture/inner"), unique("older")
    q = publish(bench, older, "1.0.0")
    for version in "1.0.0", "2.0.0":
        q.write_json("package.json", {"name": older, "version": version, "bin": {"old": "bin/old.js", "dos": "dos.sh"}})
        q.write("bin/old.js", f"#!/usr/bin/env node\nconsole.log('{version}')\n", 0o644)
        q.write("dos.sh", "#!/bin/sh\r\necho ran\n", 0o644)
        if version != "1.0.0":
            q.ok("publish")
    q = bench.project({})
    publish(bench, inner, "1.0.0", dependencies={older: "1"}, bin={"in": "../outside.js", "gone": "gone.js"})
    publish(bench, outer, "1.0.0", dependencies={older: "2", inner: "1"})
    p = first(bench, {"dependencies": {outer: "1", older: "2", inner: "1", "greet": "1"}})
    q, _ = another(bench, p)
    other, _ = resolved(bench, p)
    assert q.listing() == other.listing() and places(q) == places(p)
    assert q.ok("exec", "old").out == "2.0.0\n" and q.ok("exec", "dos").out == "ran\n"


def test_laid_packages_that_bring_others(bench):
    p = first(bench, {"dependencies": {"bundling": "1", "left": "2", "greet": "1"}})
    shutil.rmtree(p.path("node_modules"))
    settle()
    p.ok("install", "--loglevel=verbose")
    q, r = another(bench, p)
    other, said = resolved(bench, p)
    assert q.listing() == other.listing() and told(r) == told(said)
    assert q.version("node_modules/bundling/node_modules/left") == "1.0.0"


def test_laid_with_what_there_is_to_say(bench):
    p = first(bench, {"dependencies": {"old-thing": "1", "scripted": "1", "greet": "1", "untold-script": "1"}})
    q, r = another(bench, p)
    other, said = resolved(bench, p)
    assert told(r) == told(said) and "lode warn deprecated old-thing" in r.err and "scripted@1.0.0" in r.err, r
    assert not q.has("node_modules/scripted/made.txt") and q.listing() == other.listing()
    again = q.ok("install", "--loglevel=verbose")
    assert SAME in again.err and "scripted@1.0.0" in again.err and "lode warn deprecated old-thing" not in again.err
    assert told(again) == told(other.ok("install", "--loglevel=verbose"))


def test_laid_not_where_scripts_run_or_something_is_the_projects_own(bench):
    for manifest in ({"dependencies": {"scripted": "1"}, "allowScripts": {"scripted": True}},
                     {"dependencies": {"left": "1"}, "scripts": {"preinstall": "echo ran >> ran"}},
                     {"dependencies": {"left": "1"}, "scripts": {"dependencies": "echo ran >> ran"}},
                     {"dependencies": {"left": "1"}, "workspaces": ["w"]},
                     {"dependencies": {"left": "1", "near": "file:near"}},
                     {"dependencies": {"left": "1", "far": "file:far-1.0.0.tgz"}}):
        p = bench.project(manifest)
        p.write("w/package.json", '{"name":"w","version":"1.0.0"}')
        p.write("near/package.json", '{"name":"near","version":"1.0.0"}')
        p.write("far/package.json", '{"name":"far","version":"1.0.0"}')
        p.ok("pack", "./far")
        settle()
        p.ok("install", "--loglevel=verbose")
        before = p.listing()
        for _ in range(2):
            shutil.rmtree(p.path("node_modules"))
            assert LAID not in p.ok("install", "--loglevel=verbose").err, manifest
            assert {k: v for k, v in p.listing().items() if k != "ran"} == {k: v for k, v in before.items() if k != "ran"}


def test_laid_the_projects_own_scripts_run_all_the_same(bench):
    p = first(bench, {"dependencies": {"left": "1"}, "scripts": {"postinstall": "echo post >> ran", "prepare": "echo prep >> ran"}})
    assert p.read("ran") == "post\nprep\n"
    q, _ = another(bench, p)
    assert q.read("ran") == "post\nprep\n"


def test_laid_only_of_the_same(bench):
    p = first(bench)
    another(bench, p)
    another(bench, p, home="ignore-scripts=false\n", laid=False)
    another(bench, p, env={"npm_config_bin_links": "false"}, laid=False)
    another(bench, p, env={"NODE_ENV": "production"}, laid=False)
    another(bench, p, "--no-bin-links", laid=False)
    another(bench, p, laid=False, _npmrc="omit=dev\n")
    another(bench, p, laid=False, manifest={**MANY, "description": "another"})
    another(bench, p, laid=False, yarn_lock="# yarn lockfile v1\n")
    another(bench, p, "--install-strategy=nested", laid=False)
    another(bench, p, "--install-strategy=linked", laid=False)
    another(bench, p, "--audit", laid=False)
    another(bench, p, "--json", laid=False)
    another(bench, p, "--dry-run", laid=False)
    q = bench.project(MANY, cache=p.cache)
    shutil.copy(p.path("package-lock.json"), q.path("package-lock.json"))
    q.write("node_modules/mine.txt", "mine")
    assert LAID not in q.ok("install", "--loglevel=verbose").err and q.has("node_modules/greet")
    lock = p.json("package-lock.json")
    del lock["packages"]["node_modules/greet"]
    q = bench.project(MANY, cache=p.cache)
    q.write_json("package-lock.json", lock)
    assert LAID not in q.ok("install", "--loglevel=verbose").err and q.has("node_modules/greet")


def test_laid_without_what_is_left_out(bench):
    p = first(bench, MANY, "--omit=dev")
    another(bench, p, laid=False)
    another(bench, p, "--omit=dev", laid=False)
    q, r = another(bench, p, "--omit=dev")
    other, said = resolved(bench, p, "--omit=dev")
    assert q.listing() == other.listing() and not q.has("node_modules/framework") and told(r) == told(said)


def test_laid_not_of_files_somebody_wrote_to(bench):
    p = first(bench)
    with open(p.path("node_modules/left/index.js"), "a") as f:
        f.write("// through the link\n")
    q, _ = another(bench, p, laid=False)
    assert "through" not in q.read("node_modules/left/index.js")
    shutil.rmtree(os.path.join(p.cache, "_lode/v1/packages"))
    another(bench, p, laid=False)
    another(bench, p)


def test_laid_not_of_a_note_that_is_damaged(bench):
    p = first(bench)
    notes = [os.path.join(at, f) for at, _, fs in os.walk(os.path.join(p.cache, "_lode/v1/projects")) for f in fs]
    assert notes
    for note in notes:
        with open(note, "r+b") as f:
            data = f.read()
            f.seek(len(data) // 2)
            f.write(bytes([data[len(data) // 2] ^ 1]))
    q, _ = another(bench, p, laid=False)
    assert q.version("node_modules/greet") == "1.0.0"


def test_laid_or_as_before_where_it_is_killed(bench):
    p = first(bench)
    for call, nth in (("mkdir", 1), ("mkdir", 3), ("linkat", 1), ("linkat", 9), ("symlink", 1), ("rename", 1), ("rmdir", 1),
                      ("rename", 2), ("rename", 3)):
        q = bench.project(MANY, cache=p.cache)
        shutil.copy(p.path("package-lock.json"), q.path("package-lock.json"))
        r = q.lode("install", "--loglevel=verbose", env={"ASAN_OPTIONS": "detect_leaks=0"},
                   prefix=("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject={call}:signal=KILL:when={nth}"))
        assert r.code == -signal.SIGKILL and not q.has("node_modules/.package-lock.json"), (call, nth, r)
        q.ok("install", "--loglevel=verbose")
        assert q.listing() == p.listing(), (call, nth)


def test_laid_into_a_folder_that_cannot_be_written(bench):
    if os.geteuid() == 0:
        return
    p = first(bench)
    q = bench.project(MANY, cache=p.cache)
    shutil.copy(p.path("package-lock.json"), q.path("package-lock.json"))
    os.chmod(q.dir, 0o555)
    q.fails("EACCES", "install")
    assert not q.has("node_modules")


def test_laid_by_many_at_once(bench):
    p = first(bench)
    running = []
    for _ in range(6):
        q = bench.project(MANY, cache=p.cache)
        shutil.copy(p.path("package-lock.json"), q.path("package-lock.json"))
        running.append((q, [q.start("install", "--loglevel=verbose") for _ in range(2)]))
    laid = 0
    for q, both in running:
        for one in both:
            out, err = one.communicate(timeout=60)
            assert one.returncode == 0, out + err
            laid += LAID in err
        assert q.listing() == p.listing()
    assert laid >= len(running)


def test_laid_no_more_than_so_many_are_kept(bench):
    p = first(bench, {"dependencies": {"left": "1"}})
    for i in range(80):
        q = bench.project({"dependencies": {"left": "1"}, "description": str(i)}, cache=p.cache)
        shutil.copy(p.path("package-lock.json"), q.path("package-lock.json"))
        q.ok("install", "--loglevel=verbose")
    notes = [os.path.join(at, f) for at, _, fs in os.walk(os.path.join(p.cache, "_lode/v1/projects")) for f in fs]
    layouts = [n for n in notes if b"layout " in open(n, "rb").read(20)]
    assert 20 < len(layouts) <= 64


def test_laid_by_ci_as_by_ci(bench):
    p = first(bench)
    def ci(laid, **files):
        q = bench.project(MANY, cache=p.cache)
        shutil.copy(p.path("package-lock.json"), q.path("package-lock.json"))
        put(q, files)
        settle()
        r = q.ok("ci", "--loglevel=verbose")
        assert (LAID in r.err) == laid, r
        return q, r
    one, said = ci(False)
    two, again = ci(True)
    assert one.listing() == two.listing() == p.listing() and told(said) == told(again)
    ci(False, _npmrc="omit=dev\n")
    ci(False, yarn_lock="")
    assert LAID not in two.ok("ci", "--loglevel=verbose").err and two.listing() == p.listing()
    shutil.rmtree(two.path("node_modules"))
    two.write_json("package.json", {**two.json("package.json"), "dependencies": {"left": "2"}})
    two.fails("EUSAGE", "ci", "--loglevel=verbose")
    two.fails("ECIPATCHFLAG", "ci", "--allow-unused-patches")


def test_laid_by_ci_where_install_would_do_something_else(bench):
    """An install takes a lockfile that ci refuses: what it made is not ci's."""
    p = bench.project({"dependencies": {"left": "1"}})
    p.ok("install", "--loglevel=verbose")
    p.write_json("package.json", {"name": "project", "version": "1.0.0", "dependencies": {"left": "1", "greet": "1"}})
    p.ok("install", "--loglevel=verbose", "--no-save")
    for _ in range(2):
        shutil.rmtree(p.path("node_modules"), ignore_errors=True)
        assert LAID not in p.ok("install", "--loglevel=verbose", "--no-save").err, "the registry may have another greet by now"
    shutil.rmtree(p.path("node_modules"))
    p.fails("EUSAGE", "ci", "--loglevel=verbose")


def test_laid_not_of_a_package_json_that_changed_meanwhile(bench):
    p = bench.project({"dependencies": {"left": "1", "fault-slow": "1"}})
    settle()
    running = p.start("install", "--loglevel=verbose")
    until(lambda: any("fault-slow-1.0.0.tgz" in q[2] for q in bench.registry.requests()))
    p.write_json("package.json", {**p.json("package.json"), "dependencies": {"left": "1", "fault-slow": "1", "greet": "1"}})
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0, out + err
    assert "greet" in p.json("package.json")["dependencies"] and not p.has("node_modules/greet")
    q, _ = another(bench, p, laid=False)
    assert q.version("node_modules/greet") == "1.0.0"


def test_laid_keeps_no_secrets(bench):
    p = first(bench, MANY, _npmrc="//registry.example.test/:_authToken=very-secret\n")
    another(bench, p, _npmrc="//registry.example.test/:_authToken=very-secret\n")
    notes = [os.path.join(at, f) for at, _, fs in os.walk(os.path.join(p.cache, "_lode/v1/projects")) for f in fs]
    assert notes and not [n for n in notes if b"very-secret" in open(n, "rb").read() or os.stat(n).st_mode & 0o077]


def test_laid_under_the_same_umask(bench):
    p = first(bench)
    q = bench.project(MANY, cache=p.cache)
    shutil.copy(p.path("package-lock.json"), q.path("package-lock.json"))
    group = ("sh", "-c", 'umask 002; exec "$@"', "-")
    assert LAID not in q.ok("install", "--loglevel=verbose", prefix=group).err
    shutil.rmtree(q.path("node_modules"))
    assert LAID in q.ok("install", "--loglevel=verbose", prefix=group).err
    assert os.stat(q.path("node_modules/.bin/greet")).st_mode & 0o777 == 0o775
    another(bench, p)


def test_laid_not_of_a_lockfile_that_tells_too_little(bench):
    """What an old lockfile does not say the registry is asked for, each time."""
    p = first(bench, MANY, "--lockfile-version=1")
    for _ in range(2):
        shutil.rmtree(p.path("node_modules"))
        settle()
        assert LAID not in p.ok("ci", "--loglevel=verbose").err and p.has("node_modules/.bin/greet")


def test_laid_not_without_what_may_be_there_the_next_time(bench):
    p = bench.project({"dependencies": {"left": "1"}, "optionalDependencies": {"far": "file:far-1.0.0.tgz"}})
    for _ in range(3):
        settle()
        assert LAID not in p.ok("install", "--loglevel=verbose").err and not p.has("node_modules/far")
        shutil.rmtree(p.path("node_modules"))
    p.write("far/package.json", '{"name":"far","version":"1.0.0"}')
    p.ok("pack", "./far")
    p.ok("install", "--loglevel=verbose")
    assert p.version("node_modules/far") == "1.0.0"


def test_laid_where_the_project_has_a_folder_of_bins(bench):
    p = bench.project({"dependencies": {"left": "1"}, "directories": {"bin": "bin"}})
    p.write("bin/a.js", "#!/usr/bin/env node\n", 0o755)
    for name in "b", "c":
        p.ok("install", "--loglevel=verbose")
        shutil.rmtree(p.path("node_modules"))
        settle()
        p.ok("install", "--loglevel=verbose")
        p.write(f"bin/{name}.js", "#!/usr/bin/env node\n", 0o755)
        shutil.rmtree(p.path("node_modules"))
        p.ok("install", "--loglevel=verbose")
        assert f"{name}.js" in p.json("package-lock.json")["packages"][""]["bin"]


def test_laid_says_what_there_is_to_say_before_scripts_run(bench):
    manifest = {"dependencies": {"old-thing": "1"}, "scripts": {"postinstall": "sleep 1; echo post"}}
    p = first(bench, manifest)
    another(bench, p)
    q = bench.project(manifest, cache=p.cache)
    shutil.copy(p.path("package-lock.json"), q.path("package-lock.json"))
    running = q.start("install", "--loglevel=verbose")
    began = time.monotonic()
    while "deprecated" not in (line := running.stderr.readline()):
        assert line
    assert time.monotonic() - began < 1 and running.poll() is None
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0 and "post" in out


def test_laid_or_waited_for_who_works_there(bench):
    p = first(bench)
    q = bench.project(MANY, cache=p.cache)
    shutil.copy(p.path("package-lock.json"), q.path("package-lock.json"))
    held = os.open(q.dir, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(held, fcntl.LOCK_EX)
    running = q.start("install", "--loglevel=verbose")
    while "waiting for another lode" not in (line := running.stderr.readline()):
        assert line
    os.close(held)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0 and q.listing() == p.listing(), out + err


def test_laid_of_a_lockfile_that_does_not_say_where_packages_come_from(bench):
    p = first(bench, MANY, _npmrc="omit-lockfile-registry-resolved=true\n")
    assert '"resolved"' not in p.read("package-lock.json")
    q, _ = another(bench, p, _npmrc="omit-lockfile-registry-resolved=true\n")
    assert q.listing() == p.listing()
