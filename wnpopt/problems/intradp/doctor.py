"""A tiny instance whose optimum was found by exhaustion, for ``wnpopt doctor``."""

from __future__ import annotations

from wnpopt.core.family import KnownCase

KNOWN = KnownCase(
    instance={
        "kind": "intradp",
        "schema_version": 1,
        "name": "doctor",
        "operators": [
            {
                "name": "input",
                "units": 5,
                "output_bytes": 15000.0,
                "inputs": [],
                "device": {"fixed_s": 0.0, "full_s": 0.0},
                "server": {"fixed_s": 0.0, "full_s": 0.0},
            },
            {
                "name": "stem",
                "units": 5,
                "output_bytes": 22500.0,
                "inputs": [{"from": "input", "window": {"kernel": 3, "stride": 1, "padding": 1, "upsample": 1}}],
                "device": {"fixed_s": 0.001666666666666667, "full_s": 0.10166666666666667},
                "server": {"fixed_s": 0.00016666666666666672, "full_s": 0.01016666666666667},
            },
            {
                "name": "output",
                "units": 5,
                "output_bytes": 22500.0,
                "inputs": [{"from": "stem", "window": {"kernel": 1, "stride": 1, "padding": 0, "upsample": 1}}],
                "device": {"fixed_s": 0.0, "full_s": 0.0},
                "server": {"fixed_s": 0.0, "full_s": 0.0},
            },
        ],
        "link": {"uplink_bytes_per_s": 737704.9180327869, "downlink_bytes_per_s": 737704.9180327869, "latency_s": 0.0},
        "power_w": {"compute": 13.35, "communicate": 4.25, "standby": 4.04},
        "transfers": "any",
        "objective": "latency",
        "deadline_s": None,
    },
    optimum=0.04166666666666667,
)
