"""Projects for commands.py: {name: {path: JSON, text, or {"$link": target}}}."""


def pkg(name, version=None, **more):
    return {"name": name, **({"version": version} if version else {}), **more}


mixed = {
    "package.json": pkg("root", "1.0.0", workspaces=["packages/*"],
                        dependencies={"a": "^1.0.0", "miss": "^3", "al": "npm:b@2", "g": "github:u/g", "t": "latest"},
                        devDependencies={"d": "~1.0.0", "c": "^2"}, optionalDependencies={"o": "1", "nope": "1"},
                        peerDependencies={"p": ">=1"}, overrides={"e": "2.0.0"}),
    "node_modules/a/package.json": pkg(
        "a", "1.2.0", dependencies={"b": "^1", "e": "^1.0.0", "bun": "1"}, bundleDependencies=["bun"],
        peerDependencies={"pm": "*"}, keywords=["x", "Foo", "some thing"], license="MIT",
        contributors=[{"name": "Ann", "deep": [{"k": "v"}]}, {"name": "Bob", "email": "b@x"}], engines={"node": ">=18"},
        scripts={"test": "tap", "postinstall": "x"}, funding="https://f.example/a", author="Me <me@x.example>", arb="1.0.0",
        count=3, truth=True),
    "node_modules/a/node_modules/b/package.json": pkg("b", "1.0.0", dependencies={"c": "^2.0.0"}),
    "node_modules/a/node_modules/bun/package.json": pkg("bun", "1.0.0"),
    "node_modules/b/package.json": pkg("b", "2.1.0-beta.1"),
    "node_modules/al/package.json": pkg("b", "2.5.0", private=True),
    "node_modules/c/package.json": pkg("c", "1.0.0", dependencies={"e": "*"}, arb=">=1.2 <3"),
    "node_modules/d/package.json": pkg("d", "1.0.5", dependencies={"e": "^2"}, optionalDependencies={"o2": "1"},
                                       funding=[{"type": "one", "url": "https://f.example/1"}, "https://f.example/2"]),
    "node_modules/e/package.json": pkg("e", "2.0.0", dependencies={"a": "*"}, funding={"url": "https://f.example/a"}),
    "node_modules/o/package.json": pkg("o", "1.0.0", dependencies={"p": "1"}),
    "node_modules/o2/package.json": pkg("o2", "1.9.0"),
    "node_modules/p/package.json": pkg("p", "1.0.0", funding="ftp://no.example"),
    "node_modules/t/package.json": pkg("t", "1.0.0"),
    "node_modules/g/package.json": pkg("g", "1.0.0", _resolved="git+ssh://git@github.com/u/g.git#abc"),
    "node_modules/ex/package.json": pkg("ex", "1.0.0", dependencies={"e": "3"}),
    "node_modules/@s/x/package.json": pkg("@s/x", "0.1.0", funding="https://f.example/x"),
    "node_modules/noversion/package.json": pkg("noversion"),
    "packages/w1/package.json": pkg("w1", "1.0.0", dependencies={"e": "2", "w2": "1", "in": "1"}),
    "packages/w1/node_modules/in/package.json": pkg("in", "1.0.0"),
    "packages/w2/package.json": pkg("@ws/w2", "2.0.0", dependencies={"@s/x": "^0.1"}, funding="https://f.example/w2"),
    "node_modules/w1": {"$link": "../packages/w1"},
    "node_modules/@ws/w2": {"$link": "../../packages/w2"},
}

plain = {
    "package.json": pkg("plain", "2.0.0", dependencies={"a": "^1.0.0", "b": "^2.0.0"}, devDependencies={"dev": "1"},
                        funding={"type": "me", "url": "https://me.example"}),
    "node_modules/a/package.json": pkg("a", "1.0.0", dependencies={"c": "1", "b": "2"}, funding="https://a.example"),
    "node_modules/b/package.json": pkg("b", "2.0.0", dependencies={"c": "1"}),
    "node_modules/c/package.json": pkg("c", "1.0.0", funding=[{"url": "https://a.example"}, {"url": "https://c.example"}]),
    "node_modules/dev/package.json": pkg("dev", "1.0.0", funding={"type": "x", "url": "https://dev.example"}),
    "package-lock.json": {
        "name": "plain", "version": "2.0.0", "lockfileVersion": 3, "requires": True,
        "packages": {
            "": {"name": "plain", "version": "2.0.0", "dependencies": {"a": "^1.0.0", "b": "^2.0.0"},
                 "devDependencies": {"dev": "1"}},
            "node_modules/a": {"version": "1.0.0", "resolved": "http://127.0.0.1:9/a/-/a-1.0.0.tgz", "license": "MIT",
                               "dependencies": {"b": "2", "c": "1"}, "bin": {"a": "a.js"}},
            "node_modules/b": {"version": "2.0.0", "resolved": "http://127.0.0.1:9/b/-/b-2.0.0.tgz",
                               "dependencies": {"c": "1"}},
            "node_modules/c": {"version": "1.0.0", "resolved": "http://127.0.0.1:9/c/-/c-1.0.0.tgz",
                               "funding": {"url": "https://c.example"}},
            "node_modules/dev": {"version": "1.0.0", "resolved": "http://127.0.0.1:9/dev/-/dev-1.0.0.tgz", "dev": True},
        },
    },
}

