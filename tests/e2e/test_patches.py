"""Patches of dependencies, packageExtensions and .npm-extension: what only lockfileVersion 4 tells."""
import base64, hashlib, json

THREADED = True

PATCH = '--- a/index.js\n+++ b/index.js\n@@ -1 +1 @@\n-module.exports = "left 1.1.0";\n+module.exports = "patched";\n'


def sha512(text):
    return "sha512-" + base64.b64encode(hashlib.sha512(text.encode()).digest()).decode()


def patched(bench, rules, patch=PATCH, **more):
    p = bench.project({"dependencies": {"left": "1.1.0"}, **more, "patchedDependencies": rules})
    p.write("patches/left.patch", patch)
    return p


def test_a_patch_is_applied_and_locked(bench):
    p = patched(bench, {"left@1.1.0": "patches/left.patch"})
    p.ok("install")
    assert "patched" in p.read("node_modules/left/index.js")
    lock = p.json("package-lock.json")
    assert lock["lockfileVersion"] == 4
    assert lock["packages"]["node_modules/left"]["patched"] == {"path": "patches/left.patch", "integrity": sha512(PATCH)}
    hidden = p.json("node_modules/.package-lock.json")
    assert hidden["lockfileVersion"] == 3 and hidden["packages"]["node_modules/left"]["patched"]["integrity"] == sha512(PATCH)
    assert "[patched: patches/left.patch]" in p.ok("ls").out
    before = p.listing()
    p.ok("install")
    p.ok("ci")
    assert {k: v for k, v in p.listing().items() if ".package-lock" not in k} == {k: v for k, v in before.items() if ".package-lock" not in k}


def test_the_store_is_not_patched(bench):
    p = patched(bench, {"left": "patches/left.patch"})
    p.ok("install")
    other = bench.project({"dependencies": {"left": "1.1.0"}}, cache=p.cache)
    other.ok("install")
    assert "left 1.1.0" in other.read("node_modules/left/index.js")
    p.ok("cache", "verify")


def test_a_changed_patch_is_applied_anew(bench):
    p = patched(bench, {"left": "patches/left.patch"})
    p.ok("install")
    p.write("patches/left.patch", PATCH.replace('"patched"', '"again"'))
    p.fails("does not match the patch recorded", "ci")
    p.ok("install")
    assert "again" in p.read("node_modules/left/index.js")
    p.write("package.json", json.dumps({"name": "project", "version": "1.0.0", "dependencies": {"left": "1.1.0"}}))
    p.ok("install")
    assert "left 1.1.0" in p.read("node_modules/left/index.js") and "patched" not in p.json("package-lock.json")["packages"]["node_modules/left"]


def test_patches_that_cannot_be_are_errors(bench):
    for rules, patch, code in (
            ({"left@2": "patches/left.patch"}, PATCH, "EPATCHUNUSED"),
            ({"left": "patches/none.patch"}, PATCH, "EPATCHNOTFOUND"),
            ({"left": "../x.patch"}, PATCH, "EPATCHUNSAFE"),
            ({"left": "/etc/passwd"}, PATCH, "EPATCHUNSAFE"),
            ({"left@>=1 <1.5": "patches/left.patch", "left@>=1.1 <3": "patches/left.patch"}, PATCH, "EPATCHAMBIGUOUS"),
            ({"left": "patches/left.patch"}, PATCH.replace("1.1.0", "9"), "EPATCHFAILED"),
            ({"left": "patches/left.patch"}, PATCH.replace("index.js", "../../../package.json"), "EPATCHUNSAFE"),
            ({"left": "patches/left.patch"}, "--- a/x\n+++ b/x\n@@ -1 +1 @@\ngarbage", "invalid line")):
        p = patched(bench, rules, patch)
        before = p.listing()
        p.fails(code, "install")
        assert p.listing() == before, code


