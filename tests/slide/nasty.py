"""Tiny instances at their limits: ties, zeros, limits that are met exactly, weights of 1e-9 and 1e9."""

from __future__ import annotations

import math

import numpy as np

from tests.slide.oracle import bandwidth, finish, least_rate
from wnpopt.problems.slide import SlideInstance
from wnpopt.problems.slide.instance import Model, User


def nasty_instance(seed: int) -> SlideInstance:
    """An instance of 3 to 6 users and 1 to 3 models whose band, energies, deadlines or cache are met exactly."""
    rng = np.random.default_rng([seed, 99])
    users, models = int(rng.integers(3, 7)), int(rng.integers(1, 4))
    table = [_model(rng, j) for j in range(models)]
    if rng.random() < 0.3:
        table = [{**entry, "layers": table[0]["layers"]} for entry in table]
    links, weights = str(rng.choice(["linear", "power", "both"])), str(rng.choice(["one", "tiny", "mixed", "zero"]))
    people = [_user(rng, u, models, links, weights) for u in range(users)]
    sizes = sorted(sum(layer["bits"] for layer in entry["layers"]) for entry in table)  # type: ignore[attr-defined]
    data: dict[str, object] = {
        "kind": "slide",
        "schema_version": 1,
        "name": f"nasty-{seed}",
        "bandwidth_hz": float(rng.choice([2e6, 5e6, 1e7, 2e7])),
        "resource_block_hz": None if rng.random() < 0.7 else float(rng.choice([1e6, 3e5])),
        "delivery": "multicast" if rng.random() < 0.85 else "unicast",
        "cache_bits": float(sum(sizes[: int(rng.integers(1, models + 1))])) if rng.random() < 0.5 else None,
        "objective": "weighted" if rng.random() < 0.8 else "count",
        "models": table,
        "users": people,
    }
    instance = SlideInstance.from_data(data)
    met = str(rng.choice(["band", "energy", "deadline", "none"]))
    if met == "band":
        pairs = [(rng.choice(users), rng.choice(models)) for _ in range(int(rng.integers(1, 3)))]
        needed = math.fsum(_width(instance.users[u], instance.models[j]) for u, j in pairs)
        return instance.replace(bandwidth_hz=needed) if needed > 0 else instance
    changes: dict[str, object] = {}
    for u, user in enumerate(instance.users):
        model = instance.models[int(rng.integers(models))]
        if met == "energy":
            frequency = user.frequency_hz[int(rng.integers(2))]
            changes[f"users[{u}].energy_j"] = user.energy_per_flop_hz2 * frequency * frequency * model.flop
        elif met == "deadline" and user.link.spectral_efficiency > 0:
            rate = instance.bandwidth_hz * user.link.spectral_efficiency / 2
            changes[f"users[{u}].deadline_s"] = finish(user, model, rate, user.frequency_hz[1])
    return instance.replace(changes) if changes else instance


def loosened(instance: SlideInstance, share: float) -> SlideInstance:
    """The instance with all limits that much looser (or tighter, but frequencies and accuracies as they are)."""
    data = instance.to_data()
    data["bandwidth_hz"] = instance.bandwidth_hz * (1 + share)
    if instance.cache_bits is not None:
        data["cache_bits"] = instance.cache_bits * (1 + share)
    more = max(share, 0.0)
    people = []
    for user in instance.users:
        low, high = user.frequency_hz
        changes = {
            "deadline_s": user.deadline_s * (1 + share),
            "energy_j": None if user.energy_j is None else user.energy_j * (1 + share),
            "frequency_hz": (low * (1 - more), high * (1 + more)),
            "min_accuracy": user.min_accuracy * (1 - more),
        }
        people.append({**user.to_data(), **changes})
    return SlideInstance.from_data({**data, "users": people})


def _width(user: User, model: Model) -> float:
    rate = least_rate(user, model)
    width = bandwidth(user, rate) if rate < math.inf else math.inf
    return width if width < math.inf else 0.0


def _model(rng: np.random.Generator, number: int) -> dict[str, object]:
    layers = int(rng.integers(1, 4))
    bits, flop = rng.integers(0, 4, layers) * 1e6, rng.integers(0, 3, layers) * (5e8 if rng.random() < 0.7 else 0.0)
    bits[-1] = max(bits[-1], 0.0 if bits.sum() > 0 else 1e6)
    return {
        "name": f"model{number}",
        "accuracy": float(rng.choice([0.5, 0.7, 0.7, 0.9])),
        "layers": [{"bits": float(b), "flop": float(f)} for b, f in zip(bits, flop, strict=True)],
    }


