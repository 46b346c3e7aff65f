"""Named suites: what they write, and that nothing but the swept parameter varies."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

import wnpopt
from tests.bench.suite_store import small
from tests.samples import ordinarily
from wnpopt.bench.store.manifest import read_manifest
from wnpopt.bench.suites.materialise import materialise, suite, suites
from wnpopt.core import registry
from wnpopt.core.document import Instance
from wnpopt.core.errors import InputError
from wnpopt.core.suite import PRESETS, Point, Suite, SuitePreset
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.wnp.instance import WnpInstance

NAMES = (
    "intradp-bandwidth", "intradp-server", "intradp-paper", "slide-bandwidth", "slide-deadline", "slide-users",
    "slide-multicast", "owin-heterogeneity", "owin-cores", "owin-subcarriers", "owin-latency-scale",
)  # fmt: skip


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def stamps(folder: Path) -> dict[str, int]:
    return {str(p.relative_to(folder)): p.stat().st_mtime_ns for p in sorted(folder.rglob("*")) if p.is_file()}


def pair(name: str, low: float, high: float, variant: str | None = None, seed: int = 1) -> tuple[Instance, Instance]:
    """Two instances of a suite that differ in x alone."""
    chosen = suite(name)
    return chosen.make(Point(low, seed, variant)), chosen.make(Point(high, seed, variant))


def without(instance: Instance, *fields: str) -> dict[str, object]:
    return {key: value for key, value in instance.to_data().items() if key not in {"name", "source", *fields}}


def test_the_suites_are_those_of_the_docs() -> None:
    assert tuple(suites()) == NAMES
    for name, chosen in suites().items():
        assert chosen.name == name
        assert tuple(chosen.presets) == PRESETS
        known = registry.methods(chosen.family)
        # These obey a limit where one is given; in a suite they run to their end, like the other heuristics.
        assert all(not known[method].timed for method in chosen.heuristics if method not in ("dai", "max-frequency"))
        assert all(known[method].timed for method in chosen.searches)
        for preset in chosen.presets.values():
            assert (preset.time_limit is not None) == bool(chosen.searches)


@pytest.mark.parametrize("name", NAMES)
def test_the_full_preset_contains_the_quick_one(name: str) -> None:
    quick, full = (list(suite(name).points(preset)) for preset in PRESETS)
    assert len(set(full)) == len(full)
    assert set(quick) < set(full)
    assert quick == [point for point in full if point in set(quick)]


@pytest.mark.parametrize("name", NAMES)
def test_the_quick_preset_is_valid_and_the_same_each_time(name: str, tmp_path: Path) -> None:
    chosen = suite(name)
    files = materialise(chosen, "quick", tmp_path / "a")
    points = list(chosen.points("quick"))
    assert len(files) == len(set(files)) == len(points)
    manifest = json.loads((tmp_path / "a" / "suite.json").read_text())
    assert manifest["kind"] == "suite"
    (described,) = manifest["suites"]
    assert (described["name"], described["family"]) == (name, chosen.family)
    entries = {(e["variant"], e["x"], e["seed"]): e for e in described["instances"]}
    assert len(entries) == len(described["instances"]) == len(points)
    for file, point in zip(files, points, strict=True):
        instance = wnpopt.load(file)
        entry = entries[point.variant, point.x, point.seed]
        assert tmp_path / "a" / entry["file"] == file
        assert entry["instance"] == instance.instance_hash
        assert instance.kind == chosen.family
        assert instance.name == file.stem
    assert len({e["instance"] for e in entries.values()}) == len(points)
    before = stamps(tmp_path / "a")
    assert materialise(chosen, "quick", tmp_path / "a") == files
    assert stamps(tmp_path / "a") == before
    if name in ("intradp-bandwidth", "slide-bandwidth", "owin-cores"):  # elsewhere: the same as where it was already
        materialise(chosen, "quick", tmp_path / "b")
        assert content(tmp_path / "a") == content(tmp_path / "b")


@pytest.mark.parametrize("name", ordinarily(6, NAMES))
def test_the_ends_of_the_full_preset_are_valid(name: str, tmp_path: Path) -> None:
    chosen = suite(name)
    points = list(chosen.points("full"))
    for point in (points[0], points[-1]):
        instance = chosen.instance(point)
        path = tmp_path / "instance.json"
        wnpopt.save(instance, path)
        assert wnpopt.load(path).instance_hash == instance.instance_hash
        assert chosen.instance(point).to_data() == instance.to_data()


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith("owin")])
def test_every_payload_can_be_delivered(name: str) -> None:
    """In the whole slots that the modalities get when they take turns: so rtfs has an answer everywhere."""
    chosen = suite(name)
    for point in chosen.points("full"):
        if point.seed >= 3 and point.x != min(chosen.preset("full").x):
            continue
        instance = chosen.make(point)
        assert isinstance(instance, WnpInstance)
        capacity = (instance.rates * instance.block_length).sum(axis=(1, 2))
        assert (instance.payloads / capacity).sum() < 0.8


def test_hashes_do_not_depend_on_the_process(tmp_path: Path) -> None:
    program = (
        "from wnpopt.bench.suites.materialise import suites\n"
        "for s in suites().values():\n"
        "    print(s.name, s.instance(list(s.points('quick'))[-1]).instance_hash)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=os.environ | {"PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=True,
    )
    here = [f"{s.name} {s.instance(list(s.points('quick'))[-1]).instance_hash}" for s in suites().values()]
    assert done.stdout.splitlines() == here


def test_heterogeneity_moves_payloads_and_work_alone() -> None:
    equal, spread = pair("owin-heterogeneity", 0.0, 1.5)
    assert isinstance(equal, WnpInstance)
    assert isinstance(spread, WnpInstance)
    assert without(equal, "modalities", "subgraphs") == without(spread, "modalities", "subgraphs")
    capacity = (equal.rates * equal.block_length).sum(axis=(1, 2))
    shares, other = equal.payloads / capacity, spread.payloads / capacity
    assert np.ptp(shares) < 1e-3 * shares.mean()
    assert other.sum() == pytest.approx(shares.sum(), rel=1e-3)
    assert np.ptp(np.log(other)) > 0.5
    work, new = (sum(np.mean(s.ticks) for s in i.subgraphs) for i in (equal, spread))
    assert new == pytest.approx(work, rel=1e-2)


def test_cores_are_added_and_nothing_else() -> None:
    few, many = pair("owin-cores", 3.0, 16.0)
    assert isinstance(few, WnpInstance)
    assert isinstance(many, WnpInstance)
    assert (len(few.chip.cores), len(many.chip.cores)) == (3, 16)
    assert few.chip.cores == many.chip.cores[:3]
    assert without(few, "chip", "subgraphs") == without(many, "chip", "subgraphs")
    for a, b in zip(few.subgraphs, many.subgraphs, strict=True):
        assert a.ticks == b.ticks[:3]


def test_the_source_tells_of_the_point() -> None:
    chosen = suite("owin-cores")
    few, many = (chosen.instance(Point(x, 1, None)) for x in (2.0, 16.0))
    assert few.source != many.source
    assert str(few.source).endswith("seed 1; suite owin-cores, cores 2")


def test_subcarriers_are_added_and_nothing_else() -> None:
    few, many = pair("owin-subcarriers", 144.0, 576.0)
    assert isinstance(few, WnpInstance)
    assert isinstance(many, WnpInstance)
    assert (12 * few.resource_blocks, 12 * many.resource_blocks) == (144, 576)
    assert (few.rates == many.rates[:, :12]).all()
    assert without(few, "radio") == without(many, "radio")
    assert few.radio.slots == many.radio.slots


def test_the_latency_scale_multiplies_ticks_and_nothing_else() -> None:
    one, three = pair("owin-latency-scale", 1.0, 3.0)
    assert isinstance(one, WnpInstance)
    assert isinstance(three, WnpInstance)
    assert without(one, "subgraphs") == without(three, "subgraphs")
    for a, b in zip(one.subgraphs, three.subgraphs, strict=True):
        assert b.ticks == tuple(None if t is None else 3 * t for t in a.ticks)
    half, _ = pair("owin-latency-scale", 0.5, 1.0)
    assert isinstance(half, WnpInstance)
    assert half.subgraphs[0].ticks == tuple(None if t is None else math.ceil(t / 2) for t in one.subgraphs[0].ticks)


def test_bandwidth_moves_the_band_and_what_the_power_in_it_reaches() -> None:
    narrow, wide = pair("slide-bandwidth", 100.0, 400.0)
    assert isinstance(narrow, SlideInstance)
    assert isinstance(wide, SlideInstance)
    assert (narrow.bandwidth_hz, wide.bandwidth_hz) == (1e8, 4e8)
    assert without(narrow, "bandwidth_hz", "users") == without(wide, "bandwidth_hz", "users")
    for a, b in zip(narrow.users, wide.users, strict=True):
        assert without_link(a.to_data()) == without_link(b.to_data())


def without_link(user: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in user.items() if key != "link"}


def test_the_deadline_moves_deadlines_alone() -> None:
    soon, late = pair("slide-deadline", 0.8, 1.6)
    assert isinstance(soon, SlideInstance)
    assert isinstance(late, SlideInstance)
    assert without(soon, "users") == without(late, "users")
    for a, b in zip(soon.users, late.users, strict=True):
        assert b.deadline_s == pytest.approx(2 * a.deadline_s)
        assert a.model_copy(update={"deadline_s": 1.0}) == b.model_copy(update={"deadline_s": 1.0})
    assert np.median([u.deadline_s for u in soon.users]) == pytest.approx(0.8, rel=0.1)


def test_the_link_moves_the_link_alone() -> None:
    for variant in suite("intradp-bandwidth").variants:
        slow, fast = pair("intradp-bandwidth", 2.0, 50.0, variant)
        assert isinstance(slow, IntradpInstance)
        assert isinstance(fast, IntradpInstance)
        assert without(slow, "link") == without(fast, "link")
        assert (slow.link.uplink_bytes_per_s, fast.link.downlink_bytes_per_s) == (2e6, 5e7)


def test_the_server_moves_the_server_alone() -> None:
    for variant in suite("intradp-server").variants:
        slow, fast = pair("intradp-server", 0.1, 1.0, variant)
        assert isinstance(slow, IntradpInstance)
        assert isinstance(fast, IntradpInstance)
        assert without(slow, "operators") == without(fast, "operators")
        for a, b in zip(slow.operators, fast.operators, strict=True):
            assert a.model_copy(update={"server": b.server}) == b
            # What is not launching takes ten times as long.
            assert a.server.full_s - a.server.fixed_s == pytest.approx(10 * (b.server.full_s - b.server.fixed_s))
            assert a.server.fixed_s == pytest.approx(b.server.fixed_s)


@pytest.mark.parametrize("name", NAMES)
def test_seeds_make_other_instances(name: str) -> None:
    chosen = suite(name)
    x, variant = chosen.preset("quick").x[-1], chosen.variants[0]
    assert len({chosen.make(Point(x, seed, variant)).instance_hash for seed in range(3)}) == 3


def test_an_interrupted_start_is_finished_by_the_next(tmp_path: Path) -> None:
    chosen = small("slide-deadline", (1.0, 2.0), (0, 1))
    materialise(chosen, "quick", tmp_path / "whole")

    def stop_at(number: int) -> Callable[[Point], Instance]:
        made: list[Point] = []

        def make(point: Point) -> Instance:
            made.append(point)
            if len(made) > number:
                raise KeyboardInterrupt
            return chosen.make(point)

        return make

    for number in range(4):
        out = tmp_path / f"cut{number}"
        with pytest.raises(KeyboardInterrupt):
            materialise(replace(chosen, make=stop_at(number)), "quick", out)
        assert read_manifest(out) is None
        materialise(chosen, "quick", out)
        assert content(out) == content(tmp_path / "whole")


def test_another_preset_extends(tmp_path: Path) -> None:
    few, many = small("slide-deadline", (1.0,), (0,)), small("slide-deadline", (0.5, 1.0), (0, 1))
    materialise(few, "quick", tmp_path / "a")
    before = stamps(tmp_path / "a")
    materialise(many, "quick", tmp_path / "a")
    kept = {file: stamp for file, stamp in stamps(tmp_path / "a").items() if file in before and file != "suite.json"}
    assert kept == {file: stamp for file, stamp in before.items() if file != "suite.json"}
    for order in ((many,), (many, few)):
        out = tmp_path / f"b{len(order)}"
        for chosen in order:
            materialise(chosen, "quick", out)
        assert content(out) == content(tmp_path / "a")
    manifest = read_manifest(tmp_path / "a")
    assert manifest is not None
    assert [(e.x, e.seed) for e in manifest.suites[0].instances] == [(0.5, 0), (0.5, 1), (1.0, 0), (1.0, 1)]


def test_a_point_that_became_another_instance_replaces_the_old_one(tmp_path: Path) -> None:
    old = small("slide-deadline", (1.0, 2.0))
    new = replace(old, make=lambda point: old.make(replace(point, seed=point.seed + 7)))
    materialise(old, "quick", tmp_path)
    files = materialise(new, "quick", tmp_path)
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    found = {tmp_path / e.file: e.instance for e in manifest.suites[0].instances}
    assert found == {file: wnpopt.load(file).instance_hash for file in files}


def test_a_store_can_hold_several_suites(tmp_path: Path) -> None:
    deadline, cores = small("slide-deadline", (1.0,)), small("owin-cores", (2.0,))
    for order in ((deadline, cores), (cores, deadline)):
        for chosen in order:
            materialise(chosen, "quick", tmp_path / order[0].name)
    assert content(tmp_path / "slide-deadline") == content(tmp_path / "owin-cores")
    manifest = read_manifest(tmp_path / "owin-cores")
    assert manifest is not None
    assert [s.name for s in manifest.suites] == ["owin-cores", "slide-deadline"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is not JSON"),
        ('{"kind": "suite", "schema_version": 1}', "suites: missing field"),
        ('{"kind": "index", "schema_version": 1, "suites": []}', "kind: invalid enum value 'index'"),
        ('{"kind": "suite", "schema_version": 2, "suites": []}', "schema_version: invalid enum value 2"),
        ('{"kind": "suite", "schema_version": 1, "suites": [{"name": 3}]}', "suites[0].name: expected `str`"),
        ('{"kind": "suite", "schema_version": 1, "suites": [], "more": 1}', "more"),
    ],
)
def test_a_manifest_that_is_none_is_named(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "suite.json"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        materialise(small("slide-deadline", (1.0,)), "quick", tmp_path)
    assert str(caught.value).startswith(str(path))
    assert told in str(caught.value)
    assert path.read_text() == text


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="file"):
        materialise(small("slide-deadline", (1.0,)), "quick", tmp_path / "file")


def test_unknown_names_are_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="owin-cores"):
        suite("owin")
    with pytest.raises(InputError, match="quick, full"):
        materialise(suite("owin-cores"), "fast", tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_page_tells_of_every_suite_what_is_so() -> None:
    """The table of docs/bench.md: ends and numbers of x, seeds, methods, limits."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "bench.md").read_text()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]
    told = {row[0].strip("`"): row[1:] for row in rows if row[0].strip("`") in NAMES}
    assert tuple(told) == NAMES
    methods = ""
    for name, (_, quick, full, seeds, run) in told.items():
        chosen = suite(name)
        for preset, words in (("quick", quick), ("full", full)):
            xs = chosen.preset(preset).x
            counted = f"{min(xs):g} to {max(xs):g}, {len(xs)}"
            assert words.removesuffix(" values") == counted or (words == "1 to 50 by 1" and xs == tuple(range(1, 51)))
        assert f"{len(chosen.preset('quick').seeds)} / {len(chosen.preset('full').seeds)} seeds" in seeds
        assert ("4 networks" in seeds) == (len(chosen.variants) == 4)
        methods = methods if run == "the same" else run
        limits = [chosen.preset(preset).time_limit for preset in PRESETS]
        expected = f"`{' '.join(chosen.heuristics)}`"
        if chosen.searches:
            expected += f", `{' '.join(chosen.searches)}` {limits[0]:g} / {limits[1]:g} s"
        assert methods == expected


def test_no_preset_of_a_suite_is_changed_by_another_dataclass() -> None:
    """What suites() gives is frozen: a change of one preset cannot leak into the next caller's."""
    chosen: Suite = suite("owin-cores")
    assert isinstance(chosen.presets, MappingProxyType)
    with pytest.raises(TypeError):
        chosen.presets["quick"] = SuitePreset((1.0,), (0,), 1.0)  # type: ignore[index]
