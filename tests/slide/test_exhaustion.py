"""Every choice of models: the optimum of what is tiny, no word about what is not."""

from __future__ import annotations

import copy
import math

import pytest

from tests.mutations import Change, put
from tests.slide.hand import GENEROUS, INSTANCE, MULTICAST
from tests.slide.oracle import optimum
from tests.slide.tiny import VARIANTS, tiny_instance
from wnpopt.core.certificate import Certificate, Violation
from wnpopt.problems.slide import exhaustion as file
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.solution import SlideSolution
from wnpopt.problems.slide.verify import link_rate, verify


def posed(*changes: Change) -> SlideInstance:
    data = copy.deepcopy(INSTANCE)
    for change in changes:
        change(data)
    return SlideInstance.from_data(data)


def best(instance: SlideInstance, better_than: float | None = None) -> float | None:
    tried = file.exhaust(instance, better_than)
    assert tried.complete
    if tried.solution is None:
        return None
    certificate = verify(instance, tried.solution)
    assert certificate.accepted
    return certificate.objective


@pytest.mark.parametrize("seed", range(16))
def test_it_is_the_optimum(seed: int) -> None:
    """Each variant alone, or with its neighbours: as an oracle of the tests has it, which shares nothing with it."""
    variants = frozenset(VARIANTS[(seed + i) % len(VARIANTS)] for i in range(seed % 4))
    instance = tiny_instance(variants, seed, users=4, models=2)
    assert best(instance) == pytest.approx(optimum(instance), rel=1e-12)


def test_what_each_needs() -> None:
    """Alone u needs 5 MHz of the 10, w 0.5 MHz or so, v 3 MHz or so; together they fit."""
    assert best(posed()) == 3
    assert best(posed(put("objective", value="weighted"))) == 4.25
    users = posed(put("bandwidth_hz", value=5.01e6), put("users", 0, "models", value=["b"]))
    assert best(users) == 2  # u does without
    assert best(posed(put("bandwidth_hz", value=1e5))) == 0
    weighted = (put("objective", value="weighted"), put("bandwidth_hz", value=5.2e6))
    assert best(posed(*weighted)) == 3
    assert best(posed(*weighted, put("users", 0, "weight", value=0.125))) == 1.25


def test_of_a_plan_that_is_known_only_better_ones() -> None:
    instance = posed(put("objective", value="weighted"))
    for known, better in (
        (None, 4.25), (-1.0, 4.25), (0.0, 4.25), (4.2, 4.25), (4.25 * (1 - 1e-5), 4.25), (4.25 * (1 - 1e-7), None),
        (4.25, None), (5.0, None),
    ):  # fmt: skip
        assert best(instance, known) == better, known
    small = posed(put("users", value=[]))
    assert (best(small), best(small, 0.0), best(small, -1.0)) == (0, None, 0)


def test_what_is_not_tiny_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = posed(put("models", value=INSTANCE["models"][:1]))
    monkeypatch.setattr(file, "MOST", 8)  # 2 choices of each of 3 users
    assert best(instance) == 3
    monkeypatch.setattr(file, "MOST", 7)
    assert file.exhaust(instance) == file.Exhausted(None, complete=False)
    monkeypatch.setattr(file, "MOST", 2)  # more users than choices: their power is not even computed
    assert file.exhaust(instance) == file.Exhausted(None, complete=False)
    monkeypatch.setattr(file, "MOST", 1500)
    monkeypatch.setattr(file, "_LAYERS", 6)  # 3 users, 2 layers
    assert best(instance) == 3
    monkeypatch.setattr(file, "_LAYERS", 5)
    assert file.exhaust(instance) == file.Exhausted(None, complete=False)


def test_many_users_are_not_tiny_whatever_the_models() -> None:
    users = [{**INSTANCE["users"][2], "name": f"u{i}"} for i in range(file.MOST + 1)]
    assert file.exhaust(posed(put("users", value=users))) == file.Exhausted(None, complete=False)
    assert file.exhaust(posed(put("users", value=users[:10]))) == file.Exhausted(None, complete=False)  # 3^10
    assert file.exhaust(posed(put("users", value=users[:6]))).complete  # 3^6


