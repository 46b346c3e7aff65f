"""What commands that run plans on this machine have in common: their options, and what they refuse alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from wnpopt.core.certificate import Certificate
from wnpopt.core.command import Terminal
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import read_json
from wnpopt.core.options import option
from wnpopt.execution.machine import load, processors
from wnpopt.execution.unsplit import TOLERANCE

S = TypeVar("S")


class RunReport(Protocol):
    """What a run came to."""

    def to_data(self) -> Mapping[str, Any]:
        """As JSON."""
        ...

    def lines(self, load: float | None) -> Iterable[str]:
        """As text; ``load`` is the machine's."""
        ...


@dataclass(frozen=True, kw_only=True)
class EmulatedRun:
    """Options of ``wnpopt run`` for families whose plans run on this machine alone."""

    emulate: bool = option(False, "All that takes part on this machine.", flags=("--emulate",))
    repeat: int = option(10, "Inferences.", least=1, most=1_000_000, metavar="N")
    time_limit: float = option(
        120.0, "Seconds that all runs may take by the plan; what would take longer is refused.", above=0, metavar="S"
    )
    tolerance: float = option(TOLERANCE, "Deviation from the unsplit network's outputs that is an error.", least=0)
    seed: int = option(0, "Of the random inputs.", least=0)
    plot: Path | None = option(
        None, "Timeline, planned and measured: .html, .png, .svg, .pdf.", flags=("--plot",), writes=True
    )
    dim: tuple[str, ...] = option((), "A dimension of the ONNX file, repeatable.", metavar="NAME=N")
    value: tuple[str, ...] = option((), "An input that has this value, repeatable.", metavar="NAME=V[,V...]")
    json: bool = option(False, "One JSON object on stdout instead.", flags=("--json",))

    def check_emulated(self) -> None:
        if not self.emulate:
            raise InputError("is needed: such a plan runs on this machine", where="--emulate")

    def check_time(self, total_s: float, what: str, beside: str = "") -> None:
        """Raise :class:`InputError` where all runs take too long; ``what`` they are, and what else may help."""
        if not total_s <= self.time_limit:
            told = (
                f"{self.repeat} runs{what} take {total_s:.4g} s; --repeat takes fewer, --time-limit allows more{beside}"
            )
            raise InputError(told, where="--time-limit")

    def tell(self, report: RunReport, terminal: Terminal) -> None:
        """Say what the run came to, in lines or as one JSON object with what this machine was like."""
        if self.json:
            terminal.say(json.dumps({**report.to_data(), "load": load(), "processors": len(processors())}))
            return
        for line in report.lines(load()):
            terminal.say(line)


def read_plan(
    path: Path, parse: Callable[[Mapping[str, Any]], S], verify: Callable[[S], Certificate], instance: str
) -> S:
    """The plan in a file; raises :class:`InputError` where the verifier refuses it for the instance of that name."""
    file = str(path)
    try:
        solution = parse(read_json(path))
    except InputError as error:
        raise error.in_file(file) from None
    violations = verify(solution).violations
    if violations:
        first = violations[0]
        raise InputError(f"is no plan of {instance}: {first.rule} at {first.where}", file=file)
    return solution
