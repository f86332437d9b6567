"""Which libraries a command loads: only those that it needs."""
import ctypes.util, io, json, re, shutil, tarfile

LAZY = {"libcurl", "libgit2", "libarchive", "libcrypto", "libcjson", "libisal", "libyaml"}


def loaded(p, *args):
    """The libraries among LAZY that any process of it opened."""
    seen = p.opened(*args)
    assert "lode-net" in seen, seen[-2000:]
    return {name for name in LAZY if re.search(rf'openat\([^\n]*/{name}\.so[^\n]* = \d', seen)}


def odd_tarball(p):
    """Not in the form that nearly all packages have."""
    text = json.dumps({"name": "odd", "version": "1.0.0"}).encode()
    with tarfile.open(p.path("odd.tgz"), "w:gz", format=tarfile.GNU_FORMAT) as tar:
        entry = tarfile.TarInfo("package/package.json")
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))
    return "./odd.tgz"


def test_libraries_are_loaded_when_they_are_needed(bench):
    p = bench.project({"dependencies": {"left": "1"}})
    assert loaded(p, "install") == {"libcurl", "libcrypto", "libisal"}
    shutil.rmtree(p.path("node_modules"))
    assert loaded(p, "ci") == set()
    shutil.rmtree(p.path("node_modules"))
    assert loaded(p, "install", "--offline") == set()
    assert p.version("node_modules/left")
    assert loaded(p, "install", odd_tarball(p)) == {"libarchive", "libisal"}
    assert loaded(p, "install", "--install-strategy=linked") == {"libcrypto"}


def test_a_library_that_cannot_be_loaded_is_named(bench):
    p = bench.project({"dependencies": {"left": "1"}})
    p.ok("install", "--package-lock-only")
    for name, args in (("curl", ["view", "left"]), ("archive", ["install", odd_tarball(p)]), ("crypto", ["install", "--install-strategy=linked"])):
        folder = p.path("broken-" + name)
        p.write(f"{folder}/{ctypes.util.find_library(name)}", "")
        r = p.lode(*args, env={"LD_LIBRARY_PATH": folder})
        # The name of a package's folder is a digest, which cannot fail: without it the program ends.
        assert r.code == 127 if name == "crypto" else (r.code == 1 and "ERR_DLOPEN_FAILED" in r.err), r
        assert re.search(rf"lib{name}\.so\.\d+ cannot be loaded: \S", r.err), r
    p.ok("ci")
