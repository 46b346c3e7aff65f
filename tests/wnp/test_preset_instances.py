"""Realistic presets of the generator, and that the abstract generator is as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import wnpopt
from wnpopt.cli.main import main
from wnpopt.core.errors import InputError
from wnpopt.problems.wnp.generate import PRESET, generate
from wnpopt.problems.wnp.presets import PRESETS


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("seed", [0, 3])
def test_a_preset_is_a_feasible_multimodal_instance(preset: str, seed: int) -> None:
    instance = generate({"preset": preset}, seed)
    assert [m.name for m in instance.modalities] == [s.modality for s in PRESETS[preset].sensors]
    assert bool(instance.needed.all())
    assert len(instance.subgraphs) <= PRESETS[preset].subgraphs
    assert len(instance.subgraphs) > PRESETS[preset].subgraphs // 2
    for sensor, modality in zip(PRESETS[preset].sensors, instance.modalities, strict=True):
        assert 1000 * sensor.kilobits[0] <= modality.payload_bits <= 1000 * sensor.kilobits[1]
    result = wnpopt.solve(instance, "pacs", threads=1)
    assert result.verified
    assert result.bound is not None
    assert f"preset {preset}, seed {seed}" in (instance.source or "")


@pytest.mark.parametrize("preset", PRESETS)
def test_the_seed_decides(preset: str) -> None:
    assert generate({"preset": preset}, 5).to_data() == generate({"preset": preset}, 5).to_data()
    first, second = generate({"preset": preset}, 5), generate({"preset": preset}, 6)
    assert [s.ticks for s in first.subgraphs] == [s.ticks for s in second.subgraphs]
    assert first.payloads.tolist() != second.payloads.tolist()
    assert first.name != second.name


def test_subgraphs_and_name_go_with_a_preset() -> None:
    instance = generate({"preset": "factory-robots", "subgraphs": 12, "name": "mine"}, 1)
    assert instance.name == "mine"
    assert len(instance.subgraphs) <= 12


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"preset": "farm"}, ["farm", "factory-robots, vehicle-perception, phone-assistant"]),
        ({"preset": 3}, ["preset", "3"]),
        ({"preset": "factory-robots", "cores": 3}, ["cores", "factory-robots"]),
        ({"preset": "factory-robots", "subgraphs": 0}, ["subgraphs", "0"]),
        ({"preset": "factory-robots", "subgraphs": 3}, ["3", "at least"]),
        ({"presets": "factory-robots"}, ["presets", "preset, subgraphs"]),
        ({"preset": "factory-robots", "core": 3}, ["core", "unknown", "preset, subgraphs"]),
        ({"preset": ["factory-robots"]}, ["preset", "factory-robots, vehicle-perception"]),
    ],
)
def test_bad_options(options: dict[str, int | float | str], words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        generate(options, 0)
    for word in words:
        assert word in str(caught.value)


def test_the_abstract_generator_is_unchanged() -> None:
    """An empty preset is none; stored instances are still what their seeds give."""
    shape = {"subgraphs": 12, "cores": 3, "modalities": 3, "resource_blocks": 12, "slots": 20, "block_slots": 5}
    folder = Path(__file__).resolve().parents[2] / "instances/wnp/small"
    again = generate({**shape, "heterogeneity": 0.5, "ctr": 1.0, "name": "small-h0.5-s1"}, 1)
    assert again.to_data() == wnpopt.load(folder / "small-h0.5-s1.json").to_data()
    assert generate({"preset": "", **shape}, 1).to_data() == generate(dict(shape), 1).to_data()


def test_the_command_writes_them_anywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From another folder, under another hash seed: the same bytes, no file of the repository needed."""
    command = [sys.executable, "-m", "wnpopt", "generate", "wnp", "--preset", "phone-assistant", "--seed", "2"]
    environment = os.environ | {"PYTHONHASHSEED": "77"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    here = tmp_path / "here"
    assert main([*command[3:], "--out", str(here)]) == 0
    capsys.readouterr()
    (path,) = here.iterdir()
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()
    assert main(["generate", "wnp", "--preset", "farm", "--out", str(here)]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert main(["generate", "wnp", "--help"]) == 0
    assert "--preset" in capsys.readouterr().out


def test_the_options_name_the_presets() -> None:
    assert tuple(PRESETS) == PRESET.choices
