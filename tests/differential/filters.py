#!/usr/bin/env python3
"""Asks pnpm which workspaces the selectors of tests/unit/resolver_wsfilter.json choose, and lode too when it is named. Opt-in:

    tests/differential/filters.py --pnpm PATH [--lode PATH] [--record]

The workspaces of that file are made, in a git repository whose changes are the file's. --record writes pnpm's answers there;
the unit test holds lode's rules to them.
"""
import argparse, json, os, shutil, subprocess, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TABLE = os.path.join(ROOT, "tests/unit/resolver_wsfilter.json")


def git(root, *words):
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.test", *words], cwd=root, check=True, capture_output=True)


def write(root, name, text):
    os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
    with open(os.path.join(root, name), "w") as f:
        f.write(text)


def make(root, table):
    """`two` goes on from `one` and is no part of the branch; HEAD~1 is `one`; the last change is in no commit."""
    folders = [d for d in table["packages"] if d]
    for folder, manifest in table["packages"].items():
        more = {"workspaces": folders} if not folder else {}
        write(root, os.path.join(folder, "package.json"), json.dumps({**manifest, **more, "scripts": {"t": "true"}}))
        write(root, os.path.join(folder, "index.js"), "1\n")
    write(root, "pnpm-workspace.yaml", "packages:\n" + "".join(f"  - {d}\n" for d in folders) +
          "linkWorkspacePackages: true\nverifyDepsBeforeRun: false\nignoreWorkspaceCycles: true\n")
    git(root, "init", "-q", "-b", "main"), git(root, "add", "-A"), git(root, "commit", "-qm", "1"), git(root, "tag", "one")
    write(root, "packages/other-ui/new.js", "1\n"), git(root, "add", "-A"), git(root, "commit", "-qm", "2"), git(root, "tag", "two")
    git(root, "checkout", "-q", "-b", "side", "one")
    uncommitted = table["changed"]["HEAD"]
    for name in table["changed"]["one"]:
        if name not in uncommitted:
            write(root, name, "2\n")
    git(root, "add", "-A"), git(root, "commit", "-qm", "3")
    for name in uncommitted:
        write(root, name, "2\n")
    write(root, "packages/core/untracked.js", "1\n")


def options(words):
    """A case's words as a command line has them, and where it is typed."""
    cwd = next((w[4:] for w in words if w.startswith("cwd=")), "")
    return cwd, [w if w.startswith("--") else "--filter=" + w for w in words if not w.startswith("cwd=")]


def ask_pnpm(pnpm, root, words, env):
    cwd, args = options(words)
    p = subprocess.run([pnpm, *args, "run", "--dry-run", "--json", "t"], cwd=os.path.join(root, cwd), env=env, capture_output=True, text=True)
    if "{\n" in p.stdout:
        return sorted(t["project"].replace(".", "", t["project"] == ".") for t in json.loads(p.stdout[p.stdout.index("{\n"):])["tasks"])
    return [] if p.stdout.startswith(("Scope: 0", "No projects")) else None


def ask_lode(lode, root, words, env, names):
    cwd, args = options(words)
    p = subprocess.run([lode, *args, "run", "--parseable"], cwd=os.path.join(root, cwd), env=env, capture_output=True, text=True)
    if p.returncode and "--fail-if-no-match" not in words:
        return None
    lines = [line for line in p.stdout.splitlines() if line.endswith("t:true")]
    return sorted("" if line == "t:true" else names[line.rsplit(":", 2)[0]] for line in lines)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--pnpm", required=True)
    ap.add_argument("--lode")
    ap.add_argument("--record", action="store_true")
    o = ap.parse_args()
    with open(TABLE) as f:
        table = json.load(f)
    base = os.path.realpath(tempfile.mkdtemp(prefix="lode-filters-"))
    root, good = os.path.join(base, "project"), 0
    env = {k: v for k, v in os.environ.items() if not k.lower().startswith(("npm_", "pnpm_"))}
    env.update(HOME=base, CI="1")
    names = {m["name"]: d for d, m in table["packages"].items()}
    make(root, table)
    for case in table["cases"]:
        words, recorded = case
        said = {"pnpm": ask_pnpm(o.pnpm, root, words, env)}
        if o.lode:
            said["lode"] = ask_lode(os.path.abspath(o.lode), root, words, env, names)
        same = all(v == (recorded and sorted(recorded)) for v in said.values())
        good += same
        if not same:
            print(json.dumps(words), "recorded", recorded, said, flush=True)
        case[1] = said["pnpm"]
    if o.record:
        with open(TABLE, "w") as f:
            rows = ",\n".join(f" {json.dumps(k)}: {json.dumps(v)}" for k, v in table["packages"].items())
            cases = ",\n".join(" " + json.dumps(c) for c in table["cases"])
            f.write(f'{{\n"packages": {{\n{rows}\n}},\n"changed": {json.dumps(table["changed"], indent=1)},\n"cases": [\n{cases}\n]\n}}\n')
    print(f"{good} of {len(table['cases'])} agree")
    shutil.rmtree(base)


main()
