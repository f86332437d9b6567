"""Hostile install scripts, allowed by a careless user: none gets anything done, and lode says what was tried."""
import contextlib, io, json, os, re, signal, socket, stat, subprocess, tarfile, time

from harness import LODE, NODE, until
from test_install import make_repository

SECRET = "the-secret-nobody-may-read"
PY = "/usr/bin/python3 -c "
C = PY + "'import ctypes, os, socket, signal, fcntl, time; C = ctypes.CDLL(None, use_errno=True); up = os.getppid(); "
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
    "reads the project's secrets": ("cat $V/project/.env $V/project/.npmrc", r"reading \.env"),
    "lists the home directory": ("ls -a ~", r"reading ~$"),
    "reads through a link of its own": ("ln -s ~/.ssh/id_ed25519 l; cat l", r"reading ~/\.ssh/id_ed25519"),
    "reads through /proc/self/root": ("cat /proc/self/root$V/home/.bash_history", r"reading ~/\.bash_history"),
    "reads through its parent's root": ("cat /proc/$PPID/root$V/home/.ssh/id_ed25519", r"reading /proc/\d+/root/"),
    "reads its parents' environment": ("cat /proc/$PPID/environ; cat /proc/$(ps -o ppid= $PPID | tr -d ' ')/environ",
                                       r"reading /proc/\d+/environ"),
    "links a key into its package": ("ln $V/home/.ssh/id_ed25519 key; cat key", r"writing ~/\.ssh/id_ed25519"),
    "appends to the shell's settings": ("echo evil >> ~/.bashrc", r"writing ~/\.bashrc"),
    "changes the project's manifest": ("echo '{}' > $V/project/package.json", r"writing package\.json"),
    "plants a git hook": ("echo evil > $V/project/.git/hooks/planted", r"making the file \.git/hooks/planted"),
    "plants a program": ("ln -s /bin/true ../.bin/planted; cp /bin/true ../.bin/planted", r"writing .*/\.bin"),
    "changes a sibling": ("echo evil >> ../sibling/index.js", r"writing .*/sibling/index\.js"),
    "removes a sibling": ("rm -rf ../sibling", r"writing .*/sibling"),
    "puts itself in a sibling's place": ("mv ../sibling ./s; mv ../evil ../sibling", r"writing .*/sibling"),
    "writes through a link of its own": ("ln -s ~/.bashrc l; echo evil >> l", r"writing ~/\.bashrc"),
    "moves a file out": ("echo evil > planted; mv planted $V/project/planted", r"writing planted"),
    "empties a file": (PY + "'import os; os.truncate(os.path.expanduser(\"~/.bashrc\"), 0)'", r"writing ~/\.bashrc"),
    "opens up a key": ("chmod 777 ~/.ssh/id_ed25519", r"changing mode.* ~/\.ssh/id_ed25519"),
    "opens up a key through a link": ("ln -s ~/.ssh/id_ed25519 l; chmod 777 l", r"changing mode.* ~/\.ssh/id_ed25519"),
    "opens up a key through a descriptor": (PY + "'import os; os.fchmod(os.open(os.path.expanduser(\"~/.bashrc\"), os.O_PATH), 0o777)'; "
                                            "chmod 777 /proc/self/cwd/../../.env", r"changing mode.* \.env"),
    "gives a key away": ("chown 12345 ~/.ssh/id_ed25519", r"changing mode.* ~/\.ssh/id_ed25519"),
    "back-dates a file": ("touch -d @1000 ~/.ssh/id_ed25519; touch -a -d @1000 ~/.bashrc",
                          r"changing mode.* ~/\.ssh/id_ed25519|writing ~/\.ssh/id_ed25519"),
    "writes where others look": ("echo evil > /tmp/lode-planted-$$; echo evil > /dev/shm/lode-planted-$$", r"making the file /tmp/lode-planted"),
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
    "reads the kernel's secrets": ("cat /etc/shadow; cat /etc/machine-id", r"reading /etc/(shadow|machine-id)"),
    "reads through its parent's working directory": ("cat /proc/$PPID/cwd/../.env", r"reading (/proc/\d+/cwd|\.env)"),
    "writes into its parent's memory": (PY + "'import os; open(\"/proc/%d/mem\" % os.getppid(), \"wb\")'", r"(reading|writing) /proc/\d+/mem"),
    "takes its parent's descriptors": (C + "print(C.syscall(438, os.pidfd_open(up), 1, 0))'", r"calling pidfd_getfd"),
    "watches the home directory": (C + "print(C.inotify_add_watch(C.inotify_init(), os.environ[\"HOME\"].encode(), 0xfff))'", r"reading ~$"),
    "marks the file system": (C + "print(C.fanotify_init(0, 0))'", r"calling fanotify_init"),
    "plants a global hook": ("mkdir -p ../.hooks && echo evil > ../.hooks/postinstall", r"writing node_modules/\.hooks"),
    "rewrites the hidden lockfile": ("echo {} > ../.package-lock.json", r"(writing|making the file) node_modules/\.package-lock\.json"),
    "plants settings": ("echo ignore-scripts=false > $V/project/.npmrc; echo x > $V/project/binding.gyp", r"writing \.npmrc"),
    "plants a build that the project would run": ("echo {} > $V/project/binding.gyp; touch $V/project/.pnp.cjs", r"making the file binding\.gyp"),
    "plants a program for all": ("mkdir -p ~/.local/bin; cp /bin/true /usr/local/bin/lode-planted", r"making the file /usr/local/bin/lode-planted"),
    "plants a service": ("mkdir -p ~/.config/systemd/user; echo x > ~/.config/planted", r"writing ~/\.config/systemd"),
    "sets the kernel's core handler": ("echo \"|/bin/true\" > /proc/sys/kernel/core_pattern", r"writing /proc/sys/kernel/core_pattern"),
    "makes a control group": ("mkdir /sys/fs/cgroup/planted", r"writing /sys/fs/cgroup/planted"),
    "moves a directory of its own over a sibling": (PY + "'import ctypes, os; os.mkdir(\"d\"); print(ctypes.CDLL(None).renameat2(-100, b\"d\", -100, "
                                                    "b\"../sibling\", 2))'", r"writing .*/sibling"),
    "links a hidden file out of a descriptor": (C + "f = os.open(os.environ[\"HOME\"] + \"/.bashrc\", os.O_PATH); "
                                                "print(C.linkat(f, b\"\", -100, b\"got\", 0x1000)); os.link(\"/proc/self/fd/%d\" % f, \"got\", "
                                                "follow_symlinks=True)'", r"writing .*\.bashrc"),
    "signals through a descriptor of a process": (C + "signal.pidfd_send_signal(os.pidfd_open(int(open(\"/proc/%d/stat\" % up).read().split()[3])), 9)'", r"sending a signal to process"),
    "signals when data comes": (C + "a, b = socket.socketpair(); fcntl.fcntl(a, fcntl.F_SETSIG, 9); fcntl.fcntl(a, fcntl.F_SETOWN, up)'",
                                r"calling fcntl"),
    "signals when data comes, otherwise": (C + "a, b = socket.socketpair(); fcntl.ioctl(a, 0x8901, ctypes.c_int(up))'", r"calling ioctl"),
    "queues a signal": (C + "print(C.sigqueue(int(open(\"/proc/%d/stat\" % up).read().split()[3]), 9, None))'", r"sending a signal to process"),
    "types into the terminal": (C + "print(C.ioctl(0, 0x5412, b\"x\"))'", r"calling ioctl"),
    "hides from its watcher": (C + "print(C.prctl(4, 0))'", r"calling prctl"),
    "starves its user's processes": (C + "print(C.setpriority(2, 0, 19))'", r"calling setpriority"),
    "keeps memory nobody counts": (C + "print(C.syscall(319, b\"m\", 0))'", r"calling memfd_create"),
    "shares memory with others": (C + "print(C.shmget(1234, 4096, 0o1666))'", r"calling shmget"),
    "stops the kernel at its page faults": (C + "print(C.syscall(323, 0))'", r"calling userfaultfd"),
    "loads a program into the kernel": (C + "print(C.syscall(321, 0, 0, 0))'", r"calling bpf"),
    "counts events of others": (C + "print(C.syscall(298, 0, up, -1, -1, 0))'", r"calling perf_event_open"),
    "opens files by their numbers": (C + "print(C.open_by_handle_at(-100, ctypes.create_string_buffer(64), 0))'", r"calling open_by_handle_at"),
    "enters its parent's name space": (C + "print(C.setns(os.pidfd_open(up), 0x20000000))'", r"calling setns"),
    "mounts by the new calls": (C + "print(C.syscall(430, b\"tmpfs\", 0))'", r"calling fsopen"),
    "changes its root": (C + "print(C.chroot(b\".\"))'", r"calling chroot"),
    "makes a process in a name space": (C + "print(C.syscall(56, 0x10000011, 0, 0, 0, 0))'", r"calling clone"),
    "sends a datagram through a pair of sockets": (C + "[socket.socketpair(socket.AF_UNIX, t)[0].sendto(b\"x\", os.environ[\"V\"] + \"/d\") "
                                                   "for t in (3, 2)]'", r"calling socketpair"),
    "sends a datagram to a local socket": (C + "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b\"x\", os.environ[\"V\"] + \"/d\")'",
                                           r"connecting to the local socket \(family 1\)"),
    "connects to what others serve": (C + "[socket.socket(socket.AF_UNIX).connect_ex(p) for p in (\"/var/run/docker.sock\", \"/run/dbus/system_bus_socket\", "
                                      "\"/tmp/.X11-unix/X0\")]'", r"connecting to the local socket /var/run/docker\.sock"),
    "makes raw packets": (C + "socket.socket(17, 3, 768)'", r"connecting to the local socket \(family 17\)"),
    "talks to the hypervisor": (C + "socket.socket(40, 1)'", r"connecting to the local socket \(family 40\)"),
    "uses the kernel's ciphers": (C + "socket.socket(38, 5)'", r"connecting to the local socket \(family 38\)"),
    "pings": (C + "socket.socket(2, 2, 1)'", r"using the network"),
    "connects over several paths": (C + "socket.socket(2, 1, 262)'", r"using the network"),
    "connects while it sends": (C + "socket.socket(10, 1).sendto(b\"x\", 0x20000000, (\"::1\", 9))'", r"using the network"),
    "uses the keyring": (PY + "'import ctypes; ctypes.CDLL(None).syscall(250, 0, -4, 0)'", r"calling keyctl"),
}


