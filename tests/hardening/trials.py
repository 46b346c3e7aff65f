"""Every command that writes files, with little work, and what its files have to be: whole or not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import wnpopt
from tests.hardening.inputs import Inputs

STORES = ("batch", "sweep", "bench")
"""Commands that go on where they were stopped, and how many runs they have at the end."""
RUNS = {"batch": 9, "sweep": 6, "bench": 16}


@dataclass(frozen=True)
class Trial:
    """A command, and the files and folders that it writes (all in one folder, nothing else is to be there)."""

    arguments: list[str]
    writes: tuple[Path, ...]
    instance: Path | None = None
    """Of the solution that is written first, if it is one."""

    def faults(self, *, killed: bool = False) -> list[str]:
        """What is half-written, and what was left beside; a kill may leave hidden drafts until the next run."""
        wrong = []
        for path in self.writes:
            files = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]
            for file in files:
                if file.exists() and not file.name.startswith("."):
                    wrong += [f"{file.name}: {fault}" for fault in fault_of(file, killed=killed)]
        if self.instance is not None and self.writes[0].exists():
            solution = wnpopt.load_solution(self.writes[0])
            if not wnpopt.verify(wnpopt.load(self.instance), solution).accepted:
                wrong.append("the plan is not accepted")
        if self.writes:
            there = {file for file in self.writes[0].parent.iterdir() if file not in self.writes}
            hidden = {file for folder in self.writes if folder.is_dir() for file in folder.rglob(".*.tmp")}
            left = {file for file in there | hidden if not (killed and file.name.startswith("."))}
            wrong += [f"{file} is left behind" for file in sorted(left)]
        return wrong


ENDS = {
    ".html": b"</html>", ".svg": b"</svg>", ".pdf": b"%%EOF", ".mps": b"ENDATA", ".lp": b"end",
    ".png": b"IEND\xaeB`\x82",
}  # fmt: skip


def fault_of(file: Path, *, killed: bool) -> list[str]:
    """Why the file is not whole, by its ending."""
    content, ending = file.read_bytes(), file.suffix
    if ending == ".json":
        try:
            json.loads(content)
        except ValueError as error:
            return [f"is no JSON: {error}"]
    elif ending == ".jsonl":
        *lines, rest = content.split(b"\n")
        if rest and not killed:
            return ["has a cut line"]
        for line in lines:
            json.loads(line)
    elif ending in ENDS:
        if not content.rstrip().endswith(ENDS[ending]):
            return ["is cut"]
    elif ending in (".csv", ".md", ".tex") and not content.endswith(b"\n"):
        return ["is cut"]
    return []


def _solve(given: Inputs, folder: Path) -> Trial:
    out, picture, log = folder / "plan.json", folder / "plan.svg", folder / "a.log"
    asked = ["solve", given.medium, "--time-limit", 2, "--threads", 1, "--out", out, "--plot", picture, "--log", log]
    return _trial(asked, out, picture, log, instance=given.medium)


def _batch(given: Inputs, folder: Path) -> Trial:
    out = folder / "store"
    return _trial(["batch", *given.tiny[:3], "--methods", "rtfs,pacs,cpsat", "--out", out], out)


def _sweep(given: Inputs, folder: Path) -> Trial:
    out = folder / "store"
    grid = "chip.hop_ticks=0,1,2"
    return _trial(["sweep", given.tiny[0], "--set", grid, "--methods", "rtfs,cpsat", "-o", out], out)


def _bench(given: Inputs, folder: Path) -> Trial:
    del given
    out = folder / "store"
    return _trial(["bench", "slide-multicast", "--time-limit", 0.2, "--out", out], out)


def _tables(given: Inputs, folder: Path) -> Trial:
    out = folder / "tables"
    return _trial(["bench", given.store, "--out", out], out)


def _report(given: Inputs, folder: Path) -> Trial:
    page, tables, pictures = folder / "page.html", folder / "tables", folder / "pictures"
    asked = ["report", given.store, "-o", page, "--tables", tables, "--pictures", pictures]
    return _trial(asked, page, tables, pictures)


def _adversarial(given: Inputs, folder: Path) -> Trial:
    out = folder / "worst"
    asked = ["bench", "adversarial", given.tiny[0], "--method", "rtfs", "--against", "pacs", "--steps", 20]
    return _trial([*asked, "--restarts", 2, "--out", out], out)


def _simulate(given: Inputs, folder: Path) -> Trial:
    out, picture = folder / "runs.json", folder / "runs.png"
    return _trial(["simulate", given.tiny[0], "-o", out, "--plot", picture], out, picture)


def _table(given: Inputs, folder: Path) -> Trial:
    out, picture = folder / "table.json", folder / "table.svg"
    asked = ["table", given.split, "--bandwidths", "1,5,20", "--time-limit", 1, "-o", out, "--plot", picture]
    return _trial(asked, out, picture)


def _pareto(given: Inputs, folder: Path) -> Trial:
    out, picture = folder / "front.json", folder / "front.pdf"
    asked = ["pareto", given.split, "--points", 5, "--time-limit", 3, "-o", out, "--plot", picture]
    return _trial(asked, out, picture)


def _replay(given: Inputs, folder: Path) -> Trial:
    out, rows, picture = folder / "replay.json", folder / "replay.csv", folder / "replay.png"
    asked = ["replay", given.table, "device-only", "--trace", given.trace, "--requests", 50, "--period", 0.05]
    return _trial([*asked, "-o", out, "--csv", rows, "--plot", picture], out, rows, picture)


def _calibrate(given: Inputs, folder: Path) -> Trial:
    out = folder / "calibrated.json"
    return _trial(["calibrate", given.shared[0], given.measured, "-o", out], out)


def _measure(given: Inputs, folder: Path) -> Trial:
    out = folder / "measured.json"
    asked = ["measure", given.network, "--instance", given.shared[0], "--emulate", "--search", 0.2, "-o", out]
    return _trial(asked, out)


def _run_intradp(given: Inputs, folder: Path) -> Trial:
    picture = folder / "timeline.html"
    asked = ["run", *given.shared, "--model", given.network, "--emulate", "--repeat", 100, "--grace", 100]
    return _trial([*asked, "--key", given.key, "--plot", picture], picture)


def _run_slide(given: Inputs, folder: Path) -> Trial:
    out, picture = folder / "made.json", folder / "timeline.svg"
    instance, plan, network = given.streamed
    asked = ["run", instance, plan, "--model", network, "--emulate", "--repeat", 1, "--clients", 1]
    return _trial([*asked, "--calibrated", out, "--plot", picture], out, picture)


def _run_wnp(given: Inputs, folder: Path) -> Trial:
    out, picture = folder / "made.json", folder / "timeline.svg"
    instance, plan, network = given.chip
    asked = ["run", instance, plan, "--model", network, "--emulate", "--share", "--repeat", 2]
    return _trial([*asked, "--calibrated", out, "--plot", picture], out, folder / "made.layers.json", picture)


def _import(given: Inputs, folder: Path) -> Trial:
    out, layers = folder / "net.json", folder / "net.layers.json"
    asked = [
        "import",
        "onnx",
        given.network,
        "--device",
        "jetson-xavier-nx-fp32",
        "--server",
        "rtx-3080",
        "--bandwidth",
        8,
    ]
    return _trial([*asked, "--layers", layers, "-o", out], out, layers)


def _export(given: Inputs, folder: Path) -> Trial:
    out = folder / "model.mps"
    return _trial(["export", given.tiny[0], "-o", out], out)


def _generate(given: Inputs, folder: Path) -> Trial:
    del given
    out = folder / "made"
    return _trial(["generate", "wnp", "--count", 30, "--out", out], out)


def _plot(given: Inputs, folder: Path) -> Trial:
    out = folder / "plan.html"
    return _trial(["plot", given.tiny[0], given.plan, "-o", out], out)


def _trial(arguments: list[object], *writes: Path, instance: Path | None = None) -> Trial:
    return Trial([str(argument) for argument in arguments], writes, instance)


TRIALS: dict[str, Callable[[Inputs, Path], Trial]] = {
    "solve": _solve, "batch": _batch, "sweep": _sweep, "bench": _bench, "tables": _tables, "report": _report,
    "adversarial": _adversarial, "simulate": _simulate, "table": _table, "pareto": _pareto, "replay": _replay,
    "calibrate": _calibrate, "measure": _measure, "run-intradp": _run_intradp, "run-slide": _run_slide,
    "run-wnp": _run_wnp, "import": _import, "export": _export, "generate": _generate, "plot": _plot,
}  # fmt: skip
"""By name: the command that is given these inputs and writes into this folder."""
