"""What install, ci and their kin leave on disk and in the lockfile."""
import json, os, subprocess

THREADED = True


def test_install_makes_the_tree_lockfile_and_bins(bench):
    p = bench.project({"dependencies": {"greet": "^1.0.0", "needs-left-1": "1", "needs-left-2": "1"}})
    r = p.ok("install")
    assert "added 6 packages" in r.out, r
    assert p.version("node_modules/@fixture/words") == "1.1.0"
    lefts = {p.version("node_modules/left"), p.version("node_modules/needs-left-1/node_modules/left"),
             p.version("node_modules/needs-left-2/node_modules/left")}
    assert lefts == {"1.1.0", "2.0.0", None}, lefts
    assert os.readlink(p.path("node_modules/.bin/greet")) == "../greet/cli.js"
    lock = p.json("package-lock.json")
    assert lock["lockfileVersion"] == 3 and lock["packages"][""]["dependencies"]["greet"] == "^1.0.0"
    greet = lock["packages"]["node_modules/greet"]
    assert list(greet) == ["version", "resolved", "integrity", "license", "dependencies", "bin"], greet
    assert greet["resolved"] == bench.registry.url + "greet/-/greet-1.0.0.tgz"
    assert p.has("node_modules/.package-lock.json")


def test_install_again_has_nothing_to_do(bench):
    p = bench.project({"dependencies": {"greet": "^1.0.0"}})
    p.ok("install")
    before, asked = p.listing(), len(bench.registry.requests())
    r = p.ok("install")
    assert "up to date" in r.out, r
    assert p.listing() == before
    assert len(bench.registry.requests()) == asked, "nothing to do needs no network"


def test_install_adds_to_package_json_in_npms_way(bench):
    p = bench.project({"devDependencies": {"left": "^1.0.0"}})
    p.ok("install", "greet", "@fixture/words@1.0.0")
    assert p.json("package.json")["dependencies"] == {"@fixture/words": "^1.0.0", "greet": "^1.0.0"}
    p.ok("install", "--save-dev", "--save-exact", "framework@1")
    assert p.json("package.json")["devDependencies"] == {"framework": "1.2.0", "left": "^1.0.0"}
    assert p.json("package-lock.json")["packages"]["node_modules/framework"]["dev"] is True
    p.ok("install", "other@npm:left@1.0.0")
    assert p.json("package.json")["dependencies"]["other"] == "npm:left@^1.0.0"
    assert p.json("node_modules/other/package.json")["name"] == "left"


def test_install_takes_tags(bench):
    p = bench.project({})
    p.ok("install", "tagged")
    assert p.version("node_modules/tagged") == "1.0.0"
    p.ok("install", "tagged@beta")
    assert p.version("node_modules/tagged") == "2.0.0-beta.1"
    assert p.json("package.json")["dependencies"]["tagged"] == "^2.0.0-beta.1"


def test_package_json_keeps_its_style(bench):
    p = bench.project()
    p.write("package.json", '{\n\t"name": "x",\n\t"zebra": 1,\n\t"dependencies": {\n\t\t"left": "1.0.0"\n\t}\n}\n')
    p.ok("install", "greet")
    assert p.read("package.json") == ('{\n\t"name": "x",\n\t"zebra": 1,\n\t"dependencies": {\n\t\t"greet": "^1.0.0",\n'
                                      '\t\t"left": "1.0.0"\n\t}\n}\n')
    assert p.read("package-lock.json").startswith('{\n\t"name": "x",\n\t"lockfileVersion": 3,')


def test_uninstall_removes_package_bins_and_entries(bench):
    p = bench.project({"dependencies": {"greet": "^1.0.0", "left": "1"}})
    p.ok("install")
    r = p.ok("uninstall", "greet")
    assert "removed 2 packages" in r.out, r
    assert not p.has("node_modules/greet")
    assert os.listdir(p.path("node_modules/@fixture")) == os.listdir(p.path("node_modules/.bin")) == [], "which npm leaves"
    assert p.json("package.json")["dependencies"] == {"left": "1"}
    assert set(p.json("package-lock.json")["packages"]) == {"", "node_modules/left"}


def test_update_of_all_throws_the_old_lockfile_away(bench):
    p = bench.project({"dependencies": {"left": "^1.0.0"}})
    p.ok("install", "--lockfile-version=2")
    p.ok("update", "left")
    assert p.json("package-lock.json")["lockfileVersion"] == 2
    p.ok("update")
    assert "dependencies" not in p.json("package-lock.json")
    assert p.json("package-lock.json")["lockfileVersion"] == 3
    p.ok("update", "--lockfile-version=2")
    assert p.json("package-lock.json")["lockfileVersion"] == 2


