"""Path loss, line of sight and shadowing.

Source: 3GPP TR 38.901 v17.0, Table 7.4.1-1 (path loss and shadow fading), Table 7.4.2-1 (probability of line
of sight), Table 7.2-4 (factory clutter). Frequencies enter in GHz, distances and heights in metres, losses
are in dB.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from wnpopt.core.errors import InputError

Environment = Literal["UMi", "UMa", "InF-SL", "InF-DL", "InF-SH", "InF-DH", "InF-HH"]

SPEED_OF_LIGHT = 3.0e8
"""As TR 38.901 sets it (Table 7.4.1-1, Note 1)."""


@dataclass(frozen=True, slots=True)
class Site:
    """Heights of base station and terminal; in a factory also the clutter.

    ``clutter_m`` is its typical size, ``clutter_density`` the share of the floor it covers,
    ``clutter_height_m`` its effective height (TR 38.901 Table 7.2-4).
    """

    base_m: float
    terminal_m: float = 1.5
    clutter_m: float = 10.0
    clutter_density: float = 0.2
    clutter_height_m: float = 2.0


SITES: Mapping[Environment, Site] = MappingProxyType(
    {
        "UMi": Site(10.0),
        "UMa": Site(25.0),
        "InF-SL": Site(1.5, 1.5, 10.0, 0.2, 2.0),
        "InF-DL": Site(1.5, 1.5, 2.0, 0.6, 6.0),
        "InF-SH": Site(8.0, 1.5, 10.0, 0.2, 2.0),
        "InF-DH": Site(8.0, 1.5, 2.0, 0.6, 6.0),
        "InF-HH": Site(8.0, 8.0, 2.0, 0.6, 6.0),
    }
)
"""Defaults: the antenna heights of TR 38.901 Table 7.2-1; for factories examples within Table 7.2-4 (clutter of 10 m
and a density below 40 % where sparse, of 2 m and above 40 % where dense; low antennas below it, high ones above)."""

_FACTORY_NLOS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"InF-SL": (33.0, 25.5), "InF-DL": (18.6, 35.7), "InF-SH": (32.4, 23.0), "InF-DH": (33.63, 21.9)}
)
_SHADOWING: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "UMi": (4.0, 7.82),
        "UMa": (4.0, 6.0),
        "InF-SL": (4.3, 5.7),
        "InF-DL": (4.3, 7.2),
        "InF-SH": (4.3, 5.9),
        "InF-DH": (4.3, 4.0),
        "InF-HH": (4.3, 4.3),
    }
)


def shadowing_db(environment: Environment, line_of_sight: bool) -> float:
    """Standard deviation of the shadow fading."""
    return _SHADOWING[environment][0 if line_of_sight else 1]


def line_of_sight_probability(environment: Environment, distance_m: float, site: Site | None = None) -> float:
    """Probability of line of sight at a horizontal distance (TR 38.901 Table 7.4.2-1, terminals up to 13
    m)."""
    site = _checked(environment, distance_m, site)
    if environment == "InF-HH":
        return 1.0
    if environment in ("UMi", "UMa"):
        if distance_m <= 18:
            return 1.0
        decay = 36.0 if environment == "UMi" else 63.0
        near = 18.0 / distance_m
        return near + math.exp(-distance_m / decay) * (1 - near)
    reach = -site.clutter_m / math.log(1 - site.clutter_density)
    if environment in ("InF-SH", "InF-DH"):
        reach *= (site.base_m - site.terminal_m) / (site.clutter_height_m - site.terminal_m)
    return math.exp(-distance_m / reach)


def path_loss_db(
    environment: Environment,
    distance_m: float,
    carrier_hz: float,
    *,
    line_of_sight: bool,
    site: Site | None = None,
) -> float:
    """Mean path loss at a horizontal distance, without shadowing (TR 38.901 Table 7.4.1-1).

    The effective environment height of UMi and UMa is 1 m, its value for terminals below 13 m (Note 1).
    Raises :class:`InputError` outside the table's ranges of frequency (0.5 to 100 GHz), distance and height.
    """
    site = _checked(environment, distance_m, site)
    if not 0.5e9 <= carrier_hz <= 100e9:
        raise InputError(f"found {carrier_hz} Hz; 0.5 to 100 GHz are covered", where="carrier_hz")
    ghz = math.log10(carrier_hz / 1e9)
    spatial = math.hypot(distance_m, site.base_m - site.terminal_m)
    reach = math.log10(spatial)
    if environment == "UMa":
        visible = _two_slopes(distance_m, carrier_hz, site, 28.0 + 20 * ghz, 22.0, reach, 9.0)
        return (
            visible if line_of_sight else max(visible, 13.54 + 39.08 * reach + 20 * ghz - 0.6 * (site.terminal_m - 1.5))
        )
    if environment == "UMi":
        visible = _two_slopes(distance_m, carrier_hz, site, 32.4 + 20 * ghz, 21.0, reach, 9.5)
        return (
            visible if line_of_sight else max(visible, 35.3 * reach + 22.4 + 21.3 * ghz - 0.3 * (site.terminal_m - 1.5))
        )
    visible = 31.84 + 21.50 * reach + 19.0 * ghz
    if line_of_sight or environment == "InF-HH":
        return visible
    # Dense clutter with a low base station is never better than sparse clutter.
    kinds = ("InF-SL", "InF-DL") if environment == "InF-DL" else (environment,)
    return max(visible, *(_FACTORY_NLOS[k][0] + _FACTORY_NLOS[k][1] * reach + 20 * ghz for k in kinds))


def _two_slopes(
    distance_m: float, carrier_hz: float, site: Site, offset: float, slope: float, reach: float, bend: float
) -> float:
    breakpoint_m = 4 * (site.base_m - 1) * (site.terminal_m - 1) * carrier_hz / SPEED_OF_LIGHT
    if distance_m <= breakpoint_m:
        return offset + slope * reach
    height = site.base_m - site.terminal_m
    return offset + 40 * reach - bend * math.log10(breakpoint_m**2 + height**2)


def _checked(environment: Environment, distance_m: float, site: Site | None) -> Site:
    if environment not in SITES:
        raise InputError(f"found {environment!r}; one of {', '.join(SITES)} is needed", where="environment")
    site = SITES[environment] if site is None else site
    if not (math.isfinite(distance_m) and distance_m >= 0):
        raise InputError(f"found {distance_m}; a finite distance of at least 0 m is needed", where="distance_m")
    if environment in ("UMi", "UMa"):
        if not 10 <= distance_m <= 5000:
            raise InputError(f"found {distance_m} m; 10 to 5000 m are covered", where="distance_m")
        if not 1.5 <= site.terminal_m < 13 or site.base_m <= 1:
            raise InputError(
                f"found a terminal at {site.terminal_m} m and a base at {site.base_m} m; a terminal of 1.5 to 13 m "
                "and a base above 1 m are covered",
                where="site",
            )
        return site
    spatial = math.hypot(distance_m, site.base_m - site.terminal_m)
    if not 1 <= spatial <= 600:
        raise InputError(f"found {distance_m} m; 1 to 600 m in space are covered", where="distance_m")
    if not (site.clutter_m > 0 and 0 < site.clutter_density < 1):
        raise InputError("the clutter needs a size above 0 m and a density between 0 and 1", where="site")
    if environment in ("InF-SH", "InF-DH") and not site.base_m > site.clutter_height_m > site.terminal_m:
        raise InputError("the clutter needs a height between terminal and base", where="site.clutter_height_m")
    return site
