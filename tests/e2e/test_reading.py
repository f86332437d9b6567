"""Verbs that read: view, diff, audit, sbom, licenses; who is told which credentials; what is said of bad answers."""
import contextlib, http.server, json, threading, time

from harness import until


class Answers(http.server.ThreadingHTTPServer):
    """A registry on loopback that says what it is told to: path -> (status, body), or a function of the handler."""
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.change = None  # what answers all that is no GET
        self.routes, self.log, self.url = {}, [], f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, *_):
        pass

    def package(self, name, versions, **more):
        """A packument; each version's manifest gets a tarball's address on this server."""
        made = {v: {"name": name, "version": v, "dist": {"tarball": f"{self.url}{name}-{v}.tgz", "shasum": "0" * 40}, **m}
                for v, m in versions.items()}
        self.routes["/" + name] = (200, {"name": name, "dist-tags": {"latest": list(versions)[-1]}, "versions": made, **more})


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": len(body), **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.log.append((self.command, self.path, self.headers.get("authorization"), body))
        route = self.server.routes.get(self.path.split("?")[0], (404, {"error": "not found"}))
        if self.server.change and self.command != "GET":
            route = self.server.change
        route(self) if callable(route) else self.answer(*route)

    do_POST = do_PUT = do_DELETE = do_GET


@contextlib.contextmanager
def answers(n=1):
    servers = [Answers() for _ in range(n)]
    for s in servers:
        threading.Thread(target=s.serve_forever, daemon=True).start()
    try:
        yield servers[0] if n == 1 else servers
    finally:
        for s in servers:
            s.shutdown()
            s.server_close()


def lines(*pairs):
    return "".join(f"{line}\n" for line in pairs)


def key(server):
    return server.url.replace("http:", "")


# ---- what is shown ----

def test_view_shows_fields_and_documents(bench):
    with answers() as r:
        r.package("pink", {"1.0.0": {"keywords": ["a"]}, "1.1.0": {"keywords": ["a", "b"]}},
                  maintainers=[{"name": "ann", "email": "ann@example.test"}])
        p = bench.project({})
        at = ("--registry", r.url)
        assert p.ok("view", "pink", "version", *at).out == "1.1.0\n"
        assert p.ok("view", "pink@^1", "version", *at).out == "pink@1.0.0 '1.0.0'\npink@1.1.0 '1.1.0'\n"
        assert p.ok("view", "pink", "maintainers", *at).out == "ann <ann@example.test>\n"
        assert json.loads(p.ok("info", "pink", "keywords", "--json", *at).out) == ["a", "b"]
        assert "pink@1.1.0 | Proprietary | deps: none | versions: 2" in p.ok("v", "pink", *at).out
        p.fails("E404", "view", "pink@9", *at)


def test_diff_of_folders(bench):
    p = bench.project({"files": ["*.js"]})
    p.write("old/package.json", '{"name": "x", "version": "1.0.0"}')
    p.write("old/index.js", "one\ntwo\n")
    p.write("new/package.json", '{"name": "x", "version": "1.1.0"}')
    p.write("new/index.js", "one\n2\n")
    out = p.ok("diff", "--diff=./old", "--diff=./new", "index.js").out
    assert out == ("diff --git a/index.js b/index.js\nindex v1.0.0..v1.1.0 100644\n--- a/index.js\n+++ b/index.js\n"
                   "@@ -1,2 +1,2 @@\n one\n-two\n+2\n"), out
    assert p.ok("diff", "--diff=./old", "--diff=./new", "--diff-name-only").out == "index.js\npackage.json\n"


def test_sbom_and_licenses_of_what_is_installed(bench):
    p = bench.project({"dependencies": {"a": "1.0.0"}, "license": "MIT"})
    p.write_json("node_modules/a/package.json", {"name": "a", "version": "1.0.0", "license": "ISC"})
    bom = json.loads(p.ok("sbom", "--sbom-format=cyclonedx").out)
    assert [c["bom-ref"] for c in bom["components"]] == ["a@1.0.0"]
    assert bom["dependencies"][0] == {"ref": "project@1.0.0", "dependsOn": ["a@1.0.0"]}
    assert json.loads(p.ok("sbom", "--sbom-format=spdx").out)["packages"][1]["licenseDeclared"] == "ISC"
    assert json.loads(p.ok("licenses", "--json").out)["ISC"][0]["name"] == "a"
    p.write_json("package.json", {"name": "project", "version": "1.0.0", "dependencies": {"b": "1.0.0"}})
    p.fails("ESBOMPROBLEMS", "sbom", "--sbom-format=spdx")


