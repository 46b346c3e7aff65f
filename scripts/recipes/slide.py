"""The suites of slide: best known values, bounds and how they were proved.

The tiny suite is proved by trying everything (the oracle of the tests, which shares no code with the methods); the
others by the exact methods, verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import wnpopt
from tests.slide.oracle import optimum
from tests.slide.tiny import VARIANTS, tiny_instance
from wnpopt.core.result import Status
from wnpopt.problems.slide import SlideInstance
from wnpopt.problems.slide.generate import generate

TIME_LIMIT = 120.0
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
    "multicast-free": [
        ("any-200", {"users": 200, "accuracy_share": 0.7}),
        ("weighted-200", {"users": 200, "accuracy_share": 0.7, "weighted": 1, "bandwidth_hz": 4e7, **SLOW}),
        ("cache-200", {"users": 200, "accuracy_share": 0.7, "cache_share": 0.5}),
        ("power-200", {"users": 200, "accuracy_share": 0.7, "link": "power"}),
        ("blocks-200", {"users": 200, "accuracy_share": 0.7, "resource_block_hz": 360e3}),
        ("synthetic-200", {
            "users": 200, "accuracy_share": 0.7, "mix": "synthetic", "models": 6, "bandwidth_hz": 3e7,
        }),
        ("lists-200", {"users": 200, "mix": "synthetic", "models": 8, "longest_list": 3, "bandwidth_hz": 3e7}),
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


def tiny() -> Iterator[SlideInstance]:
    """One of every variant and some mixes, each of the first seed in which some users are served and some are not."""
    chosen = [frozenset(), *(frozenset({v}) for v in VARIANTS)]
    chosen += [frozenset(v) for v in (("multicast", "cache"), ("weights", "blocks", "lists"), ("power", "receive"))]
    chosen += [frozenset(v) for v in (("multicast", "mixed-links", "weights"), ("cache", "weights", "accuracy"))]
    chosen += [frozenset(VARIANTS)]
    for number, variants in enumerate(chosen):
        for seed in range(1000, 1100):
            instance = tiny_instance(variants, seed + 100 * number)
            value = len(instance.users) if instance.objective == "count" else sum(u.weight for u in instance.users)
            if 0 < optimum(instance) < value:
                break
        yield instance


def generated(suite: str) -> Iterator[SlideInstance]:
    """The instances of a recipe."""
    for seed, (label, options) in enumerate(RECIPES[suite], start=1):
        delivery: Options = {"delivery": "multicast"} if suite.startswith("multicast") else {}
        yield generate({**delivery, **options, "name": f"slide-{suite}-{label}"}, seed)


SUITES: Mapping[str, Callable[[], Iterator[SlideInstance]]] = {
    "tiny": tiny,
    **{suite: partial(generated, suite) for suite in RECIPES},
}


def entry(suite: str, instance: SlideInstance, time_limit: float, threads: int | None) -> dict[str, object]:
    """The index's row of an instance, solved anew."""
    file = f"{instance.name}.json"
    if suite == "tiny":
        best = optimum(instance)
        return {"file": file, "best": best, "bound": best, "proved": True, "how": "brute force"}
    result = wnpopt.solve(instance, "auto", time_limit=time_limit, threads=threads)
    assert result.verified, result.message
    proved = result.status is Status.OPTIMAL
    # Floating-point noise of the proof is no news about an integer.
    bound = result.objective if proved else result.bound
    how = f"{result.method} ({result.found_by}), verified; bound by {result.bound_by}"
    return {"file": file, "best": result.objective, "bound": bound, "proved": proved, "how": how}
