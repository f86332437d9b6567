#!/usr/bin/env python3
"""Tests of what measures: the report, the comparing of counts, the floors, the line to a far registry.

    PROGRAMS=build/release/bench tests/bench/run.py
"""
import http.server, json, os, shutil, subprocess, sys, tempfile, threading, unittest
import xml.dom.minidom

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bench"))
import counts, floors, measure, report  # noqa: E402

PROGRAMS = os.path.abspath(os.environ.get("PROGRAMS", os.path.join(ROOT, "build/release/bench")))
QUIET = {"spin_ms": [50, 50, 51], "load_before": 0.1, "load_after": 0.2, "beside": 0.01}


def result(project, scenario, tools, floor=None, wan=None):
    return {"project": project, "scenario": scenario, "wan": wan, "when": "2026-01-02", "noise": QUIET, "floors": floor or {},
            "tools": {n: {"seconds": s, "peak_mb": 20, "syscalls": 1000, "largest_mb": 19, "cpu": s} for n, s in tools.items()}}


def example():
    return {"machine": {"processors": 2, "model": "A & B", "memory_gb": 8, "kernel": "6.1"}, "tools": {"lode": "0.1.0", "bun": "1.4.5", "npm": "12.2.0"},
            "results": [result("small", "warm", {"lode": [0.1, 0.12, 0.11], "bun": [0.22, 0.3, 0.21], "npm": []}, {"link": [0.1, 0.1]}),
                        result("small", "ci", {"lode": [1, 1, 1, 1], "bun": [3, 3, 3, 5], "npm": [9, 9]}, {"transfer": [0.3], "unpack": [0.8]}),
                        result("small", "ci", {"lode": [4], "bun": [5]}, wan={"rtt_ms": 50, "mbit": 200}),
                        result("start", "run", {"lode": [0.004], "bun": [0.012]}, {"start": [0.0005], "bare": [0.001]})]}


class Report(unittest.TestCase):
    def setUp(self):
        self.doc = report.merge([example()])

    def test_ratios_are_of_medians_and_to_the_fastest(self):
        r = self.doc["results"]["small", "warm", False]
        got, who = report.ratio(r, "lode")
        self.assertEqual((round(got, 6), who), (2.0, "bun"))

    def test_the_larger_half_is_the_floor(self):
        self.assertEqual(report.floor_of(self.doc["results"]["small", "ci", False]), ("unpack", 0.8))
        self.assertEqual(report.floor_of(self.doc["results"]["start", "run", False]), ("bare", 0.001))

    def test_the_table(self):
        text = report.markdown(self.doc)
        rows = [line for line in text.split("\n") if line.startswith("|")]
        for row in rows:
            self.assertNotIn("None", row)
        self.assertIn("| warm | 0.11 s [0.10 s] (3 runs) | 0.22 s [0.21 s] (3 runs) | failed | **2.00** (bun) | 1 | 0.10 s (same folders and links): 1.10 |", text)
        self.assertIn("## small, a round trip of 50 ms and 200 Mbit/s", text)
        self.assertIn("| run a script | 4.0 ms [4.0 ms] (1 runs) | 12.0 ms", text)

    def test_rows_of_a_table_are_of_one_width(self):
        width = 0
        for line in report.markdown(self.doc).split("\n"):
            if not line.startswith("|"):
                width = 0
            elif not width:
                width = line.count("|")
            else:
                self.assertEqual(line.count("|"), width, line)

    def test_the_chart_is_whole_and_inside_its_frame(self):
        svg = xml.dom.minidom.parseString(report.chart(self.doc)).documentElement
        width, height = int(svg.getAttribute("width")), int(svg.getAttribute("height"))
        bars = svg.getElementsByTagName("rect")
        self.assertEqual(len(bars), 2 + 3 + 2 + 2)
        for bar in bars:
            self.assertLessEqual(float(bar.getAttribute("x")) + float(bar.getAttribute("width")), width)
            self.assertLess(float(bar.getAttribute("y")), height)
        self.assertIn("prefers-color-scheme: dark", svg.getElementsByTagName("style")[0].firstChild.data)

    def test_later_results_replace_earlier(self):
        newer = example()
        newer["results"] = [result("small", "warm", {"lode": [9]})]
        doc = report.merge([example(), newer])
        self.assertEqual(doc["results"]["small", "warm", False]["tools"]["lode"]["seconds"], [9])
        self.assertEqual(len(doc["results"]), 4)


