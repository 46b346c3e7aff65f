"""Versions of solvers that are known to be wrong, and models of the bugs themselves."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from wnpopt.backends import cpsat, highs, regressions
from wnpopt.backends.ending import Ending, Report
from wnpopt.backends.known_bad import KNOWN_BAD, known_bad, parsed
from wnpopt.backends.regressions import REGRESSIONS, run_all
from wnpopt.core.result import WarmStart
from wnpopt.core.versions import versions


@pytest.mark.parametrize(
    ("installed", "told"),
    [
        ({"highspy": "1.12.0"}, ["scripts/measure_highs.py"]),
        ({"highspy": "1.14.0", "ortools": "9.14.6206"}, ["scripts/measure_highs.py"]),
        ({"highspy": "1.15.1"}, ["or-tools issue 5246"]),
        ({"highspy": "1.16.0", "ortools": "9.14.6206"}, []),
        ({"highspy": "1.17.0rc1"}, ["docs/adr/0004-solver-pins.md"]),
        ({"ortools": "9.15.6755"}, ["or-tools issue 5293"]),
        ({"ortools": "9.11.4210"}, ["pyproject.toml"]),
        ({}, []),
        ({"highspy": "unknown"}, []),
    ],
)
def test_bad_versions_are_known(installed: dict[str, str], told: list[str]) -> None:
    assert [bad.source for bad, _ in known_bad(installed)] == told


def test_each_has_a_reason_and_what_is_installed_is_good() -> None:
    assert all(bad.reason and bad.source for bad in KNOWN_BAD)
    assert [bad for bad, _ in known_bad(versions()) if not bad.guarded] == []
    assert parsed("1.16.0.post1") == (1, 16, 0)


def lying(value: float) -> Any:
    return lambda *_a, **_k: Report(Ending.OPTIMAL, value, value, None, WarmStart.NONE, "", 0.0)


def test_the_bugs_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """With libraries that have them: HiGHS's 10059, a sum that has overflowed, and a status that is missing."""
    monkeypatch.setattr(highs, "solve_highs", lying(10059.0))
    assert regressions.highs_near_ties() == "calls 10059.0 optimal, 10058 can be reached"
    monkeypatch.setattr(cpsat, "solve_cpsat", lying(-7.0))
    assert "optimal with a bound of -7.0" in regressions.cpsat_wide_sums()
    failed = Report(Ending.FAILED, None, None, None, WarmStart.NONE, "", 0.0)
    monkeypatch.setattr(highs, "solve_highs", lambda *_a, **_k: failed)
    assert "ends in failed with 1 threads" in regressions.highs_threads()


def test_the_libraries_that_are_installed_have_none_of_them() -> None:
    assert {made.name: made.message for made in run_all()} == {name: "" for _, name, _ in REGRESSIONS}


@pytest.mark.parametrize(
    ("stdout", "messages"),
    [
        ('{"message": ""}\n', ["", "the process ended with exit code -6"]),
        ("banner\n", ["prints: 'banner'", "the process ended with exit code -6"]),
        ("", ["the process ended with exit code -6"]),
    ],
)
def test_a_library_that_ends_the_process_or_prints_is_told(
    stdout: str, messages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = subprocess.CompletedProcess([], -6, stdout, "Check failed")
    monkeypatch.setattr(subprocess, "run", lambda *_a, **_k: ran)
    assert [made.message for made in run_all()] == messages
