"""A verifier shares nothing with what makes solutions."""

from __future__ import annotations

import pytest

from tests.architecture.sources import BY_NAME, MODULES, Module, is_foreign, name_of, reached, targets

VERIFIERS = [module for module in MODULES if module.rooms[0] == "problems" and module.rooms[-1] == "verify"]
SHARED = ("wnpopt.core.", "wnpopt.domain.files.")
"""Documents, errors, and reading of files."""
OWN = (
    "instance",
    "solution",
    "state",
    "verify",
    "columnar.columns",
    "columnar.allocation",
    "columnar.checks",
    "columnar.verify",
)
"""Of a family: what the instance and the solution are, in rows and in columns."""
MAKERS = ("methods", "formulations", "kernels")
SHARING = {"wnpopt.problems.intradp.formulations.horizon"}
"""What calls a verifier to price the plans that it begins with; no rule of how to find plans is taken from there."""


def test_every_family_has_one() -> None:
    families = {module.rooms[1] for module in MODULES if module.rooms[0] == "problems" and len(module.rooms) > 2}
    assert {module.rooms[1] for module in VERIFIERS} == families
    assert "wnpopt.problems.slide.columnar.verify" in [module.name for module in VERIFIERS]


@pytest.mark.parametrize("module", VERIFIERS, ids=name_of)
def test_verifiers_stand_alone(module: Module) -> None:
    """Whatever a verifier needs, directly or through others, says what an instance is, and finds no solutions."""
    family = ".".join(module.name.split(".")[:3])
    own = {f"{family}.{part}" for part in OWN}
    needed = reached(module)
    assert not [name for name in needed if name not in own and not name.startswith(SHARED)]
    for name in needed:
        foreign = {i.library for i in BY_NAME[name].imports if not i.typing and is_foreign(i.library)}
        assert foreign <= {"numpy", "pydantic"}, name


def test_what_makes_solutions_uses_no_verifier() -> None:
    """They get its word through :class:`wnpopt.core.method.Context` alone: a slip in a rule of it would be in both."""
    makers = [m for m in MODULES if m.rooms[0] == "problems" and m.rooms[2:3] and m.rooms[2] in MAKERS]
    assert len(makers) > 50
    sharing = {m.name for m in makers if any(name.endswith(".verify") for name in targets(m))}
    assert sharing == SHARING
