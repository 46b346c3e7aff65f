"""Every method, bound and proof against exhaustion, on a fixed sample, a fresh one and what once differed."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any, cast

import pytest

from tests.examined.draw_wnp import KINDS
from tests.examined.drawn import Drawn, Truth
from tests.examined.examine import DRAWS, TRUTHS, examine
from tests.examined.shrink import shrunk
from wnpopt.problems.wnp.instance import WnpInstance

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
FRESH = {"wnp": 500, "slide": 800, "intradp": 400}
"""Instances of a fresh sample: about half a minute each."""

VARIABLE = "WNPOPT_EXAMINE_SEED"


def differing(family: str, seeds: range) -> list[str]:
    return [f"{family} {seed}: {what}" for seed in seeds for what in examine(DRAWS[family](seed)).mismatches]


@pytest.mark.parametrize(("family", "count"), [("wnp", 10), ("slide", 10), ("intradp", 5)])
def test_a_fixed_sample(family: str, count: int) -> None:
    assert differing(family, range(1_000_000, 1_000_000 + count)) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("family", FRESH)
def test_a_fresh_sample(family: str, part: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Another one each time; the variable WNPOPT_EXAMINE_SEED, set to what is printed, repeats it."""
    first = int(os.environ.get(VARIABLE) or random.SystemRandom().randrange(2_000_000, 2**31))
    count = FRESH[family] // 4
    with capsys.disabled():
        print(f"\n{VARIABLE}={first} ({family}, part {part})")
    seeds = range(first + part * count, first + (part + 1) * count)
    assert differing(family, seeds) == [], f"repeat with {VARIABLE}={first}"


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_what_once_differed(file: Path) -> None:
    kept: dict[str, Any] = json.loads(file.read_text())
    drawn = Drawn(kept["family"], kept["kind"], 0, kept["instance"], kept.get("state"))
    assert examine(drawn).mismatches == [], kept["mismatch"]


@pytest.mark.parametrize(("family", "better"), [("wnp", -1.0), ("intradp", -0.5), ("slide", 1.0)])
def test_a_wrong_answer_is_seen(family: str, better: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are compared with an oracle that knows of something better: every exact method is wrong then."""
    genuine = TRUTHS[family]

    def other(drawn: Drawn) -> Truth:
        truth = genuine(drawn)
        assert truth.best is not None
        return Truth(truth.best + better, truth.best + better)

    monkeypatch.setitem(TRUTHS, family, other)
    seed = next(s for s in range(50) if (t := genuine(DRAWS[family](s))).best is not None and t.best > 1)
    told = "\n".join(examine(DRAWS[family](seed)).mismatches)
    assert "auto" in told or "cpsat" in told
    assert "is called optimal" in told


def test_what_differs_is_shrunk() -> None:
    """To what the fault needs, here one transfer of more than 5 bytes, in a valid instance."""

    def differs(drawn: Drawn) -> bool:
        return any(edge.bytes > 5 for edge in cast(WnpInstance, drawn.instance()).edges)

    drawn = next(d for d in map(DRAWS["wnp"], range(200)) if differs(d) and d.state is None)
    small = shrunk(drawn, differs)
    assert differs(small)
    assert (len(small.data["subgraphs"]), len(small.data["edges"])) == (2, 1)
    assert len(small.data["chip"]["cores"]) == 1
    assert small.data["modalities"] == [] or len(small.data["modalities"]) <= 1
    assert small.data["edges"][0]["bytes"] <= 11


def test_the_corners_are_drawn() -> None:
    drawn = [DRAWS["wnp"](seed) for seed in range(150)]
    assert {d.kind for d in drawn} == set(KINDS)
    assert any(d.state for d in drawn)
    assert any("energy_limit_j" in d.data for d in drawn)
    assert any(d.data["chip"].get("exclusive_bus") for d in drawn)
    assert any(t and t >= 10**7 for d in drawn for s in d.data["subgraphs"] for t in s["ticks"])
    networks = [DRAWS["intradp"](seed).data for seed in range(60)]
    edges = [[e["from"] for e in op["inputs"]] for network in networks for op in network["operators"]]
    assert any(len(sources) > len(set(sources)) for sources in edges)
    windows = [e["window"] for n in networks for op in n["operators"] for e in op["inputs"] if e["window"] != "all"]
    assert any(w["padding"] < 0 for w in windows)
    assert any("deadline_s" in network for network in networks)
    cells = [DRAWS["slide"](seed).data for seed in range(60)]
    assert any("cache_bits" in cell for cell in cells)
    assert {cell.get("delivery", "unicast") for cell in cells} == {"unicast", "multicast"}
