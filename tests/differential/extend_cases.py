"""The scenarios of extend.py: steps are command lines, or files to write (None: to remove) before the next one."""


def package(**more):
    return {"name": "project", "version": "1.0.0", **more}


# left is `module.exports = "left 1.1.0";`
def change(version, to="patched"):
    return f'--- a/index.js\n+++ b/index.js\n@@ -1 +1 @@\n-module.exports = "left {version}";\n+module.exports = "{to}";\n'


ADD = '--- /dev/null\n+++ b/lib/new.js\n@@ -0,0 +1,2 @@\n+// new\n+module.exports = 1;\n'
DELETE = '--- a/index.js\n+++ /dev/null\n@@ -1 +0,0 @@\n-module.exports = "left 1.1.0";\n'


def patched(patches, files=None, deps=None, **more):
    return {"package.json": package(dependencies=deps or {"left": "1.1.0"}, patchedDependencies=patches, **more), **(files or {})}


def case(name, *steps):
    return {"name": name, "steps": list(steps)}


ONE = {"left@1.1.0": "patches/left.patch"}
PATCH = {"patches/left.patch": change("1.1.0")}

PATCHES = [
    case("patch-installed", patched(ONE, PATCH), "install", "install", "ls", "ls --json", "ci", "install --package-lock-only"),
    case("patch-name-only", patched({"left": "patches/left.patch"}, PATCH), "install", "ci"),
    case("patch-range", patched({"left@^1": "patches/left.patch"}, PATCH), "install", "ls"),
    case("patch-exact-before-range", patched({"left@^1.0.0": "p/wrong.patch", "left@1.1.0": "p/right.patch", "left": "p/wrong.patch"},
                                             {"p/wrong.patch": change("1.1.0", "wrong"), "p/right.patch": change("1.1.0", "right")}),
         "install --allow-unused-patches"),
    case("patch-narrow-before-wide", patched({"left@^1.0.0": "p/wide.patch", "left@~1.1.0": "p/narrow.patch"},
                                             {"p/wide.patch": change("1.1.0", "wide"), "p/narrow.patch": change("1.1.0", "narrow")}),
         "install", "install --allow-unused-patches"),
    case("patch-ambiguous", patched({"left@>=1.0.0 <1.5.0": "p/a.patch", "left@>=1.1.0 <2.0.0": "p/a.patch"}, {"p/a.patch": change("1.1.0")}), "install"),
    case("patch-unused", patched({"left@3": "patches/left.patch", "nobody": "patches/left.patch"}, PATCH), "install", "install --allow-unused-patches"),
    case("patch-missing", patched(ONE), "install"),
    case("patch-outside", patched({"left@1.1.0": "../left.patch"}), "install"),
    case("patch-for-the-project-itself", patched({"left@1.1.0": "."}), "install"),
    case("patch-no-fit", patched(ONE, {"patches/left.patch": change("9.9.9")}), "install", "install --ignore-patch-failures", "ci"),
    case("patch-no-diff", patched(ONE, {"patches/left.patch": "--- a/index.js\n+++ b/index.js\n@@ nonsense\nwhat is this\n"}), "install"),
    case("patch-bad-counts", patched(ONE, {"patches/left.patch": "--- a/index.js\n+++ b/index.js\n@@ -1,5 +1 @@\n-x\n+y\n"}), "install"),
    case("patch-unknown-line", patched(ONE, {"patches/left.patch": change("1.1.0") + "garbage\n"}), "install"),
    case("patch-climbs", patched(ONE, {"patches/left.patch": "--- a/../../x\n+++ b/../../x\n@@ -1 +1 @@\n-a\n+b\n"}), "install"),
    case("patch-adds", patched(ONE, {"patches/left.patch": ADD}), "install", "ci"),
    case("patch-adds-what-is-there", patched(ONE, {"patches/left.patch": ADD.replace("lib/new.js", "index.js")}), "install"),
    case("patch-deletes", patched(ONE, {"patches/left.patch": DELETE}), "install"),
    case("patch-deletes-nothing", patched(ONE, {"patches/left.patch": DELETE.replace("index.js", "none.js")}), "install"),
    case("patch-target-missing", patched(ONE, {"patches/left.patch": change("1.1.0").replace("index.js", "none.js")}), "install"),
    case("patch-git-style", patched(ONE, {"patches/left.patch": "diff --git a/index.js b/index.js\nindex 1..2 100644\n" + change("1.1.0") + ADD}), "install"),
    case("patch-windows-line-ends", patched(ONE, {"patches/left.patch": change("1.1.0").replace("\n", "\r\n")}), "install"),
    case("patch-removes-last-newline", patched(ONE, {"patches/left.patch": change("1.1.0") + "\\ No newline at end of file\n"}), "install"),
    case("patch-empty", patched(ONE, {"patches/left.patch": ""}), "install"),
    case("patch-changed", patched(ONE, PATCH), "install", {"patches/left.patch": change("1.1.0", "again")}, "ci", "install", "ci"),
    case("patch-taken-back", patched(ONE, PATCH), "install", {"package.json": package(dependencies={"left": "1.1.0"})}, "ci", "install", "ci"),
    case("patch-added-later", {"package.json": package(dependencies={"left": "1.1.0"})}, "install", patched(ONE, PATCH), "ci", "install"),
    case("patch-moved", patched(ONE, PATCH), "install", patched({"left@1.1.0": "p/l.patch"}, {"p/l.patch": change("1.1.0"), "patches/left.patch": None}),
         "ci", "install"),
    case("patch-uninstalled", patched(ONE, PATCH), "install", "uninstall left"),
    case("patch-uninstalled-of-two", patched({**ONE, "framework": "p/f.patch"}, {**PATCH, "p/f.patch": ADD}, {"left": "1.1.0", "framework": "1.2.0"}),
         "install", "uninstall framework", "ls"),
    case("patch-of-a-dependency", patched({"left@1.1.0": "patches/left.patch"}, PATCH, {"needs-left-1": "1.0.0", "left": "2.0.0"}), "install", "ls --all", "update"),
    case("patch-of-two-copies", patched({"left": "p/l.patch"}, {"p/l.patch": ADD}, {"needs-left-1": "1.0.0", "left": "2.0.0"}), "install"),
    case("patch-of-an-alias", patched({"other": "p/l.patch"}, {"p/l.patch": change("1.1.0")}, {"other": "npm:left@1.1.0"}), "install"),
    case("patch-of-a-folder", patched({"dir": "p/l.patch"}, {"p/l.patch": ADD, "dir/package.json": {"name": "dir", "version": "1.0.0"}}, {"dir": "file:dir"}), "install"),
    case("patch-of-an-optional", {**PATCH, "package.json": package(optionalDependencies={"left": "1.1.0"}, patchedDependencies={"left": "patches/left.patch"})},
         "install", {"patches/left.patch": change("0.0.0")}, "install"),
    case("patch-in-a-workspace", {"package.json": package(workspaces=["w"]), "w/package.json": {"name": "w", "version": "1.0.0", "patchedDependencies": {"left": "x"}}}, "install"),
    case("patch-flags-of-ci", patched(ONE, PATCH), "install", "ci --allow-unused-patches", "ci --ignore-patch-failures"),
    case("patch-flags-from-npmrc", {**patched({"nobody": "patches/left.patch"}, PATCH), ".npmrc": "allow-unused-patches=true\n"}, "install"),
    case("patch-lock-only", patched(ONE, PATCH), "install --package-lock-only", "ci"),
    case("patch-lock-edited", patched(ONE, PATCH), "install", {"package.json": package(dependencies={"left": "^1.0.0"}, patchedDependencies=ONE)}, "install"),
    case("patch-lock-version-2", patched(ONE, PATCH), "install --lockfile-version=2"),
    case("patch-dry-run", patched(ONE, PATCH), "install --dry-run"),
    case("patch-linked", patched(ONE, PATCH), "install --install-strategy=linked"),
    case("patch-hidden-lock-gone", patched(ONE, PATCH), "install", {"node_modules/.package-lock.json": None}, "install"),
]


