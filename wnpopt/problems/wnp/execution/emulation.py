"""The chip on this machine: a process for each core, and a thread for the radio that brings the inputs."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from wnpopt.execution.arrays import decoded, encoded, raw
from wnpopt.execution.child import ChildProcess, ChildProcesses, hear_all
from wnpopt.execution.frames import send_piece
from wnpopt.execution.machine import processors
from wnpopt.execution.network import Array
from wnpopt.execution.pacer import wait_until
from wnpopt.execution.unsplit import largest_difference
from wnpopt.execution.urgent import make_urgent
from wnpopt.problems.wnp.execution.program import ChipProgram

WORKER = "wnpopt.problems.wnp.execution.worker"
START_S = 120.0
_LEAD_S = 0.02


@dataclass(frozen=True)
class SubgraphRun:
    """Seconds since the run began; ``computed`` is when the arithmetic was done, ``end`` when its time was over."""

    core: str
    start: float
    end: float
    computed: float
    cpu: float


@dataclass(frozen=True)
class ChipRun:
    """A run: subgraphs by name, when each modality had arrived, and the largest deviation of the outputs."""

    subgraphs: Mapping[str, SubgraphRun]
    arrived: Mapping[str, float]
    deviation: float

    @property
    def makespan_s(self) -> float:
        return max(run.end for run in self.subgraphs.values())


class ChipEmulation:
    """Processes for the cores of a program, ready; they end with the ``with`` block of :func:`emulated`."""

    def __init__(self, program: ChipProgram, children: ChildProcesses, seed: int) -> None:
        self.program = program
        network = program.composed.network
        self._inputs = network.random_inputs(seed)
        self._expected = program.composed.reference(self._inputs)
        self._modalities = list(dict.fromkeys(m for m in program.modality.values() if m is not None))
        self.cores = list(program.cores)
        reads = {core: {name for task in tasks for name in task.inputs} for core, tasks in program.cores.items()}
        pairs = dict.fromkeys(
            (program.home[edge.source], program.home[edge.target])
            for k, edge in enumerate(program.instance.edges) if k in program.delays
        )  # fmt: skip
        sockets: dict[str, dict[str, socket.socket]] = {core: {} for core in self.cores}
        for source, target in pairs:
            sockets[source][f"to:{target}"], sockets[target][f"from:{source}"] = socket.socketpair()
        self._links: dict[str, socket.socket] = {}
        mine = processors()
        self.workers: list[ChildProcess] = []
        for number, core in enumerate(self.cores):
            self._links[core], sockets[core]["link"] = socket.socketpair()
            task = self._task(core, reads[core])
            name, place = f"the process of core {core}", mine[number % len(mine)]
            self.workers.append(children.start(WORKER, name, sockets[core], processors=[place], **task))
        hear_all(self.workers, START_S)

    def close(self) -> None:
        for link in self._links.values():
            link.close()

    def run(self, tick_s: float, patience_s: float) -> ChipRun:
        """One inference, a tick drawn out to ``tick_s`` seconds; 0: as fast as it goes, inputs at once."""
        for worker in self.workers:
            worker.tell({"do": "run", "tick_s": tick_s, "patience_s": patience_s})
        hear_all(self.workers, START_S)
        begin = time.perf_counter() + _LEAD_S
        for link in self._links.values():
            link.settimeout(patience_s)
        radio = threading.Thread(target=self._radio, args=(begin, tick_s), daemon=True)
        radio.start()
        for worker in self.workers:
            worker.tell({"begin": begin})
        told = hear_all(self.workers, patience_s + START_S)
        radio.join()
        runs: dict[str, SubgraphRun] = {}
        arrived: dict[str, float] = {}
        outputs: dict[str, Array] = {}
        for core, one in zip(self.cores, told, strict=True):
            for name, start, end, computed, cpu in one["tasks"]:
                runs[name] = SubgraphRun(core, start, end, computed, cpu)
            for number, at in one["arrived"].items():
                name = self._modalities[int(number)]
                arrived[name] = max(float(at), arrived.get(name, 0.0))
            outputs |= {name: decoded(value) for name, value in one["outputs"].items()}
        return ChipRun(runs, arrived, largest_difference(outputs, self._expected))

    def calibrated(self, patience_s: float) -> dict[str, float]:
        """Seconds of the processor that each subgraph takes, one process after the other; after a run."""
        found: dict[str, float] = {}
        for worker in self.workers:
            worker.tell({"do": "calibrate"})
            found |= worker.hear(patience_s)
        return found

    def _task(self, core: str, reads: set[str]) -> dict[str, Any]:
        """What a core's process is told, as JSON."""
        program, network = self.program, self.program.composed.network
        tasks = program.cores[core]
        received = {k: names for task in tasks for k, names in task.received.items()}
        sent = {k: names for task in tasks for k, names in task.sent.items()}
        names = dict.fromkeys(n for task in tasks for part in task.parts for n in (*part.inputs, *part.outputs))
        made = {name for task in tasks for part in task.parts for name in part.outputs}
        arriving = [self._arriving(modality, core) for modality in self._modalities]
        told = []
        for task in tasks:
            entry = task.to_data(program.composed)
            wanted = {program.modality[name] for name in task.inputs}
            entry["arrivals"] = [k for k, modality in enumerate(self._modalities) if modality in wanted]
            told.append(entry)
        return {
            "tasks": told,
            "tensors": {n: [str(network.dtype(n)), list(network.graph.tensor(n).shape)] for n in names},
            "modalities": arriving,
            "given": {n: encoded(self._inputs[n]) for n in sorted(reads) if program.modality[n] is None},
            "received": {str(k): names for k, names in received.items()},
            "edges": {
                str(k): {"to": program.home[program.instance.edges[k].target], "tensors": names,
                         "ticks": program.delays[k]}
                for k, names in sent.items()
            },
            "outputs": [name for name in program.composed.compared if name in made],
        }  # fmt: skip

    def _arriving(self, modality: str, core: str) -> list[str]:
        """The inputs of a modality that a core reads."""
        reads = {name for task in self.program.cores[core] for name in task.inputs}
        return [name for name in self.program.composed.network.graph.inputs
                if name in reads and self.program.modality[name] == modality]  # fmt: skip

    def _radio(self, begin: float, tick_s: float) -> None:
        """Send every modality's inputs to the cores that read them: after each slot as much as its blocks carried."""
        make_urgent()
        values: dict[tuple[int, str], list[Array]] = {}
        for number, modality in enumerate(self._modalities):
            for core in self.cores:
                names = self._arriving(modality, core)
                if names:
                    values[number, core] = [self._inputs[name] for name in names]
        done = dict.fromkeys(values, 0)
        try:
            for at, number, share in shares(self.program, self._modalities):
                due = begin + at * tick_s
                if tick_s > 0:
                    wait_until(due)
                for (own, core), arrays in values.items():
                    if own != number:
                        continue
                    total = sum(value.nbytes for value in arrays)
                    upto = total * share[0] // share[1]
                    piece = _stretch(arrays, done[own, core], upto)
                    send_piece(self._links[core], number, piece, due if tick_s > 0 else begin)
                    done[own, core] = upto
        except OSError:  # a process is gone, and what listens to it says so
            return


