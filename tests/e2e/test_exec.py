"""exec and lodex, as npm 12 does it beside (tests/differential/exec.py): which package is meant, what is asked, what stays."""
import json, os, re, subprocess

from harness import LODE, on_terminal
from test_sandbox import tarball

THREADED = True


def cached(p):
    """What is in the cache of exec: the packages each folder is for -> what it depends on."""
    folder, found = os.path.join(p.cache, "_npx"), {}
    for key in os.listdir(folder) if os.path.isdir(folder) else []:
        try:
            with open(f"{folder}/{key}/package.json") as f:
                doc = json.load(f)
        except FileNotFoundError:
            continue
        found[" ".join(doc["_npx"]["packages"])] = doc.get("dependencies") or doc.get("devDependencies")
    return found


def npx(p, *words, **kw):
    path = os.path.join(p.base, "npx")
    if not os.path.lexists(path):
        os.symlink(LODE, path)
    return subprocess.run([path, *words], cwd=p.dir, env=p.env(), capture_output=True, text=True, timeout=60, **kw)


def test_exec_picks_the_version_that_is_meant(bench):
    p = bench.project({})
    for spec, says in (("prog", "2.0.0"), ("prog@1", "1.1.0"), ("prog@1.0.0", "1.0.0"), ("prog@old", "1.0.0"), ("prog@next", "3.0.0-beta.1"),
                       ("prog@>=1 <2", "1.1.0"), ("al@npm:prog@1", "1.1.0")):
        assert p.ok("exec", "--yes", spec, "x").out == f"prog {says} x\n", spec
    assert cached(p)["al@npm:prog@1"] == {"prog": "^1.1.0"} and cached(p)["prog"] == {"prog": "^2.0.0"}
    assert os.path.isdir(os.path.join(p.cache, "_npx/bd7419c6680ed284")), "npm's key"


def test_exec_picks_the_program_that_is_meant(bench):
    p = bench.project({})
    for spec, says in (("prog-many", "many"), ("prog-alias", "alias"), ("@fixture/prog", "scoped prog"), ("@fixture/single", "differently"),
                       ("@fixture/text", "text"), ("prog-needs", "needs\nprog 1.1.0 from needs\nnpx exec")):
        assert p.ok("exec", "--yes", spec).out == says + "\n", spec
    assert p.ok("exec", "--yes", "--package=prog@1", "--package=prog-many", "-c", "prog && prog-third x").out == "prog 1.1.0\nthird x\n"


def test_exec_that_cannot_be_leaves_no_folder(bench):
    p = bench.project({})
    for spec, says in (("prog-ambiguous", "could not determine executable to run"), ("prog-none", "could not determine executable to run"),
                       ("prog@9", "ETARGET"), ("prog@nosuchtag", "ETARGET"), ("there-is-no-such", "'there-is-no-such@*' could not be found"),
                       ("./nowhere", "ENOENT"), ("", "EINVALIDPACKAGENAME"), ("user/repo", "EALLOWGIT"), ("https://x.example.test/a.tgz", "EALLOWREMOTE")):
        r = p.fails(says, "exec", "--", spec)
        assert "will be installed" not in r.err, r
    p.fails("ENOTCACHED", "exec", "--offline", "--yes", "prog-many")
    assert not os.path.exists(os.path.join(p.cache, "_npx"))
    assert p.lode("exec", "--yes", "--dry-run", "prog").code == 254


def test_exec_asks_again_for_a_range(bench):
    p = bench.project({})
    p.ok("exec", "--yes", "prog@1")
    p.ok("exec", "--yes", "prog@1.0.0")
    p.ok("exec", "--yes", "prog")
    assert '["prog@1.1.0"]' in p.fails("npx canceled", "exec", "--no", "prog@1").err
    assert p.ok("exec", "--no", "prog").out == "prog 2.0.0\n"
    assert p.ok("exec", "--no", "--offline", "prog@1.0.0").out == "prog 1.0.0\n"