# ---- audit ----

BULK = "/-/npm/v1/security/advisories/bulk"
ADVISORY = {"id": 7, "url": "https://example.test/GHSA-1", "title": "worse than it looks", "severity": "high",
            "vulnerable_versions": "<1.1.0"}


def audited(bench, r, **manifest):
    p = bench.project({"dependencies": {"bad": "^1.0.0"}, **manifest})
    r.package("bad", {"1.0.0": {}, "1.1.0": {}})
    p.write_json("package-lock.json", {"name": "project", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": {
        "": {"name": "project", "version": "1.0.0", "dependencies": {"bad": "^1.0.0"}},
        "node_modules/bad": {"version": "1.0.0", "resolved": f"{r.url}bad-1.0.0.tgz"}}})
    return p


def test_audit_reports_and_fixes(bench):
    with answers() as r:
        p, at = audited(bench, r), ("--registry", r.url)
        r.routes[BULK] = (200, {"bad": [ADVISORY]})
        found = p.lode("audit", *at)
        assert found.code == 1 and "bad  1.0.0\nSeverity: high\nworse than it looks" in found.out, found
        assert p.lode("audit", "--audit-level=critical", *at).code == 0
        report = json.loads(p.lode("audit", "--json", *at).out)
        assert report["vulnerabilities"]["bad"]["fixAvailable"] is True
        assert json.loads(r.log[0][3]) == {"bad": ["1.0.0"]}
        p.lode("audit", "fix", "--package-lock-only", *at)
        assert p.json("package-lock.json")["packages"]["node_modules/bad"]["version"] == "1.1.0"


def test_audit_passes_over_what_package_json_lists(bench):
    with answers() as r:
        p = audited(bench, r, lode={"audit": {"ignore": ["GHSA-1"]}})
        r.routes[BULK] = (200, {"bad": [ADVISORY]})
        found = p.ok("audit", "--registry", r.url)
        assert found.out == "found 0 vulnerabilities\n" and "1 advisory is passed over" in found.err, found


def test_audit_of_a_registry_that_has_none(bench):
    with answers() as r:
        p = audited(bench, r)
        failed = p.lode("audit", "--registry", r.url)
        assert failed.code == 1 and "audit endpoint returned an error" in failed.err, failed


def test_an_install_waits_for_no_audit(bench):
    with answers() as r:
        r.routes[BULK] = lambda h: time.sleep(30)
        p, began = audited(bench, r), time.monotonic()
        done = p.ok("install", "--package-lock-only", "--audit", "--registry", r.url)
        assert "vulnerabilities" not in done.out and time.monotonic() - began < 15, done
        until(lambda: any(path == BULK for _, path, _, _ in r.log))


# ---- credentials ----

def test_a_token_is_for_its_own_host(bench):
    with answers(2) as (mine, other):
        mine.package("a", {"1.0.0": {"dist": {"tarball": f"{other.url}a.tgz", "shasum": "0" * 40}}})
        p = bench.project({"dependencies": {"a": "1.0.0"}})
        p.write("../home/.npmrc", lines(f"registry={mine.url}", f"{key(mine)}:_authToken=secret", "fetch-retries=0"))
        p.fails("E404", "install", "--allow-remote=all")
        assert {a for _, _, a, _ in mine.log} == {"Bearer secret"}, mine.log
        assert other.log and {a for _, _, a, _ in other.log} == {None}, other.log


def test_a_redirect_takes_no_token_along(bench):
    with answers(2) as (mine, other):
        mine.routes["/a"] = lambda h: h.answer(302, location=f"{other.url}a")
        other.package("a", {"1.0.0": {}})
        p = bench.project({})
        p.write("../home/.npmrc", lines(f"registry={mine.url}", f"{key(mine)}:_authToken=secret"))
        assert p.ok("view", "a", "version").out == "1.0.0\n"
        assert mine.log[0][2] == "Bearer secret" and other.log[0][2] is None, (mine.log, other.log)


