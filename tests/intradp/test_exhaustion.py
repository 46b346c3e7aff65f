"""Every plan of what is tiny by the verifier alone, and no word about what is not."""

from __future__ import annotations

import copy
from itertools import product

import pytest

from tests.intradp.hand import INSTANCE
from tests.intradp.tiny import tiny
from tests.mutations import Change, put
from wnpopt.problems.intradp import exhaustion as file
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import verify


def posed(*changes: Change) -> IntradpInstance:
    data = copy.deepcopy(INSTANCE)
    for change in changes:
        change(data)
    return IntradpInstance.from_data(data)


def best(instance: IntradpInstance, better_than: float | None = None) -> float | None:
    tried = file.exhaust(instance, better_than)
    assert tried.complete
    if tried.solution is None:
        return None
    certificate = verify(instance, tried.solution)
    assert certificate.accepted
    return certificate.objective


def least(instance: IntradpInstance) -> float:
    """The same by a recursion over operators."""
    values = []
    ranges = [[(e, b) for e in range(o.units + 1) for b in range(o.units + 1)] for o in instance.operators]
    ranges[0] = [(instance.operators[0].units,) * 2]
    ranges[-1] = [(instance.operators[-1].units,) * 2]
    for plan in product(*ranges):
        solution = IntradpSolution(
            instance=instance.name, device_end=tuple(e for e, _ in plan), server_begin=tuple(b for _, b in plan)
        )
        certificate = verify(instance, solution)
        if certificate.accepted and certificate.objective is not None:
            values.append(certificate.objective)
    return min(values)


QUICK = put("link", value={"uplink_bytes_per_s": 1e9, "downlink_bytes_per_s": 1e9})


def test_by_hand() -> None:
    """All on the device takes 7 s and 20 J; what is sent takes longer, unless the link is quick."""
    assert best(posed()) == 7
    assert best(posed(put("objective", value="energy"))) == pytest.approx(
        least(posed(put("objective", value="energy")))
    )
    for changes in ((QUICK,), (QUICK, put("objective", value="energy"))):
        value = best(posed(*changes))
        assert value == pytest.approx(least(posed(*changes)), rel=1e-12)
        assert value is not None
        assert value < 7


@pytest.mark.parametrize("seed", range(6))
def test_it_is_the_optimum(seed: int) -> None:
    instance = tiny(seed, 30, objective="energy" if seed % 3 == 2 else "latency")
    assert best(instance) == pytest.approx(least(instance), rel=1e-12)


def test_of_a_plan_that_is_known_only_better_ones() -> None:
    for known, better in (
        (None, 7), (8.0, 7), (7 * (1 + 1e-5), 7), (7 * (1 + 1e-7), None), (7.0, None), (1.0, None),
    ):  # fmt: skip
        assert best(posed(), known) == better, known
    assert best(posed(put("deadline_s", value=7))) == 7
    assert best(posed(put("deadline_s", value=4))) is None


def test_what_is_not_tiny_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """x has 15 plans, y 6."""
    monkeypatch.setattr(file, "MOST", 90)
    assert best(posed()) == 7
    monkeypatch.setattr(file, "MOST", 89)
    assert file.exhaust(posed()) == file.Exhausted(None, complete=False)
    # more operators than plans: the product is not even computed
    monkeypatch.setattr(file, "MOST", 1)
    assert file.exhaust(posed()) == file.Exhausted(None, complete=False)
