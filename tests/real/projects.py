#!/usr/bin/env python3
"""Real projects against a recorded registry: lode beside npm. Opt-in: it needs npm 12 and the Node that lode bundles.

    tests/real/projects.py --npm 'NODE …/npm-cli.js' --work DIR --userconfig FILE [--replace-host HOST] [--trees] [--keep] PROJECTS…

A project is a folder with package.json (and package-lock.json), or a name in `projects.json` beside this file, which also tells
what is added, removed and updated. Each step runs in npm and in lode, and these have to be the same: exit status, lockfile,
every package.json, what was said (durations, the order of warnings and the program's name aside) and, with --trees, all of
node_modules: paths, types, modes, link targets, contents.

Without --trees every step is made with --package-lock-only and begins at the project's own lockfile, or at npm's where it has none:
`fresh` (no lockfile), `lock`, `add`, `remove`, `one` (update of one package), `update`, `dedupe`.
With --trees the steps follow each other in one folder (`ci`, `add`, `remove`, `one`, `update`, `dedupe`), and `fresh` in another.

What npm did is kept in DIR/witness and used again as long as manifest, lockfile and command lines are the same.
FILE is the user's .npmrc for both: registry and cafile. Record the registry first (run once), then freeze it and compare.
"""
import argparse, collections, glob, gzip, hashlib, json, os, re, shutil, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("projects", nargs="+")
ap.add_argument("--npm", required=True)
ap.add_argument("--lode", default=os.path.join(HERE, "../../build/release/lode"))
ap.add_argument("--work", required=True)
ap.add_argument("--userconfig", required=True)
ap.add_argument("--replace-host")
ap.add_argument("--trees", action="store_true")
ap.add_argument("--keep", action="store_true", help="leave lode's folders")
ap.add_argument("--steps", help="only these, with commas")
ap.add_argument("--option", action="append", default=[], help="a further option for both")
ap.add_argument("--show", type=int, default=6, help="so many differences of each kind")
args = ap.parse_args()
args.work, args.userconfig = os.path.abspath(args.work), os.path.abspath(args.userconfig)
NPM, LODE = args.npm.split(), [os.path.abspath(args.lode)]
with open(os.path.join(HERE, "projects.json")) as known:
    KNOWN = json.load(known)
ASPECTS = ("exit", "lock", "manifest", "said", "tree")
# Where npm put its logs and reports, and the empty lines around that.
NOISE = re.compile(r"^(npm error)?\s*$|complete log of this run|[/\\]_logs[/\\]|For a full report")
Result = collections.namedtuple("Result", ASPECTS)


def name_of(project):
    parts = os.path.normpath(project).split(os.sep)
    return parts[-2] if parts[-1] == "degit" else parts[-1]


def commands(project, step):
    """The words of a step's command."""
    edit = KNOWN.get(name_of(project), {})
    words = {
        "ci": ["ci"], "fresh": ["install"], "lock": ["install"], "add": ["install", *edit.get("add", ["is-odd"])],
        "remove": ["uninstall", *edit.get("remove", [])], "one": ["update", *edit.get("one", [])], "update": ["update"], "dedupe": ["dedupe"],
    }[step]
    mode = [] if args.trees else ["--package-lock-only"]
    return [*words, *mode, "--ignore-scripts", "--no-audit", "--no-fund", *edit.get("options", []), *args.option]


def make(project, where):
    shutil.rmtree(where, ignore_errors=True)
    if os.path.isdir(project):
        shutil.copytree(project, where, ignore=shutil.ignore_patterns("degit", "SOURCE.json"))
        subprocess.run(["chmod", "-R", "u+w", where], check=True)
        return
    for path, manifest in {"": KNOWN[project]["manifest"], **KNOWN[project].get("workspaces", {})}.items():
        os.makedirs(os.path.join(where, path), exist_ok=True)
        with open(os.path.join(where, path, "package.json"), "w") as f:
            json.dump(manifest, f, indent=2)


def run(program, words, where):
    env = {k: v for k, v in os.environ.items() if not k.lower().startswith("npm_config_")}
    env["npm_config_cache"] = os.path.join(args.work, "cache-" + ("lode" if program is LODE else "npm"))
    env["npm_config_userconfig"] = args.userconfig
    if args.replace_host:
        env["npm_config_replace_registry_host"] = args.replace_host
    began = time.monotonic()
    done = subprocess.run([*program, *words], cwd=where, env=env, capture_output=True, stdin=subprocess.DEVNULL, timeout=3600)
    return done.returncode, done.stdout + done.stderr, time.monotonic() - began


def read(path):
    try:
        with open(path, "rb") as f:
            return f.read()
    except FileNotFoundError:
        return None


def said(output, where):
    text = output.decode(errors="replace").replace(where, "").replace("lode ", "npm ")
    text = re.sub(r" in \d+(ms|s|m)?\b", " in TIME", text)
    return sorted(x.rstrip() for x in text.splitlines() if not NOISE.search(x))


def entry(full, hashes):
    st = os.lstat(full)
    if os.path.islink(full):
        return f"-> {os.readlink(full)}"
    if os.path.isdir(full):
        return f"dir {st.st_mode & 0o7777:o}"
    key = (st.st_dev, st.st_ino, st.st_mtime_ns, st.st_size, st.st_ctime_ns)
    if key not in hashes:
        hashes[key] = hashlib.sha1(read(full)).hexdigest()
    return f"{st.st_mode & 0o7777:o} {hashes[key]}"