def test_a_scopes_token_stays_with_the_scope(bench):
    with answers(2) as (mine, scoped):
        mine.package("a", {"1.0.0": {}})
        scoped.routes["/@s%2fb"] = (200, {"name": "@s/b", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": {"version": "1.0.0"}}})
        p = bench.project({})
        p.write("../home/.npmrc", lines(f"registry={mine.url}", f"@s:registry={scoped.url}", f"{key(scoped)}:_authToken=scopes"))
        p.ok("view", "a", "version")
        p.ok("view", "@s/b", "version")
        assert [a for _, _, a, _ in mine.log] == [None] and [a for _, _, a, _ in scoped.log] == ["Bearer scopes"]


def test_a_projects_npmrc_does_not_get_the_users_token(bench):
    with answers(2) as (mine, hostile):
        hostile.package("a", {"1.0.0": {}})
        p = bench.project({})
        p.write("../home/.npmrc", lines(f"registry={mine.url}", f"{key(mine)}:_authToken=secret"))
        p.write(".npmrc", lines(f"registry={hostile.url}", "always-auth=true"))
        p.ok("view", "a", "version", env={f"npm_config_{key(mine)}:_authToken": "from the environment"})
        assert [a for _, _, a, _ in hostile.log] == [None], hostile.log


def test_a_token_of_the_environment_is_for_its_host(bench):
    with answers(2) as (mine, other):
        mine.package("a", {"1.0.0": {}})
        other.package("a", {"1.0.0": {}})
        p = bench.project({})
        env = {f"npm_config_{key(mine)}:_authToken": "env"}
        p.ok("view", "a", "version", "--registry", mine.url, env=env)
        p.ok("view", "a", "version", "--registry", other.url, env=env)
        assert mine.log[0][2] == "Bearer env" and other.log[0][2] is None, (mine.log, other.log)


def test_attestations_are_asked_of_the_registry_alone(bench):
    """Whatever host a packument names for them."""
    with answers(2) as (mine, other):
        mine.package("a", {"1.0.0": {"dist": {"tarball": f"{mine.url}a.tgz", "integrity": "sha512-" + "A" * 86 + "==",
                                              "attestations": {"url": f"{other.url}-/npm/v1/attestations/a@1.0.0"}}}})
        mine.routes["/-/npm/v1/keys"] = (200, {"keys": []})
        mine.routes["/-/npm/v1/attestations/a@1.0.0"] = (200, {"attestations": []})
        p = bench.project({"dependencies": {"a": "1.0.0"}})
        p.write_json("node_modules/a/package.json", {"name": "a", "version": "1.0.0"})
        p.write("../home/.npmrc", lines(f"registry={mine.url}", f"{key(mine)}:_authToken=secret"))
        p.ok("audit", "signatures")
        assert not other.log, other.log


# ---- bad answers ----

def half(handler):
    handler.send_response(200)
    handler.send_header("content-length", "100")
    handler.end_headers()
    handler.wfile.write(b'{"name":')
    handler.close_connection = True


def test_bad_answers_have_a_code_and_advice(bench):
    advice = {401: "lode login", 402: "paid", 403: "security policy", 404: "could not be found", 429: "wait a while",
              500: "try again later", 503: "try again later"}
    with answers() as r:
        p = bench.project({})
        p.write("../home/.npmrc", lines(f"registry={r.url}", "fetch-retries=0"))
        for status, words in advice.items():
            r.routes[f"/s{status}"] = (status, {"error": "the registry's words"})
            failed = p.fails(f"E{status}", "view", f"s{status}")
            assert words in failed.err and "the registry's words" in failed.err, failed
        r.routes["/page"] = (200, b"<html>Welcome to this network</html>")
        assert "registry` setting" in p.fails("EINVALIDJSON", "view", "page").err
        r.routes["/half"] = half
        failed = p.lode("view", "half", limit=60)
        assert failed.code == 1 and "ECONNRESET" in failed.err, failed


def test_what_a_registry_says_does_not_reach_the_terminal_raw(bench):
    with answers() as r:
        r.package("pink", {"1.0.0": {"description": "a\x1b]0;title\x07b"}})
        p = bench.project({})
        assert "\x1b" not in p.ok("view", "pink", "--registry", r.url).out
        assert "\x1b" not in p.ok("view", "pink", "description", "--registry", r.url).out
