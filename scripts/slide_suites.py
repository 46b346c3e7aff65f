"""Writes instances/slide/<suite>/*.json and their index.json: best known values, bounds and how they were proved.

Every instance is a function of its options and seed. The tiny suite is proved by trying everything (the oracle of the
tests, which shares no code with the methods); the others by the exact methods, verified. Run from the repository:
python scripts/slide_suites.py [SUITE ...]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import wnpopt
from wnpopt.core.jsonio import write_json
from wnpopt.core.result import Status
from wnpopt.problems.slide import SlideInstance
from wnpopt.problems.slide.generate import generate

ROOT = Path(__file__).resolve().parents[1]
SUITES = ROOT / "instances" / "slide"
sys.path.insert(0, str(ROOT))

Options = dict[str, int | float | str]
SLOW: Options = {"compute_scale": 0.05}
"""Devices slow enough for computing to matter."""

RECIPES: dict[str, list[tuple[str, Options]]] = {
    "vision-mix": [
        ("any-30", {"users": 30, "bandwidth_hz": 1e8, **SLOW}),
        ("asked-60", {"users": 60, "requested": 1, "bandwidth_hz": 4e8, **SLOW}),
        ("asked-60-receive", {"users": 60, "requested": 1, "bandwidth_hz": 4e8, "receive_scale": 1.0, **SLOW}),
        ("accurate-100", {"users": 100, "accuracy_share": 0.8, "bandwidth_hz": 4e8, **SLOW}),
        ("blocks-100", {"users": 100, "accuracy_share": 0.5, "bandwidth_hz": 1e8, "resource_block_hz": 360e3, **SLOW}),
        ("power-80", {"users": 80, "accuracy_share": 0.5, "link": "power", "bandwidth_hz": 4e8, **SLOW}),
        ("asked-300-4bit", {"users": 300, "requested": 1, "bits_per_weight": 4.0, "bandwidth_hz": 4e8, **SLOW}),
    ],
    "llm": [
        ("asked-40", {"users": 40, "mix": "llm", "requested": 1, "deadline_s": 8.0, "bandwidth_hz": 4e8}),
        ("asked-40-4bit", {
            "users": 40, "mix": "llm", "requested": 1,
            "deadline_s": 4.0, "bits_per_weight": 4.0, "bandwidth_hz": 4e8,
        }),
        ("short-100", {"users": 100, "mix": "gpt2-32", "deadline_s": 6.0, "bandwidth_hz": 4e8, **SLOW}),
        ("receive-100", {
            "users": 100, "mix": "gpt2-128", "deadline_s": 10.0,
            "receive_scale": 0.3, "bandwidth_hz": 4e8, "energy_scale": 3.0,
        }),
    ],
    "weighted": [
        ("asked-50", {"users": 50, "weighted": 1, "requested": 1, "bandwidth_hz": 2e8, **SLOW}),
        ("asked-200", {"users": 200, "weighted": 1, "requested": 1, "bandwidth_hz": 4e8, **SLOW}),
        ("blocks-200", {"users": 200, "weighted": 1, "accuracy_share": 0.5, "resource_block_hz": 360e3, **SLOW}),
        ("synthetic-400", {"users": 400, "weighted": 1, "mix": "synthetic", "models": 5, "receive_scale": 0.5}),
        ("power-150", {"users": 150, "weighted": 1, "accuracy_share": 0.7, "link": "power", **SLOW}),
    ],
    "multicast": [
        ("asked-100", {"users": 100, "requested": 1, "bandwidth_hz": 2e8, **SLOW}),
        ("asked-300-weighted", {"users": 300, "requested": 1, "weighted": 1, "bandwidth_hz": 2e8, **SLOW}),
        ("asked-100-power", {"users": 100, "requested": 1, "link": "power", "bandwidth_hz": 2e8, **SLOW}),
        ("any-24", {"users": 24, "bandwidth_hz": 5e7, "accuracy_share": 0.6, **SLOW}),
        ("any-24-blocks", {
            "users": 24, "bandwidth_hz": 5e7,
            "accuracy_share": 0.6, "resource_block_hz": 720e3, **SLOW,
        }),
        ("any-40-weighted", {"users": 40, "bandwidth_hz": 8e7, "weighted": 1, "accuracy_share": 0.8, **SLOW}),
    ],
    "cache": [
        ("any-60", {"users": 60, "cache_share": 0.2, "accuracy_share": 0.8, "bandwidth_hz": 4e8, **SLOW}),
        ("asked-100", {"users": 100, "cache_share": 0.5, "requested": 1, "bandwidth_hz": 4e8, **SLOW}),
        ("weighted-60", {"users": 60, "cache_share": 0.4, "requested": 1, "weighted": 1, "bandwidth_hz": 4e8, **SLOW}),
        ("synthetic-80", {
            "users": 80, "mix": "synthetic", "models": 8,
            "cache_share": 0.3, "accuracy_share": 0.7, "weighted": 1,
        }),
        ("multicast-24", {
            "users": 24, "cache_share": 0.4, "delivery": "multicast",
            "accuracy_share": 0.6, "bandwidth_hz": 6e7, **SLOW,
        }),
    ],
}  # fmt: skip


def tiny() -> Iterator[tuple[str, SlideInstance, dict[str, object]]]:
    """One of every variant and some mixes, proved by trying everything."""
    from tests.slide.oracle import optimum
    from tests.slide.tiny import VARIANTS, tiny_instance

    chosen = [frozenset(), *(frozenset({v}) for v in VARIANTS)]
    chosen += [frozenset(v) for v in (("multicast", "cache"), ("weights", "blocks", "lists"), ("power", "receive"))]
    chosen += [frozenset(v) for v in (("multicast", "mixed-links", "weights"), ("cache", "weights", "accuracy"))]
    chosen += [frozenset(VARIANTS)]
    for number, variants in enumerate(chosen):
        # The first seed in which some users are served and some are not.
        for seed in range(1000, 1100):
            instance = tiny_instance(variants, seed + 100 * number)
            best = optimum(instance)
            value = len(instance.users) if instance.objective == "count" else sum(u.weight for u in instance.users)
            if 0 < best < value:
                break
        yield instance.name, instance, {"best": best, "bound": best, "proved": True, "how": "brute force"}


def generated(suite: str) -> Iterator[tuple[str, SlideInstance, dict[str, object]]]:
    """The instances of a recipe with what the exact methods prove."""
    for seed, (label, options) in enumerate(RECIPES[suite], start=1):
        name = f"slide-{suite}-{label}"
        delivery: Options = {"delivery": "multicast"} if suite == "multicast" else {}
        instance = generate({**delivery, **options, "name": name}, seed)
        result = wnpopt.solve(instance, "auto", time_limit=120.0, threads=2)
        assert result.verified, result.message
        proved = result.status is Status.OPTIMAL
        # Floating-point noise of the proof is no news about an integer.
        bound = result.objective if proved else result.bound
        how = f"{result.method} ({result.found_by}), verified; bound by {result.bound_by}"
        print(f"{name:40s} {result.objective:8g} of {len(instance.users):4d} {result.status} {result.runtime_s:6.2f} s")
        yield name, instance, {"best": result.objective, "bound": bound, "proved": proved, "how": how}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suites", nargs="*", default=["tiny", *RECIPES])
    for suite in parser.parse_args().suites:
        folder = SUITES / suite
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.json"):
            old.unlink()
        index = []
        for name, instance, known in tiny() if suite == "tiny" else generated(suite):
            assert isinstance(instance, SlideInstance)
            wnpopt.save(instance, folder / f"{name}.json")
            index.append({"file": f"{name}.json", **known})
        write_json(folder / "index.json", index)


if __name__ == "__main__":
    main()
