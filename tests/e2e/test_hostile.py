"""Packages and lockfiles that mean harm: nothing leads out of the project, and what was there stays."""
import json

THREADED = True


def test_dependency_names_that_cannot_be_are_refused(bench):
    for name in ("name-up", "name-scope-up", "name-absolute", "name-empty", "name-optional-up", "name-peer-up"):
        p = bench.project({})
        before = p.listing()
        p.fails("EINVALIDPACKAGENAME", "install", "hostile-" + name)
        assert p.listing() == before, name


def test_a_registrys_package_reaches_no_folder_outside(bench):
    for name, code in (("folder-up", "EALLOWDIRECTORY"), ("file-up", "EALLOWFILE")):
        p = bench.project({})
        before = p.listing()
        r = p.fails(code, "install", "hostile-" + name)
        assert p.listing() == before and "outside the project" in r.err, r


def test_a_lockfile_links_no_package_to_the_outside(bench):
    p = bench.project({"dependencies": {"left": "1.0.0"}})
    p.ok("install")
    lock = p.json("package-lock.json")
    lock["packages"]["node_modules/left"]["dependencies"] = {"evil": "file:../../../outside"}
    lock["packages"]["node_modules/evil"] = {"resolved": "../outside", "link": True}
    lock["packages"]["../outside"] = {"version": "1.0.0"}
    p.write("../outside/package.json", json.dumps({"name": "evil", "version": "1.0.0"}))
    p.write("package-lock.json", json.dumps(lock))
    before = p.listing()
    p.fails("EALLOWDIRECTORY", "ci")
    assert p.listing() == before


def test_the_project_itself_may_link_to_the_outside(bench):
    p = bench.project({"dependencies": {"near": "file:../near"}})
    p.write("../near/package.json", json.dumps({"name": "near", "version": "1.0.0", "dependencies": {"far": "file:../far"}}))
    p.write("../far/package.json", json.dumps({"name": "far", "version": "1.0.0"}))
    p.ok("install")
    assert p.version("node_modules/near") == "1.0.0"
    p.ok("ci")
    assert p.version("node_modules/near") == "1.0.0"
