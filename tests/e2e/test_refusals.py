"""Verbs that change something, and a registry that answers badly: the code, what to do, and nothing done twice."""
from test_publishing import answering
from test_reading import answers, half, key, lines

DOCUMENT = {"_id": "pkg", "_rev": "1-a", "name": "pkg", "dist-tags": {"latest": "1.1.0"}, "maintainers": [{"name": "ann", "email": "a@example.test"}],
            "versions": {v: {"name": "pkg", "version": v, "dist": {"tarball": "http://localhost/pkg/-/pkg.tgz"}} for v in ("1.0.0", "1.1.0")}}

# Each verb with what it asks before it changes anything.
VERBS = {
    "publish": (["publish"], {}, None),
    "unpublish": (["unpublish", "pkg@1.1.0"], {"/pkg": (200, DOCUMENT)}, None),
    "dist-tag": (["dist-tag", "add", "pkg@1.0.0", "old"], {"/-/package/pkg/dist-tags": (200, {"latest": "1.1.0"})}, None),
    "deprecate": (["deprecate", "pkg@1.0.0", "old"], {"/pkg": (200, DOCUMENT)}, None),
    "access": (["access", "set", "status=public", "@s/pkg"], {}, None),
    "owner": (["owner", "add", "bob", "pkg"], {"/pkg": (200, DOCUMENT), "/-/user/org.couchdb.user:bob": (200, {"name": "bob", "email": "b@example.test"})}, None),
    "token": (["token", "revoke", "abcdef"], {"/-/npm/v1/tokens": (200, {"objects": [{"key": "abcdef123456", "token": "t"}], "urls": {}})}, None),
    "token create": (["token", "create"], {}, "secret\n"),
    "team": (["team", "create", "@o:new"], {}, None),
    "stage": (["stage", "approve", "11111111-2222-3333-4444-555555555555"], {}, None),
    "login": (["login", "--auth-type=legacy"], {}, "zoe\nsecret\n"),
    "logout": (["logout"], {}, None),
}
POSTS = ("access", "token create", "stage")
ADVICE = {401: "lode login", 402: "paid", 403: "security policy", 409: "try again in a moment", 429: "wait a while", 500: "try again later", 503: "try again later"}


def refused(bench, r, verb, fault, retries=1):
    words, routes, typed = VERBS[verb]
    r.routes, r.log = dict(routes), []
    r.change = fault
    p = bench.project({"name": "pkg", "version": "2.0.0"})
    p.write("../home/.npmrc", lines(f"registry={r.url}", f"{key(r)}:_authToken=t-ann", f"fetch-retries={retries}", "fetch-retry-mintimeout=1", "fetch-retry-maxtimeout=2"))
    result = answering(p, words, typed or "")
    return result, [entry for entry in r.log if entry[0] != "GET"]


def test_every_verb_says_what_a_refusal_means(bench):
    with answers() as r:
        for verb in VERBS:
            for status, advice in ADVICE.items():
                if (verb, status) == ("login", 409):
                    continue  # there is one of that name: who proves to be that one is logged in
                result, changes = refused(bench, r, verb, (status, {"error": "the registry's words"}))
                told = (verb, status, result, changes)
                code = "EOWNERMUTATE" if verb == "owner" else f"E{status}"  # npm's own
                assert result.returncode == 1 and f"code {code}\n" in result.stderr and advice in result.stderr, told
                assert "the registry's words" in result.stderr and "t-ann" not in result.stdout + result.stderr, told
                # Only what says that nothing was done, or what may be done twice, is asked again; a POST never is.
                again = status == 429 or (status >= 500 and verb not in ("publish", *POSTS))
                assert len(changes) == (2 if again and verb not in POSTS else 1), told


def test_no_verb_takes_a_web_page_or_half_an_answer_for_yes(bench):
    page = (200, b"<!doctype html><p>Welcome to this network</p>")
    with answers() as r:
        for verb in VERBS:
            result, changes = refused(bench, r, verb, page)
            code = "EOWNERMUTATE" if verb == "owner" else "EINVALIDJSON"
            assert result.returncode == 1 and code in result.stderr and "`registry` setting" in result.stderr, (verb, result)
            assert len(changes) == 1, (verb, changes)
            once = verb == "publish" or verb in POSTS
            result, changes = refused(bench, r, verb, half, retries=int(once))
            assert result.returncode == 1 and result.stderr, (verb, result)
            assert len(changes) == 1, (verb, changes)
            if verb == "publish":
                assert "not known whether" in result.stderr, result
