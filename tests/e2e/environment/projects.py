"""Projects whose scripts show their environment, and command lines that run them: (name, words, what is special).

DUMP stands for the command that shows it: dump.py, which lies in every package.
"""
DUMP = "/usr/bin/python3 dump.py"

CONFIG = {
    "text": "some text", "yes": True, "no": False, "none": None, "number": 1.5, "big": 1e21, "small": 1e-7, "negative": -0.0,
    "list": [1, "two", None, False, {"key": "in list"}, [True, []]], "empty_list": [], "empty": {}, "no_text": "",
    "nested": {"deeper": {"deepest": "x"}}, "with-dash": "d", "with.dot": "e", "with space": "f", "UPPER": "u", "ümlaut": "ä",
    "lines": "one\ntwo",
}


def events(*names):
    return {name: DUMP for name in names}


LIFECYCLE = ("preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare", "predependencies",
             "dependencies", "postdependencies")

scoped = {
    "package.json": {
        "name": "@scope/pkg", "version": "1.2.3-beta.1+build", "config": CONFIG, "engines": {"node": ">=18", "npm": "*"},
        "bin": {"one": "./bin/one.js", "two": "bin/two.js"}, "description": "not shown", "man": "x.1",
        "scripts": {**events("dump", "predump", "postdump", "test", "pretest", "start", "stop", "prestart", "restart"),
                    "args": DUMP + " fixed", "env": DUMP + " env", "spaces": "  " + DUMP + "  ", "fail": DUMP + "; exit 5",
                    "prefail": DUMP, "postfail": DUMP, "inner": 'node "$npm_execpath" run dump', "npm": "npm run --silent dump x"},
    },
    "bin/one.js": "#!/usr/bin/env node\n",
    "bin/two.js": "#!/usr/bin/env node\n",
    "deep/er/file": "",
}

plain = {"package.json": {"name": "plain", "version": "1.0.0", "bin": "./cli.js", "scripts": events("dump", "stop", "start")},
         "server.js": "", "cli.js": "#!/usr/bin/env node\n"}

bare = {"package.json": {"scripts": events("dump")}}

settings = {
    "package.json": {"name": "settings", "version": "0.0.0", "scripts": events("dump")},
    ".npmrc": "fund=false\nsave-exact=true\n@scope:registry=https://scope.example.test/\n//scope.example.test/:_authToken=secret\n"
              "omit[]=optional\nomit[]=peer\ntag=next\ninit-author-name=Some One\nnode-options=--max-old-space-size=512\n"
              "message=two ${HOME} words\neditor=my-editor\nloglevel=notice\nfetch-retries=5\ncolor=true\nusername-of-me=x\n",
    "../home/.npmrc": "tag-version-prefix=\nprefer-offline=true\nunknown-one=5\ncache-min=10\ninclude=dev\nsave-prefix=~\n",
}

workspaces = {
    "package.json": {"name": "root", "version": "1.0.0", "workspaces": ["packages/*"], "config": {"of": "root"}, "scripts": events("dump")},
    "packages/a/package.json": {"name": "a", "version": "1.0.0", "config": {"of": "a"}, "scripts": events("dump", "predump")},
    "packages/b/package.json": {"name": "@s/b", "version": "2.0.0", "scripts": events("dump", "postinstall", "prepare", "preinstall")},
    "packages/a/.npmrc": "tag=never\n",
}

# dep.tgz and dev.tgz are packed from folders beside the project.
dependencies = {
    "package.json": {
        "name": "dependent", "version": "1.0.0", "scripts": events(*LIFECYCLE),
        "dependencies": {"dep": "file:dep.tgz", "folder": "file:folder"}, "devDependencies": {"dev": "file:dev.tgz"},
        "optionalDependencies": {"opt": "file:opt.tgz"},
        "allowScripts": {"file:dep.tgz": True, "file:dev.tgz": True, "file:opt.tgz": True, "file:folder": True}},
    "dep.tgz": {"package.json": {"name": "dep", "version": "1.0.0", "config": {"x": [1]}, "bin": "b.js", "engines": {"node": "*"},
                                 "scripts": events("preinstall", "install", "postinstall", "prepare")}, "b.js": "#!/usr/bin/env node\n"},
    "dev.tgz": {"package.json": {"name": "dev", "version": "1.0.0", "scripts": events("postinstall")}},
    "opt.tgz": {"package.json": {"name": "opt", "version": "1.0.0", "scripts": events("postinstall")}},
    "folder/package.json": {"name": "folder", "version": "1.0.0", "scripts": events("preinstall", "install", "postinstall", "prepare")},
}

