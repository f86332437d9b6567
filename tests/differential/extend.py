#!/usr/bin/env python3
"""npm's lockfileVersion 4 beside lode's: patches, packageExtensions and .npm-extension. Opt-in: it needs npm 12.

    tests/differential/extend.py --npm 'NODE …/npm-cli.js' [--lode FILE] [-v] [WORD …]

A scenario is files and steps; each step is a command line, or files to change before the next one. After each command these have to be
the same: exit status, what was said (npm's name, durations and log files aside), package-lock.json, the hidden lockfile,
package.json, patch files, and everything in node_modules: paths, kinds, modes, contents. Both run against the fixture registry.
"""
import argparse, difflib, hashlib, json, os, re, shlex, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../e2e"))
from harness import Registry  # noqa: E402
from extend_cases import CASES  # noqa: E402

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--npm", required=True)
ap.add_argument("--lode", default=os.path.join(HERE, "../../build/debug/lode"))
ap.add_argument("--witness", metavar="DIR", help="keep what npm did there, and use it again")
ap.add_argument("-v", action="store_true", help="show what differs")
ap.add_argument("words", nargs="*")
args = ap.parse_args()


def write(base, files):
    for name, text in files.items():
        path = os.path.join(base, name)
        if text is None:
            shutil.rmtree(path) if os.path.isdir(path) else os.path.exists(path) and os.unlink(path)
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text if isinstance(text, str) else json.dumps(text, indent=2) + "\n")


def tree_of(base, url):
    found = {}
    for folder, dirs, files in os.walk(base):
        dirs.sort()
        for name in dirs + files:
            full = os.path.join(folder, name)
            rel = os.path.relpath(full, base)
            if rel == "node_modules" and not os.listdir(full) or os.path.basename(rel).startswith(".lode-"):
                continue
            if os.path.islink(full):
                found[rel] = "-> " + os.readlink(full)
            elif os.path.isfile(full):
                with open(full, "rb") as f:
                    found[rel] = "%o %s" % (os.stat(full).st_mode & 0o777, f.read().decode("utf8", "replace").replace(url, "REGISTRY/"))
            else:
                found[rel] = "dir"
    return found


# Log files, what lode adds to an error, and what npm adds to it: a path, or the command's help.
NOISE = re.compile(r"^npm (error|verbose|warn) ?(A complete log of this run|.*-debug-0\.log)|^npm error (code undefined|file |path )|"
                   r"^lode error while |^(npm|lode) error$")
HELP = re.compile(r"^PM error .*\nPM error Usage:\n(PM error.*\n?)*", re.M)


def said(text, home):
    lines = []
    for line in text.replace(home, "HOME").splitlines():
        if NOISE.search(line):
            continue
        line = re.sub(r"\bin \d+(\.\d+)?(ms|s|m)\b", "in TIME", line)
        line = re.sub(r"npm-patch/\S+", "npm-patch/DIR", line)
        line = re.sub(r"^(npm|lode) ", "PM ", line)
        line = re.sub(r"`(npm|lode) ", "`PM ", line)
        line = re.sub(r"\b(npm|lode) (ci|install|patch|help)\b", r"PM \2", line)
        lines.append(line.rstrip())
    return HELP.sub("", "\n".join(line for line in lines if line))


def run(client, case, registry, work):
    """What each command of a case gives, one client alone."""
    home, base = os.path.join(work, "home"), os.path.join(work, "p")
    os.makedirs(base)
    write(home, {".npmrc": f"registry={registry.url}\ncafile={registry.cafile}\naudit=false\nfund=false\nupdate-notifier=false\n"})
    env = {k: v for k, v in os.environ.items() if not k.lower().startswith(("npm_", "node_", "lode_"))}
    env.update(HOME=home, npm_config_cache=os.path.join(work, "cache"), TMPDIR=work)
    results = []
    for step in case["steps"]:
        if isinstance(step, dict):
            write(base, step)
            continue
        p = subprocess.run(client + shlex.split(step.replace("WORK", work)), cwd=base, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        results.append((step, p.returncode, said(p.stdout.replace(registry.url, "REGISTRY/"), work), said(p.stderr.replace(registry.url, "REGISTRY/"), work), tree_of(base, registry.url)))
    return results


def witness(case, registry, work):
    """npm's results, from a former run where there was one."""
    text = json.dumps(case) + args.npm
    # the store's names of install-strategy=linked hold the registry's port
    kept = os.path.join(args.witness, hashlib.sha256(text.encode()).hexdigest()[:20] + ".json") if args.witness and "linked" not in text else None
    if kept and os.path.exists(kept):
        with open(kept) as f:
            return json.load(f)
    found = run(shlex.split(args.npm), case, registry, work)
    if kept:
        os.makedirs(args.witness, exist_ok=True)
        with open(kept, "w") as f:
            json.dump(found, f)
    return found


def differences(npm, lode):
    out = []
    for (step, code, stdout, stderr, tree), (_, code2, stdout2, stderr2, tree2) in zip(npm, lode):
        if code != code2:
            out.append(f"{step}: exit {code} and {code2}\n{stderr}\n---\n{stderr2}")
        for what, x, y in (("stdout", stdout, stdout2), ("stderr", stderr, stderr2)):
            if x != y:
                out.append(f"{step}: {what}\n" + "\n".join(difflib.unified_diff(x.splitlines(), y.splitlines(), "npm", "lode", lineterm="")))
        for name in sorted(set(tree) | set(tree2)):
            if tree.get(name) != tree2.get(name):
                out.append(f"{step}: {name}\n" + "\n".join(difflib.unified_diff(str(tree.get(name)).splitlines(), str(tree2.get(name)).splitlines(), "npm", "lode", lineterm="")))
    return out


registry = Registry()
passed = failed = 0
try:
    for case in CASES:
        if args.words and not any(w in case["name"] for w in args.words):
            continue
        work = tempfile.mkdtemp(prefix="extend-")
        work2 = tempfile.mkdtemp(prefix="extend-")
        try:
            found = differences(witness(case, registry, work), run([os.path.abspath(args.lode)], case, registry, work2))
        finally:
            for w in (work, work2):
                shutil.rmtree(w, ignore_errors=True)
        passed, failed = passed + (not found), failed + bool(found)
        print("same  " if not found else "DIFFER", case["name"], flush=True)
        if found and args.v:
            print("\n".join(found))
finally:
    registry.close()
print(f"{passed} the same, {failed} differ")
sys.exit(failed > 0)
