"""A slide instance small enough to be followed by hand, for the verifier and for instances/check.py."""

from __future__ import annotations

from typing import Any

from tests.mutations import put

USER: dict[str, Any] = {
    "deadline_s": 0.825, "energy_j": 0.75, "link": {"spectral_efficiency": 2}, "frequency_hz": [1e8, 1e9],
    "flop_per_cycle": 8, "energy_per_flop_hz2": 1e-28, "receive_w": 0.5, "min_accuracy": 0.5,
}  # fmt: skip
INSTANCE: dict[str, Any] = {
    "kind": "slide", "schema_version": 1, "name": "hand", "bandwidth_hz": 1e7,
    "models": [
        {"name": "a", "accuracy": 0.5, "layers": [{"bits": 2e6, "flop": 4e9}, {"bits": 3e6, "flop": 1e9}]},
        {"name": "b", "accuracy": 0.25, "layers": [{"bits": 8e6, "flop": 0}]},
    ],
    "users": [
        {**USER, "name": "u", "models": ["a"], "weight": 3},
        {**USER, "name": "v", "min_accuracy": 0, "receive_w": 0, "weight": 0.25,
         "link": {"power_w": 0.5, "gain": 2, "noise_w_per_hz": 2.0**-26}},
        {**USER, "name": "w", "energy_j": None, "deadline_s": 9},
    ],
}  # fmt: skip
"""Over 5 MHz a's layers take u 0.2 and 0.3 s, and 0.5 and 0.125 s at 1 GHz: 0.825 s. 0.5 J of computing, 0.25 J of
receiving. v is served as quickly over 2^26 Hz, with log2(1 + 1) = 1 bit/s/Hz."""


def plan(*served: tuple[str, str, float, float], instance: str = "hand") -> dict[str, Any]:
    entries = [{"user": u, "model": m, "bandwidth_hz": b, "frequency_hz": f} for u, m, b, f in served]
    return {"kind": "slide-solution", "instance": instance, "served": entries}


U, V, W = ("u", "a", 5e6, 1e9), ("v", "a", 4e6, 1e9), ("w", "a", 5e6, 1e9)
MULTICAST = put("delivery", value="multicast")
GENEROUS = (put("users", 0, "deadline_s", value=9), put("users", 0, "energy_j", value=9))