def extended(rules, deps=None, **more):
    return {"package.json": package(dependencies=deps or {"needs-left-1": "1.0.0"}, packageExtensions=rules, **more)}


RULE = {"needs-left-1@1": {"dependencies": {"framework": "^1.0.0"}}}

EXTENSIONS = [
    case("ext-adds", extended(RULE), "install", "ls --all", "ls --all --json", "ci", "explain framework", "install"),
    case("ext-name-only", extended({"needs-left-1": {"optionalDependencies": {"framework": "*"}}}), "install", "ci"),
    case("ext-peers", extended({"needs-left-1": {"peerDependencies": {"framework": "^1.0.0"}, "peerDependenciesMeta": {"framework": {"optional": True}}}}), "install", "ci"),
    case("ext-peers-replaced", extended({"plugin-one": {"peerDependencies": {"framework": "^2.0.0"}}}, {"plugin-one": "1.0.0"}), "install"),
    case("ext-conflict", extended({"needs-left-1": {"dependencies": {"a": "1"}}, "needs-left-1@1": {"dependencies": {"b": "1"}}}), "install"),
    case("ext-duplicate", extended({"needs-left-1": {"dependencies": {"left": "2"}}}), "install"),
    case("ext-orphan-meta", extended({"needs-left-1": {"peerDependenciesMeta": {"x": {"optional": True}}}}), "install"),
    case("ext-deletes", extended({"needs-left-1": {"dependencies": {"left": None}}}), "install"),
    case("ext-deletes-peer", extended({"plugin-one": {"peerDependencies": {"framework": "-"}}}), "install"),
    case("ext-no-object", extended([]), "install"),
    case("ext-null", extended(None), "install"),
    case("ext-rule-no-object", extended({"left": 5}), "install"),
    case("ext-unknown-field", extended({"left": {"scripts": {}}}), "install"),
    case("ext-field-no-object", extended({"left": {"dependencies": []}}), "install"),
    case("ext-meta-no-object", extended({"left": {"peerDependenciesMeta": {"x": True}}}), "install"),
    case("ext-tag-selector", extended({"left@latest": {"dependencies": {}}}), "install"),
    case("ext-blank-selector", extended({"left@": {"dependencies": {}}}), "install"),
    case("ext-bad-name", extended({"../x": {"dependencies": {}}}), "install"),
    case("ext-blank-name", extended({" x": {"dependencies": {}}}), "install"),
    case("ext-empty-name", extended({"": {"dependencies": {}}}), "install"),
    case("ext-empty", extended({}), "install", "ci"),
    case("ext-unmatched", extended({"nobody": {"dependencies": {"a": "1"}}}), "install", "ci"),
    case("ext-order-of-keys", extended({"needs-left-1": {"dependencies": {"framework": "1", "@fixture/words": "1"}, "optionalDependencies": {}}, "B": {"dependencies": {}}, "a@1": {}}), "install"),
    case("ext-changed", extended(RULE), "install", extended({"needs-left-1": {"dependencies": {"framework": "^2.0.0"}}}), "ci", "install", "ci"),
    case("ext-taken-back", extended(RULE), "install", {"package.json": package(dependencies={"needs-left-1": "1.0.0"})}, "ci", "install", "ci"),
    case("ext-added-later", {"package.json": package(dependencies={"needs-left-1": "1.0.0"})}, "install", extended(RULE), "ci", "install", "ls --all"),
    case("ext-from-disk", extended(RULE), "install", {"node_modules/.package-lock.json": None}, "ls --all", "ls --all --json", "install"),
    case("ext-from-disk-without-lock", extended(RULE), "install", {"node_modules/.package-lock.json": None, "package-lock.json": None}, "ls --all", "install"),
    case("ext-no-hash-in-lock", extended(RULE), "install --package-lock-only", "ci", "ls --all --package-lock-only"),
    case("ext-workspace", {"package.json": package(workspaces=["w"], packageExtensions={"w": {"dependencies": {"left": "1"}}}),
                           "w/package.json": {"name": "w", "version": "1.0.0", "packageExtensions": {}}}, "install"),
    case("ext-add-package", extended(RULE), "install", "install left@2", "uninstall needs-left-1"),
    case("ext-alias", extended({"left": {"dependencies": {"framework": "1"}}}, {"other": "npm:left@1.1.0"}), "install", "ls --all", "ci"),
]

