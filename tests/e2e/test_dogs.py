"""Scripts that bite, in the three places where scripts run: `run`, the project's own lifecycle, a dependency's (confined).
lode neither hangs nor dies, and the tree is right afterwards. More of the last kind are in test_sandbox.py."""
import contextlib, json, os, resource, signal, subprocess, time

from harness import LODE, can_mount, on_terminal, until
from test_sandbox import PY, alive, tarball

MEMORY = 150 << 20      # what lode may need for itself, sanitizers aside


def run_of(bench, script, **more):
    return bench.project({"scripts": {"x": script, **more}})


def own_of(bench, script):
    return bench.project({"scripts": {"postinstall": script}, "dependencies": {"left": "1"}})


def dep_of(bench, script, grants=None):
    p = bench.project({"dependencies": {"dog": "file:dog.tgz", "left": "1"}, "allowScripts": {"file:dog.tgz": True},
                       "lode": {"scripts": {"file:dog.tgz": grants or {}}}})
    tarball(p.path("dog.tgz"), "dog", {"postinstall": script})
    return p


def linked_of(bench, script):
    """A workspace: captured as a dependency's script is, but not confined."""
    p = bench.project({"workspaces": ["ws"], "dependencies": {"left": "1"}})
    p.write("ws/package.json", json.dumps({"name": "ws", "version": "1.0.0", "scripts": {"postinstall": script}}))
    return p


def intact(p, dep="dog"):
    """The tree is whole and lode knows it: nothing is left to do, and each package is what its tarball has."""
    assert p.version("node_modules/left") == "1.1.0"
    if dep == "dog":
        assert p.read("node_modules/dog/index.js") == "// whole\n" and p.version("node_modules/dog") == "1.0.0"
    listed = p.json("node_modules/.package-lock.json")["packages"]
    for location in listed:
        assert os.path.isdir(p.path(location)), location
    p.ok("ls")
    assert not [n for n in os.listdir(p.path("node_modules")) if n.startswith(".lode-")]


