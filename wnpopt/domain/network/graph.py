"""A DNN as a directed acyclic graph of operators, with its arithmetic and the bytes that flow in it.

The FLOP convention, here and everywhere in wnpopt: a multiply-accumulate is 2 FLOP, every other scalar
operation 1 (see :mod:`wnpopt.domain.network.flop`). Published totals usually count multiply-accumulates only, and
only those of convolutions and matrix products: compare them with ``macs``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from types import MappingProxyType
from typing import Literal

from wnpopt.core.document import MAX_INT
from wnpopt.core.errors import InputError
from wnpopt.core.unique import require_unique

Role = Literal["activation", "weight", "buffer"]
"""``weight``: learnt; ``buffer``: constant but not learnt (running mean and variance, tables, scalars)."""

Scalar = int | float | str
AttributeValue = Scalar | tuple[int, ...] | tuple[float, ...] | tuple[str, ...]

UNSPECIFIED = "unspecified"
"""The value of an attribute that the operator's definition leaves open, in the opset that a graph was read from."""

UNREAD = "unread"
"""The value of an attribute or constant argument that is there and is not a few numbers or a text.

Whoever derives something from an operator's attributes sees that there is one more than it accounts for.
"""

DTYPE_BITS: Mapping[str, int] = MappingProxyType(
    {
        "float64": 64, "float32": 32, "float16": 16, "bfloat16": 16, "float8": 8, "float4": 4,
        "int64": 64, "int32": 32, "int16": 16, "int8": 8, "int4": 4, "int2": 2,
        "uint64": 64, "uint32": 32, "uint16": 16, "uint8": 8, "uint4": 4, "uint2": 2,
        "bool": 8, "complex64": 64, "complex128": 128,
    }
)  # fmt: skip
"""Bits of one element, by the name of its type."""

FLOATING = frozenset({"float64", "float32", "float16", "bfloat16", "float8", "float4"})
"""Types of floating-point elements: a core may hold them in fewer bits."""