MJS = """export const transformManifest = (pkg, context) => {
  if (pkg.name === 'needs-left-1') pkg.dependencies = { ...pkg.dependencies, framework: '^1.0.0' }
  return pkg
}
"""
CJS = """exports.transformManifest = (pkg, { log, root, extensionPoint }) => {
  log('at ' + pkg.name)
  if (pkg.name !== 'needs-left-1') return pkg
  return { dependencies: { left: '^1.1.0' }, peerDependencies: { framework: '1' }, peerDependenciesMeta: { framework: { optional: true } } }
}
"""


def transform(body, ext="cjs", deps=None):
    text = MJS if body is None else f"exports.transformManifest = (pkg, context) => {{ {body} }}\n"
    return {"package.json": package(dependencies=deps or {"needs-left-1": "1.0.0"}), ".npm-extension." + ext: text}


NPM_EXTENSION = [
    case("npmext-mjs", transform(None, "mjs"), "install", "ls --all", "ls --all --json", "ci", "explain framework", "install"),
    case("npmext-cjs", {**transform(""), ".npm-extension.cjs": CJS}, "install", "ci", "ls --all"),
    case("npmext-default-export", {**transform("", "mjs"), ".npm-extension.mjs": "export default { transformManifest: p => ({ ...p, optionalDependencies: { framework: '2' } }) }\n"}, "install"),
    case("npmext-both", {**transform("return pkg"), ".npm-extension.mjs": MJS}, "install", "ci"),
    case("npmext-no-function", {**transform(""), ".npm-extension.cjs": "exports.x = 1\n"}, "install"),
    case("npmext-syntax", {**transform(""), ".npm-extension.cjs": "exports.transformManifest = p => { throw new Error('no good') }\n"}, "install"),
    case("npmext-null", transform("return null"), "install"),
    case("npmext-array", transform("return []"), "install"),
    case("npmext-promise", transform("return Promise.resolve(pkg)"), "install"),
    case("npmext-other-field", transform("return { ...pkg, scripts: { install: 'x' } }"), "install"),
    case("npmext-other-field-same", transform("return { ...pkg }"), "install", "ci"),
    case("npmext-value", transform("return { dependencies: { left: 5 } }"), "install"),
    case("npmext-value-list", transform("return { dependencies: ['left'] }"), "install"),
    case("npmext-value-meta", transform("return { peerDependenciesMeta: { left: true } }"), "install"),
    case("npmext-removes", transform("return { dependencies: {} }"), "install", "ls --all", "ci"),
    case("npmext-nothing", transform("return pkg"), "install", "ci", "install"),
    case("npmext-changed", transform(None, "mjs"), "install", {".npm-extension.mjs": MJS.replace("^1.0.0", "^2.0.0")}, "ci", "install", "ci"),
    case("npmext-taken-back", transform(None, "mjs"), "install", {".npm-extension.mjs": None}, "ci", "install", "ci"),
    case("npmext-added-later", {"package.json": package(dependencies={"needs-left-1": "1.0.0"})}, "install", transform(None, "mjs"), "ci", "install"),
    case("npmext-ignored", transform(None, "mjs"), "install --ignore-extension", "install", "install --ignore-scripts", "ci --ignore-scripts"),
    case("npmext-file", {**transform("return pkg"), "x/my.mjs": MJS, ".npm-extension.cjs": None, ".npmrc": "extension-file=x/my.mjs\n"}, "install", "ci"),
    case("npmext-file-outside", {**transform("return pkg"), ".npmrc": "extension-file=../x.mjs\n"}, "install"),
    case("npmext-file-kind", {**transform("return pkg"), ".npmrc": "extension-file=x.js\n"}, "install"),
    case("npmext-file-missing", {**transform("return pkg"), ".npmrc": "extension-file=none.mjs\n"}, "install"),
    case("npmext-from-disk", transform(None, "mjs"), "install", {"node_modules/.package-lock.json": None}, "ls --all", "install"),
    case("npmext-with-rules", {**transform(None, "mjs"), "package.json": package(dependencies={"needs-left-1": "1.0.0"}, packageExtensions={"needs-left-1": {"dependencies": {"@fixture/words": "1"}}})},
         "install", "ls --all", "ci"),
    case("npmext-workspace", {"package.json": package(workspaces=["w"]), "w/package.json": {"name": "w", "version": "1.0.0"}, "w/.npm-extension.cjs": CJS}, "install"),
    case("npmext-reads-manifest", transform("return pkg.name === 'greet' && pkg.bin && pkg.dist === undefined ? { ...pkg, dependencies: {} } : pkg", deps={"greet": "1.0.0"}), "install"),
    case("npmext-requires", {**transform("return require('./helper.cjs')(pkg)"), "helper.cjs": "module.exports = p => ({ ...p, optionalDependencies: { framework: '1' } })\n"}, "install", "ci"),
]


