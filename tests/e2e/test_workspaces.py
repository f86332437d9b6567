"""Scripts of several workspaces: order, several at once, failures, output, signals; --filter."""
import json, os, pty, re, signal, subprocess, threading, time

from harness import LODE, until

NOTE = "echo $npm_package_name >> ../../log"


def tree(bench, packages, scripts, **root):
    """packages: {name: what it depends on}; scripts: {name or "*": {script: text}}."""
    p = bench.project({"workspaces": ["packages/*"], **root})
    for name, deps in packages.items():
        p.write_json(f"packages/{name}/package.json", {
            "name": name, "version": "1.0.0", "dependencies": {d: "^1.0.0" for d in deps.split()},
            "scripts": scripts.get(name, scripts.get("*", {}))})
    return p


def log(p):
    return p.read("log").split() if p.has("log") else []


DIAMOND = {"app": "lib ui", "core": "", "lib": "core", "other": "", "ui": "core"}


def test_workspaces_run_after_what_they_depend_on(bench):
    p = tree(bench, DIAMOND, {"*": {"build": "sleep 0.1; " + NOTE}})
    p.ok("run", "-ws", "build")
    order = log(p)
    assert sorted(order) == sorted(DIAMOND), order
    assert order.index("core") < order.index("lib") < order.index("app") and order.index("ui") < order.index("app"), order
    for args in (["--sequential"], ["--workspace-concurrency=1"]):
        os.unlink(p.path("log"))
        out = p.ok("run", "-ws", "build", *args).out
        assert out == "", out
        assert log(p) == (sorted(DIAMOND) if args[0] == "--sequential" else ["core", "lib", "other", "ui", "app"]), log(p)


MEET = "touch ../../$npm_package_name; for i in $(seq 200); do [ -e ../../%s ] && exit 0; sleep 0.05; done; exit 9"


def test_workspaces_run_side_by_side(bench):
    p = tree(bench, DIAMOND, {"lib": {"build": MEET % "ui"}, "ui": {"build": MEET % "lib"}})
    p.ok("run", "-ws", "build", "--if-present", "--workspace-concurrency=2")
    p = tree(bench, {"a": "", "b": ""}, {"a": {"t": MEET % "b"}, "b": {"t": MEET % "a"}})
    for args in (["--workspaces", "--parallel"], ["--filter", "?", "--workspace-concurrency=2"]):
        p.ok("run", "t", *args)
        os.unlink(p.path("a")), os.unlink(p.path("b"))


def test_workspaces_without_edges_run_as_npm_runs_them(bench):
    p = tree(bench, {"a": "", "b": "", "c": ""}, {"*": {"x": NOTE + "; cat; printf $npm_package_name"}, "b": {"x": NOTE + "; exit 4"}})
    r = p.lode("run", "-s", "x", "-ws")
    assert (r.code, r.out, log(p)) == (4, "ac", ["a", "b", "c"]), r


def test_a_failing_workspace_stops_what_depends_on_it(bench):
    scripts = {"*": {"build": NOTE}, "core": {"build": NOTE + "; exit 3"}, "other": {"build": NOTE + "; exit 7"}}
    p = tree(bench, {**DIAMOND, "zoo": ""}, scripts)
    for args in ([], ["--workspace-concurrency=1"]):
        r = p.lode("run", "-ws", "build", *args)
        assert r.code == 7, r
        assert sorted(log(p)) == ["core", "other", "zoo"], log(p)
        assert "failed in 2 of 6 workspaces, and was not run in 3" in r.err and "skipped app: it needs core" in r.err, r
        assert "failed core: status 3" in r.err and "workspace core@1.0.0" in r.err, r
        os.unlink(p.path("log"))
    assert p.lode("run", "-ws", "build", "--no-bail").code == 7
    assert sorted(log(p)) == sorted({**DIAMOND, "zoo": ""}), log(p)
    os.unlink(p.path("log"))
    r = p.lode("run", "-ws", "build", "--bail", "--workspace-concurrency=1")
    assert (r.code, log(p)) == (3, ["core"]) and "not begun zoo" in r.err, r


