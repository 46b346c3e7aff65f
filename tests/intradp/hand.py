"""Intradp instances small enough to be followed by hand, for the verifier and for instances/check.py."""

from __future__ import annotations

from typing import Any

from tests.mutations import Change, put

ZERO = {"fixed_s": 0, "full_s": 0}
INSTANCE: dict[str, Any] = {
    "kind": "intradp", "schema_version": 1, "name": "hand",
    "operators": [
        {"name": "in", "units": 4, "output_bytes": 8, "inputs": [], "device": ZERO, "server": ZERO},
        {"name": "x", "units": 4, "output_bytes": 16,
         "inputs": [{"from": "in", "window": {"kernel": 3, "stride": 1, "padding": 1}}],
         "device": {"fixed_s": 1, "full_s": 5, "partial_s": 0.5, "compute_w": 3},
         "server": {"fixed_s": 0.25, "full_s": 1.25, "partial_s": 0.125}},
        {"name": "y", "units": 2, "output_bytes": 4,
         "inputs": [{"from": "x", "window": {"kernel": 2, "stride": 2, "padding": 0}}],
         "device": {"fixed_s": 0, "full_s": 2}, "server": {"fixed_s": 0.5, "full_s": 1, "partial_s": 0.25}},
        {"name": "out", "units": 2, "output_bytes": 4,
         "inputs": [{"from": "y", "window": {"kernel": 1, "stride": 1, "padding": 0}}], "device": ZERO, "server": ZERO},
    ],
    "link": {"uplink_bytes_per_s": 2, "downlink_bytes_per_s": 4, "latency_s": 0.5, "efficiency": 0.5},
    "power_w": {"compute": 2, "communicate": 1, "standby": 0.25, "launch": 4},
    "segment_s": {"device": 0.25, "server": 0.125},
}  # fmt: skip
PLAN = {
    "kind": "intradp-solution", "instance": "hand", "device_end": [4, 2, 1, 2], "server_begin": [4, 1, 1, 2],
}  # fmt: skip
"""x: rows 0 to 1 on the device, 1 to 3 on the server, which needs all four rows of the input: 8 bytes at 1 byte/s.

Device: cut 0-0.25, x 0.25-3.75, y 3.75-4.75. Uplink 0.25-8.25, arrives at 8.75. Server: join, x until 10, y until 11,
cut until 11.125. Downlink 11.125-12.125, arrives at 12.625. The device joins until 12.875."""
LATENCY = 12.875
ENERGY = 4 * (0.25 + 1.5 + 0.25) + 3 * 2 + 2 * 1 + 1 * (3.5 + 1) + 0.25 * (LATENCY - 5 - 4.5)

EXPECTED = {
    "example-skip": (
        0.007831060606060605,
        0.10411034090909091,
        [
            ("up", "input", (1, 6), 5000.0, 0.0, 0.004545454545454545),
            ("down", "c2", (3, 4), 1000.0, 0.005103787878787879, 0.0060128787878787875),
            ("down", "add", (4, 6), 2000.0, 0.0060128787878787875, 0.007831060606060605),
        ],
    ),
    "example-up-global": (
        0.00935,
        0.1248225,
        [
            ("up", "input", (3, 6), 4000.0, 0.0, 0.004644444444444444),
            ("down", "up", (5, 6), 1000.0, 0.004886111111111111, 0.00558611111111111),
            ("up", "up", (0, 5), 5000.0, 0.00735, 0.013105555555555556),
        ],
    ),
}
"""Latency, energy and messages of the contract's examples (tests/intradp/data), as they were worked out there."""


def window(operator: int, **changes: int) -> Change:
    """A window with other numbers."""
    given = INSTANCE["operators"][operator]["inputs"][0]["window"]
    return put("operators", operator, "inputs", 0, "window", value={**given, **changes})


def branching(windows: list[dict[str, int]], **fields: Any) -> dict[str, Any]:
    """The input and as many operators that read it through ``windows``, each 1 s on the device and 0.5 on the server.

    Each side computes the half of two rows; the last of them is the output's input."""
    one = {"units": 2, "output_bytes": 2, "device": {"fixed_s": 0, "full_s": 2}, "server": {"fixed_s": 0, "full_s": 1}}
    straight = {"kernel": 1, "stride": 1, "padding": 0}
    inner = [{"name": f"o{i}", "inputs": [{"from": "in", "window": w}], **one} for i, w in enumerate(windows)]
    last = [{"from": f"o{i}", "window": straight} for i in range(len(windows))]
    ends = {"units": 2, "output_bytes": 4, "device": ZERO, "server": ZERO}
    return {
        "kind": "intradp", "schema_version": 1, "name": "branching",
        "operators": [{"name": "in", "inputs": [], **ends}, *inner, {"name": "out", "inputs": last, **ends}],
        "link": {"uplink_bytes_per_s": 1, "downlink_bytes_per_s": 0.5},
        "power_w": {"compute": 4, "communicate": 2, "standby": 1},
        "segment_s": {"device": 0.125, "server": 0.25},
        **fields,
    }  # fmt: skip
