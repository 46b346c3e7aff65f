"""Tiny random instances of any mix of variants."""

from __future__ import annotations

import numpy as np

from wnpopt.problems.slide import SlideInstance

VARIANTS = ("weights", "blocks", "receive", "accuracy", "lists", "power", "mixed-links", "multicast", "cache", "zeros")


def tiny_instance(variants: frozenset[str], seed: int, users: int = 6, models: int = 3) -> SlideInstance:
    """An instance of up to ``users`` users and ``models`` models in which the limits bind."""
    rng = np.random.default_rng([seed, *sorted(VARIANTS.index(v) for v in variants)])
    users = int(rng.integers(3, users + 1))
    models = int(rng.integers(1, models + 1))
    table = []
    for j in range(models):
        layers = int(rng.integers(1, 7))
        bits = rng.uniform(0.1e6, 3e6, layers)
        flop = rng.uniform(0.0, 1e9, layers)
        if "zeros" in variants:
            bits[rng.random(layers) < 0.3] = 0.0
            flop[rng.random(layers) < 0.2] = 0.0
            bits[: int(rng.integers(0, layers))] = 0.0
            bits[-1] = max(float(bits[-1]), 1e5)
        table.append(
            {
                "name": f"model{j}",
                "accuracy": round(float(rng.uniform(0.5, 0.95)), 4),
                "layers": [{"bits": float(b), "flop": float(f)} for b, f in zip(bits, flop, strict=True)],
            }
        )
    people = []
    for u in range(users):
        fixed = "power" in variants or ("mixed-links" in variants and rng.random() < 0.5)
        link: dict[str, float] = (
            {"power_w": 0.1, "gain": float(10 ** rng.uniform(-12.7, -11.0)), "noise_w_per_hz": 4e-21}
            if fixed
            else {"spectral_efficiency": float(rng.uniform(1.0, 7.0))}
        )
        wanted = None
        if "lists" in variants and rng.random() < 0.7:
            chosen = rng.choice(models, size=int(rng.integers(1, models + 1)), replace=False)
            wanted = [f"model{j}" for j in sorted(chosen.tolist())]
        people.append(
            {
                "name": f"u{u}",
                "deadline_s": float(rng.uniform(0.3, 1.2)),
                "energy_j": None if rng.random() < 0.25 else float(rng.uniform(0.1, 0.6)),
                "link": link,
                "frequency_hz": [2e8, float(rng.uniform(0.8e9, 1.3e9))],
                "flop_per_cycle": float(rng.uniform(8, 30)),
                "energy_per_flop_hz2": float(rng.uniform(0.5e-28, 2e-28)),
                "receive_w": float(rng.uniform(0.1, 0.8)) if "receive" in variants else 0.0,
                "min_accuracy": float(rng.uniform(0.3, 0.9)) if "accuracy" in variants else 0.0,
                "weight": float(rng.integers(1, 10)) if rng.random() < 0.5 else float(rng.uniform(0.5, 9)),
                "models": wanted,
            }
        )
    total = sum(layer["bits"] for m in table for layer in m["layers"])
    return SlideInstance.from_data(
        {
            "kind": "slide",
            "schema_version": 1,
            "name": f"tiny-{'-'.join(sorted(variants)) or 'plain'}-{seed}",
            "bandwidth_hz": float(np.exp(rng.uniform(np.log(3e6), np.log(2.5e7))))
            * (0.5 if "multicast" in variants else 1.0),
            "resource_block_hz": 180e3 if "blocks" in variants else None,
            "delivery": "multicast" if "multicast" in variants else "unicast",
            "cache_bits": float(rng.uniform(0.3, 0.95)) * total if "cache" in variants else None,
            "objective": "weighted" if "weights" in variants else "count",
            "models": table,
            "users": people,
        }
    )


def mixes(count: int) -> list[tuple[frozenset[str], int]]:
    """``count`` pairs of variants and seed: every variant alone, every pair, then random mixes."""
    single = [frozenset(), *(frozenset({v}) for v in VARIANTS)]
    pairs = [frozenset({a, b}) for i, a in enumerate(VARIANTS) for b in VARIANTS[i + 1 :]]
    rng = np.random.default_rng(4)
    chosen = [*single * 6, *pairs * 3]
    while len(chosen) < count:
        flags = rng.random(len(VARIANTS)) < 0.45
        chosen.append(frozenset(v for v, flag in zip(VARIANTS, flags, strict=True) if flag))
    return [(variants, seed) for seed, variants in enumerate(chosen[:count])]
