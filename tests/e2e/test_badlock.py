"""package-lock.json as bad input: cut short, damaged, absurd. Nothing crashes, nothing is written, and the message says what to do."""
import json, random, time

COMMANDS = (["install"], ["ci"], ["ls"], ["update"], ["uninstall", "left"])


def lock_of(bench):
    p = bench.project({"dependencies": {"left": "1.0.0"}})
    p.ok("install")
    return p, p.read("package-lock.json")


def survives(p, text, commands=COMMANDS, limit=20):
    """Each command ends by itself; one that fails has written nothing. Gives the answers."""
    answers = {}
    for args in commands:
        p.write("package-lock.json", text)
        before = p.listing()
        r = p.lode(*args, limit=limit)
        assert r.code in (0, 1), (args, text[:300], r)
        assert r.code == 0 or p.listing() == before, ("written", args, text[:300], r)
        answers[args[0]] = r
    return answers


def test_a_lockfile_cut_short_is_refused(bench):
    p, text = lock_of(bench)
    whole = text.rstrip()
    for at in [*range(1, len(whole) - 1, 23), len(whole) - 1]:
        answers = survives(p, text[:at], (["install"], ["ci"]) if at % 5 else COMMANDS)
        for name in ("install", "ci"):
            r = answers[name]
            assert r.code == 1 and "EJSONPARSE" in r.err and "git checkout package-lock.json" in r.err, (at, r)


def test_what_never_was_a_lockfile_is_taken_for_none(bench):
    p, text = lock_of(bench)
    for other in ("", "\n", "this is none", "[]", "5"):
        p.write("package-lock.json", other)
        p.ok("install")
        assert p.read("package-lock.json") == text


def damaged(lock, chance):
    """The lockfile with one thing in it made into something else."""
    lock = json.loads(json.dumps(lock))
    holders = []

    def walk(v):
        if isinstance(v, dict):
            holders.extend((v, k) for k in v)
            for k in v:
                walk(v[k])
        elif isinstance(v, list):
            holders.extend((v, k) for k in range(len(v)))
            for k in v:
                walk(k)
    walk(lock)
    holder, key = chance.choice(holders)
    odd = [None, True, 0, -1, 1e308, "", "x" * 5000, [], {}, [[]], {"": {}}, {"../x": "1"}, "../../..", "/etc", "\ud83d\ude00",
           "file:../../x", "git+ssh://x", "npm:a@1", ["a"], "<script>", "99999999999.0.0", "*", "\u0001"]
    if isinstance(holder, dict) and chance.random() < 0.3:
        holder[chance.choice([k for k in odd if isinstance(k, str)])] = holder.pop(key)
    else:
        holder[key] = chance.choice(odd)
    return json.dumps(lock)


def test_anything_in_a_lockfile_may_be_of_any_kind(bench):
    p, text = lock_of(bench)
    chance = random.Random(7)
    lock = json.loads(text)
    lock["packages"]["node_modules/up"] = {"resolved": "../up", "link": True}
    for i in range(60):
        survives(p, damaged(lock, chance), [COMMANDS[i % len(COMMANDS)]])


def test_bytes_of_a_lockfile_may_be_any(bench):
    p, text = lock_of(bench)
    chance = random.Random(11)
    for i in range(40):
        at = chance.randrange(len(text))
        survives(p, text[:at] + chance.choice(list("{}[]\",:0a\\\x01\u00e9")) + text[at + chance.randrange(3):],
                 [COMMANDS[i % len(COMMANDS)]])


PLACES = ("../x", "../../x", "/etc/x", "node_modules/../../x", "node_modules/a/../../../x", "node_modules/..", "node_modules/.", "a//b",
          "node_modules/a/node_modules/../b", "node_modules", "node_modules/@s", "node_modules/@s/..", "node_modules/.bin", "./x",
          "node_modules/" + "x" * 300, "x" * 5000, "node_modules/a/" * 400 + "b", "C:\\..\\x/../..")


def test_places_that_no_project_has_are_refused(bench):
    p, _ = lock_of(bench)
    for place in PLACES:
        lock = {"lockfileVersion": 3, "requires": True, "packages": {
            "": {"dependencies": {"left": "1.0.0"}}, place: {"version": "1.0.0"}}}
        for name, r in survives(p, json.dumps(lock), (["install"], ["ci"], ["update"])).items():
            assert r.code == 1 and "package-lock.json" in r.err and "git checkout package-lock.json" in r.err, (place, name, r)
        old = {"lockfileVersion": 1, "requires": True, "dependencies": {"left": {"version": "1.0.0", "dependencies": {
            place.replace("node_modules/", ""): {"version": "1.0.0"}}}}}
        survives(p, json.dumps(old), (["install"], ["ci"]))


def test_a_nul_in_a_lockfile_is_refused(bench):
    p, text = lock_of(bench)
    for name, r in survives(p, text.replace("node_modules/left", "node_modules/left\\u0000/../../x", 1), (["install"], ["ci"])).items():
        assert r.code == 1 and "NUL" in r.err, (name, r)