def listing(where, hashes):
    found = {}
    for folder, dirs, files in os.walk(where):
        for name in dirs + files:
            full = os.path.join(folder, name)
            rel = os.path.relpath(full, where)
            if "node_modules" in rel.split(os.sep):
                found[rel] = entry(full, hashes)
    return found


def result(done, where, hashes):
    code, output, _ = done
    manifests = [x for x in glob.glob("**/package.json", root_dir=where, recursive=True) if "node_modules" not in x.split(os.sep)]
    text = {x: read(os.path.join(where, x)).decode(errors="replace") for x in sorted(manifests)}
    lock = read(os.path.join(where, "package-lock.json"))
    return Result(code, lock and lock.decode(errors="replace"), text, said(output, where), listing(where, hashes) if args.trees else None)


def chain(project, program, steps, where, lockfile):
    """The steps one after the other in a folder: their results. lockfile: the text to begin with, None to begin without."""
    make(project, where)
    path = os.path.join(where, "package-lock.json")
    if lockfile is None and os.path.exists(path):
        os.unlink(path)
    if lockfile is not None:
        with open(path, "w") as f:
            f.write(lockfile)
    hashes, results, times = {}, [], []
    for step in steps:
        done = run(program, commands(project, step), where)
        times.append(done[2])
        results.append(result(done, where, hashes))
    return results, times


def witness(project, steps, lockfile):
    where = os.path.join(args.work, "run", name_of(project))
    make(project, where)
    key = json.dumps([[commands(project, s) for s in steps], lockfile, args.replace_host] +
                     [read(os.path.join(where, x)).decode() for x in sorted(glob.glob("**/package.json", root_dir=where, recursive=True))])
    path = os.path.join(args.work, "witness", f"{name_of(project)}-{steps[-1]}-{hashlib.sha1(key.encode()).hexdigest()[:12]}.json.gz")
    if os.path.exists(path):
        with gzip.open(path, "rt") as f:
            return [Result(*x) for x in json.load(f)]
    results, times = chain(project, NPM, steps, where, lockfile)
    print(f"        {name_of(project)} {','.join(steps)}: npm {' '.join(f'{t:.0f}' for t in times)} s", flush=True)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with gzip.open(path + ".part", "wt", compresslevel=4) as f:
        json.dump(results, f)
    os.rename(path + ".part", path)
    return results


def unlike(aspect, a, b):
    """Lines that tell how a (npm's) and b differ."""
    if aspect == "lock" and a and b:
        x, y = (json.loads(t).get("packages", {}) for t in (a, b))
        found = [f"{k}: npm {json.dumps(x.get(k))} lode {json.dumps(y.get(k))}" for k in sorted(x.keys() | y.keys()) if json.dumps(x.get(k)) != json.dumps(y.get(k))]
        return found or ["outside packages, or their order"]
    if aspect == "said":
        return [f"npm only: {x}" for x in a if x not in b] + [f"lode only: {x}" for x in b if x not in a]
    if isinstance(a, dict):
        return [f"{k}: npm {a.get(k)} lode {b.get(k)}" for k in sorted(a.keys() | b.keys()) if a.get(k) != b.get(k)]
    return [f"npm {a} lode {b}"]


def compare(project, step, a, b, seconds):
    good = []
    for aspect, x, y in zip(ASPECTS, a, b):
        if x == y:
            good.append(aspect)
            continue
        found = unlike(aspect, x, y)
        print(f"DIFFERS {name_of(project)} {step} {aspect}: {len(found)}", flush=True)
        for line in found[:args.show]:
            print("        " + line[:700])
    print(f"{'ok     ' if len(good) == len(ASPECTS) else '-      '} {name_of(project)} {step} ({seconds:.1f} s, exit {a.exit}, {a.lock.count('node_modules/') if a.lock else 0} mentions)", flush=True)
    return good


def chains(project):
    """The rows of steps that begin anew: (steps, lockfile to begin with)."""
    own = read(os.path.join(project, "package-lock.json"))
    start = own.decode() if own else witness(project, ["fresh"], None)[0].lock
    if args.trees:
        rows = [(["fresh"], None), (["ci", "add", "remove", "one", "update", "dedupe"], start)]
    else:
        rows = [(["fresh"], None)] + [([s], start) for s in ("lock", "add", "remove", "one", "update", "dedupe")]
    only = args.steps and args.steps.split(",")
    return [row for row in rows if not only or set(only) & set(row[0])]


def main():
    counts = collections.defaultdict(lambda: collections.Counter())
    for project in args.projects:
        for steps, lockfile in chains(project):
            expected = witness(project, steps, lockfile)
            where = os.path.join(args.work, "run", name_of(project))
            got, times = chain(project, LODE, steps, where, lockfile)
            for step, a, b, seconds in zip(steps, expected, got, times):
                good = compare(project, step, a, b, seconds)
                counts[step].update(good, of=1, all=len(good) == len(ASPECTS))
            if not args.keep:
                shutil.rmtree(where, ignore_errors=True)
    print("step      identical  " + "  ".join(f"{a:>8}" for a in ASPECTS))
    for step, c in counts.items():
        print(f"{step:<9} {c['all']:>4}/{c['of']:<4}  " + "  ".join(f"{c[a]:>8}" for a in ASPECTS))
    return sum(c["of"] - c["all"] for c in counts.values())


sys.exit(1 if main() else 0)
