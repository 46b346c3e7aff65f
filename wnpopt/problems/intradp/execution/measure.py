"""Operator times measured here: each node of an ONNX file is run on its own by onnxruntime (extra ``run``).

What is timed is one call of the runtime's CPU kernel with its constants in place and its tensors already bound, so the
seconds contain the overhead of that call (some microseconds) and nothing that a runtime would gain by fusing operators;
but quantisations and dequantisations that the graph has merged into their neighbours are merged by the runtime, too.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Any

from wnpopt.core.errors import InputError
from wnpopt.core.extras import need
from wnpopt.domain.chip.hardware import Core
from wnpopt.domain.files.onnx.external import ExternalData
from wnpopt.domain.files.onnx.reader import read_flat
from wnpopt.domain.files.reading import in_file
from wnpopt.domain.network.graph import Graph, Tensor
from wnpopt.domain.network.quantised import fold_quantisation

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

Array = Any
"""A numpy array of any element type."""


def measure_onnx(
    path: str | os.PathLike[str],
    *,
    dims: Mapping[str, int] | None = None,
    values: Mapping[str, float | Sequence[float]] | None = None,
    repeats: int = 5,
    threads: int | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Seconds of each operator on this machine's CPU, by the names of ``read_onnx(path, dims=dims, values=values)``.

    Each is the median of ``repeats`` runs after one that does not count, on the tensors that the operators before it
    make of a seeded random input (integers are 0, truth values true). ``threads``: of one operator, None for as many
    as the runtime likes; of a single one the seconds are those of its processor. Views (reshapes and the like) are 0 s,
    as in the roofline: within a network they copy nothing.

    Raises :class:`InputError` naming the file for what :func:`read_onnx` refuses, for constants whose data are absent
    and for operators that onnxruntime cannot run, and :class:`MissingDependencyError` without onnx or onnxruntime.
    """
    for where, value in (("repeats", repeats), ("threads", 1 if threads is None else threads)):
        if value < 1:
            raise InputError(f"found {value}; at least 1 is needed", where=where)
    need("onnxruntime", "run")
    graph, model = read_flat(path, dims=dims, values=values)
    with in_file(path):
        return _Bench(model, Path(path).parent, fold_quantisation(graph), repeats, threads or 0).run(seed)


def times(
    graph: Graph, device: Mapping[str, float] | Core, server: Mapping[str, float] | Core
) -> dict[str, tuple[float, float]]:
    """(device, server) seconds by operator, as :func:`~wnpopt.problems.intradp.imports.graph.from_graph` takes them.

    Each side is measured (:func:`measure_onnx`, on that machine) or a core, whose roofline then counts. Raises
    :class:`InputError` naming an operator that has no time on a side.
    """
    found = {}
    for operator in graph.operators:
        pair = []
        for side, given in (("device", device), ("server", server)):
            seconds = given.seconds(operator) if isinstance(given, Core) else given.get(operator.name)
            if seconds is None:
                raise InputError(f"has no time on the {side}", where=operator.name)
            pair.append(seconds)
        found[operator.name] = (pair[0], pair[1])
    return found


@dataclass(frozen=True)
class _Run:
    """A node, and the dequantisations ``before`` and quantisations ``behind`` it that are merged into it."""

    node: NodeProto
    before: tuple[NodeProto, ...]
    behind: tuple[NodeProto, ...]

    @property
    def nodes(self) -> list[NodeProto]:
        return [*self.before, self.node, *self.behind]

    @property
    def reads(self) -> list[str]:
        """What comes from elsewhere, each once."""
        made = {name for node in self.nodes for name in node.output}
        return list(dict.fromkeys(name for node in self.nodes for name in node.input if name and name not in made))

    @property
    def makes(self) -> list[str]:
        """What is left for others."""
        read = {name for node in self.behind for name in node.input}
        made = [name for node in (self.node, *self.behind) for name in node.output]
        return [name for name in made if name and name not in read]


