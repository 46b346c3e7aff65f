"""Multicast with a free choice, exactly: column generation over rectangles with branch and bound.

A node is a box of rates and links for each model, and whether it must be used. Its bound is the Lagrangian one at the
prices of the linear relaxation, computed anew here and weakened by its rounding: valid whatever the solver's errors.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from wnpopt.backends.stopping import Flag
from wnpopt.core.budget import Budget
from wnpopt.problems.slide.columnar.columns import FloatArray
from wnpopt.problems.slide.selection.master import Pool, Prices, Relaxed, relax
from wnpopt.problems.slide.selection.rectangles import STRATA, WHOLE, Box, Rectangle, Rectangles

_EPS = 2.220446049250313e-16
_GAP = 4e-7
"""Relative gap at which values that are no integers count as proved; the contract asks for 1e-6."""
_NOWHERE: Box = (math.inf, -math.inf, math.inf, -math.inf)
_MOST_TURNS = 200
_PRICES, _STARTS = 16, 12

Extend = Callable[[list[Rectangle]], Budget | None]
"""What is asked with the best transmissions when the budget is exhausted: a larger one, or None."""
Told = Callable[[list[Rectangle], float, float], None]
"""What hears of news: the best transmissions, their value, the bound."""


@dataclass(frozen=True, eq=False)
class Evaluated:
    """A Lagrangian bound at ``prices``, and each model's part in it."""

    bound: float
    parts: list[float]
    prices: Prices
    rectangles: list[Rectangle]


@dataclass(frozen=True, eq=False)
class Node:
    """Boxes and whether each model must be used."""

    boxes: list[Box]
    forced: list[bool]


@dataclass(frozen=True, eq=False)
class Solved:
    """A node's best bound, and the relaxation at its end."""

    best: Evaluated | None
    relaxed: Relaxed
    numbers: list[int]
    empty: bool = False


