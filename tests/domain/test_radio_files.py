"""Rate tables, radio files and channels of one's own."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from wnpopt.core.errors import InputError
from wnpopt.domain.files.radio import load_radio
from wnpopt.domain.radio.own import load_bits, own_bits
from wnpopt.domain.radio.rate import DOWNLINK_SHANNON, TruncatedShannon
from wnpopt.domain.radio.scenario import draw_channel
from wnpopt.domain.radio.tables import TABLES, table_rate


@pytest.mark.parametrize(
    ("name", "entries", "lowest", "highest"),
    [  # first and last spectral efficiency as TS 38.214 prints them
        ("cqi-1", 15, 0.1523, 5.5547),
        ("cqi-2", 15, 0.1523, 7.4063),
        ("cqi-3", 15, 0.0586, 4.5234),
        ("mcs-1", 29, 0.2344, 5.5547),
        ("mcs-2", 28, 0.2344, 7.4063),
        ("mcs-3", 29, 0.0586, 4.5234),
    ],
)
def test_tables_of_the_standard(name: str, entries: int, lowest: float, highest: float) -> None:
    efficiencies = [bits * rate / 1024 for bits, rate in TABLES[name]]
    assert len(efficiencies) == entries
    assert efficiencies[0] == pytest.approx(lowest, abs=5e-5)
    assert efficiencies[-1] == pytest.approx(highest, abs=5e-5)
    # Where the modulation changes, MCS tables 1 and 3 step back by 0.004.
    assert all(b > a - 0.005 for a, b in pairwise(efficiencies))


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_entry_is_reached_at_its_own_threshold(name: str) -> None:
    rate = table_rate(name, loss_db=2.0)  # type: ignore[arg-type]
    for bits, code in TABLES[name]:
        efficiency = bits * code / 1024
        threshold = (2**efficiency - 1) * 10**0.2
        assert rate.efficiency(np.array([threshold]))[0] == pytest.approx(efficiency)
        assert rate.efficiency(np.array([threshold * 0.999]))[0] < efficiency


def test_more_signal_never_carries_less() -> None:
    snr = np.geomspace(1e-3, 1e6, 500)
    for rate in (TruncatedShannon(), DOWNLINK_SHANNON, *(table_rate(name) for name in sorted(TABLES))):  # type: ignore[arg-type]
        efficiency = rate.efficiency(snr)
        assert np.all(np.diff(efficiency) >= 0)
        assert np.all(efficiency <= np.log2(1 + snr) + 1e-9)


def written(folder: Path, **changes: object) -> Path:
    data: dict[str, object] = {
        "kind": "radio",
        "schema_version": 1,
        "name": "hall",
        "environment": "InF-DH",
        "carrier_hz": 3.7e9,
        "spacing_khz": 30,
        "bandwidth_mhz": 20,
        "slots": 60,
        "block_slots": 25,
        "rate": "cqi-2",
        "links": {"camera": {"distance_m": 40, "speed_m_s": 1.5}, "lidar": {"distance_m": 25, "power_dbm": 20}},
    }
    path = folder / "radio.json"
    path.write_text(json.dumps({k: v for k, v in (data | changes).items() if v != "drop"}), encoding="utf-8")
    return path


def test_a_radio_file(tmp_path: Path) -> None:
    radio = load_radio(written(tmp_path))
    assert [link.name for link in radio.links] == ["camera", "lidar"]
    assert radio.scenario.resource_blocks == 51
    channel = draw_channel(radio.scenario, radio.links, seed=1)
    assert channel.bits_per_slot.shape == (2, 51, 3)
    allowed = {0, *(int(156 * bits * rate / 1024) for bits, rate in TABLES["cqi-2"])}
    assert set(np.unique(channel.bits_per_slot).tolist()) <= allowed


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"environment": "Moon"}, "environment"),
        ({"bandwidth_mhz": 21}, "bandwidth_mhz"),
        ({"spacing_khz": 31}, "spacing_khz"),
        ({"bandwidth_mhz": "drop"}, "resource_blocks"),
        ({"resource_blocks": 4}, "resource_blocks"),
        ({"slots": 0}, "slots"),
        ({"carrier_hz": 0}, "carrier_hz"),
        ({"rate": "cqi-4"}, "rate"),
        ({"links": {"a": {"distance_m": -1}}}, "links.a.distance_m"),
        ({"links": {"a": {}}}, "links.a.distance_m"),
        ({"profile_los": "TDL-F"}, "profile_los"),
        ({"links": {"a->b": {"distance_m": 5}}}, "links.a->b"),
    ],
)
def test_wrong_radio_files_are_refused(tmp_path: Path, changes: dict[str, object], where: str) -> None:
    with pytest.raises(InputError) as caught:
        load_radio(written(tmp_path, **changes))
    assert caught.value.where.startswith(where), str(caught.value)


def test_own_channels(tmp_path: Path) -> None:
    decibels = np.array([[[0.0, 10.0], [20.0, -50.0]]])
    path = tmp_path / "own.npz"
    np.savez(path, snr_db=decibels)
    rate = TruncatedShannon(1.0, -20.0, 8.0)
    bits = load_bits(path, rate, data_elements=100)
    assert bits.tolist() == [[[100, 345], [665, 0]]]
    assert np.array_equal(own_bits("snr", 10 ** (decibels / 10), rate, data_elements=100), bits)
    assert np.array_equal(own_bits("bits_per_slot", bits, rate), bits)
    with pytest.raises(ValueError, match="read-only"):
        bits[0, 0, 0] = 1


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({}, ("0 arrays",)),
        ({"snr": np.ones((1, 1, 1)), "snr_db": np.ones((1, 1, 1))}, ("2 arrays",)),
        ({"power": np.ones((1, 1, 1))}, ("power: unknown member",)),
        ({"snr": np.ones((2, 2))}, ("snr", "[2, 2]")),
        ({"snr": np.ones((2, 0, 2))}, ("snr", "[2, 0, 2]")),
        ({"snr": np.array([[["a"]]])}, ("snr", "numbers")),
        ({"snr": np.array([[[1.0, np.nan]]])}, ("snr[0][0][1]", "nan")),
        ({"snr": np.array([[[1.0, np.inf]]])}, ("snr[0][0][1]", "inf")),
        ({"snr": np.array([[[1.0], [-2.0]]])}, ("snr[0][1][0]", "-2")),
        ({"snr_db": np.array([[[4000.0]]])}, ("snr_db[0][0][0]", "4000")),
        ({"bits_per_slot": np.array([[[1.5]]])}, ("bits_per_slot", "integers")),
        ({"bits_per_slot": np.array([[[-1]]])}, ("bits_per_slot[0][0][0]", "-1")),
        ({"bits_per_slot": np.array([[[2**60]]])}, ("bits_per_slot[0][0][0]",)),
        ({"snr": np.array([[[{}]]], dtype=object)}, ("npz",)),
    ],
)
def test_wrong_own_channels_are_refused(tmp_path: Path, arrays: dict[str, np.ndarray], words: tuple[str, ...]) -> None:
    path = tmp_path / "own.npz"
    np.savez(path, **arrays)
    with pytest.raises(InputError) as caught:
        load_bits(path, TruncatedShannon())
    for word in (str(path), *words):
        assert word in str(caught.value), str(caught.value)


def test_files_of_another_kind_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", np.ones(3))
    (tmp_path / "text.npz").write_text("no archive")
    (tmp_path / "empty.npz").write_bytes(b"")
    np.savez(tmp_path / "cut.npz", snr=np.ones((2, 2, 2)))
    (tmp_path / "cut.npz").write_bytes((tmp_path / "cut.npz").read_bytes()[:-30])
    for name in ("one.npy", "text.npz", "empty.npz", "cut.npz", "none.npz", "."):
        with pytest.raises(InputError) as caught:
            load_bits(tmp_path / name, TruncatedShannon())
        assert "\n" not in str(caught.value)
