"""The network as a whole, in one session: what every other way of running it has to equal."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from wnpopt.core.errors import InputError, WnpoptError
from wnpopt.execution.network import Array, RunnableNetwork
from wnpopt.execution.session import first_line, open_session

TOLERANCE = 1e-4
"""By how much outputs may differ from the unsplit network's, in units of their largest entry."""


class OutputsDifferError(WnpoptError):
    """The outputs of an inference in parts are not those of the network as a whole."""


class UnsplitNetwork:
    """The network as a whole: a session on the file, or where its outputs go by other names on the flat model."""

    def __init__(self, network: RunnableNetwork, *, threads: int = 1, optimise: bool = True) -> None:
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


def check_equal(deviation: float, tolerance: float) -> None:
    """Raise :class:`OutputsDifferError` for a deviation beyond ``tolerance``, or one that is no number."""
    if not deviation <= tolerance:
        raise OutputsDifferError(
            f"the outputs differ from the unsplit network's by {deviation:.2g} of their largest entry, where "
            f"{tolerance:.2g} is taken; in a quantised network a rounding may tip by a step: --tolerance takes more"
        )


def largest_difference(outputs: Mapping[str, Array], expected: Mapping[str, Array]) -> float:
    """The largest deviation of ``outputs`` from what is expected, in units of each tensor's largest entry."""
    return max(deviation(outputs[name], value) for name, value in expected.items())


def largest_entry(value: Array) -> float:
    finite = (
        np.abs(value[np.isfinite(value)].astype(np.float64))
        if value.dtype.kind == "f"
        else np.abs(value.astype(np.float64))
    )
    return float(finite.max(initial=0.0))


def deviation(value: Array, expected: Array, scale: float | None = None) -> float:
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
    return float(apart.max()) / max(largest_entry(expected) if scale is None else scale, 1e-30)


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
