"""Command lines for commands.py: (project, folder in it, words)."""

QUERIES = """
*
:root
:scope
:root > *
:root *
:root > .workspace
.prod
.dev
.optional
.peer
.workspace
.bundled
:not(.prod)
:root > .prod
:root > .dev
:root > .optional
:root > .peer
#a
#b
#a > *
#a *
#a > #b
#a #c
#d ~ *
#a ~ #o
#w1 ~ *
#a, #b, #a
, #a
#a,
:empty
:extraneous
:invalid
:link
:missing
:missing:semver(^3)
:missing[name=pm]
:root > :missing
#w1 > :missing
.workspace :missing
:not(:missing)
:overridden
:private
:deduped
:attr(engines, [node])
:attr(engines, [node=">=18"])
:attr(scripts, [test=tap])
:attr(scripts, [test=TAP i])
:attr(contributors, [name=Ann])
:attr(contributors, :attr([email^=b]))
:attr(contributors, deep, [k=v])
:attr(contributors, :attr(deep, :attr([k=v])))
:attr(contributors, :attr(nope, [k=v]))
:attr(x)
:attr
:attr()
[name=a]
[name="a"]
[name='@s/x']
[name=@s/x]
[name]
[private]
[nothing]
[license=mit i]
[license=mit]
[license=MIT]
[license=mit I]
[keywords=x]
[keywords=foo i]
[keywords~=thing]
[keywords*=om]
[keywords^="some "]
[keywords$=ing]
[name|=@s]
[name~=s]
[name^=w]
[name$=2]
[count=3]
[truth=true]
[version=1.0.0]
[version="1.0.0"]
[version^="1."]
[version*=beta]
[version|=2.1.0]
[name=a][version^=1]
[funding]
[author]
[author^=Me]
[dependencies]
[name=]
[name==a]
[]
[=a]
[name="a]
[name=a
[a b]
[name:a]
:semver(1)
:semver(^1.0.0)
:semver(1.0.0)
:semver(>=1.0.0 <2.0.0)
:semver(>1.0.0)
:semver(<2)
:semver(~1.0.0)
:semver(*)
:semver(1.x || 2.x)
:semver(1 - 2)
:semver(>=2.0.0-0)
:semver()
:semver
:semver(foo)
:semver(1.0.0, eq)
:semver(1.2.0, [version])
:semver([version], 1.2.0)
:semver(^1, :attr(engines, [node]))
:semver(>=18, :attr(engines, [node]))
:semver(:attr(engines, [node]), 20.0.0)
:semver(16.0.0, :attr(engines, [node]))
:semver(1.0.0, [version], gt)
:semver(1.0.0, [version], gte)
:semver(1.0.0, [version], lt)
:semver(2.0.0, [version], lte)
:semver(1.0.0, [version], neq)
:semver(1.0.0, [version], "eq")
:semver(1.0.0, [arb], satisfies)
:semver(1.0.0, [arb])
:semver(^1, [arb], intersects)
:semver(^1, [arb], subset)
:semver(*, [version], subset)
:semver(>=0, [version], subset)
:semver(1.0.0, [arb], gtr)
:semver(4.0.0, [arb], gtr)
:semver(0.0.1, [arb], ltr)
:semver(^1, [version], gtr)
:semver(^2, [version], ltr)
:semver(1.0.0, [version], what)
:semver(1.0.0, [version], [version])
:semver(^1.0.0, :attr(peerDependencies, [p]))
:semver([version], [name])
:semver(1.0.0, 2.0.0)
:semver(1.0.0, [name=a])
:semver(^1, [name=a])
:semver(1, [version=1.2.0], satisfies)
:type(registry)
:type(git)
:type(tag)
:type(range)
:type(version)
:type(alias)
:type(directory)
:type(file)
:type(remote)
:type()
:type
:path(node_modules/a)
:path(./node_modules/*)
:path(node_modules/**)
:path(packages/*)
:path(./packages/w1)
:path(packages/**/in)
:path()
:path
:path(node_modules/@s/*)
:path({DIR}/project/packages/*)
:is(#a, #b)
:is(#a, #b) > *
:is(#a > #b)
:is(:root)
:is(:scope)
:is()
:is
:not(:root)
:not(#a)
:not(#a, #b)
:not(:not(#a))
:not()
:not
:has(#b)
:has(> #b)
:has(> #e):not(:root)
:has(:scope > #e)
:has(> .peer)
:has(:semver(^1))
:has()
:root:has(> #a)
.workspace:has(> #e)
#a:has(> :extraneous)
:root > :not(.dev)
:root > :is(.prod, .peer):not(.workspace)
.workspace > *
.workspace *
.workspace > #e
#w1 > #e
#w1 #a
#@ws/w2
#w2
#@ws\\/w2 > *
#al
:root > #al
#in
#noversion
* > *
* *
:root > * > *
:root~#a
#a + #b
#a | #b
|#a
*|*
*.dev
*:not(.prod)
#a >
> #a
:root  >   #a
:root>#a
.foo
.prodx
:nope
::root
: root
a
a, b
"a"
&
!
#a!
#a;
#a)
#a(
#a(b)
(#a)
#a]
[[name]
:is(#a
:is(:not(#a)
:root(#a)
:root()
:root(a)
:is.foo(#a)
#a.dev
#e.dev
#a#b
#
.
:
,
,,
/* comment */ #a
#a /* c */
#\\61
[name=\\61]
.w\\6f rkspace
:path("node_modules/a")
:vulnerable
:scope > *
:scope *
:root :scope
""".strip("\n").split("\n")

