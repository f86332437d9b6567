"""Packages installed globally, and folders that are packed rather than linked."""
import json, os

THREADED = True


def private(bench):
    p = bench.project({"bin": "tool.js"})
    p.write("tool.js", "#!/usr/bin/env node\n", 0o644)
    return p, {"npm_config_prefix": p.path("../prefix")}


def there(p):
    return sorted(x for x in os.listdir(p.path("../prefix/lib/node_modules")) if x[0] != ".")


def test_global_packages_are_updated_and_removed_by_name(bench):
    p, env = private(bench)
    p.ok("install", "-g", "left@1.0.0", env=env)
    p.ok("install", "-g", "greet", "framework@1.0.0", env=env)
    assert there(p) == ["framework", "greet", "left"], there(p)
    r = p.ok("update", "-g", "left", env=env)
    assert "old lockfile" not in r.err, r
    assert p.version("../prefix/lib/node_modules/left") != "1.0.0"
    assert p.version("../prefix/lib/node_modules/framework") == "1.0.0"
    p.ok("update", "-g", env=env)
    assert there(p) == ["framework", "greet", "left"], there(p)
    assert p.version("../prefix/lib/node_modules/framework") != "1.0.0"
    p.ok("uninstall", "-g", "unknown", env=env)
    assert there(p) == ["framework", "greet", "left"], there(p)
    p.ok("uninstall", "-g", "greet", env=env)
    assert there(p) == ["framework", "left"], there(p)
    assert not os.path.lexists(p.path("../prefix/bin/greet"))


def test_a_folder_installed_globally_is_a_link(bench):
    p, env = private(bench)
    p.ok("install", "-g", "./", env=env)
    assert os.path.islink(p.path("../prefix/lib/node_modules/project"))
    assert os.path.realpath(p.path("../prefix/bin/project")) == os.path.realpath(p.path("tool.js"))
    p.ok("update", "-g", env=env)
    assert os.path.islink(p.path("../prefix/lib/node_modules/project"))


def test_install_links_packs_a_folder(bench):
    p = bench.project()
    p.write("../dep/package.json", json.dumps({"name": "dep", "version": "1.0.0", "files": ["kept.js"],
                                               "scripts": {"prepare": "node -e \"fs.writeFileSync('kept.js', '1')\""}}))
    p.write("../dep/left-out.js", "")
    p.ok("install", "--install-links", "../dep")
    assert not os.path.islink(p.path("node_modules/dep"))
    assert sorted(os.listdir(p.path("node_modules/dep"))) == ["kept.js", "package.json"]
    assert p.json("package-lock.json")["packages"]["node_modules/dep"]["resolved"] == "file:../dep"
