"""Executes a plan on real tensors in one process: two sides that hold just their rows, and the messages of the plan.

This is what proves windows and segments right: a side has nothing but what it computed and what was sent to it. The
outputs have to equal those of the unsplit network in a session of its own on the file as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.execution.network import Array, ExecutableNetwork
from wnpopt.problems.intradp.execution.nodes import cut_array
from wnpopt.problems.intradp.execution.segments import Side, program
from wnpopt.problems.intradp.execution.session import first_line, open_session
from wnpopt.problems.intradp.execution.side import ReadySide, SharedConstants
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution

TOLERANCE = 1e-4
"""By how much outputs may differ from the unsplit network's, in units of their largest entry."""


class UnsplitNetwork:
    """The network as a whole: a session on the file, or where its outputs go by other names on the flat model."""

    def __init__(self, network: ExecutableNetwork, *, threads: int = 1, optimise: bool = True) -> None:
        self.network = network
        self._watching: dict[tuple[str, ...], object] = {}
        self._threads, self._optimise = threads, optimise
        self._session = open_session(str(network.path), threads=threads, optimise=optimise)
        self.from_file = {output.name for output in self._session.get_outputs()} >= set(network.graph.outputs)
        self._fixed = {}
        if self.from_file:
            for given in self._session.get_inputs():
                if given.name in network.values:
                    self._fixed[given.name] = _fixed(given, network.values[given.name])
        else:
            self._session = open_session(network.model.SerializeToString(), threads=threads, optimise=optimise)

    def outputs(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """What the network makes of ``inputs``."""
        self.network.check_inputs(inputs)
        names = list(self.network.graph.outputs)
        try:
            return dict(zip(names, self._session.run(names, {**inputs, **self._fixed}), strict=True))
        except Exception as error:  # onnxruntime raises many kinds
            raise InputError(f"onnxruntime cannot run the network: {first_line(error)}") from None

    def tensors(self, names: Collection[str], inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Inner tensors, of the flat model."""
        from onnx import ModelProto, ValueInfoProto

        key = tuple(sorted(names))
        if not key:
            return {}
        if key not in self._watching:
            copy = ModelProto()
            copy.CopyFrom(self.network.model)
            del copy.graph.output[:]
            copy.graph.output.extend(ValueInfoProto(name=name) for name in key)
            self._watching[key] = open_session(copy.SerializeToString(), threads=self._threads, optimise=self._optimise)
        session = self._watching[key]
        return dict(zip(key, session.run(list(key), dict(inputs)), strict=True))  # type: ignore[attr-defined]


@dataclass(frozen=True)
class SplitRun:
    """The outputs that the device has, the rows of watched tensors by side, and what was sent."""

    outputs: dict[str, Array]
    watched: tuple[tuple[str, tuple[int, int], Array], ...]
    messages: int
    bytes: int
    segments: int
    blank: tuple[str, ...]


class SplitNetwork:
    """Both sides of a plan in this process."""

    def __init__(
        self,
        network: ExecutableNetwork,
        instance: IntradpInstance,
        solution: IntradpSolution,
        *,
        shared: SharedConstants | None = None,
        watch: Collection[str] = (),
        optimise: bool = True,
    ) -> None:
        shared = SharedConstants(network) if shared is None else shared
        self.network = network
        self.sides: dict[Side, ReadySide] = {}
        both: tuple[Side, Side] = ("device", "server")
        for side in both:
            made = program(network, instance, solution, side, watch)
            self.sides[side] = ReadySide(network, made, shared, optimise=optimise)

    def run(self, inputs: Mapping[str, Array], *, shift: int = 0) -> SplitRun:
        """One inference; raises :class:`InputError` where both sides wait for each other.

        With ``shift`` the rows of every message arrive so many rows further on: what a comparison has to notice.
        """
        self.network.check_inputs(inputs)
        for side in self.sides.values():
            side.forget()
        device, server = self.sides["device"], self.sides["server"]
        device.put_inputs(inputs)
        arrived: dict[Side, set[int]] = {"device": set(), "server": set()}
        pairs: tuple[tuple[Side, Side], ...] = (("device", "server"), ("server", "device"))
        if 0 in device.program.sends:
            self._deliver(device, server, 0, arrived["server"], shift)
        at: dict[Side, int] = {"device": 0, "server": 0}
        moved = True
        while moved:
            moved = False
            for name, other in pairs:
                side, peer = self.sides[name], self.sides[other]
                while at[name] < len(side.segments):
                    bound = side.segments[at[name]]
                    if not arrived[name].issuperset(bound.segment.waits):
                        break
                    bound.run()
                    at[name] += 1
                    moved = True
                    if bound.segment.sends is not None:
                        self._deliver(side, peer, bound.segment.sends, arrived[other], shift)
        if any(at[name] < len(side.segments) for name, side in self.sides.items()):
            raise InputError("the sides wait for each other")
        if not arrived["device"].issuperset(device.program.last_waits):
            raise InputError("a message with the outputs was not sent")
        sent = [b for side in self.sides.values() for message in side.program.sends.values() for b in message]
        return SplitRun(
            device.outputs(inputs),
            tuple(
                (buffer.tensor, buffer.rows, side.buffers[buffer.name].copy())
                for side in self.sides.values()
                for buffer in side.program.watched
            ),
            sum(len(side.program.sends) for side in self.sides.values()),
            sum(self.sides["device"].buffers[buffer.name].nbytes for buffer in sent),
            sum(len(side.segments) for side in self.sides.values()),
            tuple(dict.fromkeys(name for side in self.sides.values() for name in side.program.blank)),
        )

    def _deliver(self, source: ReadySide, target: ReadySide, message: int, arrived: set[int], shift: int) -> None:
        for buffer in source.program.sends[message]:
            value, where = source.buffers[buffer.name], self.network.locality.rows[buffer.tensor]
            if shift:
                value = np.roll(value, shift) if where is None else np.roll(value, shift * where.inner, where.axis)
            target.buffers[buffer.name][...] = value
        arrived.add(message)


def difference(
    network: ExecutableNetwork, run: SplitRun, outputs: Mapping[str, Array], inner: Mapping[str, Array]
) -> float:
    """The largest deviation of a split run from the unsplit network, in units of each tensor's largest entry.

    ``outputs`` and ``inner`` are the unsplit network's outputs and watched tensors. Infinite where one side has a
    number and the other none.
    """
    worst = largest_difference(run.outputs, outputs)
    for tensor, rows, value in run.watched:
        where, whole = network.locality.rows[tensor], inner[tensor]
        expected = whole if where is None else cut_array(whole, where, (0, network.units(tensor)), rows)
        worst = max(worst, _deviation(value, expected, float(_largest(whole))))
    return worst


def largest_difference(outputs: Mapping[str, Array], expected: Mapping[str, Array]) -> float:
    """The largest deviation of ``outputs`` from what is expected, in units of each tensor's largest entry."""
    return max(_deviation(outputs[name], value) for name, value in expected.items())


def _largest(value: Array) -> float:
    finite = (
        np.abs(value[np.isfinite(value)].astype(np.float64))
        if value.dtype.kind == "f"
        else np.abs(value.astype(np.float64))
    )
    return float(finite.max(initial=0.0))


def _deviation(value: Array, expected: Array, scale: float | None = None) -> float:
    if value.shape != expected.shape or value.dtype != expected.dtype:
        return float("inf")
    if not value.size:
        return 0.0
    one, other = value.astype(np.float64), expected.astype(np.float64)
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    if same.all():
        return 0.0
    apart = np.abs(one - other)[~same]
    if not np.isfinite(apart).all():
        return float("inf")
    return float(apart.max()) / max(_largest(expected) if scale is None else scale, 1e-30)


def _fixed(given: object, value: object) -> Array:
    kinds = {
        "float": np.float32, "double": np.float64, "float16": np.float16, "bool": np.bool_, "int64": np.int64,
        "int32": np.int32, "int16": np.int16, "int8": np.int8, "uint64": np.uint64, "uint32": np.uint32,
        "uint16": np.uint16, "uint8": np.uint8,
    }  # fmt: skip
    name = str(given.type).removeprefix("tensor(").removesuffix(")")  # type: ignore[attr-defined]
    numbers: Array = np.asarray(value, kinds[name]).ravel()
    shape = [extent if isinstance(extent, int) else 1 for extent in given.shape]  # type: ignore[attr-defined]
    return numbers.reshape(shape) if numbers.size == np.prod(shape) else np.broadcast_to(numbers, shape).copy()
