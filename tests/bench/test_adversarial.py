"""Adversarial search: it finds what there is to find, keeps it, and says nothing that is not verified."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.registered import registered
from wnpopt import api
from wnpopt.bench.adversarial.annealing import Cooling
from wnpopt.bench.adversarial.archive import Example, Finished, Session, Step, read_history
from wnpopt.bench.adversarial.comparison import Kind, MethodAnswer, answer, ratio_of, score
from wnpopt.bench.adversarial.search import SearchProgress, SearchSummary, adversarial
from wnpopt.cli.bench.adversarial import adversarial as command
from wnpopt.core import registry
from wnpopt.core.bound import Bound
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import InputError
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.status import Status, Termination
from wnpopt.problems.wnp.instance import WnpInstance

INSTANCES = Path(__file__).resolve().parents[2] / "instances"


def tiny(number: int) -> Instance:
    return api.load(INSTANCES / "wnp" / "tiny" / f"tiny-{number:02}.json")


def larger() -> Instance:
    """One that has too many plans for all to be tried: a wrong bound shows in another method's plan alone."""
    return api.load(INSTANCES / "wnp" / "small" / "small-h0-s0.json")


def files(folder: Path) -> dict[str, bytes]:
    """Everything that does not tell of interruptions."""
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.name != "adversarial.jsonl"}


def check_folder(out: Path, summary: SearchSummary) -> None:
    """Every file that the summary names is there, verifies again, and has the score that the summary tells."""
    assert json.loads((out / "summary.json").read_text())["evaluated"] == summary.evaluated
    named = set()
    for entry in (*summary.worst, *summary.without_ratio, *summary.defects):
        instance = api.load(out / entry.file)
        assert instance.instance_hash == entry.instance_hash
        assert instance.name == entry.instance
        if entry.step > 0:
            assert instance.source is not None
            assert f"restart {entry.restart}, step {entry.step}" in instance.source
            assert next(s.instance_hash for s in summary.starts if s.name == entry.start) in instance.source
        stem = entry.file.removesuffix(".json")
        named |= {entry.file}
        for side, told in (("A", entry.score.a), ("B", entry.score.b)):
            path = out / f"{stem}.{side}.json"
            assert path.exists() == (told.objective is not None)
            if told.objective is None:
                continue
            named.add(path.name)
            certificate = api.verify(instance, api.load_solution(path))
            assert certificate.accepted
            assert certificate.objective == told.objective
    assert named == set(files(out)) - {"summary.json"}
    ratios = [entry.score.ratio for entry in summary.worst]
    assert ratios == sorted(ratios, reverse=True)
    assert len({entry.instance_hash for entry in summary.worst}) == len(summary.worst)
    assert len({entry.restart for entry in summary.worst}) == len(summary.worst)


def test_it_makes_rtfs_lose_more_than_at_the_start(tmp_path: Path) -> None:
    start = tiny(14)
    summary = adversarial([start], "rtfs", "pacs", out=tmp_path / "out", steps=30, restarts=2, seed=1)
    first = score(answer(start, "rtfs", 0, None), answer(start, "pacs", 0, None), "min", True)
    assert first.ratio is not None
    assert summary.worst[0].score.ratio is not None
    assert summary.worst[0].score.ratio > 1.2 * first.ratio
    assert len(summary.worst) == 2
    assert summary.complete
    assert summary.repeatable
    assert not summary.defects
    check_folder(tmp_path / "out", summary)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, 23), seed=st.integers(0, 2**31 - 1))
def test_pacs_is_never_worse_than_rtfs(tmp_path_factory: pytest.TempPathFactory, number: int, seed: int) -> None:
    """What pacs promises, put to the test where it would most likely break."""
    out = tmp_path_factory.mktemp("never")
    summary = adversarial([tiny(number)], "pacs", "rtfs", out=out, steps=12, restarts=1, seed=seed)
    assert all(entry.score.ratio is not None and entry.score.ratio <= 1 for entry in summary.worst)
    assert summary.without_ratio == ()
    assert summary.defects == ()
    assert summary.worst


