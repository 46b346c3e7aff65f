"""A core of a chip: it runs its subgraphs in their order, each as soon as what it reads is there. Run as a module, a
process of its own."""

from __future__ import annotations

import base64
import queue
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.execution.arrays import decoded, empty, encoded, raw
from wnpopt.execution.child import as_child
from wnpopt.execution.frames import receive_head, receive_into, send_piece
from wnpopt.execution.machine import stay_on
from wnpopt.execution.network import Array
from wnpopt.execution.pacer import wait_until
from wnpopt.execution.session import first_line, open_session
from wnpopt.execution.urgent import make_urgent

TIMES = 4
"""Runs of a calibration, after one that does not count."""

LINK = "link"
"""The socket on which inputs arrive; the others are named by the cores at their other ends."""


class CoreWorker:
    """The sessions and buffers of one core, and the threads that send and receive for it."""

    def __init__(self, task: Mapping[str, Any], sockets: Mapping[str, socket.socket]) -> None:
        self._task = task
        self._tensors: dict[str, Array] = {name: empty(told) for name, told in task["tensors"].items()}
        self._modalities: list[memoryview] = []
        for names in task["modalities"]:  # the inputs of a modality lie one after the other, as they are sent
            whole = np.zeros(sum(self._tensors[name].nbytes for name in names), np.uint8)
            at = 0
            for name in names:
                value = self._tensors[name]
                stretch = whole[at : at + value.nbytes]
                self._tensors[name] = stretch.view(value.dtype).reshape(value.shape)
                at += value.nbytes
            self._modalities.append(whole.data)
        self._steps = [self._bound(entry) for entry in task["tasks"]]
        self._changed = threading.Condition()
        self._due: dict[tuple[str, int], float] = {}
        self._filled = [0] * len(self._modalities)
        self._failed: str | None = None
        self._queue: queue.SimpleQueue[tuple[socket.socket, int, list[memoryview], float]] = queue.SimpleQueue()
        self._out = {name: one for name, one in sockets.items() if name.startswith("to:")}
        for name, one in sockets.items():
            if not name.startswith("to:"):
                threading.Thread(target=self._receive, args=(name, one), daemon=True).start()
        threading.Thread(target=self._send, daemon=True).start()

    def forget(self) -> None:
        """Overwrite everything: what is read before it was computed or has arrived shows."""
        self._due.clear()
        self._filled = [0] * len(self._modalities)
        for value in self._tensors.values():
            raw(value)[:] = b"\xff" * value.nbytes
        for name, told in self._task["given"].items():
            self._tensors[name][...] = decoded(told)
        for number, whole in enumerate(self._modalities):
            if not len(whole):
                self._due["modality", number] = 0.0

    def run(self, begin: float, tick_s: float, patience_s: float) -> dict[str, Any]:
        """All tasks, a tick drawn out to ``tick_s`` seconds (0: nothing is drawn out). Times are since ``begin``."""
        until = begin + patience_s
        told = []
        for entry, step in zip(self._task["tasks"], self._steps, strict=True):
            for number in entry["arrivals"]:
                self._wait("modality", number, until)
            for edge in entry["received"]:
                self._wait("edge", edge, until)
            wait_until(begin + entry["release"] * tick_s)
            start, cpu = time.perf_counter(), time.thread_time()
            step()
            spent = time.thread_time() - cpu
            computed = time.perf_counter()
            wait_until(start + entry["ticks"] * tick_s)
            end = time.perf_counter()
            told.append([entry["name"], start - begin, end - begin, computed - begin, spent])
            for edge in entry["sent"]:
                sending = self._task["edges"][str(edge)]
                views = [raw(self._tensors[name]) for name in sending["tensors"]]
                self._queue.put((self._out[f"to:{sending['to']}"], edge, views, end + sending["ticks"] * tick_s))
        arrived = {str(k): due - begin for (what, k), due in self._due.items() if what == "modality"}
        outputs = {name: encoded(self._tensors[name]) for name in self._task["outputs"]}
        return {"tasks": told, "arrived": arrived, "outputs": outputs}

    def calibrate(self) -> dict[str, float]:
        """Seconds of the processor that each subgraph takes; after a run, so that all that they read is there."""
        found = {}
        for entry, step in zip(self._task["tasks"], self._steps, strict=True):
            times = []
            for _ in range(TIMES + 1):
                cpu = time.thread_time()
                step()
                times.append(time.thread_time() - cpu)
            found[entry["name"]] = median(times[1:])
        return found

    def _bound(self, entry: Mapping[str, Any]) -> Callable[[], None]:
        bound = []
        for part in entry["parts"]:
            session = open_session(base64.b64decode(part["model"]))
            binding = session.io_binding()
            for names, bind in ((part["inputs"], binding.bind_input), (part["outputs"], binding.bind_output)):
                for name in names:
                    value = self._tensors[name]
                    bind(name, "cpu", 0, value.dtype.type, value.shape, value.ctypes.data)
            bound.append((session, binding))

        def step() -> None:
            try:
                for session, binding in bound:
                    session.run_with_iobinding(binding)
            except Exception as error:  # onnxruntime raises many kinds
                raise InputError(f"onnxruntime cannot run {entry['name']!r}: {first_line(error)}") from None

        return step

    def _wait(self, what: str, number: int, until: float) -> None:
        with self._changed:
            self._changed.wait_for(
                lambda: (what, number) in self._due or self._failed is not None, max(0.0, until - time.perf_counter())
            )
            if (what, number) not in self._due:
                raise InputError(self._failed or "what a subgraph reads did not arrive in time")
        wait_until(self._due[what, number])

    def _receive(self, name: str, connection: socket.socket) -> None:
        make_urgent()
        try:
            while True:
                head = receive_head(connection)
                if name == LINK:
                    at = self._filled[head.index]
                    whole = self._modalities[head.index]
                    receive_into(connection, whole[at : at + head.size])
                    self._filled[head.index] = at + head.size
                    if at + head.size == len(whole):
                        self._there("modality", head)
                else:
                    for tensor in self._task["received"][str(head.index)]:
                        receive_into(connection, raw(self._tensors[tensor]))
                    self._there("edge", head)
        except OSError as error:
            with self._changed:
                self._failed = str(error)
                self._changed.notify_all()

    def _there(self, what: str, head: Any) -> None:
        with self._changed:
            self._due[what, head.index] = max(head.due, time.perf_counter())
            self._changed.notify_all()

    def _send(self) -> None:
        make_urgent()
        try:
            while True:
                send_piece(*self._queue.get())
        except OSError as error:
            with self._changed:
                self._failed = str(error)
                self._changed.notify_all()


def main() -> int:
    with as_child() as (task, hear, answer):
        stay_on(task["processors"])
        sockets = {name: socket.socket(fileno=number) for name, number in task["sockets"].items()}
        worker = CoreWorker(task, sockets)
        answer({"ready": True})
        while True:
            order = hear()
            if order["do"] == "calibrate":
                answer(worker.calibrate())
                continue
            worker.forget()
            answer({"ready": True})
            answer(worker.run(float(hear()["begin"]), float(order["tick_s"]), float(order["patience_s"])))
    return 1


if __name__ == "__main__":
    sys.exit(main())
