"""Plans of the values of models that somebody else has solved."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wnpopt.backends.values import in_order
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.solution import SlideSolution


def from_milp(
    instance: SlideInstance, values: Mapping[str, float], accepted: Callable[[SlideSolution], bool]
) -> SlideSolution:
    """The plan of a solved MILP, by the names of its variables: bandwidths and frequencies are its own."""
    del accepted  # there is one plan that these values can mean
    from wnpopt.problems.slide.formulations.milp import model_of
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.plan import allocate

    needs = Needs.of(instance.columns)
    built = model_of(needs, needs.capacity)
    names = built.variables
    return allocate(needs, built.decode(names, in_order(names, values))).to_solution(instance.columns)
