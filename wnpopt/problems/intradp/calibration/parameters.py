"""What is fitted: a few numbers that stand for many fields of an instance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from wnpopt.problems.intradp.instance import IntradpInstance

if TYPE_CHECKING:
    from wnpopt.problems.intradp.kernels.arrays import Arrays

SPECIAL = 0.7
"""See :attr:`Parameter.weight`."""

Side = Literal["device", "server"]
Values = Mapping[str, float]


@dataclass(frozen=True)
class Parameter:
    """A number above 0 that is fitted by its logarithm (``scale`` 0), or one of at least 0 that is fitted in ``scale``.

    ``start`` is its value in the instance; a factor's is 1. ``most`` is the largest value that is possible. ``weight``
    is less for what stands for something special, where something common may explain the same.
    """

    name: str
    meaning: str
    unit: str
    start: float
    scale: float = 0.0
    most: float = math.inf
    weight: float = 1.0

    @property
    def is_factor(self) -> bool:
        """True if its logarithm is what is fitted."""
        return self.scale == 0

    def coordinate(self, value: float) -> float:
        """Where the fit stands for a value."""
        return math.log(value) if self.is_factor else value / self.scale

    def value(self, coordinate: float) -> float:
        """The value where the fit stands."""
        if self.is_factor:
            return min(self.most, math.exp(min(coordinate, 700.0)))
        return min(self.most, max(0.0, coordinate * self.scale))

    @property
    def range(self) -> tuple[float, float]:
        """Least and largest coordinate: a factor of a thousand to both sides."""
        if not self.is_factor:
            return 0.0, math.inf
        middle = self.coordinate(self.start)
        top = middle + math.log(1e3)
        return middle - math.log(1e3), min(top, math.log(self.most)) if math.isfinite(self.most) else top

    @property
    def spread(self) -> float:
        """How far from its start it may reasonably be, in coordinates."""
        return math.log(3.0) if self.is_factor else max(1.0, self.coordinate(self.start))


def parameters(instance: IntradpInstance, latency_s: float, energies: bool) -> tuple[Parameter, ...]:
    """All that can be fitted for ``instance``; ``latency_s`` is the size of what was measured.

    Powers are there only with measured ``energies``.
    """
    link, power, cut = instance.link, instance.power_w, instance.segment_s
    kernels = max(1, len(instance.operators) - 2)
    made = [
        Parameter("link.efficiency", "share of the rates that carries tensors", "", link.efficiency, most=1.0),
        Parameter("link.latency_s", "seconds a message", "s", link.latency_s, 0.1 * latency_s),
    ]
    sides: tuple[Side, ...] = ("device", "server")
    for side in sides:
        told, cutting = f"partial_s of the {side}'s operators", f"cutting at a message on the {side}"
        if has_partial(instance, side):
            partial = Parameter(f"{side}.partial_s", f"factor on {told}", "x", 1.0, weight=SPECIAL)
        else:
            partial = Parameter(f"{side}.partial_s", told, "s", 0.0, latency_s / kernels, weight=SPECIAL)
        segment = getattr(cut, side)
        made += [
            Parameter(f"{side}.rows", f"factor on full_s - fixed_s of the {side}", "x", 1.0),
            Parameter(f"{side}.launches", f"factor on fixed_s of the {side}", "x", 1.0, weight=SPECIAL),
            partial,
            Parameter(f"segment_s.{side}", cutting, "s", segment, 0.1 * latency_s, weight=SPECIAL**2),
        ]
    if energies:
        launch = power.compute if power.launch is None else power.launch
        for field, watt in (
            ("compute", power.compute), ("launch", launch), ("communicate", power.communicate),
            ("standby", power.standby),
        ):  # fmt: skip
            made.append(Parameter(f"power_w.{field}", f"power: {field}", "W", watt, max(1.0, watt)))
    return tuple(made)


def has_partial(instance: IntradpInstance, side: Side) -> bool:
    """True if some operator has partial_s there."""
    return any(getattr(operator, side).partial_s > 0 for operator in instance.operators)


def _partial(instance: IntradpInstance, side: Side, value: float) -> list[float]:
    """partial_s of each operator: those that there are times ``value``, or ``value`` for each that costs something."""
    costs = [getattr(operator, side) for operator in instance.operators]
    if has_partial(instance, side):
        return [value * cost.partial_s for cost in costs]
    return [
        value if operator.units > 1 and cost.full_s > 0 else 0.0
        for operator, cost in zip(instance.operators, costs, strict=True)
    ]


def fitted_instance(instance: IntradpInstance, values: Values) -> IntradpInstance:
    """``instance`` with these values of parameters, validated; fields without one stay as they are."""
    data: dict[str, Any] = instance.to_data()
    link, power = data["link"], data["power_w"]
    for field in ("efficiency", "latency_s"):
        if f"link.{field}" in values:
            link[field] = values[f"link.{field}"]
    sides: tuple[Side, ...] = ("device", "server")
    for side in sides:
        rows, launches = values.get(f"{side}.rows", 1.0), values.get(f"{side}.launches", 1.0)
        for operator in data["operators"]:
            cost = operator[side]
            fixed = cost["fixed_s"] * launches
            cost["full_s"] = fixed + (cost["full_s"] - cost["fixed_s"]) * rows
            cost["fixed_s"] = fixed
        if f"{side}.partial_s" in values:
            for operator, seconds in zip(
                data["operators"], _partial(instance, side, values[f"{side}.partial_s"]), strict=True
            ):
                operator[side]["partial_s"] = seconds
        if f"segment_s.{side}" in values:
            data["segment_s"] = data.get("segment_s", {}) | {side: values[f"segment_s.{side}"]}
    for field in ("compute", "launch", "communicate", "standby"):
        if f"power_w.{field}" in values:
            power[field] = values[f"power_w.{field}"]
    if "power_w.compute" in values and instance.power_w.compute > 0:
        ratio = values["power_w.compute"] / instance.power_w.compute
        for operator in data["operators"]:
            if operator["device"].get("compute_w") is not None:
                operator["device"]["compute_w"] *= ratio
    return instance.from_data(data)


def fitted_arrays(instance: IntradpInstance, arrays: Arrays, values: Values) -> Arrays:
    """What compiled evaluation reads of :func:`fitted_instance`; ``arrays`` are those of ``instance``.

    Tables for bounds are not renewed.
    """
    changed: dict[str, Any] = {}
    sides: tuple[Side, ...] = ("device", "server")
    for side in sides:
        rows, launches = values.get(f"{side}.rows", 1.0), values.get(f"{side}.launches", 1.0)
        fixed, full = getattr(arrays, f"{side}_fixed"), getattr(arrays, f"{side}_full")
        changed[f"{side}_fixed"] = fixed * launches
        changed[f"{side}_full"] = fixed * launches + (full - fixed) * rows
        if f"{side}.partial_s" in values:
            changed[f"{side}_partial"] = np.array(_partial(instance, side, values[f"{side}.partial_s"]))
    compute = values.get("power_w.compute", arrays.power[0])
    launch = compute if instance.power_w.launch is None else arrays.power[3]
    if arrays.power[0] > 0:
        changed["device_watt"] = arrays.device_watt * (compute / arrays.power[0])
    else:
        own = [o.device.compute_w for o in instance.operators]
        changed["device_watt"] = np.array([compute if watt is None else watt for watt in own])
    changed["power"] = np.array(
        [
            compute,
            values.get("power_w.communicate", arrays.power[1]),
            values.get("power_w.standby", arrays.power[2]),
            values.get("power_w.launch", launch),
        ]
    )
    changed["segments"] = np.array(
        [values.get(f"segment_s.{side}", arrays.segments[i]) for i, side in enumerate(sides)]
    )
    for array in changed.values():
        array.setflags(write=False)
    return arrays._replace(**changed)


def link_of(instance: IntradpInstance, values: Values, megabytes_per_s: float | None) -> tuple[float, float, float]:
    """(uplink bytes/s, downlink bytes/s, latency s) at a nominal rate or (None) at the instance's own rates."""
    share = values.get("link.efficiency", instance.link.efficiency)
    rates = instance.link.uplink_bytes_per_s, instance.link.downlink_bytes_per_s
    if megabytes_per_s is not None:
        rates = ((megabytes_per_s or 1.0) * 1e6,) * 2
    return rates[0] * share, rates[1] * share, values.get("link.latency_s", instance.link.latency_s)