@contextlib.contextmanager
def listeners(p):
    """A port, a socket and an abstract socket that would be glad of a connection; a set of who got one."""
    got, sockets = set(), []
    abstract = "lode-" + os.path.basename(p.base)
    datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    datagrams.bind(p.base + "/d")
    datagrams.setblocking(False)
    for family, address in ((socket.AF_INET, ("127.0.0.1", 0)), (socket.AF_UNIX, p.base + "/s"), (socket.AF_UNIX, "\0" + abstract)):
        s = socket.socket(family)
        s.bind(address)
        s.listen()
        s.setblocking(False)
        sockets.append(s)
    yield str(sockets[0].getsockname()[1]), abstract, got
    with datagrams, contextlib.suppress(BlockingIOError):
        datagrams.recv(1)
        got.add("datagram")
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


def test_sandbox_ends_with_a_lode_that_is_killed(bench):
    p = project(bench, "echo $$ > pid; sleep 300 & wait")
    lode = p.start("install")
    until(lambda: p.has("node_modules/evil/pid") and p.read("node_modules/evil/pid").strip())
    pid = int(p.read("node_modules/evil/pid"))
    os.kill(lode.pid, signal.SIGKILL)
    lode.wait(10)
    until(lambda: not alive(pid))


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
    assert "lode install-scripts approve evil --allow-write-file=~/.cache/evil-data" in r.err, r