@dataclass(eq=False)
class Search:
    """One run; ``chosen`` and ``value`` are the best known, ``bound`` is proved at any time."""

    problem: Rectangles
    flag: Flag
    budget: Budget
    told: Told = lambda _chosen, _value, _bound: None
    extend: Extend = lambda _chosen: None
    chosen: list[Rectangle] = field(default_factory=list)
    value: float = 0.0
    bound: float = math.inf
    nodes: int = 0

    def __post_init__(self) -> None:
        self._pool = Pool()
        self._random = np.random.default_rng(self.budget.seed)
        self._closed = -math.inf
        self._ended = False
        self._open: list[tuple[float, int, Node]] = []
        self._count = 0
        served = [reach.users for reach in self.problem.reaches]
        everyone = np.unique(np.concatenate(served)) if served else np.zeros(0, dtype=np.int64)
        self.bound = math.fsum(self.problem.values[everyone])

    @property
    def over(self) -> bool:
        """True when time is out."""
        if self.flag[0] or self._ended:
            return True
        if self.budget.exhausted():
            larger = self.extend(self.chosen)
            self._ended = larger is None or larger.exhausted()
            self.budget = larger or self.budget
        return self._ended

    @property
    def target(self) -> float:
        """A node whose bound is below this holds nothing that is worth while."""
        if self.problem.integral:
            return self.value + 1 - 1e-6
        return self.value + max(_GAP * self.value, 1e-300)

    def offer(self, chosen: list[Rectangle]) -> None:
        """Keep ``chosen`` if it is better, and fits."""
        if self.problem.fits(chosen):
            value = self.problem.value(chosen)
            if value > self.value:
                self.value, self.chosen = value, list(chosen)
                self.told(self.chosen, self.value, self.bound)

    # Heuristics

    def ascend(self, chosen: list[Rectangle]) -> None:
        """Choose each model's transmission anew while the others stay, as long as that helps; offers the end."""
        problem, current = self.problem, list(chosen)
        value, better = problem.value(current), True
        while better and not self.over:
            better = False
            for place in self._random.permutation(len(problem.reaches)).tolist():
                others = [rectangle for rectangle in current if rectangle.place != place]
                found = problem.respond(place, others, problem.capacity - problem.cost(others), self.flag)
                trial = others if found is None else [*others, found]
                trial_value = problem.value(trial)
                if trial_value > value * (1 + 1e-12):
                    current, value, better = trial, trial_value, True
                elif trial_value >= value and problem.cost(trial) < problem.cost(current):
                    current, value = trial, trial_value
        self.offer(current)

    def begin(self, starts: int = _STARTS) -> None:
        """Rectangles at many prices of the band, and several random divisions of it, improved."""
        problem, models = self.problem, len(self.problem.reaches)
        total = problem.total
        for price in np.geomspace(50, 0.02, _PRICES) * total / problem.capacity:
            for place in range(models):
                if self.over:
                    return
                found = problem.price(place, problem.values, float(price), problem.capacity, self.flag, floor=0.0)
                for _, rectangle in found.best:
                    self._pool.add(problem, rectangle)
        for number in range(starts):
            if self.over or (number and self.budget.elapsed() > 0.15 * (self.budget.time_limit or math.inf)):
                break
            share = self._random.dirichlet(np.full(models, 0.7)) if number else np.full(models, 1 / models)
            chosen: list[Rectangle] = []
            order = self._random.permutation(models).tolist()
            for at, place in enumerate(order):
                free = problem.capacity - problem.cost(chosen)
                found_one = problem.respond(place, chosen, free * share[at] / max(1e-9, share[at:].sum()), self.flag)
                if found_one is not None:
                    chosen.append(found_one)
            self.ascend(chosen)
        for rectangle in self.chosen:
            self._pool.add(problem, rectangle)

    def _round(self, solved: Solved, tries: int) -> None:
        """From shares to transmissions: each model's largest, then samples; what is too much is shrunk or dropped."""
        problem = self.problem
        for trial in range(tries):
            chosen: list[Rectangle] = []
            for place in range(len(problem.reaches)):
                entries = [
                    (share, self._pool.rectangles[k])
                    for share, k in zip(solved.relaxed.share.tolist(), solved.numbers, strict=True)
                    if share > 1e-9 and self._pool.rectangles[k].place == place
                ]
                if not entries:
                    continue
                shares = np.array([share for share, _ in entries])
                if not trial:
                    chosen.append(entries[int(shares.argmax())][1])
                elif self._random.random() <= shares.sum():
                    chosen.append(entries[int(self._random.choice(len(entries), p=shares / shares.sum()))][1])
            self._improve(chosen)

    def _improve(self, chosen: list[Rectangle]) -> None:
        problem = self.problem
        while chosen and not problem.fits(chosen) and not self.over:
            at = int(self._random.integers(len(chosen)))
            if self._random.random() < 0.5:
                at = max(range(len(chosen)), key=lambda k: chosen[k].cost)
            others = chosen[:at] + chosen[at + 1 :]
            free = problem.capacity - problem.cost(others)
            found = problem.respond(chosen[at].place, others, free, self.flag)
            chosen = others if found is None else [*others, found]
        self.ascend(chosen)

    def _perturb(self) -> None:
        """Shrink one transmission of the best, and give what is free to another."""
        problem, models = self.problem, len(self.problem.reaches)
        first, second = (int(self._random.integers(models)) for _ in range(2))
        others = [rectangle for rectangle in self.chosen if rectangle.place != first]
        free = (problem.capacity - problem.cost(others)) * float(self._random.random())
        found = problem.respond(first, others, free, self.flag)
        chosen = others if found is None else [*others, found]
        others = [rectangle for rectangle in chosen if rectangle.place != second]
        found = problem.respond(second, others, problem.capacity - problem.cost(others), self.flag)
        self.ascend(others if found is None else [*others, found])

    # Bounds

    def _evaluate(self, prices: Prices, node: Node) -> Evaluated | None:
        """The bound at ``prices``, weakened by what the sums may be off by; None if time ran out on the way."""
        problem, needs = self.problem, self.problem.needs
        constant = math.fsum(problem.values - prices.place) + prices.band * problem.capacity
        if math.isfinite(needs.cache):
            constant += prices.bit * needs.cache
        parts: list[float] = []
        rectangles: list[Rectangle] = []
        for place, reach in enumerate(problem.reaches):
            rent = prices.bit * reach.bits
            found = problem.price(
                place, prices.place, prices.band, problem.capacity, self.flag, node.boxes[place],
                floor=-math.inf if node.forced[place] else 0.0, strata=STRATA,
            )  # fmt: skip
            if self.flag[0]:
                return None
            best = found.best[0][0] - rent if found.best else -math.inf
            parts.append(best if node.forced[place] else max(0.0, best))
            rectangles += [entry for worth, entry in found.best if node.forced[place] or worth - rent > -1e-9]
        total = constant + math.fsum(parts) if all(part > -math.inf for part in parts) else -math.inf
        return Evaluated(total + self._error(prices), parts, prices, rectangles)

    def _error(self, prices: Prices) -> float:
        """What the sums of a Lagrangian bound may be off by: their terms times their number, and costs' rounding."""
        problem = self.problem
        size = 2 * problem.total + 2 * prices.band * problem.capacity * (1 + len(problem.reaches))
        if math.isfinite(problem.needs.cache):
            size += 2 * prices.bit * problem.needs.cache * (1 + len(problem.reaches))
        terms = problem.values.size * 2.0 + 1000
        return size * (4 * _EPS * terms + 1e-12) * (1 + len(problem.reaches))

    def _solve(self, node: Node) -> Solved:
        """Column generation in the node's boxes."""
        best: Evaluated | None = None
        mean = False
        relaxed, numbers = Relaxed(0.0, np.zeros(0), Prices(self.problem.values, 0.0, 0.0), 0.0), list[int]()
        for _ in range(_MOST_TURNS):
            if self.over:
                break
            numbers = self._pool.inside(node.boxes)
            relaxed = relax(self.problem, self._pool, numbers, node.forced, self.budget)
            prices = relaxed.prices
            self._pool.used(numbers, relaxed.share)
            found = self._evaluate(best.prices.mean(prices) if mean and best is not None else prices, node)
            if found is None:
                break
            if found.bound == -math.inf:
                return Solved(found, relaxed, numbers, empty=True)
            if best is None or found.bound < best.bound:
                best = found
            fresh = sum([self._pool.add(self.problem, rectangle) for rectangle in found.rectangles])
            if not fresh and mean:
                found = self._evaluate(prices, node)
                if found is None:
                    break
                best = min(best, found, key=lambda each: each.bound)
                fresh = sum([self._pool.add(self.problem, rectangle) for rectangle in found.rectangles])
            if best.bound < self.target:
                break
            # A node that will be divided anyhow: half way from the target to the bound is good enough for that.
            enough = max(1e-7 * max(1.0, relaxed.value), relaxed.value - self.target)
            close = best.bound - relaxed.value < enough
            if relaxed.missing < 1e-7 and (not fresh or close):
                break
            if not fresh:
                break
            mean = True
        return Solved(best, relaxed, numbers)

    def _tighten(self, node: Node, best: Evaluated) -> Node | None:
        """Boxes of the rectangles that may be part of something better; None if there is nothing. ``node`` itself
        when time is out."""
        problem, target = self.problem, self.target
        boxes, forced = list(node.boxes), list(node.forced)
        for place, reach in enumerate(problem.reaches):
            rest = best.bound - best.parts[place]
            need = target - rest + best.prices.bit * reach.bits - self._error(best.prices)
            must = forced[place] or rest < target
            found = problem.price(
                place, best.prices.place, best.prices.band, problem.capacity, self.flag, node.boxes[place], need=need
            )
            if self.over:
                return node
            if found.survivors:
                boxes[place] = (
                    float(found.hull[0]), float(found.hull[1]), float(found.hull[2]), float(found.hull[3]),
                )  # fmt: skip
            elif must:
                return None
            else:
                boxes[place] = _NOWHERE
            forced[place] = must
        return Node(boxes, forced)

    # The tree

    def run(self) -> None:
        """Until the best is proved, or time is out."""
        if not self.problem.reaches:
            self.bound = 0.0
            return
        self.begin()
        models = len(self.problem.reaches)
        self._open = [(-self.bound, 0, Node([WHOLE] * models, [False] * models))]
        self._explore()

    def resume(self, budget: Budget) -> None:
        """Go on where :meth:`run` was cut by its budget."""
        self.budget, self._ended = budget, False
        self._explore()

    def _explore(self) -> None:
        heap = self._open
        while heap and not self.over:
            above, _, node = heap[0]
            self._lower(heap)
            if -above < self.target:
                self._shut(-above)
                heapq.heappop(heap)
                continue
            children = self._branch(node, -above)
            if children is None:
                break  # time is out: the node stays open
            heapq.heappop(heap)
            for bound, child in children:
                self._count += 1
                heapq.heappush(heap, (-bound, self._count, child))
            self._pool.forget()
        self._lower(heap)

    def _lower(self, heap: list[tuple[float, int, Node]]) -> None:
        open_bound = max([self._closed, self.value, *(-entry[0] for entry in heap[:1])])
        if self.problem.integral:
            open_bound = max(self.value, math.floor(open_bound + 1e-6))
        if open_bound < self.bound:
            self.bound = open_bound
            self.told(self.chosen, self.value, self.bound)

    def _branch(self, node: Node, above: float) -> list[tuple[float, Node]] | None:
        """Bound the node and divide what may be better; None if time ran out."""
        solved = self._solve(node)
        if solved.empty:
            return []
        if solved.best is None or self.over:
            if solved.best is not None and not self.nodes:
                self._close(min(above, solved.best.bound))
            return None
        self.nodes += 1
        bound = min(above, solved.best.bound)
        self._round(solved, 12 if self.nodes == 1 else 3)
        if self.nodes % 10 == 1:
            for _ in range(3):
                if not self.over:
                    self._perturb()
        if bound < self.target:
            self._shut(bound)
            return []
        tight = self._tighten(node, solved.best)
        self._shut(min(bound, self.target))  # what was cut off
        if tight is None:
            return []
        return [(bound, child) for child in self._divide(tight, solved)]

    def _shut(self, bound: float) -> None:
        """Keep the bound of what is not looked into again; whole values below the target are none better."""
        if not self.problem.integral:
            self._closed = max(self._closed, bound)

    def _close(self, bound: float) -> None:
        """The root's bound, as far as it came."""
        bound = max(self.value, math.floor(bound + 1e-6) if self.problem.integral else bound)
        self.bound = min(self.bound, bound)

    def _divide(self, node: Node, solved: Solved) -> list[Node]:
        best: tuple[float, int, str, float] | None = None
        for place, reach in enumerate(self.problem.reaches):
            used = [
                (share, self._pool.rectangles[k])
                for share, k in zip(solved.relaxed.share.tolist(), solved.numbers, strict=True)
                if share > 1e-6 and self._pool.rectangles[k].place == place
            ]
            total = sum(share for share, _ in used)
            if not node.forced[place] and 1e-6 < total < 1 - 1e-6:
                score = 3 * min(total, 1 - total)
                if best is None or score > best[0]:
                    best = (score, place, "use", 0.0)
            if len(used) < 2:
                continue
            weights = np.array([share for share, _ in used])
            for axis, among in (("rate", reach.levels), ("strength", reach.strength[::-1])):
                at = np.array([getattr(rectangle, axis) for _, rectangle in used])
                if at.min() == at.max():
                    continue
                # Costs, which stand for strengths where links are of both kinds, have no ranks here.
                spread = self._spread(at, among if axis == "rate" or not reach.mixed else None, weights)
                if best is None or spread[0] > best[0]:
                    best = (spread[0], place, axis, spread[1])
        if best is not None:
            _, place, axis, cut = best
            return self._use(node, place) if axis == "use" else _cut(node, place, axis, cut)
        return self._halve(node)

    def _spread(self, at: FloatArray, among: FloatArray | None, weights: FloatArray) -> tuple[float, float]:
        """The mean deviation in parts of the whole range, and a cut at the mean, with some of ``at`` on both sides.

        At the mean itself, not at the nearest of ``at``: where one of them is the cheapest transmission of all, which
        says no more than that the model is hardly used, a cut there would leave the other side as it is.
        """
        ranks = np.searchsorted(among, at).astype(np.float64) if among is not None else at
        mean = float((ranks * weights).sum() / weights.sum())
        deviation = float((np.abs(ranks - mean) * weights).sum())
        if among is None:
            return deviation / self.problem.capacity, min(
                max(mean, float(at.min())), math.nextafter(at.max(), -math.inf)
            )
        cut = int(min(max(math.floor(mean), ranks.min()), ranks.max() - 1))
        return deviation / among.size, float(among[cut])

    def _use(self, node: Node, place: int) -> list[Node]:
        boxes, forced = list(node.boxes), list(node.forced)
        boxes[place], forced[place] = _NOWHERE, True
        return [Node(boxes, list(node.forced)), Node(list(node.boxes), forced)]

    def _halve(self, node: Node) -> list[Node]:
        """Where shares say nothing more: the widest box in halves, until a node is one set of transmissions."""
        best: tuple[float, int, str, float] | None = None
        for place, reach in enumerate(self.problem.reaches):
            low, high, weak, strong = node.boxes[place]
            if low > high:
                continue
            inside = reach.levels[(reach.levels >= low) & (reach.levels <= high)]
            if inside.size > 1 and (best is None or inside.size > best[0]):
                best = (float(inside.size), place, "rate", float(inside[inside.size // 2 - 1]))
            middle = weak + (strong - weak) / 2
            if weak <= middle < strong and inside.size <= 1:
                size = (
                    2.0
                    if reach.mixed
                    else float(np.count_nonzero((reach.strength >= weak) & (reach.strength <= strong)))
                )
                if not reach.mixed:
                    between = reach.strength[(reach.strength >= weak) & (reach.strength < strong)]
                    middle = float(between[between.size // 2]) if between.size else weak
                if best is None or size > best[0]:
                    best = (size, place, "strength", middle)
        if best is not None:
            return _cut(node, *best[1:])
        for place, (low, high, _, _) in enumerate(node.boxes):
            if low <= high and not node.forced[place]:
                return self._use(node, place)
        chosen = []
        for place, box in enumerate(node.boxes):
            if box[0] <= box[1]:
                found = self.problem.price(place, self.problem.values, 0.0, self.problem.capacity, self.flag, box)
                chosen += [rectangle for _, rectangle in found.best]
        self.offer(chosen)
        return []


def _cut(node: Node, place: int, axis: str, cut: float) -> list[Node]:
    """Up to ``cut`` and beyond it; the side without the cheapest transmissions must be used, else it is the other's."""
    low, high, weak, strong = node.boxes[place]
    after = math.nextafter(cut, math.inf)
    if axis == "rate":
        cheap, dear = (low, cut, weak, strong), (after, high, weak, strong)
    else:
        cheap, dear = (low, high, after, strong), (low, high, weak, cut)
    boxes, others, forced = list(node.boxes), list(node.boxes), list(node.forced)
    boxes[place], others[place], forced[place] = cheap, dear, True
    return [Node(boxes, node.forced), Node(others, forced)]
