#!/usr/bin/env python3
"""Runs `exec` and `npx` with npm and with lode against the fixture registry and compares what is printed, the exit status
and what is in the cache of packages fetched for it. Opt-in:

    tests/differential/exec.py --npm 'node …/npm-cli.js' [--lode PATH] [-v] [WORD …]
"""
import argparse, json, os, re, shutil, signal, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor
from exec_lines import LINES, PROJECTS

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests/e2e"))
import harness  # noqa: E402


def lay(where, tree):
    for name, value in tree.items():
        path = os.path.join(where, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if isinstance(value, dict) and "$link" in value:
            os.symlink(value["$link"], path)
            continue
        with open(path, "w") as f:
            f.write(value if isinstance(value, str) else json.dumps(value, indent=2) + "\n")
        if path.endswith(".sh") or "/.bin/" in path:
            os.chmod(path, 0o755)


class Side:
    def __init__(self, npm, npx, registry, places):
        self.npm, self.npx, self.registry, self.places = npm, npx, registry, places

    def call(self, words, cwd, env, special):
        command = [*(self.npx if words[0] == "npx" else self.npm + words[:1]), *words[1:]]
        if "tty" in special:
            return *harness.on_terminal(command, special["tty"], cwd=cwd, env=env), ""
        p = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True, start_new_session=True)
        try:
            out, err = p.communicate(special.get("stdin", ""), timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            return "did not end", *p.communicate()
        return p.returncode, out, err

    def run(self, project, words, special):
        base = os.path.realpath(tempfile.mkdtemp(prefix="exec-"))
        try:
            for name in ("/home", "/global/lib/node_modules", "/global/bin", "/project"):
                os.makedirs(base + name)
            lay(base + "/project", PROJECTS[project])
            env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": base + "/home", "LANG": "C.UTF-8", "NO_COLOR": "1", "TERM": "dumb",
                   "npm_config_cache": base + "/cache", "npm_config_prefix": base + "/global", "npm_config_audit": "false",
                   "npm_config_fund": "false", "npm_config_update_notifier": "false", "npm_config_registry": self.registry.url,
                   "npm_config_cafile": self.registry.cafile, "npm_config_progress": "false", "PS1": "$ ",
                   "GIT_TERMINAL_PROMPT": "0", **special.get("env", {})}
            words = [w.replace("{DIR}", base).replace("{REGISTRY}", self.registry.url) for w in words]
            cwd = os.path.join(base, "project", special.get("cwd", ""))
            for before in special.get("before", []):
                self.call(before, cwd, env, {})
            code, out, err = self.call(words, cwd, env, special)
            return {"status": code, "stdout": self.level(out, base), "stderr": self.level(err, base), "cache": self.cached(base)}
        finally:
            shutil.rmtree(base, ignore_errors=True)

    def cached(self, base):
        found = {}
        for cache in ("cache", "other-cache"):
            folder = f"{base}/{cache}/_npx"
            for key in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
                try:
                    with open(f"{folder}/{key}/package.json") as f:
                        found[key] = json.loads(self.level(f.read(), base))
                except FileNotFoundError:
                    found[key] = None
                except ValueError as e:
                    found[key] = str(e)
        # a folder is named by where it is: not the same twice
        return {(k if "{DIR}" not in json.dumps(v) else "{KEY}"): v for k, v in found.items()}

    def level(self, text, base):
        for old, new in [(base, "{DIR}"), (self.registry.url, "{REGISTRY}"), *self.places]:
            text = text.replace(old, new)
        text = re.sub(r"(npm|lode) error (A complete log of this run|    \{DIR\}/cache/_logs).*\n", "", text)
        text = re.sub(r"\{DIR\}/cache/_logs/\S+", "{LOG}", text)
        return re.sub(r"\bin \d+m?s", "in TIME", text)


def as_npm(text):
    """lode speaks of itself where npm does."""
    return re.sub(r"\blode\b", "npm", text)


def compare(a, b):
    return [k for k in a if (as_npm(a[k]) != as_npm(b[k]) if isinstance(a[k], str) and isinstance(b[k], str) else a[k] != b[k])]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--npm", required=True)
    ap.add_argument("--lode", default=os.path.join(ROOT, "build/debug/lode"))
    ap.add_argument("--remember", help="a file that keeps npm's answers for the next time")
    ap.add_argument("-v", action="store_true")
    ap.add_argument("words", nargs="*")
    o = ap.parse_args()
    registry, tools = harness.Registry(), tempfile.mkdtemp(prefix="exec-tools-")
    node, cli = o.npm.split()
    os.symlink(os.path.realpath(o.lode), tools + "/npx")
    os.symlink(os.path.realpath(o.lode), tools + "/npm")
    npm_root = os.path.dirname(os.path.dirname(os.path.realpath(cli)))
    npm = Side([node, cli], [node, npm_root + "/bin/npx-cli.js"], registry, [(npm_root, "{NPM}")])
    lode = Side([os.path.realpath(o.lode)], [tools + "/npx"], registry, [(tools, "{NPM}")])
    name = lambda line: f"{line[0]}: {json.dumps(line[1])} {json.dumps(line[2]) if line[2] else ''}"
    lines, good = [line for line in LINES if all(w in name(line) for w in o.words)], 0
    known = json.load(open(o.remember)) if o.remember and os.path.exists(o.remember) else {}
    key = lambda line: json.dumps([PROJECTS[line[0]], *line], sort_keys=True)

    def npm_run(line):
        if key(line) not in known:
            known[key(line)] = npm.run(*line)
        return known[key(line)]

    try:
        with ThreadPoolExecutor(2) as pool:
            for line, a, b in zip(lines, pool.map(npm_run, lines), pool.map(lambda x: lode.run(*x), lines)):
                bad = compare(a, b)
                good += not bad
                if bad or o.v:
                    print("DIFFERS" if bad else "AGREES ", name(line), flush=True)
                    for k in bad or a:
                        print(f"  {k}\n    npm  {a[k]!r}\n    lode {b[k]!r}")
    finally:
        registry.close()
        shutil.rmtree(tools)
        if o.remember:
            with open(o.remember, "w") as f:
                json.dump(known, f)
    print(f"{good} of {len(lines)} agree")
    return good != len(lines)


sys.exit(main())