def test_update_moves_within_the_range(bench):
    p = bench.project({"dependencies": {"left": "^1.0.0"}})
    p.ok("install", "left@1.0.0", "--no-save")
    p.ok("install")
    p.ok("update")
    assert p.version("node_modules/left") == "1.1.0"
    assert p.json("package.json")["dependencies"] == {"left": "^1.0.0"}


def test_ci_gives_what_the_lockfile_says_and_changes_no_file(bench):
    p = bench.project({"dependencies": {"greet": "^1.0.0", "across-platforms": "1"}})
    p.ok("install")
    tree = p.listing("node_modules")
    lock, package = p.read("package-lock.json"), p.read("package.json")
    p.write("node_modules/greet/stray.txt", "left over")
    p.write("node_modules/stranger/package.json", '{"name":"stranger","version":"1.0.0"}')
    p.ok("ci")
    assert p.listing("node_modules") == tree
    assert (p.read("package-lock.json"), p.read("package.json")) == (lock, package)


def test_ci_refuses_a_lockfile_that_does_not_fit(bench):
    p = bench.project({"dependencies": {"greet": "^1.0.0"}})
    p.ok("install")
    p.write("package.json", json.dumps({"name": "project", "version": "1.0.0", "dependencies": {"greet": "^1.0.0", "left": "2"}}))
    before = p.listing()
    r = p.fails("EUSAGE", "ci")
    assert "Missing: left@2.0.0 from lock file" in r.err, r
    assert p.listing() == before


def test_ci_needs_a_lockfile(bench):
    p = bench.project({"dependencies": {"left": "1"}})
    r = p.fails("EUSAGE", "ci")
    assert "package-lock.json" in r.err and not p.has("node_modules"), r


def test_optional_packages_of_other_platforms_are_locked_and_not_installed(bench):
    p = bench.project({"dependencies": {"across-platforms": "1"}})
    p.ok("install")
    locked = p.json("package-lock.json")["packages"]
    assert {k for k in locked if "bin-" in k} == {f"node_modules/@fixture/bin-{x}" for x in
                                                  ("linux-x64", "linux-arm64", "darwin-arm64", "win32-x64")}
    assert len(os.listdir(p.path("node_modules/@fixture"))) == 1
    assert locked["node_modules/@fixture/bin-win32-x64"]["os"] == ["win32"]


def test_a_required_package_of_another_platform_is_refused(bench):
    p = bench.project({"dependencies": {"only-win32": "1"}})
    before = p.listing()
    p.fails("EBADPLATFORM", "install")
    assert p.listing() == before
    p.ok("install", "--force")
    assert p.version("node_modules/only-win32") == "1.0.0"


def test_engines_warn_and_with_engine_strict_refuse(bench):
    p = bench.project({"dependencies": {"only-old-node": "1"}})
    p.fails("EBADENGINE", "install", "--engine-strict")
    r = p.ok("install")
    assert "EBADENGINE" in r.err, r
    r = bench.project({"dependencies": {"only-old-node": "1"}}).ok("install", "--force", "--engine-strict")
    assert "EBADENGINE" not in r.err, "the runtime's version does not matter then"


def test_peers_are_installed_and_conflicts_explained(bench):
    p = bench.project({"dependencies": {"plugin-one": "1"}})
    p.ok("install")
    assert p.version("node_modules/framework") == "1.2.0"
    before = p.listing()
    r = p.fails("ERESOLVE", "install", "plugin-two")
    assert r.err.split("\n")[0].endswith("error code ERESOLVE") and "While resolving" in r.err, r
    assert "framework" in r.err and "plugin-one" in r.err and "--legacy-peer-deps" in r.err, r
    assert p.listing() == before
    p.ok("install", "plugin-two", "--legacy-peer-deps")
    assert p.version("node_modules/plugin-two") == "1.0.0"


def test_optional_peers_are_not_installed(bench):
    p = bench.project({"dependencies": {"plugin-maybe": "1"}})
    p.ok("install")
    assert not p.has("node_modules/framework")


def test_overrides_replace_versions_below(bench):
    p = bench.project({"dependencies": {"greet": "1"}, "overrides": {"greet": {"@fixture/words": "1.0.0"}}})
    p.ok("install")
    assert p.version("node_modules/@fixture/words") == "1.0.0"


def test_bundled_packages_come_with_their_bundler(bench):
    p = bench.project({"dependencies": {"bundling": "1"}})
    p.ok("install")
    assert "bundled" in p.read("node_modules/bundling/node_modules/left/index.js")
    assert p.json("package-lock.json")["packages"]["node_modules/bundling/node_modules/left"]["inBundle"] is True
    tree = p.listing("node_modules")
    p.ok("ci")
    assert p.listing("node_modules") == tree


