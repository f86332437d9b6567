"""pack and version."""
import json, os, subprocess, tarfile


def packed(p, name):
    with tarfile.open(p.path(name)) as t:
        return {m.name: m.mode for m in t.getmembers()}


def test_pack_runs_scripts_and_lists_files(bench):
    scripts = {e: f"echo {e} $npm_package_resolved >> order" for e in ("prepack", "prepare", "postpack")}
    p = bench.project({"name": "@s/p", "version": "1.2.3", "scripts": scripts, "bin": "cli.js", "files": ["lib", "cli.js"]})
    for name in ("cli.js", "lib/a.js", "lib/.env", "other.js", "README.md"):
        p.write(name, "#!/usr/bin/env node\n")
    r = p.ok("pack")
    assert r.out.endswith("s-p-1.2.3.tgz\n"), r
    assert p.read("order").split() == ["prepack", "prepare", p.dir, "postpack", p.dir], p.read("order")
    assert packed(p, "s-p-1.2.3.tgz") == {"package/" + n: 0o755 if n == "cli.js" else 0o644 for n in
                                          ("lib/.env", "cli.js", "lib/a.js", "package.json", "README.md")}
    assert "'lib/.env' looks like a file of environment variables" in r.err, r
    assert "total files: 5" in r.err, r
    doc = json.loads(p.ok("pack", "--json", "--dry-run", "--ignore-scripts").out)
    assert doc["@s/p"]["entryCount"] == 5 and doc["@s/p"]["files"][0]["path"] == "README.md", doc


def test_a_package_that_is_bundled_twice_is_there_twice(bench):
    p = bench.project({"name": "outer", "version": "1.0.0", "bundleDependencies": ["b", "c"], "dependencies": {"b": "1", "c": "1"}})
    for name in "bc":
        p.write_json(f"node_modules/{name}/package.json", {"name": name, "version": "1.0.0", "dependencies": {"x": "1"}})
        p.write_json(f"node_modules/{name}/node_modules/x/package.json", {"name": "x", "version": "1.0.0"})
    p.write("node_modules/b/node_modules/x/index.js", "module.exports = 1\n")
    os.link(p.path("node_modules/b/node_modules/x/index.js"), p.path("node_modules/c/node_modules/x/index.js"))
    p.write("a.js", "a\n")
    os.link(p.path("a.js"), p.path("b.js"))
    p.ok("pack")
    with tarfile.open(p.path("outer-1.0.0.tgz")) as t:
        assert [m.name for m in t.getmembers() if m.islnk()] == ["package/b.js"]
        assert all(t.getmember(f"package/node_modules/{n}/node_modules/x/index.js").size == 19 for n in "bc")
    q = bench.project({"dependencies": {"outer": "file:" + p.path("outer-1.0.0.tgz")}})
    q.ok("install")
    assert all(q.has(f"node_modules/outer/node_modules/{n}/node_modules/x/index.js") for n in "bc")


def test_scripts_around_packing_run_on_the_chosen_runtime(bench):
    say = "echo $npm_lifecycle_event $npm_node_execpath $NODE $(node --version) >> order"
    p = bench.project({"scripts": {e: say for e in ("prepack", "prepare", "postpack")}})
    p.write(".nvmrc", "22")
    p.ok("pack")
    lines = [line.split() for line in p.read("order").splitlines()]
    assert [w[0] for w in lines] == ["prepack", "prepare", "postpack"], lines
    assert all(w[1] == w[2] and w[1].endswith("/22.2.0/bin/node") and w[3] == "v22.2.0" for w in lines), lines


def test_pack_takes_what_others_have(bench):
    p = bench.project({"name": "x"})
    assert "must have name and version" in p.fails("", "pack", "./nameless", cwd=(p.write("nameless/package.json", "{}"), p.dir)[1]).err
    os.makedirs(p.path("out"))
    assert p.ok("pack", "left@^1", "--pack-destination", "out").out == "left-1.1.0.tgz\n"
    p.ok("pack", "./out/left-1.1.0.tgz")
    with open(p.path("out/left-1.1.0.tgz"), "rb") as a, open(p.path("left-1.1.0.tgz"), "rb") as b:
        assert a.read() == b.read()


def test_pack_workspaces(bench):
    p = bench.project({"workspaces": ["a", "b"]})
    for w in "ab":
        p.write_json(w + "/package.json", {"name": w, "version": "1.0.0"})
    p.ok("pack", "--workspaces")
    assert p.has("a-1.0.0.tgz") and p.has("b-1.0.0.tgz") and not p.has("project-1.0.0.tgz")


def git(p, *words):
    return subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.test", *words], cwd=p.dir, check=True,
                          capture_output=True, text=True, env=p.env()).stdout.strip()


def repository(bench, manifest):
    p = bench.project(manifest)
    p.write_json("package-lock.json", {"name": "project", "version": "1.0.0", "lockfileVersion": 3,
                                       "packages": {"": {"name": "project", "version": "1.0.0"}}})
    for words in (["init", "-q"], ["config", "user.name", "t"], ["config", "user.email", "t@example.test"], ["add", "."],
                  ["commit", "-qm", "first"]):
        git(p, *words)
    return p