LINES = [("mixed", "", ["query", q]) for q in QUERIES]
LINES += [("plain", "", ["query", q, "--package-lock-only"]) for q in (
    "*", ":root > *", ".dev", "[license]", ":semver(2)", "#c", ":missing", ":extraneous", "[name=c]", "[resolved]")]
LINES += [("plain", "", ["query", *q]) for q in (
    [], [""], ["*", "--expect-results"], ["#no", "--expect-results"], ["#a", "--no-expect-results"],
    ["#no", "--no-expect-results"], ["*", "--expect-result-count=5"], ["*", "--expect-result-count=4"],
    ["*", "--expect-result-count=1"], ["#a", "--expect-result-count", "0"], ["#a", "-g"], ["*", "-g"], [":root", "-g"],
    ["*", "-ws"], ["#a", "extra"], ["#a", "--no-json"], ["#a", "--parseable"])]
LINES += [("empty", "", ["query", *q]) for q in (["*"], [":root"], ["*", "--package-lock-only"], [":not(:root)"])]
LINES += [("nothing", "", ["query", *q]) for q in (["*"], [":root"])]
for folder, more in (("", ["-w", "w1"]), ("", ["-w", "@ws/w2"]), ("", ["-ws"]), ("", ["-w", "packages/w1", "-w", "@ws/w2"]),
                     ("", ["-ws", "--include-workspace-root"]), ("", ["-w", "none"]), ("packages/w1", []),
                     ("packages/w1", ["--no-workspaces"]), ("", ["--no-workspaces"]), ("packages", [])):
    LINES += [("mixed", folder, ["query", q, *more]) for q in (":scope", ":scope > *", "#e", "*", ":root", ".workspace", ":missing")]

# What looks at a tree, in every project and with every flag that changes its words.
TREES = ("mixed", "plain", "empty", "nothing", "odd-funding", "workspaces")
LINES += [(p, "", ["fund", *more]) for p in TREES for more in ([], ["--json"], ["--unicode"], ["--no-unicode"])]
LINES += [("mixed", "", ["fund", *more]) for more in (
    ["a", "--no-browser"], ["d", "--no-browser"], ["d", "--which=1", "--no-browser"], ["d", "--which=2", "--no-browser"],
    ["d", "--which=3", "--no-browser"], ["d", "--json"], ["d", "--which=9", "--json"], ["d", "--which=1.7", "--no-browser"], ["d", "--which=0"], ["d", "--which=-1"], ["d", "--which=x"], ["p"], ["nope"], ["."],
    ["./node_modules/a", "--no-browser"], ["a", "--no-browser", "--json"], ["-g"], ["@s/x", "--no-browser"],
    ["-w", "@ws/w2"], ["-w", "w1"], ["-ws"], ["-w", "w1", "--json"], ["a@1", "--no-browser"], ["d", "--browser=nothing-there"],
    ["a", "--browser=echo"], ["a", "--browser=false"])]