def test_sandbox_can_be_switched_off(bench):
    p = project(bench, "cat ~/.bashrc > loot")
    r = p.ok("install", "--script-sandbox=off")
    assert "sandbox" not in r.err and p.read("node_modules/evil/loot") == "# mine\n"


def test_sandbox_calls_with_another_way_are_missing_without_a_word(bench):
    """io_uring, openat2, clone3; calls newer than the filter; what file systems are asked by ioctl()."""
    p = project(bench, C + "print([C.syscall(n, 0, 0, 0, 0) or ctypes.get_errno() for n in (425, 437, 435, 447, 467, 469)], "
                           "ctypes.get_errno(), [C.ioctl(os.open(\".\", 0), n, 0) and ctypes.get_errno() for n in (0x5000940e, 0x40086602, 0x40806685)])' > loot")
    r = p.ok("install")
    assert "sandbox" not in r.err, r
    assert p.read("node_modules/evil/loot") == "[-1, -1, -1, -1, -1, -1] 38 [25, 25, 25]\n"


RACE = """
import ctypes, os, sys, threading, time
C = ctypes.CDLL(None)
home, until = os.environ["HOME"], time.time() + 3
open("mine", "w").close()
os.symlink("mine", "swapped")

def swap():
    while time.time() < until:
        for target in (home + "/.bashrc", "mine"):
            os.symlink(target, "next")
            os.rename("next", "swapped")

text = ctypes.create_string_buffer(256)
def rewrite():
    while time.time() < until:
        text.value = (home + "/.bashrc").encode()
        text.value = b"mine"

threads = [threading.Thread(target=swap), threading.Thread(target=rewrite)]
for t in threads:
    t.start()
while time.time() < until:
    for path in (b"swapped", text):
        C.chmod(path, 0o777)
        C.utimes(path, None)
        C.link(path, b"linked")
        C.close(C.open(path, os.O_WRONLY | os.O_TRUNC))
        C.unlink(b"linked")
for t in threads:
    t.join()
"""


def test_sandbox_loses_no_race_with_a_changing_path(bench):
    p = project(bench, "/usr/bin/python3 race.py > loot 2>&1", files={"race.py": RACE})
    os.makedirs(p.path("../home"), exist_ok=True)
    r = p.ok("install")
    assert "~/.bashrc" in r.err, r
    untouched(p)


def test_sandbox_answers_in_time_whatever_the_flood(bench):
    flood = "import os, threading\ndef f():\n while 1:\n  try: os.open(os.environ['HOME'] + '/.bashrc', 0)\n  except OSError: pass\n" \
            "[threading.Thread(target=f).start() for i in range(8)]\n"
    p = project(bench, "for i in 1 2 3; do /usr/bin/python3 flood.py & done; wait", {"time": 3}, {"flood.py": flood})
    began = time.monotonic()
    r = p.lode("install", limit=100)
    assert r.code and "it took longer than it may" in r.err and "reading ~/.bashrc" in r.err, r
    assert time.monotonic() - began < 60