class Counts(unittest.TestCase):
    KEPT = {"none": {"syscalls": 100, "instructions": 1000}, "warm": {"syscalls": 200}}

    def compare(self, none, warm, same=True):
        return counts.compare(self.KEPT, {"none": none, "warm": warm}, same)

    def test_ten_per_cent_more_is_too_much(self):
        lines, grown, fell = self.compare({"syscalls": 110, "instructions": 1101}, {"syscalls": 221})
        self.assertEqual(grown, ["none instructions: 1,000 -> 1,101", "warm syscalls: 200 -> 221"])
        self.assertFalse(fell)
        self.assertIn("+10.0 %", lines[0])

    def test_a_tenth_less_is_told(self):
        self.assertEqual(self.compare({"syscalls": 90, "instructions": 1000}, {"syscalls": 200})[1:], ([], True))

    def test_another_toolchains_instructions_are_not_judged(self):
        lines, grown, fell = self.compare({"syscalls": 100, "instructions": 5000}, {"syscalls": 200}, same=False)
        self.assertEqual((grown, fell), ([], False))
        self.assertIn("not judged", lines[1])

    def test_strace_is_read(self):
        text = "% time     seconds  usecs/call     calls    errors syscall\n------ ----------- ----------- --------- --------- ----------------\n" \
               " 60.00    0.000300           1       300        12 newfstatat\n 40.00    0.000200           2       100           read\n" \
               "------ ----------- ----------- --------- --------- ----------------\n100.00    0.000500           1       400        12 total\n"
        self.assertEqual(counts.parse_strace(text), {"newfstatat": 300, "read": 100})

    def test_the_project_is_the_same_every_time(self):
        self.assertEqual(counts.package(7, "1.0.0"), counts.package(7, "1.0.0"))


class Floors(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="lode-bench-")

    def tearDown(self):
        shutil.rmtree(self.dir)

    def put(self, path, text="x"):
        path = os.path.join(self.dir, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)

    def link(self, store, tree):
        os.makedirs(os.path.dirname(os.path.join(self.dir, tree)), exist_ok=True)
        os.link(os.path.join(self.dir, store), os.path.join(self.dir, tree))

    def test_the_link_floor_makes_the_tree(self):
        for name in ("a/package.json", "a/lib/deep/x.js", "a/lib/y.js", "b/package.json", "c/package.json"):
            self.put("store/" + name, name)
        for name in ("package.json", "lib/deep/x.js", "lib/y.js"):
            self.link("store/a/" + name, "tree/node_modules/a/" + name)
        self.link("store/b/package.json", "tree/node_modules/a/node_modules/b/package.json")
        self.link("store/c/package.json", "tree/node_modules/@s/c/package.json")
        os.makedirs(os.path.join(self.dir, "tree/node_modules/.bin"))
        os.symlink("../a/lib/y.js", os.path.join(self.dir, "tree/node_modules/.bin/y"))
        self.put("tree/node_modules/.package-lock.json")
        plan = floors.Plan(os.path.join(self.dir, "tree"), os.path.join(self.dir, "store"))
        plan.write(os.path.join(self.dir, "plan"))
        self.assertEqual((plan.links, plan.left_out), (5, 1))
        for variant in floors.LINK_VARIANTS:
            made = os.path.join(self.dir, "made" + "".join(variant))
            subprocess.run([os.path.join(PROGRAMS, "floor-link"), os.path.join(self.dir, "plan"), made, *variant], check=True, stdout=subprocess.PIPE)
            found = sorted(os.path.relpath(os.path.join(d, f), made) for d, _, files in os.walk(made) for f in files)
            self.assertEqual(found, [f"node_modules/{n}" for n in (".bin/y", "@s/c/package.json", "a/lib/deep/x.js", "a/lib/y.js",
                                                                   "a/node_modules/b/package.json", "a/package.json")])
            self.assertTrue(os.path.samefile(os.path.join(made, "node_modules/.bin/y"), os.path.join(self.dir, "store/a/lib/y.js")))

    def test_the_unpacking_floor_writes_every_file(self):
        self.put("p/package/index.js", "hello")
        self.put("p/package/" + "long/" * 40 + "name.js", "deep")
        subprocess.run(["tar", "-czf", "p.tgz", "-C", "p", "package"], cwd=self.dir, check=True)
        subprocess.run(["tar", "--format=pax", "-czf", "q.tgz", "-C", "p", "package"], cwd=self.dir, check=True)
        self.put("list", os.path.join(self.dir, "p.tgz") + "\n" + os.path.join(self.dir, "q.tgz") + "\n")
        out = subprocess.run([os.path.join(PROGRAMS, "floor-unpack"), "list", "made"], cwd=self.dir, check=True, stdout=subprocess.PIPE).stdout
        self.assertEqual(json.loads(out)["items"], 4)
        for n in "01":
            with open(os.path.join(self.dir, "made", n, "long/" * 40 + "name.js")) as f:
                self.assertEqual(f.read(), "deep")

    def test_a_run_tells_its_own_peak_and_status(self):
        measure.TIMED[:] = [os.path.join(PROGRAMS, "timed"), os.path.join(self.dir, "took")]
        ballast = bytearray(64 << 20)
        r = measure.run(["/bin/sh", "-c", "exit 3"], self.dir, {}, os.path.join(self.dir, "said"))
        self.assertEqual(r.status, 3)
        self.assertLess(r.rss, 16)
        self.assertGreater(len(ballast), 0)
        r = measure.memory([sys.executable, "-c", "import time\nx = b'1' * (40 << 20)\ntime.sleep(0.2)"], self.dir, {}, os.path.join(self.dir, "said"))
        self.assertGreater(r.rss, 40)


