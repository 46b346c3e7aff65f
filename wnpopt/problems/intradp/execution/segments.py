"""One side's share of a plan as segments: runs of operators between two messages, each an ONNX model of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.execution.lowering import lower
from wnpopt.problems.intradp.execution.network import ExecutableNetwork
from wnpopt.problems.intradp.execution.nodes import NodeList, Span
from wnpopt.problems.intradp.execution.partial_operator import Held
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import Replay, needed_rows, replay

if TYPE_CHECKING:
    from onnx import ModelProto

Side = Literal["device", "server"]

EMBEDDED = 256
"""Constants of fewer elements are part of the segment's model; all others are shared by all sessions."""


@dataclass(frozen=True)
class Buffer:
    """Rows of a tensor where a segment leaves them for another or for a message: ``own`` were computed here, ``up`` and
    ``down`` are those of a message."""

    kind: Literal["own", "up", "down"]
    tensor: str
    rows: Span

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.tensor}"


@dataclass(frozen=True)
class ModelSegment:
    """Operators (indices of the instance) that run without a break, after the messages of the operators ``waits``.

    ``sends`` is the operator whose message leaves after it, None for none. ``inputs`` and ``outputs`` are buffers;
    ``model`` is None where nothing of it is needed. ``shared`` are the constants that are not in the model.
    """

    operators: tuple[int, ...]
    waits: tuple[int, ...]
    sends: int | None
    inputs: tuple[Buffer, ...]
    outputs: tuple[Buffer, ...]
    model: ModelProto | None
    shared: tuple[str, ...]


@dataclass(frozen=True)
class SideProgram:
    """What a side does: its segments in order, the messages it sends and gets (by operator), as buffers.

    ``result`` are the rows of each output of the network as the device has them in the end, after the messages of
    ``last_waits``. ``blank`` are operators whose rows were computed with all others blank.
    """

    side: Side
    segments: tuple[ModelSegment, ...]
    sends: Mapping[int, tuple[Buffer, ...]]
    receives: Mapping[int, tuple[Buffer, ...]]
    result: Mapping[str, tuple[Buffer, ...]] = field(default_factory=dict)
    last_waits: tuple[int, ...] = ()
    blank: tuple[str, ...] = ()
    watched: tuple[Buffer, ...] = ()


def program(
    network: ExecutableNetwork,
    instance: IntradpInstance,
    solution: IntradpSolution,
    side: Side,
    watch: Collection[str] = (),
) -> SideProgram:
    """The program of one side for a plan of ``network``'s own instance, one operator for each of the graph's.

    Rows of tensors in ``watch`` that the side computes are kept, too. Raises :class:`InputError` where a row that an
    operator reads is neither computed on its side nor sent to it.
    """
    if len(instance.operators) != len(network.graph.operators) + 2:
        raise InputError("the instance is not that of this network")
    return _Compiler(network, instance, solution, replay(instance, solution), side, frozenset(watch)).run()


