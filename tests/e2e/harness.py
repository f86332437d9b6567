"""Runs the real program on real folders against the fixture registry. No network but loopback.

    LODE=build/prefix/bin/lode tests/e2e/run.py [NAME …]

A test is a function test_… in a test_*.py file; it gets a Bench, which gives it projects and the registry.
"""
import json, os, pty, re, select, shutil, signal, subprocess, tempfile, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LODE = os.path.abspath(os.environ.get("LODE", os.path.join(ROOT, "build/prefix/bin/lode")))
NODE = os.path.join(ROOT, "build/runtime/bin/node")
# All that a test has of the environment it is started in: what else is there (CI, proxies, npm's settings) would change
# what lode does.
KEPT = ("PATH", "LANG", "LC_ALL", "TERM", "TMPDIR", "USER", "LOGNAME", "SHELL",
        "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LODE_RUNTIME")
LIMIT = int(os.environ.get("LODE_TEST_SECONDS", "120"))


# What the address sanitizer says of every program with fibers.
FIBERS = re.compile(r"^==\d+==WARNING: ASan doesn't fully support makecontext/swapcontext.*\n", re.M)


class Registry:
    """The fixture registry in a process of its own; it ends with this one."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="lode-registry-")
        self.process = subprocess.Popen([NODE, os.path.join(ROOT, "fixtures/registry/server.mjs"), self.dir],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        said = json.loads(self.process.stdout.readline())
        self.url, self.other, self.cafile = said["url"], said["other"], said["cafile"]
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def requests(self):
        """Every request so far: (method, host, path, protocol, credentials)."""
        try:
            with open(os.path.join(self.dir, "requests.log")) as f:
                return [tuple(line.rstrip("\n").split(" ", 4)) for line in f]
        except FileNotFoundError:
            return []

    def otps(self):
        """Every request that had a one-time password: (method, host, path)."""
        try:
            with open(os.path.join(self.dir, "otps.log")) as f:
                return [tuple(line.split()) for line in f]
        except FileNotFoundError:
            return []

    def whole(self):
        """Names whose whole document was asked for so far."""
        try:
            with open(os.path.join(self.dir, "whole.log")) as f:
                return f.read().split()
        except FileNotFoundError:
            return []

    def writes(self):
        """What was sent to be changed so far: method, path, otp, user, body."""
        try:
            with open(os.path.join(self.dir, "writes.jsonl")) as f:
                return [json.loads(line) for line in f]
        except FileNotFoundError:
            return []

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        shutil.rmtree(self.dir, ignore_errors=True)


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, FIBERS.sub("", err)

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class Project:
    """A folder with a package.json, its own home and, unless shared, its own cache."""

    def __init__(self, registry, base, manifest=None, cache=None):
        self.registry = registry
        self.base = tempfile.mkdtemp(dir=base)
        self.dir = os.path.join(self.base, "project")
        self.cache = cache or os.path.join(self.base, "cache")
        self.home = os.path.join(self.base, "home")
        os.makedirs(self.dir)
        os.makedirs(self.home)
        self.write("../home/.npmrc", f"registry={registry.url}\ncafile={registry.cafile}\nfetch-retry-mintimeout=20\n"
                                     "fetch-retry-maxtimeout=100\naudit=false\nfund=false\n")
        if manifest is not None:
            self.write("package.json", json.dumps({"name": "project", "version": "1.0.0", **manifest}, indent=2) + "\n")

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def write(self, name, text, mode=None):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w") as f:
            f.write(text)
        if mode:
            os.chmod(self.path(name), mode)

    def write_json(self, name, value):
        self.write(name, json.dumps(value, indent=2) + "\n")

    def read(self, name):
        with open(self.path(name)) as f:
            return f.read()

    def json(self, name):
        return json.loads(self.read(name))

    def has(self, name):
        return os.path.lexists(self.path(name))

    def version(self, location):
        """The version installed at a place, or None."""
        try:
            return self.json(location + "/package.json")["version"]
        except FileNotFoundError:
            return None

    def listing(self, below="."):
        """What is there: path -> link target, or mode and contents."""
        found = {}
        for folder, dirs, files in os.walk(self.path(below)):
            for name in dirs + files:
                full = os.path.join(folder, name)
                where = os.path.relpath(full, self.dir)
                if os.path.islink(full):
                    found[where] = ("link", os.readlink(full))
                elif os.path.isfile(full):
                    with open(full, "rb") as f:
                        found[where] = (os.stat(full).st_mode & 0o777, f.read())
                else:
                    found[where] = ("dir",)
        return found

    def env(self, extra=None):
        env = {k: os.environ[k] for k in KEPT if k in os.environ}
        env.update(HOME=self.home, npm_config_cache=self.cache)
        env.update(extra or {})
        return env

    def start(self, *args, env=None, cwd=None, prefix=()):
        return subprocess.Popen([*prefix, LODE, *args], cwd=cwd or self.dir, env=self.env(env), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
                                start_new_session=True)

    def lode(self, *args, env=None, cwd=None, prefix=(), limit=LIMIT):
        p = self.start(*args, env=env, cwd=cwd, prefix=prefix)
        try:
            out, err = p.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            out, err = p.communicate()
            raise AssertionError(f"lode {' '.join(args)} did not end within {limit} s\n{out}\n{err}")
        return Result(p.returncode, out, err)

    def ok(self, *args, **kw):
        r = self.lode(*args, **kw)
        assert r.code == 0, f"lode {' '.join(args)}: {r}"
        return r

    def opened(self, *args):
        """What its processes ran and opened, as strace writes it; the command succeeds."""
        trace = self.path("trace")
        r = self.lode(*args, prefix=("strace", "-f", "-qq", "-e", "trace=execve,openat", "-o", trace),
                      env={"ASAN_OPTIONS": "detect_leaks=0"})  # the leak checker cannot work under strace
        assert r.code == 0, r
        seen = self.read("trace")
        os.unlink(trace)
        return seen

    def fails(self, code, *args, **kw):
        """Must fail, name npm's code, and not crash."""
        r = self.lode(*args, **kw)
        assert r.code > 0, f"lode {' '.join(args)} was to fail with {code}: {r}"
        assert code in r.err, f"lode {' '.join(args)} was to fail with {code}: {r}"
        return r


