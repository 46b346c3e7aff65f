"""``wnpopt calibrate``: an instance whose costs, link and powers are those that were measured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wnpopt.core.command import Terminal
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import write_json
from wnpopt.core.options import argument, option, required
from wnpopt.core.text import number, percent
from wnpopt.problems.intradp.calibration.calibrate import calibrate
from wnpopt.problems.intradp.calibration.measured import read_measurements
from wnpopt.problems.intradp.calibration.outcome import Calibration, Estimate, Quality
from wnpopt.problems.intradp.instance import IntradpInstance


@dataclass(frozen=True)
class CalibrateRequest:
    """What the command is asked."""

    instance: IntradpInstance = argument("JSON file of an intradp instance.")
    measured: Path = argument("CSV file: plan or strategy, megabytes_per_s, latency_s, energy_j.")
    out: Path = required("File for the calibrated instance.", flags=("--out", "-o"), writes=True)
    keep: tuple[str, ...] = option((), "A parameter that is not fitted; again for more.", metavar="NAME")
    seed: int = option(0, "Seed of strategies that are random.", least=0)
    json: bool = option(False, "One JSON object on stdout instead.", flags=("--json",))


def run(request: CalibrateRequest, terminal: Terminal) -> None:
    """Fit, write the instance, and say what was fitted and how well it predicts."""
    measurements = read_measurements(request.instance, request.measured, request.seed)
    try:
        made = calibrate(request.instance, measurements, keep=request.keep)
    except InputError as error:
        if error.where == "keep":
            raise InputError(error.what, where="--keep") from None
        raise error.in_file(str(request.measured)) from None
    write_json(request.out, made.instance.to_data())
    if request.json:
        terminal.say(json.dumps({"out": str(request.out), "measurements": len(measurements)} | report(made)))
        return
    for line in _lines(made, len(measurements)):
        terminal.say(line)
    terminal.say(str(request.out))


def report(made: Calibration) -> dict[str, Any]:
    """What was fitted and how well it predicts, as a JSON object."""
    return {
        "settings": made.settings,
        "instance_hash": made.instance.instance_hash,
        "parameters": [
            {
                "name": e.parameter.name, "meaning": e.parameter.meaning, "unit": e.parameter.unit,
                "before": e.parameter.start, "value": e.value, "fitted": e.fitted, "low": e.low, "high": e.high,
                "reason": e.reason,
            }
            for e in made.estimates
        ],
        "latency": None if made.latency is None else asdict(made.latency),
        "energy": None if made.energy is None else asdict(made.energy),
        "gross": [dict(zip(("where", "what", "measured", "predicted"), one, strict=True)) for one in made.gross],
    }  # fmt: skip


def _lines(made: Calibration, count: int) -> Iterator[str]:
    fitted = [e for e in made.estimates if e.fitted]
    of = f"{len(fitted)} of {len(made.estimates)} parameters"
    yield f"{of} fitted to {count} measurements of {made.settings} settings"
    for e in fitted:
        name, unit = e.parameter.name, e.parameter.unit
        yield f"  {name}: {_told(e.parameter.start, unit)} -> {_told(e.value, unit)}, 95 % interval {_interval(e)}"
    for e in made.estimates:
        if not e.fitted:
            interval = f" ({_interval(e)})" if e.low is not None else ""
            yield f"  {e.parameter.name}: kept at {_told(e.parameter.start, e.parameter.unit)}; {e.reason}{interval}"
    for name, quality in (("latency", made.latency), ("energy", made.energy)):
        if quality is not None:
            yield f"{name}: error {_errors(quality)}"
    for where, what, measured, predicted in made.gross:
        yield f"far off: {where}, {what} {number(measured)}, predicted {number(predicted)}"


def _errors(quality: Quality) -> str:
    parts = [("before", quality.before), ("after", quality.after), ("left out of the fit", quality.left_out)]
    return ", ".join(f"{percent(e.median)} {name} (mean {percent(e.mean)})" for name, e in parts) + "; medians"


def _interval(e: Estimate) -> str:
    return f"{number(e.low)} to {number(e.high)}"


def _told(value: float, unit: str) -> str:
    return f"{number(value)} {unit}".rstrip()
