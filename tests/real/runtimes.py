#!/usr/bin/env python3
"""Projects that want different Nodes, side by side, with nothing on their PATH but the system's tools:

    LODE=build/prefix/bin/lode tests/real/runtimes.py [VERSION …]        (22 and 24 when none is named)

Opt-in: fetches the versions from the machine's own registry, about 50 MB each, into a cache of its own that is removed at the
end. Each project builds a native addon from source in the sandbox, and is asked who runs its scripts, its bins, its
applications and their children."""
import json, os, shutil, subprocess, sys, tarfile, tempfile

LODE = os.path.abspath(os.environ.get("LODE", "build/prefix/bin/lode"))

ADDON = {
    "package.json": json.dumps({"name": "addon", "version": "1.0.0", "scripts": {"install": "node-gyp rebuild"}, "bin": {"asked": "cli.js"}}),
    "binding.gyp": '{"targets":[{"target_name":"addon","sources":["addon.cc"]}]}\n',
    "addon.cc": """#include <node.h>
static void init(v8::Local<v8::Object> exports, v8::Local<v8::Value>, void *)
{
	v8::Isolate *isolate = v8::Isolate::GetCurrent();
	exports->Set(isolate->GetCurrentContext(), v8::String::NewFromUtf8Literal(isolate, "modules"),
		     v8::Integer::New(isolate, NODE_MODULE_VERSION)).Check();
}
NODE_MODULE(addon, init)
""",
    "index.js": "module.exports = require('./build/Release/addon.node')\n",
    "cli.js": """#!/usr/bin/env node
const { execFileSync, execSync } = require('child_process')
const said = [process.version, execFileSync(process.execPath, ['-p', 'process.version']), execSync('node -p process.version')]
console.log(said.map(s => String(s).trim()).join(' '), require('./index.js').modules === Number(process.versions.modules))
""",
}


def pack(folder):
    source = os.path.join(folder, "addon")
    os.makedirs(source)
    for name, text in ADDON.items():
        with open(os.path.join(source, name), "w") as f:
            f.write(text)
    with tarfile.open(os.path.join(folder, "addon.tgz"), "w:gz") as tar:
        tar.add(source, "package")
    shutil.rmtree(source)


def try_version(base, wanted):
    folder = os.path.join(base, "project-" + wanted)
    pack(folder)
    with open(os.path.join(folder, "package.json"), "w") as f:
        json.dump({"name": "project", "version": "1.0.0", "engines": {"node": wanted}, "dependencies": {"addon": "file:addon.tgz"},
                   "allowScripts": {"file:addon.tgz": True, "addon": True}, "scripts": {"bin": "asked"}}, f)
    with open(os.path.join(folder, "app.js"), "w") as f:
        f.write("require('addon/cli.js')\n")
    env = {"HOME": os.path.join(base, "home"), "PATH": "/usr/bin:/bin", "npm_config_cache": os.path.join(base, "cache")}
    for name in ("npm_config_registry", "NODE_EXTRA_CA_CERTS", "https_proxy", "http_proxy"):
        if name in os.environ:
            env[name] = os.environ[name]

    def lode(*args):
        r = subprocess.run([LODE, *args], cwd=folder, env=env, capture_output=True, text=True, timeout=600)
        if r.returncode:
            sys.exit(f"node {wanted}: lode {' '.join(args)} failed\n{r.stdout}{r.stderr}")
        return r.stdout.strip()

    lode("install")
    chosen = json.loads(lode("runtime", "which", "--json"))["version"]
    good = f"v{chosen} v{chosen} v{chosen} true"
    said = {"script": lode("-s", "run", "bin"), "exec": lode("-s", "exec", "asked"), "application": lode("app.js")}
    for what, text in said.items():
        print(f"node {wanted}: {what}: {text}{'' if text == good else '   WRONG'}")
    return chosen.split(".")[0] == wanted.split(".")[0] and all(text == good for text in said.values())


def main():
    base = tempfile.mkdtemp(prefix="lode-runtimes-")
    try:
        os.makedirs(os.path.join(base, "home"))
        results = [try_version(base, wanted) for wanted in sys.argv[1:] or ["22", "24"]]
        sys.exit(0 if all(results) else 1)
    finally:
        shutil.rmtree(base, ignore_errors=True)


main()
