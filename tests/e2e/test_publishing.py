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
                             ("html", "EINVALIDJSON", "web page"), ("half", "", "not known whether"), ("destroy", "", "not known whether")):
        name = unique("fails-" + how)
        p = maintainer(bench, name)
        assert words in p.fails(code, "publish").err, how
        assert len(sent(bench, name)) == 1, how
    name = unique("fails-429")
    p = maintainer(bench, name)
    assert "wait a while" in p.fails("E429", "publish").err
    assert len(sent(bench, name)) == 3


def test_publish_with_a_cis_identity(bench):
    name = unique("ci")
    p = bench.project({"name": name})
    p.ok("publish", env={"GITHUB_ACTIONS": "true", "NPM_ID_TOKEN": "t-workflow"})
    exchange, put = sent(bench, name)
    assert exchange["path"] == f"/-/npm/v1/oidc/token/exchange/package/{name}" and exchange["user"] == "workflow"
    assert put["user"] == "new" and put["method"] == "PUT"
    assert "_authToken" not in p.read("../home/.npmrc")


def published(bench, name, *versions):
    p = maintainer(bench, name)
    for v in versions:
        p.write_json("package.json", {"name": name, "version": v})
        p.ok("publish", "--force")
    return p


def test_tags_are_set_shown_and_removed(bench):
    name = unique("@s/tags")
    p = published(bench, name, "1.0.0", "1.1.0")
    assert p.ok("dist-tag", "add", f"{name}@1.0.0", "old").out == f"+old: {name}@1.0.0\n"
    assert "already set" in p.ok("dist-tag", "add", f"{name}@1.0.0", "old").err
    assert p.ok("dist-tag").out == p.ok("dist-tag", "ls", name).out == "latest: 1.1.0\nold: 1.0.0\n"
    assert p.ok("dist-tags", "rm", name, "old").out == f"-old: {name}@1.0.0\n"
    assert "is not a dist-tag on" in p.fails("", "dist-tag", "rm", name, "old").err
    p.fails("EUSAGE", "dist-tag", "add", name.replace("@s", ""), "")
    [put] = [w for w in sent(bench, name) if w["path"].endswith("/dist-tags/old") and w["method"] == "PUT"]
    assert put["body"] == "1.0.0", put


def test_deprecate_and_undeprecate(bench):
    name = unique("dep")
    p = published(bench, name, "1.0.0", "2.0.0")
    assert f'deprecating {name}@1.0.0 with message "old"' in p.ok("deprecate", f"{name}@1", "old").err
    body = sent(bench, name)[-1]["body"]
    assert body["versions"]["1.0.0"]["deprecated"] == "old" and "deprecated" not in body["versions"]["2.0.0"]
    p.ok("undeprecate", name)
    assert sent(bench, name)[-1]["body"]["versions"]["1.0.0"]["deprecated"] == ""
    n = len(sent(bench, name))
    p.ok("deprecate", name, "no", "--dry-run")
    assert "No version found" in p.ok("deprecate", f"{name}@9", "x").err and len(sent(bench, name)) == n


def test_owners(bench):
    name = unique("own")
    p = published(bench, name, "1.0.0")
    assert p.ok("owner", "ls").out == "ann <ann@example.test>\n"
    assert p.ok("owner", "add", "bob", name).out == f"+ bob ({name})\n"
    assert p.ok("owner", "ls", name).out == "ann <ann@example.test>\nbob <bob@example.test>\n"
    assert p.ok("owner", "rm", "ann").out == f"- ann ({name})\n"
    p.fails("EOWNERRM", "owner", "rm", "bob")


def test_unpublish(bench):
    name = unique("gone")
    p = published(bench, name, "1.0.0", "1.1.0")
    p.fails("Refusing to delete entire project", "unpublish", name)
    assert p.ok("unpublish", f"{name}@1.1.0").out == f"- {name}@1.1.0\n"
    put, delete = sent(bench, name)[-2:]
    assert list(put["body"]["versions"]) == ["1.0.0"] and put["body"]["dist-tags"] == {"latest": "1.0.0"}
    assert delete["method"] == "DELETE" and delete["path"].startswith(f"/{name}/-/{name}-1.1.0.tgz/-rev/"), delete
    p.fails("Refusing to delete the last version", "unpublish", f"{name}@1.0.0")
    assert p.ok("unpublish", name, "--force").out == f"- {name}\n"
    p.fails("E404", "unpublish", name, "--force")


def test_unpublish_without_a_version_is_the_whole_package(bench):
    name = unique("gone")
    p = published(bench, name, "1.0.0", "1.1.0")
    p.write("package.json", json.dumps({"name": name}))
    p.fails("Refusing to delete entire project", "unpublish")
    assert p.ok("unpublish", "--force").out == f"- {name}\n"
    p.fails("E404", "view", name)
    p.write("package.json", "{}")
    p.fails("Which package", "unpublish", "--force")


