#!/usr/bin/env python3
"""How long it takes until something runs: a script that is `true`, an application, a local bin, an install with nothing to do.

    bench/start.py --work DIR [--runs 101] [--node NODE] NAME=COMMAND …

COMMAND is how an installer is called (`lode=build/prefix/bin/lode`, `npm=node …/npm-cli.js`, `bun=…`). Beside them run `sh -c true` and,
for applications, NODE alone: the floors (NODE must be
the very file that lode runs, or they do not share what is in memory). One after the other in turn; prints median and minimum in milliseconds, and how far the
median is above its floor.
"""
import argparse, json, os, shutil, statistics, subprocess, time

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("tools", nargs="+")
ap.add_argument("--work", required=True)
ap.add_argument("--runs", type=int, default=101)
ap.add_argument("--node", default=os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "build/prefix/libexec/lode/runtime/bin/node"))
args = ap.parse_args()


def absolute(command):
    words = command.split()
    return [shutil.which(words[0]) or os.path.abspath(words[0]), *(os.path.abspath(w) if os.path.exists(w) else w for w in words[1:])]


TOOLS = {t.split("=", 1)[0]: absolute(t.split("=", 1)[1]) for t in args.tools}
ENV = {k: v for k, v in os.environ.items() if not k.lower().startswith("npm_") and k != "NODE_EXTRA_CA_CERTS"}
ENV.update(HOME=os.path.abspath(args.work), npm_config_cache=os.path.abspath(os.path.join(args.work, "cache")))


def project():
    where = os.path.abspath(os.path.join(args.work, "project"))
    shutil.rmtree(where, ignore_errors=True)
    os.makedirs(where + "/node_modules/.bin")
    with open(where + "/package.json", "w") as f:
        json.dump({"name": "start", "version": "1.0.0", "scripts": {"t": "true"}}, f)
    with open(where + "/app.js", "w") as f:
        f.write("process.exitCode = 0;\n")
    with open(where + "/node_modules/.bin/nothing", "w") as f:
        f.write("#!/bin/sh\n")
    os.chmod(where + "/node_modules/.bin/nothing", 0o755)
    return where


def once(argv, where):
    quiet = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in (0, 1, 2)]
    began = time.perf_counter()
    pid = os.posix_spawn("/usr/bin/env", ["env", "-C", where, *argv], ENV, file_actions=quiet)
    _, status = os.waitpid(pid, 0)
    return (time.perf_counter() - began) * 1000, os.waitstatus_to_exitcode(status)


def measure(title, floor, candidates, where):
    times, failed = {name: [] for name in candidates}, set()
    for _ in range(args.runs):
        for name, argv in candidates.items():
            if name in failed:
                continue
            ms, status = once(argv, where)
            times[name].append(ms)
            if status:
                failed.add(name)
    base = statistics.median(times[floor])
    print(title)
    for name, taken in times.items():
        if name in failed:
            print(f"  {name:12} failed")
        else:
            print(f"  {name:12} {statistics.median(taken):8.2f} median {min(taken):8.2f} minimum {statistics.median(taken) - base:8.2f} above")


def main():
    where = project()
    measure("run of a script that is true", "sh", {"sh": ["sh", "-c", "true"], **{n: [*c, "run", "t"] for n, c in TOOLS.items()}}, where)
    measure("exec of a local bin", "sh", {"sh": ["sh", "-c", "node_modules/.bin/nothing"], **{n: [*c, "exec", "nothing"] for n, c in TOOLS.items() if n != "bun"},
                                          **{n: [*c, "x", "nothing"] for n, c in TOOLS.items() if n == "bun"}}, where)
    apps = {n: [*c, "app.js"] for n, c in TOOLS.items() if n.startswith("lode")}
    measure("an application", "node", {"node": [args.node, "app.js"], **apps}, where)
    for c in TOOLS.values():
        for _ in range(3):
            once([*c, "install"], where)
            time.sleep(0.1)
    measure("an install with nothing to do", "sh", {"sh": ["sh", "-c", "true"], **{n: [*c, "install"] for n, c in TOOLS.items()}}, where)


main()