class _Compiler:
    def __init__(
        self,
        network: ExecutableNetwork,
        instance: IntradpInstance,
        solution: IntradpSolution,
        plan: Replay,
        side: Side,
        watch: Collection[str],
    ) -> None:
        self.network, self.instance, self.side, self.watch = network, instance, side, watch
        self.units = [operator.units for operator in instance.operators]
        self.index = {operator.name: i for i, operator in enumerate(instance.operators)}
        on_device = [(0, end) for end in solution.device_end]
        on_server = list(zip(solution.server_begin, self.units, strict=True))
        self.rows: list[Span] = on_device if side == "device" else on_server
        up = {message.operator: message.rows for message in plan.uplink}
        down = {message.operator: message.rows for message in plan.downlink}
        self.sent, self.got = (up, down) if side == "device" else (down, up)
        self.out_kind, self.in_kind = ("up", "down") if side == "device" else ("down", "up")
        self.tensors = [network.graph.inputs, *(operator.outputs for operator in network.graph.operators), ()]
        self.maker = {tensor: u for u, made in enumerate(self.tensors) for tensor in made}
        self.blank: list[str] = []
        self.watched: list[Buffer] = []

    def run(self) -> SideProgram:
        last = len(self.units) - 1
        runs = self._runs()
        place = {v: k for k, (operators, _, _) in enumerate(runs) for v in operators}
        last_use: dict[int, int] = {}
        for v, operator in enumerate(self.instance.operators):
            if self._computes(v):
                for edge in operator.inputs:
                    u = self.index[edge.source]
                    last_use[u] = max(last_use.get(u, -1), place.get(v, len(runs)))
        segments = tuple(self._segment(k, *run, last_use) for k, run in enumerate(runs))
        result: dict[str, tuple[Buffer, ...]] = {}
        waits: tuple[int, ...] = ()
        if self.side == "device":
            done = {u for segment in segments for u in segment.waits}
            waits = tuple(u for u in sorted(self._misses(last)) if u not in done)
            for tensor in self.network.graph.outputs:
                result[tensor] = tuple(
                    buffer for buffer, _ in self._pieces(self.maker[tensor], tensor, (0, self.network.units(tensor)))
                )
        return SideProgram(
            self.side,
            segments,
            {u: self._message(u, self.out_kind, rows) for u, rows in sorted(self.sent.items())},
            {u: self._message(u, self.in_kind, rows) for u, rows in sorted(self.got.items())},
            result,
            waits,
            tuple(self.blank),
            tuple(self.watched),
        )

    def _computes(self, v: int) -> bool:
        return self.rows[v][0] < self.rows[v][1]

    def _needs(self, v: int) -> list[tuple[int, Span | None]]:
        """(operator, rows) that operator v reads here, edge by edge."""
        edges = self.instance.operators[v].inputs
        found = []
        for edge in edges:
            u = self.index[edge.source]
            found.append((u, needed_rows(edge, self.rows[v], self.units[u])))
        return found

    def _misses(self, v: int) -> set[int]:
        """Operators of whose rows v needs some that are computed on the other side alone."""
        missed = set()
        for u, rows in self._needs(v):
            own = self.rows[u]
            if rows is not None and (rows[1] > own[1] if self.side == "device" else rows[0] < own[0]):
                missed.add(u)
        return missed

    def _runs(self) -> list[tuple[list[int], tuple[int, ...], int | None]]:
        """(operators, messages waited for, message sent) of each segment."""
        runs: list[tuple[list[int], tuple[int, ...], int | None]] = []
        open_, waited = False, set[int]()
        for v in range(1, len(self.units) - 1):
            if not self._computes(v):
                continue
            new = tuple(sorted(self._misses(v) - waited))
            waited.update(new)
            if not open_ or new:
                runs.append(([], new, None))
            runs[-1][0].append(v)
            open_ = v not in self.sent
            if not open_:
                runs[-1] = (runs[-1][0], runs[-1][1], v)
        return runs

    def _message(self, u: int, kind: str, rows: Span) -> tuple[Buffer, ...]:
        """Of every tensor that an operator makes the rows of its message."""
        assert kind in ("up", "down")
        return tuple(Buffer("up" if kind == "up" else "down", tensor, rows) for tensor in self.tensors[u])

    def _pieces(self, u: int, tensor: str, want: Span) -> list[tuple[Buffer, Span]]:
        """Where rows ``want`` of a tensor are here, in order: buffers and the rows of each that count."""
        there = [Buffer("own", tensor, self.rows[u])] if self._computes(u) else []
        if u in self.got:
            there += self._message(u, self.in_kind, self.got[u])[self.tensors[u].index(tensor) :][:1]
        found, at = [], want[0]
        while at < want[1]:
            buffer = next((b for b in there if b.rows[0] <= at < b.rows[1]), None)
            if buffer is None:
                raise InputError(
                    f"row {at} of {tensor!r} is needed on the {self.side} and neither computed there nor sent to it"
                )
            stop = min(buffer.rows[1], want[1])
            found.append((buffer, (at, stop)))
            at = stop
        return found

    def _segment(
        self,
        number: int,
        operators: list[int],
        waits: tuple[int, ...],
        sends: int | None,
        last_use: Mapping[int, int],
    ) -> ModelSegment:
        nodes = NodeList(self.network.opset)
        inputs: dict[str, Buffer] = {}
        local: dict[str, str] = {}

        def gather(u: int, tensor: str, want: Span) -> str:
            where = self.network.locality.rows[tensor]
            shape = self.network.graph.tensor(tensor).shape
            parts = []
            for buffer, rows in self._pieces(u, tensor, want):
                name = local.get(tensor) if buffer.kind == "own" else None
                if name is None:
                    inputs[buffer.name] = buffer
                    name = buffer.name
                if where is not None:
                    name = nodes.cut(name, shape, where, buffer.rows, rows)
                parts.append((name, rows))
            return parts[0][0] if where is None else nodes.join(parts, shape, where)

        for v in operators:
            operator = self.network.graph.operators[v - 1]
            held = {}
            for tensor, (u, rows) in zip(dict.fromkeys(operator.inputs), self._needs(v), strict=True):
                held[tensor] = Held(None, (0, 0)) if rows is None else Held(gather(u, tensor, rows), rows)
            made, blank = lower(self.network, operator, self.network.bodies[v - 1], self.rows[v], held, nodes)
            local |= made
            if blank:
                self.blank.append(operator.name)
        outputs: dict[str, tuple[Buffer, str]] = {}
        for v in operators:
            for tensor in self.tensors[v]:
                buffer = Buffer("own", tensor, self.rows[v])
                if last_use.get(v, -1) > number or tensor in self.watch:
                    outputs[buffer.name] = (buffer, local[tensor])
                if tensor in self.watch:
                    self.watched.append(buffer)
                if v == sends:
                    for message in self._message(v, self.out_kind, self.sent[v]):
                        if message.tensor == tensor:
                            outputs[message.name] = (message, gather_own(self.network, nodes, local, buffer, message))
        for name, (_, source) in outputs.items():
            nodes.identity(source, name)
        made_here = tuple(buffer for buffer, _ in outputs.values())
        model, shared = model_of_nodes(self.network, nodes, inputs.values(), made_here) if made_here else (None, ())
        return ModelSegment(tuple(operators), waits, sends, tuple(inputs.values()), made_here, model, shared)


