"""Hostile install scripts, allowed by a careless user: none gets anything done, and lode says what was tried."""
import contextlib, io, json, os, re, socket, stat, tarfile, time

from harness import LODE, NODE, until

SECRET = "the-secret-nobody-may-read"
PY = "/usr/bin/python3 -c "
CANARIES = {"../home/.ssh/id_ed25519": SECRET, "../home/.aws/credentials": SECRET, "../home/.config/gh/hosts.yml": SECRET,
            "../home/.bashrc": "# mine\n", "../home/.bash_history": SECRET, ".env": SECRET, ".git/hooks/pre-commit.sample": "x\n"}


def tarball(path, name, scripts, files=None):
    manifest = {"name": name, "version": "1.0.0", "main": "index.js", "bin": {name: "index.js"}, "scripts": scripts}
    with tarfile.open(path, "w:gz") as tar:
        for entry, text in {"package.json": json.dumps(manifest), "index.js": "// whole\n", **(files or {})}.items():
            info = tarfile.TarInfo("package/" + entry)
            info.size, info.mode = len(text.encode()), 0o644
            tar.addfile(info, io.BytesIO(text.encode()))


def project(bench, script, grants=None, files=None):
    p = bench.project({"dependencies": {"evil": "file:evil.tgz", "sibling": "file:sibling.tgz"},
                       "allowScripts": {"file:evil.tgz": True},
                       "lode": {"scripts": {"file:evil.tgz": grants or {}}}})
    tarball(p.path("evil.tgz"), "evil", {"postinstall": script}, files)
    tarball(p.path("sibling.tgz"), "sibling", {})
    for name, text in CANARIES.items():
        p.write(name, text)
    p.write(".npmrc", "//registry.example.test/:_authToken=" + SECRET + "\n")
    return p


def untouched(p):
    for name, text in CANARIES.items():
        assert p.read(name) == text, name
        assert stat.S_IMODE(os.stat(p.path(name)).st_mode) == 0o644, name
        assert os.stat(p.path(name)).st_nlink == 1, name
        assert os.stat(p.path(name)).st_mtime > 1e9, name
    assert p.read("node_modules/sibling/index.js") == "// whole\n"
    assert os.stat(p.path("node_modules/sibling/index.js")).st_nlink <= 2
    assert p.json("package.json")["name"] == "project" and p.json("node_modules/evil/package.json")["name"] == "evil"
    assert not p.has("node_modules/.bin/planted") and not p.has("planted")