def test_sandbox_lets_no_chain_of_processes_outlive_it(bench):
    chain = "import ctypes, os, signal, sys, time\nC = ctypes.CDLL(None)\nC.prctl(36, 1)\nfor i in range(150):\n if os.fork(): break\n os.setsid()\n" \
            "else: open('deep', 'w').write(str(os.getpid()))\nsignal.signal(15, signal.SIG_IGN)\n" \
            "if i % 2: os.kill(os.getpid(), signal.SIGSTOP)\ntime.sleep(300)\n"
    p = project(bench, "/usr/bin/python3 chain.py & while ! [ -s deep ]; do sleep 0.05; done", files={"chain.py": chain})
    p.ok("install", limit=100)
    assert not alive(int(p.read("node_modules/evil/deep")))


def test_sandbox_report_names_every_kind(bench):
    """A script cannot hide what it does behind many refusals of another kind."""
    p = project(bench, "for i in $(seq 200); do echo x > ~/planted$i; cat ~/none$i; done 2>/dev/null; cat ~/.ssh/id_ed25519; kill -9 $PPID; true")
    r = p.ok("install")
    assert "reading ~/.ssh/id_ed25519" in r.err and "sending a signal" in r.err and "more of the same kind (file)" in r.err, r
    assert len(re.findall("planted", r.err)) < 30


def test_sandbox_tells_no_command_that_would_grant_keys(bench):
    p = project(bench, "cat ~/.ssh/id_ed25519 ~/.npmrc /etc/shadow; ls ~ /; echo x >> ~/.bashrc; echo x > $V/project/\"it's\"; true")
    r = p.ok("install", env={"V": p.base})
    assert "reading ~/.ssh/id_ed25519" in r.err, r
    assert "if it may: lode install-scripts approve evil '--allow-write-file=it'\\''s'\n" in r.err, r


def test_sandbox_tells_no_command_that_would_grant_what_lode_itself_runs(bench):
    p = project(bench, "cd ../..; for f in node_modules/.bin/tool node_modules/sibling/x .npmrc .npm-extension.mjs .github/w.yml; do "
                       "mkdir -p $(dirname $f); echo x >> $f; done; echo x >> package.json; true")
    r = p.ok("install")
    assert "package.json" in r.err and "if it may" not in r.err, r


def test_sandbox_identity_is_not_the_package_s_to_choose(bench):
    """What a package writes into its own manifest gives it nothing: neither another's grants nor new scripts' approval."""
    p = project(bench, "echo '{\"name\":\"sibling\",\"version\":\"1.0.0\",\"scripts\":{\"postinstall\":\"echo again > again; cat ~/.bashrc > loot\"},"
                       "\"lode\":{\"scripts\":{\"*\":{\"read\":[\"~\"]}}}}' > package.json; cat ~/.bashrc")
    manifest = p.json("package.json")
    manifest["lode"]["scripts"]["file:sibling.tgz"] = {"read": ["~/.bashrc"], "net": True}
    p.write_json("package.json", manifest)
    p.lode("install")
    r = p.lode("rebuild")
    assert "# mine" not in r.out + r.err, r
    assert not p.has("node_modules/evil/loot") or p.read("node_modules/evil/loot") == "", r


def nested(bench, script, inner_script="true", grants=None):
    """evil brings inner in its own node_modules: both may run scripts."""
    p = bench.project({"dependencies": {"evil": "file:evil.tgz", "inner": "file:inner2.tgz"},
                       "allowScripts": {"file:evil.tgz": True, "file:inner1.tgz": True},
                       "lode": {"scripts": {"file:inner1.tgz": grants or {}}}})
    for name, text in CANARIES.items():
        p.write(name, text)
    tarball(p.path("inner1.tgz"), "inner", {"postinstall": inner_script})
    tarball(p.path("inner2.tgz"), "inner", {})
    manifest = {"name": "evil", "version": "1.0.0", "scripts": {"preinstall": script},
                "dependencies": {"inner": "file:" + p.path("inner1.tgz")}}
    with tarfile.open(p.path("evil.tgz"), "w:gz") as tar:
        data = json.dumps(manifest).encode()
        info = tarfile.TarInfo("package/package.json")
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    return p


def test_sandbox_puts_no_link_in_a_nested_package_s_place(bench):
    """The package above owns the folder the one below is in; a link there would take the sandbox elsewhere."""
    p = nested(bench, "rm -rf node_modules/inner && ln -s ~/.ssh node_modules/inner", "cat id_ed25519 > loot; echo evil > planted")
    r = p.lode("install")
    if not r.code:
        assert p.has("node_modules/evil/node_modules/inner"), r
    assert r.code and "ESANDBOX" in r.err, r
    assert sorted(os.listdir(p.path("../home/.ssh"))) == ["id_ed25519"] and p.read("../home/.ssh/id_ed25519") == SECRET
    assert stat.S_IMODE(os.stat(p.path("../home/.ssh/id_ed25519")).st_mode) == 0o644


