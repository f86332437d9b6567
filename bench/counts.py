#!/usr/bin/env python3
"""What an install costs that no clock is needed for: system calls and instructions. Fails when it became more.

    bench/counts.py [--lode build/prefix/bin/lode] [--update] [--no-instructions]
    bench/counts.py --project FOLDER --registry URL --cafile FILE [--update]

Counts `nothing to do` and `warm` (cache and lockfile) on a project of 120 packages and 2,000 files that this program makes and
serves itself, or on a project of a registry; compares with bench/counts.json and fails when one grew by more than 10 per cent.
When they fell, --update writes them down, so that the next growth is seen.

System calls are strace's, without those by which threads and the network wait for one another: how many of these there are
hangs on what else the machine does. Instructions are callgrind's, of all programs; compilers and libraries make others of
the same source, so they count only with those that counts.json was made with (and are shown otherwise).
"""
import argparse, gzip, hashlib, base64, http.server, io, json, os, re, shutil, subprocess, sys, tarfile, tempfile, threading

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KEPT = os.path.join(ROOT, "bench/counts.json")
LIMIT = 1.10
WAITING = {"futex", "poll", "ppoll", "epoll_wait", "epoll_pwait", "epoll_pwait2", "sched_yield", "restart_syscall", "clock_nanosleep",
           "nanosleep", "recvfrom", "sendto", "getrandom"}
WORDS = ["install", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", "--loglevel=error"]
PACKAGES, FOLDERS, FILES = 120, 4, 4


# ---- a project that needs nothing from outside ----

def member(tar, name, text):
    info = tarfile.TarInfo("package/" + name)
    info.size, info.mode = len(text), 0o644
    tar.addfile(info, io.BytesIO(text))


def package(number, version):
    """Its manifest and its tarball: the same bytes every time. Of some there are two versions, so that a tree has depth."""
    name = f"made-{number:03}"
    after = [n for n in (number + 1, number * 2, number * 3) if number < n < PACKAGES]
    manifest = {"name": name, "version": version, "license": "MIT", "main": "index.js",
                "dependencies": {f"made-{n:03}": "^1.0.0" if n % 7 or number % 2 else "^2.0.0" for n in after}}
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        member(tar, "package.json", json.dumps(manifest).encode())
        member(tar, "index.js", f"module.exports = '{name}';\n".encode())
        for d in range(FOLDERS):
            for f in range(FILES):
                member(tar, f"lib/part{d}/file{f}.js", f"exports.at = '{name} {version} {d} {f}';\n".encode() * (1 + f * 20))
    data = gzip.compress(raw.getvalue(), mtime=0)
    return manifest, data


class Served(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.server.bodies.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_):
        pass


class OwnRegistry:
    def __init__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Served)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        self.server.bodies = {}
        for n in range(PACKAGES):
            self.publish(n, ["1.0.0", "2.0.0"] if n % 7 == 0 else ["1.0.0"])
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def publish(self, number, versions):
        doc = {"name": f"made-{number:03}", "dist-tags": {"latest": versions[0]}, "versions": {}}
        for version in versions:
            manifest, data = package(number, version)
            path = f"/{doc['name']}/-/{doc['name']}-{version}.tgz"
            integrity = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
            doc["versions"][version] = {**manifest, "dist": {"tarball": self.url + path[1:], "integrity": integrity}}
            self.server.bodies[path] = data
        self.server.bodies[f"/{doc['name']}"] = json.dumps(doc).encode()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


# ---- counting ----

class Project:
    """A home with a full cache, a lockfile and an installed tree."""

    def __init__(self, lode, base, registry, cafile, manifest):
        self.lode, self.base, self.serial = lode, base, 0
        self.home, self.done = os.path.join(base, "home"), os.path.join(base, "done")
        self.rc = f"registry={registry}\n" + (f"cafile={cafile}\n" if cafile else "")
        os.makedirs(self.home)
        self.manifest = manifest
        self.fresh(self.done)
        self.run([], self.done)
        for _ in range(3):
            self.run([], self.done)

    def fresh(self, where=None):
        self.serial += 1
        lock = os.path.join(self.done, "package-lock.json")
        where = where or os.path.join(self.base, f"warm{self.serial}")
        os.makedirs(where)
        with open(os.path.join(where, "package.json"), "w") as f:
            f.write(self.manifest)
        with open(os.path.join(where, ".npmrc"), "w") as f:
            f.write(self.rc)
        if os.path.exists(lock):
            shutil.copy(lock, where)
        return where

    def run(self, before, where):
        env = {"PATH": os.environ["PATH"], "HOME": self.home, "LANG": "C", "npm_config_userconfig": os.path.join(self.home, ".npmrc"),
               "npm_config_cache": os.path.join(self.home, "cache")}
        p = subprocess.run([*before, self.lode, *WORDS], cwd=where, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, timeout=300)
        if p.returncode:
            sys.exit(f"counts: lode failed\n{p.stdout[-2000:]}")

    def where(self, scenario):
        return self.done if scenario == "none" else self.fresh()


