"""Runs the lines of projects.py with npm or lode, and levels what the scripts saw so that it can be compared."""
import gzip, io, json, os, re, shutil, signal, subprocess, tarfile, tempfile
from projects import LINES, PROJECTS

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDED = os.path.join(HERE, "npm.json")

# What lode has otherwise, by name. The text: npm's value -> lode's, once paths are placeholders; None: only lode has it.
DIFFERS = {
    "npm_execpath": ("{NPM}/bin/npm-cli.js", "{LODE}/npm-cli.js"),
    "npm_config_node_gyp": ("{NPM}/node_modules/node-gyp/bin/node-gyp.js", "{LODE}/node-gyp/bin/node-gyp.js"),
    "NODE_COMPILE_CACHE": (None, "{DIR}/cache/compile"),
}
# What a confined script has otherwise, on top of that.
CONFINED = {
    "NODE_COMPILE_CACHE": None,
    "TMPDIR": "{TMP}", "TMP": "{TMP}", "TEMP": "{TMP}",
    "npm_config_cache": "{TMP}/cache",
    "npm_config_nodedir": "{LODE}/runtime",
    "PYTHONDONTWRITEBYTECODE": "1",
    "npm_config_userconfig": "/dev/null", "npm_config_globalconfig": "/dev/null",
}
# In PATH npm's folder with node-gyp is lode's with all that scripts find.
IN_PATH = ("{NPM}/node_modules/@npmcli/run-script/lib/node-gyp-bin", "{LODE}/shims")


def dump_program():
    with open(os.path.join(HERE, "dump.py")) as f:
        return f.read()


def text_of(value):
    return value if isinstance(value, str) else json.dumps(value, indent=2) + "\n"


def pack(path, files):
    with open(path, "wb") as f, gzip.GzipFile("", "wb", fileobj=f, mtime=0) as z, tarfile.open(fileobj=z, mode="w") as tar:
        for name, value in {**files, "dump.py": dump_program()}.items():
            data = text_of(value).encode()
            info = tarfile.TarInfo("package/" + name)
            info.size, info.mode = len(data), 0o644
            tar.addfile(info, io.BytesIO(data))


