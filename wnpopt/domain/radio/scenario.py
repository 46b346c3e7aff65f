"""A radio scenario: several links that share a band, seeded, down to bits per resource block and coherence
block."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wnpopt.core.errors import InputError
from wnpopt.domain.radio.fading import frequency_response, resource_block_frequencies
from wnpopt.domain.radio.numerology import Numerology
from wnpopt.domain.radio.pathloss import (
    SPEED_OF_LIGHT,
    Environment,
    Site,
    line_of_sight_probability,
    path_loss_db,
    shadowing_db,
)
from wnpopt.domain.radio.rate import DATA_ELEMENTS, RateModel, TruncatedShannon, bits_per_slot
from wnpopt.domain.radio.tdl import ProfileName, profile

THERMAL_NOISE_DBM_HZ = -174.0
"""Thermal noise density at 290 K, rounded as in 3GPP link budgets."""

MOST_CELLS = 10**7
"""Points of a link's channel: 275 resource blocks over 36,000 coherence blocks take 160 MB."""


@dataclass(frozen=True, slots=True)
class Link:
    """One transmitter: its distance on the ground, its power over the whole band, how fast it moves.

    ``line_of_sight``: None draws it with the probability of the environment.
    """

    name: str
    distance_m: float
    power_dbm: float = 23.0
    speed_m_s: float = 0.0
    line_of_sight: bool | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.power_dbm):
            raise InputError(f"found {self.power_dbm}; a finite power is needed", where="power_dbm")
        if not (math.isfinite(self.speed_m_s) and self.speed_m_s >= 0):
            raise InputError(f"found {self.speed_m_s}; a finite speed of at least 0 m/s is needed", where="speed_m_s")


@dataclass(frozen=True, slots=True)
class Scenario:
    """The band, the grid and the surroundings that all links share.

    A link spreads its power evenly over all ``resource_blocks``, whether it is given them or not. Fading
    follows ``profile_nlos``, or ``profile_los`` with line of sight; it is taken at the middle of each
    coherence block of ``block_slots`` slots and held. ``samples`` points in each resource block are averaged
    in power.
    """

    environment: Environment
    carrier_hz: float
    numerology: Numerology
    resource_blocks: int
    slots: int
    block_slots: int
    delay_spread_s: float = 100e-9
    profile_nlos: ProfileName = "TDL-A"
    profile_los: ProfileName = "TDL-D"
    noise_figure_db: float = 5.0
    margin_db: float = 0.0
    shadowing: bool = True
    site: Site | None = None
    samples: int = 1
    data_elements: int = DATA_ELEMENTS
    rate: RateModel = field(default_factory=TruncatedShannon)

    def __post_init__(self) -> None:
        for where in ("resource_blocks", "slots", "block_slots", "samples"):
            if getattr(self, where) < 1:
                raise InputError(f"found {getattr(self, where)}; at least 1 is needed", where=where)
        cells = self.resource_blocks * self.samples * self.blocks
        if cells > MOST_CELLS:
            raise InputError(
                f"found {self.resource_blocks} resource blocks of {self.samples} samples in {self.blocks} coherence "
                f"blocks; at most {MOST_CELLS} cells are possible",
                where="resource_blocks",
            )
        for where in ("noise_figure_db", "margin_db"):
            if not math.isfinite(getattr(self, where)):
                raise InputError(f"found {getattr(self, where)}; a finite number is needed", where=where)

    @property
    def blocks(self) -> int:
        """Coherence blocks."""
        return -(-self.slots // self.block_slots)


@dataclass(frozen=True, eq=False)
class Channel:
    """A drawn channel: linear SNR and bits per slot, both (links, resource blocks, coherence blocks),
    read-only."""

    snr: NDArray[np.float64]
    bits_per_slot: NDArray[np.int64]
    line_of_sight: tuple[bool, ...]


def draw_channel(scenario: Scenario, links: Sequence[Link], seed: int) -> Channel:
    """Path loss, line of sight, shadowing and fading of every link; the same numbers for the same seed.

    Each link has a random stream of its own, so adding a link leaves the others as they were.
    """
    if not links:
        raise InputError("there is no link; at least one is needed", where="links")
    grid = scenario.numerology
    frequencies = resource_block_frequencies(scenario.resource_blocks, grid.spacing_hz, scenario.samples)
    starts = np.arange(scenario.blocks) * scenario.block_slots
    ends = np.minimum(starts + scenario.block_slots, scenario.slots)
    times = (starts + ends) / 2 * grid.slot_s
    noise_dbm = THERMAL_NOISE_DBM_HZ + 10 * math.log10(grid.resource_block_hz) + scenario.noise_figure_db
    snr = np.empty((len(links), scenario.resource_blocks, scenario.blocks))
    visible = []
    streams = np.random.default_rng(seed).spawn(len(links))
    for k, (link, rng) in enumerate(zip(links, streams, strict=True)):
        try:
            chance = line_of_sight_probability(scenario.environment, link.distance_m, scenario.site)
            drawn = bool(rng.random() < chance)
            sight = drawn if link.line_of_sight is None else link.line_of_sight
            loss = path_loss_db(
                scenario.environment,
                link.distance_m,
                scenario.carrier_hz,
                line_of_sight=sight,
                site=scenario.site,
            )
        except InputError as error:
            raise InputError(error.what, where=f"links[{k}].{error.where}") from None
        shadow = rng.standard_normal() * shadowing_db(scenario.environment, sight)
        response = frequency_response(
            profile(scenario.profile_los if sight else scenario.profile_nlos),
            delay_spread_s=scenario.delay_spread_s,
            doppler_hz=link.speed_m_s * scenario.carrier_hz / SPEED_OF_LIGHT,
            frequencies_hz=frequencies,
            times_s=times,
            rng=rng,
        )
        power = np.square(response.real) + np.square(response.imag)
        gain = power.reshape(scenario.resource_blocks, scenario.samples, scenario.blocks).mean(axis=1)
        mean_db = (
            link.power_dbm
            - 10 * math.log10(scenario.resource_blocks)
            - loss
            - (shadow if scenario.shadowing else 0.0)
            - scenario.margin_db
            - noise_dbm
        )
        snr[k] = gain * 10 ** (mean_db / 10)
        visible.append(sight)
    snr.flags.writeable = False
    bits = bits_per_slot(snr, scenario.rate, data_elements=scenario.data_elements)
    return Channel(snr, bits, tuple(visible))
