"""Who one is at a registry: one-time passwords by a web page, a CI's identity, and that none of it reaches another host."""
from test_publishing import maintainer, on_a_terminal, sent, unique
from test_reading import answers, key, lines

CI = {"GITHUB_ACTIONS": "true"}


def host(url):
    return url.split("/")[2]


def rc(p, text):
    with open(p.path("../home/.npmrc"), "a") as f:
        f.write(text)


def otps(bench, part):
    return [(method, where) for method, where, path in bench.registry.otps() if part in path]


# ---- one-time passwords ----

def test_a_one_time_password_goes_to_the_registry_that_is_asked(bench):
    r = bench.registry
    name, scoped = unique("otp-own"), unique("@elsewhere/otp-x")
    p = maintainer(bench, name)
    rc(p, f"@elsewhere:registry={r.other}\n//{host(r.other)}/:_authToken=t-bob\n")
    p.ok("publish", "--otp=123456")
    assert ("PUT", host(r.url)) in otps(bench, name)
    p.write_json("package.json", {"name": scoped, "version": "1.0.0"})
    p.ok("publish", "--otp=123456", "--access=public")
    assert set(otps(bench, scoped)) <= {("GET", host(r.other)), ("PUT", host(r.other))} and ("PUT", host(r.other)) in otps(bench, scoped)
    # An install only reads what lives there, whoever has credentials for it.
    p.write_json("package.json", {"dependencies": {scoped: "1.0.0"}})
    n = len(r.otps())
    p.ok("install", "--otp=123456", "--allow-remote=all")
    assert not [o for o in r.otps()[n:] if o[1] == host(r.other)], r.otps()[n:]


def test_a_one_time_password_stays_where_one_is_logged_in(bench):
    """A project may name a registry; the password on the command line is none of its business."""
    p = bench.project({"dependencies": {"left": "1.0.0"}})
    n = len(bench.registry.otps())
    p.ok("install", "--otp=123456")
    assert not bench.registry.otps()[n:]


def test_scope_names_the_registry_of_packages_without_one(bench):
    r = bench.registry
    name = unique("of-a-scope")
    p = maintainer(bench, name)
    rc(p, f"@corp:registry={r.other}\n//{host(r.other)}/:_authToken=t-corp\n")
    p.ok("publish", "--scope=corp")
    [w] = sent(bench, name)
    assert w["user"] == "corp", w
    assert [q[1] for q in r.requests() if q[0] == "PUT" and name in q[2]] == [host(r.other)]
    p.ok("view", name, "--scope=@corp")
    assert [q[1] for q in r.requests() if q[0] == "GET" and name in q[2]][-1] == host(r.other)


def test_a_web_page_instead_of_a_code(bench):
    name = unique("web-otp-asked")
    p = maintainer(bench, name)
    code, said = on_a_terminal(p, ["publish", "--no-progress", "--no-browser"], [])
    assert code == 0 and f"+ {name}@1.0.0" in said and f"Authenticate your account at:\r\n{bench.registry.url}auth?s={name}" in said, said
    assert [w.get("otp") for w in sent(bench, name)] == [None, "123456"]
    asked = [q for q in bench.registry.requests() if q[2] == "/-/v1/done"]
    assert len(asked) >= 2 and "123456" not in said


def test_without_anybody_a_web_page_is_no_help(bench):
    name = unique("web-otp-alone")
    p = maintainer(bench, name)
    assert "one-time password" in p.fails("EOTP", "publish").err
    assert len(sent(bench, name)) == 1


def test_a_web_page_that_leaves_https_is_refused(bench):
    name = unique("web-otp-down")
    p = maintainer(bench, name)
    code, said = on_a_terminal(p, ["publish", "--no-progress"], [])
    assert code == 1 and "Invalid response from web login endpoint" in said and "page that is not: http://" in said, said
    assert len(sent(bench, name)) == 1 and "Authenticate your account" not in said


def test_a_web_page_without_a_token_is_an_error(bench):
    name = unique("web-otp-wrong")
    p = maintainer(bench, name)
    code, said = on_a_terminal(p, ["publish", "--no-progress", "--no-browser"], [])
    assert code == 1 and "Invalid response from web login endpoint" in said and len(sent(bench, name)) == 1, said


# ---- a CI's identity ----

def exchanged(bench, name):
    return [w for w in sent(bench, name) if "/oidc/token/exchange/" in w["path"]]


def test_github_gives_an_identity_for_the_registry(bench):
    name = unique("@s/gh")
    p = bench.project({"name": name})
    ask = {"ACTIONS_ID_TOKEN_REQUEST_URL": f"{bench.registry.url}-/identity?run=7", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "gh-request"}
    r = p.ok("publish", "--access=public", "--loglevel=verbose", env={**CI, **ask})
    assert "Successfully retrieved and set token" in r.err and f"+ {name}@1.0.0" in r.out, r
    [asked] = [q for q in bench.registry.requests() if q[2] == "/-/identity" and q[4] == "Bearer gh-request"]
    exchange, put = sent(bench, name)
    assert exchange["method"] == "POST" and exchange["user"] == "workflow" and exchange.get("body") is None, exchange
    assert put["method"] == "PUT" and put["user"] == "new"
    for secret in ("gh-request", "t-workflow", "t-new"):
        assert secret not in r.out + r.err + open(p.path("../home/.npmrc")).read()


