"""Modulation and coding tables of 3GPP TS 38.214 v17.

CQI tables 1 to 3 are Tables 5.2.2.1-2 to 5.2.2.1-4, MCS tables 1 to 3 are Tables 5.1.3.1-1 to 5.1.3.1-3. An entry is
(bits of a symbol, code rate times 1024); its spectral efficiency is their product over 1024.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from wnpopt.core.errors import InputError
from wnpopt.domain.radio.rate import TableRate

Entry = tuple[int, float]
TableName = Literal["cqi-1", "cqi-2", "cqi-3", "mcs-1", "mcs-2", "mcs-3"]


def _entries(**by_order: tuple[float, ...]) -> tuple[Entry, ...]:
    bits = {"qpsk": 2, "qam16": 4, "qam64": 6, "qam256": 8}
    return tuple((bits[order], rate) for order, rates in by_order.items() for rate in rates)


TABLES: Mapping[str, tuple[Entry, ...]] = MappingProxyType(
    {
        "cqi-1": _entries(
            qpsk=(78, 120, 193, 308, 449, 602), qam16=(378, 490, 616), qam64=(466, 567, 666, 772, 873, 948)
        ),
        "cqi-2": _entries(
            qpsk=(78, 193, 449), qam16=(378, 490, 616), qam64=(466, 567, 666, 772, 873), qam256=(711, 797, 885, 948)
        ),
        "cqi-3": _entries(
            qpsk=(30, 50, 78, 120, 193, 308, 449, 602), qam16=(378, 490, 616), qam64=(466, 567, 666, 772)
        ),
        "mcs-1": _entries(
            qpsk=(120, 157, 193, 251, 308, 379, 449, 526, 602, 679),
            qam16=(340, 378, 434, 490, 553, 616, 658),
            qam64=(438, 466, 517, 567, 616, 666, 719, 772, 822, 873, 910, 948),
        ),
        "mcs-2": _entries(
            qpsk=(120, 193, 308, 449, 602),
            qam16=(378, 434, 490, 553, 616, 658),
            qam64=(466, 517, 567, 616, 666, 719, 772, 822, 873),
            qam256=(682.5, 711, 754, 797, 841, 885, 916.5, 948),
        ),
        "mcs-3": _entries(
            qpsk=(30, 40, 50, 64, 78, 99, 120, 157, 193, 251, 308, 379, 449, 526, 602),
            qam16=(340, 378, 434, 490, 553, 616),
            qam64=(438, 466, 517, 567, 616, 666, 719, 772),
        ),
    }
)
"""All tables, entries in the order of the standard (CQI from index 1, MCS from index 0)."""


def table_rate(name: TableName, loss_db: float = 3.0) -> TableRate:
    """A rate model that picks from a table of the standard; raises :class:`InputError` for an unknown name."""
    if name not in TABLES:
        raise InputError(f"found {name!r}; one of {', '.join(TABLES)} is needed", where="table")
    return TableRate(name, tuple(bits * rate / 1024 for bits, rate in TABLES[name]), loss_db)