def test_links_in_a_circle_or_to_nowhere_are_refused(bench):
    p, _ = lock_of(bench)
    for packages in ({"node_modules/a": {"resolved": "node_modules/b", "link": True},
                      "node_modules/b": {"resolved": "node_modules/a", "link": True}},
                     {"node_modules/a": {"resolved": "node_modules/a", "link": True}},
                     {"node_modules/a": {"resolved": "nowhere", "link": True}},
                     {"node_modules/a": {"link": True}}):
        lock = {"lockfileVersion": 3, "requires": True, "packages": {"": {"dependencies": {"a": "1"}}, **packages}}
        for name, r in survives(p, json.dumps(lock), (["install"], ["ci"])).items():
            assert r.code == 1, (packages, name, r)


def test_a_lockfile_nested_100_000_deep_is_refused(bench):
    p, _ = lock_of(bench)
    deep = 100_000
    for text in ('{"lockfileVersion":1,"requires":true,"dependencies":' + '{"a":{"version":"1.0.0","dependencies":' * deep + "{}" + "}}" * deep + "}",
                 '{"packages":' + "[" * deep + "]" * deep + "}", '{"packages":' + "[" * deep):
        for name, r in survives(p, text, (["install"], ["ci"], ["ls"])).items():
            assert name == "ls" or (r.code == 1 and "EJSONPARSE" in r.err), (name, r)


def test_the_last_of_a_repeated_key_counts(bench):
    p, text = lock_of(bench)
    p.write("package-lock.json", text.replace('"packages": {', '"packages": {"node_modules/left": 5},\n  "packages": {', 1))
    p.ok("ci")
    assert p.version("node_modules/left") == "1.0.0"


def big_lock(p, n, nested):
    """n entries: each hundredth wants the 99 behind it, which lie beside it or in its own folder."""
    packages, wanted = {}, {}
    for i in range(0, n, 100):
        names = [f"p{k if not nested else k - i}-{'n' if nested else 'w'}" for k in range(i + 1, min(i + 100, n))]
        wanted[f"p{i}"] = "^1.0.0"
        packages[f"node_modules/p{i}"] = {"version": "1.0.0", "resolved": f"https://registry.example.test/p{i}.tgz",
                                          "dependencies": {name: "1" for name in names}}
        above = f"node_modules/p{i}/" if nested else ""
        for name in names:
            packages[f"{above}node_modules/{name}"] = {"version": "1.0.0", "resolved": f"https://registry.example.test/{name}.tgz"}
    root = {"name": "project", "version": "1.0.0", "dependencies": wanted}
    p.write("package.json", json.dumps(root))
    p.write("package-lock.json", json.dumps({"lockfileVersion": 3, "requires": True, "packages": {"": root, **packages}}))


def test_time_grows_with_the_lockfile_and_no_faster(bench):
    p = bench.project({})
    for nested in (False, True):
        took = {}
        for n in (5_000, 50_000):
            big_lock(p, n, nested)
            began = time.monotonic()
            r = p.ok("ls", "--package-lock-only", "--all", "--parseable")
            took[n] = time.monotonic() - began
            assert len(r.out.splitlines()) == n + 1, len(r.out.splitlines())
        assert took[50_000] < 40 * took[5_000] + 2, took


def test_a_package_json_may_say_anything(bench):
    p, text = lock_of(bench)
    chance = random.Random(3)
    whole = {"name": "project", "version": "1.0.0", "dependencies": {"left": "1.0.0"}, "devDependencies": {}, "peerDependencies": {},
             "optionalDependencies": {}, "peerDependenciesMeta": {}, "bundleDependencies": [], "workspaces": [], "overrides": {},
             "scripts": {}, "bin": {}, "engines": {}, "os": [], "funding": {}, "packageExtensions": {}, "patchedDependencies": {},
             "allowScripts": {}, "directories": {}, "acceptDependencies": {}, "config": {}, "man": [], "files": [], "main": "x"}
    for i in range(60):
        p.write("package-lock.json", text)
        p.write("package.json", damaged(whole, chance))
        before = p.listing()
        args = COMMANDS[i % len(COMMANDS)]
        r = p.lode(*args, limit=20)
        assert r.code in (0, 1), (args, p.read("package.json"), r)
        assert r.code == 0 or p.listing() == before, (args, p.read("package.json"), r)
    for at in range(1, 200, 37):
        p.write("package.json", json.dumps(whole)[:at])
        before = p.listing()
        for args in COMMANDS:
            r = p.lode(*args)
            assert r.code == 1 and "EJSONPARSE" in r.err and p.listing() == before, (args, r)


def test_a_hidden_lockfile_that_is_bad_is_overlooked(bench):
    p, text = lock_of(bench)
    hidden = p.read("node_modules/.package-lock.json")
    chance = random.Random(5)
    for bad in ("", "{", hidden[:len(hidden) // 2], "[]", '{"packages": 5}', '{"packages": {"../x": {}}}', *(damaged(json.loads(hidden), chance) for _ in range(15))):
        p.write("node_modules/.package-lock.json", bad)
        r = p.lode("ls")
        assert r.code in (0, 1), (bad, r)
        p.ok("install")
        assert p.version("node_modules/left") == "1.0.0" and p.read("package-lock.json") == text, bad
