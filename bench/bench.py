#!/usr/bin/env python3
"""Measure installers side by side: alternating order, a fresh directory for every run, nothing deleted until the end.

    bench/bench.py --work DIR --npmrc FILE --project FOLDER [--runs 5] [--scenario NAME …] NAME=COMMAND …

COMMAND is how an installer is called (`lode=build/prefix/bin/lode`, `npm=node …/npm-cli.js`); all take npm's arguments. FILE names a
registry on this machine that holds everything the project needs; FOLDER has its package.json.

    none   nothing to do: all is there
    warm   cache and lockfile, no node_modules: install
    ci     lockfile, no cache: install
    cold   nothing at all: install
    nolock warm cache, no lockfile, no node_modules: install
    add    all is there, then one package is added

Prints for each scenario median and minimum in seconds, peak memory in MB, and the medians' ratio to the first installer named.
"""
import argparse, os, shutil, statistics, subprocess, sys, time

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("tools", nargs="+")
ap.add_argument("--work", required=True)
ap.add_argument("--npmrc", required=True)
ap.add_argument("--project", required=True)
ap.add_argument("--runs", type=int, default=5)
ap.add_argument("--scenario", action="append")
ap.add_argument("--add", default="left-pad", help="the package that `add` adds")
args = ap.parse_args()
TOOLS = dict(t.split("=", 1) for t in args.tools)
SCENARIOS = ["none", "warm", "ci", "cold", "nolock", "add"]
FLAGS = ["--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", "--loglevel=error"]


class Tool:
    def __init__(self, name, command):
        self.name, self.command = name, command.split()
        self.command[0] = shutil.which(self.command[0]) or os.path.abspath(self.command[0])
        self.home = os.path.join(args.work, name)
        self.serial = 0

    def fresh(self, lock=None):
        self.serial += 1
        where = os.path.join(self.home, f"run{self.serial}")
        os.makedirs(where)
        shutil.copy(os.path.join(args.project, "package.json"), where)
        if lock:
            shutil.copy(lock, where)
        return where

    def run(self, where, words, cache):
        """Seconds and peak memory in MB of the whole process tree."""
        env = {k: v for k, v in os.environ.items() if not k.lower().startswith("npm_config_") and k != "NODE_EXTRA_CA_CERTS"}
        env.update(npm_config_cache=cache, npm_config_userconfig=args.npmrc, HOME=self.home)
        began = time.monotonic()
        p = subprocess.Popen([*self.command, *words, *FLAGS], cwd=where, env=env, stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = p.stderr.read()
        _, status, usage = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - began
        if p.returncode:
            sys.exit(f"{self.name} {' '.join(words)} in {where} failed:\n{said.decode(errors='replace')[-3000:]}")
        return seconds, usage.ru_maxrss / 1024

    def prepare(self):
        """A cache that is full, a lockfile, an installed project."""
        self.cache = os.path.join(self.home, "cache")
        self.done = self.fresh()
        self.run(self.done, ["install"], self.cache)
        self.lock = os.path.join(self.done, "package-lock.json")

    def measure(self, scenario):
        empty = os.path.join(self.home, f"cache-empty{self.serial}")
        if scenario == "none":
            return self.run(self.done, ["install"], self.cache)
        if scenario == "warm":
            return self.run(self.fresh(self.lock), ["install"], self.cache)
        if scenario == "ci":
            return self.run(self.fresh(self.lock), ["install"], empty)
        if scenario == "cold":
            return self.run(self.fresh(), ["install"], empty)
        if scenario == "nolock":
            return self.run(self.fresh(), ["install"], self.cache)
        where = self.fresh(self.lock)
        self.run(where, ["install"], self.cache)
        return self.run(where, ["install", args.add], self.cache)


def main():
    os.makedirs(args.work)
    tools = [Tool(n, c) for n, c in TOOLS.items()]
    for t in tools:
        os.makedirs(t.home)
        t.prepare()
    print(f"{os.path.basename(os.path.normpath(args.project))}: {args.runs} runs each; load before: {os.getloadavg()[0]:.2f}")
    for scenario in args.scenario or SCENARIOS:
        got = {t.name: [] for t in tools}
        for n in range(args.runs):
            for t in (tools if n % 2 == 0 else tools[::-1]):
                got[t.name].append(t.measure(scenario))
        base = statistics.median(s for s, _ in got[tools[0].name])
        for name, runs in got.items():
            median = statistics.median(s for s, _ in runs)
            print(f"{scenario:7} {name:6} median {median:7.3f}  min {min(s for s, _ in runs):7.3f}  peak {max(m for _, m in runs):6.0f} MB  "
                  f"{median / base:6.2f} x {tools[0].name}", flush=True)


main()
