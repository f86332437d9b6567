#!/usr/bin/env python3
"""Runs npm beside lode on small projects and compares what they print, byte for byte. Opt-in:

    tests/differential/commands.py --npm 'node …/npm-cli.js' [--lode PATH] [WORD …]

Words pick the groups (query, ls, fund, explain, pkg, …) or parts of the command line. Nothing here needs a registry. The
program's own name and registry are evened out before comparing; stderr is only compared with --stderr.
"""
import argparse, json, os, re, shutil, signal, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor
from commands_projects import PROJECTS
from commands_lines import LINES

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def lay(where, tree):
    os.makedirs(where, exist_ok=True)
    for name, value in tree.items():
        path = os.path.join(where, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if isinstance(value, dict) and "$link" in value:
            os.symlink(value["$link"], path)
        else:
            with open(path, "w") as f:
                f.write(value if isinstance(value, str) else json.dumps(value, indent=2) + "\n")


def files(where):
    """What a command may have changed: package.json and lockfiles, links by their target."""
    out = {}
    for folder, folders, names in os.walk(where):
        for n in folders + names:
            path = os.path.join(folder, n)
            if os.path.islink(path):
                out[os.path.relpath(path, where)] = os.readlink(path)
            elif n in ("package.json", "package-lock.json", ".npmrc"):
                out[os.path.relpath(path, where)] = open(path).read()
    return out


class Side:
    def __init__(self, name, command, base):
        self.name, self.command, self.base = name, command, os.path.join(base, name)

    def run(self, project, folder, argv, fresh):
        where = os.path.join(self.base, "t" + str(fresh))
        shutil.rmtree(where, ignore_errors=True)
        lay(where + "/project", PROJECTS[project])
        os.makedirs(where + "/home")
        os.makedirs(where + "/global/lib/node_modules", exist_ok=True)
        env = {k: v for k, v in os.environ.items() if not k.lower().startswith("npm_config_")}
        env.update(HOME=where + "/home", npm_config_cache=self.base + "/cache", npm_config_prefix=where + "/global",
                   npm_config_update_notifier="false", npm_config_audit="false", NO_COLOR="1", NO_UPDATE_NOTIFIER="1",
                   npm_config_registry="http://127.0.0.1:9/", npm_config_fetch_retries="0")
        p = subprocess.Popen(self.command + [a.replace("{DIR}", where) for a in argv],
                             cwd=os.path.join(where, "project", folder), env=env, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        try:
            said, told = p.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            raise
        even = lambda t: re.sub(r"\b(added|removed|changed|up to date)(.*) in \d+m?s", r"\1\2 in TIME", t.replace(where, "{DIR}"))
        out = {"status": p.returncode, "stdout": even(said), "stderr": even(told)}
        out["files"] = {k: even(v) for k, v in files(where).items() if "/node_modules/.package-lock" not in k}
        shutil.rmtree(where, ignore_errors=True)
        return out


def as_npm(text):
    """lode speaks of itself where npm does."""
    return re.sub(r"\blode\b", "npm", text)


def compare(a, b, with_stderr):
    bad = [k for k in ("status", "stdout", "files") if (as_npm(a[k]) != as_npm(b[k]) if k == "stdout" else a[k] != b[k])]
    if with_stderr and as_npm(a["stderr"]) != as_npm(b["stderr"]):
        bad.append("stderr")
    # what is printed of an error is each program's own
    if bad == ["stdout"] and a["status"] and '"error"' in a["stdout"] and '"error"' in b["stdout"]:
        code = lambda t: re.findall(r'"code": "(.*?)"', t)
        bad = [] if code(a["stdout"]) == code(b["stdout"]) else bad
    return bad


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--npm", required=True)
    ap.add_argument("--lode", default=os.path.join(ROOT, "build/debug/lode"))
    ap.add_argument("--stderr", action="store_true")
    ap.add_argument("-v", action="store_true")
    ap.add_argument("--jobs", type=int, default=2)
    ap.add_argument("--remember", help="a file that keeps npm's answers for the next time")
    ap.add_argument("words", nargs="*")
    o = ap.parse_args()
    base = tempfile.mkdtemp(prefix="lode-commands-")
    npm, lode = Side("npm", o.npm.split(), base), Side("lode", [os.path.abspath(o.lode)], base)
    jobs = [line for line in LINES if not o.words or all(w in f"{line[0]} {' '.join(line[2])}" for w in o.words)]
    good = 0

    known = json.load(open(o.remember)) if o.remember and os.path.exists(o.remember) else {}

    def one(at_line):
        at, (project, folder, argv) = at_line
        key = json.dumps([PROJECTS[project], folder, argv], sort_keys=True)
        try:
            if key not in known:
                known[key] = npm.run(project, folder, argv, at)
            return known[key], lode.run(project, folder, argv, at)
        except subprocess.TimeoutExpired:
            return None, None

    def report(project, folder, argv, a, b):
        bad = compare(a, b, o.stderr) if a else ["time"]
        if bad:
            print("DIFFERS", project, folder, " ".join(map(repr, argv)), bad, flush=True)
            for side in (a, b) if o.v and a else ():
                print("   ", side["status"], json.dumps({k: side[k] for k in bad if k in side})[:3000])
                print("   ", side["stderr"][-500:])
        return not bad

    try:
        with ThreadPoolExecutor(o.jobs) as pool:
            for line, (a, b) in zip(jobs, pool.map(one, enumerate(jobs))):
                good += report(*line, a, b)
    finally:
        shutil.rmtree(base, ignore_errors=True)
        if o.remember:
            with open(o.remember + ".new", "w") as f:
                json.dump(known, f)
            os.replace(o.remember + ".new", o.remember)
    print(f"{good} of {len(jobs)} agree")
    return good != len(jobs)


sys.exit(main())
