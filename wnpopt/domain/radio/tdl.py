"""Tapped delay line profiles of 3GPP TR 38.901 v17.0, clause 7.7.2, Tables 7.7.2-1 to 7.7.2-5.

Delays are normalised: multiply by the wanted delay spread (clause 7.7.3). Powers are in dB, as printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wnpopt.core.errors import InputError

ProfileName = Literal["TDL-A", "TDL-B", "TDL-C", "TDL-D", "TDL-E"]


@dataclass(frozen=True)
class Profile:
    """Taps of a profile: ``delays`` (L,) in delay spreads and ``powers`` (L,), linear, of the scattered part.

    ``specular`` is the power of the line-of-sight path at delay 0. All powers together are 1.
    """

    name: str
    delays: NDArray[np.float64]
    powers: NDArray[np.float64]
    specular: float

    @property
    def spread(self) -> float:
        """Root mean square delay, in units of ``delays``: 1 but for the rounding of the table."""
        mean = float(self.powers @ self.delays)
        return float(np.sqrt(self.powers @ self.delays**2 - mean**2))


_NLOS: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]] = MappingProxyType(
    {
        "TDL-A": (
            (0.0, 0.3819, 0.4025, 0.5868, 0.4610, 0.5375, 0.6708, 0.5750, 0.7618, 1.5375, 1.8978, 2.2242,
             2.1718, 2.4942, 2.5119, 3.0582, 4.0810, 4.4579, 4.5695, 4.7966, 5.0066, 5.3043, 9.6586),
            (-13.4, 0.0, -2.2, -4.0, -6.0, -8.2, -9.9, -10.5, -7.5, -15.9, -6.6, -16.7,
             -12.4, -15.2, -10.8, -11.3, -12.7, -16.2, -18.3, -18.9, -16.6, -19.9, -29.7),
        ),
        "TDL-B": (
            (0.0, 0.1072, 0.2155, 0.2095, 0.2870, 0.2986, 0.3752, 0.5055, 0.3681, 0.3697, 0.5700, 0.5283,
             1.1021, 1.2756, 1.5474, 1.7842, 2.0169, 2.8294, 3.0219, 3.6187, 4.1067, 4.2790, 4.7834),
            (0.0, -2.2, -4.0, -3.2, -9.8, -1.2, -3.4, -5.2, -7.6, -3.0, -8.9, -9.0,
             -4.8, -5.7, -7.5, -1.9, -7.6, -12.2, -9.8, -11.4, -14.9, -9.2, -11.3),
        ),
        "TDL-C": (
            (0.0, 0.2099, 0.2219, 0.2329, 0.2176, 0.6366, 0.6448, 0.6560, 0.6584, 0.7935, 0.8213, 0.9336,
             1.2285, 1.3083, 2.1704, 2.7105, 4.2589, 4.6003, 5.4902, 5.6077, 6.3065, 6.6374, 7.0427, 8.6523),
            (-4.4, -1.2, -3.5, -5.2, -2.5, 0.0, -2.2, -3.9, -7.4, -7.1, -10.7, -11.1,
             -5.1, -6.8, -8.7, -13.2, -13.9, -13.9, -15.8, -17.1, -16.0, -15.7, -21.6, -22.8),
        ),
    }
)  # fmt: skip

_LOS: Mapping[str, tuple[float, tuple[float, ...], tuple[float, ...]]] = MappingProxyType(
    {
        "TDL-D": (
            -0.2,
            (0.0, 0.035, 0.612, 1.363, 1.405, 1.804, 2.596, 1.775, 4.042, 7.937, 9.424, 9.708, 12.525),
            (-13.5, -18.8, -21.0, -22.8, -17.9, -20.1, -21.9, -22.9, -27.8, -23.6, -24.8, -30.0, -27.7),
        ),
        "TDL-E": (
            -0.03,
            (0.0, 0.5133, 0.5440, 0.5630, 0.5440, 0.7112, 1.9092, 1.9293, 1.9589, 2.6426, 3.7136, 5.4524,
             12.0034, 20.6519),
            (-22.03, -15.8, -18.1, -19.8, -22.9, -22.4, -18.6, -20.8, -22.6, -22.3, -25.6, -20.2,
             -29.8, -29.2),
        ),
    }
)  # fmt: skip


def profile(name: ProfileName) -> Profile:
    """A profile of the standard, its powers scaled to the sum 1."""
    if name in _NLOS:
        delays, decibels = _NLOS[name]
        specular_db = -np.inf
    elif name in _LOS:
        specular_db, delays, decibels = _LOS[name]
    else:
        raise InputError(f"found {name!r}; one of {', '.join([*_NLOS, *_LOS])} is needed", where="profile")
    powers = 10.0 ** (np.array(decibels) / 10)
    specular = float(10.0 ** (specular_db / 10))
    total = float(powers.sum()) + specular
    return Profile(name, _frozen(np.array(delays)), _frozen(powers / total), specular / total)


def _frozen(array: NDArray[np.float64]) -> NDArray[np.float64]:
    array.flags.writeable = False
    return array
