"""The instance of local-operation partitioning between a device and a server, as in the contract."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from wnpopt.core.document import (
    LATER,
    MAX_INT,
    Document,
    Instance,
    Int,
    Name,
    Positive,
    PositiveReal,
    Real,
    require,
)
from wnpopt.core.unique import require_unique


class Window(Document):
    """Which rows of its input an operator reads.

    Rows [lo, hi) of the output need the input's rows [floor(x / upsample), ceil(y / upsample)), clipped to the
    tensor, with x = lo * stride - padding and y = (hi - 1) * stride - padding + kernel. ``kernel`` and ``padding``
    may be zero or negative (crops, transposed convolutions).
    """

    kernel: Int
    stride: Positive
    padding: Int
    upsample: Positive = 1

    def rows(self, lo: int, hi: int, units: int) -> tuple[int, int]:
        """Rows [x, y) of a tensor of ``units`` rows that the output rows [lo, hi), lo < hi, need; (0, 0) for none."""
        x = lo * self.stride - self.padding
        y = (hi - 1) * self.stride - self.padding + self.kernel
        first, last = max(0, x // self.upsample), min(units, -(-y // self.upsample))
        return (first, last) if first < last else (0, 0)


class Input(Document):
    """An edge: the operator reads ``source`` through ``window``; "all" reads every row whatever is computed."""

    source: Annotated[Name, Field(alias="from")]
    window: Window | Literal["all"]

    def rows(self, lo: int, hi: int, units: int) -> tuple[int, int]:
        """Rows [x, y) of the source (of ``units`` rows) that the output rows [lo, hi), lo < hi, need; (0, 0): none."""
        return (0, units) if self.window == "all" else self.window.rows(lo, hi, units)


class Cost(Document):
    """Seconds on one side: r > 0 of ``units`` rows take fixed_s + (full_s - fixed_s) * r / units, none take 0.

    Some rows but not all take ``partial_s`` more: what cutting and joining tensors costs.
    """

    fixed_s: Real
    full_s: Real
    partial_s: Annotated[Real, LATER] = 0.0


class DeviceCost(Cost):
    """On the device; ``compute_w`` is the power in place of ``power_w.compute`` but for fixed and partial seconds."""

    compute_w: Annotated[Real | None, LATER] = None


class Operator(Document):
    """An operator: ``units`` rows of output along its local dimension, ``output_bytes`` for all of them."""

    name: Name
    units: Positive
    output_bytes: Real
    inputs: tuple[Input, ...]
    device: DeviceCost
    server: Cost


class Link(Document):
    """Both directions of the wireless link; ``efficiency`` is the share of the rates that carries the tensors."""

    uplink_bytes_per_s: PositiveReal
    downlink_bytes_per_s: PositiveReal
    latency_s: Real = 0.0
    efficiency: Annotated[PositiveReal, Field(le=1), LATER] = 1.0


class Power(Document):
    """The device's power in watts: computing, communicating while not computing, neither.

    ``launch`` is the power in the seconds of launches, partial operators and segments; None stands for ``compute``.
    """

    compute: Real
    communicate: Real
    standby: Real
    launch: Annotated[Real | None, LATER] = None


class Segments(Document):
    """Seconds that cutting a side's work at a message takes there.

    The sender is busy so long for each message of a tensor, after the tensor's operator and before the message is
    ready; the receiver for each message that an operator is the first to miss rows of, before the operator.
    """

    device: Real = 0.0
    server: Real = 0.0


class IntradpInstance(Instance):
    """A validated instance of the family intradp: operators in a topological order, input first, output last."""

    kind: Literal["intradp"]
    operators: Annotated[tuple[Operator, ...], Field(min_length=2)]
    link: Link
    power_w: Power
    transfers: Literal["any", "small"] = "any"
    objective: Literal["latency", "energy"] = "latency"
    deadline_s: Real | None = None
    segment_s: Annotated[Segments, LATER] = Segments()

    @model_validator(mode="after")
    def _check(self) -> IntradpInstance:
        _check_edges(self)
        _check_costs(self)
        _check_windows(self)
        _check_sums(self)
        return self

    def changed(self, **fields: object) -> Self:
        """The instance with other values in these fields, validated anew."""
        return self.model_copy(update=fields)

    @property
    def input_bytes(self) -> float:
        """Bytes of the network's input: with transfers "small" no tensor that is larger may be sent."""
        return self.operators[0].output_bytes


