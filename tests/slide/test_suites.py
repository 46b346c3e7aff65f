"""The stored suites: every value is found again and proved again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import wnpopt
from tests.slide.oracle import optimum
from wnpopt.core.result import Status
from wnpopt.problems.slide import SlideInstance
from wnpopt.problems.slide.generate import generate

SUITES = Path(__file__).parents[2] / "instances" / "slide"
NAMES = ("tiny", "vision-mix", "llm", "weighted", "multicast", "multicast-free", "cache")


def entries(suite: str) -> list[dict[str, object]]:
    return json.loads((SUITES / suite / "index.json").read_text())  # type: ignore[no-any-return]


@pytest.mark.parametrize("suite", NAMES)
def test_index_lists_every_file_with_what_is_known(suite: str) -> None:
    listed = [entry["file"] for entry in entries(suite)]
    assert sorted(str(file) for file in listed) == sorted(
        f.name for f in (SUITES / suite).glob("*.json") if f.name != "index.json"
    )
    for entry in entries(suite):
        assert set(entry) - {"method", "version", "date", "instance_hash"} == {"file", "best", "bound", "proved", "how"}
        assert (entry["best"] == entry["bound"]) >= bool(entry["proved"])


@pytest.mark.parametrize("suite", NAMES)
def test_values_are_found_and_proved_again(suite: str) -> None:
    for entry in entries(suite):
        instance = wnpopt.load(SUITES / suite / str(entry["file"]))
        assert isinstance(instance, SlideInstance)
        result = wnpopt.solve(instance, "auto", threads=1)
        assert result.objective == pytest.approx(entry["best"], rel=1e-12), entry["file"]
        assert (result.status is Status.OPTIMAL) == entry["proved"], entry["file"]


def test_tiny_values_are_brute_force_s() -> None:
    for entry in entries("tiny"):
        instance = wnpopt.load(SUITES / "tiny" / str(entry["file"]))
        assert isinstance(instance, SlideInstance)
        assert entry["how"] == "brute force"
        assert entry["best"] == pytest.approx(optimum(instance), rel=1e-12)
        total = len(instance.users) if instance.objective == "count" else sum(u.weight for u in instance.users)
        assert 0 < float(str(entry["best"])) < total


def large() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SUITES / "multicast-free" / "large.jsonl").read_text().splitlines()]


def test_large_instances_are_listed_with_their_recipes() -> None:
    users = [entry["options"]["users"] for entry in large()]
    assert (min(users), max(users)) == (1000, 20000)
    for entry in large():
        assert set(entry) == {"name", "seed", "options", "best", "bound", "proved", "how"}
        assert entry["proved"], entry["name"]
        assert entry["best"] == entry["bound"]


def prove_again(entry: dict[str, Any]) -> None:
    instance = generate({**entry["options"], "name": entry["name"]}, entry["seed"])
    result = wnpopt.solve(instance, "auto", threads=1, time_limit=None)
    assert (result.status, result.objective) == (Status.OPTIMAL, entry["best"]), entry["name"]


def test_a_thousand_users_are_proved_again() -> None:
    for entry in large()[:2]:
        prove_again(entry)


@pytest.mark.slow
def test_all_large_values_are_proved_again() -> None:
    for entry in large():
        prove_again(entry)