def edit(text):
    return {"edit/index.js": text}


COMMAND = [
    case("cmd-patch", {"package.json": package(dependencies={"left": "1.1.0"})}, "install", "patch add left --edit-dir edit", edit("module.exports = 'mine';\n"),
         "patch commit edit", "patch ls", "ls", "ci", "patch rm left", "patch ls"),
    case("cmd-patch-nothing", {"package.json": package(dependencies={"left": "1.1.0"})}, "install", "patch left --edit-dir edit", "patch commit edit", "patch ls"),
    case("cmd-patch-new-file", {"package.json": package(dependencies={"left": "1.1.0"})}, "install", "patch add left@1.1.0 --edit-dir edit",
         {"edit/lib/a b.js": "one\ntwo\n", "edit/empty": "", "edit/index.js": None}, "patch commit edit --patches-dir p --keep-edit-dir", "patch ls"),
    case("cmd-patch-package-json", {"package.json": package(dependencies={"left": "1.1.0"})}, "install", "patch add left --edit-dir edit",
         {"edit/package.json": {"name": "left", "version": "1.1.0", "x": 1}}, "patch commit edit", {"edit/index.js": "x"}, "patch commit edit"),
    case("cmd-patch-of-none", {"package.json": package()}, "patch", "patch add left", "patch rm left", "patch ls", "patch commit nowhere", "patch update left"),
    case("cmd-patch-of-several", {"package.json": package(dependencies={"needs-left-1": "1", "left": "2.0.0"})}, "install", "patch add left", "patch add left@1"),
    case("cmd-patch-of-a-folder", {"package.json": package(dependencies={"dir": "file:dir"}), "dir/package.json": {"name": "dir", "version": "1.0.0"}}, "install", "patch add dir", "patch add file:dir"),
    case("cmd-patch-outside", {"package.json": package(dependencies={"left": "1.1.0"})}, "install", "patch add left --edit-dir edit", edit("x\n"), "patch commit edit --patches-dir ../p"),
    case("cmd-patch-again", patched(ONE, PATCH), "install", "patch add left --edit-dir edit", edit("a\nb\nc\n"), "patch commit edit", "patch ls"),
    case("cmd-patch-update", patched({"left@1.0.0": "patches/left@1.0.0.patch"}, {"patches/left@1.0.0.patch": ADD}, {"left": "1.0.0"}), "install",
         {"package.json": package(dependencies={"left": "1.1.0"}, patchedDependencies={"left@1.0.0": "patches/left@1.0.0.patch"})},
         "patch update left --to 1.1.0", "install"),
]

CASES = PATCHES + EXTENSIONS + NPM_EXTENSION + COMMAND