LINES += [("plain", "", ["fund", *more]) for more in ([".", "--no-browser"], ["c", "--no-browser"], ["c", "--which=2", "--no-browser"])]
LINES += [("workspaces", "", ["fund", *more]) for more in (["-w", "a"], ["-w", "b", "--json"], ["-ws"], ["a", "--no-browser"])]
LINES += [("workspaces", "a", ["fund"])]

LS = ([], ["--all"], ["--json"], ["--all", "--json"], ["--parseable"], ["--all", "--parseable"], ["--long"], ["--all", "--long"],
      ["--long", "--json"], ["--all", "--long", "--json"], ["--all", "--long", "--parseable"], ["--depth=0"], ["--depth=1"],
      ["--depth=1", "--json"], ["--omit=dev"], ["--omit=dev", "--all"], ["--omit=optional"], ["--omit=peer", "--all"],
      ["--link"], ["--link", "--json"], ["--unicode"], ["--unicode", "--all"], ["--include=dev", "--omit=dev"],
      ["--package-lock-only"], ["--package-lock-only", "--all", "--json"], ["--no-workspaces"], ["--no-workspaces", "--all"],
      ["a"], ["a", "--json"], ["a", "--parseable"], ["a@1"], ["a@2"], ["b"], ["c", "e"], ["nope"], ["@s/x"], ["-g"], ["-ws"],
      ["-ws", "--all"], ["--depth=x"], ["--long", "a"], ["--only=prod"], ["--dev"], ["--production", "--all"])
LINES += [(p, "", [c, *more]) for p in TREES for more in LS for c in ("ls",)]
LINES += [("mixed", "", [c, *more]) for c in ("ll", "la", "list") for more in ([], ["a"], ["--json"])]
LINES += [("mixed", f, ["ls", *more]) for f, more in (
    ("", ["-w", "w1"]), ("", ["-w", "w1", "--all"]), ("", ["-w", "@ws/w2", "--json"]), ("", ["-w", "w1", "-w", "@ws/w2"]),
    ("packages/w1", []), ("packages/w1", ["--all"]), ("", ["-w", "w1", "--include-workspace-root"]), ("", ["-w", "nope"]),
    ("", ["-w", "w1", "--parseable"]), ("", ["-w", "packages", "--all", "--parseable"]))]

LINES += [("mixed", f, ["explain", *more]) for f, more in (
    ("", ["a"]), ("", ["b"]), ("", ["e"]), ("", ["e", "--json"]), ("", ["c", "d"]), ("", ["nope"]), ("", []), ("", ["e@2"]),
    ("", ["e@1"]), ("", ["node_modules/a"]), ("", ["node_modules/a/node_modules/b"]), ("", ["./node_modules/a/"]), ("", ["w1"]),
    ("", ["@ws/w2"]), ("", ["packages/w1"]), ("", ["al"]), ("", ["ex"]), ("", ["bun"]), ("", ["bun", "--json"]), ("", ["o2"]),
    ("", ["p"]), ("", ["@s/x"]), ("", ["@s/x", "-w", "@ws/w2"]), ("", ["a", "-w", "@ws/w2"]), ("packages/w1", ["e"]),
    ("", ["e", "--no-workspaces"]), ("", ["in", "-ws"]), ("", ["b@2"]), ("", ["e", "--long"]))]
LINES += [("plain", "", [c, *more]) for c in ("explain", "why") for more in (["c"], ["b", "--json"], ["dev"])]

