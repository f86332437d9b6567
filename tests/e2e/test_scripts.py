"""Scripts, bins and applications on the bundled runtime."""
import fcntl, json, os, signal, subprocess, time

from harness import LODE, until


def test_run_and_applications_work_with_an_empty_path(bench):
    p = bench.project({"scripts": {"hi": "node -p process.version", "tool": "greet you"}, "dependencies": {"greet": "1"}})
    p.ok("install")
    p.write("app.js", "console.log('app', process.argv.slice(2).join('+'), require('@fixture/words').hello)\n")
    assert "v26.10.0" in p.ok("run", "hi", env={"PATH": ""}).out
    assert "hello again you" in p.ok("run", "tool", env={"PATH": ""}).out
    assert p.ok("app.js", "a", "b", env={"PATH": ""}).out == "app a+b hello again\n"
    assert p.ok("exec", "greet", "--", "x", env={"PATH": ""}).out == "hello again x\n"


def test_scripts_find_npm_and_npx(bench):
    p = bench.project({"scripts": {"a": "npm run b", "b": "echo from b", "c": "npx greet z"}, "dependencies": {"greet": "1"}})
    p.ok("install")
    assert "from b" in p.ok("run", "a", env={"PATH": "/bin:/usr/bin"}).out
    assert "hello again z" in p.ok("run", "c", env={"PATH": "/bin:/usr/bin"}).out


def test_exit_status_and_arguments_are_the_scripts(bench):
    p = bench.project({"scripts": {"fail": "exit 9", "args": "node -p 'JSON.stringify(process.argv.slice(1))' --"}})
    assert p.lode("run", "fail").code == 9
    assert '["a b","$HOME"]' in p.ok("run", "args", "--", "a b", "$HOME").out


def test_dependency_scripts_are_blocked_unless_allowed(bench):
    p = bench.project({"dependencies": {"scripted": "1"}})
    r = p.ok("install")
    assert "scripted@1.0.0 (postinstall: node make.js)" in r.err, r
    assert not p.has("node_modules/scripted/made.txt")
    q = bench.project({"dependencies": {"scripted": "1"}, "allowScripts": {"scripted": True}})
    q.ok("install")
    assert q.read("node_modules/scripted/made.txt") == "made by postinstall\n"
    s = bench.project({"dependencies": {"scripted": "1"}})
    s.fails("ESTRICTALLOWSCRIPTS", "install", "--strict-allow-scripts")
    assert not s.has("node_modules")


def test_a_script_cannot_reach_the_store(bench):
    p = bench.project({"dependencies": {"scripted": "1"}, "allowScripts": {"scripted": True}})
    p.ok("install")
    with open(p.path("node_modules/scripted/index.js"), "a") as f:
        f.write("// changed in place\n")
    q = bench.project({"dependencies": {"scripted": "1"}}, cache=p.cache)
    q.ok("install")
    assert "changed" not in q.read("node_modules/scripted/index.js")


def test_the_projects_own_scripts_run_in_npms_order(bench):
    events = ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare", "dependencies"]
    p = bench.project({"dependencies": {"left": "1"}, "scripts": {e: f"echo {e} >> order.txt" for e in events}})
    p.ok("install")
    assert p.read("order.txt").split() == ["preinstall", "dependencies", "install", "postinstall", "prepublish", "preprepare",
                                           "prepare", "postprepare"]
    p.write("order.txt", "")
    p.ok("install", "greet")
    assert p.read("order.txt").split() == ["dependencies"]


def test_nothing_to_do_and_run_load_no_network_library(bench):
    needed = subprocess.run(["readelf", "-d", LODE], capture_output=True, text=True, check=True).stdout
    for library in ("curl", "git2", "archive", "ssl", "crypto", "deflate"):
        assert library not in needed, needed
    p = bench.project({"scripts": {"t": "true"}, "dependencies": {"left": "1"}})
    p.ok("install")
    for command in (["install"], ["run", "t"]):
        seen = p.opened(*command)
        for library in ("libcurl", "libgit2", "libarchive", "libcrypto", "lode-net"):
            assert library not in seen, seen[-2000:]


def test_ls_is_content_with_what_was_installed(bench):
    p = bench.project({"dependencies": {"greet": "1", "bundling": "1", "plugin-one": "1", "across-platforms": "1"}})
    p.ok("install")
    out = p.ok("ls", "--all").out
    assert "greet@1.0.0" in out and "@fixture/words@1.1.0" in out and "UNMET" not in out.replace("UNMET OPTIONAL", ""), out
    doc = json.loads(p.ok("ls", "--json").out)
    assert doc["dependencies"]["greet"]["version"] == "1.0.0"


