"""Changing one property of an instance, on random instances of many shapes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wnpopt
from wnpopt.core.errors import InputError
from wnpopt.problems.wnp.generate import generate
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.vary import branches, first_cores, first_resource_blocks, heterogeneous, scaled_compute


@st.composite
def instances(draw: st.DrawFn, **fixed: int) -> WnpInstance:
    modalities = draw(st.integers(0, 4))
    options = {
        "subgraphs": modalities + draw(st.integers(1, 8)),
        "cores": draw(st.integers(1, 6)),
        "modalities": modalities,
        "resource_blocks": draw(st.integers(1, 6)),
        "slots": draw(st.integers(1, 12)),
        "block_slots": draw(st.integers(1, 5)),
        "heterogeneity": draw(st.sampled_from([0.0, 0.7])),
    } | fixed
    return generate(options, draw(st.integers(0, 10**6)))


def ancestors(instance: WnpInstance, name: str) -> set[str]:
    """By the definition: the subgraph itself and all that it depends on."""
    found = {name}
    for edge in instance.edges:
        if edge.target == name:
            found |= ancestors(instance, edge.source)
    return found


@settings(max_examples=40, deadline=None)
@given(instances())
def test_a_branch_is_what_depends_on_one_modality(instance: WnpInstance) -> None:
    read = {s.name: s.modality for s in instance.subgraphs}
    names = [m.name for m in instance.modalities]
    for subgraph, branch in zip(instance.subgraphs, branches(instance), strict=True):
        depends = {read[a] for a in ancestors(instance, subgraph.name)} - {None}
        assert branch == (names.index(str(depends.pop())) if len(depends) == 1 else None)


@settings(max_examples=40, deadline=None)
@given(instances(), st.floats(0.01, 3), st.integers(0, 1000))
def test_spreading_keeps_the_totals_and_is_repeatable(instance: WnpInstance, sigma: float, seed: int) -> None:
    spread = heterogeneous(instance, sigma, seed)
    assert spread == heterogeneous(instance, sigma, seed)
    assert (spread.radio, spread.chip, spread.edges) == (instance.radio, instance.chip, instance.edges)
    if not instance.modalities:
        assert spread == instance
        return
    # Payloads: multipliers of mean 1, each rounded down.
    before = np.array([m.payload_bits for m in instance.modalities], float)
    after = np.array([m.payload_bits for m in spread.modalities], float)
    assert (after >= 1).all()
    assert ((after / before).mean() - 1) == pytest.approx(0, abs=(2 / before).max())
    # Work: that of the branches as a whole, the rest untouched; rounded up.
    branch = branches(instance)
    old, new = (np.array([np.mean(s.ticks) for s in i.subgraphs]) for i in (instance, spread))
    inside = np.array([k is not None for k in branch])
    assert (old[~inside] == new[~inside]).all()
    assert new.sum() - old.sum() >= -1e-6
    assert new.sum() - old.sum() <= len(branch)
    for k in range(len(instance.modalities)):
        own = [i for i, b in enumerate(branch) if b == k and old[i] > 100]
        if own:
            factors = new[own] / old[own]
            assert np.ptp(factors) < 0.02 * factors.max() + 0.02


def test_no_spread_changes_nothing() -> None:
    instance = generate({}, 1)
    assert heterogeneous(instance, 0.0, 5) is instance


@settings(max_examples=30, deadline=None)
@given(instances(), st.data())
def test_parts_of_chip_and_band(instance: WnpInstance, data: st.DataObject) -> None:
    cores = data.draw(st.integers(1, len(instance.chip.cores)))
    small = first_cores(instance, cores)
    assert small.chip.cores == instance.chip.cores[:cores]
    assert [s.ticks for s in small.subgraphs] == [s.ticks[:cores] for s in instance.subgraphs]
    assert first_cores(instance, len(instance.chip.cores)) == instance
    if instance.modalities:
        blocks = data.draw(st.integers(1, instance.resource_blocks))
        narrow = first_resource_blocks(instance, blocks)
        assert (narrow.rates == instance.rates[:, :blocks]).all()
        assert first_resource_blocks(instance, instance.resource_blocks) == instance


@settings(max_examples=30, deadline=None)
@given(instances(), st.floats(0.01, 20))
def test_scaled_ticks_are_rounded_up(instance: WnpInstance, factor: float) -> None:
    scaled = scaled_compute(instance, factor)
    for old, new in zip(instance.subgraphs, scaled.subgraphs, strict=True):
        assert new.ticks == tuple(None if t is None else math.ceil(t * factor) for t in old.ticks)
    assert scaled_compute(instance, 1.0) == instance


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000))
def test_a_larger_chip_or_band_never_costs_time(seed: int) -> None:
    """By the optimum of each."""
    shape = {"subgraphs": 5, "cores": 3, "modalities": 2, "resource_blocks": 2, "slots": 12, "block_slots": 3}
    instance = generate(shape | {"load": 0.2}, seed)
    for part, most in ((first_cores, len(instance.chip.cores)), (first_resource_blocks, instance.resource_blocks)):
        small, large = (wnpopt.solve(part(instance, n), time_limit=20, threads=1) for n in (1, most))
        assert large.status == "optimal"
        assert large.objective is not None
        if small.status == "infeasible":
            continue
        assert small.status == "optimal"
        assert small.objective is not None
        assert large.objective <= small.objective


def test_bad_arguments_are_refused() -> None:
    instance = generate({}, 1)
    for count in (0, 99):
        with pytest.raises(InputError, match="cores are needed"):
            first_cores(instance, count)
        with pytest.raises(InputError, match="resource blocks are needed"):
            first_resource_blocks(instance, count)
    for factor in (0.0, -1.0, math.inf, math.nan):
        with pytest.raises(InputError, match="above 0"):
            scaled_compute(instance, factor)
    for sigma in (-0.1, 11.0, math.nan):
        with pytest.raises(InputError, match="0 to 10"):
            heterogeneous(instance, sigma, 0)


def test_a_subgraph_that_no_core_is_left_for_is_named() -> None:
    data = generate({"cores": 2}, 1).to_data()
    data["subgraphs"][3]["ticks"] = [None, 7]  # type: ignore[index]
    with pytest.raises(InputError, match=r"subgraphs\[3\]"):
        first_cores(WnpInstance.from_data(data), 1)
