"""Building a graph operator by operator, shapes and costs worked out on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod

from wnpopt.core.errors import InputError
from wnpopt.domain.network.flop import Call, cost
from wnpopt.domain.network.graph import AttributeValue, Graph, Operator, Tensor, Window, make_operator


class GraphBuilder:
    """Collects operators in topological order; ``build`` returns the frozen graph.

    ``modality`` is the branch that the following operators belong to. Every method returns the tensor that
    its last operator makes. Weight names repeat only where a weight is shared on purpose: see ``weight``.
    """

    def __init__(self, name: str, dtype: str = "float32", source: str | None = None) -> None:
        self.name = name
        self.dtype = dtype
        self.source = source
        self.modality: str | None = None
        self._operators: list[Operator] = []
        self._tensors: dict[str, Tensor] = {}
        self._inputs: list[str] = []

    def input(self, name: str, shape: Iterable[int], dtype: str | None = None) -> Tensor:
        """A tensor that comes from outside."""
        tensor = self._declare(Tensor.of(name, shape, dtype or self.dtype))
        self._inputs.append(tensor.name)
        return tensor

    def weight(self, name: str, shape: Iterable[int], dtype: str | None = None) -> Tensor:
        """A learnt constant."""
        return self._declare(Tensor.of(name, shape, dtype or self.dtype, "weight"))

    def buffer(self, name: str, shape: Iterable[int], dtype: str | None = None) -> Tensor:
        """A constant that is not learnt."""
        return self._declare(Tensor.of(name, shape, dtype or self.dtype, "buffer"))

    def _declare(self, tensor: Tensor) -> Tensor:
        if tensor.name in self._tensors:
            raise InputError(f"the tensor {tensor.name!r} is declared twice")
        self._tensors[tensor.name] = tensor
        return tensor

    def add(
        self,
        name: str,
        op_type: str,
        arguments: Sequence[Tensor],
        shape: Iterable[int],
        *,
        window: Window | None = None,
        attributes: Mapping[str, AttributeValue] | None = None,
        dtype: str | None = None,
    ) -> Tensor:
        """An operator with one output of ``shape``; ``arguments`` are activations and constants in ONNX
        order."""
        first = next((t.dtype for t in arguments if t.role == "activation"), self.dtype)
        output = self._declare(Tensor.of(name, shape, dtype or first))
        call = Call(op_type, tuple(t.shape for t in arguments), (output.shape,), window, attributes or {})
        arithmetic = cost(call)
        self._operators.append(
            make_operator(
                name,
                op_type,
                inputs=[t for t in arguments if t.role == "activation"],
                weights=[t for t in arguments if t.role != "activation"],
                outputs=[output],
                flop=arithmetic.flop,
                macs=arithmetic.macs,
                window=window,
                attributes=attributes,
                modality=self.modality,
                arguments=[t.name for t in arguments],
            )
        )
        return output

    def append(self, graph: Graph, prefix: str, outputs: Sequence[str]) -> list[Tensor]:
        """All operators of ``graph`` that ``outputs`` need, names prefixed; returns the tensors of
        ``outputs``."""
        needed = set(outputs)
        for operator in reversed(graph.operators):
            if needed.intersection(operator.outputs):
                needed.update(operator.inputs, operator.weights)
        for tensor in graph.tensors:
            if tensor.name in needed:
                self._declare(Tensor(prefix + tensor.name, tensor.shape, tensor.bytes, tensor.dtype, tensor.role))
        self._inputs.extend(prefix + name for name in graph.inputs if name in needed)
        for operator in graph.operators:
            made = [name for name in operator.outputs if name in needed]
            if not made:
                continue
            self._operators.append(
                make_operator(
                    prefix + operator.name,
                    operator.op_type,
                    inputs=[self._tensors[prefix + name] for name in operator.inputs],
                    weights=[self._tensors[prefix + name] for name in operator.weights],
                    outputs=[self._tensors[prefix + name] for name in made],
                    flop=operator.flop,
                    macs=operator.macs,
                    window=operator.window,
                    attributes=dict(operator.attributes),
                    modality=self.modality,
                    arguments=[name and prefix + name for name in operator.arguments],
                    opaque=operator.opaque,
                )
            )
        return [self._tensors[prefix + name] for name in outputs]

    def unary(self, name: str, op_type: str, x: Tensor, **attributes: AttributeValue) -> Tensor:
        """An operator that keeps the shape: Relu, Gelu, Softmax, …"""
        return self.add(name, op_type, [x], x.shape, attributes=attributes)

    def binary(self, name: str, op_type: str, a: Tensor, b: Tensor) -> Tensor:
        """An elementwise operator on two tensors, broadcast as numpy does."""
        return self.add(name, op_type, [a, b], _broadcast(a.shape, b.shape))

    def linear(self, name: str, x: Tensor, width: int, *, bias: bool = True) -> Tensor:
        """A matrix product over the last axis and its bias, as exporters write it: MatMul, then Add."""
        weight = self.weight(f"{name}.weight", (x.shape[-1], width))
        y = self.add(f"{name}.matmul" if bias else name, "MatMul", [x, weight], (*x.shape[:-1], width))
        return self.binary(name, "Add", y, self.weight(f"{name}.bias", (width,))) if bias else y

    def matmul(self, name: str, a: Tensor, b: Tensor) -> Tensor:
        """A batched product of two activations."""
        if a.shape[-1] != b.shape[-2]:
            raise InputError(f"{name!r} multiplies {list(a.shape)} by {list(b.shape)}; the inner extents differ")
        return self.add(name, "MatMul", [a, b], (*a.shape[:-1], b.shape[-1]))

    def reshape(self, name: str, x: Tensor, shape: Sequence[int]) -> Tensor:
        if prod(shape) != x.elements:
            raise InputError(f"{name!r} reshapes {list(x.shape)} to {list(shape)}; the numbers of elements differ")
        return self.add(name, "Reshape", [x], shape, attributes={"shape": tuple(shape)})

    def transpose(self, name: str, x: Tensor, perm: Sequence[int]) -> Tensor:
        return self.add(name, "Transpose", [x], [x.shape[p] for p in perm], attributes={"perm": tuple(perm)})

    def concat(self, name: str, tensors: Sequence[Tensor], axis: int) -> Tensor:
        shape = list(tensors[0].shape)
        shape[axis] = sum(t.shape[axis] for t in tensors)
        return self.add(name, "Concat", tensors, shape, attributes={"axis": axis})

    def layer_norm(self, name: str, x: Tensor) -> Tensor:
        """Layer normalisation over the last axis."""
        constants = [self.weight(f"{name}.{part}", x.shape[-1:]) for part in ("scale", "bias")]
        return self.add(name, "LayerNormalization", [x, *constants], x.shape, attributes={"axis": -1})

    def batch_norm(self, name: str, x: Tensor) -> Tensor:
        learnt = [self.weight(f"{name}.{part}", x.shape[1:2]) for part in ("scale", "bias")]
        running = [self.buffer(f"{name}.{part}", x.shape[1:2]) for part in ("mean", "var")]
        return self.add(name, "BatchNormalization", [x, *learnt, *running], x.shape)

    def conv(
        self, name: str, x: Tensor, channels: int, kernel: int, *, stride: int = 1, padding: int = 0,
        groups: int = 1, bias: bool = True,
    ) -> Tensor:  # fmt: skip
        """A square two-dimensional convolution of an (N, C, H, W) tensor."""
        batch, before, *extents = x.shape
        window = Window((kernel,) * 2, (stride,) * 2, (padding,) * 2, (padding,) * 2, (1, 1), groups)
        weights = [self.weight(f"{name}.weight", (channels, before // groups, kernel, kernel))]
        if bias:
            weights.append(self.weight(f"{name}.bias", (channels,)))
        after = [(e + 2 * padding - kernel) // stride + 1 for e in extents]
        return self.add(name, "Conv", [x, *weights], (batch, channels, *after), window=window)

    def global_pool(self, name: str, x: Tensor) -> Tensor:
        return self.add(name, "GlobalAveragePool", [x], (*x.shape[:2], 1, 1))

    def mean(self, name: str, x: Tensor, axis: int) -> Tensor:
        """The mean over one axis, which goes."""
        shape = [e for i, e in enumerate(x.shape) if i != axis]
        return self.add(name, "ReduceMean", [x], shape, attributes={"axes": (axis,), "keepdims": 0})

    def build(self, outputs: Sequence[Tensor]) -> Graph:
        """The graph; raises :class:`InputError` if it is inconsistent."""
        return Graph(
            self.name,
            tuple(self._operators),
            tuple(self._tensors.values()),
            tuple(self._inputs),
            tuple(tensor.name for tensor in outputs),
            self.source,
        )


def _broadcast(a: Sequence[int], b: Sequence[int]) -> tuple[int, ...]:
    rank = max(len(a), len(b))
    left, right = (1,) * (rank - len(a)) + tuple(a), (1,) * (rank - len(b)) + tuple(b)
    if any(p != q and 1 not in (p, q) for p, q in zip(left, right, strict=True)):
        raise InputError(f"the shapes {list(a)} and {list(b)} do not broadcast")
    return tuple(max(p, q) if 0 not in (p, q) else 0 for p, q in zip(left, right, strict=True))
