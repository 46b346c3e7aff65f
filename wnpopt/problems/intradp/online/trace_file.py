"""Traces of bandwidths in CSV files."""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path

from wnpopt.core.errors import InputError, reason
from wnpopt.core.separated import require_commas
from wnpopt.core.text import short
from wnpopt.problems.intradp.online.simulate import BandwidthTrace

EVEN = 0.05
"""Steps may differ by so much of the first: times are rounded."""

NEEDED = "a header, then seconds (evenly spaced) and MB/s in two columns, is needed"


def read_trace(path: str | os.PathLike[str]) -> BandwidthTrace:
    """A CSV file with a header and two columns, seconds (evenly spaced) and MB/s.

    Raises :class:`InputError` with the file, the row (the header is row 1), the column, and what would be right.
    """
    file = os.fspath(path)
    try:
        with Path(path).open(newline="", encoding="utf-8-sig") as stream:
            rows = [(number, row) for number, row in enumerate(csv.reader(stream, strict=True), 1) if any(row)]
    except FileNotFoundError:
        raise InputError("no such file", file=file) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"cannot be read as CSV: {reason(error)}", file=file) from None
    if rows:
        try:
            require_commas(rows[0][1])
        except InputError as error:
            raise error.in_file(file) from None
    if len(rows) < 3:
        raise InputError(f"found {len(rows)} rows; at least 3 are needed: {NEEDED}", file=file)
    times, rates = [], []
    for number, row in rows[1:]:
        if len(row) != 2:
            raise InputError(f"found {len(row)} values; {NEEDED}", where=f"row {number}", file=file)
        times.append(_number(row[0], f"row {number}, column 1", file))
        rates.append(_number(row[1], f"row {number}, column 2", file))
    first = times[1] - times[0]
    for (number, _), before, now in zip(rows[2:], times, times[1:], strict=False):
        if not (now > before and abs(now - before - first) <= EVEN * first):
            told = f"found {now:g} s after {before:g} s; even steps like that of the first two are needed"
            raise InputError(told, where=f"row {number}, column 1", file=file)
    step = (times[-1] - times[0]) / (len(times) - 1)
    if max(rates) <= 0:
        raise InputError("found no rate above 0 in column 2; one at least is needed", file=file)
    return BandwidthTrace(step, tuple(rate * 1e6 for rate in rates))


def _number(text: str, where: str, file: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        told = f"found {short(repr(text), 80)}; a finite number of at least 0 is needed"
        raise InputError(told, where=where, file=file)
    return value
