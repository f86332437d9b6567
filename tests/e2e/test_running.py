"""How scripts are run: signals, streams, order, failures; exec; native addons."""
import json, os, signal, subprocess, time

from harness import LODE, until


def test_a_signal_goes_to_the_script_and_ends_lode_the_same_way(bench):
    p = bench.project({"scripts": {"wait": "echo up > up; exec sleep 60", "postwait": "echo never",
                                   "kind": "trap 'echo asked > asked; exit 5' TERM; echo up > up; while :; do sleep 0.1; done"}})
    for name, code in (("wait", -signal.SIGTERM), ("kind", 5)):
        run = p.start("run", name)
        until(lambda: p.has("up"))
        os.kill(run.pid, signal.SIGTERM)
        run.communicate(timeout=10)
        assert run.returncode == code, (name, run.returncode)
        os.unlink(p.path("up"))
    assert p.has("asked")


def test_a_script_that_ignores_a_signal_is_waited_for(bench):
    p = bench.project({"scripts": {"deaf": "trap '' TERM; echo up > up; sleep 1; echo done > done", "postdeaf": "true"}})
    run = p.start("run", "deaf")
    until(lambda: p.has("up"))
    os.kill(run.pid, signal.SIGTERM)
    run.communicate(timeout=20)
    assert run.returncode == 0 and p.has("done")


def test_npm_execpath_is_the_whole_command_line(bench):
    p = bench.project({"scripts": {"do": 'node "$npm_execpath"', "hi": "echo hi", "bad": "exit 7"}, "dependencies": {"greet": "1"}})
    assert p.ok("-s", "run", "do", "--", "-v").out == "12.2.0\n", "npm's, whose behaviour this is"
    assert p.ok("-s", "run", "do", "--", "config", "get", "fetch-retry-maxtimeout").out == "100\n"
    p.ok("run", "do", "--", "install")
    assert p.version("node_modules/greet") == "1.0.0"
    assert p.ok("-s", "run", "do", "--", "exec", "greet", "a b").out == "hello again a b\n"
    assert p.ok("-s", "run", "do", "--", "run", "hi").out == "hi\n"
    assert p.lode("run", "do", "--", "run", "bad").code == 7
    assert p.ok("-s", "exec", "-c", 'node "$npm_execpath" run hi').out == "hi\n"


def test_a_signal_that_ends_the_script_ends_lode(bench):
    p = bench.project({"scripts": {"a": "kill -KILL $$", "b": "kill -INT $$", "postb": "true"}})
    assert p.lode("run", "a").code == -signal.SIGKILL
    assert p.lode("run", "b").code == -signal.SIGINT


def test_a_flood_passes_and_input_arrives(bench):
    p = bench.project({"scripts": {"flood": "head -c 20000000 /dev/zero | tr '\\0' x", "cat": "cat; echo end", "postcat": "true"}})
    assert len(p.ok("run", "-s", "flood").out) == 20000000
    r = subprocess.run([LODE, "run", "-s", "cat"], cwd=p.dir, env=p.env(), input="typed", capture_output=True, text=True, timeout=20)
    assert r.stdout == "typedend\n"


def test_an_interrupted_install_ends_its_scripts(bench):
    p = bench.project({"workspaces": ["ws"]})
    p.write("ws/package.json", json.dumps({"name": "ws", "version": "1.0.0", "scripts": {
        "postinstall": "trap '' INT TERM; echo $$ > ../pid; sleep 60; sleep 60"}}))
    for sig in (signal.SIGINT, signal.SIGTERM):
        run = p.start("install")
        until(lambda: p.has("pid") and p.read("pid").strip())
        began = time.monotonic()
        os.kill(run.pid, sig)
        run.communicate(timeout=20)
        assert run.returncode == -sig and time.monotonic() - began < 10, run.returncode
        until(lambda: not os.path.exists("/proc/" + p.read("pid").strip()))
        os.unlink(p.path("pid"))


def test_scripts_of_one_event_run_side_by_side(bench):
    wait = "echo > ../$npm_package_name.here; n=0; while [ ! -e ../%s.here ]; do sleep 0.05; n=$((n+1)); [ $n -lt 100 ] || exit 1; done"
    p = bench.project({"workspaces": ["ws/*"]})
    for name, other in (("one", "two"), ("two", "one")):
        p.write(f"ws/{name}/package.json", json.dumps({"name": name, "version": "1.0.0", "scripts": {"postinstall": wait % other}}))
    if os.cpu_count() > 1:
        p.ok("install")
    p.ok("install", "--ignore-scripts")


def test_the_order_of_events_over_packages(bench):
    p = bench.project({"workspaces": ["ws/*"], "scripts": {"postinstall": "echo root >> order"}})
    say = "echo $npm_package_name $npm_lifecycle_event >> $INIT_CWD/order"
    for name in ("a", "b"):
        p.write(f"ws/{name}/package.json", json.dumps({"name": name, "version": "1.0.0", "bin": "x.js", "scripts": {
            "preinstall": say, "prepare": say + "; [ ! -e $INIT_CWD/node_modules/.bin/$npm_package_name ]",
            "install": say + "; [ -e $INIT_CWD/node_modules/.bin/$npm_package_name ]", "postinstall": say}}))
        p.write(f"ws/{name}/x.js", "#!/usr/bin/env node\n")
    p.ok("install", "--foreground-scripts")
    events = ("preinstall", "prepare", "install", "postinstall")
    assert p.read("order").splitlines() == [f"{n} {e}" for e in events for n in ("a", "b")] + ["root"]


