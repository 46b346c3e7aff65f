"""What packages written for wnpopt 0.1 say of a family and a method is understood as they meant it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import wnpopt
from wnpopt.core import registry
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import InputError
from wnpopt.core.family import Family, GeneratorOption
from wnpopt.core.method import Context, Method, Outcome, Run
from wnpopt.core.proof import Proof
from wnpopt.plotting import draw
from wnpopt.problems.wnp import FAMILY
from wnpopt.problems.wnp.instance import WnpInstance

OWN = f"{__name__}:drawn"
FIGURES = f"{__name__}:figures"


def drawn(instance: Instance, solution: Solution, bound: float | None, path: Path) -> None:
    """The picture of a family that draws itself."""
    path.write_text(f"{instance.name} {solution.instance} {bound}")


def figures(_instance: Instance) -> dict[str, object]:
    """Figures beside the schedule: none."""
    return {}


@pytest.fixture
def solved() -> tuple[WnpInstance, Solution]:
    assert FAMILY.doctor is not None
    instance = WnpInstance.model_validate(FAMILY.doctor.instance)
    result = wnpopt.solve(instance, method="rtfs")
    assert result.solution is not None
    return instance, result.solution


@pytest.mark.parametrize(
    ("changes", "endings"),
    [
        ({"plot": OWN, "plot_formats": (".txt", ".png")}, (".txt", ".png")),
        ({"plot": OWN, "gantt": None}, (".png", ".svg")),
        ({"plot": FIGURES}, ()),
        ({"plot": None}, ()),
        ({"plot": None, "gantt": None}, ()),
    ],
)
def test_which_files_a_family_draws_itself(changes: dict[str, object], endings: tuple[str, ...]) -> None:
    assert replace(FAMILY, **changes).drawn_formats == endings  # type: ignore[arg-type]


@pytest.mark.parametrize("changes", [{"plot_formats": (".txt",)}, {"plot_formats": (".txt",), "gantt": None}])
def test_a_family_draws_itself(
    changes: dict[str, object],
    solved: tuple[WnpInstance, Solution],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    family = replace(FAMILY, plot=OWN, **changes)  # type: ignore[arg-type]
    monkeypatch.setattr(registry, "family", lambda _name: family)
    instance, solution = solved
    draw.draw(instance, solution, 3.0, tmp_path / "plan.txt")
    assert (tmp_path / "plan.txt").read_text() == f"{instance.name} {instance.name} 3.0"
    with pytest.raises(InputError, match=r"found plan\.html; a file name with one of the endings \.txt is needed"):
        draw.draw(instance, solution, 3.0, tmp_path / "plan.html")


def test_the_places_of_a_familys_fields() -> None:
    """Given by place, everything up to ``perturb`` stands where it stood."""
    names = list(Family.__dataclass_fields__)[13:21]
    assert names == [
        "generator_options",
        "plot",
        "plot_formats",
        "unit",
        "doctor",
        "gantt",
        "perturb",
        "warm_up",
    ]


def test_a_method_whose_proof_is_a_text_claims_nothing() -> None:
    def run(instance: Instance, run: Run[Solution]) -> Outcome[Solution]:
        raise NotImplementedError

    method = Method("wnp", "own", "a method", "nothing by itself", run)  # type: ignore[arg-type]
    assert (method.proves, method.proof_told) == (Proof.NOTHING, "nothing by itself")
    assert Run is Context


def test_the_type_of_a_generators_option_is_that_of_its_default() -> None:
    kinds = [GeneratorOption("a", default, "help").kind for default in (1, 1.0, "x")]
    assert kinds == ["integer", "number", "text"]
