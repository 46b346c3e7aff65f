"""Windows against execution: which rows of each tensor change in onnxruntime when one row of the input does.

Nothing here knows what an operator means: the model runs as it is, a row is perturbed, and the rows that change are
compared with those whose declared window holds the perturbed one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wnpopt.domain.chip.hardware import Core
from wnpopt.domain.files.onnx.reader import read_onnx
from wnpopt.domain.network.graph import Graph
from wnpopt.problems.intradp.imports.classify import Locality, TensorRows, classify, usual_axis
from wnpopt.problems.intradp.imports.graph import from_graph
from wnpopt.problems.intradp.instance import IntradpInstance

if TYPE_CHECKING:
    from onnx import ModelProto

CORE = Core("core", 1e12, 5e10, 0.0)
AMOUNTS = (40.0, -40.0)
"""Large both ways: what a maximum or a rectifier hides of one it shows of the other. Jittered, entry by entry."""


class NotExecutableError(Exception):
    """onnxruntime cannot run the model."""


@dataclass(frozen=True)
class Read:
    """A model, its graph, and the instance that is planned for."""

    model: ModelProto
    graph: Graph
    locality: Locality
    instance: IntradpInstance

    @classmethod
    def of(cls, model: ModelProto, folder: Path, *, chosen: bool = False) -> Read:
        """The rows of inputs lie along their usual dimension, or where they are ``chosen`` to lie."""
        path = folder / "model.onnx"
        path.write_bytes(model.SerializeToString())
        graph = read_onnx(path)
        along = None if chosen else usual(graph)
        instance = from_graph(graph, CORE, CORE, uplink_bytes_per_s=1e6, along=along)
        return cls(model, graph, classify(graph, along), instance)

    def names(self) -> list[str]:
        """All tensors that operators make."""
        return [name for operator in self.graph.operators for name in operator.outputs]

    def inputs(self) -> tuple[str, ...]:
        return self.graph.inputs

    def where(self, source: str) -> TensorRows:
        """The rows of a tensor; of one that has none the indices of its usual dimension."""
        shape = self.graph.tensor(source).shape
        usual = {4: 2, 3: 1, 2: 0}.get(len(shape), 0)
        return self.locality.rows[source] or TensorRows(usual)

    def allowed(self, source: str, row: int) -> dict[str, np.ndarray]:
        """For each tensor made, which of its rows may depend on row ``row`` of the tensor ``source``.

        By the instance: a row depends on it if the window of one of its inputs holds a row that does.
        """
        shape = {tensor.name: tensor.shape for tensor in self.graph.tensors}
        touched: dict[str, np.ndarray] = {}
        for name in self.graph.inputs:
            touched[name] = np.zeros(self.rows(name, shape), bool)  # of one input among several: a single row
        if source in touched:
            touched[source][row if self.locality.axis[source] is not None else 0] = True
        for i, operator in enumerate(self.graph.operators):
            mine = self.instance.operators[i + 1]
            rows = np.zeros(mine.units, bool)
            for name, edge in zip(dict.fromkeys(operator.inputs), mine.inputs, strict=True):
                rows |= depends(edge.window, mine.units, touched[name])
            for name in operator.outputs:
                assert self.rows(name, shape) == mine.units, (operator, name)
                touched[name] = rows.copy()
                if name == source:
                    touched[name][row if self.locality.axis[name] is not None else 0] = True
        return touched

    def rows(self, name: str, shape: Mapping[str, Sequence[int]]) -> int:
        rows = self.locality.rows[name]
        return 1 if rows is None else rows.units(tuple(shape[name]))


def usual(graph: Graph) -> dict[str, int | None]:
    """The usual dimension of the only input; none of several."""
    if len(graph.inputs) > 1:
        return {}
    return {name: usual_axis(graph.tensor(name).shape) for name in graph.inputs}


def depends(window: Any, units: int, touched: np.ndarray) -> np.ndarray:
    """Which of ``units`` rows read one that is touched."""
    if window == "all":
        return np.full(units, touched.any())
    before = np.concatenate([[0], np.cumsum(touched)])
    spans = np.array([window.rows(j, j + 1, len(touched)) for j in range(units)])
    found: np.ndarray = before[spans[:, 1]] > before[spans[:, 0]]
    return found


def session(model: ModelProto, wanted: Sequence[str]) -> Any:
    import onnxruntime
    from onnx import ModelProto, ValueInfoProto

    copy = ModelProto()
    copy.CopyFrom(model)
    del copy.graph.output[:]
    copy.graph.output.extend(ValueInfoProto(name=name) for name in wanted)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        return onnxruntime.InferenceSession(copy.SerializeToString(), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises many kinds
        raise NotExecutableError(str(error)) from None


def run(model: Any, names: Sequence[str], feeds: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    try:
        return dict(zip(names, model.run(list(names), dict(feeds)), strict=True))
    except Exception as error:
        raise NotExecutableError(str(error)) from None


def by_row(value: np.ndarray, rows: TensorRows) -> np.ndarray:
    """The same entries, rows along dimension 2: (before, outer, rows, inner, behind)."""
    units = value.shape[rows.axis] // (rows.inner * rows.outer)
    before, behind = value.shape[: rows.axis], value.shape[rows.axis + 1 :]
    return value.reshape(int(np.prod(before)), rows.outer, units, rows.inner, int(np.prod(behind)))


def perturbed(value: np.ndarray, rows: TensorRows, row: int, amount: float, rng: np.random.Generator) -> np.ndarray:
    """``value`` with a row moved by about ``amount``, no two entries by the same."""
    moved = np.ascontiguousarray(value).copy()
    view = by_row(moved, rows)
    part = view[:, :, row]
    if value.dtype == np.bool_:
        view[:, :, row] = ~part
    elif np.issubdtype(value.dtype, np.floating):
        view[:, :, row] = (part + amount * rng.uniform(0.8, 1.2, part.shape)).astype(value.dtype)
    else:
        view[:, :, row] = (part + round(amount) * rng.uniform(0.8, 1.2, part.shape)).astype(value.dtype)
    return moved


def changed(before: np.ndarray, after: np.ndarray, rows: TensorRows | None) -> np.ndarray:
    """Which rows differ in any entry (one entry for a tensor without rows); NaN equals NaN."""
    differ = before != after
    if np.issubdtype(before.dtype, np.floating):
        differ &= ~(np.isnan(before) & np.isnan(after))
    if rows is None:
        return np.array([differ.any()])
    found: np.ndarray = by_row(differ, rows).any(axis=(0, 1, 3, 4))
    return found


def wrong_shapes(read: Read, values: Mapping[str, np.ndarray]) -> list[str]:
    shape = {tensor.name: tensor.shape for tensor in read.graph.tensors}
    return [
        f"{name} has the shape {list(shape[name])}, onnxruntime makes {list(value.shape)}"
        for name, value in values.items()
        if shape[name] != value.shape
    ]


@dataclass(frozen=True)
class Observed:
    """What perturbing each row of a model's input showed.

    ``wrong``: shapes that differ, and rows that change and should not. ``read[j, i]``: row j of the output changed with
    row i of the input; ``declared[j, i]``: it may. Both are None where the output has no local dimension.
    """

    wrong: list[str]
    read: np.ndarray | None
    declared: np.ndarray | None

    def spare(self) -> int:
        """The most rows that a row of the output may read beyond the first and last that it does read."""
        assert self.read is not None
        assert self.declared is not None
        most = 0
        for read, declared in zip(self.read, self.declared, strict=True):
            hull = np.flatnonzero(read)
            span = hull[-1] - hull[0] + 1 if len(hull) else 0
            most = max(most, int(declared.sum()) - int(span))
        return most


def observe(read: Read, seed: int = 0) -> Observed:
    """Perturb every row of the model's only input; raises :class:`NotExecutableError`."""
    rng = np.random.default_rng(seed)
    (source,) = read.graph.inputs
    tensor = read.graph.tensor(source)
    names = read.names()
    model = session(read.model, names)
    base = _random(tensor.shape, tensor.dtype, rng)
    plain = run(model, names, {source: base})
    wrong = wrong_shapes(read, plain)
    if wrong:
        return Observed(wrong, None, None)
    along = read.where(source)
    output = read.graph.outputs[0]
    local = read.locality.rows[source] is not None and read.locality.rows[output] is not None
    seen, may = [], []
    for row in range(along.units(tensor.shape)):
        allowed = read.allowed(source, row)
        total = np.zeros(len(allowed[output]), bool)
        for amount in AMOUNTS:
            after = run(model, names, {source: perturbed(base, along, row, amount, rng)})
            for name in names:
                rows = changed(plain[name], after[name], read.locality.rows[name])
                if (rows & ~allowed[name]).any():
                    wrong.append(f"{name}: rows {np.flatnonzero(rows & ~allowed[name]).tolist()} change with row {row}")
            total |= changed(plain[output], after[output], read.locality.rows[output])
        seen.append(total)
        may.append(allowed[output])
    if not local:
        return Observed(wrong, None, None)
    return Observed(wrong, np.array(seen).T, np.array(may).T)


