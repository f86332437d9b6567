"""Cached documents are taken for right while the registry is asked about them: what comes of it is what it would be without that."""
import os

from test_publishing import maintainer, unique

THREADED = True


def publish(bench, name, version, **more):
    p = maintainer(bench, name)
    p.write_json("package.json", {"name": name, "version": version, **more})
    p.ok("publish")
    return p


def without_cache(bench, manifest, *args):
    p = bench.project(manifest)
    p.ok("install", "--ignore-scripts", *args)
    return p


def asked(bench, name):
    return len([q for q in bench.registry.requests() if q[0] == "GET" and q[2] == "/" + name])


def same(p, q):
    modules = [{k: v for k, v in x.listing("node_modules").items() if "package-lock" not in k} for x in (p, q)]
    assert modules[0] == modules[1]
    assert p.read("package-lock.json") == q.read("package-lock.json")
    assert not [n for n in os.listdir(p.path("node_modules")) if n.startswith(".lode")]


def test_a_right_guess_changes_nothing_and_says_everything_once(bench):
    manifest = {"dependencies": {"greet": "1", "plugin-one": "1", "plugin-two": "1", "framework": "1"}}
    first = without_cache(bench, manifest, "--force")
    before = asked(bench, "framework")
    p = bench.project(manifest, cache=first.cache)
    r = p.ok("install", "--ignore-scripts", "--force", "--prefer-online")
    assert asked(bench, "framework") == before + 1
    assert r.err.count("ERESOLVE overriding peer dependency") == 1, r
    same(p, first)


def test_a_wrong_guess_leaves_nothing(bench):
    name, other = unique("guessed"), unique("guessed-more")
    publish(bench, other, "1.0.0")
    publish(bench, name, "1.0.0", dependencies={"left": "1"})
    manifest = {"dependencies": {name: "^1.0.0", "greet": "1"}}
    first = without_cache(bench, manifest)
    assert first.version("node_modules/" + name) == "1.0.0"
    publish(bench, name, "1.1.0", dependencies={other: "1"})
    before = asked(bench, name)
    p = bench.project(manifest, cache=first.cache)
    r = p.ok("install", "--ignore-scripts", "--prefer-online")
    assert asked(bench, name) == before + 1
    assert p.version("node_modules/" + name) == "1.1.0" and p.version("node_modules/" + other) and not p.has("node_modules/left"), r
    same(p, without_cache(bench, manifest))
    p.ok("install", "--ignore-scripts", "--offline")
    p.ok("ci", "--ignore-scripts", "--offline")


def test_a_failure_that_was_guessed_is_no_failure(bench):
    name = unique("guessed-late")
    publish(bench, name, "1.0.0")
    first = without_cache(bench, {"dependencies": {name: "1.0.0"}})
    publish(bench, name, "2.0.0")
    p = bench.project({"dependencies": {name: "^2.0.0"}}, cache=first.cache)
    p.ok("install", "--prefer-online")
    assert p.version("node_modules/" + name) == "2.0.0"
    q = bench.project({"dependencies": {name: "^3.0.0"}}, cache=first.cache)
    assert q.fails("ETARGET", "install", "--prefer-online").err.count("code ETARGET") == 1
    assert not q.has("node_modules") and not q.has("package-lock.json")


def test_what_is_gone_since_is_not_installed(bench):
    name = unique("guessed-gone")
    m = publish(bench, name, "1.0.0")
    first = without_cache(bench, {"dependencies": {name: "1.0.0", "left": "1"}})
    m.ok("unpublish", name, "--force")
    p = bench.project({"dependencies": {name: "1.0.0", "left": "1"}}, cache=first.cache)
    before = asked(bench, name)
    p.fails("E404", "install", "--prefer-online")
    assert asked(bench, name) == before + 1
    assert not p.has("node_modules") and not p.has("package-lock.json")


def test_an_update_guesses_too(bench):
    name = unique("guessed-update")
    publish(bench, name, "1.0.0")
    p = without_cache(bench, {"dependencies": {name: "^1.0.0", "greet": "1"}})
    p.ok("update", "--prefer-online")
    assert p.version("node_modules/" + name) == "1.0.0"
    publish(bench, name, "1.2.0")
    p.ok("update", "--prefer-online")
    assert p.version("node_modules/" + name) == "1.2.0" and p.version("node_modules/greet")
