"""Attestations: who vouches for them, by a Sigstore made for the test (fixtures/sigstore.mjs) and by npm's own verdicts on it."""
import base64, json, os, subprocess

from harness import NODE, ROOT
from test_reading import answers, lines

INTEGRITY = base64.b64encode(b"\0" * 64).decode()
# What npm 12.2's verifier says of each, given the same roots; None: it verifies.
VERDICTS = {
    "good": None, "intoto": None, "registry": None,
    "forged": "signature verification failed",
    "promise": "the log's promise could not be verified",
    "other-entry": "the log's entry is about something else",
    "authority": "the certificate is none of Sigstore's",
    "unlisted": "the certificate is in no log of certificates",
    "other-list": "the certificate is in no log of certificates",
    "late": "the certificate was not valid when it was logged",
    "nowhere": "it is in no log",
    "registry-promise": "the log's promise could not be verified",
    "other-log": "the log's promise could not be verified",
}


def made(name="pkg", version="1.0.0"):
    said = subprocess.run([NODE, os.path.join(ROOT, "fixtures/sigstore.mjs"), name, version, "0" * 128], check=True, capture_output=True, text=True)
    return json.loads(said.stdout)


def audited(bench, r, variants, world, root=None):
    r.package("pkg", {"1.0.0": {"dist": {"tarball": f"{r.url}pkg.tgz", "integrity": f"sha512-{INTEGRITY}",
                                         "attestations": {"url": f"{r.url}-/npm/v1/attestations/pkg@1.0.0", "provenance": {}}}}})
    r.routes["/-/npm/v1/keys"] = (200, {"keys": world["keys"]})
    r.routes["/-/npm/v1/attestations/pkg@1.0.0"] = (200, {"attestations": [world["variants"][v] for v in variants]})
    p = bench.project({"dependencies": {"pkg": "1.0.0"}})
    p.write("../home/.npmrc", lines(f"registry={r.url}"))
    p.write_json("node_modules/pkg/package.json", {"name": "pkg", "version": "1.0.0"})
    p.write_json("../root.json", root or world["root"])
    return p.lode("audit", "signatures", "--json", env={"LODE_SIGSTORE_ROOT": p.path("../root.json")} if root is not False else {})


def test_attestations_end_at_a_known_root(bench):
    world = made()
    with answers() as r:
        for variant, why in VERDICTS.items():
            said = audited(bench, r, [variant], world)
            invalid = [i["message"] for i in json.loads(said.out)["invalid"]]
            assert invalid == ([f"pkg@1.0.0 failed to verify attestation: {why}"] if why else []), (variant, said)
        # One that does not hold is not made good by one that does.
        said = audited(bench, r, ["good", "forged"], world)
        assert [i["code"] for i in json.loads(said.out)["invalid"]] == ["EATTESTATIONVERIFY"], said
        # Sigstore's public roots know nothing of this one; nor does another one of one's own.
        for root in (False, made()["root"]):
            said = audited(bench, r, ["good"], world, root)
            assert "failed to verify attestation" in said.out and said.code == 1, said


def test_attestations_of_a_log_that_is_not_known_yet(bench):
    with answers() as r:
        said = audited(bench, r, ["newer-log"], made())
        assert json.loads(said.out)["invalid"] == [] and "cannot be checked" in said.err, said


def test_a_projects_npmrc_names_no_roots(bench):
    with answers() as r:
        world = made()
        p = bench.project({})
        p.write_json("root.json", world["root"])
        p.write(".npmrc", lines("sigstore-root=root.json", "LODE_SIGSTORE_ROOT=root.json"))
        said = audited(bench, r, ["good"], world, False)
        assert "none of Sigstore's" in said.out or "could not be verified" in said.out, said
