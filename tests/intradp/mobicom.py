"""The published profiles as instances: for tests that run where those files are present."""

from __future__ import annotations

import json
from pathlib import Path

from wnpopt.problems.intradp.instance import IntradpInstance

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "intradp"


def profile(name: str, megabytes_per_s: float, **fields: object) -> IntradpInstance:
    """The instance of a published profile (mean over runs) at a bandwidth; launch costs from the least kernel."""
    data = json.loads((DATA / f"mobicom_{name}.json").read_text())
    operators = [op for op in data["ops"] if not op["excluded"]]
    known = {op["idx"] for op in operators}

    def launch(side: str) -> float:
        times = [op[f"{side}_time_mean_over_runs_s"] for op in operators if op["name"] in ("relu", "batch_norm")]
        return min(time for time in times if time > 0)

    least = {side: launch(side) for side in ("device", "server")}
    label = {op["idx"]: f"{op['idx']}.{op['name']}" for op in operators}
    rows = {op["idx"]: op["output_shapes"][0][op["local_dim"]] if op["local_dim"] else 1 for op in operators}
    listed = []
    for op in operators:
        sources = [i for i in op["input_from"] if i in known]
        if op["name"] not in ("cat", "add"):
            sources = sources[-1:]
        window: object = {"kernel": 1, "stride": 1, "padding": 0}
        conv = op["conv_inferred"]
        if conv is not None:
            window = {
                "kernel": conv["dilation"] * (conv["kernel"] - 1) + 1,
                "stride": conv["stride"],
                "padding": conv["padding"],
            }
        inputs = []
        for i in sources:
            whole = rows[op["idx"]] == 1 and rows[i] > 1
            inputs.append({"from": label[i], "window": "all" if whole else window})
        cost = {}
        for side in ("device", "server"):
            full = op[f"{side}_time_mean_over_runs_s"]
            if op["name"] in ("_start", "_end"):
                full = 0.0
            cost[side] = {"fixed_s": min(full, least[side]), "full_s": full}
        listed.append(
            {
                "name": label[op["idx"]],
                "units": rows[op["idx"]],
                "output_bytes": op["output_bytes"],
                "inputs": inputs,
                **cost,
            }
        )
    rate = megabytes_per_s * 1e6
    return IntradpInstance.from_data(
        {
            "kind": "intradp",
            "schema_version": 1,
            "name": f"{name}-{megabytes_per_s:g}",
            "operators": listed,
            "link": {"uplink_bytes_per_s": rate, "downlink_bytes_per_s": rate},
            "power_w": {"compute": 13.35, "communicate": 4.25, "standby": 4.04},
            **fields,
        }
    )