def test_exec_takes_what_the_project_has(bench):
    p = bench.project({"name": "@me/tool", "bin": "./t.sh", "dependencies": {"prog": "1.0.0"}})
    p.write("t.sh", "#!/bin/sh\necho tool\n", 0o755)
    p.ok("install")
    for spec in ("prog", "prog@1", "prog@1.0.0", "prog@*"):
        assert p.ok("exec", "--no", spec).out == "prog 1.0.0\n", spec
    assert cached(p) == {}
    assert p.ok("exec", "--no", "prog@old").out == "prog 1.0.0\n", "the same tarball"
    assert p.ok("exec", "--yes", "prog@2").out == "prog 2.0.0\n"
    r = p.lode("exec", "@me/tool")
    assert r.code == 127 and "run 'tool'" in r.err, "the project's own tree has it, without a link"


def test_exec_takes_what_is_installed_globally(bench):
    p = bench.project({})
    env = {"npm_config_prefix": os.path.join(p.base, "global")}
    p.ok("install", "-g", "prog@1.1.0", "@fixture/single", env=env)
    assert p.ok("exec", "--no", "prog@1", "x", env=env).out == "prog 1.1.0 x\n"
    assert p.ok("exec", "--no", "@fixture/single", "x", env=env).out == "differently x\n"
    p.fails("npx canceled", "exec", "--no", "prog@2", env=env)
    assert cached(p) == {}


def test_exec_of_folders_and_tarballs(bench):
    p = bench.project({})
    p.write("tool/package.json", json.dumps({"name": "tool", "version": "1.0.0", "bin": {"tool": "t.sh"}}))
    p.write("tool/t.sh", "#!/bin/sh\necho folder tool \"$@\"\n", 0o755)
    p.write("sub/x", "")
    subprocess.run(["tar", "czf", p.path("sub/t.tgz"), "-C", p.dir, "tool"], check=True)
    for spec in ("./tool", "file:tool", p.path("tool")):
        assert p.ok("exec", spec, "x").out == "folder tool x\n", spec
    assert p.ok("exec", "../tool", "x", cwd=p.path("sub")).out == "folder tool x\n"
    assert list(cached(p)) == [p.path("tool")], "one folder, however it is written"
    assert p.ok("exec", "--yes", "./t.tgz", "y", cwd=p.path("sub")).out == "folder tool y\n"
    assert "EALLOWFILE" in p.lode("exec", "--yes", "--allow-file=none", "./sub/t.tgz").err


def test_exec_runs_no_scripts_of_what_it_fetched(bench):
    p = bench.project({"allowScripts": {"prog-scripted": True}})
    assert "No such file" in p.ok("exec", "--yes", "prog-scripted").out, "the project has no say there"
    q = bench.project({})
    assert q.ok("exec", "--yes", "--allow-scripts=prog-scripted", "prog-scripted").out == "scripted\nmade\n"
    r = bench.project({})
    r.fails("ESTRICTALLOWSCRIPTS", "exec", "--yes", "--strict-allow-scripts", "prog-scripted")


def test_exec_ends_as_the_program_ends(bench):
    p = bench.project({})
    assert p.lode("exec", "--yes", "prog-status", "5").code == 5
    assert p.lode("exec", "--yes", "prog-status", "TERM").code in (-15, 143)
    assert p.lode("exec", "--yes", "prog-broken").code == 127


