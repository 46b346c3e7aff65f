"""A tiny instance whose optimum was found by trying everything, for ``wnpopt doctor``."""

from __future__ import annotations

from wnpopt.core.family import KnownCase

_DEVICE: dict[str, object] = {"frequency_hz": [2e8, 1e9], "flop_per_cycle": 20.0, "energy_per_flop_hz2": 1e-28}

KNOWN = KnownCase(
    instance={
        "kind": "slide",
        "schema_version": 1,
        "name": "doctor",
        "bandwidth_hz": 8e6,
        "models": [
            {
                "name": "small",
                "accuracy": 0.6,
                "layers": [{"bits": 1e6, "flop": 1e9}, {"bits": 2e6, "flop": 5e8}, {"bits": 5e5, "flop": 1e9}],
            },
            {
                "name": "large",
                "accuracy": 0.9,
                "layers": [{"bits": 4e6, "flop": 3e9}, {"bits": 4e6, "flop": 1e9}],
            },
        ],
        "users": [
            {**_DEVICE, "name": "u0", "deadline_s": 0.5, "link": {"spectral_efficiency": 4.0}},
            {**_DEVICE, "name": "u1", "deadline_s": 0.8, "link": {"spectral_efficiency": 2.0}, "energy_j": 0.2},
            {
                **_DEVICE,
                "name": "u2",
                "deadline_s": 0.6,
                "link": {"spectral_efficiency": 3.0},
                "energy_j": 0.4,
                "receive_w": 0.5,
            },
            {
                **_DEVICE,
                "name": "u3",
                "deadline_s": 0.9,
                "link": {"power_w": 0.1, "gain": 2e-12, "noise_w_per_hz": 4e-21},
                "min_accuracy": 0.8,
            },
            {
                **_DEVICE,
                "name": "u4",
                "deadline_s": 0.7,
                "link": {"power_w": 0.1, "gain": 1e-12, "noise_w_per_hz": 4e-21},
                "models": ["small"],
            },
            {**_DEVICE, "name": "u5", "deadline_s": 0.1, "link": {"spectral_efficiency": 6.0}},
        ],
    },
    optimum=4,
)