def test_only_packages_of_a_registry_are_patched(bench):
    p = bench.project({"dependencies": {"dir": "file:dir"}, "patchedDependencies": {"dir": "patches/left.patch"}})
    p.write("patches/left.patch", PATCH)
    p.write("dir/package.json", json.dumps({"name": "dir", "version": "1.0.0"}))
    p.fails("EPATCHNONREGISTRY", "install")
    p = bench.project({"workspaces": ["w"]})
    p.write("w/package.json", json.dumps({"name": "w", "version": "1.0.0", "patchedDependencies": {"left": "x"}}))
    p.fails("EPATCHWORKSPACE", "install")


def test_flags_relax_patches_when_they_are_typed(bench):
    p = patched(bench, {"left": "patches/left.patch"}, PATCH.replace("1.1.0", "9"))
    r = p.ok("install", "--ignore-patch-failures")
    assert "installed unpatched" in r.err and "patched" not in p.json("package-lock.json")["packages"]["node_modules/left"]
    p.fails("does not record", "ci")
    p.fails("ECIPATCHFLAG", "ci", "--ignore-patch-failures")
    p.fails("ECIPATCHFLAG", "ci", "--allow-unused-patches")
    p = patched(bench, {"nobody": "patches/left.patch"})
    p.write(".npmrc", "allow-unused-patches=true\n")
    p.fails("EPATCHUNUSED", "install")
    p.ok("install", "--allow-unused-patches")


def test_a_patch_fails_loudly_on_what_is_optional(bench):
    p = bench.project({"optionalDependencies": {"left": "1.1.0"}, "patchedDependencies": {"left": "patches/left.patch"}})
    p.write("patches/left.patch", PATCH.replace("1.1.0", "9"))
    before = p.listing()
    p.fails("EPATCHFAILED", "install")
    assert p.listing() == before


def test_uninstalling_takes_the_patch_out_of_package_json(bench):
    p = patched(bench, {"left@1.1.0": "patches/left.patch"})
    p.ok("install")
    r = p.ok("uninstall", "left")
    assert 'Removing patch entry "left@1.1.0" for uninstalled left' in r.err
    assert "patchedDependencies" not in p.json("package.json") and p.has("patches/left.patch")


def extended(bench, rules):
    return bench.project({"dependencies": {"needs-left-1": "1.0.0"}, "packageExtensions": rules})


def test_package_extensions_hold_for_trees_from_disk_too(bench):
    p = extended(bench, {"needs-left-1@1": {"dependencies": {"framework": "^1.0.0"}}})
    p.ok("install")
    lock = p.json("package-lock.json")
    assert lock["lockfileVersion"] == 4 and lock["packages"]["node_modules/needs-left-1"]["packageExtensionsApplied"] == {
        "selector": "needs-left-1@1", "dependencies": ["framework"]}
    p.ok("ci")
    with_lock = p.ok("ls", "--all").out
    p.write("node_modules/.package-lock.json", "{")
    assert p.ok("ls", "--all").out == with_lock and "extraneous" not in with_lock
    p.write("package.json", json.dumps({**p.json("package.json"), "packageExtensions": {"needs-left-1": {"dependencies": {"framework": "^2.0.0"}}}}))
    p.fails("packageExtensions in package.json do not match the lock file", "ci")


def test_package_extensions_that_cannot_be_are_errors(bench):
    for rules, code in (([], "EEXTENSIONROOT"), ({"": {}}, "EEXTENSIONSELECTOR"), ({"a@": {}}, "EEXTENSIONSELECTOR"), ({"a@latest": {}}, "EEXTENSIONSELECTOR"),
                        ({"../a": {}}, "EEXTENSIONSELECTOR"), ({"a": 1}, "EEXTENSIONVALUE"), ({"a": {"bin": {}}}, "EEXTENSIONFIELD"),
                        ({"a": {"dependencies": {"b": None}}}, "EEXTENSIONDELETE"), ({"a": {"peerDependenciesMeta": {"b": 1}}}, "EEXTENSIONVALUE"),
                        ({"needs-left-1": {"dependencies": {"left": "2"}}}, "EEXTENSIONDUPDEP"),
                        ({"needs-left-1": {"peerDependenciesMeta": {"x": {}}}}, "EEXTENSIONORPHANMETA"),
                        ({"needs-left-1": {"dependencies": {"a": "1"}}, "needs-left-1@1": {}}, "EEXTENSIONCONFLICT")):
        p = extended(bench, rules)
        before = p.listing()
        p.fails(code, "install")
        assert p.listing() == before, code


