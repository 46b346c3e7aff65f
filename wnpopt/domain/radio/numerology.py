"""The time and frequency grid of 5G NR.

Sources: 3GPP TS 38.211 v17, clauses 4.2 (Table 4.2-1, subcarrier spacings), 4.3.2 (Table 4.3.2-1, slots) and
4.4.4.1 (12 subcarriers a resource block); 3GPP TS 38.101-1 v17.5 Table 5.3.2-1 and TS 38.101-2 v17.5 Table
5.3.2-1 (resource blocks of each channel bandwidth).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from wnpopt.core.errors import InputError

SUBCARRIERS = 12
"""Subcarriers of a resource block."""

SYMBOLS = 14
"""OFDM symbols of a slot with the normal cyclic prefix."""


@dataclass(frozen=True, slots=True)
class Numerology:
    """Subcarrier spacing 15 * 2^mu kHz, slots of 1 / 2^mu ms."""

    mu: int

    def __post_init__(self) -> None:
        if self.mu not in range(5):
            raise InputError(f"found {self.mu}; a numerology from 0 to 4 is needed", where="mu")

    @property
    def spacing_hz(self) -> float:
        """Subcarrier spacing."""
        return 15e3 * 2.0**self.mu

    @property
    def slot_s(self) -> float:
        return 1e-3 / 2.0**self.mu

    @property
    def resource_block_hz(self) -> float:
        return SUBCARRIERS * self.spacing_hz

    @classmethod
    def of_spacing(cls, spacing_khz: int) -> Numerology:
        """The numerology of a subcarrier spacing in kHz: 15, 30, 60, 120 or 240."""
        for mu in range(5):
            if 15 * 2**mu == spacing_khz:
                return cls(mu)
        raise InputError(f"found {spacing_khz} kHz; 15, 30, 60, 120 or 240 is needed", where="spacing_khz")


_FR1_MHZ = (5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100)
_FR2_MHZ = (50, 100, 200, 400)

FR1_BLOCKS: Mapping[int, Mapping[int, int]] = MappingProxyType(
    {
        15: dict(zip(_FR1_MHZ, (25, 52, 79, 106, 133, 160, 188, 216, 242, 270), strict=False)),
        30: dict(zip(_FR1_MHZ, (11, 24, 38, 51, 65, 78, 92, 106, 119, 133, 162, 189, 217, 245, 273), strict=True)),
        60: dict(zip(_FR1_MHZ[1:], (11, 18, 24, 31, 38, 44, 51, 58, 65, 79, 93, 107, 121, 135), strict=True)),
    }
)
"""Resource blocks below 7.125 GHz: spacing in kHz, channel bandwidth in MHz (TS 38.101-1 Table 5.3.2-1)."""

FR2_BLOCKS: Mapping[int, Mapping[int, int]] = MappingProxyType(
    {
        60: dict(zip(_FR2_MHZ, (66, 132, 264), strict=False)),
        120: dict(zip(_FR2_MHZ, (32, 66, 132, 264), strict=True)),
    }
)
"""Resource blocks from 24.25 to 52.6 GHz (TS 38.101-2 Table 5.3.2-1)."""


def resource_blocks(bandwidth_mhz: int, spacing_khz: int, *, carrier_hz: float) -> int:
    """Resource blocks of a channel; raises :class:`InputError` if the standard has no such channel."""
    table = FR1_BLOCKS if carrier_hz < 7.125e9 else FR2_BLOCKS
    row = table.get(spacing_khz)
    if row is None:
        raise InputError(f"found {spacing_khz} kHz; {_choices(table)} is needed at this carrier", where="spacing_khz")
    blocks = row.get(bandwidth_mhz)
    if blocks is None:
        raise InputError(f"found {bandwidth_mhz} MHz; {_choices(row)} is needed", where="bandwidth_mhz")
    return blocks


def _choices(row: Mapping[int, object]) -> str:
    *most, last = (str(key) for key in row)
    return f"{', '.join(most)} or {last}" if most else last
