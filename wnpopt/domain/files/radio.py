"""Radio scenarios as JSON files (kind ``radio``, schema_version 1).

::

    {"kind": "radio", "schema_version": 1, "name": "hall", "environment": "InF-DH", "carrier_hz": 3.7e9,
     "spacing_khz": 30, "bandwidth_mhz": 20, "slots": 200, "block_slots": 20, "rate": "cqi-2",
     "links": {"camera": {"distance_m": 40, "power_dbm": 23, "speed_m_s": 1.5}}}

``resource_blocks`` may replace ``bandwidth_mhz``. ``rate`` is ``shannon`` (uplink figures of TR 36.942),
``shannon-downlink`` or a table of TS 38.214 (``cqi-1`` to ``mcs-3``). ``links`` are named after the modalities.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from typing import Annotated, Literal

from pydantic import Field

from wnpopt.core.document import Document, Flag, Name, Positive, PositiveReal, Real, SchemaVersion, SignedReal
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import read_json
from wnpopt.domain.files.reading import in_file
from wnpopt.domain.radio.numerology import Numerology, resource_blocks
from wnpopt.domain.radio.pathloss import Environment
from wnpopt.domain.radio.rate import DATA_ELEMENTS, DOWNLINK_SHANNON, RateModel, TruncatedShannon
from wnpopt.domain.radio.scenario import Link, Scenario
from wnpopt.domain.radio.tables import table_rate
from wnpopt.domain.radio.tdl import ProfileName

_Rate = Literal["shannon", "shannon-downlink", "cqi-1", "cqi-2", "cqi-3", "mcs-1", "mcs-2", "mcs-3"]


class LinkEntry(Document):
    """A link of a radio file; see :class:`wnpopt.domain.radio.scenario.Link`."""

    distance_m: Real
    power_dbm: SignedReal = 23.0
    speed_m_s: Real = 0.0
    line_of_sight: Flag | None = None


class ScenarioEntry(Document):
    """A whole radio file; see :class:`wnpopt.domain.radio.scenario.Scenario`."""

    kind: Literal["radio"]
    schema_version: SchemaVersion
    name: Name
    source: Annotated[str, Field(strict=True)] | None = None
    environment: Environment
    carrier_hz: PositiveReal
    spacing_khz: Positive = 30
    bandwidth_mhz: Positive | None = None
    resource_blocks: Positive | None = None
    slots: Positive
    block_slots: Positive
    delay_spread_s: Real = 100e-9
    profile_nlos: ProfileName = "TDL-A"
    profile_los: ProfileName = "TDL-D"
    noise_figure_db: SignedReal = 5.0
    margin_db: SignedReal = 0.0
    shadowing: Flag = True
    rate: _Rate = "shannon"
    rate_loss_db: Real = 3.0
    data_elements: Annotated[int, Field(strict=True, ge=1, le=168)] = DATA_ELEMENTS
    links: dict[Name, LinkEntry]


@dataclass(frozen=True, slots=True)
class RadioFile:
    """A scenario and its links, in the order of the file."""

    name: str
    scenario: Scenario
    links: tuple[Link, ...]


def load_radio(path: str | os.PathLike[str]) -> RadioFile:
    """The scenario in a JSON file; raises :class:`InputError` naming file and place."""
    data = read_json(path)
    with in_file(path):
        entry = ScenarioEntry.from_data(data)
        links = tuple(Link(name, **link.model_dump()) for name, link in entry.links.items())
        return RadioFile(entry.name, _scenario(entry), links)


def _scenario(entry: ScenarioEntry) -> Scenario:
    if (entry.bandwidth_mhz is None) == (entry.resource_blocks is None):
        raise InputError("give either bandwidth_mhz or resource_blocks", where="resource_blocks")
    blocks = entry.resource_blocks
    if blocks is None:
        assert entry.bandwidth_mhz is not None
        blocks = resource_blocks(entry.bandwidth_mhz, entry.spacing_khz, carrier_hz=entry.carrier_hz)
    same = {field.name for field in fields(Scenario)} - {"resource_blocks", "rate"}
    return Scenario(
        **entry.model_dump(include=same),
        numerology=Numerology.of_spacing(entry.spacing_khz),
        resource_blocks=blocks,
        rate=_rate(entry),
    )


def _rate(entry: ScenarioEntry) -> RateModel:
    if entry.rate == "shannon":
        return TruncatedShannon()
    if entry.rate == "shannon-downlink":
        return DOWNLINK_SHANNON
    return table_rate(entry.rate, entry.rate_loss_db)
