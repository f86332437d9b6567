#!/usr/bin/env python3
"""Measure installers side by side: alternating order, a fresh folder for every run, nothing deleted just before a measurement.

    bench/bench.py --work DIR --registry URL --cafile FILE [--rivals DIR] [--tools lode,npm,pnpm,bun,utoo]
                   [--projects small,medium,large,xlarge] [--scenarios none,warm,…] [--runs 5] [--wan] [--out FILE]

The registry is one on this machine that holds all that the projects need. Results go to FILE (docs/benchmarks.json) after every
scenario; what is in it is not measured again, so the same command goes on where it was stopped. bench/report.py makes the
table and the chart of it. --estimate tells how long it will take, --install-rivals DIR fetches the rivals.

    none     nothing to do: all is there
    warm     cache and lockfile, no node_modules
    linked   the same with install-strategy=linked, where a tool has that; the others as in warm
    ci       lockfile, no cache
    cold     nothing at all
    nolock   a full cache, no lockfile, no node_modules; every packument is asked about again
    add      all is there, then one package is added that the cache has
    run, exec, app   what it takes until a script that is `true`, a local bin, an application runs; of no project

How tools are called is bench/tools.py's. Scripts are off everywhere.
"""
import argparse, glob, json, os, shutil, signal, subprocess, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import floors as floors_of, measure, tools as known  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROJECTS = ["small", "medium", "large", "xlarge"]
SCENARIOS = ["none", "warm", "linked", "ci", "cold", "add", "nolock"]
STARTS = ["run", "exec", "app"]
QUICK = ["none", *STARTS]
ADDED = "left-pad"
SIZES = {"small": 0.08, "medium": 0.3, "large": 1, "xlarge": 3.3}
SHARES = {"none": 0.01, "warm": 0.3, "linked": 0.2, "ci": 1, "cold": 1, "nolock": 0.6, "add": 0.7}


def manifest_of(args, project):
    """A project is a folder, or a name in --projects-dir."""
    return os.path.join(project if os.path.isdir(project) else os.path.join(args.projects_dir, project), "package.json")


def arguments():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--work", required=True, help="scratch; on the disk that is to be measured")
    ap.add_argument("--registry", default="https://localhost:4873/")
    ap.add_argument("--cafile", required=True)
    ap.add_argument("--projects", default=",".join(PROJECTS))
    ap.add_argument("--projects-dir", default=os.path.join(ROOT, "../shared/bench/projects"))
    ap.add_argument("--tools", default="lode,npm,pnpm,bun,utoo", help="the first is the one the others are compared with")
    ap.add_argument("--bin", action="append", default=[], metavar="NAME=WORDS", help="how a tool is started")
    ap.add_argument("--only", action="append", default=[], metavar="NAME=PROJECTS", help="a slow tool takes part in these only: npm=small,medium")
    ap.add_argument("--rivals", help="a folder that has them in node_modules/.bin")
    ap.add_argument("--install-rivals", action="store_true", help="fetch them into that folder first")
    ap.add_argument("--scenarios", default=",".join(SCENARIOS + STARTS))
    ap.add_argument("--runs", type=int, default=5)
    ap.add_argument("--quick-runs", type=int, default=25, help="of scenarios that take milliseconds")
    ap.add_argument("--slow", type=float, default=30, help="who takes longer than so many seconds gets fewer runs")
    ap.add_argument("--slow-runs", type=int, default=2)
    ap.add_argument("--linked-words", default="", help="more words for lode in `linked`")
    ap.add_argument("--wan", action="store_true", help="through bench/wan.c; scenarios without a network are left out")
    ap.add_argument("--rtt", type=float, default=50)
    ap.add_argument("--mbit", type=float, default=200)
    ap.add_argument("--out", default=os.path.join(ROOT, "docs/benchmarks.json"))
    ap.add_argument("--programs", default=os.path.join(ROOT, "build/release/bench"))
    ap.add_argument("--no-floors", action="store_true")
    ap.add_argument("--no-memory", action="store_true")
    ap.add_argument("--no-syscalls", action="store_true")
    ap.add_argument("--settle", type=float, default=65, help="seconds to wait after deleting much: ext4 does not like to use an inode again "
                    "within a minute, and looks at every one")
    ap.add_argument("--keep", action="store_true", help="leave the scratch folder as it is at the end")
    ap.add_argument("--estimate", action="store_true")
    args = ap.parse_args()
    args.tools, args.projects, args.scenarios = args.tools.split(","), args.projects.split(","), args.scenarios.split(",")
    args.only = {o.split("=", 1)[0]: o.split("=", 1)[1].split(",") for o in args.only}
    args.bin = dict(b.split("=", 1) for b in args.bin)
    args.work, args.cafile, args.out, args.programs = (os.path.abspath(p) for p in (args.work, args.cafile, args.out, args.programs))
    if args.wan:
        args.scenarios = [s for s in args.scenarios if s in ("ci", "cold", "nolock", "add")]
    for p in args.projects:
        if not args.estimate and not os.path.exists(manifest_of(args, p)):
            raise SystemExit(f"{manifest_of(args, p)} is not there: see --projects-dir")
    for s in args.scenarios:
        if s not in SCENARIOS + STARTS:
            raise SystemExit(f"{s}: the scenarios are {', '.join(SCENARIOS + STARTS)}")
    return args


