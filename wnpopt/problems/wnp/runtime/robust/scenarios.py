"""Scenarios and a criterion: what a robust plan is to be good at, as a document."""

from __future__ import annotations

import os
from typing import Annotated, Literal

from pydantic import Field

from wnpopt.core.document import Count, Document, Name, SchemaVersion
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import read_json
from wnpopt.core.near import near
from wnpopt.core.text import one_line
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.runtime.scenario import PRESETS, WnpScenario

Level = Annotated[float, Field(strict=True, gt=0, lt=1, allow_inf_nan=False)]
Worlds = Annotated[int, Field(strict=True, ge=1, le=10**5)]


class WnpScenarios(Document):
    """Scenarios, all alike in weight, and what is the least over their worlds.

    ``criterion`` is the "mean" of the objective, or "cvar": the mean of its worst 1 - ``level``. Plans are compared in
    ``worlds`` of each scenario; the best is then compared with the nominal plan in ``test_worlds`` others, and with a
    lower bound in the first ``bound_worlds`` of those. ``policy`` is how plans are followed: "order", as early as can
    be, or "static", not before their starts. ``moves`` are so many changes that the search tries. Everything follows
    from ``seed``, unless time runs out.
    """

    kind: Literal["wnp-scenarios"]
    schema_version: SchemaVersion
    name: Name
    criterion: Literal["mean", "cvar"] = "mean"
    level: Level = 0.9
    worlds: Worlds = 200
    test_worlds: Worlds = 1000
    bound_worlds: Annotated[Count, Field(le=10**5)] = 100
    policy: Literal["order", "static"] = "order"
    moves: Annotated[Count, Field(le=10**7)] = 1000
    seed: Annotated[Count, Field(le=2**31 - 1)] = 0
    scenarios: Annotated[tuple[WnpScenario, ...], Field(min_length=1)]

    def check(self, instance: WnpInstance) -> None:
        """Raise :class:`InputError` where one of the scenarios does not fit ``instance``."""
        for number, scenario in enumerate(self.scenarios):
            try:
                scenario.check(instance)
            except InputError as error:
                raise InputError(error.what, where=f"scenarios[{number}].{error.where}") from None


def scenarios_of(instance: WnpInstance, given: object) -> WnpScenarios:
    """``given``, a document, a file or a preset's name, as scenarios of ``instance``; one alone goes by its mean."""
    if isinstance(given, WnpScenarios | WnpScenario):
        given.check(instance)
        return _several(given)
    if not isinstance(given, str | os.PathLike):
        raise InputError(f"found a {type(given).__name__}; scenarios or their file is needed", where="robust")
    file = os.fspath(given)
    if file in PRESETS:
        return _several(PRESETS[file])
    if not os.path.exists(file) and os.sep not in file and not file.endswith(".json"):
        what = f"found {one_line(file)!r}; a file, or {', '.join(PRESETS)} is needed{near(file, PRESETS)}"
        raise InputError(what, where="robust")
    try:
        data = read_json(file)
        kind = data.get("kind")
        one = kind == "wnp-scenario"
        if not one and kind != "wnp-scenarios":
            raise InputError("wnp-scenarios or wnp-scenario is needed", where="kind")
        read = WnpScenario.from_data(data) if one else WnpScenarios.from_data(data)
        read.check(instance)
    except InputError as error:
        raise (error if error.file else error.in_file(file)) from None
    return _several(read)


def _several(given: WnpScenarios | WnpScenario) -> WnpScenarios:
    if isinstance(given, WnpScenarios):
        return given
    return WnpScenarios(kind="wnp-scenarios", schema_version=1, name=given.name, scenarios=(given,))