MJS = """console.log('hello from the extension')
export const transformManifest = (pkg, { root, extensionPoint }) => {
  if (pkg.name === 'needs-left-1') pkg.dependencies = { ...pkg.dependencies, framework: '^1.0.0' }
  return pkg
}
"""


def test_the_projects_own_code_repairs_manifests(bench):
    p = bench.project({"dependencies": {"needs-left-1": "1.0.0"}})
    p.write(".npm-extension.mjs", MJS)
    p.ok("install")
    lock = p.json("package-lock.json")
    assert lock["packages"][""]["npmExtensionHash"] == sha512("npm-extension:v1:mjs\n" + MJS)
    assert lock["packages"]["node_modules/needs-left-1"]["npmExtensionApplied"] == {"extensionPoint": "transformManifest", "dependencies": ["framework"]}
    assert p.version("node_modules/framework") == "1.2.0"
    listing = p.ok("ls", "--all").out
    p.write("node_modules/.package-lock.json", "{")
    assert listing in p.ok("ls", "--all").out
    p.ok("ci")
    text = p.read("package-lock.json")
    p.ok("install")
    p.ok("install", "--ignore-scripts")
    assert p.read("package-lock.json") == text


def test_ci_compares_the_codes_hash_and_runs_nothing(bench):
    p = bench.project({"dependencies": {"needs-left-1": "1.0.0"}})
    p.write(".npm-extension.cjs", "require('fs').appendFileSync(__dirname + '/ran', 'x'); exports.transformManifest = p => p\n")
    p.ok("install")
    ran = p.read("ran")
    p.ok("ci")
    assert p.read("ran") == ran
    p.write(".npm-extension.cjs", "exports.transformManifest = p => p\n")
    p.fails(".npm-extension file does not match the lock file", "ci")
    p.write(".npm-extension.mjs", MJS)
    p.fails("keep only one", "ci")
    p.fails("ENPMEXTENSIONDUP", "install")


def test_what_the_code_gives_back_is_checked(bench):
    for body, code in (("return null", "ENPMEXTENSIONRETURN"), ("return []", "ENPMEXTENSIONRETURN"), ("return Promise.resolve(pkg)", "ENPMEXTENSIONRETURN"),
                       ("throw new Error('no good')", "ENPMEXTENSIONTHROW"), ("return { ...pkg, scripts: { install: 'x' } }", "ENPMEXTENSIONFIELD"),
                       ("return { dependencies: { left: 5 } }", "ENPMEXTENSIONVALUE"), ("return { dependencies: [] }", "ENPMEXTENSIONVALUE"),
                       ("return { peerDependenciesMeta: { x: true } }", "ENPMEXTENSIONVALUE"), ("process.exit(0)", "helper process has ended"),
                       ("require('fs').writeSync(3, '{\"applied\":{},\"fields\":{\"dependencies\":5}}\\n'); return pkg", "ENPMEXTENSIONVALUE")):
        p = bench.project({"dependencies": {"needs-left-1": "1.0.0"}})
        p.write(".npm-extension.cjs", f"exports.transformManifest = pkg => {{ {body} }}\n")
        before = p.listing()
        p.fails(code, "install")
        assert p.listing() == before, code
    p = bench.project({"dependencies": {"left": "1.0.0"}})
    p.write(".npm-extension.cjs", "exports.other = 1\n")
    p.fails("ENPMEXTENSIONSHAPE", "install")
    p.write(".npm-extension.cjs", "syntax error\n")
    p.fails("", "install")
    p.write(".npmrc", "extension-file=../x.mjs\n")
    p.fails("ENPMEXTENSIONPATH", "install")
    p.ok("install", "--ignore-extension")


