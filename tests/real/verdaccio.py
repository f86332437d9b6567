#!/usr/bin/env python3
"""Publishing to a real registry: lode and npm at one Verdaccio, over HTTPS on loopback. Opt-in: it needs npm 12 and a registry to
get Verdaccio from, which lode installs itself.

    tests/real/verdaccio.py --npm 'NODE …/npm-cli.js' --work DIR --userconfig FILE [--lode FILE]

What lode publishes npm installs, and the other way round; tags, deprecation, owners, tokens, unpublishing and logging in go
through both, and both see the same afterwards. FILE is the .npmrc to install Verdaccio with.
"""
import argparse, json, os, re, shutil, socket, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--npm", required=True)
ap.add_argument("--lode", default=os.path.join(HERE, "../../build/release/lode"))
ap.add_argument("--work", required=True)
ap.add_argument("--userconfig", required=True)
args = ap.parse_args()
WORK, LODE, NPM = os.path.abspath(args.work), [os.path.abspath(args.lode)], args.npm.split()
CLEAN = {k: v for k, v in os.environ.items() if not k.lower().startswith("npm_config_")}
CONFIG = """
storage: {work}/storage
auth: {{htpasswd: {{file: {work}/htpasswd, max_users: 100, algorithm: bcrypt, rounds: 4}}}}
packages: {{'**': {{access: $all, publish: $authenticated, unpublish: $authenticated}}}}
https: {{key: {work}/tls/key.pem, cert: {work}/tls/cert.pem}}
web: {{enable: false}}
flags: {{changePassword: true}}
log: {{type: file, path: {work}/verdaccio.log, level: warn}}
"""
done = failed = 0


def check(what, good, more=""):
    global done, failed
    done, failed = done + 1, failed + (not good)
    print(("ok     " if good else "FAILED ") + what + ("" if good else f"\n{more}"), flush=True)