def _random(shape: Sequence[int], dtype: str, rng: np.random.Generator) -> np.ndarray:
    value = rng.normal(size=shape)
    if dtype == "bool":
        return value > 0
    return (value if dtype.startswith("float") else np.round(10 * value) + 100).astype(dtype)


def with_weights(model: ModelProto, tensors: Mapping[str, np.ndarray]) -> ModelProto:
    """``model`` with these constants instead of the nodes or initializers that make them."""
    from onnx import ModelProto, numpy_helper

    copy = ModelProto()
    copy.CopyFrom(model)
    inputs = {value.name for value in model.graph.input}
    replaced = {name: value for name, value in tensors.items() if name not in inputs}
    nodes = [node for node in model.graph.node if not set(node.output) & set(replaced)]
    kept = [constant for constant in model.graph.initializer if constant.name not in replaced]
    del copy.graph.node[:]
    del copy.graph.initializer[:]
    del copy.graph.value_info[:]
    copy.graph.node.extend(nodes)
    copy.graph.initializer.extend(kept)
    copy.graph.initializer.extend(
        numpy_helper.from_array(value.astype(np.float32), name) for name, value in replaced.items()
    )
    return copy


@dataclass(frozen=True)
class Tail:
    """The part of a model that depends on one of its tensors, which becomes an input beside what else it reads."""

    model: ModelProto
    source: str
    feeds: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, read: Read, source: str) -> Tail:
        from onnx import ModelProto, ValueInfoProto

        moved = {source}
        nodes = []
        for node in read.model.graph.node:
            if moved & set(node.input):
                nodes.append(node)
                moved |= set(node.output)
        constants = {constant.name for constant in read.model.graph.initializer}
        made = {name for node in nodes for name in node.output}
        feeds = dict.fromkeys(
            name for node in nodes for name in node.input if name and name not in made and name not in constants
        )
        copy = ModelProto()
        copy.CopyFrom(read.model)
        copy.ir_version = max(copy.ir_version, 4)  # since then an initializer need not be an input
        del copy.graph.node[:]
        del copy.graph.input[:]
        copy.graph.node.extend(nodes)
        copy.graph.input.extend(ValueInfoProto(name=name) for name in feeds)
        return cls(copy, source, tuple(feeds), tuple(name for name in read.names() if name in made))

    def typed(self, values: Mapping[str, np.ndarray]) -> ModelProto:
        from onnx import helper

        for value in self.model.graph.input:
            kind = helper.np_dtype_to_tensor_dtype(values[value.name].dtype)
            value.CopyFrom(helper.make_tensor_value_info(value.name, kind, values[value.name].shape))
        return self.model