def parse_strace(text):
    """Calls by name, of `strace -c`: the fourth column and the last."""
    out = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 5 and re.match(r"[\d.]+$", words[0]) and words[-1] != "total":
            out[words[-1]] = int(words[3])
    return out


def syscalls(project, scenario):
    out = os.path.join(project.base, "strace")
    project.run(["strace", "-f", "-c", "-o", out, "--"], project.where(scenario))
    with open(out) as f:
        calls = parse_strace(f.read())
    return sum(n for name, n in calls.items() if name not in WAITING)


def instructions(project, scenario):
    where = project.where(scenario)
    logs = tempfile.mkdtemp(dir=project.base)
    project.run(["valgrind", "--tool=callgrind", "--trace-children=yes", "--callgrind-out-file=/dev/null", f"--log-file={logs}/%p"], where)
    found = [re.findall(r"Collected *: *(\d+)", open(os.path.join(logs, n)).read()) for n in os.listdir(logs)]
    return sum(int(n) for each in found for n in each)


def least(count, times):
    """Of several counts the least: what waiting adds is not the program's."""
    return min(count() for _ in range(times))


def toolchain(lode):
    """What else the instructions hang on."""
    compiler = subprocess.run(["readelf", "-p", ".comment", lode], capture_output=True, text=True).stdout
    found = re.search(r"\]\s+(.*)$", compiler, re.M)
    libc = " ".join(os.confstr("CS_GNU_LIBC_VERSION").split())
    return f"{found.group(1) if found else '?'}, {libc}, {os.uname().machine}"


def count(project, with_instructions):
    out = {}
    for scenario in ("none", "warm"):
        out[scenario] = {"syscalls": least(lambda: syscalls(project, scenario), 3)}
        if with_instructions:
            out[scenario]["instructions"] = least(lambda: instructions(project, scenario), 1)
    return out


# ---- comparing ----

def compare(kept, now, same_toolchain):
    """Lines to print, what grew too much, whether anything fell by as much."""
    lines, grown, fell = [], [], False
    for scenario, counts in now.items():
        for what, n in counts.items():
            before = kept.get(scenario, {}).get(what)
            judged = what == "syscalls" or same_toolchain
            change = f"{100 * (n - before) / before:+.1f} %" if before else "not kept yet"
            lines.append(f"{scenario:5} {what:13} {n:>13,}  {change}" + ("" if judged else "  (another toolchain: not judged)"))
            if before and judged and n > before * LIMIT:
                grown.append(f"{scenario} {what}: {before:,} -> {n:,}")
            fell |= bool(before and judged and n * LIMIT < before)
    return lines, grown, fell


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--lode", default=os.path.join(ROOT, "build/prefix/bin/lode"))
    ap.add_argument("--update", action="store_true")
    ap.add_argument("--no-instructions", action="store_true")
    ap.add_argument("--project")
    ap.add_argument("--registry")
    ap.add_argument("--cafile")
    args = ap.parse_args()
    for program in ["strace"] + ["valgrind"] * (not args.no_instructions):
        if not shutil.which(program):
            sys.exit(f"counts: {program} is not there: scripts/setup installs it")
    name = os.path.basename(os.path.normpath(args.project)) if args.project else "made"
    own = None if args.project else OwnRegistry()
    manifest = open(os.path.join(args.project, "package.json")).read() if args.project else \
        json.dumps({"name": "counts", "version": "1.0.0", "dependencies": {f"made-{n:03}": "^1.0.0" for n in range(1, 30)}})
    base = tempfile.mkdtemp(prefix="lode-counts-")
    try:
        project = Project(os.path.abspath(args.lode), base, own.url if own else args.registry, args.cafile, manifest)
        now = count(project, not args.no_instructions)
    finally:
        if own:
            own.close()
        shutil.rmtree(base, ignore_errors=True)
    kept = json.load(open(KEPT)) if os.path.exists(KEPT) else {}
    chain = toolchain(os.path.abspath(args.lode))
    before = kept.get(name, {})
    lines, grown, fell = compare(before, now, before.get("toolchain") == chain)
    print(f"{name}, {chain}")
    print("\n".join(lines))
    if args.update:
        kept[name] = {"toolchain": chain, **now}
        with open(KEPT, "w") as f:
            json.dump(kept, f, indent=1)
            f.write("\n")
        return 0
    if fell:
        print("counts: fallen by a tenth or more: bench/counts.py --update writes them down")
    for line in grown:
        print(f"counts: grown by more than {100 * LIMIT - 100:.0f} per cent: {line}")
    print(f"counts: {len(grown)} grown")
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