def gather_own(
    network: ExecutableNetwork, nodes: NodeList, local: Mapping[str, str], own: Buffer, message: Buffer
) -> str:
    """The rows of a message out of those that were just computed."""
    where, shape = network.locality.rows[own.tensor], network.graph.tensor(own.tensor).shape
    name = local[own.tensor]
    return name if where is None else nodes.cut(name, shape, where, own.rows, message.rows)


def model_of_nodes(
    network: ExecutableNetwork, nodes: NodeList, inputs: Collection[Buffer], outputs: Collection[Buffer]
) -> tuple[ModelProto, tuple[str, ...]]:
    """The segment's model, and those of its constants whose values are shared."""
    from onnx import TensorProto, helper

    constants = list(nodes.made.values())
    shared = []
    for name in nodes.read:
        proto = network.constants[name]
        if int(np.prod(proto.dims)) < EMBEDDED:
            constants.append(proto)
            continue
        stub = TensorProto(name=name, data_type=proto.data_type, dims=proto.dims, data_location=TensorProto.EXTERNAL)
        entry = stub.external_data.add()
        entry.key, entry.value = "location", "shared"
        constants.append(stub)
        shared.append(name)
    graph = helper.make_graph(
        nodes.nodes,
        "segment",
        [_declared(network, buffer) for buffer in inputs],
        [_declared(network, buffer) for buffer in outputs],
    )
    graph.initializer.extend(constants)
    model = helper.make_model(
        graph, opset_imports=list(network.model.opset_import), ir_version=max(4, network.model.ir_version)
    )
    return model, tuple(shared)


def _declared(network: ExecutableNetwork, buffer: Buffer) -> object:
    from onnx import helper

    kind = helper.np_dtype_to_tensor_dtype(network.dtype(buffer.tensor))
    return helper.make_tensor_value_info(buffer.name, kind, network.shape(buffer.tensor, buffer.rows))
