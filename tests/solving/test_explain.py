"""Why there is no plan, and that what would help does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import wnpopt
from wnpopt import Instance
from wnpopt.cli.main import main
from wnpopt.core import registry
from wnpopt.core.errors import InputError
from wnpopt.core.explanation import Explanation
from wnpopt.problems.wnp.explained.radio import louder


def known(family: str) -> Any:
    case = registry.family(family).doctor
    assert case is not None
    return registry.family(family).instance_type.from_data(dict(case.instance))


def explain(instance: Instance) -> Explanation:
    return wnpopt.explain(instance, time_limit=6.0, threads=1)


def has_a_plan(instance: Instance) -> bool:
    result = wnpopt.solve(instance, time_limit=20.0, threads=1)
    return result.objective is not None


@pytest.fixture(scope="module")
def wnp() -> Any:
    """Payloads of 892 and 797 bits over 5 slots, 2 resource blocks: alone 3601 and 2264 bits arrive."""
    return known("wnp")


def test_what_has_a_plan_needs_nothing(wnp: Any) -> None:
    told = explain(wnp)
    assert (told.verdict, told.causes, told.remedies) == ("feasible", (), ())


def test_a_modality_that_cannot_be_delivered_alone(wnp: Any) -> None:
    posed = wnp.replace({"modalities[1].payload_bits": 2400})
    told = explain(posed)
    assert told.verdict == "infeasible"
    (cause,) = told.causes
    assert (cause.name, cause.binds, cause.amount, cause.unit) == ("m1", "alone", 2400 - 2264, "bits")
    assert {remedy.lever for remedy in told.remedies} == {"slots", "resource blocks", "SNR", "payload"}
    for remedy in told.remedies:
        assert has_a_plan(remedy.applied(posed)), remedy.text


def test_modalities_that_cannot_be_delivered_together(wnp: Any) -> None:
    posed = wnp.replace({"modalities[0].payload_bits": 3000, "modalities[1].payload_bits": 2000})
    told = explain(posed)
    assert told.verdict == "infeasible"
    assert [(cause.name, cause.binds) for cause in told.causes] == [("m0", "jointly"), ("m1", "jointly")]
    assert all(cause.amount is not None and 0 < cause.amount < 3000 for cause in told.causes)
    for remedy in told.remedies:
        assert has_a_plan(remedy.applied(posed)), remedy.text
    assert not has_a_plan(posed)
    share = next(fact.value for fact in told.notes if fact.key == "deliverable_share")
    # The share is an upper limit: a little more of both payloads cannot be delivered either.
    above = {f"modalities[{k}].payload_bits": int(bits * share) + 2 for k, bits in enumerate((3000, 2000))}
    assert not has_a_plan(posed.replace(above))


def test_the_least_slots_are_the_least(wnp: Any) -> None:
    """One modality alone: what it takes follows from the table by hand."""
    posed = wnp.replace({"modalities[1].payload_bits": 2400})
    remedy = next(remedy for remedy in explain(posed).remedies if remedy.lever == "slots")
    fewer = posed.replace(
        {"radio.slots": int(remedy.needed) - 1,
         "radio.bits_per_slot": [[row[: -(-(int(remedy.needed) - 1) // posed.radio.block_slots)] for row in plane]
                                 for plane in remedy.changes["radio.bits_per_slot"]]}
    )  # fmt: skip
    assert not has_a_plan(fewer)


def test_limits_that_bind(wnp: Any) -> None:
    posed = wnp.replace(makespan_limit_ticks=5)
    told = explain(posed)
    assert told.verdict == "infeasible"
    (cause,) = told.causes
    assert cause.name == "makespan"
    assert cause.amount is not None
    (remedy,) = told.remedies
    assert remedy.changes == {"makespan_limit_ticks": remedy.needed}
    assert has_a_plan(remedy.applied(posed))
    assert remedy.needed >= 5 + cause.amount


def test_deadlines_that_bind(wnp: Any) -> None:
    jobs = [{"name": "early", "deadline_ticks": 3}, {"name": "late", "deadline_ticks": 10**6}]
    half = len(wnp.subgraphs) // 2
    posed = wnp.replace(
        {"jobs": jobs, **{f"subgraphs[{i}].job": "early" if i < half else "late" for i in range(len(wnp.subgraphs))}}
    )
    told = explain(posed)
    assert told.verdict == "infeasible"
    assert [cause.name for cause in told.causes] == ["early"]
    assert [remedy.name for remedy in told.remedies] == ["early"]
    assert has_a_plan(told.remedies[0].applied(posed))


def test_a_louder_channel_carries_more() -> None:
    table = np.array([0, 1, 156, 1000, 10**9], dtype=np.int64)
    raised = louder(table, 10.0)
    assert raised[0] == 0
    assert (raised[1:] >= table[1:]).all()
    assert raised[2] == int(156 * np.log2(1 + 10 * (2**1 - 1)))
    assert raised[4] == 10**9 + int(156 * np.log2(10))
    assert (louder(table, 0.0) == table).all()


def test_every_unserved_user_is_told_of() -> None:
    instance = known("slide")
    told = explain(instance)
    solution = wnpopt.solve(instance, time_limit=20.0).solution
    assert solution is not None
    served = {entry.user for entry in solution.served}  # type: ignore[attr-defined]
    missing = [user.name for user in instance.users if user.name not in served]
    assert told.verdict == "unserved"
    assert [cause.name for cause in told.causes] == missing
    before = wnpopt.solve(instance, time_limit=20.0).objective
    assert before is not None
    for remedy in told.remedies:
        after = wnpopt.solve(remedy.applied(instance), time_limit=20.0).objective
        assert after is not None
        assert after > before, remedy.text


def test_the_bandwidth_that_meets_a_deadline() -> None:
    instance = known("intradp")
    least = wnpopt.solve(instance, time_limit=20.0).objective
    assert least is not None
    posed = instance.replace(deadline_s=0.7 * least)
    told = explain(posed)
    assert told.verdict == "infeasible"
    assert next(fact.value for fact in told.notes if fact.key == "least_latency_s") == pytest.approx(least, rel=1e-9)
    assert [remedy.lever for remedy in told.remedies] == ["deadline", "bandwidth"]
    for remedy in told.remedies:
        assert has_a_plan(remedy.applied(posed)), remedy.text
    assert explain(instance).verdict == "feasible"


def test_no_bandwidth_meets_a_deadline_below_what_computing_takes() -> None:
    instance = known("intradp")
    told = explain(instance.replace(deadline_s=1e-9))
    assert [remedy.lever for remedy in told.remedies] == ["deadline"]


def test_a_plan_that_is_not_accepted_explains_nothing() -> None:
    instance = known("slide")
    plan = wnpopt.solve(instance, "greedy").solution
    assert plan is not None
    with pytest.raises(InputError, match="not accepted"):
        wnpopt.explain(instance.replace(bandwidth_hz=1.0), plan)


def test_the_command_tells_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str], wnp: Any) -> None:
    posed = wnp.replace({"modalities[1].payload_bits": 2400})
    wnpopt.save(posed, tmp_path / "i.json")
    assert main(["explain", str(tmp_path / "i.json"), "--time-limit", "6", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["verdict"], told["causes"][0]["amount"]) == ("infeasible", 136)
    assert main(["explain", str(tmp_path / "i.json"), "--time-limit", "6"]) == 0
    shown = " ".join(capsys.readouterr().out.split())  # however wide the terminal is
    assert "136 bits are missing" in shown
    assert "what would help" in shown
