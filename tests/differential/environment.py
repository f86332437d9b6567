#!/usr/bin/env python3
"""Runs scripts with npm and with lode and compares all that they see: environment, arguments, directory, streams. Opt-in:

    tests/differential/environment.py --npm 'node …/npm-cli.js' [--lode PATH] [--record] [WORD …]

npm has to run on the Node that lode bundles. --record writes what npm did to tests/e2e/environment/npm.json, which the
end-to-end tests hold lode to; what may differ is listed in tests/e2e/environment/sides.py.
"""
import argparse, json, os, sys
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests/e2e/environment"))
import sides  # noqa: E402


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--npm", required=True)
    ap.add_argument("--lode", default=os.path.join(ROOT, "build/debug/lode"))
    ap.add_argument("--record", action="store_true")
    ap.add_argument("-v", action="store_true")
    ap.add_argument("words", nargs="*")
    o = ap.parse_args()
    npm, lode = sides.npm_side(o.npm), sides.lode_side(o.lode)
    lines, good, record = sides.lines(o.words), 0, {}
    with ThreadPoolExecutor(2) as pool:
        for line, a, b in zip(lines, pool.map(lambda x: npm.run(*x), lines), pool.map(lambda x: lode.run(*x), lines)):
            record[sides.name_of(line)] = a
            said = sides.compare(a, b)
            good += not said
            if said:
                print("DIFFERS", sides.name_of(line), *said, sep="\n    ", flush=True)
            if o.v:
                print(json.dumps([a, b], indent=1))
    if o.record:
        with open(sides.RECORDED, "w") as f:
            runs = sides.squeeze(record)
            f.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in runs.items()) + "\n}\n")
    print(f"{good} of {len(lines)} agree")
    return good != len(lines)


sys.exit(main())