@pytest.mark.parametrize(
    ("file", "method", "against"),
    [
        ("slide/tiny/tiny-lists-1501.json", "equal", "greedy"),
        ("intradp/tiny/intradp-residual-7x5-s11.json", "device-only", "layer-cut"),
    ],
)
def test_the_other_families_and_senses(tmp_path: Path, file: str, method: str, against: str) -> None:
    start = api.load(INSTANCES / file)
    summary = adversarial([start], method, against, out=tmp_path, steps=40, restarts=2, seed=4)
    assert summary.worst[0].score.ratio is not None
    assert summary.worst[0].score.ratio > 1.1
    check_folder(tmp_path, summary)
    best = summary.worst[0].score
    assert best.a.objective is not None
    assert best.b.objective is not None
    assert (best.a.objective > best.b.objective) == (summary.sense == "min")
    assert best.a.gap is not None
    assert best.b.gap is not None
    assert best.a.gap > best.b.gap >= 0


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    starts = [tiny(3), tiny(14)]
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        adversarial(starts, "rtfs", "pacs", out=tmp_path / name, steps=8, restarts=2, seed=seed)
    history = "adversarial.jsonl"
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert (tmp_path / "a" / history).read_bytes() == (tmp_path / "b" / history).read_bytes()
    assert files(tmp_path / "a") != files(tmp_path / "c")


@pytest.mark.slow
def test_a_search_that_was_cut_goes_on(tmp_path: Path) -> None:
    """Killed in the middle of a line: what was found stands, and the end is that of an undisturbed search."""
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    adversarial([tiny(14)], "rtfs", "pacs", out=whole, steps=25, restarts=3)
    cut.mkdir()
    lines = (whole / "adversarial.jsonl").read_bytes().splitlines(keepends=True)
    half = len(lines) // 2
    (cut / "adversarial.jsonl").write_bytes(b"".join(lines[:half]) + lines[half][:50])
    summary = adversarial([tiny(14)], "rtfs", "pacs", out=cut, steps=25, restarts=3)
    check_folder(cut, summary)
    assert files(cut) == files(whole)
    events = list(read_history(cut / "adversarial.jsonl"))
    assert sum(isinstance(event, Session) for event in events) == 2
    assert len([event for event in events if isinstance(event, Finished)]) == 3
    # Nothing is left to do: a third call changes nothing but the history.
    adversarial([tiny(14)], "rtfs", "pacs", out=cut, steps=25, restarts=3)
    assert files(cut) == files(whole)
    # More restarts and fewer files are the same search.
    more = adversarial([tiny(14)], "rtfs", "pacs", out=cut, steps=25, restarts=4, top=2)
    assert (more.restarts_finished, len(more.worst)) == (4, 2)
    check_folder(cut, more)


def test_ctrl_c_keeps_what_was_found(tmp_path: Path) -> None:
    seen: list[SearchProgress] = []

    def interrupt(progress: SearchProgress) -> None:
        seen.append(progress)
        if len(seen) == 30:
            os.kill(os.getpid(), signal.SIGINT)

    summary = adversarial([tiny(14)], "rtfs", "pacs", out=tmp_path, steps=50, restarts=4, on_progress=interrupt)
    assert len(seen) == 30
    assert not summary.complete
    assert not summary.repeatable
    assert summary.worst[0].score.ratio == seen[-1].worst
    check_folder(tmp_path, summary)