def test_a_failing_script_undoes_the_install_and_shows_its_output(bench):
    p = bench.project({"dependencies": {"scripted-failing": "1"}, "allowScripts": {"scripted-failing": True}})
    r = p.lode("install")
    assert r.code == 7, r
    assert "command failed\nlode error command sh -c echo it broke; exit 7\nlode error it broke\n" in r.err, r
    assert not p.has("node_modules/scripted-failing")
    assert json.loads(p.lode("install", "--json").out)["error"] == {
        "code": 7, "summary": "command failed", "detail": "sh -c echo it broke; exit 7\nit broke"}
    q = bench.project({"dependencies": {"optional-failing": "1"}, "allowScripts": {"scripted-failing": True}})
    q.ok("install")
    assert q.has("node_modules/optional-failing/index.js") and not q.has("node_modules/scripted-failing")


def test_the_policy_of_scripts(bench):
    for policy, runs in (({"scripted": False}, False), ({"scripted@1.0.0": True}, True), ({"scripted@1.0.0 || 2.0.0": True}, True),
                         ({"scripted@2.0.0": True}, False), ({"scripted@^1.0.0": True}, False), ({"scripted@latest": True}, False),
                         ({"scripted": True, "scripted@1.0.0": False}, False), ({"other": True}, False)):
        p = bench.project({"dependencies": {"scripted": "1"}, "allowScripts": policy})
        r = p.ok("install")
        assert p.has("node_modules/scripted/made.txt") == runs, (policy, r)
        assert ("scripted@1.0.0 (postinstall" in r.err) == (not runs and False not in policy.values()), (policy, r)
    q = bench.project({"dependencies": {"scripted": "1"}})
    assert "scripted@1.0.0 (postinstall" in q.ok("install", "--package-lock-only").err, "told of what is to come, too"
    q.fails("ESTRICTALLOWSCRIPTS", "install", "--package-lock-only", "--strict-allow-scripts")
    q.ok("install", "--dangerously-allow-all-scripts")
    assert q.has("node_modules/scripted/made.txt")
    q.fails("EALLOWSCRIPTS", "install", "--allow-scripts=scripted")


def test_a_binding_gyp_counts_as_a_script_once_it_is_seen(bench):
    p = bench.project({"dependencies": {"native-addon": "1"}})
    p.ok("install", "--package-lock-only")
    assert "hasInstallScript" not in p.json("package-lock.json")["packages"]["node_modules/native-addon"]
    p.ok("install", "--ignore-scripts")
    for lock in ("package-lock.json", "node_modules/.package-lock.json"):
        assert p.json(lock)["packages"]["node_modules/native-addon"]["hasInstallScript"] is True, lock


def test_native_addons_build_with_the_runtimes_own_headers(bench):
    p = bench.project({"dependencies": {"native-addon": "1"}, "allowScripts": {"native-addon": True}})
    p.ok("install")
    p.write("app.js", "console.log(require('native-addon'))\n")
    assert p.ok("app.js").out == "built here\n"


def test_exec_installs_what_is_missing_and_keeps_it(bench):
    p = bench.project({"name": "@me/project", "bin": {"own": "own.sh", "more": "own.sh"}})
    p.write("own.sh", "#!/bin/sh\necho own \"$@\"\n")
    assert p.ok("exec", "--", "own", "a b").out == "own a b\n"
    r = p.ok("exec", "--", "greet", "you")
    assert r.out == "hello again you\n" and "greet@1.0.0" in r.err, r
    assert p.ok("exec", "--yes", "greet@1.0.0", "--", "x").out == "hello again x\n"
    assert p.ok("exec", "--yes", "--package=greet", "-c", "greet $npm_lifecycle_event").out == "hello again npx\n"
    assert p.lode("exec", "--no", "left").code == 1
    assert not p.has("node_modules")
    folders = os.listdir(os.path.join(p.cache, "_npx"))
    assert len(folders) >= 3, folders
    q = bench.project({}, cache=p.cache)
    assert q.ok("exec", "--offline", "--yes", "greet@1.0.0", "--", "off").out == "hello again off\n"


def test_exec_in_workspaces(bench):
    p = bench.project({"workspaces": ["ws/*"]})
    for name in ("a", "b"):
        p.write(f"ws/{name}/package.json", json.dumps({"name": name, "version": "1.0.0"}))
    out = p.ok("exec", "--workspaces", "-c", "pwd").out
    assert out.splitlines() == [p.path("ws/a"), p.path("ws/b")], out


def test_lodex_and_aliases(bench):
    p = bench.project({"dependencies": {"greet": "1"}, "scripts": {"test": "echo tested", "restart": "echo again"}})
    p.ok("install")
    lodex = os.path.join(p.base, "npx")
    os.symlink(LODE, lodex)
    r = subprocess.run([lodex, "greet", "--flag"], cwd=p.dir, env=p.env(), capture_output=True, text=True, timeout=20)
    assert r.stdout == "hello again --flag\n", r
    for words, out in ((["t"], "tested\n"), (["run-script", "test"], "tested\n"), (["restart"], "again\n"), (["x", "greet"], "hello again \n")):
        assert p.ok("-s", *words).out == out


def test_a_file_that_is_not_there_is_told(bench):
    p = bench.project()
    for word in ("app.js", "./app", "src/app.mjs"):
        r = p.lode(word)
        assert r.code == 1 and r.out.startswith(f'Unknown command: "{word}", and there is no such file to run\n'), r
    assert "no such file" not in p.lode("frobnicate").out
