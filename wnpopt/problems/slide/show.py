"""What ``wnpopt show`` tells of a slide instance and of a solution."""

from __future__ import annotations

from wnpopt.core.facts import Fact, Facts, FactTable, further, plain_facts, spread
from wnpopt.core.text import number
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.plots.timeline import timelines
from wnpopt.problems.slide.solution import SlideSolution

_TOLD = (
    "kind", "schema_version", "name", "source", "bandwidth_hz", "resource_block_hz", "delivery", "cache_bits",
    "objective", "models", "users",
)  # fmt: skip


def show(instance: SlideInstance, solution: SlideSolution | None = None) -> Facts:
    """The sizes, channel and models of ``instance``; of a solution that the verifier accepts who is served and when."""
    return _instance(instance) if solution is None else _solution(instance, solution)


def _instance(instance: SlideInstance) -> Facts:
    users, block = instance.users, instance.resource_block_hz
    efficiency = [u.link.spectral_efficiency for u in users if u.link.spectral_efficiency > 0]
    cache = instance.cache_bits
    deadlines = [user.deadline_s for user in users]
    facts = [
        Fact("users", len(users)),
        Fact("models", len(instance.models)),
        Fact("objective", instance.objective),
        Fact("bandwidth_hz", instance.bandwidth_hz, f"{number(instance.bandwidth_hz / 1e6)} MHz"),
        Fact("resource_block_hz", block, "any bandwidth" if block is None else
             f"{number(block / 1e3)} kHz, {int(instance.bandwidth_hz / block * (1 + 1e-12))} of them"),
        Fact("delivery", instance.delivery),
        Fact("cache_bits", cache, "" if cache is None else f"{number(cache / 8e6)} MB"),
        Fact("deadline_s", _ends(deadlines), spread(deadlines, 1e3, "ms")),
        Fact("spectral_efficiency", _ends(efficiency), spread(efficiency, unit="bit/s/Hz")),
        Fact("links_of_spectral_efficiency", len(efficiency)),
        Fact("links_of_fixed_power", len(users) - len(efficiency)),
        Fact("users_with_energy_limit", sum(user.energy_j is not None for user in users)),
        Fact("users_with_list_of_models", sum(user.models is not None for user in users)),
        Fact("users_with_min_accuracy", sum(user.min_accuracy > 0 for user in users)),
    ]  # fmt: skip
    facts += plain_facts(instance, _TOLD).facts
    columns, more = further(instance.models, ("name", "accuracy", "layers"))
    rows = [(m.name, m.accuracy, len(m.layers), m.bits, m.flop, *more[j]) for j, m in enumerate(instance.models)]
    table = FactTable("model_list", ("model", "accuracy", "layers", "bits", "flop", *columns), tuple(rows))
    return Facts(tuple(facts), (table,))


def _ends(values: list[float]) -> list[float] | None:
    return [min(values), max(values)] if values else None


def _solution(instance: SlideInstance, solution: SlideSolution) -> Facts:
    rows = [
        (
            entry.user,
            entry.model,
            entry.bandwidth_hz,
            entry.frequency_hz,
            line.arrival[-1],
            line.end[-1],
            line.deadline_s,
        )
        for entry, line in zip(solution.served, timelines(instance, solution), strict=True)
    ]
    widths = {
        entry.model if instance.delivery == "multicast" else entry.user: entry.bandwidth_hz for entry in solution.served
    }
    used = sum(widths.values())
    served = {entry.user for entry in solution.served}
    facts = (
        Fact("served_users", len(served), f"{len(served)} of {len(instance.users)}"),
        Fact("used_hz", used, f"{number(used / 1e6)} of {number(instance.bandwidth_hz / 1e6)} MHz"),
        Fact("models_served", len({entry.model for entry in solution.served})),
    )
    columns = ("user", "model", "bandwidth_hz", "frequency_hz", "downloaded_s", "done_s", "deadline_s")
    return Facts(facts, (FactTable("served", columns, tuple(rows)),))
