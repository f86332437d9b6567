#!/usr/bin/env python3
"""Run the end-to-end tests: all, or those whose names hold one of the words given. See harness.py.

    run.py [--threaded] [WORD …]     --threaded: only the files that say so, of what lode does with several threads
"""
import glob, importlib, os, sys, time, traceback
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import Bench, Registry  # noqa: E402


def collect(words, threaded):
    for path in sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "test_*.py"))):
        module = importlib.import_module(os.path.basename(path)[:-3])
        if threaded and not getattr(module, "THREADED", False):
            continue
        for name, test in vars(module).items():
            if name.startswith("test_") and callable(test) and (not words or any(w in name for w in words)):
                yield name, test


def run(case):
    """The name, what went wrong if anything did, and how long it took. Every test has a registry of its own."""
    name, test = case
    began = time.monotonic()
    try:
        registry = Registry()
        bench = Bench(registry)
        try:
            test(bench)
        finally:
            bench.close()
            registry.close()
        trouble = None
    except Exception:
        trouble = f"FAILED {name} ({time.monotonic() - began:.1f} s)\n{traceback.format_exc()}"
    return name, trouble, time.monotonic() - began


def main():
    words = [w for w in sys.argv[1:] if w != "--threaded"]
    failed, took, cases = [], [], list(collect(words, "--threaded" in sys.argv))
    with ThreadPoolExecutor(int(os.environ.get("LODE_TEST_JOBS", "2"))) as pool:
        for name, trouble, seconds in pool.map(run, cases):
            took.append((seconds, name))
            if trouble:
                failed.append(name)
                print(trouble, flush=True)
    print("slowest: " + ", ".join(f"{name} {seconds:.0f} s" for seconds, name in sorted(took, reverse=True)[:8]))
    for name in failed:
        print(f"failed: {name}")
    print(f"{len(cases) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed or not cases else 0


sys.exit(main())
