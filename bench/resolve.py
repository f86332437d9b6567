#!/usr/bin/env python3
"""Measure resolving alone: `install --package-lock-only` from a cache that holds every packument.

    bench/resolve.py --work DIR --npmrc FILE --lode build/release/lode [--runs 5] [--instructions] PROJECT…

FILE names a registry on this machine that holds everything the projects need; a PROJECT is a folder with a package.json.
The first run of each fills the cache and is not counted. Prints for each project packages and edges (what the lockfile's
packages ask for), and for `offline` (the cache is taken as it is) and `revalidated` (every packument is asked about, and
unchanged) the median and the least CPU time of all threads in milliseconds, the peak memory in MB, CPU per edge in
microseconds; with --instructions also instructions per edge, counted by perf or, where it cannot, by valgrind's cachegrind
(offline only): these are the same on a busy machine.
"""
import argparse, json, os, re, shutil, statistics, subprocess

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("projects", nargs="+")
ap.add_argument("--work", required=True)
ap.add_argument("--npmrc", required=True)
ap.add_argument("--lode", required=True)
ap.add_argument("--runs", type=int, default=5)
ap.add_argument("--instructions", action="store_true")
args = ap.parse_args()
WORDS = [os.path.abspath(args.lode), "install", "--package-lock-only", "--legacy-peer-deps", "--ignore-scripts", "--no-audit",
         "--no-fund", "--loglevel=error"]
MODES = {"offline": "--offline", "revalidated": "--prefer-online"}


def environment():
    env = {k: v for k, v in os.environ.items() if not k.lower().startswith("npm_config_")}
    env.update(npm_config_cache=os.path.abspath(os.path.join(args.work, "cache")),
               npm_config_userconfig=os.path.abspath(args.npmrc), HOME=os.path.abspath(args.work))
    return env


def fresh(project):
    where = os.path.join(args.work, os.path.basename(os.path.normpath(project)))
    os.makedirs(where, exist_ok=True)
    shutil.copy(os.path.join(project, "package.json"), where)
    lock = os.path.join(where, "package-lock.json")
    if os.path.exists(lock):
        os.remove(lock)
    return where, lock


def resolve(project, flag, before=()):
    """CPU in ms, peak memory in MB, what was said, the lockfile."""
    where, lock = fresh(project)
    p = subprocess.Popen([*before, *WORDS, flag], cwd=where, env=environment(), stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = p.stderr.read()
    _, status, usage = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode:
        raise SystemExit(f"{project} {flag}: exit {p.returncode}\n{said}")
    return (usage.ru_utime + usage.ru_stime) * 1000, usage.ru_maxrss / 1024, said, open(lock).read()


def edges_of(lock):
    lists = ("dependencies", "devDependencies", "optionalDependencies")
    packages = json.loads(lock)["packages"].values()
    return len(packages) - 1, sum(len(p.get(k, {})) for p in packages for k in lists)


def instructions(project):
    said = resolve(project, "--offline", ["perf", "stat", "-x,", "-e", "instructions:u"])[2] if shutil.which("perf") else ""
    found = re.search(r"^(\d+),", said, re.M)
    if not found and shutil.which("valgrind"):
        said = resolve(project, "--offline", ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--trace-children=yes",
                                              "--cachegrind-out-file=/dev/null"])[2]
        return sum(int(n.replace(",", "")) for n in re.findall(r"I *refs: +([\d,]+)", said))
    return int(found.group(1)) if found else 0


for project in args.projects:
    resolve(project, "--prefer-online")
    lock = resolve(project, "--offline")[3]
    packages, edges = edges_of(lock)
    print(f"{os.path.basename(os.path.normpath(project))}: {packages} packages, {edges} edges")
    for mode, flag in MODES.items():
        runs = [resolve(project, flag) for _ in range(args.runs)]
        if any(r[3] != lock for r in runs):
            raise SystemExit(f"{project} {flag}: another lockfile")
        cpu = statistics.median(r[0] for r in runs)
        print(f"    {mode:12} CPU {cpu:7.0f} ms (least {min(r[0] for r in runs):.0f})   peak {max(r[1] for r in runs):6.1f} MB"
              f"   {1000 * cpu / edges:6.1f} us an edge", flush=True)
    if args.instructions:
        n = instructions(project)
        print(f"    instructions {n / 1e6:.0f} million, {n / edges:.0f} an edge", flush=True)