def takes_part(args, name, project):
    return project == "start" or project in args.only.get(name, [project])


def say(text):
    print(time.strftime("%H:%M:%S ", time.gmtime()) + text, flush=True)


def estimate(args):
    """Seconds; rough, from known cold installs."""
    total = 0
    for project in args.projects:
        size = SIZES.get(os.path.basename(project), 1)
        for name in [n for n in args.tools if takes_part(args, n, os.path.basename(project))]:
            cold = known.COLD[name.split("@")[0]] * size
            total += 3 * cold
            for s in args.scenarios:
                once = cold * SHARES.get(s, 0)
                slow = once > args.slow
                # beside the runs: memory (half as long again), system calls (six times), undoing an addition
                beside = (0 if args.no_memory else 1.5) + (0 if args.no_syscalls or slow else 6) + (args.runs if s == "add" else 0)
                total += once * ((args.slow_runs if slow else args.runs) + beside)
        total += args.settle * (1 if size < 2 else 6)
    return total


class Disk:
    """The scratch folder: what runs leave lies there until a sweep."""

    def __init__(self, args):
        self.args, self.left, self.swept = args, [], 0
        os.makedirs(args.work, exist_ok=True)

    def free(self):
        s = os.statvfs(self.args.work)
        return s.f_bavail * s.f_frsize, s.f_ffree

    def sweep(self, why):
        before = self.free()[1]
        existing = [p for p in self.left if os.path.lexists(p)]
        self.left = []
        if not existing:
            return
        subprocess.run(["rm", "-rf", "--", *existing], check=True)
        os.sync()
        freed = max(0, self.free()[1] - before)
        pause = self.args.settle if freed > 2000 else 0
        say(f"    swept {freed:,} files ({why}), waiting {pause:.0f} s")
        time.sleep(pause)
        self.swept += 1

    def room(self, need):
        """What the next round needs, and some more, must be free."""
        if self.free()[0] < need * 1.3 + (3 << 30):
            self.sweep("room on the disk")