# What the script does; what lode says it was refused. $V: the victim's folder. The script goes on whatever happens.
TRIES = {
    "reads a key": ("cat $V/home/.ssh/id_ed25519", r"reading ~/\.ssh/id_ed25519"),
    "reads npm's tokens": ("cat ~/.npmrc", r"reading ~/\.npmrc"),
    "reads cloud credentials": ("cat ~/.aws/credentials", r"reading ~/\.aws/credentials"),
    "reads other programs' settings": ("cat ~/.config/gh/hosts.yml", r"reading ~/\.config/gh/hosts.yml"),
    "reads the project's secrets": ("cat $V/project/.env $V/project/.npmrc", r"reading .*/project/\.env"),
    "lists the home directory": ("ls -a ~", r"reading ~$"),
    "reads through a link of its own": ("ln -s ~/.ssh/id_ed25519 l; cat l", r"reading ~/\.ssh/id_ed25519"),
    "reads through /proc/self/root": ("cat /proc/self/root$V/home/.bash_history", r"reading ~/\.bash_history"),
    "reads through its parent's root": ("cat /proc/$PPID/root$V/home/.ssh/id_ed25519", r"reading /proc/\d+/root/"),
    "reads its parents' environment": ("cat /proc/$PPID/environ; cat /proc/$(ps -o ppid= $PPID | tr -d ' ')/environ",
                                       r"reading /proc/\d+/environ"),
    "links a key into its package": ("ln $V/home/.ssh/id_ed25519 key; cat key", r"writing ~/\.ssh/id_ed25519"),
    "appends to the shell's settings": ("echo evil >> ~/.bashrc", r"writing ~/\.bashrc"),
    "changes the project's manifest": ("echo '{}' > $V/project/package.json", r"writing .*/project/package\.json"),
    "plants a git hook": ("echo evil > $V/project/.git/hooks/planted", r"writing .*/\.git/hooks/planted"),
    "plants a program": ("ln -s /bin/true ../.bin/planted; cp /bin/true ../.bin/planted", r"writing .*/\.bin"),
    "changes a sibling": ("echo evil >> ../sibling/index.js", r"writing .*/sibling/index\.js"),
    "removes a sibling": ("rm -rf ../sibling", r"writing .*/sibling"),
    "puts itself in a sibling's place": ("mv ../sibling ./s; mv ../evil ../sibling", r"writing .*/sibling"),
    "links a sibling's file to change it": ("ln ../sibling/index.js mine && echo evil >> mine", r"writing .*/sibling/index\.js"),
    "writes through a link of its own": ("ln -s ~/.bashrc l; echo evil >> l", r"writing ~/\.bashrc"),
    "moves a file out": ("echo evil > planted; mv planted $V/project/planted", r"writing .*/project/planted"),
    "empties a file": (PY + "'import os; os.truncate(os.path.expanduser(\"~/.bashrc\"), 0)'", r"writing ~/\.bashrc"),
    "opens up a key": ("chmod 777 ~/.ssh/id_ed25519", r"changing mode.* ~/\.ssh/id_ed25519"),
    "opens up a key through a link": ("ln -s ~/.ssh/id_ed25519 l; chmod 777 l", r"changing mode.* ~/\.ssh/id_ed25519"),
    "opens up a key through a descriptor": (PY + "'import os; os.fchmod(os.open(os.path.expanduser(\"~/.bashrc\"), os.O_PATH), 0o777)'; "
                                            "chmod 777 /proc/self/cwd/../../.env", r"changing mode.* .*/\.env"),
    "gives a key away": ("chown 12345 ~/.ssh/id_ed25519", r"changing mode.* ~/\.ssh/id_ed25519"),
    "back-dates a file": ("touch -d @1000 ~/.ssh/id_ed25519; touch -a -d @1000 ~/.bashrc",
                          r"changing mode.* ~/\.ssh/id_ed25519|writing ~/\.ssh/id_ed25519"),
    "writes where others look": ("echo evil > /tmp/lode-planted-$$; echo evil > /dev/shm/lode-planted-$$", r"writing /tmp/lode-planted"),
    "poisons lode's cache": ("echo evil > $V/cache/planted; rm -rf $V/cache", r"writing .*/cache"),
    "kills its parent": ("kill -9 $PPID; kill -TERM $(ps -o ppid= $PPID | tr -d ' ')", r"sending a signal to process"),
    "kills everything": ("kill -9 -1", r"sending a signal to process -1"),
    "attaches to its parent": (PY + "'import ctypes,os; print(ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0))'", r"calling ptrace"),
    "reads its parent's memory": (PY + "'import ctypes,os; print(ctypes.CDLL(None).process_vm_readv(os.getppid(),0,0,0,0,0))'",
                                  r"calling process_vm_readv"),
    "connects": ("node -e 'require(\"net\").connect(process.env.PORT,\"127.0.0.1\").on(\"error\",()=>0)'", r"using the network"),
    "asks a name server": ("node -e 'require(\"dns\").resolve(\"example.test\",()=>0)'", r"using the network"),
    "sends a datagram": (PY + "'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b\"x\", (\"127.0.0.1\", 9))'",
                         r"using the network"),
    "listens": ("node -e 'require(\"net\").createServer().listen(0).on(\"error\",()=>0)'", r"using the network"),
    "connects to a local socket": ("node -e 'require(\"net\").connect(process.env.V+\"/s\").on(\"error\",()=>0)'",
                                   r"connecting to the local socket .*/s"),
    "connects to an abstract socket": (PY + "'import os,socket; socket.socket(socket.AF_UNIX).connect(chr(0)+os.environ[\"ABSTRACT\"])'",
                                       r"connecting to the local socket \(abstract\)"),
    "makes a set-user-ID program": ("cp /bin/true t; chmod 4755 t", r"making a set-user-ID file"),
    "makes a set-user-ID program at once": (PY + "'import os; os.umask(0); os.open(\"t\", os.O_CREAT|os.O_WRONLY, 0o4755)'", r"making a set-user-ID file"),
    "takes a user name space": ("unshare -Ur true", r"calling unshare"),
    "mounts": (PY + "'import ctypes; ctypes.CDLL(None).mount(b\"t\", b\".\", b\"tmpfs\", 0, None)'", r"calling mount"),
    "uses the keyring": (PY + "'import ctypes; ctypes.CDLL(None).syscall(250, 0, -4, 0)'", r"calling keyctl"),
}