PROJECTS = {"scoped": scoped, "plain": plain, "bare": bare, "settings": settings, "workspaces": workspaces, "dependencies": dependencies}

# What a line may have beside its words: env (None: not set), cwd below the project, before (words run first).
LINES = [
    ("scoped", ["run", "dump"], {}),
    ("scoped", ["run-script", "dump"], {}),
    ("scoped", ["run", "-s", "dump"], {}),
    ("scoped", ["run", "--silent", "spaces"], {}),
    ("scoped", ["run", "--loglevel=verbose", "spaces"], {}),
    ("scoped", ["run", "-d", "spaces"], {}),
    ("scoped", ["run", "args", "one", "two words", "--", "--flag", ""], {}),
    ("scoped", ["run", "args", "--", "it's", '"quoted"', "$HOME", "`x`", "*", "a;b", "a\\b", "#c", "~", "new\nline", "!", "{a,b}", "[x]", "%d", "ü", "^"], {}),
    ("scoped", ["run", "args", "--", "-a", "--", "b"], {}),
    ("scoped", ["run", "args", "--tag=x", "behind"], {}),
    ("scoped", ["run", "dump", "--ignore-scripts", "x"], {}),
    ("scoped", ["test"], {}),
    ("scoped", ["t", "--", "arg"], {}),
    ("scoped", ["tst"], {}),
    ("scoped", ["start", "x"], {}),
    ("scoped", ["stop"], {}),
    ("scoped", ["restart"], {}),
    ("scoped", ["run", "env"], {}),
    ("scoped", ["run", "fail"], {}),
    ("scoped", ["run", "none", "--if-present"], {}),
    ("scoped", ["run", "none"], {}),
    ("scoped", ["run", "inner"], {}),
    ("scoped", ["run", "npm"], {}),
    ("scoped", ["run", "dump"], {"cwd": "deep/er"}),
    ("scoped", ["run", "--prefix", "..", "dump"], {"cwd": "deep"}),
    ("scoped", ["run", "dump", "--foreground-scripts", "--json", "--no-color"], {}),
    ("scoped", ["run", "dump", "--color=always"], {}),
    ("scoped", ["run", "dump"], {"env": {"NO_COLOR": None, "FORCE_COLOR": "1"}}),
    ("scoped", ["run", "dump", "--script-shell=/bin/bash"], {}),
    ("scoped", ["run", "dump", "--node-options=--no-warnings"], {"env": {"NODE_OPTIONS": "--enable-source-maps"}}),
    ("scoped", ["run", "dump"], {"env": {"NODE_OPTIONS": "--enable-source-maps"}}),
    ("scoped", ["run", "dump", "--omit=dev"], {}),
    ("scoped", ["run", "dump", "--omit=dev", "--omit=peer", "--include=peer"], {}),
    ("scoped", ["run", "dump"], {"env": {"NODE_ENV": "production"}}),
    ("scoped", ["run", "dump"], {"env": {"NODE_ENV": "test"}}),
    ("scoped", ["run", "dump", "--production"], {}),
    ("scoped", ["run", "dump"], {"env": {"npm_config_tag": "next", "npm_config_foo": "bar", "NPM_CONFIG_FUND": "false", "npm_config_save_exact": "true"}}),
    ("scoped", ["run", "dump"], {"env": {"npm_config_tag": "latest", "npm_config_yes": "true", "npm_config__x": "y", "npm_config_audit": ""}}),
    ("scoped", ["run", "dump", "--tag=latest"], {"env": {"npm_config_tag": "next"}}),
    ("scoped", ["run", "dump"], {"env": {"npm_package_name": "stale", "npm_package_config_text": "stale", "npm_package_old": "stale", "npm_lifecycle_event": "stale", "npm_command": "stale", "INIT_CWD": "/stale", "npm_execpath": "/stale", "npm_config_user_agent": "pnpm/1"}}),
    ("scoped", ["run", "dump"], {"env": {"EDITOR": "vi", "VISUAL": "emacs"}}),
    ("scoped", ["run", "dump", "--editor=nano"], {"env": {"EDITOR": "vi"}}),
    ("scoped", ["run", "dump", "--no-audit", "--save-dev", "--depth=3", "--registry=https://r.example.test"], {}),
    ("scoped", ["run", "dump", "-y", "--long", "--parseable"], {}),
    ("scoped", ["run", "dump", "--allow-scripts=x", "--min-release-age=3", "--if-present", "--include-workspace-root"], {}),
    ("scoped", ["run", "dump", "--user-agent=me/{npm-version}", "--node-gyp=/x/gyp.js"], {}),
    ("scoped", ["run", "dump", "--heading=h", "--umask=077", "--cpu=arm64", "--libc=musl", "--os=linux"], {}),
    ("scoped", ["run", "dump", "--workspaces=false", "--no-bin-links", "--prefer-online", "--before=2020-01-01"], {}),
    ("scoped", ["run", "dump"], {"env": {"PATH": "/usr/bin:/bin:/usr/bin:::/x", "Path": "/usr/bin:/y", "path": "/z:/x"}}),
    ("scoped", ["run", "dump"], {"env": {"PATH": "/usr/bin:/bin:", "PATh": ":/y:"}}),
    ("scoped", ["run", "dump"], {"env": {"HTTP_PROXY": "http://p.example.test:1", "NO_PROXY": "a,b", "https_proxy": "http://q.example.test"}}),
    ("scoped", ["run", "dump"], {"env": {"CI": "1"}}),
    ("scoped", ["run", "dump"], {"env": {"HOME": None}}),
    ("scoped", ["run", "dump"], {"env": {"odd-name": "x", "a.b": "y", "EMPTY": "", "EQ": "a=b=c"}}),
    ("scoped", ["exec", "-c", DUMP], {}),
    ("scoped", ["exec", "-c", DUMP + " \"$npm_package_name\" 'a b'"], {}),
    ("scoped", ["exec", "--call", DUMP, "--loglevel=info"], {}),
    ("scoped", ["x", "-c", "cp ../../dump.py . && " + DUMP], {"cwd": "deep/er"}),
    ("scoped", ["exec", "-c", DUMP, "--omit=dev"], {}),
    ("scoped", ["exec", "-c", DUMP + "; exit 9"], {}),
    ("plain", ["run", "dump"], {}),
    ("plain", ["start"], {}),
    ("plain", ["restart"], {}),
    ("plain", ["run", "restart", "--", "x"], {}),
    ("bare", ["run", "dump"], {}),
    ("bare", ["test"], {}),
    ("bare", ["start"], {}),
    ("settings", ["run", "dump"], {}),
    ("settings", ["run", "dump", "--tag=latest", "--no-save-exact", "--omit=dev"], {}),
    ("settings", ["run", "dump"], {"env": {"npm_config_tag": "fromenv", "npm_config_omit": "dev"}}),
    ("settings", ["exec", "-c", DUMP], {}),
    ("workspaces", ["run", "dump", "-w", "a"], {}),
    ("workspaces", ["run", "dump", "--workspace=packages/b", "-w", "a", "--", "x y"], {}),
    ("workspaces", ["run", "dump", "--workspaces"], {}),
    ("workspaces", ["run", "dump", "--workspaces", "--include-workspace-root"], {}),
    ("workspaces", ["run", "dump"], {"cwd": "packages/a"}),
    ("workspaces", ["exec", "-w", "a", "-c", DUMP], {}),
    ("workspaces", ["exec", "--workspaces", "-c", DUMP], {}),
    ("workspaces", ["install"], {}),
    ("workspaces", ["rebuild"], {"before": [["install", "--ignore-scripts"]]}),
    ("workspaces", ["install", "-w", "@s/b"], {}),
    ("dependencies", ["install"], {}),
    ("dependencies", ["install", "--foreground-scripts"], {}),
    ("dependencies", ["install", "--ignore-scripts"], {}),
    ("dependencies", ["install", "--omit=dev"], {}),
    ("dependencies", ["ci"], {"before": [["install", "--package-lock-only"]]}),
    ("dependencies", ["rebuild"], {"before": [["install", "--ignore-scripts"]]}),
    ("dependencies", ["rebuild", "dep"], {"before": [["install", "--ignore-scripts"]]}),
    ("dependencies", ["uninstall", "dev"], {"before": [["install", "--ignore-scripts"]]}),
    ("dependencies", ["install", "--silent", "--no-save", "./dev.tgz"], {"before": [["install", "--ignore-scripts"]]}),
]
