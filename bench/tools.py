"""How each installer is called: one entry a tool, everything else in the benchmark is the same for all.

    install      what brings node_modules about, with scripts off and silent
    linked       more words for the scenario `linked`; a tool without the entry is measured as in `warm`
    revalidate   more words for `nolock`: without them packuments of the last five minutes are taken unasked
    aged         the files of the cache, as a pattern below the home, in which a packument's last question stands. A tool that
                 has no word for revalidating gets them back, older than its window of `window` seconds, before each run
    add, run, exec   what goes before the name of a package, a script, a local bin
    lock         its lockfiles; trace: where in node_modules it notes what it installed
    env          of its cache and its trust in the registry's CA; HOME is the tool's own anyway
"""
import os, shutil

NPM_WORDS = ["--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", "--loglevel=error"]


def npm_env(home, ca):
    return {"npm_config_cache": f"{home}/.npm"}


def own_trust(home, ca):
    return {"NODE_EXTRA_CA_CERTS": ca, "SSL_CERT_FILE": ca, "BUN_INSTALL_CACHE_DIR": f"{home}/.bun"}


TOOLS = {
    "lode": {"install": ["install", *NPM_WORDS], "add": ["install", *NPM_WORDS], "run": ["run"], "exec": ["exec"],
             "linked": ["--install-strategy=linked"], "revalidate": ["--prefer-online"], "lock": ["package-lock.json"],
             "trace": [".package-lock.json"], "env": npm_env},
    "npm": {"install": ["install", *NPM_WORDS], "add": ["install", *NPM_WORDS], "run": ["run"], "exec": ["exec"],
            "revalidate": ["--prefer-online"], "lock": ["package-lock.json"], "trace": [".package-lock.json"], "env": npm_env},
    "pnpm": {"install": ["install", "--ignore-scripts", "--silent", "--no-frozen-lockfile", "--config.minimum-release-age=0"],
             "add": ["add", "--ignore-scripts", "--silent", "--config.minimum-release-age=0"], "run": ["run"], "exec": ["exec"],
             "lock": ["pnpm-lock.yaml"], "trace": [".modules.yaml", ".pnpm-workspace-state-v1.json", ".pnpm/lock.yaml"],
             "env": lambda home, ca: {"XDG_CACHE_HOME": f"{home}/.cache", "XDG_DATA_HOME": f"{home}/.data"}},
    "bun": {"install": ["install", "--ignore-scripts", "--silent"], "add": ["add", "--ignore-scripts", "--silent"],
            "run": ["run"], "exec": ["x"], "aged": ".bun/*.npm", "window": 300, "lock": ["bun.lock"], "trace": [], "env": own_trust},
    "utoo": {"install": ["install", "--ignore-scripts"], "add": ["install", "--ignore-scripts"], "run": ["run"], "exec": ["x"],
             "lock": ["package-lock.json"], "trace": [".package-lock.json", ".utoo-manifest.json"], "env": own_trust},
}
# The rivals at the versions that are to be beaten, as a registry has them.
VERSIONS = {"npm": "12.2.0", "pnpm": "12.21", "bun": "1.4.5", "utoo": "1.1.9"}
# Rough seconds of a cold install of `large` on two processors, for the estimate; others in proportion.
COLD = {"lode": 2.5, "npm": 55, "pnpm": 11, "bun": 4.2, "utoo": 8.4}


class Tool:
    """One that takes part: `lode`, or `lode@old` for another binary of the same kind."""

    def __init__(self, name, command):
        self.name, self.kind = name, name.split("@")[0]
        self.command = command
        self.entry = TOOLS[self.kind]

    def words(self, what, *more):
        return [*self.command, *self.entry[what], *more]

    def environment(self, home, ca):
        env = {k: os.environ[k] for k in ("PATH", "LANG", "LC_ALL", "TMPDIR", "USER") if k in os.environ}
        env.update(HOME=home, npm_config_userconfig=f"{home}/.npmrc", NO_COLOR="1", **self.entry["env"](home, ca))
        return env


def find(name, given, rivals, root):
    """The words that start a tool: given, or lode as it was built, or out of the rivals' folder."""
    kind = name.split("@")[0]
    if kind not in TOOLS:
        raise SystemExit(f"{name}: bench/tools.py knows {', '.join(TOOLS)}")
    if name in given:
        words = given[name].split()
        return [shutil.which(words[0]) or os.path.abspath(words[0]), *(os.path.abspath(w) if os.path.exists(w) else w for w in words[1:])]
    path = os.path.join(root, "build/prefix/bin/lode") if kind == "lode" else os.path.join(rivals or "", "node_modules/.bin", kind)
    if not os.path.exists(path):
        raise SystemExit(f"{name}: {path} is not there; give --bin {name}=PATH, or --install-rivals")
    return [path]
