#!/usr/bin/env python3
"""Run the end-to-end tests: all, or those whose names hold one of the words given. See harness.py."""
import glob, importlib, os, sys, time, traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import Bench, Registry  # noqa: E402


def collect(words):
    for path in sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "test_*.py"))):
        module = importlib.import_module(os.path.basename(path)[:-3])
        for name, test in vars(module).items():
            if name.startswith("test_") and callable(test) and (not words or any(w in name for w in words)):
                yield name, test


def main():
    passed, failed = 0, []
    for name, test in list(collect(sys.argv[1:])):
        registry = Registry()
        bench = Bench(registry)
        began = time.monotonic()
        try:
            test(bench)
            passed += 1
        except Exception:
            failed.append(name)
            print(f"FAILED {name} ({time.monotonic() - began:.1f} s)\n{traceback.format_exc()}", flush=True)
        finally:
            bench.close()
            registry.close()
    for name in failed:
        print(f"failed: {name}")
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