class Seat:
    """One tool at one project: its home with a full cache, its lockfile, an installed tree."""

    def __init__(self, args, disk, tool, project):
        self.args, self.disk, self.tool = args, disk, tool
        self.manifest = manifest_of(args, project)
        self.base = os.path.join(args.work, os.path.basename(project), tool.name)
        self.home, self.done = os.path.join(self.base, "home"), os.path.join(self.base, "done")
        self.said = os.path.join(self.base, "said")
        self.space, self.serial, self.bytes = [], 0, 0
        self.failed, self.filled_at = None, 0
        self.added = self.linked_ready = False
        os.makedirs(self.base, exist_ok=True)

    # ---- folders ----

    def npmrc(self, where):
        with open(os.path.join(where, ".npmrc"), "w") as f:
            f.write(f"registry={self.args.registry}\ncafile={self.args.cafile}\nlegacy-peer-deps=true\nignore-scripts=true\n"
                    "audit=false\nfund=false\nupdate-notifier=false\n")

    def new(self, kind, at=None):
        self.serial += 1
        where = at or os.path.join(self.base, f"{kind}{os.getpid()}-{self.serial}")
        os.makedirs(where)
        self.npmrc(where)
        if not at:
            self.disk.left.append(where)
        return where

    def fresh(self, lock, at=None):
        where = self.new("run", at)
        shutil.copy(self.manifest, where)
        for name in self.tool.entry["lock"] if lock else []:
            shutil.copy(os.path.join(self.base, name), where)
        return where

    # ---- running ----

    def call(self, runner, words, where, home=None, space=True):
        env = self.tool.environment(home or self.home, self.args.cafile)
        r = runner([*(self.space if space else []), *words], where, env, self.said)
        if r.status:
            raise RuntimeError(f"{' '.join(words[1:])}: status {r.status}\n" + open(self.said, errors="replace").read()[-2000:])
        return r

    def quietly(self, words, where, home=None):
        return self.call(measure.run, words, where, home, space=False)

    # ---- getting ready ----

    def ready(self):
        """The cache is filled by an install without a lockfile and one with it, as pnpm and bun keep more for the second."""
        marker = os.path.join(self.base, "ready")
        if os.path.exists(marker):
            self.filled_at = os.path.getmtime(marker)
            self.bytes = int(open(marker).read())
            return
        for path in (self.home, self.done):
            if os.path.exists(path):
                subprocess.run(["rm", "-rf", "--", path], check=True)
        free = self.disk.free()[0]
        self.new("home", self.home)
        first = self.quietly(self.tool.words("install"), self.fresh(False, self.done))
        for name in self.tool.entry["lock"]:
            shutil.copy(os.path.join(self.done, name), self.base)
        self.quietly(self.tool.words("install"), self.fresh(True))
        for path in glob.glob(os.path.join(self.home, self.tool.entry.get("aged", "/none"))):
            os.makedirs(os.path.join(self.base, "aged"), exist_ok=True)
            shutil.copy(path, os.path.join(self.base, "aged"))
        self.bytes = max(free - self.disk.free()[0], 0)
        self.filled_at = time.time()
        with open(marker, "w") as f:
            f.write(str(self.bytes))
        say(f"    {self.tool.name} ready: the first install took {first.seconds:.1f} s")

    def wait_for_age(self):
        """Where a window cannot be switched off it has to pass; then the cache is as it was when it had been filled."""
        if "aged" not in self.tool.entry:
            return
        left = self.filled_at + self.tool.entry["window"] + 15 - time.time()
        if left > 0:
            say(f"    waiting {left:.0f} s: {self.tool.name} asks about no packument that is younger than {self.tool.entry['window']} s")
            time.sleep(left)
        to = os.path.dirname(os.path.join(self.home, self.tool.entry["aged"]))
        for name in os.listdir(os.path.join(self.base, "aged")):
            shutil.copy(os.path.join(self.base, "aged", name), to)

    def ready_for(self, scenario):
        if scenario == "none":
            for _ in range(3):
                self.quietly(self.tool.words("install"), self.done)
                time.sleep(0.1)
        elif scenario == "linked" and "linked" in self.tool.entry and not self.linked_ready:
            self.quietly(self.words_for("linked"), self.fresh(True))
            self.linked_ready = True
        elif scenario == "add" and not self.added:
            self.base_tree()
            self.quietly(self.tool.words("add", ADDED), self.tree)
            self.undo_adding()
            self.added = True

    # ---- adding a package, and undoing it ----

    def base_tree(self):
        at = os.path.join(self.base, f"tree{os.getpid()}")	# not among what a sweep for room takes; nor is an earlier run's tree deleted just before measuring
        self.tree = self.fresh(True, at)
        self.quietly(self.tool.words("install"), self.tree)
        self.quietly(self.tool.words("install"), self.tree)
        modules = os.path.join(self.tree, "node_modules")
        names = ["package.json", *self.tool.entry["lock"], *(os.path.join("node_modules", n) for n in self.tool.entry["trace"])]
        self.before = {n: open(os.path.join(self.tree, n), "rb").read() for n in names if os.path.exists(os.path.join(self.tree, n))}
        self.places = [os.path.join(modules, ADDED), os.path.join(modules, ".pnpm", ADDED + "@*"), os.path.join(modules, ".bun", ADDED + "@*"),
                       os.path.join(modules, ".store", ADDED + "@*")]

    def undo_adding(self):
        if not os.path.exists(self.places[0]):
            raise RuntimeError(f"{ADDED} was not added")
        for path in [p for pattern in self.places for p in glob.glob(pattern)]:
            os.unlink(path) if os.path.islink(path) else shutil.rmtree(path)
        for name, data in self.before.items():
            with open(os.path.join(self.tree, name), "wb") as f:
                f.write(data)
        time.sleep(0.05)	# what was put back is older than one tick of the file system's clock, as it is when a person adds something
        self.quietly(self.tool.words("install"), self.tree)
        if os.path.lexists(self.places[0]):
            raise RuntimeError(f"{ADDED} came back")

    # ---- one measurement ----

    def words_for(self, scenario):
        more = self.tool.entry.get("linked", []) if scenario == "linked" else []
        if scenario == "linked" and self.tool.kind == "lode":
            more = [*more, *self.args.linked_words.split()]
        if scenario == "nolock":
            more = self.tool.entry.get("revalidate", [])
        return self.tool.words("install", *more)

    def once(self, scenario, runner):
        if scenario == "none":
            return self.call(runner, self.tool.words("install"), self.done)
        if scenario == "add":
            r = self.call(runner, self.tool.words("add", ADDED), self.tree)
            self.undo_adding()
            return r
        if scenario == "nolock":
            self.wait_for_age()
        where = self.fresh(scenario in ("warm", "linked", "ci"))
        home = self.new("home") if scenario in ("ci", "cold") else None
        os.sync()
        r = self.call(runner, self.words_for(scenario), where, home)
        if len(os.listdir(os.path.join(where, "node_modules"))) < 3:
            raise RuntimeError("nothing was installed")
        return r


