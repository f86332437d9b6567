"""What scripts see is what npm's see: lode beside what npm was recorded to do (tests/differential/environment.py --record)."""
import os, re, sys

from harness import LODE

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "environment"))
import sides  # noqa: E402
from projects import LINES, PROJECTS  # noqa: E402

OURS = {k: v for k, v in os.environ.items() if k in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LODE_RUNTIME")}


def compare(lines, sandbox=None):
    lode, npm, said = sides.lode_side(LODE, sandbox, OURS), sides.recorded(), []
    for line in lines:
        run = lode.run(*line)
        for dump in run["dumps"]:
            dump["env"] = {k: v for k, v in dump["env"].items() if k not in OURS}
            for name, value in dump["env"].items():
                dump["env"][name] = re.sub(r"/\S*/lode-script-\w+", "{TMP}", value)
        found = sides.compare(npm[sides.name_of(line)], run, sandbox is None)
        said += found and [sides.name_of(line), *found]
    assert not said, "\n".join(said)


def make_test(project):
    def test(bench):
        compare([line for line in LINES if line[0] == project], "off")
    return test


for _project in PROJECTS:
    globals()["test_environment_" + _project] = make_test(_project)


def test_environment_in_the_sandbox_differs_where_it_is_told(bench):
    compare([line for line in LINES if line[0] == "dependencies"])


def test_the_user_agent_names_the_ci_server(bench):
    p = bench.project({"scripts": {"agent": 'echo "$npm_config_user_agent"'}})
    for env, name in (({"GITHUB_ACTIONS": "true"}, "ci/github-actions"), ({"CI_NAME": "codeship"}, "ci/codeship"),
                      ({"CI_NAME": "another"}, ""), ({"VERCEL": "1", "APPVEYOR": "1"}, "ci/vercel"), ({"VERCEL": ""}, ""),
                      ({"CI": "false", "VERCEL": "1"}, ""), ({"CI": "woodpecker"}, "ci/woodpecker"), ({}, "")):
        agent = p.ok("run", "agent", env=env).out.splitlines()[-1]
        assert agent.endswith(name) and ("ci/" in agent) == bool(name), (env, agent)
