"""The search over transmissions: against trying everything, its pricing against a plain sweep, its bounds."""

from __future__ import annotations

import math

import numpy as np
import pytest

import wnpopt
from tests.slide.oracle import optimum
from tests.slide.tiny import mixes, tiny_instance
from wnpopt.backends.stopping import never
from wnpopt.core.budget import Budget
from wnpopt.core.result import Status
from wnpopt.problems.slide.columnar.allocation import allocation_of
from wnpopt.problems.slide.generate import generate
from wnpopt.problems.slide.kernels.link import bands_at
from wnpopt.problems.slide.kernels.needs import Needs
from wnpopt.problems.slide.selection import branching
from wnpopt.problems.slide.selection.branching import Node, Search
from wnpopt.problems.slide.selection.master import Pool, Prices, relax
from wnpopt.problems.slide.selection.plan import Assignment
from wnpopt.problems.slide.selection.rectangles import WHOLE, Rectangle, Rectangles


def check(count: int, step: int = 1) -> None:
    for variants, seed in mixes(count)[::step]:
        instance = tiny_instance(variants | {"multicast"}, seed)
        result = wnpopt.solve(instance, "cover", threads=1, warm_start="none", isolate=False)
        best = optimum(instance)
        assert result.status is Status.OPTIMAL, instance.name
        assert result.objective == pytest.approx(best, rel=1e-12), instance.name


def test_it_is_exact_in_every_mix() -> None:
    check(200, 2)


@pytest.mark.slow
def test_it_is_exact_in_two_thousand_mixes() -> None:
    check(2000)