def shares(program: ChipProgram, modalities: list[str]) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """(tick, modality, (part, whole)): how much of a modality has arrived after each slot that carries some of it."""
    instance, solution = program.instance, program.solution
    radio = instance.radio
    place = {modality.name: k for k, modality in enumerate(instance.modalities)}
    number = {place[name]: at for at, name in enumerate(modalities)}
    for k, own in number.items():
        if instance.modalities[k].payload_bits == 0:
            yield 0, own, (1, 1)
    got = dict.fromkeys(number, 0)
    table = instance.table
    for slot, row in enumerate(solution.rb):
        block = slot // radio.block_slots
        moved: dict[int, int] = {}
        for n, carried in enumerate(row):
            if carried is not None and carried in got:
                moved[carried] = moved.get(carried, 0) + int(table[carried, n, block])
        for k, bits in moved.items():
            payload = instance.modalities[k].payload_bits
            before, got[k] = got[k], got[k] + bits
            if before < payload and bits:
                yield (slot + 1) * radio.slot_ticks, number[k], (min(got[k], payload), payload)


def _stretch(arrays: list[Array], first: int, last: int) -> list[memoryview]:
    """Bytes ``first`` to ``last`` of arrays that lie one after the other."""
    found, at = [], 0
    for value in arrays:
        view = raw(value)
        low, high = max(first - at, 0), min(last - at, len(view))
        if low < high:
            found.append(view[low:high])
        at += len(view)
    return found


@contextmanager
def emulated(program: ChipProgram, seed: int = 0) -> Iterator[ChipEmulation]:
    with ChildProcesses() as children:
        emulation = ChipEmulation(program, children, seed)
        try:
            yield emulation
        finally:
            emulation.close()