def test_what_is_bundled_stays_when_the_package_around_it_changes(bench):
    p = bench.project({"dependencies": {"bundling": "2", "around-bundling": "1.0.0"}})
    p.ok("install")
    nested = "node_modules/around-bundling/node_modules/bundling"
    before = p.listing(nested)
    assert "bundled" in p.read(nested + "/node_modules/left/index.js")
    p.ok("install", "around-bundling@1.1.0")
    assert p.version("node_modules/around-bundling") == "1.1.0" and p.listing(nested) == before


def test_omit_leaves_out_and_still_locks(bench):
    p = bench.project({"dependencies": {"left": "1"}, "devDependencies": {"greet": "1"}})
    p.ok("install", "--omit=dev")
    assert p.has("node_modules/left") and not p.has("node_modules/greet")
    assert "node_modules/greet" in p.json("package-lock.json")["packages"]
    p.ok("install")
    assert p.has("node_modules/greet")


def test_workspaces_are_linked_and_their_dependencies_hoisted(bench):
    p = bench.project({"workspaces": ["packages/*"]})
    p.write("packages/a/package.json", json.dumps({"name": "a", "version": "1.0.0", "dependencies": {"b": "^2.0.0", "left": "1"}}))
    p.write("packages/b/package.json", json.dumps({"name": "b", "version": "2.0.0", "dependencies": {"left": "2"}}))
    p.ok("install")
    assert os.readlink(p.path("node_modules/a")) == "../packages/a" and os.readlink(p.path("node_modules/b")) == "../packages/b"
    versions = {p.version("node_modules/left"), p.version("packages/a/node_modules/left"), p.version("packages/b/node_modules/left")}
    assert versions == {"1.1.0", "2.0.0", None}, versions
    lock = p.json("package-lock.json")["packages"]
    assert lock["node_modules/a"] == {"resolved": "packages/a", "link": True}
    p.ok("install", "greet", "-w", "b")
    assert p.json("packages/b/package.json")["dependencies"]["greet"] == "^1.0.0"
    assert p.has("node_modules/greet")


def test_directories_and_tarballs_on_disk(bench):
    p = bench.project({})
    p.write("lib/package.json", json.dumps({"name": "lib", "version": "1.0.0", "dependencies": {"left": "1"}}))
    p.ok("install", "./lib", "--allow-directory=all")
    assert os.readlink(p.path("node_modules/lib")) == "../lib"
    assert p.json("package.json")["dependencies"] == {"lib": "file:lib"}
    assert p.has("node_modules/left")


def test_tarball_urls_follow_the_allow_remote_policy(bench):
    p = bench.project({})
    url = bench.registry.url + "left/-/left-1.0.0.tgz"
    p.fails("EALLOWREMOTE", "install", url)
    assert not p.has("node_modules")
    p.ok("install", url, "--allow-remote=root")
    assert p.version("node_modules/left") == "1.0.0"
    assert p.json("package.json")["dependencies"]["left"] == url
    entry = p.json("package-lock.json")["packages"]["node_modules/left"]
    assert entry["resolved"] == url and entry["integrity"].startswith("sha512-")


def test_deprecated_packages_are_named(bench):
    p = bench.project({"dependencies": {"old-thing": "1"}})
    r = p.ok("install")
    assert "deprecated old-thing@1.0.0: old-thing 1 is no more" in r.err, r


def test_dry_run_changes_nothing(bench):
    p = bench.project({"dependencies": {"greet": "1"}})
    before = p.listing()
    r = p.ok("install", "--dry-run")
    assert "add greet 1.0.0" in r.out and "added 2 packages" in r.out, r
    assert p.listing() == before


def test_json_output_is_one_document(bench):
    p = bench.project({"dependencies": {"greet": "1"}})
    doc = json.loads(p.ok("install", "--json").out)
    assert doc["added"] == 2 and {x["name"] for x in doc["add"]} == {"greet", "@fixture/words"}


def test_package_lock_only_writes_the_lockfile_alone(bench):
    p = bench.project({"dependencies": {"greet": "1"}})
    p.ok("install", "--package-lock-only")
    assert not p.has("node_modules") and p.has("package-lock.json")
    p.ok("ci")
    assert p.has("node_modules/greet")


def test_dotfiles_and_modes_are_as_npm_unpacks_them(bench):
    p = bench.project({"dependencies": {"with-dotfile": "1"}})
    p.ok("install")
    tree = p.listing("node_modules/with-dotfile")
    assert "node_modules/with-dotfile/.npmignore" in tree and "node_modules/with-dotfile/.gitignore" not in tree
    assert tree["node_modules/with-dotfile/run.sh"][0] == 0o755 and tree["node_modules/with-dotfile/package.json"][0] == 0o644