empty = {"package.json": "{}\n"}
nothing = {"readme": "no package here\n"}
odd_funding = {
    "package.json": pkg("odd", dependencies={k: "*" for k in ("one", "two", "three", "four", "five")}),
    "node_modules/one/package.json": pkg("one", "1.0.0", funding=["https://1.example", 5], dependencies={"six": "1"}),
    "node_modules/two/package.json": pkg("two", "1.0.0", funding={}, dependencies={"six": "1", "seven": "1"}),
    "node_modules/three/package.json": pkg("three", funding="https://1.example"),
    "node_modules/four/package.json": pkg("four", "1.0.0", funding={"type": "t", "url": "https://4.example"}),
    "node_modules/six/package.json": pkg("six", "1.0.0", funding="https://6.example", dependencies={"one": "1"}),
    "node_modules/seven/package.json": pkg("seven", "1.0.0", funding=[{"url": "https://7.example"}, {"url": "https://8.example"}]),
}
with_workspaces_only = {
    "package.json": pkg("ws-root", "1.0.0", workspaces=["a", "b"]),
    "a/package.json": pkg("a", "1.0.0", dependencies={"dep": "^1"}, funding="https://ws-a.example"),
    "b/package.json": pkg("b", "1.0.0", dependencies={"a": "1"}),
    "node_modules/a": {"$link": "../a"},
    "node_modules/b": {"$link": "../b"},
    "node_modules/dep/package.json": pkg("dep", "1.0.0", funding="https://dep.example"),
}

fixable = {
    "package.json": pkg(" Fix@Me ".strip().lower().replace("@", "-"), "v1.2", bin="./cli.js", main="index.js", files=["a", 5],
                        repository="user/repo", author="Me <me@x.example> (https://me.example)", keywords="a, b  c",
                        bundledDependencies=True, dependencies={"x": "1", "o": "^1"}, optionalDependencies={"o": "^1"},
                        bugs="https://bugs.example", license="MIT", man="x.1", scripts={"a": "b", "c": 5},
                        contributors=["A <a@x.example>"], funding="https://f.example", engines=["node >= 4"]),
}
with_globals = {
    "package.json": pkg("app", "1.0.0", workspaces=["packages/*"], dependencies={"real": "^1.0.0"}),
    "packages/w/package.json": pkg("w", "1.0.0"),
    "node_modules/w": {"$link": "../packages/w"},
    "node_modules/real/package.json": pkg("real", "1.2.0"),
    "../global/lib/node_modules/real/package.json": pkg("real", "1.5.0", dependencies={"sub": "1"}, bin="r.js"),
    "../global/lib/node_modules/real/r.js": "#!/usr/bin/env node\n",
    "../global/lib/node_modules/real/node_modules/sub/package.json": pkg("sub", "1.0.0", funding="https://sub.example"),
    "../global/lib/node_modules/@s/scoped": {"$link": "../../../../scoped"},
    "../global/lib/node_modules/linked": {"$link": "../../../linked"},
    "../scoped/package.json": pkg("@s/scoped", "2.0.0"),
    "../linked/package.json": pkg("linked", "3.0.0", bin={"linked": "l.js"}, dependencies={"inner": "1"}),
    "../linked/l.js": "#!/usr/bin/env node\n",
    "../linked/node_modules/inner/package.json": pkg("inner", "1.0.0"),
    "../fresh/package.json": pkg("fresh", "0.1.0", funding="https://fresh.example"),
}
folders = {
    "package.json": pkg("folders", "1.0.0", workspaces=["packages/*"], scripts={"test": "echo tested"},
                        dependencies={"one": "file:one"}, devDependencies={"two": "file:./two"}),
    "one/package.json": pkg("one", "1.0.0", bin="o.js", funding="https://one.example"),
    "one/o.js": "#!/usr/bin/env node\n",
    "two/package.json": pkg("two", "2.0.0", scripts={"postinstall": "echo never"}),
    "packages/w/package.json": pkg("w", "1.0.0", dependencies={"one": "1"}, funding="https://w.example"),
    "node_modules/junk/package.json": pkg("junk", "1.0.0"),
}
PROJECTS = {"folders": folders, "globals": with_globals, "fixable": fixable, "mixed": mixed, "plain": plain, "empty": empty, "nothing": nothing, "odd-funding": odd_funding,
            "workspaces": with_workspaces_only}