def leaks(
    read: Read, source: str, rows: Sequence[int], values: Mapping[str, np.ndarray], seed: int = 0
) -> tuple[list[str], int]:
    """Rows anywhere behind ``source`` that change with its ``rows`` and should not; how many stayed as they were."""
    tail = Tail.of(read, source)
    model = session(tail.typed(values), tail.names)
    feeds = {name: values[name] for name in tail.feeds}
    rng = np.random.default_rng(seed)
    where = read.locality.rows[source]
    assert where is not None
    plain = run(model, tail.names, feeds)
    wrong, still = [], 0
    for row in rows:
        allowed = read.allowed(source, row)
        for amount in AMOUNTS:
            after = run(model, tail.names, {**feeds, source: perturbed(feeds[source], where, row, amount, rng)})
            for name in tail.names:
                differ = changed(plain[name], after[name], read.locality.rows[name])
                still += int((~differ).sum())
                if (differ & ~allowed[name]).any():
                    wrong.append(
                        f"{name}: rows {np.flatnonzero(differ & ~allowed[name]).tolist()} with {source}[{row}]"
                    )
    return wrong, still


def wrong_rows(read: Read, seed: int = 0, most: int = 1000) -> tuple[list[str], dict[str, int]]:
    """Perturb up to ``most`` rows of every input of a whole model, and look at all tensors that it makes.

    Rows that change and should not; and by tensor the most rows that may change beyond the first and last that do.
    """
    rng = np.random.default_rng(seed)
    feeds = {name: _random(read.graph.tensor(name).shape, read.graph.tensor(name).dtype, rng) for name in read.inputs()}
    names = read.names()
    model = session(read.model, names)
    plain = run(model, names, feeds)
    wrong = wrong_shapes(read, plain)
    spare = dict.fromkeys(names, 0)
    for source in read.inputs():
        where = read.where(source)
        units = where.units(read.graph.tensor(source).shape)
        for row in sorted({int(entry) for entry in np.linspace(0, units - 1, min(units, most))}):
            allowed = read.allowed(source, row)
            moved = {name: np.zeros(len(allowed[name]), bool) for name in names}
            for amount in AMOUNTS:
                after = run(model, names, {**feeds, source: perturbed(feeds[source], where, row, amount, rng)})
                for name in names:
                    moved[name] |= changed(plain[name], after[name], read.locality.rows[name])
            for name in names:
                beyond = np.flatnonzero(moved[name] & ~allowed[name]).tolist()
                if beyond:
                    wrong.append(f"{name}: rows {beyond} change with row {row} of {source}")
                hull = np.flatnonzero(moved[name])
                span = hull[-1] - hull[0] + 1 if len(hull) else 0
                spare[name] = max(spare[name], int(allowed[name].sum() - span))
    return wrong, spare
