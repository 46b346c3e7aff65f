"""The instance of model provisioning, bandwidth and frequency, as in the contract. All numbers are in SI units."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_serializer, model_validator

from wnpopt.core.document import MAX_INT, Document, Instance, Name, PositiveReal, Real, require
from wnpopt.core.errors import InputError
from wnpopt.core.unique import require_unique

if TYPE_CHECKING:
    from wnpopt.problems.slide.columnar.columns import SlideColumns

_POWER_FIELDS = ("power_w", "gain", "noise_w_per_hz")
_MANY = 1000
"""Users from which on they are checked all at once, as arrays."""


class Layer(Document):
    """A layer of a model: ``bits`` to download, ``flop`` to compute."""

    bits: Real
    flop: Real


class Model(Document):
    """A neural network: its layers in the order in which they are downloaded and computed."""

    name: Name
    accuracy: Real
    layers: Annotated[tuple[Layer, ...], Field(min_length=1)]

    @property
    def bits(self) -> float:
        """Size of the model in bits."""
        return math.fsum(layer.bits for layer in self.layers)

    @property
    def flop(self) -> float:
        """FLOP of one inference."""
        return math.fsum(layer.flop for layer in self.layers)


def _link_schema(schema: dict[str, Any]) -> None:
    for field in schema.get("properties", {}).values():
        field.pop("default", None)
    schema["oneOf"] = [{"required": ["spectral_efficiency"]}, {"required": list(_POWER_FIELDS)}]


class Link(Document):
    """A downlink, in one of two forms. The fields of the other form are 0.

    ``spectral_efficiency`` in bit/s/Hz: the rate grows in proportion to the bandwidth. Or a fixed transmit power:
    rate = bandwidth * log2(1 + power*gain / (noise*bandwidth)), which stays below a limit however wide the band.
    """

    model_config = ConfigDict(json_schema_extra=_link_schema)

    spectral_efficiency: PositiveReal = 0.0
    power_w: PositiveReal = 0.0
    gain: PositiveReal = 0.0
    noise_w_per_hz: PositiveReal = 0.0

    @model_validator(mode="after")
    def _one_form(self) -> Link:
        given = self.model_fields_set
        if "spectral_efficiency" in given:
            if len(given) > 1:
                raise ValueError("a spectral_efficiency or a power_w with gain and noise_w_per_hz is needed, not both")
        elif len(given) < len(_POWER_FIELDS):
            missing = [field for field in _POWER_FIELDS if field not in given]
            if len(missing) == len(_POWER_FIELDS):
                raise ValueError("a spectral_efficiency, or power_w, gain and noise_w_per_hz are needed")
            raise ValueError(f"{' and '.join(missing)} is missing; power_w, gain and noise_w_per_hz go together")
        return self

    @model_serializer(mode="plain")
    def _given_form(self) -> dict[str, float]:
        if self.spectral_efficiency > 0:
            return {"spectral_efficiency": self.spectral_efficiency}
        return {"power_w": self.power_w, "gain": self.gain, "noise_w_per_hz": self.noise_w_per_hz}

    @property
    def snr_hz(self) -> float:
        """Signal-to-noise ratio times bandwidth, in Hz; 0 for a link given by its spectral efficiency."""
        if self.spectral_efficiency > 0:
            return 0.0
        return self.power_w * self.gain / self.noise_w_per_hz


class User(Document):
    """A user: what the answer must keep (deadline, energy, accuracy), the link, and the device."""

    name: Name
    deadline_s: Real
    energy_j: Real | None = None
    link: Link
    frequency_hz: tuple[PositiveReal, PositiveReal]
    flop_per_cycle: PositiveReal
    energy_per_flop_hz2: Real
    receive_w: Real = 0.0
    min_accuracy: Real = 0.0
    weight: Real = 1.0
    models: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None


class SlideInstance(Instance):
    """A validated instance of the family slide: ``U`` users, ``J`` models."""

    kind: Literal["slide"]
    bandwidth_hz: PositiveReal
    resource_block_hz: PositiveReal | None = None
    delivery: Literal["unicast", "multicast"] = "unicast"
    cache_bits: Real | None = None
    objective: Literal["count", "weighted"] = "count"
    models: Annotated[tuple[Model, ...], Field(min_length=1)]
    users: tuple[User, ...]

    @model_validator(mode="after")
    def _check(self) -> SlideInstance:
        _check_names(self)
        if self.resource_block_hz is not None:
            blocks = self.bandwidth_hz / self.resource_block_hz
            what = f"found {self.resource_block_hz:g}; the band has {blocks:g} such blocks, at most 2^53 are possible"
            require(blocks <= MAX_INT, "resource_block_hz", what)
        _check_models(self)
        if len(self.users) < _MANY or not _checked_in_columns(self):
            known = {model.name for model in self.models}
            for index, user in enumerate(self.users):
                _check_user(self, index, user, known)
        _check_finite("users", sum(user.weight for user in self.users), "the sum of weights")
        return self

    @cached_property
    def columns(self) -> SlideColumns:
        """The same instance as read-only arrays."""
        from wnpopt.problems.slide.columnar.columns import SlideColumns

        return SlideColumns.of(self)


def has_integer_objective(instance: SlideInstance) -> bool:
    """True if users are counted, or all weights are integers (small enough for sums to be exact)."""
    return instance.objective == "count" or instance.columns.integral


def _checked_in_columns(instance: SlideInstance) -> bool:
    """True if all users are right as columns, which are kept; what else is wrong, a user's own check tells."""
    from wnpopt.problems.slide.columnar.columns import SlideColumns

    if any(user.models is not None and len(set(user.models)) < len(user.models) for user in instance.users):
        return False
    try:
        instance.__dict__["columns"] = SlideColumns.of(instance)
    except (InputError, KeyError):
        return False
    return True