def certificates():
    tls = WORK + "/tls"
    os.makedirs(tls)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    run = lambda *words: subprocess.run(["openssl", *words], cwd=tls, check=True, capture_output=True)
    run("req", "-x509", *key, "-days", "30", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test CA")
    run("req", *key, "-keyout", "key.pem", "-out", "req.pem", "-subj", "/CN=localhost")
    with open(tls + "/ext", "w") as f:
        f.write("subjectAltName=DNS:localhost\n")
    run("x509", "-req", "-in", "req.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30", "-extfile", "ext",
        "-out", "cert.pem")


def install():
    """Once; Verdaccio asks for a tag that not every registry has."""
    where = WORK + "/../verdaccio-installed"
    if not os.path.isdir(where + "/node_modules/verdaccio"):
        os.makedirs(where, exist_ok=True)
        with open(where + "/package.json", "w") as f:
            json.dump({"private": True, "dependencies": {"verdaccio": "*"}, "overrides": {"node-fetch": "^2.7.0"}}, f)
        subprocess.run([*LODE, "install", "--no-audit", "--userconfig", os.path.abspath(args.userconfig)], cwd=where, env=CLEAN, check=True)
    return where + "/node_modules/verdaccio/bin/verdaccio"


def serve(program):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with open(WORK + "/config.yaml", "w") as f:
        f.write(CONFIG.format(work=WORK))
    process = subprocess.Popen([NPM[0], program, "--config", WORK + "/config.yaml", "--listen", f"https://localhost:{port}"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    for _ in range(300):
        try:
            socket.create_connection(("localhost", port), 1).close()
            return process, f"https://localhost:{port}/"
        except OSError:
            time.sleep(0.1)
    sys.exit("Verdaccio does not listen")


class User:
    """One program and its home."""

    def __init__(self, name, program, url):
        self.name, self.program, self.home = name, program, f"{WORK}/home-{name}"
        os.makedirs(self.home)
        with open(self.home + "/.npmrc", "w") as f:
            f.write(f"registry={url}\ncafile={WORK}/tls/ca.pem\naudit=false\nfund=false\nupdate-notifier=false\n")

    def __call__(self, where, *words, text=None):
        env = {**CLEAN, "HOME": self.home, "npm_config_userconfig": self.home + "/.npmrc", "npm_config_cache": self.home + "/cache"}
        return subprocess.run([*self.program, *words], cwd=where, env=env, input=text or "", capture_output=True, text=True, timeout=120)

    def ok(self, where, *words, text=None):
        r = self(where, *words, text=text)
        check(f"{self.name} {' '.join(words)}", r.returncode == 0, r.stdout + r.stderr)
        return r


def package(name, version, **more):
    where = f"{WORK}/packages/{name}-{version}"
    os.makedirs(where + "/lib", exist_ok=True)
    with open(where + "/package.json", "w") as f:
        json.dump({"name": name, "version": version, "description": "a test", "main": "lib/a.js", "bin": "cli.js", **more}, f, indent=2)
    for file, text in (("README.md", "# read me\n"), ("lib/a.js", f"module.exports = '{version}'\n"), ("cli.js", "#!/usr/bin/env node\n")):
        with open(f"{where}/{file}", "w") as f:
            f.write(text)
    return where


def seen(user, name):
    """What a user sees of a package, without what is of the moment."""
    r = user(WORK, "view", name, "--json", "--prefer-online")
    try:
        doc = json.loads(r.stdout)
    except ValueError:
        return r.stdout + r.stderr
    for one in doc if isinstance(doc, list) else [doc]:
        one.pop("_contentLength", None)
    return doc


def both_see(name):
    a, b = seen(npm, name), seen(lode, name)
    check(f"both see the same of {name}", a == b and "error" not in str(a)[:12], f"{a}\n{b}")


def installs(user, name, version):
    where = f"{WORK}/project-{user.name}-{name.replace('/', '+')}-{version}"
    os.makedirs(where)
    user.ok(where, "install", f"{name}@{version}")
    r = subprocess.run([NPM[0], "-p", f"require({json.dumps(name)})"], cwd=where, capture_output=True, text=True)
    check(f"{name}@{version} runs", r.stdout.strip() == version, r.stderr)


def words(r, user):
    """What was said, without what is of the program, the moment or the request."""
    said = r.stdout + "\n" + r.stderr.replace("lode ", "npm ")
    said = re.sub(r"npm (login|adduser)\b", "npm login", said)
    said = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", re.sub(r"\b\d+ ?ms\b", "MS", said)).replace(user.home, "HOME")
    return [line for line in said.splitlines() if line.strip("npm erow") and "_logs" not in line]


# What can be done, which one says more of than the other.
MORE = ("Log in with", "The registry has trouble", "Somebody else has", "The registry wants to be paid", "The requested resource",
        "Note that you can also install", "tarball, folder, http url")


def both_say(*command, text=None):
    """The verbs that this registry offers, and those that it refuses: the same status and words."""
    a, b = npm(WORK, *command, text=text), lode(WORK, *command, text=text)
    theirs, mine = ([line for line in words(r, user) if line != "npm error 404" and not any(more in line for more in MORE)]
                    for r, user in ((a, npm), (b, lode)))
    check(f"both say the same of {' '.join(command)}", a.returncode == b.returncode and theirs == mine,
          f"{a.returncode} {theirs}\n{b.returncode} {mine}")


def tokens():
    """Made by one, seen by both, revoked by the other; what is made is shown once and works."""
    both_say("token", "ls")
    for user, other in ((lode, npm), (npm, lode)):
        made = user(WORK, "token", "create", "--read-only", "--json", text="secret-1\n")
        try:
            token = json.loads(made.stdout[made.stdout.index("{"):])
        except ValueError:
            token = {}
        check(f"{user.name} token create", made.returncode == 0 and token.get("token"), made.stdout + made.stderr)
        check("it is kept nowhere", token.get("token", "?") not in open(user.home + "/.npmrc").read())
        lists = [json.loads(u(WORK, "token", "ls", "--json").stdout or "[]") for u in (user, other)]
        check("both list it", lists[0] == lists[1] and len(lists[0]) == 1, lists)
        both_say("token", "ls")
        both_say("token", "ls", "--parseable")
        r = other(WORK, "token", "revoke", lists[0][0]["key"] if lists[0] else "none")
        check(f"{other.name} token revoke", r.returncode == 0, r.stdout + r.stderr)
        both_say("token", "revoke", "nothing")


def everything_else():
    for command in (["whoami"], ["ping"], ["owner", "ls", "by-both"], ["owner", "add", "bob", "by-both"], ["owner", "rm", "ann", "by-both"],
                    ["profile", "get"], ["profile", "get", "name", "--json"], ["profile", "set", "fullname", "Ann"],
                    ["access", "list", "packages"], ["access", "get", "status", "by-both"], ["access", "list", "collaborators", "by-both"],
                    ["access", "set", "status=public", "@scope/none"], ["team", "ls", "org"], ["org", "ls", "org"],
                    ["stage", "list"], ["trust", "list", "by-both"], ["view", "nothere"], ["dist-tag", "ls", "by-both"],
                    ["dist-tag", "rm", "by-both", "none"], ["deprecate", "nothere", "x"], ["unpublish", "nothere", "--force"],
                    ["search", "by-both", "--json"], ["view", "by-both", "versions", "--json"]):
        both_say(*command)


def round_of(user, other, name):
    for v in ("1.0.0", "1.1.0"):
        user.ok(package(name, v), "publish")
    installs(other, name, "1.1.0")
    both_see(name)
    r = user(package(name, "1.1.0"), "publish")
    check(f"{user.name} does not publish twice", r.returncode == 1 and "cannot publish over" in r.stderr, r.stderr)
    user.ok(WORK, "dist-tag", "add", f"{name}@1.0.0", "old")
    check("both see the tags", user(WORK, "dist-tag", "ls", name).stdout == other(WORK, "dist-tag", "ls", name).stdout)
    user.ok(WORK, "dist-tag", "rm", name, "old")
    user.ok(WORK, "deprecate", f"{name}@1.0.0", "too old")
    check("the other one sees that it is deprecated", "too old" in other(WORK, "view", f"{name}@1.0.0", "--prefer-online").stdout)
    user.ok(WORK, "undeprecate", f"{name}@1.0.0")
    both_see(name)
    user.ok(WORK, "unpublish", f"{name}@1.0.0", "--force")
    both_see(name)
    user.ok(WORK, "unpublish", name, "--force")
    check("it is gone", "E404" in other(WORK, "view", name, "--prefer-online").stderr)


shutil.rmtree(WORK, ignore_errors=True)
os.makedirs(WORK)
certificates()
server, url = serve(install())
try:
    lode, npm = User("lode", LODE, url), User("npm", NPM, url)
    lode.ok(WORK, "ping")
    lode.ok(WORK, "login", "--auth-type=legacy", text="ann\nsecret-1\n")
    check("the token is its user's alone", os.stat(lode.home + "/.npmrc").st_mode & 0o777 == 0o600)
    check("lode whoami", lode(WORK, "whoami").stdout == "ann\n")
    shutil.copy(lode.home + "/.npmrc", npm.home + "/.npmrc")
    check("npm takes lode's token", npm(WORK, "whoami").stdout == "ann\n")
    round_of(lode, npm, "by-lode")
    round_of(npm, lode, "by-npm")
    round_of(lode, npm, "@scope/by-lode")
    lode.ok(package("by-both", "1.0.0"), "publish", "--tag=next")
    npm.ok(package("by-both", "1.1.0"), "publish")
    both_see("by-both")
    check("search finds it", "by-both" in lode(WORK, "search", "by-both").stdout)
    tokens()
    everything_else()
    lode.ok(WORK, "logout")
    check("who is logged out may not publish", "ENEEDAUTH" in lode(package("late", "1.0.0"), "publish").stderr)
finally:
    server.terminate()
    server.wait(10)
print(f"{done - failed} passed, {failed} failed")
sys.exit(failed > 0)