def test_patch_makes_a_patch_of_what_was_edited(bench):
    p = bench.project({"dependencies": {"left": "1.1.0"}})
    p.ok("install")
    p.ok("patch", "add", "left", "--edit-dir", "edit")
    p.write("edit/index.js", "module.exports = 'mine';\n")
    p.write("edit/lib/new.js", "one\ntwo")
    r = p.ok("patch", "commit", "edit")
    assert "Patched left@1.1.0 -> patches/left@1.1.0.patch" in r.out
    assert p.read("patches/left@1.1.0.patch") == (
        "--- a/index.js\t\n+++ b/index.js\t\n@@ -1,1 +1,1 @@\n-module.exports = \"left 1.1.0\";\n+module.exports = 'mine';\n"
        "--- /dev/null\t\n+++ b/lib/new.js\t\n@@ -0,0 +1,2 @@\n+one\n+two\n\\ No newline at end of file\n")
    assert p.read("node_modules/left/lib/new.js") == "one\ntwo" and not p.has("edit")
    assert p.ok("patch", "ls").out == "patches/left@1.1.0.patch\tleft@1.1.0\t(1 node)\n"
    p.ok("ci")
    p.ok("patch", "rm", "left")
    assert not p.has("patches/left@1.1.0.patch") and not p.has("node_modules/left/lib") and "patchedDependencies" not in p.json("package.json")


def test_patch_tells_what_it_cannot_do(bench):
    p = bench.project({"dependencies": {"needs-left-1": "1.0.0", "left": "2.0.0"}})
    p.fails("EPATCHNOTINSTALLED", "patch", "add", "left")
    p.ok("install")
    p.fails("EPATCHAMBIGUOUS", "patch", "left")
    p.fails("EPATCHNONREGISTRY", "patch", "add", "file:.")
    p.fails("ETARGET", "patch", "add", "left@9")
    p.ok("patch", "add", "verse@<3", "--edit-dir", "range")
    assert p.json("range/package.json")["version"] == "2.0.0"
    p.fails("EPATCHNOTFOUND", "patch", "rm", "left")
    p.fails("EPATCHNOEDITDIR", "patch", "commit", "nowhere")
    p.ok("patch", "add", "left@1", "--edit-dir", "edit")
    assert "no changes detected" in p.ok("patch", "commit", "edit").err
    p.write("edit/index.js", "")
    p.fails("EPATCHUNSAFE", "patch", "commit", "edit", "--patches-dir", "../out")


def verse(bench, rule="verse@1.0.0"):
    """A project whose patch of verse 1.0.0 changes line 10; the dependency is at 1.1.0 by now."""
    p = bench.project({"dependencies": {"verse": "1.0.0"}})
    p.ok("install")
    p.ok("patch", "add", "verse", "--edit-dir", "edit")
    p.write("edit/verse.txt", p.read("edit/verse.txt").replace("line 10\n", "my line 10\n"))
    p.ok("patch", "commit", "edit")
    q = bench.project({"dependencies": {"verse": "1"}, "patchedDependencies": {rule: "patches/verse@1.0.0.patch"}}, cache=p.cache)
    q.write("patches/verse@1.0.0.patch", p.read("patches/verse@1.0.0.patch"))
    q.ok("install", "--allow-unused-patches")
    return q


def test_a_patch_is_updated_to_the_version_that_is_installed(bench):
    p = verse(bench)
    assert "installed version matches the patch selector" in p.fails("EPATCHSTALE", "patch", "update", "verse").err
    r = p.ok("patch", "update", "verse", "--to", "1.1.0")
    assert "Updated verse@1.0.0 -> verse@1.1.0 (patches/verse@1.1.0.patch)" in r.out and "not installed" not in r.err
    assert p.json("package.json")["patchedDependencies"] == {"verse@1.1.0": "patches/verse@1.1.0.patch"}
    assert not p.has("patches/verse@1.0.0.patch") and "-line 10\n+my line 10\n" in p.read("patches/verse@1.1.0.patch")
    assert "@@ -7,9 +7,9 @@" in p.read("patches/verse@1.1.0.patch"), p.read("patches/verse@1.1.0.patch")
    assert "patched" in p.json("package-lock.json")["packages"]["node_modules/verse"]
    assert "my line 10" not in p.read("node_modules/verse/verse.txt")
    p.ok("ci")
    assert p.read("node_modules/verse/verse.txt").startswith("title\nline 1\n") and "my line 10" in p.read("node_modules/verse/verse.txt")


