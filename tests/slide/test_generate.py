"""Generated instances and layer tables."""

from __future__ import annotations

import numpy as np
import pytest

import wnpopt
from wnpopt.core.errors import InputError
from wnpopt.problems.slide import SlideInstance, SlideSolution
from wnpopt.problems.slide.generate import OPTIONS, Shape, generate
from wnpopt.problems.slide.networks import MIXES, layer_table, table_names
from wnpopt.problems.slide.plots.timeline import timelines


def test_same_seed_same_instance() -> None:
    one, two, other = generate({}, 1), generate({}, 1), generate({}, 2)
    assert one == two
    assert one.instance_hash != other.instance_hash


def test_options_are_the_shape_s() -> None:
    assert {o.name: o.default for o in OPTIONS} == {name: getattr(Shape(), name) for name in Shape.__dataclass_fields__}


@pytest.mark.parametrize(
    "options",
    [
        {"mix": "llm", "requested": 1, "deadline_s": 8.0},
        {"mix": "synthetic", "weighted": 1, "resource_block_hz": 180e3},
        {"link": "power", "receive_scale": 1.0, "energy_scale": 0.0},
        {"delivery": "multicast", "cache_share": 0.5, "users": 12, "requested": 1},
        {"mix": "resnet50", "device": "phone", "accuracy_share": 1.0, "bits_per_weight": 4.0},
        {"users": 0},
    ],
)
def test_options_do_what_they_say(options: dict[str, int | float | str]) -> None:
    instance = generate(options, 3)
    assert len(instance.users) == options.get("users", 20)
    assert instance.delivery == options.get("delivery", "unicast")
    assert (instance.cache_bits is None) == ("cache_share" not in options)
    assert (instance.objective == "weighted") == ("weighted" in options)
    assert wnpopt.solve(instance, "auto", threads=1).status == "optimal"


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"user": 3}, "user"),
        ({"users": 2.5}, "users"),
        ({"users": -1}, "users"),
        ({"users": 10**7}, "users"),
        ({"mix": "audio"}, "mix"),
        ({"mix": 3}, "mix"),
        ({"delivery": "broadcast"}, "delivery"),
        ({"deadline_s": 0.0}, "deadline_s"),
        ({"deadline_s": float("nan")}, "deadline_s"),
        ({"radius_m": 5.0}, "radius_m"),
        ({"jitter": 1.0}, "jitter"),
    ],
)
def test_bad_options_are_named(options: dict[str, int | float | str], where: str) -> None:
    with pytest.raises(InputError) as caught:
        generate(options, 0)
    assert caught.value.where == where


@pytest.mark.parametrize(
    ("name", "weights", "gmac"),
    [
        ("mobilenet-v2", 3.50e6, 0.30),
        ("resnet50", 25.56e6, 4.1),
        ("vgg19", 143.67e6, 19.6),
        ("vit-b16", 86.57e6, 17.5),
        ("gpt2-128", 124.44e6, 16.1),
    ],
)
def test_tables_have_the_published_sizes(name: str, weights: float, gmac: float) -> None:
    table = layer_table(name)
    assert sum(w for w, _ in table.layers) == pytest.approx(weights, rel=2e-3)
    assert sum(f for _, f in table.layers) / 2e9 == pytest.approx(gmac, rel=0.06)


def test_mixes_have_their_tables() -> None:
    assert {name for mix in MIXES.values() for name in mix} == set(table_names())
    with pytest.raises(InputError, match="the tables are"):
        layer_table("alexnet")


def served_and_rho(instance: SlideInstance, method: str) -> tuple[float, float]:
    """What an optimal plan of the ``method`` serves, and the mean of rho over it."""
    result = wnpopt.solve(instance, method, threads=1)
    assert result.objective is not None
    assert isinstance(result.solution, SlideSolution)
    return result.objective, float(np.mean([line.rho for line in timelines(instance, result.solution)]))


def test_gain_over_download_first_grows_with_rho() -> None:
    """Users count alike and there is no cache: greedy is optimal, and dai under its own rule."""
    cell: dict[str, int | float | str] = {
        "users": 60, "mix": "resnet50", "bandwidth_hz": 4e8, "deadline_s": 1.0, "deadline_spread": 0.15,
        "energy_scale": 0.0, "device": "phone", "jitter": 0.1,
    }  # fmt: skip
    gains, rhos = [], []
    for speed in (1.0, 0.05, 0.016):
        cells = [generate({**cell, "compute_scale": speed}, seed) for seed in range(4)]
        plans = [served_and_rho(instance, "greedy") for instance in cells]
        gains.append(sum(v for v, _ in plans) / sum(served_and_rho(instance, "dai")[0] for instance in cells) - 1)
        rhos.append(float(np.mean([rho for _, rho in plans])))
    assert rhos == sorted(rhos)
    assert gains[0] < 0.05
    assert rhos[0] < 0.02
    # The paper's range: about half as many again where computing takes a third of the deadline.
    assert 0.3 < rhos[2] < 0.45
    assert 0.35 < gains[2] < 0.65


def test_lists_have_up_to_so_many_models_and_change_nothing_else() -> None:
    options: dict[str, int | float | str] = {"users": 200, "mix": "synthetic", "models": 5}
    plain, listed = generate(options, 3), generate({**options, "longest_list": 3}, 3)
    sizes = [len(user.models or ()) for user in listed.users]
    assert set(sizes) == {1, 2, 3}
    assert {name for user in listed.users for name in user.models or ()} == {m.name for m in listed.models}
    assert listed.models == plain.models
    assert tuple(user.model_copy(update={"models": None}) for user in listed.users) == plain.users
    assert "longest_list 3" in str(listed.source)
    assert "longest_list" not in str(plain.source)
    most = generate({**options, "longest_list": 99}, 3)
    assert max(len(user.models or ()) for user in most.users) == 5
    with pytest.raises(InputError, match="asks for one model"):
        generate({**options, "longest_list": 2, "requested": 1}, 3)