def test_a_missing_script_is_told_and_stops_nobody(bench):
    p = tree(bench, DIAMOND, {"*": {"build": NOTE}, "core": {}})
    r = p.lode("run", "-ws", "build")
    assert r.code == 1 and 'Missing script: "build"' in r.err and len(log(p)) == 4, r
    p.ok("run", "-ws", "build", "--if-present")


def test_circles_of_workspaces_are_told_once(bench):
    p = tree(bench, {"a": "b", "b": "c", "c": "a", "d": "a"}, {"*": {"build": NOTE}})
    r = p.ok("run", "-ws", "build", "--workspace-concurrency=3")
    assert log(p) == ["c", "b", "a", "d"], log(p)
    assert r.err.count("in a circle") == 1 and "a -> b -> c -> a" in r.err, r


def test_lines_of_workspaces_are_prefixed(bench):
    p = tree(bench, {"a": "", "b": "a"}, {
        "a": {"prex": "echo before", "x": "printf 'one\\ntwo\\r\\n\\377\\0bin\\npart'; echo wrong >&2; cat"},
        "b": {"x": "head -c 100000 /dev/zero | tr '\\0' x"}})
    run = subprocess.run([LODE, "run", "-s", "x", "-ws", "--workspace-concurrency=2"], cwd=p.dir,
                         env=p.env(), capture_output=True, input=b"not for them")
    lines = run.stdout.split(b"\n")
    assert run.returncode == 0, run
    assert lines[:5] == [b"a prex: before", b"a x: one", b"a x: two\r", b"a x: \xff\0bin", b"a x: part"], lines[:6]
    assert [len(line) for line in lines[5:]] == [65536 + 5, 100000 - 65536 + 5, 0], [len(line) for line in lines]
    assert run.stderr == b"a x: wrong\n", run.stderr
    colored = p.ok("run", "-s", "x", "-ws", "--workspace-concurrency=2", "--color=always").out
    assert colored.startswith("\033[36ma\033[0m prex: before\n"), colored[:60]


def test_a_flood_of_workspaces_is_never_kept(bench):
    flood = "head -c 150000000 /dev/zero; touch ../../$npm_package_name; until [ -e ../../go ]; do sleep 0.05; done"
    p = tree(bench, {"a": "", "b": ""}, {"*": {"x": flood}})
    run = p.start("run", "x", "-ws", "--parallel")
    drain = subprocess.Popen(["wc", "-c"], stdin=run.stdout, stdout=subprocess.PIPE, text=True)
    until(lambda: p.has("a") and p.has("b"), 100)
    with open(f"/proc/{run.pid}/status") as f:
        peak = int(re.search(r"VmHWM:\s+(\d+) kB", f.read()).group(1))
    p.write("go", "")
    assert run.wait(30) == 0
    assert int(drain.communicate()[0]) > 300000000
    assert peak < 200000, peak


def test_signals_reach_all_workspaces(bench):
    wait = "echo $$ > ../../$npm_package_name; exec sleep 60"
    p = tree(bench, {"a": "", "b": "", "c": "a b"}, {"*": {"x": wait}, "c": {"x": NOTE}})
    for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        run = p.start("run", "x", "-ws", "--workspace-concurrency=4")
        until(lambda: p.has("a") and p.has("b") and p.read("a").strip() and p.read("b").strip())
        os.kill(run.pid, sig)
        run.communicate(timeout=20)
        assert run.returncode == -sig, run.returncode
        for name in "ab":
            assert not os.path.exists("/proc/" + p.read(name).strip())
            os.unlink(p.path(name))
    assert log(p) == []


def test_workspaces_that_catch_a_signal_are_waited_for(bench):
    polite = "trap 'sleep 0.3; touch ../../done-%s; exit 0' TERM; touch ../../%s; while :; do sleep 0.05; done"
    p = tree(bench, {"a": "", "b": ""}, {n: {"x": polite % (n, n)} for n in "ab"})
    run = p.start("run", "x", "-ws", "--parallel")
    until(lambda: p.has("a") and p.has("b"))
    os.kill(run.pid, signal.SIGTERM)
    run.communicate(timeout=20)
    assert run.returncode == 0 and p.has("done-a") and p.has("done-b"), run.returncode