@contextlib.contextmanager
def listeners(p):
    """A port, a socket and an abstract socket that would be glad of a connection; a set of who got one."""
    got, sockets = set(), []
    abstract = "lode-" + os.path.basename(p.base)
    for family, address in ((socket.AF_INET, ("127.0.0.1", 0)), (socket.AF_UNIX, p.base + "/s"), (socket.AF_UNIX, "\0" + abstract)):
        s = socket.socket(family)
        s.bind(address)
        s.listen()
        s.setblocking(False)
        sockets.append(s)
    yield str(sockets[0].getsockname()[1]), abstract, got
    for s in sockets:
        with contextlib.suppress(BlockingIOError):
            s.accept()
            got.add(s.family)
        s.close()


def attempt(bench, script, said):
    p = project(bench, f"{{ {script} ; }} > loot 2>&1; true")
    with listeners(p) as (port, abstract, got):
        r = p.ok("install", env={"V": p.base, "PORT": port, "ABSTRACT": abstract, "MY_API_TOKEN": SECRET})
    assert not got, f"{script}: got through"
    assert SECRET not in p.read("node_modules/evil/loot"), script
    assert re.search(f"(?m)sandbox +{said}", r.err), f"{script}\n{r}\n{p.read('node_modules/evil/loot')}"
    untouched(p)
    for path, _, files in os.walk(p.path("node_modules/evil")):
        assert not any(os.lstat(os.path.join(path, f)).st_mode & 0o6000 for f in files), script


def make_test(name, script, said):
    def test(bench):
        attempt(bench, script, said)
    test.__doc__ = f"A script that {name} is refused, and that is told."
    return test


for _name, (_script, _said) in TRIES.items():
    globals()["test_sandbox_" + re.sub(r"\W+", "_", _name)] = make_test(_name, _script, _said)


def test_sandbox_environment_has_no_secrets(bench):
    p = project(bench, "env > loot", {"env": ["WANTED_TOKEN"]})
    p.ok("install", env={"GITHUB_TOKEN": SECRET, "AWS_SECRET_ACCESS_KEY": SECRET, "npm_config__auth": "dXNlcjpwdw==",
                         "A_URL": f"https://user:{SECRET}@example.test/", "SSH_AUTH_SOCK": "/run/agent", "WANTED_TOKEN": "granted",
                         "PLAIN": "kept"})
    loot = p.read("node_modules/evil/loot")
    assert SECRET not in loot and "dXNlcjpwdw" not in loot and "SSH_AUTH_SOCK" not in loot and "COMPILE_CACHE" not in loot
    assert "PLAIN=kept" in loot and "WANTED_TOKEN=granted" in loot and "npm_package_name=evil" in loot


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_sandbox_daemons_end_with_the_script(bench):
    p = project(bench, "(setsid sh -c 'trap \"\" TERM HUP; echo $$ > pid; sleep 300' &) ; while ! [ -s pid ]; do sleep 0.05; done")
    p.ok("install")
    assert not alive(int(p.read("node_modules/evil/pid")))


def test_sandbox_fork_bomb_runs_into_the_limit(bench):
    p = project(bench, "b() { b | b & b; }; b; exit 3", {"processes": 60, "time": 10})
    began = time.monotonic()
    r = p.lode("install")
    assert r.code and "starting more processes than it may" in r.err, r
    assert time.monotonic() - began < 90


def test_sandbox_ends_what_takes_too_long(bench):
    p = project(bench, "trap '' TERM INT HUP; while :; do sleep 1; done", {"time": 1})
    r = p.lode("install", limit=60)
    assert r.code and "it took longer than it may" in r.err, r
    assert not p.has("node_modules/evil")