def test_what_the_verifier_rejects_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that is rejected (by rounding) may have been the best: the others are no proof."""

    def verdicts(instance: SlideInstance, solution: SlideSolution) -> Certificate:
        certificate = verify(instance, solution)
        rejected = (Violation("deadline", "served[0]", 1e-12),) if certificate.objective == 3 else ()
        return Certificate(certificate.objective, (*certificate.violations, *rejected))

    monkeypatch.setattr(file, "verify", verdicts)
    tried = file.exhaust(posed())
    assert tried.solution is not None
    assert (len(tried.solution.served), tried.complete) == (2, False)
    assert file.exhaust(posed(put("bandwidth_hz", value=5.2e6))).complete


ONLY_B = put("users", 0, "models", value=["b"]), put("users", 0, "min_accuracy", value=0)


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        # one transmission of a for all three, at the rate of the weakest
        ((MULTICAST, *GENEROUS), 3),
        ((MULTICAST, *GENEROUS, put("bandwidth_hz", value=2.5e6)), 3),
        ((MULTICAST, put("users", 0, "link", value={"spectral_efficiency": 0.5})), 2),
        ((MULTICAST, put("users", 0, "link", value={"spectral_efficiency": 1.0})), 3),
        # who asks for the faster rate needs it of the others' links too
        ((MULTICAST, put("users", 2, "link", value={"spectral_efficiency": 0.01}),
          put("users", 2, "deadline_s", value=1e6)), 2),
        # the models served fit in the cache, to the bit
        ((put("cache_bits", value=5e6),), 3),
        ((put("cache_bits", value=5e6 - 1),), 0),
        ((put("cache_bits", value=8e6), *ONLY_B), 2),
        ((put("cache_bits", value=13e6), *ONLY_B, put("bandwidth_hz", value=2e7)), 3),
        ((put("resource_block_hz", value=5e6),), 2),
        ((put("resource_block_hz", value=5.1e6),), 1),
        ((put("resource_block_hz", value=3e6),), 2),
        ((put("resource_block_hz", value=2e7),), 0),
        # two transmissions: 5 MHz of a for u, 2.1 MHz or so of b for v
        ((MULTICAST, put("users", 1, "models", value=["b"]), put("bandwidth_hz", value=6e6)), 2),
        ((MULTICAST, put("users", 1, "models", value=["b"]), put("bandwidth_hz", value=8e6)), 3),
        # v's energy allows its frequency of the rate at which all receive, not of what its own link could carry
        ((MULTICAST, put("users", 1, "receive_w", value=0.5), put("users", 1, "energy_j", value=0.7),
          put("users", 1, "deadline_s", value=0.9)), 3),
        ((MULTICAST, put("resource_block_hz", value=5e6)), 3),
        ((MULTICAST, put("resource_block_hz", value=6e6)), 3),
    ],
)  # fmt: skip
def test_deliveries_caches_and_blocks(changes: tuple[Change, ...], value: float) -> None:
    instance = posed(*changes)
    assert best(instance) == value == optimum(instance)


def test_frequencies() -> None:
    """The greatest that energy allows: 0.75 J, less 0.25 J at 1e7 bit/s, are 1e-28 * f^2 * 5e9 for computing."""
    instance = posed()
    u, _, w = instance.users
    a, b = instance.models
    assert file._frequency(w, a, 1.0) == 1e9
    assert file._frequency(u, a, 1e7) == 1e9
    assert file._frequency(u, a, 5e6) == pytest.approx(math.sqrt(0.5) * 1e9, rel=1e-15)
    assert file._frequency(u.model_copy(update={"frequency_hz": (7e8, 1e9)}), a, 5e6) is not None
    assert file._frequency(u.model_copy(update={"frequency_hz": (7.1e8, 1e9)}), a, 5e6) is None
    assert file._frequency(u, a, 1e6) is None  # receiving takes 2.5 J
    exact = u.model_copy(update={"energy_j": 0.25 + 1e-28 * 4e8 * 4e8 * 5e9, "frequency_hz": (4e8, 1e9)})
    assert file._frequency(exact.model_copy(update={"frequency_hz": (3.999e8, 1e9)}), a, 1e7) is not None
    assert file._frequency(u, b, 1e7) == 1e9  # without any work
    assert file._frequency(u, b, 1e6) is None
    # 4 FLOP at f Hz take 4 f^2 J of the 16
    few = a.model_copy(update={"layers": (a.layers[0].model_copy(update={"flop": 4.0}),)})
    slow = u.model_copy(
        update={"energy_per_flop_hz2": 1.0, "energy_j": 16.0, "receive_w": 0.0, "frequency_hz": (2.0, 10.0)}
    )
    assert file._frequency(slow, few, 1e7) == 2
    # less energy a Hz than there are numbers for, and more than the none that is allowed
    least = few.model_copy(update={"layers": (a.layers[0].model_copy(update={"flop": 1e-30}),)})
    assert (
        file._frequency(
            u.model_copy(update={"energy_per_flop_hz2": 1e-300, "energy_j": 0.0, "receive_w": 0.0}), least, 1e7
        )
        is None
    )
    free = u.model_copy(update={"energy_per_flop_hz2": 0.0})
    assert (file._frequency(free, a, 1e7), file._frequency(free, a, 1e6)) == (1e9, None)


def test_least_widths() -> None:
    instance = posed()
    u, v, w = instance.users
    a, b = instance.models
    least = file._least_width(instance, u, a)
    assert least == pytest.approx(5e6, rel=1e-9)
    assert file._serves(u, a, 5e6 * (1 + 1e-9))
    assert not file._serves(u, a, 5e6 * (1 - 1e-9))
    assert not file._serves(u, a, 0.0)
    assert file._least_width(instance, u, b) is None  # not of its list
    assert file._least_width(instance, u.model_copy(update={"models": None}), b) is None  # not accurate enough
    assert file._least_width(instance, u.model_copy(update={"models": None, "min_accuracy": 0.25}), b) is not None
    assert file._least_width(instance, v, b) is not None
    patient = w.model_copy(update={"deadline_s": 1e15})
    assert file._least_width(instance, patient, a) == 1e7 * 1e-15  # no less is tried
    assert file._least_width(instance, w.model_copy(update={"deadline_s": 0.75}), a) == pytest.approx(8e6, rel=1e-9)
    assert file._least_width(instance, w.model_copy(update={"deadline_s": 0.7}), a) is None  # 13 MHz
    carrying = file._carrying(instance, v, 1e7)
    assert carrying is not None
    assert link_rate(v, carrying) == pytest.approx(1e7, rel=1e-12)
    assert file._carrying(instance, u, 2e7) == pytest.approx(1e7, rel=1e-12)
    assert file._carrying(instance, u, 2.01e7) is None


def test_whole_blocks() -> None:
    without, blocks = posed(), posed(put("resource_block_hz", value=2e6))
    for width, whole in ((0.0, 2e6), (1.0, 2e6), (2e6, 2e6), (2.1e6, 4e6), (4e6, 4e6)):
        assert (file._whole(without, width), file._whole(blocks, width)) == (width, whole)