def _check_names(instance: SlideInstance) -> None:
    require_unique("models", (model.name for model in instance.models))
    require_unique("users", (user.name for user in instance.users))


def _check_models(instance: SlideInstance) -> None:
    for index, model in enumerate(instance.models):
        where = f"models[{index}].layers"
        bits = sum(layer.bits for layer in model.layers)
        require(bits > 0, where, "has 0 bits in all; a model's total bits must be above 0")
        _check_finite(where, bits, "the sum of bits")
        _check_finite(where, sum(layer.flop for layer in model.layers), "the sum of flop")
    layers = [layer for model in instance.models for layer in model.layers]
    _check_finite("models", sum(layer.bits for layer in layers), "the sum of all bits")
    _check_finite("models", sum(layer.flop for layer in layers), "the sum of all flop")


def _check_user(instance: SlideInstance, index: int, user: User, known: set[str]) -> None:
    low, high = user.frequency_hz
    if low > high:
        require(False, f"users[{index}].frequency_hz", f"found [{low}, {high}]; the lower frequency must come first")
    if user.models is not None:
        require_unique(f"users[{index}].models", user.models, "")
        for position, name in enumerate(user.models):
            where = f"users[{index}].models[{position}]"
            require(
                name in known,
                where,
                f'"{name}" is no model; one of {", ".join(sorted(known))} is needed',
            )
    link = user.link
    where = f"users[{index}].link"
    if link.spectral_efficiency > 0:
        _check_finite(where, link.spectral_efficiency * instance.bandwidth_hz, "the rate over the whole bandwidth")
    else:
        _check_finite(where, link.snr_hz, "power_w * gain / noise_w_per_hz")
        require(link.snr_hz > 0, where, "power_w * gain / noise_w_per_hz underflows to 0; larger values are needed")
    where = f"users[{index}].flop_per_cycle"
    _check_finite(where, user.flop_per_cycle * high, "flop_per_cycle * frequency_hz")
    require(
        user.flop_per_cycle * low > 0, where, "flop_per_cycle * frequency_hz underflows to 0; larger values are needed"
    )


def _check_finite(where: str, total: float, what: str) -> None:
    require(total < math.inf, where, f"{what} overflows; a finite number is needed")