@pytest.mark.parametrize("weighted", [0, 1])
def test_the_tree_alone_is_exact(weighted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without heuristics, so that boxes are divided."""
    monkeypatch.setattr(Search, "ascend", lambda self, chosen: self.offer(chosen))
    monkeypatch.setattr(Search, "_perturb", lambda _self: None)
    monkeypatch.setattr(branching, "_STARTS", 0)
    nodes = 0
    for seed in range(40):
        variants = frozenset({"multicast", *(["weights"] if weighted else []), *(["mixed-links"] if seed % 2 else [])})
        instance = tiny_instance(variants, 5000 + seed)
        search = Search(Rectangles(Needs.of(instance.columns, relaxed=True)), never(), Budget(None))
        search.run()
        best = optimum(instance)
        assert search.value == pytest.approx(best, rel=1e-9), instance.name
        assert best * (1 - 1e-12) <= search.bound <= best * (1 + 1e-6), instance.name
        nodes += search.nodes
    assert nodes > 0


LINKS = ["efficiency", "power", "mixed"]


def problem(link: str, users: int = 150, block: float = 0.0) -> Rectangles:
    options: dict[str, int | float | str] = {
        "users": users, "mix": "vision", "delivery": "multicast", "accuracy_share": 0.7,
        "resource_block_hz": block, "link": "power" if link == "power" else "efficiency",
    }  # fmt: skip
    instance = generate(options, 3)
    if link == "mixed":
        data = instance.to_data()
        other = generate({**options, "link": "power"}, 3).to_data()
        for number, user in enumerate(data["users"]):
            if number % 2:
                user["link"] = other["users"][number]["link"]
        instance = type(instance).from_data(data)
    return Rectangles(Needs.of(instance.columns, relaxed=True))


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("block", [0.0, 360e3])
def test_pricing_finds_the_best_of_all_transmissions(link: str, block: float) -> None:
    rectangles = problem(link, block=block)
    rng, positive = np.random.default_rng(1), 0
    for place, reach in enumerate(rectangles.reaches):
        gain = rng.random(rectangles.values.size) * (rng.random(rectangles.values.size) < 0.5)
        price = float(rng.uniform(0.0, 0.02)) * gain.sum() / rectangles.capacity
        found = rectangles.price(place, gain, price, rectangles.capacity, never()).best
        columns, best = rectangles.needs.columns, -math.inf
        for rate in reach.levels:
            users = reach.users[reach.rate <= rate]
            costs = rectangles.needs.in_units(bands_at(rate, columns.efficiency[users], columns.snr_hz[users]))
            order = np.argsort(costs, kind="stable")
            worth = np.cumsum(gain[users[order]]) - price * costs[order]
            worth = worth[costs[order] <= rectangles.capacity]
            best = max(best, float(worth.max(initial=-math.inf)))
        positive += best > 0
        if best < 0:  # a cheaper transmission that serves nobody is worth more
            continue
        assert found[0][0] == pytest.approx(best, rel=1e-9, abs=1e-9)
        chosen = found[0][1]
        collected = math.fsum(gain[rectangles.covered(chosen)]) - price * chosen.cost
        assert collected >= best - 1e-9 * max(1.0, abs(best))
    assert positive > 0


@pytest.mark.parametrize("link", LINKS)
def test_any_prices_bound_any_transmissions(link: str) -> None:
    """So that no error of the solver of linear programmes can make a bound wrong."""
    rectangles = problem(link, users=80)
    rng = np.random.default_rng(2)
    search = Search(rectangles, never(), Budget(None))
    search.begin()
    node = Node([WHOLE] * len(rectangles.reaches), [False] * len(rectangles.reaches))
    for _ in range(20):
        place = rectangles.values * rng.random(rectangles.values.size)
        band = float(rng.random()) * rectangles.values.sum() / rectangles.capacity
        found = search._evaluate(Prices(place, band, 0.0), node)
        assert found is not None
        assert found.bound >= search.value


def test_a_poor_solver_of_linear_programmes_only_weakens_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    real, rng = branching.relax, np.random.default_rng(5)

    def poor(*arguments: object) -> object:
        relaxed = real(*arguments)  # type: ignore[arg-type]
        noise = rng.uniform(0.5, 1.0, relaxed.prices.place.size)
        prices = Prices(relaxed.prices.place * noise, relaxed.prices.band * rng.uniform(0.5, 2), relaxed.prices.bit)
        return type(relaxed)(relaxed.value * 1.1, relaxed.share, prices, relaxed.missing)

    monkeypatch.setattr(branching, "relax", poor)
    for variants, seed in mixes(60)[::3]:
        instance = tiny_instance(variants | {"multicast"}, seed)
        result = wnpopt.solve(instance, "cover", threads=1, time_limit=20, warm_start="none", isolate=False)
        assert result.objective is not None
        assert result.bound is not None
        best = optimum(instance)
        assert result.objective <= best * (1 + 1e-12), instance.name
        assert result.bound >= best * (1 - 1e-12), instance.name


def test_auto_proves_hundreds_of_users() -> None:
    for extra in ({}, {"weighted": 1}, {"cache_share": 0.5}, {"resource_block_hz": 360e3}, {"link": "power"}):
        options = {"users": 300, "mix": "vision", "delivery": "multicast", "accuracy_share": 0.7, **extra}
        result = wnpopt.solve(generate(options, 1), threads=1)
        assert result.status is Status.OPTIMAL, options
        assert result.found_by == "cover"


def test_unicast_is_solved_by_the_special_methods() -> None:
    for seed in range(5):
        instance = tiny_instance(frozenset(), seed)
        result = wnpopt.solve(instance, "cover")
        assert result.status is Status.OPTIMAL
        assert result.objective == optimum(instance)


def test_a_start_is_never_lost() -> None:
    options = {"users": 200, "mix": "vision", "delivery": "multicast", "accuracy_share": 0.7, "link": "power"}
    instance = generate(options, 2)
    start = wnpopt.solve(instance, "greedy")
    needs = Needs.of(instance.columns, relaxed=True)
    rectangles = Rectangles(needs)
    handed = allocation_of(instance.columns, start.solution)
    chosen = rectangles.of_plan(Assignment(handed.user, handed.model))
    assert rectangles.fits(chosen)
    assert rectangles.value(chosen) >= start.objective


def test_a_search_whose_share_of_the_time_is_over_goes_on_where_it_gets_more() -> None:
    instance = tiny_instance(frozenset({"multicast", "lists"}), 77)
    asked: list[int] = []

    def more(chosen: list[Rectangle]) -> Budget:
        asked.append(len(chosen))
        return Budget(None)

    ended = Search(Rectangles(Needs.of(instance.columns, relaxed=True)), never(), Budget(0.0))
    ended.run()
    longer = Search(ended.problem, never(), Budget(0.0), extend=more)
    longer.run()
    best = optimum(instance)
    assert ended.bound >= best
    assert longer.value == longer.bound == best
    assert asked == [0]


def test_a_search_that_was_cut_goes_on_where_it_was() -> None:
    for variants, seed in (({"multicast"}, 77), ({"multicast", "weights"}, 78), ({"multicast", "mixed-links"}, 79)):
        instance = tiny_instance(frozenset(variants), seed)
        search = Search(Rectangles(Needs.of(instance.columns, relaxed=True)), never(), Budget(0.0))
        search.run()
        best = optimum(instance)
        assert search.bound >= best
        search.resume(Budget(None))
        assert search.value == pytest.approx(best, rel=1e-9)
        assert best * (1 - 1e-9) <= search.bound <= best * (1 + 1e-6)
        value, bound = search.value, search.bound
        search.resume(Budget(None))  # nothing is left
        assert (search.value, search.bound) == (value, bound)


@pytest.mark.parametrize("models", [3, 6])
def test_few_nodes_prove_weights_that_are_no_integers(models: int) -> None:
    """Cut at the wrong places, the tree has thousands of nodes here."""
    options = {
        "users": 600, "mix": "synthetic", "models": models, "bandwidth_hz": 3e7, "delivery": "multicast",
        "accuracy_share": 0.7,
    }  # fmt: skip
    instance = generate(options, 1)
    weights = np.random.default_rng(1).lognormal(0.0, 1.0, len(instance.users)).tolist()
    users = [user.model_copy(update={"weight": weight}) for user, weight in zip(instance.users, weights, strict=True)]
    columns = instance.replace(users=tuple(users), objective="weighted").columns
    search = Search(Rectangles(Needs.of(columns, relaxed=True)), never(), Budget(None))
    search.run()
    assert search.bound <= search.value * (1 + 1e-6)
    assert 1 < search.nodes <= 200


def test_a_transmission_that_reaches_nobody_is_worth_nothing() -> None:
    """Rounding can leave such rectangles in the pool: the relaxation over them alone is 0, and its prices are valid."""
    instance = tiny_instance(frozenset({"multicast"}), 5000)
    problem = Rectangles(Needs.of(instance.columns, relaxed=True))
    pool = Pool()
    assert pool.add(problem, Rectangle(0, 0.0, math.inf, 1.0))
    relaxed = relax(problem, pool, [0], [False] * len(problem.reaches), Budget(None))
    assert relaxed.value == 0.0
    assert relaxed.prices.band >= 0.0
    assert np.array_equal(relaxed.prices.place, problem.values)
