"""The commands as the contract says, in this process and, where it matters, as a process of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

import wnpopt
from tests.samples import ordinarily
from wnpopt.core import registry
from wnpopt.core.result import Termination

RESULT_FIELDS = {
    "instance", "family", "method", "status", "termination", "sense", "objective", "bound", "gap", "runtime_s",
    "build_s", "verified", "violations", "trace", "warm_start", "found_by", "bound_by", "seed", "threads",
    "time_limit_s", "instance_hash", "versions", "message",
}  # fmt: skip


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "wnpopt", *map(str, arguments)]


def process(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, env={**os.environ, **environment}, timeout=120, check=False
    )


def test_solve_verify_round_trip(cli, instance: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    code, text, err = cli("solve", instance, "--out", out)
    assert (code, err) == (0, "")
    assert "optimal" in text
    assert "98" in text
    assert cli("verify", instance, out) == (0, "accepted: value 98 ticks\n", "")
    code, text, _ = cli("verify", instance, out, "--json")
    assert code == 0
    assert json.loads(text) == {"objective": 98, "violations": []}


def test_a_wrong_solution_is_violated(cli, instance: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    cli("solve", instance, "--out", out)
    plan = json.loads(out.read_text())
    plan["start"]["fuse"] -= 1
    out.write_text(json.dumps(plan))
    code, text, err = cli("verify", instance, out)
    assert (code, err) == (1, "")
    assert "violated" in text
    code, text, _ = cli("verify", instance, out, "--json")
    assert code == 1
    assert {"rule", "where", "amount"} == set(json.loads(text)["violations"][0])


def test_json_is_one_object_with_the_contracts_fields(cli, instance: Path) -> None:
    code, text, err = cli("solve", instance, "--json", "--threads", 1)
    assert (code, err) == (0, "")
    result = json.loads(text)
    assert set(result) == RESULT_FIELDS
    assert result["status"] == "optimal"
    assert result["objective"] == result["bound"] == 98
    assert result["gap"] == 0
    assert result["threads"] == 1
    assert result["time_limit_s"] == 60


def test_infeasible_is_exit_1_and_writes_nothing(cli, data, tmp_path: Path) -> None:
    data["modalities"][0]["payload_bits"] = 10**6
    path, out = tmp_path / "i.json", tmp_path / "plan.json"
    path.write_text(json.dumps(data))
    for method in ("rtfs", "milp", "auto"):
        code, text, _ = cli("solve", path, "--method", method, "--json", "--out", out)
        result = json.loads(text)
        assert code == 1
        assert result["status"] == "infeasible"
        assert result["objective"] is None
        assert result["gap"] is None
        assert "m0" in result["message"]
        assert not out.exists()


def test_no_time_is_exit_1(cli, instance: Path) -> None:
    code, text, _ = cli("solve", instance, "--method", "cpsat", "--warm-start", "none", "--time-limit", 0, "--json")
    result = json.loads(text)
    assert code == 1
    assert (result["status"], result["termination"]) == ("unknown", "time_limit")


def test_generate_is_a_function_of_the_seed(cli, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        code, _, err = cli("generate", "wnp", "--seed", 5, "--count", 3, "--out", tmp_path / folder, "--cores", 2)
        assert (code, err) == (0, "")
    files = sorted(p.name for p in (tmp_path / "a").iterdir())
    assert len(files) == 3
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
        assert wnpopt.load(tmp_path / "a" / name)


def test_generate_tells_of_what_it_replaces(cli, tmp_path: Path) -> None:
    """Delivery is no part of the name: the second file would stand in the first one's place without a word."""
    options = ("generate", "slide", "--users", 3, "--seed", 1, "--out", tmp_path)
    assert cli(*options)[::2] == (0, "")
    assert cli(*options)[::2] == (0, "")  # the same again
    code, out, err = cli(*options, "--delivery", "multicast")
    file = tmp_path / "slide-vision-3-s1.json"
    assert (code, out) == (0, f"{file}\n")
    assert err == f"wnpopt: warning: {file}: held something else, which is replaced; another --out keeps both\n"
    assert wnpopt.load(file).to_data()["delivery"] == "multicast"
    file.write_text("mine")
    assert "held something else" in cli(*options)[2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["vnp"], ["vnp", "wnp"]),
        (["wnp", "--core", "2"], ["--core", "--cores"]),
        (["wnp", "--cores", "two"], ["--cores", "two"]),
        (["wnp", "--cores"], ["--cores", "no value"]),
        (["wnp", "--cores", "0"], ["--cores", "0", "1 to 1000000"]),
        (["wnp", "--forbidden", "2"], ["--forbidden", "2.0", "0 to 1"]),
        (["wnp", "--forbidden", "1e400"], ["--forbidden", "inf", "0 to 1"]),
        (["wnp", "--preset", "farm"], ["--preset", "'farm'", "factory-robots, vehicle-perception, phone-assistant"]),
        (["slide", "--link", "fibre"], ["--link", "'fibre'", "efficiency, power, mixed"]),
        (["intradp", "--units", "1.5"], ["--units", "'1.5'", "2 to 10000"]),
        (["wnp", "--count", "0"], ["--count", "0", "1 to 1000000"]),
        (["wnp", "--count", "1000000000000"], ["--count", "1000000000000", "1 to 1000000"]),
        (["slide", "--users", "100000000"], ["--users", "100000000", "0 to 1000000"]),
        (["wnp", "--seed", "2147483646", "--count", "3"], ["--seed", "2147483646", "0 to 2147483645"]),
        (["wnp", "--seed", "-1"], ["--seed", "-1", "0 to 2147483647"]),
        (["wnp", "--subgraphs", "3"], ["subgraphs", "3"]),
    ],
)
def test_generate_refuses(arguments: list[str], words: list[str], cli, tmp_path: Path) -> None:
    code, out, err = cli("generate", *arguments, "--out", tmp_path)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    for word in words:
        assert word in err