def test_programs_start_alike_with_and_without_a_shell(bench):
    """What needs no shell is started without one, and sees no difference."""
    p = bench.project({"name": "a", "version": "1.0.0", "scripts": {"plain": "tell a 'b c'", "shell": "tell a 'b c' && true",
                                                                  "own": "test -d node_modules", "names": "names", "names-shell": "names && true"}})
    bin = p.path("node_modules/.bin")
    os.makedirs(bin)
    tell = "echo \"$# $1 $2 $3 PWD=$PWD $(basename $0)\"\n"
    names = "#!/usr/bin/env python3\nimport os\nprint(sorted(k for k in os.environ if 'lifecycle' not in k))\n"
    for name, text in (("names", names), ("tell", "#!/bin/sh\n" + tell), ("bare", tell), ("test", "#!/bin/sh\necho wrong\n"), ("lost", "#!/nowhere/sh\n")):
        with open(os.path.join(bin, name), "w") as f:
            f.write(text)
        os.chmod(f.name, 0o755)
    os.symlink(p.dir, p.dir + "-link")
    for pwd in (p.dir, p.dir + "-link", "/", "", None):
        env = {"PWD": pwd} if pwd is not None else {}
        plain, shell = (p.lode("run", "--silent", s, env=env).out for s in ("plain", "shell"))
        assert plain == shell and plain.startswith("2 a b c  PWD=/"), (pwd, plain, shell)
    odd = {"a-b": "1", "BASH_FUNC_f%%": "() { :; }", "1x": "2", f"npm_config_//{p.registry.url.split('/')[2]}/:_authToken": "secret", "_x": "3"}
    plain, shell = (p.ok("run", "--silent", s, env=odd).out for s in ("names", "names-shell"))
    assert plain == shell and "_authToken" not in plain and "'_x'" in plain, (plain, shell)
    assert p.ok("exec", "tell", "x", "y z", "").out.startswith("3 x y z  PWD=")
    assert p.ok("exec", "bare", "$HOME", "it's").out.startswith("2 $HOME it's  PWD=")
    assert p.ok("run", "--silent", "own").out == ""
    assert p.lode("exec", "lost").code == 127
    assert p.lode("exec", "--script-shell", "/bin/echo", "tell").out == "-c 'tell'\n"


def test_exec_asks_on_a_terminal(bench):
    for typed, goes in (("y\n", True), ("\n", True), ("Yes please\n", True), (" y\n", True), ("n\n", False), ("maybe\n", False),
                        ("\x03", False), ("\x04", False)):
        p = bench.project({})
        code, shown = on_terminal([LODE, "exec", "prog", "x"], typed, p.dir, p.env())
        assert "Need to install the following packages:\nprog@2.0.0\nOk to proceed? (y) " in shown, shown
        assert (code == 0) == goes and ("prog 2.0.0 x" in shown) == goes and ("canceled" in shown) != goes, (typed, code, shown)
        assert bool(cached(p)) == goes if goes else True
    p = bench.project({})
    code, shown = on_terminal([LODE, "exec", "prog", "x"], "", p.dir, p.env({"CI": "1"}))
    assert code == 0 and "The following package was not found and will be installed: prog@2.0.0" in shown, shown


def test_exec_opens_a_shell_on_a_terminal(bench):
    p = bench.project({"dependencies": {"greet": "1"}})
    p.ok("install")
    code, shown = on_terminal([LODE, "exec"], "greet you\nexit 3\n", p.dir, p.env({"PS1": "$ "}))
    assert code == 3 and "hello again you" in shown, shown
    assert f"Entering lode script environment at location:\n{p.dir}\nType 'exit' or ^D when finished\n" in shown, shown


def test_npx_tells_of_options_that_are_gone(bench):
    p = bench.project({"dependencies": {"greet": "1"}})
    p.ok("install")
    r = npx(p, "--ignore-existing", "-n", "x", "greet", "-n", "y")
    assert r.stdout == "hello again -n y\n", r
    assert re.findall(r"the --(\S+) argument has been removed", r.stderr) == ["ignore-existing", "n"], r
    assert npx(p, "--no-install", "prog").returncode == 1
    assert npx(p, "--shell", "/bin/bash", "-c", "echo $0").stdout == "/bin/bash\n"
    assert npx(p, "-p=prog@1", "prog", "-p").stdout == "prog 1.1.0 -p\n"
    r = npx(p, "--unknown-flag", "prog")
    assert r.returncode == 1 and '"prog" is being parsed as a normal command line argument' in r.stderr, r


def test_exec_confines_scripts_of_what_it_fetched(bench):
    p = bench.project({})
    p.write("../home/.secret", "the-secret-nobody-may-read\n")
    p.write(".env", "the-secret-nobody-may-read\n")
    tarball(p.path("evil.tgz"), "evil", {"postinstall": "cat ~/.secret $V/project/.env > loot 2>&1; echo x > $V/project/planted; echo here >> loot"})
    r = p.ok("exec", "--yes", "--dangerously-allow-all-scripts", "--package=./evil.tgz", "-c",
             "cat \"$(dirname \"$(readlink -f \"$(command -v evil)\")\")\"/loot", env={"V": p.base})
    assert r.out.endswith("here\n") and "nobody-may-read" not in r.out and not p.has("planted"), r
    assert "reading ~/.secret" in r.err, r