def test_other_cis_bring_their_identity(bench):
    for ci in ("GITLAB_CI", "CIRCLECI"):
        name = unique("ci-" + ci.lower())
        p = bench.project({"name": name})
        p.ok("publish", env={ci: "true", "NPM_ID_TOKEN": "t-workflow"})
        assert [w["user"] for w in sent(bench, name)] == ["workflow", "new"]
    name = unique("ci-none")
    p = bench.project({"name": name})
    p.fails("ENEEDAUTH", "publish", env={"NPM_ID_TOKEN": "t-workflow"})
    assert not sent(bench, name)


def test_an_identity_that_is_not_accepted_leaves_what_else_is_set(bench):
    """npm too: trusted publishing never fails by itself."""
    for how, words in (("401", "no such trust"), ("404", "no such trust"), ("500", "no such trust"), ("html", "invalid json"),
                       ("empty", "missing the token in the response body")):
        name = unique(f"oidc-{how}-")
        env = {**CI, "NPM_ID_TOKEN": "t-workflow"}
        r = bench.project({"name": name}).fails("ENEEDAUTH", "publish", "--loglevel=verbose", "--fetch-retries=0", env=env)
        assert words in r.err and len(sent(bench, name)) == len(exchanged(bench, name)) == 1, r
        p = maintainer(bench, name)
        p.ok("publish", "--fetch-retries=0", env=env)
        assert sent(bench, name)[-1]["user"] == "ann", how


def test_github_without_a_good_answer(bench):
    name = unique("gh-bad")
    url = f"{bench.registry.url}-/identity"
    for ask in ({}, {"ACTIONS_ID_TOKEN_REQUEST_URL": url}, {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "gh-request"},
                {"ACTIONS_ID_TOKEN_REQUEST_URL": url, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "other"},
                {"ACTIONS_ID_TOKEN_REQUEST_URL": url + "?empty", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "gh-request"},
                {"ACTIONS_ID_TOKEN_REQUEST_URL": url + "?broken", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "gh-request"},
                {"ACTIONS_ID_TOKEN_REQUEST_URL": "not a url", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "gh-request"}):
        bench.project({"name": name}).fails("ENEEDAUTH", "publish", "--fetch-retries=0", env={**CI, **ask})
    assert not sent(bench, name)


def test_tags_with_a_cis_identity(bench):
    name = unique("ci-tag")
    p = bench.project({"name": name})
    env = {**CI, "NPM_ID_TOKEN": "t-workflow"}
    p.ok("publish", env=env)
    p.ok("dist-tag", "add", f"{name}@1.0.0", "next", env=env)
    assert [w["user"] for w in sent(bench, name)] == ["workflow", "new"] * 2


# ---- a project that wants to know ----

def test_a_projects_proxy_does_not_get_the_users_token(bench):
    """By plain http a proxy reads everything, and by https with authorities that the project names, too."""
    with answers(2) as (mine, proxy):
        proxy.package("a", {"1.0.0": {}})
        for route in list(proxy.routes):
            proxy.routes[mine.url.rstrip("/") + route] = proxy.routes[route]
        p = bench.project({})
        p.write("../home/.npmrc", lines(f"registry={mine.url}", f"{key(mine)}:_authToken=secret", "fetch-retries=0"))
        p.write(".npmrc", lines(f"proxy={proxy.url}", f"https-proxy={proxy.url}", "noproxy=nobody"))
        r = p.ok("view", "a", "version")
        assert [a for _, _, a, _ in proxy.log] == [None] and "names a proxy that could read" in r.err, (proxy.log, r)
        # What the project brings itself it may show to whom it likes, and what its user says counts.
        p.write(".npmrc", p.read(".npmrc") + f"{key(mine)}:_authToken=projects\n")
        p.write("../home/.npmrc", lines(f"registry={mine.url}", "fetch-retries=0"))
        p.ok("view", "a", "version", "--prefer-online")
        assert proxy.log[-1][2] == "Bearer projects", proxy.log
        p.write("../home/.npmrc", lines(f"registry={mine.url}", f"{key(mine)}:_authToken=secret", "fetch-retries=0"))
        p.write(".npmrc", "")
        r = p.ok("view", "a", "version", "--prefer-online", "--proxy", proxy.url, "--noproxy=nobody")
        assert proxy.log[-1][2] == "Bearer secret" and "proxy that could read" not in r.err, (proxy.log, r)


def test_a_project_cannot_read_tls_by_authorities_of_its_own(bench):
    """The user's token goes by https through a project's proxy, but not when the project also says whom to trust."""
    r = bench.registry
    for more, told in ((f"cafile={r.cafile}", True), ("strict-ssl=false", True), ("", False)):
        p = maintainer(bench)
        p.write(".npmrc", lines("https-proxy=http://127.0.0.1:9/", "noproxy=localhost", more))
        said = p.lode("whoami")
        assert (said.code != 0 and "names a proxy that could read" in said.err) if told else said.out == "ann\n", (more, said)
