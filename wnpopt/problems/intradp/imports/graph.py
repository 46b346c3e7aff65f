"""From a network's graph to an instance: rows, windows, and times from a roofline or from measurements."""

from __future__ import annotations

from collections.abc import Mapping

from wnpopt.core.errors import InputError
from wnpopt.domain.chip.hardware import Core
from wnpopt.domain.network.graph import Graph
from wnpopt.problems.intradp.imports.classify import Locality, RowWindow, classify
from wnpopt.problems.intradp.instance import IntradpInstance

XAVIER_POWER = {"compute": 13.35, "communicate": 4.25, "standby": 4.04}
"""Watts of a Jetson Xavier NX robot in its three states (Intra-DP, Table 2)."""

INPUT, OUTPUT = "input", "output"


def from_graph(
    graph: Graph,
    device: Core,
    server: Core,
    *,
    uplink_bytes_per_s: float,
    downlink_bytes_per_s: float | None = None,
    latency_s: float = 0.0,
    times: Mapping[str, tuple[float, float]] | None = None,
    power_w: Mapping[str, float] | None = None,
    transfers: str = "any",
    objective: str = "latency",
    deadline_s: float | None = None,
    name: str | None = None,
    along: Mapping[str, int | None] | None = None,
) -> IntradpInstance:
    """The instance of ``graph`` with ``device`` and ``server`` as rooflines with launch overhead.

    ``times`` replaces the roofline's seconds by measured ones: (device, server) by operator name, for some or all
    operators; of these the launch overhead is the fixed part. Several inputs of the network count as one global
    tensor. ``along`` is the dimension of each input that is divided, chosen if it is not given (see
    :func:`~wnpopt.problems.intradp.imports.classify.classify`).
    Raises :class:`InputError` naming an operator that one of the two cannot run.
    """
    local = classify(graph, along)
    labels = _labels(graph)
    shape = {tensor.name: tensor for tensor in graph.tensors}

    def rows(tensor: str) -> int:
        found = local.rows[tensor]
        return 1 if found is None else found.units(shape[tensor].shape)

    producer = {name_: labels[i] for name_, i in graph.producer.items()} | dict.fromkeys(graph.inputs, INPUT)
    free = {"fixed_s": 0.0, "full_s": 0.0}
    single = graph.inputs[0] if len(graph.inputs) == 1 else None
    operators: list[dict[str, object]] = [
        {
            "name": INPUT, "units": rows(single) if single else 1, "output_bytes": graph.input_bytes, "inputs": [],
            "device": free, "server": free,
        }
    ]  # fmt: skip
    for i, operator in enumerate(graph.operators):
        kind, reads = local.operators[i]
        cost = {}
        for side, core in ((0, device), (1, server)):
            seconds = core.seconds(operator)
            if times is not None and operator.name in times:
                seconds = times[operator.name][side]
            if seconds is None:
                raise InputError(f"{core.name} cannot run {operator.op_type}", where=operator.name)
            fixed = 0.0 if operator.is_view else min(core.launch_s, seconds)
            cost["device" if side == 0 else "server"] = {"fixed_s": fixed, "full_s": seconds}
        inputs = [
            {"from": producer[source], "window": _spelled(reads[source], kind == "global")}
            for source in dict.fromkeys(operator.inputs)
        ]
        operators.append(
            {
                "name": labels[i], "units": rows(operator.outputs[0]), "output_bytes": operator.output_bytes,
                "inputs": inputs, **cost,
            }
        )  # fmt: skip
    ends = [
        {"from": producer[tensor], "window": _spelled(RowWindow(), len(graph.outputs) > 1)} for tensor in graph.outputs
    ]
    operators.append(
        {
            "name": OUTPUT, "units": rows(graph.outputs[0]) if len(graph.outputs) == 1 else 1,
            "output_bytes": sum(shape[tensor].bytes for tensor in graph.outputs), "inputs": ends,
            "device": free, "server": free,
        }
    )  # fmt: skip
    return IntradpInstance.from_data(
        {
            "kind": "intradp",
            "schema_version": 1,
            "name": graph.name if name is None else name,
            "source": graph.source,
            "operators": operators,
            "link": {
                "uplink_bytes_per_s": uplink_bytes_per_s,
                "downlink_bytes_per_s": downlink_bytes_per_s or uplink_bytes_per_s,
                "latency_s": latency_s,
            },
            "power_w": dict(power_w or XAVIER_POWER),
            "transfers": transfers,
            "objective": objective,
            "deadline_s": deadline_s,
        }
    )


def census(graph: Graph) -> tuple[int, int]:
    """Number of (local, global) operators, as Table 1 of Intra-DP counts them."""
    local: Locality = classify(graph)
    return local.counts()


def _spelled(window: object, whole: bool) -> object:
    if whole or not isinstance(window, RowWindow):
        return "all"
    return {
        "kernel": window.kernel,
        "stride": window.stride,
        "padding": window.padding,
        "upsample": window.upsample,
    }


def _labels(graph: Graph) -> list[str]:
    """Names that an instance may hold: no arrow in them, none like the input's or the output's, none twice."""
    taken = {INPUT, OUTPUT}
    labels = []
    for operator in graph.operators:
        base = "".join(c for c in operator.name.replace("->", "-") if c.isprintable())[:180] or operator.op_type
        label, count = base, 1
        while label in taken:
            count += 1
            label = f"{base}#{count}"
        taken.add(label)
        labels.append(label)
    return labels
