"""The verifier: the examples come out exactly, every rule has a solution that breaks it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.intradp.hand import EXPECTED
from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import RULES, replay, verify

DATA = Path(__file__).parent / "data"


def load(name: str, **fields: object) -> tuple[IntradpInstance, IntradpSolution]:
    data = json.loads((DATA / f"{name}.json").read_text()) | fields
    plan = json.loads((DATA / f"{name}.solution.json").read_text())
    return IntradpInstance.from_data(data), IntradpSolution.from_data(plan)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_examples(name: str) -> None:
    instance, solution = load(name)
    optimum, energy, messages = EXPECTED[name]
    certificate = verify(instance, solution)
    assert certificate.accepted
    assert certificate.objective == pytest.approx(optimum, rel=1e-14)
    replayed = replay(instance, solution)
    assert replayed.energy_j == pytest.approx(energy, rel=1e-12)
    found = [("up", m) for m in replayed.uplink] + [("down", m) for m in replayed.downlink]
    found.sort(key=lambda entry: (entry[1].start_s, entry[1].arrival_s))
    assert len(found) == len(messages)
    for (direction, message), (way, tensor, rows, load_, start, arrival) in zip(found, messages, strict=True):
        assert (direction, instance.operators[message.operator].name, message.rows) == (way, tensor, rows)
        assert (message.bytes, message.start_s, message.arrival_s) == pytest.approx((load_, start, arrival))


def test_energy_objective() -> None:
    instance, solution = load("example-skip", objective="energy")
    assert verify(instance, solution).objective == pytest.approx(0.10411034090909091)


@pytest.mark.parametrize(
    ("rule", "fields", "change"),
    [
        ("instance-name", {}, {"instance": "other"}),
        ("device-length", {}, {"device_end": (6, 4)}),
        ("server-length", {}, {"server_begin": (6, 4, 3, 4, 6, 6)}),
        ("rows", {}, {"device_end": (6, 1, 3, 4, 6)}),
        ("rows", {}, {"device_end": (6, 7, 3, 4, 6)}),
        ("input", {}, {"server_begin": (3, 2, 3, 3, 6)}),
        ("output", {}, {"server_begin": (6, 2, 3, 3, 4)}),
        ("transfers", {"transfers": "small"}, {"device_end": (6, 3, 4, 4, 6)}),
        ("deadline", {"deadline_s": 0.0078}, {}),
    ],
)
def test_every_rule_is_enforced(rule: str, fields: dict[str, object], change: dict[str, object]) -> None:
    assert rule in RULES
    instance, solution = load("example-skip", **fields)
    broken = IntradpSolution.from_data({**solution.to_data(), **change})
    certificate = verify(instance, broken)
    assert not certificate.accepted
    assert rule in {violation.rule for violation in certificate.violations}
    if rule in ("device-length", "server-length", "rows", "input", "output"):
        assert certificate.objective is None
        with pytest.raises(InputError):
            replay(instance, broken)


def test_deadline_tolerance() -> None:
    optimum = EXPECTED["example-skip"][0]
    instance, solution = load("example-skip", deadline_s=optimum / (1 + 5e-10))
    assert verify(instance, solution).accepted
    instance, solution = load("example-skip", deadline_s=optimum / (1 + 5e-9))
    assert not verify(instance, solution).accepted