@pytest.mark.parametrize("name", ["wnp", "slide", "intradp"])
def test_generate_says_what_every_option_takes(name: str, cli) -> None:
    """Default, range and choices of what the family declares, one line an option."""
    code, out, err = cli("generate", name, "--help")
    assert (code, err) == (0, "")
    lines = {line.split()[0]: line for line in out.splitlines() if line.startswith("  --")}
    assert list(lines) == [option.flag for option in registry.family(name).generator_options]
    for option in registry.family(name).generator_options:
        told = lines[option.flag]
        assert f"default: {option.default or ('none' if option.default == '' else option.default)}]" in told
        assert all(choice in told for choice in option.choices)
        assert all(f"{limit:.15g}" in told for limit in (option.least, option.most, option.above) if limit is not None)


def test_export_is_repeatable(cli, instance: Path, tmp_path: Path) -> None:
    for suffix in (".lp", ".mps"):
        paths = [tmp_path / f"{n}{suffix}" for n in "ab"]
        for path in paths:
            assert cli("export", instance, "-o", path)[0] == 0
        assert paths[0].read_bytes() == paths[1].read_bytes()
    code, out, err = cli("export", instance, "-o", tmp_path / "x.mps", "--formulation", "cpsat")
    assert (code, out) == (2, "")
    assert "linear" in err