def test_a_workspace_killed_alone_is_a_failure(bench):
    p = tree(bench, {"a": "", "b": "", "c": "a"}, {"*": {"x": NOTE}, "a": {"x": "kill -KILL $$"}})
    r = p.lode("run", "x", "-ws", "--workspace-concurrency=2")
    assert r.code == 128 + 9 and log(p) == ["b"], r


def test_filters_choose_for_every_command(bench):
    p = tree(bench, DIAMOND, {"*": {"x": NOTE, "env": "env"}}, devDependencies={"greet": "1"})
    p.write_json("packages/lib/package.json", {**p.json("packages/lib/package.json"), "dependencies": {"core": "1", "left": "1"}})
    chosen = lambda *args, **kw: sorted(line.split(":")[0] for line in p.ok("run", "--parseable", *args, **kw).out.split() if ":x:" in line)
    assert chosen("--filter", "lib...") == ["core", "lib"]
    assert chosen("-F", "...^core", "--filter=!app") == ["lib", "ui"]
    assert chosen("--filter", "./*", cwd=p.path("packages")) == sorted(DIAMOND)
    assert chosen("--filter", "{../ui}", "--filter", ".", cwd=p.path("packages/app")) == ["app", "ui"]
    assert chosen("--filter", "*", "-w", "ui", "-w", "app") == ["app", "ui"]
    r = p.ok("run", "x", "--filter", "nothing")
    assert r.out == f'No projects matched the filters in "{os.path.realpath(p.dir)}"\n' and log(p) == [], r
    assert p.lode("run", "x", "--filter", "nothing", "--fail-if-no-match").code == 1
    p.fails("EUSAGE", "run", "x", "--filter", "...")
    env = p.ok("run", "env", "--filter", "lib", "--workspace-concurrency=2", "--no-bail", "--test-pattern=x").out
    assert not re.search("npm_config_(filter|workspace|bail|test|parallel|sequential)", env), env
    p.ok("install", "--filter", "other", "--filter", "ui")
    assert not p.has("node_modules/left") and not p.has("node_modules/greet") and p.has("node_modules/ui"), p.listing("node_modules")
    p.ok("install")
    assert p.has("node_modules/left")
    listed = json.loads(p.ok("ls", "--json", "--filter", "lib").out)
    assert list(listed["dependencies"]) == ["lib"], listed
    p.write_json("package.json", {**p.json("package.json"), "scripts": {"x": "echo root"}})
    assert p.ok("run", "-s", "x", "--filter", ".").out == "root\n"
    p.write_json("package.json", {**p.json("package.json"), "scripts": {"x": "node $npm_execpath run x --filter '*' --silent"}})
    os.path.exists(p.path("log")) and os.unlink(p.path("log"))
    p.ok("run", "x")
    assert sorted(log(p)) == sorted(DIAMOND), "the project's own script does not choose itself"


def test_filters_ask_git_what_changed(bench):
    p = tree(bench, DIAMOND, {"*": {"x": NOTE}})

    def git(*args):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.test", *args], cwd=p.dir, check=True, capture_output=True)

    chosen = lambda *args: p.ok("run", "x", "--workspace-concurrency=1", *args) and sorted(log(p))
    git("init", "-q", "-b", "main"), git("add", "-A"), git("commit", "-qm", "1"), git("tag", "v1")
    p.write("packages/other/new.js", ""), git("add", "-A"), git("commit", "-qm", "2")
    git("checkout", "-q", "-b", "side", "v1")
    p.write("packages/lib/test/t\u00e4 st.js", ""), git("add", "-A"), git("commit", "-qm", "3")
    p.write("packages/core/package.json", p.read("packages/core/package.json") + "\n")
    p.write("packages/ui/untracked.js", "")
    assert chosen("--filter", "[main]") == ["core", "lib"], log(p)
    os.unlink(p.path("log"))
    assert chosen("--filter", "...lib[v1]", "--filter=!core", "--test-pattern=**/test/**") == ["lib"], log(p)
    os.unlink(p.path("log"))
    assert chosen("--filter", "[HEAD]...", "--changed-files-ignore-pattern=**/*.js") == ["core"], log(p)
    p.fails("EGIT", "run", "x", "--filter", "[nowhere]")
    p.fails("EGIT", "run", "x", "--filter", "[--output=x]")
    assert not p.has("x")