def test_version_commits_and_tags(bench):
    p = repository(bench, {"scripts": {"version": "echo $npm_old_version $npm_new_version > made && git add made"}})
    p.write(".git/hooks/commit-msg", '#!/bin/sh\necho "(checked)" >> "$1"\n', 0o755)
    assert p.ok("version", "minor", "-m", "release %s").out.endswith("v1.1.0\n")
    assert p.json("package.json")["version"] == p.json("package-lock.json")["packages"][""]["version"] == "1.1.0"
    assert git(p, "log", "-1", "--format=%B") == "release 1.1.0\n(checked)"
    assert git(p, "show", "--format=", "--name-only", "HEAD").split() == ["made", "package-lock.json", "package.json"]
    assert git(p, "tag", "-n", "-l", "v1.1.0").split() == ["v1.1.0", "release", "1.1.0"] and git(p, "cat-file", "-t", "v1.1.0") == "tag"
    assert git(p, "status", "--porcelain") == "" and p.read("made") == "1.0.0 1.1.0\n"
    p.ok("version", "prerelease", "--preid", "beta", "--no-commit-hooks", "--ignore-scripts")
    assert git(p, "log", "-1", "--format=%B") == "1.1.1-beta.0"


def test_version_refuses_before_anything_changes(bench):
    p = repository(bench, {})
    before = p.read("package.json")
    assert "Version not changed" in p.fails("", "version", "1.0.0").err
    assert "Invalid version: nonsense" in p.fails("", "version", "nonsense").err
    p.fails("cannot sign", "version", "minor", "--sign-git-tag")
    git(p, "tag", "v2.0.0")
    p.fails("already exists", "version", "major")
    p.write("package-lock.json", "{}")
    assert "Git working directory not clean." in p.fails("", "version", "minor").err
    assert p.read("package.json") == before
    p.write(".git/hooks/pre-commit", "#!/bin/sh\necho no good >&2\nexit 1\n", 0o755)
    git(p, "checkout", "package-lock.json")
    assert "no good" in p.fails("EGIT", "version", "minor").err
    assert p.ok("version", "3.0.0", "--no-git-tag-version", "--allow-same-version").out == "v3.0.0\n"
    assert git(p, "tag") == "v2.0.0" and p.json("package.json")["version"] == "3.0.0"


def test_version_from_git_and_of_workspaces(bench):
    p = repository(bench, {})
    git(p, "tag", "v4.5.6")
    assert p.ok("version", "from-git", "--no-git-tag-version").out == "v4.5.6\n"
    w = bench.project({"workspaces": ["a"], "dependencies": {"a": "*"}})
    w.write_json("a/package.json", {"name": "a", "version": "1.0.0"})
    w.ok("install")
    assert w.ok("version", "patch", "-w", "a").out.startswith("a\nv1.0.1\n")
    assert w.json("a/package.json")["version"] == "1.0.1"
    # Who needs the old one gets it, chosen or not; the project itself is committed, its workspaces are not.
    q = repository(bench, {"workspaces": ["left", "b"], "scripts": {}})
    q.write_json("left/package.json", {"name": "left", "version": "1.0.0"})
    q.write_json("b/package.json", {"name": "b", "version": "1.0.0", "dependencies": {"left": "^1.0.0"}})
    git(q, "add", "-A")
    git(q, "commit", "-q", "-m", "workspaces")
    assert q.ok("version", "major", "-w", "left", "--json").out.startswith("v2.0.0\n")
    assert q.version("b/node_modules/left") == "1.1.0" and q.version("node_modules/left") == "2.0.0"
    git(q, "add", "-A", "left")
    git(q, "commit", "-q", "-m", "left", "left")
    q.write(".gitignore", "node_modules\n")
    git(q, "add", "-A")
    git(q, "commit", "-q", "-m", "rest")
    q.ok("version", "minor", "--workspaces", "--include-workspace-root", "--no-workspaces-update")
    assert git(q, "tag") == "v1.1.0" and git(q, "log", "-1", "--format=%s") == "1.1.0"
    assert git(q, "status", "--porcelain").split() == ["M", "b/package.json", "M", "left/package.json"]


def bundling(bench, overrides, **below):
    p = bench.project({"dependencies": {"a": "1"}, "bundleDependencies": ["a"], "overrides": overrides})
    p.write_json("node_modules/a/package.json", {"name": "a", "version": "1.0.0", "dependencies": {"c": "1"}, **below})
    p.write_json("node_modules/c/package.json", {"name": "c", "version": "2.0.0"})
    return p


def test_a_bundle_that_only_an_override_holds_together_is_refused(bench):
    p = bundling(bench, {"c": "2.0.0"})
    p.write_json("package.json", {**p.json("package.json"), "scripts": {"prepack": "touch began"}})
    r = p.fails("EBUNDLEOVERRIDE", "pack")
    assert '"overrides" affects a bundled package (c).' in r.err and "Remove this package from" in r.err and not p.has("began"), r
    assert not p.has("project-1.0.0.tgz")
    p.fails("EOVERRIDE", "pack", cwd=bundling(bench, {"a": "2.0.0"}).dir)
    bundling(bench, {"c": {"d": "2.0.0"}}).ok("pack")
    inner = bundling(bench, {"c": "2.0.0"}, bundleDependencies=["c"])
    inner.write_json("node_modules/a/node_modules/c/package.json", {"name": "c", "version": "1.0.0"})
    inner.ok("pack")


def test_a_gitignore_that_decides_is_told(bench):
    p = bench.project({})
    p.write(".gitignore", "*.log\n")
    p.write("a.log", "")
    r = p.ok("pack", "--json")
    assert "gitignore-fallback No .npmignore file found" in r.err and "a.log" not in r.out, r
    p.write(".npmignore", "")
    assert "gitignore-fallback" not in p.ok("pack").err


def test_files_that_are_no_list_are_npms_letters(bench):
    p = bench.project({"files": "ab"})
    for name in ("a", "b", "ab/c", "d"):
        p.write(name if name != "ab/c" else "ab/c", "x")
    r = p.ok("pack")
    listed = [line.split()[-1] for line in r.err.splitlines() if "B " in line and "notice" in line and "size" not in line]
    assert listed == ["a", "b", "package.json"], r
