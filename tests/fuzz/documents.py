"""Valid documents of every kind, small, from which inputs are made."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from wnpopt import api
from wnpopt.core.document import Instance, Solution

LIBRARY = Path(__file__).resolve().parents[2] / "instances"

Data = dict[str, Any]


def dumped(*documents: Any) -> Iterator[bytes]:
    for document in documents:
        yield json.dumps(document).encode()


@cache
def pair(family: str, place: str) -> tuple[Instance, Solution]:
    """An instance of the library and its best known solution."""
    file = LIBRARY / family / place
    return api.load(file), api.load_solution(LIBRARY / "solutions" / family / place)


PLACES = {
    "wnp": (
        "tiny/tiny-00.json",
        "tiny-fields/tiny-bus+energy.json",
        "tiny-fields/tiny-latency+deadline.json",
        "tiny-fields/tiny-radio-release+energy-limit.json",
    ),
    "slide": (
        "tiny/tiny-accuracy-1400.json",
        "tiny/tiny-mixed-links-multicast-weights-2400.json",
        "tiny/tiny-blocks-lists-weights-2200.json",
        "tiny/tiny-cache-1901.json",
    ),
    "intradp": (
        "tiny/intradp-dense-5x3-s12.json",
        "tiny-fields/tiny-all.json",
        "tiny/intradp-encoder-decoder-5x3-s3.json",
        "tiny/intradp-residual-5x3-s6.json",
    ),
}


def instances(family: str) -> list[Data]:
    return [pair(family, place)[0].to_data() for place in PLACES[family]]


def instance(family: str) -> Data:
    return instances(family)[0]


def plans(family: str) -> Iterator[bytes]:
    for place in PLACES[family]:
        posed, solution = pair(family, place)
        yield from dumped({"instance": posed.to_data(), "plan": solution.to_data()})


def state() -> Data:
    names = [subgraph["name"] for subgraph in instance("wnp")["subgraphs"]]
    bits = {modality["name"]: 0 for modality in instance("wnp")["modalities"]}
    begun = {names[0]: {"core": "c0", "start": 0, "end": None}}
    return {
        "kind": "wnp-state",
        "instance": instance("wnp")["name"],
        "now_ticks": 1,
        "slot": 1,
        "delivered_bits": bits,
        "begun": begun,
        "transfers_begun": {},
    }


def scenario() -> Data:
    from wnpopt.problems.wnp.runtime.scenario import PRESETS

    return dict(next(iter(PRESETS.values())).to_data())


def scenarios() -> Iterator[bytes]:
    from wnpopt.problems.wnp.runtime.scenario import PRESETS

    several = {
        "kind": "wnp-scenarios",
        "schema_version": 1,
        "name": "both",
        "criterion": "cvar",
        "level": 0.8,
        "scenarios": [preset.to_data() for preset in PRESETS.values()][:3],
    }
    yield from dumped(*(preset.to_data() for preset in PRESETS.values()), several)


def stream(arrivals: Data, **more: Any) -> Data:
    templates = [{"name": "a", "instance": instance("wnp")}, {"name": "b", "instance": "other.json", "weight": 2.0}]
    return {"kind": "wnp-stream", "schema_version": 1, "name": "s", "templates": templates, "arrivals": arrivals} | more


def streams() -> Iterator[bytes]:
    trace = {"kind": "trace", "times_ticks": [0, 5, 5], "templates": ["a", "b", "a"]}
    yield from dumped(
        stream({"kind": "poisson", "rate_per_s": 100.0}, requests=5),
        stream({"kind": "periodic", "period_ticks": 50, "jitter_ticks": 3}, horizon_ticks=300, window=2),
        stream(trace, limits={"missed_share": 0.1, "slowdown_p95": 3.0}),
    )


def table() -> Data:
    posed, solution = pair("intradp", PLACES["intradp"][0])
    plan = solution.to_data()
    rows = [
        {
            "megabytes_per_s": rate,
            "latency_s": 0.1,
            "energy_j": 1.0,
            "bound": None,
            "found_by": "search",
            "device_end": plan["device_end"],
            "server_begin": plan["server_begin"],
        }
        for rate in (1.0, 2.0)
    ]
    return {
        "kind": "intradp-table",
        "schema_version": 1,
        "instance": posed.name,
        "instance_hash": posed.instance_hash,
        "objective": "latency",
        "plans": rows,
        "network": posed.to_data(),
    }


def layers(family: str) -> Data:
    posed = pair(family, PLACES[family][0])[0]
    head = {"instance": posed.name, "instance_hash": posed.instance_hash, "network": "net", "schema_version": 1}
    data = posed.to_data()
    if family == "wnp":
        cores = [core["name"] for core in data["chip"]["cores"]]  # type: ignore[index]
        rows = [
            {"name": f"l{i}", "type": "Conv", "subgraph": part["name"], "seconds": [1e-3] * len(cores)}
            for i, part in enumerate(data["subgraphs"])  # type: ignore[arg-type,var-annotated]
        ]
        return {"kind": "wnp-layers", "cores": cores, "layers": rows} | head
    operators: Any = data["operators"]
    rows = [
        operator | {"layer": f"l{i}", "type": "Conv", "operator": operator["name"]}
        for i, operator in enumerate(operators[1:-1])
    ]
    return {"kind": "intradp-layers", "input_units": operators[0]["units"], "layers": rows} | head


def front() -> Data:
    posed, solution = pair("intradp", PLACES["intradp"][0])
    point = {"latency": 0.1, "energy_j": 1.0, "energy_bound_j": 0.9, "proved": False, "solution": solution.to_data()}
    return {
        "kind": "front",
        "schema_version": 1,
        "instance": posed.name,
        "instance_hash": posed.instance_hash,
        "latency_unit": "s",
        "complete": False,
        "points": [point, point | {"latency": 0.2, "energy_j": 0.5}],
    }


def result() -> Data:
    """As `solve --json` writes it, of which `plot` reads these."""
    posed, _ = pair("intradp", PLACES["intradp"][0])
    trace = [{"time_s": 0.1, "objective": 5.0, "bound": 1.0}, {"time_s": 0.5, "objective": 4.0, "bound": None}]
    return {"instance": posed.name, "instance_hash": posed.instance_hash, "method": "milp", "trace": trace, "gap": 0.5}


def radio() -> Data:
    links = {"camera": {"distance_m": 40, "power_dbm": 23, "speed_m_s": 1.5}, "lidar": {"distance_m": 4}}
    return {
        "kind": "radio",
        "schema_version": 1,
        "name": "hall",
        "environment": "InF-DH",
        "carrier_hz": 3.7e9,
        "spacing_khz": 30,
        "bandwidth_mhz": 20,
        "slots": 20,
        "block_slots": 10,
        "rate": "cqi-2",
        "links": links,
    }


def chip() -> Data:
    cores = [
        {"name": "a", "x": 0, "y": 0, "type": "systolic-64"},
        {
            "name": "b",
            "x": 1,
            "y": 0,
            "peak_flop_per_s": 2e11,
            "memory_bytes_per_s": 1e10,
            "launch_s": 1e-6,
            "unsupported": ["Softmax"],
            "peaks": {"int8": 8e11, "float16": 4e11},
        },
    ]
    return {"kind": "chip", "schema_version": 1, "name": "mine", "hop_s": 3e-9, "bytes_per_s": 1.6e10, "cores": cores}


def graph() -> Data:
    tensors = [
        {"name": "x", "shape": [1, 3, 8, 8]},
        {"name": "w", "shape": [4, 3, 3, 3], "role": "weight"},
        {"name": "y", "shape": [1, 4, 6, 6]},
        {"name": "z", "shape": [1, 4, 6, 6]},
    ]
    window = {"kernel": [3, 3], "strides": [1, 1], "pads_begin": [0, 0], "pads_end": [0, 0], "dilations": [1, 1]}
    operators = [
        {
            "name": "conv",
            "op_type": "Conv",
            "inputs": ["x"],
            "outputs": ["y"],
            "weights": ["w"],
            "flop": 7776,
            "macs": 3888,
            "window": window,
        },
        {"name": "relu", "op_type": "Relu", "inputs": ["y"], "outputs": ["z"], "flop": 144},
    ]
    return {
        "kind": "graph",
        "schema_version": 1,
        "name": "g",
        "inputs": ["x"],
        "outputs": ["z"],
        "tensors": tensors,
        "operators": operators,
    }


def composition(kind: str = "attention") -> Data:
    branches = [
        {"modality": "camera", "graph": "graph.json", "payload_bits": 1204},
        {"modality": "lidar", "graph": "model.onnx", "dims": {}, "values": {}},
        {"modality": "speech", "graph": "network:mobilenet-v2", "dims": {"image": 32}},
    ]
    fusion = {"kind": kind, "classes": 3, "width": 8, "heads": 2, "layers": 1}
    return {"kind": "composition", "schema_version": 1, "name": "p", "branches": branches, "fusion": fusion}


def columns() -> bytes:
    import tempfile

    from wnpopt.problems.slide.columnar.columns import SlideColumns, save_columns

    posed, _ = pair("slide", PLACES["slide"][2])
    with tempfile.TemporaryDirectory() as folder:
        save_columns(SlideColumns.of(posed), Path(folder) / "c.npz")  # type: ignore[arg-type]
        return (Path(folder) / "c.npz").read_bytes()


def allocation() -> bytes:
    import numpy as np

    stream = io.BytesIO()
    numbers = np.array([1e6, 2e6])
    np.savez(stream, user=np.array([0, 1]), model=np.array([0, 0]), bandwidth_hz=numbers, frequency_hz=numbers)
    return stream.getvalue()


@cache
def records() -> bytes:
    import msgspec

    from tests.bench.record_factory import record
    from wnpopt.bench.store.record import Failure

    posed, _ = pair("wnp", PLACES["wnp"][0])
    made = [
        record(posed.name, "rtfs", objective=40.0, bound=20.0, instance_hash=posed.instance_hash, message="told"),
        record("b", "milp", objective=5.0, bound=5.0, trace=[(0.1, 7.0, 2.0), (0.5, 5.0, 5.0)]),
        record("c", "milp", failure=next(iter(Failure)), family=None, sense=None),
    ]
    return b"\n".join(msgspec.json.encode(one) for one in made) + b"\n"


INDEX = [
    {"file": "tiny-00.json", "best": 12, "bound": 12, "proved": True, "how": "milp"},
    {
        "file": "b.json",
        "best": 3.5,
        "bound": None,
        "proved": False,
        "how": "x, bound by y",
        "method": "rtfs",
        "version": "0.2.0",
        "date": "2026-01-01",
    },
]

MANIFEST = {
    "kind": "suite",
    "schema_version": 1,
    "suites": [
        {
            "name": "s",
            "title": "t",
            "family": "wnp",
            "parameter": "p",
            "unit": "u",
            "instances": [{"file": "suite/s/a.json", "instance": "0" * 64, "x": 0.5, "seed": 0, "variant": None}],
        }
    ],
}
