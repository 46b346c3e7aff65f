"""The checks of the JSON form on arrays: the same rules, a million users at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from wnpopt.core.document import MAX_INT
from wnpopt.core.errors import InputError
from wnpopt.core.unique import require_unique

if TYPE_CHECKING:
    from wnpopt.problems.slide.columnar.columns import SlideColumns

_POSITIVE = ("frequency_min_hz", "frequency_max_hz", "flop_per_cycle")
_NOT_NEGATIVE = ("deadline_s", "efficiency", "energy_per_flop_hz2", "receive_w", "min_accuracy", "weight")
POWER = ("power_w", "gain", "noise_w_per_hz")
"""Columns of links of a fixed transmit power."""


def check_columns(columns: SlideColumns) -> None:
    """Raise :class:`InputError` naming column and row of the first thing that is wrong."""
    users, models = columns.deadline_s.size, columns.accuracy.size
    _check_scalars(columns)
    if models == 0:
        raise InputError("is empty; at least one model is needed", where="accuracy")
    _shape(columns, "model_names", (models,), "U")
    _shape(columns, "layer_start", (models + 1,), "iu")
    _shape(columns, "accuracy", (models,), "f")
    layers = columns.layer_start
    if layers[0] != 0 or (np.diff(layers) < 1).any():
        raise InputError("must begin with 0 and grow: every model has a layer", where="layer_start")
    for field in ("bits", "flop"):
        _shape(columns, field, (int(layers[-1]),), "f")
        _range(columns, field, 0.0, strict=False)
    _range(columns, "accuracy", 0.0, strict=False)
    _check_sums(columns)
    for field in (*_POSITIVE, *_NOT_NEGATIVE, "energy_j"):
        _shape(columns, field, (users,), "f")
    for field in _POSITIVE:
        _range(columns, field, 0.0, strict=True)
    for field in _NOT_NEGATIVE:
        _range(columns, field, 0.0, strict=False)
    _range(columns, "energy_j", 0.0, strict=False, infinite=True)
    with np.errstate(over="ignore"):
        if not math.isfinite(float(columns.weight.sum())):
            raise InputError("the sum of weights overflows; a finite number is needed", where="weight")
    _first(
        "frequency_min_hz",
        columns.frequency_min_hz > columns.frequency_max_hz,
        columns.frequency_min_hz,
        "at most frequency_max_hz is needed",
    )
    with np.errstate(over="ignore"):
        _first(
            "flop_per_cycle",
            ~np.isfinite(columns.flop_per_cycle * columns.frequency_max_hz),
            columns.flop_per_cycle,
            "its product with frequency_max_hz overflows; a finite number is needed",
        )
        _first(
            "flop_per_cycle",
            ~(columns.flop_per_cycle * columns.frequency_min_hz > 0),
            columns.flop_per_cycle,
            "its product with frequency_min_hz underflows to 0; a larger number is needed",
        )
    _check_links(columns)
    _check_names("model_names", columns.model_names)
    _shape(columns, "user_names", (users,) if columns.user_names.size else (0,), "U")
    _check_names("user_names", columns.user_names)
    if columns.allowed.dtype != np.bool_ or (columns.allowed.size and columns.allowed.shape != (users, models)):
        raise InputError(
            f"found {columns.allowed.dtype} of shape {columns.allowed.shape}; bool of shape ({users}, {models}) or "
            "empty is needed",
            where="allowed",
        )
    if columns.allowed.size:
        some: npt.NDArray[np.bool_] = np.asarray(columns.allowed.any(axis=1))
        _first("allowed", ~some, some, "at least one model is needed")


def _check_scalars(columns: SlideColumns) -> None:
    for field, least in (("bandwidth_hz", True), ("resource_block_hz", True), ("cache_bits", False)):
        value = getattr(columns, field)
        if value is None and field != "bandwidth_hz":
            continue
        if not (0 <= value < math.inf) or (least and value == 0):
            wanted = "above 0" if least else "of at least 0"
            raise InputError(f"found {value}; a finite number {wanted} is needed", where=field)
    if columns.resource_block_hz is not None and columns.bandwidth_hz / columns.resource_block_hz > MAX_INT:
        raise InputError(
            f"found {columns.resource_block_hz}; at most 2^53 blocks in the band are possible",
            where="resource_block_hz",
        )
    name = columns.name
    if not (1 <= len(name) <= 200 and name.isprintable() and "->" not in name):
        raise InputError('1 to 200 printable characters without "->" are needed', where="name")


def _check_sums(columns: SlideColumns) -> None:
    with np.errstate(over="ignore"):
        for field in ("bits", "flop"):
            total = np.add.reduceat(getattr(columns, field), columns.layer_start[:-1])
            if field == "bits":
                _first("layer_start", total <= 0, total, "a model's total bits must be above 0")
            if not math.isfinite(float(total.sum())):
                raise InputError("the sum overflows; a finite number is needed", where=field)


def _check_links(columns: SlideColumns) -> None:
    users = columns.deadline_s.size
    fixed = columns.efficiency == 0
    given = bool(columns.power_w.size)
    for field in POWER:
        _shape(columns, field, (users,) if given else (0,), "f")
    if fixed.any() and not given:
        _first("efficiency", fixed, columns.efficiency, "a positive number, or the columns of a fixed power are needed")
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        rate = columns.efficiency * columns.bandwidth_hz
        _first("efficiency", ~np.isfinite(rate), columns.efficiency, "the rate over the whole bandwidth overflows")
        if given:
            snr = columns.power_w * columns.gain / columns.noise_w_per_hz
            bad = fixed & ~(np.isfinite(snr) & (snr > 0))
            for field in POWER:
                values = getattr(columns, field)
                # Like the second form of a link in JSON: one user has one form.
                _first(field, ~fixed & (values != 0), values, "0 is needed where efficiency is given")
            _first("power_w", bad, columns.power_w, "power_w * gain / noise_w_per_hz must be positive and finite")


def _shape(columns: SlideColumns, field: str, shape: tuple[int, ...], kinds: str) -> None:
    value = getattr(columns, field)
    if value.shape != shape or value.dtype.kind not in kinds or (kinds == "f" and value.dtype != np.float64):
        kind = {"f": "float64", "iu": "int64", "U": "text"}[kinds]
        raise InputError(f"found {value.dtype} of shape {value.shape}; {kind} of shape {shape} is needed", where=field)


def _range(columns: SlideColumns, field: str, least: float, *, strict: bool, infinite: bool = False) -> None:
    values = getattr(columns, field)
    # One pass each for the least and the greatest: NaN fails both comparisons.
    if values.size == 0:
        return
    low, high = values.min(), values.max()
    if (low > least if strict else low >= least) and (high < math.inf or (infinite and high == math.inf)):
        return
    good = (values > least) if strict else (values >= least)
    if not infinite:
        good &= values < math.inf
    wanted = f"a finite number {'above' if strict else 'of at least'} {least:g} is needed"
    _first(field, ~good, values, wanted)


def _first(field: str, bad: npt.NDArray[np.bool_], values: npt.NDArray[np.generic], wanted: str) -> None:
    if bad.any():
        row = int(np.argmax(bad))
        raise InputError(f"found {values[row]}; {wanted}", where=f"{field}[{row}]")


def _check_names(field: str, names: npt.NDArray[np.str_]) -> None:
    listed: list[str] = names.tolist()
    # All names at once first: a million calls only where something is wrong.
    text = "\n".join(listed)
    whole = len(set(listed)) == len(listed) and all(listed) and text.count("\n") == max(0, len(listed) - 1)
    short = names.dtype.itemsize // 4 <= 200
    if whole and short and "->" not in text and text.replace("\n", "").isprintable():
        return
    for row, name in enumerate(listed):
        if not (1 <= len(name) <= 200 and name.isprintable() and "->" not in name):
            raise InputError(
                f'found {name!r}; 1 to 200 printable characters without "->" are needed', where=f"{field}[{row}]"
            )
    require_unique(field, listed, "")
