"""The floors: what the bare programs of bench/floor take for what an installer has to do. See docs/performance.md."""
import json, os, subprocess

LINK_VARIANTS = [["--threads", "2", "--handles", "1"], ["--threads", "2", "--handles", "4"], ["--threads", "2", "--handles", "0"],
                 ["--threads", "1", "--handles", "1"], ["--threads", "3", "--handles", "4"]]
TRANSFER_VARIANTS = [["--threads", "1"], ["--threads", "2"]]


def inodes_below(store):
    """Where every file of the store is, by its inode."""
    where = {}
    for folder, _, files in os.walk(store):
        for name in files:
            path = os.path.join(folder, name)
            where[os.lstat(path).st_ino] = path
    return where


class Plan:
    """A tree that lode laid, as floor-link reads it: what can be linked from the store, package by package."""

    def __init__(self, tree, store):
        self.lines, self.units, self.left_out, self.links, self.dirs = [], [], 0, 0, 0
        self.store = inodes_below(store)
        self.tree = tree
        root = os.path.join(tree, "node_modules")
        self.unit("node_modules", True)
        for name in sorted(os.listdir(root)):
            if os.path.isdir(os.path.join(root, name)) and not os.path.islink(os.path.join(root, name)):
                self.unit(f"node_modules/{name}")

    def unit(self, path, flat=False):
        self.lines = ["U"]
        self.package(path, "", flat)
        self.units.append(self.lines)

    def package(self, path, source, flat):
        """A package, or a folder that is none: then what is below begins anew."""
        full = os.path.join(self.tree, path)
        if "package.json" in os.listdir(full):
            at = self.store.get(os.lstat(os.path.join(full, "package.json")).st_ino)
            source = os.path.dirname(at) if at else ""
        self.dirs += 1
        self.lines.append(f"P {path}\t{source}")
        below = []
        self.folder(path, "", source, below, flat)
        for other in below:
            self.package(other, "", False)

    def folder(self, path, inside, source, below, flat):
        full = os.path.join(self.tree, path, inside)
        names = sorted(os.listdir(full))
        folders = [n for n in names if os.path.isdir(os.path.join(full, n)) and not os.path.islink(os.path.join(full, n))]
        for name in names:
            if name not in folders:
                self.file(os.path.join(full, name), f"{inside}/{name}".lstrip("/"), source)
        for name in [] if flat else folders:
            if not source or name == "node_modules":
                below.append(os.path.join(path, inside, name))
                continue
            self.dirs += 1
            self.lines.append("d " + f"{inside}/{name}".lstrip("/"))
            self.folder(path, f"{inside}/{name}".lstrip("/"), source, below, False)

    def file(self, full, name, source):
        if os.path.islink(full):
            self.lines.append(f"l {name}\t{os.readlink(full)}")
        elif source and self.store.get(os.lstat(full).st_ino) == os.path.join(source, name):
            self.links += 1
            self.lines.append(f"f {name}")
        else:
            self.left_out += 1

    def write(self, path):
        """The largest unit first, so that no worker is left alone with one at the end."""
        first, *others = self.units
        with open(path, "w") as f:
            for unit in [first, *sorted(others, key=len, reverse=True)]:
                f.write("\n".join(unit) + "\n")


def tarballs_of(tree):
    """Of what was installed: a lockfile has the packages of other machines, too."""
    with open(os.path.join(tree, "node_modules/.package-lock.json")) as f:
        packages = json.load(f)["packages"].values()
    return sorted({p["resolved"] for p in packages if p.get("resolved", "").startswith("http") and not p.get("link")})


class Floors:
    """For one project: plans and tarballs are made once, then any floor can be run beside the tools."""

    def __init__(self, programs, scratch, ca, space=()):
        self.programs, self.scratch, self.ca, self.space = programs, scratch, ca, list(space)
        self.serial, self.best, self.about = 0, {}, {}
        os.makedirs(scratch, exist_ok=True)

    def prepare(self, tree, store):
        plan = Plan(tree, store)
        plan.write(self.path("plan"))
        self.about = {"links": plan.links, "directories": plan.dirs, "left_out": plan.left_out}
        with open(self.path("urls"), "w") as f:
            f.write("\n".join(tarballs_of(tree)) + "\n")
        os.makedirs(self.path("tgz"), exist_ok=True)
        self.call_transfer("--keep", "1", where=self.path("tgz"))
        with open(self.path("list"), "w") as f:
            f.writelines(self.path("tgz", n) + "\n" for n in sorted(os.listdir(self.path("tgz"))))

    def path(self, *parts):
        return os.path.join(self.scratch, *parts)

    def call(self, program, file, *more, where=None, space=(), items=0):
        out = subprocess.run([*space, os.path.join(self.programs, program), self.path(file), *more], cwd=where or self.scratch,
                             stdout=subprocess.PIPE, text=True, timeout=1800, check=True).stdout
        did = json.loads(out)
        if did["items"] < items:
            raise RuntimeError(f"{program} did {did['items']} of {items}: it is no floor")
        return did["seconds"]

    def call_transfer(self, *more, **how):
        with open(self.path("urls")) as f:
            return self.call("floor-transfer", "urls", self.ca, *more, items=len(f.read().split()), **how)

    def fresh(self):
        self.serial += 1
        return self.path(f"made{self.serial}")

    def link(self, variant):
        return self.call("floor-link", "plan", self.fresh(), *variant)

    def transfer(self, variant):
        return self.call_transfer(*variant, space=self.space)

    def unpack(self, _):
        return self.call("floor-unpack", "list", self.fresh())

    def choose(self, name, variants):
        """The best of the variants, each tried twice."""
        took = {i: min(getattr(self, name)(v) for _ in range(2)) for i, v in enumerate(variants)}
        self.best[name] = variants[min(took, key=took.get)]
        self.about[name] = {" ".join(variants[i]): round(s, 4) for i, s in took.items()}

    def of(self, scenario):
        """The names of the floors that belong beside a scenario."""
        return {"warm": ["link"], "ci": ["transfer", "unpack"]}.get(scenario, [])

    def run(self, name):
        if name not in self.best:
            self.choose(name, {"link": LINK_VARIANTS, "transfer": TRANSFER_VARIANTS}.get(name, [[]]))
        return getattr(self, name)(self.best[name])