def _user(rng: np.random.Generator, number: int, models: int, links: str, weights: str) -> dict[str, object]:
    fixed = links == "power" or (links == "both" and rng.random() < 0.5)
    link: dict[str, float] = (
        {"power_w": 0.1, "gain": float(rng.choice([1e-12, 2e-12, 8e-12])), "noise_w_per_hz": 4e-21}
        if fixed
        else {"spectral_efficiency": float(rng.choice([1.0, 2.0, 2.0, 4.0]))}
    )
    weight = {
        "one": 1.0,
        "tiny": 1e-9 * float(rng.integers(1, 5)),
        "mixed": float(rng.choice([1e-9, 1.0, 1e9, 3.3])),
        "zero": float(rng.choice([0.0, 1.0])),
    }[weights]
    return {
        "name": f"u{number}",
        "deadline_s": float(rng.choice([0.5, 0.5, 1.0, 2.0])),
        "energy_j": None if rng.random() < 0.5 else float(rng.choice([0.1, 0.3])),
        "link": link,
        "frequency_hz": [2e8, float(rng.choice([1e9, 1e9, 2e8]))],
        "flop_per_cycle": float(rng.choice([10.0, 20.0])),
        "energy_per_flop_hz2": float(rng.choice([0.0, 1e-28])),
        "receive_w": float(rng.choice([0.0, 0.5])),
        "min_accuracy": float(rng.choice([0.0, 0.0, 0.7])),
        "weight": weight,
        "models": sorted({f"model{int(j)}" for j in rng.integers(0, models, 2)}) if rng.random() < 0.3 else None,
    }


def extreme_instance(seed: int) -> SlideInstance:
    """Up to 5 users and 3 models of numbers of any size: nobody, nothing to compute, blocks wider than the band."""
    rng = np.random.default_rng([seed, 98])

    def one(*values: float | None) -> float | None:
        value = values[int(rng.integers(len(values)))]
        return None if value is None else float(value)

    models = []
    for number in range(int(rng.integers(1, 4))):
        layers = [{"bits": one(0, 1, 1e6, 1e9), "flop": one(0, 1e6, 1e12)} for _ in range(int(rng.integers(1, 4)))]
        layers[0]["bits"] = layers[0]["bits"] or one(1, 1e6)
        models.append({"name": f"model{number}", "accuracy": one(0, 0.5, 1), "layers": layers})
    users = []
    for number in range(int(rng.choice([0, 1, 1, 2, 3, 4, 5]))):
        slowest = one(1e3, 1e8, 1e9) or 1.0
        power = {"power_w": one(1e-3, 1), "gain": one(1e-15, 1e-9, 1), "noise_w_per_hz": 4e-21}
        users.append(
            {
                "name": f"u{number}",
                "deadline_s": one(1e-9, 1e-3, 1, 1e6),
                "energy_j": one(None, 0, 1e-6, 1, 1e12),
                "link": power if rng.random() < 0.5 else {"spectral_efficiency": one(1e-6, 1, 4, 100)},
                "frequency_hz": [slowest, slowest * (one(1, 10) or 1.0)],
                "flop_per_cycle": one(1, 2000),
                "energy_per_flop_hz2": one(0, 1e-29, 1e-20),
                "receive_w": one(0, 1),
                "min_accuracy": one(0, 0, 0.5, 1),
                "weight": one(0, 1, 1, 3, 0.3, 1e-9, 1e9),
                "models": ["model0"] if rng.random() < 0.3 else None,
            }
        )
    return SlideInstance.from_data(
        {
            "kind": "slide",
            "schema_version": 1,
            "name": f"extreme-{seed}",
            "bandwidth_hz": one(1, 1e5, 2e7, 1e12),
            "resource_block_hz": one(None, None, 180e3, 1e13),
            "delivery": "multicast" if rng.random() < 0.7 else "unicast",
            "cache_bits": one(None, 0, 1, 1e6, 1e15),
            "objective": "weighted" if rng.random() < 0.5 else "count",
            "models": models,
            "users": users,
        }
    )
