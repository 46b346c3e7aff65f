"""The columnar form of an instance: read-only arrays, for a million users, and its ``.npz`` file.

All methods compute on this form; an instance of the contract's JSON converts to it and back. A file is a plain
``.npz`` of numeric and text arrays, without pickle: reading one runs no code.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from wnpopt.core.document import MAX_INT, Document
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import replacing
from wnpopt.domain.files.npz import read_npz
from wnpopt.problems.slide.columnar.checks import POWER, check_columns

if TYPE_CHECKING:
    from wnpopt.problems.slide.instance import SlideInstance

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
TextArray = npt.NDArray[np.str_]

FORMAT = 1
"""Version of the ``.npz`` layout."""

AS_IN_JSON = ("deadline_s", "flop_per_cycle", "energy_per_flop_hz2", "receive_w", "min_accuracy", "weight")
"""Columns that have a user's field of the same name."""


@dataclass(frozen=True, eq=False)
class SlideColumns:
    """An instance with ``U`` users and ``J`` models of ``L`` layers in all, as read-only arrays in SI units.

    ``layer_start`` (J + 1) delimits each model's layers in ``bits`` and ``flop`` (L). ``energy_j`` is infinite where
    there is no limit. A user's link is ``efficiency`` in bit/s/Hz, or, where that is 0, the fixed power of
    ``power_w``, ``gain`` and ``noise_w_per_hz`` (each (U,), or empty where no user has one). ``allowed`` (U, J) says
    which models a user accepts, all of them where it is empty. An empty ``user_names`` means u0, u1, ….

    Raises :class:`InputError` naming the column, the row, and what would be right, as the JSON form does.
    """

    name: str
    bandwidth_hz: float
    model_names: TextArray
    accuracy: FloatArray
    layer_start: IntArray
    bits: FloatArray
    flop: FloatArray
    deadline_s: FloatArray
    efficiency: FloatArray
    frequency_min_hz: FloatArray
    frequency_max_hz: FloatArray
    flop_per_cycle: FloatArray
    energy_per_flop_hz2: FloatArray
    energy_j: FloatArray
    receive_w: FloatArray
    min_accuracy: FloatArray
    weight: FloatArray
    user_names: TextArray
    allowed: BoolArray
    power_w: FloatArray
    gain: FloatArray
    noise_w_per_hz: FloatArray
    resource_block_hz: float | None = None
    cache_bits: float | None = None
    multicast: bool = False
    weighted: bool = False

    def __post_init__(self) -> None:
        for entry in fields(self):
            value = getattr(self, entry.name)
            if isinstance(value, np.ndarray):
                frozen = np.ascontiguousarray(value)
                if frozen is value and value.flags.writeable:
                    frozen = value.view()
                frozen.setflags(write=False)
                object.__setattr__(self, entry.name, frozen)
        check_columns(self)

    @property
    def users(self) -> int:
        """U."""
        return int(self.deadline_s.size)

    @property
    def models(self) -> int:
        """J."""
        return int(self.accuracy.size)

    @property
    def unit_weights(self) -> bool:
        """True if all users count alike, so that serving the most is serving the heaviest."""
        return not self.weighted or bool(self.users == 0 or (self.weight == self.weight[0]).all())

    @cached_property
    def values(self) -> FloatArray:
        """What each user adds to the objective, shape (U,)."""
        values = self.weight if self.weighted else np.ones(self.users)
        values.setflags(write=False)
        return values

    @cached_property
    def integral(self) -> bool:
        """True if all values are integers whose sums are exact: nothing between two of them is a value of a plan."""
        return bool((self.values == np.floor(self.values)).all()) and float(self.values.sum()) < 2**53

    def rounded(self, bound: float) -> float:
        """``bound`` on the value of plans, down to the next value that a plan can have."""
        return float(math.floor(bound + 1e-6)) if self.integral else bound

    @cached_property
    def snr_hz(self) -> FloatArray:
        """power * gain / noise of each user in Hz, 0 for links given by their efficiency, shape (U,)."""
        snr = np.zeros(self.users)
        if self.power_w.size:
            fixed = self.efficiency == 0
            snr[fixed] = self.power_w[fixed] * self.gain[fixed] / self.noise_w_per_hz[fixed]
        snr.setflags(write=False)
        return snr

    @cached_property
    def model_bits(self) -> FloatArray:
        """Size of each model in bits, shape (J,)."""
        return np.add.reduceat(self.bits, self.layer_start[:-1])

    def user_name(self, user: int) -> str:
        """Name of user number ``user``."""
        return str(self.user_names[user]) if self.user_names.size else f"u{user}"

    @staticmethod
    def of(instance: SlideInstance) -> SlideColumns:
        """The columns of a JSON instance."""
        users, models = instance.users, instance.models
        links = [user.link for user in users]

        def column(documents: Sequence[Document], field: str) -> FloatArray:
            return np.fromiter(map(attrgetter(field), documents), np.float64, len(documents))

        efficiency = column(links, "spectral_efficiency")
        ranges = np.fromiter(chain.from_iterable(map(attrgetter("frequency_hz"), users)), np.float64, 2 * len(users))
        # None is NaN as an array has it; energies that are given are finite.
        energy = np.array(list(map(attrgetter("energy_j"), users)), dtype=np.float64)
        layers = [layer for model in models for layer in model.layers]
        return SlideColumns(
            name=instance.name,
            bandwidth_hz=float(instance.bandwidth_hz),
            model_names=np.array([m.name for m in models], dtype=np.str_),
            accuracy=column(models, "accuracy"),
            layer_start=np.cumsum([0, *(len(m.layers) for m in models)], dtype=np.int64),
            bits=column(layers, "bits"),
            flop=column(layers, "flop"),
            efficiency=efficiency,
            frequency_min_hz=ranges[0::2],
            frequency_max_hz=ranges[1::2],
            energy_j=np.where(np.isnan(energy), np.inf, energy),
            user_names=np.array([u.name for u in users], dtype=np.str_),
            allowed=_allowed(instance),
            **{field: column(users, field) for field in AS_IN_JSON},
            **{field: column(links if (efficiency == 0).any() else (), field) for field in POWER},
            resource_block_hz=None if instance.resource_block_hz is None else float(instance.resource_block_hz),
            cache_bits=None if instance.cache_bits is None else float(instance.cache_bits),
            multicast=instance.delivery == "multicast",
            weighted=instance.objective == "weighted",
        )