def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    program = (
        "from pathlib import Path\nfrom wnpopt import api\nfrom wnpopt.bench.adversarial.search import adversarial\n"
        f"start = api.load({str(INSTANCES / 'wnp' / 'tiny' / 'tiny-14.json')!r})\n"
        f"adversarial([start], 'rtfs', 'pacs', out={str(out)!r}, steps=100000, restarts=1)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program])
    try:
        until = time.monotonic() + 300
        while not (out / "worst-1.json").exists() or len(list(read_history(out / "adversarial.jsonl"))) < 12:
            assert time.monotonic() < until
            assert child.poll() is None
            time.sleep(0.05)
    finally:
        child.kill()
        child.wait()
    found = [event for event in read_history(out / "adversarial.jsonl") if isinstance(event, Example)]
    worst = max(found, key=lambda example: example.score.ratio or 0.0)
    summary = adversarial([tiny(14)], "rtfs", "pacs", out=out, steps=100000, restarts=1, total_time=0.01)
    assert summary.worst[0].instance_hash == worst.instance_hash
    check_folder(out, summary)


def test_one_process_and_one_search_a_folder(tmp_path: Path) -> None:
    refused: list[str] = []

    def intrude(progress: SearchProgress) -> None:
        if progress.step == 1:
            with pytest.raises(InputError, match="another search is writing here") as caught:
                adversarial([tiny(14)], "rtfs", "pacs", out=tmp_path, steps=2, restarts=1)
            refused.append(str(caught.value))

    adversarial([tiny(14)], "rtfs", "pacs", out=tmp_path, steps=2, restarts=1, on_progress=intrude)
    assert len(refused) == 1
    before = files(tmp_path)
    for changed in (
        {"method": "pacs", "against": "rtfs"},
        {"steps": 3},
        {"seed": 1},
        {"starts": [tiny(13)]},
    ):
        arguments: dict[str, object] = {"starts": [tiny(14)], "method": "rtfs", "against": "pacs", "steps": 2}
        with pytest.raises(InputError, match="holds another search"):
            adversarial(**{**arguments, **changed}, out=tmp_path, restarts=1)  # type: ignore[arg-type]
    assert files(tmp_path) == before
    stranger = tmp_path / "elsewhere"
    stranger.mkdir()
    (stranger / "worst-1.json").write_text("mine")
    with pytest.raises(InputError, match="another folder is needed"):
        adversarial([tiny(14)], "rtfs", "pacs", out=stranger, steps=1, restarts=1)
    assert (stranger / "worst-1.json").read_text() == "mine"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"starts": []}, "at least one instance"),
        ({"method": "pac"}, "the methods of wnp are"),
        ({"against": "rtfs"}, "another method is needed"),
        ({"steps": -1}, "steps: found -1"),
        ({"restarts": 0}, "restarts: found 0"),
        ({"seed": -1}, "seed: found -1"),
        ({"time_limit": math.nan}, "time_limit: found nan"),
        ({"total_time": 0.0}, "total_time: found 0"),
        ({"top": 0}, "top: found 0"),
    ],
)
def test_bad_arguments_leave_no_folder(tmp_path: Path, changed: dict[str, object], message: str) -> None:
    arguments: dict[str, object] = {"starts": [tiny(14)], "method": "rtfs", "against": "pacs"}
    with pytest.raises(InputError, match=message):
        adversarial(**{**arguments, **changed}, out=tmp_path / "out")  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_families_and_refused_fields(tmp_path: Path) -> None:
    slide = api.load(INSTANCES / "slide" / "tiny" / "tiny-multicast-1800.json")
    with pytest.raises(InputError, match="one family is needed"):
        adversarial([tiny(14), slide], "rtfs", "pacs", out=tmp_path / "out")
    with pytest.raises(InputError, match=r"delivery: .*start"):
        adversarial([slide], "equal", "greedy", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


# Planted methods, registered as those of another package would be. They behave as long as a hop takes HOP ticks.

HOP = tiny(14).to_data()["chip"]["hop_ticks"]  # type: ignore[index]


def _pacs(instance: WnpInstance, context: Context[Solution]) -> Outcome[Solution]:
    return registry.method("wnp", "pacs").run(instance, context)


def _late(instance: WnpInstance, context: Context[Solution]) -> Outcome[Solution]:
    """pacs, but on a chip with another hop everything starts a long while later."""
    found = _pacs(instance, context)
    if found.solution is None or instance.chip.hop_ticks == HOP:
        return found
    data = found.solution.to_data()
    start = data["start"]
    assert isinstance(start, dict)
    data["start"] = {name: ticks + 10_000 for name, ticks in start.items()}
    return Outcome(type(found.solution).from_data(data), Termination.HEURISTIC)


def _none(instance: WnpInstance, context: Context[Solution]) -> Outcome[Solution]:
    """pacs, but nothing on a chip with another hop."""
    found = _pacs(instance, context)
    return found if instance.chip.hop_ticks == HOP else Outcome(None, Termination.HEURISTIC)


def _boastful(instance: WnpInstance, context: Context[Solution]) -> Outcome[Solution]:
    """rtfs, with its own value for a bound."""
    found = registry.method("wnp", "rtfs").run(instance, context)
    if found.solution is None:
        return found
    objective = context.verified_objective(found.solution)
    assert objective is not None
    return Outcome(found.solution, Termination.PROVED, bounds=(Bound(objective, "boast"),))


def _raises(instance: WnpInstance, context: Context[Solution]) -> Outcome[Solution]:
    if instance.chip.hop_ticks != HOP:
        raise ZeroDivisionError("hop")
    return _pacs(instance, context)


def _wrong(instance: WnpInstance, context: Context[Solution]) -> Outcome[Solution]:
    found = _pacs(instance, context)
    if found.solution is None or instance.chip.hop_ticks == HOP:
        return found
    data = found.solution.to_data()
    data["start"] = dict.fromkeys(data["start"], 0)  # type: ignore[call-overload]
    return Outcome(type(found.solution).from_data(data), Termination.HEURISTIC)


LATE, NONE, BOASTFUL, RAISES, WRONG = (
    Method(family="wnp", name=name, summary="planted", proves=Proof.NOTHING, run=run)
    for name, run in (
        ("late", _late), ("none", _none), ("boastful", _boastful), ("raises", _raises), ("wrong", _wrong)
    )
)  # fmt: skip


@pytest.fixture
def planted() -> Iterator[None]:
    with registered(__name__, ("late", "none", "boastful", "raises", "wrong")):
        yield


@pytest.mark.slow
@pytest.mark.usefixtures("planted")
def test_a_planted_bad_method_is_found_out(tmp_path: Path) -> None:
    summary = adversarial([tiny(14)], "late", "pacs", out=tmp_path, steps=60, restarts=2)
    assert summary.worst[0].score.ratio is not None
    assert summary.worst[0].score.ratio > 10
    worst = api.load(tmp_path / "worst-1.json")
    assert isinstance(worst, WnpInstance)
    assert worst.chip.hop_ticks != HOP
    check_folder(tmp_path, summary)


@pytest.mark.slow
@pytest.mark.usefixtures("planted")
def test_finding_nothing_is_kept_apart_and_is_no_number(tmp_path: Path) -> None:
    summary = adversarial([tiny(14)], "none", "pacs", out=tmp_path, steps=60, restarts=2)
    assert {entry.score.kind for entry in summary.without_ratio} == {Kind.FAILS}
    assert all(entry.score.ratio is None for entry in summary.without_ratio)
    assert all(entry.score.ratio == 1 for entry in summary.worst)
    check_folder(tmp_path, summary)
    assert not (tmp_path / "apart-1.A.json").exists()
    assert (tmp_path / "apart-1.B.json").exists()


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize(
    ("method", "against", "reason"),
    [
        ("pacs", "boastful", "boast is contradicted by a verified solution"),  # all plans are tried
        pytest.param("boastful", "pacs", "boast is contradicted by a verified solution", marks=pytest.mark.slow),
        pytest.param("raises", "pacs", "raises: raises failed: ZeroDivisionError: hop", marks=pytest.mark.slow),
        ("rtfs", "wrong", "the verifier rejected the solution of wrong"),
    ],
)
def test_contradictions_are_defects(tmp_path: Path, method: str, against: str, reason: str) -> None:
    summary = adversarial([tiny(14)], method, against, out=tmp_path, steps=20, restarts=1)
    assert len(summary.defects) == 1
    assert reason in summary.defects[0].score.reason
    assert summary.defects[0].score.ratio is None
    check_folder(tmp_path, summary)


def given_answer(objective: float | None, bound: float | None = None, status: Status = Status.FEASIBLE) -> MethodAnswer:
    """An answer of a real run with other numbers in it."""
    from dataclasses import replace

    found = answer(tiny(14), "pacs", 0, None)
    assert found.result is not None
    bound_by = None if bound is None else "test"
    return MethodAnswer(replace(found.result, objective=objective, bound=bound, bound_by=bound_by, status=status))


def test_scores_by_hand() -> None:
    assert ratio_of(12, 10, "min") == 1.2
    assert ratio_of(10, 12, "min") == 10 / 12
    assert ratio_of(10, 12, "max") == 1.2
    assert ratio_of(0, 0, "max") == 1
    assert ratio_of(0, 0, "min") == 1
    assert ratio_of(3, 0, "min") is None
    assert ratio_of(0, 3, "max") is None
    assert ratio_of(0, 3, "min") == 0
    assert ratio_of(1.0, 1.0 + 1e-12, "min") == 1

    def kind(a: MethodAnswer, b: MethodAnswer) -> Kind:
        return score(a, b, "min", True).kind

    assert kind(given_answer(12), given_answer(10)) is Kind.RATIO
    assert kind(given_answer(None), given_answer(10)) is Kind.FAILS
    assert kind(given_answer(12), given_answer(None)) is Kind.OPEN
    assert kind(given_answer(None), given_answer(None)) is Kind.OPEN
    assert kind(given_answer(12), given_answer(0)) is Kind.NO_RATIO
    assert kind(given_answer(None, status=Status.INFEASIBLE), given_answer(10)) is Kind.DEFECT
    assert kind(given_answer(9), given_answer(10, bound=10)) is Kind.DEFECT
    assert kind(given_answer(12, bound=11), given_answer(10)) is Kind.DEFECT
    assert kind(given_answer(12), given_answer(10, bound=10)) is Kind.RATIO
    told = score(given_answer(12, bound=8), given_answer(10, bound=9), "min", True)
    assert (told.bound, told.a.gap, told.b.gap) == (9, 0.25, 0.1)
    assert score(given_answer(10), given_answer(9, bound=9.5), "max", False).kind is Kind.DEFECT
    assert score(given_answer(9, bound=9 - 1e-7), given_answer(9), "max", False).kind is Kind.DEFECT
    assert score(given_answer(9, bound=9 - 1e-9), given_answer(9), "max", False).kind is Kind.RATIO
    big = 20_000_004
    assert kind(given_answer(big + 1, bound=big + 1), given_answer(big)) is Kind.DEFECT
    assert kind(given_answer(big + 1), given_answer(big, bound=big)) is Kind.RATIO


def test_cooling() -> None:
    cooling = Cooling(100)
    temperatures = [cooling.temperature(step) for step in range(1, 101)]
    assert temperatures[0] == pytest.approx(0.05)
    assert temperatures[-1] == pytest.approx(0.002)
    assert temperatures == sorted(temperatures, reverse=True)
    assert cooling.accepts(1.0, 1.0, 50, 0.999)
    assert cooling.accepts(-math.inf, -math.inf, 50, 0.999)
    assert not cooling.accepts(-math.inf, 0.0, 1, 0.0)
    assert cooling.accepts(-0.05, 0.0, 1, 0.36)
    assert not cooling.accepts(-0.05, 0.0, 1, 0.37)
    assert Cooling(1).temperature(1) == pytest.approx(0.05)


@pytest.mark.slow
def test_the_history_tells_every_move(tmp_path: Path) -> None:
    summary = adversarial([tiny(14)], "rtfs", "pacs", out=tmp_path, steps=30, restarts=2)
    events = list(read_history(tmp_path / "adversarial.jsonl"))
    moves = [event for event in events if isinstance(event, Step)]
    assert sum(move.step > 0 for move in moves) == summary.accepted
    assert [move.restart for move in moves if move.step == 0] == [0, 1]
    assert moves[0].instance_hash == tiny(14).instance_hash
    for restart in (0, 1):
        ratios = [event.score.ratio for event in events if isinstance(event, Example) and event.restart == restart]
        assert ratios == sorted(ratios)
        worst = next(entry for entry in summary.worst if entry.restart == restart)
        assert worst.score.ratio == ratios[-1]


# The command.

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def bench(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """``adversarial`` as a command of its own, with wnpopt's exit codes: (code, stdout, stderr)."""
    import typer

    from wnpopt.cli import main

    def run(*arguments: object) -> tuple[int, str, str]:
        app = typer.Typer(add_completion=False)
        app.callback()(lambda: None)
        app.command("adversarial")(command)
        monkeypatch.setattr(main, "app", app)
        capsys.readouterr()
        code = main.main(["adversarial", *map(str, arguments)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_command(bench: Command, tmp_path: Path) -> None:
    source = tmp_path / "folder"
    source.mkdir()
    api.save(tiny(14), source / "one.json")
    solution = answer(tiny(14), "rtfs", 0, None).solution
    assert solution is not None
    api.save(solution, source / "solution.json")
    (source / "index.json").write_text("[]")
    asked = (source, "--method", "rtfs", "--against", "pacs", "--steps", 5, "--restarts", 2, "--out", tmp_path / "out")
    code, text, err = bench(*asked)
    assert (code, err) == (0, "")
    assert "rtfs against pacs" in text
    assert "worst-1.json" in text
    assert "2 of 2 restarts finished, 12 instances compared in them" in text
    code, text, err = bench(*asked, "--json")
    assert (code, err) == (0, "")
    assert json.loads(text) == json.loads((tmp_path / "out" / "summary.json").read_text())
    assert json.loads(text)["evaluated"] == 12


def test_command_generates_its_starts(bench: Command, tmp_path: Path) -> None:
    asked = ("--family", "intradp", "--method", "server-only", "--against", "layer-cut", "--steps", 2, "--seed", 9)
    code, text, _ = bench(*asked, "--restarts", 2, "--json", "--out", tmp_path)
    assert code == 0
    made = [registry.family("intradp").generate({}, seed).name for seed in (9, 10)]
    assert [start["name"] for start in json.loads(text)["starts"]] == made


def test_command_errors(bench: Command, tmp_path: Path) -> None:
    file = INSTANCES / "wnp" / "tiny" / "tiny-14.json"
    out = ("--out", tmp_path / "out")
    for arguments, message in (
        ((file, "--against", "pacs", *out), "wnpopt: --method: is missing\n"),
        ((file, "--method", "pacs", *out), "wnpopt: --against: is missing\n"),
        ((file, "--method", "pacs", "--against", "rtfs"), "wnpopt: --out: is missing\n"),
        (("--method", "pacs", "--against", "rtfs", *out), "INSTANCES: there is none"),
        ((tmp_path, "--method", "pacs", "--against", "rtfs", *out), "holds no file *.json"),
        ((tmp_path / "no", "--method", "pacs", "--against", "rtfs", *out), "no such file or directory"),
        ((file, "--method", "pacs", "--against", "rtfs", "--steps", "x", *out), "an integer is needed"),
        (("--family", "wnp", "--restarts", -2, "--method", "pacs", "--against", "rtfs", *out), "restarts: found -2"),
        (("--family", "nop", "--method", "pacs", "--against", "rtfs", *out), "the families are"),
    ):
        code, text, err = bench(*arguments)
        assert (code, text) == (2, ""), arguments
        assert message in err
        assert err.count("\n") == 1


@pytest.mark.usefixtures("planted")
def test_command_exit_code_of_a_defect(bench: Command, tmp_path: Path) -> None:
    api.save(larger(), tmp_path / "start.json")
    code, text, err = bench(
        tmp_path / "start.json", "--method", "pacs", "--against", "boastful", "--steps", 1, "--restarts", 1, "--out",
        tmp_path / "out",
    )  # fmt: skip
    assert (code, err) == (3, "")
    assert "DEFECTS" in text
    assert "defect-1.json: boastful has the bound" in text
