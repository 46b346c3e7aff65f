"""``wnpopt measure``: operator times of an ONNX file on this machine, as a profile that imports take."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from wnpopt.core.command import Terminal
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import write_json
from wnpopt.core.options import argument, option, required
from wnpopt.domain.files.names import network_name
from wnpopt.domain.files.network import dimensions, input_values
from wnpopt.domain.files.profile import read_profile
from wnpopt.problems.intradp.execution.measure import measure_onnx


@dataclass(frozen=True)
class MeasureRequest:
    """What the command is asked."""

    model: Path = argument("ONNX file.")
    core: str = required("What this machine goes by: the name that the import is given as --device or --server.")
    out: Path = required("Profile (.json), for import onnx --times.", flags=("--out", "-o"), writes=True)
    beside: Path | None = option(None, "Profile of other machines whose times are taken over.")
    repeats: int = option(5, "Runs of each operator, of which the median counts.", least=1, most=100_000)
    threads: int = option(1, "Of each operator.", least=1, most=1024)
    seed: int = option(0, "Of the random inputs.", least=0)
    dim: tuple[str, ...] = option((), "A dimension of the ONNX file, repeatable.", metavar="NAME=N")
    value: tuple[str, ...] = option((), "An input that has this value, repeatable.", metavar="NAME=V[,V...]")
    json: bool = option(False, "One JSON object on stdout instead.", flags=("--json",))


def run(request: MeasureRequest, terminal: Terminal) -> None:
    """Measure, write the profile, and say what it came to."""
    if not request.core.strip() or not request.core.isprintable():
        raise InputError(f"found {request.core!r}; a printable name is needed", where="--core")
    rows: list[dict[str, object]] = []
    if request.beside is not None:
        known = read_profile(request.beside)
        if request.core in known.cores:
            raise InputError(f"has times of {request.core!r} already", file=str(request.beside))
        rows = [
            {"operator": operator, "core": core, "time_s": seconds}
            for operator, times in zip(known.operators, known.seconds, strict=True)
            for core, seconds in zip(known.cores, times, strict=True)
        ]
    seconds = measure_onnx(
        request.model,
        dims=dimensions(request.dim),
        values=input_values(request.value),
        repeats=request.repeats,
        threads=request.threads,
        seed=request.seed,
    )
    rows += [{"operator": name, "core": request.core, "time_s": time} for name, time in seconds.items()]
    name = network_name("", request.model.stem)
    write_json(request.out, {"kind": "profile", "schema_version": 1, "name": name, "rows": rows})
    total = sum(seconds.values())
    if request.json:
        told = {"out": str(request.out), "core": request.core, "operators": len(seconds), "total_s": total}
        terminal.say(json.dumps(told))
        return
    terminal.say(f"{len(seconds)} operators, {1e3 * total:.3f} ms in all: {request.out}")
