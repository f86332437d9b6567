"""Lockfiles record what only a registry's whole documents have; an install takes it from the packages and asks for few of those."""
import os, shutil

MANY = {"dependencies": {"across-platforms": "1", "of-many-parts": "1", "greet": "1", "alias": "npm:left@1", "old-thing": "1"}}


def asked_whole(bench, p, *words, **kw):
    before = len(bench.registry.whole())
    p.ok(*words, **kw)
    return sorted(bench.registry.whole()[before:])


def without_tree(p):
    shutil.rmtree(p.path("node_modules"))
    os.remove(p.path("package-lock.json"))


def of_whole_documents(bench):
    """What npm writes: it asks for nothing but whole documents. So does lode where it fetches no packages."""
    p = bench.project(MANY)
    assert "greet" in asked_whole(bench, p, "install", "--package-lock-only")
    return p.read("package-lock.json")


def of_platforms(p):
    """The packages in the lockfile that are for some machines only."""
    return sorted(place.removeprefix("node_modules/") for place, entry in p.json("package-lock.json")["packages"].items() if "os" in entry)


def test_recorded_is_what_whole_documents_have(bench):
    right = of_whole_documents(bench)
    p = bench.project(MANY)
    whole = asked_whole(bench, p, "install")
    assert p.read("package-lock.json") == right
    packages = p.json("package-lock.json")["packages"]
    assert packages["node_modules/of-many-parts"]["license"] == "ISC"
    assert packages["node_modules/of-many-parts"]["workspaces"] == ["parts/*"]
    assert whole == of_platforms(p) and whole
    hidden = p.json("node_modules/.package-lock.json")["packages"]
    assert hidden["node_modules/greet"]["license"] == "MIT"


def test_recorded_from_what_is_kept(bench):
    p = bench.project(MANY)
    p.ok("install")
    right = p.read("package-lock.json")
    without_tree(p)
    assert asked_whole(bench, p, "install", "--offline") == []
    assert p.read("package-lock.json") == right


def test_recorded_whatever_is_left_out(bench):
    right = of_whole_documents(bench)
    for words in (["--install-strategy=linked"], ["--install-strategy=linked", "--global-store"], ["--install-strategy=nested"],
                  ["--omit=optional"], ["--os=win32", "--cpu=x64"]):
        p = bench.project(MANY)
        p.ok("install", *words)
        if "--install-strategy=nested" not in words:
            assert p.read("package-lock.json") == right, words
        assert all("license" in entry for place, entry in p.json("package-lock.json")["packages"].items() if place), words


def test_recorded_of_what_is_added(bench):
    p = bench.project({"dependencies": {"left": "1"}})
    p.ok("install")
    assert asked_whole(bench, p, "install", "of-many-parts") == []
    assert p.json("package-lock.json")["packages"]["node_modules/of-many-parts"]["license"] == "ISC"


def test_recorded_libc_decides(bench):
    """Abbreviated documents do not tell it."""
    for manifest in ({"dependencies": {"either-libc": "1"}}, {"dependencies": {"either-libc": "1", "for-glibc": "1"}}):
        whole = bench.project(manifest)
        whole.ok("install", "--package-lock-only", "--libc=glibc")
        p = bench.project(manifest)
        p.ok("install", "--libc=glibc")
        assert p.has("node_modules/for-glibc") and not p.has("node_modules/for-musl")
        assert p.read("package-lock.json") == whole.read("package-lock.json")
        assert p.json("package-lock.json")["packages"]["node_modules/for-glibc"]["libc"] == ["glibc"]
    p = bench.project({"dependencies": {"for-musl": "1"}})
    p.fails("EBADPLATFORM", "install", "--libc=glibc")


def test_recorded_scripts_that_the_registry_does_not_tell_of(bench):
    """Some leave out of their abbreviated documents that there are any."""
    p = bench.project({"dependencies": {"untold-script": "1"}})
    p.fails("ESTRICTALLOWSCRIPTS", "install", "--strict-allow-scripts")
    assert not p.has("node_modules")
    p.write_json("package.json", {**p.json("package.json"), "allowScripts": {"untold-script": True}})
    p.ok("install")
    assert p.has("node_modules/untold-script/ran")
    assert p.json("package-lock.json")["packages"]["node_modules/untold-script"]["hasInstallScript"]


def test_recorded_is_that_nothing_is_built(bench):
    p = bench.project({"dependencies": {"not-to-be-built": "1"}, "allowScripts": {"not-to-be-built": True}})
    r = p.ok("install")
    assert "gyp" not in r.err and "hasInstallScript" not in p.read("package-lock.json"), r


def test_whole_documents_where_dates_count(bench):
    p = bench.project({"dependencies": {"left": "1"}})
    assert asked_whole(bench, p, "install", "--before=2030-01-01") == ["left"]
