"""The radio against the reference values of the standards."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

from wnpopt.core.errors import InputError
from wnpopt.domain.radio.fading import frequency_response, resource_block_frequencies
from wnpopt.domain.radio.numerology import Numerology, resource_blocks
from wnpopt.domain.radio.pathloss import Site, line_of_sight_probability, path_loss_db, shadowing_db
from wnpopt.domain.radio.rate import DOWNLINK_SHANNON, TableRate, TruncatedShannon, bits_per_slot
from wnpopt.domain.radio.scenario import Link, Scenario, draw_channel
from wnpopt.domain.radio.tdl import profile

PROFILES = ("TDL-A", "TDL-B", "TDL-C", "TDL-D", "TDL-E")


# -- grid


@pytest.mark.parametrize(("mu", "spacing", "slot"), [(0, 15e3, 1e-3), (1, 30e3, 5e-4), (3, 120e3, 1.25e-4)])
def test_numerology(mu: int, spacing: float, slot: float) -> None:
    grid = Numerology(mu)
    assert (grid.spacing_hz, grid.slot_s, grid.resource_block_hz) == (spacing, slot, 12 * spacing)
    assert Numerology.of_spacing(int(spacing / 1e3)) == grid


def test_resource_blocks_fit_their_channel_and_leave_a_guard() -> None:
    assert resource_blocks(100, 30, carrier_hz=3.5e9) == 273
    assert resource_blocks(20, 15, carrier_hz=2e9) == 106
    assert resource_blocks(400, 120, carrier_hz=28e9) == 264
    for spacing in (15, 30, 60):
        for width in (10, 20, 50):
            blocks = resource_blocks(width, spacing, carrier_hz=3.5e9)
            assert 0.7 < blocks * 12 * spacing / (1000 * width) < 1
    for arguments in ((100, 15, 3.5e9), (7, 30, 3.5e9), (100, 15, 28e9)):
        with pytest.raises(InputError):
            resource_blocks(arguments[0], arguments[1], carrier_hz=arguments[2])


# -- path loss: expected values worked out by hand from TR 38.901 Table 7.4.1-1


def test_path_loss_by_hand() -> None:
    spatial = math.hypot(100, 8.5)
    expected = 32.4 + 21 * math.log10(spatial) + 20 * math.log10(3.5)
    assert path_loss_db("UMi", 100, 3.5e9, line_of_sight=True) == pytest.approx(expected)
    expected = 35.3 * math.log10(spatial) + 22.4 + 21.3 * math.log10(3.5)
    assert path_loss_db("UMi", 100, 3.5e9, line_of_sight=False) == pytest.approx(expected)
    spatial = math.hypot(500, 23.5)
    expected = 13.54 + 39.08 * math.log10(spatial) + 20 * math.log10(2)
    assert path_loss_db("UMa", 500, 2e9, line_of_sight=False) == pytest.approx(expected)
    # Published anchors at 100 m in space and 3.7 GHz: 85.64 dB (factory, line of sight), 88.79 dB (InF-DH).
    level = Site(1.5, 1.5)
    assert path_loss_db("InF-SL", 100, 3.7e9, line_of_sight=True, site=level) == pytest.approx(85.64, abs=0.01)
    horizontal = math.sqrt(100**2 - 6.5**2)
    assert path_loss_db("InF-DH", horizontal, 3.7e9, line_of_sight=False) == pytest.approx(88.79, abs=0.01)


@pytest.mark.parametrize("environment", ["UMi", "UMa"])
def test_both_slopes_meet_at_the_breakpoint(environment: str) -> None:
    base = 10 if environment == "UMi" else 25
    breakpoint_m = 4 * (base - 1) * 0.5 * 3.5e9 / 3e8
    below, above = (
        path_loss_db(environment, breakpoint_m * factor, 3.5e9, line_of_sight=True)  # type: ignore[arg-type]
        for factor in (1 - 1e-6, 1 + 1e-6)
    )
    assert below == pytest.approx(above, abs=0.02)


@pytest.mark.parametrize("environment", ["UMi", "UMa", "InF-SL", "InF-DL", "InF-SH", "InF-DH"])
def test_blocked_paths_lose_more_and_farther_ones_too(environment: str) -> None:
    distances = np.geomspace(11, 500, 40)
    seen = [path_loss_db(environment, d, 3.5e9, line_of_sight=True) for d in distances]  # type: ignore[arg-type]
    blocked = [path_loss_db(environment, d, 3.5e9, line_of_sight=False) for d in distances]  # type: ignore[arg-type]
    chances = [line_of_sight_probability(environment, d) for d in distances]  # type: ignore[arg-type]
    assert np.all(np.diff(seen) > 0)
    assert np.all(np.diff(blocked) > 0)
    assert np.all(np.array(blocked) >= seen)
    assert np.all(np.diff(chances) <= 0)
    assert 0 <= min(chances) <= max(chances) <= 1


def test_line_of_sight_by_hand() -> None:
    assert line_of_sight_probability("UMi", 18) == 1
    assert line_of_sight_probability("UMi", 100) == pytest.approx(0.18 + math.exp(-100 / 36) * 0.82)
    assert line_of_sight_probability("InF-SL", 50) == pytest.approx(math.exp(50 * math.log(0.8) / 10))
    assert line_of_sight_probability("InF-DH", 50) == pytest.approx(math.exp(50 * math.log(0.4) / 2 * 4.5 / 6.5))
    assert line_of_sight_probability("InF-HH", 500) == 1
    assert shadowing_db("UMi", False) == 7.82


@pytest.mark.parametrize(
    ("environment", "distance", "carrier", "where"),
    [
        ("UMi", 5, 3.5e9, "distance_m"),
        ("UMi", float("nan"), 3.5e9, "distance_m"),
        ("InF-SL", 700, 3.5e9, "distance_m"),
        ("UMa", 100, 1e8, "carrier_hz"),
        ("RMa", 100, 3.5e9, "environment"),
    ],
)
def test_outside_the_tables_is_refused(environment: str, distance: float, carrier: float, where: str) -> None:
    with pytest.raises(InputError) as caught:
        path_loss_db(environment, distance, carrier, line_of_sight=True)  # type: ignore[arg-type]
    assert caught.value.where == where


# -- fading


@pytest.mark.parametrize("name", PROFILES)
def test_profiles_have_unit_power_and_spread(name: str) -> None:
    taps = profile(name)  # type: ignore[arg-type]
    assert taps.powers.sum() + taps.specular == pytest.approx(1)
    # TR 38.901 clause 7.7.2: delays are normalised to a spread of 1; the tables round to 0.1 dB.
    assert taps.spread == pytest.approx(1, abs=0.01)
    assert not taps.delays.flags.writeable
    expected = {"TDL-D": 13.3, "TDL-E": 22.0}.get(name)
    if expected is not None:  # Notes of Tables 7.7.2-4 and -5
        assert 10 * math.log10(taps.specular / taps.powers[0]) == pytest.approx(expected, abs=0.05)


def draws(name: str, count: int, frequencies: np.ndarray, times: np.ndarray, doppler: float = 50.0) -> np.ndarray:
    rng = np.random.default_rng(7)
    taps = profile(name)  # type: ignore[arg-type]
    return np.stack(
        [
            frequency_response(
                taps,
                delay_spread_s=100e-9,
                doppler_hz=doppler,
                frequencies_hz=frequencies,
                times_s=times,
                rng=rng,
            )
            for _ in range(count)
        ]
    )


@pytest.mark.parametrize("name", ["TDL-A", "TDL-B", "TDL-C"])
def test_amplitudes_without_line_of_sight_are_rayleigh(name: str) -> None:
    h = draws(name, 2000, np.array([1e6]), np.array([0.0]))[:, 0, 0]
    assert np.mean(np.abs(h) ** 2) == pytest.approx(1, abs=0.08)
    assert stats.kstest(np.abs(h), stats.rayleigh(scale=math.sqrt(0.5)).cdf).pvalue > 0.01
    assert stats.kstest(np.angle(h), stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 0.01


@pytest.mark.parametrize("name", ["TDL-D", "TDL-E"])
def test_mean_power_with_line_of_sight(name: str) -> None:
    h = draws(name, 1500, np.array([0.0, 3e6]), np.array([0.0, 0.01]))
    assert np.mean(np.abs(h) ** 2) == pytest.approx(1, abs=0.05)
    assert np.std(np.abs(h) ** 2) < 0.6  # Rayleigh fading would have 1


def test_correlation_in_time_is_that_of_clarke() -> None:
    times = np.array([0.0, 1e-3, 3e-3, 7e-3])
    h = draws("TDL-A", 3000, np.array([0.0]), times)[:, 0, :]
    found = (h * h[:, :1].conj()).mean(axis=0)
    assert found == pytest.approx(special.j0(2 * np.pi * 50 * times), abs=0.06)


def test_correlation_in_frequency_is_that_of_the_profile() -> None:
    frequencies = np.array([0.0, 0.5e6, 2e6, 5e6])
    h = draws("TDL-C", 3000, frequencies, np.array([0.0]))[:, :, 0]
    found = (h * h[:, :1].conj()).mean(axis=0)
    taps = profile("TDL-C")
    expected = np.exp(-2j * np.pi * np.outer(frequencies, taps.delays * 100e-9)) @ taps.powers
    assert found == pytest.approx(expected, abs=0.06)


def test_nothing_changes_without_motion() -> None:
    h = draws("TDL-A", 1, np.array([0.0, 1e6]), np.linspace(0, 1, 5), doppler=0.0)[0]
    assert h == pytest.approx(np.repeat(h[:, :1], 5, axis=1), abs=1e-6)


def test_long_series_equal_short_ones() -> None:
    """The result does not depend on how the work is cut into pieces."""
    times = np.arange(3000) * 1e-3
    whole = draws("TDL-B", 1, np.array([0.0]), times)[0]
    part = draws("TDL-B", 1, np.array([0.0]), times[:100])[0]
    assert whole[:, :100] == pytest.approx(part, abs=1e-6)


def test_resource_blocks_are_centred() -> None:
    frequencies = resource_block_frequencies(4, 15e3)
    assert frequencies.tolist() == [-270e3, -90e3, 90e3, 270e3]
    fine = resource_block_frequencies(4, 15e3, samples=3)
    assert fine.reshape(4, 3).mean(axis=1) == pytest.approx(frequencies)


# -- rates


def test_rates_are_whole_bits_rounded_down() -> None:
    snr = np.array([0.0, 0.05, 1.0, 3.0, 1e9])
    assert bits_per_slot(snr, TruncatedShannon(1.0, -10.0, 8.0), data_elements=168).tolist() == [0, 0, 168, 336, 1344]
    assert bits_per_slot(np.array([2.0]), DOWNLINK_SHANNON).tolist() == [math.floor(156 * 0.6 * math.log2(3))]
    assert bits_per_slot(np.array([1e6]), TruncatedShannon()).tolist() == [312]


def test_tables_pick_the_largest_supported_entry() -> None:
    table = TableRate("own", (0.5, 1.0, 2.0), loss_db=0.0)
    snr = np.array([0.0, 2**0.5 - 1, 0.99, 1.0, 2.9, 3.0, 100.0])
    assert table.efficiency(snr).tolist() == [0.0, 0.5, 0.5, 1.0, 1.0, 2.0, 2.0]
    lossy = TableRate("own", (1.0,), loss_db=3.0)
    assert lossy.efficiency(np.array([1.99, 2.0])).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -0.1])
def test_ratios_that_are_no_ratio_are_refused(bad: float) -> None:
    with pytest.raises(InputError) as caught:
        bits_per_slot(np.array([1.0, bad]), TruncatedShannon())
    assert caught.value.where == "snr"


# -- scenarios


def scenario(**changes: object) -> Scenario:
    base: dict[str, object] = {
        "environment": "UMi",
        "carrier_hz": 3.5e9,
        "numerology": Numerology(1),
        "resource_blocks": 24,
        "slots": 50,
        "block_slots": 20,
    }
    return Scenario(**(base | changes))  # type: ignore[arg-type]


LINKS = [Link("a", 40, speed_m_s=1), Link("b", 120, speed_m_s=10), Link("c", 60)]


def test_shape_type_and_immutability() -> None:
    channel = draw_channel(scenario(), LINKS, seed=3)
    assert channel.bits_per_slot.shape == (3, 24, 3)
    assert channel.bits_per_slot.dtype == np.int64
    assert channel.bits_per_slot.min() >= 0
    for array in (channel.bits_per_slot, channel.snr):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0, 0] = 1


def test_the_seed_decides_and_links_do_not_disturb_each_other() -> None:
    first, again = (draw_channel(scenario(), LINKS, seed=3) for _ in range(2))
    assert np.array_equal(first.snr, again.snr)
    assert not np.array_equal(first.snr, draw_channel(scenario(), LINKS, seed=4).snr)
    assert np.array_equal(first.snr[:2], draw_channel(scenario(), LINKS[:2], seed=3).snr)


def test_the_link_budget_by_hand() -> None:
    link = Link("a", 100, power_dbm=20, line_of_sight=True)
    channels = [
        draw_channel(scenario(shadowing=False, slots=1, noise_figure_db=7.0), [link], seed=s) for s in range(400)
    ]
    noise = -174 + 10 * math.log10(12 * 30e3) + 7
    expected = 20 - 10 * math.log10(24) - path_loss_db("UMi", 100, 3.5e9, line_of_sight=True) - noise
    mean = 10 * math.log10(np.mean([channel.snr.mean() for channel in channels]))
    assert mean == pytest.approx(expected, abs=0.3)


def test_shadowing_has_the_spread_of_the_table() -> None:
    link = Link("a", 100, line_of_sight=False)
    flat = scenario(slots=1, resource_blocks=1)
    ratio = [
        10 * math.log10(draw_channel(flat, [link], seed=s).snr.item() / draw_channel(bare, [link], seed=s).snr.item())
        for bare in [scenario(slots=1, resource_blocks=1, shadowing=False)]
        for s in range(800)
    ]
    assert np.mean(ratio) == pytest.approx(0, abs=0.9)
    assert np.std(ratio) == pytest.approx(7.82, rel=0.08)


def test_line_of_sight_is_drawn_with_its_probability() -> None:
    links = [Link(str(i), 60) for i in range(1500)]
    seen = draw_channel(scenario(slots=1, resource_blocks=1), links, seed=0).line_of_sight
    assert np.mean(seen) == pytest.approx(line_of_sight_probability("UMi", 60), abs=0.04)


@pytest.mark.parametrize(
    ("change", "links", "where"),
    [
        ({"slots": 0}, LINKS, "slots"),
        ({"noise_figure_db": float("nan")}, LINKS, "noise_figure_db"),
        ({"delay_spread_s": -1.0}, LINKS, "delay_spread_s"),
        ({}, [], "links"),
        ({}, [Link("far", 9000)], "links[0].distance_m"),
    ],
)
def test_wrong_scenarios_are_refused(change: dict[str, object], links: list[Link], where: str) -> None:
    with pytest.raises(InputError) as caught:
        draw_channel(scenario(**change), links, seed=0)
    assert caught.value.where == where
