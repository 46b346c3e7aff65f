"""The layers of each operator of an imported intradp instance, fused or not, and a plan in terms of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from wnpopt.core.document import Instance, Name, Positive, require
from wnpopt.core.errors import InputError
from wnpopt.core.facts import FactTable
from wnpopt.core.layers import Label, LayerMap
from wnpopt.core.unique import require_unique
from wnpopt.domain.network.graph import Graph
from wnpopt.problems.intradp.imports.fuse import Fused
from wnpopt.problems.intradp.instance import Cost, IntradpInstance
from wnpopt.problems.intradp.instance import Operator as RowOperator
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import Execution, needed_rows, replay


class RowLayer(RowOperator):
    """An operator of the network, ``layer`` by its name there: its own rows, windows and times.

    ``operator`` is the instance's that it is a part of; ``inputs`` are named as the instance without fusion has them.
    """

    layer: Label
    type: Label
    operator: Name


class IntradpLayers(LayerMap):
    """``layers`` in a topological order; those of an operator run one after the other, on the same rows."""

    kind: Literal["intradp-layers"] = "intradp-layers"
    input_units: Positive
    layers: Annotated[tuple[RowLayer, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check(self) -> Self:
        require_unique("layers", (layer.name for layer in self.layers))
        require_unique("layers", (layer.layer for layer in self.layers), "layer")
        return self

    @classmethod
    def of(cls, graph: Graph, original: IntradpInstance, fused: Fused | None) -> Self:
        """Of ``original``, the instance of ``graph`` with an operator a layer, or of what is ``fused`` of it."""
        instance = original if fused is None else fused.instance
        groups = [(i,) for i in range(len(original.operators))] if fused is None else fused.groups
        home = {u: instance.operators[i].name for i, group in enumerate(groups) for u in group}
        layers = [
            {**original.operators[v].to_data(), "layer": operator.name, "type": operator.op_type, "operator": home[v]}
            for v, operator in enumerate(graph.operators, start=1)
        ]
        return cls.from_data(
            {
                "kind": "intradp-layers",
                "schema_version": 1,
                "instance": instance.name,
                "instance_hash": instance.instance_hash,
                "network": graph.name,
                "input_units": original.operators[0].units,
                "layers": layers,
            }
        )

    def check(self, instance: Instance) -> None:
        """Raise :class:`InputError` unless this is the map of ``instance``, with its operators."""
        super().check(instance)
        if not isinstance(instance, IntradpInstance):
            raise InputError(f'found "{instance.kind}"; an intradp instance is needed', where="kind")
        units = {operator.name: operator.units for operator in instance.operators[1:-1]}
        for i, layer in enumerate(self.layers):
            what = f"the instance has no operator called {layer.operator!r}"
            require(layer.operator in units, f"layers[{i}].operator", what)
            what = f"found {layer.units}; {units[layer.operator]} is needed, as {layer.operator!r} has"
            require(layer.units == units[layer.operator], f"layers[{i}].units", what)
        missing = sorted(units.keys() - {layer.operator for layer in self.layers})
        require(not missing, "layers", f"the operator {missing[0] if missing else ''!r} of the instance has no layer")

    def by_part(self) -> Mapping[str, tuple[str, ...]]:
        """The layers of each operator of the instance."""
        parts: dict[str, list[str]] = {}
        for layer in self.layers:
            parts.setdefault(layer.operator, []).append(layer.layer)
        return {name: tuple(layers) for name, layers in parts.items()}

    def schedule(self, instance: IntradpInstance, solution: IntradpSolution) -> FactTable:
        """Rows of each layer on device and server, the rows of its inputs that they read, and the messages."""
        self.check(instance)
        replayed = replay(instance, solution)
        members: dict[str, list[RowLayer]] = {}
        for layer in self.layers:
            members.setdefault(layer.operator, []).append(layer)
        rows: list[Row] = []
        units = {layer.name: layer.units for layer in self.layers}
        for side in ("device", "server"):
            for run in getattr(replayed, side):
                own = members.get(instance.operators[run.operator].name, [])
                rows += self._runs(side, run, own, units)
        for way in ("uplink", "downlink"):
            for message in getattr(replayed, way):
                sent = instance.operators[message.operator]
                whose = (*_layer(members, sent.name, -1), sent.name, way)
                span = (message.start_s, message.end_s)
                rows.append(("send", *whose, *span, *message.rows, sent.units, None, message.bytes))
        for side, segments in (("device", replayed.device_segments), ("server", replayed.server_segments)):
            for cut in segments:
                part = instance.operators[cut.operator]
                whose = (*_layer(members, part.name, 0 if cut.joins else -1), part.name, side)
                rows.append((cut.event, *whose, cut.start_s, cut.end_s, None, None, part.units, None, None))
        rows.sort(key=lambda row: (row[5], row[6]))
        return FactTable("events", COLUMNS, tuple(rows))

    def _runs(self, side: str, run: Execution, layers: list[RowLayer], units: Mapping[str, int]) -> list[Row]:
        """Each layer of an operator that computes some rows; their times fill the operator's own."""
        first, after = run.rows
        share = [_seconds(getattr(layer, side), after - first, layer.units) for layer in layers]
        scale = (run.end_s - run.start_s) / sum(share) if sum(share) > 0 else 0.0
        now, rows = run.start_s, list[Row]()
        for number, (layer, seconds) in enumerate(zip(layers, share, strict=True), start=1):
            begin, now = now, run.end_s if number == len(layers) else now + seconds * scale
            reads = ", ".join(
                f"{edge.source}[{needed[0]}:{needed[1]}]"
                for edge in layer.inputs
                if (needed := needed_rows(edge, run.rows, units.get(edge.source, self.input_units))) is not None
            )
            whose = (layer.layer, layer.type, layer.operator)
            rows.append(("run", *whose, side, begin, now, first, after, layer.units, reads, None))
        return rows


def _layer(members: Mapping[str, list[RowLayer]], operator: str, which: int) -> tuple[str, str | None]:
    """Name and type of an operator's first or last layer; the operator's name where it has none."""
    own = members.get(operator)
    return (own[which].layer, own[which].type) if own else (operator, None)


def _seconds(cost: Cost, rows: int, units: int) -> float:
    return cost.fixed_s + (cost.partial_s if rows < units else 0.0) + (cost.full_s - cost.fixed_s) * rows / units


Row = tuple[
    str, str, str | None, str, str, float, float, int | None, int | None, int, str | None, float | None
]  # fmt: skip
"""One entry a column."""

COLUMNS = (
    "event", "layer", "type", "operator", "on", "start_s", "end_s", "first_row", "end_row", "rows", "reads", "bytes",
)  # fmt: skip
"""Of the schedule: what a row has; ``first_row`` to before ``end_row`` of ``rows`` are computed or sent.

A side cuts off a message after a layer, or joins messages before one, where the instance has ``segment_s``."""