class _Bench:
    """The nodes of a model that its outputs need, run one by one."""

    def __init__(self, model: ModelProto, folder: Path, graph: Graph, repeats: int, threads: int) -> None:
        self.model, self.graph, self.repeats, self.threads = model, graph, repeats, threads
        self.operator = {tensor: operator for operator in graph.operators for tensor in operator.outputs}
        data = ExternalData(folder, "measuring")
        for tensor in model.graph.initializer:
            data.load(tensor)
        self.constants = {tensor.name: tensor for tensor in model.graph.initializer}
        self.values: dict[str, Array] = {}

    def run(self, seed: int) -> dict[str, float]:
        import numpy as np

        rng = np.random.default_rng([seed, 0x6D656173])
        for name in self.graph.inputs:
            self.values[name] = _random(self.graph.tensor(name), rng)
        runs = self._merged(self._needed())
        readers = Counter(name for run in runs for name in run.reads)
        seconds: dict[str, float] = {}
        for run in runs:
            operator = next((self.operator[name] for name in run.makes if name in self.operator), None)
            timed = operator is not None and not operator.is_view
            spent = self._run(run, timed=timed, constant=operator is None)
            if operator is not None:
                seconds[operator.name] = spent
            for name in run.reads:
                readers[name] -= 1
                if not readers[name]:
                    self.values.pop(name, None)
        return seconds

    def _needed(self) -> list[NodeProto]:
        wanted = set(self.graph.outputs)
        kept = []
        for node in reversed(self.model.graph.node):
            if wanted.intersection(node.output):
                kept.append(node)
                wanted.update(name for name in node.input if name)
        kept.reverse()
        return kept

    def _merged(self, nodes: Sequence[NodeProto]) -> list[_Run]:
        """Each node on its own, but for those that quantise and dequantise and are no operators of the graph: they run
        with the node that they belong to, as the runtime merges them."""
        before: dict[str, NodeProto] = {}
        behind: dict[str, NodeProto] = {}
        for node in nodes:
            operator = self.operator.get(node.output[0])
            if node.op_type == "DequantizeLinear" and operator is None:
                before[node.output[0]] = node
            elif node.op_type == "QuantizeLinear" and operator is not None and operator.op_type != node.op_type:
                behind[node.input[0]] = node
        aside = {node.output[0] for node in (*before.values(), *behind.values())}
        return [
            _Run(
                node,
                tuple(before[name] for name in dict.fromkeys(node.input) if name in before),
                tuple(behind[name] for name in node.output if name in behind),
            )
            for node in nodes
            if node.output[0] not in aside
        ]

    def _run(self, run: _Run, *, timed: bool, constant: bool) -> float:
        """Run it, keep what it makes, return the median seconds (0.0 unless ``timed``)."""
        from onnx import numpy_helper

        node = run.node
        label = node.name or node.output[0]
        for name in run.reads:
            if name not in self.values and name not in self.constants:
                raise InputError(f"its argument {name!r} has no value yet; a sorted file is needed", where=label)
        feeds = {name: self.values[name] for name in run.reads if name in self.values}
        outputs = run.makes
        try:
            session = self._session(run, feeds, outputs)
            made = session.run(outputs, feeds)
            spent = self._timed(session, feeds, outputs) if timed else 0.0
        except Exception as error:  # onnxruntime raises many kinds, and protobuf one for more than 2 GiB
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise InputError(f"onnxruntime cannot run {node.op_type}: {reason}", where=label) from None
        for name, value in zip(outputs, made, strict=True):
            if constant:
                self.constants[name] = numpy_helper.from_array(value, name)
            else:
                self.values[name] = value
        return spent

    def _session(self, run: _Run, feeds: Mapping[str, Array], outputs: Sequence[str]) -> Any:
        import onnxruntime
        from onnx import ValueInfoProto, helper

        inputs = [
            helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
            for name, value in feeds.items()
        ]
        constants = [self.constants[name] for name in run.reads if name in self.constants]
        graph = helper.make_graph(run.nodes, "one", inputs, [ValueInfoProto(name=name) for name in outputs], constants)
        opsets = list(self.model.opset_import)
        alone = helper.make_model(graph, opset_imports=opsets, ir_version=self.model.ir_version)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        return onnxruntime.InferenceSession(alone.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def _timed(self, session: Any, feeds: Mapping[str, Array], outputs: Sequence[str]) -> float:
        binding = session.io_binding()
        for name, value in feeds.items():
            binding.bind_cpu_input(name, value)
        for name in outputs:
            binding.bind_output(name)
        session.run_with_iobinding(binding)
        # A single thread is this one: its own seconds know nothing of what else the machine does.
        clock = thread_time if self.threads == 1 else perf_counter
        spent = []
        for _ in range(self.repeats):
            start = clock()
            session.run_with_iobinding(binding)
            spent.append(clock() - start)
        return median(spent)


def _random(tensor: Tensor, rng: Any) -> Array:
    import numpy as np
    from onnx import helper

    from wnpopt.domain.files.onnx.types import dtype_number

    kind = helper.tensor_dtype_to_np_dtype(dtype_number(tensor.dtype))
    if kind == np.bool_:
        return np.ones(tensor.shape, kind)
    if np.issubdtype(kind, np.floating):
        return rng.normal(size=tensor.shape).astype(kind)
    return np.zeros(tensor.shape, kind)
