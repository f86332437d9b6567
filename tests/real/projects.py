#!/usr/bin/env python3
"""Real projects from the configured registry: lode beside npm. Opt-in: it needs a network, and an npm as witness.

    tests/real/projects.py --npm 'node …/npm-cli.js' --work DIR PROJECTS… [--replace-host HOST] [--resolve] [--keep]

For each project (a folder with package.json and package-lock.json) `lode ci` and `npm ci --ignore-scripts` are run in copies and
their node_modules compared: paths, contents, modes, links. With --resolve also without the lockfile: lode's tree must satisfy
`npm ls --all`, its lockfile must be one that `npm ci` installs, and it is compared with the one that npm writes.
With --keep what npm made in an earlier run is used again: npm takes its time.
"""
import argparse, hashlib, json, os, shutil, subprocess, sys, time

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("projects", nargs="+")
ap.add_argument("--npm", required=True)
ap.add_argument("--lode", default=os.path.join(os.path.dirname(__file__), "../../build/prefix/bin/lode"))
ap.add_argument("--work", required=True)
ap.add_argument("--replace-host")
ap.add_argument("--resolve", action="store_true")
ap.add_argument("--keep", action="store_true")
ap.add_argument("--before", help="resolve as of this date: what npm answered yesterday holds today")
ap.add_argument("--no-ci", action="store_true", help="only --resolve")
args = ap.parse_args()
LODE = os.path.abspath(args.lode)
QUIET = ["--ignore-scripts", "--no-audit", "--no-fund"]
INSTALL = ["install", *QUIET, *(["--before", args.before] if args.before else [])]


def place(project, name):
    parts = os.path.normpath(project).split(os.sep)
    return os.path.join(args.work, parts[-2] if parts[-1] == "degit" else parts[-1], name)


def copy(project, name):
    to = place(project, name)
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


def witness(project, name, command, lockfile=None):
    """A copy in which npm ran the command: (folder, its exit, seconds or None). lockfile: False for none, or the one to use."""
    to = place(project, name)
    key = json.dumps([command, lockfile and hashlib.sha1(open(lockfile, "rb").read()).hexdigest()])
    try:
        with open(to + ".done") as f:
            if args.keep and f.read() in ("", key):
                return to, 0, None
    except FileNotFoundError:
        pass
    copy(project, name)
    if lockfile is not None:
        os.unlink(os.path.join(to, "package-lock.json"))
    if lockfile:
        shutil.copy(lockfile, os.path.join(to, "package-lock.json"))
    code, seconds = run([*args.npm.split(), *command], to, to + ".log")
    if code == 0:
        with open(to + ".done", "w") as f:
            f.write(key)
    return to, code, seconds


def seconds(t):
    return f"{t:.1f} s" if t is not None else "earlier"


def npm_ls(where):
    """npm ls --all: (exit, the problems it tells)."""
    code, _ = run([*args.npm.split(), "ls", "--all"], where, where + ".ls.log")
    with open(where + ".ls.log") as f:
        return code, [line.strip().replace(where, "") for line in f if line.startswith("npm error") and "complete log" not in line]


def lockfile_differences(a, b):
    """Between two lockfiles, by location: (of how many, the differing ones)."""
    a, b = (json.load(open(os.path.join(d, "package-lock.json")))["packages"] for d in (a, b))
    found = []
    for k in sorted(a.keys() | b.keys()):
        x, y = a.get(k), b.get(k)
        if x is None or y is None:
            found.append(f"{k}: npm {x and x.get('version', '-')} lode {y and y.get('version', '-')}")
        elif json.dumps(x) != json.dumps(y):
            found.append(f"{k}: npm {json.dumps(x)} lode {json.dumps(y)}")
    return len(a), found


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
    if args.no_ci:
        return resolve(project, os.path.basename(os.path.dirname(place(project, "lode"))))
    a, ca, ta = witness(project, "npm", ["ci", *QUIET])
    b = copy(project, "lode")
    name = os.path.relpath(a, args.work).split(os.sep)[0]
    cb, tb = run([LODE, "ci", *QUIET], b, b + ".log")
    found = differences(listing(a), listing(b)) if ca == cb == 0 else [f"exit npm {ca} lode {cb}, see {b}.log"]
    good = check(not found, f"{name}: ci gives npm's node_modules ({len(listing(b))} entries, npm {seconds(ta)}, lode {seconds(tb)}) {len(found)} differ {found[:5]}")
    (cl, problems), (cw, known) = npm_ls(b), npm_ls(a)
    good &= check(cl == cw and set(problems) <= set(known), f"{name}: npm ls --all finds no more than after npm's own ci (lode {cl}, npm {cw}) {[x for x in problems if x not in known][:5]}")
    return resolve(project, name) and good if args.resolve else good


def resolve(project, name):
    c = copy(project, "resolve")
    os.unlink(os.path.join(c, "package-lock.json"))
    cr, tr = run([LODE, *INSTALL], c, c + ".log")
    e, ce, te = witness(project, "npm-resolve", INSTALL, lockfile=False)
    good = check(cr == 0 or ce != 0, f"{name}: install without a lockfile ({seconds(tr)}), exit npm {ce} lode {cr}")
    if cr:
        return good
    (cl, problems), (cw, known) = npm_ls(c), npm_ls(e)
    good &= check(cl == 0 or set(problems) <= set(known), f"{name}: npm ls --all accepts it (lode {cl}, npm {cw}) {[x for x in problems if x not in known][:5]}")
    found = None
    if ce == 0:
        total, found = lockfile_differences(e, c)
        good &= check(not found, f"{name}: the lockfile is npm's ({total} packages, npm {seconds(te)}) {len(found)} differ {found[:5]}")
        with open(c + ".diff", "w") as f:
            f.write("\n".join(found))
        unlike = differences(listing(e), listing(c))
        good &= check(not unlike, f"{name}: the tree is npm's {len(unlike)} differ {unlike[:5]}")
    d, cn, _ = witness(project, "witness", ["ci", *QUIET], lockfile=os.path.join(c, "package-lock.json"))
    if cn and ce == 0 and not found:
        check(True, f"{name}: npm ci refuses the lockfile that npm itself writes")
        return good
    good = check(cn == 0, f"{name}: npm ci installs lode's lockfile, exit {cn}") and good
    again = copy(project, "again")
    shutil.copy(os.path.join(c, "package-lock.json"), again)
    cb, _ = run([LODE, "ci", *QUIET], again, again + ".log")
    unlike = differences(listing(d), listing(again)) if cn == cb == 0 else [f"exit npm {cn} lode {cb}"]
    return check(not unlike, f"{name}: and lode ci does so alike {len(unlike)} differ {unlike[:5]}") and good


os.makedirs(args.work, exist_ok=True)
open(os.path.join(args.work, "npmrc"), "a").close()
results = [one(p) for p in args.projects]
print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
sys.exit(0 if all(results) else 1)