class Bench:
    def __init__(self, registry):
        self.registry = registry
        self.base = tempfile.mkdtemp(prefix="lode-e2e-")

    def project(self, manifest=None, cache=None):
        return Project(self.registry, self.base, manifest, cache)

    def close(self):
        subprocess.run(["chmod", "-R", "u+rwX", self.base], check=False)
        shutil.rmtree(self.base, ignore_errors=True)


def can_mount():
    return subprocess.run(["unshare", "-Urm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"], capture_output=True).returncode == 0


def until(condition, seconds=10):
    """Waits for something to become true; asserts that it does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def on_terminal(command, typed, cwd, env, limit=LIMIT):
    """Runs it on a terminal of its own; each line is typed once it is quiet. Its status and all that was shown."""
    pid, fd = pty.fork()
    if not pid:
        os.chdir(cwd)
        os.execvpe(command[0], command, env)
    out, end, quiet = b"", time.monotonic() + limit, time.monotonic()
    while True:
        ready = select.select([fd], [], [], 0.1)[0]
        if time.monotonic() > end:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise AssertionError(f"{command} did not end on its terminal\n{out.decode(errors='replace')}")
        if ready:
            try:
                chunk = os.read(fd, 65536)
            except OSError:
                break
            if not chunk:
                break
            out, quiet = out + chunk, time.monotonic()
        elif typed and out and time.monotonic() - quiet > 0.7:
            # a line at a time, as a person would
            line, typed = re.match(r"(?s)([^\n]*\n|.+)(.*)", typed).groups()
            os.write(fd, line.encode())
            quiet = time.monotonic()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(fd)
    return code, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", out.decode(errors="replace"))
