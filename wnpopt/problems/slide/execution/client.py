"""A client: it receives the layers of one model and infers as they arrive. Run as a module, a process of its own.

Two processes on one machine share a clock (:func:`time.perf_counter`): times are told as they are.
"""

from __future__ import annotations

import base64
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.execution.arrays import decoded, empty, encoded, raw
from wnpopt.execution.child import as_child
from wnpopt.execution.frames import receive_into
from wnpopt.execution.machine import stay_on
from wnpopt.execution.network import Array
from wnpopt.execution.session import first_line, open_session
from wnpopt.execution.urgent import make_urgent

TIMES = 4
"""Runs of a calibration, after one that does not count."""


@dataclass
class LayerStretch:
    """What a layer took: seconds of its processor, and from when to when."""

    start: float
    end: float
    cpu: float


@dataclass
class Download:
    """The layers of one run as they arrive."""

    arrived: list[float] = field(default_factory=list)
    failed: str | None = None
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait(self, layer: int, until: float) -> None:
        """Until layer ``layer`` is there; raises :class:`InputError` where it is not at ``until``."""
        with self.changed:
            self.changed.wait_for(
                lambda: len(self.arrived) > layer or self.failed is not None, max(0.0, until - time.perf_counter())
            )
            if len(self.arrived) <= layer:
                raise InputError(self.failed or f"layer {layer + 1} did not arrive in time")


class LayerClient:
    """Sessions and buffers of one model. A layer's weights are received into the arrays that it computes with."""

    def __init__(self, task: dict[str, Any], connection: socket.socket) -> None:
        import onnxruntime

        self._connection = connection
        self._task = task
        self._tensors: dict[str, Array] = {name: empty(told) for name, told in task["tensors"].items()}
        self._weights: dict[str, Array] = {name: empty(told) for name, told in task["weights"].items()}
        self._given = {name: onnxruntime.OrtValue.ortvalue_from_numpy(w) for name, w in self._weights.items()}
        for name, told in task["inputs"].items():
            if name in self._tensors:
                self._tensors[name][...] = decoded(told)
        self._bound: list[tuple[Any, Any]] = []
        self.ways: dict[str, Callable[[int], None]] = {"inputs": self._run_bound, "create": self._create_and_run}

    @property
    def layers(self) -> int:
        return len(self._task["parts"])

    def prepare(self, way: str) -> None:
        """Everything that can be done before a layer is there."""
        if way == "inputs" and not self._bound:
            for part in self._task["parts"]:
                session = open_session(base64.b64decode(part["inputs-model"]))
                self._bound.append((session, self._binding(session, part, loose=True)))

    def forget(self) -> None:
        """Overwrite weights and activations: what is used before it has arrived shows."""
        for value in (*self._weights.values(), *self._tensors.values()):
            value.reshape(-1).view(np.uint8).fill(255)
        for name, told in self._task["inputs"].items():
            if name in self._tensors:
                self._tensors[name][...] = decoded(told)

    def receive(self, download: Download) -> None:
        """In a thread of its own: all layers of a run."""
        make_urgent()
        try:
            for layer in self._task["layers"]:
                for name in layer:
                    receive_into(self._connection, raw(self._weights[name]))
                with download.changed:
                    download.arrived.append(time.perf_counter())
                    download.changed.notify_all()
        except OSError as error:
            with download.changed:
                download.failed = str(error)
                download.changed.notify_all()

    def layer(self, number: int, way: str, factor: float) -> LayerStretch:
        """Compute a layer; ``factor``: drawn out so many times."""
        start, cpu = time.perf_counter(), time.thread_time()
        self.ways[way](number)
        spent = time.thread_time() - cpu
        if factor > 1:
            time.sleep((factor - 1) * spent)
        return LayerStretch(start, time.perf_counter(), spent)

    def whole(self, factor: float) -> tuple[LayerStretch, LayerStretch]:
        """A session of all that was downloaded, and an inference with it."""
        part = self._task["whole"]
        start, cpu = time.perf_counter(), time.thread_time()
        session = self._session(part)
        binding = self._binding(session, part, loose=False)
        made, spent = time.perf_counter(), time.thread_time() - cpu
        if factor > 1:
            time.sleep((factor - 1) * spent)
        begin, cpu = time.perf_counter(), time.thread_time()
        _run(session, binding)
        computed = time.thread_time() - cpu
        if factor > 1:
            time.sleep((factor - 1) * computed)
        return LayerStretch(start, made, spent), LayerStretch(begin, time.perf_counter(), computed)

    def calibrate(self) -> dict[str, Any]:
        """Seconds of the processor that each layer takes, by the way that it is loaded; of the whole, making a session
        and running it. The weights are there."""
        found: dict[str, Any] = {}
        for way in self.ways:
            try:
                self.prepare(way)
                rows = [[self.layer(k, way, 1.0).cpu for k in range(self.layers)] for _ in range(TIMES + 1)]
            except InputError as error:
                found[way] = {"error": error.what}
                continue
            found[way] = [median(row[k] for row in rows[1:]) for k in range(self.layers)]
        pairs = [[stretch.cpu for stretch in self.whole(1.0)] for _ in range(TIMES)]
        found["whole"] = [median(pair[k] for pair in pairs[1:]) for k in range(2)]
        return found

    def outputs(self) -> dict[str, list[Any]]:
        return {name: encoded(self._tensors[name]) for name in self._task["outputs"]}

    def _run_bound(self, number: int) -> None:
        _run(*self._bound[number])

    def _create_and_run(self, number: int) -> None:
        part = self._task["parts"][number]
        session = self._session(part)
        _run(session, self._binding(session, part, loose=False))

    def _session(self, part: dict[str, Any]) -> Any:
        return open_session(
            base64.b64decode(part["create"]), shared={name: self._given[name] for name in part["weights"]}
        )

    def _binding(self, session: Any, part: dict[str, Any], *, loose: bool) -> Any:
        binding = session.io_binding()
        arrays = {name: self._tensors[name] for name in part["inputs"]}
        if loose:
            arrays |= {name: self._weights[name] for name in part["weights"]}
        for name, value in arrays.items():
            binding.bind_input(name, "cpu", 0, value.dtype.type, value.shape, value.ctypes.data)
        for name in part["outputs"]:
            value = self._tensors[name]
            binding.bind_output(name, "cpu", 0, value.dtype.type, value.shape, value.ctypes.data)
        return binding