def test_a_terminals_interrupt_reaches_each_workspace_once(bench):
    caught = "trap 'echo int >> ../../$npm_package_name.got; exit 3' INT; touch ../../%s.up; while :; do sleep 0.05; done"
    p = tree(bench, {"a": "", "b": "", "c": "b"}, {"a": {"x": caught % "a"}, "b": {"x": caught % "b"}, "c": {"x": NOTE}})
    pid, terminal = pty.fork()
    if not pid:
        os.chdir(p.dir)
        os.execve(LODE, [LODE, "run", "x", "-ws", "--workspace-concurrency=3"], p.env())
    until(lambda: p.has("a.up") and p.has("b.up"))
    os.write(terminal, b"\x03")
    shown = b""
    try:
        while chunk := os.read(terminal, 4096):
            shown += chunk
    except OSError:
        pass  # what a terminal without a process says
    status = os.waitpid(pid, 0)[1]
    os.close(terminal)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGINT, (status, shown)
    assert [p.read(n + ".got") for n in "ab"] == ["int\n"] * 2 and log(p) == [], shown


def test_one_workspace_has_the_terminal(bench):
    p = tree(bench, {"a": "", "b": "a"}, {"*": {"x": "test -t 0 && test -t 1 && test -t 2", "y": "test ! -t 0 && test ! -t 1"}})
    run = lambda *words: os.waitstatus_to_exitcode(os.waitpid(start(*words), 0)[1])

    def start(*words):
        pid, terminal = pty.fork()
        if not pid:
            os.chdir(p.dir)
            os.execve(LODE, [LODE, "run", *words], p.env())
        threading.Thread(target=lambda: subprocess.run(["cat"], stdin=terminal, capture_output=True), daemon=True).start()
        return pid

    assert run("x", "-w", "a") == 0
    assert run("x", "--filter", "b") == 0
    assert run("x", "-ws", "--sequential") == 0
    assert run("x", "-ws", "--workspace-concurrency=1") == 0
    assert run("y", "-ws", "--workspace-concurrency=2") == 0


def test_exec_in_workspaces_in_their_order(bench):
    p = tree(bench, DIAMOND, {})
    r = p.ok("exec", "-s", "-ws", "--workspace-concurrency=3", "-c", "sleep 0.1; " + NOTE.replace("$npm_package_name", "$(basename $PWD)") + "; pwd")
    order = log(p)
    assert order.index("core") < order.index("lib") < order.index("app") and order.index("ui") < order.index("app"), order
    assert sorted(r.out.splitlines()) == [f"{n}: {os.path.realpath(p.path('packages', n))}" for n in sorted(DIAMOND)], r
    r = p.lode("exec", "-ws", "--workspace-concurrency=1", "-c", "test ${PWD##*/} != core || exit 5; touch ../../$(basename $PWD)")
    assert r.code == 5 and not any(p.has(n) for n in DIAMOND), r
    r = p.lode("exec", "--filter", "!other", "--no-bail", "-c", "touch ../../$(basename $PWD); test ${PWD##*/} != core || exit 5")
    assert r.code == 5 and all(p.has(n) for n in ("app", "core", "lib", "ui")) and not p.has("other"), r
    assert "the command failed in 1 of 4 workspaces" in r.err, r


def test_what_scripts_of_workspaces_leave_behind_holds_nobody(bench):
    p = tree(bench, {"a": "", "b": "a", "c": ""}, {
        "a": {"x": "sleep 30 & echo $! >> ../../left; echo up"}, "b": {"x": "rm -rf ../b; echo gone"}, "c": {"x": "read line; echo got $line"}})
    begun = time.monotonic()
    r = p.lode("run", "-s", "x", "-ws", "--workspace-concurrency=2")
    took = time.monotonic() - begun
    for pid in p.read("left").split():
        os.kill(int(pid), signal.SIGKILL)
    assert r.code == 0 and sorted(r.out.splitlines()) == ["a x: up", "b x: gone", "c x: got"] and took < 20, (r, took)