LINES += [("mixed", f, ["pkg", *more]) for f, more in (
    ("", []), ("", ["get"]), ("", ["get", "name"]), ("", ["get", "name", "version"]), ("", ["get", "nope"]),
    ("", ["get", "dependencies"]), ("", ["get", "dependencies.a"]), ("", ["get", "dependencies", "--json"]),
    ("", ["get", "name", "--json"]), ("", ["get", "workspaces[0]"]), ("", ["get", "workspaces"]), ("", ["get", "workspaces[]"]),
    ("", ["get", "workspaces[x]"]), ("", ["get", "-ws"]), ("", ["get", "name", "-ws"]), ("", ["get", "name", "version", "-ws"]),
    ("", ["get", "name", "-w", "w1"]), ("", ["get", "name", "-w", "nope"]), ("packages/w1", ["get", "name"]),
    ("", ["get", "name", "-ws", "--json"]), ("", ["get", "name", "-g"]), ("", ["get", "-ws", "--include-workspace-root", "name"]),
    ("", ["set"]), ("", ["set", "a"]), ("", ["set", "a="]), ("", ["set", "=a"]), ("", ["set", "a=b=c"]), ("", ["set", "a.b.c=d"]),
    ("", ["set", "list[]=x"]), ("", ["set", "list[0].name=x", "list[1].name=y"]), ("", ["set", "list[][deep]=x"]),
    ("", ["set", "workspaces[]=more"]), ("", ["set", "workspaces[0]=other"]), ("", ["set", "name[0]=x"]),
    ("", ["set", "name.x=y"]), ("", ["set", "name.x=y", "--force"]), ("", ["set", "workspaces.x=y"]),
    ("", ["set", "private=true", "--json"]), ("", ["set", "o={\"a\":[1,2]}", "--json"]), ("", ["set", "o=nope", "--json"]),
    ("", ["set", "version=2.0.0", "-ws"]), ("", ["set", "scripts.test=tap", "-w", "w1"]), ("packages/w1", ["set", "x=y"]),
    ("", ["set", "exports[./a.js]=./b.js"]), ("", ["set", "__proto__.a=b"]), ("", ["set", "bin=cli.js"]),
    ("", ["set", "author=Me <me@x.example>"]), ("", ["set", "name=New Name"]), ("", ["set", "version=v1.0"]),
    ("", ["delete"]), ("", ["delete", "name"]), ("", ["delete", "dependencies.a"]), ("", ["delete", "nope"]),
    ("", ["delete", "workspaces[0]"]), ("", ["delete", "dependencies", "devDependencies"]), ("", ["delete", "version", "-ws"]),
    ("", ["delete", ""]), ("", ["delete", "a[]"]), ("", ["fix"]), ("", ["fix", "-ws"]), ("", ["nonsense"]), ("", ["delete", "name", "-g"]))]
LINES += [("empty", "", ["pkg", *more]) for more in (["get"], ["get", "name"], ["set", "name=x"], ["set", "files[]=a", "files[]=b"],
                                                     ["fix"], ["delete", "name"])]
LINES += [("nothing", "", ["pkg", *more]) for more in (["get"], ["set", "name=x"], ["fix"], ["delete", "name"])]
LINES += [("fixable", "", ["pkg", *more]) for more in (["fix"], ["get"], ["get", "bin", "--json"], ["set", "x=y"], ["get", "repository"])]

LINES += [(p, "", [c, *more]) for p in ("mixed", "plain", "workspaces") for c, more in (
    ("root", []), ("prefix", []), ("root", ["-g"]), ("prune", ["--dry-run"]), ("prune", ["--dry-run", "--json"]),
    ("prune", ["--dry-run", "--omit=dev"]))]