def _allowed(instance: SlideInstance) -> BoolArray:
    """Which models each user accepts, shape (U, J); empty where nobody has a list."""
    lists = [user.models for user in instance.users]
    if lists.count(None) == len(lists):
        return np.ones((0, 0), dtype=np.bool_)
    number = {model.name: j for j, model in enumerate(instance.models)}
    rows = [u for u, names in enumerate(lists) if names is not None]
    given = [names for names in lists if names is not None]
    allowed = np.ones((len(lists), len(number)), dtype=np.bool_)
    allowed[rows] = False
    allowed[np.repeat(rows, list(map(len, given))), [number[name] for names in given for name in names]] = True
    return allowed


def save_columns(columns: SlideColumns, path: str | os.PathLike[str]) -> None:
    """Write ``columns`` as an uncompressed ``.npz`` of plain arrays; raises :class:`InputError` naming the file."""
    arrays: dict[str, npt.NDArray[np.generic]] = {"format": np.array(FORMAT)}
    for entry in fields(columns):
        value = getattr(columns, entry.name)
        if value is not None:
            arrays[entry.name] = np.asarray(value)
    with replacing(path) as stream:
        np.savez(stream, **arrays)  # type: ignore[arg-type]


def load_columns(path: str | os.PathLike[str]) -> SlideColumns:
    """Read and check what :func:`save_columns` wrote; raises :class:`InputError` naming the file and the column."""
    arrays = read_npz(path, ("format", *(entry.name for entry in fields(SlideColumns))))
    try:
        return _from_arrays(arrays)
    except InputError as error:
        raise error.in_file(os.fspath(path)) from None


def _from_arrays(arrays: dict[str, npt.NDArray[np.generic]]) -> SlideColumns:
    version = arrays.pop("format", None)
    if version is None or version.shape != () or version.dtype.kind not in "iu" or int(version) != FORMAT:
        raise InputError(f"version {FORMAT} is needed", where="format")
    known = {entry.name: entry for entry in fields(SlideColumns)}
    values: dict[str, object] = {}
    optional = ("resource_block_hz", "cache_bits", "multicast", "weighted")
    for key, entry in known.items():
        if key not in arrays:
            if key in optional:
                continue
            raise InputError("missing column", where=key)
        value = arrays[key]
        if str(entry.type).endswith("Array"):
            values[key] = _as_column(key, str(entry.type), value)
            continue
        if value.shape != ():
            raise InputError(f"has shape {value.shape}; a single value is needed", where=key)
        scalar = value.item()
        wanted = {"str": str, "bool": bool}.get(str(entry.type), float)
        if wanted is float and isinstance(scalar, int) and not isinstance(scalar, bool):
            scalar = float(scalar)
        if not isinstance(scalar, wanted):
            raise InputError(f"found {scalar!r}; a {wanted.__name__} is needed", where=key)
        values[key] = scalar
    return SlideColumns(**values)  # type: ignore[arg-type]


def _as_column(field: str, wanted: str, value: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """``value`` in the type that columns of the kind ``wanted`` have, where nothing is lost by that."""
    kind = value.dtype.kind
    if wanted == "FloatArray" and kind == "f":
        return value.astype(np.float64, copy=False)
    if wanted == "IntArray" and kind in "iu":
        if value.size and (int(value.max()) > MAX_INT or int(value.min()) < -MAX_INT):
            raise InputError("integers of at most 2^53 are needed", where=field)
        return value.astype(np.int64, copy=False)
    return value  # the checks of all columns say what is wrong with it