def test_sandbox_planted_links_mislead_nothing_later(bench):
    """What a script leaves in its own folder does not make a later command reach out of it."""
    p = nested(bench, "mv node_modules away; ln -s $V/home node_modules; ln -sf ~/.bashrc index.js; true")
    os.makedirs(p.path("../home/inner"))
    p.write("../home/inner/package.json", '{"name":"inner","version":"1.0.0"}')
    p.write("../home/inner/work.txt", "precious\n")
    p.lode("install", env={"V": p.base})
    for words in (["install"], ["rebuild"], ["ls", "--all"], ["dedupe"], ["prune"], ["update"], ["uninstall", "evil"], ["ci"], ["install"]):
        p.lode(*words, env={"V": p.base})
        assert p.has("../home/inner/work.txt") and p.read("../home/inner/work.txt") == "precious\n", words
        assert p.read("../home/.bashrc") == "# mine\n" and p.read("../home/.ssh/id_ed25519") == SECRET, words


def test_sandbox_changes_the_store_through_nothing(bench):
    """Files below a package may be the store's under another name; what its scripts can write is its own first."""
    p = nested(bench, "for f in $(find . -type f); do echo evil >> $f; done; true", grants={"write": ["node_modules/inner"]})
    manifest = p.json("package.json")
    manifest["lode"]["scripts"]["file:evil.tgz"] = {"write": ["node_modules/inner"]}
    p.write_json("package.json", manifest)
    q = bench.project({"dependencies": {"inner": "file:inner1.tgz"}}, cache=p.cache)
    tarball(q.path("inner1.tgz"), "inner", {"postinstall": "true"})
    p.ok("install", "--ignore-scripts")
    p.ok("rebuild")
    assert p.ok("cache", "verify").out.count("damaged") == 0
    for folder, _, files in os.walk(p.cache):
        for name in files:
            with open(os.path.join(folder, name), "rb") as f:
                assert b"evil\n" not in f.read(), os.path.join(folder, name)


def test_sandbox_odd_files_stop_nobody(bench):
    """FIFOs, endless files, loops, modes and depths left in the package: later commands end, and the tree can be laid anew."""
    deep = "import os\nfor where in ('.', os.environ['TMPDIR']):\n os.chdir(where)\n for i in range(300): os.mkdir('d' * 50); os.chdir('d' * 50)\n"
    tries = ["rm -f package.json index.js; mkfifo package.json index.js binding.gyp node_modules",
             "rm -f package.json index.js; ln -s /dev/zero package.json; ln -s /dev/tty index.js; ln -s /dev/full binding.gyp",
             "mkdir node_modules; ln -s .. node_modules/up; ln -s . node_modules/x; ln -s y y",
             "mkdir -p a/b $TMPDIR/a/b; chmod 000 a/b a $TMPDIR/a/b $TMPDIR/a .",
             "/usr/bin/python3 deep.py", "head -c 300000000 /dev/zero > package.json"]
    for script in tries:
        p = project(bench, script, files={"deep.py": deep})
        for words in (["install"], ["ls", "--all"], ["install"], ["rebuild"], ["prune"], ["ci", "--ignore-scripts"]):
            p.lode(*words, limit=100)
        assert p.read("node_modules/evil/index.js") == "// whole\n" and p.read("node_modules/sibling/index.js") == "// whole\n", script


# ---- Honest scripts: what well-known packages do ----

def test_sandbox_link_from_a_sibling_is_a_copy(bench):
    """As esbuild and workerd do: the platform's program takes the place of the package's own bin, by hard link and rename."""
    p = project(bench, "ln ../sibling/index.js temp && mv temp index.js && chmod 755 index.js && echo mine >> index.js")
    r = p.ok("install")
    assert "sandbox" not in r.err, r
    assert p.read("node_modules/evil/index.js") == "// whole\nmine\n"
    untouched(p)


def test_sandbox_folder_beside_a_package_is_its_own(bench):
    """As @prisma/client does: what it generates is looked for in node_modules/.prisma."""
    manifest = {"dependencies": {"@prisma/client": "file:client.tgz"}, "allowScripts": {"file:client.tgz": True}}
    for script, made in (("mkdir -p ../../.prisma/client && echo generated > ../../.prisma/client/index.js", True), ("true", False)):
        p = bench.project(manifest)
        tarball(p.path("client.tgz"), "@prisma/client", {"postinstall": script})
        r = p.ok("install")
        assert "sandbox" not in r.err, r
        assert p.has("node_modules/.prisma/client/index.js") == made and p.has("node_modules/.prisma") == made
        p.ok("install")
        assert p.has("node_modules/.prisma") == made


ADDON = {"binding.gyp": '{"targets": [{"target_name": "addon", "sources": ["addon.c"]}]}',
         "addon.c": "#include <node_api.h>\nNAPI_MODULE_INIT() { napi_value v; napi_create_int32(env, 42, &v); return v; }\n"}


