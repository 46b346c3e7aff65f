"""``wnpopt doctor``."""

from __future__ import annotations

import math
import sys
import time
from typing import TYPE_CHECKING

from wnpopt.cli.arguments import Json
from wnpopt.cli.faults import tell_faults
from wnpopt.cli.terminal import console, print_json, say, styled
from wnpopt.core.text import numbers, seconds

if TYPE_CHECKING:
    from wnpopt.core.registry import AnyFamily


def doctor(json: Json = False) -> int:
    """Solve a tiny known instance of each family with every method, and models of known bugs; print the versions."""
    from wnpopt import api
    from wnpopt.core import registry
    from wnpopt.core.errors import MissingDependencyError, UnsupportedError
    from wnpopt.core.proof import Proof
    from wnpopt.core.result import Termination
    from wnpopt.core.versions import versions

    rows: list[dict[str, object]] = []
    for name in registry.family_names():
        family = registry.family(name)
        if family.doctor is None:
            continue
        instance = family.instance_type.from_data(family.doctor.instance)
        for method in registry.methods(name).values():
            row: dict[str, object] = {"family": name, "method": method.name, "optimum": family.doctor.optimum}
            try:
                # Cold, so that each solver finds the optimum itself.
                few = 5 if method.iterative else None  # it would search on for as long as it is let
                result = api.solve(instance, method.name, time_limit=20, threads=1, warm_start="none", iterations=few)
            except (MissingDependencyError, UnsupportedError) as error:
                rows.append({**row, "healthy": True, "status": "skipped", "message": str(error)})
                continue
            if result.termination is Termination.INTERRUPTED:
                raise KeyboardInterrupt
            must_prove = bool(method.proves & Proof.OPTIMALITY)
            reached = result.objective is not None and math.isclose(
                result.objective, family.doctor.optimum, rel_tol=1e-9
            )
            healthy = result.verified and ((result.status == "optimal" and reached) or not must_prove)
            rows.append(
                {
                    **row,
                    "healthy": healthy,
                    "status": str(result.status),
                    "objective": result.objective,
                    "runtime_s": result.runtime_s,
                    "message": result.message,
                }
            )
        rows += _by_solvers(family)
        rows += _further(family)
    libraries = _libraries(versions())
    healthy = all(row["healthy"] for row in (*rows, *libraries))
    if json:
        from wnpopt.backends.solvers.catalogue import solver_facts

        there = {"python": sys.version.split()[0], "versions": versions(), "solvers": solver_facts()}
        print_json({"healthy": healthy, **there, "checks": rows, "libraries": libraries})
    else:
        _show(rows, {"python": sys.version.split()[0], **versions()})
        _show_libraries(libraries)
    tell_faults()
    return 0 if healthy else 3


def _by_solvers(family: AnyFamily) -> list[dict[str, object]]:
    """A row for each solver that is installed and each method that takes it: is the known case solved by it, too?"""
    from wnpopt import api
    from wnpopt.backends.solvers.catalogue import solvers_of
    from wnpopt.core import registry
    from wnpopt.core.errors import MissingDependencyError, UnsupportedError
    from wnpopt.core.result import Termination

    assert family.doctor is not None
    instance = family.instance_type.from_data(family.doctor.instance)
    rows: list[dict[str, object]] = []
    for method in registry.methods(family.name).values():
        for solver in solvers_of(method.solvers)[1:]:  # the first is what the method goes to by itself
            if not solver.installed:
                continue
            row = {
                "family": family.name,
                "method": method.name,
                "solver": solver.name,
                "optimum": family.doctor.optimum,
            }
            try:
                result = api.solve(
                    instance, method.name, time_limit=20, threads=1, warm_start="none", solver=solver.name
                )
            except (MissingDependencyError, UnsupportedError):
                continue
            if result.termination is Termination.INTERRUPTED:
                raise KeyboardInterrupt
            value = result.objective
            reached = value is not None and math.isclose(value, family.doctor.optimum, rel_tol=1e-9)
            rows.append(
                {
                    **row,
                    "healthy": result.verified and reached,
                    "status": str(result.status),
                    "objective": value,
                    "runtime_s": result.runtime_s,
                    "message": result.message,
                }
            )
    return rows


