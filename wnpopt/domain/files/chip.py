"""Chips as JSON files (kind ``chip``, schema_version 1).

::

    {"kind": "chip", "schema_version": 1, "name": "mine", "hop_s": 3e-9, "bytes_per_s": 1.6e10,
     "cores": [{"name": "a", "x": 0, "y": 0, "type": "systolic-64"},
               {"name": "b", "x": 1, "y": 0, "peak_flop_per_s": 2e11, "memory_bytes_per_s": 1e10,
                "launch_s": 1e-6, "unsupported": ["Softmax"], "peaks": {"int8": 8e11, "float16": 4e11}}]}

A core is either a ``type`` of the library or its own numbers; ``peaks`` are its rates in precisions in which it is
faster or slower than ``peak_flop_per_s``.
"""

from __future__ import annotations

import os
from typing import Annotated, Literal

from pydantic import Field

from wnpopt.core.document import Document, Int, Name, PositiveReal, Real, SchemaVersion
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import read_json
from wnpopt.core.near import near
from wnpopt.domain.chip.devices import CHIPS, chip, device
from wnpopt.domain.chip.hardware import Chip, Core, Placed
from wnpopt.domain.files.reading import in_file

_Text = Annotated[str, Field(strict=True, min_length=1)]


class CoreEntry(Document):
    """A core of a chip file; fields as in :class:`wnpopt.domain.chip.hardware.Core`."""

    name: Name
    x: Int
    y: Int
    type: _Text | None = None
    peak_flop_per_s: PositiveReal | None = None
    memory_bytes_per_s: PositiveReal | None = None
    launch_s: Real = 0.0
    efficiency: PositiveReal = 1.0
    unsupported: tuple[_Text, ...] = ()
    element_bits: Annotated[int, Field(strict=True, ge=1, le=64)] | None = None
    energy_per_flop_j: Real = 0.0
    energy_per_byte_j: Real = 0.0
    idle_w: Real = 0.0
    vector_types: tuple[_Text, ...] = ()
    vector_flop_per_s: PositiveReal | None = None
    peaks: dict[_Text, PositiveReal] = Field(default_factory=dict)


class ChipEntry(Document):
    """A whole chip file."""

    kind: Literal["chip"]
    schema_version: SchemaVersion
    name: Name
    source: Annotated[str, Field(strict=True)] | None = None
    hop_s: Real
    bytes_per_s: PositiveReal
    energy_per_byte_hop_j: Real = 0.0
    cores: tuple[CoreEntry, ...]


def load_chip(path: str | os.PathLike[str]) -> Chip:
    """The chip in a JSON file, or a ready-made one by its name; raises :class:`InputError`."""
    file = os.fspath(path)
    if file in CHIPS:
        return chip(file)
    if not os.path.exists(file) and not file.lower().endswith(".json"):
        known = f"these are {', '.join(CHIPS)}{near(file, CHIPS)}"
        raise InputError(f"no such file, and no chip of the library; {known}", file=file)
    data = read_json(path)
    with in_file(path):
        entry = ChipEntry.from_data(data)
        cores = tuple(Placed(c.name, _core(c, f"cores[{i}]"), c.x, c.y) for i, c in enumerate(entry.cores))
        return Chip(entry.name, cores, entry.hop_s, entry.bytes_per_s, entry.energy_per_byte_hop_j, entry.source)


def _core(entry: CoreEntry, where: str) -> Core:
    given = entry.model_fields_set - {"name", "x", "y", "type"}
    if entry.type is not None:
        if given:
            raise InputError("a core has either a type or its own numbers", where=f"{where}.{sorted(given)[0]}")
        try:
            return device(entry.type)
        except InputError as error:
            raise InputError(error.what, where=f"{where}.type") from None
    if entry.peak_flop_per_s is None or entry.memory_bytes_per_s is None:
        raise InputError("a core needs a type, or peak_flop_per_s and memory_bytes_per_s", where=where)
    numbers = entry.model_dump(exclude={"x", "y", "type"})
    try:
        told = {
            "unsupported": tuple(sorted(entry.unsupported)),
            "vector_types": tuple(sorted(entry.vector_types)),
            "peaks": tuple(sorted(entry.peaks.items())),
        }
        return Core(**numbers | told)
    except InputError as error:
        raise InputError(error.what, where=f"{where}.{error.where}") from None