def _check_edges(instance: IntradpInstance) -> None:
    require_unique("operators", (operator.name for operator in instance.operators))
    position: dict[str, int] = {}
    everything = {operator.name for operator in instance.operators}
    for i, operator in enumerate(instance.operators):
        where = f"operators[{i}]"
        for j, edge in enumerate(operator.inputs):
            if edge.source in position:
                continue
            known = edge.source in everything
            what = (
                f"reads {edge.source!r} before it is listed; operators are needed in a topological order without cycles"
                if known
                else f"there is no operator called {edge.source!r}; an earlier operator's name is needed"
            )
            require(False, f"{where}.inputs[{j}].from", what)
        position[operator.name] = i
    require(
        not instance.operators[0].inputs,
        "operators[0].inputs",
        f"found a list of {len(instance.operators[0].inputs)}; the first operator is the input and has none",
    )


def _check_costs(instance: IntradpInstance) -> None:
    last = len(instance.operators) - 1
    for i, operator in enumerate(instance.operators):
        for side, cost in (("device", operator.device), ("server", operator.server)):
            where = f"operators[{i}].{side}"
            require(
                cost.fixed_s <= cost.full_s,
                f"{where}.fixed_s",
                f"found {cost.fixed_s}; at most full_s, which is {cost.full_s}, is possible",
            )
            if i in (0, last):
                role = "input" if i == 0 else "output"
                require(cost.full_s == 0, f"{where}.full_s", f"found {cost.full_s}; the {role} costs 0")
                require(cost.partial_s == 0, f"{where}.partial_s", f"found {cost.partial_s}; the {role} costs 0")


def _check_windows(instance: IntradpInstance) -> None:
    for i, operator in enumerate(instance.operators):
        for j, edge in enumerate(operator.inputs):
            if edge.window == "all":
                continue
            window = edge.window
            reach = operator.units * window.stride + abs(window.padding) + abs(window.kernel)
            require(reach <= MAX_INT, f"operators[{i}].inputs[{j}].window", f"reaches {reach}; at most 2^53 is allowed")


def _check_sums(instance: IntradpInstance) -> None:
    link, power = instance.link, instance.power_w
    slowest = min(link.uplink_bytes_per_s, link.downlink_bytes_per_s) * link.efficiency
    require(slowest > 0, "link.efficiency", f"found {link.efficiency}; the rate that is left is 0")
    sides = [side for operator in instance.operators for side in (operator.device, operator.server)]
    work = sum(side.full_s + side.partial_s for side in sides)
    cuts = 2 * len(instance.operators) * (instance.segment_s.device + instance.segment_s.server)
    load = sum(operator.output_bytes for operator in instance.operators)
    # the largest product that any evaluation forms: bytes times rows, before it is divided by the units
    product = max(operator.output_bytes * operator.units for operator in instance.operators)
    product = max(product, *(o.device.full_s * o.units for o in instance.operators))
    product = max(product, *(o.server.full_s * o.units for o in instance.operators))
    require(math.isfinite(product), "operators", "bytes or seconds times units overflow")
    horizon = work + cuts + 2 * (load / slowest + len(instance.operators) * link.latency_s)
    require(math.isfinite(horizon), "operators", "the sum of all durations and transfers overflows")
    most = max(power.compute, power.communicate, power.standby, power.launch or 0.0)
    most = max(most, *(operator.device.compute_w or 0.0 for operator in instance.operators))
    require(math.isfinite(3 * most * horizon), "power_w", "the energy of all durations and transfers overflows")
