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