def _run(session: Any, binding: Any) -> None:
    try:
        session.run_with_iobinding(binding)
    except Exception as error:  # onnxruntime raises many kinds
        raise InputError(f"onnxruntime cannot run a layer: {first_line(error)}") from None


def infer(client: LayerClient, order: dict[str, Any], begins: Callable[[], float]) -> dict[str, Any]:
    """One run. ``mode`` is "stream", "late" (the same layers, after the download) or "whole" (a session of the whole,
    after the download); ``begins`` says that everything is ready, and returns when the link begins to carry."""
    way, factor, mode = str(order["loading"]), float(order["factor"]), str(order["mode"])
    client.prepare(way)
    client.forget()
    download = Download()
    thread = threading.Thread(target=client.receive, args=(download,), daemon=True)
    thread.start()
    begin = begins()
    until = begin + float(order["patience_s"])
    if mode != "stream":
        download.wait(client.layers - 1, until)
    stretches: list[LayerStretch] = []
    if mode == "whole":
        stretches = list(client.whole(factor))
    else:
        for number in range(client.layers):
            download.wait(number, until)
            stretches.append(client.layer(number, way, factor))
    thread.join()
    return {
        "arrived": _since(begin, download.arrived),
        "start": _since(begin, [one.start for one in stretches]),
        "end": _since(begin, [one.end for one in stretches]),
        "cpu": [one.cpu for one in stretches],
        "outputs": client.outputs(),
    }


def _since(begin: float, times: Sequence[float]) -> list[float]:
    return [time - begin for time in times]


def main() -> int:
    with as_child() as (task, hear, answer):
        stay_on(task["processors"])
        with socket.socket(fileno=task["sockets"]["link"]) as connection:
            client = LayerClient(task, connection)
            client.prepare("create")
            answer({"ready": True})
            while True:
                order = hear()
                if order["do"] == "calibrate":
                    answer(client.calibrate())
                    continue

                def begins() -> float:
                    answer({"ready": True})
                    return float(hear()["begin"])

                answer(infer(client, order, begins))
    return 1


if __name__ == "__main__":
    sys.exit(main())
