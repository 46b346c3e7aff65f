"""A channel of one's own: an array, or an ``.npz`` file, of SNR or of bits per resource block and slot."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wnpopt.core.document import MAX_INT
from wnpopt.core.errors import InputError
from wnpopt.domain.files.npz import read_npz
from wnpopt.domain.files.reading import in_file
from wnpopt.domain.radio.rate import DATA_ELEMENTS, RateModel, bits_per_slot

_KEYS = ("bits_per_slot", "snr_db", "snr")


def load_bits(
    path: str | os.PathLike[str], rate: RateModel, *, data_elements: int = DATA_ELEMENTS
) -> NDArray[np.int64]:
    """Bits per slot, shape (modalities, resource blocks, coherence blocks), from an ``.npz`` file.

    The file holds exactly one array, named ``bits_per_slot`` (integers), ``snr_db`` or ``snr`` (linear); ``rate``
    turns ratios into bits. Raises :class:`InputError` for another shape, NaN, or anything that is not such a file.
    """
    with in_file(path):
        name, array = _single(Path(path))
        return own_bits(name, array, rate, data_elements=data_elements)


def own_bits(
    name: str, array: NDArray[np.generic], rate: RateModel, *, data_elements: int = DATA_ELEMENTS
) -> NDArray[np.int64]:
    """As :func:`load_bits`, from an array that is ``bits_per_slot``, ``snr_db`` or ``snr``; the result is read-only."""
    if name not in _KEYS:
        raise InputError(f"found the array {name!r}; one of {', '.join(_KEYS)} is needed")
    if array.ndim != 3 or 0 in array.shape:
        raise InputError(
            f"found the shape {list(array.shape)}; (modalities, resource blocks, coherence blocks) is needed",
            where=name,
        )
    if array.dtype.kind not in "iuf":
        raise InputError(f"found elements of type {array.dtype}; numbers are needed", where=name)
    if name == "bits_per_slot":
        if array.dtype.kind == "f":
            raise InputError(f"found elements of type {array.dtype}; integers are needed", where=name)
        whole = array.astype(np.float64)
        _check(array, bool((whole < 0).any() or (whole > MAX_INT).any()), "integers from 0 to 2^53 are needed", name)
        bits = array.astype(np.int64)
        bits.flags.writeable = False
        return bits
    ratio = array.astype(np.float64)
    _check(array, not bool(np.isfinite(ratio).all()), "finite numbers are needed", name)
    if name == "snr_db":
        _check(array, bool((np.abs(ratio) > 300).any()), "decibels from -300 to 300 are needed", name)
        ratio = 10 ** (ratio / 10)
    _check(array, bool((ratio < 0).any()), "linear ratios are not negative", name)
    return bits_per_slot(ratio, rate, data_elements=data_elements)


def _check(array: NDArray[np.generic], wrong: bool, what: str, name: str) -> None:
    """Raise :class:`InputError` at the first offending entry if something is ``wrong``."""
    if not wrong:
        return
    values = array.astype(np.float64)
    bad = ~np.isfinite(values) | (values < 0 if name != "snr_db" else np.abs(values) > 300) | (values > MAX_INT)
    first = np.argwhere(bad)[0]
    raise InputError(f"found {values[tuple(first)]:g}; {what}", where=name + "".join(f"[{i}]" for i in first))


def _single(path: Path) -> tuple[str, NDArray[np.generic]]:
    arrays = read_npz(path, _KEYS)
    if len(arrays) != 1:
        raise InputError(f"holds {len(arrays)} arrays; exactly one of {', '.join(_KEYS)} is needed")
    return next(iter(arrays.items()))
