"""What ``wnpopt run`` is asked, and the device that it means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wnpopt.core.command import Terminal
from wnpopt.core.errors import InputError
from wnpopt.core.options import argument, option, required
from wnpopt.domain.files.network import dimensions
from wnpopt.execution.unsplit import TOLERANCE
from wnpopt.problems.intradp.execution.remote.device import DeviceRunner
from wnpopt.problems.intradp.execution.remote.job import Patience, SplitModel
from wnpopt.problems.intradp.execution.remote.precompiled import MEMORY_BYTES
from wnpopt.problems.intradp.execution.remote.roles import connected, emulated, paces_of
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.online.adaptive import ESTIMATORS
from wnpopt.problems.intradp.online.planners import PLANNERS
from wnpopt.problems.intradp.solution import IntradpSolution

OWN_KEY = "the user's own"
PICTURES = (".html", ".png", ".svg", ".pdf")


@dataclass(frozen=True)
class RunRequest:
    """What ``wnpopt run`` is asked."""

    instance: IntradpInstance = argument("Instance that the plan is for.")
    plan: Path = argument("Solution file of the instance; or a table (wnpopt table), whose plans follow the link.")
    model: Path = required("ONNX file that the instance was imported from.", metavar="FILE.onnx")
    connect: str | None = option(None, "The server's address (wnpopt serve).", metavar="HOST:PORT")
    emulate: bool = option(False, "Both roles on this machine, over a paced link.", flags=("--emulate",))
    key: Path | None = option(None, "File of the key that both sides share.", shown=OWN_KEY)
    certificate: Path | None = option(None, "Certificate (PEM) that is trusted; needed beyond this machine.")
    repeat: int = option(10, "Inferences.", least=1, most=1_000_000, metavar="N")
    slowdown: float = option(1.0, "Draw the device's segments out so many times; with --emulate.", least=1, metavar="X")
    latency: float | None = option(
        None, "Seconds of a message beyond its bytes; with --emulate.", least=0, metavar="S", shown="the instance's"
    )  # fmt: skip
    guard: float | None = option(
        None, "Run the layer cut unless the plan's measured time is better by this share (0.03 is more than noise).",
        least=0, most=1, metavar="X",
    )  # fmt: skip
    compare: tuple[str, ...] = option(
        (), f"A strategy to run beside it, repeatable: {', '.join(PLANNERS)}; with --trace the first three by default.",
        metavar="METHOD",
    )  # fmt: skip
    trace: Path | None = option(
        None, "CSV file of seconds and MB/s that the emulated link replays for each strategy; with --emulate."
    )  # fmt: skip
    seconds: float | None = option(
        None, "Inferences for so long, in place of --repeat.", above=0, metavar="S", shown="the length of the trace"
    )  # fmt: skip
    gap: float = option(0.0, "Seconds from an inference to the next, where there are strategies.", least=0, metavar="S")
    memory: int = option(
        MEMORY_BYTES >> 20, "MiB that the sessions of a table's plans may take.", least=0, most=1 << 24, metavar="MIB"
    )  # fmt: skip
    estimator: str = option("harmonic", "Of the link's rate, for a table.", choices=ESTIMATORS)
    window: int = option(5, "Measurements that the means are of.", least=1)
    hysteresis: float = option(0.0, "Relative gain that a change of the plan needs.", least=0, metavar="X")
    patience: float = option(
        4.0, "Messages may come so many times as late as planned before a side gives up.", least=0, metavar="X"
    )  # fmt: skip
    grace: float = option(0.5, "Seconds that it may come later still.", least=0, metavar="S")
    tolerance: float = option(TOLERANCE, "Deviation from the unsplit network's outputs that is an error.", least=0)
    threads: int = option(1, "Of each session.", least=1, most=1024)
    seed: int = option(0, "Of the random inputs.", least=0)
    plot: Path | None = option(
        None, f"Timeline, planned and measured: {', '.join(PICTURES)}.", flags=("--plot",), writes=True
    )  # fmt: skip
    dim: tuple[str, ...] = option((), "A dimension of the ONNX file, repeatable.", metavar="NAME=N")
    value: tuple[str, ...] = option((), "An input that has this value, repeatable.", metavar="NAME=V[,V...]")
    json: bool = option(False, "One JSON object on stdout instead.", flags=("--json",))


def check_strategies(names: Sequence[str]) -> None:
    """Raise :class:`InputError` for a name that is no strategy, or twice there."""
    for number, name in enumerate(names):
        if name not in PLANNERS:
            raise InputError(f"found {name!r}; one of {', '.join(PLANNERS)} is needed", where="--compare")
        if name in names[:number]:
            raise InputError(f"found {name!r} twice", where="--compare")


@contextmanager
def device_of(
    request: RunRequest,
    model: SplitModel,
    plans: Sequence[IntradpSolution],
    terminal: Terminal,
    *,
    slower: float = 1.0,
) -> Iterator[DeviceRunner]:
    """The device with these plans ready and connected; messages may take ``slower`` times as long as its instance's
    link says."""
    patience = Patience(request.patience * slower, request.grace)

    def said(line: str) -> None:
        terminal.progress(line, last=True)

    if request.connect is not None:
        with connected(
            model, plans, request.connect, key=request.key, certificate=request.certificate, patience=patience,
            threads=request.threads, said=said,
        ) as runner:  # fmt: skip
            yield runner
        return
    with (
        emulated(model, dims=dimensions(request.dim), threads=request.threads) as server,
        server.device(
            plans, paces_of(model, request.latency), slowdown=request.slowdown, patience=patience,
            threads=request.threads, said=said,
        ) as runner,
    ):  # fmt: skip
        yield runner
