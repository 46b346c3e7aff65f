"""Every registered family and method keeps the contract: the kit, run over the registry."""

from __future__ import annotations

import pytest

from tests.contract.subjects import subjects
from wnpopt import testing

EXCLUDED = {
    "slide": {
        "method-proves:greedy": "it returns no bound: the family's bounds prove its answers, where they are optimal"
    },
}
CASES = [case for s in subjects() for case in testing.cases(s, exclude=EXCLUDED.get(s.family.name))]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_conformance(case: testing.Case) -> None:
    reason = case.run()
    if reason is not None:
        pytest.skip(reason)