def test_sandbox_ends_what_eats_memory_or_processor(bench):
    p = project(bench, PY + "'a=[bytearray(10000000) for i in range(100)]; import time; time.sleep(60)'", {"memory": "300MB"})
    r = p.lode("install", limit=60)
    assert r.code and "it used more memory than it may" in r.err, r
    q = project(bench, "while :; do :; done", {"cpu": 1})
    r = q.lode("install", limit=100)
    assert r.code and "it used more processor time than it may" in r.err, r


def test_sandbox_survives_a_flood_of_output(bench):
    p = project(bench, "yes 0123456789012345678901234567890123456789 | head -c 1000000000; echo the end; exit 4")
    r = p.lode("install")
    assert r.code == 4 and "bytes left out" in r.err and "the end" in r.err and len(r.err) < 4_000_000


def test_sandbox_script_without_input_does_not_wait(bench):
    p = project(bench, "cat > loot; echo done >> loot")
    p.ok("install", limit=60)
    assert p.read("node_modules/evil/loot") == "done\n"


def test_sandbox_script_that_empties_its_own_package_harms_only_it(bench):
    p = project(bench, "rm -rf ./* .[!.]*; cd /; rmdir $V/project/node_modules/evil || true")
    p.ok("install", env={"V": p.base})
    assert p.read("node_modules/sibling/index.js") == "// whole\n"
    p.ok("ci")
    assert p.has("node_modules/sibling/index.js")


def test_sandbox_works_for_an_honest_script(bench):
    build = "mkdir -p build && echo 'int main(void){return 0;}' > build/a.c && cc -o build/a build/a.c && chmod 755 build/a && " \
            "./build/a && touch -d @1000000000 build/a && tar cf - build | (mkdir -p copy && tar xf - -C copy) && node -p 1+1 > two && " \
            "node -e 'require(\"sibling\"); require(\"child_process\").execSync(\"true\"); new Worker' 2>/dev/null; " \
            "echo x > $TMPDIR/t && cat $TMPDIR/t > three"
    p = project(bench, build)
    r = p.ok("install")
    assert "sandbox" not in r.err, r
    assert p.has("node_modules/evil/copy/build/a") and p.read("node_modules/evil/two") == "2\n"
    assert int(os.stat(p.path("node_modules/evil/build/a")).st_mtime) == 1000000000
    assert p.read("node_modules/evil/three") == "x\n"


def test_sandbox_shows_manifests_above_the_project(bench):
    p = project(bench, "node -p 'require(\"sibling\") && 1' > loot")
    p.write("../package.json", '{"name": "above", "type": "commonjs"}\n')
    r = p.ok("install")
    assert "sandbox" not in r.err and p.read("node_modules/evil/loot") == "1\n", r


def test_sandbox_grants_are_enough(bench):
    grants = {"net": True, "write": ["~/.cache/evil", "generated"], "read": ["settings.json"]}
    p = project(bench, "echo x > ~/.cache/evil/x && echo y > ../../generated/y && cat ../../settings.json > loot && "
                       "node -e 'require(\"net\").connect(process.env.PORT,\"127.0.0.1\").on(\"connect\",()=>process.exit(0))'", grants)
    p.write("settings.json", "{}\n")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        r = p.ok("install", env={"PORT": str(s.getsockname()[1])})
    assert "sandbox" not in r.err, r
    assert p.read("../home/.cache/evil/x") == "x\n" and p.read("generated/y") == "y\n" and p.read("node_modules/evil/loot") == "{}\n"


def test_sandbox_failure_names_the_command_that_grants(bench):
    p = project(bench, "echo x > ~/.cache/evil-data; exit 7")
    os.makedirs(p.path("../home/.cache"))
    r = p.lode("install")
    assert r.code == 7
    assert "lode install-scripts approve evil --allow-write=~/.cache/evil-data" in r.err, r


def test_sandbox_can_be_switched_off(bench):
    p = project(bench, "cat ~/.bashrc > loot")
    r = p.ok("install", "--script-sandbox=off")
    assert "sandbox" not in r.err and p.read("node_modules/evil/loot") == "# mine\n"
