"""Every registered family and method keeps the contract: the kit, run over the registry."""

from __future__ import annotations

import pytest

from tests.contract.subjects import subjects
from wnpopt import testing

CASES = [case for s in subjects() for case in testing.cases(s)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_conformance(case: testing.Case) -> None:
    reason = case.run()
    if reason is not None:
        pytest.skip(reason)
