"""A side that is ready to run: sessions of its segments, bound to buffers that stay where they are."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.execution.network import Array
from wnpopt.execution.session import first_line, open_session
from wnpopt.problems.intradp.execution.network import ExecutableNetwork
from wnpopt.problems.intradp.execution.nodes import cut_array, join_arrays
from wnpopt.problems.intradp.execution.segments import Buffer, ModelSegment, SideProgram


class SharedConstants:
    """The values of a network's constants, once in memory for all sessions."""

    def __init__(self, network: ExecutableNetwork) -> None:
        self._network = network
        self._values: dict[str, Any] = {}

    def of(self, names: tuple[str, ...]) -> dict[str, Any]:
        import onnxruntime

        for name in names:
            if name not in self._values:
                value = np.ascontiguousarray(self._network.constant(name))
                self._values[name] = onnxruntime.OrtValue.ortvalue_from_numpy(value)
        return {name: self._values[name] for name in names}


@dataclass(frozen=True)
class BoundSegment:
    """A segment's session and its buffers; neither where nothing is to be computed."""

    segment: ModelSegment
    session: Any
    binding: Any

    def run(self) -> None:
        if self.session is None:
            return
        try:
            self.session.run_with_iobinding(self.binding)
        except Exception as error:  # onnxruntime raises many kinds
            raise InputError(f"onnxruntime cannot run the network in segments: {first_line(error)}") from None


class ReadySide:
    """The program of one side with its sessions. ``buffers`` hold the tensors, by the buffers' names."""

    def __init__(
        self,
        network: ExecutableNetwork,
        program: SideProgram,
        shared: SharedConstants,
        *,
        threads: int = 1,
        optimise: bool = True,
    ) -> None:
        self.network, self.program = network, program
        self.buffers: dict[str, Array] = {}
        self.segments = [self._bound(segment, shared, threads, optimise) for segment in program.segments]
        for message in (*program.sends.values(), *program.receives.values(), *program.result.values()):
            for buffer in message:
                self._array(buffer)

    def put_inputs(self, inputs: Mapping[str, Array]) -> None:
        """On the device: the network's inputs, and the rows of them that are sent."""
        for name, value in inputs.items():
            own = self.buffers.get(f"own:{name}")
            if own is not None:
                own[...] = value
        for buffer in self.program.sends.get(0, ()):
            where, value = self.network.locality.rows[buffer.tensor], inputs[buffer.tensor]
            rows = (0, self.network.units(buffer.tensor))
            self.buffers[buffer.name][...] = value if where is None else cut_array(value, where, rows, buffer.rows)

    def outputs(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """On the device, after everything: the network's outputs, of arrays of their own."""
        found = {}
        for name, pieces in self.program.result.items():
            where = self.network.locality.rows[name]
            if name in inputs:
                found[name] = inputs[name].copy()
            elif where is None:
                found[name] = self.buffers[pieces[0].name].copy()
            else:
                found[name] = join_arrays(self._rows_of(pieces), where).copy()
        return found

    def _rows_of(self, pieces: tuple[Buffer, ...]) -> list[tuple[Array, tuple[int, int]]]:
        parts, at = [], 0
        for piece in pieces:
            where = self.network.locality.rows[piece.tensor]
            assert where is not None
            value = self.buffers[piece.name]
            parts.append((cut_array(value, where, piece.rows, (at, piece.rows[1])), (at, piece.rows[1])))
            at = piece.rows[1]
        return parts

    def warm(self, times: int = 2) -> None:
        """Run every segment on ones, so that the first inference is like the others."""
        for value in self.buffers.values():
            value.fill(1)
        for segment in self.segments:
            for _ in range(times):
                with suppress(InputError):  # ones may be no possible index
                    segment.run()

    def forget(self) -> None:
        """Overwrite everything: whoever reads what was not computed or sent anew shows."""
        for value in self.buffers.values():
            value.fill(np.nan if value.dtype.kind == "f" else 1)

    def _array(self, buffer: Buffer) -> Array:
        if buffer.name not in self.buffers:
            shape = self.network.shape(buffer.tensor, buffer.rows)
            self.buffers[buffer.name] = np.zeros(shape, self.network.dtype(buffer.tensor))
        return self.buffers[buffer.name]

    def _bound(self, segment: ModelSegment, shared: SharedConstants, threads: int, optimise: bool) -> BoundSegment:
        if segment.model is None:
            return BoundSegment(segment, None, None)
        values = shared.of(segment.shared)
        try:
            session = open_session(segment.model.SerializeToString(), threads=threads, optimise=optimise, shared=values)
            binding = session.io_binding()
            for buffer in segment.inputs:
                value = self._array(buffer)
                binding.bind_input(buffer.name, "cpu", 0, value.dtype.type, value.shape, value.ctypes.data)
            for buffer in segment.outputs:
                value = self._array(buffer)
                binding.bind_output(buffer.name, "cpu", 0, value.dtype.type, value.shape, value.ctypes.data)
        except InputError as error:
            first, last = (self.network.graph.operators[segment.operators[end] - 1].name for end in (0, -1))
            told = f"the segment from {first!r} to {last!r} of the {self.program.side}"
            raise InputError(f"{told}: {error.what}") from None
        except Exception as error:  # onnxruntime raises many kinds
            raise InputError(f"onnxruntime cannot bind a segment: {first_line(error)}") from None
        return BoundSegment(segment, session, binding)