class StartSeat(Seat):
    """A project in which little is: a script, a local bin, an application."""

    def ready(self):
        if os.path.exists(self.done):
            return
        os.makedirs(self.home, exist_ok=True)
        self.npmrc(self.home)
        os.makedirs(os.path.join(self.done, "node_modules/.bin"))
        with open(os.path.join(self.done, "package.json"), "w") as f:
            json.dump({"name": "start", "version": "1.0.0", "scripts": {"t": "true"}}, f)
        with open(os.path.join(self.done, "app.js"), "w") as f:
            f.write("process.exitCode = 0;\n")
        with open(os.path.join(self.done, "node_modules/.bin/nothing"), "w") as f:
            f.write("#!/bin/sh\n")
        os.chmod(f.name, 0o755)

    def ready_for(self, scenario):
        for _ in range(3):
            self.once(scenario, measure.run)

    def once(self, scenario, runner):
        words = {"run": lambda: self.tool.words("run", "t"), "exec": lambda: self.tool.words("exec", "nothing"),
                 "app": lambda: [*self.tool.command, "app.js"]}[scenario]()
        return self.call(runner, words, self.done)


class Sitting:
    def __init__(self, args):
        self.args, self.disk = args, Disk(args)
        measure.TIMED[:] = [os.path.join(args.programs, "timed"), os.path.join(args.work, f"took{os.getpid()}")]
        self.tools = [known.Tool(n, known.find(n, args.bin, args.rivals, ROOT)) for n in args.tools]
        self.space = []
        self.doc = {"machine": {}, "tools": {}, "results": []}
        if os.path.exists(args.out):
            with open(args.out) as f:
                self.doc = json.load(f)
        self.doc["machine"] = measure.machine()
        home = os.path.join(args.work, "home")
        os.makedirs(home, exist_ok=True)
        for t in self.tools:
            self.doc["tools"][t.name] = measure.version(t.command, t.environment(home, args.cafile))

    def save(self):
        with open(self.args.out + ".new", "w") as f:
            json.dump(self.doc, f, indent=1)
            f.write("\n")
        os.rename(self.args.out + ".new", self.args.out)

    def asked(self, project):
        return [n for n in self.args.tools if takes_part(self.args, n, project)]

    def is_done(self, project, scenario):
        return any(r["project"] == project and r["scenario"] == scenario and bool(r.get("wan")) == self.args.wan
                   and set(self.asked(project)) <= set(r["asked"]) for r in self.doc["results"])

    # ---- floors ----

    def floor_runs(self, scenario, floors):
        """name -> a function that gives seconds"""
        if self.args.no_floors:
            return {}
        nothing = os.path.join(self.args.programs, "floor-nothing")
        spawn = {"none": [nothing], "run": ["/bin/sh", "-c", "true"], "exec": ["node_modules/.bin/nothing"],
                 "app": [os.path.join(ROOT, "build/prefix/libexec/lode/runtime/bin/node"), "app.js"]}.get(scenario)
        if spawn:
            where = self.seats[0].done
            runs = {"start": lambda: measure.run([nothing], where, {}, "/dev/null").seconds}
            if scenario != "none":
                runs["bare"] = lambda: measure.run(spawn, where, {"PATH": os.environ["PATH"]}, "/dev/null").seconds
            return runs
        return {n: (lambda n=n: floors.run(n)) for n in floors.of(scenario)} if floors else {}

    def prepare_floors(self, project):
        """Made of what lode laid; without lode there are none."""
        seat = next((s for s in self.seats if s.tool.kind == "lode" and not s.failed), None)
        wanted = [s for s in ("warm", "ci") if s in self.args.scenarios and not self.is_done(project, s)]
        if self.args.no_floors or not seat or not wanted:
            return None
        f = floors_of.Floors(self.args.programs, os.path.join(self.args.work, project, "floors"), self.args.cafile, self.space)
        if not os.path.exists(f.path("list")):
            f.prepare(seat.done, os.path.join(seat.home, ".npm"))
        made = f.fresh

        def fresh():
            path = made() + f"-{os.getpid()}"
            self.disk.left.append(path)
            return path
        f.fresh = fresh
        return f

    # ---- one scenario ----

    def attempt(self, seat, scenario, runner):
        try:
            return seat.once(scenario, runner)
        except (RuntimeError, OSError, TimeoutError) as e:
            say(f"    {seat.tool.name} FAILED: {e}")
            seat.failed = True
            return None

    def get_ready(self, scenario):
        out = []
        for seat in self.seats:
            seat.space = self.space
            if seat.failed or scenario == "app" and seat.tool.kind not in ("lode", "bun"):
                continue
            try:
                seat.ready_for(scenario)
                out.append(seat)
            except (RuntimeError, OSError, TimeoutError) as e:
                say(f"    {seat.tool.name} cannot take part in {scenario}: {e}")
        return out

    def rounds(self, scenario, seats, floor_runs):
        """tool -> runs, floor -> seconds; who is first changes from round to round."""
        count = self.args.quick_runs if scenario in QUICK else self.args.runs
        got, least = {s.tool.name: [] for s in seats}, {n: [] for n in floor_runs}
        need = sum(s.bytes for s in seats)
        line = [*seats, *floor_runs]
        for n in range(count):
            if scenario not in QUICK:
                self.disk.room(need)
            free = self.disk.free()[0]
            for who in line[n % len(line):] + line[:n % len(line)]:
                if isinstance(who, str):
                    least[who].append(floor_runs[who]())
                    continue
                runs = got[who.tool.name]
                if who.failed or runs and runs[0].seconds > self.args.slow and len(runs) >= self.args.slow_runs:
                    continue
                r = self.attempt(who, scenario, measure.run)
                runs.extend([r] if r else [])
            need = max(free - self.disk.free()[0], 0)
        return got, least

    def extras(self, scenario, seats, got):
        """Memory and system calls, each of a run of its own."""
        memory, calls = {}, {}
        for seat in seats:
            name, out = seat.tool.name, os.path.join(seat.base, "strace")
            if seat.failed or not got[name]:
                continue
            if not self.args.no_memory:
                r = self.attempt(seat, scenario, measure.memory)
                memory[name] = round(max(r.rss if r else 0, *(x.rss for x in got[name])), 1)
            if not self.args.no_syscalls and not self.args.wan and got[name][0].seconds < self.args.slow:
                r = self.attempt(seat, scenario, lambda *a: measure.syscalls(*a, out))
                calls[name] = r.rss if r else None
        return memory, calls

    def scenario(self, project, scenario, floors):
        seats = self.get_ready(scenario)
        floor_runs = self.floor_runs(scenario, floors)
        if not seats:
            return
        for run in floor_runs.values():
            run()		# chooses its variant; and is in memory
        spins, load, busy, began = [measure.spin() for _ in range(7)], os.getloadavg()[0], measure.busy_seconds(), time.time()
        got, least = self.rounds(scenario, seats, floor_runs)
        took = time.time() - began
        own = sum(r.cpu for runs in got.values() for r in runs)
        busy = measure.busy_seconds() - busy
        spins += [measure.spin() for _ in range(7)]
        memory, calls = self.extras(scenario, seats, got)
        self.doc["results"] = [r for r in self.doc["results"] if (r["project"], r["scenario"], bool(r.get("wan"))) != (project, scenario, self.args.wan)]
        self.doc["results"].append({
            "project": project, "scenario": scenario, "asked": self.asked(project),
            "wan": {"rtt_ms": self.args.rtt, "mbit": self.args.mbit} if self.args.wan else None,
            "tools": {n: {"seconds": [round(r.seconds, 5) for r in runs], "cpu": [round(r.cpu, 4) for r in runs],
                          "largest_mb": round(max((r.rss for r in runs), default=0), 1), "peak_mb": memory.get(n), "syscalls": calls.get(n)}
                      for n, runs in got.items()},
            "floors": {n: [round(s, 5) for s in taken] for n, taken in least.items()},
            "floor_notes": floors.about if floors and floors.of(scenario) else {},
            "noise": {"spin_ms": [round(s, 2) for s in spins], "load_before": round(load, 2), "load_after": round(os.getloadavg()[0], 2),
                      "beside": round(max(0, busy - own) / took / os.cpu_count(), 3)},
            "when": time.strftime("%Y-%m-%d", time.gmtime())})
        self.save()
        self.show(scenario, got, least)

    def show(self, scenario, got, least):
        parts = [f"{n} {sorted(r.seconds for r in runs)[len(runs) // 2]:.3f}" for n, runs in got.items() if runs]
        parts += [f"floor:{n} {sorted(s)[len(s) // 2]:.3f}" for n, s in least.items()]
        say(f"  {scenario}: " + "  ".join(parts))

    # ---- one project ----

    def project(self, path):
        project = os.path.basename(path)
        todo = [s for s in self.args.scenarios if s in SCENARIOS and not self.is_done(project, s)]
        if not todo:
            return self.leave(project)
        say(f"{project}: {', '.join(todo)}")
        self.seats = [Seat(self.args, self.disk, t, path) for t in self.tools if t.name in self.asked(project)]
        for seat in self.seats:
            try:
                seat.ready()
            except (RuntimeError, OSError) as e:
                say(f"    {seat.tool.name} FAILED to install: {e}")
                seat.failed = True
        floors = self.prepare_floors(project)
        for s in todo:
            self.scenario(project, s, floors)
        self.leave(project)

    def leave(self, project):
        if not self.args.keep:
            self.disk.left.append(os.path.join(self.args.work, project))
            self.disk.sweep(f"{project} is done")

    def starts(self):
        todo = [s for s in self.args.scenarios if s in STARTS and not self.is_done("start", s)]
        if not todo:
            return
        say(f"starting: {', '.join(todo)}")
        self.seats = [StartSeat(self.args, self.disk, t, "start") for t in self.tools]
        for seat in self.seats:
            seat.ready()
        for s in todo:
            self.scenario("start", s, None)

    def open_wan(self):
        host = self.args.registry.split("//")[1].split("/")[0]
        port = host.rsplit(":", 1)[1]
        p = subprocess.Popen([os.path.join(self.args.programs, "wan"), "--rtt", str(self.args.rtt), "--mbit", str(self.args.mbit),
                              "--to", f"127.0.0.1:{port}", "sh", "-c", "echo $$; exec sleep infinity"], stdout=subprocess.PIPE, text=True,
                             start_new_session=True)
        pid = int(p.stdout.readline())
        self.space = ["nsenter", f"--net=/proc/{pid}/ns/net"] if os.geteuid() == 0 else \
            ["nsenter", "--preserve-credentials", f"--user=/proc/{pid}/ns/user", f"--net=/proc/{pid}/ns/net"]
        return p

    def all(self):
        wan = self.open_wan() if self.args.wan else None
        try:
            self.starts()
            for path in self.args.projects:
                self.project(path)
        finally:
            if wan:
                os.killpg(wan.pid, signal.SIGTERM)
                wan.wait()
        self.save()


def build_programs(args):
    if not os.path.exists(os.path.join(args.programs, "timed")):
        subprocess.run(["cmake", "--build", os.path.dirname(args.programs), "--target", "bench-programs"], check=True)


def install_rivals(args):
    lode = known.find("lode", args.bin, None, ROOT)
    os.makedirs(args.rivals, exist_ok=True)
    with open(os.path.join(args.rivals, "package.json"), "w") as f:
        json.dump({"name": "rivals", "version": "1.0.0", "dependencies": known.VERSIONS, "allowScripts": {n: True for n in known.VERSIONS}}, f)
    subprocess.run([*lode, "install"], cwd=args.rivals, check=True)


def main():
    args = arguments()
    if args.install_rivals:
        install_rivals(args)
    say(f"about {estimate(args) / 60:.0f} minutes, if nothing is measured yet")
    if args.estimate:
        return
    build_programs(args)
    began = time.time()
    Sitting(args).all()
    say(f"done in {(time.time() - began) / 60:.1f} minutes: {args.out}; bench/report.py makes the table of it")


main()