def _libraries(installed: dict[str, str]) -> list[dict[str, object]]:
    """A row for each version that is known to be wrong, and for each known bug whose model was solved anew."""
    from wnpopt.backends.known_bad import known_bad
    from wnpopt.backends.regressions import run_all

    rows: list[dict[str, object]] = []
    for bad, version in known_bad(installed):
        told = f"{version} {bad.reason} ({bad.source})"
        rows.append({"library": bad.library, "check": "version", "healthy": bad.guarded, "message": told})
    for made in run_all():
        row = {"library": made.library, "check": made.name, "healthy": not made.message, "message": made.message}
        rows.append(row)
    return rows


def _show_libraries(rows: list[dict[str, object]]) -> None:
    right = [str(row["check"]) for row in rows if not row["message"]]
    if right:
        say("known bugs that are not in these libraries: " + ", ".join(right))
    for row in rows:
        if row["message"]:
            told = f"{row['library']}, {row['check']}: {row['message']}"
            line = styled(told, "yellow") if row["healthy"] else styled(f"WRONG {told}", "red")
            console().print(line, soft_wrap=True)


def _further(family: AnyFamily) -> list[dict[str, object]]:
    """A row for each method that proves optima, and takes some of the family's further cases: are all solved?"""
    from wnpopt import api
    from wnpopt.core import registry
    from wnpopt.core.errors import MissingDependencyError, UnsupportedError
    from wnpopt.core.proof import Proof
    from wnpopt.core.result import Termination

    rows: list[dict[str, object]] = []
    for method in registry.methods(family.name).values():
        solved, wrong, began = 0, "", time.perf_counter()
        for case in family.cases:
            instance = family.instance_type.from_data(dict(case.instance))
            if not method.proves & Proof.OPTIMALITY or method.refuse(instance) is not None:
                continue
            try:
                result = api.solve(instance, method.name, time_limit=20, threads=1, warm_start="none")
            except (MissingDependencyError, UnsupportedError):
                continue
            if result.termination is Termination.INTERRUPTED:
                raise KeyboardInterrupt
            reached = result.objective is not None and math.isclose(result.objective, case.optimum, rel_tol=1e-6)
            if result.status == "optimal" and reached:
                solved += 1
            else:
                wrong = wrong or f"{instance.name}: {result.objective}, not {case.optimum:g}. {result.message}".strip()
        if solved or wrong:
            rows.append(
                {
                    "family": family.name,
                    "method": method.name,
                    "optimum": None,
                    "healthy": not wrong,
                    "status": "optimal" if not wrong else "wrong",
                    "runtime_s": time.perf_counter() - began,
                    "message": wrong or f"{solved} further cases",
                }
            )
    return rows


def _show(rows: list[dict[str, object]], found: dict[str, str]) -> None:
    from wnpopt.cli.tables import Heading, draw

    say(", ".join(f"{name} {version}" for name, version in found.items()))
    headings = (
        *map(Heading, ("family", "method", "status")),
        *(Heading(title, "number") for title in ("value", "optimum", "time")),
        Heading("verdict", "prose"),
    )
    lines = []
    for row in rows:
        found_value, known_value, runtime = row.get("objective"), row["optimum"], row.get("runtime_s")
        objective, optimum = numbers(
            *(value if isinstance(value, float | int) else None for value in (found_value, known_value))
        )
        message = str(row.get("message", ""))
        if row["status"] == "skipped":
            verdict = styled(message, "yellow")
        else:
            told = "healthy" if row["optimum"] is not None else f"healthy: {message}"
            verdict = styled(told, "green") if row["healthy"] else styled(f"WRONG {message}", "red")
        family, method, status = (str(row[key]) for key in ("family", "method", "status"))
        method += f", {row['solver']}" if "solver" in row else ""
        lines.append(
            (
                family,
                method,
                status,
                objective,
                optimum,
                seconds(runtime if isinstance(runtime, float) else None),
                verdict,
            )
        )
    draw(console(), headings, lines)
