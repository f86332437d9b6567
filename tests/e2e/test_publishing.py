"""publish and the registry's other verbs that change something."""
import base64, json, os, stat

count = 0


def unique(name):
    """The registry is everybody's: each test publishes under names of its own."""
    global count
    count += 1
    return f"{name}-{os.getpid()}-{count}"


def maintainer(bench, name=None, user="ann", **manifest):
    p = bench.project({"name": name, **manifest} if name else manifest)
    with open(p.path("../home/.npmrc"), "a") as f:
        f.write(f"//{bench.registry.url.split('/')[2]}/:_authToken=t-{user}\n")
    return p


def sent(bench, path):
    return [w for w in bench.registry.writes() if path in w["path"]]


def test_publish_sends_what_install_gets(bench):
    name = unique("@s/pub")
    scripts = {e: f"echo {e} >> order" for e in ("prepublishOnly", "prepack", "prepare", "postpack", "publish", "postpublish")}
    p = maintainer(bench, name, scripts=scripts, files=["a.js"], publishConfig={"tag": "next"})
    p.write("a.js", "1\n")
    p.write("README.md", "read me\n")
    r = p.ok("publish", "--access=public")
    assert r.out.endswith(f"+ {name}@1.0.0\n"), r
    assert p.read("order").split() == list(scripts)
    [w] = sent(bench, name)
    body, m = w["body"], w["body"]["versions"]["1.0.0"]
    assert w["method"] == "PUT" and w["user"] == "ann" and body["access"] == "public" and body["dist-tags"] == {"next": "1.0.0"}, w
    assert m["readme"] == "read me\n" and m["readmeFilename"] == "README.md" and m["_id"] == f"{name}@1.0.0" and m["_nodeVersion"]
    a = body["_attachments"][f"{name}-1.0.0.tgz"]
    assert len(base64.b64decode(a["data"])) == a["length"] and m["dist"]["tarball"].startswith("http://"), m["dist"]
    q = bench.project({"dependencies": {name: "next"}})
    q.ok("install")
    assert q.read(f"node_modules/{name}/a.js") == "1\n"
    assert "cannot publish over" in p.fails("", "publish", "--ignore-scripts").err
    assert len(sent(bench, name)) == 1


def test_publish_needs_reasons(bench):
    name = unique("why")
    p = bench.project({"name": name})
    p.fails("ENEEDAUTH", "publish")
    p = maintainer(bench, name, version="2.0.0-beta.1")
    assert "must specify a tag" in p.fails("", "publish").err
    assert "valid SemVer range" in p.fails("", "publish", "--tag", "1.x").err
    p.ok("publish", "--dry-run", "--tag", "beta")
    p.fails("EUNSCOPED", "publish", "--tag", "beta", "--access", "restricted")
    p.fails("EUSAGE", "publish", "--tag", "beta", "--provenance")
    p.fails("EPRIVATE", "publish", "./private", cwd=(p.write_json("private/package.json", {"name": name, "version": "1.0.0", "private": True}), p.dir)[1])
    assert not sent(bench, name)


def test_publish_workspaces(bench):
    a, b = unique("wa"), unique("wb")
    p = maintainer(bench, workspaces=["x", "y"])
    p.write_json("x/package.json", {"name": a, "version": "1.0.0"})
    p.write_json("y/package.json", {"name": b, "version": "1.0.0", "private": True})
    r = p.ok("publish", "--workspaces")
    assert r.out == f"+ {a}@1.0.0\n" and f"Skipping workspace {b}" in r.err, r


def test_publish_with_a_one_time_password(bench):
    p = maintainer(bench, unique("otp-p"))
    p.fails("EOTP", "publish")
    p.ok("publish", "--otp=123456")


def test_publish_is_never_sent_twice(bench):
    for how, code, words in (("402", "E402", "--access public"), ("403", "E403", "permission"), ("409", "E409", "try again"),
                             ("500", "E500", "not known whether"), ("503", "E503", "not known whether"),
                             ("html", "EINVALIDJSON", "web page"), ("half", "", "not known whether")):
        name = unique("fails-" + how)
        p = maintainer(bench, name)
        assert words in p.fails(code, "publish").err, how
        assert len(sent(bench, name)) == 1, how
    name = unique("fails-429")
    p = maintainer(bench, name)
    assert "later" in p.fails("E429", "publish").err
    assert len(sent(bench, name)) == 3


def test_publish_with_a_cis_identity(bench):
    name = unique("ci")
    p = bench.project({"name": name})
    p.ok("publish", env={"GITHUB_ACTIONS": "true", "NPM_ID_TOKEN": "t-workflow"})
    exchange, put = sent(bench, name)
    assert exchange["path"] == f"/-/npm/v1/oidc/token/exchange/package/{name}" and exchange["user"] == "workflow"
    assert put["user"] == "new" and put["method"] == "PUT"
    assert "_authToken" not in p.read("../home/.npmrc")