def test_sandbox_builds_an_addon_after_a_download_was_refused(bench):
    """prebuild-install || node-gyp rebuild: the first fails politely, the second needs no network."""
    fetch = "node -e 'fetch(\"http://127.0.0.1:\" + process.env.PORT).catch(() => process.exit(1))'"
    p = project(bench, fetch + " || node-gyp rebuild", files=ADDON)
    r = p.ok("install", env={"PORT": "8081"}, limit=300)
    assert "using the network" in r.err and "approve evil --allow-net\n" in r.err, r
    assert p.ok("node", "-p", "require('./node_modules/evil/build/Release/addon.node')").out == "42\n"


def test_sandbox_shows_headers_to_a_node_gyp_of_the_package_s_own(bench):
    p = project(bench, "echo $npm_config_nodedir > loot && ls $npm_config_nodedir/include/node/node_api.h")
    p.ok("install")
    assert p.read("node_modules/evil/loot").strip()
    p.lode("rebuild", env={"npm_config_nodedir": "/elsewhere"})
    assert p.read("node_modules/evil/loot") == "/elsewhere\n"


def test_sandbox_scripts_start_scripts_and_programs_of_siblings(bench):
    """As keytar (npm run build), node-gyp-build and napi-postinstall do: npm run, a sibling's program, a choice of what is there already."""
    check = "const fs = require('fs'); const at = ['build/Release', 'prebuilds/linux'].find(d => fs.existsSync(d + '/addon.node')); process.exit(at ? 0 : 1)"
    p = bench.project({"dependencies": {"evil": "file:evil.tgz", "tool": "file:tool.tgz"}, "allowScripts": {"file:evil.tgz": True}})
    tarball(p.path("tool.tgz"), "tool", {}, {"index.js": "#!/usr/bin/env node\n" + check + "\n"})
    manifest = {"postinstall": "tool && npm run inner --silent -- an-argument && npx --no-install tool", "inner": "echo inner $npm_lifecycle_event > loot; echo"}
    with_tool = {"package.json": json.dumps({"name": "evil", "version": "1.0.0", "scripts": manifest, "dependencies": {"tool": "*"}}),
                 "prebuilds/linux/addon.node": "x"}
    tarball(p.path("evil.tgz"), "evil", {}, with_tool)
    r = p.ok("install", limit=100)
    assert "sandbox" not in r.err and p.read("node_modules/evil/loot") == "inner inner\n", r


def test_sandbox_cache_outside_is_told_by_its_name_and_granted(bench):
    """As puppeteer, cypress and prisma do: a folder deep in ~/.cache. What the report says is what helps."""
    p = project(bench, "node -e 'require(\"fs\").mkdirSync(process.env.HOME + \"/.cache/tool/1.2.3/linux\", {recursive: true})'")
    r = p.lode("install")
    assert r.code and "writing ~/.cache/tool/1.2.3/linux" in r.err, r
    grant = re.search(r"if it may: lode (install-scripts approve evil --allow-write=~/.cache/tool)\n", r.err)
    assert grant, r
    p.ok("install", "--ignore-scripts")
    said = p.ok(*grant.group(1).split()).out
    assert "what was asked for" in said and "Nothing" not in said
    r = p.ok("rebuild")
    assert "sandbox" not in r.err and os.path.isdir(p.path("../home/.cache/tool/1.2.3/linux")), r


def test_sandbox_file_outside_is_granted_as_a_file(bench):
    p = project(bench, "echo x > ~/.cache/evil-data")
    os.makedirs(p.path("../home/.cache"))
    r = p.lode("install")
    grant = re.search(r"if it may: lode (install-scripts approve evil --allow-write-file=~/.cache/evil-data)\n", r.err)
    assert r.code and grant, r
    p.ok("install", "--ignore-scripts")
    p.ok(*grant.group(1).split())
    r = p.ok("rebuild")
    assert "sandbox" not in r.err and p.read("../home/.cache/evil-data") == "x\n", r


def test_sandbox_git_hooks_need_a_grant(bench):
    """As husky 4 and lefthook do."""
    p = project(bench, "echo hook > $INIT_CWD/.git/hooks/pre-commit")
    os.chmod(p.path(".git/hooks/pre-commit.sample"), 0o644)
    r = p.lode("install")
    assert r.code and "approve evil --allow-write-file=.git/hooks/pre-commit\n" in r.err, r
    p.ok("install", "--ignore-scripts")
    p.ok("install-scripts", "approve", "evil", "--allow-write=.git/hooks")
    p.ok("rebuild")
    assert p.read(".git/hooks/pre-commit") == "hook\n"


def test_sandbox_is_not_for_the_project_s_own_prepare(bench):
    """As husky does: the project's prepare sets the repository's hooks path."""
    p = bench.project({"scripts": {"prepare": "git config core.hooksPath .husky && mkdir -p .husky/_"}})
    subprocess.run(["git", "init", "-q", p.dir], check=True)
    p.ok("install")
    assert "hooksPath = .husky" in p.read(".git/config") and p.has(".husky/_")