def tensor_bytes(shape: Iterable[int], dtype: str) -> int:
    """Bytes of a dense tensor, rounded up to whole bytes."""
    return -(-prod(shape) * DTYPE_BITS[dtype] // 8)


MOST_DIMENSIONS = 64
"""Of a tensor, as NumPy has it: their product stays a number that can be told."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor: its name, full shape (batch included) and size."""

    name: str
    shape: tuple[int, ...]
    bytes: int
    dtype: str = "float32"
    role: Role = "activation"

    @classmethod
    def of(cls, name: str, shape: Iterable[int], dtype: str = "float32", role: Role = "activation") -> Tensor:
        """The tensor with the bytes that follow from its shape and type."""
        shape = tuple(shape)
        if dtype not in DTYPE_BITS:
            raise InputError(f"tensor {name!r} has elements of type {dtype!r}, which have no fixed size")
        if len(shape) > MOST_DIMENSIONS:
            raise InputError(f"tensor {name!r} has {len(shape)} dimensions; at most {MOST_DIMENSIONS} are possible")
        if any(extent < 0 for extent in shape):
            raise InputError(f"tensor {name!r} has the shape {list(shape)}; extents are not negative")
        size = tensor_bytes(shape, dtype)
        if size > MAX_INT:
            raise InputError(f"tensor {name!r} of shape {list(shape)} has {size} bytes; at most 2^53 are possible")
        return cls(name, shape, size, dtype, role)

    @property
    def elements(self) -> int:
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class Window:
    """The receptive window of a convolution or pooling, one entry per spatial dimension.

    ``transposed`` windows scatter instead of gather (transposed convolution); their ``pads_*`` cut the
    output.
    """

    kernel: tuple[int, ...]
    strides: tuple[int, ...]
    pads_begin: tuple[int, ...]
    pads_end: tuple[int, ...]
    dilations: tuple[int, ...]
    groups: int = 1
    transposed: bool = False


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator of a graph.

    ``inputs`` are the activations it reads (in argument order; one may stand twice), ``weights`` the constant
    tensors, ``outputs`` what it makes. ``arguments`` are both in the order that the operator takes them, "" for one
    that is absent (an optional one, or one that became an attribute); it is empty where that is ``inputs``, then
    ``weights``, and the shapes can tell: see :attr:`ordered`. ``flop`` counts everything, ``macs`` the
    multiply-accumulates within it. ``parameters`` are the learnt numbers; ``parameter_bytes`` are the bytes of all its
    constants. ``modality`` is the branch of a multimodal network that it belongs to, None after fusion and in a network
    of one modality. ``precision`` is the type that it computes in (see :func:`compute_precision`),
    ``traffic`` the bytes that must cross the memory interface at least, by type of element. ``opaque`` is an operator
    whose arithmetic is not known: its ``flop`` are 0 for want of a number.
    """

    name: str
    op_type: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    flop: int
    macs: int
    parameters: int
    parameter_bytes: int
    input_bytes: int
    output_bytes: int
    weights: tuple[str, ...] = ()
    window: Window | None = None
    attributes: tuple[tuple[str, AttributeValue], ...] = ()
    modality: str | None = None
    arguments: tuple[str, ...] = ()
    precision: str = "float32"
    traffic: tuple[tuple[str, int], ...] = ()
    opaque: bool = False

    @property
    def ordered(self) -> tuple[str, ...]:
        """Activations and constants in the order that the operator takes them, "" for an absent one."""
        return self.arguments or self.inputs + self.weights

    def attribute(self, name: str) -> AttributeValue | None:
        """The value of an attribute (``axis``, ``perm``, …), None if the operator has none of that name."""
        return next((value for key, value in self.attributes if key == name), None)

    @property
    def is_view(self) -> bool:
        """True if the operator neither computes nor moves data (reshape and the like)."""
        return self.op_type in VIEWS

    @property
    def memory_bytes(self) -> int:
        """Bytes that must cross the memory interface at least: inputs, constants and outputs once each.

        Views move nothing; an operator that picks entries reads as much as it writes, not the whole table.
        """
        return sum(size for _, size in self.traffic)


VIEWS = frozenset({"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout"})
"""Operators that only rename data at inference time."""

SELECTING = frozenset({"Gather", "GatherElements", "GatherND", "Slice", "Split"})
"""Operators that read only the entries they write."""


@dataclass(frozen=True, slots=True)
class Edge:
    """``tensor`` of ``bytes`` bytes flows from operator ``producer`` to operator ``consumer`` (indices)."""

    producer: int
    consumer: int
    tensor: str
    bytes: int


@dataclass(frozen=True)
class Graph:
    """A DNN: operators in a topological order, its tensors, and which of them come in and go out.

    Raises :class:`InputError` when names repeat, a tensor is undeclared or made twice, an operator reads what
    no earlier one made (a cycle, or a wrong order), or a total exceeds 2^53.
    """

    name: str
    operators: tuple[Operator, ...]
    tensors: tuple[Tensor, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    source: str | None = None

    def __post_init__(self) -> None:
        if not self.operators:
            raise InputError("the graph has no operator; at least one is needed", where="operators")
        require_unique("tensors", (tensor.name for tensor in self.tensors))
        require_unique("operators", (operator.name for operator in self.operators))
        require_unique("inputs", self.inputs, "")
        self._check_order()
        for total, what in ((self.flop, "FLOP"), (self.parameter_bytes, "bytes of parameters")):
            if total > MAX_INT:
                raise InputError(f"the graph has {total} {what}; at most 2^53 are possible")

    def _check_order(self) -> None:
        available = dict.fromkeys(self.inputs)
        for position, name in enumerate(self.inputs):
            self._known(name, f"inputs[{position}]")
        for position, operator in enumerate(self.operators):
            where = f"operators[{position}]"
            for name in (*operator.inputs, *operator.weights, *operator.outputs):
                self._known(name, where)
            if not operator.outputs:
                raise InputError(f"{operator.name!r} has no output; at least one is needed", where=where)
            for name in operator.inputs:
                if name not in available:
                    raise InputError(
                        f"{operator.name!r} reads {name!r} before any operator has made it; "
                        "a topological order without cycles is needed",
                        where=where,
                    )
            if Counter(name for name in operator.ordered if name) != Counter(operator.inputs + operator.weights):
                raise InputError(
                    f"the arguments of {operator.name!r} are not its inputs and weights", where=f"{where}.arguments"
                )
            for name in operator.weights:
                if self._by_name[name].role == "activation":
                    raise InputError(f"{operator.name!r} has the activation {name!r} as a weight", where=where)
            for name in operator.outputs:
                if name in available:
                    raise InputError(f"{operator.name!r} makes {name!r}, which exists already", where=where)
                available[name] = None
        for position, name in enumerate(self.outputs):
            if name not in available:
                raise InputError(f"no operator makes the output {name!r}", where=f"outputs[{position}]")
        if not self.outputs:
            raise InputError("the graph has no output; at least one is needed", where="outputs")

    def _known(self, name: str, where: str) -> None:
        if name not in self._by_name:
            raise InputError(f"the tensor {name!r} is not declared", where=where)

    @cached_property
    def _by_name(self) -> dict[str, Tensor]:
        return {tensor.name: tensor for tensor in self.tensors}

    def tensor(self, name: str) -> Tensor:
        """The tensor called ``name``; raises :class:`InputError` if there is none."""
        self._known(name, self.name)
        return self._by_name[name]

    @cached_property
    def producer(self) -> Mapping[str, int]:
        """The operator that makes each tensor; inputs and constants are absent."""
        return {name: i for i, operator in enumerate(self.operators) for name in operator.outputs}

    @cached_property
    def consumers(self) -> Mapping[str, tuple[int, ...]]:
        """The operators that read each activation, ascending, each once."""
        readers: dict[str, list[int]] = {}
        for i, operator in enumerate(self.operators):
            for name in dict.fromkeys(operator.inputs):
                readers.setdefault(name, []).append(i)
        return {name: tuple(found) for name, found in readers.items()}

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """One edge for each tensor between two operators, by consumer, then by argument order."""
        return tuple(
            Edge(self.producer[name], i, name, self._by_name[name].bytes)
            for i, operator in enumerate(self.operators)
            for name in dict.fromkeys(operator.inputs)
            if name in self.producer
        )

    @cached_property
    def flop(self) -> int:
        """All FLOP, 2 for a multiply-accumulate."""
        return sum(operator.flop for operator in self.operators)

    @cached_property
    def macs(self) -> int:
        """Multiply-accumulates of convolutions and matrix products."""
        return sum(operator.macs for operator in self.operators)

    @cached_property
    def weights(self) -> tuple[Tensor, ...]:
        """The constants, each once however many operators share it."""
        used = dict.fromkeys(name for operator in self.operators for name in operator.weights)
        return tuple(self._by_name[name] for name in used)

    @cached_property
    def parameters(self) -> int:
        """Learnt numbers; shared ones count once."""
        return sum(tensor.elements for tensor in self.weights if tensor.role == "weight")

    @cached_property
    def parameter_bytes(self) -> int:
        """Bytes of all constants; shared ones count once."""
        return sum(tensor.bytes for tensor in self.weights)

    @cached_property
    def activation_bytes(self) -> int:
        """Bytes of all tensors that operators make."""
        return sum(operator.output_bytes for operator in self.operators)

    @property
    def input_bytes(self) -> int:
        return sum(self._by_name[name].bytes for name in self.inputs)

    def with_modality(self, modality: str | None) -> Graph:
        """The same graph with every operator assigned to ``modality``."""
        return replace(self, operators=tuple(replace(op, modality=modality) for op in self.operators))


def make_operator(
    name: str,
    op_type: str,
    *,
    inputs: Iterable[Tensor],
    outputs: Iterable[Tensor],
    weights: Iterable[Tensor] = (),
    flop: int,
    macs: int,
    window: Window | None = None,
    attributes: Mapping[str, AttributeValue] | None = None,
    modality: str | None = None,
    arguments: Iterable[str] = (),
    opaque: bool = False,
) -> Operator:
    """An operator whose byte and parameter counts follow from its tensors."""
    inputs, outputs, weights = tuple(inputs), tuple(outputs), tuple(weights)
    order = tuple(arguments)
    if order == tuple(tensor.name for tensor in inputs + weights) and not _order_matters(op_type, inputs, weights):
        order = ()
    return Operator(
        name=name,
        op_type=op_type,
        inputs=tuple(tensor.name for tensor in inputs),
        outputs=tuple(tensor.name for tensor in outputs),
        weights=tuple(tensor.name for tensor in weights),
        flop=flop,
        macs=macs,
        parameters=sum(t.elements for t in _distinct(weights) if t.role == "weight"),
        parameter_bytes=sum(t.bytes for t in _distinct(weights)),
        input_bytes=sum(t.bytes for t in _distinct(inputs)),
        output_bytes=sum(t.bytes for t in outputs),
        window=window,
        attributes=tuple(sorted((attributes or {}).items())),
        modality=modality,
        arguments=order,
        precision=compute_precision(inputs, outputs, weights, macs),
        traffic=_traffic(op_type, inputs, outputs, weights),
        opaque=opaque,
    )


def compute_precision(inputs: Sequence[Tensor], outputs: Sequence[Tensor], weights: Sequence[Tensor], macs: int) -> str:
    """The type that an operator on these tensors computes in, without sign: ``float32``, ``float16``, ``int8``, ….

    Products take the widest of their factors (a convolution of 8-bit tensors with 8-bit weights is one in 8 bits
    whatever it adds up in and hands on; weights alone in 8 bits leave it in floating point). All else takes the widest
    floating-point type that it reads or makes, or the widest integer if there is none.
    """
    if macs:
        factors = [*inputs, *(weight for weight in weights if weight.role == "weight" and len(weight.shape) > 1)]
    else:
        factors = [*inputs, *outputs] or list(weights)
    real = [tensor.dtype for tensor in factors if tensor.dtype in FLOATING]
    types = real or [tensor.dtype for tensor in factors or outputs]
    widest = max(types, key=lambda dtype: DTYPE_BITS.get(dtype, 0), default="float32")
    return widest.removeprefix("u")


def _traffic(
    op_type: str, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...], weights: tuple[Tensor, ...]
) -> tuple[tuple[str, int], ...]:
    if op_type in VIEWS:
        return ()
    moved = [*outputs, *outputs] if op_type in SELECTING else [*_distinct(inputs), *_distinct(weights), *outputs]
    sizes: dict[str, int] = {}
    for tensor in moved:
        sizes[tensor.dtype] = sizes.get(tensor.dtype, 0) + tensor.bytes
    return tuple(sorted(sizes.items()))


def _order_matters(op_type: str, inputs: tuple[Tensor, ...], weights: tuple[Tensor, ...]) -> bool:
    """True if nothing but ``arguments`` can tell where the constants stand among the activations."""
    if not inputs or not weights:
        return False
    if op_type in ("MatMul", "Gemm"):  # the shapes tell, unless both factors have the same
        return inputs[0].shape[-2:] == weights[0].shape[-2:]
    return op_type == "Concat"


def _distinct(tensors: Iterable[Tensor]) -> list[Tensor]:
    return list({tensor.name: tensor for tensor in tensors}.values())