def peak(pid):
    """Waits for a process; its status and the most memory it, or one it waited for, ever had."""
    _, status, usage = os.wait4(pid, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024


def sanitized():
    """A sanitizer's own memory is not lode's."""
    with open(LODE, "rb") as f:
        program = f.read()
    return b"__asan_" in program or b"__tsan_" in program


# ---- Signals and daemons ----

def test_dogs_deaf_to_signals_end_with_an_install(bench):
    deaf = "trap '' TERM INT HUP; echo $$ > %s; while :; do sleep 0.2; done"
    for p, pid in ((dep_of(bench, deaf % "pid"), "node_modules/dog/pid"), (linked_of(bench, deaf % "pid"), "ws/pid")):
        lode = p.start("install")
        until(lambda: p.has(pid) and p.read(pid).strip())
        number = int(p.read(pid))
        os.kill(lode.pid, signal.SIGTERM)
        lode.communicate(timeout=20)
        assert lode.returncode == -signal.SIGTERM, lode.returncode
        until(lambda: not alive(number))
        p.ok("install", "--ignore-scripts")
        assert p.version("node_modules/left") == "1.1.0"
    p = own_of(bench, "trap '' TERM; touch up; sleep 1; touch done")
    lode = p.start("install")
    until(lambda: p.has("up"))
    os.kill(lode.pid, signal.SIGTERM)
    lode.communicate(timeout=20)
    assert p.has("done"), "the project's own is waited for, as under npm"


def test_dogs_stopped_scripts_can_be_ended(bench):
    p = linked_of(bench, "echo $$ > pid; kill -STOP $$")
    lode = p.start("install")
    until(lambda: p.has("ws/pid") and p.read("ws/pid").strip())
    os.kill(lode.pid, signal.SIGINT)
    lode.communicate(timeout=20)
    assert lode.returncode == -signal.SIGINT


def test_dogs_with_daemons_are_not_waited_for(bench):
    daemon = "sleep 97 & echo $! > pid; true"
    cases = [(run_of(bench, daemon), "pid", ["run", "x"]), (run_of(bench, daemon, postx="true"), "pid", ["run", "x"]),
             (own_of(bench, daemon), "pid", ["install"]), (linked_of(bench, daemon), "ws/pid", ["install"]),
             (dep_of(bench, daemon), "node_modules/dog/pid", ["install"])]
    for p, pid, words in cases:
        began = time.monotonic()
        lode = p.start(*words)
        assert lode.wait(timeout=60) == 0 and time.monotonic() - began < 45, words
        lode.stdout.close()
        lode.stderr.close()
        if alive(int(p.read(pid))):
            os.kill(int(p.read(pid)), signal.SIGKILL)


# ---- Floods ----

def test_dogs_that_flood_cost_no_memory(bench):
    lines, bytes_ = "yes 0123456789012345678901234567890123456789 | head -c 300000000", "head -c 300000000 /dev/zero"
    for flood in (lines, bytes_):
        for p, words in ((run_of(bench, flood), ["run", "x"]), (run_of(bench, flood, postx="true"), ["run", "x"]), (own_of(bench, flood), ["install"]),
                         (linked_of(bench, flood), ["install"]), (dep_of(bench, flood), ["install"])):
            lode = subprocess.Popen([LODE, *words], cwd=p.dir, env=p.env(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL)
            code, memory = peak(lode.pid)
            lode.returncode = code
            assert code == 0 and (sanitized() or memory < MEMORY), (words, code, memory)


def test_dogs_that_flood_in_workspaces_cost_no_memory(bench):
    p = bench.project({"workspaces": ["a", "b"]})
    for name in ("a", "b"):
        p.write(name + "/package.json", json.dumps({"name": name, "version": "1.0.0", "scripts": {"x": "head -c 300000000 /dev/zero"}}))
    lode = subprocess.Popen([LODE, "run", "--workspaces", "x"], cwd=p.dir, env=p.env(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
    code, memory = peak(lode.pid)
    lode.returncode = code
    assert code == 0 and (sanitized() or memory < MEMORY), (code, memory)


# ---- Disks ----

def small_disk(p, size, *words):
    """Runs lode with the project on a disk of its own; what is on it afterwards comes back."""
    script = (f"mkdir -p {p.base}/disk && mount -t tmpfs -o size={size} tmpfs {p.base}/disk && cp -a {p.dir}/. {p.base}/disk/ && "
              f"mount --bind {p.base}/disk {p.dir} && cd {p.dir} && set +e; \"$@\"; code=$?; "
              f"rm -rf {p.base}/back; mkdir {p.base}/back; cp -a {p.dir}/. {p.base}/back/; exit $code")
    env = p.env({"TMPDIR": p.dir})
    r = subprocess.run(["unshare", "-Urm", "sh", "-ec", script, "sh", LODE, *words], env=env, capture_output=True, text=True,
                       errors="replace", timeout=120, stdin=subprocess.DEVNULL)
    if "back" in os.listdir(p.base):
        subprocess.run(["sh", "-ec", f"rm -rf {p.dir}/* {p.dir}/.[!.]*; cp -a {p.base}/back/. {p.dir}/"], check=True)
    return r


def test_dogs_that_fill_the_disk(bench):
    if not can_mount():
        print("skipped: no user and mount name spaces here")
        return
    fill = "head -c 100000000 /dev/zero > big"
    p = run_of(bench, fill)
    r = small_disk(p, "8m", "run", "x")
    assert r.returncode and "No space left" in r.stderr, r
    for make, big in ((own_of, "big"), (dep_of, "node_modules/dog/big"), (linked_of, "ws/big")):
        for script in (fill, fill + " 2>&-; true"):
            p = make(bench, script)
            r = small_disk(p, "8m", "install")
            assert r.returncode >= 0 and "Sanitizer" not in r.stderr and (r.returncode or make is not own_of or script != fill), r
            # Whatever came of it: with room again all is well.
            if p.has(big):
                os.unlink(p.path(big))
            p.ok("install", "--ignore-scripts")
            intact(p, "dog" if make is dep_of else None)


def test_dogs_that_may_not_write_files_that_big(bench):
    p = run_of(bench, "head -c 10000000 /dev/zero > big; echo after")
    r = subprocess.run([LODE, "run", "x"], cwd=p.dir, env=p.env(), capture_output=True, text=True, timeout=60,
                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)))
    assert r.returncode == 0 and "after" in r.stdout, r


# ---- The package and the project under its feet ----

def test_dogs_that_empty_their_package_are_found_out(bench):
    for script in ("rm -rf ./* .[!.]*", "rm package.json", "rm index.js package.json; mkdir package.json", "echo '{' > package.json",
                   "echo '{\"name\":\"dog\",\"version\":\"9.0.0\"}' > package.json"):
        p = dep_of(bench, script)
        r = p.ok("install")
        hidden = p.json("node_modules/.package-lock.json")["packages"] if p.has("node_modules/.package-lock.json") else {}
        assert "node_modules/dog" not in hidden, (script, r)
        p.ok("install", "--ignore-scripts")
        intact(p)
        q = dep_of(bench, script)
        q.ok("install")
        q.ok("ci", "--ignore-scripts")
        intact(q)


def test_dogs_that_remove_their_own_directory(bench):
    p = linked_of(bench, "cd ..; rm -rf ws")
    r = p.lode("install")
    assert r.code >= 0, r
    assert p.version("node_modules/left") in ("1.1.0", None)
    p = dep_of(bench, "cd /; rm -rf $V/project/node_modules/dog")
    p.lode("install", env={"V": p.base, "npm_config_script_sandbox": "off"})
    p.ok("install", "--ignore-scripts")
    intact(p)
    for words in (["run", "x"], ["install"]):
        q = bench.project({"scripts": {"x": "cd /; rm -rf $V/project", "postinstall": "cd /; rm -rf $V/project", "postx": "echo never mind"}})
        r = q.lode(*words, env={"V": q.base})
        assert r.code >= 0 and not q.has("package.json"), (words, r)


def test_dogs_with_a_hundred_thousand_files(bench):
    p = dep_of(bench, PY + "'import os\nfor d in range(100):\n os.mkdir(f\"d{d}\")\n for f in range(1000): open(f\"d{d}/{f}\", \"x\").close()'")
    p.ok("install", limit=300)
    intact(p)
    assert len(os.listdir(p.path("node_modules/dog/d99"))) == 1000
    p.ok("install", limit=300)
    p.ok("ci", "--ignore-scripts", limit=300)
    intact(p)
    assert not p.has("node_modules/dog/d0")


# ---- Streams ----

def test_dogs_that_wait_for_input_get_none(bench):
    for p, words in ((run_of(bench, "cat; echo got it"), ["-s", "run", "x"]), (own_of(bench, "cat; echo got it > got"), ["install"]),
                     (linked_of(bench, "cat; read x; echo got it > ../got"), ["install"]), (dep_of(bench, "cat; read x; echo got it > got"), ["install"])):
        p.ok(*words, limit=60)
    # Though a terminal is there, which a script whose output is kept does not get.
    p = linked_of(bench, "(cat < /dev/tty) > ../got 2>&1; (stty raw -echo < /dev/tty); cat; true")
    code, shown = on_terminal([LODE, "install"], "", p.dir, p.env(), 60)
    assert code == 0 and "No such device" in p.read("got"), shown


def test_dogs_that_close_their_streams(bench):
    close = "exec 0<&- 1>&- 2>&- 3>&- 4>&-; sleep 0.1; true"
    for p, words in ((run_of(bench, close, postx="echo post"), ["-s", "run", "x"]), (own_of(bench, close), ["install"]),
                     (linked_of(bench, close), ["install"]), (dep_of(bench, close), ["install"])):
        p.ok(*words, limit=60)


def test_lode_without_streams(bench):
    for closed in ("<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"):
        for p, words in ((run_of(bench, "echo text > file; ls -l /proc/self/fd > fds", postx="true"), "run x"), (dep_of(bench, "echo text; echo more >&2; echo x > made"), "install")):
            r = subprocess.run(["sh", "-c", f"exec {LODE} {words} {closed}"], cwd=p.dir, env=p.env(), capture_output=True, timeout=60)
            assert r.returncode == 0, (closed, words, r)
            if words == "run x":
                assert p.read("file") == "text\n"
            else:
                intact(p)
                assert p.read("node_modules/dog/made") == "x\n"
        for name in ("package.json", "package-lock.json"):
            assert "text" not in p.read(name)


# ---- The terminal ----

def modes_after(bench, script, *words, pre=""):
    """stty's settings before and after, on one terminal, by a shell that runs lode between."""
    p = bench.project({"scripts": {"x": script, "postinstall": script}})
    p.write("around.sh", f"stty -g > before; {pre} {LODE} {' '.join(words)}; echo $? > code; stty -g > after; ps -o pgid=,tpgid= -p $$ > groups\n")
    on_terminal(["/bin/sh", p.path("around.sh")], "", p.dir, p.env(), 60)
    assert p.has("after"), "the shell around was stopped"
    own, foreground = p.read("groups").split()
    assert own == foreground, "the terminal is the shell's again"
    return p.read("before"), p.read("after"), int(p.read("code"))


def test_dogs_that_change_the_terminal(bench):
    for script, status in (("stty raw -echo; kill -9 $$", 137), ("stty raw -echo -isig; exit 3", 3), ("stty -echo", 0)):
        for words in (["run", "x"], ["exec", "-c", f"'{script}'"], ["install"]):
            before, after, code = modes_after(bench, script, *words)
            assert before == after, (script, words)
            assert code == status or words == ["install"], (script, words, code)


def test_dogs_that_take_the_terminal_for_themselves(bench):
    take = PY + "'import os, signal; signal.signal(signal.SIGTTOU, signal.SIG_IGN); os.setpgid(0, 0); os.tcsetpgrp(0, os.getpid()); os.kill(os.getpid(), 9)'"
    before, after, code = modes_after(bench, take, "run", "x")
    assert before == after and code == 137


def test_lode_in_the_background_leaves_the_terminal_alone(bench):
    p = bench.project({"scripts": {"x": "sleep 0.5; echo done > done"}})
    p.write("around.sh", f"set -m; {LODE} run x & wait $!; echo $? > code\n")
    on_terminal(["/bin/sh", p.path("around.sh")], "", p.dir, p.env(), 60)
    assert p.read("code") == "0\n" and p.has("done")


def test_a_script_on_the_terminal_is_asked_once_for_an_interrupt(bench):
    p = bench.project({"scripts": {"x": "trap 'echo interrupted >> said' INT; echo up; sleep 3; echo end >> said", "postx": "true"}})
    on_terminal([LODE, "run", "x"], "\x03", p.dir, p.env(), 60)
    assert p.read("said").count("interrupted") == 1, p.read("said")


# ---- The environment ----

def test_dogs_with_a_huge_environment(bench):
    huge = {"config": {"x": "y" * 200_000}, "scripts": {"x": "echo never", "postinstall": "echo never"}}
    p = bench.project(huge)
    for words in (["run", "x"], ["install"]):
        r = p.lode(*words)
        assert r.code == 249 and "E2BIG" in r.err and "npm_package_config_x" in r.err, r
    p = run_of(bench, "echo ${#A}", postx="true")
    r = p.ok("-s", "run", "x", env={"A": "a" * 100_000, "B": "b" * 100_000})
    assert r.out == "100000\n"
    r = p.lode("run", "x", "--", "z" * 100_000, "z" * 100_000)
    assert r.code == 249 and "E2BIG" in r.err, r
    p = bench.project({"scripts": {"a": "umask 777; cd /; ulimit -n 10; echo", "posta": "touch made && ls made"}})
    assert p.ok("-s", "run", "a").out == "\nmade\n"