def answering(p, words, text, env=None):
    """A command with somebody who types: without a terminal questions are read from standard input."""
    import subprocess
    from harness import LODE
    r = subprocess.run([LODE, *words], cwd=p.dir, env=p.env(env), input=text, capture_output=True, text=True, timeout=60)
    return r


def test_login_keeps_the_token_for_its_user_alone(bench):
    p = bench.project({})
    home = p.path("../home/.npmrc")
    r = answering(p, ["login", "--auth-type=legacy"], "zoe\nsecret\n")
    assert r.returncode == 0 and f"Logged in on {bench.registry.url}." in r.stdout, r
    assert "t-zoe" in open(home).read() and "secret" not in open(home).read() and "t-zoe" not in r.stdout + r.stderr
    assert stat.S_IMODE(os.stat(home).st_mode) == 0o600
    assert p.ok("whoami").out == "zoe\n" and p.ok("whoami", "--json").out == '"zoe"\n'
    p.write_json("package.json", {"name": "x", "version": "1.0.0", "scripts": {"env": "env"}})
    assert "t-zoe" not in p.ok("run", "env").out
    p.ok("logout")
    assert "t-zoe" not in open(home).read() and sent(bench, "/-/user/token/t-zoe")
    p.fails("ENEEDAUTH", "logout")
    assert "authorize this machine using `lode login`" in p.fails("ENEEDAUTH", "whoami").err
    assert answering(p, ["login", "--auth-type=legacy"], "zoe\nwrong\n").returncode == 1
    assert answering(p, ["login", "--auth-type=legacy"], "old\nsecret\n").returncode == 0
    assert p.ok("whoami").out == "old\n"


def test_logout_shows_no_token(bench):
    p = maintainer(bench, user="stuck")
    r = p.fails("E403", "logout", "--loglevel=http")
    assert "DELETE 403" in r.err and "/-/user/token/***" in r.err and "t-stuck" not in r.out + r.err, r
    p = maintainer(bench, user="leaving")
    r = p.ok("logout", "--loglevel=http")
    assert "/-/user/token/***" in r.err and "t-leaving" not in r.out + r.err, r


def test_login_in_the_browser(bench):
    p = bench.project({})
    r = p.ok("login", "--scope=@corp")
    assert f"Login at:\n{bench.registry.url}page?s=1\n" in r.out, r
    text = open(p.path("../home/.npmrc")).read()
    assert f"@corp:registry={bench.registry.url}" in text and "_authToken=t-webber" in text
    assert p.ok("whoami").out == "webber\n"
    assert "PONG" in p.ok("ping").err and json.loads(p.ok("ping", "--json").out)["registry"] == bench.registry.url


def test_tokens(bench):
    p = maintainer(bench)
    out = p.ok("token").out
    assert "with id abcdef name ci created 2026-01-02" in out and "with IP whitelist: 10.0.0.0/8" in out, out
    assert p.ok("token", "ls", "--parseable").out.startswith("key\ttoken\tid\t")
    assert json.loads(p.ok("token", "--json").out)[0]["id"] == "abcdef"
    assert p.ok("token", "revoke", "abcdef").out == "Removed 1 token\n"
    assert "Unknown token id" in p.fails("", "token", "rm", "123456").err
    r = answering(p, ["token", "create", "--name=x", "--cidr=10.0.0.0/8,192.168.0.0/16", "--read-only"], "secret\n")
    assert r.returncode == 0 and "Created token t-new" in r.stdout and "t-new" not in open(p.path("../home/.npmrc")).read(), r
    body = sent(bench, "/-/npm/v1/tokens")[-1]["body"]
    assert body == {"name": "x", "password": "secret", "cidr_whitelist": ["10.0.0.0/8", "192.168.0.0/16"]}, body
    p.fails("EINVALIDCIDR", "token", "create", "--cidr=apple/cider")


