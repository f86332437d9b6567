#!/usr/bin/env python3
"""Real projects from the configured registry: lode beside npm. Opt-in: it needs a network, and an npm as witness.

    tests/real/projects.py --npm 'node …/npm-cli.js' --work DIR PROJECTS… [--replace-host HOST] [--resolve]

For each project (a folder with package.json and package-lock.json) `lode ci` and `npm ci --ignore-scripts` are run in copies and
their node_modules compared: paths, contents, modes, links. With --resolve also without the lockfile: lode's tree must satisfy
`npm ls --all`, and its lockfile must be one that `npm ci` installs.
"""
import argparse, hashlib, os, shutil, subprocess, sys, time

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("projects", nargs="+")
ap.add_argument("--npm", required=True)
ap.add_argument("--lode", default=os.path.join(os.path.dirname(__file__), "../../build/prefix/bin/lode"))
ap.add_argument("--work", required=True)
ap.add_argument("--replace-host")
ap.add_argument("--resolve", action="store_true")
args = ap.parse_args()
LODE = os.path.abspath(args.lode)


def copy(project, name):
    to = os.path.join(args.work, os.path.basename(os.path.normpath(project)).replace("degit", os.path.basename(os.path.dirname(os.path.normpath(project)))), name)
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(project, to, ignore=shutil.ignore_patterns("degit", "SOURCE.json"))
    subprocess.run(["chmod", "-R", "u+w", to], check=True)
    return to


def run(command, where, log):
    env = {**os.environ, "npm_config_cache": os.path.join(args.work, "cache-" + ("lode" if command[0] == LODE else "npm"))}
    env["npm_config_userconfig"] = os.path.join(args.work, "npmrc")
    if args.replace_host:
        env["npm_config_replace_registry_host"] = args.replace_host
    began = time.monotonic()
    with open(log, "w") as f:
        code = subprocess.run(command, cwd=where, env=env, stdout=f, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=1800).returncode
    return code, time.monotonic() - began


def listing(where):
    found = {}
    for folder, dirs, files in os.walk(where):
        if os.path.basename(folder) == ".git":
            dirs[:] = []
            continue
        for name in dirs + files:
            full = os.path.join(folder, name)
            rel = os.path.relpath(full, where)
            if "node_modules" not in rel.split(os.sep) or rel == "node_modules/.package-lock.json":
                continue
            st = os.lstat(full)
            if os.path.islink(full):
                found[rel] = ("link", os.readlink(full))
            elif os.path.isdir(full):
                found[rel] = ("dir", st.st_mode & 0o7777)
            else:
                with open(full, "rb") as f:
                    found[rel] = (oct(st.st_mode & 0o7777), hashlib.sha1(f.read()).hexdigest())
    return found


def differences(a, b):
    return [f"{k}: npm {a.get(k)} lode {b.get(k)}" for k in sorted(a.keys() | b.keys()) if a.get(k) != b.get(k)]


def check(good, text):
    print(("ok      " if good else "FAILED  ") + text, flush=True)
    return good


def one(project):
    npm = args.npm.split()
    a, b = copy(project, "npm"), copy(project, "lode")
    name = os.path.relpath(a, args.work).split(os.sep)[0]
    ca, ta = run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], a, a + ".log")
    cb, tb = run([LODE, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], b, b + ".log")
    found = differences(listing(a), listing(b)) if ca == cb == 0 else [f"exit npm {ca} lode {cb}, see {b}.log"]
    good = check(not found, f"{name}: ci gives npm's node_modules ({len(listing(b))} entries, npm {ta:.1f} s, lode {tb:.1f} s) {found[:5]}")
    cl, _ = run([*npm, "ls", "--all"], b, b + ".ls.log")
    cw, _ = run([*npm, "ls", "--all"], a, a + ".ls.log")
    good &= check(cl == cw or cl == 0, f"{name}: npm ls --all finds nothing that it does not find after npm's own ci (lode {cl}, npm {cw})")
    if not args.resolve:
        return good
    c = copy(project, "resolve")
    os.unlink(os.path.join(c, "package-lock.json"))
    cr, tr = run([LODE, "install", "--ignore-scripts", "--no-audit", "--no-fund"], c, c + ".log")
    good &= check(cr == 0, f"{name}: install without a lockfile ({tr:.1f} s), exit {cr}")
    cl, _ = run([*npm, "ls", "--all"], c, c + ".ls.log")
    good &= check(cl == 0, f"{name}: npm ls --all accepts it")
    d = copy(project, "witness")
    if cr == 0:
        shutil.copy(os.path.join(c, "package-lock.json"), d)
    cn, _ = run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], d, d + ".log")
    found = differences(listing(d), listing(c)) if cn == cr == 0 else [f"npm ci exit {cn}"]
    good &= check(not found, f"{name}: npm ci installs its lockfile, the same tree {found[:5]}")
    return good


os.makedirs(args.work, exist_ok=True)
open(os.path.join(args.work, "npmrc"), "a").close()
results = [one(p) for p in args.projects]
print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
sys.exit(0 if all(results) else 1)