# ---- On kernels that offer less: the program itself, told so ----

def confine(p, *words):
    bin = os.path.dirname(os.path.realpath(LODE))
    program = next(x for x in (bin + "/libexec/lode/lode-confine", bin + "/../libexec/lode/lode-confine") if os.path.exists(x))
    return subprocess.run([program, "--place=" + os.path.realpath(p.dir), *words], cwd=p.dir, capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL)


def test_sandbox_without_a_watcher_still_keeps_files_and_network(bench):
    p = bench.project()
    p.write("../secret", SECRET)
    tries = f"cat {p.base}/secret; echo x > {p.base}/secret; ln {p.base}/secret l; cp /bin/true t; chmod 4755 t; ls -l t; " + C + \
        "f = [lambda: socket.socket(2, 1), lambda: socket.socket(2, 2), lambda: socket.socket(1, 2), lambda: socket.socketpair(1, 2), " \
        "lambda: socket.socket(1, 1).connect(chr(0) + \"x\"), lambda: os.open(\"u\", os.O_CREAT, 0o4755)]\nfor g in f:\n try: print(\"got\", g())\n" \
        " except OSError as e: print(e.errno)\nprint(C.ptrace(16, up, 0, 0), C.unshare(0x10000000), C.syscall(56, 0x10000011, 0, 0, 0, 0))\n' && echo done > made; exit 5"
    r = confine(p, "--unwatched", "--read=/usr", "--", "sh", "-c", tries)
    assert r.returncode == 5 and p.read("made") == "done\n", r
    assert SECRET not in r.stdout and p.read("../secret") == SECRET and not p.has("l"), r
    assert r.stdout.split()[-9:] == "13 13 13 1 13 1 -1 -1 -1".split() and "-rws" not in r.stdout, r


def test_sandbox_without_a_filter_still_keeps_files(bench):
    p = bench.project()
    p.write("../secret", SECRET)
    r = confine(p, "--unfiltered", "--unwatched", "--time=20000", "--read=/usr", "--", "sh", "-c",
                f"cat {p.base}/secret; echo x > {p.base}/secret; (setsid sleep 300 & echo $! > pid); echo done > made; exit 6")
    assert r.returncode == 6 and p.read("made") == "done\n" and SECRET not in r.stdout and p.read("../secret") == SECRET, r
    assert not alive(int(p.read("pid")))
    r = confine(p, "--unfiltered", "--unwatched", "--time=500", "--", "sh", "-c", "trap '' TERM; while :; do sleep 1; done")
    assert r.returncode == -9, r
    r = confine(p, "--unwatched", "--processes=50", "--", "sh", "-c", "for i in $(seq 100); do sleep 30 & done; wait")
    assert r.returncode != 0, r


def test_sandbox_runs_nothing_where_a_link_leads(bench):
    p = bench.project()
    os.symlink(p.dir, p.base + "/link")
    bin = confine(p, "--place=" + os.path.realpath(p.base) + "/link", "--", "true")
    assert bin.returncode == 126 and "a link leads to" in bin.stderr, bin


# ---- Git dependencies: everything in a repository is a stranger's ----

def from_git(bench, manifest, files=None, env=None, flags=("--allow-git=all",)):
    p = bench.project({})
    for name, text in CANARIES.items():
        p.write(name, text)
    url, _ = make_repository(p, {"name": "built", **manifest}, {"index.js": "", **(files or {})})
    return p, p.lode("install", url, *flags, env={"V": p.base, **(env or {})})


def test_sandbox_git_dependencies_prepare_in_it(bench):
    steal = "cat $V/home/.ssh/id_ed25519 >> index.js; echo evil >> $V/home/.bashrc; echo x > $V/project/planted; " \
            "node -e 'require(\"net\").connect(process.env.PORT, \"127.0.0.1\").on(\"error\", () => 0)'; "
    own = {event: steal + "true" for event in ("preinstall", "install", "postinstall", "preprepare", "postprepare")}
    p, _ = bench.project({}), None
    with listeners(p) as (port, abstract, got):
        q, r = from_git(bench, {"scripts": {**own, "prepare": steal + "greet >> index.js; echo $MY_TOKEN >> index.js"}, "devDependencies": {"greet": "1"}},
                        env={"PORT": port, "MY_TOKEN": SECRET})
    assert r.code == 0 and not got, r
    made = q.read("node_modules/built/index.js")
    assert "hello" in made and SECRET not in made
    assert q.read("../home/.bashrc") == "# mine\n" and not q.has("planted")


