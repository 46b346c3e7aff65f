"""What has to be left of runs that told a solution and a bound before they broke, wherever they ran."""

from __future__ import annotations

from pathlib import Path

import wnpopt
from wnpopt.bench.store.recheck import recheck
from wnpopt.bench.store.record import Failure
from wnpopt.bench.store.store import Store

TOLD = {
    "tell_abort": (Failure.CRASH, "no luck"),
    "tell_hang": (Failure.TIMEOUT, "killed after"),
    "tell_devour": (Failure.MEMORY, "above the limit of 0.75 GiB"),
    "tell_fail": (Failure.ERROR, r"RuntimeError: no\nluck (trouble_package.py:"),
    "tell_lies": (Failure.CRASH, "the verifier rejected an incumbent of tell_lies"),
}


def check_what_was_known(out: Path, folder: Path) -> None:
    """Each of these runs broke, and its record has the solution and the bound that it had told before."""
    instance = wnpopt.load(folder / "w1.json")
    alone = wnpopt.solve(instance, "rtfs")
    for key, record in Store.open(out).latest().items():
        result, (failure, words) = record.result, TOLD[key.method]
        assert record.failure is failure, result.message
        assert words in result.message, (key.method, result.message)
        assert (result.status, result.termination, result.verified) == ("feasible", "error", True)
        assert (result.objective, result.found_by) == (alone.objective, key.method)
        assert result.runtime_s is not None
        assert result.runtime_s >= 0
        if key.method == "tell_fail":  # an exception leaves a worker that can still ask the family for a bound
            assert result.bound is not None
            assert result.bound > 1
        else:
            expected = (None, None) if key.method == "tell_lies" else (1, "the trouble package")
            assert (result.bound, result.bound_by) == expected
        assert Store(out).solution(record) == alone.solution
        assert (record.integral, str(record.package)) == (True, "trouble 1.0")
    assert {check.deviation for check in recheck(Store(out))} == {None}
    assert all(check.accepted for check in recheck(Store(out)))
