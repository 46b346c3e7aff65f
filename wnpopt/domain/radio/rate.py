"""From signal-to-noise ratio to whole bits per resource block and slot, always rounded down.

Two ways: Shannon's bound attenuated and truncated (3GPP TR 36.942 v17, Annex A.2: a share alpha of the
capacity, nothing below a least SNR, at most a greatest efficiency), or the largest entry of a CQI or MCS
table of TS 38.214 whose spectral efficiency the channel supports with an implementation loss.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wnpopt.core.errors import InputError
from wnpopt.domain.radio.numerology import SUBCARRIERS, SYMBOLS

DATA_ELEMENTS = SUBCARRIERS * SYMBOLS - SUBCARRIERS
"""Resource elements that carry data: 156 of 168, one symbol of reference signals (TS 38.214 clause 6.1.4.2:
156 is also the most that the standard counts)."""

_EDGE = 1e-9
"""Relative slack when comparing an efficiency with a table's entry, so that an entry's own threshold reaches
it."""


class RateModel(Protocol):
    """Anything that turns linear SNR into spectral efficiency in bits per resource element."""

    def efficiency(self, snr: NDArray[np.float64]) -> NDArray[np.float64]: ...


@dataclass(frozen=True, slots=True)
class TruncatedShannon:
    """alpha * log2(1 + SNR), 0 below ``least_snr_db``, at most ``most`` bits per resource element.

    The defaults are the uplink figures of TR 36.942 Table A.2 (alpha 0.4, -10 dB, 2.0 bit/s/Hz).
    """

    alpha: float = 0.4
    least_snr_db: float = -10.0
    most: float = 2.0

    def __post_init__(self) -> None:
        if not 0 < self.alpha <= 1:
            raise InputError(f"found {self.alpha}; a share above 0 and at most 1 is needed", where="alpha")
        if not (math.isfinite(self.most) and self.most > 0) or not math.isfinite(self.least_snr_db):
            raise InputError("the truncation needs a finite least SNR and a greatest efficiency above 0", where="most")

    def efficiency(self, snr: NDArray[np.float64]) -> NDArray[np.float64]:
        bits = np.minimum(self.alpha * np.log2(1 + snr), self.most)
        return np.where(snr >= 10 ** (self.least_snr_db / 10), bits, 0.0)


DOWNLINK_SHANNON = TruncatedShannon(0.6, -10.0, 4.4)
"""The downlink figures of TR 36.942 Table A.2."""


@dataclass(frozen=True)
class TableRate:
    """The largest of ``efficiencies`` (bits per resource element) that log2(1 + SNR / loss) reaches, else 0.

    The standard leaves the mapping from SNR to its tables to the implementation; the loss of 3 dB stands for
    the gap of practical codes and receivers to capacity.
    """

    name: str
    efficiencies: tuple[float, ...]
    loss_db: float = 3.0

    def __post_init__(self) -> None:
        if not self.efficiencies or any(e <= 0 for e in self.efficiencies):
            raise InputError("a rate table needs positive efficiencies", where="efficiencies")
        if not (math.isfinite(self.loss_db) and self.loss_db >= 0):
            raise InputError(f"found {self.loss_db}; a finite loss of at least 0 dB is needed", where="loss_db")

    def efficiency(self, snr: NDArray[np.float64]) -> NDArray[np.float64]:
        levels = np.concatenate(([0.0], np.unique(self.efficiencies)))
        supported = np.log2(1 + snr / 10 ** (self.loss_db / 10)) * (1 + _EDGE)
        return levels[np.searchsorted(levels, supported, side="right") - 1]


def bits_per_slot(
    snr: NDArray[np.float64], model: RateModel, *, data_elements: int = DATA_ELEMENTS
) -> NDArray[np.int64]:
    """Whole bits that each resource block carries in a slot, same shape as ``snr`` (linear).

    Raises :class:`InputError` for an SNR that is negative, infinite or NaN.
    """
    ratio = np.asarray(snr, dtype=np.float64)
    if not np.all(np.isfinite(ratio)) or np.any(ratio < 0):
        raise InputError("found a negative, infinite or NaN ratio; finite linear ratios are needed", where="snr")
    if not 1 <= data_elements <= SUBCARRIERS * SYMBOLS:
        raise InputError(f"found {data_elements}; 1 to 168 resource elements are possible", where="data_elements")
    bits = np.floor(model.efficiency(ratio) * data_elements * (1 + 1e-12)).astype(np.int64)
    bits.flags.writeable = False
    return bits