def test_schema_accepts_what_we_write(cli, instance: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    cli("solve", instance, "--out", out)
    for kind, path in (("wnp", instance), ("wnp-solution", out)):
        code, text, _ = cli("schema", kind)
        assert code == 0
        jsonschema.validate(json.loads(path.read_text()), json.loads(text))
    every = json.loads(cli("schema")[1])
    assert {"wnp", "wnp-solution"} <= set(every)
    assert cli("schema", "nothing")[0] == 2


def test_list(cli) -> None:
    code, text, _ = cli("list", "--json")
    assert code == 0
    peers = {"pyjobshop", "heft", "cpop"}
    own = {"rtfs", "pacs", "pacs-ls", "milp", "cpsat", "lbbd", "auto"}
    assert own == set(json.loads(text)["wnp"]["methods"]) - peers
    assert cli("list")[0] == 0


@pytest.mark.parametrize("names", ordinarily(1, ["slide", "intradp slide wnp"]))
def test_doctor(names: str, cli, monkeypatch) -> None:
    families = tuple(names.split())
    assert set(families) <= set(registry.family_names())
    monkeypatch.setattr(registry, "family_names", lambda: families)
    code, text, _ = cli("doctor", "--json")
    report = json.loads(text)
    assert code == 0
    assert report["healthy"]
    assert {"wnpopt", "highspy", "ortools"} <= set(report["versions"])
    # "milp, cbc": the known case by another solver that is installed here.
    tried = {(check["family"], check["method"].split(", ")[0]) for check in report["checks"]}
    assert tried == {(name, method) for name in families for method in registry.methods(name)}
    assert [row["message"] for row in report["libraries"] if not row["healthy"]] == []
    assert {row["library"] for row in report["libraries"]} >= {"highspy", "ortools", "clarabel"}


@pytest.mark.parametrize("raised", [KeyboardInterrupt, type("Abort", (RuntimeError,), {})])
def test_an_interrupt_before_an_answer_is_one_line(raised: type[BaseException], cli, monkeypatch) -> None:
    def interrupted(*_arguments: object, **_options: object) -> None:
        raise raised

    monkeypatch.setattr("wnpopt.api.solve", interrupted)
    assert cli("doctor") == (1, "", "wnpopt: interrupted before there was an answer\n")


def test_an_interrupted_solve_ends_the_doctor(cli, instance: Path, monkeypatch) -> None:
    calls = []
    done = replace(wnpopt.solve(wnpopt.load(instance), "rtfs"), termination=Termination.INTERRUPTED)

    def interrupted(*_arguments: object, **_options: object) -> object:
        calls.append(1)
        return done

    monkeypatch.setattr("wnpopt.api.solve", interrupted)
    assert cli("doctor") == (1, "", "wnpopt: interrupted before there was an answer\n")
    assert len(calls) == 1


def test_the_picture_is_written(cli, instance: Path, tmp_path: Path) -> None:
    for suffix, magic in ((".png", b"\x89PNG"), (".svg", b"<?xml")):
        path = tmp_path / f"plan{suffix}"
        assert cli("solve", instance, "--plot", path)[0] == 0
        assert path.read_bytes().startswith(magic)


def test_no_heavy_import_for_help() -> None:
    code = (
        "import sys; from wnpopt.cli.main import main; main(['--help']); "
        "names = 'numpy ortools pyomo cvxpy numba scipy matplotlib networkx'.split(); "
        "heavy = set(names) & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


SEVERAL = """
import json, sys
from wnpopt.cli.main import main
for arguments in json.loads(sys.argv[1]):
    if code := main(arguments):
        sys.exit(code)
"""
"""Several commands, one after the other in one process."""


def test_hash_seed_changes_nothing(instance: Path, tmp_path: Path) -> None:
    """Two processes with different hash seeds write the same bytes: solutions of the untimed methods, hash, model."""
    written = []
    for seed in ("1", "2"):
        plans = [tmp_path / f"{method}-{seed}.json" for method in ("rtfs", "pacs")]
        model = tmp_path / f"model-{seed}.mps"
        commands = [
            ["solve", str(instance), "--method", method, "--out", str(out), "--json"]
            for method, out in zip(("rtfs", "pacs"), plans, strict=True)
        ]
        commands.append(["export", str(instance), "-o", str(model)])
        done = subprocess.run(
            [sys.executable, "-c", SEVERAL, json.dumps(commands)],
            capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": seed}, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        hashes, decoder, rest = [], json.JSONDecoder(), done.stdout.lstrip()
        while rest.startswith("{"):
            told, end = decoder.raw_decode(rest)
            hashes.append(told["instance_hash"])
            rest = rest[end:].lstrip()
        assert len(hashes) == 2
        written.append([hashes, *(path.read_bytes() for path in (*plans, model))])
    assert written[0] == written[1]


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance that no method proves in the time of these tests."""
    from wnpopt.core.registry import family

    options = {
        "subgraphs": 60,
        "cores": 6,
        "modalities": 5,
        "resource_blocks": 20,
        "slots": 60,
        "ctr": 1.5,
        "heterogeneity": 0.0,
    }
    path = tmp_path_factory.mktemp("hard") / "hard.json"
    wnpopt.save(family("wnp").generate(options, 1), path)
    return path


TELLING = """
import sys
import wnpopt.api as api
from wnpopt.cli.main import main

def telling(*args, on_progress, solve=api.solve, **more):
    def hear(point):
        if point.objective is not None:
            print("incumbent", file=sys.stderr, flush=True)
        return on_progress(point)
    return solve(*args, on_progress=hear, **more)

api.solve = telling
sys.exit(main(sys.argv[1:]))
"""
"""The command line, which says when there is an incumbent: how long that takes depends on the machine."""


@pytest.mark.parametrize(
    ("method", "number"),
    ordinarily(2, [
        ("auto", signal.SIGINT), ("cpsat", signal.SIGTERM), ("milp", signal.SIGINT), ("lbbd", signal.SIGINT),
        ("milp", signal.SIGTERM), ("cpsat", signal.SIGINT), ("auto", signal.SIGTERM), ("lbbd", signal.SIGTERM),
    ]),
)  # fmt: skip
def test_a_signal_ends_the_run_with_the_incumbent(hard: Path, tmp_path: Path, method: str, number: int) -> None:
    out = tmp_path / "plan.json"
    options = ["solve", hard, "--method", method, "--time-limit", 300, "--threads", 1, "--out", out, "--json"]
    arguments = [sys.executable, "-c", TELLING, *map(str, options)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        while (line := running.stderr.readline()) and line != "incumbent\n":
            pass
        time.sleep(0.5)  # into the solver, or its model: the answer is the same
        running.send_signal(number)
        text, err = running.communicate(timeout=120)
    assert running.returncode == 0, err
    result = json.loads(text)
    assert result["termination"] == "interrupted"
    assert result["status"] == "feasible"
    assert wnpopt.verify(wnpopt.load(hard), wnpopt.load_solution(out)).accepted


@pytest.mark.parametrize(
    ("method", "limit"), ordinarily(3, [(m, s) for s in (0.7, 4.0) for m in ("auto", "cpsat", "lbbd")])
)
def test_the_time_limit_is_kept(hard: Path, method: str, limit: float, cli) -> None:
    """With an incumbent and a bound; and within 1 s + 2 % by the program's own clock, where nobody else computes."""
    cli("solve", hard, "--method", "pacs", "--json")
    code, text, _ = cli("solve", hard, "--method", method, "--time-limit", limit, "--threads", 1, "--json")
    result = json.loads(text)
    assert code == 0
    assert result["status"] == "feasible"
    assert result["termination"] == "time_limit"
    assert result["bound"] is not None
    if os.getloadavg()[0] < 1.5 * (os.cpu_count() or 1):
        # The margin is the contract's; other tests stretch the clock, so the test allows four times that.
        assert result["runtime_s"] <= limit + 4 * (1.0 + 0.02 * limit)


def test_module_and_version() -> None:
    done = process("--version")
    assert done.returncode == 0
    assert done.stdout.strip() == f"wnpopt {wnpopt.__version__}"


@pytest.mark.parametrize(
    "words", [("solve", "{}", "--method", "rtfs", "--out", "p.json"), ("batch", "{}", "--out", "r")]
)
def test_from_a_directory_that_is_gone(
    words: tuple[str, ...], cli, instance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    code, out, err = cli(*(instance if word == "{}" else word for word in words))
    assert (code, out) == (2, "")
    assert err == "wnpopt: the current directory is gone: relative paths need one that is there\n"