def test_install_scripts_edits_the_policy(bench):
    p = bench.project({"dependencies": {"scripted": "1", "left": "1"}, "allowScripts": {"scripted@0.9.0": True, "gone": True}})
    r = p.ok("install")
    assert "lode install-scripts approve <pkg>" in r.err
    assert "scripted@1.0.0 (postinstall: node make.js)" in p.ok("install-scripts", "ls").out
    assert p.ok("install-scripts", "approve", "--all").out == "Approved scripted:\n  removed-stale scripted@0.9.0\n  added scripted@1.0.0\n"
    assert p.json("package.json")["allowScripts"] == {"gone": True, "scripted@1.0.0": True}
    p.ok("rebuild")
    assert p.read("node_modules/scripted/made.txt") == "made by postinstall\n"
    assert "gone (package not installed)" in p.ok("install-scripts", "prune").out
    p.ok("approve-scripts", "scripted", "--no-allow-scripts-pin")
    assert p.json("package.json")["allowScripts"] == {"scripted": True}
    p.ok("deny-scripts", "scripted")
    assert "scripted is denied" in p.ok("approve-scripts", "scripted").err
    assert p.json("package.json")["allowScripts"] == {"scripted": False}
    p.fails("ENOMATCH", "install-scripts", "approve", "nothere")
    p.fails("EUSAGE", "install-scripts", "approve")
    p.fails("EGLOBAL", "install-scripts", "ls", "-g")


def test_install_scripts_writes_grants_that_follow_the_key(bench):
    p = bench.project({"dependencies": {"scripted": "1"}, "allowScripts": {"scripted@0.9.0": True},
                       "lode": {"scripts": {"scripted@0.9.0": {"net": True}}}})
    p.ok("install")
    p.ok("install-scripts", "approve", "scripted", "--allow-write=~/.cache/s", "--allow-write=gen", "--allow-env=A_TOKEN")
    assert p.json("package.json")["lode"] == {"scripts": {"scripted@1.0.0": {"net": True, "write": ["~/.cache/s", "gen"], "env": ["A_TOKEN"]}}}
    p.ok("install-scripts", "deny", "scripted")
    assert "lode" not in p.json("package.json")
    # Wherever else they stand.
    p.write_json("package.json", {**p.json("package.json"), "lode": {"scripts": {"scripted": {"net": True}, "*": {"time": 5}, "left": {"net": True}}}})
    r = p.ok("install-scripts", "deny", "scripted", "--json")
    assert p.json("package.json")["lode"] == {"scripts": {"*": {"time": 5}, "left": {"net": True}}}
    assert {"key": "scripted", "change": "grants-removed"} in json.loads(r.out)["allowScripts"][0]["changes"], r


def test_install_scripts_grants_nothing_absurd(bench):
    p = bench.project({"dependencies": {"scripted": "1"}})
    p.ok("install")
    before = p.read("package.json")
    for grant in ("--allow-write=/", "--allow-read=/", "--allow-write=~", "--allow-read=~/", "--allow-write=.", "--allow-write=..",
                  "--allow-write=node_modules", "--allow-write-file=.git", "--allow-write=" + p.home, "--allow-write=" + p.base):
        r = p.fails("EGRANT", "install-scripts", "approve", "scripted", grant)
        assert grant in r.err and "would let it" in r.err and p.read("package.json") == before, r
    assert "lets it write what git runs as you" in p.ok("install-scripts", "approve", "scripted", "--allow-write-file=.git/config").err
    assert "would let it" in p.ok("install-scripts", "approve", "scripted", "--allow-write=/", "--force").err
    assert p.json("package.json")["lode"]["scripts"]["scripted@1.0.0"] == {"file": [".git/config"], "write": ["/"]}


def test_grants_of_the_wrong_form_are_told(bench):
    p = bench.project({"dependencies": {"scripted": "1"}, "allowScripts": {"scripted": True},
                       "lode": {"scripts": {"scripted": {"net": "yes", "write": "~/.cache", "reads": ["x"]}, "left": True}}})
    r = p.ok("install")
    for words in ('"scripted": net must be true or false', '"scripted": write must be a list of paths',
                  '"scripted": there is no grant called reads', '"left" must be an object'):
        assert f"package.json: lode.scripts: {words}" in r.err, (words, r)


def test_a_killed_rebuild_is_gone_on_with(bench):
    p = bench.project({"dependencies": {"scripted": "1"}, "allowScripts": {"scripted": True}})
    p.ok("install")
    made = "node_modules/scripted/made.txt"
    p.write("node_modules/scripted/make.js", "require('fs').rmSync('made.txt', {force: true}); require('fs').writeFileSync('began', ''); setTimeout(() => 0, 60000)\n")
    child = p.start("rebuild")
    until(lambda: p.has("node_modules/scripted/began"), 30)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    assert not p.has(made)
    p.write("node_modules/scripted/make.js", "require('fs').writeFileSync('made.txt', 'again')\n")
    p.ok("install")
    assert p.read(made) == "again" and not p.has("node_modules/.lode-due")
    # One that ended leaves nothing due, however it ended.
    p.write("node_modules/scripted/make.js", "require('fs').writeFileSync('made.txt', 'failed'); process.exit(1)\n")
    p.fails("", "rebuild")
    assert not p.has("node_modules/.lode-due")
    p.ok("rebuild", "--ignore-scripts")
    assert not p.has("node_modules/.lode-due")


def test_rebuild_waits_for_another_lode(bench):
    p = bench.project({"dependencies": {"scripted": "1"}, "allowScripts": {"scripted": True}})
    p.ok("install")
    os.unlink(p.path("node_modules/scripted/made.txt"))
    held = os.open(p.dir, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(held, fcntl.LOCK_EX)
    running = p.start("rebuild")
    time.sleep(1.5)
    assert running.poll() is None and not p.has("node_modules/scripted/made.txt")
    os.close(held)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0 and "waiting for another lode" in err and p.has("node_modules/scripted/made.txt"), out + err