class Quiet(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = bytes(1 if self.path == "/one" else 2_000_000)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Line(unittest.TestCase):
    """Only what it may not be quicker than: how much slower depends on what else the machine does."""

    @classmethod
    def setUpClass(cls):
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
        cls.port = cls.server.server_address[1]
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()

    def curl(self, *paths, rtt, mbit):
        urls = [w for p in paths for w in ("-o", "/dev/null", f"http://127.0.0.1:{self.port}{p}")]
        p = subprocess.run([os.path.join(PROGRAMS, "wan"), "--rtt", str(rtt), "--mbit", str(mbit), "--to", f"127.0.0.1:{self.port}", "curl", "-s",
                            "-w", "%{time_starttransfer} %{time_total} %{size_download}\n", "--parallel", *urls], capture_output=True, text=True, timeout=60)
        if "network namespace" in p.stderr:
            self.skipTest(p.stderr.strip())
        self.assertEqual(p.returncode, 0, p.stderr)
        return [[float(n) for n in line.split()] for line in p.stdout.splitlines()]

    def test_a_round_trip_to_connect_and_one_to_ask(self):
        (first, _, size), = self.curl("/one", rtt=60, mbit=1000)
        self.assertGreaterEqual(first, 0.119)
        self.assertEqual(size, 1)

    def test_all_connections_share_the_rate(self):
        took = self.curl("/a", "/b", rtt=0.1, mbit=80)
        self.assertEqual([size for _, _, size in took], [2_000_000] * 2)
        self.assertGreaterEqual(max(total for _, total, _ in took), 0.38)

    def test_the_status_is_the_commands(self):
        p = subprocess.run([os.path.join(PROGRAMS, "wan"), "--to", f"127.0.0.1:{self.port}", "sh", "-c", "exit 5"], capture_output=True, text=True, timeout=60)
        if "network namespace" in p.stderr:
            self.skipTest(p.stderr.strip())
        self.assertEqual(p.returncode, 5)


if __name__ == "__main__":
    ran = unittest.main(exit=False, verbosity=0).result
    print(f"{ran.testsRun - len(ran.failures) - len(ran.errors)} passed, {len(ran.failures) + len(ran.errors)} failed")
    sys.exit(not ran.wasSuccessful())
