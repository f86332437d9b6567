#!/usr/bin/env python3
"""Real packages, packed by lode and by npm: the same tar, the same tarball, the same words. Opt-in: it needs npm 12 and a registry.

    tests/real/packs.py --npm 'NODE …/npm-cli.js' --work DIR --userconfig FILE [--lode FILE] [PACKAGE…]

Each package's tarball is fetched once with npm and unpacked; the folder is packed by both, without its scripts. Where npm
adds something to the manifest that publishing had (a bundle that is not there), both see the same folder, so it does not count.
Without names, the packages below.
"""
import argparse, glob, gzip, os, shutil, subprocess, sys, tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGES = """semver lodash express react react-dom vue typescript webpack vite esbuild rollup jest mocha chalk commander yargs
axios moment date-fns uuid debug glob minimatch rimraf ws fastify koa prettier eslint @babel/core @babel/runtime @types/node
@angular/core core-js rxjs tslib zod graphql socket.io electron npm node-gyp sharp bcrypt @npmcli/arborist""".split()

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("packages", nargs="*")
ap.add_argument("--npm", required=True)
ap.add_argument("--lode", default=os.path.join(HERE, "../../build/release/lode"))
ap.add_argument("--work", required=True)
ap.add_argument("--userconfig", required=True)
args = ap.parse_args()
WORK, LODE = os.path.abspath(args.work), [os.path.abspath(args.lode)]
NPM = args.npm.split()
ENV = {k: v for k, v in os.environ.items() if not k.lower().startswith("npm_config_")}
ENV["npm_config_userconfig"] = os.path.abspath(args.userconfig)


def run(program, where, *words):
    return subprocess.run([*program, *words], cwd=where, env=ENV, stdin=subprocess.DEVNULL, capture_output=True, timeout=300)


def folder_of(spec):
    where = os.path.join(WORK, spec.replace("/", "+"))
    if not os.path.isdir(where):
        os.makedirs(where + ".tmp", exist_ok=True)
        got = run(NPM, where + ".tmp", "pack", "--silent", spec)
        if got.returncode:
            sys.exit(f"{spec}: {got.stderr.decode()}")
        with tarfile.open(glob.glob(where + ".tmp/*.tgz")[0]) as t:
            for m in t.getmembers():
                m.name = m.name.split("/", 1)[1] if "/" in m.name else m.name
                if m.isfile():
                    m.mode |= 0o600
                    t.extract(m, where, filter="data")
        shutil.rmtree(where + ".tmp")
    return where


def pack(program, where, to):
    shutil.rmtree(to, ignore_errors=True)
    os.makedirs(to)
    got = run(program, where, "pack", "--ignore-scripts", "--pack-destination", to)
    files = glob.glob(to + "/*.tgz")
    said = got.stdout.decode() + got.stderr.decode().replace("lode ", "npm ")
    said = "\n".join(line for line in said.splitlines() if not line.startswith("npm warn") and "_logs" not in line)
    return got.returncode, open(files[0], "rb").read() if files else b"", said


def compare(spec):
    where = folder_of(spec)
    npm, lode = pack(NPM, where, WORK + "/.npm"), pack(LODE, where, WORK + "/.lode")
    bad = [] if npm[0] == lode[0] == 0 else [f"exit {npm[0]} and {lode[0]}: {lode[2][-300:]}"]
    if npm[1] and lode[1]:
        bad += ["tar"] if gzip.decompress(npm[1]) != gzip.decompress(lode[1]) else []
        bad += ["tarball"] if npm[1] != lode[1] else []
    bad += ["said"] if npm[2] != lode[2] else []
    if "said" in bad:
        with open(WORK + "/.said.npm", "w") as a, open(WORK + "/.said.lode", "w") as b:
            a.write(npm[2]), b.write(lode[2])
    return bad


failed = 0
os.makedirs(WORK, exist_ok=True)
for spec in args.packages or PACKAGES:
    bad = compare(spec)
    failed += bool(bad)
    print(f"{'FAILED' if bad else 'ok    '} {spec} {', '.join(bad)}", flush=True)
print(f"{len(args.packages or PACKAGES) - failed} same, {failed} different")
sys.exit(failed > 0)
