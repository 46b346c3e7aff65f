"""Why users are not served, and what would serve each: the levers, beside a plan that serves the others."""

from __future__ import annotations

import time

from wnpopt.core.explanation import Cause, Explanation, ExplanationRequest, Remedy
from wnpopt.core.facts import Fact, counted
from wnpopt.core.text import number
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.levers import Lever, levers
from wnpopt.problems.slide.solution import SlideSolution

_BINDS = {
    "user": "no model is in reach even with the whole band",
    "cache": "no model in reach fits in the cache alone",
    "band": "the band does not last beside those who are served",
}
_LEVERS = {
    "deadline_s": ("deadline", "s"),
    "energy_j": ("energy", "J"),
    "frequency_hz[1]": ("frequency", "Hz"),
    "min_accuracy": ("accuracy", ""),
    "bandwidth_hz": ("bandwidth", "Hz"),
    "cache_bits": ("cache", "bits"),
}


def explain(instance: SlideInstance, asked: ExplanationRequest[SlideSolution]) -> Explanation:
    """Of every user whom the plan (or the one that is made) leaves out, what binds and what would serve them."""
    solution = asked.solution
    result = None if solution is not None else asked.solve(instance, seconds=asked.seconds)
    if result is not None:
        solution = result.solution
    if solution is None:
        return Explanation(instance.name, "slide", "unknown", "no plan was made in the time")
    served = {entry.user for entry in solution.served}
    missing = [user.name for user in instance.users if user.name not in served]
    notes = [Fact("users", len(instance.users)), Fact("served", len(served))]
    if result is not None:
        notes.append(Fact("value", result.objective))
        notes.append(Fact("at_most", result.bound))
    if not missing:
        return Explanation(instance.name, "slide", "feasible", "every user is served", notes=tuple(notes))
    causes: list[Cause] = []
    remedies: list[Remedy] = []
    began = time.monotonic()
    for name in missing:
        if time.monotonic() - began > max(asked.seconds, 1.0):
            notes.append(Fact("explained", len(causes), f"the first {len(causes)} of {len(missing)}, in the time"))
            break
        (unserved,) = levers(instance, solution, [name])
        kinds = [_lever(lever)[0] for lever in unserved.levers]
        what = f"; limits that alone would serve: {', '.join(kinds)}" if kinds else "; no single limit would serve"
        binds = unserved.binds if unserved.binds != "user" else _own(kinds)
        causes.append(Cause(unserved.user, binds, _BINDS[unserved.binds] + what))
        remedies += [_remedy(lever) for lever in unserved.levers]
    of = counted(len(instance.users), "user")
    text = f"{len(missing)} of {of} {'is' if len(missing) == 1 else 'are'} not served"
    return Explanation(instance.name, "slide", "unserved", text, tuple(causes), tuple(remedies), tuple(notes))


def _own(kinds: list[str]) -> str:
    """Which of the user's limits bind, where no share of the band would do."""
    return ", ".join(kind for kind in kinds if kind not in ("bandwidth", "cache")) or "user"


def _lever(lever: Lever) -> tuple[str, str]:
    return _LEVERS[lever.field.partition("].")[2] or lever.field]


def _remedy(lever: Lever) -> Remedy:
    kind, unit = _lever(lever)
    text = f"{kind} {number(lever.now)} to {number(lever.needed)} {unit}".rstrip() + f", served with {lever.model}"
    return Remedy(lever.user, kind, lever.now, lever.needed, unit, text, {lever.field: lever.needed})
