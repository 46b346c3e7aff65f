"""Tiny slide instances: any mix of variants, limits met exactly, numbers of any size."""

from __future__ import annotations

import random
from typing import Any, cast

from tests.examined.drawn import Drawn, Truth
from tests.slide.nasty import extreme_instance, loosened, nasty_instance
from tests.slide.oracle import optimum
from tests.slide.tiny import VARIANTS, tiny_instance
from wnpopt.problems.slide.instance import SlideInstance


def truth(drawn: Drawn) -> Truth:
    """What is met but for rounding must be served; what is missed by more than the tolerance cannot be."""
    instance = cast(SlideInstance, drawn.instance())
    return Truth(optimum(loosened(instance, 3e-9)), optimum(loosened(instance, -3e-12)))


def draw(seed: int) -> Drawn:
    """The instance of ``seed``."""
    rng = random.Random(f"slide-examined-{seed}")
    kind = rng.choice(["mix", "nasty", "nasty", "extreme", "equal"])
    if kind == "mix":
        instance = tiny_instance(frozenset(v for v in VARIANTS if rng.random() < 0.4), seed)
    elif kind == "extreme":
        instance = extreme_instance(seed)
    else:
        instance = nasty_instance(seed)
    data = cast(dict[str, Any], instance.to_data())
    if kind == "equal":
        # Copies of one user, and of one model: only names tell them apart.
        data["users"] = [{**data["users"][0], "name": user["name"]} for user in data["users"]]
        if rng.random() < 0.5:
            data["models"] = [{**data["models"][0], "name": model["name"]} for model in data["models"]]
    data["name"] = f"{kind}-{seed}"
    return Drawn("slide", kind, seed, data)