def test_a_lockfile_of_npm_7_stays_version_2(bench):
    p = bench.project({"dependencies": {"greet": "1"}})
    p.ok("install", "--lockfile-version=2")
    lock = p.json("package-lock.json")
    assert lock["lockfileVersion"] == 2 and lock["dependencies"]["greet"]["requires"] == {"@fixture/words": "^1.0.0"}
    p.ok("install", "left@1")
    assert p.json("package-lock.json")["lockfileVersion"] == 2


def make_repository(p, manifest, files):
    """A bare repository beside the project; gives its URL and its commits by tag."""
    work, bare = p.path("../work"), p.path("../repository.git")
    git = ["git", "-C", work, "-c", "user.name=t", "-c", "user.email=t@example.test"]
    subprocess.run(["git", "init", "-q", "-b", "main", work], check=True)
    commits = {}
    for version in ("1.0.0", "1.1.0"):
        p.write("../work/package.json", json.dumps({**manifest, "version": version}))
        for name, text in files.items():
            p.write("../work/" + name, text)
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-q", "-m", version], check=True)
        subprocess.run([*git, "tag", "v" + version], check=True)
        commits[version] = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    subprocess.run(["git", "clone", "-q", "--bare", work, bare], check=True)
    return "git+file://" + os.path.realpath(bare), commits


def test_git_dependencies_follow_the_allow_git_policy(bench):
    p = bench.project({})
    url, commits = make_repository(p, {"name": "from-git", "files": ["index.js"]}, {"index.js": "module.exports = 1\n", "left-out.txt": "x"})
    r = p.fails("EALLOWGIT", "install", url)
    assert not p.has("node_modules"), r
    p.ok("install", url + "#semver:~1.0.0", "--allow-git=all")
    assert p.version("node_modules/from-git") == "1.0.0" and not p.has("node_modules/from-git/left-out.txt")
    assert p.json("package-lock.json")["packages"]["node_modules/from-git"]["resolved"] == f"{url}#{commits['1.0.0']}"
    tree = p.listing("node_modules")
    r = p.fails("EALLOWGIT", "ci")
    assert f'Refusing to fetch "from-git@{url}#{commits["1.0.0"]}"' in r.err, r
    q = bench.project({"dependencies": {"hosted": "https://github.com/some/one#v1"}})
    assert 'fetch "hosted@git+https://github.com/some/one.git#v1"' in q.fails("EALLOWGIT", "install").err
    p.ok("ci", "--allow-git=root", "--offline")
    assert p.listing("node_modules") == tree


def test_git_dependencies_are_prepared(bench):
    p = bench.project({})
    url, _ = make_repository(p, {"name": "built", "main": "out.js", "scripts": {"prepare": "greet > out.js"}, "devDependencies": {"greet": "1"},
                                 "files": ["out.js"]}, {"source.txt": "x"})
    p.ok("install", url, "--allow-git=all")
    assert "hello again" in p.read("node_modules/built/out.js")
    assert not p.has("node_modules/built/source.txt")


def test_before_takes_what_was_there_then(bench):
    p = bench.project({})
    p.ok("install", "left", "--before=2024-01-02T12:00:00Z")
    assert p.version("node_modules/left") == "1.1.0"
    r = p.fails("ETARGET", "install", "framework@2", "--before=2024-01-01T12:00:00Z")
    assert "framework" in r.err, r
    q = bench.project({})
    q.ok("install", "framework@2", "--before=2024-01-01T12:00:00Z", "--min-release-age-exclude=frame*")
    assert q.version("node_modules/framework") == "2.0.0"


def test_answers_in_any_order_give_one_lockfile(bench):
    """Every document comes after another random while; placing knows nothing of it."""
    wants = {f"tangle-{n}": "*" for n in (0, 9, 13, 24, 31)}
    locks = []
    for _ in range(6):
        p = bench.project({"dependencies": wants})
        p.ok("install", "--package-lock-only")
        locks.append(p.read("package-lock.json"))
    places = json.loads(locks[0])["packages"]
    assert len(places) > 60 and any(k.count("node_modules/") > 2 for k in places), list(places)
    assert all(lock == locks[0] for lock in locks)


def test_a_dependency_without_a_version_is_an_error(bench):
    p = bench.project({})
    for kind, value in (("dependencies", None), ("devDependencies", 3), ("optionalDependencies", {}), ("peerDependencies", [])):
        p.write("package.json", json.dumps({"dependencies": {"left": "1"}, kind: {"greet": value}}))
        before = p.listing()
        for command in ("install", "ls"):
            r = p.fails("must provide string spec", command)
            assert f'"greet" in "{kind}"' in r.err and "package.json" in r.err, r
        assert p.listing() == before
    p.ok("install", "--legacy-peer-deps")