def test_sandbox_git_dependencies_cannot_loosen_it(bench):
    """Neither by package.json nor .npmrc, code for lode, workspaces or links out of the repository."""
    p = bench.project({})
    p.write("../inner/package.json", json.dumps({"name": "inner", "version": "1.0.0", "scripts": {"postinstall": "cat ~/.ssh/id_ed25519 > loot; true"}}))
    subprocess.run(["tar", "czf", p.path("inner.tgz"), "--transform=s,^inner,package,", "-C", p.base, "inner"], check=True)
    with open(p.path("inner.tgz"), "rb") as f:
        inner = f.read()
    manifest = {"scripts": {"prepare": "cat node_modules/inner/loot ~/.ssh/id_ed25519 >> index.js; true"},
                "devDependencies": {"inner": "file:inner.tgz", "outside": "file:" + p.path("victim")},
                "allowScripts": {"inner": True, "file:inner.tgz": True}, "workspaces": ["w"],
                "lode": {"scripts": {"*": {"net": True, "read": ["~", "/"], "write": ["~", "/"]}}}}
    p.write("victim/package.json", json.dumps({"name": "outside", "version": "1.0.0", "scripts": {"prepare": "echo ran > ran"}}))
    files = {".npmrc": "script-sandbox=off\nconfine-project=false\nignore-extension=false\ndangerously-allow-all-scripts=true\n"
                       "git=./x.sh\nfilter=...[HEAD]\nregistry=http://localhost:1/${MY_TOKEN}/\nscript-shell=./x.sh\n"
                       "node-options=--require=./x.cjs\ninstall-links=true\n",
             "x.sh": "#!/bin/sh\necho evil >> \"$V/home/.bashrc\"\nexec git \"$@\"\n",
             "x.cjs": "require('fs').appendFileSync(process.env.V + '/home/.bashrc', 'evil')\n",
             ".npm-extension.cjs": "require('fs').appendFileSync(process.env.V + '/home/.bashrc', 'evil'); module.exports = {transformManifest: m => m}\n",
             "w/package.json": json.dumps({"name": "w", "version": "1.0.0", "scripts": {"prepare": "cat ~/.ssh/id_ed25519 >> ../index.js; true",
                                                                                        "postinstall": "echo evil >> ~/.bashrc; true"}})}
    for name, text in CANARIES.items():
        p.write(name, text)
    os.makedirs(p.path("../work"))
    with open(p.path("../work/inner.tgz"), "wb") as f:
        f.write(inner)
    p.write("../work/x.sh", files["x.sh"])
    os.chmod(p.path("../work/x.sh"), 0o755)
    url, _ = make_repository(p, {"name": "built", **manifest}, {"index.js": "", **files})
    r = p.lode("install", url, "--allow-git=all", env={"V": p.base})
    assert r.code == 0, r
    assert SECRET not in p.read("node_modules/built/index.js"), r
    assert p.read("../home/.bashrc") == "# mine\n" and not p.has("victim/ran"), r


def test_sandbox_git_dependencies_are_told_what_they_lack(bench):
    p, r = from_git(bench, {"scripts": {"prepare": "node -e 'fetch(\"http://127.0.0.1:8081\").catch(() => process.exit(3))'"}})
    assert r.code and "using the network" in r.err and "--script-sandbox=off prepares it as npm does" in r.err, r
    q, r = from_git(bench, {"scripts": {"prepare": "cat ~/.bashrc > index.js"}}, flags=("--allow-git=all", "--script-sandbox=off"))
    assert r.code == 0 and q.read("node_modules/built/index.js") == "# mine\n", r


def test_sandbox_git_dependencies_warn_although_they_succeed(bench):
    p, r = from_git(bench, {"scripts": {"prepare": "cat ~/.ssh/id_ed25519 > index.js; true"}})
    assert r.code == 0 and "a script of built@" in r.err and r.err.count("reading ~/.ssh/id_ed25519") == 1, r
    assert "lode warn sandbox preparing " in r.err and SECRET not in p.read("node_modules/built/index.js"), r


def test_sandbox_git_dependencies_are_compared_with_the_same_warnings(bench):
    p = bench.project({})
    for name, text in CANARIES.items():
        p.write(name, text)
    url, _ = make_repository(p, {"name": "built", "scripts": {"prepare": "cat ~/.ssh/id_ed25519 > index.js; true"}}, {"index.js": ""})
    r = p.ok("diff", f"--diff={url}", "--diff=left@1.0.0", "--allow-git=all")
    assert "lode warn sandbox preparing " in r.err and "reading ~/.ssh/id_ed25519" in r.err and SECRET not in r.out, r


def test_sandbox_git_dependencies_pack_no_links(bench):
    for script in ("rm -rf dist; ln -s ~/.ssh dist", "rm -rf dist; mkdir dist; ln -s ~/.ssh/id_ed25519 dist/id_ed25519; ln -f -s ~/.ssh/id_ed25519 README.md"):
        p, r = from_git(bench, {"main": "dist/id_ed25519", "files": ["dist"], "bin": {"x": "dist/id_ed25519"}, "scripts": {"prepare": script}},
                        {"dist/id_ed25519": "mine\n"})
        for folder, _, names in os.walk(p.path("node_modules")):
            for name in names:
                with open(os.path.join(folder, name)) as f:
                    assert SECRET not in f.read(), (folder, name, r)
        assert stat.S_IMODE(os.stat(p.path("../home/.ssh/id_ed25519")).st_mode) == 0o644