def test_a_rule_for_a_range_stays_while_it_is_used(bench):
    p = verse(bench, "verse@^1.0.0")
    p.ok("patch", "update", "verse@^1.0.0")
    assert list(p.json("package.json")["patchedDependencies"]) == ["verse@1.1.0"] and not p.has("patches/verse@1.0.0.patch")
    p = verse(bench, "verse")
    r = p.ok("patch", "update", "verse", "--to", "4.0.0")
    assert "verse@4.0.0 is not installed" in r.err
    assert list(p.json("package.json")["patchedDependencies"]) == ["verse", "verse@4.0.0"] and p.has("patches/verse@1.0.0.patch")
    # verse.txt has another name in 4.0.0
    assert "+++ b/lib/moved.txt" in p.read("patches/verse@4.0.0.patch")


def test_a_conflict_is_resolved_by_hand(bench):
    p = verse(bench)
    r = p.ok("patch", "update", "verse", "--to", "2.0.0", "--edit-dir", "edit")
    assert r.out.endswith(f"Patch did not apply cleanly to verse@2.0.0.\nResolve the conflicts in: {p.dir}/edit\n"
                          f"When done, run: lode patch commit {p.dir}/edit\n"), r
    conflict = "<<<<<<< HEAD\nanother line 10\n=======\nmy line 10\n>>>>>>> theirs\n"
    assert conflict in p.read("edit/verse.txt"), p.read("edit/verse.txt")
    assert list(p.json("package.json")["patchedDependencies"]) == ["verse@1.0.0"]
    p.write("edit/verse.txt", p.read("edit/verse.txt").replace(conflict, "both lines 10\n"))
    p.ok("patch", "commit", "edit")
    assert p.json("package.json")["patchedDependencies"] == {"verse@2.0.0": "patches/verse@2.0.0.patch"}
    assert not p.has("patches/verse@1.0.0.patch") and not p.has("edit") and ".npm-patch" not in p.read("patches/verse@2.0.0.patch")
    p.fails("EPATCHUNUSED", "ci")
    p.ok("install", "verse@2")
    assert "both lines 10" in p.read("node_modules/verse/verse.txt")


def test_patch_update_tells_what_it_cannot_do(bench):
    p = verse(bench)
    before = p.listing()
    for words, code, said in (
            (["left"], "EPATCHNOTFOUND", 'no patch to update for "left"'),
            (["verse@9"], "EPATCHNOTFOUND", "no patch registered for verse@9"),
            (["verse", "--to", "new"], "EPATCHBADTO", "not a valid version"),
            (["verse", "--to", "1.0.0"], "EPATCHNOOP", "already targets verse@1.0.0"),
            (["verse", "--to", "3.0.0"], "EPATCHEMPTY", "no longer changes verse@3.0.0"),
            (["verse", "--to", "2.0.0", "--edit-dir", ".."], "EPATCHUNSAFE", "would empty the project")):
        assert said in p.fails(code, "patch", "update", *words).err
    assert p.listing() == before
    p.write("patches/verse@1.0.0.patch", p.read("patches/verse@1.0.0.patch").replace("-line 10", "-line ten"))
    p.fails("EPATCHBASE", "patch", "update", "verse", "--to", "1.1.0")
    p.write("edit/package.json", '{"name":"verse","version":"1.1.0"}')
    p.write("edit/.npm-patch-update.json", "{")
    p.fails("EPATCHBADMARKER", "patch", "commit", "edit")