def lay(where, files):
    for name, value in files.items():
        path = os.path.join(where, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if name.endswith(".tgz"):
            pack(path, value)
            continue
        with open(path, "w") as f:
            f.write(text_of(value))
        if name.endswith("package.json"):
            with open(os.path.join(os.path.dirname(path), "dump.py"), "w") as f:
                f.write(dump_program())


def dumps(where):
    """Every line of every dump.jsonl, folder by folder; a package linked into node_modules counts once."""
    found = []
    for folder, folders, names in os.walk(where):
        folders.sort()
        if "dump.jsonl" in names:
            with open(os.path.join(folder, "dump.jsonl")) as f:
                found += [json.loads(line) for line in f]
            os.unlink(os.path.join(folder, "dump.jsonl"))
    return found


def parents(path):
    """The directories above one, without the root."""
    above = []
    while os.path.dirname(path) != "/":
        path = os.path.dirname(path)
        above.append(path)
    return above


class Side:
    """One of the two: its command, its placeholders (text -> placeholder) and its environment's additions."""

    def __init__(self, command, places, extra=None, tools=None, limit=120):
        self.command, self.places, self.extra, self.tools, self.limit = command, places, extra or {}, tools or {}, limit

    def environment(self, base, changes):
        env = {"PATH": base + "/tools:/usr/local/bin:/usr/bin:/bin", "HOME": base + "/home", "LANG": "C.UTF-8", "NO_COLOR": "1",
               "npm_config_cache": base + "/cache", "npm_config_prefix": base + "/global", "npm_config_audit": "false",
               "npm_config_update_notifier": "false", "npm_config_registry": "http://127.0.0.1:9/", **self.extra}
        for name, value in changes.items():
            env.pop(name, None)
            if value is not None:
                env[name] = value
        return env

    def call(self, words, cwd, env):
        p = subprocess.Popen([*self.command, *words], cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, start_new_session=True, umask=0o22)
        try:
            out, err = p.communicate(timeout=self.limit)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            p.communicate()
            raise AssertionError(f"{words} did not end")
        return p.returncode, out, err

    def run(self, project, words, special):
        base = os.path.realpath(tempfile.mkdtemp(prefix="env-"))
        try:
            top = base + "/project"
            for name in ("/home", "/global/lib/node_modules", "/project", "/tools"):
                os.makedirs(base + name)
            for name, target in self.tools.items():
                os.symlink(target, f"{base}/tools/{name}")
            lay(top, PROJECTS[project])
            env = self.environment(base, special.get("env", {}))
            for before in special.get("before", []):
                assert self.call(before, top, env)[0] == 0, before
            dumps(base)
            code, out, err = self.call(words, os.path.join(top, special.get("cwd", "")), env)
            return self.level({"status": code, "stdout": out, "stderr": err, "dumps": dumps(base)}, base)
        finally:
            shutil.rmtree(base, ignore_errors=True)

    def level(self, value, base):
        if isinstance(value, dict):
            return {self.level(k, base): self.level(v, base) for k, v in value.items()}
        if isinstance(value, list):
            return [self.level(v, base) for v in value]
        if isinstance(value, str):
            above = ":".join(p + "/node_modules/.bin" for p in parents(base))
            for text, place in [(above, "{ABOVE}"), (base, "{DIR}"), *self.places]:
                value = value.replace(text, place)
        return value


def npm_side(command):
    """command: 'node …/npm-cli.js'."""
    node, cli = command.split()
    root = os.path.dirname(os.path.dirname(os.path.realpath(cli)))
    return Side([node, cli], [(root, "{NPM}"), (os.path.realpath(node), "{NODE}")],
                tools={"node": os.path.realpath(node), "npm": os.path.realpath(cli), "npx": root + "/bin/npx-cli.js"})


def lode_side(lode, sandbox="off", extra=None):
    real = os.path.realpath(lode)
    for libexec in ("libexec/lode", "../libexec/lode"):
        libexec = os.path.normpath(os.path.join(os.path.dirname(real), libexec))
        if os.path.exists(libexec + "/npm-cli.js"):
            break
    node = os.path.realpath(libexec + "/runtime/bin/node")
    headers = os.path.dirname(os.path.dirname(node))
    return Side([real], [(libexec + "/shims/npm", "{LODE}/shims/npm"), (node, "{NODE}"), (libexec, "{LODE}"), (headers, "{LODE}/runtime")],
                {**({"npm_config_script_sandbox": sandbox} if sandbox else {}), **(extra or {})})


def as_lode(env, confined):
    """npm's environment as lode's has to be: by the lists above and nothing else."""
    env = dict(env)
    for name, (npm, lode) in DIFFERS.items():
        if npm is None:
            env[name] = lode
        elif env.get(name) == npm:
            env[name] = lode
    for name in env:
        if name.lower() == "path":
            env[name] = env[name].replace(*IN_PATH)
    for name, value in CONFINED.items() if confined else ():
        env[name] = value
    return {k: v for k, v in env.items() if v is not None}


def compare(npm, lode, sandbox=False):
    """What differs, as lines. sandbox: lode's is on."""
    said = []
    if npm["status"] != lode["status"]:
        said.append(f"status: npm {npm['status']}, lode {lode['status']}: {lode['stderr'][-600:]}")
    if len(npm["dumps"]) != len(lode["dumps"]):
        return said + [f"scripts run: npm {len(npm['dumps'])}, lode {len(lode['dumps'])}: {lode['stderr'][-600:]}"]
    for a, b in zip(npm["dumps"], lode["dumps"]):
        where = a["cwd"] + " " + a["env"].get("npm_lifecycle_event", "")
        want, got = as_lode(a["env"], sandbox and "/node_modules/" in a["cwd"]), b["env"]
        got.pop("npm_config_script_sandbox", None)  # the test's own doing
        for name in sorted({*want, *got}):
            if want.get(name) != got.get(name):
                said.append(f"{where}: {name}: npm {want.get(name)!r}, lode {got.get(name)!r}")
        if a["streams"][0] == "pipe" and b["streams"][0] == "null":     # both are at their end
            a = {**a, "streams": ["null", *a["streams"][1:]]}
        for what in ("argv", "cwd", "umask", "streams", "ignored"):
            if a[what] != b[what]:
                said.append(f"{where}: {what}: npm {a[what]}, lode {b[what]}")
    return said


def name_of(line):
    project, words, special = line
    extra = "".join(f" [{k} {json.dumps(v, ensure_ascii=False)}]" for k, v in special.items())
    return f"{project}: {json.dumps(words, ensure_ascii=False)}{extra}"


def lines(words):
    return [line for line in LINES if all(w in name_of(line) for w in words)]


# ---- What is recorded: of each environment only what the one before it has otherwise ----

def squeeze(runs):
    before, out = {}, {}
    for name, run in runs.items():
        short = {"status": run["status"], "dumps": []}
        for d in run["dumps"]:
            env = {k: v for k, v in d["env"].items() if before.get(k) != v}
            gone = [k for k in before if k not in d["env"]]
            short["dumps"].append({**{k: v for k, v in d.items() if k != "env"}, "env": env, "gone": gone})
            before = d["env"]
        out[name] = short
    return out


def recorded():
    before, out = {}, {}
    with open(RECORDED) as f:
        runs = json.load(f)
    for name, run in runs.items():
        for d in run["dumps"]:
            gone = d.pop("gone")
            before = {**{k: v for k, v in before.items() if k not in gone}, **d["env"]}
            d["env"] = before
        out[name] = run
    return out