def test_access_team_and_org(bench):
    p = maintainer(bench)
    assert p.ok("access", "list", "packages", "o").out == "@o/a: read-write\n@o/b: read-only\n"
    assert p.ok("access", "list", "packages", "o:writers", "@o/a").out == "@o/a: read-write\n"
    assert p.ok("access", "list", "collaborators", "@o/a").out == "ann: read-write\nbob: read-only\n"
    assert p.ok("access", "get", "status", "@o/a").out == "@o/a: public\n"
    p.ok("access", "set", "mfa=automation", "@o/m")
    assert sent(bench, "/-/package/@o/m/access")[-1]["body"] == {"publish_requires_tfa": True, "automation_token_overrides_tfa": True}
    p.ok("access", "grant", "read-only", "o:grants", "@o/a")
    p.ok("access", "revoke", "o:grants", "@o/a")
    assert [(w["method"], w["body"]) for w in sent(bench, "/-/team/o/grants/package")] == [
        ("PUT", {"package": "@o/a", "permissions": "read-only"}), ("DELETE", {"package": "@o/a"})]
    p.fails("EUSAGE", "access", "set", "status=public", "unscoped")
    assert p.ok("team", "ls", "@o").out == "@o has 2 teams:\n@o:developers\n@o:writers\n"
    assert p.ok("team", "ls", "o:writers", "--parseable").out == "ann\nbob\n"
    assert p.ok("team", "create", "@o:new").out == "+@o:new\n" and p.ok("team", "destroy", "@o:new").out == "-@o:new\n"
    assert p.ok("team", "add", "o:writers", "eve").out == "eve added to @o:writers\n"
    assert json.loads(p.ok("team", "rm", "o:writers", "eve", "--json").out) == {"removed": True, "team": "o:writers", "user": "eve"}
    assert p.ok("org", "ls", "o").out == "ann - owner\nbob - developer\n"
    assert "You now have 2 members in this org." in p.ok("org", "rm", "@o", "@eve").out


def test_profile(bench):
    p = maintainer(bench)
    assert "email: me@example.test (verified)\ntwo-factor auth: disabled\n" in p.ok("profile", "get").out
    assert p.ok("profile", "get", "name,email").out == "me\tme@example.test (verified)\n"
    assert p.ok("profile", "set", "fullname", "Me", "Too").code == 0
    assert sent(bench, "/-/npm/v1/user")[-1]["body"]["fullname"] == "Me Too"
    assert "on the command line" in p.fails("", "profile", "set", "password", "x").err
    assert "not enabled" in p.ok("profile", "disable-2fa").out


def test_stage(bench):
    name = unique("staged")
    p = maintainer(bench, name)
    r = p.ok("stage", "publish")
    assert f"+ {name}@1.0.0 (staged with id 11111111-2222-3333-4444-555555555555)" in r.out, r
    assert sent(bench, f"/-/stage/package/{name}")[0]["method"] == "POST"
    id = "11111111-2222-3333-4444-555555555555"
    assert "approved and published" in p.ok("stage", "approve", id).out and "has been rejected" in p.ok("stage", "reject", id).out
    assert "must be a valid UUID" in p.fails("", "stage", "view", "x").err
    p.fails("EUSAGE", "stage")


def test_trust(bench):
    p = maintainer(bench, "tr", repository="github:o/r")
    assert "At least one permission" in p.fails("", "trust", "github", "--file=ci.yml").err
    assert "must end in .yml" in p.fails("", "trust", "github", "--file=ci", "--allow-publish").err
    n = len(sent(bench, "/-/package/tr/trust"))
    p.ok("trust", "github", "--file=ci.yml", "--allow-publish", "--dry-run")
    assert len(sent(bench, "/-/package/tr/trust")) == n
    assert "repository: o/r" in p.ok("trust", "github", "--file=ci.yml", "--env=live", "--allow-publish", "--yes").out
    assert sent(bench, "/-/package/tr/trust")[-1]["body"] == [{"type": "github", "claims": {
        "workflow_ref": {"file": "ci.yml"}, "repository": "o/r", "environment": "live"}, "permissions": ["createPackage"]}]
    assert "No trust configurations" in p.ok("trust", "list").out
    assert "Revoked" in p.ok("trust", "revoke", "--id=7").out


def on_a_terminal(p, words, typed):
    """Runs a command with a terminal in front of it; each of typed is (what to wait for, what to type)."""
    import pty, select, subprocess, time
    from harness import LODE
    fd, other = pty.openpty()
    process = subprocess.Popen([LODE, *words], cwd=p.dir, env=p.env({"TERM": "dumb"}), stdin=other, stdout=other, stderr=other,
                               start_new_session=True)
    os.close(other)
    said, end, typed = "", time.monotonic() + 100, list(typed)
    while time.monotonic() < end:
        ready = select.select([fd], [], [], 0.2)[0]
        try:
            said += os.read(fd, 65536).decode(errors="replace") if ready else ""
        except OSError:
            break
        if typed and typed[0][0] in said:
            os.write(fd, (typed.pop(0)[1] + "\n").encode())
    os.close(fd)
    return process.wait(20), said


def test_a_one_time_password_is_asked_for(bench):
    name = unique("otp-asked")
    p = maintainer(bench, name)
    code, said = on_a_terminal(p, ["publish", "--no-progress"], [("Enter OTP:", "not one"), ("Enter OTP: not one", "123 456")])
    assert code == 0 and f"+ {name}@1.0.0" in said, said
    assert [w.get("otp") for w in sent(bench, name)] == [None, "123456"]


def test_passwords_are_not_shown(bench):
    p = bench.project({})
    code, said = on_a_terminal(p, ["login", "--auth-type=legacy"], [("Username:", "zoe"), ("Password:", "secret")])
    assert code == 0 and "Logged in on" in said and "secret" not in said, said