# Global packages, and links to them.
LINES += [("globals", f, w) for f, w in (
    ("", ["ls", "-g"]), ("", ["ls", "-g", "--all"]), ("", ["ls", "-g", "--json", "--all"]), ("", ["ls", "-g", "--parseable", "--long"]),
    ("", ["ls", "-g", "real"]), ("", ["ls", "-g", "--link"]), ("", ["query", "*", "-g"]), ("", ["query", ":root > *", "-g"]),
    ("", ["query", "[name=real]", "--global"]), ("", ["query", ":link", "-g"]), ("", ["root", "-g"]), ("", ["prefix", "-g"]), ("", ["fund", "-g"]), ("", ["pkg", "get", "-g"]),
    ("", ["link", "real"]), ("", ["link", "linked"]), ("", ["link", "@s/scoped"]), ("", ["link", "real", "linked", "@s/scoped"]),
    ("", ["link", "real", "--save"]), ("", ["link", "linked", "--save-dev"]), ("", ["link", "linked", "--save-optional"]),
    ("", ["link", "linked", "--save-peer"]), ("", ["link", "linked", "--no-save"]), ("", ["link", "linked", "--save", "--save-exact"]),
    ("", ["link", "linked", "--save-bundle", "--save"]), ("", ["link", "linked", "-w", "w"]), ("", ["link", "linked", "-w", "w", "--save"]),
    ("", ["link", "-w", "w"]), ("", ["link", "-ws"]), ("", ["link"]), ("", ["ln"]), ("packages/w", ["link"]),
    ("packages/w", ["link", "linked", "--save"]), ("../fresh", ["link"]), ("../fresh", ["link", "--json"]), ("", ["link", "../fresh"]),
    ("", ["link", "../fresh", "--save"]), ("", ["link", "."]), ("", ["link", "linked", "--dry-run"]), ("", ["link", "linked", "--json"]),
    ("", ["link", "linked", "--no-package-lock", "--save"]), ("", ["link", "linked", "--package-lock-only", "--save"]),
    ("", ["link", "linked", "--no-bin-links"]), ("", ["link", "-g"]), ("", ["link", "linked", "-g"]), ("../linked", ["link"]),
    ("../linked", ["unlink", "-g"]), ("", ["unlink", "-g", "linked"]), ("", ["unlink", "-g", "real"]), ("", ["unlink", "linked"]),
    ("", ["unlink"]), ("", ["unlink", "w"]), ("../scoped", ["uninstall", "-g"]), ("", ["link", "file:../fresh", "--install-links"]),
    ("", ["link", "linked", "--install-strategy=nested"]), ("", ["link", "linked", "--omit=dev"]), ("", ["link", "linked", "--long"]),
    ("", ["install", "../fresh"]), ("", ["install", "../fresh", "--json"]), ("", ["install", "../fresh", "--dry-run"]),
    ("", ["install", "../fresh", "--long"]), ("", ["install", "-g", "../fresh"]), ("", ["install", "../fresh", "-w", "w"]),
    ("", ["install", "../fresh", "-D"]), ("", ["install", "../fresh", "-O"]), ("", ["install", "../fresh", "--no-save"]),
    ("", ["install", "../fresh", "../scoped", "--save-peer"]), ("", ["install", "../fresh", "--no-fund"]))]
LINES += [("folders", f, w) for f, w in (
    ("", ["install"]), ("", ["install", "--json"]), ("", ["install", "--dry-run"]), ("", ["install", "--dry-run", "--json"]),
    ("", ["install", "--long"]), ("", ["install", "--silent"]), ("", ["i", "--no-fund"]), ("", ["install", "--omit=dev"]),
    ("", ["install", "--omit=dev", "--json"]), ("", ["install-test"]), ("", ["it", "--json"]), ("", ["ci"]), ("", ["prune"]),
    ("", ["prune", "--json"]), ("", ["prune", "--omit=dev"]), ("", ["dedupe"]), ("", ["dedupe", "--json"]), ("", ["dedupe", "--dry-run"]),
    ("", ["find-dupes"]), ("", ["find-dupes", "--json"]), ("", ["ddp", "-g"]), ("", ["uninstall", "one"]),
    ("", ["uninstall", "one", "--json"]), ("", ["rm", "two", "--no-save"]), ("", ["un", "nope"]), ("", ["uninstall"]), ("", ["update"]),
    ("", ["update", "one"]), ("", ["update", "--json"]), ("", ["update", "--dry-run"]), ("", ["install", "--package-lock-only"]),
    ("", ["install", "--no-package-lock"]), ("", ["install", "-w", "w"]), ("", ["install", "-ws"]), ("packages/w", ["install"]),
    ("packages/w", ["install", "--json"]), ("", ["install", "--install-links"]), ("", ["ls", "--all"]), ("", ["shrinkwrap"]),
    ("", ["init", "-y", "-w", "packages/new"]), ("", ["init", "-y", "-w", "apps/new", "--json"]), ("", ["init", "-y"]),
    ("", ["cit"]), ("", ["clean-install-test"]), ("", ["isntall-clean"]), ("", ["rebuild"]), ("", ["rb", "--json"]))]
